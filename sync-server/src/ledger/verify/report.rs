//! What is found of an export, and a report in words.

use crate::ledger::export::Start;
use crate::ledger::record::Place;
use std::collections::BTreeMap;
use std::fmt;

/// Of one kind, so many findings are listed; the rest is counted.
const MOST_LISTED: usize = 20;

/// What was done to a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alteration {
    /// Something is not what was committed to, or not what was signed.
    Edited,
    /// A leaf in the middle is not there.
    Dropped,
    /// Leaves stand in another order.
    Reordered,
    /// The end is not there.
    Truncated,
    /// The log has another past than the known checkpoint's.
    Forked,
    /// A leaf that came after the known checkpoint claims to be older than it.
    Backdated,
    /// The log is older than the known checkpoint: the server was restored from a copy, or the export is old.
    RestoredOld,
}

impl Alteration {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Edited => "edited",
            Self::Dropped => "dropped",
            Self::Reordered => "reordered",
            Self::Truncated => "truncated",
            Self::Forked => "forked",
            Self::Backdated => "backdated",
            Self::RestoredOld => "restored-old",
        }
    }
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was done.
    pub what: Alteration,
    /// Where, in a sentence.
    pub words: String,
}

/// What an export is, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What was exported, as the server signed it.
    pub start: Start,
    /// What is wrong; empty when all is good.
    pub findings: Vec<Finding>,
    /// Findings that are not listed, by kind.
    pub unlisted: BTreeMap<&'static str, usize>,
    /// Entries, events and beginnings of epochs.
    pub leaves: [u64; 3],
    /// Records that were erased, each with an event that says so.
    pub erased: u64,
    /// Checkpoints whose signature and root are good.
    pub checkpoints: u64,
    /// What the log says itself of lost ranges.
    pub lost: Vec<String>,
    /// Where the log says itself that the server's clock went back, and by how much.
    pub clock: Vec<String>,
    /// Whether a known checkpoint was given.
    pub known: bool,
}

impl Report {
    /// Of an export of which nothing was read yet but its first line.
    pub(super) fn of(start: Start, known: bool) -> Self {
        Self {
            start,
            findings: Vec::new(),
            unlisted: BTreeMap::new(),
            leaves: [0; 3],
            erased: 0,
            checkpoints: 0,
            lost: Vec::new(),
            clock: Vec::new(),
            known,
        }
    }

    /// The log says that the clock went back by so many milliseconds.
    pub(super) fn set_back(&mut self, place: Place, by_ms: i64) {
        if self.clock.len() < MOST_LISTED {
            self.clock.push(format!("at leaf {} the server's clock went back by {} s", name(place), by_ms / 1000));
        }
    }

    pub(super) fn add(&mut self, found: Finding) {
        let listed = self.findings.iter().filter(|listed| listed.what == found.what).count();
        if listed < MOST_LISTED {
            self.findings.push(found);
        } else {
            *self.unlisted.entry(found.what.name()).or_default() += 1;
        }
    }

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
        for said in self.lost.iter().chain(&self.clock) {
            writeln!(f, "the log itself says: {said}")?;
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

/// A leaf's epoch and position, as it is named.
pub(super) fn name(place: Place) -> String {
    at(place.epoch, place.position)
}

pub(super) fn at(epoch: u64, position: u64) -> String {
    format!("{epoch}/{position}")
}

pub(super) fn range(epoch: u64, from: u64, to: u64) -> String {
    if from >= to { at(epoch, to) } else { format!("{epoch}/{from} to {epoch}/{to}") }
}

pub(super) fn missing_words(epoch: u64, from: u64, to: u64) -> String {
    if from == to {
        format!("leaf {} is missing", at(epoch, from))
    } else {
        format!("leaves {} are missing", range(epoch, from, to))
    }
}
