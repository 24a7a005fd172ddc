//! What an erased record leaves behind: its number, and nothing else.

use crate::server::Station;
use handoff::domain::wire::{FeedReply, Role};
use handoff_server::store::{Db, staff_list};

/// The highest number of a table.
async fn highest(station: &Station, sql: &'static str) -> u64 {
    station.server.app().store().read(move |db: &mut dyn Db| db.first(sql, &[])?.unwrap().count()).await.unwrap()
}

#[tokio::test]
async fn the_number_of_an_erased_record_is_given_to_no_other_and_no_status_is_missed_for_it() {
    let station = Station::start().await;
    let app = station.server.app();
    let (mut phone, mut other) = (station.phone().await, station.phone().await);
    let (_, first) = phone.record(&phone.accepted_offer());
    phone.deliver(&first).await;
    let (gone, newest) = other.record(&other.accepted_offer());
    let receipt = other.deliver(&newest).await;
    let heard: FeedReply = phone.feed("after=0").await.json().await.unwrap();
    assert_eq!(heard.statuses.len(), 1);
    let position = "SELECT max(position) FROM entries";
    let before = highest(&station, position).await;

    assert_eq!(app.erase(gone).await.unwrap(), 1);
    let trace = gone.0.as_bytes().to_vec();
    let kept = move |db: &mut dyn Db| {
        db.first("SELECT count(*) FROM statuses WHERE referral = :gone", &[(":gone", trace.clone().into())])?
            .unwrap()
            .count()
    };
    assert_eq!(app.store().read(kept).await.unwrap(), 0, "a status says nothing of it any more");
    assert_eq!(highest(&station, position).await, before, "its number stands");

    let (_, next) = phone.record(&phone.accepted_offer());
    let after = phone.deliver(&next).await;
    assert!(after.position > receipt.position);
    assert_eq!(highest(&station, position).await, before + 1);
    let sergeant = app.store().read(staff_list).await.unwrap().into_iter().find(|one| one.role == Role::Sergeant);
    let decision = handoff_server::log::decision(app, &sergeant.unwrap(), before).await.unwrap();
    assert!(decision.is_none(), "the address of the erased decision leads to no other");

    // The phone had heard up to the status that is erased: the next one is news to it all the same.
    let news: FeedReply = phone.feed(&format!("after={}", heard.cursor)).await.json().await.unwrap();
    assert_eq!(news.statuses.len(), 1, "a cursor is never given twice");
    assert!(news.cursor > heard.cursor);
    assert!(handoff_server::ledger::sign_now(app).await.unwrap(), "every leaf is that of its record");
}
