//! One record: that it is safe here, whom to call, and who has it.

use super::frame::{Actions, CallCard, Heading};
use crate::domain::afterwards::{HandOffOutcome, HandOffStep, WithdrawalReason};
use crate::ui::parts::{Button, ButtonKind, Glyph, Icon, Notice, Tile, Tiles, Tone, words as codes};
use crate::ui::view::{CallView, SavedView};
use crate::ui::words;
use dioxus::prelude::*;

/// What the officer may do here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SavedAct {
    /// Call, or copy the number.
    Call(String),
    /// Send it again: the officer acted on what was wrong.
    Again,
    /// A step of the hand-off, and how it ended.
    HandOff(HandOffStep, Option<HandOffOutcome>),
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
    let (tone, glyph) = if view.again { (Tone::Bad, Glyph::Alert) } else { (Tone::Good, Glyph::Check) };
    rsx! {
        div { class: "screen",
            main { class: "card",
                div { class: "saved-mark", "data-tone": tone.name(),
                    Icon { glyph }
                    Heading { text: view.headline.clone() }
                }
                p { class: "quiet", {view.title.clone()} }
                if let Some(fault) = fault {
                    Notice { tone: Tone::Info, title: fault }
                }
                ol { class: "timeline", "aria-live": "polite",
                    for line in view.timeline.clone() {
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
                if let Some(CallView { who, what, number, copies }) = view.call {
                    CallCard { who, what, number, copies, oncall: move |number| onact.call(SavedAct::Call(number)) }
                }
                if let Some(advice) = view.advice {
                    p { {advice} }
                }
                if view.hands_off {
                    HandOff { busy, onact }
                }
                if view.withdraws {
                    Withdraw { busy, onact }
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

/// The steps of the hand-off, one tap each; how it ended is asked when it ends.
#[component]
fn HandOff(busy: bool, onact: EventHandler<SavedAct>) -> Element {
    let mut ends = use_signal(|| false);
    let steps = [HandOffStep::Called, HandOffStep::Answered, HandOffStep::NoAnswer, HandOffStep::Arrived];
    rsx! {
        section { class: "later", "aria-labelledby": "hand-off",
            h2 { id: "hand-off", "The hand-off" }
            div { class: "later-acts",
                for step in steps {
                    Button {
                        key: "{step.code()}",
                        label: codes::hand_off_step(step),
                        disabled: busy,
                        onclick: move |_| onact.call(SavedAct::HandOff(step, None)),
                    }
                }
                if ends() {
                    for outcome in HandOffOutcome::ALL.iter().copied() {
                        Button {
                            key: "{outcome.code()}",
                            label: codes::hand_off_outcome(outcome),
                            disabled: busy,
                            onclick: move |_| onact.call(SavedAct::HandOff(HandOffStep::Outcome, Some(outcome))),
                        }
                    }
                } else {
                    Button { label: "How it ended…", onclick: move |_| ends.set(true) }
                }
            }
        }
    }
}

/// Taking it back: a reason, and then a word to confirm. What was recorded is kept.
#[component]
fn Withdraw(busy: bool, onact: EventHandler<SavedAct>) -> Element {
    let mut asks = use_signal(|| false);
    let mut chosen = use_signal(|| None::<WithdrawalReason>);
    if !asks() {
        return rsx! {
            div { class: "later-acts",
                Button { label: "Take this back…", kind: ButtonKind::Quiet, onclick: move |_| asks.set(true) }
            }
        };
    }
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
                Button { label: "Keep it", onclick: move |_| asks.set(false) }
            }
        }
    }
}
