//! Where: what the device says, a pin on the map, and the cross street in words.

use crate::domain::facts::FixSource;
use crate::domain::private::Private;
use crate::ui::form::{Edit, Field as At};
use crate::ui::parts::{Button, Field, Glyph, Icon};
use crate::ui::screens::card::{Card, Scene};
use crate::ui::screens::frame::{Answer, Heading};
use crate::ui::screens::map::ZoneMap;
use crate::ui::view::{MapView, PlaceView};
use crate::ui::words;
use dioxus::prelude::*;

/// The place, never waited for.
#[component]
pub fn Place(props: Card) -> Element {
    let onedit = props.onedit;
    let fix = props.form.place.fix;
    let place = PlaceView::of(&props.guide, fix.as_ref());
    // Offered where it would change something: nothing is held, or a pin.
    let device = props.device.filter(|_| fix.is_none_or(|fix| fix.source == FixSource::Pin));
    rsx! {
        div { class: "ask",
            Heading { text: if props.scene == Scene::Now { "Where are you?" } else { "Where was it?" } }
        }
        div { class: "place-strip", "data-tone": place.tone.name(), role: "status",
            Icon { glyph: place.glyph }
            // Blocks: of a line that is laid out as a block the screen reader would hear nothing.
            div { class: "place-text",
                strong { {place.headline} }
                p { class: "hint", {place.detail} }
            }
        }
        if let Some(map) = MapView::of(&props.guide, fix.as_ref()) {
            ZoneMap { map, onpin: move |pin| onedit.call(Edit::Pin(pin)) }
        }
        div { class: "fields",
            if let Some(device) = device {
                Button {
                    label: "Use the phone's position",
                    glyph: Glyph::Pin,
                    onclick: move |_| onedit.call(Edit::Here(device)),
                }
            }
            Field {
                name: "street",
                label: "Cross street or address",
                hint: "Such as 3rd Ave and Bell St",
                optional: !props.sheet.asks.place,
                most: 200,
                initial: props.form.place.street.clone(),
                error: props.fault(At::Street),
                oninput: move |text| onedit.call(Edit::Type(At::Street, Private::new(text))),
            }
            if props.sheet.asks.place {
                Answer {
                    label: words::NOT_KNOWN,
                    chosen: props.form.place.street_unknown,
                    onclick: move |()| onedit.call(Edit::NotKnown(At::Street)),
                }
            }
        }
    }
}
