//! The devices: what came of each, what is missing, and how it says that it is.

use crate::console::shell::{Columns, Crumb, Frame, Live, PageHead, Shell};
use crate::console::view::{DeviceRow, DevicesView, Viewer};
use crate::words::t;
use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use handoff::ui::parts::{Badge, Empty, Glyph, Tone};

/// The list of devices.
#[component]
pub fn DevicesPage(viewer: Viewer, view: DevicesView, now: DateTime<Utc>) -> Element {
    let live = Live::List(String::from("/devices"));
    let frame = Frame { title: String::from(t!("log-devices")), viewer: Some(viewer), live, now: Some(now) };
    let (tone, glyph) = if view.missing { (Tone::Warn, Glyph::Question) } else { (Tone::Good, Glyph::Check) };
    rsx! {
        Shell { frame,
            Crumb { href: "/log", label: t!("shell-log") }
            PageHead { title: t!("log-devices") }
            div { "data-live": "devices",
                if view.rows.is_empty() {
                    Empty { glyph: Glyph::List, title: t!("devices-no-device-yet"), text: t!("devices-devices-appear-when-they-are") }
                } else {
                    p { class: "devices-sum",
                        Badge { tone, glyph, text: view.summary }
                    }
                    Table { rows: view.rows }
                }
            }
        }
    }
}

#[component]
fn Table(rows: Vec<DeviceRow>) -> Element {
    rsx! {
        table { class: "log devices", role: "table",
            Columns {
                caption: t!("devices-devices-those-with-something-missing"),
                names: vec![
                    t!("decision-device"), t!("release-officer"), t!("devices-received"), t!("devices-on-the-device"),
                    t!("devices-last-heard"), t!("log-to-look-at"),
                ],
            }
            tbody { role: "rowgroup",
                for row in rows {
                    Row { key: "{row.id}", row }
                }
            }
        }
    }
}

#[component]
fn Row(row: DeviceRow) -> Element {
    rsx! {
        tr { role: "row", "data-row": row.id.clone(),
            th { role: "rowheader", scope: "row", class: "device-name",
                {row.model}
                span { class: "small quiet device-id", {row.id.clone()} }
            }
            td { role: "cell", class: "log-officer", {row.officer} }
            td { role: "cell", class: "tabular",
                for line in row.chains {
                    p { key: "{line}", {line} }
                }
            }
            td { role: "cell", {row.waiting} }
            td { role: "cell", class: "tabular device-heard",
                span { class: "device-label", {t!("devices-last-heard")} " " }
                {row.heard}
            }
            td { role: "cell", class: "log-flags",
                if !row.marks.is_empty() {
                    ul { class: "flags",
                        for mark in row.marks {
                            li { key: "{mark.text}",
                                Badge { tone: mark.tone, glyph: mark.glyph, text: mark.text }
                            }
                        }
                    }
                }
            }
        }
    }
}
