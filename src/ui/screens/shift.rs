//! The shift begins: who, and which unit.

use super::frame::{Actions, Answer, Heading};
use crate::domain::ids::StaffId;
use crate::ui::parts::{Button, ButtonKind, Empty, Field, Glyph, Notice, Tone};
use crate::ui::view::OfficerView;
use dioxus::prelude::*;

/// Who and which unit.
#[component]
pub fn ShiftStart(
    /// Officers of this agency.
    officers: Vec<OfficerView>,
    /// The agency's name.
    agency: String,
    /// Why the shift could not begin.
    fault: Option<String>,
    /// The officer and the unit.
    onstart: EventHandler<(StaffId, String)>,
) -> Element {
    let only = match officers.as_slice() {
        [only] => Some(only.id),
        _ => None,
    };
    let mut who = use_signal(|| only);
    let mut unit = use_signal(String::new);
    let mut tried = use_signal(|| false);
    let unit_missing = tried() && unit().trim().is_empty();
    rsx! {
        form {
            class: "screen",
            onsubmit: move |event| {
                event.prevent_default();
                match who() {
                    Some(officer) if !unit().trim().is_empty() => onstart.call((officer, unit().trim().to_owned())),
                    Some(_) | None => tried.set(true),
                }
            },
            main { class: "card",
                div { class: "ask",
                    Heading { text: "Start your shift" }
                    p { class: "quiet", {agency} }
                }
                if let Some(fault) = fault {
                    Notice { tone: Tone::Bad, title: fault }
                }
                if tried() && who().is_none() {
                    Notice { tone: Tone::Bad, title: "Tap your name." }
                }
                if officers.is_empty() {
                    Empty { glyph: Glyph::Person, title: "No officers yet", text: "The list comes from the server. Connect once, then open this again." }
                }
                section { class: "answers", "aria-label": "Who are you?",
                    for officer in officers {
                        Answer {
                            key: "{officer.id}",
                            label: officer.name.clone(),
                            hint: officer.serial.clone(),
                            chosen: who() == Some(officer.id),
                            onclick: move |()| who.set(Some(officer.id)),
                        }
                    }
                }
                Field {
                    name: "unit",
                    label: "Unit",
                    hint: "Such as 3-M-21",
                    most: 40,
                    error: unit_missing.then(|| String::from("Unit: type it here.")),
                    oninput: move |text| unit.set(text),
                }
            }
            Actions {
                Button { label: "Start shift", kind: ButtonKind::Primary, submit: true }
            }
        }
    }
}
