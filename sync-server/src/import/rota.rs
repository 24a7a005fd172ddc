//! The rota from a file: `login, from, until, order`.
//!
//! # Decisions
//! - The file is the rota from its first turn to the end of its last: what begins in between and is not in the file is
//!   taken out, and everything before and after stays. So a month can be loaded, and loaded again when it is corrected.
//! - Times are the site's own, `2026-11-27 08:00`, or have an offset, `2026-11-27T08:00:00-08:00`. One that the clocks
//!   skip is no time; one that comes twice needs its offset.

use super::reader::{Columns, Fault, Faults, Line, Sheet, read};
use super::{Counts, Looked, MOST_LISTED, Work as AnyWork, bad, good, mark};
use crate::console::when;
use crate::rota::{fault, may_be_on_call};
use crate::site::Site;
use crate::store::rota::{self as rows, ListedTurn};
use crate::store::{Db, Staff, StoreError, staff_list};
use crate::words::t;
use chrono::{DateTime, NaiveDateTime, Utc};
use handoff::domain::ids::StaffId;
use handoff::domain::local::{Moment, Zone};
use handoff::domain::rota::Span;
use handoff::domain::wire::OnCall;
use std::collections::{BTreeMap, BTreeSet};

const COLUMNS: Columns = Columns { must: &["login", "from", "until", "order"], may: &[] };

/// How times without an offset are written.
const CLOCKS: [&str; 4] = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"];

/// What is to be written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Work {
    add: Vec<OnCall>,
    remove: Vec<ListedTurn>,
}

impl Work {
    /// All of it, in no language.
    fn in_short(&self) -> String {
        let turns = self.remove.iter().map(|listed| ('-', &listed.turn)).chain(self.add.iter().map(|turn| ('+', turn)));
        let lines = turns.map(|(sign, OnCall { staff, from, until, order })| {
            format!("{sign} {staff} {} {} {order}", from.timestamp_millis(), until.timestamp_millis())
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

type Key = (StaffId, DateTime<Utc>, DateTime<Utc>, u32);

const fn key(turn: &OnCall) -> Key {
    (turn.staff, turn.from, turn.until, turn.order)
}

/// What a file would change.
pub(super) fn plan(db: &mut dyn Db, bytes: &[u8]) -> Result<Looked, StoreError> {
    let sheet = match read(bytes, COLUMNS) {
        Ok(sheet) => sheet,
        Err(faults) => return Ok(Looked::Bad(faults)),
    };
    let (people, zone) = (staff_list(db)?, Site::zone(db)?);
    let turns = match turns(&sheet, &people, &zone) {
        Ok(turns) => turns,
        Err(faults) => return Ok(Looked::Bad(faults)),
    };
    let ends = (turns.iter().map(|turn| turn.from).min(), turns.iter().map(|turn| turn.until).max());
    let (Some(from), Some(until)) = ends else {
        return Ok(bad(Fault {
            line: 0,
            column: String::new(),
            why: String::from(t!("import-the-file-lists-no-turn")),
        }));
    };
    let stand = rows::beginning_in(db, Span { from, until })?;
    let in_file: BTreeSet<Key> = turns.iter().map(key).collect();
    let known: BTreeSet<Key> = stand.iter().map(|listed| key(&listed.turn)).collect();
    let work = Work {
        add: turns.iter().filter(|turn| !known.contains(&key(turn))).cloned().collect(),
        remove: stand.into_iter().filter(|listed| !in_file.contains(&key(&listed.turn))).collect(),
    };
    let counts = Counts { added: work.add.len(), changed: 0, removed: work.remove.len() };
    let logins: BTreeMap<_, _> = people.iter().map(|person| (person.id, person.login.as_str())).collect();
    let told = |turn: &OnCall| {
        let time = |at| {
            let local = zone.local(at);
            format!("{}, {}", when::weekday_and_full_day(local.date_naive()), local.format("%H:%M %:z"))
        };
        let login = logins.get(&turn.staff).copied().unwrap_or(t!("import-someone"));
        t!("import-turn", login = login, from = time(turn.from), until = time(turn.until), order = turn.order)
    };
    // A year of turns has no sentence for each: nobody reads them, and the transaction stands still meanwhile.
    let removed = work.remove.iter().map(|listed| t!("import-take-out", turn = told(&listed.turn)));
    let added = work.add.iter().map(|turn| t!("import-add", what = told(turn)));
    let changes: Vec<String> = removed.chain(added).take(MOST_LISTED).collect();
    let unchanged = turns.len() - work.add.len();
    let mark = mark(bytes, &work.in_short());
    Ok(good(mark, (turns.len(), unchanged), counts, (changes, AnyWork::Rota(work))))
}

/// Writes it.
pub(super) fn write(db: &mut dyn Db, work: &Work) -> Result<(), StoreError> {
    for listed in &work.remove {
        rows::remove(db, listed)?;
    }
    rows::add(db, &work.add)
}

fn turns(sheet: &Sheet, people: &[Staff], zone: &Zone) -> Result<Vec<OnCall>, Faults> {
    let by_login: BTreeMap<_, _> = people.iter().map(|person| (person.login.as_str(), person)).collect();
    let (mut turns, mut faults) = (Vec::with_capacity(sheet.lines.len()), Faults::default());
    let mut seen = BTreeMap::new();
    for line in &sheet.lines {
        match turn(sheet, line, (&by_login, zone)) {
            Err((column, why)) => faults.push(Fault { line: line.number, column: column.to_owned(), why }),
            Ok(turn) => match seen.insert(key(&turn), line.number) {
                Some(before) => {
                    let why = t!("import-same-turn", line = before);
                    faults.push(Fault { line: line.number, column: String::new(), why });
                }
                None => turns.push(turn),
            },
        }
    }
    if faults.is_empty() { Ok(turns) } else { Err(faults) }
}

fn turn(
    sheet: &Sheet,
    line: &Line,
    (people, zone): (&BTreeMap<&str, &Staff>, &Zone),
) -> Result<OnCall, (&'static str, String)> {
    let value = |column| sheet.value(line, column).unwrap_or_default();
    let person = people.get(value("login")).filter(|person| person.active);
    let person = person.ok_or_else(|| ("login", String::from(t!("import-nobody-here-has-this-login"))))?;
    if !may_be_on_call(person) {
        return Err(("login", String::from(t!("import-this-person-is-no-case"))));
    }
    let order = value("order").parse().map_err(|_| ("order", String::from(t!("import-this-is-no-number-from"))))?;
    let time = |column| moment(value(column), zone).map_err(|why| (column, String::from(why)));
    let turn = OnCall { staff: person.id, from: time("from")?, until: time("until")?, order };
    match fault(&turn) {
        Some((field, why)) => Err((field, String::from(why))),
        None => Ok(turn),
    }
}

/// A time as it is written, to the second.
///
/// # Errors
/// A sentence: it is no time, the clocks skip it, or it comes twice.
pub fn moment(text: &str, zone: &Zone) -> Result<DateTime<Utc>, &'static str> {
    let text = text.trim();
    let near = |at: &DateTime<Utc>| (2000..2200).contains(&chrono::Datelike::year(at));
    let far = t!("import-the-year-must-be-between");
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc()).filter(near).ok_or(far);
    }
    let clock = CLOCKS.iter().find_map(|shape| NaiveDateTime::parse_from_str(text, shape).ok());
    let clock = clock.ok_or(t!("import-this-is-no-time-write"))?;
    match zone.moment(clock) {
        Moment::Once(at) => Some(at).filter(near).ok_or(far),
        Moment::Twice(..) => Err(t!("import-the-clocks-go-back-over")),
        Moment::Never => Err(t!("import-the-clocks-go-forward-over")),
    }
}
