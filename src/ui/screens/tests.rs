//! Whole encounters through the components, without a window.

mod correct;
mod page;

use super::card::Shared;
use super::encounter::{Encounter, Keep};
use crate::assets;
use crate::domain::codes::{Choice, Containment, Reason, SceneOutcome, Verdict};
use crate::domain::encounter::Decision;
use crate::domain::facts::{FixFact, FixSource};
use crate::domain::pack::Pack;
use crate::ui::form::Form;
use crate::ui::view::Guide;
use chrono::{DateTime, FixedOffset};
use dioxus::prelude::*;
use page::Page;
use std::cell::RefCell;
use std::rc::Rc;

/// What came out of an encounter.
#[derive(Clone, Default)]
struct Seen {
    kept: Rc<RefCell<Vec<(Form, Keep)>>>,
    saved: Rc<RefCell<Vec<Decision>>>,
    closed: Rc<RefCell<u32>>,
}

#[derive(Clone)]
struct Bench {
    guide: Shared<Guide>,
    form: Form,
    fix: Option<FixFact>,
    seen: Seen,
}

fn now() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2012-06-01T22:15:00-07:00").unwrap()
}

fn guide(pack: &str) -> Guide {
    let zones = assets::zones().unwrap();
    let path = format!("packs/{pack}.json");
    Guide { pack: Pack::load(&path, assets::text(&path).unwrap(), &zones).unwrap(), zones }
}

/// Four blocks inside Belltown.
const INSIDE: FixFact =
    FixFact { lat_deg: 47.6135, lon_deg: -122.3455, accuracy_m: 8.0, age_s: 1.0, mock: false, source: FixSource::Gps };

fn bench(pack: &str, fix: Option<FixFact>) -> Bench {
    let guide = guide(pack);
    let form = Form::new(guide.pack.reference(), now());
    Bench { guide: Shared::new(guide), form, fix, seen: Seen::default() }
}

#[expect(non_snake_case, reason = "a component")]
fn Stage(bench: Bench) -> Element {
    let fix = bench.fix;
    let device = use_signal(move || fix);
    let clock = use_callback(|()| now());
    let (kept, saved, closed) = (bench.seen.kept.clone(), bench.seen.saved.clone(), bench.seen.closed.clone());
    rsx! {
        Encounter {
            guide: bench.guide,
            initial: bench.form,
            unit: "3-M-21",
            device,
            clock,
            onkeep: move |change| kept.borrow_mut().push(change),
            onsave: move |(_, decision)| saved.borrow_mut().push(decision),
            onclose: move |()| *closed.borrow_mut() += 1,
        }
    }
}

fn open(bench: &Bench) -> Page {
    Page::open(Stage, bench.clone())
}

/// From the door to the verdict: possession of heroin, a clear record, everything in order. 12 taps.
fn to_the_verdict(page: &mut Page) {
    for name in ["Arrest", "Drug possession", "Continue", "Heroin", "1 g", "Continue"] {
        page.press(name);
    }
    for answer in ["Yes", "No", "No", "No"] {
        page.press(answer);
    }
    page.press("Checked, nothing found");
    page.write("Age in years", "34");
    page.press("Continue");
}

#[test]
fn a_full_diversion_is_recorded() {
    let bench = bench("seattle-pilot-2011", Some(INSIDE));
    let mut page = open(&bench);
    assert_eq!(page.heading(), "How did you meet?");
    assert!(page.html().contains("Inside Belltown"), "{}", page.html());
    to_the_verdict(&mut page);
    assert_eq!(page.heading(), "Eligible");
    page.press("Offered and accepted");
    page.press("Yes, in words");
    page.write("Name or alias", "Jo Sample");
    page.press("Continue");
    page.write("How to find them", "Corner of 3rd and Bell");
    page.press("Continue");
    page.press("Food");
    page.press("Continue");
    page.press("White");
    page.press("Female");
    page.press("Continue");
    assert_eq!(page.heading(), "Check and save");
    page.press("Save");
    assert_eq!(page.presses(), 22, "the count in the docs of the flow, the button of the list left out");

    let saved = bench.seen.saved.borrow();
    let [decision] = saved.as_slice() else { panic!("{} records", saved.len()) };
    assert_eq!(decision.check(), Ok(()));
    assert_eq!(decision.assessment.verdict, Verdict::Eligible);
    assert_eq!(decision.assessment.zone.as_ref().unwrap().containment, Containment::Inside);
    assert_eq!((decision.choice, decision.outcome), (Choice::OfferedAccepted, SceneOutcome::Diverted));
    assert_eq!(decision.person.as_ref().unwrap().name.reveal(), "Jo Sample");
    assert_eq!(decision.facts.drug.unwrap().grams, Some(1.0));
}

#[test]
fn a_draft_opens_again_at_the_card_where_the_phone_died() {
    let bench = bench("seattle-pilot-2011", Some(INSIDE));
    let mut page = open(&bench);
    to_the_verdict(&mut page);
    page.press("Offered and accepted");
    page.press("Yes, in words");
    page.write("Name or alias", "Jo Sam");
    drop(page);

    let (last, _) = bench.seen.kept.borrow().last().cloned().unwrap();
    let form = Form::parse(&last.to_json().unwrap()).unwrap();
    let again = open(&Bench { form, fix: None, ..bench.clone() });
    assert_eq!(again.heading(), "Who is it?");
    assert!(again.html().contains("Jo Sam"));
}

#[test]
fn every_change_is_handed_out_and_each_new_card_at_once() {
    let bench = bench("seattle-pilot-2011", None);
    let mut page = open(&bench);
    page.press("Arrest");
    let kept: Vec<Keep> = bench.seen.kept.borrow().iter().map(|(_, keep)| *keep).collect();
    assert_eq!(kept, [Keep::Soon, Keep::Now]);
}

#[test]
fn a_decision_that_was_not_offered_carries_a_reason_and_no_person() {
    let bench = bench("seattle-pilot-2011", Some(FixFact { lat_deg: 47.70, ..INSIDE }));
    let mut page = open(&bench);
    to_the_verdict(&mut page);
    assert_eq!(page.heading(), "Barred");
    for name in ["Not offered", "The rules bar it", "Booked", "Unknown"] {
        page.press(name);
    }
    page.press("Male");
    page.press("Continue");
    page.press("Save");
    let saved = bench.seen.saved.borrow();
    assert_eq!(saved[0].check(), Ok(()));
    assert_eq!((saved[0].reason, saved[0].outcome), (Some(Reason::RulesBar), SceneOutcome::Booked));
    assert!(saved[0].person.is_none() && saved[0].divergence.is_none());
}

#[test]
fn an_offer_against_the_verdict_asks_for_a_supervisor() {
    let bench = bench("seattle-pilot-2011", Some(FixFact { lat_deg: 47.70, ..INSIDE }));
    let mut page = open(&bench);
    to_the_verdict(&mut page);
    page.press("Offered and declined");
    page.press("Not interested now");
    assert_eq!(page.heading(), "Who approved this?");
    page.press("Continue");
    assert!(page.html().contains("Supervisor&#x27;s name: type it here.") || page.html().contains("type it here."));
    page.write("Supervisor's name", "Sgt Okafor");
    page.write("Reason", "Lives here, was moved along tonight");
    page.press("Continue");
    assert_eq!(page.heading(), "What happens next?");
}

#[test]
fn without_a_position_the_place_is_asked_and_never_waited_for() {
    let bench = bench("seattle-pilot-2011", None);
    let mut page = open(&bench);
    for name in ["Arrest", "Drug possession", "Continue", "Heroin", "1 g", "Continue"] {
        page.press(name);
    }
    assert_eq!(page.heading(), "Where are you?");
    page.press("Pin the middle of the map");
    assert!(page.html().contains("Pinned by hand"));
    page.press("Continue");
    assert_ne!(page.heading(), "Where are you?");
}

#[test]
fn a_refused_consent_becomes_a_declined_offer_without_a_name() {
    let bench = bench("seattle-pilot-2011", Some(INSIDE));
    let mut page = open(&bench);
    to_the_verdict(&mut page);
    page.press("Offered and accepted");
    page.press("No");
    page.press("Record as declined");
    assert_eq!(page.heading(), "Why was it declined?");
}

#[test]
fn back_loses_nothing_and_leaves_at_the_first_card() {
    let bench = bench("seattle-pilot-2011", Some(INSIDE));
    let mut page = open(&bench);
    page.press("Arrest");
    page.press("Drug possession");
    page.press("Back");
    assert_eq!(page.heading(), "How did you meet?");
    page.press("Back");
    assert_eq!(*bench.seen.closed.borrow(), 1);
    assert_eq!(bench.seen.kept.borrow().last().unwrap().0.offences, ["drug_possession"]);
}

mod still {
    //! Each screen as it stands, rendered without a window.

    use super::page::Page;
    use crate::ui::screens::blocked::Blocked;
    use crate::ui::screens::enrol::Enrol;
    use crate::ui::screens::home::Home;
    use crate::ui::screens::saved::Saved;
    use crate::ui::screens::shift::ShiftStart;
    use crate::ui::screens::unlock::{SetSecret, Unlock};
    use crate::ui::view::Model;
    use crate::ui::view::tests::{busy, quiet};
    use dioxus::prelude::*;

    fn shows(screen: fn(Model) -> Element, model: Model, words: &[&str]) {
        let page = Page::open(screen, model);
        let html = page.html();
        words.iter().for_each(|word| assert!(html.contains(word), "`{word}` is not on\n{html}"));
    }

    #[test]
    fn the_list_shows_each_state_with_a_word() {
        let words = [
            "New encounter",
            "2 not safe yet",
            "Needs you",
            "Not safe yet, 3 min",
            "Accepted by Ana Ruiz",
            "Send now",
            "Lock",
        ];
        shows(|model| rsx! { Home { view: model.home(), onact: |_| () } }, busy(), &words);
    }

    #[test]
    fn an_empty_list_says_what_would_fill_it() {
        shows(|model| rsx! { Home { view: model.home(), onact: |_| () } }, quiet(), &["No encounters yet", "Ready"]);
    }

    #[test]
    fn a_locked_list_offers_to_unlock_and_to_record() {
        let mut model = busy();
        model.shift = model.shift.map(|shift| crate::sync::Shift { locked: true, ..shift });
        model.unreadable = vec![String::from("vault-1.db.unreadable-2026")];
        let words = ["Locked: names are hidden", "Unlock", "New encounter", "vault-1.db.unreadable-2026", "It is kept"];
        shows(|model| rsx! { Home { view: model.home(), onact: |_| () } }, model, &words);
    }

    #[test]
    fn a_log_that_contradicts_itself_a_full_disk_and_a_revocation_are_told_on_the_list() {
        let mut model = busy();
        (model.alarm, model.revoked, model.reads_nothing) = (true, true, true);
        model.room = crate::platform::disk::Room::OnReserve;
        let words = [
            "The agency&#39;s log does not match what this phone saw before",
            "Your records are safe here. Tell your sergeant.",
            "This phone is full",
            "Delete photographs or apps now.",
            "This phone was taken out of service",
            "Earlier records can no longer be read here.",
            "New encounter",
        ];
        shows(|model| rsx! { Home { view: model.home(), onact: |_| () } }, model.clone(), &words);
        assert!(!model.home().locked, "there is nothing to unlock");
        model.room = crate::platform::disk::Room::Little(140);
        shows(|model| rsx! { Home { view: model.home(), onact: |_| () } }, model, &["almost full", "140 MB are left."]);
    }

    #[test]
    fn a_saved_record_shows_its_life_and_a_number() {
        fn screen(model: Model) -> Element {
            let view = model.saved(model.records[0].referral).unwrap();
            rsx! { Saved { view, onact: |_| () } }
        }
        shows(screen, busy(), &["Saved", "Saved on this phone", "206 555 0117", "Copy number", "Done"]);
        shows(
            screen,
            busy(),
            &[
                "The hand-off",
                "Called Ana Ruiz",
                "Ana Ruiz answered",
                "Correct this…",
                "How it ended…",
                "Take this back…",
            ],
        );
    }

    #[test]
    fn the_doors_into_the_app_say_what_they_need() {
        shows(
            |_| rsx! { Enrol { onenrol: |_| () } },
            quiet(),
            &["Set up this phone", "Server address", "One-time code"],
        );
        shows(
            |model| rsx! { ShiftStart { officers: model.officer_views(), agency: "SPD", onstart: |_| () } },
            quiet(),
            &["Start your shift", "Sam Lee", "7142", "Unit"],
        );
        shows(
            |_| rsx! { Unlock { officer: "Sam Lee", onunlock: |_| (), onskip: |()| () } },
            quiet(),
            &["Record without unlocking"],
        );
        shows(
            |_| rsx! { SetSecret { officer: "Sam Lee", pin: "482913", onset: |_| (), onskip: |()| () } },
            quiet(),
            &["482913", "Or choose your own"],
        );
        shows(
            |_| rsx! { SetSecret { officer: "Sam Lee", pin: "482913", key_gone: true, onset: |_| (), onskip: |()| () } },
            quiet(),
            &["cannot be opened here any more", "The file is kept", "what you saved is still sent", "482913"],
        );
        shows(
            |_| rsx! { Blocked { title: "Cannot open", text: "outbox.db: newer", onretry: |()| () } },
            quiet(),
            &["Nothing was deleted", "Try again"],
        );
    }

    #[test]
    fn a_shift_without_a_name_or_unit_does_not_start() {
        let mut page = Page::open(
            |model: Model| rsx! { ShiftStart { officers: model.officer_views(), agency: "SPD", onstart: |_| super::never("started") } },
            quiet(),
        );
        page.press("Start shift");
        assert!(page.html().contains("Tap your name."));
        assert!(page.html().contains("Unit: type it here."));
    }

    #[test]
    fn a_secret_of_ones_own_that_is_too_short_is_not_taken() {
        let mut page = Page::open(
            |_: Model| rsx! { SetSecret { officer: "Sam", pin: "482913", onset: |_| super::never("set"), onskip: |()| () } },
            quiet(),
        );
        page.write("Or choose your own", "short");
        page.press("I know it, go on");
        assert!(page.html().contains("Too short"));
    }
}

/// For what must not be called here.
fn never(what: &str) {
    panic!("{what}")
}
