//! The sergeant's log.

use crate::console::shell::{Columns, Frame, Live, PageHead, Shell, not_of_this_page};
use crate::console::view::{FlagView, LogChoice, LogRow, LogView, Viewer};
use crate::words::t;
use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use handoff::ui::parts::{Badge, Button, ButtonKind, Empty, Glyph, LinkButton, Notice, Tone, VerdictBadge};

/// The log, newest first.
#[component]
pub fn LogPage(viewer: Viewer, view: LogView, now: DateTime<Utc>) -> Element {
    let live = Live::List(view.again);
    let frame = Frame { title: String::from(t!("shell-log")), viewer: Some(viewer), live, now: Some(now) };
    rsx! {
        Shell { frame,
            PageHead { title: t!("log-log-of-decisions"),
                nav { class: "page-links", "aria-label": t!("log-more-of-the-log"),
                    a { href: "/devices", {t!("log-devices")} }
                    a { href: "/released", {t!("shell-referrals")} }
                    form { method: "post", action: "/log/export",
                        Button { label: t!("log-export-the-log"), kind: ButtonKind::Quiet, submit: true }
                    }
                }
            }
            div { "data-live": "log",
                if let Some(alarm) = view.alarm {
                    Notice { tone: Tone::Bad, title: t!("log-the-log-was-tampered-with"),
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
                    Empty { glyph: Glyph::List, title: t!("log-no-decision-here"), text: t!("log-decisions-appear-as-the-phones") }
                } else {
                    Table { rows: view.rows }
                }
                nav { class: "pager", "aria-label": t!("log-pages-of-the-log"),
                    if let Some(href) = view.newest {
                        LinkButton { label: t!("released-newest"), href, glyph: Glyph::Back }
                    }
                    if let Some(href) = view.older {
                        LinkButton { label: t!("released-older"), href, glyph: Glyph::Next }
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
        nav { class: "filters", "aria-label": t!("services-show"),
            Choices { choices }
            details { open: by_flag,
                summary { {t!("log-by-what-to-look-at")} }
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
                caption: t!("log-decisions-newest-first"),
                names: vec![
                    t!("log-when"), t!("release-officer"), t!("referral-where"), t!("log-verdict"), t!("log-decision"), t!("log-to-look-at"),
                ],
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
                    span { class: "visually-hidden", {t!("log-open-decision")} }
                }
            }
            td { role: "cell", class: "log-officer", {row.officer} }
            td { role: "cell", class: "log-place", {row.place} }
            td { role: "cell", class: "log-verdict",
                VerdictBadge { verdict: row.verdict }
                for reason in row.reasons {
                    p { key: "{reason}", class: "small quiet", lang: not_of_this_page(), {reason} }
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
