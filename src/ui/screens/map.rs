//! The map: drag to look around, tap to set the pin. Buttons do the same for keyboard and screen reader.

use crate::ui::form::Pin;
use crate::ui::view::{EdgeLabel, MapView};
use dioxus::prelude::*;

/// Sides of the map, in CSS pixels: fixed, so that a tap is a place without asking the page anything.
const WIDE: f64 = 328.0;
const HIGH: f64 = 264.0;
/// A finger that moved less than this many pixels meant to tap.
const SLOP: f64 = 8.0;
/// A zone smaller than this many pixels shows its name; a larger one the names of its edges.
const NAMED: f64 = 150.0;

/// What the map shows.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Frame {
    x: f64,
    y: f64,
    /// Metres across.
    span: f64,
}

impl Frame {
    fn metres_per_pixel(self) -> f64 {
        self.span / WIDE
    }

    /// The point under a pixel.
    fn under(self, (px, py): (f64, f64)) -> (f64, f64) {
        let scale = self.metres_per_pixel();
        (self.x + (px - WIDE / 2.0) * scale, self.y + (py - HIGH / 2.0) * scale)
    }

    fn moved(self, (dx, dy): (f64, f64)) -> Self {
        let scale = self.metres_per_pixel();
        Self { x: self.x - dx * scale, y: self.y - dy * scale, ..self }
    }

    fn zoomed(self, factor: f64) -> Self {
        Self { span: (self.span * factor).clamp(100.0, 40_000.0), ..self }
    }

    fn view_box(self) -> String {
        let high = self.span * HIGH / WIDE;
        format!("{:.1} {:.1} {:.1} {high:.1}", self.x - self.span / 2.0, self.y - high / 2.0, self.span)
    }
}

/// The zones, the position, and a pin to set.
#[component]
pub fn ZoneMap(map: MapView, onpin: EventHandler<Pin>) -> Element {
    let mut frame = use_signal(|| Frame { x: map.centre.0, y: map.centre.1, span: map.span_m });
    let mut press = use_signal(|| None::<((f64, f64), (f64, f64))>);
    let (held, tapped) = (map.clone(), map.clone());
    let pixel = |event: &PointerEvent| {
        let at = event.element_coordinates();
        (at.x, at.y)
    };
    rsx! {
        div { class: "map", style: "width: {WIDE}px; height: {HIGH}px",
            Drawing { map: map.clone(), view_box: frame().view_box(), scale: frame().metres_per_pixel() }
            div {
                class: "map-touch",
                role: "application",
                "aria-label": "Map of the program area. Tap to pin the place.",
                onpointerdown: move |event| press.set(Some((pixel(&event), pixel(&event)))),
                onpointermove: move |event| {
                    let Some((start, last)) = press() else { return };
                    let here = pixel(&event);
                    frame.set(frame().moved((here.0 - last.0, here.1 - last.1)));
                    press.set(Some((start, here)));
                },
                onpointercancel: move |_| press.set(None),
                onpointerleave: move |_| press.set(None),
                onpointerup: move |event| {
                    let Some((start, _)) = press() else { return };
                    press.set(None);
                    let here = pixel(&event);
                    if (here.0 - start.0).hypot(here.1 - start.1) < SLOP {
                        onpin.call(tapped.pin(frame().under(here)));
                    }
                },
            }
            div { class: "map-buttons", role: "group", "aria-label": "Map",
                MapButton { label: "Zoom in", sign: "+", onclick: move |()| frame.set(frame().zoomed(0.5)) }
                MapButton { label: "Zoom out", sign: "\u{2212}", onclick: move |()| frame.set(frame().zoomed(2.0)) }
            }
            div { class: "map-moves", role: "group", "aria-label": "Move the map",
                MapButton { label: "Move west", sign: "\u{2190}", onclick: move |()| frame.set(frame().moved((60.0, 0.0))) }
                MapButton { label: "Move north", sign: "\u{2191}", onclick: move |()| frame.set(frame().moved((0.0, 60.0))) }
                MapButton { label: "Move south", sign: "\u{2193}", onclick: move |()| frame.set(frame().moved((0.0, -60.0))) }
                MapButton { label: "Move east", sign: "\u{2192}", onclick: move |()| frame.set(frame().moved((-60.0, 0.0))) }
                MapButton {
                    label: "Pin the middle of the map",
                    sign: "\u{2295}",
                    onclick: move |()| onpin.call(held.pin((frame().x, frame().y))),
                }
            }
        }
    }
}

#[component]
fn MapButton(label: String, sign: String, onclick: EventHandler<()>) -> Element {
    rsx! {
        button { class: "map-button", r#type: "button", "aria-label": label, onclick: move |_| onclick.call(()), {sign} }
    }
}

/// The drawing. `scale` is metres per pixel: strokes and letters keep their size on the glass.
#[component]
fn Drawing(map: MapView, view_box: String, scale: f64) -> Element {
    let stroke = format!("{:.2}", 2.0 * scale);
    let text = format!("{:.2}", 13.0 * scale);
    let shown = |edge: &&EdgeLabel| edge.length_m > 70.0 * scale;
    rsx! {
        svg { class: "map-drawing", "viewBox": view_box, "aria-hidden": "true",
            for zone in map.zones.iter() {
                path { class: "map-zone", key: "{zone.name}", d: zone.path.clone(), "fill-rule": "evenodd", "stroke-width": stroke.clone() }
            }
            for zone in map.zones.iter().filter(|zone| zone.size_m < NAMED * scale) {
                text { class: "map-name", key: "{zone.name}", x: "{zone.middle.0:.1}", y: "{zone.middle.1:.1}", "font-size": "{18.0 * scale:.2}", {zone.name.clone()} }
            }
            for edge in map.zones.iter().filter(|zone| zone.size_m >= NAMED * scale).flat_map(|zone| zone.edges.iter()).filter(shown) {
                text { class: "map-edge", key: "{edge.name}-{edge.at.0:.0}", x: "{edge.at.0:.1}", y: "{edge.at.1:.1}", "font-size": text.clone(), {edge.name.clone()} }
            }
            if let Some((x, y, radius)) = map.here {
                circle { class: "map-radius", cx: "{x:.1}", cy: "{y:.1}", r: "{radius:.1}" }
                circle { class: "map-here", cx: "{x:.1}", cy: "{y:.1}", r: "{6.0 * scale:.2}", "stroke-width": stroke }
            }
        }
    }
}
