//! Today, over real HTTP: what stands on it for whom, in which order, and what a page that stays open writes.

use crate::afterwards::{append, hand_off};
use crate::casework::{accepted, file, met, note};
use crate::ladder::{accept, after, decline, events, full_caseloads, offered, page};
use crate::rota::only;
use crate::server::{CANARY, Station, TestPhone};
use chrono::{Days, NaiveDate, TimeDelta};
use handoff::domain::afterwards::HandOffStep;
use handoff::domain::ids::ReferralId;
use handoff_server::casework::Written;
use serde_json::json;

pub const NEW: &str = "New: you have not looked at it yet.";
pub const OFFERED: &str = "A referral waits for you";
pub const QUIET: &str = "Nothing needs you now";

/// An offer at a corner, of an encounter by the test's own clock.
pub async fn offered_now(station: &Station, phone: &mut TestPhone, corner: &str) -> ReferralId {
    let mut decision = phone.accepted_offer();
    decision.cross_street = Some(corner.into());
    decision.facts.at = station.server.app().now().fixed_offset();
    let (referral, entry) = phone.record(&decision);
    phone.deliver(&entry).await;
    referral
}

async fn today(station: &Station, login: &str) -> String {
    page(station, login, "/today").await
}

/// In the order in which they stand on the page.
fn in_order(page: &str, texts: &[&str]) {
    let at = |text: &&str| page.find(*text).unwrap_or_else(|| panic!("{text}: {page}"));
    assert!(texts.iter().map(at).is_sorted(), "{texts:?}: {page}");
}

fn day(station: &Station, from_now: i64) -> NaiveDate {
    let today = station.server.app().now().with_timezone(crate::server::facts().at.offset()).date_naive();
    if from_now < 0 { today - Days::new(from_now.unsigned_abs()) } else { today + Days::new(from_now.unsigned_abs()) }
}

#[tokio::test]
async fn what_was_put_to_someone_stands_on_today_until_it_is_taken_or_passed_on() {
    let station = Station::start().await;
    assert!(today(&station, "okafor").await.contains(QUIET));
    let referral = offered(&station).await;
    let alone = page(&station, "okafor", "/today?auto=1").await;
    in_order(&alone, &["30 min from the scene", OFFERED, NEW, "Next: next on call, in", "Accept it, or pass it on"]);
    assert!(events(&station, "seen").await.is_empty(), "an unattended desk has seen nothing");
    let looked = today(&station, "okafor").await;
    assert!(looked.contains("You looked under 1 min ago") && !looked.contains(NEW), "{looked}");
    assert_eq!(events(&station, "seen").await.len(), 1);
    assert!(!looked.contains(&format!("{CANARY} Doe")), "who waits is not named in a list");
    let tran = today(&station, "tran").await;
    assert!(tran.contains(QUIET) && tran.contains("1 referral waits that was put to others."), "{tran}");

    after(&station, 31).await;
    let late = today(&station, "okafor").await;
    assert!(late.contains("min over") && late.contains("1 thing, 1 over time"), "{late}");
    assert!(today(&station, "tran").await.contains(OFFERED), "it climbed to him");
    decline(&station, referral, "okafor").await;
    assert!(!today(&station, "okafor").await.contains(OFFERED), "who passed it on is left alone");
    accept(&station, referral, "tran").await;
    let tran = today(&station, "tran").await;
    in_order(
        &tran,
        &["Meet them", &format!("{CANARY} Doe"), "at the scene", "No arrival recorded yet.", "Record whether"],
    );
    assert!(!today(&station, "okafor").await.contains(CANARY));
}

#[tokio::test]
async fn who_was_not_found_is_to_be_sought_again_and_an_arrival_that_the_officer_saw_is_told() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let referral = accepted(&station, &mut phone, "okafor").await;
    let entry = append(&mut phone, referral, &hand_off(HandOffStep::Arrived, None));
    phone.deliver(&entry).await;
    let there = today(&station, "okafor").await;
    assert!(there.contains("You are there") && !there.contains("No arrival"), "{there}");
    let tried =
        json!({"kind": "arrival", "on": day(&station, 0), "result": "not_found", "words": "Asked at the mission"});
    assert_eq!(file(&station, referral, ("okafor", 0), note(tried)).await, Written::Filed);
    let sought = today(&station, "okafor").await;
    in_order(&sought, &["left", "Not found: try again", "Tried once", "Record the next try"]);
    assert!(!sought.contains("You are there") && !sought.contains("mission"), "{sought}");
    station.pass(TimeDelta::hours(25));
    let late = today(&station, "okafor").await;
    assert!(late.contains("1 h 00 min over"), "{late}");
}

/// Someone whom they met, with a step of a plan in three days and a promise for tomorrow.
pub async fn promised(station: &Station, referral: ReferralId) {
    file(station, referral, ("okafor", 0), met(station)).await;
    let step = |words: &str, state: &str| json!({"words": words, "state": state, "due": day(station, 3)});
    let steps = [step("Call the shelter", "open"), step("Write to the court", "done")];
    let plan = json!({"kind": "plan", "goals": [{"words": "a room", "steps": steps}]});
    assert_eq!(file(station, referral, ("okafor", 0), note(plan)).await, Written::Filed);
    assert_eq!(file(station, referral, ("okafor", 0), contact(station, "yes", Some(1))).await, Written::Filed);
}

fn contact(station: &Station, reached: &str, promised: Option<i64>) -> handoff::domain::casework::Note {
    let mut contact = json!({"kind": "contact", "on": day(station, 0), "manner": "phone", "reached": reached});
    if let Some(days) = promised {
        contact["promised"] = json!(day(station, days));
    }
    note(contact)
}

#[tokio::test]
async fn every_clock_of_a_person_stands_in_the_order_in_which_it_runs_out() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let referral = accepted(&station, &mut phone, "okafor").await;
    promised(&station, referral).await;
    let now = today(&station, "okafor").await;
    in_order(
        &now,
        &["1 day left", "You promised", "3 days left", "Call the shelter", "In more than a week: 1", "Intake"],
    );
    assert!(!now.contains("Write to the court"), "it is done");

    station.pass(TimeDelta::days(33));
    offered_now(&station, &mut phone, "Bell St").await;
    let late = today(&station, "okafor").await;
    in_order(
        &late,
        &["left", OFFERED, "32 days over", "You promised", "30 days over", "Call the shelter", "3 days over", "Intake"],
    );
    assert!(late.contains("4 things, 3 over time"), "{late}");
    assert_eq!(file(&station, referral, ("okafor", 1), contact(&station, "no", None)).await, Written::Filed);
    assert!(today(&station, "okafor").await.contains("You promised"), "a try keeps no promise");
    assert_eq!(file(&station, referral, ("okafor", 2), contact(&station, "yes", None)).await, Written::Filed);
    assert!(!today(&station, "okafor").await.contains("You promised"), "it is kept");
    let away = note(json!({"kind": "spell", "on": day(&station, 0), "turn": {"away": "in_care"}}));
    assert_eq!(file(&station, referral, ("okafor", 0), away).await, Written::Filed);
    assert!(!today(&station, "okafor").await.contains("Call the shelter"), "who is away is not pressed");
}

#[tokio::test]
async fn a_page_that_stays_open_writes_one_read_for_each_sitting_and_person() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let (one, other) = (accepted(&station, &mut phone, "okafor").await, accepted(&station, &mut phone, "okafor").await);
    let reads = async |page: &str, referral: ReferralId| {
        let lines = events(&station, "person_read").await;
        lines.iter().filter(|line| line.ends_with(&format!(" {referral} {page}"))).count()
    };
    for sitting in 1..=2 {
        for _ in 0..4 {
            for path in ["/today?auto=1", "/cases?auto=1", "/today", "/cases"] {
                page(&station, "okafor", path).await;
            }
        }
        for referral in [one, other] {
            assert_eq!((reads("today", referral).await, reads("cases", referral).await), (sitting, sitting));
        }
        station.pass(TimeDelta::minutes(61));
    }
}

#[tokio::test]
async fn a_lead_has_the_gaps_of_the_rota_and_what_nobody_holds_past_its_limit() {
    let station = Station::start().await;
    only(&station, &[("okafor", -1, 12, 1), ("tran", 30, 3000, 1)]).await;
    let lead = today(&station, "amari").await;
    in_order(&lead, &["to the gap", "Nobody on call", "Fill the rota"]);
    assert!(!today(&station, "okafor").await.contains("Fill the rota"), "it is not hers to fill");
    let referral = offered(&station).await;
    assert!(!today(&station, "amari").await.contains("Accept it"), "it is not hers yet");
    after(&station, 21).await;
    assert!(today(&station, "amari").await.contains(OFFERED), "it climbed to her");
    decline(&station, referral, "amari").await;
    let unheld = today(&station, "amari").await;
    in_order(&unheld, &["Nobody has this referral", "Grace Okafor, tried", "Escalated to the"]);
    station.pass(TimeDelta::hours(13));
    let gap = today(&station, "okafor").await;
    assert!(gap.contains("Nobody is on call") && !gap.contains("Fill the rota</"), "{gap}");
}

#[tokio::test]
async fn what_waits_for_a_place_stands_apart_until_the_lead_hears_of_it() {
    let station = Station::start().await;
    full_caseloads(&station).await;
    let held = today(&station, "tran").await;
    in_order(&held, &["Meet them", "Waiting for a place", "Every caseload is full", "Social contact"]);
    let before = held.split("Waiting for a place").next().unwrap();
    assert!(!before.contains("Social contact"), "{held}");
    after(&station, 21).await;
    let lead = today(&station, "amari").await;
    assert!(!lead.contains("Waiting for a place") && lead.contains("Social contact"), "{lead}");
}
