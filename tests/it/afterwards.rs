//! What comes after a decision, over real HTTP: hand-offs, amendments and withdrawals, in any order.

use crate::ingest::{flags, staff};
use crate::server::{CANARY, Station, TestPhone, facts, fix};
use chrono::{TimeDelta, Utc};
use handoff::domain::afterwards::{
    Amendment, AmendmentCause, HandOff, HandOffOutcome, HandOffStep, Withdrawal, WithdrawalReason,
};
use handoff::domain::codes::{Choice, Verdict};
use handoff::domain::encounter::Decision;
use handoff::domain::entry::{Body, EntryKind, Header};
use handoff::domain::ids::{Hash, ReferralId};
use handoff::domain::private::Private;
use handoff::domain::stage::{MeetPlace, Stage};
use handoff::domain::wire::{FeedReply, Meet, Refusal};
use handoff::seal::{SealedEntry, seal_entry};
use handoff_server::cases::{self, Acceptance, NewAcceptance};
use handoff_server::flags::Flag;
use handoff_server::log;

/// Seals what comes after a decision to its referral.
fn sealed(phone: &TestPhone, referral: ReferralId, body: &Body) -> (Header, SealedEntry) {
    let header = Header { referral, kind: body.kind(), ..phone.header(&phone.accepted_offer()) };
    let sealed = seal_entry(&phone.key, &phone.agency, &header, &serde_json::to_vec(body).unwrap()).unwrap();
    (header, sealed)
}

/// Writes what comes after a decision to the chain.
pub fn append(phone: &mut TestPhone, referral: ReferralId, body: &Body) -> SealedEntry {
    let (header, sealed) = sealed(phone, referral, body);
    (phone.seq, phone.prev) = (header.seq, Some(sealed.hash));
    sealed
}

pub fn hand_off_of(step: HandOffStep, outcome: Option<HandOffOutcome>) -> HandOff {
    HandOff { at: Utc::now().fixed_offset(), step, to: None, outcome, while_locked: false }
}

pub fn hand_off(step: HandOffStep, outcome: Option<HandOffOutcome>) -> Body {
    Body::HandOff(hand_off_of(step, outcome))
}

pub fn withdrawal(reason: WithdrawalReason) -> Body {
    let note = Some(Private::new(format!("{CANARY} went home")));
    Body::Withdrawal(Withdrawal { at: Utc::now().fixed_offset(), reason, note, while_locked: false })
}

/// An amendment with other facts, assessed as the phone does.
pub fn amendment(phone: &TestPhone, amends: Hash, decision: &Decision) -> Body {
    Body::Amendment(Box::new(Amendment {
        amends,
        cause: AmendmentCause::LateFix,
        facts: decision.facts.clone(),
        cross_street: None,
        assessment: phone.decide(decision.facts.clone(), Choice::OfferedDeclined).assessment,
        note: Some(Private::new(format!("{CANARY} stood there"))),
        while_locked: false,
    }))
}

async fn stages(phone: &TestPhone) -> Vec<Stage> {
    let feed: FeedReply = phone.feed("after=0").await.json().await.unwrap();
    feed.statuses.iter().map(|status| status.stage).collect()
}

#[tokio::test]
async fn each_step_of_a_hand_off_joins_the_case_and_makes_no_other() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let (referral, entry) = phone.record(&phone.accepted_offer());
    phone.deliver(&entry).await;
    let steps = [
        hand_off(HandOffStep::Called, None),
        hand_off(HandOffStep::NoAnswer, None),
        hand_off(HandOffStep::Arrived, None),
        hand_off(HandOffStep::Outcome, Some(HandOffOutcome::Met)),
    ];
    for step in &steps {
        let entry = append(&mut phone, referral, step);
        let receipt = phone.deliver(&entry).await;
        assert_eq!(phone.deliver(&entry).await, receipt, "the same entry gets the same receipt");
    }
    let (app, okafor) = (station.server.app(), staff(&station, "okafor").await);
    assert_eq!(cases::inbox(app, &okafor).await.unwrap().waiting.len(), 1);
    let page = cases::referral(app, &okafor, referral).await.unwrap().unwrap();
    let codes: Vec<_> = page.afterwards.iter().map(|came| (came.row.code.as_str(), came.row.outcome)).collect();
    let met = Some(HandOffOutcome::Met);
    assert_eq!(codes, [("called", None), ("no_answer", None), ("arrived", None), ("outcome", met)]);
    assert_eq!(flags(&station).await, [vec![]], "a hand-off marks nothing");
}

#[tokio::test]
async fn an_amendment_stands_beside_its_decision_with_its_own_verdict() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let mut unsure = facts();
    unsure.fix = None;
    let decision = phone.decide(unsure, Choice::OfferedAccepted);
    assert_eq!(decision.assessment.verdict, Verdict::NeedsSupervisor);
    let (referral, entry) = phone.record(&decision);
    let mut known = decision.clone();
    known.facts.fix = Some(fix(47.6145, -122.3465));
    let body = amendment(&phone, entry.hash, &known);
    let late = append(&mut phone, referral, &body);
    phone.send(&[&entry, &late]).await;

    let sergeant = staff(&station, "hughes").await;
    let found = log::decision(station.server.app(), &sergeant, 1).await.unwrap().unwrap();
    assert_eq!(found.row.verdict, Verdict::NeedsSupervisor, "the decision stands as it was made");
    assert_eq!(found.row.flags.list(), [Flag::Override, Flag::Amended, Flag::VerdictChanged]);
    let [came] = found.afterwards.as_slice() else { panic!("{:?}", found.afterwards) };
    assert_eq!(came.row.verdict, Some(Verdict::Eligible));
    let Some(Body::Amendment(amendment)) = &came.body else { panic!("no amendment") };
    assert_eq!((amendment.assessment.verdict, &amendment.note), (Verdict::Eligible, &None), "a note may name a person");
}

#[tokio::test]
async fn an_amended_assessment_is_replayed_and_a_disagreement_is_flagged() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let decision = phone.accepted_offer();
    let (referral, entry) = phone.record(&decision);
    phone.deliver(&entry).await;
    let Body::Amendment(mut wrong) = amendment(&phone, entry.hash, &decision) else { panic!("no amendment") };
    wrong.facts.drug.as_mut().unwrap().grams = Some(30.0);
    let late = append(&mut phone, referral, &Body::Amendment(wrong));
    phone.deliver(&late).await;
    assert_eq!(flags(&station).await, [vec![Flag::ReplayDisagrees, Flag::Amended]]);
}

#[tokio::test]
async fn a_withdrawal_closes_the_case_and_deletes_nothing() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let (referral, entry) = phone.record(&phone.accepted_offer());
    phone.deliver(&entry).await;
    let back = append(&mut phone, referral, &withdrawal(WithdrawalReason::BookedAfterAll));
    let receipt = phone.deliver(&back).await;
    assert_eq!(phone.deliver(&back).await, receipt);

    let (app, okafor) = (station.server.app(), staff(&station, "okafor").await);
    let inbox = cases::inbox(app, &okafor).await.unwrap();
    assert!(inbox.waiting.is_empty());
    let withdrawn = inbox.withdrawn[0].case.withdrawn.unwrap();
    assert_eq!(withdrawn.why, WithdrawalReason::BookedAfterAll);
    let page = cases::referral(app, &okafor, referral).await.unwrap().unwrap();
    assert!(page.case.decision.unwrap().person.is_some(), "what was recorded is kept");
    let meet = Meet { at: app.now() + TimeDelta::minutes(20), place: MeetPlace::Scene };
    let take = NewAcceptance { referral, staff: okafor.id, meet, note: String::new() };
    assert_eq!(cases::accept(app, take).await.unwrap(), Acceptance::Withdrawn);
    assert_eq!(stages(&phone).await, [Stage::Received, Stage::Withdrawn]);
    assert_eq!(flags(&station).await, [vec![Flag::Withdrawn]]);
    let closed = format!(" withdrawn {} {referral} booked_after_all", phone.officer);
    assert_eq!(station.events().await.iter().filter(|line| line.contains(&closed)).count(), 1);
}

#[tokio::test]
async fn a_withdrawal_of_an_accepted_referral_tells_who_had_it() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let (referral, entry) = phone.record(&phone.accepted_offer());
    phone.deliver(&entry).await;
    let (app, okafor) = (station.server.app(), staff(&station, "okafor").await);
    let meet = Meet { at: app.now() + TimeDelta::minutes(20), place: MeetPlace::Scene };
    let take = NewAcceptance { referral, staff: okafor.id, meet, note: String::new() };
    assert_eq!(cases::accept(app, take).await.unwrap(), Acceptance::Accepted);
    let back = append(&mut phone, referral, &withdrawal(WithdrawalReason::ChangedMind));
    phone.deliver(&back).await;
    let case = cases::referral(app, &okafor, referral).await.unwrap().unwrap().case.case;
    assert_eq!((case.stage, case.taken.unwrap().by), (Stage::Withdrawn, okafor.id));
    assert_eq!(stages(&phone).await, [Stage::Received, Stage::Accepted, Stage::Withdrawn]);
}

#[tokio::test]
async fn what_comes_before_its_decision_is_kept_and_joined_when_that_comes() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let decision = phone.accepted_offer();
    let (referral, entry) = phone.record(&decision);
    let called = append(&mut phone, referral, &hand_off(HandOffStep::Called, None));
    let body = amendment(&phone, entry.hash, &decision);
    let late = append(&mut phone, referral, &body);
    let back = append(&mut phone, referral, &withdrawal(WithdrawalReason::RecordedInError));
    phone.send(&[&back, &late, &called]).await;
    assert!(flags(&station).await.is_empty());
    phone.deliver(&entry).await;

    let (app, okafor) = (station.server.app(), staff(&station, "okafor").await);
    let inbox = cases::inbox(app, &okafor).await.unwrap();
    assert_eq!((inbox.waiting.len(), inbox.withdrawn.len()), (0, 1), "exactly one case, and it is closed");
    assert_eq!(flags(&station).await, [vec![Flag::Amended, Flag::Withdrawn]]);
    let page = cases::referral(app, &okafor, referral).await.unwrap().unwrap();
    let kinds: Vec<_> = page.afterwards.iter().map(|came| came.row.kind).collect();
    assert_eq!(kinds, [EntryKind::Withdrawal, EntryKind::Amendment, EntryKind::HandOff]);
    assert_eq!(stages(&phone).await, [Stage::Received, Stage::Withdrawn]);
}

#[tokio::test]
async fn another_officers_device_withdraws_nothing_and_its_entry_is_kept() {
    let station = Station::start().await;
    let (mut phone, mut other) = (station.phone().await, station.phone().await);
    let (referral, entry) = phone.record(&phone.accepted_offer());
    phone.deliver(&entry).await;
    other.officer = station.other_officer(phone.officer);
    let back = append(&mut other, referral, &withdrawal(WithdrawalReason::Other));
    other.deliver(&back).await;
    let (app, okafor) = (station.server.app(), staff(&station, "okafor").await);
    assert_eq!(cases::inbox(app, &okafor).await.unwrap().waiting.len(), 1);
    assert_eq!(cases::referral(app, &okafor, referral).await.unwrap().unwrap().afterwards.len(), 1);
}

#[tokio::test]
async fn a_wrong_body_is_refused_by_its_field_and_repeats_nothing_of_it() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let (referral, entry) = phone.record(&phone.accepted_offer());
    phone.deliver(&entry).await;
    let refuse = async |body: &Body, change: fn(&mut serde_json::Value)| {
        let header = Header { referral, kind: body.kind(), ..phone.header(&phone.accepted_offer()) };
        let mut json = serde_json::to_value(body).unwrap();
        change(&mut json);
        let bytes = serde_json::to_vec(&json).unwrap();
        phone.refused(&seal_entry(&phone.key, &phone.agency, &header, &bytes).unwrap()).await
    };
    let met = hand_off(HandOffStep::Outcome, Some(HandOffOutcome::Met));
    let late = amendment(&phone, entry.hash, &phone.accepted_offer());
    let back = withdrawal(WithdrawalReason::Other);
    let wrong = [
        ("outcome", refuse(&met, |body| body["outcome"] = serde_json::json!(CANARY)).await),
        ("outcome", refuse(&met, |body| body["outcome"] = serde_json::Value::Null).await),
        ("facts.fix", refuse(&late, |body| body["facts"]["fix"] = serde_json::Value::Null).await),
        ("facts.fix.lat_deg", refuse(&late, |body| body["facts"]["fix"]["lat_deg"] = serde_json::json!(91)).await),
        ("assessment.pack", refuse(&late, |body| body["assessment"]["pack"]["version"] = serde_json::json!(9)).await),
        ("reason", refuse(&back, |body| body["reason"] = serde_json::json!(CANARY)).await),
        ("note", refuse(&back, |body| body["note"] = serde_json::json!(" ")).await),
    ];
    for (field, (reason, detail)) in wrong {
        assert_eq!((reason, detail.split(": ").next().unwrap()), (Refusal::BadBody, field), "{detail}");
        assert!(!detail.contains(CANARY), "{detail}");
    }
    let (_, swapped) = sealed(&phone, referral, &back);
    let header = Header { kind: EntryKind::HandOff, ..Header::from_bytes(&swapped.wire.header.0).unwrap() };
    let bytes = serde_json::to_vec(&back).unwrap();
    let swapped = seal_entry(&phone.key, &phone.agency, &header, &bytes).unwrap();
    assert_eq!(phone.refused(&swapped).await.0, Refusal::BadBody, "the body is not of the header's kind");
}

/// A page as someone sees it.
async fn page(station: &Station, login: &str, path: &str) -> String {
    let cookie = station.sign_in(login).await;
    let page = station.http.get(station.url(path)).header("cookie", cookie).send().await.unwrap();
    assert_eq!(page.status(), 200);
    page.text().await.unwrap()
}

#[tokio::test]
async fn the_pages_show_both_verdicts_each_step_and_no_note_to_police() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let mut unsure = facts();
    unsure.fix = None;
    let decision = phone.decide(unsure, Choice::OfferedAccepted);
    let (referral, entry) = phone.record(&decision);
    phone.deliver(&entry).await;
    let mut known = decision.clone();
    known.facts.fix = Some(fix(47.6145, -122.3465));
    let body = amendment(&phone, entry.hash, &known);
    for body in [hand_off(HandOffStep::NoAnswer, None), body] {
        let entry = append(&mut phone, referral, &body);
        phone.deliver(&entry).await;
    }
    let shown = page(&station, "okafor", &format!("/referrals/{referral}")).await;
    for words in ["No answer", "Late position", "Eligible", "Needs a supervisor", &format!("{CANARY} stood there")] {
        assert!(shown.contains(words), "{words} in {shown}");
    }
    let log = page(&station, "hughes", "/log/1").await;
    for words in ["No answer", "Late position", "Eligible", "Needs a supervisor", "Verdict changed", "47.61450"] {
        assert!(log.contains(words), "{words} in {log}");
    }
    assert!(!log.contains(&format!("{CANARY} stood there")), "a note may name the person");

    let back = append(&mut phone, referral, &withdrawal(WithdrawalReason::ChangedMind));
    phone.deliver(&back).await;
    let shown = page(&station, "okafor", &format!("/referrals/{referral}")).await;
    assert!(shown.contains("The officer took this back") && !shown.contains("Accept this referral"), "{shown}");
    let inbox = page(&station, "okafor", "/inbox").await;
    assert!(inbox.contains("Taken back by the officer") && inbox.contains("changed their mind"), "{inbox}");
    let log = page(&station, "hughes", "/log/1").await;
    assert!(log.contains("The officer took it back") && !log.contains("went home"), "{log}");
}
