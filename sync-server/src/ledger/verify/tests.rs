//! Each way to alter a log, and the name that it is given.

use super::*;
use crate::ledger::export::{FORMAT, LeafLine, Line, RecordLine, Span, Start, lines};
use crate::ledger::record::{Beginning, Place, Record};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use chrono::DateTime;
use handoff::domain::ids::Hash;
use handoff::seal::tree::{Frontier, Head};
use handoff::seal::{ServerKey, Tag};

const ORIGIN: &str = "handoff/log/0011/1";

/// How an event of these tests begins that says that the clock went back.
const SET_BACK: &str = "from ";

/// A log: what its events say, and when, in minutes.
#[derive(Clone)]
struct Log(Vec<(i64, String)>);

fn log(n: u64) -> Log {
    Log((2..=n).map(|i| (i64::try_from(i).unwrap(), format!("{i} rows"))).collect())
}

fn key() -> ServerKey {
    ServerKey::from_seed(&[1; 32]).unwrap()
}

fn place(position: usize) -> Place {
    Place { epoch: 1, position: position as u64 }
}

fn beginning() -> String {
    let beginning = Beginning { epoch: 1, origin: ORIGIN.into(), began_ms: 0, before: vec![] };
    serde_json::to_string(&beginning).unwrap()
}

/// The line of a leaf, by its record; the first is the beginning of the epoch.
fn leaf(log: &Log, position: usize) -> String {
    let salt = [u8::try_from(position).unwrap(); 32];
    let json = beginning();
    let (record, line) = if position == 1 {
        (Record::Epoch(&json), RecordLine::Epoch(json.as_str().into()))
    } else {
        let (minute, detail) = &log.0[position - 2];
        let at_ms = minute * 60_000;
        let kind = if detail.starts_with(SET_BACK) { "clock_set_back" } else { "log_read" };
        let record = Record::Event { at_ms, kind, actor: None, subject: None, detail };
        let (actor, subject) = (None, None);
        (record, RecordLine::Event { at_ms, kind: kind.into(), actor, subject, detail: detail.into() })
    };
    let commitment = record.commitment(&salt);
    text(&Line::Leaf(LeafLine {
        epoch: 1,
        position: position as u64,
        salt: Some(B64.encode(salt).into()),
        commitment: B64.encode(commitment.0).into(),
        hash: B64.encode(place(position).leaf(commitment).0).into(),
        record: line,
    }))
}

fn text(line: &Line<'_>) -> String {
    String::from_utf8(lines([line]).unwrap()).unwrap().trim_end().to_owned()
}

/// The log at each size, from 0.
fn heads(leaves: &[String]) -> Vec<Head> {
    let mut frontier = Frontier::default();
    let mut heads = vec![frontier.head()];
    for leaf in leaves {
        let leaf: serde_json::Value = serde_json::from_str(leaf).unwrap();
        let hash = B64.decode(leaf["leaf"]["hash"].as_str().unwrap()).unwrap();
        frontier.push(Hash(hash.try_into().unwrap()), |_, _| {});
        heads.push(frontier.head());
    }
    heads
}

fn checkpoint(head: Head) -> Checkpoint {
    Checkpoint { origin: ORIGIN.into(), head }
}

/// A server's own export of a log, with a checkpoint at every fifth leaf and at the end.
fn export(log: &Log) -> Vec<String> {
    let size = log.0.len() + 1;
    let leaves: Vec<String> = (1..=size).map(|position| leaf(log, position)).collect();
    let heads = heads(&leaves);
    let span = Span { epoch: 1, origin: ORIGIN.into(), size: size as u64, root: heads[size].root };
    let start = Start { format: FORMAT.into(), at: DateTime::UNIX_EPOCH, epochs: vec![span] };
    let mut all = vec![text(&Line::Export(key().sign(Tag::Export, &start).unwrap()))];
    for (at, leaf) in leaves.into_iter().enumerate() {
        all.push(leaf);
        if (at + 1) % 5 == 0 || at + 1 == size {
            let note = note::sign(&key(), &checkpoint(heads[at + 1])).unwrap();
            all.push(text(&Line::Checkpoint(note.into())));
        }
    }
    all
}

/// The checkpoint of a log at a size.
fn known_at(log: &Log, size: usize) -> Checkpoint {
    let leaves: Vec<String> = (1..=size).map(|position| leaf(log, position)).collect();
    checkpoint(heads(&leaves)[size])
}

fn run(lines: &[String], known: Option<Checkpoint>) -> Result<Report, Unusable> {
    let text = lines.join("\n") + "\n";
    verify(text.as_bytes(), &key().public().unwrap(), known)
}

/// The names of what was found, each once.
fn names(lines: &[String], known: Option<Checkpoint>) -> Vec<&'static str> {
    let report = run(lines, known).unwrap();
    let mut names: Vec<_> = report.findings.iter().map(|found| found.what.name()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The line at which a leaf stands.
fn line_of(lines: &[String], position: usize) -> usize {
    lines.iter().position(|line| line.contains(&format!("\"position\":{position},"))).unwrap()
}

/// The same line with other numbers and nothing else.
fn renumbered(line: &str, from: usize, to: usize) -> String {
    line.replace(&format!("\"position\":{from},"), &format!("\"position\":{to},"))
}

#[test]
fn what_the_server_exported_is_good_and_says_what_could_not_be_checked() {
    let log = log(23);
    let report = run(&export(&log), None).unwrap();
    assert!(report.is_good(), "{report}");
    assert_eq!((report.leaves, report.checkpoints), ([0, 22, 1], 5));
    assert!(report.to_string().contains("not checked, since no known checkpoint was given: forked"), "{report}");
    for size in [0, 1, 7, 23] {
        let report = run(&export(&log), Some(known_at(&log, size))).unwrap();
        assert!(report.is_good() && !report.to_string().contains("not checked"), "{report}");
    }
}

#[test]
fn an_edited_record_is_named_with_its_leaf() {
    let mut lines = export(&log(23));
    let at = line_of(&lines, 9);
    lines[at] = lines[at].replace("9 rows", "8 rows");
    let report = run(&lines, None).unwrap();
    assert_eq!(report.findings.len(), 1, "{report}");
    assert!(report.to_string().contains("edited: line 11: leaf 1/9: the record is not what it was"), "{report}");
}

#[test]
fn a_record_that_was_edited_together_with_its_hashes_is_caught_by_the_root() {
    let (honest, mut forged) = (log(23), log(23));
    forged.0[7].1 = "8 rows".into();
    let mut lines = export(&honest);
    let at = line_of(&lines, 9);
    lines[at] = leaf(&forged, 9);
    let report = run(&lines, None).unwrap();
    assert_eq!(names(&lines, None), ["edited"]);
    assert!(report.findings[0].words.contains("leaves 1/6 to 1/10 are not those that were signed"), "{report}");
}

#[test]
fn a_dropped_leaf_is_named_also_when_what_follows_is_renumbered() {
    let mut lines = export(&log(23));
    lines.remove(line_of(&lines, 9));
    assert_eq!(names(&lines, None), ["dropped"]);
    for position in 10..=23 {
        let at = line_of(&lines, position);
        lines[at] = renumbered(&lines[at], position, position - 1);
    }
    let report = run(&lines, None).unwrap();
    assert_eq!(names(&lines, None), ["dropped"], "{report}");
    assert!(report.findings[0].words.contains("leaf 1/9 is missing"), "{report}");
}

#[test]
fn leaves_in_another_order_are_named_also_when_their_numbers_are_in_order() {
    let mut lines = export(&log(23));
    let (one, other) = (line_of(&lines, 8), line_of(&lines, 9));
    lines.swap(one, other);
    assert_eq!(names(&lines, None), ["reordered"]);
    (lines[one], lines[other]) = (renumbered(&lines[one], 9, 8), renumbered(&lines[other], 8, 9));
    assert_eq!(names(&lines, None), ["reordered"]);
}

#[test]
fn a_missing_end_is_named_and_cannot_be_hidden_by_cutting_its_checkpoints_too() {
    let log = log(23);
    let lines = export(&log);
    let cut = &lines[..line_of(&lines, 16)];
    for known in [None, Some(known_at(&log, 10)), Some(known_at(&log, 23))] {
        assert_eq!(names(cut, known), ["truncated"]);
    }
}

#[test]
fn a_log_with_another_past_than_the_known_checkpoint_is_forked() {
    let (seen, mut told) = (log(23), log(30));
    told.0[4].1 = "another past".into();
    assert_eq!(names(&export(&told), None), [""; 0], "by itself it is whole");
    assert_eq!(names(&export(&told), Some(known_at(&seen, 23))), ["forked"]);
    assert_eq!(names(&export(&told), Some(known_at(&seen, 5))), [""; 0], "up to there they are one");
}

#[test]
fn a_leaf_that_came_after_the_known_checkpoint_and_claims_to_be_older_is_backdated() {
    let mut log = log(40);
    log.0[35].0 = 3;
    assert_eq!(names(&export(&log), Some(known_at(&log, 25))), ["backdated"]);
    assert_eq!(names(&export(&log), None), [""; 0], "nobody can tell without it");
    log.0[35].0 = 24;
    assert_eq!(names(&export(&log), Some(known_at(&log, 25))), [""; 0], "a clock may be set by some minutes");
}

#[test]
fn a_clock_that_went_back_is_told_from_backdating_by_the_logs_own_word_and_is_shown() {
    let mut log = log(40);
    (33..39).for_each(|at| log.0[at].0 = at as i64 - 30);
    let known = || Some(known_at(&log, 25));
    assert_eq!(names(&export(&log), known()), ["backdated"], "nobody said so");
    // The event stands before what is stamped earlier, and says to when the clock went.
    log.0[33].1 = format!("{SET_BACK}2026-01-01T00:36:00.000Z");
    let report = run(&export(&log), Some(known_at(&log, 25))).unwrap();
    assert!(report.is_good(), "{report}");
    assert!(
        report.to_string().contains("the log itself says: at leaf 1/35 the server's clock went back by"),
        "{report}"
    );
    log.0[37].0 = -30;
    assert_eq!(names(&export(&log), Some(known_at(&log, 25))), ["backdated"], "further than it is said to have gone");
}

#[test]
fn a_log_that_is_older_than_the_known_checkpoint_is_restored_old() {
    let log = log(40);
    let old = Log(log.0[..20].to_vec());
    assert_eq!(names(&export(&old), None), [""; 0]);
    assert_eq!(names(&export(&old), Some(known_at(&log, 40))), ["restored-old"]);
    let other = Checkpoint { origin: "handoff/log/0022/2".into(), head: known_at(&log, 3).head };
    assert_eq!(names(&export(&old), Some(other)), ["restored-old"], "a whole epoch is not known here");
}

#[test]
fn an_erased_record_needs_an_event_that_says_so() {
    let mut log = log(23);
    log.0[20].1 = "1/9".into();
    let erased = |log: &Log, kind: &str| {
        // The event is of the kind `erased`, and names the leaf.
        let mut lines = export(log);
        let at = line_of(&lines, 9);
        let mut value: serde_json::Value = serde_json::from_str(&lines[at]).unwrap();
        value["leaf"].as_object_mut().unwrap().remove("salt");
        value["leaf"]["record"] = serde_json::json!({"erased": kind});
        lines[at] = value.to_string();
        lines
    };
    let report = run(&erased(&log, "event"), None).unwrap();
    assert_eq!(report.findings.len(), 1, "{report}");
    assert!(report.findings[0].words.contains("no event says that it was erased"), "{report}");
    assert_eq!(report.findings[0].what, Alteration::Dropped);
}

#[test]
fn a_checkpoint_of_another_key_or_log_is_named() {
    let log = log(9);
    let stranger = ServerKey::from_seed(&[2; 32]).unwrap();
    let mut lines = export(&log);
    lines.push(text(&Line::Checkpoint(note::sign(&stranger, &known_at(&log, 9)).unwrap().into())));
    assert_eq!(names(&lines, None), ["edited"]);
    *lines.last_mut().unwrap() = text(&Line::Checkpoint(
        note::sign(&key(), &Checkpoint { origin: "other".into(), ..known_at(&log, 9) }).unwrap().into(),
    ));
    assert_eq!(names(&lines, None), ["edited"]);
}

#[test]
fn what_is_no_export_is_told_by_line_and_field() {
    let lines = export(&log(9));
    let said = |lines: &[String]| run(lines, None).unwrap_err().to_string();
    assert_eq!(verify(&b""[..], &key().public().unwrap(), None).unwrap_err().to_string(), "line 1: the file is empty");
    assert!(said(&lines[1..]).starts_with("line 1: export: "));
    let stranger = ServerKey::from_seed(&[2; 32]).unwrap().public().unwrap();
    let text = lines.join("\n");
    let error = verify(text.as_bytes(), &stranger, None).unwrap_err().to_string();
    assert!(error.starts_with("line 1: export: it is not signed by this key"), "{error}");
    let at = line_of(&lines, 4);
    for (from, to, field) in [
        ("\"position\":4", "\"position\":-4", "leaf.position"),
        ("\"salt\":\"", "\"salt\":\"?", "leaf.salt"),
        ("{\"leaf\"", "{\"leave\"", "."),
    ] {
        let mut bad = lines.clone();
        bad[at] = bad[at].replace(from, to);
        let error = said(&bad);
        assert!(error.starts_with(&format!("line {}: {field}", at + 1)), "{error}");
    }
    let mut cut = lines.clone();
    cut[at].truncate(50);
    assert!(said(&cut).starts_with(&format!("line {}: ", at + 1)));
}
