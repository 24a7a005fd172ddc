//! What a site calls its own things: a new site is data, so its words come from its pack.

use super::words;
use crate::domain::facts::QUESTIONS;
use crate::domain::pack::Pack;

/// Labels under the pack that a decision was made by; without it, the words of the fixed codes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Labels<'a>(pub Option<&'a Pack>);

impl Labels<'_> {
    /// An offence.
    pub fn offence(self, code: &str) -> String {
        self.own_offence(code).unwrap_or_else(|| words::offence(code))
    }

    /// A group of convictions.
    pub fn group(self, code: &str) -> String {
        self.own_group(code).unwrap_or_else(|| words::history_group(code))
    }

    /// A rule: a question of the pack's own is shown as it is asked.
    pub fn rule(self, id: &str) -> String {
        self.own_rule(id).unwrap_or_else(|| words::rule(id))
    }

    /// What the pack itself calls an offence, if it does.
    pub fn own_offence(self, code: &str) -> Option<String> {
        self.0.and_then(|pack| pack.offence(code)).map(|offence| offence.label.clone())
    }

    /// What the pack itself calls a group of convictions, if it does.
    pub fn own_group(self, code: &str) -> Option<String> {
        let own = self.0.filter(|pack| pack.groups.iter().any(|group| group.code == code));
        own.map(|pack| words::capital(pack.group_label(code)))
    }

    /// How the pack itself asks a rule's question, if the question is its own.
    pub fn own_rule(self, id: &str) -> Option<String> {
        let own = self.0.filter(|_| !QUESTIONS.contains(&id)).and_then(|pack| pack.question(id));
        own.map(|question| question.ask.clone())
    }
}
