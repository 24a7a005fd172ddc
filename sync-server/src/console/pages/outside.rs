//! Pages outside the console: the sign-in link, and what to say when there is no page.

use crate::console::shell::{Frame, Live, Shell};
use crate::console::view::Viewer;
use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use handoff::ui::parts::{Button, ButtonKind, LinkButton};

/// The page behind a sign-in link. It takes a press to use the link, so that a preview of it does not.
#[component]
pub fn SignInPage(name: String, role: String, now: DateTime<Utc>) -> Element {
    let frame = Frame { title: String::from("Sign in"), viewer: None, live: Live::No, now };
    rsx! {
        Shell { frame,
            div { class: "outside",
                h1 { "Sign in as {name}" }
                p { {role} }
                form { method: "post",
                    Button { label: "Sign in", kind: ButtonKind::Primary, submit: true }
                }
                p { class: "quiet small", "This link works once. Use it only on a device that is yours." }
            }
        }
    }
}

/// A message instead of a page.
#[component]
pub fn MessagePage(
    viewer: Option<Viewer>,
    title: String,
    text: String,
    action: Option<(String, String)>,
    now: DateTime<Utc>,
) -> Element {
    let frame = Frame { title: title.clone(), viewer, live: Live::No, now };
    rsx! {
        Shell { frame,
            div { class: "outside",
                h1 { {title} }
                p { {text} }
                if let Some((label, href)) = action {
                    LinkButton { label, href }
                }
            }
        }
    }
}
