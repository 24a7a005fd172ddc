//! The ladder's rules: what is due for one waiting referral. Pure: times and people come as arguments.
//!
//! # Decisions
//! - A rung is reached by its time, or at once when the rung before it has nobody who could still take the
//!   referral: nobody stands there, or all have declined. One that was reached stays so, whoever comes on call.
//! - To look is not to take. It buys `seen_min` without a reminder, and the next rung comes at its own time.
//! - The first ten reminders of a person come at the pack's pace, then each twice as late as the one before, an
//!   hour apart at most: a referral that nobody takes for days must not fill the log.
//! - While places are short and a door of higher priority waits, those on call are not told of this one. Who
//!   stands above them is, at the time: it waits behind others, and not unheard.

use chrono::{DateTime, TimeDelta, Utc};
use handoff::domain::ids::StaffId;
use handoff::domain::pack::{Ladder, Rung, RungWho};
use handoff::lab::{Bug, planted};
use std::collections::{BTreeMap, BTreeSet};

/// So many reminders come at the pack's pace.
const AT_PACE: usize = 10;
/// No two reminders of one person are further apart.
const LONGEST: TimeDelta = TimeDelta::minutes(60);

/// Who stands on the ladder at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct People {
    /// Who is on call, in the order of the rota.
    pub on_call: Vec<StaffId>,
    /// The lead case managers.
    pub leads: Vec<StaffId>,
    /// The sergeants of the officer's squad.
    pub sergeants: Vec<StaffId>,
}

/// One time that a person was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Who.
    pub staff: StaffId,
    /// On which rung, from 0.
    pub rung: usize,
    /// When.
    pub at: DateTime<Utc>,
}

/// What happened to a referral that nobody has taken yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// When it was durably received: the clock of the ladder starts here.
    pub received: DateTime<Utc>,
    /// Who was told, in order.
    pub told: Vec<Told>,
    /// Who looked, and when last.
    pub seen: BTreeMap<StaffId, DateTime<Utc>>,
    /// Who declined.
    pub declined: BTreeSet<StaffId>,
    /// Places are short, and a door of higher priority waits.
    pub held: bool,
}

impl History {
    /// Of a referral that has just come.
    pub const fn new(received: DateTime<Utc>) -> Self {
        Self { received, told: Vec::new(), seen: BTreeMap::new(), declined: BTreeSet::new(), held: false }
    }
}

/// Somebody who is to be told now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Who.
    pub staff: StaffId,
    /// On which rung, from 0.
    pub rung: usize,
    /// As what.
    pub who: RungWho,
    /// Which time it is, from 1.
    pub round: u32,
}

/// What is to be done now for one referral, and when to look again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Who is to be told.
    pub due: Vec<Due>,
    /// The highest rung that is reached.
    pub rung: usize,
    /// Nobody is on call.
    pub nobody_on_call: bool,
    /// When the next rung is reached by its time; nothing above the last.
    pub climbs: Option<DateTime<Utc>>,
    /// When to look again: after the repeat interval at the latest, since the rota moves too.
    pub next: DateTime<Utc>,
}

/// What is due for one waiting referral at `now`.
pub fn plan(ladder: &Ladder, people: &People, history: &History, now: DateTime<Utc>) -> Plan {
    let reached = reached(ladder, people, history, now);
    let minutes = |n: u32| TimeDelta::minutes(i64::from(n));
    let climbs = ladder.rungs.get(reached + 1).map(|rung| history.received + minutes(rung.after_min));
    let repeat = minutes(ladder.repeat_min);
    let mut plan = Plan {
        due: Vec::new(),
        rung: reached,
        nobody_on_call: people.on_call.is_empty(),
        climbs,
        next: climbs.map_or(now + repeat, |climbs| climbs.min(now + repeat)),
    };
    if planted(Bug::SeenIsAccepted) && !history.seen.is_empty() {
        return plan;
    }
    for (staff, (rung, who)) in standing(ladder, people, history, reached) {
        let at = again(ladder, history, staff, rung);
        if at.is_none_or(|at| at <= now) {
            let round = told(history, staff).count().try_into().unwrap_or(u32::MAX).saturating_add(1);
            plan.due.push(Due { staff, rung, who, round });
        } else if let Some(at) = at {
            plan.next = plan.next.min(at);
        }
    }
    plan.due.sort_by_key(|due| due.rung);
    plan
}

/// The highest rung that is reached.
fn reached(ladder: &Ladder, people: &People, history: &History, now: DateTime<Utc>) -> usize {
    let before = history.told.iter().map(|told| told.rung).max().unwrap_or(0);
    let mut reached = 0;
    for (i, rung) in ladder.rungs.iter().enumerate().skip(1) {
        let by_time = history.received + TimeDelta::minutes(i64::from(rung.after_min)) <= now;
        let passed = holders(ladder, people, i - 1).iter().all(|staff| history.declined.contains(staff));
        if !(by_time || passed || before >= i) {
            break;
        }
        reached = i;
    }
    reached
}

/// Everyone who is to be kept informed, each on the highest rung on which they stand.
fn standing(
    ladder: &Ladder,
    people: &People,
    history: &History,
    reached: usize,
) -> BTreeMap<StaffId, (usize, RungWho)> {
    let mut standing = BTreeMap::new();
    for (i, Rung { who, .. }) in ladder.rungs.iter().enumerate().take(reached + 1) {
        if history.held && !who.escalates() {
            continue;
        }
        let able = holders(ladder, people, i).into_iter().filter(|staff| !history.declined.contains(staff));
        standing.extend(able.map(|staff| (staff, (i, *who))));
    }
    standing
}

/// Who stands on a rung.
fn holders(ladder: &Ladder, people: &People, rung: usize) -> Vec<StaffId> {
    let Some(Rung { who, .. }) = ladder.rungs.get(rung) else { return Vec::new() };
    match who {
        RungWho::OnCall | RungWho::NextOnCall => {
            let place = ladder.rungs.iter().take(rung).filter(|rung| !rung.who.escalates()).count();
            people.on_call.get(place).copied().into_iter().collect()
        }
        RungWho::Lead => people.leads.clone(),
        RungWho::Sergeant => people.sergeants.clone(),
    }
}

fn told(history: &History, staff: StaffId) -> impl Iterator<Item = &Told> {
    history.told.iter().filter(move |told| told.staff == staff)
}

/// When somebody is to be told on a rung; nothing means now: they were not told there yet.
fn again(ladder: &Ladder, history: &History, staff: StaffId, rung: usize) -> Option<DateTime<Utc>> {
    let last = told(history, staff).filter(|told| told.rung >= rung).map(|told| told.at).max()?;
    let next = last + pause(ladder, told(history, staff).count());
    let seen = history.seen.get(&staff).map(|seen| *seen + TimeDelta::minutes(i64::from(ladder.seen_min)));
    Some(seen.map_or(next, |seen| seen.max(next)))
}

/// How long after the n-th time someone is told again.
fn pause(ladder: &Ladder, times: usize) -> TimeDelta {
    let doubled = u32::try_from(times.saturating_sub(AT_PACE)).unwrap_or(u32::MAX).min(6);
    (TimeDelta::minutes(i64::from(ladder.repeat_min)) * 2_i32.pow(doubled)).min(LONGEST)
}

#[cfg(test)]
mod tests;
