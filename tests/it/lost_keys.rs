//! A phone whose own keys are gone, as after a reset of the system's key store: what it kept is neither opened nor
//! thrown away, what was saved still goes out, and the officer goes on.

use crate::phone::{Officer, TestClock};
use crate::server::{Station, decide, facts};
use handoff::domain::codes::Choice;
use handoff::platform::keys::{FileKeys, KeyStore as _};
use handoff::platform::twice;
use handoff::store::{Lockbox, Vault};
use handoff::sync::{Answering, Call, Http, NoReply, Phone, RecordState, Transport, UnlockError};
use std::path::{Path, PathBuf};

const ANOTHER: &str = "another long secret";

fn keys(dir: &Path) -> FileKeys {
    FileKeys::new(dir.join("keys"))
}

/// The vault of the officer on shift, and the file beside it.
fn vault_of(officer: &Officer) -> (PathBuf, PathBuf) {
    let path = officer.dir.path().join(format!("vault-{}.db", officer.phone.shift().unwrap().officer.id));
    (path.clone(), path.with_extension("lock"))
}

#[tokio::test]
async fn a_vault_whose_key_is_gone_is_kept_whole_named_and_counted_and_a_new_one_is_made() {
    let station = Station::start().await;
    for remade in [false, true] {
        let officer = Officer::unlocked(&station).await;
        let saved = officer.accept();
        let staff = officer.phone.shift().unwrap().officer.id;
        let old_key = keys(officer.dir.path()).key("vault-key").unwrap().unwrap();
        let (path, lock) = vault_of(&officer);
        let Officer { phone, dir, clock, secret } = officer;
        drop(phone);
        let whole = [&path, &lock].map(|file| std::fs::read(file).unwrap());
        keys(dir.path()).forget("vault-key").unwrap();
        if remade {
            keys(dir.path()).random_key("vault-key").unwrap();
        }
        let officer = Officer { phone: Phone::open(dir.path(), clock.clone()).unwrap(), dir, clock, secret };
        assert!(officer.phone.vault_key_is_gone(staff) && !officer.phone.has_vault(staff));
        let words = officer.phone.unlock(officer.secret).unwrap_err();
        assert!(matches!(words, UnlockError::KeyGone), "{words}");
        assert!(remade || keys(officer.dir.path()).key("vault-key").unwrap().is_none(), "a try makes no key");
        assert!(officer.phone.unreadable_files().is_empty(), "nothing is moved before the officer says so");

        officer.phone.create_vault(ANOTHER).unwrap();
        let kept = officer.phone.unreadable_files();
        assert_eq!(kept.len(), 1, "{kept:?}");
        assert!(kept[0].starts_with(&format!("vault-{staff}.db.unreadable-")), "{kept:?}");
        assert_eq!(officer.phone.health().unwrap().set_aside, 1);
        let beside = officer.dir.path().join(&kept[0]);
        let files = [beside.clone(), Vault::salt_beside(&beside)];
        assert_eq!(files.clone().map(|file| std::fs::read(file).unwrap()), whole, "to the byte");
        assert!(matches!(officer.phone.create_vault("and one more"), Err(UnlockError::Exists)));

        assert_eq!(officer.phone.sync_once().await.unwrap().receipted, 1, "what was sealed needs no vault");
        assert!(matches!(officer.state(saved), RecordState::Received { .. }));
        assert!(officer.phone.decision(saved).is_none());
        let new = officer.accept();
        let officer = officer.restart();
        officer.phone.unlock(ANOTHER).unwrap();
        assert!(officer.phone.decision(new).is_some());
        assert_eq!(officer.phone.unreadable_files(), kept, "it stays until a person takes it");

        // Whoever has a copy of the key can read it, under the secret of then.
        let lockbox = Lockbox::from_bytes(&std::fs::read(&files[1]).unwrap()).unwrap();
        let (vault, none) = Vault::open(&beside, &lockbox.open(secret, &old_key).unwrap(), chrono::Utc::now()).unwrap();
        assert!(none.is_none() && vault.decision(saved).unwrap().is_some());
    }
}

#[tokio::test]
async fn a_kill_while_a_vault_is_set_aside_leaves_one_that_is_set_aside_again() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    officer.accept();
    let (path, _) = vault_of(&officer);
    let Officer { phone, dir, clock, secret } = officer;
    drop(phone);
    keys(dir.path()).forget("vault-key").unwrap();
    // Its database was moved, the file beside it was not.
    let name = Vault::set_aside(&path, chrono::Utc::now()).unwrap();
    let officer = Officer { phone: Phone::open(dir.path(), clock.clone()).unwrap(), dir, clock, secret };
    officer.phone.create_vault(ANOTHER).unwrap();
    let kept = officer.phone.unreadable_files();
    assert!(kept.contains(&name) && kept.len() == 2, "{kept:?}");
    officer.restart().phone.unlock(ANOTHER).unwrap();
}

#[tokio::test]
async fn a_key_that_only_cannot_be_read_now_is_not_gone_and_nothing_is_moved() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    officer.phone.lock();
    let staff = officer.phone.shift().unwrap().officer.id;
    let key = officer.dir.path().join("keys/vault-key");
    let copy = key.with_extension("copy");
    for file in [&key, &copy] {
        std::fs::rename(file, file.with_added_extension("elsewhere")).unwrap();
        std::fs::create_dir(file).unwrap();
    }
    assert!(officer.phone.has_vault(staff) && !officer.phone.vault_key_is_gone(staff));
    assert!(officer.phone.unlock(officer.secret).is_err());
    assert!(matches!(officer.phone.create_vault(ANOTHER), Err(UnlockError::Exists)));
    assert!(officer.phone.unreadable_files().is_empty());
    officer.accept();
    for file in [&key, &copy] {
        std::fs::remove_dir(file).unwrap();
        std::fs::rename(file.with_added_extension("elsewhere"), file).unwrap();
    }
    officer.phone.unlock(officer.secret).unwrap();
}

#[tokio::test]
async fn a_vault_of_an_older_app_opens_and_then_knows_its_key() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    officer.phone.lock();
    let (_, lock) = vault_of(&officer);
    let read = || -> serde_json::Value { serde_json::from_slice(&std::fs::read(&lock).unwrap()).unwrap() };
    let mut old = read();
    let mark = old.as_object_mut().unwrap().remove("platform").unwrap();
    twice::replace(&lock, &serde_json::to_vec(&old).unwrap()).unwrap();
    assert!(matches!(officer.phone.unlock("not the PIN"), Err(UnlockError::Wrong { .. })));
    assert!(read().get("platform").is_none());
    officer.phone.unlock(officer.secret).unwrap();
    assert_eq!(read()["platform"], mark);
}

/// The server lets devices in, and is silent about everything else.
struct OnlyEnrols(Http);

impl Transport for OnlyEnrols {
    fn call(&self, call: Call) -> Answering<'_> {
        match call.url.path().ends_with("/enrol") {
            true => self.0.call(call),
            false => Box::pin(std::future::ready(Err(NoReply::NotConnected))),
        }
    }
}

#[tokio::test]
async fn a_revoked_phone_that_lost_its_keys_and_is_let_in_anew_is_revoked_no_more_before_any_feed() {
    let station = Station::start().await;
    let officer = Officer::enrolled(&station).await;
    assert!(station.server.app().revoke(officer.phone.enrolment().unwrap().device).await.unwrap());
    officer.phone.sync_once().await.unwrap();
    assert!(officer.phone.is_revoked());
    let Officer { phone, dir, clock, .. } = officer;
    drop(phone);
    assert!(Phone::open(dir.path(), clock.clone()).unwrap().is_revoked(), "it is remembered");
    std::fs::remove_dir_all(dir.path().join("keys")).unwrap();
    let open = || Phone::open_over(dir.path(), TestClock::new(), Box::new(OnlyEnrols(Http::default()))).unwrap();
    let phone = open();
    assert!(!phone.is_revoked(), "it is nobody to the server");
    let code = station.server.app().enrolment_code(Some("reyes")).await.unwrap();
    phone.enrol(&station.url(""), &code, "test").await.unwrap();
    assert!(!phone.is_revoked() && !phone.reads_nothing());
    drop(phone);
    assert!(!open().is_revoked(), "after a restart neither");
}

#[tokio::test]
async fn a_phone_that_is_let_in_anew_records_with_the_configuration_that_it_kept_before_any_feed_comes() {
    let station = Station::start().await;
    let Officer { phone, dir, .. } = Officer::enrolled(&station).await;
    drop(phone);
    std::fs::remove_dir_all(dir.path().join("keys")).unwrap();
    let phone = Phone::open_over(dir.path(), TestClock::new(), Box::new(OnlyEnrols(Http::default()))).unwrap();
    assert!(phone.config().is_none(), "nobody says whose it is");
    let code = station.server.app().enrolment_code(Some("reyes")).await.unwrap();
    phone.enrol(&station.url(""), &code, "test").await.unwrap();
    let site = phone.config().expect("the configuration of the same server");
    let decision = decide((&site.pack, &site.zones), facts(), Choice::OfferedAccepted);
    let id = phone.new_referral().unwrap();
    phone.record(id, decision).unwrap();
    assert_eq!(phone.health().unwrap().unsent, 1);

    let (other, dir) = (Station::start().await, dir);
    drop(phone);
    std::fs::remove_dir_all(dir.path().join("keys")).unwrap();
    let phone = Phone::open_over(dir.path(), TestClock::new(), Box::new(OnlyEnrols(Http::default()))).unwrap();
    let code = other.server.app().enrolment_code(Some("reyes")).await.unwrap();
    phone.enrol(&other.url(""), &code, "test").await.unwrap();
    assert!(phone.config().is_none(), "another server's rules are none of ours");
}
