//! Today in a real browser: at a desk and on a phone, by day and by night, by keyboard, and without a script.

use crate::browser::{Browser, Kind};
use crate::casework::accepted;
use crate::console::{CORNER, MISFITS, deliver, offer, signed_in};
use crate::rota::only;
use crate::server::{CANARY, Station};
use crate::today::{OFFERED, QUIET, offered_now, promised};
use chrono::TimeDelta;
use thirtyfour::prelude::*;

const KINDS: [(Kind, &str); 4] =
    [(Kind::Desk, "desk"), (Kind::NightDesk, "desk-night"), (Kind::Phone, "phone"), (Kind::NightPhone, "phone-night")];

async fn at_today(station: &Station, login: &str, kind: Kind) -> Browser {
    let browser = signed_in(station, login, kind).await;
    browser.go(&station.url("/today")).await;
    browser
}

async fn fits(browser: &Browser, what: &str) {
    let misfits: Vec<String> = browser.ask(MISFITS).await;
    assert_eq!(misfits, Vec::<String>::new(), "{what}");
    browser.picture(what).await;
}

/// Something of everything, part of it over time.
async fn full(station: &Station) {
    let mut phone = station.phone().await;
    let old = accepted(station, &mut phone, "okafor").await;
    promised(station, old).await;
    station.pass(TimeDelta::days(2));
    accepted(station, &mut phone, "okafor").await;
    station.pass(TimeDelta::minutes(8));
    offered_now(station, &mut phone, CORNER).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn today_is_read_at_every_width_by_day_and_by_night_empty_full_and_over_time() {
    let station = Station::start().await;
    for (kind, name) in KINDS {
        let browser = at_today(&station, "okafor", kind).await;
        browser.text(QUIET).await;
        browser.text("Live").await;
        fits(&browser, &format!("today-empty-{name}")).await;
        browser.close().await;
    }
    full(&station).await;
    for (kind, name) in KINDS {
        let browser = at_today(&station, "okafor", kind).await;
        browser.text(OFFERED).await;
        browser.text("Live").await;
        browser.text("Call the shelter").await;
        fits(&browser, &format!("today-full-{name}")).await;
        browser.press("In more than a week: 2").await;
        browser.text("Intake").await;
        fits(&browser, &format!("today-full-{name}-later")).await;
        assert_eq!(browser.errors().await, Vec::<String>::new());
        browser.close().await;
    }
    station.pass(TimeDelta::days(32));
    only(&station, &[("okafor", -1, 20, 1), ("tran", 40, 3000, 1)]).await;
    offered_now(&station, &mut station.phone().await, "2nd Ave and Wall St").await;
    for (kind, name) in KINDS {
        for login in ["okafor", "amari"] {
            let browser = at_today(&station, login, kind).await;
            browser.text("Live").await;
            fits(&browser, &format!("today-over-{login}-{name}")).await;
            browser.close().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn today_renews_itself_without_reload_and_its_clock_runs() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let browser = at_today(&station, "okafor", Kind::Desk).await;
    browser.text(QUIET).await;
    browser.text("Live").await;
    browser.ask::<()>("window.stayed = true").await;
    deliver(&mut phone, offer).await;
    browser.text(OFFERED).await;
    let news: String = browser.ask("return document.getElementById('news').textContent").await;
    assert_eq!(news, format!("New referral: {CORNER}, Arrest"));
    assert!(browser.ask::<bool>("return window.stayed === true").await, "the page was not loaded again");
    assert!(!browser.says(CANARY).await, "who waits is not named in a list");
    // A moment of the past is put in its place: the page's own clock tells it in the server's words.
    browser
        .ask::<()>("document.querySelector('time[data-left]').dateTime = new Date(Date.now() - 7200000).toISOString()")
        .await;
    browser.see("//time[@data-left][@data-late='true'][normalize-space(.)='2 h 00 min over']").await;
    assert_eq!(browser.errors().await, Vec::<String>::new());
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_alone_goes_from_today_to_what_is_to_be_done_and_through_more_on_a_phone() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    deliver(&mut phone, offer).await;
    let browser = at_today(&station, "okafor", Kind::Phone).await;
    browser.text("Live").await;
    tab_to(&browser, "More").await;
    browser.keys(Key::Enter + "").await;
    browser.see("//details[@class='more']//a[normalize-space(.)='Services']").await;
    fits(&browser, "today-more-phone").await;
    for name in ["Rota", "Services", "How you are told", "Sign out"] {
        tab_to(&browser, name).await;
    }
    tab_to(&browser, &format!("Accept it, or pass it on: {CORNER}, Arrest")).await;
    browser.picture("today-focus-phone").await;
    browser.keys(Key::Enter + "").await;
    browser.text("Accept this referral").await;
    browser.close().await;
}

async fn tab_to(browser: &Browser, name: &str) {
    for _ in 0..40 {
        browser.keys(Key::Tab + "").await;
        let here: String = browser.ask("return document.activeElement.textContent.trim()").await;
        if here == name {
            return;
        }
    }
    panic!("the keyboard does not reach {name}");
}

#[tokio::test(flavor = "multi_thread")]
async fn today_works_without_a_script() {
    let station = Station::start().await;
    full(&station).await;
    let browser = at_today(&station, "okafor", Kind::NoScript).await;
    browser.text(OFFERED).await;
    browser.press("In more than a week: 2").await;
    browser.text("Intake").await;
    fits(&browser, "today-no-script").await;
    browser.click("//a[starts-with(@id, 't-referral-')]").await;
    browser.text("Accept this referral").await;
    browser.close().await;
}
