//! What an officer does to a record after it was saved, in the app's window; and what the list says first.

use crate::app::{OWN_SECRET, named_offer, on_shift, unlock, unlocked};
use crate::browser::wait_for;
use crate::cli::Device;
use crate::end_to_end::{CANARY, start_shift};
use crate::ingest::staff;
use crate::server::Station;
use crate::window::{Role, Window};
use chrono::TimeDelta;
use handoff::domain::codes::Verdict;
use handoff::domain::entry::Body;
use handoff::domain::ids::ReferralId;
use handoff::domain::stage::MeetPlace;
use handoff::domain::wire::Meet;
use handoff_server::cases::{self, Acceptance, NewAcceptance};
use handoff_server::log::{self, LoggedDecision};
use rusqlite::Connection;
use serde_json::{Value, json};

fn named() -> String {
    format!("{CANARY} Doe")
}

/// An accepted offer of which nobody knew where it was: a supervisor said yes.
fn without_place() -> Value {
    let mut record = named_offer();
    record["facts"]["fix"] = Value::Null;
    record["divergence"] = json!({"supervisor": "Sgt. Hughes", "reason": "I know the corner"});
    record
}

fn recorded(device: &Device, record: &Value) {
    device.done(&["record", &device.file("offer.json", &record.to_string())]);
}

/// Changes what the phone holds, while no program has it open.
fn outbox(device: &Device, sql: &str) {
    Connection::open(device.data().join("outbox.db")).unwrap().execute_batch(sql).unwrap();
}

/// Everything on this phone was saved so long ago.
fn as_of_minutes_ago(device: &Device, minutes: i64) {
    outbox(device, &format!("UPDATE entries SET saved_at = saved_at - {}", minutes * 60_000));
}

/// The first decision of the log, once the server has this many entries after it.
async fn with_later(station: &Station, later: usize) -> LoggedDecision {
    let sergeant = staff(station, "hughes").await;
    wait_for("what came after the decision", async || {
        let found = log::decision(station.server.app(), &sergeant, 1).await.unwrap()?;
        (found.afterwards.len() == later).then_some(found)
    })
    .await
}

fn open_record(app: &Window) {
    app.click_like(Role::Button, &named());
    app.find(Role::Heading, "Saved");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_corrected_on_its_cards_and_both_verdicts_are_seen_before_it_is_saved() {
    let station = Station::start().await;
    let device = Device::enrolled(&station).await;
    recorded(&device, &named_offer());
    let app = on_shift(&device, &[]);
    app.resize(360, 740);
    open_record(&app);
    app.read("Safe with the agency");
    app.click_like(Role::Button, "Correct this");
    app.find(Role::Heading, "What was wrong?");
    app.read("Nothing is changed yet.");
    app.picture("app-20-correct");

    app.click_like(Role::Button, "Criminal history");
    app.click_like(Role::Button, "Checked, convictions found");
    app.find(Role::Heading, "Convictions found");
    app.click(Role::Button, "Continue");
    app.read("Tap the conviction that was found.");
    app.click_like(Role::Button, "Burglary");
    app.fill("Burglary, date", "03012020");
    app.picture("app-21-correct-card");
    app.click(Role::Button, "Continue");
    app.find(Role::Heading, "What was wrong?");
    app.read("was: Checked, nothing found");
    app.fill("For the case manager alone", &format!("{CANARY} gave a wrong number"));
    app.read("When you decided");
    app.read("Eligible");
    app.read("With this change");
    app.read("Barred");
    app.picture("app-22-correct-both-verdicts");
    app.press_by_keyboard("Save correction");
    app.find(Role::Heading, "Saved");
    app.read("Correction");
    app.read("Amended since");
    app.read("Safe with the agency");
    app.picture("app-23-corrected");

    let found = with_later(&station, 1).await;
    assert_eq!(found.row.verdict, Verdict::Eligible, "the decision stands as it was made");
    let Some(Body::Amendment(amendment)) = &found.afterwards[0].body else { panic!("no amendment") };
    assert_eq!(amendment.assessment.verdict, Verdict::Barred);
    assert_eq!(amendment.facts.history.as_ref().unwrap().convictions[0].group, "burglary");

    app.click(Role::Button, "Done");
    app.click(Role::Button, "Lock");
    app.read("Locked: names are hidden");
    app.click_like(Role::Button, "Offered and accepted");
    app.click(Role::Button, "Unlock to correct this");
    unlock(&app, OWN_SECRET);
    app.find(Role::Button, "New encounter");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_stayed_unsure_is_set_by_hand_with_both_verdicts_in_sight() {
    let station = Station::start().await;
    let device = Device::enrolled(&station).await;
    recorded(&device, &without_place());
    as_of_minutes_ago(&device, 5);
    let app = on_shift(&device, &[]);
    app.resize(360, 740);
    open_record(&app);
    app.read("The place is not sure");
    app.picture("app-24-place-asked");
    app.click(Role::Button, "Set the place");
    app.find(Role::Heading, "Where was it?");
    app.read("Tap the map where it was.");
    app.press_by_keyboard("Pin the middle of the map");
    app.read("Inside Belltown");
    app.fill("Cross street or address", "2nd Ave and Bell St");
    app.read("Needs a supervisor");
    app.read("Eligible");
    app.picture("app-25-place-set");
    app.press_by_keyboard("Save the place");
    app.find(Role::Heading, "Saved");
    app.read("Late position");
    let there = app.seen();
    assert!(!there.contains("The place is not sure"), "{there}");

    let found = with_later(&station, 1).await;
    let Some(Body::Amendment(amendment)) = &found.afterwards[0].body else { panic!("no amendment") };
    assert_eq!((found.row.verdict, amendment.assessment.verdict), (Verdict::NeedsSupervisor, Verdict::Eligible));
    assert_eq!(amendment.cross_street.as_deref(), Some("2nd Ave and Bell St"));
}

#[tokio::test(flavor = "multi_thread")]
async fn while_locked_the_place_is_set_of_what_came_since_and_no_verdict_is_shown() {
    let station = Station::start().await;
    let device = Device::enrolled(&station).await;
    recorded(&device, &without_place());
    as_of_minutes_ago(&device, 5);
    let app = Window::open(&device.data(), &[]);
    start_shift(&app);
    app.click(Role::Button, "Record without unlocking");
    app.read("The place is not sure: say where it was.");
    app.click_like(Role::Button, "Offered and accepted");
    app.find(Role::Button, "Unlock to correct this");
    app.click(Role::Button, "Set the place");
    app.find(Role::Heading, "Where was it?");
    app.press_by_keyboard("Pin the middle of the map");
    app.read("Inside Belltown");
    let shown = app.seen();
    assert!(!shown.contains("When you decided") && !shown.contains(CANARY), "{shown}");
    app.picture("app-29-place-set-locked");
    app.press_by_keyboard("Save the place");
    app.find(Role::Heading, "Saved");
    let found = with_later(&station, 1).await;
    let Some(Body::Amendment(amendment)) = &found.afterwards[0].body else { panic!("no amendment") };
    assert_eq!((amendment.assessment.verdict, amendment.while_locked), (Verdict::Eligible, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_step_of_a_hand_off_names_who_is_on_call_and_then_who_accepted() {
    let station = Station::start().await;
    let device = Device::enrolled(&station).await;
    recorded(&device, &named_offer());
    let app = on_shift(&device, &[]);
    app.resize(360, 740);
    open_record(&app);
    app.find(Role::Button, "Copy number");
    app.read("+1 206 555 0151");
    app.click(Role::Button, "Called Grace Okafor");
    app.picture("app-26-hand-off");
    app.click(Role::Button, "Grace Okafor did not answer");
    app.find(Role::Button, "Called Daniel Tran");
    app.read("+1 206 555 0152");
    app.click(Role::Button, "Called Daniel Tran");

    let found = with_later(&station, 3).await;
    let referral: ReferralId = found.header.unwrap().referral;
    let tran = staff(&station, "tran").await;
    let meet = Meet { at: station.server.app().now() + TimeDelta::minutes(15), place: MeetPlace::Scene };
    let take = NewAcceptance { referral, staff: tran.id, meet, note: String::new() };
    assert!(matches!(cases::accept(station.server.app(), take).await.unwrap(), Acceptance::Accepted));
    app.find(Role::Heading, "Daniel Tran has it");
    app.click(Role::Button, "Daniel Tran is here");
    app.click_like(Role::Button, "How it ended");
    app.click(Role::Button, "They met");
    app.read("Hand-off ended");
    app.picture("app-27-handed-off");
    app.click_like(Role::Button, "Take this back");
    app.click_like(Role::Radio, "The person changed their mind");
    app.see("Nobody will come.", 640);
    app.picture("app-28-take-back");
    app.click(Role::Button, "Keep it");

    let found = with_later(&station, 5).await;
    let (okafor, tran) = (Some(station.staff("okafor")), Some(tran.id));
    let whom: Vec<_> = found
        .afterwards
        .iter()
        .map(|came| if let Some(Body::HandOff(step)) = &came.body { step.to } else { None })
        .collect();
    assert_eq!(whom, [okafor, okafor, tran, tran, tran]);
}

/// What is wrong on this phone, all at once: a log that was rewritten, a revocation, an entry that the server
/// will not take, and one of which nothing is left anywhere.
const TROUBLE: &str = r#"
    INSERT INTO alarms (kind, kept, heard, at) VALUES ('forked', 'a', 'b', 1);
    INSERT INTO revoked (id) VALUES (1);
    UPDATE entries SET wedge = '{"why":"refused","reason":"bad_signature","field":null}' WHERE seq = 2;
    UPDATE entries SET receipt = '{}', header = NULL, enc = NULL, ciphertext = NULL, gone = 1 WHERE seq = 3"#;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_stands_first_by_day_and_by_night_on_a_phone_and_on_the_car_s_laptop() {
    let station = Station::start().await;
    let device = Device::enrolled(&station).await;
    let Station { server, dir: _dir, .. } = station;
    server.stop().await;
    let empty = on_shift(&device, &[]);
    empty.read("Ready");
    drop(empty);
    for record in [named_offer(), named_offer(), without_place(), named_offer()] {
        recorded(&device, &record);
    }
    outbox(&device, TROUBLE);
    as_of_minutes_ago(&device, 30);
    for (theme, mode) in [("Adwaita", "light"), ("Adwaita:dark", "dark")] {
        let app = unlocked(&device, &[("GTK_THEME", theme)]);
        for (width, height, room) in [(360, 740, "phone"), (1280, 800, "laptop")] {
            app.resize(width, height);
            app.see("The agency's log", i32::from(height) - 100);
            app.picture(&format!("app-30-trouble-{room}-{mode}"));
            app.click_like(Role::Button, "from an old copy");
            app.find(Role::Heading, "Saved, needs you");
            app.picture(&format!("app-31-gone-{room}-{mode}"));
            app.click(Role::Button, "Done");
            app.find(Role::Button, "New encounter");
        }
        let told = app.seen();
        for words in [
            "This phone was taken out of service",
            "The server could not open this record",
            "restored from an old copy",
            "No connection",
        ] {
            assert!(told.contains(words), "{words}: {told}");
        }
    }
}

/// The app in dark: nobody turns the light on at 2 a.m.
const BY_NIGHT: [(&str, &str); 1] = [("GTK_THEME", "Adwaita:dark")];
/// The car's laptop: width and height of the window, in pixels.
const LAPTOP: (u16, u16) = (1280, 800);

#[tokio::test(flavor = "multi_thread")]
async fn at_night_on_the_car_s_laptop_what_each_page_of_a_record_asks_for_is_in_sight() {
    let station = Station::start().await;
    let device = Device::enrolled(&station).await;
    drop(on_shift(&device, &[]));
    recorded(&device, &named_offer());
    let app = unlocked(&device, &BY_NIGHT);
    app.resize(LAPTOP.0, LAPTOP.1);
    let in_sight = |words: &str| app.see(words, i32::from(LAPTOP.1));
    open_record(&app);
    app.read("Safe with the agency");
    for step in ["Called Grace Okafor", "Grace Okafor did not answer", "How it ended", "Take this back"] {
        in_sight(step);
    }
    app.picture("app-40-hand-off-night");
    app.click_like(Role::Button, "Take this back");
    app.click_like(Role::Radio, "The person changed their mind");
    in_sight("Keep it");
    app.picture("app-41-take-back-night");
    app.click(Role::Button, "Keep it");
    app.click_like(Role::Button, "How it ended");
    app.find(Role::Button, "They met");
    app.picture("app-42-how-it-ended-night");
    app.click_like(Role::Button, "Correct this");
    app.find(Role::Heading, "What was wrong?");
    in_sight("Save correction");
    app.picture("app-43-correct-night");
    app.click_like(Role::Button, "Criminal history");
    app.click_like(Role::Button, "Checked, convictions found");
    app.find(Role::Heading, "Convictions found");
    app.click_like(Role::Button, "Burglary");
    app.fill("Burglary, date", "03012020");
    in_sight("Continue");
    app.picture("app-44-correct-card-night");
    app.click(Role::Button, "Continue");
    app.find(Role::Heading, "What was wrong?");
    for words in ["was: Checked, nothing found", "For the case manager alone", "With this change", "Save correction"] {
        in_sight(words);
    }
    app.picture("app-45-correct-both-verdicts-night");
    drop(app);

    let Station { server, dir: _dir, .. } = station;
    server.stop().await;
    recorded(&device, &without_place());
    as_of_minutes_ago(&device, 5);
    let app = unlocked(&device, &BY_NIGHT);
    app.resize(LAPTOP.0, LAPTOP.1);
    app.click_like(Role::Button, "The place is not sure");
    app.find(Role::Heading, "Saved");
    app.picture("app-46-place-asked-night");
    app.click(Role::Button, "Set the place");
    app.find(Role::Heading, "Where was it?");
    app.press_by_keyboard("Pin the middle of the map");
    app.read("Inside Belltown");
    app.see("Save the place", i32::from(LAPTOP.1));
    app.picture("app-47-place-set-night");
    drop(app);

    outbox(&device, TROUBLE.lines().find(|line| line.contains("wedge =")).unwrap());
    let app = unlocked(&device, &BY_NIGHT);
    app.resize(LAPTOP.0, LAPTOP.1);
    app.click_like(Role::Button, "The server could not open this record");
    app.find(Role::Button, "Send again");
    app.see("Grace Okafor did not answer", i32::from(LAPTOP.1));
    app.see("Send again", i32::from(LAPTOP.1));
    app.picture("app-48-wedged-night");
}
