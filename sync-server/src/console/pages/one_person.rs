//! Who may be the person of a case: offers, and what was said of them.

use super::case::Own;
use crate::console::view::{OnePersonView, OtherView};
use crate::words::t;
use dioxus::prelude::*;
use handoff::domain::same_person::Word;
use handoff::ui::parts::{Button, ButtonKind};

/// The section of a case's page. Nothing stands there where nobody is like this person.
#[component]
pub fn OnePerson(referral: String, person: OnePersonView) -> Element {
    if person == OnePersonView::default() {
        return rsx! {};
    }
    rsx! {
        section { class: "card", id: "person-words", "aria-labelledby": "one-person",
            h2 { id: "one-person", {t!("person-one-person")} }
            if !person.offered.is_empty() {
                p { class: "small quiet", {t!("person-these-may-be-the-same")} }
                Others { referral: referral.clone(), others: person.offered, words: vec![
                    (Word::Same, t!("person-the-same-person")), (Word::NotSame, t!("person-not-the-same")),
                ] }
            }
            if !person.same.is_empty() {
                h3 { {t!("person-the-same-person")} }
                Others { referral: referral.clone(), others: person.same, words: vec![(Word::TakenBack, t!("person-undo"))] }
            }
            if !person.not_same.is_empty() {
                details {
                    summary { {t!("person-not-the-same-n", n = person.not_same.len())} }
                    Others { referral, others: person.not_same, words: vec![(Word::TakenBack, t!("person-undo"))] }
                }
            }
        }
    }
}

#[component]
fn Others(referral: String, others: Vec<OtherView>, words: Vec<(Word, &'static str)>) -> Element {
    rsx! {
        ul { class: "others",
            for other in others {
                li { key: "{other.referral}", class: "other",
                    p {
                        a { class: "tap", href: "/cases/{other.referral}", dir: "auto", {other.name.reveal().clone()} }
                    }
                    if !other.why.is_empty() {
                        p { class: "why", {other.why} }
                    }
                    dl { class: "facts narrow",
                        for said in other.lines {
                            Own { key: "{said.label}", label: said.label, value: said.value }
                        }
                    }
                    if other.said || words.len() > 1 {
                        form { class: "choices", method: "post", action: "/cases/{referral}/person",
                            input { r#type: "hidden", name: "other", value: "{other.referral}" }
                            for (word, label) in words.clone() {
                                Button { key: "{label}", label, kind: ButtonKind::Plain, submit: true, name: "word", value: word.code() }
                            }
                        }
                    } else {
                        p { class: "small quiet", {t!("person-this-follows-from-what-was")} }
                    }
                }
            }
        }
    }
}
