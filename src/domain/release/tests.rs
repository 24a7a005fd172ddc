use super::*;
use crate::domain::casework::{Filed, IntakeClock, Lived, Move, Note, Standing};
use crate::domain::ids::{NoteId, ReleaseId, StaffId};
use crate::domain::private::Private;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeSet;
use uuid::Uuid;

const SECRET: &str = "my brother drinks";
const MANAGER: StaffId = StaffId(Uuid::from_u128(5));
const FIRST: ReleaseId = ReleaseId(Uuid::from_u128(1));

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn today() -> NaiveDate {
    day("2012-06-15")
}

fn release(to: Audience, manner: Giving, items: &[Item]) -> Release {
    Release {
        items: items.iter().copied().collect(),
        to,
        named: (to == Audience::Other).then(|| Private::new("Aunt Ruth".into())),
        purpose: Private::new("The charge is held".into()),
        manner,
        witness: (manner == Giving::Spoken).then(|| Private::new("D. Tran".into())),
        on: day("2012-06-10"),
        until: day("2012-06-20"),
    }
}

fn given(release: Release) -> Given {
    Given { id: FIRST, number: 1, by: MANAGER, at: at("2012-06-10T18:00:00Z"), release: Some(release), ended: None }
}

fn ended(release: Release, when: &str) -> Given {
    let ended = Ended { by: MANAGER, at: at(when), manner: Ending::Spoken };
    Given { ended: Some(ended), ..given(release) }
}

fn notes() -> Vec<Filed> {
    let written = [
        serde_json::json!({"kind": "arrival", "on": "2012-06-02", "result": "met", "words": SECRET}),
        serde_json::json!({"kind": "needs", "areas": {"substance_use": {"level": "high", "words": SECRET}}}),
        serde_json::json!({"kind": "plan", "goals": [{"words": SECRET, "steps": [
            {"words": SECRET, "state": "done", "service": "housing"},
            {"words": SECRET, "state": "open", "service": "court"},
            {"words": SECRET, "state": "set_aside", "service": "treatment"}]}]}),
        serde_json::json!({"kind": "contact", "on": "2012-06-12", "manner": "phone", "reached": "yes", "relapse": true}),
    ];
    let file = |(n, note): (u128, Note)| Filed {
        id: NoteId(Uuid::from_u128(n)),
        kind: note.kind(),
        number: 1,
        does: Move::of(&note),
        author: MANAGER,
        at: at("2012-06-12T18:00:00Z"),
        note: Some(note),
    };
    (1..).zip(written.map(|json| serde_json::from_value(json).unwrap())).map(file).collect()
}

fn looked(onlooker: Onlooker, releases: &[Given], (standing, on): (Standing, NaiveDate)) -> Seen {
    let notes = notes();
    let lived = Lived::of(&notes);
    let intake = IntakeClock::Left { days: 16, until: day("2012-07-01") };
    seen(onlooker, releases, (Known { standing, lived: &lived, intake, manager: Some(MANAGER) }, on))
}

const ALL: [Item; 4] = [Item::Status, Item::Attendance, Item::Plan, Item::Manager];

/// What of a case stands in what someone sees.
fn items(seen: &Seen) -> Vec<Item> {
    [
        (Item::Attendance, seen.attendance.is_some()),
        (Item::Plan, seen.plan.is_some()),
        (Item::Manager, seen.manager.is_some()),
    ]
    .into_iter()
    .filter_map(|(item, is)| is.then_some(item))
    .collect()
}

#[test]
fn without_a_release_police_and_prosecutors_see_status_only() {
    for (standing, progress) in [
        (Standing::Untaken, Progress::Referred),
        (Standing::Accepted, Progress::Accepted),
        (Standing::Met, Progress::Met),
        (Standing::Away { met: false }, Progress::Accepted),
        (Standing::Away { met: true }, Progress::Met),
        (Standing::Withdrawn, Progress::TakenBack),
    ] {
        let officer = looked(Onlooker::Officer, &[], (standing, today()));
        assert_eq!(officer, Seen { progress: Some(progress), ..Seen::default() }, "{standing:?}");
        let prosecutor = looked(Onlooker::Prosecutor, &[], (standing, today()));
        assert_eq!(Seen { intake: None, ..prosecutor.clone() }, officer, "beside the intake's clock");
        let open = !matches!(standing, Standing::Untaken | Standing::Withdrawn);
        assert_eq!(prosecutor.intake.is_some(), open, "{standing:?}");
        assert_eq!(looked(Onlooker::Named(FIRST), &[], (standing, today())), Seen::default(), "anyone else: nothing");
    }
}

#[test]
fn each_role_sees_what_was_released_to_it_and_nothing_that_was_released_to_another() {
    let onlookers = [
        (Onlooker::Officer, Audience::Officer),
        (Onlooker::Prosecutor, Audience::Prosecutor),
        (Onlooker::Named(FIRST), Audience::Other),
        (Onlooker::Named(ReleaseId(Uuid::from_u128(2))), Audience::Other),
    ];
    for to in Audience::ALL.iter().copied() {
        for mask in 1_u8..16 {
            let some: Vec<_> =
                ALL.into_iter().enumerate().filter(|(bit, _)| mask & (1 << bit) != 0).map(|(_, item)| item).collect();
            let releases = [given(release(to, Giving::Paper, &some))];
            for (onlooker, audience) in onlookers {
                let seen = looked(onlooker, &releases, (Standing::Met, today()));
                let theirs = to == audience && !matches!(onlooker, Onlooker::Named(id) if id != FIRST);
                let wanted: Vec<_> = some.iter().copied().filter(|item| theirs && *item != Item::Status).collect();
                assert_eq!(items(&seen), wanted, "{onlooker:?} of a release to {to:?}");
                assert_eq!(seen.is_released(), theirs);
                let status = audience != Audience::Other || (theirs && some.contains(&Item::Status));
                assert_eq!(seen.progress.is_some(), status);
            }
        }
    }
}

#[test]
fn a_release_holds_from_its_day_through_its_last_and_not_a_day_longer() {
    let releases = [given(release(Audience::Officer, Giving::Electronic, &ALL))];
    let on = |text: &str| looked(Onlooker::Officer, &releases, (Standing::Met, day(text))).is_released();
    assert_eq!(["2012-06-09", "2012-06-10", "2012-06-20", "2012-06-21"].map(on), [false, true, true, false]);
}

#[test]
fn a_withdrawal_counts_at_once_whatever_the_clock_says_and_touches_no_other_release() {
    for when in ["2012-06-10T18:00:00Z", "2012-06-15T00:00:00Z", "2031-01-01T00:00:00Z", "1999-01-01T00:00:00Z"] {
        for to in Audience::ALL.iter().copied() {
            let gone = [ended(release(to, Giving::Paper, &ALL), when)];
            for onlooker in [Onlooker::Officer, Onlooker::Prosecutor, Onlooker::Named(FIRST)] {
                let (with, without) = (&gone[..], &[][..]);
                let now = (Standing::Met, today());
                assert_eq!(looked(onlooker, with, now), looked(onlooker, without, now), "{onlooker:?} {when}");
            }
        }
    }
    let other = Given {
        id: ReleaseId(Uuid::from_u128(2)),
        ..given(release(Audience::Officer, Giving::Paper, &[Item::Manager]))
    };
    let both = [ended(release(Audience::Officer, Giving::Paper, &ALL), "2012-06-11T00:00:00Z"), other.clone()];
    let seen = looked(Onlooker::Officer, &both, (Standing::Met, today()));
    assert_eq!((items(&seen), seen.by), (vec![Item::Manager], vec![other.id]));
}

#[test]
fn a_spoken_word_lets_out_nothing_of_care_even_if_it_was_filed() {
    let spoken = [given(release(Audience::Officer, Giving::Spoken, &ALL))];
    let seen = looked(Onlooker::Officer, &spoken, (Standing::Met, today()));
    assert_eq!(items(&seen), [Item::Manager]);
}

#[test]
fn what_does_not_open_and_a_case_that_was_taken_back_let_nothing_out() {
    let sealed = [Given { release: None, ..given(release(Audience::Officer, Giving::Paper, &ALL)) }];
    assert!(!looked(Onlooker::Officer, &sealed, (Standing::Met, today())).is_released());
    for standing in [Standing::Withdrawn, Standing::Untaken] {
        for to in Audience::ALL.iter().copied() {
            let releases = [given(release(to, Giving::Paper, &ALL))];
            for onlooker in [Onlooker::Officer, Onlooker::Prosecutor, Onlooker::Named(FIRST)] {
                let seen = looked(onlooker, &releases, (standing, today()));
                assert!(!seen.is_released() && items(&seen).is_empty(), "{standing:?} {onlooker:?}");
            }
        }
    }
}

#[test]
fn a_plan_leaves_as_codes_and_no_word_of_a_note_or_a_need_ever_leaves() {
    let releases = [given(release(Audience::Prosecutor, Giving::Paper, &ALL))];
    let seen = looked(Onlooker::Prosecutor, &releases, (Standing::Met, today()));
    let plan = seen.plan.clone().unwrap();
    assert_eq!((plan[0].steps, plan[0].done), (2, 1), "what was set aside does not count");
    let services: Vec<_> = plan[0].services.iter().map(|service| service.code()).collect();
    assert_eq!(services, ["housing", "court"]);
    let told = format!("{seen:?}");
    for word in [SECRET, "brother", "substance", "relapse", "Ruth"] {
        assert!(!told.contains(word), "{word}: {told}");
    }
    let attendance = seen.attendance.unwrap();
    assert_eq!((attendance.met, attendance.last_contact), (Some(day("2012-06-02")), Some(day("2012-06-12"))));
}

#[test]
fn what_a_release_lacks_is_named() {
    let good = || release(Audience::Other, Giving::Spoken, &[Item::Status, Item::Manager]);
    assert_eq!(good().check(today()), Ok(()));
    let named = |text: &str| Some(Private::new(text.to_owned()));
    let fault = |release: Release| release.check(today()).unwrap_err().field;
    assert_eq!(fault(Release { items: BTreeSet::new(), ..good() }), "items");
    assert_eq!(fault(Release { items: BTreeSet::from([Item::Plan]), ..good() }), "items");
    assert_eq!(
        fault(Release { to: Audience::Officer, named: None, items: BTreeSet::from([Item::Status]), ..good() }),
        "items"
    );
    assert_eq!(fault(Release { named: None, ..good() }), "named");
    assert_eq!(fault(Release { named: named(" \t"), ..good() }), "named");
    assert_eq!(fault(Release { named: named(&"x".repeat(201)), ..good() }), "named");
    assert_eq!(fault(Release { to: Audience::Officer, ..good() }), "named");
    assert_eq!(fault(Release { purpose: Private::default(), ..good() }), "purpose");
    assert_eq!(fault(Release { purpose: Private::new("ش".repeat(301)), ..good() }), "purpose");
    assert_eq!(fault(Release { witness: None, ..good() }), "witness");
    assert_eq!(fault(Release { manner: Giving::Paper, ..good() }), "witness");
    assert_eq!(fault(Release { on: day("2012-06-16"), ..good() }), "on");
    assert_eq!(fault(Release { until: day("2012-06-14"), ..good() }), "until");
    assert_eq!(fault(Release { until: day("2012-06-09"), ..good() }), "until");
}

#[test]
fn the_notice_is_the_regulations_and_says_against_the_patient() {
    let full = FULL_NOTICE.join(" ");
    for part in ["42 CFR part 2", "against the patient", "2.64 or 2.65", "45 CFR part 164", "NOT sufficient", "2.31"] {
        assert!(full.contains(part), "{part}");
    }
    assert!(SHORT_NOTICE.starts_with("42 CFR part 2 prohibits unauthorized use or disclosure"));
}
