//! The walls of the house, held by a test: what may import what, where SQL and clocks may be, how long
//! things may grow, and which names no code may know. Each check is a function over a path and its text,
//! and each is shown to fail on a planted fault.

mod lex;
mod promises;
mod shape;
mod text;
mod walls;

use std::fs;
use std::path::{Path, PathBuf};

/// One file of the tree: its path from the top, with `/`, and its text.
pub struct File {
    pub path: String,
    pub text: String,
}

impl File {
    /// Rust that is shipped, not a test.
    fn is_shipped_rust(&self) -> bool {
        self.path.ends_with(".rs") && (self.path.starts_with("src/") || self.path.starts_with("sync-server/src/"))
    }

    /// A module that is compiled for tests only: `tests.rs`, or in a folder `tests`.
    fn is_test_module(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/") || self.path.starts_with("tests/")
    }
}

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Names at the top that hold no source.
const NOT_SOURCE: [&str; 2] = [".git", "target"];

/// Every text file of the tree, in order of path.
fn tree() -> Vec<File> {
    let mut files = Vec::new();
    walk(top(), &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn walk(folder: &Path, files: &mut Vec<File>) {
    for path in entries(folder) {
        if path.is_dir() {
            walk(&path, files);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let path = path.strip_prefix(top()).unwrap().to_str().unwrap().replace('\\', "/");
            files.push(File { path, text });
        }
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !NOT_SOURCE.iter().any(|name| path.ends_with(name)))
        .collect()
}

/// Runs a check over the files and fails with all that it found.
fn hold(what: &str, files: &[File], check: impl Fn(&File) -> Vec<String>) {
    let found: Vec<String> = files.iter().flat_map(check).collect();
    assert!(found.is_empty(), "{what}:\n  {}\n", found.join("\n  "));
}

/// The shipped Rust of the tree, without its test modules.
fn shipped() -> Vec<File> {
    tree().into_iter().filter(|file| file.is_shipped_rust() && !file.is_test_module()).collect()
}

#[test]
fn layers_import_only_what_lies_below_them() {
    hold("an arrow points the wrong way", &shipped(), walls::imports);
}

#[test]
fn layers_use_only_the_outside_parts_that_are_theirs() {
    hold("a layer reaches outside", &shipped(), walls::outside_parts);
}

#[test]
fn only_stores_write_sql() {
    hold("SQL outside a store", &shipped(), walls::sql);
}

#[test]
fn the_statements_of_the_server_serve_every_engine() {
    hold("a word of one engine", &shipped(), walls::one_engine);
}

#[test]
fn clocks_are_read_in_one_place_of_each_program() {
    hold("a clock is read elsewhere", &shipped(), walls::clocks);
}

#[test]
fn unsafe_code_lives_in_platform_only() {
    hold("unsafe code", &shipped(), walls::unsafe_code);
}

#[test]
fn every_migration_file_is_listed_by_its_store() {
    let files = tree();
    let unlisted = walls::unlisted_migrations(&files);
    assert!(unlisted.is_empty(), "not in a migrations array: {unlisted:?}");
}

#[test]
fn files_and_functions_stay_short() {
    hold("too long", &shipped(), shape::too_long);
}

#[test]
fn the_labs_switches_are_in_no_program_that_anyone_uses() {
    let files = tree();
    let manifest = files.iter().find(|file| file.path == "Cargo.toml").unwrap();
    assert_eq!(text::features_with(&manifest.text, "lab"), Vec::<String>::new(), "a feature that brings the lab in");
    let scripts: Vec<&str> = files.iter().filter(|file| text::builds_the_lab(file)).map(|f| f.path.as_str()).collect();
    assert_eq!(scripts, [".make/faults", ".make/test", ".make/walls"], "what is built with the lab");
}

#[test]
fn modules_have_flat_names() {
    hold("a mod.rs", &tree(), shape::nested_module);
}

#[test]
fn the_scripts_of_the_console_stay_short() {
    let scripts: Vec<File> = tree().into_iter().filter(|file| file.path.ends_with(".js")).collect();
    hold("too long", &scripts, shape::long_script);
}

#[test]
fn the_top_level_holds_only_its_names() {
    let names: Vec<String> =
        entries(top()).iter().filter_map(|path| path.file_name()?.to_str().map(str::to_owned)).collect();
    assert_eq!(shape::strange_at_top(&names), Vec::<String>::new(), "strange at the top level");
}

#[test]
fn no_file_names_a_place_of_one_machine_or_a_package_registry() {
    let files: Vec<File> = tree().into_iter().filter(|file| !file.path.ends_with("Cargo.lock")).collect();
    hold("a machine's path", &files, text::machine_paths);
    hold("a registry's host", &files, text::registry_hosts);
}

#[test]
fn no_site_is_named_in_code() {
    let files = tree();
    let names = text::site_names(&files);
    assert!(!names.is_empty(), "there are zones to be named");
    hold("code knows a site", &shipped(), |file| text::sites_in_code(file, &names));
}

#[test]
fn nothing_is_left_unfinished_or_ignored() {
    hold("unfinished", &tree(), text::unfinished);
}

#[test]
fn shipped_code_does_not_stop_at_a_surprise() {
    hold("it can panic", &shipped(), text::panics);
}

#[test]
fn every_invariant_names_a_test_that_exists() {
    let files = tree();
    let lib = files.iter().find(|file| file.path == "src/lib.rs").unwrap();
    let tests = promises::tests_of(&files);
    let broken = promises::without_test(&lib.text, &tests);
    assert!(broken.is_empty(), "invariants without a test:\n  {}\n", broken.join("\n  "));
    assert!(promises::invariants(&lib.text).len() >= 10, "ten invariants are promised");
}
