//! Unlock the officer's own records, or set the secret that will. Recording never waits for it.

use super::frame::{Actions, Heading};
use crate::ui::parts::{Button, ButtonKind, Field, FieldKind, Notice, Tone};
use dioxus::prelude::*;

/// The shortest secret of one's own choice, in letters.
pub const SHORTEST: usize = 8;

/// Unlock with the secret that was set before.
#[component]
pub fn Unlock(
    /// Whose records.
    officer: String,
    /// The secret is being tried.
    #[props(default)]
    busy: bool,
    /// Why the last attempt failed.
    fault: Option<String>,
    /// The secret.
    onunlock: EventHandler<String>,
    /// Go on locked.
    onskip: EventHandler<()>,
) -> Element {
    let mut secret = use_signal(String::new);
    rsx! {
        form {
            class: "screen",
            onsubmit: move |event| {
                event.prevent_default();
                if !busy && !secret().is_empty() {
                    onunlock.call(secret());
                }
            },
            main { class: "card",
                div { class: "ask",
                    Heading { text: "Unlock your records" }
                    p { class: "quiet", {officer} }
                }
                if let Some(fault) = fault {
                    Notice { tone: Tone::Bad, title: fault }
                }
                div { class: "fields at-thumb",
                    Field {
                        name: "secret",
                        label: "PIN or passphrase",
                        kind: FieldKind::Secret,
                        most: 200,
                        oninput: move |text| secret.set(text),
                    }
                }
            }
            Actions {
                Button { label: if busy { "Unlocking" } else { "Unlock" }, kind: ButtonKind::Primary, submit: true, disabled: busy }
                Button { label: "Record without unlocking", kind: ButtonKind::Quiet, onclick: move |_| onskip.call(()) }
            }
        }
    }
}

/// Set the secret: the issued PIN, shown once, or one's own.
#[component]
pub fn SetSecret(
    /// Whose records.
    officer: String,
    /// Six random digits.
    pin: String,
    /// What the officer recorded here before cannot be opened any more.
    #[props(default)]
    key_gone: bool,
    /// The vault is being made.
    #[props(default)]
    busy: bool,
    /// Why it failed.
    fault: Option<String>,
    /// The secret.
    onset: EventHandler<String>,
    /// Go on locked.
    onskip: EventHandler<()>,
) -> Element {
    let mut own = use_signal(String::new);
    let mut short = use_signal(|| false);
    let issued = pin.clone();
    rsx! {
        form {
            class: "screen",
            onsubmit: move |event| {
                event.prevent_default();
                let typed = own();
                let letters = typed.chars().count();
                short.set((1..SHORTEST).contains(&letters));
                if !busy && !short() {
                    onset.call(if letters == 0 { issued.clone() } else { typed });
                }
            },
            main { class: "card",
                div { class: "ask",
                    Heading { text: "Your PIN" }
                    p { class: "quiet", "{officer}: it opens your own records on this phone. It is shown only now: learn it, do not write it down here." }
                }
                if let Some(fault) = fault {
                    Notice { tone: Tone::Bad, title: fault }
                }
                if key_gone {
                    Notice {
                        tone: Tone::Warn,
                        title: "Your earlier records cannot be opened here any more",
                        p { "This phone lost its own key to them, as after a reset. The file is kept, and what you saved is still sent. Set a new PIN and go on; tell your program administrator." }
                    }
                }
                p { class: "pin-shown tabular", "aria-label": "Your PIN", {pin} }
                div { class: "fields",
                    Field {
                        name: "own-secret",
                        label: "Or choose your own",
                        hint: "At least 8 letters or digits. It then replaces the PIN above.",
                        kind: FieldKind::Secret,
                        optional: true,
                        most: 200,
                        error: short().then(|| String::from("Too short: at least 8 letters or digits.")),
                        oninput: move |text| own.set(text),
                    }
                }
            }
            Actions {
                Button { label: if busy { "Setting" } else { "I know it, go on" }, kind: ButtonKind::Primary, submit: true, disabled: busy }
                Button { label: "Record without unlocking", kind: ButtonKind::Quiet, onclick: move |_| onskip.call(()) }
            }
        }
    }
}
