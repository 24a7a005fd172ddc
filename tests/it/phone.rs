//! The phone's core against a real server, and against the ends of the world: no server, killed
//! programs, portals, forged receipts, damaged files.

use crate::server::{Station, decide, facts, fix};
use chrono::{DateTime, TimeDelta, Utc};
use handoff::domain::codes::Choice;
use handoff::domain::encounter::Decision;
use handoff::domain::facts::Facts;
use handoff::domain::ids::ReferralId;
use handoff::domain::time::Reading;
use handoff::outbox::Hold;
use handoff::platform::clock::Clock;
use handoff::sync::{EnrolError, FeedState, Phone, PhoneError, RecordError, RecordState, UnlockError};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// A clock that the test moves.
pub struct TestClock {
    start: DateTime<Utc>,
    boot_ms: AtomicU64,
    boot: AtomicU64,
    moved_ms: AtomicI64,
}

impl TestClock {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            start: Utc::now(),
            boot_ms: AtomicU64::new(1_000_000),
            boot: AtomicU64::new(1),
            moved_ms: AtomicI64::new(0),
        })
    }

    pub fn pass_ms(&self, ms: u64) {
        self.boot_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// Somebody sets the wall clock.
    pub fn set_wall_ms(&self, by_ms: i64) {
        self.moved_ms.fetch_add(by_ms, Ordering::SeqCst);
    }

    /// The device is started anew.
    pub fn reboot(&self) {
        self.boot.fetch_add(1, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn read(&self) -> Reading {
        let boot_ms = self.boot_ms.load(Ordering::SeqCst);
        let passed = TimeDelta::milliseconds(i64::try_from(boot_ms - 1_000_000).unwrap());
        let moved = TimeDelta::milliseconds(self.moved_ms.load(Ordering::SeqCst));
        Reading { wall: self.start + passed + moved, boot_ms, boot: self.boot.load(Ordering::SeqCst) }
    }
}

/// An enrolled phone with an officer on shift, unlocked.
pub struct Officer {
    pub phone: Phone,
    pub dir: tempfile::TempDir,
    pub clock: Arc<TestClock>,
    pub secret: &'static str,
}

impl Officer {
    pub async fn enrolled(station: &Station) -> Self {
        Self::enrolled_in(station, tempfile::tempdir().unwrap()).await
    }

    pub async fn enrolled_in(station: &Station, dir: tempfile::TempDir) -> Self {
        let clock = TestClock::new();
        let phone = Phone::open(dir.path(), clock.clone()).unwrap();
        let code = station.server.app().enrolment_code(Some("reyes")).await.unwrap();
        phone.enrol(&station.url(""), &code, "test").await.unwrap();
        let officer = phone.officers()[0].id;
        phone.start_shift(officer, "3-M-21").unwrap();
        Self { phone, dir, clock, secret: "rain and gloves" }
    }

    pub async fn unlocked(station: &Station) -> Self {
        let officer = Self::enrolled(station).await;
        officer.phone.create_vault(officer.secret).unwrap();
        officer
    }

    /// The program is killed and started again.
    pub fn restart(self) -> Self {
        let Self { phone, dir, clock, secret } = self;
        drop(phone);
        let phone = Phone::open(dir.path(), clock.clone()).unwrap();
        Self { phone, dir, clock, secret }
    }

    pub fn decide(&self, facts: Facts, choice: Choice) -> Decision {
        let site = self.phone.config().unwrap();
        decide((&site.pack, &site.zones), facts, choice)
    }

    pub fn accept(&self) -> ReferralId {
        let id = self.phone.new_referral().unwrap();
        self.phone.record(id, self.decide(facts(), Choice::OfferedAccepted)).unwrap();
        id
    }

    pub fn state(&self, id: ReferralId) -> RecordState {
        self.phone.records().unwrap().into_iter().find(|row| row.referral == id).unwrap().state
    }
}

#[tokio::test]
async fn a_decision_recorded_without_a_signal_is_delivered_and_receipted_later() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    let id = officer.accept();
    assert!(matches!(officer.state(id), RecordState::Waiting { attempts: 0, .. }));
    let report = officer.phone.sync_once().await.unwrap();
    assert_eq!((report.receipted, report.refused, report.waiting), (1, 0, 0));
    assert_eq!(report.feed, FeedState::Fresh);
    assert!(matches!(officer.state(id), RecordState::Received { .. }));
    let row = officer.phone.records().unwrap().remove(0);
    assert_eq!(row.title.unwrap().reveal(), "Zanzibarry Doe");
    officer.phone.lock();
    assert_eq!(officer.phone.records().unwrap()[0].title, None);
    assert_eq!(officer.phone.health().unwrap().unsent, 0);
}

#[tokio::test]
async fn a_declined_offer_is_received_and_is_not_a_case() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    let id = officer.phone.new_referral().unwrap();
    officer.phone.record(id, officer.decide(facts(), Choice::OfferedDeclined)).unwrap();
    officer.phone.sync_once().await.unwrap();
    assert!(matches!(officer.state(id), RecordState::NotACase { .. }));
}

#[tokio::test]
async fn saving_twice_makes_one_entry_and_a_restart_loses_nothing() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    let id = officer.phone.new_referral().unwrap();
    officer.phone.save_draft(id, r#"{"half":"typed"}"#).unwrap();
    let first = officer.phone.record(id, officer.decide(facts(), Choice::OfferedAccepted)).unwrap();
    let second = officer.phone.record(id, officer.decide(facts(), Choice::OfferedDeclined)).unwrap();
    assert_eq!(first, second);
    let officer = officer.restart();
    assert!(officer.phone.shift().unwrap().locked);
    assert_eq!(officer.phone.records().unwrap().len(), 1);
    assert_eq!(officer.phone.sync_once().await.unwrap().receipted, 1);
    officer.phone.unlock(officer.secret).unwrap();
    assert!(officer.phone.drafts().unwrap().is_empty());
    assert!(officer.phone.decision(id).is_some());
}

#[tokio::test]
async fn a_draft_whose_entry_is_in_the_outbox_becomes_a_record_at_unlock() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    let id = officer.phone.new_referral().unwrap();
    officer.phone.save_draft(id, r#"{"half":"typed"}"#).unwrap();
    officer.phone.lock();
    officer.phone.record(id, officer.decide(facts(), Choice::OfferedAccepted)).unwrap();
    // As if the program had been killed after the outbox's commit: what came after it is gone.
    let staff = officer.phone.shift().unwrap().officer.id;
    officer.phone.lock();
    for suffix in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(officer.dir.path().join(format!("shift-{staff}.db{suffix}"))));
    }
    let officer = officer.restart();
    officer.phone.unlock(officer.secret).unwrap();
    assert!(officer.phone.drafts().unwrap().is_empty());
    assert!(matches!(officer.phone.discard_draft(id), Err(PhoneError::Saved)));
    officer.phone.save_draft(id, "late").unwrap();
    assert_eq!(officer.phone.records().unwrap().len(), 1);
}

#[tokio::test]
async fn a_lock_hides_what_is_recorded_and_does_not_stop_recording() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    let before = officer.phone.new_referral().unwrap();
    officer.phone.save_draft(before, r#"{"name":"Zanzibarry"}"#).unwrap();
    officer.phone.lock();
    assert!(officer.phone.drafts().unwrap().is_empty());
    let during = officer.phone.new_referral().unwrap();
    officer.phone.save_draft(during, r#"{"name":"Other"}"#).unwrap();
    assert_eq!(officer.phone.drafts().unwrap().len(), 1);
    let recorded = officer.accept();
    assert_eq!(officer.phone.sync_once().await.unwrap().receipted, 1);
    let officer = officer.restart();
    officer.phone.unlock(officer.secret).unwrap();
    let ids: Vec<ReferralId> = officer.phone.drafts().unwrap().iter().map(|draft| draft.id).collect();
    assert_eq!(ids.len(), 2);
    assert!(ids.contains(&before) && ids.contains(&during));
    assert!(officer.phone.decision(recorded).unwrap().while_locked);
}

#[tokio::test]
async fn an_idle_vault_locks_by_itself() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    officer.clock.pass_ms(29 * 60_000);
    officer.phone.lock_if_idle();
    assert!(!officer.phone.shift().unwrap().locked);
    officer.clock.pass_ms(60_000);
    officer.phone.lock_if_idle();
    assert!(officer.phone.shift().unwrap().locked);
}

#[tokio::test]
async fn wrong_pins_lock_the_vault_over_a_restart_and_never_the_recording() {
    let station = Station::start().await;
    let mut officer = Officer::unlocked(&station).await;
    officer.phone.lock();
    for left in (1..5).rev() {
        let wrong = officer.phone.unlock("not the PIN").unwrap_err();
        assert!(matches!(wrong, UnlockError::Wrong { left: l } if l == left), "{wrong}");
        officer = officer.restart();
    }
    assert!(matches!(officer.phone.unlock("still not"), Err(UnlockError::Locked { minutes: 15 })));
    assert!(matches!(officer.phone.unlock(officer.secret), Err(UnlockError::Locked { .. })));
    officer.accept();
    officer.clock.pass_ms(15 * 60_000);
    officer.phone.unlock(officer.secret).unwrap();
}

#[tokio::test]
async fn a_short_secret_of_ones_own_is_refused_and_an_issued_pin_is_taken() {
    let station = Station::start().await;
    let officer = Officer::enrolled(&station).await;
    assert!(matches!(officer.phone.create_vault("123456"), Err(UnlockError::TooShort)));
    assert!(matches!(officer.phone.unlock("123456"), Err(UnlockError::NoVault)));
    let pin = officer.phone.new_pin().unwrap();
    officer.phone.create_vault(&pin).unwrap();
    assert!(matches!(officer.phone.create_vault("another secret"), Err(UnlockError::Exists)));
    officer.phone.lock();
    officer.phone.unlock(&pin).unwrap();
}

#[tokio::test]
async fn an_unreadable_outbox_is_kept_and_named_and_capture_goes_on() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    officer.accept();
    let Officer { phone, dir, clock, .. } = officer;
    drop(phone);
    let path = dir.path().join("outbox.db");
    let damaged = vec![0x5a; 40_000];
    std::fs::write(&path, &damaged).unwrap();
    for log in ["outbox.db-wal", "outbox.db-shm"] {
        drop(std::fs::remove_file(dir.path().join(log)));
    }
    let phone = Phone::open(dir.path(), clock.clone()).unwrap();
    let kept = phone.unreadable_files();
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert!(kept[0].starts_with("outbox.db.unreadable-"));
    let only_here = phone.only_here().unwrap();
    assert_eq!((only_here.unsent, only_here.files), (0, 1));
    assert_eq!(std::fs::read(dir.path().join(&kept[0])).unwrap(), damaged);
    phone.start_shift(phone.officers()[0].id, "3-M-21").unwrap();
    let officer = Officer { phone, dir, clock, secret: "rain and gloves" };
    officer.accept();
    assert_eq!(officer.phone.sync_once().await.unwrap().receipted, 1);
}

#[tokio::test]
async fn an_unreadable_vault_stops_no_recording() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    let staff = officer.phone.shift().unwrap().officer.id;
    let Officer { phone, dir, clock, secret } = officer;
    drop(phone);
    let path = dir.path().join(format!("vault-{staff}.db"));
    std::fs::write(&path, vec![1; 20_000]).unwrap();
    let phone = Phone::open(dir.path(), clock.clone()).unwrap();
    phone.unlock(secret).unwrap();
    assert_eq!(phone.unreadable_files().len(), 1);
    let officer = Officer { phone, dir, clock, secret };
    officer.accept();
    assert_eq!(officer.phone.sync_once().await.unwrap().receipted, 1);
}

#[tokio::test]
async fn a_vault_that_fails_while_open_stops_neither_typing_nor_the_record() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    let before = officer.phone.new_referral().unwrap();
    officer.phone.save_draft(before, r#"{"typed":"before"}"#).unwrap();
    let staff = officer.phone.shift().unwrap().officer.id;
    // Written over in place: the open files stay the same ones. The index goes last, and with it what the
    // open connection believes of the others.
    for suffix in ["-wal", "", "-shm"] {
        let path = officer.dir.path().join(format!("vault-{staff}.db{suffix}"));
        let bytes = std::fs::metadata(&path).unwrap().len();
        let mut file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
        file.write_all(&vec![7; usize::try_from(bytes).unwrap()]).unwrap();
    }
    let after = officer.phone.new_referral().unwrap();
    officer.phone.save_draft(after, r#"{"typed":"after"}"#).unwrap();
    officer.phone.save_draft(after, r#"{"typed":"to the end"}"#).unwrap();
    let drafts = officer.phone.drafts().unwrap();
    let typed: Vec<_> = drafts.iter().map(|draft| (draft.id, draft.json.reveal().as_str())).collect();
    assert_eq!(typed, [(after, r#"{"typed":"to the end"}"#)], "what can be read is shown");
    officer.phone.record(after, officer.decide(facts(), Choice::OfferedAccepted)).unwrap();
    assert_eq!(officer.phone.sync_once().await.unwrap().receipted, 1);
    assert!(officer.phone.drafts().unwrap().is_empty());
}

#[tokio::test]
async fn a_decision_that_the_rules_do_not_confirm_is_not_recorded() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    let id = officer.phone.new_referral().unwrap();
    let mut decision = officer.decide(facts(), Choice::OfferedAccepted);
    decision.facts.age_years = Some(17);
    assert!(matches!(officer.phone.record(id, decision), Err(RecordError::Differs(_))));
    let mut decision = officer.decide(facts(), Choice::OfferedAccepted);
    decision.person = None;
    assert_eq!(
        officer.phone.record(id, decision).unwrap_err().to_string(),
        "person: an accepted offer needs the person"
    );
    let mut decision = officer.decide(facts(), Choice::OfferedAccepted);
    decision.facts.fix = Some(fix(91.0, 0.0));
    let words = officer.phone.record(id, decision).unwrap_err().to_string();
    assert!(words.starts_with("facts.fix.lat_deg: "), "{words}");
    assert!(officer.phone.records().unwrap().is_empty());
}

#[tokio::test]
async fn a_stopped_server_is_waited_for_and_the_reason_is_shown() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    let id = officer.accept();
    station.server.stop().await;
    let officer = officer.restart();
    let report = officer.phone.sync_once().await.unwrap();
    assert_eq!((report.receipted, report.waiting), (0, 1));
    assert_eq!(report.feed, FeedState::Stale(Hold::NoConnection));
    let RecordState::Waiting { why: Hold::NoConnection, why_since: Some(since), attempts: 0, .. } = officer.state(id)
    else {
        panic!("{:?}", officer.state(id))
    };
    officer.clock.pass_ms(90_000);
    officer.phone.sync_once().await.unwrap();
    let officer = officer.restart();
    let RecordState::Waiting { why: Hold::NoConnection, why_since, .. } = officer.state(id) else {
        panic!("{:?}", officer.state(id))
    };
    let stored = |at: DateTime<Utc>| Some(at.timestamp_millis());
    assert_eq!(why_since.and_then(stored), stored(since), "the same reason is as old as when it came");
}

#[tokio::test]
async fn a_revoked_phone_still_delivers_and_says_that_it_is_revoked() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    let id = officer.accept();
    assert!(station.server.app().revoke(officer.phone.enrolment().unwrap().device).await.unwrap());
    let report = officer.phone.sync_once().await.unwrap();
    assert_eq!(report.feed, FeedState::Stale(Hold::Revoked));
    assert_eq!(report.receipted, 1);
    assert!(matches!(officer.state(id), RecordState::Received { .. }));
    assert!(officer.phone.is_revoked());
    assert!(officer.restart().phone.is_revoked(), "also without a link");
}

/// Another program's hands in the phone's outbox.
fn outbox_of(officer: &Officer) -> rusqlite::Connection {
    rusqlite::Connection::open(officer.dir.path().join("outbox.db")).unwrap()
}

#[tokio::test]
async fn a_commit_that_fails_gives_no_saved() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    let id = officer.phone.new_referral().unwrap();
    officer.phone.save_draft(id, r#"{"half":"typed"}"#).unwrap();
    // Every statement succeeds; the commit alone fails, on what it must not let through.
    let spoil = "CREATE TABLE parent (x INTEGER PRIMARY KEY);
                 CREATE TABLE child (x INTEGER REFERENCES parent (x) DEFERRABLE INITIALLY DEFERRED);
                 CREATE TRIGGER spoil AFTER INSERT ON entries BEGIN INSERT INTO child VALUES (1); END";
    outbox_of(&officer).execute_batch(spoil).unwrap();
    let saved = officer.phone.record(id, officer.decide(facts(), Choice::OfferedAccepted));
    assert!(matches!(saved, Err(RecordError::Store(_))), "{saved:?}");
    assert!(officer.phone.records().unwrap().is_empty());
    assert_eq!(officer.phone.only_here().unwrap().unsent, 0);
    assert_eq!(officer.phone.drafts().unwrap()[0].json.reveal(), r#"{"half":"typed"}"#);
    outbox_of(&officer).execute_batch("DROP TRIGGER spoil").unwrap();
    officer.phone.record(id, officer.decide(facts(), Choice::OfferedAccepted)).unwrap();
    assert_eq!(officer.phone.sync_once().await.unwrap().receipted, 1);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_stops_no_other_record() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    let (bad, good) = (officer.accept(), officer.accept());
    outbox_of(&officer).execute("UPDATE entries SET wedge = '{' WHERE referral = ?1", [bad.0]).unwrap();
    assert_eq!(officer.phone.sync_once().await.unwrap().receipted, 1);
    assert!(matches!(officer.state(bad), RecordState::Wedged { reason: "unreadable", .. }));
    assert!(matches!(officer.state(good), RecordState::Received { .. }));
    assert_eq!(officer.phone.only_here().unwrap().unsent, 1);
    officer.phone.send_again(bad).unwrap();
    assert_eq!(officer.phone.sync_once().await.unwrap().receipted, 1);
}

#[tokio::test]
async fn a_colleagues_unsent_record_counts_as_not_safe() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    officer.accept();
    let colleague = officer.phone.officers()[1].id;
    officer.phone.start_shift(colleague, "3-M-22").unwrap();
    assert!(officer.phone.records().unwrap().is_empty());
    assert_eq!(officer.phone.only_here().unwrap().unsent, 1);
}

#[tokio::test]
async fn a_program_without_a_screen_records_nothing_as_while_locked() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    let staff = officer.phone.shift().unwrap().officer.id;
    let officer = officer.restart();
    officer.phone.act_as(staff, "3-M-21").unwrap();
    let (headless, unlocking) = (officer.accept(), officer.restart());
    unlocking.phone.unlock(unlocking.secret).unwrap();
    assert!(!unlocking.phone.decision(headless).unwrap().while_locked);
}

#[tokio::test]
async fn enrolment_names_what_is_wrong_and_leaves_the_device_as_it_was() {
    let station = Station::start().await;
    let dir = tempfile::tempdir().unwrap();
    let phone = Phone::open(dir.path(), TestClock::new()).unwrap();
    assert!(matches!(phone.enrol("nonsense", "x", "t").await, Err(EnrolError::Address)));
    assert!(matches!(phone.enrol("http://a.example", "x", "t").await, Err(EnrolError::NotSecure)));
    assert!(matches!(phone.enrol(&station.url(""), "NO-SUCH-CODE", "t").await, Err(EnrolError::Refused(_))));
    assert!(matches!(phone.enrol("http://127.0.0.1:9", "x", "t").await, Err(EnrolError::Unreachable)));
    assert!(phone.enrolment().is_none());
}

#[tokio::test]
async fn no_name_stands_in_clear_in_any_file_of_the_phone() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    officer.phone.save_draft(officer.phone.new_referral().unwrap(), "Zanzibarry drafts").unwrap();
    officer.accept();
    officer.phone.lock();
    officer.phone.save_draft(officer.phone.new_referral().unwrap(), "Zanzibarry locked").unwrap();
    officer.accept();
    let mut files = 0;
    search(officer.dir.path(), &mut files);
    assert!(files >= 6, "{files} files searched");
}

fn search(folder: &Path, files: &mut usize) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            search(&path, files);
            continue;
        }
        *files += 1;
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(10).any(|window| window == b"Zanzibarry"), "{}", path.display());
    }
}
