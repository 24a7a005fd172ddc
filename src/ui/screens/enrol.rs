//! Once per phone: which server, and the one-time code.

use super::frame::{Actions, Heading};
use crate::ui::parts::{Button, ButtonKind, Field, Notice, Tone};
use dioxus::prelude::*;

/// What was typed to enrol this phone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnrolForm {
    /// The server's address.
    pub server: String,
    /// The one-time code.
    pub code: String,
}

/// Server and code.
#[component]
pub fn Enrol(
    /// The address as last typed.
    #[props(default)]
    server: String,
    /// The call is under way.
    #[props(default)]
    busy: bool,
    /// Why the last attempt failed, and what to do.
    fault: Option<String>,
    onenrol: EventHandler<EnrolForm>,
) -> Element {
    let mut typed = use_signal(|| EnrolForm { server: server.clone(), code: String::new() });
    rsx! {
        form {
            class: "screen",
            onsubmit: move |event| {
                event.prevent_default();
                if !busy {
                    onenrol.call(typed());
                }
            },
            main { class: "card",
                div { class: "ask",
                    Heading { text: "Set up this phone" }
                    p { class: "quiet", "Your administrator gives you the address and a code that works once. It needs a connection now, and never again to record." }
                }
                if let Some(fault) = fault {
                    Notice { tone: Tone::Bad, title: fault }
                }
                div { class: "fields",
                    Field {
                        name: "server",
                        label: "Server address",
                        hint: "Such as https://handoff.example.gov",
                        initial: server,
                        most: 200,
                        oninput: move |text| typed.write().server = text,
                    }
                    Field {
                        name: "code",
                        label: "One-time code",
                        most: 80,
                        oninput: move |text| typed.write().code = text,
                    }
                }
            }
            Actions {
                Button { label: if busy { "Setting up" } else { "Set up" }, kind: ButtonKind::Primary, submit: true, disabled: busy }
            }
        }
    }
}
