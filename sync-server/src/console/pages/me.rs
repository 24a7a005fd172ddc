//! How someone is told, and where they say so.

use crate::console::files::files;
use crate::console::shell::{Frame, Live, Shell};
use crate::console::view::{BrowserView, ChannelView, MeView, Viewer};
use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use handoff::ui::parts::{Button, ButtonKind, Glyph, Notice, Tone};

/// The page. `fault` is what was wrong with the last press.
#[component]
pub fn MePage(viewer: Viewer, view: MeView, fault: Option<String>, now: DateTime<Utc>) -> Element {
    let frame =
        Frame { title: String::from("How you are told"), viewer: Some(viewer), live: Live::Form, now: Some(now) };
    let push = view.key.clone().map(|key| (key, view.browsers.clone()));
    rsx! {
        Shell { frame,
            div { class: "page-head",
                h1 { "How you are told" }
            }
            if let Some(fault) = fault {
                Notice { tone: Tone::Bad, title: "Nothing was changed",
                    p { {fault} }
                }
            }
            p { class: "me-said",
                "What you are told says only that a referral waits. No name, and nothing of what happened, leaves this server: you see that after you have opened the console and signed in."
            }
            div { class: "me",
                Channels { channels: view.channels }
                if let Some((key, browsers)) = push {
                    Browsers { key_text: key, browsers }
                }
            }
            script { src: files().push.path.clone(), defer: true }
        }
    }
}

#[component]
fn Channels(channels: Vec<ChannelView>) -> Element {
    rsx! {
        section { class: "card", "aria-labelledby": "channels",
            h2 { id: "channels", "Tell me by" }
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
                p { class: "small quiet", "If none of these can reach you, open pages tell you all the same." }
                Button { label: "Save", kind: ButtonKind::Primary, glyph: Glyph::Check, submit: true }
            }
        }
    }
}

#[component]
fn Browsers(key_text: String, browsers: Vec<BrowserView>) -> Element {
    rsx! {
        section { class: "card", id: "push", "data-key": key_text, "aria-labelledby": "browsers",
            h2 { id: "browsers", "Browsers that are told when closed" }
            if !browsers.is_empty() {
                ul { class: "browsers",
                    for browser in browsers {
                        li { key: "{browser.mark}", id: "browser-{browser.mark}",
                            p {
                                span { class: "browser-name", {browser.service} }
                                span { class: "small quiet", " since {browser.since}" }
                            }
                            form { method: "post", action: "/me/browsers/{browser.id}/remove",
                                Button { label: "Take it off the list", kind: ButtonKind::Quiet, submit: true }
                            }
                        }
                    }
                }
            }
            p { class: "small",
                "The browser's maker passes the message on and cannot read it. On a phone, add Handoff to the home screen, then press here."
            }
            p { class: "form-state", role: "status" }
            // The script that makes it work also shows it.
            button { class: "button", "data-kind": "plain", r#type: "button", hidden: true,
                span { "Tell this browser" }
            }
            noscript {
                p { "This needs scripts, which are switched off in this browser." }
            }
            form { id: "push-form", method: "post", action: "/me/browsers", hidden: true,
                for name in ["endpoint", "p256dh", "auth"] {
                    input { key: "{name}", r#type: "hidden", name }
                }
            }
        }
    }
}
