//! A case: who, where it stands, what is next, and everything that was written.

use super::cases::MarkBadge;
use super::one_person::OnePerson;
use super::referral::Jump;
use crate::console::shell::{Frame, Live, Shell};
use crate::console::view::{CaseView, Door, GoalView, NoteView, OnePersonView, PersonView, Said, Viewer};
use crate::words::t;
use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use handoff::ui::parts::{Badge, ButtonKind, Glyph, Icon, LinkButton, Notice, Tone};

/// A case's page.
#[component]
pub fn CasePage(viewer: Viewer, view: CaseView, person: OnePersonView, now: DateTime<Utc>) -> Element {
    let frame = Frame { title: String::from(t!("case-case")), viewer: Some(viewer), live: Live::Form, now: Some(now) };
    let next = view.next.clone();
    rsx! {
        Shell { frame,
            Crumb { href: "/cases", label: t!("shell-cases") }
            div { class: "page-head", "data-live": "head",
                h1 { dir: "auto", {view.person.name.clone()} }
                p { class: "row-meta",
                    MarkBadge { mark: view.standing.clone() }
                    MarkBadge { mark: view.intake.clone() }
                }
            }
            div { class: "sheet",
                div { class: "sheet-main", "data-live": "case",
                    if let Some(why) = view.closed {
                        Notice { tone: Tone::Warn, title: why }
                    }
                    if let Some(next) = next {
                        Jump { label: t!("case-next", what = next.label), href: next.href }
                    }
                    Now { now: view.now.clone(), spoke: view.spoke.clone(), owner: view.owner.clone() }
                    OnePerson { referral: "{view.referral}", person }
                    Plan { goals: view.goals.clone(), referral: "{view.referral}" }
                    Needs { needs: view.needs.clone() }
                    History { notes: view.history.clone() }
                }
                div { class: "sheet-side", "data-live": "doors",
                    if view.closed.is_none() {
                        Doors { next: view.next.clone(), doors: view.doors.clone() }
                    }
                    Person { person: view.person.clone(), place: view.place.clone(), referral: "{view.referral}" }
                }
            }
        }
    }
}

/// A link back.
#[component]
pub fn Crumb(href: String, label: String) -> Element {
    rsx! {
        p { class: "crumb",
            a { href,
                Icon { glyph: Glyph::Back }
                span { dir: "auto", {label} }
            }
        }
    }
}

#[component]
fn Now(now: Vec<Said>, spoke: String, owner: String) -> Element {
    rsx! {
        section { class: "card", "aria-labelledby": "now",
            h2 { id: "now", {t!("case-now")} }
            dl { class: "facts",
                Own { label: t!("case-case-manager"), value: owner }
                Own { label: t!("case-last-contact"), value: spoke }
                for said in now {
                    Own { key: "{said.label}", label: said.label, value: said.value }
                }
            }
        }
    }
}

#[component]
fn Plan(goals: Vec<GoalView>, referral: String) -> Element {
    if goals.is_empty() {
        return rsx! {};
    }
    rsx! {
        section { class: "card", "aria-labelledby": "plan",
            div { class: "card-head",
                h2 { id: "plan", {t!("case-plan-in-their-words")} }
                a { class: "tap", href: "/cases/{referral}/plan", {t!("case-change-the-plan")} }
            }
            Goals { goals }
        }
    }
}

/// Goals with their steps.
#[component]
pub fn Goals(goals: Vec<GoalView>) -> Element {
    rsx! {
        ol { class: "goals",
            for goal in goals {
                li {
                    p { class: "goal", dir: "auto", {goal.words} }
                    ul { class: "goal-steps",
                        for step in goal.steps {
                            li {
                                span { dir: "auto", {step.words} }
                                span { class: "row-meta",
                                    Badge {
                                        tone: step.tone,
                                        glyph: if step.tone == Tone::Good { Glyph::Check } else { Glyph::Clock },
                                        text: step.state,
                                    }
                                    if let Some(service) = step.service {
                                        span { class: "small quiet", {service} }
                                    }
                                    if let Some(due) = step.due {
                                        span { class: "small quiet", {due} }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[component]
fn Needs(needs: Vec<Said>) -> Element {
    if needs.is_empty() {
        return rsx! {};
    }
    rsx! {
        section { class: "card", "aria-labelledby": "needs",
            h2 { id: "needs", {t!("case-what-they-need")} }
            dl { class: "facts",
                for said in needs {
                    Own { key: "{said.label}", label: said.label, value: said.value }
                }
            }
        }
    }
}

#[component]
fn History(notes: Vec<NoteView>) -> Element {
    rsx! {
        section { class: "card", "aria-labelledby": "history",
            h2 { id: "history", {t!("case-history")} }
            if notes.is_empty() {
                p { class: "quiet", {t!("case-nothing-was-written-yet")} }
            }
            ol { class: "history",
                for note in notes {
                    li { key: "{note.id}",
                        Note { note }
                    }
                }
            }
        }
    }
}

/// A note, whole.
#[component]
pub fn Note(note: NoteView) -> Element {
    rsx! {
        h3 { {note.title} }
        p { class: "small quiet", {note.by} }
        if note.sealed {
            p { class: "small", {t!("case-this-note-does-not-open")} }
        }
        if !note.lines.is_empty() {
            dl { class: "facts",
                for said in note.lines {
                    Own { key: "{said.label}", label: said.label, value: said.value }
                }
            }
        }
        if !note.goals.is_empty() {
            Goals { goals: note.goals }
        }
    }
}

#[component]
fn Doors(next: Option<Door>, doors: Vec<Door>) -> Element {
    rsx! {
        section { class: "card", "aria-labelledby": "write",
            h2 { id: "write", {t!("case-write")} }
            if let Some(next) = next {
                LinkButton { label: t!("case-next", what = next.label), href: next.href, kind: ButtonKind::Primary, glyph: Glyph::Next }
            }
            ul { class: "doors",
                for door in doors {
                    li { key: "{door.href}",
                        LinkButton { label: door.label, href: door.href }
                    }
                }
            }
        }
    }
}

#[component]
fn Person(person: PersonView, place: String, referral: String) -> Element {
    rsx! {
        section { class: "card", "aria-labelledby": "person",
            h2 { id: "person", {t!("case-who")} }
            if let Some(hazards) = person.hazards {
                Notice { tone: Tone::Bad, glyph: Glyph::Alert, title: t!("referral-before-you-walk-up"),
                    p { class: "hazard", dir: "auto", {hazards} }
                }
            }
            dl { class: "facts narrow",
                Own { label: t!("referral-how-to-find-them"), value: person.reach }
                if let Some(language) = person.language {
                    Own { label: t!("inbox-speaks"), value: language }
                }
                if let Some(age) = person.age {
                    Own { label: t!("codes-age"), value: age }
                }
                Own { label: t!("case-where-it-began"), value: place }
            }
            a { class: "tap", href: "/cases/{referral}/releases", {t!("case-releases-of-information")} }
            a { class: "tap", href: "/referrals/{referral}", {t!("case-the-referral-as-the-officer")} }
        }
    }
}

/// A label and what someone wrote, in whichever direction it is read.
#[component]
pub fn Own(label: String, value: String) -> Element {
    rsx! {
        div { class: "fact",
            dt { {label} }
            dd { dir: "auto", {value} }
        }
    }
}
