//! Where it was, set by hand long after it was saved: the map and a street, and nothing else of the record. So
//! it works while locked too, for what was recorded since the lock.

use super::card::{Card, Move, Scene, Shared};
use super::cards::CardBody;
use super::correct::{FromTo, Verdicts};
use super::frame::{Actions, BackBar};
use crate::domain::facts::{FixFact, FixSource};
use crate::sync::Readable;
use crate::ui::flow::Step;
use crate::ui::form::{Edit, Form};
use crate::ui::parts::{Button, ButtonKind, Notice, Tone};
use crate::ui::view::{BothVerdicts, Guide, Sheet};
use chrono::{DateTime, FixedOffset};
use dioxus::prelude::*;

/// A place as the officer set it: the pin, and the cross street if one was typed.
pub type SetTo = (FixFact, Option<String>);

/// The map, and the one button that commits.
#[component]
pub fn SetPlace(
    /// The rules that the record was decided by, and the zones of today.
    guide: Shared<Guide>,
    /// The record; nothing while it may not be shown.
    record: Option<Shared<Readable>>,
    /// The scene's own clock.
    now: DateTime<FixedOffset>,
    /// The place is being committed.
    #[props(default)]
    busy: bool,
    /// Why the last attempt failed.
    fault: Option<String>,
    /// Commit it.
    onsave: EventHandler<SetTo>,
    /// Leave it as it was.
    onclose: EventHandler<()>,
) -> Element {
    let (held, rules) = (record.clone(), guide.clone());
    let mut form = use_signal(move || blank(&rules, held.as_deref(), now));
    let onedit = use_callback(move |edit: Edit| form.with_mut(|form| form.apply(edit)));
    let onmove = use_callback(move |_: Move| ());
    let sheet = Sheet::of(&form(), &guide);
    let pin = form().place.fix.filter(|fix| fix.source == FixSource::Pin);
    let verdicts = record.filter(|_| pin.is_some()).and_then(|record| compare(&record, &form(), &guide));
    let card =
        Card { form: form(), guide, sheet, faults: Vec::new(), device: None, scene: Scene::Over, now, onedit, onmove };
    let street = move || Some(form.peek().place.street.trim().to_owned()).filter(|street| !street.is_empty());
    rsx! {
        form {
            class: "screen",
            onsubmit: move |event| {
                event.prevent_default();
                pin.into_iter().filter(|_| !busy).for_each(|pin| onsave.call((pin, street())));
            },
            BackBar { title: "Set the place", onback: move |()| onclose.call(()) }
            main { class: "card",
                if let Some(fault) = fault {
                    Notice { tone: Tone::Bad, title: fault }
                }
                CardBody { ..card }
                if let Some(verdicts) = verdicts.clone() {
                    Verdicts { verdicts }
                }
            }
            Actions {
                if let Some(verdicts) = verdicts {
                    FromTo { verdicts }
                }
                if pin.is_none() {
                    p { class: "quiet", "Tap the map where it was." }
                }
                Button {
                    label: if busy { "Saving" } else { "Save the place" },
                    kind: ButtonKind::Primary,
                    submit: true,
                    disabled: busy || pin.is_none(),
                }
            }
        }
    }
}

/// The place alone: of what may not be shown not even that.
fn blank(guide: &Guide, record: Option<&Readable>, now: DateTime<FixedOffset>) -> Form {
    let mut form = Form::new(guide.pack.reference(), now);
    form.step = Step::Place;
    if let Some(record) = record {
        form.place.fix = record.facts().fix;
        form.place.street = record.cross_street().cloned().unwrap_or_default();
    }
    form
}

fn compare(record: &Readable, placed: &Form, guide: &Guide) -> Option<BothVerdicts> {
    let recorded = Form::of(record.facts(), guide.pack.reference(), record.cross_street());
    let sheet = Sheet::of(&Form { place: placed.place.clone(), ..recorded }, guide);
    Some(BothVerdicts::of(&record.decision.assessment, sheet.found()?, guide))
}
