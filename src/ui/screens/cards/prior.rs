//! Earlier involvement with police inside the area, for the social-contact door.

use crate::domain::facts::Basis;
use crate::domain::private::Private;
use crate::ui::form::{Edit, Field as At, Known, PriorPlace};
use crate::ui::parts::{Field, FieldKind, Pick, Tile, Tiles};
use crate::ui::screens::card::{Card, Scene};
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
                Where { ..props.clone() }
            }
        }
    }
}

/// Nothing is chosen beforehand, and "somewhere else" without a pin is a place that nobody knows: the
/// position of now never stands in for it.
#[component]
fn Where(props: Card) -> Element {
    let onedit = props.onedit;
    let chosen = props.form.prior.place;
    let elsewhere = matches!(chosen, Some(PriorPlace::Elsewhere(_)));
    let mut held = props.form.clone();
    if elsewhere {
        held.place.fix = None;
    }
    if let Some(PriorPlace::Elsewhere(Some(pin))) = chosen {
        held.pin(pin);
    }
    let fix = held.place.fix;
    let place = match chosen {
        None => None,
        Some(PriorPlace::Elsewhere(None)) => {
            Some(String::from("Pin it on the map. Without a pin the place is not known."))
        }
        Some(PriorPlace::Here | PriorPlace::Elsewhere(Some(_))) => {
            let place = PlaceView::of(&props.guide, fix.as_ref());
            Some(format!("{}. {}", place.headline, place.detail))
        }
    };
    // Before there is a pin the map opens where the officer is, without a mark.
    let map = MapView::of(&props.guide, fix.as_ref().or(props.form.place.fix.as_ref()));
    let map = map.map(|mut map| {
        map.here = map.here.filter(|_| fix.is_some());
        map
    });
    let here = if props.scene == Scene::Now { "Where I am now" } else { "Where this was" };
    let value = chosen.map(|_| String::from(if elsewhere { "map" } else { "here" }));
    rsx! {
        Tiles {
            legend: "Where was it?",
            name: "prior-place",
            pick: Pick::One,
            tiles: vec![Tile::new("here", here), Tile::new("map", "Somewhere else")],
            chosen: value.into_iter().collect::<Vec<_>>(),
            error: props.fault(At::PriorPlace),
            onpick: move |value: String| {
                let place = if value == "map" { PriorPlace::Elsewhere(None) } else { PriorPlace::Here };
                onedit.call(Edit::PriorPlace(place));
            },
        }
        if let Some(place) = place {
            p { class: "quiet", "aria-live": "polite", {place} }
        }
        if elsewhere {
            if let Some(map) = map {
                ZoneMap {
                    map,
                    onpin: move |pin| onedit.call(Edit::PriorPlace(PriorPlace::Elsewhere(Some(pin)))),
                }
            }
        }
    }
}
