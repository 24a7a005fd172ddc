//! A record that turns out to be wrong: the officer changes it on the cards on which it was made, sees what
//! the rules said and what they say now, and only then saves it.
//!
//! # Decisions
//! - What was chosen is not asked again: an offer that was taken after all is a new encounter, and one that
//!   came to nothing is taken back.
//! - What was wrong of the person goes into the note, which the case manager alone reads: an amendment carries
//!   the facts, and they name nobody.
//! - A correction is no draft. The record stands as it was until it is saved, so a kill costs some taps.

use super::card::{Card, Move, Scene, Shared};
use super::cards::{CardBody, ReviewLine};
use super::encounter::SHOW_FAULT;
use super::frame::{Actions, BackBar, CardForm, Heading};
use crate::domain::afterwards::AmendmentCause;
use crate::domain::codes::Choice;
use crate::domain::private::Private;
use crate::sync::{Change, Readable};
use crate::ui::flow::Step;
use crate::ui::form::{Edit, Form};
use crate::ui::parts::{
    Button, ButtonKind, Field, FieldKind, FindingList, Glyph, Icon, Notice, Tone, VerdictBadge, words as codes,
};
use crate::ui::view::{BothVerdicts, CorrectionView, Guide, Sheet};
use crate::ui::words;
use dioxus::prelude::*;

/// A correction under way.
#[component]
pub fn Correct(
    /// The rules that the record was decided by, and the zones of today.
    guide: Shared<Guide>,
    /// The record.
    record: Shared<Readable>,
    /// The correction is being committed.
    #[props(default)]
    busy: bool,
    /// Why the last attempt failed.
    fault: Option<String>,
    /// Commit it.
    onsave: EventHandler<Change>,
    /// Leave it as it was.
    onclose: EventHandler<()>,
) -> Element {
    let held = record.clone();
    let recorded = use_hook(move || Form::of(held.facts(), held.decision.assessment.pack.clone(), held.cross_street()));
    let began = recorded.clone();
    let mut form = use_signal(move || began);
    let mut tried = use_signal(|| false);
    let note = use_signal(Private::<String>::default);
    let rules = guide.clone();
    let onmove = use_callback(move |to: Move| {
        let open = form.peek().clone();
        let sheet = Sheet::of(&open, &rules);
        let stays = to == Move::Next && !sheet.gaps_here(&open).is_empty();
        tried.set(stays);
        match to {
            Move::Next if stays => drop(document::eval(SHOW_FAULT)),
            Move::Next => form.with_mut(|form| form.step = unanswered(form, &sheet)),
            Move::To(step) => form.with_mut(|form| form.step = step),
            Move::Back if open.step == Step::Review => onclose.call(()),
            Move::Back => form.with_mut(|form| form.step = Step::Review),
            Move::Close => onclose.call(()),
            Move::Save => {
                let change = sheet.facts.ok().map(|facts| change(&open, facts, &note.peek()));
                change.into_iter().filter(|_| !busy).for_each(|change| onsave.call(change));
            }
        }
    });
    let onedit = use_callback(move |edit: Edit| {
        let goes_on = edit.goes_on();
        form.with_mut(|form| form.apply(edit));
        if goes_on {
            onmove.call(Move::Next);
        }
    });
    let sheet = Sheet::of(&form(), &guide);
    let faults = if tried() { sheet.gaps_here(&form()) } else { Vec::new() };
    let now = form.peek().at;
    let view = CorrectionView::of(&form(), &recorded, &guide, &record.decision.assessment);
    let card = Card { form: form(), guide, sheet, faults, device: None, scene: Scene::Over, now, onedit, onmove };
    rsx! {
        if form().step == Step::Review {
            Overview { view, choice: record.decision.choice, note, busy, fault, onmove }
        } else {
            OneCard { card }
        }
    }
}

/// The first card that the change left without an answer, or the record at a glance.
fn unanswered(form: &Form, sheet: &Sheet) -> Step {
    let flow = sheet.flow(form);
    let open = |step: &Step| *step != Step::Place && !flow.is_answered(step);
    flow.found().into_iter().find(open).unwrap_or(Step::Review)
}

fn change(form: &Form, facts: crate::domain::facts::Facts, note: &Private<String>) -> Change {
    let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    Change {
        cause: AmendmentCause::Correction,
        facts,
        cross_street: said(&form.place.street),
        note: said(note.reveal()).map(Private::new),
    }
}

#[component]
fn OneCard(card: Card) -> Element {
    let onmove = card.onmove;
    rsx! {
        CardForm {
            step: card.form.step.clone(),
            head: rsx! { BackBar { title: "Correction", onback: move |()| onmove.call(Move::Back) } },
            body: rsx! { CardBody { ..card } },
            onsubmit: move |()| onmove.call(Move::Next),
            Actions {
                Button { label: words::CONTINUE, kind: ButtonKind::Primary, submit: true }
            }
        }
    }
}

/// The record at a glance, what the rules say of it, and the one button that commits.
#[component]
fn Overview(
    view: CorrectionView,
    choice: Choice,
    note: Signal<Private<String>>,
    busy: bool,
    fault: Option<String>,
    onmove: EventHandler<Move>,
) -> Element {
    let mut note = note;
    let missing = view.rows.iter().any(|row| row.fault.is_some());
    let says = view.changed || !note.read().reveal().trim().is_empty();
    rsx! {
        // Where there is room the lines stand in two columns: what was changed is in sight beside what follows from it.
        div { class: "screen", "data-wide": true,
            BackBar { title: "Correction", onback: move |()| onmove.call(Move::Back) }
            main { class: "card",
                div { class: "ask",
                    Heading { text: "What was wrong?" }
                    p { class: "quiet", "Tap a line to change it. Your decision stays as you made it: {codes::choice(choice)}." }
                }
                if let Some(fault) = fault {
                    Notice { tone: Tone::Bad, title: fault }
                }
                ul { class: "review",
                    for row in view.rows {
                        ReviewLine { key: "{row.label}", row, onmove }
                    }
                }
                div { class: "beside",
                    if choice == Choice::OfferedAccepted {
                        Field {
                            name: "note",
                            label: "For the case manager alone",
                            hint: "A name, a number or a place to find them that was wrong",
                            kind: FieldKind::Long,
                            optional: true,
                            most: 1000,
                            initial: note.peek().reveal().clone(),
                            oninput: move |text| note.set(Private::new(text)),
                        }
                    }
                    if let Some(verdicts) = view.verdicts.clone() {
                        Verdicts { verdicts }
                    }
                }
            }
            Actions {
                if let Some(verdicts) = view.verdicts.filter(|_| says) {
                    FromTo { verdicts }
                }
                if !says {
                    p { class: "quiet", "Nothing is changed yet." }
                }
                if missing {
                    p { class: "quiet", "Something is missing: tap the marked lines." }
                }
                Button {
                    label: if busy { "Saving" } else { "Save correction" },
                    kind: ButtonKind::Primary,
                    disabled: busy || missing || !says,
                    onclick: move |_| onmove.call(Move::Save),
                }
            }
        }
    }
}

/// Both verdicts in one line beside the button that commits: nobody commits what is under the fold.
#[component]
pub fn FromTo(verdicts: BothVerdicts) -> Element {
    rsx! {
        p { class: "from-to",
            span { class: "visually-hidden", "When you decided: " }
            VerdictBadge { verdict: verdicts.decided }
            Icon { glyph: Glyph::Next }
            span { class: "visually-hidden", ", with this change: " }
            VerdictBadge { verdict: verdicts.now }
        }
    }
}

/// What the rules said when it was decided, what they say now, and which rules differ.
#[component]
pub fn Verdicts(verdicts: BothVerdicts) -> Element {
    rsx! {
        section { class: "later", "aria-labelledby": "verdicts",
            h2 { id: "verdicts", "What the rules say" }
            p { class: "verdict-line",
                span { "When you decided" }
                VerdictBadge { verdict: verdicts.decided }
            }
            p { class: "verdict-line",
                span { "With this change" }
                VerdictBadge { verdict: verdicts.now }
            }
            if !verdicts.differ.is_empty() {
                FindingList { findings: verdicts.differ }
            }
            p { class: "quiet small", "Both are kept, and the sergeant sees both." }
        }
    }
}
