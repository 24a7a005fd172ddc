//! One record: that it is safe here, whom to call, and who has it.

use super::frame::{Actions, CallCard, Heading};
use crate::ui::parts::{Button, ButtonKind, Glyph, Icon, Notice, Tone};
use crate::ui::view::{CallView, SavedView};
use crate::ui::words;
use dioxus::prelude::*;

/// What the officer may do here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SavedAct {
    /// Call, or copy the number.
    Call(String),
    /// Send it again: the officer acted on what was wrong.
    Again,
    /// Back to the list.
    Done,
}

/// The record's live state.
#[component]
pub fn Saved(view: SavedView, fault: Option<String>, onact: EventHandler<SavedAct>) -> Element {
    let (tone, glyph) = if view.again { (Tone::Bad, Glyph::Alert) } else { (Tone::Good, Glyph::Check) };
    rsx! {
        div { class: "screen",
            main { class: "card",
                div { class: "saved-mark", "data-tone": tone.name(),
                    Icon { glyph }
                    Heading { text: view.headline.clone() }
                }
                p { class: "quiet", {view.title.clone()} }
                if let Some(fault) = fault {
                    Notice { tone: Tone::Info, title: fault }
                }
                ol { class: "timeline", "aria-live": "polite",
                    for line in view.timeline.clone() {
                        li { key: "{line.title}", "data-tone": line.tone.name(),
                            Icon { glyph: line.glyph }
                            div {
                                p { strong { {line.title} } }
                                if let Some(detail) = line.detail {
                                    p { class: "quiet", {detail} }
                                }
                            }
                        }
                    }
                }
                if let Some(CallView { who, what, number, copies }) = view.call {
                    CallCard { who, what, number, copies, oncall: move |number| onact.call(SavedAct::Call(number)) }
                }
                if let Some(advice) = view.advice {
                    p { {advice} }
                }
            }
            Actions {
                if view.again {
                    Button { label: "Send again", glyph: Glyph::Upload, onclick: move |_| onact.call(SavedAct::Again) }
                }
                Button { label: words::TO_LIST, kind: ButtonKind::Primary, onclick: move |_| onact.call(SavedAct::Done) }
            }
        }
    }
}
