//! From the wire to the log, over real HTTP: what is taken, what is refused and why, what is flagged.

use crate::server::{CANARY, Station, TestPhone, facts, fix, problem};
use chrono::TimeDelta;
use handoff::domain::assess::PackRef;
use handoff::domain::codes::{Choice, Verdict};
use handoff::domain::encounter::Decision;
use handoff::domain::entry::Body;
use handoff::domain::facts::{Conviction, History};
use handoff::domain::ids::{DeviceId, Hash, NoteId, StaffId};
use handoff::domain::stage::{MeetPlace, Stage};
use handoff::domain::wire::{FeedReply, MOST_BODY_BYTES, Meet, Refusal};
use handoff::seal::{DeviceKey, SealedEntry, SealingKey, random};
use handoff_server::cases::{self, Acceptance, NewAcceptance};
use handoff_server::casework::{self, NewNote, Written};
use handoff_server::flags::Flag;
use handoff_server::log::{self, Confirming, LogFilter, LogQuery};
use handoff_server::store::{Staff, gaps, staff_list};
use std::path::Path;

pub async fn staff(station: &Station, login: &str) -> Staff {
    let all = station.server.app().store().read(|db| staff_list(db)).await.unwrap();
    all.into_iter().find(|person| person.login == login).unwrap()
}

/// Flags of every decision, newest first.
pub async fn flags(station: &Station) -> Vec<Vec<Flag>> {
    let sergeant = staff(station, "hughes").await;
    let query = LogQuery { most: 100, ..LogQuery::default() };
    let page = log::page(station.server.app(), &sergeant, query).await.unwrap();
    page.rows.iter().map(|found| found.row.flags.list()).collect()
}

/// The last byte is another: the seal does not fit any more.
fn tampered(entry: &SealedEntry) -> SealedEntry {
    let mut entry = entry.clone();
    *entry.wire.ciphertext.0.last_mut().unwrap() ^= 1;
    entry.hash = handoff::domain::entry::entry_hash(&entry.wire.header.0, &entry.wire.enc.0, &entry.wire.ciphertext.0);
    entry
}

#[tokio::test]
async fn an_accepted_offer_makes_one_case_and_the_phone_hears_who_took_it() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let (referral, entry) = phone.record(&phone.accepted_offer());
    let receipt = phone.deliver(&entry).await;
    assert_eq!((receipt.epoch, receipt.backed_up), (1, 0));
    assert_eq!(phone.deliver(&entry).await, receipt, "the same entry gets the same receipt");
    assert_eq!(flags(&station).await, [vec![]]);

    let app = station.server.app();
    let (okafor, tran) = (staff(&station, "okafor").await, staff(&station, "tran").await);
    let inbox = cases::inbox(app, &okafor).await.unwrap();
    assert_eq!(inbox.waiting.len(), 1);
    let page = cases::referral(app, &okafor, referral).await.unwrap().unwrap();
    let person = page.case.decision.unwrap().person.unwrap();
    assert_eq!(person.name.reveal(), &format!("{CANARY} Doe"));

    let meet = Meet { at: app.now() + TimeDelta::minutes(20), place: MeetPlace::Scene };
    let take = |who: &Staff| NewAcceptance { referral, staff: who.id, meet, note: String::new() };
    let (first, second) = tokio::join!(cases::accept(app, take(&okafor)), cases::accept(app, take(&tran)));
    assert_eq!(first.unwrap(), Acceptance::Accepted);
    let Acceptance::AlreadyTaken(taken) = second.unwrap() else { panic!("two people took it") };
    assert_eq!(taken.by, okafor.id);

    let feed: FeedReply = phone.feed("after=0").await.json().await.unwrap();
    let stages: Vec<_> = feed.statuses.iter().map(|status| (status.stage, status.by, status.meet)).collect();
    assert_eq!(stages, [(Stage::Received, None, None), (Stage::Accepted, Some(okafor.id), Some(meet))]);
    let events = station.events().await;
    let read = format!(" person_read {} {referral} ", okafor.id);
    assert_eq!(events.iter().filter(|line| line.contains(&read)).count(), 2, "each read is in the events");
}

#[tokio::test]
async fn decisions_without_an_accepted_offer_make_no_case() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    for choice in [Choice::OfferedDeclined, Choice::NotOffered] {
        let (_, entry) = phone.record(&phone.decide(facts(), choice));
        phone.deliver(&entry).await;
    }
    let okafor = staff(&station, "okafor").await;
    assert!(cases::inbox(station.server.app(), &okafor).await.unwrap().waiting.is_empty());
    assert_eq!(
        flags(&station).await,
        [vec![Flag::Override], vec![]],
        "an eligible person without an offer is an override"
    );
}

#[tokio::test]
async fn a_batch_is_answered_one_by_one_and_a_bad_entry_harms_no_other() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let entries: Vec<_> = (0..9).map(|_| phone.record(&phone.accepted_offer()).1).collect();
    let bad = tampered(&entries[8]);
    let batch: Vec<&SealedEntry> = entries.iter().take(8).chain([&bad]).collect();
    let answers = phone.send(&batch).await;
    let positions: Vec<_> = answers.iter().take(8).map(|answer| phone.receipt(answer).position).collect();
    let first = positions[0];
    assert_eq!(positions, (first..first + 8).collect::<Vec<_>>());
    // The refusal between them is an event, which has a leaf of its own.
    assert_eq!(phone.deliver(&entries[8]).await.position, first + 9, "sent again unharmed, it is taken");
    assert_eq!(flags(&station).await, vec![vec![]; 9]);
}

#[tokio::test]
async fn a_gap_is_taken_and_shown_and_its_filling_is_taken() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let entries: Vec<_> = (0..3).map(|_| phone.record(&phone.accepted_offer()).1).collect();
    let sent = phone.send(&[&entries[0], &entries[2]]).await;
    assert_eq!(flags(&station).await, [vec![Flag::ChainGap], vec![]]);
    assert!(phone.deliver(&entries[1]).await.position > phone.receipt(&sent[1]).position);
    assert_eq!(flags(&station).await, vec![vec![]; 3], "what was missing has come");
}

#[tokio::test]
async fn an_entry_of_another_officer_than_the_device_was_enrolled_for_is_taken_and_flagged() {
    let station = Station::start().await;
    let (mut own, mut lent, mut crew) =
        (station.phone_of(Some("reyes")).await, station.phone_of(Some("reyes")).await, station.phone().await);
    let other = station.other_officer(own.officer);
    (lent.officer, crew.officer) = (other, other);
    for phone in [&mut own, &mut lent, &mut crew] {
        let (_, entry) = phone.record(&phone.accepted_offer());
        phone.deliver(&entry).await;
    }
    assert_eq!(flags(&station).await, [vec![], vec![Flag::OtherOfficer], vec![]]);
}

#[tokio::test]
async fn a_refusal_names_the_field_and_repeats_nothing_that_was_typed() {
    let station = Station::start().await;
    let phone = station.phone().await;
    let refuse = async |change: fn(&mut serde_json::Value)| {
        let decision = phone.accepted_offer();
        let mut body = serde_json::to_value(Body::Decision(Box::new(decision.clone()))).unwrap();
        change(&mut body);
        let bytes = serde_json::to_vec(&body).unwrap();
        phone
            .refused(&handoff::seal::seal_entry(&phone.key, &phone.agency, &phone.header(&decision), &bytes).unwrap())
            .await
    };
    let detail = [
        refuse(|body| {
            body["facts"]["history"]["convictions"] = serde_json::json!([{"group": "burglary", "on": "2987-03-04"}]);
        })
        .await,
        refuse(|body| body["facts"]["fix"]["lat_deg"] = serde_json::json!(91.987)).await,
        refuse(|body| body["facts"]["drug"]["grams"] = serde_json::json!(-1.987)).await,
        refuse(|body| drop(body["facts"].as_object_mut().unwrap().remove("door"))).await,
        refuse(|body| {
            body["facts"]["history"]["convictions"] = serde_json::json!([{"group": CANARY, "on": "1987-03-04"}]);
        })
        .await,
        refuse(|body| body["facts"]["offences"] = serde_json::json!([CANARY])).await,
        refuse(|body| body["facts"]["age_years"] = serde_json::json!(1987)).await,
        refuse(|body| body["facts"]["answers"][CANARY] = serde_json::json!("yes")).await,
        refuse(|body| body["facts"]["answers"][CANARY] = serde_json::json!(1987)).await,
    ];
    for (reason, detail) in detail {
        assert_eq!(reason, Refusal::BadBody);
        assert!(detail.starts_with("facts."), "{detail}");
        assert!(!detail.contains(CANARY) && !detail.contains("987"), "{detail}");
    }
    let (_, missing) = refuse(|body| drop(body["facts"].as_object_mut().unwrap().remove("door"))).await;
    assert!(missing.starts_with("facts.door: "), "{missing}");
}

#[tokio::test]
async fn impossible_facts_are_refused_though_their_rules_are_not_known_here() {
    let station = Station::start().await;
    let phone = station.phone().await;
    let mut known = Vec::new();
    for (field, change) in [
        ("", (|_| ()) as fn(&mut serde_json::Value)),
        ("facts.offences", |facts| facts["offences"] = serde_json::json!([])),
        ("facts.fix", |facts| facts["fix"]["lat_deg"] = serde_json::json!(91)),
        ("facts.drug.grams", |facts| facts["drug"]["grams"] = serde_json::json!(-5)),
        ("facts.age_years", |facts| facts["age_years"] = serde_json::json!(131)),
        ("facts.history.convictions[0].on", |facts| {
            facts["history"]["convictions"] = serde_json::json!([{"group": "treason", "on": "2987-03-04"}]);
        }),
    ] {
        let mut decision = phone.accepted_offer();
        decision.assessment.pack.sha256 = Hash::of(&[b"rules of another agency"]);
        let header = phone.header(&decision);
        let mut body = serde_json::to_value(Body::Decision(Box::new(decision))).unwrap();
        change(&mut body["facts"]);
        let bytes = serde_json::to_vec(&body).unwrap();
        let entry = handoff::seal::seal_entry(&phone.key, &phone.agency, &header, &bytes).unwrap();
        if field.is_empty() {
            known.push(phone.deliver(&entry).await);
            continue;
        }
        let (reason, detail) = phone.refused(&entry).await;
        assert!(reason == Refusal::BadBody && detail.starts_with(field), "{field}: {reason:?} {detail}");
    }
    assert_eq!(known.len(), 1, "possible facts are taken, and flagged");
}

#[tokio::test]
async fn two_entries_at_one_sequence_are_both_kept_and_flagged() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let (_, first) = phone.record(&phone.accepted_offer());
    phone.deliver(&first).await;
    let (_, second) = phone.record(&phone.accepted_offer());
    let before = phone.deliver(&second).await.position;
    // A copy of the phone's file from before the second entry goes on from there.
    (phone.seq, phone.prev) = (1, Some(first.hash));
    let (_, other) = phone.record(&phone.accepted_offer());
    assert_eq!(phone.deliver(&other).await.position, before + 1);
    let (_, next) = phone.record(&phone.accepted_offer());
    assert_eq!(phone.deliver(&next).await.position, before + 2, "the copy's chain goes on");
    assert_eq!(flags(&station).await, [vec![], vec![Flag::ChainConflict], vec![], vec![]]);
}

#[tokio::test]
async fn an_entry_that_contradicts_its_chain_is_refused() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let entries: Vec<_> = (0..2).map(|_| phone.record(&phone.accepted_offer()).1).collect();
    phone.send(&[&entries[0], &entries[1]]).await;
    // It passes one over that is here, names none, or is called the first and is not.
    let wrong = [(2, Some(entries[0].hash)), (2, None), (0, Some(entries[0].hash))];
    for (seq, prev) in wrong {
        (phone.seq, phone.prev) = (seq, prev);
        let (_, entry) = phone.record(&phone.accepted_offer());
        let (reason, detail) = phone.refused(&entry).await;
        assert_eq!((reason, detail.split(':').next()), (Refusal::ContradictedChain, Some("header.prev")));
    }
    assert_eq!(flags(&station).await, vec![vec![]; 2], "nothing of them is kept");
    (phone.seq, phone.prev) = (2, Some(entries[1].hash));
    let (_, good) = phone.record(&phone.accepted_offer());
    phone.deliver(&good).await;
}

/// What the devices page says of the chains of everything that came.
async fn chains(station: &Station) -> Vec<(u64, Vec<(u64, u64)>, u64)> {
    let chains = station.server.app().store().read(|db| gaps::chains(db)).await.unwrap();
    let told = |chain: gaps::ChainState| {
        (chain.head, chain.gaps.iter().map(|gap| (gap.from, gap.to)).collect(), chain.conflicts)
    };
    chains.into_iter().map(told).collect()
}

#[tokio::test]
async fn an_entry_whose_predecessor_has_not_come_is_taken_though_another_stands_there_and_the_gap_stays_till_it_comes()
{
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let (_, first) = phone.record(&phone.accepted_offer());
    let (_, second) = phone.record(&phone.accepted_offer());
    phone.send(&[&first, &second]).await;
    // A copy of the phone's file from before the second entry goes on from there, and its own second one is late.
    (phone.seq, phone.prev) = (1, Some(first.hash));
    let (_, late) = phone.record(&phone.accepted_offer());
    let (_, next) = phone.record(&phone.accepted_offer());
    phone.deliver(&next).await;
    assert_eq!(flags(&station).await, [vec![Flag::ChainGap], vec![], vec![]]);
    assert_eq!(chains(&station).await, [(3, vec![(2, 2)], 0)], "one is missing though every place is taken");
    // What another phone sends changes nothing of it, nor does what follows.
    let (_, after) = phone.record(&phone.accepted_offer());
    phone.deliver(&after).await;
    assert_eq!(chains(&station).await, [(4, vec![(2, 2)], 0)]);
    phone.deliver(&late).await;
    assert_eq!(flags(&station).await, [vec![Flag::ChainConflict], vec![], vec![], vec![], vec![]]);
    assert_eq!(chains(&station).await, [(4, vec![], 1)]);
}

#[tokio::test]
async fn in_whichever_order_the_entries_of_a_forked_chain_come_all_are_kept_and_marked_alike() {
    let station = Station::start().await;
    // The first of all; two that follow it; and one that follows each of them.
    for order in [[0, 1, 2, 3, 4], [0, 1, 3, 4, 2], [4, 3, 2, 1, 0], [3, 0, 4, 1, 2], [2, 3, 1, 4, 0], [0, 3, 1, 2, 4]]
    {
        let mut phone = station.phone().await;
        let mut record = |seq, prev| {
            (phone.seq, phone.prev) = (seq, prev);
            phone.record(&phone.accepted_offer())
        };
        let first = record(0, None);
        let seconds = [0, 1].map(|_| record(1, Some(first.1.hash)));
        let thirds = [0, 1].map(|fork| record(2, Some(seconds[fork].1.hash)));
        let all: Vec<_> = [first].into_iter().chain(seconds).chain(thirds).collect();
        for n in order {
            phone.deliver(&all[n].1).await;
        }
        let sergeant = staff(&station, "hughes").await;
        let query = LogQuery { most: 5, ..LogQuery::default() };
        let rows = log::page(station.server.app(), &sergeant, query).await.unwrap().rows;
        let marked: Vec<_> = rows.iter().filter(|found| found.row.flags.list() == [Flag::ChainConflict]).collect();
        let whole: Vec<_> = rows.iter().filter(|found| found.row.flags.list().is_empty()).collect();
        assert_eq!((rows.len(), whole.len(), marked.len()), (5, 3, 2), "{order:?}");
        assert!(chains(&station).await.iter().all(|told| *told == (3, vec![], 2)), "{order:?}");
    }
}

/// An entry made wrong in one way, and what it must be refused for.
type Wrong = (&'static str, Refusal, fn(&mut TestPhone, &SealingKey) -> SealedEntry);

#[tokio::test]
async fn every_wrong_entry_has_its_own_typed_refusal_and_nothing_of_it_is_kept() {
    let station = Station::start().await;
    let foreign = SealingKey::generate().unwrap();
    let with_header = |phone: &mut TestPhone, change: fn(&mut handoff::domain::entry::Header)| {
        let decision = phone.accepted_offer();
        let mut header = phone.header(&decision);
        change(&mut header);
        phone.seal(&header, &decision)
    };
    let wrong: [Wrong; 9] = [
        ("ciphertext", Refusal::Unsealable, |phone, _| {
            let decision = phone.accepted_offer();
            tampered(&phone.seal(&phone.header(&decision), &decision))
        }),
        ("signature", Refusal::BadSignature, |phone, _| {
            phone.key = DeviceKey::generate().unwrap();
            let decision = phone.accepted_offer();
            phone.seal(&phone.header(&decision), &decision)
        }),
        ("header.sealing_key", Refusal::UnknownSealingKey, |phone, foreign| {
            phone.agency = foreign.public().clone();
            let decision = phone.accepted_offer();
            phone.seal(&phone.header(&decision), &decision)
        }),
        ("person", Refusal::BadBody, |phone, _| {
            let decision = Decision { person: None, ..phone.accepted_offer() };
            phone.seal(&phone.header(&decision), &decision)
        }),
        ("facts.fix.lat_deg", Refusal::BadBody, |phone, _| {
            let mut decision = phone.accepted_offer();
            decision.facts.fix = Some(fix(91.0, 0.0));
            phone.seal(&phone.header(&decision), &decision)
        }),
        ("unit", Refusal::BadBody, |phone, _| {
            let decision = phone.accepted_offer();
            let mut body =
                serde_json::to_value(handoff::domain::entry::Body::Decision(Box::new(decision.clone()))).unwrap();
            body["unit"] = serde_json::json!([CANARY]);
            let bytes = serde_json::to_vec(&body).unwrap();
            handoff::seal::seal_entry(&phone.key, &phone.agency, &phone.header(&decision), &bytes).unwrap()
        }),
        ("assessment.pack", Refusal::BadBody, |phone, _| {
            let mut decision = phone.accepted_offer();
            let header = phone.header(&decision);
            decision.assessment.pack.version += 1;
            phone.seal(&header, &decision)
        }),
        ("header.kind", Refusal::UnknownKind, |phone, _| {
            let decision = phone.accepted_offer();
            let mut entry = phone.seal(&phone.header(&decision), &decision);
            let header = String::from_utf8(entry.wire.header.0.clone()).unwrap();
            entry.wire.header.0 = header.replace("\"kind\":\"decision\"", "\"kind\":\"song\"").into_bytes();
            entry.hash =
                handoff::domain::entry::entry_hash(&entry.wire.header.0, &entry.wire.enc.0, &entry.wire.ciphertext.0);
            entry
        }),
        ("header", Refusal::Malformed, |phone, _| {
            let decision = phone.accepted_offer();
            let mut entry = phone.seal(&phone.header(&decision), &decision);
            entry.wire.header.0 = b"{}".to_vec();
            entry.hash =
                handoff::domain::entry::entry_hash(&entry.wire.header.0, &entry.wire.enc.0, &entry.wire.ciphertext.0);
            entry
        }),
    ];
    for (field, reason, make) in wrong {
        let mut phone = station.phone().await;
        let entry = make(&mut phone, &foreign);
        let (refused, detail) = phone.refused(&entry).await;
        assert_eq!((refused, detail.split(": ").next().unwrap()), (reason, field), "{detail}");
        assert!(!detail.contains(CANARY), "{detail}");
    }
    let mut phone = station.phone().await;
    let stranger = with_header(&mut phone, |header| header.device = DeviceId(uuid::Uuid::nil()));
    assert_eq!(phone.refused(&stranger).await.0, Refusal::UnknownDevice);
    let nobody = with_header(&mut phone, |header| header.officer = StaffId(uuid::Uuid::nil()));
    assert_eq!(phone.refused(&nobody).await.0, Refusal::UnknownOfficer);
    assert!(flags(&station).await.is_empty());
    assert_eq!(station.events().await.iter().filter(|line| line.contains(" entry_refused ")).count(), 11);
}

#[tokio::test]
async fn a_replay_that_disagrees_and_rules_that_nobody_knows_are_flagged_and_taken() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let mut decision = phone.accepted_offer();
    decision.facts.drug.as_mut().unwrap().grams = Some(30.0);
    let (_, entry) = phone.record(&decision);
    phone.deliver(&entry).await;
    let mut decision = phone.accepted_offer();
    let pack = PackRef { sha256: Hash([3; 32]), ..decision.assessment.pack.clone() };
    decision.assessment.pack = pack;
    let (_, entry) = phone.record(&decision);
    phone.deliver(&entry).await;
    assert_eq!(flags(&station).await, [vec![Flag::UnknownPack], vec![Flag::ReplayDisagrees]]);
}

#[tokio::test]
async fn what_a_sergeant_should_look_at_is_flagged_and_an_override_is_confirmed_once() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let mut far = facts();
    far.fix = Some(fix(47.70, -122.30));
    let decision = Decision { while_locked: true, ..phone.decide(far, Choice::OfferedAccepted) };
    assert_eq!(decision.assessment.verdict, Verdict::Barred);
    let (_, entry) = phone.record(&decision);
    station.pass(TimeDelta::minutes(16));
    phone.deliver(&entry).await;
    let all = vec![Flag::Override, Flag::LateSync, Flag::ClockOffset, Flag::WhileLocked];
    assert_eq!(flags(&station).await, [all]);

    let (app, hughes) = (station.server.app(), staff(&station, "hughes").await);
    let seen = log::decision(app, &hughes, 1).await.unwrap().unwrap();
    let decision = seen.decision.unwrap();
    assert!(decision.person.is_none() && decision.call_back.is_none(), "a sergeant sees no person");
    let review = LogQuery { filter: LogFilter::NeedsReview, most: 10, before: None };
    assert_eq!(log::page(app, &hughes, review).await.unwrap().to_review, 1);
    let confirm = || log::confirm(app, 1, &hughes, format!("{CANARY} was right"));
    assert_eq!(confirm().await.unwrap(), Confirming::Confirmed);
    assert_eq!(confirm().await.unwrap(), Confirming::AlreadyConfirmed);
    assert!(log::page(app, &hughes, review).await.unwrap().rows.is_empty());
    assert_eq!(log::confirm(app, 7, &hughes, String::new()).await.unwrap(), Confirming::NothingToConfirm);
}

#[tokio::test]
async fn the_log_is_read_page_by_page_newest_first() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    for _ in 0..5 {
        let (_, entry) = phone.record(&phone.accepted_offer());
        phone.deliver(&entry).await;
    }
    let hughes = staff(&station, "hughes").await;
    let (mut before, mut seen) = (None, Vec::new());
    loop {
        let query = LogQuery { before, most: 2, ..LogQuery::default() };
        let page = log::page(station.server.app(), &hughes, query).await.unwrap();
        seen.push(page.rows.iter().map(|found| found.row.position).collect::<Vec<_>>());
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(seen, [vec![5, 4], vec![3, 2], vec![1]]);
}

#[tokio::test]
async fn a_whole_call_is_refused_with_a_problem_that_says_why() {
    let station = Station::start().await;
    let phone = station.phone().await;
    let post = |body: String| {
        station.http.post(station.url("/v1/entries")).header("authorization", phone.token()).body(body).send()
    };
    let (status, refused) = problem(post("x".repeat(MOST_BODY_BYTES + 1)).await.unwrap()).await;
    assert_eq!((status, refused.error.as_str()), (413, "too_large"));
    let health = r#"{"unsent":0,"wedged":0,"oldest_unsent_s":null,"wall":"2026-01-01T00:00:00Z","app":"1"}"#;
    for (body, field) in [
        (r#"{"health":7,"entries":[]}"#.to_owned(), "health"),
        (
            format!(r#"{{"health":{health},"entries":[{{"header":"*","enc":"","ciphertext":""}}]}}"#),
            "entries[0].header",
        ),
    ] {
        let (status, refused) = problem(post(body).await.unwrap()).await;
        assert_eq!((status, refused.field.as_deref()), (422, Some(field)));
    }
    let none = station.http.post(station.url("/v1/entries")).header("authorization", "Bearer AAAA").body("{}").send();
    assert_eq!(none.await.unwrap().status(), 401);
}

#[tokio::test]
async fn no_name_stands_in_clear_in_any_file_or_event() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let (referral, entry) = phone.record(&phone.accepted_offer());
    phone.deliver(&entry).await;
    let (app, okafor) = (station.server.app(), staff(&station, "okafor").await);
    cases::referral(app, &okafor, referral).await.unwrap().unwrap();
    let meet = Meet { at: app.now(), place: MeetPlace::Scene };
    let new = NewAcceptance { referral, staff: okafor.id, meet, note: format!("tell {CANARY}") };
    cases::accept(app, new).await.unwrap();
    let words = format!("{CANARY} by the bridge");
    let contact = serde_json::json!({"kind": "contact", "on": app.now().date_naive(), "manner": "phone", "reached": "yes", "words": words});
    let (id, note) = (NoteId(random::uuid_v7(app.now()).unwrap()), serde_json::from_value(contact).unwrap());
    let written = casework::write(app, NewNote { id, referral, author: okafor.id, follows: 0, note }).await;
    assert_eq!(written.unwrap(), Written::Filed);
    assert!(station.events().await.iter().all(|line| !line.contains(CANARY)));
    let mut searched = 0;
    search(station.dir.path(), &mut searched);
    let embedded = station.dir.path().join("server.db").exists();
    assert!(searched > if embedded { 4 } else { 3 }, "the keys were searched, and the database with its log");
}

fn search(folder: &Path, searched: &mut usize) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            search(&path, searched);
            continue;
        }
        *searched += 1;
        let bytes = std::fs::read(&path).unwrap();
        let found = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
        assert!(!found(CANARY.as_bytes()) && !found(b"Grace Okafor"), "{} holds a name", path.display());
    }
}

#[tokio::test]
async fn a_page_speaks_of_a_decision_in_the_words_of_its_pack() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let mut facts = facts();
    let murder = Conviction { group: "murder".into(), on: "2009-03-01".parse().unwrap() };
    facts.history = Some(History { checked: true, convictions: vec![murder] });
    let (_, entry) = phone.record(&phone.decide(facts, Choice::OfferedDeclined));
    phone.deliver(&entry).await;
    let cookie = station.sign_in("hughes").await;
    let page = station.http.get(station.url("/log/1")).header("cookie", cookie).send().await.unwrap();
    let html = page.text().await.unwrap();
    assert!(html.contains("Checked: Murder 1 or 2 on 1 Mar 2009"), "{html}");
}
