//! A message that stands in the page.

use super::badge::Tone;
use super::icon::{Glyph, Icon};
use dioxus::prelude::*;

/// A message: what is so, and what to do. A bad or warning tone is announced by a screen reader.
#[component]
pub fn Notice(
    /// How it weighs.
    tone: Tone,
    /// Its drawing, if not the one of its tone.
    glyph: Option<Glyph>,
    /// What is so, in one line.
    title: String,
    /// What to do about it, or more of it.
    #[props(default)]
    children: Element,
) -> Element {
    let (own, role) = match tone {
        Tone::Good => (Glyph::Check, "status"),
        Tone::Bad => (Glyph::Stop, "alert"),
        Tone::Warn => (Glyph::Alert, "alert"),
        Tone::Info | Tone::Plain => (Glyph::Info, "status"),
    };
    rsx! {
        div { class: "notice", "data-tone": tone.name(), role,
            Icon { glyph: glyph.unwrap_or(own) }
            div { class: "notice-text",
                p { class: "notice-title", {title} }
                {children}
            }
        }
    }
}
