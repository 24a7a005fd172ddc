//! The sergeant's log.

use crate::console::shell::{Columns, Frame, Live, PageHead, Shell};
use crate::console::view::{FlagView, LogChoice, LogRow, LogView, Viewer};
use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use handoff::ui::parts::{Badge, Button, ButtonKind, Empty, Glyph, LinkButton, Notice, Tone, VerdictBadge};

/// The log, newest first.
#[component]
pub fn LogPage(viewer: Viewer, view: LogView, now: DateTime<Utc>) -> Element {
    let live = Live::List(view.again);
    let frame = Frame { title: String::from("Log"), viewer: Some(viewer), live, now: Some(now) };
    rsx! {
        Shell { frame,
            PageHead { title: "Log of decisions",
                nav { class: "page-links", "aria-label": "More of the log",
                    a { href: "/devices", "Devices" }
                    a { href: "/released", "Referrals" }
                    form { method: "post", action: "/log/export",
                        Button { label: "Export the log", kind: ButtonKind::Quiet, submit: true }
                    }
                }
            }
            div { "data-live": "log",
                if let Some(alarm) = view.alarm {
                    Notice { tone: Tone::Bad, title: "The log was tampered with",
                        p { {alarm} }
                    }
                }
                for (title, text) in view.restored {
                    Notice { key: "{title}", tone: Tone::Warn, title,
                        p { {text} }
                    }
                }
                Filters { choices: view.choices, flags: view.flags }
                if view.rows.is_empty() {
                    Empty { glyph: Glyph::List, title: "No decision here", text: "Decisions appear as the phones reach us." }
                } else {
                    Table { rows: view.rows }
                }
                nav { class: "pager", "aria-label": "Pages of the log",
                    if let Some(href) = view.newest {
                        LinkButton { label: "Newest", href, glyph: Glyph::Back }
                    }
                    if let Some(href) = view.older {
                        LinkButton { label: "Older", href, glyph: Glyph::Next }
                    }
                }
            }
        }
    }
}

#[component]
fn Filters(choices: Vec<LogChoice>, flags: Vec<LogChoice>) -> Element {
    let by_flag = flags.iter().any(|choice| choice.current);
    rsx! {
        nav { class: "filters", "aria-label": "Show",
            Choices { choices }
            details { open: by_flag,
                summary { "By what to look at" }
                Choices { choices: flags }
            }
        }
    }
}

#[component]
fn Choices(choices: Vec<LogChoice>) -> Element {
    rsx! {
        ul {
            for choice in choices {
                li { key: "{choice.href}",
                    a { href: choice.href.clone(), "aria-current": if choice.current { "true" }, {choice.label} }
                }
            }
        }
    }
}

#[component]
fn Table(rows: Vec<LogRow>) -> Element {
    rsx! {
        table { class: "log", role: "table",
            Columns {
                caption: "Decisions, newest first",
                names: &["When", "Officer", "Where", "Verdict", "Decision", "To look at"],
            }
            tbody { role: "rowgroup",
                for row in rows {
                    Row { key: "{row.href}", row }
                }
            }
        }
    }
}

#[component]
fn Row(row: LogRow) -> Element {
    rsx! {
        tr { role: "row", "data-row": row.href.clone(),
            td { role: "cell", class: "log-when",
                a { class: "row-link tabular", id: "d-{row.href}", href: row.href.clone(),
                    {row.when}
                    span { class: "visually-hidden", ", open decision" }
                }
            }
            td { role: "cell", class: "log-officer", {row.officer} }
            td { role: "cell", class: "log-place", {row.place} }
            td { role: "cell", class: "log-verdict",
                VerdictBadge { verdict: row.verdict }
                for reason in row.reasons {
                    p { key: "{reason}", class: "small quiet", {reason} }
                }
            }
            td { role: "cell",
                p { {row.choice} }
                p { class: "small quiet", {row.detail} }
            }
            td { role: "cell", class: "log-flags",
                Flags { flags: row.flags }
                if let Some(review) = row.review {
                    p { class: "small", {review} }
                }
            }
        }
    }
}

#[component]
fn Flags(flags: Vec<FlagView>) -> Element {
    rsx! {
        if !flags.is_empty() {
            ul { class: "flags",
                for flag in flags {
                    li { key: "{flag.code}",
                        Badge { tone: flag.tone, glyph: flag.glyph, text: flag.label }
                    }
                }
            }
        }
    }
}
