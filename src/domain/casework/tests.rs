use super::*;
use crate::domain::ids::{NoteId, StaffId};
use crate::domain::private::Private;
use crate::domain::stage::Stage;
use chrono::{DateTime, NaiveDate, TimeDelta};
use serde_json::{Value, json};
use uuid::Uuid;

fn day(n: i64) -> NaiveDate {
    "2012-06-01".parse::<NaiveDate>().unwrap() + TimeDelta::days(n)
}

fn days(today: i64) -> Days {
    Days { began: day(0), today: day(today) }
}

fn note(json: Value) -> Note {
    serde_json::from_value(json).unwrap()
}

fn check(json: Value) -> Result<(), String> {
    note(json).check(days(12)).map_err(|fault| fault.field)
}

const ALL: [Move; 6] = [Move::Met, Move::Tried, Move::Work, Move::Word, Move::Away, Move::Back];

#[test]
fn the_moves_of_a_case_are_these_and_no_other() {
    let (away, lost) = (Standing::Away { met: true }, Standing::Away { met: false });
    // For each standing: where each of `ALL` leads.
    let table = [
        (Standing::Untaken, [None; 6]),
        (Standing::Withdrawn, [None; 6]),
        (
            Standing::Accepted,
            [Some(Standing::Met), Some(Standing::Accepted), None, Some(Standing::Accepted), Some(lost), None],
        ),
        (Standing::Met, [None, None, Some(Standing::Met), Some(Standing::Met), Some(away), None]),
        (lost, [None, None, None, Some(lost), None, Some(Standing::Accepted)]),
        (away, [None, None, None, Some(away), None, Some(Standing::Met)]),
    ];
    for (from, expected) in table {
        for (with, to) in ALL.into_iter().zip(expected) {
            assert_eq!(next_standing(from, with), to, "{from:?} with {with:?}");
        }
    }
}

#[test]
fn a_relapse_moves_nothing_and_a_case_always_comes_back() {
    for relapse in [
        json!({"kind": "contact", "on": day(3), "manner": "phone", "reached": "yes", "relapse": true}),
        json!({"kind": "outcome", "on": day(3), "relapse": true}),
    ] {
        let does = Move::of(&note(relapse));
        for standing in [Standing::Accepted, Standing::Met, Standing::Away { met: true }, Standing::Away { met: false }]
        {
            assert_eq!(next_standing(standing, does), Some(standing));
        }
    }
    let spells = [Move::Met, Move::Away, Move::Back].into_iter().chain([Move::Away, Move::Back].repeat(50));
    assert_eq!(Standing::of(Stage::Accepted, spells), Standing::Met);
}

#[test]
fn what_was_withdrawn_stays_so_and_what_nobody_took_takes_no_note() {
    assert_eq!(Standing::of(Stage::Withdrawn, ALL), Standing::Withdrawn);
    assert_eq!(Standing::of(Stage::Received, ALL), Standing::Untaken);
    for kind in NoteKind::ALL {
        assert!(!Standing::Withdrawn.takes(*kind) && !Standing::Untaken.takes(*kind));
    }
    let takes = |standing: Standing| {
        NoteKind::ALL.iter().filter(|kind| standing.takes(**kind)).map(|kind| kind.code()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(takes(Standing::Accepted), "arrival contact outcome spell");
    assert_eq!(takes(Standing::Met), "urgent intake needs plan contact outcome spell");
    assert_eq!(takes(Standing::Away { met: true }), "contact outcome spell");
}

#[test]
fn a_day_to_come_is_refused_at_its_field_and_so_is_one_before_the_case() {
    for kind in [
        json!({"kind": "arrival", "result": "met"}),
        json!({"kind": "intake", "result": "done"}),
        json!({"kind": "contact", "manner": "phone", "reached": "no"}),
        json!({"kind": "outcome", "health": "same"}),
        json!({"kind": "spell", "turn": {"away": "own_wish"}}),
    ] {
        let on = |n: i64| {
            let mut kind = kind.clone();
            kind["on"] = json!(day(n));
            check(kind)
        };
        assert_eq!((on(0), on(12)), (Ok(()), Ok(())), "{kind}");
        assert_eq!((on(13), on(-1)), (Err("on".into()), Err("on".into())), "{kind}");
    }
}

#[test]
fn a_text_of_any_script_is_kept_as_it_is_and_one_without_end_is_refused_at_its_field() {
    let with = |words: &str| {
        check(json!({"kind": "contact", "on": day(1), "manner": "phone", "reached": "yes", "words": words}))
    };
    for words in ["مرحبا، أنا هنا", "שלום", "👩🏽‍🦽 ok", "ሰላም", "a\nb", &"é".repeat(MOST_WORDS)]
    {
        assert_eq!(with(words), Ok(()));
    }
    for words in ["", " \n ", &"é".repeat(MOST_WORDS + 1)] {
        assert_eq!(with(words), Err("words".into()));
    }
}

#[test]
fn what_a_note_must_say_is_asked_for_at_its_field() {
    for (json, field) in [
        (json!({"kind": "arrival", "on": day(1), "result": "not_found"}), "words"),
        (json!({"kind": "needs", "areas": {}}), "income"),
        (json!({"kind": "needs", "areas": {"housing": {"level": "high", "words": ""}}}), "housing_words"),
        (json!({"kind": "plan", "goals": []}), "g1"),
        (json!({"kind": "plan", "goals": [{"words": "x", "steps": []}, {"words": " ", "steps": []}]}), "g2"),
        (json!({"kind": "plan", "goals": vec![json!({"words": "x", "steps": []}); MOST_GOALS + 1]}), "g7"),
        (
            json!({"kind": "plan", "goals": [{"words": "x", "steps": [{"words": "s".repeat(301), "state": "open"}]}]}),
            "g1s1",
        ),
        (json!({"kind": "outcome", "on": day(1)}), "housing"),
    ] {
        assert_eq!(check(json.clone()), Err(field.into()), "{json}");
    }
    assert_eq!(check(json!({"kind": "urgent", "needs": []})), Ok(()), "that nothing is urgent is an answer");
    assert_eq!(check(json!({"kind": "outcome", "on": day(1), "charges": {"arrests": 0}})), Ok(()));
}

fn filed(notes: Vec<Value>) -> Vec<Filed> {
    let file = |(json, n): (Value, u64)| {
        let note = note(json);
        Filed {
            id: NoteId(Uuid::from_u128(u128::from(n))),
            kind: note.kind(),
            number: n,
            does: Move::of(&note),
            author: StaffId(Uuid::from_u128(1)),
            at: DateTime::from_timestamp(1_338_600_000, 0).unwrap(),
            note: Some(note),
        }
    };
    notes.into_iter().zip(1..).map(file).collect()
}

#[test]
fn where_a_case_stands_is_the_sum_of_its_notes() {
    let life = [
        json!({"kind": "arrival", "on": day(0), "result": "not_found", "words": "asked at the church"}),
        json!({"kind": "arrival", "on": day(1), "result": "met"}),
        json!({"kind": "urgent", "needs": ["food"]}),
        json!({"kind": "intake", "on": day(5), "result": "missed"}),
        json!({"kind": "intake", "on": day(12), "result": "done"}),
        json!({"kind": "needs", "areas": {"housing": {"level": "high"}}}),
        json!({"kind": "plan", "goals": [{"words": "my own door", "steps": []}]}),
        json!({"kind": "contact", "on": day(20), "manner": "phone", "reached": "yes", "relapse": true}),
        json!({"kind": "contact", "on": day(30), "manner": "phone", "reached": "no"}),
        json!({"kind": "spell", "on": day(40), "turn": {"away": "lost_touch"}}),
        json!({"kind": "spell", "on": day(90), "turn": {"back": "came_by"}}),
    ];
    // After so many notes: where it stands, what is next, the last day on which they spoke.
    let table = [
        (0, Standing::Accepted, "arrival", None),
        (1, Standing::Accepted, "arrival", None),
        (2, Standing::Met, "urgent", Some(1)),
        (3, Standing::Met, "intake", Some(1)),
        (4, Standing::Met, "intake", Some(1)),
        (5, Standing::Met, "needs", Some(12)),
        (6, Standing::Met, "plan", Some(12)),
        (7, Standing::Met, "contact", Some(12)),
        (8, Standing::Met, "contact", Some(20)),
        (9, Standing::Met, "contact", Some(20)),
        (10, Standing::Away { met: true }, "spell", Some(20)),
        (11, Standing::Met, "contact", Some(20)),
    ];
    for (count, standing, next, spoke) in table {
        let notes = filed(life[..count].to_vec());
        let (lived, now) = (Lived::of(&notes), Standing::of(Stage::Accepted, notes.iter().map(|note| note.does)));
        assert_eq!((now, lived.next(now).unwrap().code()), (standing, next), "after {count}");
        assert_eq!(lived.last_contact, spoke.map(day), "after {count}");
    }
    let notes = filed(life.to_vec());
    let lived = Lived::of(&notes);
    assert_eq!((lived.met, lived.tried, lived.intake_done()), (Some(day(1)), 1, true));
    assert_eq!(lived.next(Standing::Withdrawn), None);
}

#[test]
fn the_newest_of_a_kind_replaces_the_older_and_a_note_that_does_not_open_is_passed_over() {
    let plan = |words: &str| json!({"kind": "plan", "goals": [{"words": words, "steps": []}]});
    let mut notes = filed(vec![plan("a room"), plan("a house")]);
    let goal = |notes: &[Filed]| Lived::of(notes).plan.map(|plan| plan.goals[0].words.reveal().clone());
    assert_eq!(goal(&notes).unwrap(), "a house");
    notes[1].note = None;
    assert_eq!(goal(&notes).unwrap(), "a room");
}

#[test]
fn the_intake_clock_counts_down_lapses_and_takes_a_late_intake() {
    let intake = |n: i64, result| Intake { on: day(n), result, words: None };
    let (done, missed) = (IntakeResult::Done, IntakeResult::Missed);
    let clock = |limit, intake: Option<Intake>, today| intake_clock(limit, intake.as_ref(), (day(0), day(today)));
    for (limit, note, today, expected) in [
        (Some(30), None, 0, IntakeClock::Left { days: 30, until: day(30) }),
        (Some(30), Some(intake(5, missed)), 12, IntakeClock::Left { days: 18, until: day(30) }),
        (Some(30), None, 30, IntakeClock::Left { days: 0, until: day(30) }),
        (Some(30), None, 31, IntakeClock::Lapsed { days: 1, until: day(30) }),
        (Some(30), Some(intake(12, done)), 90, IntakeClock::Done { day: 12, in_time: true }),
        (Some(30), Some(intake(30, done)), 90, IntakeClock::Done { day: 30, in_time: true }),
        (Some(30), Some(intake(31, done)), 90, IntakeClock::Done { day: 31, in_time: false }),
        (None, None, 400, IntakeClock::NoLimit),
        (None, Some(intake(400, done)), 401, IntakeClock::Done { day: 400, in_time: true }),
    ] {
        assert_eq!(clock(limit, note, today), expected);
    }
    let order = [
        clock(Some(7), None, 20),
        clock(Some(30), None, 28),
        clock(None, None, 1),
        clock(Some(30), Some(intake(1, done)), 2),
    ];
    assert!(order.is_sorted_by_key(|clock| clock.press()), "what presses most stands first");
}

#[test]
fn a_note_keeps_its_shape_and_prints_nothing() {
    let plan = note(json!({"kind": "plan", "goals": [{"words": "Canary", "steps": [
        {"words": "Canary", "state": "set_aside", "service": "micro_loan"}]}]}));
    assert_eq!(format!("{plan:?}"), "Note(plan)");
    let Note::Plan(Plan { goals }) = &plan else { panic!() };
    assert_eq!(goals[0].words, Private::new(String::from("Canary")));
    insta::assert_snapshot!(serde_json::to_string(&plan).unwrap(), @r#"{"kind":"plan","goals":[{"words":"Canary","steps":[{"words":"Canary","state":"set_aside","service":"micro_loan"}]}]}"#);
    let spell = note(json!({"kind": "spell", "on": day(3), "turn": {"back": "released"}}));
    insta::assert_snapshot!(serde_json::to_string(&spell).unwrap(), @r#"{"kind":"spell","on":"2012-06-04","turn":{"back":"released"}}"#);
    let outcome = note(json!({"kind": "outcome", "on": day(3), "housing": "own", "charges": {"felonies": 0}}));
    insta::assert_snapshot!(serde_json::to_string(&outcome).unwrap(), @r#"{"kind":"outcome","on":"2012-06-04","housing":"own","charges":{"felonies":0}}"#);
}
