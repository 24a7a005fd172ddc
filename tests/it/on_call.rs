//! The whole ladder in real browsers: two case managers and their lead, by a clock that the test sets.

use crate::afterwards::{append, hand_off};
use crate::browser::{Browser, Kind, wait_for};
use crate::console::signed_in;
use crate::ladder::after;
use crate::server::{CANARY, Station};
use handoff::domain::afterwards::{HandOffOutcome, HandOffStep};

const ALERT: &str = "A referral waits for you";

/// Waits until nothing asks for this person any more.
async fn is_quiet(browser: &Browser) {
    let alert = "return document.getElementById('alert').childElementCount + document.title.startsWith('(!)')";
    wait_for("the alert to go", async || (browser.ask::<u32>(alert).await == 0).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_case_managers_and_their_lead_live_through_the_whole_ladder_in_three_browsers() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let first = signed_in(&station, "okafor", Kind::Desk).await;
    let next = signed_in(&station, "tran", Kind::Phone).await;
    let lead = signed_in(&station, "amari", Kind::Desk).await;
    for browser in [&first, &next, &lead] {
        browser.text("Live").await;
    }
    let (referral, entry) = phone.record(&phone.accepted_offer());
    phone.deliver(&entry).await;

    first.text(ALERT).await;
    assert!(first.page.title().await.unwrap().starts_with("(!) "));
    assert!(!next.says(ALERT).await && !lead.says(ALERT).await, "it was put to the first on call alone");
    assert!(!first.says(CANARY).await, "the alert names nobody");
    first.picture("console-alert").await;
    after(&station, 10).await;
    next.text(ALERT).await;
    next.press("Look now").await;
    next.text("Accept this referral").await;
    is_quiet(&next).await;
    assert!(!lead.says(ALERT).await);

    first.press("Look now").await;
    first.text("Accept this referral").await;
    is_quiet(&first).await;
    first.press("I cannot take it").await;
    first.press("With someone else now").await;
    first.press("Pass it on").await;
    first.text("You passed it on. The next one was told. You can still accept it.").await;

    after(&station, 10).await;
    lead.text(ALERT).await;
    lead.text("Escalated to the lead case manager").await;
    lead.picture("console-escalated").await;
    lead.press("Look now").await;
    lead.text("Grace Okafor passed it on: with someone else now").await;
    after(&station, 10).await;
    let sergeant = station.sign_in("hughes").await;
    let get = station.http.get(station.url("/waiting")).header("cookie", sergeant);
    let waiting = get.send().await.unwrap().text().await.unwrap();
    assert!(waiting.contains("Escalated to the sergeant") && !waiting.contains(CANARY), "{waiting}");

    lead.click("//button[normalize-space(.)='Accept']").await;
    lead.text("You have this referral").await;
    for browser in [&first, &next] {
        browser.text("Someone else has this referral").await;
        assert!(browser.says("Nia Amari").await);
        is_quiet(browser).await;
    }
    for (step, outcome) in [(HandOffStep::Arrived, None), (HandOffStep::Outcome, Some(HandOffOutcome::Met))] {
        let entry = append(&mut phone, referral, &hand_off(step, outcome));
        phone.deliver(&entry).await;
    }
    lead.text("Hand-off ended: They met").await;
    lead.picture("console-timeline").await;
    let steps: Vec<String> =
        lead.ask("return [...document.querySelectorAll('.steps li > :last-child')].map(e => e.textContent)").await;
    for told in [
        "Saved on the phone",
        "Received here",
        "For Grace Okafor, on call",
        "Grace Okafor told, on an open page",
        "For Daniel Tran, next on call",
        "Daniel Tran looked",
        "Grace Okafor passed it on: with someone else now",
        "For Nia Amari, lead case manager",
        "Nia Amari told, on an open page",
        "Accepted by Nia Amari",
        "Case manager on scene",
        "Hand-off ended: They met",
    ] {
        assert!(steps.iter().any(|step| step == told), "{told} is missing in {steps:#?}");
    }
    for browser in [first, next, lead] {
        assert_eq!(browser.errors().await, Vec::<String>::new());
        browser.close().await;
    }
}
