//! One turn of the rota: who holds it, and what whoever looks may do with it.

use super::rota::People;
use crate::console::shell::{Crumb, Frame, Live, PageHead, Shell};
use crate::console::view::{RotaSight, TurnView, Viewer};
use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use handoff::ui::parts::{Button, ButtonKind, Glyph, Notice, Tone};

/// The page.
#[component]
pub fn TurnPage(viewer: Viewer, view: TurnView, fault: Option<String>, now: DateTime<Utc>) -> Element {
    let frame = Frame { title: String::from("A turn on call"), viewer: Some(viewer), live: Live::Form, now: Some(now) };
    rsx! {
        Shell { frame,
            Crumb { href: "/rota", label: "Rota" }
            PageHead { title: "A turn on call" }
            if let Some(seen) = view.seen.clone() {
                Notice { tone: Tone::Warn, title: "Someone changed this turn before you",
                    p { "Nothing of yours was done. Look at both, and do it again if it is still right." }
                }
                section { class: "card", "aria-labelledby": "seen",
                    h2 { id: "seen", "As you saw it" }
                    Words { sight: seen }
                }
            }
            div { class: "rota",
                section { class: "card", "aria-labelledby": "now",
                    h2 { id: "now", "As it is now" }
                    match view.now.clone() {
                        Some(sight) => rsx! { Words { sight } },
                        None => rsx! { p { "It is not in the rota any more." } },
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
        p { "{sight.when}, called {sight.place}" }
        if sight.offered {
            p { "Offered to the others." }
        }
    }
}

#[component]
fn Acts(view: TurnView, fault: Option<String>) -> Element {
    let (action, mark) = (format!("/rota/turns/{}", view.n), view.mark.clone());
    rsx! {
        if view.offers {
            Press { action: action.clone(), mark: mark.clone(), act: "offer", label: "Offer it to the others",
                text: "You stay on call until someone takes it." }
        }
        if view.keeps {
            Press { action: action.clone(), mark: mark.clone(), act: "keep", label: "Keep it after all", text: "" }
        }
        if view.takes {
            Press { action: action.clone(), mark: mark.clone(), act: "take", label: "Take this turn",
                text: "You are on call then, in this place of the order." }
        }
        if let Some(people) = view.people {
            section { class: "card", "aria-labelledby": "give",
                h2 { id: "give", "Put someone else in this place" }
                form { method: "post", action: action.clone(),
                    input { r#type: "hidden", name: "act", value: "give" }
                    input { r#type: "hidden", name: "seen", value: mark.clone() }
                    People { label: "Who", name: "to", people, chosen: view.chosen, fault }
                    Button { label: "Give them this turn", kind: ButtonKind::Primary, glyph: Glyph::Person, submit: true }
                }
            }
            section { class: "card", "aria-labelledby": "remove",
                h2 { id: "remove", "Take it out of the rota" }
                form { method: "post", action,
                    input { r#type: "hidden", name: "act", value: "remove" }
                    input { r#type: "hidden", name: "seen", value: mark }
                    Button { label: "Take it out", kind: ButtonKind::Danger, submit: true }
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
