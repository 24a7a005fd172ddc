//! Earlier involvement with police inside the area, for the social-contact door.

use crate::domain::facts::Basis;
use crate::domain::private::Private;
use crate::ui::form::{Edit, Field as At, Known};
use crate::ui::parts::{Field, FieldKind, Pick, Tile, Tiles};
use crate::ui::screens::card::Card;
use crate::ui::screens::frame::{Answer, Heading};
use crate::ui::screens::map::ZoneMap;
use crate::ui::view::{MapView, PlaceView};
use crate::ui::words;
use dioxus::prelude::*;

const ALL: [Known; 4] =
    [Known::By(Basis::Records), Known::By(Basis::Observed), Known::By(Basis::ReliableInformation), Known::No];

/// Whether there was any, when and where.
#[component]
pub fn Prior(props: Card) -> Element {
    let onedit = props.onedit;
    let prior = props.form.prior.clone();
    let known = matches!(prior.known, Some(Known::By(_)));
    rsx! {
        div { class: "ask",
            Heading { text: "Earlier police contact in the area?" }
        }
        div { class: "answers",
            for item in ALL {
                Answer {
                    key: "{words::known(item)}",
                    label: words::known(item),
                    chosen: prior.known == Some(item),
                    onclick: move |()| onedit.call(Edit::Prior(item)),
                }
            }
        }
        if known {
            div { class: "fields",
                Field {
                    name: "prior-on",
                    label: "When was it?",
                    hint: "Such as 03/01/2026",
                    kind: FieldKind::Number,
                    most: 10,
                    initial: prior.on.clone(),
                    error: props.fault(At::PriorOn),
                    oninput: move |text| onedit.call(Edit::Type(At::PriorOn, Private::new(text))),
                }
                PriorPlace { ..props.clone() }
            }
        }
    }
}

#[component]
fn PriorPlace(props: Card) -> Element {
    let onedit = props.onedit;
    let pin = props.form.prior.pin;
    let mut elsewhere = use_signal(|| pin.is_some());
    let mut held = props.form.clone();
    pin.into_iter().for_each(|pin| held.pin(pin));
    let fix = held.place.fix;
    let place = PlaceView::of(&props.guide, fix.as_ref());
    rsx! {
        Tiles {
            legend: "Where was it?",
            name: "prior-place",
            pick: Pick::One,
            tiles: vec![Tile::new("here", "Where I am now"), Tile::new("map", "Somewhere else")],
            chosen: vec![String::from(if elsewhere() { "map" } else { "here" })],
            onpick: move |value: String| {
                elsewhere.set(value == "map");
                if value == "here" {
                    onedit.call(Edit::PriorPin(None));
                }
            },
        }
        p { class: "quiet", "aria-live": "polite", "{place.headline}. {place.detail}" }
        if elsewhere() {
            if let Some(map) = MapView::of(&props.guide, fix.as_ref()) {
                ZoneMap { map, onpin: move |pin| onedit.call(Edit::PriorPin(Some(pin))) }
            }
        }
    }
}
