//! The rota: weeks ahead, who is on call, and in red and in words when nobody is.

use super::ladder::WithoutScript;
use crate::console::shell::{Frame, Live, PageHead, Shell};
use crate::console::view::{DayView, Holder, OfferView, Part, RotaView, TurnTyped, Viewer, WeekView};
use crate::rota::LAST_ORDER;
use crate::words::t;
use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use handoff::ui::parts::{Badge, Button, ButtonKind, Glyph, Icon, Notice, Tone};

/// The page.
#[component]
pub fn RotaPage(viewer: Viewer, view: RotaView, typed: TurnTyped, now: DateTime<Utc>) -> Element {
    let frame = Frame { title: String::from(t!("shell-rota")), viewer: Some(viewer), live: Live::Form, now: Some(now) };
    rsx! {
        Shell { frame,
            PageHead { title: t!("rota-on-call-rota"),
                p { class: "small quiet", {view.clock.clone()} }
            }
            if let Some(people) = view.people.clone() {
                Keep { people, typed }
            }
            div { "data-live": "rota", class: "rota",
                if let Some(alarm) = view.alarm {
                    WithoutScript { alarm }
                }
                if !view.left.is_empty() {
                    Turns { title: t!("rota-turns-of-people-who-are"), turns: view.left }
                }
                if !view.offered.is_empty() {
                    Turns { title: t!("rota-offered-who-takes-them"), turns: view.offered }
                }
                for week in view.weeks {
                    Week { key: "{week.title}", week }
                }
            }
        }
    }
}

#[component]
fn Turns(title: &'static str, turns: Vec<OfferView>) -> Element {
    rsx! {
        section { class: "block",
            h2 { {title} }
            ul { class: "rota-turns",
                for turn in turns {
                    li { key: "{turn.href}",
                        a { class: "tap", href: turn.href, "{turn.name}, {turn.when}" }
                    }
                }
            }
        }
    }
}

#[component]
fn Week(week: WeekView) -> Element {
    rsx! {
        section { class: "block",
            h2 { {week.title} }
            for line in week.overlaps {
                p { key: "{line}", class: "small rota-overlap",
                    Icon { glyph: Glyph::Alert }
                    span { {line} }
                }
            }
            ol { class: "week",
                for day in week.days {
                    Day { key: "{day.title}", day }
                }
            }
        }
    }
}

#[component]
fn Day(day: DayView) -> Element {
    rsx! {
        li { class: "day", "data-today": if day.today { "true" },
            h3 {
                {day.title}
                if day.today {
                    span { class: "quiet small",
                        " "
                        {t!("rota-today")}
                    }
                }
            }
            if let Some(note) = day.note {
                p { class: "small quiet", {note} }
            }
            for part in day.parts {
                PartOf { key: "{part.time}", part }
            }
        }
    }
}

#[component]
fn PartOf(part: Part) -> Element {
    let nobody = part.held.is_empty();
    rsx! {
        div { class: "part-of-day", "data-gap": if nobody { "true" },
            p { class: "tabular small", {part.time} }
            if nobody {
                Badge { tone: Tone::Bad, glyph: Glyph::Stop, text: t!("rota-nobody-on-call") }
            }
            ul {
                for held in part.held {
                    li { key: "{held.href}",
                        span { class: "small quiet", "{held.place} " }
                        a { class: "tap", href: held.href, dir: "auto", {held.name} }
                        if held.offered {
                            span { class: "small",
                                " "
                                {t!("rota-offered-mark")}
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What those may do who keep the rota.
#[component]
fn Keep(people: Vec<Holder>, typed: TurnTyped) -> Element {
    let fault = typed.fault;
    let wrong = move |field: &str| fault.filter(|(of, _)| *of == field).map(|(_, why)| why.to_owned());
    let order = if typed.order.is_empty() { String::from("1") } else { typed.order };
    rsx! {
        if fault.is_some() {
            Notice { tone: Tone::Bad, title: t!("rota-nothing-was-changed"),
                p { {t!("rota-look-at-what-is-marked")} }
            }
        }
        details { class: "card rota-keep", open: fault.is_some(),
            summary { {t!("rota-add-a-turn")} }
            form { method: "post", action: "/rota/turns",
                People { label: t!("case-who"), name: "staff", people, chosen: typed.staff, fault: wrong("staff") }
                div { class: "rota-times",
                    Moment { label: t!("rota-from"), name: "from", initial: typed.from, fault: wrong("from") }
                    Moment { label: t!("rota-until"), name: "until", initial: typed.until, fault: wrong("until") }
                }
                div { class: "field",
                    label { r#for: "order", {t!("rota-place-in-the-order-of")} }
                    select { id: "order", name: "order", "aria-invalid": wrong("order").map(|_| "true"),
                        for n in 1..=LAST_ORDER {
                            option { key: "{n}", value: "{n}", selected: if n.to_string() == order { "true" }, "{n}" }
                        }
                    }
                    Fault { fault: wrong("order") }
                }
                Button { label: t!("rota-add-to-the-rota"), kind: ButtonKind::Primary, glyph: Glyph::Plus, submit: true }
            }
        }
        p { class: "page-links",
            a { href: "/import/rota", {t!("rota-load-a-rota-from-a")} }
            a { href: "/import/people", {t!("rota-load-people-from-a-file")} }
        }
    }
}

/// A choice of people.
#[component]
pub(super) fn People(
    label: &'static str,
    name: &'static str,
    people: Vec<Holder>,
    chosen: String,
    fault: Option<String>,
) -> Element {
    let invalid = fault.as_ref().map(|_| "true");
    rsx! {
        div { class: "field",
            label { r#for: name, {label} }
            select { id: name, name, "aria-invalid": invalid,
                option { value: "", {t!("rota-choose")} }
                for person in people {
                    option {
                        key: "{person.id}",
                        value: "{person.id}",
                        selected: if person.id.to_string() == chosen { "true" },
                        {person.name}
                    }
                }
            }
            Fault { fault }
        }
    }
}

#[component]
fn Moment(label: &'static str, name: &'static str, initial: String, fault: Option<String>) -> Element {
    let invalid = fault.as_ref().map(|_| "true");
    rsx! {
        div { class: "field",
            label { r#for: name, {label} }
            input {
                id: name,
                name,
                r#type: "datetime-local",
                "aria-invalid": invalid,
                initial_value: initial,
            }
            Fault { fault }
        }
    }
}

#[component]
pub(super) fn Fault(fault: Option<String>) -> Element {
    rsx! {
        if let Some(fault) = fault {
            p { class: "field-error", role: "alert",
                Icon { glyph: Glyph::Alert }
                span { {fault} }
            }
        }
    }
}
