//! Corrections through the components: from a record, over its cards, to what is saved.

use super::page::Page;
use super::{INSIDE, bench, open, to_the_verdict};
use crate::domain::afterwards::AmendmentCause;
use crate::domain::codes::YesNo;
use crate::domain::encounter::Decision;
use crate::sync::{Change, Readable};
use crate::ui::screens::Shared;
use crate::ui::screens::correct::Correct;
use crate::ui::view::Guide;
use dioxus::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

#[derive(Clone)]
struct Desk {
    guide: Shared<Guide>,
    record: Shared<Readable>,
    saved: Rc<RefCell<Vec<Change>>>,
}

#[expect(non_snake_case, reason = "a component")]
fn Stage(desk: Desk) -> Element {
    let saved = Rc::clone(&desk.saved);
    rsx! {
        Correct {
            guide: desk.guide,
            record: desk.record,
            onsave: move |change| saved.borrow_mut().push(change),
            onclose: |()| (),
        }
    }
}

/// What an encounter recorded: eligible, offered, accepted.
fn recorded() -> (Desk, Decision) {
    let bench = bench("seattle-pilot-2011", Some(INSIDE));
    let mut page = open(&bench);
    to_the_verdict(&mut page);
    page.press("Offered and accepted");
    page.press("Yes, in words");
    page.write("Name or alias", "Jo Sample");
    page.press("Continue");
    page.write("How to find them", "Corner of 3rd and Bell");
    for name in ["Continue", "Continue", "White", "Female", "Continue", "Save"] {
        page.press(name);
    }
    let decision = bench.seen.saved.borrow()[0].clone();
    let record = Shared::new(Readable { decision: decision.clone(), amended: None });
    (Desk { guide: bench.guide, record, saved: Rc::default() }, decision)
}

#[test]
fn an_offence_that_is_added_is_asked_about_and_nothing_else_is_said_anew() {
    let (desk, decision) = recorded();
    let mut page = Page::open(Stage, desk.clone());
    assert_eq!(page.heading(), "What was wrong?");
    assert!(page.html().contains("Nothing is changed yet."));
    page.press("Offence Drug possession Change");
    page.press("Drug delivery or intent");
    page.press("Continue");
    assert_eq!(page.heading(), desk.guide.pack.question("dealing_above_subsistence").unwrap().ask);
    page.press("Yes");
    assert_eq!(page.heading(), "What was wrong?");
    let html = page.html();
    for words in ["was: Drug possession", "When you decided", "Eligible", "Barred", "Dealing above subsistence"] {
        assert!(html.contains(words), "{words} is not on {html}");
    }
    page.press("Save correction");
    let saved = desk.saved.borrow();
    let [change] = saved.as_slice() else { panic!("{} corrections", saved.len()) };
    assert_eq!((change.cause, &change.note), (AmendmentCause::Correction, &None));
    assert_eq!(change.facts.offences, ["drug_possession", "drug_delivery"]);
    let mut told = change.facts.clone();
    told.offences.truncate(1);
    assert_eq!(told.answers.remove("dealing_above_subsistence"), Some(YesNo::Yes));
    assert_eq!(told, decision.facts, "the rest stands as it was recorded");
}

#[test]
fn a_card_that_was_opened_in_vain_changes_nothing_and_a_note_alone_is_a_correction() {
    let (desk, decision) = recorded();
    let mut page = Page::open(Stage, desk.clone());
    page.press("Age in years 34 Change");
    page.write("Age in years", "4x");
    page.press("Continue");
    assert!(page.html().contains("that is not a number that fits"));
    page.write("Age in years", "34");
    page.press("Back");
    assert!(page.html().contains("Nothing is changed yet."));
    page.write("For the case manager alone", "  her number ends in 43 ");
    page.press("Save correction");
    let saved = desk.saved.borrow();
    let [change] = saved.as_slice() else { panic!("{} corrections", saved.len()) };
    assert_eq!(change.facts, decision.facts);
    assert_eq!(change.note.as_ref().unwrap().reveal(), "her number ends in 43");
}
