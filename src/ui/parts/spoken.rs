//! The words that parts say by themselves, for a page in another language than English.

use super::{age_words, words};
use crate::domain::codes::{Outcome, Verdict};
use chrono::TimeDelta;
use dioxus::prelude::*;

/// The parts' own words. A page that speaks another language gives them to its root as a context; without, they are
/// English.
#[derive(Clone, Copy)]
pub struct Spoken {
    /// An age.
    pub age: fn(TimeDelta) -> String,
    /// A verdict.
    pub verdict: fn(Verdict) -> &'static str,
    /// The outcome of one rule.
    pub outcome: fn(Outcome) -> &'static str,
    /// That a field may stay empty.
    pub optional: &'static str,
    /// The language of the rules' reasons (BCP 47), where it is not that of the page.
    pub of_rules: Option<&'static str>,
}

impl Default for Spoken {
    fn default() -> Self {
        Self {
            age: age_words,
            verdict: words::verdict,
            outcome: words::outcome,
            optional: "(optional)",
            of_rules: None,
        }
    }
}

/// The words of this page.
pub(super) fn spoken() -> Spoken {
    try_consume_context().unwrap_or_default()
}
