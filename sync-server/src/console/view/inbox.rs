//! The inbox: what waits, what is taken.

use super::ladder::LadderView;
use super::place::{in_a_row, place};
use super::referral::officer_name;
use super::{Alarm, Closed, Found, Opened, Taken, Viewer};
use crate::cases::Withdrawn;
use crate::console::view::codes as words;
use crate::console::when::clock;
use crate::words::t;
use chrono::{DateTime, Offset as _, Utc};
use handoff::domain::codes::Verdict;
use handoff::domain::encounter::Person;
use handoff::domain::ids::ReferralId;
use handoff::domain::stage::MeetPlace;
use handoff::domain::wire::Meet;

use std::collections::BTreeMap;

/// What stands for the place of a record that does not open.
pub(super) fn does_not_open() -> &'static str {
    t!("inbox-does-not-open")
}

/// A case manager's inbox.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct InboxView {
    /// Nobody has these yet; the longest wait first.
    pub waiting: Vec<InboxRow>,
    /// Accepted by whoever looks; the newest first.
    pub mine: Vec<InboxRow>,
    /// Accepted by others; the newest first.
    pub others: Vec<InboxRow>,
    /// Their officer took them back; the newest first.
    pub withdrawn: Vec<InboxRow>,
    /// Nobody is on call now.
    pub nobody_on_call: bool,
    /// Nobody will be soon; for those who keep the rota.
    pub alarm: Option<Alarm>,
}

/// One referral. It names nobody: opening it does, and is written down.
#[derive(Debug, Clone, PartialEq)]
pub struct InboxRow {
    /// Which.
    pub referral: ReferralId,
    /// Where, in short.
    pub place: String,
    /// The door; of a record that does not open, its officer.
    pub door: String,
    /// What the rules say; nothing if the record does not open.
    pub verdict: Option<Verdict>,
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
    /// It is from before a restore: someone may have accepted it, and that is lost.
    pub open_again: bool,
    /// Where it stands on its ladder, while it waits.
    pub ladder: Option<LadderView>,
}

impl InboxRow {
    /// Of a taken referral the list tells nothing about the person: opening it does, and is written down.
    fn without_person(self) -> Self {
        Self { needs: String::new(), language: None, hazard: false, ..self }
    }
}

impl InboxView {
    /// With the place of each that waits. What is held waits behind the others.
    #[must_use]
    pub fn on_ladders(mut self, ladders: &mut BTreeMap<ReferralId, LadderView>) -> Self {
        for row in &mut self.waiting {
            row.ladder = ladders.remove(&row.referral);
        }
        self.waiting.sort_by_key(|row| row.ladder.as_ref().is_some_and(|ladder| ladder.held));
        self
    }

    /// The database was restored from a copy at this moment: whoever took what is from before it is not known.
    #[must_use]
    pub fn restored(mut self, began: Option<DateTime<Utc>>) -> Self {
        for row in &mut self.waiting {
            row.open_again = began.is_some_and(|began| row.since < began);
        }
        self
    }
}

/// Sorts referrals into the inbox of `viewer`.
pub fn inbox(viewer: &Viewer, referrals: &[(Found<'_>, Option<Taken>)], now: DateTime<Utc>) -> InboxView {
    let mut view = InboxView::default();
    for (found, taken) in referrals {
        let (row, zone) = match found {
            Found::Opened(opened) => (row(opened), *opened.decision.facts.at.offset()),
            Found::Closed(closed) => (closed_row(closed), Utc.fix()),
        };
        let when = |at| clock(at, zone, now);
        match taken {
            None => view.waiting.push(row),
            Some(taken) if taken.by == viewer.id => {
                let meet = taken.meet.map(|meet| words::capital(&meet_words(meet, when)));
                view.mine.push(InboxRow { taken: meet, yours: true, ..row.without_person() });
            }
            Some(taken) => {
                let taken = Some(taken_words(taken, when));
                view.others.push(InboxRow { taken, ..row.without_person() });
            }
        }
    }
    view.waiting.sort_by_key(|row| row.since);
    view
}

/// Referrals that their officer took back. Nobody goes, so nothing of the person is told.
pub fn withdrawn(referrals: &[(Found<'_>, Withdrawn)], now: DateTime<Utc>) -> Vec<InboxRow> {
    let told = |(found, withdrawn): &(Found<'_>, Withdrawn)| {
        let (row, zone) = match found {
            Found::Opened(opened) => (row(opened), *opened.decision.facts.at.offset()),
            Found::Closed(closed) => (closed_row(closed), Utc.fix()),
        };
        let why = words::withdrawal_reason(withdrawn.why);
        let taken = Some(format!("{}: {why}", clock(withdrawn.at, zone, now)));
        InboxRow { taken, ..row.without_person() }
    };
    referrals.iter().map(told).collect()
}

fn row(opened: &Opened<'_>) -> InboxRow {
    let decision = opened.decision;
    let person = decision.person.as_ref();
    InboxRow {
        referral: opened.header.referral,
        place: place(decision),
        door: String::from(words::door(decision.facts.door)),
        verdict: Some(decision.assessment.verdict),
        needs: person.map(needs).unwrap_or_default(),
        language: person.map(|p| p.language.clone()).filter(|language| !language.is_empty()),
        hazard: person.is_some_and(|p| p.hazards.is_some()),
        since: opened.header.written(),
        taken: None,
        yours: false,
        open_again: false,
        ladder: None,
    }
}

fn closed_row(closed: &Closed<'_>) -> InboxRow {
    InboxRow {
        referral: closed.referral,
        place: String::from(does_not_open()),
        door: officer_name(closed.officer),
        verdict: None,
        needs: String::new(),
        language: None,
        hazard: false,
        since: closed.since,
        taken: None,
        yours: false,
        open_again: false,
        ladder: None,
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
    let at = clock(meet.at);
    match meet.place {
        MeetPlace::Scene => t!("inbox-meeting-scene", at = at),
        MeetPlace::Elsewhere => t!("inbox-meeting-elsewhere", at = at),
    }
}
