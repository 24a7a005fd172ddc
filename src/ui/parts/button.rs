//! Things to press: at least 48 px high, one primary on a screen.

use super::icon::{Glyph, Icon};
use dioxus::prelude::*;

/// How much a button weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonKind {
    /// The one thing to do here.
    Primary,
    /// Another thing to do.
    #[default]
    Plain,
    /// Hard to undo.
    Danger,
    /// Looks like a link.
    Quiet,
}

impl ButtonKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Plain => "plain",
            Self::Danger => "danger",
            Self::Quiet => "quiet",
        }
    }
}

/// A button. In a plain form give `submit: true`, and `name` with `value` if the choice is sent.
#[component]
pub fn Button(
    /// What it says and what a screen reader hears.
    label: String,
    /// How much it weighs.
    #[props(default)]
    kind: ButtonKind,
    /// A drawing before the label.
    glyph: Option<Glyph>,
    /// Cannot be pressed now; say nearby why.
    #[props(default)]
    disabled: bool,
    /// Sends the form it stands in.
    #[props(default)]
    submit: bool,
    /// Field name sent with a plain form.
    name: Option<String>,
    /// Field value sent with a plain form.
    value: Option<String>,
    /// What it does.
    #[props(default)]
    onclick: EventHandler<MouseEvent>,
) -> Element {
    rsx! {
        button {
            class: "button",
            "data-kind": kind.name(),
            r#type: if submit { "submit" } else { "button" },
            disabled,
            name,
            value,
            onclick: move |event| onclick.call(event),
            if let Some(glyph) = glyph {
                Icon { glyph }
            }
            span { {label} }
        }
    }
}

/// A link that looks like a button.
#[component]
pub fn LinkButton(
    /// What it says.
    label: String,
    /// Where it leads.
    href: String,
    /// How much it weighs.
    #[props(default)]
    kind: ButtonKind,
    /// A drawing before the label.
    glyph: Option<Glyph>,
) -> Element {
    rsx! {
        a { class: "button", "data-kind": kind.name(), href,
            if let Some(glyph) = glyph {
                Icon { glyph }
            }
            span { {label} }
        }
    }
}
