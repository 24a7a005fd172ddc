//! One turn of the rota: who holds it, and what whoever looks may do with it.

use super::rota::People;
use crate::console::shell::{Crumb, Frame, Live, PageHead, Shell};
use crate::console::view::{RotaSight, TurnView, Viewer};
use crate::words::t;
use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use handoff::ui::parts::{Button, ButtonKind, Glyph, Notice, Tone};

/// The page.
#[component]
pub fn TurnPage(viewer: Viewer, view: TurnView, fault: Option<String>, now: DateTime<Utc>) -> Element {
    let frame = Frame {
        title: String::from(t!("turn-a-turn-on-call")),
        viewer: Some(viewer),
        live: Live::Form,
        now: Some(now),
    };
    rsx! {
        Shell { frame,
            Crumb { href: "/rota", label: t!("shell-rota") }
            PageHead { title: t!("turn-a-turn-on-call") }
            if let Some(seen) = view.seen.clone() {
                Notice { tone: Tone::Warn, title: t!("turn-someone-changed-this-turn-before"),
                    p { {t!("turn-nothing-of-yours-was-done")} }
                }
                section { class: "card", "aria-labelledby": "seen",
                    h2 { id: "seen", {t!("turn-as-you-saw-it")} }
                    Words { sight: seen }
                }
            }
            div { class: "rota",
                section { class: "card", "aria-labelledby": "now",
                    h2 { id: "now", {t!("turn-as-it-is-now")} }
                    match view.now.clone() {
                        Some(sight) => rsx! { Words { sight } },
                        None => rsx! { p { {t!("turn-it-is-not-in-the")} } },
                    }
                }
                Acts { view, fault }
            }
        }
    }
}

#[component]
fn Words(sight: RotaSight) -> Element {
    rsx! {
        p { class: "rota-who", dir: "auto", {sight.name} }
        p { {t!("turn-called", when = sight.when, place = sight.place)} }
        if sight.offered {
            p { {t!("turn-offered-to-the-others")} }
        }
    }
}

#[component]
fn Acts(view: TurnView, fault: Option<String>) -> Element {
    let (action, mark) = (format!("/rota/turns/{}", view.n), view.mark.clone());
    rsx! {
        if view.offers {
            Press { action: action.clone(), mark: mark.clone(), act: "offer", label: t!("turn-offer-it-to-the-others"),
                text: t!("turn-you-stay-on-call-until") }
        }
        if view.keeps {
            Press { action: action.clone(), mark: mark.clone(), act: "keep", label: t!("turn-keep-it-after-all"), text: "" }
        }
        if view.takes {
            Press { action: action.clone(), mark: mark.clone(), act: "take", label: t!("turn-take-this-turn"),
                text: t!("turn-you-are-on-call-then") }
        }
        if let Some(people) = view.people {
            section { class: "card", "aria-labelledby": "give",
                h2 { id: "give", {t!("turn-put-someone-else-in-this")} }
                form { method: "post", action: action.clone(),
                    input { r#type: "hidden", name: "act", value: "give" }
                    input { r#type: "hidden", name: "seen", value: mark.clone() }
                    People { label: t!("case-who"), name: "to", people, chosen: view.chosen, fault }
                    Button { label: t!("turn-give-them-this-turn"), kind: ButtonKind::Primary, glyph: Glyph::Person, submit: true }
                }
            }
            section { class: "card", "aria-labelledby": "remove",
                h2 { id: "remove", {t!("turn-take-it-out-of-the")} }
                form { method: "post", action,
                    input { r#type: "hidden", name: "act", value: "remove" }
                    input { r#type: "hidden", name: "seen", value: mark }
                    Button { label: t!("turn-take-it-out"), kind: ButtonKind::Danger, submit: true }
                }
            }
        }
    }
}

#[component]
fn Press(action: String, mark: String, act: &'static str, label: &'static str, text: &'static str) -> Element {
    rsx! {
        section { class: "card",
            form { method: "post", action,
                if !text.is_empty() {
                    p { {text} }
                }
                input { r#type: "hidden", name: "act", value: act }
                input { r#type: "hidden", name: "seen", value: mark }
                Button { label, kind: ButtonKind::Primary, submit: true }
            }
        }
    }
}
