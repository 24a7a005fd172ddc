//! Mistakes that no simulated world can show, each planted in a process of its own, where the gate that is
//! named for it must notice. The same gate without the mistake passes, in the same time.

use handoff::lab::Bug;
use std::process::{Child, Command, Stdio};

/// In seconds: no server needs so long to hear of another's news, and who never hears is not waited for longer.
const PATIENCE: &str = "12";

/// Runs one test of this program in a process of its own, with or without a mistake.
fn begin(gate: &str, planted: Option<Bug>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", gate, "--nocapture"]).env("HANDOFF_TEST_PATIENCE_S", PATIENCE);
    command.env("HANDOFF_PLANTED", planted.map_or("", Bug::code));
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Whether it passed, and all that it said.
fn end(gate: Child) -> (bool, String) {
    let output = gate.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(said.contains("running 1 test"), "{said}");
    (output.status.success(), said)
}

fn notices(gate: &str, bug: Bug, words: &str) {
    let (without, with) = (begin(gate, None), begin(gate, Some(bug)));
    let ((passes, said), (misses, complaint)) = (end(without), end(with));
    assert!(passes, "without a mistake: {said}");
    assert!(!misses && complaint.contains(words), "{} is not noticed: {complaint}", bug.code());
}

#[test]
fn a_server_that_hears_of_anothers_news_only_when_it_is_told_is_caught() {
    let gate = "postgres::news_reach_the_other_server_when_no_word_comes_or_its_connection_is_lost";
    notices(gate, Bug::NotifyOnly, "the other server's news did not come");
}

#[test]
fn a_server_that_signs_what_it_has_not_computed_anew_is_caught() {
    let gate = "ledger::a_leaf_whose_record_was_changed_in_the_database_is_never_signed";
    notices(gate, Bug::SignWithoutRecheck, "UPDATE events SET detail = 'other'");
}
