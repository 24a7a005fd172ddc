//! The officer's app in its window, beside the main job: the lock, the pin on the map, and rules that
//! change under an open encounter.

use crate::browser::{Browser, Kind};
use crate::cli::{Device, accepted_offer};
use crate::end_to_end::{CANARY, answer_the_rules, describe_the_scene, offer_and_accept, start_shift};
use crate::server::Station;
use crate::window::{Role, Window, wait};
use handoff::platform::location::WEBVIEW_SCRIPT;
use handoff_server::site::NewSite;
use std::path::Path;

pub const OWN_SECRET: &str = "rain and gloves";

/// A shift, at the list, unlocked with a secret of the officer's own.
pub fn on_shift(device: &Device, set: &[(&str, &str)]) -> Window {
    let app = Window::open(&device.data(), set);
    start_shift(&app);
    app.fill_secret("Or choose your own", OWN_SECRET);
    app.click(Role::Button, "I know it, go on");
    app.find(Role::Button, "New encounter");
    app
}

/// A phone that was unlocked before, started anew: unlocked, at the list.
pub fn unlocked(device: &Device, set: &[(&str, &str)]) -> Window {
    let app = Window::open(&device.data(), set);
    unlock(&app, OWN_SECRET);
    app.find(Role::Button, "New encounter");
    app
}

/// Tries a secret where one is asked for.
pub fn unlock(app: &Window, secret: &str) {
    app.find(Role::Heading, "Unlock your records");
    app.fill_secret("PIN or passphrase", secret);
    app.click(Role::Button, "Unlock");
}

/// An accepted offer of someone who bears the canary's name.
pub fn named_offer() -> serde_json::Value {
    let mut record = accepted_offer();
    record["person"]["name"] = format!("{CANARY} Doe").into();
    record
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_hides_every_name_until_the_right_secret_is_given() {
    let station = Station::start().await;
    let device = Device::enrolled(&station).await;
    device.done(&["record", &device.file("offer.json", &named_offer().to_string())]);

    let app = on_shift(&device, &[]);
    app.read(&format!("{CANARY} Doe"));
    app.click(Role::Button, "Lock");
    app.read("Locked: names are hidden");
    assert!(!app.seen().contains(CANARY), "a locked list names nobody");
    app.click(Role::Button, "Unlock");
    unlock(&app, "123456");
    app.read("Wrong PIN; 4 more tries.");
    app.picture("app-13-wrong-pin");
    drop(app);

    // The count survives a kill; the shift goes on, locked.
    let app = Window::open(&device.data(), &[]);
    unlock(&app, "654321");
    app.read("Wrong PIN; 3 more tries.");
    drop(app);

    let app = unlocked(&device, &[]);
    app.read(&format!("{CANARY} Doe"));
    app.picture("app-14-unlocked");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_place_is_pinned_by_keyboard_and_by_finger_without_any_receiver() {
    let station = Station::start().await;
    let device = Device::enrolled(&station).await;
    let app = on_shift(&device, &[]);
    app.click(Role::Button, "New encounter");
    app.read("No position yet");
    app.click_like(Role::Button, "Map");
    app.find(Role::Heading, "Where are you?");
    app.press_by_keyboard("Pin the middle of the map");
    app.read("Inside Belltown");
    app.read("Pinned by hand");
    app.picture("app-15-pinned-by-keyboard");
    for _ in 0..12 {
        app.press_by_keyboard("Move west");
    }
    app.press_by_keyboard("Pin the middle of the map");
    app.read("Outside, nearest is Belltown");

    // Back by dragging as far as the keys went; a drag alone sets no pin, a tap does.
    for _ in 0..5 {
        app.drag(MAP, (-144, 0));
    }
    app.read("Outside, nearest is Belltown");
    app.picture("app-16-dragged");
    app.drag(MAP, (0, 0));
    app.read("Inside Belltown");
}

const MAP: &str = "Map of the program area. Tap to pin the place.";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_on_a_card_comes_into_sight_on_a_small_screen() {
    let station = Station::start().await;
    let device = Device::enrolled(&station).await;
    let app = on_shift(&device, &[]);
    app.resize(360, 640);
    app.click(Role::Button, "New encounter");
    app.click_like(Role::Button, "Arrest");
    app.find(Role::Heading, "What is the offence?");
    app.click_like(Role::CheckBox, "Drug possession");
    app.click(Role::Button, "Continue");
    app.find(Role::Heading, "Which drug, how much?");
    app.click(Role::Radio, "Heroin");
    app.see("Which drug, how much?", ABOVE_THE_BUTTON);
    app.click(Role::Button, "Continue");
    app.see("Grams: type a number, or tap Not known.", ABOVE_THE_BUTTON);
    app.picture("app-18-fault-in-sight");
}

/// The lowest pixel of a card in a window of 640.
const ABOVE_THE_BUTTON: i32 = 550;

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_change_under_an_open_encounter_are_looked_at_again_before_it_is_saved() {
    let station = Station::start().await;
    let device = Device::enrolled(&station).await;
    let track = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/walk.json");
    let app = on_shift(&device, &[("HANDOFF_TRACK", track.to_str().unwrap())]);
    describe_the_scene(&app);
    answer_the_rules(&app);
    offer_and_accept(&app);
    app.find(Role::Heading, "Check and save");

    let kept = || std::fs::read(device.data().join("site.json")).unwrap();
    let before = kept();
    draw_belltown_anew(&station).await;
    wait(|| "the phone to take the new zones".into(), || (kept() != before).then_some(()));
    app.click(Role::Button, "Save");
    app.read("Not saved yet: the zones or rules changed. Look at the verdict again.");
    app.find_like(Role::Heading, "Eligible");
    app.picture("app-17-rules-changed");
    app.click(Role::Button, "Continue");
    app.find(Role::Heading, "Check and save");
    app.click(Role::Button, "Save");
    app.find(Role::Heading, "Saved");
    app.read("Safe with the agency");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_watches_the_position_until_it_is_sent_a_word() {
    let browser = Browser::open(Kind::Phone).await;
    browser.go("about:blank").await;
    let receiver = "
        const watch = {
            watchPosition(heard) { heard({ coords: { latitude: 47.6, longitude: -122.3, accuracy: 8 }, timestamp: Date.now() }); return 7; },
            clearWatch(id) { window.cleared = id; },
        };
        Object.defineProperty(navigator, 'geolocation', { value: watch });
        window.said = [];
        const dioxus = { send(text) { said.push(text); }, recv() { return new Promise(word => { window.word = word; }); } };";
    browser.ask::<()>(&format!("{receiver} (async () => {{ {WEBVIEW_SCRIPT} }})()")).await;
    let said: Vec<String> = browser.ask("return said").await;
    assert!(said[0].starts_with(r#"{"lat_deg":47.6,"lon_deg":-122.3,"accuracy_m":8,"#), "{said:?}");
    assert!(browser.ask::<bool>("return window.cleared === undefined").await, "the receiver runs");
    assert_eq!(browser.ask::<u8>("word(null); return Promise.resolve().then(() => cleared)").await, 7);
    browser.close().await;
}

/// The same line under another version: an assessment names the version that it was made with.
async fn draw_belltown_anew(station: &Station) {
    let folder = tempfile::tempdir().unwrap();
    let text = |name: &str| handoff::assets::text(name).unwrap();
    let mut zone: serde_json::Value = serde_json::from_str(text("zones/belltown.json")).unwrap();
    zone["properties"]["version"] = "drawn anew".into();
    std::fs::create_dir(folder.path().join("zones")).unwrap();
    std::fs::write(folder.path().join("zones/belltown.json"), zone.to_string()).unwrap();
    let programme = folder.path().join("programme.json");
    std::fs::write(&programme, text("demo/programme.json")).unwrap();
    let app = station.server.app();
    let (site, now) = (NewSite::read(&programme, app.now()).unwrap(), app.now());
    app.store().write(move |db| site.save(db, now)).await.unwrap();
    app.fresh_site().await.unwrap();
}
