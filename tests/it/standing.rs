//! What the phone makes of a server's own standing: backups, a restored copy, erased records, a closed feed,
//! and being a stranger to it.

use crate::outbox::{StandIn, hashes_of, quiet_feed};
use crate::phone::Officer;
use crate::server::Station;
use chrono::{DateTime, TimeDelta, Utc};
use handoff::domain::ids::{Hash, ReferralId};
use handoff::domain::wire::{
    Answer, EntriesReply, EntryResult, Epochs, FeedReply, Kept, Problem, ReceiptBody, Signed, Watermark,
};
use handoff::outbox::Hold;
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
        to_value(EntriesReply { server_time: self.at, answers, ledger: None, epochs: self.epochs.clone() }).unwrap()
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
        let (epochs, watermark) = (self.epochs.clone(), self.watermark.clone());
        let feed = FeedReply { epoch: self.epoch, server_time: self.at, epochs, watermark, ..quiet_feed() };
        (200, to_value(feed).unwrap())
    }

    /// Restored from a copy that holds the first `size` positions of the epoch.
    fn restore(&mut self, size: u64) {
        let kept = vec![Kept { epoch: self.epoch, size, seen: self.next - 1 }];
        (self.epoch, self.next) = (self.epoch + 1, 2);
        self.epochs = Some(self.told(kept));
    }

    fn told(&self, kept: Vec<Kept>) -> Signed {
        let origin = format!("log/{}", self.epoch);
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
        offered: Vec::new(),
    }));
    let theirs = Arc::clone(&server);
    stand_in.answer(move |head, body| {
        let mut server = theirs.lock().unwrap();
        Some(if head.starts_with("GET /v1/feed") { server.feed() } else { (200, server.take(body)) })
    });
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
