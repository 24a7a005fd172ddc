//! Where referrals stand that nobody has taken: the alert on an open page, a place on the ladder, the sergeant's list.

use super::inbox::LATE_AFTER_MIN;
use crate::console::form::FormError;
use crate::console::shell::{Frame, Live, Shell};
use crate::console::view::{Alarm, LadderView, Viewer, WaitingRow, decline_reason};
use crate::words::t;
use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use handoff::domain::stage::DeclineReason;
use handoff::ui::parts::{Age, Badge, Button, ButtonKind, Empty, Glyph, Icon, Notice, Tile, Tiles, Tone};

/// What an open page shows when referrals wait for whoever looks, or to a lead when nobody is on call; else nothing.
#[component]
pub fn AlertFragment(
    waiting: usize,
    since: Option<DateTime<Utc>>,
    href: String,
    alarm: Option<Alarm>,
    offers: usize,
    now: DateTime<Utc>,
) -> Element {
    let title = t!("ladder-referrals-wait", n = waiting);
    rsx! {
        if let Some(alarm) = alarm {
            OnCallAlarm { alarm }
        }
        if offers > 0 {
            Notice { tone: Tone::Info, title: t!("rota-a-turn-on-call-is"),
                p {
                    a { class: "alert-link", href: "/rota", {t!("rota-see-it-on-the-rota")} }
                }
            }
        }
        if waiting > 0 {
            Notice { tone: Tone::Warn, title,
                p {
                    // First in its line: the age grows, and must not move it from under a finger.
                    a { class: "alert-link", href, {t!("ladder-look-now")} }
                    if let Some(since) = since {
                        span { class: "small quiet",
                            " "
                            {t!("ladder-here-for")}
                            " "
                            Age { since, now }
                        }
                    }
                }
            }
        }
    }
}

/// Nobody is on call: red, whether anyone waits or not.
#[component]
pub fn NobodyOnCall() -> Element {
    rsx! {
        Notice { tone: Tone::Bad, title: t!("ladder-nobody-is-on-call"),
            p { {t!("ladder-a-referral-goes-to-the")} }
        }
    }
}

/// Nobody is on call, now or soon: red, and in words, for those who keep the rota.
#[component]
pub fn OnCallAlarm(alarm: Alarm) -> Element {
    rsx! {
        Notice { tone: Tone::Bad, title: alarm.title,
            for line in alarm.lines {
                p { key: "{line}", {line} }
            }
            p {
                a { class: "alert-link", href: "/rota", {t!("ladder-to-the-rota")} }
            }
        }
    }
}

/// The same where no script puts it above the page.
#[component]
pub fn WithoutScript(alarm: Alarm) -> Element {
    rsx! {
        noscript {
            OnCallAlarm { alarm }
        }
    }
}

/// A place on the ladder: who was told, what comes next, how the hand-off is.
#[component]
pub fn OnLadder(ladder: LadderView) -> Element {
    rsx! {
        if let Some(escalated) = ladder.escalated {
            p { class: "row-meta",
                Badge { tone: Tone::Bad, glyph: Glyph::Alert, text: escalated }
            }
        }
        if ladder.held {
            p { class: "small", {t!("ladder-every-caseload-is-full-it")} }
        }
        if ladder.nobody {
            p { class: "small", {t!("ladder-there-is-nobody-on-the")} }
        }
        for line in ladder.told {
            p { key: "{line}", class: "small quiet", {line} }
        }
        if let Some(next) = ladder.next {
            p { class: "small quiet", {next} }
        }
        for line in [ladder.late, ladder.hand_off, ladder.took].into_iter().flatten() {
            p { key: "{line}", class: "small", {line} }
        }
    }
}

/// The form with which a referral is passed on.
#[component]
pub fn DeclineCard(action: String, passed_on: bool, error: Option<FormError>) -> Element {
    let tiles: Vec<_> = DeclineReason::ALL.iter().map(|why| Tile::new(why.code(), decline_reason(*why))).collect();
    let fault = error.filter(|error| error.field == "reason").map(|error| String::from(error.why));
    let open = fault.is_some();
    rsx! {
        section { class: "card", "aria-labelledby": "decline",
            h2 { id: "decline", {t!("ladder-pass-it-on")} }
            if passed_on {
                p { {t!("ladder-you-passed-it-on-the")} }
            } else {
                form { method: "post", action, "data-keep": "decline",
                    details { open,
                        summary { {t!("ladder-i-cannot-take-it")} }
                        Tiles { legend: t!("ladder-why"), name: "reason", tiles, chosen: Vec::new(), error: fault }
                        p { class: "form-state", role: "alert" }
                        Button { label: t!("ladder-pass-it-on"), kind: ButtonKind::Quiet, glyph: Glyph::Next, submit: true }
                    }
                }
            }
        }
    }
}

/// Escalated referrals, for a sergeant: status only.
#[component]
pub fn WaitingPage(viewer: Viewer, rows: Vec<WaitingRow>, nobody_on_call: bool, now: DateTime<Utc>) -> Element {
    let title =
        if rows.is_empty() { String::from(t!("shell-waiting")) } else { t!("ladder-title-waiting", n = rows.len()) };
    let frame = Frame { title, viewer: Some(viewer), live: Live::List(String::from("/waiting")), now: Some(now) };
    rsx! {
        Shell { frame,
            div { "data-live": "waiting",
                div { class: "page-head",
                    h1 { {t!("ladder-nobody-has-taken-these")} }
                }
                if nobody_on_call {
                    NobodyOnCall {}
                }
                if rows.is_empty() {
                    Empty {
                        glyph: Glyph::Check,
                        title: t!("ladder-no-referral-was-escalated"),
                        text: t!("ladder-one-that-no-case-manager"),
                    }
                } else {
                    ul { class: "rows",
                        for row in rows {
                            Waiting { key: "{row.href}", row, now }
                        }
                    }
                }
            }
        }
    }
}

#[component]
fn Waiting(row: WaitingRow, now: DateTime<Utc>) -> Element {
    let said = format!("{}, {}", row.officer, row.door);
    rsx! {
        li { class: "row", "data-waits": true, "data-row": row.href.clone(), "data-say": said,
            p { class: "row-wait",
                if let Some(took) = row.ladder.took.clone() {
                    span { class: "age", {took} }
                } else {
                    Age { since: row.since, now, late_after_min: LATE_AFTER_MIN }
                    span { class: "small quiet", {t!("ladder-since-the-encounter")} }
                }
            }
            div { class: "row-text",
                a { class: "row-link", href: row.href.clone(), {row.officer} }
                p { class: "small quiet", {row.door} }
                OnLadder { ladder: LadderView { took: None, ..row.ladder } }
            }
            Icon { glyph: Glyph::Next }
        }
    }
}
