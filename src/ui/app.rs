//! The officer's app: which screen is open, and what each act does to the phone's core.
//!
//! Tasks of the window run on the window's thread, so every call that touches a file or the network goes
//! to another one ([`off`]); a task only awaits and sets signals. The state that matters is on disk: a
//! window that dies shows the same screen again.

mod acts;
mod desk;
mod keeper;
mod tasks;

pub use desk::Start;

use super::screens::blocked::{Blocked, Opening};
use super::screens::correct::Correct;
use super::screens::encounter::Encounter;
use super::screens::enrol::Enrol;
use super::screens::home::Home;
use super::screens::on_call::OnCall;
use super::screens::saved::Saved;
use super::screens::set_place::SetPlace;
use super::screens::shift::ShiftStart;
use super::screens::unlock::{SetSecret, Unlock};
use desk::{Amending, Amends, Desk, Open, Screen};
use dioxus::prelude::*;

/// Runs blocking work off the window's thread. Nothing if that thread died.
pub(crate) async fn off<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Some(done),
        Err(error) => {
            tracing::error!(%error, "work off the window's thread ended early");
            None
        }
    }
}

/// The whole app. It finds what it starts with in the context: [`Start`].
#[component]
pub fn App() -> Element {
    let desk = Desk::new();
    use_context_provider(|| desk);
    tasks::use_tasks(desk);
    let screen = desk.screen.read().clone();
    rsx! {
        match screen {
            Screen::Opening => rsx! { Opening {} },
            Screen::Blocked { title, text } => rsx! {
                Blocked { title, text, onretry: move |()| acts::reopen(desk) }
            },
            Screen::Enrol => rsx! {
                Enrol { busy: desk.busy(), fault: desk.fault(), onenrol: move |form| acts::enrol(desk, form) }
            },
            Screen::Shift => rsx! { ShiftPage {} },
            Screen::Unlock => rsx! {
                Unlock {
                    officer: desk.who(),
                    busy: desk.busy(),
                    fault: desk.fault(),
                    onunlock: move |secret| acts::unlock(desk, secret),
                    onskip: move |()| acts::go_home(desk),
                }
            },
            Screen::SetSecret(pin) => rsx! {
                SetSecret {
                    officer: desk.who(),
                    pin: pin.reveal().clone(),
                    key_gone: desk.model().is_some_and(|model| model.key_gone),
                    busy: desk.busy(),
                    fault: desk.fault(),
                    onset: move |secret| acts::create_vault(desk, secret),
                    onskip: move |()| acts::go_home(desk),
                }
            },
            Screen::Home => rsx! { HomePage {} },
            Screen::Encounter(open) => rsx! { EncounterPage { key: "{open.id}-{open.turn}", open } },
            Screen::Saved(id) => rsx! { SavedPage { id } },
            Screen::OnCall(from) => rsx! { OnCallPage { from } },
            Screen::Amend(open) => rsx! { AmendPage { open } },
        }
    }
}

#[component]
fn ShiftPage() -> Element {
    let desk = use_context::<Desk>();
    let Some(model) = desk.model() else { return rsx! { Opening {} } };
    rsx! {
        ShiftStart {
            officers: model.officer_views(),
            agency: model.agency.clone().unwrap_or_default(),
            fault: desk.fault(),
            onstart: move |(officer, unit)| acts::start_shift(desk, officer, unit),
        }
    }
}

#[component]
fn HomePage() -> Element {
    let desk = use_context::<Desk>();
    let Some(model) = desk.model() else { return rsx! { Opening {} } };
    rsx! {
        Home { view: model.home(), fault: desk.fault(), onact: move |act| acts::home(desk, act) }
    }
}

#[component]
fn EncounterPage(open: Open) -> Element {
    let desk = use_context::<Desk>();
    let clock = use_callback(move |()| desk.now());
    let id = open.id;
    rsx! {
        Encounter {
            guide: open.guide,
            initial: open.form,
            unit: desk.unit(),
            device: desk.device,
            clock,
            saving: desk.busy(),
            fault: desk.fault(),
            onkeep: move |(form, keep)| acts::keep(desk, id, &form, keep),
            onsave: move |(form, decision)| acts::save(desk, id, form, decision),
            onclose: move |()| acts::close(desk),
        }
    }
}

#[component]
fn AmendPage(open: Amending) -> Element {
    let desk = use_context::<Desk>();
    let Amending { id, guide, what } = open;
    match what {
        Amends::Facts(record) => rsx! {
            Correct {
                guide,
                record,
                busy: desk.busy(),
                fault: desk.fault(),
                onsave: move |change| acts::correct(desk, id, change),
                onclose: move |()| acts::to_record(desk, id),
            }
        },
        Amends::Place(record) => rsx! {
            SetPlace {
                guide,
                record,
                now: desk.now(),
                busy: desk.busy(),
                fault: desk.fault(),
                onsave: move |place| acts::set_place(desk, id, place),
                onclose: move |()| acts::to_record(desk, id),
            }
        },
    }
}

#[component]
fn OnCallPage(from: Option<crate::domain::ids::ReferralId>) -> Element {
    let desk = use_context::<Desk>();
    let Some(view) = desk.model().and_then(|model| model.on_call_view()) else { return rsx! { Opening {} } };
    rsx! {
        OnCall {
            view,
            fault: desk.fault(),
            oncall: move |number| acts::call(desk, number),
            onback: move |()| match from {
                Some(id) => acts::to_record(desk, id),
                None => acts::go_home(desk),
            },
        }
    }
}

#[component]
fn SavedPage(id: crate::domain::ids::ReferralId) -> Element {
    let desk = use_context::<Desk>();
    let Some(view) = desk.model().and_then(|model| model.saved(id)) else { return rsx! { Opening {} } };
    rsx! {
        Saved { view, fault: desk.fault(), busy: desk.busy(), onact: move |act| acts::saved(desk, id, act) }
    }
}
