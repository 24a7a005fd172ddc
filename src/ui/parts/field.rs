//! A field to type into: label, hint, error.
//!
//! # Decisions
//! The text is an initial value, never bound: a bound value loses letters while someone types. To
//! clear a field give it another `key`.

use super::icon::{Glyph, Icon};
use super::spoken::spoken;
use dioxus::prelude::*;

/// What is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FieldKind {
    /// One line.
    #[default]
    Text,
    /// Several lines.
    Long,
    /// Digits, such as a PIN; not shown.
    Secret,
    /// A whole number.
    Number,
    /// A number with a fraction.
    Decimal,
    /// A telephone number.
    Phone,
    /// A day.
    Date,
    /// A time of day.
    Time,
}

impl FieldKind {
    /// `type`, `inputmode` of the element.
    const fn element(self) -> (&'static str, &'static str) {
        match self {
            Self::Text | Self::Long => ("text", "text"),
            Self::Secret => ("password", "text"),
            Self::Number => ("text", "numeric"),
            Self::Decimal => ("text", "decimal"),
            Self::Phone => ("tel", "tel"),
            Self::Date => ("date", "none"),
            Self::Time => ("time", "none"),
        }
    }
}

/// A field with its label above, a hint under the label and an error under the field.
#[component]
pub fn Field(
    /// Its `id` and `name`; unique on the page.
    name: String,
    /// What to type, in words.
    label: String,
    /// What is typed.
    #[props(default)]
    kind: FieldKind,
    /// What it starts with.
    #[props(default)]
    initial: String,
    /// Help that is always visible.
    hint: Option<String>,
    /// What is wrong with it.
    error: Option<String>,
    /// It may stay empty; said beside the label.
    #[props(default)]
    optional: bool,
    /// The most letters.
    most: Option<u32>,
    /// Each change, with the whole text.
    #[props(default)]
    oninput: EventHandler<String>,
) -> Element {
    let hint_id = format!("{name}-hint");
    let error_id = format!("{name}-error");
    let described = match (&hint, &error) {
        (None, None) => None,
        (Some(_), None) => Some(hint_id.clone()),
        (None, Some(_)) => Some(error_id.clone()),
        (Some(_), Some(_)) => Some(format!("{error_id} {hint_id}")),
    };
    let input = Input { name: name.clone(), kind, initial, described, invalid: error.is_some(), most, oninput };
    rsx! {
        div { class: "field",
            label { r#for: name,
                {label}
                if optional {
                    span { class: "quiet", " {spoken().optional}" }
                }
            }
            if let Some(hint) = hint {
                p { class: "hint", id: hint_id, {hint} }
            }
            {element(input)}
            if let Some(error) = error {
                p { class: "field-error", id: error_id, role: "alert",
                    Icon { glyph: Glyph::Alert }
                    span { {error} }
                }
            }
        }
    }
}

struct Input {
    name: String,
    kind: FieldKind,
    initial: String,
    described: Option<String>,
    invalid: bool,
    most: Option<u32>,
    oninput: EventHandler<String>,
}

fn element(input: Input) -> Element {
    let Input { name, kind, initial, described, invalid, most, oninput } = input;
    let (r#type, inputmode) = kind.element();
    let most = most.map(|n| n.to_string());
    let invalid = if invalid { Some("true") } else { None };
    // Words are read from whichever side their script begins.
    let dir = (kind == FieldKind::Text).then_some("auto");
    if kind == FieldKind::Long {
        return rsx! {
            textarea {
                id: name.clone(), name, rows: "3", maxlength: most, dir: "auto",
                "aria-describedby": described, "aria-invalid": invalid,
                initial_value: initial,
                oninput: move |event| oninput.call(event.value()),
            }
        };
    }
    rsx! {
        input {
            id: name.clone(), name, r#type, inputmode, maxlength: most, dir,
            autocomplete: "off", autocapitalize: "off", spellcheck: "false",
            "aria-describedby": described, "aria-invalid": invalid,
            initial_value: initial,
            oninput: move |event| oninput.call(event.value()),
        }
    }
}
