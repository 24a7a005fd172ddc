//! One decision, as a sergeant may see it: facts, rules, reasons; never who the person is, nor what
//! they need.

use super::afterwards::AmendmentView;
use super::log::FlagView;
use super::place::{against_zone, drug, in_a_row, place};
use super::referral::{Step, fix, officer_name};
use super::{Opened, Taken};
use crate::console::when::{clock, exact};
use chrono::{DateTime, Utc};
use handoff::domain::codes::Verdict;
use handoff::domain::encounter::Decision;
use handoff::domain::facts::{Basis, Facts, History, PriorInvolvement};
use handoff::domain::ids::Hash;
use handoff::domain::time::Proof;
use handoff::ui::parts::{FindingLine, Labels, words};

/// A decision's page.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionView {
    /// Its position in the log.
    pub position: u64,
    /// When, at the scene.
    pub when: String,
    /// Who decided, of which unit.
    pub officer: String,
    /// Where, in short.
    pub place: String,
    /// What the rules say.
    pub verdict: Verdict,
    /// What was decided.
    pub choice: &'static str,
    /// Why no offer was made or taken.
    pub reason: Option<&'static str>,
    /// What became of the person at the scene.
    pub outcome: &'static str,
    /// What to look at.
    pub flags: Vec<FlagView>,
    /// The supervisor's word, if the decision departs from the verdict.
    pub departs: Option<Override>,
    /// Every rule, those that decide first.
    pub findings: Vec<FindingLine>,
    /// What the officer knew.
    pub facts: Vec<Fact>,
    /// How the record came here and what it holds to.
    pub record: Vec<Fact>,
    /// Where the referral stands: status only.
    pub status: Option<String>,
    /// What was amended since, each with its own verdict.
    pub amendments: Vec<AmendmentView>,
    /// What the officer recorded since, in the order in which it came.
    pub steps: Vec<Step>,
}

/// A label and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is about.
    pub label: String,
    /// What it says.
    pub value: String,
}

/// A decision that departs from the verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The supervisor, as the officer named them.
    pub supervisor: String,
    /// The reason given.
    pub reason: String,
    /// Who confirmed it and when; nothing while it waits for review.
    pub confirmed: Option<String>,
}

/// What the log knows of a decision beside the entry itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Logged {
    /// Position in the log.
    pub position: u64,
    /// Hash of the entry.
    pub entry: Hash,
    /// What to look at.
    pub flags: Vec<FlagView>,
    /// Who confirmed the override, when, and their note.
    pub confirmed: Option<(String, DateTime<Utc>, String)>,
    /// Who took the referral.
    pub taken: Option<Taken>,
    /// It made a case.
    pub case: bool,
}

/// The page of a decision.
pub fn decision(opened: &Opened<'_>, logged: Logged, now: DateTime<Utc>) -> DecisionView {
    let decision = opened.decision;
    let zone = *decision.facts.at.offset();
    DecisionView {
        position: logged.position,
        when: clock(decision.facts.at.to_utc(), zone, now),
        officer: format!("{}, unit {}", officer_name(opened.officer), decision.unit),
        place: place(decision),
        verdict: decision.assessment.verdict,
        choice: words::choice(decision.choice),
        reason: decision.reason.map(words::reason),
        outcome: words::scene_outcome(decision.outcome),
        departs: decision.divergence.as_ref().map(|divergence| Override {
            supervisor: divergence.supervisor.clone(),
            reason: divergence.reason.clone(),
            confirmed: logged.confirmed.as_ref().map(|(by, at, note)| {
                let head = format!("{by}, {}", clock(*at, zone, now));
                if note.is_empty() { head } else { format!("{head}: {note}") }
            }),
        }),
        findings: FindingLine::sorted(&decision.assessment.findings, opened.labels),
        facts: facts(decision, opened.labels),
        record: record(opened, &logged),
        status: status(&logged, |at| clock(at, zone, now)),
        flags: logged.flags,
        amendments: Vec::new(),
        steps: Vec::new(),
    }
}

fn status(logged: &Logged, clock: impl Fn(DateTime<Utc>) -> String) -> Option<String> {
    match (&logged.taken, logged.case) {
        (Some(taken), _) => Some(format!("Accepted by {} at {}", taken.name, clock(taken.at))),
        (None, true) => Some(String::from("Waiting for a case manager")),
        (None, false) => None,
    }
}

pub(super) fn facts(decision: &Decision, labels: Labels<'_>) -> Vec<Fact> {
    let facts = &decision.facts;
    let mut list = FactList::default();
    list.add("Door", words::door(facts.door));
    list.add_some("Incident", decision.incident.clone());
    list.add_some("Position", facts.fix.as_ref().map(fix));
    list.add_some("Against the zone", decision.assessment.zone.as_ref().map(against_zone));
    list.add_some("Cross street confirmed", decision.cross_street.clone());
    let offences: Vec<_> = facts.offences.iter().map(|code| labels.offence(code)).collect();
    list.add("Offences", in_a_row(&offences));
    list.add_some("Drugs", facts.drug.as_ref().map(drug));
    list.add_some("Age", facts.age_years.map(|years| format!("{years} years")));
    list.add_some("Criminal history", facts.history.as_ref().map(|found| history(found, labels)));
    list.add_some("Earlier involvement", facts.prior_involvement.as_ref().map(involvement));
    list.add_some("Residence", facts.residency_months.map(|months| format!("{months} months")));
    list.add_some("Earlier diversions", facts.prior_diversions.map(|n| n.to_string()));
    list.answers(facts, labels);
    let who = decision.demographics;
    let people = [words::race(who.race), words::sex(who.sex), words::age_band(who.age)];
    list.add("Race or ethnicity, sex, age band", in_a_row(&people));
    list.0
}

#[derive(Default)]
struct FactList(Vec<Fact>);

impl FactList {
    fn add(&mut self, label: impl Into<String>, value: impl Into<String>) {
        self.0.push(Fact { label: label.into(), value: value.into() });
    }

    fn add_some(&mut self, label: &str, value: Option<String>) {
        if let Some(value) = value {
            self.add(label, value);
        }
    }

    fn answers(&mut self, facts: &Facts, labels: Labels<'_>) {
        for (question, answer) in &facts.answers {
            self.add(labels.rule(question), words::yes_no(*answer));
        }
    }
}

fn history(history: &History, labels: Labels<'_>) -> String {
    if !history.checked {
        return String::from("Could not be checked");
    }
    let found: Vec<_> = history
        .convictions
        .iter()
        .map(|conviction| format!("{} on {}", labels.group(&conviction.group), conviction.on.format("%-d %b %Y")))
        .collect();
    match found.is_empty() {
        true => String::from("Checked, nothing found"),
        false => format!("Checked: {}", found.join("; ")),
    }
}

fn involvement(prior: &PriorInvolvement) -> String {
    let basis = match prior.basis {
        Basis::Records => "from records",
        Basis::Observed => "own observation",
        Basis::ReliableInformation => "reliable information",
    };
    format!("{}, {basis}", prior.on.format("%-d %b %Y"))
}

fn record(opened: &Opened<'_>, logged: &Logged) -> Vec<Fact> {
    let (header, decision) = (opened.header, opened.decision);
    let zone = *decision.facts.at.offset();
    let bounds = header.bounds;
    let written = match (header.proof(), bounds.earliest == bounds.latest) {
        (Proof::WallClock, _) => format!(
            "{} by the phone's own clock, which nothing proves; not before {}",
            exact(bounds.latest, zone),
            exact(bounds.earliest, zone)
        ),
        (Proof::Proven, true) => exact(bounds.earliest, zone),
        (Proof::Proven, false) => format!(
            "{}, within {} s",
            exact(bounds.earliest, zone),
            (bounds.latest - bounds.earliest).num_seconds() + 1
        ),
    };
    let mut list = FactList::default();
    list.add("Clock at the scene", exact(decision.facts.at.to_utc(), zone));
    list.add("Saved on the phone", written);
    list.add_some("Clock moved before it", header.clock_moved_ms.map(moved));
    list.add("Received here", exact(opened.received, zone));
    list.add("Place in the log", logged.position.to_string());
    list.add("Device", header.device.to_string());
    list.add("Place in the device's chain", header.seq.to_string());
    list.add("Referral", header.referral.to_string());
    let pack = &decision.assessment.pack;
    list.add("Rules", format!("{} version {}, {}", pack.id, pack.version, short(pack.sha256)));
    list.add_some("Zone file", decision.assessment.zone.as_ref().map(|z| format!("{} version {}", z.id, z.version)));
    list.add("Entry", logged.entry.to_string());
    list.0
}

/// How far a clock was moved, in whole seconds or minutes.
fn moved(ms: i64) -> String {
    let (way, seconds) = (if ms < 0 { "back" } else { "ahead" }, ms.unsigned_abs() / 1000);
    match seconds {
        ..120 => format!("{seconds} s {way}"),
        _ => format!("{} min {way}", seconds / 60),
    }
}

/// The first 12 digits, enough to compare by eye.
fn short(hash: Hash) -> String {
    hash.to_string().chars().take(12).collect()
}
