//! The releases of a case: what holds, what was withdrawn, and the form for another.

use super::case::{Crumb, Own};
use super::cases::MarkBadge;
use super::note::fields::{Errors, One, tiles};
use crate::console::casework::Typed;
use crate::console::shell::{Frame, Live, Shell};
use crate::console::view::Viewer;
use crate::console::view::release::{self as words, ReleaseView, ReleasesView};
use crate::words::t;
use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use handoff::domain::casework::NoteFault;
use handoff::domain::release::{Audience, Ending, Giving, Item, MOST_NAMED, MOST_PURPOSE};
use handoff::ui::parts::{Button, ButtonKind, Empty, Field, FieldKind, Glyph, LinkButton, Notice, Pick, Tiles, Tone};

/// The page of a case's releases. The form stands outside everything that is swapped.
#[component]
pub fn ReleasesPage(
    viewer: Viewer,
    view: ReleasesView,
    typed: Typed,
    fault: Option<NoteFault>,
    now: DateTime<Utc>,
) -> Element {
    let frame =
        Frame { title: String::from(t!("releases-releases")), viewer: Some(viewer), live: Live::Form, now: Some(now) };
    let errors = Errors(fault);
    let shown = view.closed.is_none() || typed.follows().is_some();
    rsx! {
        Shell { frame,
            Crumb { href: "/cases/{view.referral}", label: view.name.clone() }
            div { class: "page-head", "data-live": "head",
                h1 { {t!("case-releases-of-information")} }
            }
            div { class: "sheet",
                div { class: "sheet-main",
                    div { class: "stack", "data-live": "releases",
                        if let Some(why) = view.closed {
                            Notice { tone: Tone::Warn, title: why }
                        }
                        Holding { referral: "{view.referral}", releases: view.releases.clone() }
                    }
                    if view.stale {
                        Notice { tone: Tone::Warn, title: t!("releases-someone-wrote-another-release-while"),
                            p { {t!("releases-it-stands-above-yours-is")} }
                        }
                    }
                    if shown {
                        GiveForm { view: view.clone(), typed, errors }
                    }
                }
                div { class: "sheet-side",
                    section { class: "card", "aria-labelledby": "without",
                        h2 { id: "without", {t!("releases-without-a-release")} }
                        p { {t!("releases-officers-and-prosecutors-see-how")} }
                        p { {t!("releases-it-holds-from-now-on")} }
                    }
                    section { class: "card", "aria-labelledby": "scene",
                        h2 { id: "scene", {t!("releases-their-word-at-the-scene")} }
                        dl { class: "facts narrow",
                            Own { label: t!("releases-sharing-their-details-with-the"), value: view.consent }
                        }
                    }
                }
            }
        }
    }
}

#[component]
fn Holding(referral: String, releases: Vec<ReleaseView>) -> Element {
    if releases.is_empty() {
        return rsx! {
            Empty { glyph: Glyph::Shield, title: t!("releases-nothing-is-released"), text: t!("releases-whoever-looks-from-outside-sees") }
        };
    }
    rsx! {
        ol { class: "releases",
            for release in releases {
                li { key: "{release.id}", class: "card release",
                    div { class: "card-head",
                        h2 { dir: "auto", {release.title} }
                        MarkBadge { mark: release.state }
                    }
                    dl { class: "facts",
                        for said in release.lines {
                            Own { key: "{said.label}", label: said.label, value: said.value }
                        }
                    }
                    if release.holds {
                        LinkButton { label: t!("releases-save-what-it-lets-out"), href: "/cases/{referral}/releases/{release.id}" }
                    }
                    if release.open {
                        details {
                            summary { {t!("releases-withdraw")} }
                            p { class: "small", {t!("releases-it-lets-nothing-out-from")} }
                            form { class: "choices", method: "post", action: "/cases/{referral}/releases/{release.id}/withdraw",
                                for ending in Ending::ALL.iter().copied() {
                                    Button {
                                        key: "{ending.code()}",
                                        label: words::ending(ending),
                                        kind: ButtonKind::Danger,
                                        submit: true,
                                        name: "manner",
                                        value: ending.code(),
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
fn GiveForm(view: ReleasesView, typed: Typed, errors: Errors) -> Element {
    rsx! {
        section { class: "card write", "aria-labelledby": "give",
            h2 { id: "give", {t!("releases-write-down-a-release")} }
            form { method: "post", action: "/cases/{view.referral}/releases", "data-keep": "release",
                if errors.any() {
                    Notice { tone: Tone::Bad, title: t!("note-not-saved-yet-one-field") }
                }
                input { r#type: "hidden", name: "id", value: "{view.id}" }
                input { r#type: "hidden", name: "follows", value: "{view.follows}" }
                Fields { typed, errors }
                p { class: "form-state", role: "alert" }
                if view.closed.is_none() {
                    Button { label: t!("releases-save-the-release"), kind: ButtonKind::Primary, glyph: Glyph::Check, submit: true }
                }
            }
        }
    }
}

#[component]
fn Fields(typed: Typed, errors: Errors) -> Element {
    let audiences = tiles(Audience::ALL, |one| (one.code(), words::audience(one)));
    let givings = tiles(Giving::ALL, |one| (one.code(), words::giving(one)));
    let line = |name: &'static str, label: &'static str, most: usize| {
        let (initial, error) = (String::from(typed.one(name)), errors.of(name));
        rsx! {
            Field { name, label, initial, error, most: most as u32 }
        }
    };
    rsx! {
        One { field: "to", legend: t!("releases-to-whom"), tiles: audiences, typed: typed.clone(), errors: errors.clone() }
        {line("named", t!("releases-their-name-if-it-is"), MOST_NAMED)}
        Tiles {
            legend: t!("releases-what"),
            name: "items",
            tiles: tiles(Item::ALL, |one| (one.code(), words::item(one))),
            chosen: typed.all("items"),
            pick: Pick::Many,
            error: errors.of("items"),
        }
        {line("purpose", t!("releases-what-for"), MOST_PURPOSE)}
        One { field: "manner", legend: t!("releases-how-they-gave-it"), tiles: givings, typed: typed.clone(), errors: errors.clone() }
        {line("witness", t!("releases-who-heard-it-if-it"), MOST_NAMED)}
        Field { name: "on", label: t!("releases-given-on"), kind: FieldKind::Date, initial: typed.one("on"), error: errors.of("on") }
        Field { name: "until", label: t!("releases-last-day"), kind: FieldKind::Date, initial: typed.one("until"), error: errors.of("until") }
    }
}
