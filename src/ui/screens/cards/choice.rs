//! One question, one tap.

use crate::domain::codes::Choice;
use crate::ui::flow::Step;
use crate::ui::form::Edit;
use crate::ui::parts::{Button, ButtonKind, Notice, Tone};
use crate::ui::screens::card::Card;
use crate::ui::screens::frame::{Answer, Heading};
use crate::ui::view::choices;
use crate::ui::words;
use dioxus::prelude::*;

/// A card with one question and large answers.
#[component]
pub fn ChoiceCard(props: Card) -> Element {
    let verdict = props.sheet.found().map(|found| found.verdict);
    let Some(choice) = choices(&props.form, &props.guide, verdict, props.now) else { return rsx! {} };
    let onedit = props.onedit;
    let refused = props.form.step == Step::Consent && props.form.consent.is_some_and(|consent| consent.yes.is_none());
    rsx! {
        div { class: "ask",
            Heading { text: choice.title }
            if let Some(hint) = choice.hint {
                p { class: "quiet", {hint} }
            }
        }
        if refused {
            Notice { tone: Tone::Warn, title: "Without their yes nothing about them is recorded.",
                p { "The offer then counts as declined." }
                Button {
                    label: words::RECORD_DECLINED,
                    kind: ButtonKind::Primary,
                    onclick: move |_| onedit.call(Edit::Choice(Choice::OfferedDeclined)),
                }
            }
        }
        div { class: "answers",
            for tile in choice.tiles {
                Answer {
                    key: "{tile.label}",
                    label: tile.label.clone(),
                    hint: tile.hint.clone(),
                    chosen: tile.chosen,
                    onclick: move |()| onedit.call(tile.edit.clone()),
                }
            }
        }
    }
}
