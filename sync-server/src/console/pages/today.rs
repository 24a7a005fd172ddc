//! Today: what needs whoever looks, the clock that runs out first above.

use super::ladder::NobodyOnCall;
use crate::console::shell::{Frame, Live, PageHead, Shell};
use crate::console::view::today::words;
use crate::console::view::{Clock, TodayRow, TodayView, Viewer};
use chrono::{DateTime, SecondsFormat, Utc};
use dioxus::prelude::*;
use handoff::ui::parts::{Empty, Glyph, Icon};

/// The page of a case manager.
#[component]
pub fn TodayPage(viewer: Viewer, view: TodayView, now: DateTime<Utc>) -> Element {
    let all = view.rows.len() + view.more;
    let title = words::title_of(all);
    let frame = Frame { title, viewer: Some(viewer), live: Live::List(String::from("/today")), now: Some(now) };
    rsx! {
        Shell { frame,
            div { class: "today", "data-live": "today",
                PageHead { title: words::title(),
                    p { class: "count", "data-waiting": all > 0, {words::count(all, view.over)} }
                }
                if view.nobody_on_call {
                    NobodyOnCall {}
                }
                section { class: "block", "aria-label": words::list(),
                    if view.rows.is_empty() {
                        Empty { glyph: Glyph::Check, title: words::nothing(), text: words::nothing_more() }
                    } else {
                        Rows { rows: view.rows }
                    }
                }
                if view.more > 0 {
                    p { class: "small",
                        {words::more(view.more)}
                        " "
                        a { class: "tap", href: "/cases", {words::to_cases()} }
                    }
                }
                if view.elsewhere > 0 {
                    p { class: "small",
                        {words::elsewhere(view.elsewhere)}
                        " "
                        a { class: "tap", id: "t-inbox", href: "/inbox", {words::to_inbox()} }
                    }
                }
                if !view.held.is_empty() {
                    section { class: "block", "aria-labelledby": "held",
                        h2 { id: "held", {words::held()} }
                        p { class: "small quiet", {words::held_why()} }
                        Rows { rows: view.held }
                    }
                }
                if !view.later.is_empty() {
                    details { class: "block",
                        summary { {words::later(view.later.len())} }
                        Rows { rows: view.later }
                    }
                }
            }
        }
    }
}

#[component]
fn Rows(rows: Vec<TodayRow>) -> Element {
    rsx! {
        ul { class: "rows",
            for row in rows {
                Row { key: "{row.key}", row }
            }
        }
    }
}

#[component]
fn Row(row: TodayRow) -> Element {
    let (what, act) = row.task;
    rsx! {
        li { class: "row", "data-row": row.key.clone(), "data-waits": row.waits, "data-say": row.waits.then(|| row.who.clone()),
            p { class: "row-wait",
                Left { clock: row.clock.clone() }
                span { class: "small quiet", {row.clock.of} }
            }
            div { class: "row-text",
                p { class: "today-what", {what} }
                p { class: "today-who", dir: "auto", {row.who.clone()} }
                for line in row.lines {
                    p { key: "{line}", class: "small quiet", dir: "auto", {line} }
                }
                a { class: "row-link", id: "t-{row.key}", href: row.href,
                    {act}
                    span { class: "visually-hidden", ": {row.who}" }
                }
            }
            Icon { glyph: Glyph::Next }
        }
    }
}

/// Time left, or over; a script keeps one that runs by the minute running.
#[component]
fn Left(clock: Clock) -> Element {
    let late = clock.over.then_some("true");
    match clock.until {
        Some(until) => rsx! {
            time {
                class: "age",
                datetime: until.to_rfc3339_opts(SecondsFormat::Secs, true),
                "data-left": words::runs_on(),
                "data-over": words::runs_over(),
                "data-late": late,
                {clock.text}
            }
        },
        None => rsx! {
            span { class: "age", "data-late": late, {clock.text} }
        },
    }
}
