//! The traps that queues of others fell into, and the test that holds each. A trap without a test of its name
//! fails here.

use crate::phone::Officer;
use crate::server::Station;
use handoff::domain::codes::Choice;
use handoff::sync::RecordState;
use handoff_server::cases;
use std::path::Path;

/// What went wrong elsewhere, and what proves that it does not here.
const TRAPS: [(&str, &[&str]); 11] = [
    (
        "one failure and then silence: the queue must drain by itself",
        &[
            "what_was_recorded_while_the_server_was_down_arrives_by_itself_when_it_is_back",
            "a_phone_that_starts_with_waiting_records_sends_them_by_itself",
        ],
    ),
    ("two retries of one id at once", &["one_entry_that_comes_many_times_at_once_makes_one_case_and_one_receipt"]),
    (
        "a poison entry at the head",
        &[
            "a_wedged_entry_is_shown_with_its_reason_and_holds_no_other",
            "a_batch_is_answered_one_by_one_and_a_bad_entry_harms_no_other",
            "a_wedged_entry_holds_its_own_lane_and_no_other",
        ],
    ),
    ("a kill between record and queue row", &["a_draft_whose_entry_is_in_the_outbox_becomes_a_record_at_unlock"]),
    ("a cursor ahead of its data", &["news_that_could_not_be_stored_moves_no_cursor_and_comes_again"]),
    (
        "a server restored from an older copy",
        &["what_a_restored_server_lost_is_offered_again_by_itself_once_and_with_its_void_receipt"],
    ),
    ("a gap in the sequence that is refused for ever", &["a_gap_is_taken_and_shown_and_its_filling_is_taken"]),
    (
        "an unreadable database that is made anew",
        &["an_unreadable_outbox_is_kept_and_named_and_capture_goes_on", "a_file_that_is_no_database_is_kept_and_named"],
    ),
    ("progress that never reaches its end", &["when_everything_has_arrived_nothing_counts_as_waiting"]),
    (
        "a pack that changes under an open draft",
        &[
            "rules_that_change_under_an_open_encounter_are_looked_at_again_before_it_is_saved",
            "a_dropped_pack_leaves_the_phones_and_still_replays",
        ],
    ),
    (
        "a count of tries that never rises in a crash loop",
        &["a_program_that_dies_in_the_middle_of_each_send_still_counts_every_try"],
    ),
];

fn texts(folder: &Path, all: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts(&path, all);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_trap_is_held_by_a_test_that_exists() {
    let mut all = String::new();
    for folder in ["src", "sync-server/src", "tests/it"] {
        texts(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut all);
    }
    for (trap, tests) in TRAPS {
        for test in tests {
            assert!(all.contains(&format!("fn {test}(")), "{trap}: there is no test {test}");
        }
    }
}

#[tokio::test]
async fn one_entry_that_comes_many_times_at_once_makes_one_case_and_one_receipt() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let (_, entry) = phone.record(&phone.accepted_offer());
    let (a, b, c, d) =
        tokio::join!(phone.deliver(&entry), phone.deliver(&entry), phone.deliver(&entry), phone.deliver(&entry));
    assert!(a == b && b == c && c == d, "the same receipt");
    assert_eq!(cases::waiting(station.server.app()).await.unwrap(), 1);
}

#[tokio::test]
async fn news_that_could_not_be_stored_moves_no_cursor_and_comes_again() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    officer.phone.sync_once().await.unwrap();
    let db = || rusqlite::Connection::open(officer.dir.path().join("outbox.db")).unwrap();
    let cursor = || db().query_row("SELECT cursor FROM feed", [], |row| row.get::<_, i64>(0)).unwrap();
    let before = cursor();
    let spoil = "CREATE TRIGGER spoil BEFORE INSERT ON statuses BEGIN SELECT raise(ABORT, 'no'); END";
    db().execute_batch(spoil).unwrap();
    officer.accept();
    assert!(officer.phone.sync_once().await.is_err());
    assert_eq!(cursor(), before);
    db().execute_batch("DROP TRIGGER spoil").unwrap();
    officer.phone.sync_once().await.unwrap();
    assert!(cursor() > before);
    let known: i64 = db().query_row("SELECT count(*) FROM statuses", [], |row| row.get(0)).unwrap();
    assert_eq!(known, 1);
}

#[tokio::test]
async fn when_everything_has_arrived_nothing_counts_as_waiting() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    for choice in [Choice::OfferedAccepted, Choice::OfferedDeclined, Choice::OfferedAccepted] {
        let id = officer.phone.new_referral().unwrap();
        officer.phone.record(id, officer.decide(crate::server::facts(), choice)).unwrap();
    }
    let report = officer.phone.sync_once().await.unwrap();
    assert_eq!((report.receipted, report.refused, report.waiting), (3, 0, 0));
    let health = officer.phone.health().unwrap();
    assert_eq!((health.unsent, health.wedged, health.oldest_unsent_s), (0, 0, None));
    assert_eq!((officer.phone.waiting().unwrap(), officer.phone.only_here().unwrap().unsent), (0, 0));
    let done = |state| matches!(state, RecordState::Received { .. } | RecordState::NotACase { .. });
    assert!(officer.phone.records().unwrap().into_iter().all(|row| done(row.state)));
}
