//! The sergeant's log: every decision, newest first, without names of participants.

use super::place::place;
use super::referral::officer_name;
use crate::console::view::codes as words;
use crate::console::when::clock;
use crate::flags::Flag;
use crate::ledger::Fault;
use crate::ledger::record::Place;
use crate::log::{LogRow as Row, LoggedDecision, Lost, Restored};
use crate::store::leaves::LeafFault;
use crate::words::t;
use chrono::{DateTime, Offset as _, Utc};
use handoff::domain::codes::{Containment, Outcome, Verdict};
use handoff::domain::encounter::Decision;
use handoff::domain::wire::StaffCard;
use handoff::ui::parts::{Glyph, Tone};

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
            t!("log-restored", from = from, to = to, epoch = lost.epoch),
            t!("log-came-again", n = lost.returned, all = all),
        )
    };
    let waiting = (restored.unconfirmed > 0).then(|| {
        let title = t!("log-phones-wait", n = restored.unconfirmed);
        (title, String::from(t!("log-they-deliver-and-hear-nothing")))
    });
    restored.lost.iter().map(lost).chain(waiting).collect()
}

/// What is wrong with the ledger, in words.
pub fn tampered(fault: Fault) -> String {
    let Place { epoch, position } = fault.place;
    let what = match fault.what {
        LeafFault::Edited => t!("tampered-edited"),
        LeafFault::Missing => t!("tampered-missing"),
        LeafFault::ErasedUnsaid => t!("tampered-erased"),
        LeafFault::Rewritten => t!("tampered-rewritten"),
    };
    t!("tampered-fault", epoch = epoch, position = position.to_string(), what = what)
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
                (true, _) => Some(t!("log-not-reviewed-yet")),
                (false, Some(_)) => Some(t!("log-confirmed")),
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
        (Some(name), Some(Containment::Outside)) => t!("log-outside", zone = name),
        (Some(name), Some(Containment::Unsure)) => t!("log-edge", zone = name),
        (None, _) | (_, None) => String::from(t!("place-place-not-known")),
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
    pub fn of(flag: Flag) -> Self {
        let (label, meaning) = words(flag);
        let (tone, glyph) = look(flag);
        Self { code: flag.code(), label, meaning, tone, glyph }
    }
}

fn words(flag: Flag) -> (&'static str, &'static str) {
    match flag {
        Flag::Override => (t!("log-override"), t!("log-the-decision-departs-from-the")),
        Flag::UnsureFix => (t!("log-unsure-place"), t!("log-the-position-touches-a-boundary")),
        Flag::LateSync => (t!("log-came-late"), t!("log-it-reached-us-more-than")),
        Flag::ClockOffset => (t!("log-clock-off"), t!("log-the-devices-clock-was-more")),
        Flag::ReplayDisagrees => (t!("log-rules-disagree"), t!("log-the-rules-give-another-result")),
        Flag::UnknownPack => (t!("log-rules-not-known"), t!("log-the-phone-applied-rules-that")),
        Flag::ChainGap => (t!("log-gap-before-it"), t!("log-earlier-records-of-this-device")),
        Flag::ChainConflict => (t!("log-two-at-one-place"), t!("log-another-record-stands-at-the")),
        Flag::WhileLocked => (t!("log-while-locked"), t!("log-it-was-recorded-while-the")),
        Flag::OtherOfficer => (t!("log-anothers-device"), t!("log-the-device-was-enrolled-for")),
        Flag::UnknownOfficer => (t!("log-officer-not-known"), t!("log-the-roster-was-restored-from")),
        Flag::Amended => (t!("log-amended"), t!("log-a-late-position-or-a")),
        Flag::VerdictChanged => (t!("log-verdict-changed"), t!("log-with-what-was-amended-the")),
        Flag::Withdrawn => (t!("log-withdrawn"), t!("log-the-officer-took-it-back")),
        Flag::ClockMoved => (t!("log-clock-moved"), t!("log-the-devices-clock-was-changed")),
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
