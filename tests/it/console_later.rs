//! The console in a real browser, when more came than decisions: hand-offs, amendments, a withdrawal, gaps, and
//! a server that was restored. By day and by night, at a desk and on a phone.

use crate::afterwards::{amendment, append, hand_off_of, withdrawal};
use crate::browser::{Browser, Kind};
use crate::console::{MISFITS, deliver, offer, signed_in};
use crate::restore::{back_up, restored};
use crate::server::{CANARY, Station, fix};
use handoff::domain::afterwards::{HandOff, HandOffStep, WithdrawalReason};
use handoff::domain::codes::{Choice, Verdict};
use handoff::domain::encounter::{Decision, Divergence};
use handoff::domain::entry::Body;
use thirtyfour::prelude::*;

const ROOMS: [(Kind, &str); 4] =
    [(Kind::Desk, "desk"), (Kind::NightDesk, "night-desk"), (Kind::Phone, "phone"), (Kind::NightPhone, "night-phone")];

/// Looks at one page in every room: it fits, nothing failed, and a picture is kept.
async fn look(station: &Station, (login, path, name): (&str, &str, &str), words: &[&str]) {
    let browser = signed_in(station, login, Kind::Desk).await;
    for (kind, room) in ROOMS {
        browser.stand_in_for(kind).await;
        browser.go(&station.url(path)).await;
        for words in words {
            assert!(browser.says(words).await, "{room}: {words} is not on {path}");
        }
        let misfits: Vec<String> = browser.ask(MISFITS).await;
        assert_eq!(misfits, Vec::<String>::new(), "{room}: {path}");
        pictures(&browser, &format!("console-{name}-{room}")).await;
        assert_eq!(browser.errors().await, Vec::<String>::new());
    }
    browser.close().await;
}

/// Pictures of a page from its top to its foot, as one scrolls.
async fn pictures(browser: &Browser, name: &str) {
    let screens: i64 = browser.ask("return Math.ceil(document.documentElement.scrollHeight / innerHeight)").await;
    for screen in 0..screens {
        browser.ask::<()>(&format!("scrollTo(0, {screen} * innerHeight)")).await;
        browser.picture(&format!("{name}-{}", screen + 1)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_referral_shows_each_step_both_verdicts_and_that_it_was_taken_back() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let mut unsure = offer(&phone);
    unsure.facts.fix = None;
    let assessed = phone.decide(unsure.facts.clone(), Choice::OfferedAccepted);
    assert_eq!(assessed.assessment.verdict, Verdict::NeedsSupervisor);
    let word = Divergence { supervisor: "Sgt. Hughes".into(), reason: "knows the corner".into() };
    let decision = Decision { assessment: assessed.assessment, divergence: Some(word), ..unsure };
    let (referral, entry) = phone.record(&decision);
    phone.deliver(&entry).await;
    let path = format!("/referrals/{referral}");
    let browser = signed_in(&station, "okafor", Kind::Desk).await;
    browser.go(&station.url(&path)).await;
    browser.text("Live").await;
    browser.ask::<()>("window.stayed = true").await;

    let mut known = decision.clone();
    known.facts.fix = Some(fix(47.6145, -122.3465));
    let okafor = Some(station.staff("okafor"));
    let called = Body::HandOff(HandOff { to: okafor, ..hand_off_of(HandOffStep::Called, None) });
    let silent = Body::HandOff(HandOff { to: okafor, ..hand_off_of(HandOffStep::NoAnswer, None) });
    let amended = amendment(&phone, entry.hash, &known);
    for body in [called, silent, amended] {
        let entry = append(&mut phone, referral, &body);
        phone.deliver(&entry).await;
    }
    browser.text("Case manager called: Grace Okafor").await;
    browser.text("No answer: Grace Okafor").await;
    assert!(browser.ask::<bool>("return window.stayed === true").await, "the page was not loaded again");
    let verdicts = browser.page.find_all(By::XPath("//*[@class='badge']")).await.unwrap();
    let mut shown = Vec::new();
    for badge in verdicts {
        if badge.is_displayed().await.unwrap() {
            shown.push(badge.text().await.unwrap());
        }
    }
    for verdict in ["Needs a supervisor", "Eligible"] {
        assert!(shown.iter().any(|text| text.contains(verdict)), "{verdict} in {shown:?}");
    }
    assert!(browser.says(&format!("{CANARY} stood there")).await, "the note is for the case manager");
    browser.close().await;
    let both = ["Needs a supervisor", "Eligible", "Late position"];
    look(&station, ("okafor", &path, "amended"), &both).await;

    let back = append(&mut phone, referral, &withdrawal(WithdrawalReason::ChangedMind));
    phone.deliver(&back).await;
    look(&station, ("okafor", &path, "taken-back"), &["The officer took this back", "changed their mind"]).await;
    look(&station, ("hughes", "/log/1", "log-amended"), &["Needs a supervisor", "Eligible", "Verdict changed"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restore_the_sergeant_reads_what_is_lost_and_which_device_has_a_gap() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    deliver(&mut phone, offer).await;
    let (_folder, file, _) = back_up(&station).await;
    deliver(&mut phone, offer).await;
    let station = restored(station, &file).await;
    // One that stays on the phone, and one behind it that comes.
    let _missing = phone.record(&offer(&phone));
    deliver(&mut phone, offer).await;
    look(&station, ("hughes", "/log", "restored"), &["The log was restored: entries", "are not here"]).await;
    look(&station, ("hughes", "/devices", "gap"), &["missing for"]).await;
}
