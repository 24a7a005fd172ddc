#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use uuid::Uuid;

const FIRST: u128 = 1;
const NEXT: u128 = 2;
const LEAD: u128 = 3;
const SERGEANT: u128 = 4;

fn staff(n: u128) -> StaffId {
    StaffId(Uuid::from_u128(n))
}

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::minutes(minute)
}

fn people() -> People {
    People { on_call: vec![staff(FIRST), staff(NEXT)], leads: vec![staff(LEAD)], sergeants: vec![staff(SERGEANT)] }
}

fn without(who: &[u128]) -> People {
    let keep = |list: Vec<StaffId>| list.into_iter().filter(|one| !who.iter().any(|n| staff(*n) == *one)).collect();
    let all = people();
    People { on_call: keep(all.on_call), leads: keep(all.leads), sergeants: keep(all.sergeants) }
}

/// What somebody does, at a minute.
#[derive(Clone, Copy)]
enum Act {
    Sees(u128),
    Declines(u128),
}

/// Lives through minutes as a server does that looks every minute; returns who was told when.
fn lived(people: &People, acts: &[(i64, Act)], minutes: std::ops::RangeInclusive<i64>) -> Vec<(i64, u128)> {
    let (ladder, mut history) = (Ladder::default(), History::new(at(0)));
    let mut all = Vec::new();
    for minute in minutes {
        for (_, act) in acts.iter().filter(|(when, _)| *when == minute) {
            match act {
                Act::Sees(who) => drop(history.seen.insert(staff(*who), at(minute))),
                Act::Declines(who) => drop(history.declined.insert(staff(*who))),
            }
        }
        for due in plan(&ladder, people, &history, at(minute)).due {
            history.told.push(Told { staff: due.staff, rung: due.rung, at: at(minute) });
            all.push((minute, due.staff.0.as_u128()));
        }
    }
    all
}

/// When each was told for the first time.
fn first_told(lived: &[(i64, u128)]) -> Vec<(i64, u128)> {
    let mut first: Vec<(i64, u128)> = Vec::new();
    for (minute, who) in lived {
        if !first.iter().any(|(_, known)| known == who) {
            first.push((*minute, *who));
        }
    }
    first
}

#[test]
fn who_is_told_first_at_which_minute_is_a_table() {
    use Act::{Declines, Sees};
    let all = people();
    for (why, people, acts, expected) in [
        ("nobody answers", &all, vec![], vec![(0, FIRST), (10, NEXT), (20, LEAD), (30, SERGEANT)]),
        (
            "to look is not to take",
            &all,
            vec![(1, Sees(FIRST)), (11, Sees(NEXT)), (21, Sees(LEAD))],
            vec![(0, FIRST), (10, NEXT), (20, LEAD), (30, SERGEANT)],
        ),
        (
            "a decline passes it on at once",
            &all,
            vec![(2, Declines(FIRST))],
            vec![(0, FIRST), (2, NEXT), (20, LEAD), (30, SERGEANT)],
        ),
        (
            "and the next one's too",
            &all,
            vec![(2, Declines(FIRST)), (4, Declines(NEXT))],
            vec![(0, FIRST), (2, NEXT), (4, LEAD), (30, SERGEANT)],
        ),
        (
            "the next one's alone",
            &all,
            vec![(12, Declines(NEXT))],
            vec![(0, FIRST), (10, NEXT), (12, LEAD), (30, SERGEANT)],
        ),
        (
            "all decline",
            &all,
            vec![(1, Declines(FIRST)), (1, Declines(NEXT)), (2, Declines(LEAD))],
            vec![(0, FIRST), (1, LEAD), (2, SERGEANT)],
        ),
        ("one alone is on call", &without(&[NEXT]), vec![], vec![(0, FIRST), (10, LEAD), (30, SERGEANT)]),
        ("nobody is on call", &without(&[FIRST, NEXT]), vec![], vec![(0, LEAD), (30, SERGEANT)]),
        ("and there is no lead", &without(&[FIRST, NEXT, LEAD]), vec![], vec![(0, SERGEANT)]),
        ("no lead", &without(&[LEAD]), vec![], vec![(0, FIRST), (10, NEXT), (20, SERGEANT)]),
        ("nobody at all", &without(&[FIRST, NEXT, LEAD, SERGEANT]), vec![], vec![]),
    ] {
        assert_eq!(first_told(&lived(people, &acts, 0..=40)), expected, "{why}");
    }
}

fn times(lived: &[(i64, u128)], who: u128) -> Vec<i64> {
    lived.iter().filter(|(_, one)| *one == who).map(|(minute, _)| *minute).collect()
}

#[test]
fn someone_is_told_again_every_three_minutes_until_they_look_and_ten_minutes_after_they_did() {
    let silent = lived(&people(), &[], 0..=20);
    assert_eq!(times(&silent, FIRST), [0, 3, 6, 9, 12, 15, 18]);
    assert_eq!(times(&silent, NEXT), [10, 13, 16, 19]);
    let looked = lived(&people(), &[(4, Act::Sees(FIRST))], 0..=20);
    assert_eq!(times(&looked, FIRST), [0, 3, 14, 17, 20]);
    let declined = lived(&people(), &[(4, Act::Declines(FIRST))], 0..=20);
    assert_eq!(times(&declined, FIRST), [0, 3], "who declined is left alone");
}

#[test]
fn reminders_never_end_and_grow_rare_until_they_are_an_hour_apart() {
    let days = lived(&without(&[NEXT, LEAD, SERGEANT]), &[], 0..=2880);
    let times = times(&days, FIRST);
    let gaps: Vec<i64> = times.windows(2).map(|two| two[1] - two[0]).collect();
    assert_eq!(&gaps[..14], [3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 6, 12, 24, 48]);
    assert!(gaps[14..].iter().all(|gap| *gap == 60), "{gaps:?}");
    assert!(times.last().unwrap() > &2800);
}

#[test]
fn a_late_sync_starts_at_the_first_rung_and_a_server_that_was_out_catches_up_at_once() {
    // The clock starts at the receipt, so how late it came is of no account here.
    assert_eq!(lived(&people(), &[], 0..=1), [(0, FIRST)]);
    let out_for_hours = lived(&people(), &[], 200..=200);
    assert_eq!(out_for_hours, [(200, FIRST), (200, NEXT), (200, LEAD), (200, SERGEANT)]);
}

#[test]
fn the_rota_may_change_under_a_referral_and_what_was_escalated_stays_so() {
    let (ladder, mut history) = (Ladder::default(), History::new(at(0)));
    let gap = plan(&ladder, &without(&[FIRST, NEXT]), &history, at(0));
    assert!(gap.nobody_on_call);
    assert_eq!((gap.rung, gap.due.len()), (2, 1));
    history.told.push(Told { staff: staff(LEAD), rung: 2, at: at(0) });
    let filled = plan(&ladder, &people(), &history, at(1));
    assert!(!filled.nobody_on_call);
    let told: Vec<_> = filled.due.iter().map(|due| (due.staff.0.as_u128(), due.rung)).collect();
    assert_eq!((filled.rung, told), (2, vec![(FIRST, 0), (NEXT, 1)]));
}

#[test]
fn a_lead_who_is_on_call_is_told_again_as_lead() {
    let people = People { on_call: vec![staff(LEAD)], ..people() };
    // At 10 the next on call is missing, so the lead's rung comes.
    assert_eq!(times(&lived(&people, &[], 0..=16), LEAD), [0, 3, 6, 9, 10, 13, 16]);
}

#[test]
fn when_places_are_short_those_on_call_hear_nothing_and_the_lead_does_in_time() {
    let (ladder, mut history) = (Ladder::default(), History::new(at(0)));
    history.held = true;
    assert_eq!(plan(&ladder, &people(), &history, at(0)).due, []);
    assert_eq!(plan(&ladder, &people(), &history, at(19)).due, []);
    let due: Vec<_> = plan(&ladder, &people(), &history, at(20)).due.iter().map(|due| due.who).collect();
    assert_eq!(due, [RungWho::Lead]);
    history.held = false;
    let due: Vec<_> = plan(&ladder, &people(), &history, at(3)).due.iter().map(|due| due.who).collect();
    assert_eq!(due, [RungWho::OnCall]);
}

#[test]
fn it_is_looked_at_again_when_the_next_thing_is_due_and_at_least_every_repeat() {
    let (ladder, mut history) = (Ladder::default(), History::new(at(0)));
    assert_eq!(plan(&ladder, &people(), &history, at(0)).next, at(3));
    history.told.push(Told { staff: staff(FIRST), rung: 0, at: at(0) });
    history.seen.insert(staff(FIRST), at(8));
    let seen = plan(&ladder, &people(), &history, at(9));
    assert_eq!((seen.next, seen.climbs), (at(10), Some(at(10))));
    assert_eq!(plan(&ladder, &people(), &history, at(31)).climbs, None);
}
