//! Backups, and what becomes of everyone when an older one is put in the server's place.

use crate::phone::Officer;
use crate::server::{Station, TestPhone, problem};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use handoff::domain::ids::ReferralId;
use handoff::domain::wire::{
    CERTIFICATE_HEADER, EntriesReply, EntriesRequest, Epochs, FeedReply, Health, Kept, ReceiptBody, Revocation, Signed,
    Watermark,
};
use handoff::seal::{SealedEntry, ServerKey, Tag};
use handoff::sync::RecordState;
use handoff_server::restore::restore;
use handoff_server::store::{epochs, events};
use handoff_server::{AppError, Config};
use std::path::Path;

/// How many rows a question finds.
async fn count(station: &Station, sql: &'static str) -> u64 {
    station.server.app().store().read(move |db| db.first(sql, &[])?.unwrap().count()).await.unwrap()
}

async fn cases(station: &Station) -> u64 {
    count(station, "SELECT count(*) FROM cases").await
}

async fn entries(station: &Station) -> u64 {
    count(station, "SELECT count(*) FROM entries").await
}

async fn lost(station: &Station) -> Vec<epochs::Lost> {
    station.server.app().store().read(epochs::lost).await.unwrap()
}

/// A backup in a folder of its own.
pub async fn back_up(station: &Station) -> (tempfile::TempDir, std::path::PathBuf, Watermark) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("handoff.backup");
    let backup = station.server.app().backup(file.clone()).await.unwrap();
    (dir, file, backup.watermark)
}

/// Stops the server, puts the backup in place, and starts it again at the same address.
pub async fn restored(station: Station, file: &Path) -> Station {
    station.restarted(|config| drop(restore(config, file).unwrap())).await
}

/// Sends entries with receipts of before.
async fn offer_again(
    phone: &TestPhone,
    entries: &[(&SealedEntry, Option<Signed>)],
) -> (Vec<ReceiptBody>, Option<Epochs>) {
    let request = EntriesRequest {
        health: phone.health(),
        entries: entries.iter().map(|(entry, _)| entry.wire.clone()).collect(),
        again: entries.iter().filter_map(|(_, receipt)| receipt.clone()).collect(),
    };
    let reply = phone.call(&request).await;
    assert_eq!(reply.status(), 200);
    let reply: EntriesReply = reply.json().await.unwrap();
    let epochs = reply.epochs.map(|signed| phone.server.open(Tag::Epochs, &signed).unwrap());
    (reply.answers.iter().map(|answer| phone.receipt(answer)).collect(), epochs)
}

async fn accept(station: &Station, referral: ReferralId) {
    let cookie = station.sign_in("okafor").await;
    let post = station.http.post(station.url(&format!("/referrals/{referral}/accept"))).header("cookie", cookie);
    let post = post.header("sec-fetch-site", "same-origin").header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(post.body("when=10&time=&place=scene&note=").send().await.unwrap().status(), 303);
}

pub async fn confirm(station: &Station) -> usize {
    let app = station.server.app();
    let devices = app.devices().await.unwrap().into_iter().map(|device| device.id).collect();
    app.confirm_revocations(devices).await.unwrap()
}

#[tokio::test]
async fn real_phones_bring_back_what_a_restored_server_lost() {
    let station = Station::start().await;
    let (early, gone) = (Officer::unlocked(&station).await, station.phone().await);
    let mut referrals = vec![early.accept()];
    early.phone.sync_once().await.unwrap();
    referrals.push(early.accept());
    early.phone.sync_once().await.unwrap();
    let (_dir, file, mark) = back_up(&station).await;
    early.phone.sync_once().await.unwrap();

    // What the copy does not know: records, who took one, a new phone, a revocation.
    referrals.push(early.accept());
    early.phone.sync_once().await.unwrap();
    accept(&station, referrals[2]).await;
    early.phone.sync_once().await.unwrap();
    assert!(matches!(early.state(referrals[2]), RecordState::Accepted { .. }));
    let late = Officer::unlocked(&station).await;
    referrals.push(late.accept());
    late.phone.sync_once().await.unwrap();
    assert!(station.server.app().revoke(gone.enrolled.device).await.unwrap());
    assert_eq!((cases(&station).await, entries(&station).await), (4, 4));

    let station = restored(station, &file).await;
    assert_eq!((cases(&station).await, entries(&station).await), (2, 2), "it is the older copy");
    // Each comes a few times: to hear of the epoch, and to offer again.
    for _ in 0..3 {
        early.phone.sync_once().await.unwrap();
        late.phone.sync_once().await.unwrap();
    }
    assert_eq!((cases(&station).await, entries(&station).await), (4, 4), "nothing lost, nothing doubled");
    assert_eq!((early.phone.health().unwrap().unsent, late.phone.health().unwrap().unsent), (0, 0));
    for officer in [&early, &late] {
        assert!(officer.phone.alarms().unwrap().is_empty(), "an epoch that was announced is no fork");
        let voided = officer.phone.voided().unwrap();
        assert_eq!((voided.receipts, voided.waiting, voided.gone), (1, 0, 0));
    }
    let [lost] = lost(&station).await[..] else { panic!("one epoch lost something") };
    assert_eq!((lost.epoch, lost.from, lost.returned), (1, mark.backed_up + 1, 2));

    // Nobody reads before an admin has looked; the revoked phone not even then.
    let (status, refused) = problem(gone.feed("after=0").await).await;
    let revocation: Revocation = gone.server.open(Tag::Revocation, &refused.revocation.unwrap()).unwrap();
    assert_eq!((status, refused.error.as_str(), revocation.device), (403, "revoked", gone.enrolled.device));
    assert_eq!(confirm(&station).await, 3);
    early.phone.sync_once().await.unwrap();
    early.phone.sync_once().await.unwrap();
    assert!(
        matches!(early.state(referrals[2]), RecordState::Received { .. }),
        "its acceptance is lost: it is open again"
    );
    assert_eq!(problem(gone.feed("after=0").await).await.0, 403);
    accept(&station, referrals[2]).await;
    early.phone.sync_once().await.unwrap();
    assert!(matches!(early.state(referrals[2]), RecordState::Accepted { .. }));
}

#[tokio::test]
async fn entries_of_a_lost_range_get_new_places_once_and_the_others_keep_theirs() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let mut sealed = Vec::new();
    for _ in 0..4 {
        sealed.push(phone.record(&phone.accepted_offer()).1);
    }
    let kept = phone.deliver(&sealed[0]).await;
    let (_dir, file, mark) = back_up(&station).await;
    assert_eq!((mark.epoch, mark.backed_up >= kept.position), (1, true));
    assert_eq!(phone.deliver(&sealed[0]).await.backed_up, mark.backed_up, "receipts say what is in the backup");
    let feed: FeedReply = phone.feed("after=0").await.json().await.unwrap();
    assert_eq!(phone.server.open::<Watermark>(Tag::Watermark, &feed.watermark.unwrap()).unwrap(), mark);
    assert_eq!(feed.epochs, None, "the first epoch lasts");
    let mut void = Vec::new();
    for entry in &sealed[1..3] {
        void.push(phone.signed_receipt(entry).await);
    }
    let before = phone.server.open::<ReceiptBody>(Tag::Receipt, &void[1]).unwrap();

    let station = restored(station, &file).await;
    let (receipts, epochs) = offer_again(
        &phone,
        &[(&sealed[0], None), (&sealed[2], Some(void[1].clone())), (&sealed[1], None), (&sealed[3], None)],
    )
    .await;
    let epochs = epochs.unwrap();
    assert_eq!((epochs.epoch, epochs.kept.len()), (2, 1));
    let Kept { epoch: 1, size, seen } = epochs.kept[0] else { panic!("{:?}", epochs.kept) };
    assert!(size == mark.backed_up && seen >= before.position, "{size} {seen}");
    assert_eq!((receipts[0].epoch, receipts[0].position), (1, kept.position), "held before: its first place");
    assert!(receipts[1..].iter().all(|receipt| receipt.epoch == 2 && epochs.holds(2, receipt.position)));
    assert_eq!(lost(&station).await[0].returned, 1, "counted by the void receipt");
    let (again, _) =
        offer_again(&phone, &[(&sealed[2], Some(void[1].clone())), (&sealed[1], Some(void[0].clone()))]).await;
    assert_eq!(again, [receipts[1].clone(), receipts[2].clone()], "the same receipts");
    assert_eq!(lost(&station).await[0].returned, 2, "each place once");
    assert_eq!((cases(&station).await, entries(&station).await), (4, 4));

    // A second restore of the same copy is another epoch.
    let station = restored(station, &file).await;
    let (receipts, epochs) = offer_again(&phone, &sealed.iter().map(|entry| (entry, None)).collect::<Vec<_>>()).await;
    let epochs = epochs.unwrap();
    assert_eq!(epochs.epoch, 3);
    assert!(receipts.iter().all(|receipt| epochs.holds(receipt.epoch, receipt.position)), "{receipts:?} {epochs:?}");
    assert_eq!((cases(&station).await, entries(&station).await), (4, 4));
}

#[tokio::test]
async fn a_device_that_the_copy_does_not_know_comes_back_by_its_certificate_alone() {
    let station = Station::start().await;
    let (_dir, file, _) = back_up(&station).await;
    let mut phone = station.phone().await;
    let certificate = phone.enrolled.certificate.clone().unwrap();
    let station = restored(station, &file).await;
    let (_, entry) = phone.record(&phone.accepted_offer());
    assert_eq!(phone.post(vec![entry.wire.clone()]).await.status(), 401);
    let show = |signed: &Signed, token: String| {
        let request = EntriesRequest { health: phone.health(), entries: vec![entry.wire.clone()], again: vec![] };
        let post = station.http.post(station.url("/v1/entries")).header("authorization", token).json(&request);
        post.header(CERTIFICATE_HEADER, B64.encode(serde_json::to_vec(signed).unwrap())).send()
    };
    let forged = ServerKey::generate().unwrap();
    let body: handoff::domain::wire::Certificate = phone.server.open(Tag::Certificate, &certificate).unwrap();
    let forged = forged.sign(Tag::Certificate, &body).unwrap();
    assert_eq!(show(&forged, phone.token()).await.unwrap().status(), 401, "not signed by this server");
    let other = format!("Bearer {}", B64.encode([7; 32]));
    assert_eq!(show(&certificate, other).await.unwrap().status(), 401, "a certificate without its token");
    assert_eq!(show(&certificate, phone.token()).await.unwrap().status(), 200);
    assert_eq!((cases(&station).await, entries(&station).await), (1, 1));
    let (status, refused) = problem(phone.feed("after=0").await).await;
    assert_eq!((status, refused.error.as_str()), (503, "awaiting_confirmation"));
    let epochs: Epochs = phone.server.open(Tag::Epochs, &refused.epochs.unwrap()).unwrap();
    assert_eq!(epochs.epoch, 2);
    assert_eq!(confirm(&station).await, 1);
    assert_eq!(phone.feed("after=0").await.status(), 200);
    let happened = station.events().await;
    let told = |kind: &str| happened.iter().filter(|line| line.contains(&format!(" {kind} "))).count();
    assert_eq!((told("readmitted"), told("epoch_opened"), told("revocations_confirmed")), (1, 1, 1));
}

#[tokio::test]
async fn a_session_and_a_code_of_before_the_restore_let_nobody_in() {
    let station = Station::start().await;
    let (cookie, link) = (station.sign_in("okafor").await, station.server.app().invite("okafor").await.unwrap());
    let code = station.server.app().enrolment_code(None).await.unwrap();
    let (_dir, file, _) = back_up(&station).await;
    let station = restored(station, &file).await;
    let inbox = station.http.get(station.url("/inbox")).header("cookie", cookie).send().await.unwrap();
    assert_eq!(inbox.status(), 401);
    assert_eq!(station.http.post(&link).header("sec-fetch-site", "same-origin").send().await.unwrap().status(), 403);
    let key = handoff::seal::DeviceKey::generate().unwrap();
    assert_eq!(station.enrol(&code, &key).await.status(), 403);
    drop(station.sign_in("okafor").await);
}

#[tokio::test]
async fn a_backup_is_made_while_phones_deliver_and_holds_no_key_and_nothing_in_clear() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let sealed: Vec<SealedEntry> = (0..40).map(|_| phone.record(&phone.accepted_offer()).1).collect();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("handoff.backup");
    let deliver = async {
        for entry in &sealed {
            phone.deliver(entry).await;
        }
    };
    let backup = async {
        let mut marks = Vec::new();
        for _ in 0..3 {
            marks.push(station.server.app().backup(file.clone()).await.unwrap().watermark.backed_up);
        }
        marks
    };
    let ((), marks) = tokio::join!(deliver, backup);
    assert!(marks.is_sorted() && marks[0] < marks[2], "{marks:?}");
    let bytes = std::fs::read(&file).unwrap();
    let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    assert!(!holds(b"SQLite format 3") && !holds(b"Seattle LEAD") && !holds(b"CREATE TABLE"));
    for key in std::fs::read_dir(station.dir.path().join("keys")).unwrap() {
        assert!(!holds(&std::fs::read(key.unwrap().path()).unwrap()));
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "one file, nothing beside it");
    let station = restored(station, &file).await;
    assert!(entries(&station).await <= 40);
    for entry in &sealed {
        phone.deliver(entry).await;
    }
    assert_eq!((cases(&station).await, entries(&station).await), (40, 40));
}

#[tokio::test]
async fn a_restore_that_cannot_be_done_leaves_everything_as_it_was() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let (_, entry) = phone.record(&phone.accepted_offer());
    let receipt = phone.deliver(&entry).await;
    let (dir, file, _) = back_up(&station).await;
    let config = Config::local(station.dir.path());
    let taken = restore(&config, &file).unwrap_err();
    assert!(taken.to_string().contains("stop it first"), "{taken}");

    let garbage = dir.path().join("garbage");
    std::fs::write(&garbage, [7; 30_000]).unwrap();
    let mut torn = std::fs::read(&file).unwrap();
    let middle = torn.len() / 2;
    torn[middle] ^= 1;
    let damaged = dir.path().join("damaged");
    std::fs::write(&damaged, &torn).unwrap();
    let station = station
        .restarted(|config| {
            for bad in [&garbage, &damaged, &dir.path().join("none")] {
                let error = restore(config, bad).unwrap_err();
                assert!(matches!(error, AppError::Store(_) | AppError::Io(..)), "{error}");
            }
            let beside: Vec<_> = std::fs::read_dir(&config.data).unwrap().map(|f| f.unwrap().file_name()).collect();
            assert!(beside.iter().all(|name| !name.to_string_lossy().contains("new")), "{beside:?}");
        })
        .await;
    assert_eq!(
        phone.deliver(&entry).await,
        ReceiptBody { backed_up: phone.deliver(&entry).await.backed_up, ..receipt }
    );
    let set_aside = |station: &Station| {
        let names = std::fs::read_dir(station.dir.path()).unwrap().map(|f| f.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().starts_with("server.db.20")).count()
    };
    assert_eq!(set_aside(&station), 0);
    let station = restored(station, &file).await;
    assert_eq!(set_aside(&station), 1, "the present database is kept");
    let kinds = station.server.app().store().read(|db| events::count(db, events::Kind::BackedUp)).await.unwrap();
    assert_eq!(kinds, 0, "a copy does not hold its own backup");
}

/// The database's files as they stand when the last connection has folded its log into the file.
fn files(config: &Config) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let started = std::time::Instant::now();
    while Path::new(&format!("{}-wal", config.database().display())).exists() {
        assert!(started.elapsed().as_secs() < 30, "the store does not close");
        std::thread::yield_now();
    }
    let named = |part: &str| std::path::PathBuf::from(format!("{}{part}", config.database().display()));
    let read = |path: std::path::PathBuf| Some((path.clone(), std::fs::read(path).ok()?));
    ["", "-wal"].into_iter().filter_map(|part| read(named(part))).collect()
}

/// Puts them back by hand, as someone would who knows of no `restore`.
fn put_back(config: &Config, old: &[(std::path::PathBuf, Vec<u8>)]) {
    for part in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(format!("{}{part}", config.database().display())));
    }
    for (path, bytes) in old {
        std::fs::write(path, bytes).unwrap();
    }
}

/// A phone's call with a checkpoint that it saw before.
async fn call_with(phone: &TestPhone, checkpoint: &str, entries: &[&SealedEntry], again: Vec<Signed>) -> EntriesReply {
    let health = Health { checkpoint: Some(checkpoint.to_owned()), ..phone.health() };
    let entries = entries.iter().map(|entry| entry.wire.clone()).collect();
    let reply = phone.call(&EntriesRequest { health, entries, again }).await;
    assert_eq!(reply.status(), 200);
    reply.json().await.unwrap()
}

#[tokio::test]
async fn old_files_copied_back_by_hand_are_found_out_before_anyone_is_served() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let sealed: Vec<SealedEntry> = (0..3).map(|_| phone.record(&phone.accepted_offer()).1).collect();
    let kept = phone.deliver(&sealed[0]).await;
    let mut old = Vec::new();
    let station = station.restarted(|config| old = files(config)).await;
    let void = phone.signed_receipt(&sealed[1]).await;
    handoff_server::ledger::sign_now(station.server.app()).await.unwrap();

    let station = station.restarted(|config| put_back(config, &old)).await;
    let (receipts, epochs) =
        offer_again(&phone, &[(&sealed[0], None), (&sealed[1], Some(void)), (&sealed[2], None)]).await;
    let epochs = epochs.unwrap();
    assert_eq!(epochs.epoch, 2, "opened by itself");
    assert_eq!((receipts[0].epoch, receipts[0].position), (1, kept.position));
    assert!(receipts[1..].iter().all(|receipt| receipt.epoch == 2));
    assert_eq!((cases(&station).await, entries(&station).await), (3, 3));
    assert_eq!(lost(&station).await[0].returned, 1);
    let (status, refused) = problem(phone.feed("after=0").await).await;
    assert_eq!((status, refused.error.as_str()), (503, "awaiting_confirmation"));

    let cookie = station.sign_in("hughes").await;
    let page = station.http.get(station.url("/log")).header("cookie", cookie).send().await.unwrap();
    let page = page.text().await.unwrap();
    assert!(page.contains("of epoch 1 are not here") && page.contains("1 of "), "the sergeant sees it");
    assert!(page.contains("1 phone waits for an administrator"));
    let cookie = station.sign_in("okafor").await;
    let inbox = station.http.get(station.url("/inbox")).header("cookie", cookie).send().await.unwrap();
    assert!(inbox.text().await.unwrap().contains("Open again: the server was restored"));
    assert_eq!(confirm(&station).await, 1);
    assert_eq!(phone.feed("after=0").await.status(), 200);
}

#[tokio::test]
async fn a_server_that_served_from_an_old_copy_learns_it_from_the_first_phone_that_saw_more() {
    let station = Station::start().await;
    let (mut early, mut new) = (station.phone().await, station.phone().await);
    let sealed: Vec<SealedEntry> = (0..3).map(|_| early.record(&early.accepted_offer()).1).collect();
    let kept = early.deliver(&sealed[0]).await;
    let mut old = Vec::new();
    let station = station.restarted(|config| old = files(config)).await;
    let mut void = Vec::new();
    for entry in &sealed[1..] {
        void.push(early.signed_receipt(entry).await);
    }
    handoff_server::ledger::sign_now(station.server.app()).await.unwrap();
    let reply: EntriesReply = early.post(vec![]).await.json().await.unwrap();
    let seen = reply.ledger.unwrap().checkpoint;

    // The whole folder is of old, what the server keeps of itself too.
    let station = station
        .restarted(|config| {
            put_back(config, &old);
            drop(std::fs::remove_file(config.data.join("checkpoint")));
        })
        .await;
    let (_, entry) = new.record(&new.accepted_offer());
    let twice = new.signed_receipt(&entry).await;
    let place = new.server.open::<ReceiptBody>(Tag::Receipt, &twice).unwrap();
    assert_eq!(place.epoch, 1, "nobody knows yet");

    let reply = call_with(&early, &seen, &[&sealed[1], &sealed[2], &sealed[0]], void).await;
    let epochs: Epochs = early.server.open(Tag::Epochs, &reply.epochs.unwrap()).unwrap();
    let receipts: Vec<_> = reply.answers.iter().map(|answer| early.receipt(answer)).collect();
    assert_eq!(epochs.epoch, 2);
    assert!(!epochs.holds(1, place.position), "a place that was given twice is vouched for to nobody");
    // Nobody knows with which start the copy came into use, so what the server stored since the first is placed anew.
    assert!(kept.epoch == 1 && receipts[2].epoch == 2);
    assert!(receipts.iter().all(|receipt| epochs.holds(receipt.epoch, receipt.position)));
    let (again, _) = offer_again(&new, &[(&entry, Some(twice))]).await;
    assert!(epochs.holds(again[0].epoch, again[0].position), "it is stored, and has a new place");
    assert_eq!((cases(&station).await, entries(&station).await), (4, 4));
    assert!(handoff_server::ledger::sign_now(station.server.app()).await.unwrap(), "every leaf is that of its record");
    let opened = station.events().await.into_iter().filter(|line| line.contains(" epoch_opened ")).count();
    assert_eq!(opened, 1);
    let reply = call_with(&early, &seen, &[], vec![]).await;
    assert!(reply.ledger.is_some(), "it is told of the new log");
}

#[tokio::test]
async fn what_was_erased_after_the_backup_stays_erased() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let (referral, entry) = phone.record(&phone.accepted_offer());
    phone.deliver(&entry).await;
    let (_dir, file, _) = back_up(&station).await;
    assert_eq!(station.server.app().erase(referral).await.unwrap(), 1);
    let station = restored(station, &file).await;
    let sealed = "SELECT count(*) FROM entries WHERE length(ciphertext) > 0";
    assert_eq!(count(&station, sealed).await, 0, "erased again before anyone is served");
    assert!(phone.deliver(&entry).await.erased, "a tombstone");
    assert_eq!(count(&station, sealed).await, 0);
}
