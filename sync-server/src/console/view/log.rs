//! The sergeant's log: every decision, newest first, without names of participants.

use super::place::place;
use super::referral::officer_name;
use crate::console::when::clock;
use crate::flags::Flag;
use crate::log::{LogRow as Row, LoggedDecision, Lost, Restored};
use chrono::{DateTime, Offset as _, Utc};
use handoff::domain::codes::{Containment, Outcome, Verdict};
use handoff::domain::encounter::Decision;
use handoff::domain::wire::StaffCard;
use handoff::ui::parts::{Glyph, Tone, words};

/// One page of the log.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LogView {
    /// Why nothing new is signed, if so.
    pub alarm: Option<String>,
    /// All, and what waits for a word.
    pub choices: Vec<LogChoice>,
    /// One flag each.
    pub flags: Vec<LogChoice>,
    /// The decisions, newest first.
    pub rows: Vec<LogRow>,
    /// Link to the next older page.
    pub older: Option<String>,
    /// Link back to the newest, when this is not it.
    pub newest: Option<String>,
    /// Where this very page is.
    pub again: String,
    /// What is to be known since a restore: a title, and more of it.
    pub restored: Vec<(String, String)>,
}

/// What a restore lost, and who waits for it, in words.
pub fn restored(restored: &Restored) -> Vec<(String, String)> {
    let lost = |lost: &Lost| {
        let (from, to, all) = (lost.from, lost.to, lost.to - lost.from + 1);
        (
            format!("The log was restored: entries {from}–{to} of epoch {} are not here", lost.epoch),
            format!(
                "{} of {all} have come again from the phones. What was done at the console in that time does not come \
                 again.",
                lost.returned
            ),
        )
    };
    let waiting = (restored.unconfirmed > 0).then(|| {
        let (one, many) = ("1 phone waits for an administrator", format!("{} phones wait", restored.unconfirmed));
        let title = if restored.unconfirmed == 1 { String::from(one) } else { many + " for an administrator" };
        (title, String::from("They deliver, and hear nothing until it is confirmed which phones may read."))
    });
    restored.lost.iter().map(lost).chain(waiting).collect()
}

/// A choice of what to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogChoice {
    /// What it says.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// It is the one in force.
    pub current: bool,
}

/// One decision.
#[derive(Debug, Clone, PartialEq)]
pub struct LogRow {
    /// Link to its page.
    pub href: String,
    /// When, at the scene.
    pub when: String,
    /// Who decided.
    pub officer: String,
    /// Where, against the zone.
    pub place: String,
    /// What the rules say.
    pub verdict: Verdict,
    /// Why the rules say so: every finding that does not pass, in the pack's order.
    pub reasons: Vec<String>,
    /// What was decided.
    pub choice: &'static str,
    /// Why not, and what became of the person.
    pub detail: String,
    /// What to look at.
    pub flags: Vec<FlagView>,
    /// A word on the review: nothing when none is due.
    pub review: Option<&'static str>,
}

impl LogRow {
    /// The row of a decision; what does not open is told by its columns alone.
    pub fn of(found: &LoggedDecision, officer: &StaffCard, now: DateTime<Utc>) -> Self {
        let row = &found.row;
        let decision = found.decision.as_deref();
        let zone = decision.map_or_else(|| Utc.fix(), |decision| *decision.facts.at.offset());
        let outcome = words::scene_outcome(row.outcome);
        Self {
            href: format!("/log/{}", row.position),
            when: clock(row.at, zone, now),
            officer: officer_name(officer),
            place: decision.map_or_else(|| bare_place(row), place),
            verdict: row.verdict,
            reasons: decision.map(reasons).unwrap_or_default(),
            choice: words::choice(row.choice),
            detail: row
                .reason
                .map_or_else(|| String::from(outcome), |why| format!("{}. {outcome}", words::reason(why))),
            flags: row.flags.list().into_iter().map(FlagView::of).collect(),
            review: match (row.needs_review(), &row.confirmed) {
                (true, _) => Some("Not reviewed yet"),
                (false, Some(_)) => Some("Confirmed"),
                (false, None) => None,
            },
        }
    }
}

fn reasons(decision: &Decision) -> Vec<String> {
    let weighing = decision.assessment.findings.iter().filter(|finding| finding.outcome != Outcome::Pass);
    weighing.map(|finding| words::capital(&finding.because)).collect()
}

fn bare_place(row: &Row) -> String {
    let name = row.zone.as_deref().map(words::spaced);
    match (name, row.containment) {
        (Some(name), Some(Containment::Inside)) => name,
        (Some(name), Some(Containment::Outside)) => format!("Outside {name}"),
        (Some(name), Some(Containment::Unsure)) => format!("At the edge of {name}"),
        (None, _) | (_, None) => String::from("Place not known"),
    }
}

/// A mark for review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlagView {
    /// Its code, as it stands in a link.
    pub code: &'static str,
    /// In a few words.
    pub label: &'static str,
    /// What it means, in a sentence.
    pub meaning: &'static str,
    /// How it weighs.
    pub tone: Tone,
    /// Its drawing.
    pub glyph: Glyph,
}

impl FlagView {
    /// A flag in words.
    pub const fn of(flag: Flag) -> Self {
        let (label, meaning) = words(flag);
        let (tone, glyph) = look(flag);
        Self { code: flag.code(), label, meaning, tone, glyph }
    }
}

const fn words(flag: Flag) -> (&'static str, &'static str) {
    match flag {
        Flag::Override => ("Override", "The decision departs from the verdict, on a supervisor's word."),
        Flag::UnsureFix => ("Unsure place", "The position touches a boundary, was old, or was simulated."),
        Flag::LateSync => ("Came late", "It reached us more than 15 minutes after it was saved."),
        Flag::ClockOffset => ("Clock off", "The device's clock was more than a minute from ours."),
        Flag::ReplayDisagrees => ("Rules disagree", "The rules give another result here than on the phone."),
        Flag::UnknownPack => {
            ("Rules not known", "The phone applied rules that are not kept here, so they could not be checked.")
        }
        Flag::ChainGap => ("Gap before it", "Earlier records of this device have not come yet."),
        Flag::ChainConflict => (
            "Two at one place",
            "Another record stands at the same place of the device's chain, as after a restored copy.",
        ),
        Flag::WhileLocked => {
            ("While locked", "It was recorded while the phone was locked, for the officer of the shift.")
        }
        Flag::OtherOfficer => ("Another's device", "The device was enrolled for another officer."),
        Flag::UnknownOfficer => {
            ("Officer not known", "The roster was restored from a copy and does not know this officer. Load it anew.")
        }
        Flag::Amended => ("Amended", "A late position or a correction came after the decision. Both are kept."),
        Flag::VerdictChanged => ("Verdict changed", "With what was amended, the rules give another result."),
        Flag::Withdrawn => ("Withdrawn", "The officer took it back. What was recorded is kept."),
        Flag::ClockMoved => ("Clock moved", "The device's clock was changed before this was recorded."),
    }
}

const fn look(flag: Flag) -> (Tone, Glyph) {
    match flag {
        Flag::Override => (Tone::Warn, Glyph::Shield),
        Flag::UnsureFix => (Tone::Warn, Glyph::Pin),
        Flag::LateSync | Flag::ClockOffset | Flag::ClockMoved => (Tone::Info, Glyph::Clock),
        Flag::ReplayDisagrees | Flag::ChainConflict => (Tone::Bad, Glyph::Alert),
        Flag::UnknownPack | Flag::ChainGap => (Tone::Warn, Glyph::Question),
        Flag::OtherOfficer => (Tone::Info, Glyph::Person),
        Flag::UnknownOfficer => (Tone::Warn, Glyph::Person),
        Flag::WhileLocked => (Tone::Info, Glyph::Lock),
        Flag::Amended => (Tone::Info, Glyph::List),
        Flag::VerdictChanged => (Tone::Warn, Glyph::Alert),
        Flag::Withdrawn => (Tone::Info, Glyph::Cross),
    }
}
