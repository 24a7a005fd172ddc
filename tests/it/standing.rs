//! What the phone makes of a server's own standing: backups, a restored copy, erased records, a closed feed,
//! and being a stranger to it.

use crate::outbox::{NEVER, StandIn, hashes_of, quiet_feed};
use crate::phone::Officer;
use crate::server::Station;
use chrono::{DateTime, TimeDelta, Utc};
use handoff::domain::ids::{Hash, ReferralId};
use handoff::domain::wire::{
    Answer, Certificate, EntriesReply, EntriesRequest, EntryResult, Epochs, FeedReply, Health, Kept, LedgerNews,
    Problem, ReceiptBody, Signed, Watermark,
};
use handoff::outbox::Hold;
use handoff::seal::note::{self, Checkpoint};
use handoff::seal::tree::{self, Frontier, Node};
use handoff::seal::{ServerKey, Tag};
use handoff::sync::{FeedState, RecordState};
use serde_json::{Value, to_value};
use std::sync::{Arc, Mutex};

/// What the server of these tests is like; the test changes it as it goes.
struct Server {
    key: ServerKey,
    epoch: u64,
    next: u64,
    backed_up: u64,
    erases: bool,
    at: DateTime<Utc>,
    epochs: Option<Signed>,
    watermark: Option<Signed>,
    closed: bool,
    /// It does not know the device before it sees its certificate.
    stranger: bool,
    /// The log's leaves; without any there is no checkpoint.
    leaves: Vec<Hash>,
    /// The checkpoint that came with each call.
    shown: Vec<Option<String>>,
    /// Every entry that was offered, with how many void receipts came with its batch.
    offered: Vec<(Hash, usize)>,
}

impl Server {
    fn sign(&self, tag: Tag, document: &impl serde::Serialize) -> Signed {
        self.key.sign(tag, document).unwrap()
    }

    fn take(&mut self, body: &[u8]) -> Value {
        let again = serde_json::from_slice::<Value>(body).unwrap()["again"].as_array().map_or(0, Vec::len);
        let answers = hashes_of(body).into_iter().map(|entry| {
            self.offered.push((entry, again));
            self.next += 1;
            let receipt = ReceiptBody {
                entry,
                position: self.next - 1,
                epoch: self.epoch,
                backed_up: self.backed_up,
                at: self.at,
                erased: self.erases,
            };
            Answer { entry, result: EntryResult::Receipt(self.key.sign(Tag::Receipt, &receipt).unwrap()) }
        });
        let answers = answers.collect();
        let epochs = self.epochs.clone();
        to_value(EntriesReply { server_time: self.at, answers, ledger: self.news(), epochs }).unwrap()
    }

    fn answer(&mut self, head: &str, body: &[u8]) -> (u16, Value) {
        let known = head.to_lowercase().contains("handoff-certificate: ");
        if self.stranger && !known {
            return (401, serde_json::json!({"error": "unauthorized", "message": "Who?"}));
        }
        self.stranger = false;
        let is_feed = head.starts_with("GET /v1/feed");
        let header = head.lines().find_map(|line| line.strip_prefix("handoff-health: "));
        let health = match header {
            Some(json) => serde_json::from_str::<Health>(json).unwrap(),
            None => serde_json::from_slice::<EntriesRequest>(body).unwrap().health,
        };
        self.shown.push(health.checkpoint);
        if is_feed { self.feed() } else { (200, self.take(body)) }
    }

    fn origin(&self) -> String {
        format!("log/{}", self.epoch)
    }

    fn note(&self, size: usize) -> String {
        let mut frontier = Frontier::default();
        self.leaves[..size].iter().for_each(|leaf| frontier.push(*leaf, |_, _| ()));
        note::sign(&self.key, &Checkpoint { origin: self.origin(), head: frontier.head() }).unwrap()
    }

    /// The newest checkpoint, with the proof from the one that the device showed.
    fn news(&self) -> Option<LedgerNews> {
        let size = self.leaves.len();
        let shown = self.shown.last().cloned().flatten().map(|note| note::read(&note).unwrap());
        let from = shown.filter(|shown| shown.origin == self.origin()).map_or(0, |shown| shown.head.size);
        let mut read = |node: Node| -> Result<Hash, ()> {
            let mut frontier = Frontier::default();
            let first = usize::try_from(node.index << node.level).unwrap();
            self.leaves[first..first + (1 << node.level)].iter().for_each(|leaf| frontier.push(*leaf, |_, _| ()));
            Ok(frontier.head().root)
        };
        let consistency = tree::consistency(from, u64::try_from(size).unwrap(), &mut read).unwrap();
        (size > 0).then(|| LedgerNews { checkpoint: self.note(size), consistency })
    }

    fn grow(&mut self, leaves: u8, kind: u8) {
        self.leaves.extend((0..leaves).map(|n| tree::leaf_hash(&[kind, n])));
    }

    fn feed(&self) -> (u16, Value) {
        if self.closed {
            let problem = Problem {
                error: "awaiting_confirmation".into(),
                field: None,
                message: "Wait.".into(),
                revocation: None,
                epochs: self.epochs.clone(),
            };
            return (503, to_value(problem).unwrap());
        }
        let (epochs, watermark, ledger) = (self.epochs.clone(), self.watermark.clone(), self.news());
        let feed = FeedReply { epoch: self.epoch, server_time: self.at, epochs, watermark, ledger, ..quiet_feed() };
        (200, to_value(feed).unwrap())
    }

    /// Restored from a copy that holds the first `size` positions of the epoch.
    fn restore(&mut self, size: u64) {
        let kept = vec![Kept { epoch: self.epoch, size, seen: self.next - 1 }];
        (self.epoch, self.next) = (self.epoch + 1, 2);
        self.epochs = Some(self.told(kept));
    }

    fn told(&self, kept: Vec<Kept>) -> Signed {
        let origin = self.origin();
        self.sign(Tag::Epochs, &Epochs { epoch: self.epoch, origin, began: self.at, kept })
    }

    fn back_up(&mut self, backed_up: u64, days: i64) {
        let at = self.at + TimeDelta::days(days);
        self.watermark = Some(self.sign(Tag::Watermark, &Watermark { epoch: self.epoch, backed_up, at }));
    }
}

/// An officer whose phone talks to such a server.
async fn scene() -> (Officer, Arc<Mutex<Server>>, Station) {
    let station = Station::start().await;
    let officer = Officer::enrolled(&station).await;
    let stand_in = StandIn::start().await;
    let officer = stand_in.take_the_place_of_the_server(officer);
    // The stand-in's log is another than that of the server where the phone was enrolled.
    let outbox = rusqlite::Connection::open(officer.dir.path().join("outbox.db")).unwrap();
    outbox.execute("DELETE FROM checkpoint", []).unwrap();
    let server = Arc::new(Mutex::new(Server {
        key: ServerKey::from_seed(station.server.app().keys().server.seed()).unwrap(),
        epoch: 1,
        next: 1,
        backed_up: 0,
        erases: false,
        at: Utc::now(),
        epochs: None,
        watermark: None,
        closed: false,
        stranger: false,
        leaves: Vec::new(),
        shown: Vec::new(),
        offered: Vec::new(),
    }));
    let theirs = Arc::clone(&server);
    stand_in.answer(move |head, body| Some(theirs.lock().unwrap().answer(head, body)));
    (officer, server, station)
}

/// Whether the sealed bytes of each entry are still here, in order.
fn bytes_here(officer: &Officer) -> Vec<bool> {
    let db = rusqlite::Connection::open(officer.dir.path().join("outbox.db")).unwrap();
    let mut query = db.prepare("SELECT ciphertext IS NOT NULL FROM entries ORDER BY seq").unwrap();
    query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn is_received(officer: &Officer, id: ReferralId) -> bool {
    matches!(officer.state(id), RecordState::Received { .. })
}

#[tokio::test]
async fn sealed_bytes_stay_for_thirty_days_after_the_backup_that_holds_them() {
    let (officer, server, _station) = scene().await;
    for _ in 0..3 {
        officer.accept();
    }
    officer.phone.sync_once().await.unwrap();
    server.lock().unwrap().back_up(2, 0);
    officer.phone.sync_once().await.unwrap();
    assert_eq!(bytes_here(&officer), [true; 3], "in a backup, and kept");
    server.lock().unwrap().back_up(2, 29);
    officer.phone.sync_once().await.unwrap();
    assert_eq!(bytes_here(&officer), [true; 3]);
    // The phone's own clock says nothing here.
    officer.clock.pass_ms(400 * 24 * 3_600_000);
    officer.phone.sync_once().await.unwrap();
    assert_eq!(bytes_here(&officer), [true; 3]);
    server.lock().unwrap().back_up(2, 31);
    officer.phone.sync_once().await.unwrap();
    assert_eq!(bytes_here(&officer), [false, false, true], "without a new receipt");
}

#[tokio::test]
async fn what_a_restored_server_lost_is_offered_again_by_itself_once_and_with_its_void_receipt() {
    let (officer, server, _station) = scene().await;
    let ids = [officer.accept(), officer.accept(), officer.accept()];
    officer.phone.sync_once().await.unwrap();
    server.lock().unwrap().restore(1);
    let report = officer.phone.sync_once().await.unwrap();
    assert_eq!((report.receipted, report.waiting), (2, 0));
    assert!(ids.iter().all(|id| is_received(&officer, *id)));
    let offered = server.lock().unwrap().offered.clone();
    assert_eq!(offered.len(), 5);
    assert!(offered[3..].iter().all(|(_, again)| *again == 2), "the void receipts of the batch");
    assert_eq!(offered[3..].iter().map(|o| o.0).collect::<Vec<_>>(), [offered[1].0, offered[2].0]);
    let voided = officer.phone.voided().unwrap();
    assert_eq!((voided.receipts, voided.waiting, voided.gone), (2, 0, 0));
    assert_eq!(officer.restart().phone.sync_once().await.unwrap().receipted, 0, "told again, nothing doubled");
    assert_eq!(server.lock().unwrap().offered.len(), 5);
}

#[tokio::test]
async fn a_closed_feed_tells_what_to_offer_again_and_shows_why_there_is_no_news() {
    let (officer, server, _station) = scene().await;
    let id = officer.accept();
    officer.phone.sync_once().await.unwrap();
    server.lock().unwrap().restore(0);
    server.lock().unwrap().closed = true;
    let report = officer.phone.sync_once().await.unwrap();
    assert_eq!(report.feed, FeedState::Stale(Hold::AwaitingConfirmation));
    assert_eq!(report.receipted, 1);
    assert!(is_received(&officer, id));
    let officer = officer.restart();
    officer.accept();
    assert_eq!(officer.phone.sync_once().await.unwrap().receipted, 1, "a closed feed stops no delivery");
}

#[tokio::test]
async fn epochs_that_are_older_or_not_the_servers_void_nothing() {
    let (officer, server, _station) = scene().await;
    let id = officer.accept();
    officer.phone.sync_once().await.unwrap();
    let stranger = ServerKey::generate().unwrap();
    let forged = Epochs { epoch: 2, origin: "x".into(), began: Utc::now(), kept: vec![] };
    server.lock().unwrap().epochs = Some(stranger.sign(Tag::Epochs, &forged).unwrap());
    assert_eq!(officer.phone.sync_once().await.unwrap().receipted, 0);
    let old = server.lock().unwrap().told(vec![]);
    server.lock().unwrap().restore(1);
    officer.phone.sync_once().await.unwrap();
    server.lock().unwrap().epochs = Some(old);
    assert_eq!(officer.phone.alarms().unwrap().len(), 0);
    for _ in 0..2 {
        assert_eq!(officer.phone.sync_once().await.unwrap().receipted, 0);
    }
    assert!(is_received(&officer, id));
    let officer = officer.restart();
    let alarms = officer.phone.alarms().unwrap();
    assert_eq!(alarms.iter().map(|alarm| alarm.kind.as_str()).collect::<Vec<_>>(), ["epoch_went_back"]);
    assert_eq!(officer.phone.voided().unwrap().receipts, 0);
}

#[tokio::test]
async fn a_receipt_that_was_overtaken_by_a_new_epoch_clears_nothing() {
    let (officer, server, _station) = scene().await;
    let id = officer.accept();
    {
        let mut server = server.lock().unwrap();
        server.restore(0);
        // The answer was made before the server was restored, and comes after.
        (server.epoch, server.next) = (1, 1);
    }
    let report = officer.phone.sync_once().await.unwrap();
    assert_eq!((report.receipted, report.waiting), (0, 1));
    (server.lock().unwrap().epoch, server.lock().unwrap().next) = (2, 2);
    assert_eq!(officer.phone.sync_once().await.unwrap().receipted, 1);
    assert!(is_received(&officer, id));
}

#[tokio::test]
async fn a_record_whose_bytes_had_gone_before_it_was_lost_is_counted_and_shown() {
    let (officer, server, _station) = scene().await;
    let id = officer.accept();
    officer.phone.sync_once().await.unwrap();
    for days in [0, 31] {
        server.lock().unwrap().back_up(1, days);
        officer.phone.sync_once().await.unwrap();
    }
    assert_eq!(bytes_here(&officer), [false]);
    server.lock().unwrap().restore(0);
    let report = officer.phone.sync_once().await.unwrap();
    assert_eq!((report.receipted, report.waiting), (0, 0));
    assert_eq!(officer.phone.voided().unwrap().gone, 1);
    assert!(matches!(officer.state(id), RecordState::Wedged { reason: "gone", .. }));
    assert_eq!(officer.phone.health().unwrap().unsent, 1, "the server hears of it");
}

#[tokio::test]
async fn an_erased_record_leaves_the_phone_at_once_and_is_never_offered_again() {
    let (officer, server, _station) = scene().await;
    officer.accept();
    server.lock().unwrap().erases = true;
    officer.phone.sync_once().await.unwrap();
    assert_eq!(bytes_here(&officer), [false]);
    server.lock().unwrap().restore(0);
    assert_eq!(officer.phone.sync_once().await.unwrap().receipted, 0);
    let voided = officer.phone.voided().unwrap();
    assert_eq!((voided.receipts, voided.gone), (0, 0));
    assert_eq!(server.lock().unwrap().offered.len(), 1);
}

#[tokio::test]
async fn the_readable_copy_of_an_erased_record_goes_at_once_or_at_the_next_unlock() {
    let (officer, server, _station) = scene().await;
    officer.phone.create_vault(officer.secret).unwrap();
    let kept = officer.accept();
    officer.phone.sync_once().await.unwrap();
    server.lock().unwrap().erases = true;

    let open = officer.accept();
    assert!(officer.phone.decision(open).is_some());
    officer.phone.sync_once().await.unwrap();
    assert_eq!(officer.phone.decision(open), None, "while unlocked, as soon as the phone hears of it");

    let before = officer.accept();
    officer.phone.lock();
    let locked = officer.accept();
    officer.phone.sync_once().await.unwrap();
    let officer = officer.restart();
    officer.phone.unlock(officer.secret).unwrap();
    for gone in [before, locked] {
        assert_eq!(officer.phone.decision(gone), None, "with the unlock");
        assert!(officer.phone.records().unwrap().iter().any(|row| row.referral == gone && row.title.is_none()));
    }
    assert!(officer.phone.decision(kept).is_some(), "and nothing else");
}

#[tokio::test]
async fn the_newest_checkpoint_is_shown_on_every_call_and_follows_the_log() {
    let (officer, server, _station) = scene().await;
    server.lock().unwrap().grow(3, 0);
    officer.phone.sync_once().await.unwrap();
    server.lock().unwrap().grow(4, 1);
    let officer = officer.restart();
    officer.accept();
    officer.phone.sync_once().await.unwrap();
    officer.phone.sync_once().await.unwrap();
    let server = server.lock().unwrap();
    let (three, seven) = (server.note(3), server.note(7));
    assert_eq!(server.shown.first(), Some(&None));
    assert_eq!(server.shown[1], Some(three), "over a restart");
    assert_eq!(server.shown.last(), Some(&Some(seven.clone())));
    assert_eq!(officer.phone.health().unwrap().checkpoint, Some(seven));
    assert!(officer.phone.alarms().unwrap().is_empty());
}

#[tokio::test]
async fn a_log_that_was_rewritten_is_an_alarm_that_stays_and_both_notes_are_kept() {
    let (officer, server, _station) = scene().await;
    server.lock().unwrap().grow(5, 0);
    officer.phone.sync_once().await.unwrap();
    let seen = server.lock().unwrap().note(5);
    server.lock().unwrap().leaves[2] = Hash([9; 32]);
    server.lock().unwrap().grow(3, 1);
    let forked = server.lock().unwrap().note(8);
    for _ in 0..3 {
        officer.phone.sync_once().await.unwrap();
    }
    let officer = officer.restart();
    let alarms = officer.phone.alarms().unwrap();
    assert_eq!(alarms.len(), 1);
    let alarm = &alarms[0];
    assert_eq!((alarm.kind.as_str(), &alarm.kept, &alarm.heard), ("rewritten", &seen, &forked));
    assert_eq!(officer.phone.health().unwrap().checkpoint, Some(seen), "never replaced");
    let id = officer.accept();
    officer.phone.sync_once().await.unwrap();
    assert!(is_received(&officer, id), "records still go out");
}

#[tokio::test]
async fn a_shorter_log_is_an_alarm_and_one_that_a_new_epoch_announced_is_none() {
    let (officer, server, _station) = scene().await;
    server.lock().unwrap().grow(9, 0);
    officer.phone.sync_once().await.unwrap();
    {
        let mut server = server.lock().unwrap();
        server.leaves.truncate(4);
        server.restore(0);
    }
    officer.phone.sync_once().await.unwrap();
    assert!(officer.phone.alarms().unwrap().is_empty());
    assert!(officer.phone.health().unwrap().checkpoint.unwrap().starts_with("log/2\n4\n"));
    server.lock().unwrap().leaves.truncate(2);
    officer.phone.sync_once().await.unwrap();
    assert_eq!(officer.phone.alarms().unwrap()[0].kind, "shorter");
}

/// The server's word that this device is enrolled, as it comes with an enrolment.
fn certify(officer: Officer, server: &Mutex<Server>) -> Officer {
    let path = officer.dir.path().join("keys/enrolment");
    let mut kept: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let device = officer.phone.enrolment().unwrap().device;
    let certificate = Certificate {
        device,
        device_key: handoff::domain::ids::Bytes(vec![4; 65]),
        token: Hash([1; 32]),
        model: "test".into(),
        officer: None,
        at: Utc::now(),
    };
    kept["certificate"] = to_value(server.lock().unwrap().sign(Tag::Certificate, &certificate)).unwrap();
    std::fs::write(&path, serde_json::to_vec(&kept).unwrap()).unwrap();
    officer.restart()
}

#[tokio::test]
async fn a_server_that_lost_the_device_sees_its_certificate_and_takes_it_in_again() {
    let (officer, server, _station) = scene().await;
    let bare: Value =
        serde_json::from_slice(&std::fs::read(officer.dir.path().join("keys/enrolment")).unwrap()).unwrap();
    server.lock().unwrap().stranger = true;
    let id = officer.accept();
    if bare.get("certificate").is_none() {
        let report = officer.phone.sync_once().await.unwrap();
        assert_eq!(report.feed, FeedState::Stale(Hold::SignedOut), "an enrolment of old has none");
    }
    let officer = certify(officer, &server);
    assert_eq!(officer.phone.sync_once().await.unwrap().receipted, 1);
    assert!(is_received(&officer, id));
    assert!(!server.lock().unwrap().stranger);
}

/// How often the one entry was tried, as it is kept.
fn attempts(officer: &Officer, id: ReferralId) -> u32 {
    match officer.state(id) {
        RecordState::Waiting { attempts, .. } => attempts,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_try_that_reached_nobody_does_not_count() {
    let station = Station::start().await;
    let officer = Officer::enrolled(&station).await;
    officer.phone.sync_once().await.unwrap();
    station.server.stop().await;
    let id = officer.accept();
    officer.phone.sync_once().await.unwrap();
    assert_eq!(attempts(&officer, id), 0);
}

#[tokio::test]
async fn a_program_that_dies_in_the_middle_of_each_send_still_counts_every_try() {
    let (mut officer, server, _station) = scene().await;
    let id = officer.accept();
    for round in 1..=3 {
        let theirs = Arc::clone(&server);
        let (reached, heard) = std::sync::mpsc::channel();
        // The batch is never answered: the program dies while it waits.
        let hang = StandIn::start().await;
        hang.answer(move |head, body| {
            if head.starts_with("GET /v1/feed") {
                return Some(theirs.lock().unwrap().answer(head, body));
            }
            reached.send(()).unwrap();
            Some((NEVER, Value::Null))
        });
        officer = hang.take_the_place_of_the_server(officer);
        let phone = officer.phone.clone();
        let died = tokio::spawn(async move { drop(phone.sync_once().await) });
        tokio::task::spawn_blocking(move || heard.recv().unwrap()).await.unwrap();
        died.abort();
        drop(died.await);
        officer = officer.restart();
        assert_eq!(attempts(&officer, id), round);
    }
}
