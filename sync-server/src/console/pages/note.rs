//! A note to write: the form, and what was written before it.
//!
//! # Decisions
//! The form stands outside everything that is swapped: a page that goes live while someone types changes what
//! stands around the form, never the form.

pub(super) mod fields;

use super::case::{Crumb, Note};
use super::cases::MarkBadge;
use crate::console::casework::Typed;
use crate::console::shell::{Frame, Live, Shell};
use crate::console::view::{NoteFormView, Viewer};
use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use fields::{Errors, Fields};
use handoff::domain::casework::NoteFault;
use handoff::ui::parts::{Button, ButtonKind, Glyph, LinkButton, Notice, Tone};

/// A note's page.
#[component]
pub fn NotePage(
    viewer: Viewer,
    view: NoteFormView,
    typed: Typed,
    fault: Option<NoteFault>,
    now: DateTime<Utc>,
) -> Element {
    let frame = Frame { title: view.title.clone(), viewer: Some(viewer), live: Live::Form, now: Some(now) };
    let case = format!("/cases/{}", view.referral);
    // What was typed when the case took no such note any more is shown, to be copied; an empty form is not.
    let shown = view.closed.is_none() || typed.follows().is_some();
    rsx! {
        Shell { frame,
            Crumb { href: case.clone(), label: view.name.clone() }
            div { class: "page-head", "data-live": "head",
                h1 { {view.title.clone()} }
                p { class: "row-meta",
                    MarkBadge { mark: view.intake.clone() }
                }
            }
            div { class: "sheet",
                div { class: "sheet-main",
                    Before { view: view.clone(), case }
                    if shown {
                        WriteForm { view: view.clone(), typed, fault }
                    }
                }
                div { class: "sheet-side", "data-live": "before",
                    Earlier { view }
                }
            }
        }
    }
}

/// What to know before the form is sent.
#[component]
fn Before(view: NoteFormView, case: String) -> Element {
    rsx! {
        if view.stale {
            Notice { tone: Tone::Warn, title: "Someone wrote a newer one while you were writing",
                p { "Theirs is saved and stands here. Yours is kept below and not saved yet." }
                p { "Compare the two. Save yours as the newest, changed as you see fit, or leave it at theirs." }
                LinkButton { label: "Leave it at theirs", href: case.clone() }
            }
            if let Some(note) = view.before.first().cloned() {
                section { class: "card", "aria-label": "Theirs",
                    h2 { "Theirs" }
                    Note { note }
                }
            }
        }
        if let Some(why) = view.closed {
            Notice { tone: Tone::Warn, title: why,
                LinkButton { label: "Back to the case", href: case }
            }
        }
    }
}

#[component]
fn WriteForm(view: NoteFormView, typed: Typed, fault: Option<NoteFault>) -> Element {
    let kind = view.kind.code();
    let save = if view.stale { "Save mine as the newest" } else { "Save" };
    let errors = Errors(fault);
    rsx! {
        section { class: "card write", "aria-label": view.title.clone(),
            form { method: "post", action: "/cases/{view.referral}/{kind}", "data-keep": kind,
                if errors.any() {
                    Notice { tone: Tone::Bad, title: "Not saved yet: one field needs another look" }
                }
                input { r#type: "hidden", name: "id", value: "{view.id}" }
                input { r#type: "hidden", name: "follows", value: "{view.follows}" }
                Fields { kind: view.kind, away: view.away, typed, errors }
                p { class: "form-state", role: "alert" }
                if view.closed.is_none() {
                    Button { label: save, kind: ButtonKind::Primary, glyph: Glyph::Check, submit: true }
                }
            }
        }
    }
}

/// What was written before, the newest open.
#[component]
fn Earlier(view: NoteFormView) -> Element {
    let (newest, older) = match view.before.split_first() {
        Some((newest, older)) => (Some(newest.clone()), older.to_vec()),
        None => (None, Vec::new()),
    };
    rsx! {
        section { class: "card", "aria-labelledby": "before",
            h2 { id: "before", "Written before" }
            if let Some(note) = newest {
                Note { note }
            } else {
                p { class: "quiet", "This is the first." }
            }
            if !older.is_empty() {
                details {
                    summary { "Older, {older.len()}" }
                    ol { class: "history",
                        for note in older {
                            li { key: "{note.id}",
                                Note { note }
                            }
                        }
                    }
                }
            }
        }
    }
}
