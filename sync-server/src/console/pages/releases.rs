//! The releases of a case: what holds, what was withdrawn, and the form for another.

use super::case::{Crumb, Own};
use super::cases::MarkBadge;
use super::note::fields::{Errors, One, tiles};
use crate::console::casework::Typed;
use crate::console::shell::{Frame, Live, Shell};
use crate::console::view::Viewer;
use crate::console::view::release::{self as words, ReleaseView, ReleasesView};
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
    let frame = Frame { title: String::from("Releases"), viewer: Some(viewer), live: Live::Form, now: Some(now) };
    let errors = Errors(fault);
    let shown = view.closed.is_none() || typed.follows().is_some();
    rsx! {
        Shell { frame,
            Crumb { href: "/cases/{view.referral}", label: view.name.clone() }
            div { class: "page-head", "data-live": "head",
                h1 { "Releases of information" }
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
                        Notice { tone: Tone::Warn, title: "Someone wrote another release while you were writing",
                            p { "It stands above. Yours is kept below and not saved yet." }
                        }
                    }
                    if shown {
                        GiveForm { view: view.clone(), typed, errors }
                    }
                }
                div { class: "sheet-side",
                    section { class: "card", "aria-labelledby": "without",
                        h2 { id: "without", "Without a release" }
                        p { "Officers and prosecutors see how far it is: referred, accepted, met. The prosecutor also sees whether the intake is done, and its last day. Nothing else." }
                        p { "It holds from now on, until its last day or until it is withdrawn. What was seen before cannot be taken back." }
                    }
                    section { class: "card", "aria-labelledby": "scene",
                        h2 { id: "scene", "Their word at the scene" }
                        dl { class: "facts narrow",
                            Own { label: "Sharing their details with the program", value: view.consent }
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
            Empty { glyph: Glyph::Shield, title: "Nothing is released", text: "Whoever looks from outside sees the status only." }
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
                        LinkButton { label: "Save what it lets out", href: "/cases/{referral}/releases/{release.id}" }
                    }
                    if release.open {
                        details {
                            summary { "Withdraw" }
                            p { class: "small", "It lets nothing out from then on. Say how you know." }
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
            h2 { id: "give", "Write down a release" }
            form { method: "post", action: "/cases/{view.referral}/releases", "data-keep": "release",
                if errors.any() {
                    Notice { tone: Tone::Bad, title: "Not saved yet: one field needs another look" }
                }
                input { r#type: "hidden", name: "id", value: "{view.id}" }
                input { r#type: "hidden", name: "follows", value: "{view.follows}" }
                Fields { typed, errors }
                p { class: "form-state", role: "alert" }
                if view.closed.is_none() {
                    Button { label: "Save the release", kind: ButtonKind::Primary, glyph: Glyph::Check, submit: true }
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
        One { field: "to", legend: "To whom", tiles: audiences, typed: typed.clone(), errors: errors.clone() }
        {line("named", "Their name, if it is someone else", MOST_NAMED)}
        Tiles {
            legend: "What",
            name: "items",
            tiles: tiles(Item::ALL, |one| (one.code(), words::item(one))),
            chosen: typed.all("items"),
            pick: Pick::Many,
            error: errors.of("items"),
        }
        {line("purpose", "What for", MOST_PURPOSE)}
        One { field: "manner", legend: "How they gave it", tiles: givings, typed: typed.clone(), errors: errors.clone() }
        {line("witness", "Who heard it, if it was spoken", MOST_NAMED)}
        Field { name: "on", label: "Given on", kind: FieldKind::Date, initial: typed.one("on"), error: errors.of("on") }
        Field { name: "until", label: "Last day", kind: FieldKind::Date, initial: typed.one("until"), error: errors.of("until") }
    }
}
