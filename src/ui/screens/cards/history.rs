//! Convictions that the records check found.

use crate::domain::private::Private;
use crate::ui::form::{Checked, Edit, Field as At};
use crate::ui::parts::{Button, ButtonKind, Field, Glyph, Notice, Tone};
use crate::ui::screens::card::Card;
use crate::ui::screens::frame::Heading;
use dioxus::prelude::*;

/// One row for each conviction: tap what it was, type its date.
#[component]
pub fn Convictions(props: Card) -> Element {
    let onedit = props.onedit;
    let groups = props.guide.groups();
    let label = |code: &str| {
        groups.iter().find(|(group, _)| group == code).map_or_else(|| code.to_owned(), |(_, label)| label.clone())
    };
    let rows = props.form.history.rows.iter().enumerate();
    rsx! {
        div { class: "ask",
            Heading { text: "Convictions found" }
            p { class: "quiet", "Tap each one that the records show, then type its date. Others do not count here." }
        }
        if let Some(fault) = props.fault(At::Group(0)) {
            Notice { tone: Tone::Bad, title: fault }
        }
        div { class: "fields",
            for (index , row) in rows {
                div { class: "row", key: "{index}-{row.group}-{props.form.history.rows.len()}",
                    Field {
                        name: "convicted-{index}",
                        label: "{label(&row.group)}, date",
                        hint: "Such as 03/01/2009",
                        kind: crate::ui::parts::FieldKind::Number,
                        most: 10,
                        initial: row.on.clone(),
                        error: props.fault(At::ConvictedOn(index)),
                        oninput: move |text| onedit.call(Edit::Type(At::ConvictedOn(index), Private::new(text))),
                    }
                    Button {
                        label: "Remove {label(&row.group)}",
                        kind: ButtonKind::Quiet,
                        glyph: Glyph::Cross,
                        onclick: move |_| onedit.call(Edit::RemoveConviction(index)),
                    }
                }
            }
            div { class: "quick wide", role: "group", "aria-label": "Add a conviction",
                for (code , label) in groups.clone() {
                    button {
                        class: "quick-tap",
                        r#type: "button",
                        key: "{code}",
                        onclick: move |_| onedit.call(Edit::AddConviction(code.clone())),
                        "+ {label}"
                    }
                }
            }
            Button {
                label: "Nothing found after all",
                kind: ButtonKind::Quiet,
                onclick: move |_| onedit.call(Edit::Checked(Checked::Clear)),
            }
        }
    }
}
