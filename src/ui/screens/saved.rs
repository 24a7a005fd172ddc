//! One record: that it is safe here, whom to call, and who has it.

use super::frame::{Actions, CallCard, Heading};
use crate::domain::afterwards::{HandOffOutcome, HandOffStep, WithdrawalReason};
use crate::domain::codes::Verdict;
use crate::domain::ids::StaffId;
use crate::ui::parts::{Button, ButtonKind, Glyph, Icon, Notice, Tile, Tiles, Tone, VerdictBadge, words as codes};
use crate::ui::view::{CallView, Corrects, HandOffView, Moment, PlaceAsk, SavedView};
use crate::ui::words;
use dioxus::prelude::*;

/// What the officer may do here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SavedAct {
    /// Call, or copy the number.
    Call(String),
    /// Who is on call in the next days.
    OnCall,
    /// Send it again: the officer acted on what was wrong.
    Again,
    /// A step of the hand-off, whom it names, and how it ended.
    HandOff(HandOffStep, Option<StaffId>, Option<HandOffOutcome>),
    /// Say where it was.
    SetPlace,
    /// Change what was wrong.
    Correct,
    /// Unlock first.
    Unlock,
    /// Take it back.
    Withdraw(WithdrawalReason),
    /// Back to the list.
    Done,
}

/// The record's live state.
#[component]
pub fn Saved(
    view: SavedView,
    fault: Option<String>,
    #[props(default)] busy: bool,
    onact: EventHandler<SavedAct>,
) -> Element {
    let glyph = if view.tone == Tone::Bad { Glyph::Alert } else { Glyph::Check };
    let wide = view.hand_off.is_some();
    rsx! {
        // Where there is room, the hand-off stands beside the rest: all of it at one glance.
        div { class: "screen", "data-wide": wide,
            main { class: "card page",
                div { class: "page-part",
                    div { class: "saved-mark", "data-tone": view.tone.name(),
                        Icon { glyph }
                        Heading { text: view.headline.clone() }
                    }
                    p { class: "quiet", {view.title.clone()} }
                    if let Some(fault) = fault {
                        Notice { tone: Tone::Info, title: fault }
                    }
                    Timeline { lines: view.timeline }
                    if let Some(CallView { who, what, number, copies }) = view.call {
                        CallCard { who, what, number, copies, oncall: move |number| onact.call(SavedAct::Call(number)) }
                    }
                    if let Some(advice) = view.advice {
                        p { {advice} }
                    }
                }
                if let Some(hand_off) = view.hand_off {
                    HandOff { view: hand_off, busy, onact }
                }
                div { class: "page-part",
                    Place { ask: view.place, onact }
                    if let Some((decided, amended)) = view.verdicts {
                        Verdicts { decided, amended }
                    }
                    Later { corrects: view.corrects, withdraws: view.withdraws, busy, onact }
                    if view.rota {
                        Button { label: words::ON_CALL, kind: ButtonKind::Quiet, glyph: Glyph::Phone, onclick: move |_| onact.call(SavedAct::OnCall) }
                    }
                }
            }
            Actions {
                if view.again {
                    Button { label: "Send again", glyph: Glyph::Upload, onclick: move |_| onact.call(SavedAct::Again) }
                }
                Button { label: words::TO_LIST, kind: ButtonKind::Primary, onclick: move |_| onact.call(SavedAct::Done) }
            }
        }
    }
}

/// What became of it so far, the newest at the end.
#[component]
fn Timeline(lines: Vec<Moment>) -> Element {
    rsx! {
        ol { class: "timeline", "aria-live": "polite",
            for line in lines {
                li { key: "{line.title} {line.detail:?}", "data-tone": line.tone.name(),
                    Icon { glyph: line.glyph }
                    div {
                        p { strong { {line.title} } }
                        if let Some(detail) = line.detail {
                            p { class: "quiet", {detail} }
                        }
                    }
                }
            }
        }
    }
}

/// The steps of the hand-off, one tap each and with a name; how it ended is asked when it ends.
#[component]
fn HandOff(view: HandOffView, busy: bool, onact: EventHandler<SavedAct>) -> Element {
    let mut ends = use_signal(|| false);
    let mut chosen = use_signal(|| None::<StaffId>);
    let whom = view.people.iter().find(|(id, _)| Some(*id) == chosen()).or_else(|| view.people.get(view.next)).cloned();
    let (id, name) = (whom.as_ref().map(|(id, _)| *id), whom.as_ref().map(|(_, call)| call.who.clone()));
    let steps = [HandOffStep::Called, HandOffStep::Answered, HandOffStep::NoAnswer, HandOffStep::Arrived];
    rsx! {
        section { class: "later hand-off", "aria-labelledby": "hand-off",
            h2 { id: "hand-off", "The hand-off" }
            if view.people.len() > 1 {
                People { people: view.people.clone(), chosen: id, onpick: move |id| chosen.set(Some(id)) }
            }
            if let Some((_, CallView { who, what, number, copies })) = whom {
                CallCard { who, what, number, copies, oncall: move |number| onact.call(SavedAct::Call(number)) }
            }
            div { class: "later-acts",
                for step in steps {
                    Button {
                        key: "{step.code()}",
                        label: words::hand_off_step(step, name.as_deref()),
                        disabled: busy,
                        onclick: move |_| {
                            // Who did not answer is not called next.
                            chosen.set(chosen().filter(|_| step != HandOffStep::NoAnswer));
                            onact.call(SavedAct::HandOff(step, id, None));
                        },
                    }
                }
                if ends() {
                    for outcome in HandOffOutcome::ALL.iter().copied() {
                        Button {
                            key: "{outcome.code()}",
                            label: codes::hand_off_outcome(outcome),
                            disabled: busy,
                            onclick: move |_| onact.call(SavedAct::HandOff(HandOffStep::Outcome, id, Some(outcome))),
                        }
                    }
                } else {
                    Button { label: "How it ended…", onclick: move |_| ends.set(true) }
                }
            }
        }
    }
}

/// Those on call: whom the next steps name.
#[component]
fn People(people: Vec<(StaffId, CallView)>, chosen: Option<StaffId>, onpick: EventHandler<StaffId>) -> Element {
    let tiles: Vec<_> = people.iter().map(|(id, call)| Tile::new(id.to_string(), call.who.clone())).collect();
    rsx! {
        Tiles {
            legend: "Whom do you call?",
            name: "whom",
            tiles,
            chosen: chosen.map(|id| id.to_string()).into_iter().collect::<Vec<_>>(),
            onpick: move |value: String| {
                let picked = people.iter().find(|(id, _)| id.to_string() == value);
                picked.into_iter().for_each(|(id, _)| onpick.call(*id));
            },
        }
    }
}

/// What may be done about where it was.
#[component]
fn Place(ask: PlaceAsk, onact: EventHandler<SavedAct>) -> Element {
    match ask {
        PlaceAsk::Settled => rsx! {},
        PlaceAsk::Comes => rsx! {
            Notice { tone: Tone::Info, glyph: Glyph::Pin, title: "The place is not sure yet",
                p { "A position that comes in the next minutes is added by itself." }
            }
        },
        PlaceAsk::Asks => rsx! {
            Notice { tone: Tone::Warn, glyph: Glyph::Pin, title: "The place is not sure",
                p { "Say where it was: the rules depend on it." }
                Button { label: "Set the place", glyph: Glyph::Pin, onclick: move |_| onact.call(SavedAct::SetPlace) }
            }
        },
    }
}

/// What the rules said of the decision, and of what was amended since.
#[component]
fn Verdicts(decided: Verdict, amended: Verdict) -> Element {
    rsx! {
        div { class: "verdicts",
            p { class: "verdict-line",
                span { "When you decided" }
                VerdictBadge { verdict: decided }
            }
            p { class: "verdict-line",
                span { "Amended since" }
                VerdictBadge { verdict: amended }
            }
        }
    }
}

/// What is done less often: the way to a correction, and taking it back.
#[component]
fn Later(corrects: Corrects, withdraws: bool, busy: bool, onact: EventHandler<SavedAct>) -> Element {
    let mut asks = use_signal(|| false);
    rsx! {
        div { class: "later-acts",
            match corrects {
                Corrects::No => rsx! {},
                Corrects::Unlock => rsx! {
                    Button { label: "Unlock to correct this", kind: ButtonKind::Quiet, glyph: Glyph::Lock, onclick: move |_| onact.call(SavedAct::Unlock) }
                },
                Corrects::Yes => rsx! {
                    Button { label: "Correct this…", kind: ButtonKind::Quiet, onclick: move |_| onact.call(SavedAct::Correct) }
                },
            }
            if withdraws && !asks() {
                Button { label: "Take this back…", kind: ButtonKind::Quiet, onclick: move |_| asks.set(true) }
            }
        }
        if withdraws && asks() {
            Withdraw { busy, onact, onkeep: move |()| asks.set(false) }
        }
    }
}

/// Taking it back: a reason, and then a word to confirm. What was recorded is kept.
#[component]
fn Withdraw(busy: bool, onact: EventHandler<SavedAct>, onkeep: EventHandler<()>) -> Element {
    let mut chosen = use_signal(|| None::<WithdrawalReason>);
    let reasons = WithdrawalReason::ALL.iter().map(|why| Tile::new(why.code(), codes::withdrawal_reason(*why)));
    rsx! {
        section { class: "later", "aria-label": "Take this back",
            Tiles {
                legend: "Why do you take it back?",
                name: "withdraw",
                tiles: reasons.collect::<Vec<_>>(),
                chosen: chosen().map(|why| why.code().to_owned()).into_iter().collect::<Vec<_>>(),
                hint: "Nobody will come. What was recorded is kept, and the sergeant sees both.",
                onpick: move |code: String| chosen.set(WithdrawalReason::from_code(&code)),
            }
            div { class: "later-acts",
                if let Some(why) = chosen() {
                    Button {
                        label: "Take it back",
                        kind: ButtonKind::Danger,
                        disabled: busy,
                        onclick: move |_| onact.call(SavedAct::Withdraw(why)),
                    }
                }
                Button { label: "Keep it", onclick: move |_| onkeep.call(()) }
            }
        }
    }
}
