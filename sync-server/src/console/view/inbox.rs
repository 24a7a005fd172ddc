//! The inbox: what waits, what is taken.

use super::place::{in_a_row, place};
use super::{Opened, Taken, Viewer};
use crate::console::when::clock;
use chrono::{DateTime, Utc};
use handoff::domain::codes::Verdict;
use handoff::domain::encounter::Person;
use handoff::domain::ids::ReferralId;
use handoff::domain::stage::MeetPlace;
use handoff::domain::wire::Meet;
use handoff::ui::parts::words;

/// A case manager's inbox.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct InboxView {
    /// Nobody has these yet; the longest wait first.
    pub waiting: Vec<InboxRow>,
    /// Accepted by whoever looks; the newest first.
    pub mine: Vec<InboxRow>,
    /// Accepted by others; the newest first.
    pub others: Vec<InboxRow>,
}

/// One referral. It names nobody: opening it does, and is written down.
#[derive(Debug, Clone, PartialEq)]
pub struct InboxRow {
    /// Which.
    pub referral: ReferralId,
    /// Where, in short.
    pub place: String,
    /// The door.
    pub door: &'static str,
    /// What the rules say.
    pub verdict: Verdict,
    /// What the person needs tonight; empty if nothing was noted.
    pub needs: String,
    /// The language, when the officer noted one.
    pub language: Option<String>,
    /// Something must be read before walking up.
    pub hazard: bool,
    /// Since when the person waits: the decision at the scene.
    pub since: DateTime<Utc>,
    /// Who has it, unless it is whoever looks, and when they meet; nothing while it waits.
    pub taken: Option<String>,
    /// Whoever looks has it.
    pub yours: bool,
}

impl InboxRow {
    /// Of a taken referral the list tells nothing about the person: opening it does, and is written down.
    fn without_person(self) -> Self {
        Self { needs: String::new(), language: None, hazard: false, ..self }
    }
}

/// Sorts referrals into the inbox of `viewer`.
pub fn inbox(viewer: &Viewer, referrals: &[(Opened<'_>, Option<Taken>)], now: DateTime<Utc>) -> InboxView {
    let mut view = InboxView::default();
    for (opened, taken) in referrals {
        let row = row(opened, taken.as_ref(), now);
        match taken {
            None => view.waiting.push(row),
            Some(taken) if taken.by == viewer.id => {
                let zone = *opened.decision.facts.at.offset();
                let meet = taken.meet.map(|meet| words::capital(&meet_words(meet, |at| clock(at, zone, now))));
                view.mine.push(InboxRow { taken: meet, yours: true, ..row.without_person() });
            }
            Some(_) => view.others.push(row.without_person()),
        }
    }
    view.waiting.sort_by_key(|row| row.since);
    view
}

fn row(opened: &Opened<'_>, taken: Option<&Taken>, now: DateTime<Utc>) -> InboxRow {
    let decision = opened.decision;
    let zone = *decision.facts.at.offset();
    let person = decision.person.as_ref();
    InboxRow {
        referral: opened.header.referral,
        place: place(decision),
        door: words::door(decision.facts.door),
        verdict: decision.assessment.verdict,
        needs: person.map(needs).unwrap_or_default(),
        language: person.map(|p| p.language.clone()).filter(|language| !language.is_empty()),
        hazard: person.is_some_and(|p| p.hazards.is_some()),
        since: opened.header.bounds.earliest,
        taken: taken.map(|taken| taken_words(taken, |at| clock(at, zone, now))),
        yours: false,
    }
}

fn needs(person: &Person) -> String {
    let needs: Vec<_> = person.needs.iter().map(|need| words::need(*need)).collect();
    in_a_row(&needs)
}

/// `Ana Ruiz, meeting at 22:40 at the scene`.
pub fn taken_words(taken: &Taken, clock: impl Fn(DateTime<Utc>) -> String) -> String {
    match taken.meet {
        Some(meet) => format!("{}, {}", taken.name, meet_words(meet, clock)),
        None => taken.name.clone(),
    }
}

/// `meeting at 22:40 at the scene`.
pub fn meet_words(meet: Meet, clock: impl Fn(DateTime<Utc>) -> String) -> String {
    let place = match meet.place {
        MeetPlace::Scene => "at the scene",
        MeetPlace::Elsewhere => "elsewhere",
    };
    format!("meeting at {} {place}", clock(meet.at))
}
