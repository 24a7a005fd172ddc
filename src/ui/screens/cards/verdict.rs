//! What the rules say, and what the officer decides.

use crate::domain::codes::Choice;
use crate::ui::form::Edit;
use crate::ui::parts::badge::verdict_look;
use crate::ui::parts::{Button, ButtonKind, FindingList, Icon, Notice, Tone, words as codes};
use crate::ui::screens::card::{Card, Move};
use crate::ui::screens::frame::{Answer, Heading};
use crate::ui::view::VerdictView;
use crate::ui::words;
use dioxus::prelude::*;

/// The verdict in one word, its reasons, and three ways to decide.
#[component]
pub fn VerdictCard(props: Card) -> Element {
    let Some(found) = props.sheet.found() else { return rsx! { NoVerdict { ..props } } };
    let view = VerdictView::of(&props.form, &props.guide, found);
    let (tone, glyph) = verdict_look(view.verdict);
    let onedit = props.onedit;
    rsx! {
        div { class: "verdict", "data-tone": tone.name(),
            Icon { glyph }
            div {
                Heading { text: view.headline }
                p { {view.meaning} }
            }
        }
        if !view.attention.is_empty() {
            FindingList { findings: view.attention }
        }
        details { class: "more",
            summary { "{view.passed.len()} rules pass" }
            FindingList { findings: view.passed }
        }
        p { class: "quiet small", {view.pack} }
        section { class: "answers decide", "aria-label": "Your decision",
            h2 { "What did you decide?" }
            for (choice , diverges) in view.choices {
                Answer {
                    key: "{choice.code()}",
                    label: codes::choice(choice),
                    hint: hint(choice, diverges),
                    chosen: view.chosen == Some(choice),
                    onclick: move |()| onedit.call(Edit::Choice(choice)),
                }
            }
        }
    }
}

fn hint(choice: Choice, diverges: bool) -> Option<String> {
    match (choice, diverges) {
        (_, false) => None,
        (Choice::NotOffered, true) => Some(String::from("Against the verdict: needs a supervisor's name and reason")),
        (Choice::OfferedAccepted | Choice::OfferedDeclined, true) => {
            Some(String::from("Needs a supervisor's name and reason"))
        }
    }
}

/// Something is missing or impossible: say what, and lead there.
#[component]
fn NoVerdict(props: Card) -> Element {
    let onmove = props.onmove;
    let gaps = props.sheet.facts.as_ref().err().cloned().unwrap_or_default();
    let fault = props.sheet.assessment.as_ref().and_then(|found| found.as_ref().err().cloned());
    rsx! {
        div { class: "ask",
            Heading { text: "No verdict yet" }
        }
        if let Some(fault) = fault {
            Notice { tone: Tone::Bad, title: "The rules cannot be applied", p { {fault} } }
        }
        for gap in gaps {
            Notice { tone: Tone::Warn, title: words::gap(gap.field, gap.why),
                Button {
                    label: "Go to {words::field(gap.field)}",
                    kind: ButtonKind::Plain,
                    onclick: move |_| onmove.call(Move::To(gap.step.clone())),
                }
            }
        }
    }
}
