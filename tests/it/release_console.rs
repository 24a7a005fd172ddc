//! Releases and one person in a real browser: what is pressed, what others see at once, and how it looks.

use crate::browser::{Browser, Kind};
use crate::casework::accepted;
use crate::console::{MISFITS, deliver, offer, sign_in, signed_in};
use crate::server::{CANARY, Station};
use handoff::domain::ids::ReferralId;
use handoff::domain::release::{FULL_NOTICE, SHORT_NOTICE};

async fn pick(browser: &Browser, field: &str, code: &str) {
    browser.click(&format!("//label[.//input[@name='{field}'][@value='{code}']]")).await;
}

/// Writes down a release to someone, of these items.
async fn give(browser: &Browser, (to, items): (&str, &[&str])) {
    pick(browser, "to", to).await;
    for item in items {
        pick(browser, "items", item).await;
    }
    browser.write("//*[@id='purpose']", "Dismissal of the charge. للمحكمة").await;
    pick(browser, "manner", "paper").await;
    browser.press("Save the release").await;
    browser.see("//li[contains(@class, 'release')]").await;
}

/// Two referrals of one name: both are Okafor's.
async fn twice(station: &Station) -> [ReferralId; 2] {
    let mut phone = station.phone().await;
    let one = accepted(station, &mut phone, "okafor").await;
    [one, accepted(station, &mut phone, "okafor").await]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_reaches_the_prosecutors_open_page_and_its_withdrawal_too() {
    let station = Station::start().await;
    let [referral, _] = twice(&station).await;
    let bell = signed_in(&station, "bell", Kind::Desk).await;
    bell.go(&station.url(&format!("/released/{referral}"))).await;
    bell.text("Nothing was released to you. You see the status only.").await;
    bell.text("Live").await;
    let okafor = signed_in(&station, "okafor", Kind::Desk).await;
    okafor.go(&station.url(&format!("/cases/{referral}"))).await;
    okafor.press("Releases of information").await;
    okafor.text("Nothing is released").await;
    give(&okafor, ("prosecutor", &["attendance", "manager"])).await;
    bell.text("Grace Okafor").await;
    bell.text(SHORT_NOTICE).await;
    bell.text(FULL_NOTICE[0]).await;
    assert!(bell.says(&format!("{CANARY} Doe")).await);
    okafor.press("Withdraw").await;
    okafor.press("They said so").await;
    okafor.text("Withdrawn").await;
    bell.text("Nothing was released to you. You see the status only.").await;
    assert!(!bell.says(CANARY).await && !bell.says("Grace Okafor").await);
    assert_eq!(bell.errors().await, Vec::<String>::new());
    okafor.close().await;
    bell.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_scripts_off_a_release_is_given_and_withdrawn_and_two_are_made_one_and_two_again() {
    let station = Station::start().await;
    let [referral, other] = twice(&station).await;
    let browser = signed_in(&station, "okafor", Kind::NoScript).await;
    browser.go(&station.url(&format!("/cases/{referral}/releases"))).await;
    browser.press("Save the release").await;
    browser.text("Choose one.").await;
    give(&browser, ("officer", &["manager"])).await;
    browser.press("Withdraw").await;
    browser.press("They wrote or signed it").await;
    browser.text("Withdrawn").await;
    browser.go(&station.url(&format!("/cases/{referral}"))).await;
    browser.text("Same name").await;
    browser.press("The same person").await;
    browser.press("Undo").await;
    browser.press("Not the same").await;
    browser.press("Not the same, 1").await;
    browser.see(&format!("//a[contains(@href, '{other}')]")).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_of_releases_is_wider_than_its_window_and_every_control_fits_a_thumb() {
    let station = Station::start().await;
    let [referral, other] = twice(&station).await;
    let mut phone = station.phone().await;
    deliver(&mut phone, offer).await;
    let desk = signed_in(&station, "okafor", Kind::Desk).await;
    for to in ["prosecutor", "officer"] {
        desk.go(&station.url(&format!("/cases/{referral}/releases"))).await;
        give(&desk, (to, &["attendance", "plan", "manager"])).await;
    }
    desk.press("Withdraw").await;
    desk.press("They said so").await;
    desk.text("Withdrawn").await;
    desk.close().await;
    let pages = [
        ("okafor", "releases", format!("/cases/{referral}/releases")),
        ("okafor", "offered", format!("/cases/{other}")),
        ("okafor", "cases", "/cases".to_owned()),
        ("bell", "list", "/released".to_owned()),
        ("bell", "one", format!("/released/{referral}")),
        ("bell", "status-only", format!("/released/{other}")),
        ("hughes", "list", "/released".to_owned()),
    ];
    let browser = Browser::open(Kind::Desk).await;
    for (kind, name) in
        [(Kind::Desk, "desk"), (Kind::NightDesk, "desk-dark"), (Kind::Phone, "phone"), (Kind::NightPhone, "phone-dark")]
    {
        for login in ["okafor", "bell", "hughes"] {
            sign_in(&browser, &station, login).await;
            browser.stand_in_for(kind).await;
            for (_, what, page) in pages.iter().filter(|(of, ..)| *of == login) {
                browser.go(&station.url(page)).await;
                let misfits: Vec<String> = browser.ask(MISFITS).await;
                assert_eq!(misfits, Vec::<String>::new(), "{login} {name} {page}");
                browser.picture(&format!("release-{name}-{login}-{what}")).await;
            }
        }
    }
    browser.close().await;
}
