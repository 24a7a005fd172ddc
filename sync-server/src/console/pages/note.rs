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
use crate::words::t;
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
            Notice { tone: Tone::Warn, title: t!("note-someone-wrote-a-newer-one"),
                p { {t!("note-theirs-is-saved-and-stands")} }
                p { {t!("note-compare-the-two-save-yours")} }
                LinkButton { label: t!("note-leave-it-at-theirs"), href: case.clone() }
            }
            if let Some(note) = view.before.first().cloned() {
                section { class: "card", "aria-label": t!("note-theirs"),
                    h2 { {t!("note-theirs")} }
                    Note { note }
                }
            }
        }
        if let Some(why) = view.closed {
            Notice { tone: Tone::Warn, title: why,
                LinkButton { label: t!("note-back-to-the-case"), href: case }
            }
        }
    }
}

#[component]
fn WriteForm(view: NoteFormView, typed: Typed, fault: Option<NoteFault>) -> Element {
    let kind = view.kind.code();
    let save = if view.stale { t!("note-save-mine-as-the-newest") } else { t!("note-save") };
    let errors = Errors(fault);
    rsx! {
        section { class: "card write", "aria-label": view.title.clone(),
            form { method: "post", action: "/cases/{view.referral}/{kind}", "data-keep": kind,
                if errors.any() {
                    Notice { tone: Tone::Bad, title: t!("note-not-saved-yet-one-field") }
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
            h2 { id: "before", {t!("note-written-before")} }
            if let Some(note) = newest {
                Note { note }
            } else {
                p { class: "quiet", {t!("note-this-is-the-first")} }
            }
            if !older.is_empty() {
                details {
                    summary { {t!("note-older", n = older.len())} }
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
