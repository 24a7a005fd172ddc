//! Who is on call now and next, and how far the list can be believed.

use super::home::CallView;
use super::model::Model;
use super::record::called;
use crate::domain::rota::AHEAD;
use crate::domain::wire::StaffCard;
use crate::sync::Ahead;
use crate::ui::parts::age_words;
use chrono::{DateTime, FixedOffset, Utc};

/// The next 72 hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnCallView {
    /// When the server last said that this is the newest list.
    pub heard: String,
    /// The list is older than 72 hours: what that means.
    pub old: Option<String>,
    /// When nobody is on call, a sentence each.
    pub gaps: Vec<String>,
    /// Until when those who are on call now are.
    pub until: String,
    /// Who is on call now, first to be called first; nobody is a gap.
    pub now: Vec<CallView>,
    /// What comes after that, in order.
    pub later: Vec<LaterView>,
}

/// A time in which the same people are on call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaterView {
    /// When.
    pub when: String,
    /// Who, first to be called first; nobody is a gap.
    pub people: Vec<CallView>,
}

impl Model {
    /// The screen; nothing until the first configuration came.
    pub fn on_call_view(&self) -> Option<OnCallView> {
        let ahead = self.ahead.as_ref()?;
        let read = |at: DateTime<Utc>| self.day_time(ahead, at);
        let end = ahead.now + AHEAD;
        let mut gaps = Vec::new();
        for (span, _) in ahead.stretches.iter().filter(|(_, who)| who.is_empty()) {
            let from = if span.from <= ahead.now { String::from("now") } else { format!("from {}", read(span.from)) };
            gaps.push(match span.until < end {
                true => format!("Nobody is on call {from} until {}.", read(span.until)),
                false => format!("Nobody is on call {from} on, as far as this list goes."),
            });
        }
        let mut stretches = ahead.stretches.iter();
        let (until, now) = match stretches.next() {
            Some((span, who)) => (format!("Until {}", read(span.until)), calls(who)),
            None => (String::new(), Vec::new()),
        };
        let later = stretches.map(|(span, who)| LaterView {
            when: format!("{} until {}", read(span.from), read(span.until)),
            people: calls(who),
        });
        Some(OnCallView { heard: heard(ahead), old: old(ahead), gaps, until, now, later: later.collect() })
    }

    /// A day and a time as a clock of the site shows them; of the scene, where the server does not say which.
    fn day_time(&self, ahead: &Ahead, at: DateTime<Utc>) -> String {
        let local = |at: DateTime<Utc>| -> DateTime<FixedOffset> {
            ahead.zone.as_ref().map_or_else(|| at.with_timezone(&self.offset), |zone| zone.local(at))
        };
        let (then, now) = (local(at), local(ahead.now));
        let shape = if then.date_naive() == now.date_naive() { "%H:%M" } else { "%a %-d %b, %H:%M" };
        then.format(shape).to_string()
    }
}

fn heard(ahead: &Ahead) -> String {
    match ahead.age {
        Some(age) => format!("Checked with the server {} ago.", age_words(age)),
        None => String::from("Not checked with the server yet."),
    }
}

fn old(ahead: &Ahead) -> Option<String> {
    let is_old = ahead.age.is_none_or(|age| age > AHEAD);
    is_old
        .then(|| String::from("Others may be on call by now. The numbers are good to try. Connect to renew the list."))
}

fn calls(who: &[StaffCard]) -> Vec<CallView> {
    let place = |i: usize| match i {
        0 => String::from("Call first"),
        1 => String::from("Call second"),
        _ => String::from("Call after them"),
    };
    who.iter().enumerate().map(|(i, card)| called(card, &place(i))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::busy;
    use super::*;
    use crate::domain::local::Zone;
    use crate::domain::rota::Span;
    use chrono::TimeDelta;

    fn ahead(hours: &[(i64, i64, usize)], age: Option<TimeDelta>) -> Model {
        let mut model = busy();
        let at = |hours: i64| model.now + TimeDelta::hours(hours);
        let stretches = hours
            .iter()
            .map(|(from, until, many)| (Span { from: at(*from), until: at(*until) }, model.officers[..*many].to_vec()));
        model.ahead = Some(Ahead { now: model.now, stretches: stretches.collect(), age, zone: None });
        model
    }

    #[test]
    fn a_list_that_is_new_and_whole_says_when_it_was_checked_and_no_more() {
        let view = ahead(&[(0, 8, 2), (8, 72, 1)], Some(TimeDelta::minutes(5))).on_call_view().unwrap();
        assert_eq!((view.heard.as_str(), view.old, view.gaps.len()), ("Checked with the server 5 min ago.", None, 0));
        assert_eq!(view.now.iter().map(|call| call.what.as_str()).collect::<Vec<_>>(), ["Call first", "Call second"]);
        assert_eq!(view.later.len(), 1);
    }

    #[test]
    fn a_list_older_than_72_hours_says_so_and_keeps_its_numbers() {
        for age in [Some(TimeDelta::hours(73)), None] {
            let view = ahead(&[(0, 72, 1)], age).on_call_view().unwrap();
            assert!(view.old.is_some() && !view.now[0].number.is_empty(), "{age:?}");
        }
        assert_eq!(ahead(&[(0, 72, 1)], Some(TimeDelta::hours(72))).on_call_view().unwrap().old, None);
    }

    #[test]
    fn each_gap_is_said_in_words() {
        let view = ahead(&[(0, 2, 0), (2, 9, 1), (9, 72, 0)], Some(TimeDelta::zero())).on_call_view().unwrap();
        assert!(view.now.is_empty());
        assert!(view.gaps[0].starts_with("Nobody is on call now until "), "{:?}", view.gaps);
        assert!(view.gaps[1].ends_with(" on, as far as this list goes."), "{:?}", view.gaps);
    }

    #[test]
    fn times_are_the_sites_own_through_the_night_in_which_its_clocks_change() {
        let mut model = ahead(&[], Some(TimeDelta::zero()));
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let zone = Zone::parse("PST8PDT,M3.2.0,M11.1.0").ok();
        let now = at("2026-10-31T20:00:00Z");
        let who = model.officers[..1].to_vec();
        let stretches = vec![(Span { from: now, until: at("2026-11-01T16:00:00Z") }, who)];
        model.ahead = Some(Ahead { now, stretches, age: None, zone });
        assert_eq!(model.on_call_view().unwrap().until, "Until Sun 1 Nov, 08:00");
    }
}
