//! A case lived in a real browser, from accept to a return, with the test's own clock.

use crate::browser::{Browser, Kind, wait_for};
use crate::casework::accepted;
use crate::console::{CORNER, MISFITS, deliver, offer, signed_in};
use crate::server::{CANARY, Station};
use chrono::TimeDelta;
use handoff::domain::ids::ReferralId;
use thirtyfour::prelude::*;

/// Opens a form from the case's page.
async fn open(browser: &Browser, kind: &str) {
    let door =
        format!("//div[contains(@class, 'sheet-side')]//a[contains(@class, 'button')][contains(@href, '/{kind}')]");
    browser.click(&door).await;
    browser.see("//form[@data-keep]").await;
}

/// Presses a tile by what it sends.
async fn pick(browser: &Browser, field: &str, code: &str) {
    browser.click(&format!("//label[.//input[@name='{field}'][@value='{code}']]")).await;
}

async fn write(browser: &Browser, field: &str, text: &str) {
    browser.write(&format!("//*[@id='{field}']"), text).await;
}

async fn save(browser: &Browser) {
    browser.click("//form[@data-keep]//button[@type='submit']").await;
}

/// Time passes, the session ends, and the case manager comes back to the case.
async fn days_later(station: &Station, browser: &Browser, (days, referral): (i64, ReferralId)) {
    station.pass(TimeDelta::days(days));
    browser.go(&station.server.app().invite("okafor").await.unwrap()).await;
    browser.press("Sign in").await;
    browser.text("Sign out").await;
    browser.go(&station.url(&format!("/cases/{referral}"))).await;
    browser.text(&format!("{CANARY} Doe")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_referral_is_lived_from_accept_through_an_intake_a_plan_a_relapse_and_a_return() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let browser = signed_in(&station, "okafor", Kind::Desk).await;
    let referral = deliver(&mut phone, offer).await;
    browser.press(CORNER).await;
    browser.click("//button[normalize-space(.)='Accept']").await;
    browser.press("Open the case").await;
    browser.text("Not met yet").await;
    browser.see("//*[contains(text(), ': 30 days left')]").await;

    open(&browser, "arrival").await;
    pick(&browser, "result", "not_found").await;
    save(&browser).await;
    browser.text("Say what was tried, so that the next one tries something else.").await;
    write(&browser, "words", "Asked at the fountain. مرحبا").await;
    save(&browser).await;
    browser.text("Not met yet, tried once").await;
    assert_eq!(browser.page.current_url().await.unwrap().path(), format!("/cases/{referral}"));
    open(&browser, "arrival").await;
    pick(&browser, "result", "met").await;
    save(&browser).await;
    browser.see("//*[starts-with(text(), 'Met on')]").await;
    open(&browser, "urgent").await;
    pick(&browser, "needs", "food").await;
    pick(&browser, "needs", "shelter").await;
    save(&browser).await;
    browser.text("Food, shelter").await;

    days_later(&station, &browser, (12, referral)).await;
    browser.see("//*[contains(text(), ': 18 days left')]").await;
    open(&browser, "intake").await;
    pick(&browser, "result", "done").await;
    save(&browser).await;
    browser.text("Intake done on day 12").await;
    open(&browser, "needs").await;
    pick(&browser, "housing", "high").await;
    write(&browser, "housing_words", "A door that locks").await;
    pick(&browser, "substance_use", "some").await;
    save(&browser).await;
    browser.see("//dd[contains(., 'A door that locks')]").await;
    plan(&browser).await;

    days_later(&station, &browser, (10, referral)).await;
    relapse(&browser).await;
    spell(&station, &browser, referral).await;
    let errors = browser.errors().await;
    assert!(errors.len() == 1 && errors[0].contains("status of 422"), "the refused form and nothing else: {errors:?}");
    browser.close().await;
    let events = station.events().await;
    assert_eq!(events.iter().filter(|line| line.contains(" case_note ")).count(), 9);
    assert!(events.iter().all(|line| !line.contains("fountain") && !line.contains("locks")));
}

async fn plan(browser: &Browser) {
    open(browser, "plan").await;
    write(browser, "g1", "بيت لي وحدي").await;
    write(browser, "g1s1", "Apply for the voucher").await;
    let choose = |field: &str, code: &str| format!("//select[@id='{field}']/option[@value='{code}']");
    browser.click(&choose("g1s1_service", "housing")).await;
    browser.click(&choose("g1s1_state", "doing")).await;
    browser.picture("casework-plan-form").await;
    save(browser).await;
    let goal = browser.see("//p[@class='goal']").await;
    assert_eq!(goal.text().await.unwrap(), "بيت لي وحدي");
    let way: String = browser.ask("return getComputedStyle(document.querySelector('.goal')).direction").await;
    assert_eq!(way, "rtl", "it is read from the right");
    browser.text("Under way").await;
}

/// A relapse is noted, and everything stands as before.
async fn relapse(browser: &Browser) {
    open(browser, "contact").await;
    pick(browser, "manner", "in_person").await;
    pick(browser, "reached", "yes").await;
    pick(browser, "relapse", "yes").await;
    save(browser).await;
    browser.text("A return to use came up. The case goes on as before.").await;
    browser.see("//*[starts-with(text(), 'Met on')]").await;
    browser.text("Spoke today").await;
    browser.picture("casework-case").await;
}

/// Inactive for two months, and back.
async fn spell(station: &Station, browser: &Browser, referral: ReferralId) {
    open(browser, "spell").await;
    pick(browser, "reason", "lost_touch").await;
    save(browser).await;
    browser.see("//*[starts-with(text(), 'Inactive since')]").await;
    days_later(station, browser, (60, referral)).await;
    browser.go(&station.url("/cases")).await;
    browser.text("Inactive").await;
    browser.text("No case under way").await;
    browser.press(&format!("{CANARY} Doe")).await;
    open(browser, "spell").await;
    pick(browser, "reason", "came_by").await;
    save(browser).await;
    browser.see("//*[starts-with(text(), 'Met on')]").await;
    browser.text("Back").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_case_managers_who_write_a_plan_the_slower_sees_both_and_decides() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let referral = accepted(&station, &mut phone, "okafor").await;
    let (page, plan) = (station.url(&format!("/cases/{referral}")), station.url(&format!("/cases/{referral}/plan")));
    let (okafor, tran) =
        (signed_in(&station, "okafor", Kind::Desk).await, signed_in(&station, "tran", Kind::Desk).await);
    okafor.go(&page).await;
    open(&okafor, "arrival").await;
    pick(&okafor, "result", "met").await;
    save(&okafor).await;
    okafor.see("//*[starts-with(text(), 'Met on')]").await;

    okafor.go(&plan).await;
    okafor.text("Live").await;
    write(&okafor, "g1", "Work in a kitchen").await;
    tran.go(&plan).await;
    write(&tran, "g1", "A room of my own").await;
    save(&tran).await;
    tran.see("//p[@class='goal']").await;
    // What stands beside the form comes by itself, and the form is not touched.
    okafor.text("A room of my own").await;
    let typed: String = okafor.ask("return document.getElementById('g1').value").await;
    assert_eq!(typed, "Work in a kitchen");
    save(&okafor).await;
    okafor.text("Someone wrote a newer one while you were writing").await;
    let typed: String = okafor.ask("return document.getElementById('g1').value").await;
    assert_eq!(typed, "Work in a kitchen");
    okafor.picture("casework-stale").await;
    okafor.press("Save mine as the newest").await;
    let goal = wait_for("the newest plan", async || {
        let goal = okafor.page.find(By::XPath("//section[@aria-labelledby='plan']//p[@class='goal']")).await.ok()?;
        goal.text().await.ok()
    });
    assert_eq!(goal.await, "Work in a kitchen");
    assert!(okafor.says("A room of my own").await, "theirs is in the history");
    tran.text("Work in a kitchen").await;
    okafor.close().await;
    tran.close().await;
}

/// A case with something of everything in it.
async fn lived(station: &Station, browser: &Browser, referral: ReferralId) {
    let page = station.url(&format!("/cases/{referral}"));
    browser.go(&page).await;
    open(browser, "arrival").await;
    pick(browser, "result", "met").await;
    write(browser, "words", "Coffee at the mission. A friend of theirs came along and stays with them for tonight.")
        .await;
    save(browser).await;
    browser.see("//*[starts-with(text(), 'Met on')]").await;
    open(browser, "needs").await;
    pick(browser, "housing", "high").await;
    write(browser, "housing_words", "Sleeps outside; wants a door that locks.").await;
    pick(browser, "identity", "some").await;
    save(browser).await;
    browser.see("//dd[contains(., 'a door that locks')]").await;
    plan(browser).await;
    open(browser, "outcome").await;
    pick(browser, "housing", "for_now").await;
    pick(browser, "health", "better").await;
    write(browser, "arrests", "0").await;
    save(browser).await;
    browser.text("A place for now").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_of_a_case_is_wider_than_its_window_and_every_control_fits_a_thumb() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let referral = accepted(&station, &mut phone, "okafor").await;
    accepted(&station, &mut phone, "okafor").await;
    let browser = signed_in(&station, "okafor", Kind::Desk).await;
    lived(&station, &browser, referral).await;
    let forms = ["urgent", "intake", "needs", "plan", "contact", "outcome", "spell"];
    let pages: Vec<_> = ["/cases".into(), format!("/cases/{referral}")]
        .into_iter()
        .chain(forms.map(|form| format!("/cases/{referral}/{form}")))
        .collect();
    for (kind, name) in
        [(Kind::Desk, "desk"), (Kind::NightDesk, "desk-dark"), (Kind::Phone, "phone"), (Kind::NightPhone, "phone-dark")]
    {
        browser.stand_in_for(kind).await;
        for page in &pages {
            browser.go(&station.url(page)).await;
            let misfits: Vec<String> = browser.ask(MISFITS).await;
            assert_eq!(misfits, Vec::<String>::new(), "{name} {page}");
            let last = page.rsplit('/').next().unwrap();
            let last = if last.len() > 20 { "case" } else { last };
            browser.picture(&format!("casework-{name}-{last}")).await;
        }
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_scripts_off_a_case_is_written_by_plain_links_and_forms() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let referral = accepted(&station, &mut phone, "okafor").await;
    let browser = signed_in(&station, "okafor", Kind::NoScript).await;
    browser.go(&station.url("/cases")).await;
    browser.press(&format!("{CANARY} Doe")).await;
    open(&browser, "contact").await;
    pick(&browser, "manner", "phone").await;
    write(&browser, "words", "No answer, and the box is full").await;
    save(&browser).await;
    browser.text("Choose one.").await;
    pick(&browser, "reached", "no").await;
    save(&browser).await;
    browser.text("No answer, and the box is full").await;
    assert_eq!(browser.page.current_url().await.unwrap().path(), format!("/cases/{referral}"));
    browser.close().await;
}
