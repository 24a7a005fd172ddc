//! How large things may grow, and what may stand at the top.

use super::File;
use super::lex::{Keep, blank, line_of, without_tests};

const FILE_LINES: usize = 400;
const FN_LINES: usize = 60;
const COMPONENT_LINES: usize = 80;
const SCRIPT_LINES: usize = 200;

/// The only visible names at the top level; dotfiles are configuration.
const TOP: [&str; 11] = [
    "Cargo.toml",
    "Cargo.lock",
    "Dioxus.toml",
    "Makefile",
    "README.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "src",
    "assets",
    "sync-server",
    "tests",
];

/// Names that do not belong at the top level.
pub fn strange_at_top(names: &[String]) -> Vec<String> {
    names.iter().filter(|name| !name.starts_with('.') && !TOP.contains(&name.as_str())).cloned().collect()
}

/// A file over 400 lines without its tests, and functions over 60 (components: 80).
pub fn too_long(file: &File) -> Vec<String> {
    let code = blank(&without_tests(&file.text), Keep::Code);
    let lines = without_tests(&file.text).lines().filter(|line| !line.trim().is_empty()).count();
    let mut found: Vec<String> = long_functions(&code)
        .into_iter()
        .map(|(line, name, length)| format!("{}:{line}: {name} has {length} lines", file.path))
        .collect();
    if lines > FILE_LINES {
        found.push(format!("{} has {lines} lines", file.path));
    }
    found
}

/// Line, name and length of each function that is too long.
fn long_functions(code: &str) -> Vec<(usize, String, usize)> {
    let starts = code.match_indices("fn ").filter(|(at, _)| {
        !code[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_') && named(&code[at + 3..]).is_some()
    });
    starts
        .filter_map(|(at, _)| {
            let (open, close) = body(code, at)?;
            let length = line_of(code, close) - line_of(code, open) + 1;
            let most = if is_component(code, at) { COMPONENT_LINES } else { FN_LINES };
            (length > most).then(|| (line_of(code, at), named(&code[at + 3..]).unwrap_or_default(), length))
        })
        .collect()
}

fn named(rest: &str) -> Option<String> {
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
    (end > 0).then(|| rest[..end].to_owned())
}

/// `#[component]` stands among the attributes right before the function.
fn is_component(code: &str, at: usize) -> bool {
    let start = code[..at].rfind(['}', ';']).map_or(0, |end| end + 1);
    code[start..at].contains("#[component]")
}

/// From the function's opening brace to its closing one. Nothing for a declaration without a body.
fn body(code: &str, at: usize) -> Option<(usize, usize)> {
    let open = at + code[at..].find(['{', ';'])?;
    if code[open..].starts_with(';') {
        return None;
    }
    let mut depth = 0_usize;
    for (offset, c) in code[open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return Some((open, open + offset)),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// A `mod.rs`: modules are named `name.rs` beside their folder.
pub fn nested_module(file: &File) -> Vec<String> {
    file.path.ends_with("/mod.rs").then(|| file.path.clone()).into_iter().collect()
}

/// A script of the console over 200 lines.
pub fn long_script(file: &File) -> Vec<String> {
    let lines = file.text.lines().count();
    (lines > SCRIPT_LINES).then(|| format!("{} has {lines} lines", file.path)).into_iter().collect()
}

#[cfg(test)]
mod planted {
    use super::*;

    fn file(text: String) -> File {
        File { path: "src/x.rs".into(), text }
    }

    #[test]
    fn a_long_file_is_found_and_its_tests_do_not_count() {
        let long = "const A: u8 = 1;\n".repeat(FILE_LINES + 1);
        assert_eq!(too_long(&file(long)).len(), 1);
        let tested = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "const A: u8 = 1;\n".repeat(FILE_LINES));
        assert!(too_long(&file(tested)).is_empty());
    }

    #[test]
    fn a_long_function_is_found_and_a_component_may_be_longer() {
        let body = "    let a = \"}\";\n".repeat(FN_LINES + 5);
        assert_eq!(too_long(&file(format!("pub fn long(x: u8) -> u8 {{\n{body}}}\n"))).len(), 1);
        assert!(too_long(&file(format!("#[component]\npub fn Long() -> Element {{\n{body}}}\n"))).is_empty());
        assert!(too_long(&file("trait T { fn declared(&self); }\nfn short() {}\n".into())).is_empty());
    }

    #[test]
    fn a_strange_name_at_the_top_is_found() {
        let names = ["src", ".ci", "scratch.txt"].map(String::from);
        assert_eq!(strange_at_top(&names), ["scratch.txt"]);
    }

    #[test]
    fn a_nested_module_file_and_a_long_script_are_found() {
        assert_eq!(nested_module(&File { path: "src/a/mod.rs".into(), text: String::new() }).len(), 1);
        let script = "x();\n".repeat(SCRIPT_LINES + 1);
        assert_eq!(long_script(&File { path: "assets/scripts/a.js".into(), text: script }).len(), 1);
    }
}
