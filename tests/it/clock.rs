//! A server's clock that somebody sets back.

use crate::server::Station;
use chrono::TimeDelta;
use handoff_server::ledger::{export, verify};
use handoff_server::store::events::{self, Kind};

/// Exports the log and verifies it against a checkpoint of before.
fn report(station: &Station, known: &str) -> verify::Report {
    let app = station.server.app();
    let mut bytes = Vec::new();
    export::write(app, &mut |more| {
        bytes.extend(more);
        true
    })
    .unwrap();
    let key = app.keys().server.public().unwrap();
    verify::verify(bytes.as_slice(), &key, Some(verify::known(known, &key).unwrap())).unwrap()
}

#[tokio::test]
async fn a_server_clock_that_is_set_back_is_said_in_the_log_once_and_is_no_backdating() {
    let station = Station::start().await;
    let app = station.server.app();
    let mut phone = station.phone().await;
    let (_, first) = phone.record(&phone.accepted_offer());
    phone.deliver(&first).await;
    handoff_server::ledger::sign_now(app).await.unwrap();
    let known = app.ledger().newest().unwrap().note;
    let said = async || app.store().read(|db| events::count(db, Kind::ClockSetBack)).await.unwrap();

    station.pass(TimeDelta::minutes(-5));
    let (_, second) = phone.record(&phone.accepted_offer());
    phone.deliver(&second).await;
    assert_eq!(said().await, 0, "some minutes are the ordinary difference of two clocks");

    station.pass(TimeDelta::hours(-3));
    for _ in 0..3 {
        let (_, entry) = phone.record(&phone.accepted_offer());
        phone.deliver(&entry).await;
    }
    assert_eq!(said().await, 1, "and further steps of the same clock are none");
    handoff_server::ledger::sign_now(app).await.unwrap();
    let report = report(&station, &known);
    assert!(report.is_good(), "{report}");
    assert_eq!(report.clock.len(), 1, "{report}");
}
