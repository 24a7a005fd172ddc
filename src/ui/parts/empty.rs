//! Nothing here, and that is fine.

use super::icon::{Glyph, Icon};
use dioxus::prelude::*;

/// An empty list says so, and what would fill it.
#[component]
pub fn Empty(glyph: Glyph, title: String, text: String) -> Element {
    rsx! {
        div { class: "empty",
            Icon { glyph }
            p { class: "empty-title", {title} }
            p { class: "quiet", {text} }
        }
    }
}
