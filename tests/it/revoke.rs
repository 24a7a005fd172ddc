//! A revoked phone: it reads nothing, whatever kills it, and what it records still arrives.

use crate::outbox::StandIn;
use crate::phone::{Officer, TestClock};
use crate::server::{Station, facts};
use chrono::Utc;
use handoff::domain::codes::Choice;
use handoff::domain::ids::DeviceId;
use handoff::domain::wire::{Revocation, Signed};
use handoff::platform::twice;
use handoff::seal::{ServerKey, Tag};
use handoff::sync::{Phone, PhoneError, RecordState, UnlockError};
use std::path::Path;

const READ_KEYS: [&str; 2] = ["vault-key", "shift-key"];

fn keys_left(dir: &Path) -> Vec<&'static str> {
    READ_KEYS.into_iter().filter(|name| dir.join("keys").join(name).exists()).collect()
}

fn word(key: &ServerKey, device: DeviceId) -> Signed {
    key.sign(Tag::Revocation, &Revocation { device, at: Utc::now() }).unwrap()
}

/// An officer with a vault, a draft in it, a note from locked hours, and a stand-in that refuses with that word.
async fn refused_with(say: impl Fn(&ServerKey, DeviceId) -> Option<Signed>) -> (Officer, Station) {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    officer.phone.save_draft(officer.phone.new_referral().unwrap(), r#"{"a":1}"#).unwrap();
    officer.phone.lock();
    officer.phone.save_draft(officer.phone.new_referral().unwrap(), r#"{"a":2}"#).unwrap();
    let key = ServerKey::from_seed(station.server.app().keys().server.seed()).unwrap();
    let revocation = say(&key, officer.phone.enrolment().unwrap().device);
    let stand_in = StandIn::start().await;
    stand_in.answer(move |head, _| {
        let problem = serde_json::json!({"error": "revoked", "message": "No.", "revocation": revocation});
        head.starts_with("GET /v1/feed").then_some((403, problem))
    });
    let officer = stand_in.take_the_place_of_the_server(officer);
    officer.phone.unlock(officer.secret).unwrap();
    drop(officer.phone.sync_once().await);
    (officer, station)
}

#[tokio::test]
async fn a_signed_revocation_takes_the_keys_that_read_and_leaves_recording_and_sending() {
    let station = Station::start().await;
    let officer = Officer::unlocked(&station).await;
    let before = officer.accept();
    assert!(officer.phone.decision(before).is_some());
    assert!(station.server.app().revoke(officer.phone.enrolment().unwrap().device).await.unwrap());
    assert_eq!(officer.phone.sync_once().await.unwrap().receipted, 1, "what waited is delivered");
    assert!(officer.phone.reads_nothing());
    assert!(keys_left(officer.dir.path()).is_empty());
    assert!(officer.phone.decision(before).is_none());
    assert!(officer.phone.drafts().unwrap().is_empty());
    assert!(!officer.phone.has_vault(officer.phone.shift().unwrap().officer.id));
    let unlock = officer.phone.unlock(officer.secret).unwrap_err();
    assert!(matches!(unlock, UnlockError::Phone(PhoneError::OutOfService)), "{unlock}");
    assert!(officer.phone.create_vault("another long secret").is_err());

    let id = officer.phone.new_referral().unwrap();
    officer.phone.save_draft(id, r#"{"half":"typed"}"#).unwrap();
    assert_eq!(officer.phone.drafts().unwrap()[0].json.reveal(), r#"{"half":"typed"}"#, "in hand until saved");
    officer.phone.record(id, officer.decide(facts(), Choice::OfferedAccepted)).unwrap();
    assert!(officer.phone.drafts().unwrap().is_empty());
    assert!(officer.phone.decision(id).is_none(), "nothing new to read");
    assert_eq!(officer.phone.sync_once().await.unwrap().receipted, 1);
    assert!(matches!(officer.state(id), RecordState::Received { .. }));

    let other = officer.phone.new_referral().unwrap();
    officer.phone.save_draft(other, r#"{"half":"typed"}"#).unwrap();
    let officer = officer.restart();
    assert!(officer.phone.reads_nothing() && officer.phone.drafts().unwrap().is_empty());
    assert!(keys_left(officer.dir.path()).is_empty(), "no key is made anew");
    officer.accept();
    assert_eq!(officer.phone.sync_once().await.unwrap().receipted, 1);
}

#[tokio::test]
async fn a_refusal_without_the_servers_signature_destroys_nothing() {
    let stranger = ServerKey::generate().unwrap();
    let other = DeviceId(uuid::Uuid::from_u128(7));
    type Say = Box<dyn Fn(&ServerKey, DeviceId) -> Option<Signed>>;
    let lies: [(&str, Say); 4] = [
        ("no signature", Box::new(|_, _| None)),
        ("a stranger's", Box::new(move |_, device| Some(word(&stranger, device)))),
        ("for another device", Box::new(move |key, _| Some(word(key, other)))),
        (
            "under another tag",
            Box::new(|key, device| Some(key.sign(Tag::Config, &Revocation { device, at: Utc::now() }).unwrap())),
        ),
    ];
    for (name, say) in lies {
        let (officer, _station) = refused_with(say).await;
        assert!(!officer.phone.reads_nothing(), "{name}");
        assert_eq!(keys_left(officer.dir.path()), READ_KEYS, "{name}");
        let officer = officer.restart();
        officer.phone.unlock(officer.secret).unwrap();
        assert_eq!(officer.phone.drafts().unwrap().len(), 2, "{name}");
    }
}

#[tokio::test]
async fn a_kill_while_keys_are_destroyed_leaves_a_phone_that_reads_nothing() {
    let (officer, _station) = refused_with(|key, device| Some(word(key, device))).await;
    assert!(officer.phone.reads_nothing());
    let keys = officer.dir.path().join("keys");
    // The files as they were before each step that the kill cut off.
    for left in [&READ_KEYS[..], &READ_KEYS[1..], &[]] {
        for name in left {
            std::fs::write(keys.join(name), [7; 32]).unwrap();
        }
        let phone = Phone::open(officer.dir.path(), TestClock::new()).unwrap();
        assert!(phone.reads_nothing());
        assert!(keys_left(officer.dir.path()).is_empty());
        assert!(phone.unlock(officer.secret).is_err());
    }
    // Killed before the server's word was kept: all is as it was, and the word comes again.
    twice::remove(&keys.join("revocation")).unwrap();
    assert!(!Phone::open(officer.dir.path(), TestClock::new()).unwrap().reads_nothing());
    // A word that somebody planted does nothing.
    let forged = word(&ServerKey::generate().unwrap(), officer.phone.enrolment().unwrap().device);
    twice::replace(&keys.join("revocation"), &serde_json::to_vec(&forged).unwrap()).unwrap();
    assert!(!Phone::open(officer.dir.path(), TestClock::new()).unwrap().reads_nothing());
}

#[tokio::test]
async fn a_device_that_was_never_enrolled_cannot_be_revoked_and_the_answer_names_it() {
    let station = Station::start().await;
    let phone = station.phone().await;
    let app = station.server.app();
    let nobody = DeviceId(uuid::Uuid::from_u128(7));
    let error = app.revoke(nobody).await.unwrap_err();
    assert!(error.to_string().contains(&nobody.to_string()), "{error}");
    assert!(!error.is_of_the_machine(), "the command ends with 2");
    assert!(app.revoke(phone.enrolled.device).await.unwrap());
    assert!(!app.revoke(phone.enrolled.device).await.unwrap(), "it was revoked before");
}
