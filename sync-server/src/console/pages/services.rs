//! The directory of services: by kind, what is open first, with how many places are free.

use crate::console::shell::{Frame, Live, PageHead, Shell};
use crate::console::view::{DirectoryView, ServiceRow, Viewer};
use crate::words::t;
use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use handoff::ui::parts::{Badge, Empty, Glyph, Icon, Tone};

/// The page.
#[component]
pub fn ServicesPage(viewer: Viewer, view: DirectoryView, now: DateTime<Utc>) -> Element {
    let frame =
        Frame { title: String::from(t!("shell-services")), viewer: Some(viewer), live: Live::Form, now: Some(now) };
    rsx! {
        Shell { frame,
            PageHead { title: t!("shell-services") }
            div { class: "directory", "data-live": "services",
                if view.kinds.len() > 2 {
                    nav { class: "filters", "aria-label": t!("services-show"),
                        ul {
                            for kind in view.kinds {
                                li { key: "{kind.href}",
                                    a { class: "filter", href: kind.href, "aria-current": kind.chosen.then_some("page"), {kind.label} }
                                }
                            }
                        }
                    }
                }
                if view.groups.is_empty() {
                    Empty {
                        glyph: Glyph::Pin,
                        title: t!("services-no-service-is-listed"),
                        text: if view.keeps { t!("services-add-one-or-load-them") } else { t!("services-the-lead-case-manager-keeps") },
                    }
                }
                for group in view.groups {
                    section { key: "{group.title}", class: "block",
                        h2 { {group.title} }
                        Rows { rows: group.rows }
                    }
                }
                if !view.out_of_use.is_empty() {
                    section { class: "block away",
                        h2 { {t!("services-not-to-be-used-now")} }
                        Rows { rows: view.out_of_use }
                    }
                }
            }
            if view.keeps {
                p { class: "page-links",
                    a { class: "tap", href: "/services/new", {t!("services-add-a-service")} }
                    " "
                    a { class: "tap", href: "/import/services", {t!("services-load-services-from-a-file")} }
                }
            }
        }
    }
}

#[component]
fn Rows(rows: Vec<ServiceRow>) -> Element {
    rsx! {
        ul { class: "rows",
            for row in rows {
                li { key: "{row.href}", class: "row", "data-row": "{row.href}",
                    div { class: "row-text",
                        a { class: "row-link", href: "{row.href}", dir: "auto", {row.name.clone()} }
                        State { row: row.clone() }
                    }
                    Icon { glyph: Glyph::Next }
                }
            }
        }
    }
}

/// Where it is, whether it is open, what is free, and whom to call.
#[component]
pub(super) fn State(row: ServiceRow) -> Element {
    rsx! {
        if !row.place.is_empty() {
            p { class: "small", dir: "auto", {row.place} }
        }
        p { class: "row-meta",
            Badge { tone: row.open.0, glyph: Glyph::Clock, text: row.open.1 }
            if let Some((tone, text)) = row.places {
                Badge { tone, glyph: if tone == Tone::Good { Glyph::Check } else { Glyph::Info }, text }
            }
        }
        if let Some((number, href)) = row.phone {
            p { class: "above-link",
                a { class: "tap", href, {t!("referral-call", number = number)} }
            }
        }
    }
}
