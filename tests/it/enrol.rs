//! A reply to an enrolment that is lost, and what others may make of it.

use crate::server::{Station, problem};
use chrono::TimeDelta;
use handoff::domain::wire::{Certificate, EnrolReply};
use handoff::seal::{DeviceKey, ServerPublic, Tag};
use handoff_server::store::events::{self, Kind};

/// Enrols, and loses the reply: what was committed stays.
async fn lost(station: &Station, code: &str, key: &DeviceKey) {
    assert_eq!(station.enrol(code, key).await.status(), 200);
}

#[tokio::test]
async fn a_phone_whose_enrolment_reply_was_lost_asks_again_and_is_the_same_device() {
    let station = Station::start().await;
    let app = station.server.app();
    let key = DeviceKey::generate().unwrap();
    let code = app.enrolment_code(Some("reyes")).await.unwrap();
    let first: EnrolReply = station.enrol(&code, &key).await.json().await.unwrap();
    station.pass(TimeDelta::minutes(50));
    let again: EnrolReply = station.enrol(&code.to_lowercase(), &key).await.json().await.unwrap();
    assert_eq!((again.device, &again.token), (first.device, &first.token));
    assert_eq!(again.certificate, first.certificate);
    let certificate: Certificate = ServerPublic::from_bytes(&again.server_key.0)
        .unwrap()
        .open(Tag::Certificate, &again.certificate.unwrap())
        .unwrap();
    assert_eq!((certificate.device, certificate.officer), (first.device, Some(station.staff("reyes"))));
    assert_eq!(app.devices().await.unwrap().len(), 1, "no second device");
    assert_eq!(
        app.store().read(|db| events::count(db, Kind::Enrolled)).await.unwrap(),
        2,
        "and both are in the events"
    );
}

#[tokio::test]
async fn a_spent_code_is_worth_nothing_to_another_key_nor_later_nor_once_the_phone_was_heard() {
    let station = Station::start().await;
    let app = station.server.app();
    let refused = async |code: &str, key: &DeviceKey| {
        let (status, refused) = problem(station.enrol(code, key).await).await;
        assert_eq!((status, refused.error.as_str()), (403, "bad_code"));
    };
    let (key, stranger) = (DeviceKey::generate().unwrap(), DeviceKey::generate().unwrap());
    let code = app.enrolment_code(None).await.unwrap();
    lost(&station, &code, &key).await;
    refused(&code, &stranger).await;
    let other = app.enrolment_code(None).await.unwrap();
    refused("AAAA-AAAA-AAAA", &key).await;

    station.pass(TimeDelta::minutes(61));
    refused(&code, &key).await;

    lost(&station, &other, &key).await;
    let device = app.devices().await.unwrap()[1].id;
    app.revoke(device).await.unwrap();
    refused(&other, &key).await;

    let phone = station.bare_phone(None).await;
    let third = app.enrolment_code(None).await.unwrap();
    let reply: EnrolReply = station.enrol(&third, &phone.key).await.json().await.unwrap();
    let token = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, &reply.token.0);
    let call = serde_json::json!({"health": phone.health(), "entries": []});
    let post = station.http.post(station.url("/v1/entries")).header("authorization", format!("Bearer {token}"));
    assert_eq!(post.json(&call).send().await.unwrap().status(), 200);
    refused(&third, &phone.key).await;
}
