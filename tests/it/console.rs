//! The console in a real browser, on a real server, with referrals from phones that sign and seal.

use crate::browser::{Browser, Kind, wait_for};
use crate::server::{CANARY, Station, TestPhone, facts};
use handoff::domain::codes::Choice;
use handoff::domain::encounter::Decision;
use handoff::domain::ids::ReferralId;
use handoff::domain::stage::{MeetPlace, Stage};
use handoff::domain::wire::FeedReply;
use handoff_server::{Config, Server};
use thirtyfour::prelude::*;

pub const CORNER: &str = "3rd Ave and Bell St";

pub async fn signed_in(station: &Station, login: &str, kind: Kind) -> Browser {
    let browser = Browser::open(kind).await;
    sign_in(&browser, station, login).await;
    browser
}

/// Signs someone in, in the place of whoever was.
pub async fn sign_in(browser: &Browser, station: &Station, login: &str) {
    browser.go(&station.server.app().invite(login).await.unwrap()).await;
    browser.press("Sign in").await;
    browser.text("Sign out").await;
    // A case manager begins at Today; these tests at the list of all that wait.
    if browser.page.current_url().await.unwrap().path() == "/today" {
        browser.go(&station.url("/inbox")).await;
    }
}

pub async fn deliver(phone: &mut TestPhone, make: impl FnOnce(&TestPhone) -> Decision) -> ReferralId {
    let decision = make(phone);
    let (referral, entry) = phone.record(&decision);
    phone.deliver(&entry).await;
    referral
}

/// An accepted offer with everything that a case manager may see.
pub fn offer(phone: &TestPhone) -> Decision {
    Decision { cross_street: Some(CORNER.into()), incident: Some("12-173502".into()), ..phone.accepted_offer() }
}

/// The same against the rules, on a supervisor's word.
pub fn against_the_rules(phone: &TestPhone) -> Decision {
    let mut facts = facts();
    facts.drug.as_mut().unwrap().grams = Some(4.0);
    phone.decide(facts, Choice::OfferedAccepted)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_referral_appears_without_reload_is_announced_and_is_accepted_for_the_officer_to_see() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let browser = signed_in(&station, "okafor", Kind::Desk).await;
    browser.text("No referral waits").await;
    browser.text("Live").await;
    browser.ask::<()>("window.stayed = true").await;

    let referral = deliver(&mut phone, offer).await;
    browser.text(CORNER).await;
    assert_eq!(browser.page.title().await.unwrap(), "(!) (1) Inbox – Handoff", "it was put to her");
    let news: String = browser.ask("return document.getElementById('news').textContent").await;
    assert_eq!(news, format!("New referral: {CORNER}, Arrest"));
    assert!(browser.ask::<bool>("return window.stayed === true").await, "the page was not loaded again");
    assert!(!browser.says(CANARY).await, "the inbox names nobody");
    browser.picture("console-inbox").await;

    browser.press(CORNER).await;
    browser.text(&format!("{CANARY} Doe")).await;
    browser.text(&format!("{CANARY}'s dog")).await;
    browser.text("Live").await;
    browser.picture("console-referral").await;
    browser.click("//button[normalize-space(.)='Accept']").await;
    browser.text("You have this referral").await;
    browser.picture("console-accepted").await;
    assert_eq!(browser.errors().await, Vec::<String>::new());
    browser.close().await;

    let feed: FeedReply = phone.feed("after=0").await.json().await.unwrap();
    let status = feed.statuses.last().unwrap();
    assert_eq!((status.referral, status.stage, status.by), (referral, Stage::Accepted, Some(station.staff("okafor"))));
    assert_eq!(status.meet.unwrap().place, MeetPlace::Scene);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_accept_at_once_the_slower_is_told_who_has_it() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let referral = deliver(&mut phone, offer).await;
    let page = station.url(&format!("/referrals/{referral}"));
    let slow = signed_in(&station, "tran", Kind::Desk).await;
    slow.go(&page).await;
    slow.text("Live").await;
    slow.write("//textarea", "by the church").await;

    let accept = async |cookie: &str| {
        let form = [("when", "10"), ("time", ""), ("place", "scene"), ("note", "")];
        let body = form.map(|(name, value)| format!("{name}={value}")).join("&");
        let post = station.http.post(format!("{page}/accept")).header("cookie", cookie);
        let post = post.header("sec-fetch-site", "same-origin");
        post.header("content-type", "application/x-www-form-urlencoded").body(body).send().await.unwrap()
    };
    assert_eq!(accept(&station.sign_in("okafor").await).await.status(), 303);

    slow.text("Someone else has this referral").await;
    assert!(slow.says("Grace Okafor").await);
    slow.text("You had typed: by the church").await;
    slow.close().await;
    let lost = accept(&station.sign_in("tran").await).await;
    assert_eq!(lost.status(), 409);
    let lost = lost.text().await.unwrap();
    assert!(lost.contains("Someone was faster") && lost.contains("Grace Okafor"), "{lost}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_alone_accepts_a_referral() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    deliver(&mut phone, offer).await;
    let browser = signed_in(&station, "okafor", Kind::Desk).await;
    browser.text("Live").await;
    tab_to(&browser, "Skip to content").await;
    browser.keys(Key::Enter + "").await;
    tab_to(&browser, CORNER).await;
    browser.keys(Key::Enter + "").await;
    browser.text("Accept this referral").await;
    tab_to(&browser, "Accept").await;
    browser.keys(Key::Enter + "").await;
    browser.text("You have this referral").await;
    let focus: String = browser.ask("return document.activeElement.className").await;
    assert_eq!(focus, "notice", "the focus stands at what happened");
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

/// How far a page is wider than its window, and what is too small for a finger.
pub const MISFITS: &str = "
    const room = navigator.maxTouchPoints > 0 ? screen.width : document.documentElement.clientWidth;
    const wide = document.documentElement.scrollWidth - room;
    const out = [...document.querySelectorAll('main *, header *')].filter(e => e.offsetParent && !e.closest('.visually-hidden, thead')
        && e.getBoundingClientRect().right > room + 0.5).map(e => 'out: ' + e.outerHTML.slice(0, 90));
    const targets = [...document.querySelectorAll('a.button, button, .tile, .nav-link, .brand, .filters a, summary, input:not([type=radio], [type=checkbox]), select, textarea')];
    const small = targets.filter(e => e.offsetParent && e.getBoundingClientRect().height < 47.5).map(e => e.outerHTML.slice(0, 90));
    return [wide > 0 ? `${wide} px too wide` : '', ...out, ...small].filter(Boolean)";

#[tokio::test(flavor = "multi_thread")]
async fn no_page_is_wider_than_its_window_and_every_control_fits_a_thumb() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let long = |phone: &TestPhone| Decision { cross_street: Some("ElliottAveW".repeat(8)), ..offer(phone) };
    deliver(&mut phone, long).await;
    let referral = deliver(&mut phone, offer).await;
    deliver(&mut phone, against_the_rules).await;

    let browser = Browser::open(Kind::Desk).await;
    for (login, kind, pages) in [
        (
            "okafor",
            Kind::NightPhone,
            vec![String::from("/inbox"), format!("/referrals/{referral}"), String::from("/log")],
        ),
        ("okafor", Kind::Desk, vec![String::from("/inbox"), format!("/referrals/{referral}")]),
        (
            "hughes",
            Kind::Phone,
            vec![String::from("/log"), String::from("/log/3"), String::from("/devices"), String::from("/nowhere")],
        ),
        ("hughes", Kind::NightPhone, vec![String::from("/devices")]),
        ("hughes", Kind::Desk, vec![String::from("/log"), String::from("/log/3"), String::from("/devices")]),
    ] {
        let width = if matches!(kind, Kind::Desk) { "desk" } else { "phone" };
        sign_in(&browser, &station, login).await;
        browser.stand_in_for(kind).await;
        for page in pages {
            browser.go(&station.url(&page)).await;
            let misfits: Vec<String> = browser.ask(MISFITS).await;
            assert_eq!(misfits, Vec::<String>::new(), "{page}");
            let name = page.trim_start_matches('/').split('/').next().unwrap().to_owned();
            browser.picture(&format!("console-{width}-{login}-{name}-{}", page.len())).await;
        }
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sergeants_log_shows_flags_and_takes_the_word_on_an_override() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    deliver(&mut phone, |phone| phone.decide(facts(), Choice::OfferedDeclined)).await;
    let browser = signed_in(&station, "hughes", Kind::Desk).await;
    browser.text("Offered and declined").await;
    browser.text("Live").await;
    deliver(&mut phone, against_the_rules).await;
    browser.text("Not reviewed yet").await;
    browser.picture("console-log").await;

    browser.press("To review, 1").await;
    browser.click("//tbody//tr[.//*[normalize-space(.)='Override']]//a").await;
    browser.see("//*[@class='finding-because'][contains(., '4 g of heroin is over 3 g')]").await;
    assert!(!browser.says(&format!("{CANARY} Doe")).await, "a sergeant is told no name");
    assert!(!browser.says("Spanish").await);
    browser.write("//textarea", "Spoke with him.").await;
    browser.picture("console-decision").await;
    browser.press("Confirm override").await;
    browser.text("Confirmed").await;
    assert!(browser.says("Spoke with him.").await);
    browser.go(&station.url("/log?show=review")).await;
    browser.text("No decision here").await;
    assert_eq!(browser.errors().await, Vec::<String>::new());
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_scripts_off_a_referral_is_accepted_by_plain_links_and_forms() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    deliver(&mut phone, offer).await;
    let browser = signed_in(&station, "okafor", Kind::NoScript).await;
    browser.text("Not live. Reload the page for news.").await;
    browser.press(CORNER).await;
    browser.press("Elsewhere").await;
    browser.click("//button[normalize-space(.)='Accept']").await;
    browser.text("Write where you will meet.").await;
    browser.write("//textarea", "the mission").await;
    browser.click("//button[normalize-space(.)='Accept']").await;
    browser.text("You have this referral").await;
    assert!(browser.says("elsewhere").await);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_is_kept_while_the_server_is_away_and_sent_when_it_is_back() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let referral = deliver(&mut phone, offer).await;
    let browser = signed_in(&station, "okafor", Kind::Desk).await;
    browser.go(&station.url(&format!("/referrals/{referral}"))).await;
    browser.text("Live").await;
    browser.write("//textarea", "side door").await;

    let Station { server, dir, .. } = station;
    let address = server.addr;
    server.stop().await;
    browser.text("No connection. This page may be old. Trying again.").await;
    browser.click("//button[normalize-space(.)='Accept']").await;
    browser.see("//*[@class='form-state'][contains(., 'not sent yet')]").await;
    browser.picture("console-offline").await;

    let again = Server::start(Config { listen: address, ..Config::local(dir.path()) }).await.unwrap();
    // Nobody presses anything.
    browser.text("You have this referral").await;
    wait_for("the note in the story", async || browser.says("side door").await.then_some(())).await;
    browser.close().await;
    again.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_someone_goes_on_writing_waits_for_them_when_the_server_is_back() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let referral = deliver(&mut phone, offer).await;
    let browser = signed_in(&station, "okafor", Kind::Desk).await;
    browser.go(&station.url(&format!("/referrals/{referral}"))).await;
    browser.text("Live").await;
    let Station { server, dir, .. } = station;
    let address = server.addr;
    server.stop().await;
    browser.click("//button[normalize-space(.)='Accept']").await;
    browser.see("//*[@class='form-state'][contains(., 'not sent yet')]").await;
    let asks: bool = browser
        .ask("const leave = new Event('beforeunload', { cancelable: true }); dispatchEvent(leave); return leave.defaultPrevented")
        .await;
    assert!(asks, "whoever closes the page is asked first");
    browser.write("//textarea", "side d").await;
    browser.text("Not sent yet. Press again when you are done.").await;

    let again = Server::start(Config { listen: address, ..Config::local(dir.path()) }).await.unwrap();
    browser.text("Live").await;
    browser.write("//textarea", "oor").await;
    browser.click("//button[normalize-space(.)='Accept']").await;
    browser.text("You have this referral").await;
    wait_for("the note in the story", async || browser.says("side door").await.then_some(())).await;
    browser.close().await;
    again.stop().await;
}

/// What Back and a page that was left open show once nobody is signed in any more.
async fn shows_nobody(browser: &Browser) {
    browser.text("You are signed out").await;
    let page = browser.page.source().await.unwrap();
    assert!(!page.contains(CANARY) && !page.contains(CORNER), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_signing_out_back_and_forward_show_nobody() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let referral = deliver(&mut phone, offer).await;
    for kind in [Kind::Desk, Kind::NoScript] {
        let browser = Browser::open(kind).await;
        browser.go(&station.server.app().invite("okafor").await.unwrap()).await;
        browser.press("Sign in").await;
        browser.text(&format!("{CORNER}, Arrest")).await;
        browser.go(&station.url(&format!("/referrals/{referral}"))).await;
        browser.text(&format!("{CANARY} Doe")).await;
        browser.press("Sign out").await;
        browser.text("You are signed out").await;
        browser.page.back().await.unwrap();
        shows_nobody(&browser).await;
        browser.page.back().await.unwrap();
        shows_nobody(&browser).await;
        browser.page.forward().await.unwrap();
        shows_nobody(&browser).await;
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_left_open_is_cleared_when_its_session_ends_elsewhere() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let referral = deliver(&mut phone, offer).await;
    let browser = signed_in(&station, "okafor", Kind::Desk).await;
    browser.go(&station.url(&format!("/referrals/{referral}"))).await;
    browser.text(&format!("{CANARY} Doe")).await;
    browser.text("Live").await;
    // Another window of the same browser: the page itself is not touched.
    assert_eq!(browser.ask::<u16>("return fetch('/out', { method: 'POST' }).then(answer => answer.status)").await, 401);
    shows_nobody(&browser).await;
    browser.page.back().await.unwrap();
    shows_nobody(&browser).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_signs_itself_out_leaves_its_place_to_the_answer() {
    let station = Station::start().await;
    let browser = signed_in(&station, "okafor", Kind::Desk).await;
    browser.text("Live").await;
    // The news of the sign-out is there before the answer to the form, which never comes.
    let slow = "
        const real = window.fetch;
        window.fetch = async (...what) => {
            const answer = await real(...what);
            // After the page has done what it does about it.
            if (answer.status === 401) setTimeout(() => { window.told = true; });
            return answer;
        };
        const form = document.querySelector('form.who');
        form.addEventListener('submit', (event) => event.preventDefault());
        form.requestSubmit();
        return real('/out', { method: 'POST' }).then((answer) => answer.status)";
    assert_eq!(browser.ask::<u16>(slow).await, 401);
    wait_for("the page's own look", async || browser.ask::<bool>("return window.told === true").await.then_some(()))
        .await;
    assert!(browser.ask::<bool>("return document.getElementById('main').childElementCount > 0").await);
    browser.close().await;
}
