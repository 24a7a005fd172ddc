//! A file of comma-separated values (RFC 4180) as people have them: with a byte-order mark or without, with any end of
//! line, with commas, semicolons or tabs; and what is wrong with one, by line and column.
//!
//! # Decisions
//! What stands between the values is what stands between the names in the first line. Columns may come in any order.
//! One that the list does not know is refused by its name: a misspelt column would otherwise be left out in silence.

use super::{MOST_BYTES, MOST_FAULTS, MOST_LINES};
use crate::words::t;
use std::collections::BTreeMap;

/// What is wrong with a line, or with the whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line in the file, from 1; 0 is the file as a whole.
    pub line: u64,
    /// The column by its name in the first line; empty is the line as a whole.
    pub column: String,
    /// What is wrong with it, and what to do.
    pub why: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.line, self.column.as_str()) {
            (0, _) => write!(f, "{}", self.why),
            (line, "") => f.write_str(&t!("import-at-line", line = line, why = &self.why)),
            (line, column) => f.write_str(&t!("import-at-column", line = line, column = column, why = &self.why)),
        }
    }
}

/// What is wrong with a file: at least one fault.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults {
    /// The first ones.
    pub named: Vec<Fault>,
    /// How many more there are.
    pub more: usize,
}

impl Faults {
    /// One of the whole file.
    pub(super) fn one(fault: Fault) -> Self {
        Self { named: vec![fault], more: 0 }
    }

    /// Adds one.
    pub(super) fn push(&mut self, fault: Fault) {
        if self.named.len() < MOST_FAULTS {
            self.named.push(fault);
        } else {
            self.more += 1;
        }
    }

    /// Whether there is none.
    pub(super) const fn is_empty(&self) -> bool {
        self.named.is_empty()
    }
}

/// The columns of a list.
#[derive(Debug, Clone, Copy)]
pub struct Columns {
    /// Those that must be there.
    pub must: &'static [&'static str],
    /// Those that may.
    pub may: &'static [&'static str],
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    /// Its lines, without the first.
    pub lines: Vec<Line>,
    columns: BTreeMap<&'static str, usize>,
}

/// A line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Where it stands in the file, from 1.
    pub number: u64,
    values: Vec<String>,
}

impl Sheet {
    /// The value of a line in a column, without spaces around it; nothing if the file has no such column.
    pub fn value<'a>(&self, line: &'a Line, column: &str) -> Option<&'a str> {
        self.columns.get(column).and_then(|at| line.values.get(*at)).map(|value| value.trim())
    }
}

/// Reads a file. Lines with nothing in them are passed over.
///
/// # Errors
/// The file as a whole, its first line, or lines whose values do not fit the columns.
pub fn read(bytes: &[u8], columns: Columns) -> Result<Sheet, Faults> {
    let whole = |why: String| Faults::one(Fault { line: 0, column: String::new(), why });
    let text = text_of(bytes).map_err(whole)?;
    let sign = sign_of(first_line(text));
    let mut reader =
        csv::ReaderBuilder::new().delimiter(sign).flexible(true).has_headers(false).from_reader(text.as_bytes());
    let (mut sheet, mut faults) = (Sheet::default(), Faults::default());
    let mut record = csv::StringRecord::new();
    let (mut head, mut at) = (0, Place { byte: 0, line: 1 });
    loop {
        let more =
            reader.read_record(&mut record).map_err(|error| whole(t!("import-unreadable", why = error.to_string())))?;
        if !more {
            break;
        }
        at = at.moved(text, record.position().map_or(0, csv::Position::byte));
        let number = at.line;
        if record.iter().all(|value| value.trim().is_empty()) {
            continue;
        }
        if head == 0 {
            head = record.len();
            sheet.columns = named(&record, columns, number)?;
        } else if sheet.lines.len() == MOST_LINES {
            return Err(whole(t!("import-most-lines", n = MOST_LINES)));
        } else if record.len() != head {
            faults.push(odd(number, record.len(), head));
        } else {
            sheet.lines.push(Line { number, values: record.iter().map(str::to_owned).collect() });
        }
    }
    // The reader takes the rest of the file into a value whose quote is never closed.
    if text.matches('"').count() % 2 == 1 {
        let why = String::from(t!("import-a-quote-is-opened-and"));
        faults.push(Fault { line: at.line, column: String::new(), why });
    }
    match (head, faults.is_empty()) {
        (0, _) => Err(whole(String::from(t!("import-the-file-is-empty")))),
        (_, true) => Ok(sheet),
        (_, false) => Err(faults),
    }
}

/// A place in the text. The reader's own count of lines is one short where a line ends with two signs.
#[derive(Debug, Clone, Copy)]
struct Place {
    byte: usize,
    line: u64,
}

impl Place {
    /// The line that begins at or after a byte, which lies behind this place.
    fn moved(self, text: &str, byte: u64) -> Self {
        let bytes = text.as_bytes();
        let from = usize::try_from(byte).unwrap_or(bytes.len()).max(self.byte);
        let ends =
            bytes.get(from..).unwrap_or_default().iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let ends_line = |at: &usize| match bytes.get(*at) {
            Some(b'\n') => true,
            Some(b'\r') => bytes.get(at + 1) != Some(&b'\n'),
            Some(_) | None => false,
        };
        let lines = (self.byte..from + ends).filter(ends_line).count();
        Self { byte: from + ends, line: self.line + u64::try_from(lines).unwrap_or(u64::MAX) }
    }
}

fn text_of(bytes: &[u8]) -> Result<&str, String> {
    if bytes.len() > MOST_BYTES {
        return Err(t!("import-most-bytes", n = MOST_BYTES / 1024 / 1024));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(String::from(t!("import-the-file-is-utf-16")));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes.get(..error.valid_up_to()).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count();
        t!("import-line-not-utf-8", line = line + 1)
    })?;
    match text.contains('\0') {
        true => Err(String::from(t!("import-the-file-holds-zero-bytes"))),
        false => Ok(text),
    }
}

fn first_line(text: &str) -> &str {
    text.trim_start().lines().next().unwrap_or_default()
}

/// What stands between the names of the first line.
fn sign_of(head: &str) -> u8 {
    let many = |sign: char| head.matches(sign).count();
    match (many(','), many(';'), many('\t')) {
        (commas, semicolons, tabs) if semicolons > commas && semicolons >= tabs => b';',
        (commas, _, tabs) if tabs > commas => b'\t',
        _ => b',',
    }
}

fn named(head: &csv::StringRecord, columns: Columns, line: u64) -> Result<BTreeMap<&'static str, usize>, Faults> {
    let (mut named, mut faults) = (BTreeMap::new(), Faults::default());
    let known = || columns.must.iter().chain(columns.may);
    let mut fault = |column: &str, why: String| faults.push(Fault { line, column: shown(column), why });
    for (at, name) in head.iter().enumerate() {
        let name = name.trim();
        match known().find(|column| column.eq_ignore_ascii_case(name)) {
            None if name.is_empty() => fault("", t!("import-nameless", n = at + 1)),
            None => fault(name, t!("import-no-such-column", columns = list(known()))),
            Some(column) => {
                if named.insert(*column, at).is_some() {
                    fault(name, String::from(t!("import-this-column-is-there-twice")));
                }
            }
        }
    }
    for column in columns.must.iter().filter(|column| !named.contains_key(**column)) {
        fault(column, String::from(t!("import-this-column-is-missing-in")));
    }
    if faults.is_empty() { Ok(named) } else { Err(faults) }
}

fn list<'a>(columns: impl Iterator<Item = &'a &'static str>) -> String {
    columns.copied().collect::<Vec<_>>().join(", ")
}

/// A name as it may be shown: a first line that is none may be long.
fn shown(name: &str) -> String {
    match name.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", name.get(..at).unwrap_or_default()),
        None => name.to_owned(),
    }
}

fn odd(line: u64, has: usize, wants: usize) -> Fault {
    let why = match has < wants {
        true => t!("import-few", has = has, wants = wants),
        false => t!("import-many", has = has, wants = wants),
    };
    Fault { line, column: String::new(), why }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: Columns = Columns { must: &["login", "name"], may: &["phone"] };

    fn rows(text: &[u8]) -> Vec<(u64, String, String)> {
        let sheet = read(text, COLUMNS).unwrap();
        let value = |line: &Line, column| sheet.value(line, column).unwrap().to_owned();
        sheet.lines.iter().map(|line| (line.number, value(line, "login"), value(line, "name"))).collect()
    }

    fn fault(text: &[u8]) -> String {
        let faults = read(text, COLUMNS).unwrap_err();
        faults.named.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn a_mark_another_end_of_line_and_another_sign_make_no_difference() {
        let wanted = [(2, "ada".to_owned(), "Ada, M.".to_owned()), (4, "شيرين".to_owned(), "شيرين 🦊".to_owned())];
        for text in [
            "login,name\nada,\"Ada, M.\"\n\nشيرين,شيرين 🦊\n",
            "\u{feff}login,name\r\nada,\"Ada, M.\"\r\n\r\nشيرين,شيرين 🦊",
            "Name;LOGIN\n\"Ada, M.\"; ada \n;\nشيرين 🦊;شيرين",
            "login\tname\nada\tAda, M.\n\t\nشيرين\tشيرين 🦊\n",
            "login,name\r\nada,\"Ada, M.\"\r\n,\r\nشيرين,شيرين 🦊\r\n",
            "login,name\rada,\"Ada, M.\"\r\rشيرين,شيرين 🦊\r",
        ] {
            assert_eq!(rows(text.as_bytes()), wanted, "{text}");
        }
    }

    #[test]
    fn a_wrong_first_line_is_named_by_its_columns() {
        let said = fault(b"login,nmae,phone,phone\n");
        assert!(said.contains("line 1, nmae: There is no such column. Columns are: login, name, phone."), "{said}");
        assert!(said.contains("line 1, phone: This column is there twice."), "{said}");
        assert!(said.contains("line 1, name: This column is missing"), "{said}");
        assert_eq!(fault(b"login,name,\n"), "line 1: Column 3 has no name.");
    }

    #[test]
    fn what_is_no_such_file_is_refused_in_a_sentence() {
        for (bytes, wanted) in [
            (&b""[..], "The file is empty."),
            (b"\xef\xbb\xbf \n\n", "The file is empty."),
            (b"\xff\xfel\0", "The file is UTF-16."),
            (b"login,name\nada,\xe4da\n", "Line 2 is not in UTF-8."),
            (b"login,name\nada,\0\n", "zero bytes"),
            (b"login,name\nada\nbo,Bo,x\n", "line 2: It has 1 values, and the first line 2."),
            (b"login,name\nada,\"Ada\nbo,Bo\n", "line 2: A quote is opened and not closed."),
        ] {
            let said = fault(bytes);
            assert!(said.contains(wanted), "{said}");
        }
    }

    #[test]
    fn a_hundred_thousand_lines_are_read_and_one_more_is_refused() {
        let mut text = String::from("login,name\n");
        for n in 0..MOST_LINES {
            text.push_str(&format!("p{n},Person {n}\n"));
        }
        assert_eq!(read(text.as_bytes(), COLUMNS).unwrap().lines.len(), MOST_LINES);
        text.push_str("one,more\n");
        assert!(fault(text.as_bytes()).contains("more than 100000 lines"));
        let bad = "login,name\n".to_owned() + &"x\n".repeat(MOST_LINES);
        let faults = read(bad.as_bytes(), COLUMNS).unwrap_err();
        assert_eq!((faults.named.len(), faults.more), (MOST_FAULTS, MOST_LINES - MOST_FAULTS));
    }
}
