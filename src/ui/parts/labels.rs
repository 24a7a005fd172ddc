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
        let own = self.0.and_then(|pack| pack.offence(code));
        own.map_or_else(|| words::offence(code), |offence| offence.label.clone())
    }

    /// A group of convictions.
    pub fn group(self, code: &str) -> String {
        let own = self.0.filter(|pack| pack.groups.iter().any(|group| group.code == code));
        own.map_or_else(|| words::history_group(code), |pack| words::capital(pack.group_label(code)))
    }

    /// A rule: a question of the pack's own is shown as it is asked.
    pub fn rule(self, id: &str) -> String {
        let own = self.0.filter(|_| !QUESTIONS.contains(&id)).and_then(|pack| pack.question(id));
        own.map_or_else(|| words::rule(id), |question| question.ask.clone())
    }
}
