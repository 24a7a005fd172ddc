//! The list: what is not safe yet and why, drafts to continue, and the big button.

use super::frame::{Actions, CallCard, Heading};
use crate::domain::ids::ReferralId;
use crate::ui::parts::{Button, ButtonKind, Empty, Glyph, Icon, Notice, Tone};
use crate::ui::view::{DraftView, HomeView, RecordView};
use crate::ui::words;
use dioxus::prelude::*;

/// What the officer may do from the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HomeAct {
    /// Begin an encounter.
    New,
    /// Go on with a draft.
    Continue(ReferralId),
    /// Throw a draft away, after a second tap.
    Discard(ReferralId),
    /// Look at a record.
    Open(ReferralId),
    /// Call, or copy the number.
    Call(String),
    /// Unlock.
    Unlock,
    /// Lock.
    Lock,
    /// End the shift.
    EndShift,
    /// Who is on call in the next days.
    OnCall,
    /// Send now.
    Sync,
}

/// The list.
#[component]
pub fn Home(view: HomeView, fault: Option<String>, onact: EventHandler<HomeAct>) -> Element {
    let nothing = view.drafts.is_empty() && view.groups.iter().all(|group| group.rows.is_empty());
    rsx! {
        div { class: "screen",
            main { class: "card",
                div { class: "home-head",
                    Heading { text: words::APP }
                    p { class: "quiet", {view.who.clone()} }
                }
                if let Some(fault) = fault {
                    Notice { tone: Tone::Bad, title: fault }
                }
                Warnings { view: view.clone(), onact }
                div { class: "safety", "data-tone": view.safety.tone.name(), role: "status",
                    Icon { glyph: view.safety.glyph }
                    div {
                        strong { {view.safety.headline.clone()} }
                        if let Some(detail) = view.safety.detail.clone() {
                            p { class: "small", {detail} }
                        }
                    }
                }
                if let Some(call) = view.on_call.clone() {
                    CallCard { who: call.who, what: call.what, number: call.number, copies: call.copies, oncall: move |number| onact.call(HomeAct::Call(number)) }
                }
                if view.nobody {
                    Notice { tone: Tone::Warn, title: words::NOBODY_ON_CALL }
                }
                if view.rota {
                    Button { label: words::ON_CALL, kind: ButtonKind::Quiet, glyph: Glyph::Phone, onclick: move |_| onact.call(HomeAct::OnCall) }
                }
                if !view.drafts.is_empty() {
                    section { class: "section", "aria-label": "Drafts",
                        h2 { "Drafts" }
                        for draft in view.drafts.clone() {
                            Draft { key: "{draft.id}", draft, onact }
                        }
                    }
                }
                for group in view.groups.clone() {
                    if !group.rows.is_empty() {
                        section { class: "section", key: "{group.title}", "aria-label": group.title.clone(),
                            h2 { {group.title.clone()} }
                            for row in group.rows {
                                Record { key: "{row.referral}", row, onact }
                            }
                        }
                    }
                }
                if nothing {
                    Empty { glyph: Glyph::List, title: "No encounters yet", text: "What you record shows here, with who has it." }
                }
                div { class: "section",
                    if view.safety.tone == Tone::Warn {
                        Button { label: "Send now", kind: ButtonKind::Quiet, glyph: Glyph::Upload, onclick: move |_| onact.call(HomeAct::Sync) }
                    }
                    if view.can_lock {
                        Button { label: "Lock", kind: ButtonKind::Quiet, glyph: Glyph::Lock, onclick: move |_| onact.call(HomeAct::Lock) }
                    }
                    Button { label: "End shift", kind: ButtonKind::Quiet, onclick: move |_| onact.call(HomeAct::EndShift) }
                }
            }
            Actions {
                Button { label: words::NEW_ENCOUNTER, kind: ButtonKind::Primary, glyph: Glyph::Plus, onclick: move |_| onact.call(HomeAct::New) }
            }
        }
    }
}

#[component]
fn Warnings(view: HomeView, onact: EventHandler<HomeAct>) -> Element {
    rsx! {
        for file in view.unreadable {
            Notice { key: "{file}", tone: Tone::Bad, title: "A file could not be read and was set aside",
                p { "{file}. It is kept. Tell your administrator before you clean this phone." }
            }
        }
        if let Some(text) = view.revoked {
            Notice { tone: Tone::Bad, title: "This phone was taken out of service",
                p { {text} }
            }
        }
        for warning in view.alarm.into_iter().chain(view.room) {
            Notice { key: "{warning.title}", tone: warning.tone, title: warning.title,
                p { {warning.text} }
            }
        }
        if view.locked {
            Notice { tone: Tone::Info, title: "Locked: names are hidden",
                p { "You can record all the same." }
                Button { label: "Unlock", glyph: Glyph::Lock, onclick: move |_| onact.call(HomeAct::Unlock) }
            }
        }
    }
}

#[component]
fn Draft(draft: DraftView, onact: EventHandler<HomeAct>) -> Element {
    let mut sure = use_signal(|| false);
    let id = draft.id;
    rsx! {
        div { class: "record", "data-tone": "info",
            p { class: "record-head",
                span { class: "record-title", {draft.title.clone()} }
                span { class: "small quiet", {draft.age} }
            }
            if let Some(fault) = draft.fault.clone() {
                p { class: "record-state", "data-tone": "warn", {fault} }
            } else {
                Button {
                    label: "Continue, {draft.title}",
                    glyph: Glyph::Next,
                    onclick: move |_| onact.call(HomeAct::Continue(id)),
                }
            }
            if sure() {
                Button {
                    label: "Discard for good",
                    kind: ButtonKind::Danger,
                    onclick: move |_| onact.call(HomeAct::Discard(id)),
                }
                Button { label: "Keep it", kind: ButtonKind::Quiet, onclick: move |_| sure.set(false) }
            } else {
                Button { label: "Discard draft", kind: ButtonKind::Quiet, onclick: move |_| sure.set(true) }
            }
        }
    }
}

#[component]
fn Record(row: RecordView, onact: EventHandler<HomeAct>) -> Element {
    let referral = row.referral;
    rsx! {
        button {
            class: "record",
            r#type: "button",
            "data-tone": row.tone.name(),
            onclick: move |_| onact.call(HomeAct::Open(referral)),
            span { class: "record-head",
                span { class: "record-title", {row.title} }
                span { class: "small quiet", {row.age} }
            }
            span { class: "record-state",
                Icon { glyph: row.glyph }
                span { {row.state} }
            }
            if let Some(detail) = row.detail {
                span { class: "small quiet", {detail} }
            }
            if let Some(action) = row.action {
                span { class: "small", {action} }
            }
        }
    }
}
