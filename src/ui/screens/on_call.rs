//! Who is on call, now and in the next 72 hours, each with a number to call; it needs no link.

use super::frame::{BackBar, CallCard};
use crate::ui::parts::{Notice, Tone};
use crate::ui::view::{CallView, LaterView, OnCallView};
use crate::ui::words;
use dioxus::prelude::*;

/// The list.
#[component]
pub fn OnCall(
    view: OnCallView,
    fault: Option<String>,
    /// Opens the telephone, or copies the number.
    oncall: EventHandler<String>,
    onback: EventHandler<()>,
) -> Element {
    rsx! {
        div { class: "screen",
            BackBar { title: "On call", onback: move |()| onback.call(()) }
            main { class: "card",
                if let Some(fault) = fault {
                    Notice { tone: Tone::Info, title: fault }
                }
                if let Some(old) = view.old {
                    Notice { tone: Tone::Warn, title: "This list is older than 72 hours",
                        p { {old} }
                    }
                }
                for gap in view.gaps {
                    Notice { key: "{gap}", tone: Tone::Bad, title: gap }
                }
                section { class: "section", "aria-labelledby": "now",
                    h2 { id: "now", "Now" }
                    p { class: "quiet", {view.until} }
                    if view.now.is_empty() {
                        p { strong { {words::NOBODY_ON_CALL} } }
                    }
                    Calls { people: view.now, oncall }
                }
                for later in view.later {
                    Later { key: "{later.when}", later, oncall }
                }
                p { class: "quiet small", {view.heard} }
            }
        }
    }
}

#[component]
fn Later(later: LaterView, oncall: EventHandler<String>) -> Element {
    rsx! {
        section { class: "section", "aria-label": later.when.clone(),
            h2 { {later.when.clone()} }
            if later.people.is_empty() {
                p { strong { "Nobody is on call" } }
            }
            Calls { people: later.people, oncall }
        }
    }
}

#[component]
fn Calls(people: Vec<CallView>, oncall: EventHandler<String>) -> Element {
    rsx! {
        for CallView { who, what, number, copies } in people {
            CallCard { key: "{what} {who}", who, what, number, copies, oncall: move |number| oncall.call(number) }
        }
    }
}
