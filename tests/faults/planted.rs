//! Each planted mistake, and the gate that catches it: not any, but the one that is there for it.

use crate::run;
use handoff::lab::{self, Bug};

/// A planted mistake must be seen within so many worlds.
const WORLDS: u64 = 40;

/// What must notice a mistake.
enum Gate {
    /// A world breaks, and its model says so in these words.
    World(&'static str),
    /// No simulated world can show it: the tests that do.
    Other(&'static str),
}

const fn gate(bug: Bug) -> Gate {
    match bug {
        Bug::AckBeforeCommit => Gate::World("I1: a receipt for what is not in the log"),
        Bug::RetryUnderNewId => Gate::World("I2: a save that was tried again was kept under another id"),
        Bug::DeleteBeforeReceipt => Gate::World("does not have it"),
        Bug::RoleCheckSkipped => Gate::World("I7: tran reads /log"),
        Bug::NameLogged => Gate::World("I6: a name was logged"),
        Bug::ClockForOrder => Gate::World("cannot save: database: UNIQUE constraint failed: entries.seq"),
        // Of an epoch that it did not notice, the phone still holds receipts that are void.
        Bug::OkIsReceipt | Bug::SignatureIgnored | Bug::EpochIgnored => Gate::World("safe, the server has it not"),
        Bug::PoisonBlocks | Bug::NeverWakes => Gate::World("something never arrives"),
        Bug::CursorAhead => Gate::World("the officer never hears"),
        Bug::RevokedReads => Gate::World("I7: a revoked phone reads the feed"),
        Bug::RevokedKeysStay => Gate::World("keeps the keys that read"),
        Bug::WithdrawalLeavesOpen => Gate::World("it was taken back, and its case is open"),
        Bug::AmendmentOverwrites => Gate::World("its verdict is not the one on which the officer decided"),
        Bug::LaterOvertakes => Gate::World("came before an earlier entry of its referral"),
        Bug::LeafSkipped => Gate::World("has the leaf of another"),
        Bug::OtherTreeSigned => Gate::World("is not of the log as it was"),
        Bug::NotesDropped => Gate::World("its officer cannot read it any more"),
        Bug::VaultInClear => Gate::World("I6: a name stands in clear in"),
        // A world whose process is killed still has what the system was given: only a power cut shows it.
        Bug::SynchronousNormal => Gate::Other("the power cuts, and `every_setting_holds_and_has_its_reason`"),
        // One process has no other to hear of.
        Bug::NotifyOnly => Gate::Other("`a_server_that_hears_of_anothers_news_only_when_it_is_told_is_caught`"),
        Bug::SeenIsAccepted => Gate::Other("the schedules of `tests/it/timers.rs`: people of a world do not wait"),
        // Nobody edits the database of a world.
        Bug::SignWithoutRecheck => Gate::Other("`a_server_that_signs_what_it_has_not_computed_anew_is_caught`"),
    }
}

/// Plants each in turn and runs worlds until its gate says so. Returns those of which it did not: that something
/// else broke is not enough, since then the gate is not shown to see.
pub fn all(only: Option<&str>) -> Vec<&'static str> {
    let mut unseen = Vec::new();
    println!("\n| planted mistake | caught in world | by |\n|---|---:|---|");
    for bug in Bug::ALL.iter().copied().filter(|bug| only.is_none_or(|only| only == bug.code())) {
        let words = match gate(bug) {
            Gate::World(words) => words,
            Gate::Other(gate) => {
                println!("| {} | – | {gate} |", bug.code());
                continue;
            }
        };
        lab::plant(Some(bug));
        let tally = run::until(1..=WORLDS, |what| what.contains(words));
        lab::plant(None);
        match tally.broken.iter().filter(|(_, what)| what.contains(words)).min() {
            Some((seed, what)) => println!("| {} | {seed} | {what} |", bug.code()),
            None => {
                println!("| {} | in none of {WORLDS} | not by “{words}” |", bug.code());
                tally.broken.iter().for_each(|(seed, what)| println!("seed {seed} broke otherwise: {what}"));
                unseen.push(bug.code());
            }
        }
    }
    unseen
}
