//! How an entry hangs on the chain of its outbox file.

use crate::domain::ids::Hash;

/// What a receiver already holds of a chain around one entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The highest sequence received; 0 when there is none.
    pub head: u64,
    /// Hashes at the entry's own sequence: more than one after a phone was restored from a copy.
    pub at: Vec<Hash>,
    /// Hashes at the sequence before it.
    pub before: Vec<Hash>,
}

/// How an entry hangs on what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// The first of its chain.
    First,
    /// Its predecessor is known and is the one that it names.
    Follows,
    /// Its predecessor has not come yet: accepted, and the gap is shown.
    Gap {
        /// First sequence that is missing, as far as can be seen from here.
        from: u64,
        /// Last sequence that is missing.
        to: u64,
    },
    /// The same entry again: the same receipt.
    Repeat,
    /// Another entry at a sequence that is taken, as from a phone restored from a copy: both are kept, flagged.
    Conflict,
    /// It names a predecessor other than the known one, or none where there must be one: refused.
    Contradicts,
}

/// Where the entry with this sequence, predecessor and hash hangs.
pub fn link(seq: u64, prev: Option<Hash>, hash: Hash, known: &Known) -> Link {
    if known.at.contains(&hash) {
        return Link::Repeat;
    }
    let joined = match (seq, prev) {
        (1, None) => Link::First,
        (0 | 1, _) | (_, None) => return Link::Contradicts,
        (_, Some(_)) if known.before.is_empty() => gap(seq, known.head),
        (_, Some(prev)) if known.before.contains(&prev) => Link::Follows,
        (_, Some(_)) => return Link::Contradicts,
    };
    if known.at.is_empty() { joined } else { Link::Conflict }
}

/// The predecessor is missing. Beyond the head everything since the head is; behind it, at least that one.
const fn gap(seq: u64, head: u64) -> Link {
    let to = seq.saturating_sub(1);
    if head < to { Link::Gap { from: head.saturating_add(1), to } } else { Link::Gap { from: to, to } }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Hash = Hash([1; 32]);
    const B: Hash = Hash([2; 32]);
    const C: Hash = Hash([3; 32]);

    fn known(head: u64, at: &[Hash], before: &[Hash]) -> Known {
        Known { head, at: at.to_vec(), before: before.to_vec() }
    }

    #[test]
    fn every_way_to_hang_on_a_chain() {
        let table = [
            ("first of all", 1, None, B, known(0, &[], &[]), Link::First),
            ("next", 2, Some(A), B, known(1, &[], &[A]), Link::Follows),
            ("sent twice", 2, Some(A), B, known(2, &[B], &[A]), Link::Repeat),
            ("one missing", 3, Some(A), B, known(1, &[], &[]), Link::Gap { from: 2, to: 2 }),
            ("many missing", 9, Some(A), B, known(4, &[], &[]), Link::Gap { from: 5, to: 8 }),
            ("first comes last", 1, None, B, known(7, &[], &[]), Link::First),
            ("behind the head, predecessor missing", 4, Some(A), B, known(7, &[], &[]), Link::Gap { from: 3, to: 3 }),
            ("restored phone writes again", 2, Some(A), C, known(5, &[B], &[A]), Link::Conflict),
            ("and goes on from there", 3, Some(C), A, known(5, &[B], &[B, C]), Link::Conflict),
            ("restored to nothing", 1, None, C, known(5, &[A], &[]), Link::Conflict),
            ("names another predecessor", 2, Some(C), B, known(1, &[], &[A]), Link::Contradicts),
            ("first with a predecessor", 1, Some(A), B, known(0, &[], &[]), Link::Contradicts),
            ("later without one", 2, None, B, known(1, &[], &[A]), Link::Contradicts),
            ("no such sequence", 0, None, B, known(0, &[], &[]), Link::Contradicts),
        ];
        for (name, seq, prev, hash, known, expected) in table {
            assert_eq!(link(seq, prev, hash, &known), expected, "{name}");
        }
    }
}
