//! What every screen shares: a heading that takes the focus, the actions at the thumb, large answers.

use crate::ui::flow::Step;
use crate::ui::parts::{Button, ButtonKind, Glyph, Icon};
use crate::ui::words;
use dioxus::prelude::*;

/// The screen's heading. It takes the focus when the screen opens, so that a screen reader starts there
/// and the keyboard goes on from there.
#[component]
pub fn Heading(text: String) -> Element {
    rsx! {
        h1 {
            class: "heading",
            tabindex: "-1",
            onmounted: move |event| async move {
                // A page that is going away has nothing to focus.
                drop(event.set_focus(true).await);
            },
            {text}
        }
    }
}

/// The bar at the foot of the screen, in reach of the thumb.
#[component]
pub fn Actions(children: Element) -> Element {
    rsx! {
        footer { class: "actions", {children} }
    }
}

/// The bar at the head of a screen that leads back to a record.
#[component]
pub fn BackBar(
    /// What goes on here.
    title: String,
    /// Goes back.
    onback: EventHandler<()>,
) -> Element {
    rsx! {
        header { class: "bar",
            BackButton { onback }
            p { class: "bar-title", {title} }
        }
    }
}

/// The way back, at the head of a screen.
#[component]
pub fn BackButton(
    /// Goes back.
    onback: EventHandler<()>,
) -> Element {
    rsx! {
        button { class: "button", r#type: "button", "data-kind": "quiet", "data-back": "true", onclick: move |_| onback.call(()),
            Icon { glyph: Glyph::Back }
            span { {words::BACK} }
        }
    }
}

/// One card as a form of its own: a bar, the card, and at the foot what goes on. The return key goes on, too.
#[component]
pub fn CardForm(
    /// Which card: another one is made anew, its fields empty.
    step: Step,
    /// The bar at the head.
    head: Element,
    /// The card.
    body: Element,
    /// The foot.
    children: Element,
    /// Goes on.
    onsubmit: EventHandler<()>,
) -> Element {
    let key = serde_json::to_string(&step).unwrap_or_default();
    rsx! {
        form {
            class: "screen",
            onsubmit: move |event| {
                event.prevent_default();
                onsubmit.call(());
            },
            {head}
            // A list of one: only in a list does a key make the card anew.
            for key in [key] {
                main { class: "card", key: "{key}", {body.clone()} }
            }
            {children}
        }
    }
}

/// One large answer that goes on by itself.
#[component]
pub fn Answer(
    /// What it says.
    label: String,
    /// A smaller line.
    hint: Option<String>,
    /// It is the answer now.
    #[props(default)]
    chosen: bool,
    /// A drawing before the label.
    glyph: Option<Glyph>,
    /// What it does.
    onclick: EventHandler<()>,
) -> Element {
    rsx! {
        button { class: "answer", r#type: "button", "data-chosen": chosen, onclick: move |_| onclick.call(()),
            if let Some(glyph) = glyph {
                Icon { glyph }
            }
            span { class: "answer-text",
                span { class: "answer-label", {label} }
                if chosen {
                    span { class: "visually-hidden", ", chosen" }
                }
                if let Some(hint) = hint {
                    span { class: "hint", {hint} }
                }
            }
            if chosen {
                Icon { glyph: Glyph::Check }
            } else {
                Icon { glyph: Glyph::Next }
            }
        }
    }
}

/// A number to call: what to press, and the number itself to read out.
#[component]
pub fn CallCard(
    /// Whose number.
    who: String,
    /// What they are.
    what: String,
    /// The number; empty if there is none.
    number: String,
    /// Opens the telephone, or copies the number where there is none.
    oncall: EventHandler<String>,
    /// The device has no telephone.
    #[props(default)]
    copies: bool,
) -> Element {
    let label = if copies { words::COPY.to_owned() } else { format!("{} {who}", words::CALL) };
    let dialled = number.clone();
    rsx! {
        section { class: "call", "aria-label": "On call",
            div { class: "call-text",
                p { class: "quiet small", {what} }
                p { class: "call-who", {who} }
                if number.is_empty() {
                    p { class: "quiet", "No number is known." }
                } else {
                    p { class: "call-number tabular", {number.clone()} }
                }
            }
            if !number.is_empty() {
                Button {
                    label,
                    kind: ButtonKind::Plain,
                    glyph: Glyph::Phone,
                    onclick: move |_| oncall.call(dialled.clone()),
                }
            }
        }
    }
}
