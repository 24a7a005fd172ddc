//! Who is on call, as the site has it: those who left the program are not.

use super::Site;
use chrono::{DateTime, TimeDelta, Utc};
use handoff::domain::ids::StaffId;
use handoff::domain::rota::{self, AHEAD, Span, span_of};
use handoff::domain::wire::{OnCall, Role};

/// A phone carries the turns of so much time, from the beginning of the day on.
const CARRIED: TimeDelta = TimeDelta::weeks(6);
/// A gap that has no end in the rota ends then.
const FAR: DateTime<Utc> = match DateTime::from_timestamp(253_370_764_800, 0) {
    Some(in_the_year_9999) => in_the_year_9999,
    None => DateTime::<Utc>::MAX_UTC,
};

/// The number of the day in UTC: every server has the same, so that phones are given the same document by all.
pub(super) const fn day(now: DateTime<Utc>) -> i64 {
    now.timestamp().div_euclid(86_400)
}

/// When that day begins.
pub(super) fn day_begins(now: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(day(now).saturating_mul(86_400), 0).unwrap_or(now)
}

/// Of a rota, what phones carry.
pub(super) fn carried(rota: &[OnCall], now: DateTime<Utc>) -> Vec<OnCall> {
    let from = day_begins(now);
    let span = Span { from, until: from + CARRIED };
    rota.iter().filter(|turn| span_of(turn).meets(&span)).cloned().collect()
}

impl Site {
    /// Turns of people who are still here.
    fn held(&self) -> Vec<OnCall> {
        let active = |turn: &&OnCall| self.person(turn.staff).is_some_and(|person| person.active);
        self.rota.iter().filter(active).cloned().collect()
    }

    /// Who is on call at a moment, first to be called first, each once.
    pub fn on_call(&self, now: DateTime<Utc>) -> Vec<StaffId> {
        let active = |turn: &OnCall| self.person(turn.staff).is_some_and(|person| person.active);
        let runs = |turn: &OnCall| turn.from <= now && now < turn.until && active(turn);
        let mut which: Vec<usize> =
            self.rota.iter().enumerate().filter(|(_, turn)| runs(turn)).map(|(i, _)| i).collect();
        which.sort_by_key(|i| self.rota.get(*i).map(|turn| turn.order));
        rota::people(&self.rota, &which)
    }

    /// Whether what phones carry is that of today.
    pub(crate) const fn is_of_today(&self, now: DateTime<Utc>) -> bool {
        self.day == day(now)
    }

    /// Whether nobody is on call: an alarm, whether anyone waits or not.
    pub fn nobody_on_call(&self, now: DateTime<Utc>) -> bool {
        self.on_call(now).is_empty()
    }

    /// Times in which nobody is on call and that begin within the hours that count as soon, in order. The last may
    /// have no end. Before there is anyone there is no program, and nothing to alarm of.
    pub fn gaps_ahead(&self, now: DateTime<Utc>) -> Vec<Span> {
        if !self.staff.values().any(|person| person.active) {
            return Vec::new();
        }
        let mut gaps = rota::gaps(&self.held(), Span { from: now, until: FAR });
        gaps.retain(|gap| gap.from < now + AHEAD);
        gaps
    }

    /// Who hears that nobody is on call: the leads; without one the sergeants. Somebody must hear of it.
    pub fn rota_keepers(&self) -> Vec<StaffId> {
        let of = |wanted: &dyn Fn(&crate::store::Staff) -> bool| -> Vec<StaffId> {
            self.staff.values().filter(|person| person.active && wanted(person)).map(|person| person.id).collect()
        };
        let leads = of(&|person| person.lead);
        if leads.is_empty() { of(&|person| person.role == Role::Sergeant) } else { leads }
    }
}

/// Whether a gap has an end in the rota.
pub(crate) fn has_end(gap: &Span) -> bool {
    gap.until < FAR
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_carries_six_weeks_and_the_same_of_them_all_day_long() {
        let at = |hours: i64| DateTime::from_timestamp(1_767_225_600 + hours * 3600, 0).unwrap();
        let turn = |from: i64, until: i64| OnCall {
            staff: StaffId(uuid::Uuid::from_u128(1)),
            from: at(from),
            until: at(until),
            order: 1,
        };
        let rota = [turn(-30, -1), turn(-1, 3), turn(3, 900), turn(900, 1100), turn(1100, 1200)];
        assert_eq!(carried(&rota, at(0)), carried(&rota, at(23)));
        assert_eq!(carried(&rota, at(5)), rota[1..4]);
        assert_eq!(DateTime::from_timestamp_millis(FAR.timestamp_millis()), Some(FAR), "a database gives it back");
    }
}
