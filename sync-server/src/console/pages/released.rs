//! What may be known outside: how far each referral is, and what was released, with the notice.

use super::case::{Crumb, Own};
use super::cases::MarkBadge;
use crate::console::shell::{Frame, Live, PageHead, Shell, not_of_this_page};
use crate::console::view::Viewer;
use crate::console::view::release::OutsideView;
use crate::words::{Language, t};
use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use handoff::domain::release::{FULL_NOTICE, NOTICE_SOURCE, SHORT_NOTICE};
use handoff::ui::parts::{Badge, Empty, Glyph, LinkButton, Tone};

/// The list, the newest referral first.
#[component]
pub fn ReleasedPage(
    viewer: Viewer,
    rows: Vec<OutsideView>,
    older: Option<String>,
    newest: Option<String>,
    again: String,
    now: DateTime<Utc>,
) -> Element {
    let live = Live::List(again);
    let frame = Frame { title: String::from(t!("released-released")), viewer: Some(viewer), live, now: Some(now) };
    let released = rows.iter().any(|row| !row.scopes.is_empty());
    rsx! {
        Shell { frame,
            PageHead { title: t!("shell-referrals"),
                p { class: "count", {t!("released-status-and-what-was-released")} }
            }
            div { "data-live": "released",
                if rows.is_empty() {
                    Empty { glyph: Glyph::List, title: t!("released-no-referral-yet"), text: t!("released-a-referral-stands-here-once") }
                }
                ul { class: "rows",
                    for row in rows {
                        Row { key: "{row.href}", row }
                    }
                }
                if released {
                    Short {}
                }
                nav { class: "pager", "aria-label": t!("released-pages-of-the-list"),
                    if let Some(href) = newest {
                        LinkButton { label: t!("released-newest"), href, glyph: Glyph::Back }
                    }
                    if let Some(href) = older {
                        LinkButton { label: t!("released-older"), href, glyph: Glyph::Next }
                    }
                }
            }
        }
    }
}

#[component]
fn Row(row: OutsideView) -> Element {
    let released = !row.scopes.is_empty();
    let about: Vec<_> = row.facts.iter().map(|said| said.value.clone()).collect();
    rsx! {
        li { class: "row",
            div { class: "row-text",
                a { class: "row-link", href: row.href, {row.title} }
                if let Some(name) = row.name {
                    p { dir: "auto", {name.reveal().clone()} }
                }
                p { class: "row-meta",
                    if let Some(mark) = row.progress {
                        MarkBadge { mark }
                    }
                    if let Some(mark) = row.intake {
                        MarkBadge { mark }
                    }
                    if released {
                        Badge { tone: Tone::Info, glyph: Glyph::Shield, text: t!("released-something-was-released") }
                    }
                }
                p { class: "small quiet", {about.join(" · ")} }
            }
        }
    }
}

/// One referral, as it may be known outside.
#[component]
pub fn OutsidePage(viewer: Viewer, view: OutsideView, now: DateTime<Utc>) -> Element {
    let frame = Frame { title: view.title.clone(), viewer: Some(viewer), live: Live::Form, now: Some(now) };
    rsx! {
        Shell { frame,
            Crumb { href: "/released", label: t!("shell-referrals") }
            div { class: "stack", "data-live": "outside",
                div { class: "page-head",
                    h1 { {view.title.clone()} }
                    p { class: "row-meta",
                        if let Some(mark) = view.progress.clone() {
                            MarkBadge { mark }
                        }
                        if let Some(mark) = view.intake.clone() {
                            MarkBadge { mark }
                        }
                    }
                }
                section { class: "card", "aria-labelledby": "referral",
                    h2 { id: "referral", {t!("released-the-referral")} }
                    dl { class: "facts",
                        if let Some(name) = view.name.clone() {
                            Own { label: t!("release-name"), value: name.reveal().clone() }
                        }
                        for said in view.facts.clone() {
                            Own { key: "{said.label}", label: said.label, value: said.value }
                        }
                    }
                    if view.scopes.is_empty() {
                        p { class: "quiet", {t!("released-nothing-was-released-to-you")} }
                    }
                }
                if !view.scopes.is_empty() {
                    Released { view: view.clone() }
                }
                LinkButton { label: t!("released-save-as-a-file"), href: "{view.href}/file" }
            }
        }
    }
}

/// The short notice, a fixed statement in the language of the law.
#[component]
fn Short() -> Element {
    rsx! {
        p { class: "small notice-short", lang: not_of_this_page(), {SHORT_NOTICE} }
    }
}

#[component]
fn Released(view: OutsideView) -> Element {
    rsx! {
        section { class: "card", "aria-labelledby": "items",
            h2 { id: "items", {t!("released-released-to-you")} }
            Short {}
            dl { class: "facts",
                for said in view.released {
                    Own { key: "{said.label}", label: said.label, value: said.value }
                }
            }
            for (to, scope) in view.scopes {
                div { class: "scope",
                    h3 { dir: "auto", {t!("released-by-release", to = to)} }
                    dl { class: "facts",
                        for said in scope {
                            Own { key: "{said.label}", label: said.label, value: said.value }
                        }
                    }
                }
            }
        }
        section { class: "card", "aria-labelledby": "notice",
            h2 { id: "notice", {t!("released-notice", source = NOTICE_SOURCE)} }
            if Language::now() != Language::English {
                p { {t!("release-notice-means")} }
            }
            for text in FULL_NOTICE {
                p { class: "small", lang: not_of_this_page(), {text} }
            }
        }
    }
}
