//! Offence tiles, and the agency's incident number if there is one yet.

use crate::domain::private::Private;
use crate::ui::form::{Edit, Field as At};
use crate::ui::parts::{Field, Notice, Pick, Tile, Tiles, Tone};
use crate::ui::screens::card::Card;
use crate::ui::screens::frame::Heading;
use dioxus::prelude::*;

/// What the person is suspected of.
#[component]
pub fn Offences(props: Card) -> Element {
    let onedit = props.onedit;
    let (own, others) = props.guide.offences();
    let tiles =
        |list: Vec<(String, String)>| list.into_iter().map(|(code, label)| Tile::new(code, label)).collect::<Vec<_>>();
    let others_open = props.form.offences.iter().any(|code| others.iter().any(|(other, _)| other == code));
    rsx! {
        div { class: "ask",
            Heading { text: "What is the offence?" }
        }
        if let Some(fault) = props.fault(At::Offences) {
            Notice { tone: Tone::Bad, title: fault }
        }
        div { class: "fields",
            Tiles {
                legend: "This program diverts",
                name: "offence",
                pick: Pick::Many,
                chosen: props.form.offences.clone(),
                tiles: tiles(own),
                onpick: move |code| onedit.call(Edit::Offence(code)),
            }
            if !others.is_empty() {
                details { class: "more", open: others_open,
                    summary { "Another offence" }
                    Tiles {
                        legend: "Not diverted here",
                        name: "other-offence",
                        pick: Pick::Many,
                        chosen: props.form.offences.clone(),
                        tiles: tiles(others),
                        onpick: move |code| onedit.call(Edit::Offence(code)),
                    }
                }
            }
            Field {
                name: "incident",
                label: "Incident number",
                optional: true,
                most: 40,
                initial: props.form.incident.clone(),
                error: props.fault(At::Incident),
                oninput: move |text| onedit.call(Edit::Type(At::Incident, Private::new(text))),
            }
        }
    }
}
