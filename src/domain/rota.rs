//! Who is on call, when, and when nobody is.
//!
//! A turn is half open: whoever is on call until eight is not on call at eight. Turns with the same order of call
//! are called in the order in which the rota lists them.

use super::ids::StaffId;
use super::wire::OnCall;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;

/// A phone carries at least so much of the rota, and a gap that begins within it is an alarm.
pub const AHEAD: TimeDelta = TimeDelta::hours(72);

/// From one moment until another, which is not included. Empty when `until` is not after `from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// From.
    pub from: DateTime<Utc>,
    /// Until, not included.
    pub until: DateTime<Utc>,
}

impl Span {
    /// Whether both have a moment in common.
    pub fn meets(&self, other: &Self) -> bool {
        self.from < other.until && other.from < self.until && self.from < self.until && other.from < other.until
    }

    /// Whether every moment of the other is in this one.
    pub fn holds(&self, other: &Self) -> bool {
        self.from <= other.from && other.until <= self.until
    }
}

/// The span of a turn.
pub const fn span_of(turn: &OnCall) -> Span {
    Span { from: turn.from, until: turn.until }
}

/// A time in which the same turns run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// When.
    pub span: Span,
    /// Which turns, as places in the list that was given, first to be called first. None: nobody is on call.
    pub turns: Vec<usize>,
}

/// The span in stretches, in order of time, without holes: each begins where a turn begins or ends.
pub fn coverage(turns: &[OnCall], span: Span) -> Vec<Stretch> {
    let mut edges = BTreeSet::from([span.from]);
    let (mut begins, mut ends) = (Vec::new(), Vec::new());
    for (i, turn) in turns.iter().enumerate().filter(|(_, turn)| span_of(turn).meets(&span)) {
        let (from, until) = (turn.from.max(span.from), turn.until.min(span.until));
        begins.push((from, turn.order, i));
        ends.push((until, turn.order, i));
        edges.extend([from, until]);
    }
    begins.sort_unstable();
    ends.sort_unstable();
    edges.retain(|edge| *edge < span.until);
    let (mut begins, mut ends) = (begins.into_iter().peekable(), ends.into_iter().peekable());
    let mut running = BTreeSet::new();
    let mut stretches = Vec::with_capacity(edges.len());
    let mut edges = edges.into_iter().peekable();
    while let Some(from) = edges.next() {
        while let Some((_, order, i)) = ends.next_if(|(at, _, _)| *at <= from) {
            running.remove(&(order, i));
        }
        while let Some((_, order, i)) = begins.next_if(|(at, _, _)| *at <= from) {
            running.insert((order, i));
        }
        let until = edges.peek().copied().unwrap_or(span.until);
        stretches.push(Stretch { span: Span { from, until }, turns: running.iter().map(|(_, i)| *i).collect() });
    }
    stretches.retain(|stretch| stretch.span.from < stretch.span.until);
    stretches
}

/// When nobody is on call within the span, in order of time.
pub fn gaps(turns: &[OnCall], span: Span) -> Vec<Span> {
    let mut within: Vec<Span> = turns.iter().map(span_of).filter(|turn| turn.meets(&span)).collect();
    within.sort_unstable();
    let (mut covered, mut gaps) = (span.from, Vec::new());
    for turn in within {
        if covered < turn.from {
            gaps.push(Span { from: covered, until: turn.from });
        }
        covered = covered.max(turn.until);
    }
    if covered < span.until {
        gaps.push(Span { from: covered, until: span.until });
    }
    gaps
}

/// Two people who are called at the same place in the order, for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Overlap {
    /// When.
    pub span: Span,
    /// The place in the order of call, from 1.
    pub order: u32,
}

/// When two turns have the same place in the order of call, within the span, in order of time.
pub fn overlaps(turns: &[OnCall], span: Span) -> Vec<Overlap> {
    let mut found: Vec<Overlap> = Vec::new();
    for stretch in coverage(turns, span) {
        let orders: Vec<u32> = stretch.turns.iter().filter_map(|i| turns.get(*i)).map(|turn| turn.order).collect();
        let twice: BTreeSet<u32> = orders.windows(2).filter_map(same).collect();
        for order in twice {
            match found.iter_mut().rev().find(|known| known.order == order && known.span.until == stretch.span.from) {
                Some(known) => known.span.until = stretch.span.until,
                None => found.push(Overlap { span: stretch.span, order }),
            }
        }
    }
    found.sort_unstable();
    found
}

fn same(two: &[u32]) -> Option<u32> {
    match two {
        [one, other] if one == other => Some(*one),
        _ => None,
    }
}

/// The people of some turns, each once, in the order in which they are called.
pub fn people(turns: &[OnCall], which: &[usize]) -> Vec<StaffId> {
    let mut people = Vec::new();
    for staff in which.iter().filter_map(|i| turns.get(*i)).map(|turn| turn.staff) {
        if !people.contains(&staff) {
            people.push(staff);
        }
    }
    people
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_767_225_600 + minute * 60, 0).unwrap()
    }

    fn span(from: i64, until: i64) -> Span {
        Span { from: at(from), until: at(until) }
    }

    fn turn(who: u128, order: u32, from: i64, until: i64) -> OnCall {
        OnCall { staff: StaffId(uuid::Uuid::from_u128(who)), from: at(from), until: at(until), order }
    }

    /// Which turns run in a minute, by looking at each.
    fn running(turns: &[OnCall], minute: i64) -> Vec<usize> {
        let now = at(minute);
        let mut found: Vec<usize> =
            (0..turns.len()).filter(|i| turns[*i].from <= now && now < turns[*i].until).collect();
        found.sort_by_key(|i| turns[*i].order);
        found
    }

    fn minutes(span: &Span) -> std::ops::Range<i64> {
        let of = |moment: DateTime<Utc>| (moment - at(0)).num_minutes();
        of(span.from)..of(span.until)
    }

    #[test]
    fn a_night_without_anyone_is_a_gap_from_the_last_minute_of_the_day_to_the_first() {
        let turns = [turn(1, 1, 0, 600), turn(2, 2, 0, 660), turn(1, 1, 1440, 2040)];
        assert_eq!(gaps(&turns, span(0, 2040)), [span(660, 1440)]);
        assert_eq!(gaps(&turns, span(700, 800)), [span(700, 800)]);
        assert_eq!(gaps(&[], span(0, 60)), [span(0, 60)]);
        assert_eq!(gaps(&turns, span(60, 60)), [], "an empty span has no gap");
    }

    #[test]
    fn two_who_are_both_first_overlap_and_the_one_listed_first_is_called_first() {
        let turns = [turn(2, 1, 0, 60), turn(1, 1, 30, 90), turn(3, 2, 0, 90)];
        assert_eq!(overlaps(&turns, span(0, 90)), [Overlap { span: span(30, 60), order: 1 }]);
        let stretches = coverage(&turns, span(0, 90));
        assert_eq!(people(&turns, &stretches[1].turns), [2, 1, 3].map(|who| StaffId(uuid::Uuid::from_u128(who))));
    }

    #[test]
    fn whoever_has_two_turns_at_once_is_called_once() {
        let turns = [turn(1, 1, 0, 60), turn(1, 2, 0, 60), turn(2, 3, 0, 60)];
        assert_eq!(people(&turns, &[0, 1, 2]).len(), 2);
    }

    fn some_turns() -> impl Strategy<Value = Vec<OnCall>> {
        let one = (0..5_u128, 1..4_u32, -20..200_i64, -10..90_i64);
        prop::collection::vec(one.prop_map(|(who, order, from, long)| turn(who, order, from, from + long)), 0..14)
    }

    proptest! {
        #[test]
        fn every_minute_of_the_span_is_told_as_looking_at_each_turn_tells_it(
            turns in some_turns(), from in -30..150_i64, long in 0..160_i64
        ) {
            let whole = span(from, from + long);
            let stretches = coverage(&turns, whole);
            let mut told: Vec<(i64, Vec<usize>)> = Vec::new();
            for stretch in &stretches {
                told.extend(minutes(&stretch.span).map(|minute| (minute, stretch.turns.clone())));
            }
            let looked: Vec<_> = (from..from + long).map(|minute| (minute, running(&turns, minute))).collect();
            prop_assert_eq!(told, looked, "without a hole and without a minute twice");
        }

        #[test]
        fn the_gaps_are_the_minutes_in_which_no_turn_runs_and_two_gaps_never_touch(
            turns in some_turns(), from in -30..150_i64, long in 0..160_i64
        ) {
            let found = gaps(&turns, span(from, from + long));
            let told: Vec<i64> = found.iter().flat_map(minutes).collect();
            let looked: Vec<i64> = (from..from + long).filter(|minute| running(&turns, *minute).is_empty()).collect();
            prop_assert_eq!(told, looked);
            prop_assert!(found.windows(2).all(|two| two[0].until < two[1].from));
        }

        #[test]
        fn an_overlap_is_every_minute_in_which_one_place_of_the_order_is_taken_twice(
            turns in some_turns(), from in -30..150_i64, long in 0..160_i64
        ) {
            let told: BTreeSet<(i64, u32)> = overlaps(&turns, span(from, from + long)).iter()
                .flat_map(|overlap| minutes(&overlap.span).map(|minute| (minute, overlap.order)))
                .collect();
            let mut looked = BTreeSet::new();
            for minute in from..from + long {
                let orders: Vec<u32> = running(&turns, minute).iter().map(|i| turns[*i].order).collect();
                looked.extend(orders.windows(2).filter(|two| two[0] == two[1]).map(|two| (minute, two[0])));
            }
            prop_assert_eq!(told, looked);
        }
    }
}
