//! Everything at a glance, and Save.

use crate::ui::parts::{Glyph, Icon, Notice, Tone};
use crate::ui::screens::card::{Card, Move};
use crate::ui::screens::frame::Heading;
use crate::ui::view::{ReviewRow, review};
use dioxus::prelude::*;

/// Each line leads back to its card.
#[component]
pub fn ReviewCard(props: Card) -> Element {
    let onmove = props.onmove;
    let rows = review(&props.form, &props.guide, &props.sheet);
    let missing = rows.iter().filter(|row| row.fault.is_some()).count();
    rsx! {
        div { class: "ask",
            Heading { text: "Check and save" }
        }
        if missing > 0 {
            Notice { tone: Tone::Warn, title: "Something is missing", p { "Tap the marked lines." } }
        }
        ul { class: "review",
            for row in rows {
                ReviewLine { key: "{row.label}", row, onmove }
            }
        }
    }
}

/// One line of what was entered, which leads back to its card.
#[component]
pub fn ReviewLine(row: ReviewRow, onmove: EventHandler<Move>) -> Element {
    let step = row.step.clone();
    let tone = match (&row.fault, &row.was) {
        (Some(_), _) => Tone::Warn,
        (None, Some(_)) => Tone::Info,
        (None, None) => Tone::Plain,
    };
    rsx! {
        li {
            button {
                class: "review-row",
                r#type: "button",
                "data-tone": tone.name(),
                onclick: move |_| onmove.call(Move::To(step.clone())),
                span { class: "review-text",
                    span { class: "small quiet", {row.label} }
                    span { class: "review-value", {row.value} }
                    if let Some(was) = row.was {
                        span { class: "small quiet", "was: {was}" }
                    }
                    if let Some(fault) = row.fault {
                        span { class: "field-error",
                            Icon { glyph: Glyph::Alert }
                            span { {fault} }
                        }
                    }
                }
                span { class: "small quiet", "Change" }
            }
        }
    }
}
