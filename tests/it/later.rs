//! What the phone records after a decision, against a real server: kept, sent in order, and told.

use crate::afterwards::hand_off_of;
use crate::ingest::staff;
use crate::phone::Officer;
use crate::server::{Station, facts, fix};
use chrono::TimeDelta;
use handoff::domain::afterwards::{AmendmentCause, HandOff, HandOffOutcome, HandOffStep, Withdrawal, WithdrawalReason};
use handoff::domain::codes::{Choice, Verdict};
use handoff::domain::entry::EntryKind;
use handoff::domain::facts::{FixFact, FixSource};
use handoff::domain::ids::ReferralId;
use handoff::sync::{Change, RecordError, RecordState};
use handoff_server::cases;
use handoff_server::flags::Flag;
use handoff_server::log::{self, LoggedDecision};

fn step(step: HandOffStep) -> HandOff {
    hand_off_of(step, (step == HandOffStep::Outcome).then_some(HandOffOutcome::Met))
}

fn back(reason: WithdrawalReason) -> Withdrawal {
    Withdrawal { at: chrono::Utc::now().fixed_offset(), reason, note: None, while_locked: false }
}

fn correction(facts: handoff::domain::facts::Facts) -> Change {
    Change { cause: AmendmentCause::Correction, facts, cross_street: None, note: None }
}

/// A decision without a position: a supervisor must see it.
fn without_fix(officer: &Officer) -> ReferralId {
    let mut facts = facts();
    facts.fix = None;
    let id = officer.phone.new_referral().unwrap();
    let decision = officer.decide(facts, Choice::OfferedAccepted);
    assert_eq!(decision.assessment.verdict, Verdict::NeedsSupervisor);
    officer.phone.record(id, decision).unwrap();
    id
}

async fn logged(station: &Station, position: u64) -> LoggedDecision {
    let sergeant = staff(station, "hughes").await;
    log::decision(station.server.app(), &sergeant, position).await.unwrap().unwrap()
}

#[tokio::test]
async fn what_comes_after_a_decision_is_sent_behind_it_in_its_order() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    let (one, two) = (officer.accept(), officer.accept());
    for what in [HandOffStep::Called, HandOffStep::Answered, HandOffStep::Arrived, HandOffStep::Outcome] {
        officer.phone.hand_off(one, step(what)).unwrap();
    }
    officer.phone.withdraw(two, back(WithdrawalReason::ChangedMind)).unwrap();
    assert_eq!(officer.phone.only_here().unwrap().unsent, 7);
    while officer.phone.waiting().unwrap() > 0 {
        officer.phone.sync_once().await.unwrap();
    }
    let okafor = staff(&station, "okafor").await;
    let page = cases::referral(station.server.app(), &okafor, one).await.unwrap().unwrap();
    let codes: Vec<_> = page.afterwards.iter().map(|came| came.row.code.clone()).collect();
    assert_eq!(codes, ["called", "answered", "arrived", "outcome"]);
    assert!(matches!(officer.state(one), RecordState::Received { .. }));
    assert!(matches!(officer.state(two), RecordState::Withdrawn { .. }));
    let rows = officer.phone.records().unwrap();
    assert_eq!(rows.len(), 2, "one line for each record, however many entries it has");
}

#[tokio::test]
async fn a_record_is_only_as_safe_as_its_last_entry() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    let id = officer.accept();
    officer.phone.sync_once().await.unwrap();
    assert!(matches!(officer.state(id), RecordState::Received { .. }));
    officer.phone.withdraw(id, back(WithdrawalReason::BookedAfterAll)).unwrap();
    assert!(matches!(officer.state(id), RecordState::Waiting { .. }));
    let first = officer.phone.withdraw(id, back(WithdrawalReason::Other)).unwrap();
    assert_eq!(officer.phone.only_here().unwrap().unsent, 1, "a second tap withdraws nothing more: {first:?}");
}

#[tokio::test]
async fn an_amendment_keeps_both_verdicts_on_phone_and_server() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    let id = without_fix(&officer);
    let mut known = officer.phone.readable(id).unwrap().facts().clone();
    known.fix = Some(fix(47.6145, -122.3465));
    assert_eq!(officer.phone.assess_again(id, &known).unwrap().verdict, Verdict::Eligible);
    officer.phone.amend(id, correction(known.clone())).unwrap();
    let record = officer.phone.readable(id).unwrap();
    assert_eq!(record.decision.assessment.verdict, Verdict::NeedsSupervisor);
    assert_eq!((record.assessment().verdict, record.facts()), (Verdict::Eligible, &known));
    officer.phone.sync_once().await.unwrap();
    officer.phone.sync_once().await.unwrap();
    let found = logged(&station, 1).await;
    assert_eq!(found.afterwards[0].row.verdict, Some(Verdict::Eligible));
    assert!(found.row.flags.has(Flag::VerdictChanged) && !found.row.flags.has(Flag::ReplayDisagrees));
}

#[tokio::test]
async fn a_fix_that_comes_late_amends_by_itself_only_soon_and_only_where_it_settles() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    let (sure, id) = (officer.accept(), without_fix(&officer));
    let late: FixFact = fix(47.6145, -122.3465);
    assert!(officer.phone.late_fix(sure, late).unwrap().is_none(), "its place is known");
    let simulated = FixFact { mock: true, ..late };
    assert!(officer.phone.late_fix(id, simulated).unwrap().is_none());
    let wide = FixFact { accuracy_m: 900.0, ..late };
    assert!(officer.phone.late_fix(id, wide).unwrap().is_none(), "it would be unsure again");
    assert!(officer.phone.late_fix(id, late).unwrap().is_some());
    assert!(officer.phone.late_fix(id, late).unwrap().is_none(), "once is enough");
    let later = without_fix(&officer);
    officer.clock.pass_ms(121_000);
    assert!(officer.phone.late_fix(later, late).unwrap().is_none(), "the officer may have driven off");
    let kinds: Vec<_> = officer.phone.records().unwrap()[1].later.iter().map(|row| row.kind).collect();
    assert_eq!(kinds, [EntryKind::Amendment]);
}

#[tokio::test]
async fn a_place_is_set_by_hand_long_after_the_save_and_while_locked_only_of_what_came_since() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    let before = without_fix(&officer);
    officer.clock.pass_ms(600_000);
    let pin = FixFact { accuracy_m: 10.0, source: FixSource::Pin, ..fix(47.6145, -122.3465) };
    let street = || Some(String::from("2nd Ave and Bell St"));
    assert!(officer.phone.records().unwrap()[0].lacks_place);
    officer.phone.set_place(before, pin, street()).unwrap();
    let record = officer.phone.readable(before).unwrap();
    assert_eq!((record.facts().fix, record.cross_street().cloned()), (Some(pin), street()));
    let row = officer.phone.records().unwrap().remove(0);
    assert_eq!(
        (row.verdicts.unwrap().decided, row.verdicts.unwrap().amended),
        (Verdict::NeedsSupervisor, Some(Verdict::Eligible))
    );
    assert!(!row.lacks_place);
    officer.phone.set_place(before, pin, None).unwrap();
    assert_eq!(officer.phone.readable(before).unwrap().cross_street().cloned(), street(), "the street stays");

    officer.phone.lock();
    let since = without_fix(&officer);
    let rows = officer.phone.records().unwrap();
    assert_eq!(
        rows.iter().map(|row| (row.lacks_place, row.verdicts)).collect::<Vec<_>>(),
        [(true, None), (false, None)]
    );
    assert!(
        matches!(officer.phone.set_place(before, pin, None), Err(RecordError::Hidden)),
        "nothing of it can be read"
    );
    officer.phone.set_place(since, pin, None).unwrap();
    assert!(!officer.phone.records().unwrap()[0].lacks_place);
    officer.phone.unlock(officer.secret).unwrap();
    assert!(officer.phone.readable(since).unwrap().amended.unwrap().while_locked);
}

#[tokio::test]
async fn the_phone_remembers_whom_a_step_of_the_hand_off_named() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    let id = officer.accept();
    let okafor = station.staff("okafor");
    officer.phone.hand_off(id, HandOff { to: Some(okafor), ..step(HandOffStep::Called) }).unwrap();
    officer.phone.hand_off(id, step(HandOffStep::NoAnswer)).unwrap();
    let later = officer.restart().phone.records().unwrap().remove(0).later;
    let whom: Vec<_> = later.into_iter().map(|row| row.whom.map(|card| card.name)).collect();
    assert_eq!(whom, [Some(String::from("Grace Okafor")), None]);
}

#[tokio::test]
async fn a_locked_phone_records_what_comes_after_a_decision_and_shows_none_of_it() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    let id = officer.accept();
    let facts = officer.phone.readable(id).unwrap().facts().clone();
    officer.phone.lock();
    assert!(officer.phone.readable(id).is_none());
    officer.phone.hand_off(id, step(HandOffStep::Called)).unwrap();
    officer.phone.amend(id, correction(facts)).unwrap();
    officer.phone.unlock(officer.secret).unwrap();
    let amended = officer.phone.readable(id).unwrap().amended.unwrap();
    assert!(amended.while_locked);
    assert_eq!(officer.phone.records().unwrap()[0].later.len(), 2);
}

#[tokio::test]
async fn only_what_is_recorded_here_can_be_added_to_and_only_an_accepted_offer_handed_off() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    let nothing = officer.phone.new_referral().unwrap();
    let refused = officer.phone.withdraw(nothing, back(WithdrawalReason::Other));
    assert!(matches!(refused, Err(RecordError::NoRecord)));
    let declined = officer.phone.new_referral().unwrap();
    officer.phone.record(declined, officer.decide(facts(), Choice::OfferedDeclined)).unwrap();
    let refused = officer.phone.hand_off(declined, step(HandOffStep::Called)).unwrap_err();
    assert_eq!(refused.to_string(), "step: only an accepted offer is handed off");
    let without_outcome = HandOff { outcome: None, ..step(HandOffStep::Outcome) };
    assert!(officer.phone.hand_off(officer.accept(), without_outcome).is_err());
    assert_eq!(officer.phone.only_here().unwrap().unsent, 2);
}

#[tokio::test]
async fn a_clock_that_was_moved_is_in_the_entry_after_it_and_the_sergeant_sees_it() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    officer.accept();
    officer.clock.pass_ms(60_000);
    officer.accept();
    officer.clock.set_wall_ms(-3_600_000);
    officer.accept();
    officer.accept();
    officer.phone.sync_once().await.unwrap();
    let mut moved = Vec::new();
    for position in 1..=4 {
        moved.push(logged(&station, position).await.header.unwrap().clock_moved_ms);
    }
    assert_eq!(moved, [None, None, Some(-3_600_000), None]);
    assert!(logged(&station, 3).await.row.flags.has(Flag::ClockMoved));
}

#[tokio::test]
async fn after_a_reboot_without_a_server_an_entry_says_that_its_time_is_not_proven() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    officer.phone.sync_once().await.unwrap();
    officer.accept();
    let heard = officer.phone.now().wall;
    officer.clock.reboot();
    let officer = officer.restart();
    officer.phone.unlock(officer.secret).unwrap();
    officer.clock.pass_ms(600_000);
    let written = officer.phone.now().wall;
    officer.accept();
    officer.phone.sync_once().await.unwrap();
    let (proven, unproven) = (logged(&station, 1).await.header.unwrap(), logged(&station, 2).await.header.unwrap());
    assert!(!proven.time_unproven && unproven.time_unproven);
    assert!((unproven.bounds.earliest - heard).abs() < TimeDelta::seconds(30), "no server has spoken since");
    assert!((unproven.bounds.latest - written).abs() < TimeDelta::milliseconds(1), "the wall clock's word");
}
