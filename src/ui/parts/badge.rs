//! A state in one glance: drawing, word, tone.

use super::icon::{Glyph, Icon};
use super::spoken::spoken;
use crate::domain::codes::{Containment, Outcome, Verdict};
use dioxus::prelude::*;

/// How a state weighs. The colour follows the tone; the meaning is in the word beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// As it should be.
    Good,
    /// Stop.
    Bad,
    /// Someone must look.
    Warn,
    /// Worth knowing.
    Info,
    /// Neither good nor bad.
    #[default]
    Plain,
}

impl Tone {
    /// The name that the style sheet knows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Plain => "plain",
        }
    }
}

/// How a verdict looks.
pub const fn verdict_look(verdict: Verdict) -> (Tone, Glyph) {
    match verdict {
        Verdict::Eligible => (Tone::Good, Glyph::Check),
        Verdict::Barred => (Tone::Bad, Glyph::Stop),
        Verdict::NeedsSupervisor => (Tone::Warn, Glyph::Shield),
    }
}

/// How the outcome of one rule looks.
pub const fn outcome_look(outcome: Outcome) -> (Tone, Glyph) {
    match outcome {
        Outcome::Pass => (Tone::Good, Glyph::Check),
        Outcome::Bars => (Tone::Bad, Glyph::Stop),
        Outcome::NeedsSupervisor => (Tone::Warn, Glyph::Shield),
        Outcome::Unknown => (Tone::Plain, Glyph::Question),
    }
}

/// How containment looks.
pub const fn containment_look(containment: Containment) -> (Tone, Glyph) {
    match containment {
        Containment::Inside => (Tone::Good, Glyph::Pin),
        Containment::Outside => (Tone::Bad, Glyph::Pin),
        Containment::Unsure => (Tone::Warn, Glyph::Question),
    }
}

/// A small chip.
#[component]
pub fn Badge(tone: Tone, glyph: Glyph, text: String) -> Element {
    rsx! {
        span { class: "badge", "data-tone": tone.name(),
            Icon { glyph }
            span { {text} }
        }
    }
}

/// The chip of a verdict.
#[component]
pub fn VerdictBadge(verdict: Verdict) -> Element {
    let (tone, glyph) = verdict_look(verdict);
    rsx! {
        Badge { tone, glyph, text: (spoken().verdict)(verdict) }
    }
}
