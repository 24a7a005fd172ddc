//! One decision, as a sergeant may see it: facts, rules, reasons; never who the person is, nor what
//! they need.

use super::afterwards::AmendmentView;
use super::log::FlagView;
use super::place::{against_zone, drug, in_a_row, place};
use super::referral::{Step, fix, officer_name};
use super::{Opened, Taken};
use crate::console::view::codes as words;
use crate::console::when;
use crate::console::when::{clock, exact};
use crate::words::t;
use chrono::{DateTime, Utc};
use handoff::domain::codes::Verdict;
use handoff::domain::encounter::Decision;
use handoff::domain::facts::{Basis, Facts, History, PriorInvolvement};
use handoff::domain::ids::Hash;
use handoff::domain::time::Proof;
use handoff::ui::parts::{FindingLine, Labels};

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
        officer: t!("decision-officer", name = officer_name(opened.officer), unit = &decision.unit),
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
        findings: words::findings(&decision.assessment.findings, opened.labels),
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
        (Some(taken), _) => Some(t!("decision-accepted", name = &taken.name, at = clock(taken.at))),
        (None, true) => Some(String::from(t!("decision-waiting-for-a-case-manager"))),
        (None, false) => None,
    }
}

pub(super) fn facts(decision: &Decision, labels: Labels<'_>) -> Vec<Fact> {
    let facts = &decision.facts;
    let mut list = FactList::default();
    list.add(t!("referral-door"), words::door(facts.door));
    list.add_some(t!("referral-incident"), decision.incident.clone());
    list.add_some(t!("decision-position"), facts.fix.as_ref().map(fix));
    list.add_some(t!("decision-against-the-zone"), decision.assessment.zone.as_ref().map(against_zone));
    list.add_some(t!("decision-cross-street-confirmed"), decision.cross_street.clone());
    let offences: Vec<_> = facts.offences.iter().map(|code| words::offence_of(labels, code)).collect();
    list.add(t!("decision-offences"), in_a_row(&offences));
    list.add_some(t!("decision-drugs"), facts.drug.as_ref().map(drug));
    list.add_some(t!("codes-age"), facts.age_years.map(|years| t!("referral-years", n = years)));
    list.add_some(t!("decision-criminal-history"), facts.history.as_ref().map(|found| history(found, labels)));
    list.add_some(t!("decision-earlier-involvement"), facts.prior_involvement.as_ref().map(involvement));
    list.add_some(t!("codes-residence"), facts.residency_months.map(|months| t!("decision-months", n = months)));
    list.add_some(t!("codes-earlier-diversions"), facts.prior_diversions.map(|n| n.to_string()));
    list.answers(facts, labels);
    let who = decision.demographics;
    let people = [words::race(who.race), words::sex(who.sex), words::age_band(who.age)];
    list.add(t!("decision-race-or-ethnicity-sex-age"), in_a_row(&people));
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
            self.add(words::rule_of(labels, question), words::yes_no(*answer));
        }
    }
}

fn history(history: &History, labels: Labels<'_>) -> String {
    if !history.checked {
        return String::from(t!("decision-could-not-be-checked"));
    }
    let found: Vec<_> = history
        .convictions
        .iter()
        .map(|conviction| {
            t!("decision-convicted", what = words::group_of(labels, &conviction.group), day = when::day(conviction.on))
        })
        .collect();
    match found.is_empty() {
        true => String::from(t!("decision-checked-nothing-found")),
        false => t!("decision-checked", what = found.join("; ")),
    }
}

fn involvement(prior: &PriorInvolvement) -> String {
    let basis = match prior.basis {
        Basis::Records => t!("decision-from-records"),
        Basis::Observed => t!("decision-own-observation"),
        Basis::ReliableInformation => t!("decision-reliable-information"),
    };
    format!("{}, {basis}", when::day(prior.on))
}

fn record(opened: &Opened<'_>, logged: &Logged) -> Vec<Fact> {
    let (header, decision) = (opened.header, opened.decision);
    let zone = *decision.facts.at.offset();
    let bounds = header.bounds;
    let written = match (header.proof(), bounds.earliest == bounds.latest) {
        (Proof::WallClock, _) => {
            t!("decision-by-own-clock", at = exact(bounds.latest, zone), earliest = exact(bounds.earliest, zone))
        }
        (Proof::Proven, true) => exact(bounds.earliest, zone),
        (Proof::Proven, false) => {
            let within = (bounds.latest - bounds.earliest).num_seconds() + 1;
            t!("decision-within", at = exact(bounds.earliest, zone), n = within)
        }
    };
    let mut list = FactList::default();
    list.add(t!("decision-clock-at-the-scene"), exact(decision.facts.at.to_utc(), zone));
    list.add(t!("referral-saved-on-the-phone"), written);
    list.add_some(t!("decision-clock-moved-before-it"), header.clock_moved_ms.map(moved));
    list.add(t!("referral-received-here"), exact(opened.received, zone));
    list.add(t!("decision-place-in-the-log"), logged.position.to_string());
    list.add(t!("decision-device"), header.device.to_string());
    list.add(t!("decision-place-in-the-devices-chain"), header.seq.to_string());
    list.add(t!("decision-referral"), header.referral.to_string());
    let pack = &decision.assessment.pack;
    list.add(
        t!("decision-rules"),
        t!("decision-pack", id = &pack.id, version = pack.version.to_string(), mark = short(pack.sha256)),
    );
    list.add_some(
        t!("decision-zone-file"),
        decision
            .assessment
            .zone
            .as_ref()
            .map(|z| t!("decision-zone-version", id = &z.id, version = z.version.to_string())),
    );
    list.add(t!("decision-entry"), logged.entry.to_string());
    list.0
}

/// How far a clock was moved, in whole seconds or minutes.
fn moved(ms: i64) -> String {
    let seconds = ms.unsigned_abs() / 1000;
    let length = if seconds < 120 { format!("{seconds} s") } else { format!("{} min", seconds / 60) };
    if ms < 0 { t!("decision-moved-back", length = length) } else { t!("decision-moved-ahead", length = length) }
}

/// The first 12 digits, enough to compare by eye.
fn short(hash: Hash) -> String {
    hash.to_string().chars().take(12).collect()
}
