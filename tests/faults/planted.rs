//! Each planted mistake, and the gate that catches it.

use crate::run;
use handoff::lab::{self, Bug};

/// A planted mistake must be seen within so many worlds.
const WORLDS: u64 = 40;

/// The test that catches a mistake which no simulated world can show; nothing where the simulation does.
const fn other_gate(bug: Bug) -> Option<&'static str> {
    match bug {
        // A world whose process is killed still has what the system was given: only a power cut shows it.
        Bug::SynchronousNormal => Some("the power cuts, and `every_setting_holds_and_has_its_reason`"),
        // One process has no other to hear of.
        Bug::NotifyOnly => Some("`a_server_that_hears_of_anothers_news_only_when_it_is_told_is_caught`"),
        Bug::SeenIsAccepted => Some("not by a world: its people do not wait; the schedules of `tests/it/timers.rs`"),
        // Nobody edits the database of a world.
        Bug::SignWithoutRecheck => Some("`a_server_that_signs_what_it_has_not_computed_anew_is_caught`"),
        _ => None,
    }
}

/// Plants each in turn and runs worlds until one breaks. Returns those that nobody noticed.
pub fn all(only: Option<&str>) -> Vec<&'static str> {
    let mut unseen = Vec::new();
    println!("\n| planted mistake | caught in world | as |\n|---|---:|---|");
    for bug in Bug::ALL.iter().copied().filter(|bug| only.is_none_or(|only| only == bug.code())) {
        if let Some(gate) = other_gate(bug) {
            println!("| {} | – | {gate} |", bug.code());
            continue;
        }
        lab::plant(Some(bug));
        let tally = run::seeds(1..=WORLDS, true);
        lab::plant(None);
        match tally.broken.into_iter().min() {
            Some((seed, what)) => println!("| {} | {seed} | {what} |", bug.code()),
            None => {
                println!("| {} | in none of {WORLDS} | – |", bug.code());
                unseen.push(bug.code());
            }
        }
    }
    unseen
}
