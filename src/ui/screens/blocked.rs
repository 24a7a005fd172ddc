//! The app cannot go on here; what is stored stays as it is.

use super::frame::Heading;
use crate::ui::parts::{Button, ButtonKind, Glyph, Icon};
use dioxus::prelude::*;

/// Why, and what to do.
#[component]
pub fn Blocked(title: String, text: String, onretry: EventHandler<()>) -> Element {
    rsx! {
        div { class: "screen",
            main { class: "card",
                div { class: "saved-mark", "data-tone": "bad",
                    Icon { glyph: Glyph::Alert }
                    Heading { text: title }
                }
                p { {text} }
                p { class: "quiet", "Nothing was deleted. Records that are not sent yet stay on this phone." }
            }
            footer { class: "actions",
                Button { label: "Try again", kind: ButtonKind::Primary, onclick: move |_| onretry.call(()) }
            }
        }
    }
}

/// The app is opening its files.
#[component]
pub fn Opening() -> Element {
    rsx! {
        div { class: "screen",
            main { class: "card",
                p { class: "quiet", role: "status", "Opening" }
            }
        }
    }
}
