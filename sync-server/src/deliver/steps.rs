//! What the plan says, written: inside the transaction that makes it due.

use super::Policy;
use super::channel::{About, Medium};
use super::plan::{Due, History, People, Plan, plan};
use crate::store::deliveries::{self, Waiting};
use crate::store::events::{self, Event, Kind};
use crate::store::{Db, StoreError, addresses, ladder};
use chrono::{DateTime, Utc};
use handoff::domain::ids::{ReferralId, StaffId};
use handoff::domain::pack::{Ladder, Terms};

/// The first step of a referral that is about to come: where it stands, before its case is made.
pub(crate) fn first(db: &mut dyn Db, policy: &Policy, waiting: &Waiting) -> Result<Place, StoreError> {
    placed(db, policy, (waiting, History::new(waiting.received)), waiting.received)
}

/// The next step of a referral, if it still waits; whether somebody is to be told.
pub(crate) fn step(
    db: &mut dyn Db,
    policy: &Policy,
    referral: ReferralId,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let Some(waiting) = ladder::waiting(db, referral)? else { return Ok(false) };
    let place = place(db, policy, waiting, now)?;
    tell(db, policy, &place, now)?;
    ladder::look_at(db, referral, place.plan.next)?;
    Ok(!place.plan.due.is_empty())
}

/// Where a referral stands on its ladder.
#[derive(Debug, Clone)]
pub struct Place {
    /// The referral.
    pub waiting: Waiting,
    /// Who stands on it.
    pub people: People,
    /// What happened.
    pub history: History,
    /// What is due.
    pub plan: Plan,
    /// Its rungs.
    pub ladder: Ladder,
}

/// Where a waiting referral stands, without moving it.
pub(crate) fn place(
    db: &mut dyn Db,
    policy: &Policy,
    waiting: Waiting,
    now: DateTime<Utc>,
) -> Result<Place, StoreError> {
    let history = deliveries::history(db, waiting.referral, waiting.received)?;
    placed(db, policy, (&waiting, history), now)
}

fn placed(
    db: &mut dyn Db,
    policy: &Policy,
    (waiting, mut history): (&Waiting, History),
    now: DateTime<Utc>,
) -> Result<Place, StoreError> {
    let terms = policy.site.terms();
    history.held = match terms {
        Some(terms) => is_held(db, terms, waiting)?,
        None => false,
    };
    let ladder = terms.map_or_else(Ladder::default, |terms| terms.ladder.clone());
    let people = policy.site.people(waiting.officer, now);
    let plan = plan(&ladder, &people, &history, now);
    Ok(Place { waiting: *waiting, people, history, plan, ladder })
}

/// Writes down who is to be told of what is due, in the transaction that makes it due.
pub(crate) fn tell(db: &mut dyn Db, policy: &Policy, place: &Place, now: DateTime<Utc>) -> Result<(), StoreError> {
    let Place { waiting, plan, history, .. } = place;
    for due in &plan.due {
        if due.round > 1 {
            deliveries::miss(db, waiting.referral, due.staff, now)?;
        }
        for medium in media_of(db, policy, due.staff)? {
            deliveries::queue(db, About::Referral(waiting.referral), (due, medium), now)?;
        }
    }
    for due in newly_escalated(plan, history) {
        let nobody = if plan.nobody_on_call { " nobody_on_call" } else { "" };
        let event = Event::new(Kind::Escalated).on(waiting.referral.0);
        events::append(db, &event.detail(format!("{}{nobody}", due.who.code())), now)?;
    }
    Ok(())
}

/// One of those who are told on each rung above the people on call that is reached now.
fn newly_escalated<'a>(plan: &'a Plan, history: &History) -> Vec<&'a Due> {
    let mut new: Vec<&Due> = Vec::new();
    for due in plan.due.iter().filter(|due| due.who.escalates()) {
        let known = history.told.iter().any(|told| told.rung == due.rung) || new.iter().any(|one| one.rung == due.rung);
        if !known {
            new.push(due);
        }
    }
    new
}

/// By which channels someone is told, as it stands in the database.
pub(super) fn media_of(db: &mut dyn Db, policy: &Policy, staff: StaffId) -> Result<Vec<Medium>, StoreError> {
    let (reach, some_off) = addresses::reach(db, staff)?;
    let off = if some_off { ladder::off(db, staff)? } else { Vec::new() };
    Ok(media(policy, &off, &reach))
}

/// By which channels someone is told: those of this server that have an address for them, and that they left on.
fn media(policy: &Policy, off: &[Medium], reach: &[Medium]) -> Vec<Medium> {
    let media = policy.media.iter().copied();
    let on: Vec<_> = media.filter(|medium| reach.contains(medium) && !off.contains(medium)).collect();
    if on.is_empty() { vec![Medium::InPage] } else { on }
}

/// Places are short, and someone waits by a door that comes first.
fn is_held(db: &mut dyn Db, terms: &Terms, waiting: &Waiting) -> Result<bool, StoreError> {
    let Some(caseload) = terms.caseload else { return Ok(false) };
    let before = terms.capacity_priority.iter().take_while(|door| **door != waiting.door);
    if !terms.capacity_priority.contains(&waiting.door) || !ladder::places_short(db, caseload)? {
        return Ok(false);
    }
    for door in before {
        if ladder::waits_by(db, *door)? {
            return Ok(true);
        }
    }
    Ok(false)
}
