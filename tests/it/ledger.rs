//! The ledger of a real server: what is signed and what never is, what devices are told, what an export
//! proves, and what is left after one person was erased.

use crate::server::{CANARY, Station, TestPhone};
use handoff::domain::ids::ReferralId;
use handoff::domain::wire::{EntriesReply, EntriesRequest, FeedReply, HEALTH_HEADER, Health, LedgerNews};
use handoff::seal::note::{self, Checkpoint};
use handoff::seal::tree::{Head, is_consistent, is_included};
use handoff::seal::{SealedEntry, ServerPublic};
use handoff_server::ledger::verify::{Report, verify};
use handoff_server::ledger::{self, export, proofs};
use handoff_server::store::events::{self, Kind};
use handoff_server::store::leaves::LeafFault;
use handoff_server::{App, Config};
use std::collections::BTreeSet;

fn public(station: &Station) -> ServerPublic {
    station.server.app().keys().server.public().unwrap()
}

async fn deliver(phone: &mut TestPhone, n: usize) -> Vec<(ReferralId, SealedEntry)> {
    let decision = phone.accepted_offer();
    let recorded: Vec<_> = (0..n).map(|_| phone.record(&decision)).collect();
    phone.send(&recorded.iter().map(|(_, entry)| entry).collect::<Vec<_>>()).await;
    recorded
}

/// Signs all that there is, as the server does by itself a moment later.
pub async fn signed(station: &Station) -> Checkpoint {
    let app = station.server.app();
    assert!(ledger::sign_now(app).await.unwrap());
    note::open(&app.ledger().newest().unwrap().note, &public(station)).unwrap()
}

pub async fn exported(app: &App) -> Vec<u8> {
    let app = app.clone();
    tokio::task::spawn_blocking(move || {
        let mut all = Vec::new();
        export::write(&app, &mut |bytes| {
            all.extend(bytes);
            true
        })
        .unwrap();
        all
    })
    .await
    .unwrap()
}

pub fn verified(app: &App, export: &[u8], known: Option<Checkpoint>) -> Report {
    verify(export, &app.keys().server.public().unwrap(), known).unwrap()
}

fn names(report: &Report) -> BTreeSet<&'static str> {
    report.findings.iter().map(|found| found.what.name()).collect()
}

fn health(checkpoint: Option<String>) -> Health {
    Health {
        unsent: 0,
        wedged: 0,
        oldest_unsent_s: None,
        wall: chrono::Utc::now(),
        app: "0.1.0".into(),
        set_aside: 0,
        clock_offset_ms: None,
        checkpoint,
    }
}

/// A call of a phone that carries this checkpoint: what it is told of the log.
async fn told(station: &Station, phone: &TestPhone, carried: Option<String>) -> Option<LedgerNews> {
    let request = EntriesRequest { health: health(carried), entries: vec![], again: vec![] };
    let post = station.http.post(station.url("/v1/entries")).header("authorization", phone.token());
    post.json(&request).send().await.unwrap().json::<EntriesReply>().await.unwrap().ledger
}

#[tokio::test]
async fn a_phone_is_told_how_the_log_grew_from_what_it_saw() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    deliver(&mut phone, 3).await;
    signed(&station).await;
    let first = told(&station, &phone, None).await.unwrap();
    assert!(first.consistency.is_empty());
    let was = note::open(&first.checkpoint, &phone.server).unwrap();

    deliver(&mut phone, 40).await;
    signed(&station).await;
    let next = told(&station, &phone, Some(first.checkpoint.clone())).await.unwrap();
    let is = note::open(&next.checkpoint, &phone.server).unwrap();
    assert_eq!(was.origin, is.origin);
    assert!(was.head.size + 40 <= is.head.size);
    assert!(is_consistent(&was.head, &is.head, &next.consistency));

    let feed = station.http.get(station.url("/v1/feed?after=0")).header("authorization", phone.token());
    let header = serde_json::to_string(&health(Some(first.checkpoint))).unwrap();
    let feed: FeedReply = feed.header(HEALTH_HEADER, header).send().await.unwrap().json().await.unwrap();
    let news = feed.ledger.unwrap();
    let now = note::open(&news.checkpoint, &phone.server).unwrap();
    assert!(is_consistent(&was.head, &now.head, &news.consistency), "the feed says it too");
    let bad = station.http.get(station.url("/v1/feed?after=0")).header("authorization", phone.token());
    let (status, problem) = crate::server::problem(bad.header(HEALTH_HEADER, "{}").send().await.unwrap()).await;
    assert_eq!((status, problem.field.as_deref()), (422, Some(HEALTH_HEADER)));
}

#[tokio::test]
async fn a_checkpoint_that_the_log_does_not_hold_is_noticed_once_and_told_to_people() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    deliver(&mut phone, 1).await;
    let Checkpoint { origin, head } = signed(&station).await;
    let key = &station.server.app().keys().server;
    let carries = |origin: &str, head| note::sign(key, &Checkpoint { origin: origin.into(), head }).unwrap();
    let ahead = carries(&origin, Head { size: head.size + 900, ..head });
    let forked = carries(&origin, Head { size: 2, ..head });
    let elsewhere = carries("handoff/log/00ff/7", head);
    // A fork first: of an epoch that is over, only what is vouched for can be forked.
    for note in [&forked, &ahead, &ahead, &elsewhere] {
        told(&station, &phone, Some(note.clone())).await;
    }
    let stranger = handoff::seal::ServerKey::generate().unwrap();
    let foreign = note::sign(&stranger, &Checkpoint { origin: origin.clone(), head }).unwrap();
    assert!(told(&station, &phone, Some(foreign)).await.is_some(), "no alarm for what anyone can write");
    let events = station.events().await;
    let said = |kind: &str| events.iter().filter(|line| line.contains(kind)).cloned().collect::<Vec<_>>();
    assert_eq!(said(" ledger_ahead ").len(), 2, "{events:?}");
    assert!(said(" ledger_ahead ")[0].ends_with(&format!(" 1/{}", head.size + 900)));
    assert!(said(" ledger_ahead ")[1].ends_with(&format!(" 7/{}", head.size)));
    assert!(said(" ledger_forked ")[0].ends_with(" 1/2"));
}

/// The data folder of a server that ran and stopped, opened by nobody who signs.
async fn stopped(station: Station) -> (tempfile::TempDir, App) {
    let Station { server, dir, .. } = station;
    server.stop().await;
    let app = App::open(Config::local(dir.path())).unwrap();
    (dir, app)
}

#[tokio::test]
async fn a_leaf_whose_record_was_changed_in_the_database_is_never_signed() {
    for (sql, what) in [
        ("UPDATE events SET detail = 'other' WHERE n = (SELECT max(n) FROM events)", LeafFault::Edited),
        ("UPDATE entries SET ciphertext = enc WHERE position = 1", LeafFault::Edited),
        ("UPDATE entries SET received_ms = received_ms - 1 WHERE position = 1", LeafFault::Edited),
        ("DELETE FROM entries WHERE position = 1", LeafFault::Missing),
        ("DELETE FROM leaves WHERE n = (SELECT max(n) FROM leaves)", LeafFault::Missing),
        ("UPDATE leaves SET salt = NULL WHERE kind = 'entry'", LeafFault::ErasedUnsaid),
    ] {
        let station = Station::start().await;
        let mut phone = station.phone().await;
        deliver(&mut phone, 2).await;
        let (_dir, app) = stopped(station).await;
        // As if nothing had been signed yet: the first checkpoint covers everything.
        for back in ["DELETE FROM checkpoints", "UPDATE epochs SET signed = 0", sql] {
            app.store().write(move |db| db.run(back, &[])).await.unwrap();
        }
        assert!(!ledger::sign_now(&app).await.unwrap(), "{sql}");
        assert!(!ledger::sign_now(&app).await.unwrap(), "{sql}: again");
        let fault = app.ledger().fault().unwrap();
        assert_eq!(fault.what, what, "{sql}");
        assert!(app.ledger().newest().is_none_or(|newest| newest.head.size < fault.place.position), "{sql}");
        let faults = app.store().read(|db| events::count(db, Kind::LedgerFault)).await.unwrap();
        assert_eq!(faults, 1, "{sql}: told once");
    }
}

#[tokio::test]
async fn a_log_that_was_rewritten_after_it_was_signed_is_not_signed_again_and_its_export_shows_it() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    deliver(&mut phone, 2).await;
    signed(&station).await;
    let good = exported(station.server.app()).await;
    let (_dir, app) = stopped(station).await;
    // With commitment and salt of another leaf, so that leaf and record fit each other.
    let copy = "UPDATE leaves SET (kind, record, salt, commitment) =
        (SELECT kind, record, salt, commitment FROM leaves WHERE n = 3) WHERE n = 4";
    app.store().write(move |db| db.run(copy, &[])).await.unwrap();
    app.enrolment_code(None).await.unwrap();
    assert!(!ledger::sign_now(&app).await.unwrap());
    assert_eq!(app.ledger().fault().unwrap().what, LeafFault::Rewritten);
    assert!(verified(&app, &good, None).is_good());
    assert_eq!(names(&verified(&app, &exported(&app).await, None)), ["edited"].into());
}

#[tokio::test]
async fn an_export_proves_itself_and_names_nobody() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    deliver(&mut phone, 5).await;
    let known = signed(&station).await;
    deliver(&mut phone, 5).await;
    signed(&station).await;
    let app = station.server.app();
    let export = exported(app).await;
    let report = verified(app, &export, Some(known));
    assert!(report.is_good(), "{report}");
    assert_eq!(report.leaves[0], 10);
    assert!(report.checkpoints >= 2);
    let text = String::from_utf8(export).unwrap();
    assert!(!text.contains(CANARY));
}

#[tokio::test]
async fn after_one_person_was_erased_every_proof_is_still_valid() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let recorded = deliver(&mut phone, 3).await;
    let (referral, entry) = recorded[1].clone();
    let receipt = phone.deliver(&entry).await;
    let app = station.server.app();
    let known = signed(&station).await;
    assert_eq!(app.erase(referral).await.unwrap(), 1);
    assert_eq!(app.erase(referral).await.unwrap(), 0, "there is nothing left");
    signed(&station).await;

    let export = exported(app).await;
    let report = verified(app, &export, Some(known));
    assert!(report.is_good(), "{report}");
    assert_eq!((report.leaves[0], report.erased), (2, 1));
    let sealed = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, &entry.wire.ciphertext.0);
    assert!(!String::from_utf8(export).unwrap().contains(&sealed));
    let proof = proofs::of(app, receipt.epoch, receipt.position).await.unwrap().unwrap();
    assert!(is_included(&proof.checkpoint.head, receipt.position - 1, proof.leaf, &proof.inclusion));

    let again = phone.deliver(&entry).await;
    assert!(again.erased && (again.epoch, again.position) == (receipt.epoch, receipt.position));
    let later = phone.header(&phone.accepted_offer());
    let later = phone.seal(&handoff::domain::entry::Header { referral, ..later }, &phone.accepted_offer());
    assert!(phone.deliver(&later).await.erased, "what comes later of it is not kept either");
    signed(&station).await;
    assert_eq!(verified(app, &exported(app).await, None).leaves[0], 2);
    assert_eq!(handoff_server::cases::waiting(app).await.unwrap(), 2);

    let list = std::fs::read_to_string(station.dir.path().join("erased.jsonl")).unwrap();
    assert!(list.contains(&referral.to_string()) && list.contains(&entry.hash.to_string()), "{list}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(station.dir.path().join("erased.jsonl")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[tokio::test]
async fn a_proof_of_a_position_is_small_and_is_for_sergeants() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    for _ in 0..6 {
        deliver(&mut phone, 90).await;
    }
    let (_, entry) = phone.record(&phone.accepted_offer());
    let receipt = phone.deliver(&entry).await;
    signed(&station).await;
    let app = station.server.app();
    let proof = proofs::of(app, receipt.epoch, receipt.position).await.unwrap().unwrap();
    assert!(is_included(&proof.checkpoint.head, receipt.position - 1, proof.leaf, &proof.inclusion));
    assert!(proofs::of(app, 1, 1_000_000).await.unwrap().is_none());
    assert!(proofs::of(app, 9, 1).await.unwrap().is_none());

    let cookie = station.sign_in("hughes").await;
    let get = |path: String| station.http.get(station.url(&path)).header("cookie", &cookie).send();
    let text = get("/log/checkpoint".into()).await.unwrap().text().await.unwrap();
    assert!(note::open(&text, &phone.server).is_ok(), "{text}");
    let path = "/log/541/proof".to_owned();
    let reply = get(path).await.unwrap();
    assert_eq!(reply.status(), 200);
    let proof = reply.text().await.unwrap();
    assert!(proof.len() <= 4096, "{} bytes: {proof}", proof.len());

    let post = station.http.post(station.url("/log/export")).header("cookie", &cookie);
    let export = post.header("sec-fetch-site", "same-origin").send().await.unwrap();
    assert_eq!(export.status(), 200);
    let export = export.bytes().await.unwrap();
    let report = verified(app, &export, None);
    assert!(report.is_good() && report.leaves[0] == 541, "{report}");
    assert!(station.events().await.iter().any(|line| line.contains(" exported ")));
}
