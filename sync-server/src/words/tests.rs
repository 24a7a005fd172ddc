//! Every message is there in both languages, with the same variables, and is said somewhere.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop")]

use super::book::{ROOMS, ids};
use super::*;
use fluent_bundle::FluentResource;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

type Messages = BTreeMap<String, String>;

/// The messages of a file, each with its text as it stands there.
fn messages(file: &str) -> Messages {
    let mut all = Messages::new();
    let mut last = None;
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        if let Some(id) = ids(line).next() {
            assert!(all.insert(id.into(), line[id.len() + 2..].into()).is_none(), "{id} stands there twice");
            last = Some(id.to_owned());
        } else if let Some(text) = last.as_ref().and_then(|id| all.get_mut(id)) {
            text.push('\n');
            text.push_str(line);
        }
    }
    all
}

fn all(of: impl Fn(&(&'static str, &'static str, &'static str)) -> &'static str) -> Messages {
    let mut whole = Messages::new();
    for room in ROOMS {
        for (id, text) in messages(of(room)) {
            assert!(whole.insert(id.clone(), text).is_none(), "{id} stands in two rooms");
        }
    }
    whole
}

fn variables(text: &str) -> BTreeSet<&str> {
    text.split('$')
        .skip(1)
        .map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap())
        .collect()
}

/// Each call of the macro in the sources: the message, and the variables that it is given.
fn calls() -> BTreeMap<String, Vec<BTreeSet<String>>> {
    let mut calls = BTreeMap::<_, Vec<_>>::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|end| end == "rs")
            && !path.ends_with("src/words.rs")
            && !path.ends_with("words/tests.rs")
        {
            let text = fs::read_to_string(&path).unwrap();
            for (at, mark) in text
                .match_indices("t!(")
                .filter(|(at, _)| !text[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
            {
                let call = inside(&text[at + mark.len()..]);
                if let Some((id, rest)) = call.trim_start().strip_prefix('"').and_then(|call| call.split_once('"')) {
                    calls.entry(id.to_owned()).or_default().push(named(rest));
                }
            }
        }
    }
    calls
}

/// What stands between the brackets of a call.
fn inside(text: &str) -> &str {
    let (mut depth, mut quoted, mut before) = (1, false, ' ');
    for (at, c) in text.char_indices() {
        match c {
            '"' if before != '\\' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[..at];
        }
        before = c;
    }
    text
}

/// The names before each `=` of a call's own level.
fn named(rest: &str) -> BTreeSet<String> {
    let (mut depth, mut quoted, mut part, mut parts) = (0, false, String::new(), Vec::new());
    for c in rest.chars() {
        match c {
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => parts.push(std::mem::take(&mut part)),
            _ => part.push(c),
        }
    }
    parts.push(part);
    parts.iter().filter_map(|part| part.split_once(" = ")).map(|(name, _)| name.trim().to_owned()).collect()
}

#[test]
fn every_file_of_words_reads() {
    for (room, english, spanish) in ROOMS {
        for text in [english, spanish] {
            let read = FluentResource::try_new((*text).to_owned());
            assert!(read.is_ok(), "{room}: {:?}", read.err().map(|(_, faults)| faults));
        }
    }
}

#[test]
fn every_message_is_there_in_both_languages_with_the_same_variables() {
    let (english, spanish) = (all(|room| room.1), all(|room| room.2));
    let ids = |all: &Messages| all.keys().cloned().collect::<BTreeSet<_>>();
    let odd: Vec<_> = ids(&english).symmetric_difference(&ids(&spanish)).cloned().collect();
    assert!(odd.is_empty(), "in one language alone: {odd:?}");
    for (id, text) in &english {
        assert_eq!(variables(text), variables(&spanish[id]), "{id}");
    }
}

#[test]
fn every_message_is_said_somewhere_with_its_variables_and_none_is_said_that_is_not_there() {
    let (english, calls) = (all(|room| room.1), calls());
    let unsaid: Vec<_> = english.keys().filter(|id| !calls.contains_key(*id)).collect();
    assert!(unsaid.is_empty(), "nobody says {unsaid:?}");
    for (id, all) in &calls {
        let text = english.get(id).unwrap_or_else(|| panic!("{id} is said and not there"));
        for given in all {
            let wanted: BTreeSet<String> = variables(text).into_iter().map(str::to_owned).collect();
            assert_eq!(*given, wanted, "{id}");
        }
    }
}

/// Messages that are the same in both languages, as words go.
const THE_SAME: &[&str] = &[
    "age-hours",
    "age-minutes",
    "codes-cannabis",
    "codes-no",
    "date-day",
    "date-day-of-year",
    "date-weekday-and-day",
    "note-legal",
    "note-plan",
];

#[test]
fn no_message_was_left_in_english() {
    let (english, spanish) = (all(|room| room.1), all(|room| room.2));
    let has_words = |text: &str| {
        let bare: String = text.split('{').map(|part| part.split_once('}').map_or(part, |(_, rest)| rest)).collect();
        bare.chars().any(char::is_alphabetic)
    };
    let same = english.iter().filter(|(id, text)| spanish[*id] == **text && has_words(text)).map(|(id, _)| id.as_str());
    let left: Vec<_> = same.filter(|id| !THE_SAME.contains(id)).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_browser_is_answered_in_the_language_that_it_asks_for_and_else_in_english() {
    let asked = |text: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, text.parse().unwrap());
        Language::asked_for(&headers)
    };
    for spanish in ["es", "es-MX,es;q=0.9,en;q=0.8", "fr-CA, es-419;q=0.5, en;q=0.4", "ES-us"] {
        assert_eq!(asked(spanish), Language::Spanish, "{spanish}");
    }
    for english in ["en-GB,en;q=0.9,es;q=0.8", "fr", "", "*", "\u{1}nonsense;;q=q", "es;q=0.1,en;q=0.9"] {
        let value = header::HeaderValue::from_bytes(english.as_bytes());
        let mut headers = HeaderMap::new();
        if let Ok(value) = value {
            headers.insert(header::ACCEPT_LANGUAGE, value);
        }
        assert_eq!(Language::asked_for(&headers), Language::English, "{english}");
    }
    assert_eq!(Language::asked_for(&HeaderMap::new()), Language::English);
}

#[test]
fn plurals_follow_each_language() {
    let waits = |n: usize| t!("inbox-people-wait", n = n);
    assert_eq!([waits(0), waits(1), waits(2)], ["Nobody waits", "1 person waits", "2 people wait"]);
    Language::Spanish.within(|| {
        assert_eq!([waits(0), waits(1), waits(2)], ["Nadie espera", "Espera 1 persona", "Esperan 2 personas"]);
    });
}

#[test]
fn the_language_is_that_of_the_request_and_no_other() {
    assert_eq!(t!("shell-sign-out"), "Sign out");
    assert_eq!(Language::Spanish.within(|| t!("shell-sign-out")), "Salir");
    assert_eq!(Language::Marked.within(|| t!("shell-sign-out")), "⟦Sign out⟧");
    assert_eq!(Language::Marked.within(|| t!("case-next", what = "Plan")), "⟦Next: ‹Plan›⟧");
    assert_eq!(t!("shell-sign-out"), "Sign out");
}

#[test]
fn the_scripts_get_words_that_they_can_read() {
    for language in Language::spoken() {
        let words: BTreeMap<String, String> = serde_json::from_str(&for_scripts(language)).unwrap();
        let scripts = ["scripts/console.js", "scripts/forms.js", "scripts/push.js", "scripts/import.js"];
        let text: String = scripts.map(|path| handoff::assets::text(path).unwrap()).concat();
        let said: BTreeSet<&str> = text
            .split("words.")
            .skip(1)
            .map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap())
            .collect();
        let there: BTreeSet<&str> = words.keys().map(String::as_str).collect();
        assert_eq!(said, there, "{language:?}");
    }
}
