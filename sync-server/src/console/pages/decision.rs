//! One decision, with its reasons.

use super::referral::{Amended, Jump, Line, Steps};
use crate::console::form::{FormError, MOST_NOTE};
use crate::console::shell::{Crumb, Frame, Live, PageHead, Shell};
use crate::console::view::{DecisionView, Fact, FlagView, Override, Viewer};
use crate::words::t;
use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use handoff::ui::parts::{Badge, Button, ButtonKind, Field, FieldKind, FindingList, Glyph, Notice, Tone, VerdictBadge};

/// A decision's page.
#[component]
pub fn DecisionPage(
    viewer: Viewer,
    view: DecisionView,
    note: String,
    error: Option<FormError>,
    now: DateTime<Utc>,
) -> Element {
    let title = t!("decision-title", n = view.position.to_string());
    let frame = Frame { title, viewer: Some(viewer), live: Live::Form, now: Some(now) };
    rsx! {
        Shell { frame,
            Crumb { href: "/log", label: t!("shell-log") }
            PageHead { title: view.choice,
                p { class: "quiet", "{view.when}, {view.place}. {view.officer}." }
            }
            if view.departs.as_ref().is_some_and(|departs| departs.confirmed.is_none()) {
                Jump { label: t!("decision-confirm-override"), href: "#override" }
            }
            div { class: "sheet",
                div { class: "sheet-main", "data-live": "record",
                    Verdict { view: view.clone() }
                    for amendment in view.amendments.clone() {
                        Amended { key: "{amendment.when}", amendment }
                    }
                    Facts { title: t!("decision-what-the-officer-knew"), facts: view.facts.clone() }
                    Facts { title: t!("decision-the-record"), facts: view.record.clone() }
                    p { class: "small",
                        a { href: "/log/{view.position}/proof", {t!("decision-proof-that-it-is-in")} }
                    }
                }
                div { class: "sheet-side", "data-live": "review",
                    if let Some(departs) = view.departs.clone() {
                        Departs { position: view.position, departs, note, error }
                    }
                    Looks { flags: view.flags.clone() }
                    if let Some(status) = view.status.clone() {
                        section { class: "card",
                            h2 { {t!("released-the-referral")} }
                            p { {status} }
                        }
                    }
                    if !view.steps.is_empty() {
                        Steps { steps: view.steps.clone() }
                    }
                }
            }
        }
    }
}

#[component]
fn Verdict(view: DecisionView) -> Element {
    rsx! {
        section { class: "card", "aria-labelledby": "rules",
            div { class: "card-head",
                h2 { id: "rules", {t!("decision-what-the-rules-said")} }
                VerdictBadge { verdict: view.verdict }
            }
            dl { class: "facts",
                Line { label: t!("decision-the-officers-decision"), value: view.choice }
                if let Some(reason) = view.reason {
                    Line { label: t!("decision-reason"), value: reason }
                }
                Line { label: t!("referral-at-the-scene"), value: view.outcome }
            }
            FindingList { findings: view.findings }
        }
    }
}

#[component]
fn Facts(title: String, facts: Vec<Fact>) -> Element {
    rsx! {
        section { class: "card",
            h2 { {title} }
            dl { class: "facts",
                for fact in facts {
                    Line { key: "{fact.label}", label: fact.label, value: fact.value }
                }
            }
        }
    }
}

#[component]
fn Departs(position: u64, departs: Override, note: String, error: Option<FormError>) -> Element {
    rsx! {
        section { class: "card accept", "aria-labelledby": "override",
            h2 { id: "override", tabindex: "-1", {t!("log-override")} }
            dl { class: "facts",
                Line { label: t!("decision-supervisor-named"), value: departs.supervisor }
                Line { label: t!("decision-reason-given"), value: departs.reason }
            }
            if let Some(confirmed) = departs.confirmed {
                Notice { tone: Tone::Good, title: t!("log-confirmed"),
                    p { {confirmed} }
                }
            } else {
                form { method: "post", action: "/log/{position}/confirm", "data-keep": "confirm",
                    Field {
                        name: "note",
                        label: t!("decision-note"),
                        kind: FieldKind::Long,
                        initial: note,
                        error: error.map(|error| String::from(error.why)),
                        optional: true,
                        most: MOST_NOTE as u32,
                    }
                    p { class: "form-state", role: "alert" }
                    Button { label: t!("decision-confirm"), kind: ButtonKind::Primary, glyph: Glyph::Check, submit: true }
                }
            }
        }
    }
}

#[component]
fn Looks(flags: Vec<FlagView>) -> Element {
    rsx! {
        section { class: "card", "aria-labelledby": "flags",
            h2 { id: "flags", {t!("log-to-look-at")} }
            if flags.is_empty() {
                p { class: "quiet", {t!("decision-nothing-stands-out")} }
            } else {
                ul { class: "looks",
                    for flag in flags {
                        li { key: "{flag.code}",
                            Badge { tone: flag.tone, glyph: flag.glyph, text: flag.label }
                            p { class: "small", {flag.meaning} }
                        }
                    }
                }
            }
        }
    }
}
