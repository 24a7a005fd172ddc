//! The encounter: one card at a time, from the door to Save. It owns the form while it is open and hands
//! out every change, so that whoever stands behind it can keep the draft.

use super::card::{Card, Move, Scene, Shared};
use super::cards::CardBody;
use super::frame::{Actions, BackButton, CardForm};
use crate::domain::encounter::Decision;
use crate::domain::facts::FixFact;
use crate::ui::flow::{Progress, Step};
use crate::ui::form::{Edit, Form};
use crate::ui::parts::{Button, ButtonKind, Glyph, Icon, Notice, Tone};
use crate::ui::view::{Guide, PlaceView, Sheet};
use crate::ui::words;
use chrono::{DateTime, FixedOffset};
use dioxus::prelude::*;

/// How soon a changed draft must be on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Within a moment: more letters may follow.
    Soon,
    /// Now: the card changed.
    Now,
}

/// An open encounter.
#[component]
pub fn Encounter(
    /// The rules and zones it goes by.
    guide: Shared<Guide>,
    /// The form as it was opened.
    initial: Form,
    /// The officer's unit, for the record.
    unit: String,
    /// The position that the device reports.
    device: ReadSignal<Option<FixFact>>,
    /// The scene's own clock.
    clock: Callback<(), DateTime<FixedOffset>>,
    /// The record is being committed.
    #[props(default)]
    saving: bool,
    /// Why the last attempt to commit failed, or the draft could not be kept.
    fault: Option<String>,
    /// The form changed.
    onkeep: EventHandler<(Form, Keep)>,
    /// The record is whole: commit it.
    onsave: EventHandler<(Form, Decision)>,
    /// The officer leaves; the draft stays.
    onclose: EventHandler<()>,
) -> Element {
    let mut form = use_signal(move || initial);
    let mut tried = use_signal(|| false);
    use_effect(move || offer(device(), form, clock, onkeep));

    let held = guide.clone();
    let onmove = use_callback(move |to: Move| {
        if saving {
            return;
        }
        let open = form.peek().clone();
        let sheet = Sheet::of(&open, &held);
        match leave(&open, &sheet, &to) {
            Leave::Stay => {
                tried.set(true);
                document::eval(SHOW_FAULT);
            }
            Leave::Out => onclose.call(()),
            Leave::Save => {
                let whole = sheet.facts.clone().ok().zip(sheet.found().cloned());
                let decision = whole.and_then(|(facts, found)| open.decision(&unit, facts, found).ok());
                tried.set(decision.is_none());
                decision.into_iter().for_each(|decision| onsave.call((open.clone(), decision)));
            }
            Leave::Open(step, back_to) => {
                tried.set(false);
                form.with_mut(|form| (form.step, form.back_to) = (step, back_to));
                onkeep.call((form.peek().clone(), Keep::Now));
            }
        }
    });
    let onedit = use_callback(move |edit: Edit| {
        if saving {
            return;
        }
        let goes_on = edit.goes_on();
        form.with_mut(|form| form.apply(edit));
        onkeep.call((form.peek().clone(), Keep::Soon));
        if goes_on {
            onmove.call(Move::Next);
        }
    });

    let sheet = Sheet::of(&form(), &guide);
    let faults = if tried() { sheet.gaps_here(&form()) } else { Vec::new() };
    let card = Card {
        form: form(),
        guide,
        sheet,
        faults,
        device: device(),
        scene: Scene::Now,
        now: clock.call(()),
        onedit,
        onmove,
    };
    rsx! {
        Layout { card, saving, fault }
    }
}

/// Brings what is wrong into sight: on a small screen it may stand under the fold, and a button that does
/// nothing is the worst answer. The page hears of the fault a moment after this runs.
pub(super) const SHOW_FAULT: &str = "
let looks = 40;
const look = () => {
  const fault = document.querySelector('main .field-error');
  if (fault) fault.scrollIntoView({ block: 'center' });
  else if (looks-- > 0) setTimeout(look, 25);
};
look();
";

/// What a move comes to.
enum Leave {
    /// The card is not answered.
    Stay,
    /// Out of the encounter.
    Out,
    /// Commit.
    Save,
    /// Another card, and the one to return to.
    Open(Step, Option<Step>),
}

fn leave(form: &Form, sheet: &Sheet, to: &Move) -> Leave {
    let flow = sheet.flow(form);
    match to {
        Move::Close => Leave::Out,
        Move::Save => Leave::Save,
        Move::To(step) => Leave::Open(step.clone(), Some(form.step.clone())),
        Move::Back => match (&form.back_to, flow.back()) {
            (Some(origin), _) => Leave::Open(origin.clone(), None),
            (None, Some(step)) => Leave::Open(step, None),
            (None, None) => Leave::Out,
        },
        Move::Next if !sheet.gaps_here(form).is_empty() => Leave::Stay,
        Move::Next => {
            let next = flow.next();
            let back_to = form.back_to.clone().filter(|origin| *origin != next);
            Leave::Open(next, back_to)
        }
    }
}

fn offer(
    device: Option<FixFact>,
    mut form: Signal<Form>,
    clock: Callback<(), DateTime<FixedOffset>>,
    onkeep: EventHandler<(Form, Keep)>,
) {
    let Some(fix) = device else { return };
    let mut offered = form.peek().clone();
    let since_ms = (clock.call(()) - offered.at).num_milliseconds().max(0);
    let since_s = std::time::Duration::from_millis(since_ms.unsigned_abs()).as_secs_f64();
    offered.offer_fix(fix, since_s);
    if offered != *form.peek() {
        form.set(offered.clone());
        onkeep.call((offered, Keep::Soon));
    }
}

#[component]
fn Layout(card: Card, saving: bool, fault: Option<String>) -> Element {
    let onmove = card.onmove;
    let progress = card.sheet.flow(&card.form).progress();
    let place = PlaceView::of(&card.guide, card.form.place.fix.as_ref());
    let on_scene =
        matches!(card.form.step, Step::Door | Step::Offences | Step::Drug) && !card.guide.pack.zones.is_empty();
    let banner = card.guide.pack.banner(card.form.at);
    let (step, answered) = (card.form.step.clone(), answered(&card));
    let primary = if saving { Move::Next } else { primary_move(&step) };
    rsx! {
        CardForm {
            step: step.clone(),
            head: rsx! { Bar { progress, onmove } },
            body: rsx! {
                if let Some(fault) = fault {
                    Notice { tone: Tone::Bad, title: fault }
                }
                if let Some(banner) = banner {
                    Notice { tone: Tone::Warn, title: banner }
                }
                if on_scene {
                    PlaceStrip { place, onopen: move |()| onmove.call(Move::To(Step::Place)) }
                }
                CardBody { ..card }
            },
            onsubmit: move |()| onmove.call(primary.clone()),
            Foot { step, answered, saving }
        }
    }
}

/// Cards with one answer go on by themselves, and get a way on only once they are answered.
fn answered(card: &Card) -> bool {
    let lone = matches!(
        card.form.step,
        Step::Door | Step::Question(_) | Step::Reason | Step::Outcome | Step::Consent | Step::Verdict
    ) || (card.form.step == Step::History && card.form.history.checked.is_none())
        || (card.form.step == Step::Prior && card.form.prior.known.is_none());
    !lone || card.sheet.flow(&card.form).is_answered(&card.form.step)
}

const fn primary_move(step: &Step) -> Move {
    if matches!(step, Step::Review) { Move::Save } else { Move::Next }
}

#[component]
fn Bar(progress: Progress, onmove: EventHandler<Move>) -> Element {
    let (done, all) = (progress.done, progress.all);
    let at = (done + 1).min(all);
    rsx! {
    header { class: "bar",
            BackButton { onback: move |()| onmove.call(Move::Back) }
            div {
                class: "progress",
                role: "progressbar",
                "aria-label": "Card {at} of {all}",
                "aria-valuenow": "{at}",
                "aria-valuemin": "1",
                "aria-valuemax": "{all}",
                span { class: "progress-bar", style: "--done: {percent(done, all)}%" }
                span { class: "small quiet tabular", "{at} of {all}" }
            }
            Button { label: words::CLOSE, kind: ButtonKind::Quiet, glyph: Glyph::Cross, onclick: move |_| onmove.call(Move::Close) }
        }
    }
}

fn percent(done: usize, all: usize) -> usize {
    (done * 100).checked_div(all).unwrap_or(0)
}

#[component]
fn PlaceStrip(place: PlaceView, onopen: EventHandler<()>) -> Element {
    rsx! {
        button { class: "place-strip", r#type: "button", "data-tone": place.tone.name(), onclick: move |_| onopen.call(()),
            Icon { glyph: place.glyph }
            span { class: "place-text", "aria-live": "polite",
                strong { {place.headline} }
                span { class: "hint", {place.detail} }
            }
            span { class: "place-change", "Map" }
        }
    }
}

#[component]
fn Foot(step: Step, answered: bool, saving: bool) -> Element {
    let label = match (&step, saving) {
        (_, true) => "Saving",
        (Step::Review, false) => words::SAVE,
        (_, false) => words::CONTINUE,
    };
    rsx! {
        if answered {
            Actions {
                Button { label, kind: ButtonKind::Primary, submit: true, disabled: saving }
            }
        }
    }
}
