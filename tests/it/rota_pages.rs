//! The pages of the rota in a real browser, and the phone's list in a real window.

use crate::browser::{Browser, Kind};
use crate::console::{MISFITS, signed_in};
use crate::rota::{listed, only};
use crate::server::Station;

/// Nothing on the page is wider than the window, and every control fits a thumb.
async fn fits(browser: &Browser, what: &str) {
    let misfits: Vec<String> = browser.ask(MISFITS).await;
    assert_eq!(misfits, Vec::<String>::new(), "{what}");
    let over: Vec<String> = browser
        .ask(
            "return [...document.querySelectorAll('.day')].flatMap(day => [...day.querySelectorAll('*')].filter(e =>
                 e.getBoundingClientRect().right > day.getBoundingClientRect().right + 1)).map(e => e.outerHTML.slice(0, 90))",
        )
        .await;
    assert_eq!(over, Vec::<String>::new(), "{what}: over the edge of its day");
}

async fn with_gaps() -> Station {
    let station = Station::start().await;
    let mut rota = vec![("okafor", -1, 12, 1), ("tran", -1, 20, 2), ("okafor", 30, 60, 1), ("amari", 50, 70, 1)];
    rota.extend((4..40).map(|day| ("okafor", day * 24, day * 24 + 12, 1)));
    rota.extend((4..40).map(|day| ("tran", day * 24 + 12, day * 24 + 24, 1)));
    only(&station, &rota).await;
    station
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rota_shows_weeks_ahead_and_gaps_in_words_at_every_width_by_day_and_by_night() {
    let station = with_gaps().await;
    let browser = signed_in(&station, "amari", Kind::Desk).await;
    for (kind, name) in [
        (Kind::Desk, "console-rota"),
        (Kind::NightDesk, "console-rota-night"),
        (Kind::Phone, "console-rota-phone"),
        (Kind::NightPhone, "console-rota-phone-night"),
    ] {
        browser.stand_in_for(kind).await;
        browser.go(&station.url("/rota")).await;
        browser.text("On-call rota").await;
        browser.text("Nobody on call").await;
        let weeks: u32 = browser.ask("return document.querySelectorAll('ol.week').length").await;
        assert!(weeks >= 7, "{weeks}");
        fits(&browser, name).await;
        browser.see("//*[@id='alert']//*[contains(., 'Nobody is on call')]").await;
        assert!(!browser.says("To the rota").await, "it is here");
        browser.picture(name).await;
        browser.press("Add a turn").await;
        browser.text("Add to the rota").await;
        fits(&browser, name).await;
        browser.picture(&format!("{name}-add")).await;
        browser.go(&station.url("/import/rota")).await;
        fits(&browser, "import").await;
        browser.picture(&format!("{name}-import")).await;
        assert_eq!(browser.errors().await, Vec::<String>::new());
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_gives_a_turn_to_someone_else_and_an_open_rota_shows_it_without_reload() {
    let station = with_gaps().await;
    let other = signed_in(&station, "tran", Kind::Phone).await;
    other.go(&station.url("/rota")).await;
    other.text("Live").await;
    let lead = signed_in(&station, "amari", Kind::Desk).await;
    let n = listed(&station).await[0].n;
    lead.go(&station.url(&format!("/rota/turns/{n}"))).await;
    lead.picture("console-rota-turn").await;
    lead.click("//select[@name='to']/option[normalize-space(.)='Nia Amari']").await;
    lead.press("Give them this turn").await;
    lead.text("On-call rota").await;
    other.see("//li[@data-today]//a[normalize-space(.)='Nia Amari']").await;
    assert_eq!(lead.errors().await, Vec::<String>::new());
    lead.close().await;
    other.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_looked_at_and_taken_without_a_script() {
    let station = with_gaps().await;
    let browser = signed_in(&station, "amari", Kind::NoScript).await;
    browser.go(&station.url("/import/rota")).await;
    let field = browser.see("//textarea[@name='text']").await;
    field.send_keys("login;from;until;order\nnobody;2030-01-01 08:00;2030-01-01 20:00;1").await.unwrap();
    browser.press("Look at it first, change nothing").await;
    browser.text("This file cannot be taken. Nothing was changed.").await;
    browser.picture("console-import-bad").await;
    let said = browser.see("//ul[@class='import-lines']").await.text().await.unwrap();
    assert_eq!(said, "line 2, login: Nobody here has this login.");
    let field = browser.see("//textarea[@name='text']").await;
    field.clear().await.unwrap();
    field.send_keys("login;from;until;order\ntran;2030-01-01 08:00;2030-01-01 20:00;1").await.unwrap();
    browser.press("Look at it first, change nothing").await;
    browser.text("What it would change").await;
    browser.picture("console-import-good").await;
    browser.press("Take it as shown").await;
    browser.text("Taken").await;
    assert!(
        listed(&station)
            .await
            .iter()
            .any(|listed| listed.turn.staff == station.staff("tran") && listed.turn.order == 1)
    );
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_chosen_stands_in_the_field() {
    let station = with_gaps().await;
    let path = station.dir.path().join("rota.csv");
    std::fs::write(&path, "\u{feff}login,from,until,order\r\ntran,2030-01-01 08:00,2030-01-01 20:00,1\r\n").unwrap();
    let browser = signed_in(&station, "amari", Kind::Desk).await;
    browser.go(&station.url("/import/rota")).await;
    let choose = browser.see("//input[@id='choose']").await;
    choose.send_keys(path.display().to_string()).await.unwrap();
    crate::browser::wait_for("the text", async || {
        let text: String = browser.ask("return document.getElementById('text').value").await;
        text.contains("tran,2030").then_some(())
    })
    .await;
    browser.press("Look at it first, change nothing").await;
    browser.text("What it would change").await;
    assert_eq!(browser.errors().await, Vec::<String>::new());
    browser.close().await;
}

#[cfg(all(feature = "desktop", target_os = "linux"))]
#[tokio::test(flavor = "multi_thread")]
async fn the_phone_shows_who_is_on_call_and_next_without_a_link_and_says_when_nobody_is() {
    use crate::app::on_shift;
    use crate::cli::Device;
    use crate::window::Role;
    let station = with_gaps().await;
    let device = Device::enrolled(&station).await;
    device.done(&["sync"]);
    station.server.stop().await;
    let app = on_shift(&device, &[]);
    app.resize(360, 740);
    app.click(Role::Button, "On call, next 72 hours");
    app.find(Role::Heading, "Now");
    app.read("Call first");
    app.read("Grace Okafor");
    app.read("Call second");
    app.read("Nobody is on call from ");
    app.picture("app-on-call");
    app.click(Role::Button, "Back");
    app.find(Role::Button, "New encounter");
}
