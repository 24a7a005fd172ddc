//! Every shape that crosses the wire or is stored, pinned. A change here is a change of format: old
//! bodies must still parse, so add a field with a default, or a new version; never edit a snapshot.

use handoff::domain::afterwards::{
    Amendment, AmendmentCause, HandOff, HandOffOutcome, HandOffStep, Withdrawal, WithdrawalReason,
};
use handoff::domain::assess::PackRef;
use handoff::domain::entry::{Body, EntryKind, FORMAT, Header, entry_hash, signed_message};
use handoff::domain::ids::{Bytes, ChainId, DeviceId, Hash, ReferralId, StaffId};
use handoff::domain::private::Private;
use handoff::domain::stage::{MeetPlace, Stage};
use handoff::domain::time::Bounds;
use handoff::domain::wire::{
    Answer, Certificate, Config, EnrolReply, EnrolRequest, EntriesReply, EntriesRequest, EntryResult, Epochs,
    FeedReply, Health, Kept, LedgerNews, Meet, OnCall, Problem, ReceiptBody, Refusal, Revocation, Role, Signed,
    StaffCard, Status, Watermark, WireEntry,
};
use insta::assert_json_snapshot;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n)
}

fn at(seconds: i64) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(1_338_000_000 + seconds, 250_000_000).unwrap()
}

/// The shape read back from its own text gives the same text.
fn round_trip<T: Serialize + DeserializeOwned>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    let back: T = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&back).unwrap(), text);
}

fn header() -> Header {
    Header {
        format: FORMAT,
        device: DeviceId(id(1)),
        chain: ChainId(id(2)),
        seq: 2,
        prev: Some(Hash([0xab; 32])),
        referral: ReferralId(id(3)),
        officer: StaffId(id(4)),
        kind: EntryKind::Decision,
        pack: PackRef { id: "a-pack".into(), version: 1, sha256: Hash([0xcd; 32]) },
        sealing_key: "2026".into(),
        bounds: Bounds { earliest: at(0), latest: at(1) },
        time_unproven: false,
        clock_moved_ms: None,
    }
}

fn signed() -> Signed {
    Signed { body: Bytes(b"{}".to_vec()), sig: Bytes(vec![7; 4]) }
}

#[test]
fn a_header_has_one_form_to_the_byte() {
    let bytes = header().to_bytes().unwrap();
    insta::assert_snapshot!(String::from_utf8(bytes.clone()).unwrap());
    assert_eq!(Header::from_bytes(&bytes).unwrap(), header());
    insta::assert_snapshot!(entry_hash(&bytes, b"enc", b"ciphertext"));
    assert!(signed_message(&bytes, b"body").starts_with(b"handoff/entry/1{"));
}

#[test]
fn a_header_of_another_format_or_with_an_unknown_field_is_refused() {
    let text = String::from_utf8(header().to_bytes().unwrap()).unwrap();
    let newer = text.replace("\"format\":1", "\"format\":2");
    assert_eq!(Header::from_bytes(newer.as_bytes()).unwrap_err().to_string(), "header: format 2 is not known here");
    let extra = text.replace("\"format\":1", "\"format\":1,\"name\":\"x\"");
    assert!(Header::from_bytes(extra.as_bytes()).unwrap_err().to_string().contains("unknown field `name`"));
}

#[test]
fn the_body_of_a_decision_keeps_its_shape() {
    let text = include_str!("fixtures/decision.json");
    let body: Body = serde_json::from_str(text).unwrap();
    let Body::Decision(decision) = &body else { panic!("another kind") };
    decision.check().unwrap();
    round_trip(&body);
    assert_json_snapshot!(body);
}

#[test]
fn a_body_reads_the_same_wherever_its_kind_stands_and_takes_no_field_twice_or_unknown() {
    let text = include_str!("fixtures/decision.json");
    let body: Body = serde_json::from_str(text).unwrap();
    let kind = "\"kind\": \"decision\",";
    assert_eq!(text.matches(kind).count(), 1, "the fixture says its kind once");
    assert_eq!(Body::from_bytes(&serde_json::to_vec(&body).unwrap()).unwrap(), body);
    let rest = text.replace(kind, "");
    let last = format!("{}, \"kind\": \"decision\"}}", rest.trim().strip_suffix('}').unwrap());
    assert_eq!(Body::from_bytes(last.as_bytes()).unwrap(), body);
    for wrong in ["", "\"kind\": \"novel\",", &kind.repeat(2), &format!("{kind}\"more\": 1,")] {
        assert!(Body::from_bytes(text.replace(kind, wrong).as_bytes()).is_err(), "{wrong}");
    }
    assert!(Body::from_bytes(&[text.as_bytes(), b"{}"].concat()).is_err());
}

#[test]
fn the_bodies_that_come_after_a_decision_keep_their_shape() {
    let Body::Decision(decision) = serde_json::from_str(include_str!("fixtures/decision.json")).unwrap() else {
        panic!("another kind")
    };
    let at = decision.facts.at;
    let bodies = [
        Body::HandOff(HandOff {
            at,
            step: HandOffStep::Called,
            to: Some(StaffId(id(5))),
            outcome: None,
            while_locked: false,
        }),
        Body::HandOff(HandOff {
            at,
            step: HandOffStep::Outcome,
            to: None,
            outcome: Some(HandOffOutcome::BookedAfterAll),
            while_locked: true,
        }),
        Body::Amendment(Box::new(Amendment {
            amends: Hash([0xab; 32]),
            cause: AmendmentCause::LateFix,
            facts: decision.facts.clone(),
            cross_street: Some("3rd Ave and Virginia St".into()),
            assessment: decision.assessment.clone(),
            note: Some(Private::new("CANARY by the door".into())),
            while_locked: false,
        })),
        Body::Withdrawal(Withdrawal {
            at,
            reason: WithdrawalReason::ChangedMind,
            note: Some(Private::new("CANARY went home".into())),
            while_locked: false,
        }),
    ];
    for body in &bodies {
        body.check().unwrap();
        round_trip(body);
    }
    assert_json_snapshot!(bodies);
}

#[test]
fn every_code_of_what_comes_after_a_decision_is_pinned() {
    let codes =
        (EntryKind::ALL, HandOffStep::ALL, HandOffOutcome::ALL, AmendmentCause::ALL, WithdrawalReason::ALL, Stage::ALL);
    assert_json_snapshot!(codes);
}

#[test]
fn a_header_tells_a_moved_clock_and_an_unproven_time_only_where_there_is_one() {
    let header = Header { time_unproven: true, clock_moved_ms: Some(-3_600_000), ..header() };
    let bytes = header.to_bytes().unwrap();
    insta::assert_snapshot!(String::from_utf8(bytes.clone()).unwrap());
    assert_eq!(Header::from_bytes(&bytes).unwrap(), header);
    assert_eq!(header.written(), header.bounds.latest);
}

#[test]
fn the_calls_of_a_phone_keep_their_shape() {
    let enrol = EnrolRequest {
        code: "7KQ4-29PX".into(),
        device_key: Bytes(vec![4; 5]),
        model: "car laptop".into(),
        app: "0.1.0".into(),
    };
    let health = Health {
        unsent: 3,
        wedged: 1,
        oldest_unsent_s: Some(90),
        wall: at(5),
        app: "0.1.0".into(),
        set_aside: 0,
        clock_offset_ms: None,
        checkpoint: None,
    };
    let entry = WireEntry {
        header: Bytes(b"header".to_vec()),
        enc: Bytes(b"enc".to_vec()),
        ciphertext: Bytes(b"ciphertext".to_vec()),
    };
    let entries = EntriesRequest { health, entries: vec![entry], again: vec![] };
    round_trip(&enrol);
    round_trip(&entries);
    assert_json_snapshot!((enrol, entries));
}

#[test]
fn the_answers_of_the_server_keep_their_shape() {
    let enrolled = EnrolReply {
        device: DeviceId(id(1)),
        token: Bytes(vec![1; 4]),
        server_key: Bytes(vec![2; 4]),
        sealing_key_id: "2026".into(),
        sealing_key: Bytes(vec![3; 4]),
        agency: "An agency".into(),
        server_time: at(9),
        certificate: None,
    };
    let refused = EntryResult::Refused { reason: Refusal::BadBody, detail: "unit: is empty".into() };
    let answers = EntriesReply {
        server_time: at(9),
        answers: vec![
            Answer { entry: Hash([1; 32]), result: EntryResult::Receipt(signed()) },
            Answer { entry: Hash([2; 32]), result: refused },
        ],
        ledger: None,
        epochs: None,
    };
    let receipt = ReceiptBody { entry: Hash([1; 32]), position: 7, epoch: 1, backed_up: 0, at: at(9), erased: false };
    let problem = Problem {
        error: "bad_field".into(),
        field: Some("health.app".into()),
        message: "is missing".into(),
        revocation: None,
        epochs: None,
    };
    round_trip(&enrolled);
    round_trip(&answers);
    round_trip(&receipt);
    round_trip(&problem);
    assert_json_snapshot!((enrolled, answers, receipt, problem));
}

#[test]
fn the_feed_and_the_configuration_keep_their_shape() {
    let status = Status {
        referral: ReferralId(id(3)),
        stage: Stage::Accepted,
        at: at(60),
        by: Some(StaffId(id(5))),
        meet: Some(Meet { at: at(1_200), place: MeetPlace::Scene }),
        participant: None,
    };
    let feed = FeedReply {
        cursor: 12,
        epoch: 1,
        server_time: at(61),
        statuses: vec![status],
        config: Some(signed()),
        ledger: None,
        epochs: None,
        watermark: None,
    };
    let config = Config {
        pack: "a-pack".into(),
        packs: vec!["{}".into()],
        zones: vec!["{}".into()],
        roster: vec![StaffCard {
            id: StaffId(id(5)),
            role: Role::CaseManager,
            name: "A. Case".into(),
            serial: String::new(),
            phone: Private::new("206-555-0101".into()),
        }],
        rota: vec![OnCall { staff: StaffId(id(5)), from: at(0), until: at(86_400), order: 1 }],
        time_zone: None,
    };
    round_trip(&feed);
    round_trip(&config);
    assert_json_snapshot!((feed, config));
}

#[test]
fn every_refusal_has_its_code() {
    let all = Refusal::ALL.iter().map(|refusal| (*refusal, format!("{:?}", refusal.retry())));
    assert_json_snapshot!(all.collect::<Vec<_>>());
}

#[test]
fn what_vouches_for_the_log_keeps_its_shape() {
    let news = LedgerNews { checkpoint: "origin\n7\nroot\n".into(), consistency: vec![Hash([3; 32])] };
    let kept = vec![Kept { epoch: 1, size: 40, seen: 52 }];
    let epochs = Epochs { epoch: 2, origin: "handoff/epoch-2".into(), began: at(3), kept };
    let watermark = Watermark { epoch: 2, backed_up: 12, at: at(4) };
    let revocation = Revocation { device: DeviceId(id(1)), at: at(5) };
    let certificate = Certificate {
        device: DeviceId(id(1)),
        device_key: Bytes(vec![4; 5]),
        token: Hash([6; 32]),
        model: "car laptop".into(),
        officer: Some(StaffId(id(4))),
        at: at(6),
    };
    round_trip(&news);
    round_trip(&epochs);
    round_trip(&watermark);
    round_trip(&revocation);
    round_trip(&certificate);
    assert_json_snapshot!((news, epochs, watermark, revocation, certificate));
}

#[test]
fn calls_and_answers_with_all_that_may_be_in_them_keep_their_shape() {
    let news = || Some(LedgerNews { checkpoint: "a note".into(), consistency: vec![] });
    let health = Health {
        unsent: 1,
        wedged: 0,
        oldest_unsent_s: None,
        wall: at(5),
        app: "0.1.0".into(),
        set_aside: 2,
        clock_offset_ms: Some(-7),
        checkpoint: Some("a note".into()),
    };
    let request = EntriesRequest { health, entries: vec![], again: vec![signed()] };
    let entries = EntriesReply { server_time: at(9), answers: vec![], ledger: news(), epochs: Some(signed()) };
    let feed = FeedReply {
        cursor: 12,
        epoch: 2,
        server_time: at(9),
        statuses: vec![],
        config: None,
        ledger: news(),
        epochs: Some(signed()),
        watermark: Some(signed()),
    };
    let problem = Problem {
        error: "revoked".into(),
        field: None,
        message: "No.".into(),
        revocation: Some(signed()),
        epochs: Some(signed()),
    };
    let erased = ReceiptBody { entry: Hash([1; 32]), position: 7, epoch: 1, backed_up: 9, at: at(9), erased: true };
    round_trip(&request);
    round_trip(&entries);
    round_trip(&feed);
    round_trip(&problem);
    round_trip(&erased);
    assert_json_snapshot!((request, entries, feed, problem, erased));
}
