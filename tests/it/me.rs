//! "How you are told" in a real browser, and the worker that receives a push there.

use crate::browser::{Browser, Kind, wait_for};
use crate::server::Station;
use serde_json::{Value, json};
use thirtyfour::prelude::*;

async fn at_me(station: &Station, kind: Kind) -> Browser {
    let browser = Browser::open(kind).await;
    browser.go(&station.server.app().invite("okafor").await.unwrap()).await;
    browser.press("Sign in").await;
    browser.text("Sign out").await;
    if matches!(kind, Kind::Phone | Kind::NightPhone) {
        browser.press("More").await;
        browser.press("How you are told").await;
    } else {
        browser.click("//a[@class='who-me']").await;
    }
    browser.see("//h1[normalize-space(.)='How you are told']").await;
    browser
}

async fn fits(browser: &Browser) {
    let wide: bool = browser.ask("return document.documentElement.scrollWidth > innerWidth").await;
    assert!(!wide, "nothing stands beside the page");
}

#[tokio::test(flavor = "multi_thread")]
async fn someone_says_how_they_are_told_on_a_phone_and_at_a_desk_with_scripts_and_without() {
    let station = Station::start().await;
    let mut browser = at_me(&station, Kind::Desk).await;
    for kind in [Kind::Desk, Kind::Phone, Kind::NightPhone, Kind::NoScript] {
        if kind == Kind::NoScript {
            browser.close().await;
            browser = at_me(&station, kind).await;
        } else {
            browser.stand_in_for(kind).await;
        }
        fits(&browser).await;
        browser.picture(&format!("console-me-{kind:?}").to_lowercase()).await;
        browser.click("//label[.//input[@name='in_page']]").await;
        browser.press("Save").await;
        let wanted = kind == Kind::Phone || kind == Kind::NoScript;
        wait_for("the channel to be set", async || {
            let box_ = browser.page.find(By::XPath("//input[@name='in_page']")).await.ok()?;
            (box_.is_selected().await.ok()? == wanted).then_some(())
        })
        .await;
        if kind != Kind::NoScript {
            assert_eq!(browser.errors().await, Vec::<String>::new());
        }
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worker_shows_a_push_and_nothing_of_what_it_says_and_two_make_one_notice() {
    let station = Station::start().await;
    let browser = at_me(&station, Kind::Desk).await;
    let origin = station.url("");
    let run = async |what: &str, with: Value| browser.tools(what, with).await;
    run("Browser.grantPermissions", json!({"origin": origin, "permissions": ["notifications"]})).await;
    assert_eq!(run("Page.getInstallabilityErrors", json!({})).await["installabilityErrors"], json!([]));

    // Subscribing needs the push service of the browser's maker; the page says so, and the worker is there.
    browser.press("Tell this browser").await;
    let registered: bool = browser
        .page
        .execute_async(
            "const done = arguments[0]; navigator.serviceWorker.ready.then((one) => done(one.active.scriptURL.endsWith('/worker.js')));",
            Vec::new(),
        )
        .await
        .unwrap()
        .convert()
        .unwrap();
    assert!(registered);
    browser.text("This browser's push service cannot be reached now. Check the connection, then press again.").await;

    run("ServiceWorker.enable", json!({})).await;
    let notices = async || -> Value {
        let script = "const done = arguments[0]; navigator.serviceWorker.ready.then((one) => one.getNotifications())
            .then((all) => done(all.map((one) => [one.title, one.body, one.tag])));";
        browser.page.execute_async(script, Vec::new()).await.unwrap().convert().unwrap()
    };
    // Which number the worker has in a new profile is the browser's own affair; no other is of this origin.
    wait_for("the notice", async || {
        for text in ["New referral", "", "Jane Doe, 3rd Ave"] {
            for number in 0..8 {
                let push = json!({"origin": origin, "registrationId": number.to_string(), "data": text});
                run("ServiceWorker.deliverPushMessage", push).await;
            }
        }
        (notices().await == json!([["New referral", "Open Handoff to see it.", "referral"]])).then_some(())
    })
    .await;
    browser.close().await;
}

/// What the worker does when its push service changes its address, run in a page: no tool can make a browser say so.
const CHANGED: &str = "
    const notices = [], handlers = {};
    const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
    const keys = { p256dh: await crypto.subtle.exportKey('raw', pair.publicKey), auth: crypto.getRandomValues(new Uint8Array(16)).buffer };
    const asked = [];
    const made = { endpoint: 'https://push.example.net/second', getKey: (name) => keys[name] };
    const self = {
      addEventListener: (kind, handler) => { handlers[kind] = handler; },
      registration: {
        pushManager: { subscribe: async (options) => { asked.push(options.applicationServerKey); return made; } },
        showNotification: async (title) => { notices.push(title); },
      },
    };
    WORKER
    let done;
    const oldSubscription = { options: { userVisibleOnly: true, applicationServerKey: 'the same key' } };
    handlers.pushsubscriptionchange({ oldSubscription, newSubscription: null, waitUntil: (work) => { done = work; } });
    await done;
    return [asked, notices];";

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_whose_address_changes_subscribes_again_and_tells_the_server_or_says_that_it_cannot() {
    let station = Station::start().await;
    let browser = at_me(&station, Kind::Desk).await;
    let worker = station.http.get(station.url("/worker.js")).send().await.unwrap().text().await.unwrap();
    let script = format!("return (async () => {{ {} }})()", CHANGED.replace("WORKER", &worker));
    let told: Value = browser.ask(&script).await;
    assert_eq!(told, json!([["the same key"], []]));
    browser.go(&station.url("/me")).await;
    browser.see("//*[starts-with(@id, 'browser-')]").await;
    browser.press("Sign out").await;
    browser.text("You are signed out").await;
    let lost: Value = browser.ask(&script).await;
    assert_eq!(lost, json!([["the same key"], ["Not told any more"]]));
    browser.close().await;
}
