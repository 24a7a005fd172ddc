//! A report in words.

use super::Report;
use std::fmt;

impl Report {
    /// Whether nothing is wrong with it.
    pub fn is_good(&self) -> bool {
        self.findings.is_empty()
    }
}

/// One line for each finding, the name of the alteration first.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { start, leaves: [entries, events, beginnings], erased, checkpoints, .. } = self;
        let all = entries + events + beginnings + erased;
        writeln!(f, "exported {}, {} epochs", start.at.to_rfc3339(), start.epochs.len())?;
        writeln!(
            f,
            "{all} leaves: {entries} entries, {events} events, {erased} erased; {checkpoints} good checkpoints"
        )?;
        for lost in &self.lost {
            writeln!(f, "the log itself says: {lost}")?;
        }
        for found in &self.findings {
            writeln!(f, "{}: {}", found.what.name(), found.words)?;
        }
        for (name, count) in &self.unlisted {
            writeln!(f, "{name}: and {count} more")?;
        }
        if !self.known {
            writeln!(f, "not checked, since no known checkpoint was given: forked, backdated, restored-old")?;
        }
        writeln!(f, "{}", if self.is_good() { "good: nothing is altered" } else { "not good" })
    }
}
