//! The caseload: whose clock presses most, and whom nobody has heard of for long.

use crate::console::shell::{Frame, Live, Shell};
use crate::console::view::{CaseRow, CaseloadView, Mark, Viewer};
use crate::words::t;
use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use handoff::ui::parts::{Badge, Empty, Glyph, Icon};

/// The caseload of a case manager.
#[component]
pub fn CaseloadPage(viewer: Viewer, view: CaseloadView, now: DateTime<Utc>) -> Element {
    let count = t!("cases-people", n = view.active.len());
    let frame = Frame {
        title: String::from(t!("shell-cases")),
        viewer: Some(viewer),
        live: Live::List(String::from("/cases")),
        now: Some(now),
    };
    rsx! {
        Shell { frame,
            div { "data-live": "cases",
                div { class: "page-head",
                    h1 { {t!("cases-your-cases")} }
                    p { class: "count", {count} }
                    a { class: "tap", href: "/services", {t!("shell-services")} }
                }
                section { class: "block", "aria-label": t!("note-under-way"),
                    if view.active.is_empty() {
                        Empty {
                            glyph: Glyph::Person,
                            title: t!("cases-no-case-under-way"),
                            text: t!("cases-a-referral-that-you-accept"),
                        }
                    } else {
                        Rows { rows: view.active }
                    }
                }
                if !view.away.is_empty() {
                    section { class: "block away",
                        h2 { {t!("cases-inactive")} }
                        Rows { rows: view.away }
                    }
                }
            }
        }
    }
}

#[component]
fn Rows(rows: Vec<CaseRow>) -> Element {
    rsx! {
        ul { class: "rows",
            for row in rows {
                Row { key: "{row.referral}", row }
            }
        }
    }
}

#[component]
fn Row(row: CaseRow) -> Element {
    rsx! {
        li { class: "row", "data-row": "{row.referral}",
            div { class: "row-text",
                a { class: "row-link", id: "c-{row.referral}", href: "/cases/{row.referral}", dir: "auto", {row.name} }
                p { class: "row-meta",
                    MarkBadge { mark: row.intake }
                    MarkBadge { mark: row.standing }
                }
                p { class: "small quiet", {row.spoke} }
                if let Some(referrals) = row.referrals {
                    p { class: "small quiet", {referrals} }
                }
                if let Some(next) = row.next {
                    p { class: "small", {t!("case-next", what = next)} }
                }
            }
            Icon { glyph: Glyph::Next }
        }
    }
}

/// A state as a badge.
#[component]
pub fn MarkBadge(mark: Mark) -> Element {
    rsx! {
        Badge { tone: mark.tone, glyph: mark.glyph, text: mark.text }
    }
}
