//! Where a waiting referral stands on its ladder, in words: status only, nothing about the person.

use super::Viewer;
use super::afterwards::Telling;
use super::referral::{ReferralView, Step, officer_name};
use crate::cases::{CaseAct, Delivery, OnLadder, Place, Sight, State};
use crate::console::view::codes as words;
use crate::console::when::age_words;
use crate::deliver::channel::Medium;
use crate::words::t;
use chrono::{DateTime, Utc};
use handoff::domain::afterwards::{HandOffClock, HandOffOutcome, HandOffStep};
use handoff::domain::ids::StaffId;
use handoff::domain::pack::RungWho;
use handoff::domain::stage::DeclineReason;
use handoff::domain::wire::StaffCard;

/// A waiting referral on its ladder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LadderView {
    /// Whom it was put to, and whether they looked.
    pub told: Vec<String>,
    /// How far beyond those on call it went.
    pub escalated: Option<String>,
    /// What comes next, and when.
    pub next: Option<String>,
    /// Why nobody on call hears of it yet.
    pub held: bool,
    /// Nobody stands on the ladder at all.
    pub nobody: bool,
    /// How late the record came.
    pub late: Option<String>,
    /// How far the hand-off is, as the officer recorded it.
    pub hand_off: Option<String>,
    /// The clock of the hand-off stands: how long it took.
    pub took: Option<String>,
}

/// The place of a waiting referral, in words. `name` gives someone's name.
pub fn ladder(on: &OnLadder, name: impl Fn(StaffId) -> String, now: DateTime<Utc>) -> LadderView {
    let Place { plan, people, history, ladder, .. } = &on.place;
    let who = |rung: usize| ladder.rungs.get(rung).map(|rung| rung.who);
    let highest = history.told.iter().map(|told| told.rung).max().map_or(plan.rung, |told| told.max(plan.rung));
    let above = who(highest).filter(|who| who.escalates());
    let next = who(plan.rung + 1).zip(plan.climbs);
    let LadderView { late, hand_off, took, .. } = clocks(&on.clock);
    LadderView {
        told: told(&on.place, &name),
        escalated: above.map(escalated),
        next: next.map(|(who, at)| t!("ladder-next", who = rung(who), time = age_words(at - now))),
        held: history.held,
        nobody: people.on_call.is_empty() && people.leads.is_empty() && people.sergeants.is_empty(),
        late,
        hand_off,
        took,
    }
}

/// What the hand-off's clock tells.
pub(super) fn clocks(clock: &HandOffClock) -> LadderView {
    let late = clock.came_late_min().map(|min| t!("ladder-came-late", min = min));
    let took = clock.took_min().map(|min| match clock.outcome {
        Some(HandOffOutcome::Left | HandOffOutcome::NotMet | HandOffOutcome::BookedAfterAll) => {
            t!("ladder-ended-after", min = min)
        }
        Some(HandOffOutcome::Met) | None => t!("ladder-there-after", min = min),
    });
    let hand_off = clock.last.map(|(step, _)| match (step, clock.outcome) {
        (HandOffStep::Outcome, Some(outcome)) => String::from(words::hand_off_outcome(outcome)),
        (step, _) => String::from(words::hand_off_step(step)),
    });
    LadderView { late, took, hand_off, ..LadderView::default() }
}

/// One line for each whom it was put to: `Grace Okafor, tried 3 times, has looked`. Whether they were reached each
/// time is in the timeline.
fn told(place: &Place, name: &impl Fn(StaffId) -> String) -> Vec<String> {
    let mut people: Vec<StaffId> = Vec::new();
    for told in &place.history.told {
        if !people.contains(&told.staff) {
            people.push(told.staff);
        }
    }
    let line = |staff: StaffId| {
        let times = place.history.told.iter().filter(|told| told.staff == staff).count();
        let name = name(staff);
        match (place.history.declined.contains(&staff), place.history.seen.contains_key(&staff)) {
            (true, _) => t!("ladder-told-declined", name = name, n = times),
            (false, true) => t!("ladder-told-looked", name = name, n = times),
            (false, false) => t!("ladder-told-not-looked", name = name, n = times),
        }
    };
    people.into_iter().map(line).collect()
}

/// A rung in the middle of a sentence.
pub fn rung(who: RungWho) -> &'static str {
    match who {
        RungWho::OnCall => t!("ladder-on-call"),
        RungWho::NextOnCall => t!("ladder-next-on-call"),
        RungWho::Lead => t!("ladder-lead"),
        RungWho::Sergeant => t!("ladder-sergeant"),
    }
}

fn escalated(who: RungWho) -> String {
    String::from(match who {
        RungWho::OnCall => t!("ladder-escalated-on-call"),
        RungWho::NextOnCall => t!("ladder-escalated-next"),
        RungWho::Lead => t!("ladder-escalated-lead"),
        RungWho::Sergeant => t!("ladder-escalated-sergeant"),
    })
}

/// Why somebody passed a referral on.
pub fn decline_reason(why: DeclineReason) -> &'static str {
    match why {
        DeclineReason::WithSomeone => t!("ladder-with-someone-else-now"),
        DeclineReason::TooFar => t!("ladder-too-far-to-be-there"),
        DeclineReason::OffDuty => t!("ladder-not-at-work"),
        DeclineReason::CaseloadFull => t!("ladder-caseload-is-full"),
        DeclineReason::Conflict => t!("ladder-should-not-meet-this-person"),
        DeclineReason::Other => t!("codes-another-reason"),
    }
}

/// What happened to a referral on its ladder.
#[derive(Debug, Clone, Copy)]
pub struct Happened<'a> {
    /// Whom it was put to.
    pub deliveries: &'a [Delivery],
    /// Who looked.
    pub sights: &'a [Sight],
    /// Who declined, among what people did.
    pub acts: &'a [CaseAct],
}

impl Happened<'_> {
    /// Each with its time. What repeats stands in one line.
    fn lines(&self, name: &impl Fn(StaffId) -> String) -> Vec<(DateTime<Utc>, String)> {
        let mut all = rounds(self.deliveries, name);
        all.extend(self.sights.iter().map(|sight| (sight.first, t!("ladder-looked", name = name(sight.staff)))));
        let declined = self.acts.iter().filter_map(|act| {
            let why = act.why.map(decline_reason)?;
            Some((act.at, t!("ladder-passed-on", name = name(act.staff), why = why.to_lowercase())))
        });
        all.extend(declined);
        all
    }
}

impl ReferralView {
    /// With what happened on its ladder: one timeline, from the encounter to the meeting.
    #[must_use]
    pub fn on_ladder(
        mut self,
        (viewer, happened): (&Viewer, Happened<'_>),
        name: impl Fn(StaffId) -> String,
        telling: Telling<'_>,
    ) -> Self {
        let lines = happened.lines(&name);
        self.steps.extend(lines.into_iter().map(|(at, what)| Step::new(at, |at| telling.clock(at), what)));
        self.steps.sort_by_key(|step| step.moment);
        self.passed_on = happened.acts.iter().any(|act| act.why.is_some() && act.staff == viewer.id);
        self
    }
}

/// An escalated referral, as a sergeant may see it: status only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingRow {
    /// Link to its decision in the log.
    pub href: String,
    /// The encounter.
    pub since: DateTime<Utc>,
    /// The officer.
    pub officer: String,
    /// The door.
    pub door: &'static str,
    /// Its place.
    pub ladder: LadderView,
}

/// The row of a waiting referral.
pub fn waiting_row(on: &OnLadder, officer: &StaffCard, ladder: LadderView) -> WaitingRow {
    let waiting = &on.place.waiting;
    WaitingRow {
        href: format!("/log/{}", waiting.position),
        since: waiting.scene,
        officer: officer_name(officer),
        door: words::door(waiting.door),
        ladder,
    }
}

/// Each person on each rung: when they were told first, and how often since.
fn rounds(deliveries: &[Delivery], name: &impl Fn(StaffId) -> String) -> Vec<(DateTime<Utc>, String)> {
    let mut groups: Vec<(StaffId, RungWho, Vec<&Delivery>)> = Vec::new();
    for delivery in deliveries {
        let (staff, who) = (delivery.staff, delivery.who);
        match groups.iter_mut().find(|(one, as_what, _)| *one == staff && *as_what == who) {
            Some((_, _, group)) => group.push(delivery),
            None => groups.push((staff, who, vec![delivery])),
        }
    }
    let lines = |(staff, who, group): (StaffId, RungWho, Vec<&Delivery>)| {
        let name = name(staff);
        let queued = group.first().map(|first| (first.at, t!("ladder-for", name = &name, who = rung(who))));
        let told: Vec<_> = group.iter().filter(|one| one.state == State::Delivered).collect();
        let first =
            told.first().and_then(|one| Some((one.ended?, t!("ladder-was-told", name = &name, by = by(one.medium)))));
        let again = told.len().saturating_sub(1);
        let last = told.last().filter(|_| again > 0);
        let last = last.and_then(|one| Some((one.ended?, t!("ladder-told-again", name = &name, n = again))));
        let missed = group.iter().filter(|one| matches!(one.state, State::Missed | State::Failed | State::Gone));
        let missed = missed.filter_map(|one| one.ended).max().map(|at| (at, t!("ladder-not-reached", name = &name)));
        let missed = missed.filter(|_| told.is_empty());
        [queued, first, last, missed].into_iter().flatten().collect::<Vec<_>>()
    };
    groups.into_iter().flat_map(lines).collect()
}

fn by(medium: Medium) -> &'static str {
    match medium {
        Medium::InPage => t!("ladder-on-an-open-page"),
        Medium::WebPush => t!("ladder-by-a-browser"),
        Medium::Webhook => t!("ladder-by-a-program-of-the"),
        Medium::Mail => t!("ladder-by-mail"),
    }
}
