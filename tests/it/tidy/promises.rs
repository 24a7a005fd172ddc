//! What `src/lib.rs` promises, and whether a test holds it.

use super::File;
use std::collections::BTreeSet;

/// The numbered items of the crate's own page, each as one text.
pub fn invariants(lib: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    let mut inside = false;
    for line in lib.lines().filter_map(|line| line.strip_prefix("//!")).map(str::trim) {
        let number = line.split_once(". ").is_some_and(|(n, _)| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit()));
        if number {
            items.push(line.to_owned());
        } else if let (true, false, Some(item)) = (inside, line.is_empty(), items.last_mut()) {
            item.push(' ');
            item.push_str(line);
        }
        inside = number || (inside && !line.is_empty());
    }
    items
}

/// Names of all test functions in the tree.
pub fn tests_of(files: &[File]) -> BTreeSet<String> {
    let sources = files.iter().filter(|file| file.path.ends_with(".rs"));
    sources.flat_map(|file| tests_in(&file.text)).collect()
}

fn tests_in(text: &str) -> Vec<String> {
    let after_attribute = text.split("#[test]").skip(1).chain(text.split("::test]").skip(1));
    let after_attribute = after_attribute.chain(text.split("::test(").skip(1));
    after_attribute
        .filter_map(|rest| rest.split_once("fn "))
        .filter_map(|(_, rest)| rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next())
        .map(str::to_owned)
        .collect()
}

/// Invariants that name no test, or one that does not exist.
pub fn without_test(lib: &str, tests: &BTreeSet<String>) -> Vec<String> {
    let quoted = |item: &str| -> Vec<String> { item.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let held = |item: &String| {
        let names = quoted(item);
        let names: Vec<&str> = names.iter().filter_map(|name| name.rsplit("::").next()).collect();
        let sentences: Vec<&&str> = names.iter().filter(|name| name.matches('_').count() >= 2).collect();
        !sentences.is_empty() && sentences.iter().all(|name| tests.contains(**name))
    };
    invariants(lib).into_iter().filter(|item| !held(item)).collect()
}

#[cfg(test)]
mod planted {
    use super::*;

    const LIB: &str = "//! Intro.\n//!\n//! 1. Kept, always.\n//!    Held by `it_is_always_kept`.\n//! 2. Sent: `it_was_never_written`.\n//! 3. Alone.\n//!\n//! End `not_a_test_name`.\nmod a;\n";

    #[test]
    fn an_invariant_without_a_living_test_is_found() {
        let source = File { path: "src/a.rs".into(), text: "#[test]\nfn it_is_always_kept() {}".into() };
        let broken = without_test(LIB, &tests_of(&[source]));
        assert_eq!(broken, ["2. Sent: `it_was_never_written`.", "3. Alone."]);
    }

    #[test]
    fn tests_are_known_in_each_way_of_marking_them() {
        let text = "#[test]\nfn a_b_c() {}\n#[tokio::test]\nasync fn d_e_f() {}\n#[tokio::test(flavor = \"x\")]\nasync fn g_h_i() {}";
        assert_eq!(tests_in(text), ["a_b_c", "d_e_f", "g_h_i"]);
    }
}
