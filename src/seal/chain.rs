//! How an entry hangs on the chain of its outbox file.
//!
//! # Decisions
//! - A phone that began with another's backup writes on in that one's chain, so a chain may fork, and the entries of
//!   each fork come in any order: another entry may stand at the place before one that has not come yet. That is a
//!   gap like any other: the entry is taken, the gap is shown to the sergeant until the very predecessor that it
//!   names is there, and a record waits for nobody's tap. To refuse it would prove nothing, for whoever has the
//!   device's key could fork the chain anyway; what was dropped or forged is told by the hash that never comes.
//! - Refused is what no later arrival can make right: an entry that names a predecessor which is there at another
//!   place, none where there must be one, or one where there can be none. In whichever order the entries of a fork
//!   come, all are kept and as many are marked: of two at one place, the later.

use crate::domain::ids::Hash;

/// What a receiver already holds of a chain around one entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The highest sequence received; 0 when there is none, or when something stands before the entry.
    pub head: u64,
    /// Hashes at the entry's own sequence: more than one after a phone was restored from a copy.
    pub at: Vec<Hash>,
    /// Hashes at the sequence before it.
    pub before: Vec<Hash>,
    /// The predecessor that it names is here, and stands elsewhere in the chain.
    pub elsewhere: bool,
}

/// Sequences of which an entry is missing, as far as can be seen from the one behind them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    /// The first.
    pub from: u64,
    /// The last: the one before the entry.
    pub to: u64,
}

/// How an entry hangs on what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// The first of its chain.
    First,
    /// The predecessor that it names stands before it.
    Follows,
    /// Its predecessor has not come yet, whatever else stands there: accepted, and the gap is shown.
    Gap(Missing),
    /// The same entry again: the same receipt.
    Repeat,
    /// Another entry at a sequence that is taken, as from a phone restored from a copy: both are kept, flagged.
    Conflict {
        /// Its own predecessor has not come yet either.
        gap: Option<Missing>,
    },
    /// It names a predecessor that stands elsewhere, or none where there must be one: refused.
    Contradicts,
}

/// Where the entry with this sequence, predecessor and hash hangs.
pub fn link(seq: u64, prev: Option<Hash>, hash: Hash, known: &Known) -> Link {
    if known.at.contains(&hash) {
        return Link::Repeat;
    }
    let gap = match (seq, prev) {
        (1, None) => None,
        (0 | 1, _) | (_, None) => return Link::Contradicts,
        (_, Some(prev)) if known.before.contains(&prev) => None,
        (_, Some(_)) if known.elsewhere => return Link::Contradicts,
        (_, Some(_)) => Some(missing(seq, known)),
    };
    match gap {
        gap if !known.at.is_empty() => Link::Conflict { gap },
        Some(missing) => Link::Gap(missing),
        None if seq == 1 => Link::First,
        None => Link::Follows,
    }
}

/// The predecessor is missing. Beyond the head everything since the head is; behind it, at least that one.
const fn missing(seq: u64, known: &Known) -> Missing {
    let to = seq.saturating_sub(1);
    if known.before.is_empty() && known.head < to {
        Missing { from: known.head.saturating_add(1), to }
    } else {
        Missing { from: to, to }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Hash = Hash([1; 32]);
    const B: Hash = Hash([2; 32]);
    const C: Hash = Hash([3; 32]);

    fn known(head: u64, at: &[Hash], before: &[Hash]) -> Known {
        Known { head, at: at.to_vec(), before: before.to_vec(), elsewhere: false }
    }

    const fn gap(from: u64, to: u64) -> Link {
        Link::Gap(Missing { from, to })
    }

    #[test]
    fn every_way_to_hang_on_a_chain() {
        let elsewhere = |at: &[Hash], before: &[Hash]| Known { elsewhere: true, ..known(3, at, before) };
        let torn = Link::Conflict { gap: Some(Missing { from: 1, to: 1 }) };
        let table = [
            ("first of all", 1, None, B, known(0, &[], &[]), Link::First),
            ("next", 2, Some(A), B, known(1, &[], &[A]), Link::Follows),
            ("sent twice", 2, Some(A), B, known(2, &[B], &[A]), Link::Repeat),
            ("one missing", 3, Some(A), B, known(1, &[], &[]), gap(2, 2)),
            ("many missing", 9, Some(A), B, known(4, &[], &[]), gap(5, 8)),
            ("first comes last", 1, None, B, known(7, &[], &[]), Link::First),
            ("behind the head, predecessor missing", 4, Some(A), B, known(7, &[], &[]), gap(3, 3)),
            ("restored phone writes again", 2, Some(A), C, known(5, &[B], &[A]), Link::Conflict { gap: None }),
            ("and goes on from there", 3, Some(C), A, known(5, &[B], &[B, C]), Link::Conflict { gap: None }),
            ("restored to nothing", 1, None, C, known(5, &[A], &[]), Link::Conflict { gap: None }),
            ("the other fork came first", 2, Some(C), B, known(0, &[], &[A]), gap(1, 1)),
            ("and went on, too", 2, Some(C), B, known(0, &[C], &[A]), torn),
            (
                "restored, and its predecessor is missing",
                4,
                Some(A),
                B,
                known(7, &[C], &[]),
                Link::Conflict { gap: Some(Missing { from: 3, to: 3 }) },
            ),
            ("names one that stands elsewhere", 3, Some(A), B, elsewhere(&[], &[C]), Link::Contradicts),
            ("and nothing stands before it", 3, Some(A), B, elsewhere(&[], &[]), Link::Contradicts),
            ("and its place is taken", 3, Some(A), B, elsewhere(&[C], &[]), Link::Contradicts),
            ("the same again, whatever it names", 3, Some(A), B, elsewhere(&[B], &[C]), Link::Repeat),
            ("first with a predecessor", 1, Some(A), B, known(0, &[], &[]), Link::Contradicts),
            ("later without one", 2, None, B, known(1, &[], &[A]), Link::Contradicts),
            ("no such sequence", 0, None, B, known(0, &[], &[]), Link::Contradicts),
        ];
        for (name, seq, prev, hash, known, expected) in table {
            assert_eq!(link(seq, prev, hash, &known), expected, "{name}");
        }
    }
}
