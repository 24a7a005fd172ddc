//! How someone is told, and where they say so.

use crate::console::files::files;
use crate::console::shell::{Frame, Live, Shell};
use crate::console::view::{BrowserView, ChannelView, MeView, Viewer};
use crate::words::{Language, t};
use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use handoff::ui::parts::{Button, ButtonKind, Glyph, Icon, Notice, Tone};

/// The page. `fault` is what was wrong with the last press.
#[component]
pub fn MePage(viewer: Viewer, view: MeView, fault: Option<String>, now: DateTime<Utc>) -> Element {
    let frame = Frame {
        title: String::from(t!("shell-how-you-are-told")),
        viewer: Some(viewer),
        live: Live::Form,
        now: Some(now),
    };
    let push = view.key.clone().map(|key| (key, view.browsers.clone()));
    rsx! {
        Shell { frame,
            div { class: "page-head",
                h1 { {t!("shell-how-you-are-told")} }
            }
            if let Some(fault) = fault {
                Notice { tone: Tone::Bad, title: t!("rota-nothing-was-changed"),
                    p { {fault} }
                }
            }
            p { class: "me-said",
                {t!("me-what-you-are-told-says")}
            }
            div { class: "me",
                Languages { language: view.language }
                Channels { channels: view.channels }
                if let Some((key, browsers)) = push {
                    Browsers { key_text: key, browsers }
                }
            }
            script { src: files().push.path.clone(), defer: true }
        }
    }
}

/// Headed in every language: whoever cannot read this page finds it all the same.
#[component]
fn Languages(language: Language) -> Element {
    rsx! {
        section { class: "card", "aria-labelledby": "language",
            h2 { id: "language", {t!("me-language")} }
            form { class: "choices", method: "post", action: "/me/language",
                for one in Language::ALL.iter().copied() {
                    button {
                        key: "{one.code()}",
                        class: "button",
                        "data-kind": "plain",
                        r#type: "submit",
                        name: "language",
                        value: one.code(),
                        lang: one.code(),
                        "aria-current": if one == language { "true" },
                        if one == language {
                            Icon { glyph: Glyph::Check }
                        }
                        span { {one.own_name()} }
                    }
                }
            }
        }
    }
}

#[component]
fn Channels(channels: Vec<ChannelView>) -> Element {
    rsx! {
        section { class: "card", "aria-labelledby": "channels",
            h2 { id: "channels", {t!("me-tell-me-by")} }
            form { method: "post", action: "/me/channels",
                div { class: "tile-box",
                    for channel in channels {
                        label { key: "{channel.code}", class: "tile",
                            input { r#type: "checkbox", name: channel.code, value: "on", checked: channel.on }
                            span { class: "tile-text",
                                span { class: "tile-label", {channel.label} }
                                span { class: "hint", {channel.hint} }
                            }
                        }
                    }
                }
                p { class: "small quiet", {t!("me-if-none-of-these-can")} }
                Button { label: t!("note-save"), kind: ButtonKind::Primary, glyph: Glyph::Check, submit: true }
            }
        }
    }
}

#[component]
fn Browsers(key_text: String, browsers: Vec<BrowserView>) -> Element {
    rsx! {
        section { class: "card", id: "push", "data-key": key_text, "aria-labelledby": "browsers",
            h2 { id: "browsers", {t!("me-browsers-that-are-told-when")} }
            if !browsers.is_empty() {
                ul { class: "browsers",
                    for browser in browsers {
                        li { key: "{browser.mark}", id: "browser-{browser.mark}",
                            p {
                                span { class: "browser-name", {browser.service} }
                                span { class: "small quiet",
                                    " "
                                    {t!("me-since", day = browser.since)}
                                }
                            }
                            form { method: "post", action: "/me/browsers/{browser.id}/remove",
                                Button { label: t!("me-take-it-off-the-list"), kind: ButtonKind::Quiet, submit: true }
                            }
                        }
                    }
                }
            }
            p { class: "small",
                {t!("me-the-browsers-maker-passes-the")}
            }
            p { class: "form-state", role: "status" }
            // The script that makes it work also shows it.
            button { class: "button", "data-kind": "plain", r#type: "button", hidden: true,
                span { {t!("me-tell-this-browser")} }
            }
            noscript {
                p { {t!("me-this-needs-scripts-which-are")} }
            }
            form { id: "push-form", method: "post", action: "/me/browsers", hidden: true,
                for name in ["endpoint", "p256dh", "auth"] {
                    input { key: "{name}", r#type: "hidden", name }
                }
            }
        }
    }
}
