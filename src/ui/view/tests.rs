use super::*;
use crate::domain::codes::{Choice as Decided, Verdict};
use crate::domain::entry::EntryKind;
use crate::domain::ids::{ReferralId, StaffId};
use crate::domain::private::Private;
use crate::domain::stage::MeetPlace;
use crate::domain::wire::{Meet, Role, StaffCard};
use crate::sync::Hold;
use crate::sync::{LaterRow, RecordRow, RecordState, Shift, Verdicts};
use crate::ui::parts::Tone;
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use uuid::Uuid;

fn now() -> DateTime<Utc> {
    "2026-06-02T05:15:00Z".parse().unwrap()
}

fn card(n: u128, role: Role, name: &str) -> StaffCard {
    StaffCard {
        id: StaffId(Uuid::from_u128(n)),
        role,
        name: name.to_owned(),
        serial: String::from("7142"),
        phone: Private::new(String::from("206 555 0117")),
    }
}

fn row(n: u128, minutes: i64, choice: Decided, state: RecordState) -> RecordRow {
    RecordRow {
        referral: ReferralId(Uuid::from_u128(n)),
        officer: StaffId(Uuid::from_u128(1)),
        saved_at: now() - TimeDelta::minutes(minutes),
        state,
        title: None,
        choice,
        later: Vec::new(),
        verdicts: Some(Verdicts { decided: Verdict::Eligible, amended: None }),
        lacks_place: false,
        participant: None,
    }
}

/// A phone in the middle of a shift, with one record in each state.
pub(crate) fn busy() -> Model {
    let ana = card(2, Role::CaseManager, "Ana Ruiz");
    let at = now() - TimeDelta::minutes(4);
    let (since, why) = (now() - TimeDelta::minutes(3), Hold::NoConnection);
    let waiting = RecordState::Waiting { since, why, why_since: Some(since), attempts: 4 };
    let wedged = RecordState::Wedged {
        reason: "bad_signature",
        words: "The server does not know this phone's signature",
        action: "Tell your program administrator. The record is kept here.",
        detail: String::new(),
    };
    let meet = Some(Meet { at: now() + TimeDelta::minutes(20), place: MeetPlace::Scene });
    let accepted = RecordState::Accepted { by: ana.clone(), at, meet };
    let named = RecordRow {
        title: Some(Private::new(String::from("Jo Sample"))),
        ..row(3, 30, Decided::OfferedAccepted, accepted)
    };
    Model {
        agency: Some(String::from("Seattle Police Department")),
        site: None,
        officers: vec![card(1, Role::Officer, "Sam Lee"), card(5, Role::Officer, "Kim Okafor")],
        shift: Some(Shift {
            officer: card(1, Role::Officer, "Sam Lee"),
            unit: String::from("3-M-21"),
            since: now() - TimeDelta::hours(2),
            locked: false,
        }),
        has_vault: true,
        key_gone: false,
        records: vec![
            row(1, 3, Decided::OfferedAccepted, waiting),
            row(2, 9, Decided::NotOffered, wedged),
            named,
            row(4, 50, Decided::OfferedAccepted, RecordState::Received { at }),
            row(5, 1500, Decided::OfferedDeclined, RecordState::NotACase { received_at: at }),
        ],
        others_unsent: Vec::new(),
        drafts: Vec::new(),
        on_call: vec![ana],
        ahead: None,
        unreadable: Vec::new(),
        revoked: false,
        reads_nothing: false,
        alarm: false,
        room: crate::platform::disk::Room::Ample,
        now: now(),
        offset: FixedOffset::west_opt(7 * 3600).unwrap(),
    }
}

/// The same phone at the start of a shift.
pub(crate) fn quiet() -> Model {
    Model { records: Vec::new(), on_call: Vec::new(), ..busy() }
}

#[test]
fn the_list_says_exactly_what_is_not_safe_how_old_and_why() {
    let home = busy().home();
    assert_eq!((home.safety.tone, home.safety.headline.as_str()), (Tone::Warn, "2 not safe yet"));
    let detail = home.safety.detail.unwrap();
    assert!(detail.starts_with("Oldest 9 min.") && detail.contains("No connection"), "{detail}");
    let lines: Vec<String> = home
        .groups
        .iter()
        .flat_map(|group| {
            group.rows.iter().map(|row| format!("{} | {} | {} | {}", group.title, row.title, row.age, row.state))
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    Needs you | Not offered | 22:06 | The server does not know this phone's signature
    Not safe yet | Offered and accepted | 22:12 | Not safe yet, 3 min
    Safe | Jo Sample | 21:45 | Accepted by Ana Ruiz at 22:11
    Safe | Offered and accepted | 21:25 | Received. No case manager has it yet, 4 min
    Safe | Offered and declined | 31 May, 21:15 | Safe with the agency
    ");
}

#[test]
fn an_empty_phone_is_ready() {
    let home = quiet().home();
    assert_eq!(home.safety.headline, "Ready");
    assert!(home.groups.iter().all(|group| group.rows.is_empty()));
}

#[test]
fn a_phone_is_not_safe_while_a_colleague_s_record_waits_or_a_file_was_set_aside() {
    let waits = Model { others_unsent: vec![now() - TimeDelta::minutes(70)], ..quiet() }.home().safety;
    assert_eq!((waits.tone, waits.headline.as_str()), (Tone::Warn, "1 not safe yet"));
    assert!(waits.detail.unwrap().contains("1 saved by colleagues on this phone"));
    let aside = Model { unreadable: vec![String::from("outbox.db.unreadable-1")], ..quiet() }.home().safety;
    assert_eq!((aside.tone, aside.headline.as_str()), (Tone::Bad, "Not everything is safe"));
}

#[test]
fn a_record_says_who_has_it_and_when_they_meet() {
    let model = busy();
    let saved = model.saved(ReferralId(Uuid::from_u128(3))).unwrap();
    assert_eq!(saved.headline, "Ana Ruiz has it");
    assert_eq!(saved.title, "Jo Sample");
    let last = saved.timeline.last().unwrap();
    assert_eq!(last.title, "Accepted by Ana Ruiz at 22:11");
    assert_eq!(last.detail.as_deref(), Some("Meets you at the scene at 22:35"));
    let hand_off = saved.hand_off.unwrap();
    assert_eq!(hand_off.people[0].1.number, "206 555 0117", "who has it, and nobody else");
    assert!(hand_off.people.len() == 1 && saved.call.is_none());
}

#[test]
fn a_waiting_record_says_saved_and_whom_to_call() {
    let saved = busy().saved(ReferralId(Uuid::from_u128(1))).unwrap();
    assert_eq!(saved.headline, "Saved");
    assert_eq!(saved.timeline[1].title, "Not safe yet, 3 min");
    assert_eq!(
        saved.timeline[1].detail.as_deref(),
        Some("No connection. It is sent by itself when there is one. Tried 4 times.")
    );
    assert!(saved.hand_off.is_some_and(|whom| !whom.people.is_empty()) && saved.advice.is_some() && !saved.again);
}

#[test]
fn what_was_recorded_after_a_decision_is_in_its_life_and_ends_what_may_be_recorded() {
    let with = |later: Vec<LaterRow>| page(&busy(), |row| row.later = later);
    let called = with(vec![later(EntryKind::HandOff, "called")]);
    assert_eq!(called.timeline.last().unwrap().title, "Case manager called");
    assert!(called.hand_off.is_some() && called.withdraws && called.corrects == Corrects::Yes);
    let ended = with(vec![later(EntryKind::HandOff, "outcome")]);
    assert!(ended.hand_off.is_none() && ended.call.is_some() && ended.withdraws);
    let back = with(vec![later(EntryKind::Withdrawal, "changed_mind")]);
    let last = back.timeline.last().unwrap();
    assert_eq!(
        (last.title.as_str(), last.detail.as_deref()),
        ("Taken back", Some("The person changed their mind, 22:15"))
    );
    assert!(back.hand_off.is_none() && !back.withdraws && back.call.is_none() && back.advice.is_none());
    assert_eq!(back.corrects, Corrects::No);
}

fn later(kind: EntryKind, code: &str) -> LaterRow {
    LaterRow { kind, code: code.to_owned(), whom: None, saved_at: now() }
}

/// The page of the record that waits, changed.
fn page(model: &Model, change: impl FnOnce(&mut RecordRow)) -> SavedView {
    let mut model = model.clone();
    let id = ReferralId(Uuid::from_u128(1));
    change(model.records.iter_mut().find(|row| row.referral == id).unwrap());
    model.saved(id).unwrap()
}

#[test]
fn each_step_of_a_hand_off_names_someone_and_after_no_answer_the_next_on_call() {
    let (ana, mai) = (card(2, Role::CaseManager, "Ana Ruiz"), card(3, Role::CaseManager, "Mai Tran"));
    let model = Model { on_call: vec![ana.clone(), mai.clone()], ..busy() };
    let whom = |later: Vec<LaterRow>| page(&model, |row| row.later = later).hand_off.unwrap();
    let first = whom(Vec::new());
    assert_eq!(first.people.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [ana.id, mai.id]);
    assert_eq!((first.next, first.people[0].1.who.as_str()), (0, "Ana Ruiz"));
    let in_vain = LaterRow { whom: Some(ana.clone()), ..later(EntryKind::HandOff, "no_answer") };
    assert_eq!(whom(vec![in_vain.clone()]).next, 1);
    assert_eq!(whom(vec![in_vain.clone(), in_vain.clone()]).next, 0, "and then the first again");
    let told = page(&model, |row| row.later = vec![in_vain]).timeline.pop().unwrap();
    assert_eq!(told.title, "Ana Ruiz did not answer");
    let nobody = page(&Model { on_call: Vec::new(), ..busy() }, |_| ()).hand_off.unwrap();
    assert!(nobody.people.is_empty(), "the steps can be recorded all the same");
}

#[test]
fn a_place_that_is_not_sure_settles_by_itself_for_two_minutes_and_is_then_asked() {
    let ask = |minutes: i64, lacks: bool| {
        let change = |row: &mut RecordRow| {
            row.saved_at = now() - TimeDelta::minutes(minutes);
            row.lacks_place = lacks;
        };
        page(&busy(), change).place
    };
    assert_eq!((ask(1, true), ask(3, true), ask(3, false)), (PlaceAsk::Comes, PlaceAsk::Asks, PlaceAsk::Settled));
}

#[test]
fn a_locked_record_is_corrected_after_an_unlock_and_an_amended_one_shows_both_verdicts() {
    let mut model = busy();
    model.shift.as_mut().unwrap().locked = true;
    let locked = page(&model, |row| row.verdicts = None);
    assert_eq!((locked.corrects, locked.verdicts), (Corrects::Unlock, None));
    let verdicts = Verdicts { decided: Verdict::NeedsSupervisor, amended: Some(Verdict::Barred) };
    let amended = page(&busy(), |row| row.verdicts = Some(verdicts));
    assert_eq!(amended.verdicts, Some((Verdict::NeedsSupervisor, Verdict::Barred)));
    let gone = Model { reads_nothing: true, ..busy() };
    assert_eq!(page(&gone, |row| row.verdicts = None).corrects, Corrects::No);
}

#[test]
fn a_wedged_record_says_what_to_do_and_can_be_sent_again() {
    let saved = busy().saved(ReferralId(Uuid::from_u128(2))).unwrap();
    assert!(saved.again);
    assert_eq!(saved.advice.as_deref(), Some("Tell your program administrator. The record is kept here."));
    assert!(busy().saved(ReferralId(Uuid::from_u128(99))).is_none());
    let gone = page(&busy(), |row| {
        let (words, action) = ("It is nowhere any more", "Record it again.");
        row.state = RecordState::Wedged { reason: "gone", words, action, detail: String::new() };
    });
    assert!(!gone.again && gone.tone == Tone::Bad, "what is not here cannot be sent");
}

#[test]
fn that_someone_takes_part_already_is_shown_unlocked_and_until_the_release_ends() {
    let told = |name: bool, minutes: i64| {
        let change = |row: &mut RecordRow| {
            row.title = name.then(|| Private::new(String::from("Jo Sample")));
            row.participant = Some((card(3, Role::CaseManager, "Mai Tran"), now() + TimeDelta::minutes(minutes)));
        };
        let timeline = page(&busy(), change).timeline;
        timeline.iter().any(|moment| moment.title == "Already a participant: their case manager is Mai Tran")
    };
    assert_eq!((told(true, 1), told(true, 0), told(false, 1)), (true, false, false));
}

#[test]
fn the_app_stands_where_the_phone_is() {
    let model = busy();
    assert_eq!(model.stand(), Stand::Home);
    assert_eq!(Model { agency: None, ..model.clone() }.stand(), Stand::Enrol);
    assert_eq!(Model { shift: None, ..model.clone() }.stand(), Stand::Shift);
    let shift = model.shift.clone().map(|shift| Shift { locked: true, ..shift });
    let locked = Model { shift, ..model };
    assert_eq!(locked.stand(), Stand::Unlock);
    assert_eq!(Model { has_vault: false, ..locked.clone() }.stand(), Stand::SetSecret);
    assert_eq!(Model { has_vault: false, key_gone: true, ..locked }.stand(), Stand::SetSecret);
}

#[test]
fn a_time_of_another_day_says_the_day() {
    let model = busy();
    assert_eq!(model.time(now()), "22:15");
    assert_eq!(model.time(now() - TimeDelta::days(1)), "31 May, 22:15");
}
