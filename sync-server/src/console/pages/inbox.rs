//! The inbox: who waits, and for how long.

use super::ladder::{NobodyOnCall, OnLadder, WithoutScript};
use crate::console::shell::{Frame, Live, PageHead, Shell};
use crate::console::view::{InboxRow, InboxView, LadderView, Viewer};
use crate::words::t;
use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use handoff::ui::parts::{Age, Badge, Empty, Glyph, Icon, Tone, VerdictBadge};

/// From this wait on a referral is late, in minutes: a person gets about half an hour to decide, and
/// the program means to be at the scene within it.
pub const LATE_AFTER_MIN: i64 = 30;

/// The inbox of a case manager.
#[component]
pub fn InboxPage(viewer: Viewer, view: InboxView, now: DateTime<Utc>) -> Element {
    let waiting = view.waiting.len();
    let title = if waiting == 0 { String::from(t!("inbox-inbox")) } else { t!("inbox-title-waiting", n = waiting) };
    let count = t!("inbox-people-wait", n = waiting);
    let frame = Frame { title, viewer: Some(viewer), live: Live::List(String::from("/inbox")), now: Some(now) };
    rsx! {
        Shell { frame,
            div { "data-live": "inbox",
                PageHead { title: t!("inbox-inbox"),
                    p { class: "count", "data-waiting": waiting > 0, {count} }
                }
                if view.nobody_on_call {
                    NobodyOnCall {}
                }
                if let Some(alarm) = view.alarm {
                    WithoutScript { alarm }
                }
                section { class: "block", "aria-label": t!("shell-waiting"),
                    if waiting == 0 {
                        Empty {
                            glyph: Glyph::Inbox,
                            title: t!("inbox-no-referral-waits"),
                            text: t!("inbox-a-new-one-appears-here"),
                        }
                    } else {
                        Rows { rows: view.waiting, now }
                    }
                }
                div { class: "columns",
                    Taken { title: t!("inbox-accepted-by-you"), rows: view.mine, none: t!("inbox-you-have-accepted-none-yet"), now }
                    Taken { title: t!("inbox-accepted-by-others"), rows: view.others, none: t!("inbox-others-have-accepted-none-yet"), now }
                }
                if !view.withdrawn.is_empty() {
                    Taken { title: t!("inbox-taken-back-by-the-officer"), rows: view.withdrawn, none: "", now }
                }
            }
        }
    }
}

#[component]
fn Taken(title: String, rows: Vec<InboxRow>, none: String, now: DateTime<Utc>) -> Element {
    rsx! {
        section { class: "block",
            h2 { {title} }
            if rows.is_empty() {
                p { class: "quiet", {none} }
            } else {
                Rows { rows, now }
            }
        }
    }
}

#[component]
fn Rows(rows: Vec<InboxRow>, now: DateTime<Utc>) -> Element {
    rsx! {
        ul { class: "rows",
            for row in rows {
                Row { key: "{row.referral}", row, now }
            }
        }
    }
}

#[component]
fn Row(row: InboxRow, now: DateTime<Utc>) -> Element {
    let waits = row.taken.is_none() && !row.yours;
    let said = format!("{}, {}", row.place, row.door);
    rsx! {
        li { class: "row", "data-waits": waits, "data-row": "{row.referral}", "data-say": said,
            if waits {
                p { class: "row-wait",
                    if let Some(took) = row.ladder.as_ref().and_then(|ladder| ladder.took.clone()) {
                        span { class: "age", {took} }
                    } else {
                        Age { since: row.since, now, late_after_min: LATE_AFTER_MIN }
                        span { class: "small quiet", {t!("inbox-waiting")} }
                    }
                }
            }
            div { class: "row-text",
                a { class: "row-link", id: "r-{row.referral}", href: "/referrals/{row.referral}", {row.place} }
                if row.open_again {
                    p { class: "small", {t!("inbox-open-again-the-server-was")} }
                }
                if let Some(taken) = row.taken {
                    p { class: "small", {taken} }
                }
                p { class: "row-meta",
                    if row.hazard {
                        Badge { tone: Tone::Bad, glyph: Glyph::Alert, text: t!("inbox-hazard") }
                    }
                    if let Some(verdict) = row.verdict {
                        VerdictBadge { verdict }
                    }
                    span { class: "small quiet", {row.door} }
                }
                if let Some(ladder) = row.ladder {
                    OnLadder { ladder: LadderView { took: None, ..ladder } }
                }
                if waits {
                    Wants { needs: row.needs, language: row.language }
                }
            }
            Icon { glyph: Glyph::Next }
        }
    }
}

#[component]
fn Wants(needs: String, language: Option<String>) -> Element {
    rsx! {
        if !needs.is_empty() {
            p { class: "small",
                span { class: "quiet",
                    {t!("inbox-needs")}
                    " "
                }
                {needs.to_lowercase()}
            }
        }
        if let Some(language) = language {
            p { class: "small",
                span { class: "quiet",
                    {t!("inbox-speaks")}
                    " "
                }
                {language}
            }
        }
    }
}
