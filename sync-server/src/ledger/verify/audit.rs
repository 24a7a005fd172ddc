//! Judges the leaves of an export in their order.

use super::line::{Checked, Leaf, What};
use super::report::{Alteration, Finding, Report, at, missing_words, name, range};
use crate::ledger::export::{Span, Start};
use crate::ledger::record::{Beginning, CLOCK_SLACK_MS, Left, Place};
use handoff::domain::ids::Hash;
use handoff::seal::note::Checkpoint;
use handoff::seal::tree::{Frontier, Head};
use std::collections::{BTreeMap, BTreeSet};

/// A leaf whose hash does not fit its place is looked for this far on either side of it.
const REACH: u64 = 512;

/// One epoch, as it is put together.
#[derive(Debug, Default)]
struct Log {
    /// Hashes by position, from 1.
    hashes: Vec<Hash>,
    /// Positions that came out of turn.
    early: BTreeMap<u64, Hash>,
}

/// Takes leaf after leaf.
#[derive(Debug)]
pub struct Audit {
    report: Report,
    known: Option<Checkpoint>,
    logs: BTreeMap<u64, Log>,
    checkpoints: Vec<(u64, Checkpoint)>,
    erased: Vec<Place>,
    erasures: BTreeSet<Place>,
    /// The place that the last leaf's hash said, to see the order.
    last: Option<Place>,
    /// By how much the last leaf that was out of place was out of it.
    shift: i64,
    /// The latest time up to the known checkpoint.
    known_ms: i64,
    /// Leaves after it that say that they are older, and what they say.
    older: Vec<(Place, i64)>,
    /// The earliest time to which the log itself says, after it, that the clock went back.
    set_back_ms: i64,
    /// The time of the last leaf.
    last_ms: i64,
    /// What the epochs say was left of those before them.
    left: Vec<Left>,
}

impl Audit {
    pub(super) fn new(start: Start, known: Option<Checkpoint>) -> Self {
        Self {
            report: Report::of(start, known.is_some()),
            known,
            logs: BTreeMap::new(),
            checkpoints: Vec::new(),
            erased: Vec::new(),
            erasures: BTreeSet::new(),
            last: None,
            shift: 0,
            known_ms: i64::MIN,
            older: Vec::new(),
            set_back_ms: i64::MAX,
            last_ms: i64::MIN,
            left: Vec::new(),
        }
    }

    fn find(&mut self, what: Alteration, words: String) {
        self.report.add(Finding { what, words });
    }

    pub(super) fn take(&mut self, checked: Checked) {
        match checked {
            Checked::Leaf(leaf) => self.leaf(leaf),
            Checked::Checkpoint(_, Some(checkpoint)) => {
                let epoch = self.report.start.epochs.iter().find(|span| span.origin == checkpoint.origin);
                match epoch.map(|span| span.epoch) {
                    Some(epoch) => self.checkpoints.push((epoch, checkpoint)),
                    None => self.find(
                        Alteration::Edited,
                        format!("a checkpoint is of {}, which is no log of this export", checkpoint.origin),
                    ),
                }
            }
            Checked::Checkpoint(line, None) => {
                self.find(Alteration::Edited, format!("line {line}: the checkpoint is not signed by this key"));
            }
        }
    }

    fn leaf(&mut self, leaf: Leaf) {
        let (line, stated) = (leaf.line, leaf.place);
        if !leaf.fits {
            self.find(Alteration::Edited, format!("line {line}: leaf {}: the record is not what it was", name(stated)));
        }
        let place = self.true_place(&leaf).unwrap_or_else(|| {
            let words = format!("line {line}: leaf {}: its hash is not that of what it says", name(stated));
            self.find(Alteration::Edited, words);
            stated
        });
        if self.last.is_some_and(|last| place < last) {
            let words = format!(
                "line {line}: leaf {} stands after leaf {}",
                name(place),
                self.last.map_or_else(String::new, name)
            );
            self.find(Alteration::Reordered, words);
        } else if place != stated && self.shift == 0 {
            self.find(Alteration::Reordered, format!("line {line}: leaf {} stands at {}", name(place), name(stated)));
        }
        self.last = self.last.max(Some(place));
        self.look_at_time(place, &leaf.what);
        match leaf.what {
            What::Entry { .. } => self.report.leaves[0] += 1,
            What::Event { erased, .. } => {
                self.report.leaves[1] += 1;
                self.erasures.extend(erased);
            }
            What::Epoch(beginning) => {
                self.report.leaves[2] += 1;
                self.note_losses(*beginning);
            }
            What::Erased => self.erased.push(place),
        }
        // The tree is built from what the leaf says now: a changed commitment shows in the root too.
        let hash = if leaf.fits { place.leaf(leaf.commitment) } else { leaf.hash };
        if !self.logs.entry(place.epoch).or_default().put(place.position, hash) {
            self.find(Alteration::Edited, format!("line {line}: leaf {} stands there twice", name(place)));
        }
    }

    /// The place that a leaf's hash was made for: the stated one, or one near it.
    fn true_place(&mut self, leaf: &Leaf) -> Option<Place> {
        let fits = |place: Place| place.leaf(leaf.commitment) == leaf.hash;
        let stated = leaf.place;
        if fits(stated) {
            self.shift = 0;
            return Some(stated);
        }
        let at = |shift: i64| Some(Place { position: stated.position.checked_add_signed(shift)?, ..stated });
        let reach = i64::try_from(REACH).unwrap_or(i64::MAX);
        let near = (1..=reach).flat_map(|by| [by, -by]);
        let found = std::iter::once(self.shift).chain(near).find(|shift| at(*shift).is_some_and(fits))?;
        // Said at the first of a run: what is dropped before it moves all that follow.
        let place = at(found);
        if self.shift != found && found > 0 {
            self.shift = found;
        }
        place
    }

    fn look_at_time(&mut self, place: Place, what: &What) {
        let ms = match what {
            What::Entry { received_ms } => *received_ms,
            What::Event { at_ms, .. } => *at_ms,
            What::Epoch(beginning) => beginning.began_ms,
            What::Erased => return,
        };
        let set_back = matches!(what, What::Event { set_back: true, .. });
        if set_back {
            self.report.set_back(place, self.last_ms.saturating_sub(ms));
        }
        self.last_ms = ms;
        let Some(known) = self.known_place() else { return };
        if place <= known {
            self.known_ms = self.known_ms.max(ms);
        } else if ms < self.known_ms.saturating_sub(CLOCK_SLACK_MS) {
            self.older.push((place, ms));
            if set_back {
                self.set_back_ms = self.set_back_ms.min(ms);
            }
        }
    }

    /// A leaf that is older than it may be is backdated, unless the log says that the clock itself went back so far.
    fn judge_older(&mut self) {
        let said = self.set_back_ms.saturating_sub(CLOCK_SLACK_MS);
        for (place, ms) in std::mem::take(&mut self.older) {
            if ms < said {
                let words = format!("leaf {} came after the known checkpoint and says that it is older", name(place));
                self.find(Alteration::Backdated, words);
            }
        }
    }

    /// The last leaf that the known checkpoint covers.
    fn known_place(&self) -> Option<Place> {
        let known = self.known.as_ref()?;
        let span = self.report.start.epochs.iter().find(|span| span.origin == known.origin)?;
        Some(Place { epoch: span.epoch, position: known.head.size })
    }

    pub(super) fn finish(mut self) -> Report {
        self.checkpoints.sort_by_key(|(epoch, checkpoint)| (*epoch, checkpoint.head.size));
        let spans = self.report.start.epochs.clone();
        let mut logs = std::mem::take(&mut self.logs);
        for span in &spans {
            let log = logs.remove(&span.epoch).unwrap_or_default();
            self.judge_end(span, &log);
            self.judge_roots(span, &log);
        }
        for epoch in logs.into_keys() {
            self.find(Alteration::Edited, format!("epoch {epoch} is in the file, and was not exported"));
        }
        self.judge_erased();
        self.judge_older();
        self.judge_known_size();
        self.report
    }

    fn judge_end(&mut self, span: &Span, log: &Log) {
        let (epoch, size, whole) = (span.epoch, span.size, log.whole());
        let end = log.early.keys().next_back().copied().unwrap_or(whole);
        let mut missing = whole + 1;
        for position in log.early.keys() {
            if *position > missing {
                self.find(Alteration::Dropped, missing_words(epoch, missing, position - 1));
            }
            missing = position + 1;
        }
        if end < size {
            let words = format!("{}: the export ends before its end", missing_words(epoch, end + 1, size));
            self.find(Alteration::Truncated, words);
        } else if end > size {
            self.find(Alteration::Edited, format!("epoch {epoch} has {end} leaves, and {size} were exported"));
        }
    }

    /// Compares every root that was signed, and the one that the next epoch names, with those of the leaves.
    fn judge_roots(&mut self, span: &Span, log: &Log) {
        let (epoch, size) = (span.epoch, span.size);
        let checkpoints = self.checkpoints.iter().filter(|(of, _)| *of == epoch);
        let mut wanted: Vec<_> = checkpoints.map(|(_, checkpoint)| (checkpoint.head, Origin::Checkpoint)).collect();
        wanted.push((Head { size, root: span.root }, Origin::Signed));
        let left = self.left.iter().filter(|left| left.epoch == epoch);
        wanted.extend(left.map(|left| (Head { size: left.size, root: left.root }, Origin::Signed)));
        if let Some(known) = self.known.as_ref().filter(|known| known.origin == span.origin) {
            wanted.push((known.head, Origin::Known));
        }
        wanted.sort_by_key(|(head, _)| head.size);
        let mut frontier = Frontier::default();
        let mut good = 0;
        let mut hashes = log.hashes.iter();
        for (head, origin) in wanted {
            while frontier.size() < head.size
                && let Some(hash) = hashes.next()
            {
                frontier.push(*hash, |_, _| {});
            }
            match (frontier.head() == head, origin) {
                _ if frontier.size() < head.size => self.judge_beyond(epoch, size, (head.size, origin)),
                (true, origin) => {
                    good = head.size;
                    self.report.checkpoints += u64::from(matches!(origin, Origin::Checkpoint));
                }
                (false, Origin::Known) => {
                    let words =
                        format!("up to {} the log is not the one of the known checkpoint", at(epoch, head.size));
                    self.find(Alteration::Forked, words);
                }
                (false, Origin::Signed | Origin::Checkpoint) => {
                    let words = format!("leaves {} are not those that were signed", range(epoch, good + 1, head.size));
                    self.find(Alteration::Edited, words);
                }
            }
        }
    }

    /// A signed size that the leaves do not reach. Holes and a missing end are told already.
    fn judge_beyond(&mut self, epoch: u64, size: u64, (signed, origin): (u64, Origin)) {
        if matches!(origin, Origin::Checkpoint) && signed > size {
            let words = format!("a checkpoint is of {signed} leaves of epoch {epoch}, and {size} were exported");
            self.find(Alteration::Edited, words);
        }
    }

    fn note_losses(&mut self, beginning: Beginning) {
        let new = beginning.before.iter().filter(|left| !self.left.iter().any(|had| had.epoch == left.epoch));
        for left in new.filter(|left| left.seen > left.size) {
            let lost = range(left.epoch, left.size + 1, left.seen);
            self.report.lost.push(format!("{lost}, lost when epoch {} began", beginning.epoch));
        }
        self.left.extend(beginning.before);
    }

    fn judge_erased(&mut self) {
        for place in std::mem::take(&mut self.erased) {
            if self.erasures.contains(&place) {
                self.report.erased += 1;
            } else {
                let words = format!("leaf {}: its record is gone, and no event says that it was erased", name(place));
                self.find(Alteration::Dropped, words);
            }
        }
    }

    /// Is the known checkpoint beyond what the server held when it exported?
    fn judge_known_size(&mut self) {
        let Some(known) = self.known.clone() else { return };
        let held = self.report.start.epochs.iter().find(|span| span.origin == known.origin).cloned();
        let Some(span) = held else {
            let words = format!("the log {} of the known checkpoint is not in this export", known.origin);
            return self.find(Alteration::RestoredOld, words);
        };
        let said = self.left.iter().any(|left| left.epoch == span.epoch && left.seen >= known.head.size);
        if known.head.size > span.size && !said {
            let words = format!(
                "the known checkpoint has {} leaves of epoch {}, the log here {}",
                known.head.size, span.epoch, span.size
            );
            self.find(Alteration::RestoredOld, words);
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Origin {
    Checkpoint,
    /// By the first line, or the beginning of the next epoch.
    Signed,
    Known,
}

impl Log {
    /// So many leaves stand without a hole.
    fn whole(&self) -> u64 {
        u64::try_from(self.hashes.len()).unwrap_or(u64::MAX)
    }

    /// Puts a hash at its position. False if there is one.
    fn put(&mut self, position: u64, hash: Hash) -> bool {
        let next = self.whole() + 1;
        if position < next {
            return false;
        }
        if position > next {
            return self.early.insert(position, hash).is_none();
        }
        self.hashes.push(hash);
        while let Some(hash) = self.early.remove(&(self.whole() + 1)) {
            self.hashes.push(hash);
        }
        true
    }
}
