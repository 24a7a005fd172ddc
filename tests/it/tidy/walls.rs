//! Who may know whom.

use super::File;
use super::lex::{Keep, blank, line_of, without_tests};

/// Each layer, what of this crate it may name, and which outside parts are not for it.
struct Layer {
    /// Paths that start so belong to it; the longest start wins.
    at: &'static str,
    may: &'static [&'static str],
    not: &'static [&'static str],
}

const LAYERS: [Layer; 13] = [
    Layer {
        at: "src/domain",
        may: &["domain"],
        not: &["rusqlite", "reqwest", "tokio", "dioxus", "aws_lc_rs", "rustls", "std::fs", "std::net", "std::env"],
    },
    Layer { at: "src/seal", may: &["seal", "domain"], not: &["rusqlite", "reqwest", "tokio", "dioxus", "std::fs"] },
    Layer {
        at: "src/outbox",
        may: &["outbox", "seal", "domain", "lab"],
        not: &["rusqlite", "reqwest", "tokio", "dioxus", "aws_lc_rs", "std::fs", "std::net", "std::thread"],
    },
    Layer {
        at: "src/store",
        may: &["store", "outbox", "seal", "domain", "lab"],
        not: &["reqwest", "dioxus", "std::net"],
    },
    Layer { at: "src/platform", may: &["platform", "domain", "seal"], not: &["rusqlite", "reqwest", "dioxus"] },
    Layer {
        at: "src/sync",
        may: &["sync", "store", "outbox", "seal", "domain", "platform", "assets", "lab"],
        not: &["rusqlite", "dioxus"],
    },
    Layer {
        at: "src/ui",
        may: &["ui", "sync", "domain", "platform", "assets"],
        not: &["rusqlite", "reqwest", "aws_lc_rs", "std::fs", "std::net"],
    },
    Layer {
        at: "src/ui/parts",
        may: &["ui::parts", "domain"],
        not: &["rusqlite", "reqwest", "tokio", "aws_lc_rs", "std::fs", "std::net"],
    },
    Layer { at: "src/assets", may: &["assets", "domain"], not: &["rusqlite", "reqwest", "tokio", "dioxus"] },
    Layer { at: "src/cli", may: &["cli", "ui", "sync", "domain", "platform", "assets"], not: &["rusqlite", "reqwest"] },
    // What the server may take from the phone's crate: the field, the seal, shared parts and files.
    Layer { at: "sync-server/src", may: &["domain", "seal", "ui::parts", "assets", "lab"], not: &["reqwest"] },
    // The one part of the server that calls others.
    Layer {
        at: "sync-server/src/deliver",
        may: &["domain", "seal", "ui::parts", "assets", "lab"],
        not: &["rusqlite", "dioxus"],
    },
    Layer {
        at: "sync-server/src/console",
        may: &["domain", "seal", "ui::parts", "assets"],
        not: &["rusqlite", "reqwest", "std::fs"],
    },
];

fn layer_of(path: &str) -> Option<&'static Layer> {
    let inside = |at: &str| {
        path.strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest.starts_with(".rs"))
    };
    LAYERS.iter().filter(|layer| inside(layer.at)).max_by_key(|layer| layer.at.len())
}

/// Names of this crate that a layer may not use.
pub fn imports(file: &File) -> Vec<String> {
    let Some(layer) = layer_of(&file.path) else { return Vec::new() };
    let root = if file.path.starts_with("sync-server/") { "handoff::" } else { "crate::" };
    let code = blank(&without_tests(&file.text), Keep::Code);
    let mut named = named_after(&code, root);
    if root == "crate::" {
        named.extend(named_by_super(&file.path, &code));
    }
    named
        .into_iter()
        .filter(|(_, name)| !layer.may.iter().any(|may| name == may || name.starts_with(&format!("{may}::"))))
        .map(|(at, name)| format!("{}:{} uses {root}{name}", file.path, line_of(&code, at)))
        .collect()
}

/// Every `root::path`, with groups `root::{a, b::c}` taken apart one level deep.
fn named_after(code: &str, root: &str) -> Vec<(usize, String)> {
    let mut named = Vec::new();
    for (at, _) in code.match_indices(root) {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        let rest = &code[at + root.len()..];
        match rest.strip_prefix('{') {
            Some(group) => named.extend(members(group).into_iter().map(|name| (at, name))),
            None => named.push((at, path_at(rest))),
        }
    }
    named
}

/// `super::…` that climbs out of the top module of its layer.
fn named_by_super(path: &str, code: &str) -> Vec<(usize, String)> {
    let depth = path.trim_start_matches("src/").trim_end_matches(".rs").split('/').count();
    let climb = "super::".repeat(depth);
    code.match_indices(&climb)
        .filter(|(at, _)| !code[..*at].ends_with("super::"))
        .map(|(at, _)| (at, path_at(&code[at + climb.len()..])))
        .collect()
}

fn path_at(rest: &str) -> String {
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(rest.len());
    rest[..end].trim_end_matches(':').to_owned()
}

/// The first path of each member of a `{…}` group.
fn members(group: &str) -> Vec<String> {
    let mut depth = 0_i32;
    let mut starts = vec![0];
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => starts.push(at + 1),
            _ => {}
        }
    }
    starts.into_iter().map(|at| path_at(group[at..].trim_start())).filter(|name| !name.is_empty()).collect()
}

/// Outside parts that are not for this layer.
pub fn outside_parts(file: &File) -> Vec<String> {
    let Some(layer) = layer_of(&file.path) else { return Vec::new() };
    let code = blank(&without_tests(&file.text), Keep::Code);
    let uses = |part: &&str| {
        named_after(&format!("{code} "), &format!("{part}::")).into_iter().next().is_some()
            || code.contains(&format!("use {part};"))
    };
    layer.not.iter().filter(|part| uses(part)).map(|part| format!("{} uses {part}", file.path)).collect()
}

const SQL: [&str; 7] = ["SELECT ", "INSERT INTO ", "INSERT OR ", "DELETE FROM ", "CREATE TABLE ", "PRAGMA ", "UPDATE "];

/// Statements in string literals outside the stores.
pub fn sql(file: &File) -> Vec<String> {
    if ["src/store", "sync-server/src/store"].iter().any(|store| file.path.starts_with(store)) {
        return Vec::new();
    }
    found(file, Keep::Strings, &SQL)
}

const ONE_ENGINE: [&str; 25] = [
    "FOR UPDATE",
    "SKIP LOCKED",
    "ADVISORY",
    "ILIKE",
    "::BIGINT",
    "::BYTEA",
    "pg_",
    "string_agg",
    "IFNULL(",
    "IIF(",
    "INSTR(",
    "TOTAL(",
    "group_concat",
    "unixepoch",
    "INSERT OR",
    "REPLACE INTO",
    "rowid",
    "PRAGMA",
    "GLOB",
    "strftime",
    "datetime(",
    "julianday(",
    "json_",
    "sqlite_",
    "AUTOINCREMENT",
];

/// Words that one engine alone knows, in the statements that serve every engine.
pub fn one_engine(file: &File) -> Vec<String> {
    let store = "sync-server/src/store";
    let own = ["sqlite", "postgres"].iter().any(|engine| file.path.starts_with(&format!("{store}/{engine}")));
    if own || !file.path.starts_with(store) {
        return Vec::new();
    }
    let words = ONE_ENGINE.map(str::to_uppercase);
    let strings = blank(&without_tests(&file.text), Keep::Strings).to_uppercase();
    words
        .iter()
        .flat_map(|word| strings.match_indices(word.as_str()))
        .map(|(at, word)| format!("{}:{}: {word}", file.path, line_of(&strings, at)))
        .collect()
}

const CLOCKS: [&str; 5] = ["SystemTime::now", "Utc::now", "Local::now", "Uuid::now_v7", "Timestamp::now"];

/// Wall clocks outside `platform` and the server's one clock.
pub fn clocks(file: &File) -> Vec<String> {
    if file.path.starts_with("src/platform") || file.path == "sync-server/src/clock.rs" {
        return Vec::new();
    }
    found(file, Keep::Code, &CLOCKS)
}

/// `unsafe` outside `platform`.
pub fn unsafe_code(file: &File) -> Vec<String> {
    if file.path.starts_with("src/platform/") {
        return Vec::new();
    }
    found(file, Keep::Code, &["unsafe {", "unsafe fn", "unsafe impl", "expect(unsafe_code", "allow(unsafe_code"])
}

/// Where any of the words stands in the file's shipped part.
pub fn found(file: &File, keep: Keep, words: &[&str]) -> Vec<String> {
    let code = blank(&without_tests(&file.text), keep);
    words
        .iter()
        .flat_map(|word| code.match_indices(word))
        .map(|(at, word)| format!("{}:{}: {}", file.path, line_of(&code, at), word.trim()))
        .collect()
}

/// Migration files that no store's source includes.
pub fn unlisted_migrations(files: &[File]) -> Vec<String> {
    let is_store = |file: &&File| file.path.ends_with(".rs") && file.path.contains("src/store");
    let sources: String = files.iter().filter(is_store).map(|file| file.text.as_str()).collect();
    files
        .iter()
        .filter(|file| file.path.ends_with(".sql"))
        .filter(|file| !sources.contains(&format!("{}\"", listed_as(&file.path))))
        .map(|file| file.path.clone())
        .collect()
}

/// A migration's folder and name: two engines have files of one name.
fn listed_as(path: &str) -> &str {
    path.rmatch_indices('/').nth(1).map_or(path, |(at, _)| &path[at + 1..])
}

#[cfg(test)]
mod planted {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.into(), text: text.into() }
    }

    #[test]
    fn an_import_against_the_arrows_is_found_in_each_way_of_writing_it() {
        for (path, text) in [
            ("src/domain/zone.rs", "use crate::platform::location;"),
            ("src/domain/zone.rs", "use crate::{domain::ids, store};"),
            ("src/domain/zone.rs", "fn f() { crate::sync::go() }"),
            ("src/domain/zone.rs", "use super::super::store::Db;"),
            ("src/outbox.rs", "use super::sync;"),
            ("src/store/vault.rs", "use crate::ui::words;"),
            ("src/ui/parts/badge.rs", "use crate::ui::view;"),
            ("src/ui/home.rs", "use crate::store::Outbox;"),
            ("sync-server/src/ingest.rs", "use handoff::store::Outbox;"),
            ("sync-server/src/ingest.rs", "use handoff::ui::screens;"),
        ] {
            assert_eq!(imports(&file(path, text)).len(), 1, "{path}: {text}");
        }
    }

    #[test]
    fn an_import_along_the_arrows_passes() {
        for (path, text) in [
            ("src/domain/zone.rs", "use super::place::Metres; use crate::domain::{ids, time};"),
            ("src/sync.rs", "use crate::{domain::ids, store::Outbox, platform};"),
            ("src/ui/home.rs", "// crate::store is not for screens\nuse crate::ui::parts::Badge;"),
            ("src/store.rs", "#[cfg(test)]\nmod tests { use crate::sync; }"),
            ("sync-server/src/console/inbox.rs", "use handoff::ui::parts::Badge; use crate::store::Db;"),
        ] {
            assert_eq!(imports(&file(path, text)), Vec::<String>::new(), "{path}: {text}");
        }
    }

    #[test]
    fn an_outside_part_in_the_wrong_layer_is_found() {
        for (path, text) in [
            ("src/domain/zone.rs", "use rusqlite::Connection;"),
            ("src/domain/zone.rs", "fn f() { std::fs::read(\"x\"); }"),
            ("src/ui/home.rs", "use reqwest::Client;"),
            ("src/sync/loop.rs", "use dioxus::prelude::*;"),
            ("sync-server/src/console/inbox.rs", "rusqlite::params![]"),
            ("sync-server/src/ingest.rs", "use reqwest::Client;"),
        ] {
            assert_eq!(outside_parts(&file(path, text)).len(), 1, "{path}: {text}");
        }
        assert!(outside_parts(&file("src/store/db.rs", "use rusqlite::Connection;")).is_empty());
        assert!(outside_parts(&file("src/ui/home.rs", "\"use reqwest::Client\"")).is_empty());
    }

    #[test]
    fn sql_is_found_outside_a_store_and_nowhere_else() {
        let text = "const Q: &str = \"SELECT id FROM entry\"; // UPDATE x";
        assert_eq!(sql(&file("src/sync.rs", text)).len(), 1);
        assert_eq!(sql(&file("sync-server/src/console/log.rs", text)).len(), 1);
        assert!(sql(&file("src/store/outbox.rs", text)).is_empty());
        assert!(sql(&file("sync-server/src/store/cases.rs", text)).is_empty());
    }

    #[test]
    fn a_word_of_one_engine_is_found_in_the_shared_statements_and_nowhere_else() {
        for text in [
            "const Q: &str = \"INSERT OR IGNORE INTO cases VALUES (1)\";",
            "const Q: &str = \"SELECT rowid FROM entries\";",
            "const Q: &str = \"select json_extract(body, '$.x') from entries\";",
            "const Q: &str = \"SELECT StrFTime('%s', at_ms) FROM events\";",
            "const Q: &str = \"SELECT n FROM jobs LIMIT 1 for update\";",
            "const Q: &str = \"SELECT count(*)::bigint FROM jobs\";",
        ] {
            assert_eq!(one_engine(&file("sync-server/src/store/cases.rs", text)).len(), 1, "{text}");
            assert!(one_engine(&file("sync-server/src/store/sqlite.rs", text)).is_empty());
            assert!(one_engine(&file("sync-server/src/store/postgres/schema.rs", text)).is_empty());
            assert!(one_engine(&file("src/store/outbox.rs", text)).is_empty());
        }
        let plain =
            "// no rowid here\nconst Q: &str = \"INSERT INTO cases (n) VALUES (:n) ON CONFLICT (n) DO NOTHING\";";
        assert!(one_engine(&file("sync-server/src/store/cases.rs", plain)).is_empty());
    }

    #[test]
    fn a_clock_is_found_outside_its_module() {
        let text = "fn now() { Utc::now() }";
        assert_eq!(clocks(&file("src/sync.rs", text)).len(), 1);
        assert_eq!(clocks(&file("sync-server/src/ingest.rs", text)).len(), 1);
        assert!(clocks(&file("src/platform/clock.rs", text)).is_empty());
        assert!(clocks(&file("sync-server/src/clock.rs", text)).is_empty());
    }

    #[test]
    fn unsafe_code_is_found_outside_platform() {
        assert_eq!(unsafe_code(&file("src/seal/device.rs", "unsafe { x() }")).len(), 1);
        assert!(unsafe_code(&file("src/platform/android.rs", "unsafe { x() }")).is_empty());
    }

    #[test]
    fn a_migration_that_nobody_lists_is_found() {
        let listed = file("src/store/schema.rs", "const ALL: &[&str] = &[include_str!(\"../m/0001_first.sql\")];");
        let files = ["m/0001_first.sql", "m/0002_lost.sql", "other/0001_first.sql"].map(|name| format!("src/{name}"));
        let files: Vec<File> = files.iter().map(|name| file(name, "")).chain([listed]).collect();
        assert_eq!(unlisted_migrations(&files), ["src/m/0002_lost.sql", "src/other/0001_first.sql"]);
    }
}
