//! What an officer records, at a scene and after it. Every name and free text carries a marker that may stand
//! nowhere in clear.

use crate::dice::Dice;
pub use crate::sample::CANARY;
use crate::sample::{self, facts_at};
use chrono::{DateTime, TimeDelta, Utc};
use handoff::domain::afterwards::{AmendmentCause, HandOff, HandOffOutcome, HandOffStep, Withdrawal, WithdrawalReason};
use handoff::domain::codes::Choice;
use handoff::domain::encounter::Decision;
use handoff::domain::entry::EntryKind;
use handoff::domain::facts::{Facts, FixFact};
use handoff::domain::private::Private;
use handoff::sync::{Change, Site};

/// The secret of every officer who has one.
pub const SECRET: &str = "Zanzibarry 7421";

/// What an officer taps Save for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// A decision; whether it was known where.
    Decide { choice: Choice, placed: bool },
    /// A step of the hand-off.
    HandOff(HandOffStep),
    /// The position came after the decision was saved without one.
    LateFix,
    /// Something was recorded wrongly; the number stands in the note.
    Correct(u32),
    /// It is taken back.
    Withdraw,
}

impl Deed {
    pub const fn kind(self) -> EntryKind {
        match self {
            Self::Decide { .. } => EntryKind::Decision,
            Self::HandOff(_) => EntryKind::HandOff,
            Self::LateFix | Self::Correct(_) => EntryKind::Amendment,
            Self::Withdraw => EntryKind::Withdrawal,
        }
    }

    /// What the trace calls it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Decide { choice: Choice::OfferedAccepted, .. } => "accepted",
            Self::Decide { .. } => "no case",
            Self::HandOff(step) => step.code(),
            Self::LateFix => "late fix",
            Self::Correct(_) => "correction",
            Self::Withdraw => "withdrawal",
        }
    }
}

/// What the officer offered, and what the person said.
pub fn decides(dice: &mut Dice) -> Deed {
    let choices = [(6, Choice::OfferedAccepted), (2, Choice::OfferedDeclined), (2, Choice::NotOffered)];
    Deed::Decide { choice: dice.weighted(&choices), placed: dice.permille(900) }
}

/// What an officer records of an encounter later.
pub fn goes_on(dice: &mut Dice, choice: Choice) -> Deed {
    let correct = Deed::Correct(u32::try_from(dice.between(0, 1_000_000)).unwrap());
    let step = Deed::HandOff(dice.pick(HandOffStep::ALL));
    match choice {
        Choice::OfferedAccepted => dice.weighted(&[(5, step), (3, correct), (2, Deed::Withdraw)]),
        Choice::OfferedDeclined | Choice::NotOffered => dice.weighted(&[(3, correct), (1, Deed::Withdraw)]),
    }
}

/// Facts of which every rule of the demo's pack says pass, if it is known where.
pub fn facts(at: DateTime<Utc>, placed: bool) -> Facts {
    facts_at(at, placed.then(fix))
}

/// A position in the middle of Belltown.
pub fn fix() -> FixFact {
    sample::fix(47.6145, -122.3465)
}

/// A decision as the app makes it.
pub fn decide(site: &Site, at: DateTime<Utc>, (choice, placed): (Choice, bool)) -> Decision {
    sample::decide((&site.pack, &site.zones), facts(at, placed), choice)
}

/// A step of the hand-off, now.
pub fn hand_off(step: HandOffStep, at: DateTime<Utc>) -> HandOff {
    let outcome = (step == HandOffStep::Outcome).then_some(HandOffOutcome::Met);
    HandOff { at: at.fixed_offset(), step, to: None, outcome, while_locked: false }
}

/// The correction with this number, of an encounter at that time: every third bars the person after all.
pub fn correct(met: DateTime<Utc>, number: u32) -> Change {
    let mut facts = facts(met, true);
    if number.is_multiple_of(3) {
        let convicted = (met - TimeDelta::days(700)).date_naive();
        facts.history = serde_json::from_value(serde_json::json!(
            {"checked": true, "convictions": [{"group": "burglary", "on": convicted}]}
        ))
        .expect("a history");
    }
    let note = Some(Private::new(note(number)));
    Change { cause: AmendmentCause::Correction, facts, cross_street: Some(format!("{CANARY} Street")), note }
}

/// What stands in the note of a correction.
pub fn note(number: u32) -> String {
    format!("{CANARY} number {number}")
}

/// It is taken back, now.
pub fn withdraw(at: DateTime<Utc>) -> Withdrawal {
    let note = Some(Private::new(format!("{CANARY} went home")));
    Withdrawal { at: at.fixed_offset(), reason: WithdrawalReason::ChangedMind, note, while_locked: false }
}
