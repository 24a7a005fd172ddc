//! One person, several referrals: what people said of two referrals, and what follows.
//!
//! # Decisions
//! - Nothing is merged. A word that two referrals are of the same person is kept beside them; which of them are one
//!   person is worked out from all such words, so to take a word back restores both exactly.
//! - The newest word on a pair stands. A word on one pair says nothing of another: whoever said that A and B are one
//!   and B and C are one has said that A and C are, unless somebody said of them that they are not.
//! - Only a person says it. A likeness that a program found is an offer and no word.

use super::codes::codes;
use super::ids::{ReferralId, StaffId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

codes! {
    /// What someone says of two referrals.
    Word {
        /// They are of the same person.
        Same = "same",
        /// They are not.
        NotSame = "not_same",
        /// Nothing any more: what was said before is taken back.
        TakenBack = "taken_back",
    }
}

/// Two referrals, in an order of their own, so that it does not matter from which one looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pair(ReferralId, ReferralId);

impl Pair {
    /// Of two; nothing of one.
    pub fn of(one: ReferralId, other: ReferralId) -> Option<Self> {
        match one.cmp(&other) {
            std::cmp::Ordering::Less => Some(Self(one, other)),
            std::cmp::Ordering::Greater => Some(Self(other, one)),
            std::cmp::Ordering::Equal => None,
        }
    }

    /// Both, the smaller id first.
    pub const fn both(self) -> (ReferralId, ReferralId) {
        (self.0, self.1)
    }

    /// The other one, seen from one of them.
    pub fn other(self, one: ReferralId) -> Option<ReferralId> {
        match one {
            one if one == self.0 => Some(self.1),
            one if one == self.1 => Some(self.0),
            _ => None,
        }
    }
}

/// A word on two referrals, as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// Of which.
    pub pair: Pair,
    /// What.
    pub word: Word,
    /// By whom.
    pub by: StaffId,
    /// When.
    pub at: DateTime<Utc>,
}

/// The word that stands on each pair: of these, the oldest first, the newest. What was taken back is not in it.
pub fn standing(said: &[Said]) -> BTreeMap<Pair, Said> {
    let mut standing: BTreeMap<Pair, Said> = BTreeMap::new();
    for one in said {
        match one.word {
            Word::Same | Word::NotSame => drop(standing.insert(one.pair, *one)),
            Word::TakenBack => drop(standing.remove(&one.pair)),
        }
    }
    standing
}

/// The referrals of the same person as this one, itself among them: whatever is reached by words that say so.
/// One that somebody said is not of the same person as this is left out, however it is reached.
pub fn person(of: ReferralId, said: &[Said]) -> BTreeSet<ReferralId> {
    let standing = standing(said);
    let is =
        |one, other, word| Pair::of(one, other).and_then(|pair| standing.get(&pair)).is_some_and(|s| s.word == word);
    let mut found = BTreeSet::from([of]);
    let mut ends = vec![of];
    while let Some(end) = ends.pop() {
        let near = standing.keys().filter_map(|pair| pair.other(end)).filter(|near| is(end, *near, Word::Same));
        for near in near.filter(|near| !is(of, *near, Word::NotSame)) {
            if found.insert(near) {
                ends.push(near);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn id(n: u8) -> ReferralId {
        ReferralId(Uuid::from_u128(u128::from(n)))
    }

    fn said(one: u8, other: u8, word: Word) -> Said {
        Said { pair: Pair::of(id(one), id(other)).unwrap(), word, by: StaffId(Uuid::nil()), at: DateTime::UNIX_EPOCH }
    }

    fn of(n: u8, said: &[Said]) -> Vec<u128> {
        person(id(n), said).into_iter().map(|id| id.0.as_u128()).collect()
    }

    #[test]
    fn two_that_are_one_person_are_seen_so_from_both_and_a_word_taken_back_restores_both() {
        let mut all = vec![said(1, 2, Word::Same)];
        assert_eq!((of(1, &all), of(2, &all), of(3, &all)), (vec![1, 2], vec![1, 2], vec![3]));
        all.push(said(2, 1, Word::TakenBack));
        assert_eq!((of(1, &all), of(2, &all)), (vec![1], vec![2]));
        all.push(said(2, 1, Word::Same));
        all.push(said(1, 2, Word::NotSame));
        assert_eq!((of(1, &all), of(2, &all)), (vec![1], vec![2]));
        assert!(Pair::of(id(1), id(1)).is_none(), "one alone is no pair");
    }

    #[test]
    fn a_chain_is_one_person_unless_somebody_said_that_its_ends_are_not() {
        let mut all = vec![said(1, 2, Word::Same), said(2, 3, Word::Same)];
        assert_eq!(of(1, &all), [1, 2, 3]);
        all.push(said(1, 3, Word::NotSame));
        assert_eq!((of(1, &all), of(3, &all)), (vec![1, 2], vec![2, 3]));
    }

    proptest! {
        #[test]
        fn nobody_is_in_a_person_without_a_word_and_it_is_the_same_from_both_sides(
            words in prop::collection::vec((0_u8..6, 0_u8..6, 0_usize..3), 0..20),
        ) {
            let words = words.into_iter().filter(|(a, b, _)| a != b);
            let all: Vec<_> = words.map(|(a, b, w)| said(a, b, Word::ALL[w])).collect();
            let same = standing(&all).values().filter(|said| said.word == Word::Same).count();
            for a in 0..6 {
                let group = person(id(a), &all);
                prop_assert!(group.contains(&id(a)));
                prop_assert!(group.len() <= same + 1, "nothing is merged by itself");
            }
            // Where nobody said that two are not one, it does not matter from which one looks.
            if standing(&all).values().all(|said| said.word == Word::Same) {
                for a in 0..6 {
                    for b in person(id(a), &all) {
                        prop_assert_eq!(person(b, &all), person(id(a), &all));
                    }
                }
            }
        }

        #[test]
        fn taking_a_word_back_leaves_everything_as_it_was_before_it(
            words in prop::collection::vec((0_u8..5, 0_u8..5), 0..8), a in 0_u8..5, b in 0_u8..5,
        ) {
            prop_assume!(a != b);
            let words = words.into_iter().filter(|(x, y)| x != y && Pair::of(id(*x), id(*y)) != Pair::of(id(a), id(b)));
            let before: Vec<_> = words.map(|(x, y)| said(x, y, Word::Same)).collect();
            let mut after = before.clone();
            after.extend([said(a, b, Word::Same), said(b, a, Word::TakenBack)]);
            for n in 0..5 {
                prop_assert_eq!(person(id(n), &before), person(id(n), &after));
            }
        }
    }
}
