//! Pages outside the console: the sign-in link, and what to say when there is no page.

use crate::console::shell::{Frame, Live, Shell};
use crate::console::view::Viewer;
use crate::words::t;
use dioxus::prelude::*;
use handoff::ui::parts::{Button, ButtonKind, Glyph, LinkButton};

/// The page behind a sign-in link. It takes a press to use the link, so that a preview of it does not.
#[component]
pub fn SignInPage(action: String) -> Element {
    let frame = Frame { title: String::from(t!("shell-sign-in")), viewer: None, live: Live::No, now: None };
    rsx! {
        Shell { frame,
            div { class: "outside",
                h1 { {t!("shell-sign-in-to-handoff")} }
                p { {t!("shell-this-link-was-made-for")} }
                form { method: "post", action,
                    Button { label: t!("shell-sign-in"), kind: ButtonKind::Primary, glyph: Glyph::Person, submit: true }
                }
            }
        }
    }
}

/// A message instead of a page.
#[component]
pub fn MessagePage(viewer: Option<Viewer>, title: String, text: String, action: Option<Action>) -> Element {
    let frame = Frame { title: title.clone(), viewer, live: Live::No, now: None };
    rsx! {
        Shell { frame,
            div { class: "outside",
                h1 { {title} }
                p { {text} }
                if let Some(Action { label, href }) = action {
                    LinkButton { label, href, kind: ButtonKind::Primary }
                }
            }
        }
    }
}

/// What one may do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// What it says.
    pub label: String,
    /// Where it leads.
    pub href: String,
}
