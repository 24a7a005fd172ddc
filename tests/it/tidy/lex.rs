//! Just enough of Rust's lexical grammar to tell code from comments and text.

/// What to blank out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Code and the contents of string literals; comments become spaces.
    Strings,
    /// Code alone.
    Code,
}

/// The source with comments (and, for [`Keep::Code`], the insides of strings and characters) turned into
/// spaces. Lines and columns stay.
pub fn blank(source: &str, keep: Keep) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while !rest.is_empty() {
        let (kind, len) = token(rest);
        let (piece, after) = rest.split_at(len);
        match (kind, keep) {
            (Kind::Comment, _) | (Kind::Text, Keep::Code) => out.extend(piece.chars().map(as_space)),
            (Kind::Code | Kind::Text, _) => out.push_str(piece),
        }
        rest = after;
    }
    out
}

/// A space for each byte, so that offsets stay too.
fn as_space(c: char) -> String {
    if c == '\n' { "\n".into() } else { " ".repeat(c.len_utf8()) }
}

#[derive(Clone, Copy)]
enum Kind {
    Comment,
    Text,
    Code,
}

/// The kind and length of the token at the start of `rest`.
fn token(rest: &str) -> (Kind, usize) {
    if rest.starts_with("//") {
        return (Kind::Comment, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (Kind::Comment, rest.find("*/").map_or(rest.len(), |end| end + 2));
    }
    if let Some(len) = raw_string(rest) {
        return (Kind::Text, len);
    }
    if rest.starts_with('"') {
        return (Kind::Text, quoted(rest));
    }
    if let Some(len) = character(rest) {
        return (Kind::Text, len);
    }
    let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
    let first = rest.chars().next().map_or(1, char::len_utf8);
    (Kind::Code, word.max(first))
}

/// `r"…"`, `r#"…"#`, `br"…"`.
fn raw_string(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('b').unwrap_or(rest).strip_prefix('r')?;
    let hashes = inner.len() - inner.trim_start_matches('#').len();
    let body = inner.get(hashes..)?.strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let end = body.find(&close).map_or(body.len(), |at| at + close.len());
    Some(rest.len() - body.len() + end)
}

/// A string with escapes, from its opening quote.
fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// `'x'` or `'\n'`, not a lifetime.
fn character(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    if let Some(escape) = inner.strip_prefix('\\') {
        let end = escape.char_indices().skip(1).find(|(_, c)| *c == '\'')?.0;
        return Some(2 + end + 1);
    }
    let len = inner.chars().next()?.len_utf8();
    inner.get(len..)?.starts_with('\'').then_some(len + 2)
}

/// The source without its inline test modules: each `#[cfg(test)]` item is cut from its attribute to its
/// closing brace, lines kept.
pub fn without_tests(source: &str) -> String {
    let code = blank(source, Keep::Code);
    let mut out = source.to_owned();
    let mut from = 0;
    while let Some(at) = code.get(from..).and_then(|rest| rest.find("#[cfg(test)]")).map(|at| at + from) {
        let end = item_end(&code, at + "#[cfg(test)]".len());
        let cut: String = source[at..end].chars().map(as_space).collect();
        out.replace_range(at..end, &cut);
        from = end;
    }
    out
}

/// Where the item that starts after `from` ends: at its `;` or its closing brace.
fn item_end(code: &str, from: usize) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code[from..].char_indices() {
        match c {
            ';' if depth == 0 => return from + at + 1,
            '{' => depth += 1,
            '}' if depth <= 1 => return from + at + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

/// The line number, from 1, of a byte offset.
pub fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset].iter().filter(|byte| **byte == b'\n').count() + 1
}

#[test]
fn comments_go_and_strings_go_when_asked() {
    let source = "let a = \"x // y\"; // z\nlet b = r#\"q \" q\"#; /* c */ let c: &'static str = 'd';";
    let strings = blank(source, Keep::Strings);
    assert!(strings.contains("x // y") && !strings.contains('z') && !strings.contains("/* c"), "{strings}");
    let code = blank(source, Keep::Code);
    assert!(!code.contains("x //") && !code.contains("q") && code.contains("&'static"), "{code}");
    assert!(!code.contains("'d'"), "{code}");
}

#[test]
fn inline_tests_are_cut_and_what_follows_stays() {
    let source = "fn a() {} // … ü\n#[cfg(test)]\nmod tests {\n fn b() { \"}\"; }\n}\nfn c() {}\n";
    let cut = without_tests(source);
    assert!(cut.contains("fn a") && cut.contains("fn c") && !cut.contains("fn b"), "{cut}");
    assert_eq!(cut.lines().count(), source.lines().count());
}
