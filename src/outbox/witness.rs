//! A witness in each pocket: whether what the server says of its log fits what this device saw before.
//!
//! # Decisions
//! Answers overtake each other, so each is judged by what the device knew when it asked: an answer that was
//! only late is passed over, and never an alarm. An alarm stands for good, also when the log agrees again
//! later: somebody has to explain it.

use crate::domain::ids::Hash;
use crate::domain::wire::Epochs;
use crate::seal::note::Checkpoint;
use crate::seal::tree::is_consistent;
use std::cmp::Ordering;

/// What of the server's log contradicts what this device saw before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alarm {
    /// The server went back to an epoch before the one that it had told.
    EpochWentBack,
    /// Two logs call themselves by one epoch.
    EpochOfTwoLogs,
    /// What was seen is not the beginning of what the log is now.
    Rewritten,
    /// Two roots for one size.
    OtherRoot,
    /// The log is shorter than it was.
    Shorter,
    /// A log of another name, which no epoch announced.
    Unannounced,
}

impl Alarm {
    /// A code for lists and scripts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::EpochWentBack => "epoch_went_back",
            Self::EpochOfTwoLogs => "epoch_of_two_logs",
            Self::Rewritten => "rewritten",
            Self::OtherRoot => "other_root",
            Self::Shorter => "shorter",
            Self::Unannounced => "unannounced",
        }
    }

    /// What the officer reads, whichever it is: what happened, what is safe, what to do.
    pub const WORDS: [&'static str; 3] = [
        "The agency's log does not match what this phone saw before.",
        "Your records are safe here.",
        "Tell your sergeant.",
    ];
}

/// What to do about what the server said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// It follows what was seen: keep it.
    Follows,
    /// It is what is kept already, or an answer that was overtaken.
    Nothing,
    /// It contradicts what was seen: keep both, as evidence.
    Alarm(Alarm),
}

/// Whether the epochs that were heard follow those that are kept; `shown` are those that were known when the
/// call began.
pub fn judge_epochs(kept: Option<&Epochs>, shown: Option<&Epochs>, heard: &Epochs) -> Sight {
    let Some(kept) = kept else { return Sight::Follows };
    let was_known = shown.is_some_and(|shown| shown.epoch > heard.epoch);
    match heard.epoch.cmp(&kept.epoch) {
        Ordering::Greater => Sight::Follows,
        Ordering::Equal if heard == kept => Sight::Nothing,
        // What is known of the lost range may grow within an epoch.
        Ordering::Equal if heard.origin == kept.origin => Sight::Follows,
        Ordering::Equal => Sight::Alarm(Alarm::EpochOfTwoLogs),
        Ordering::Less if was_known => Sight::Alarm(Alarm::EpochWentBack),
        Ordering::Less => Sight::Nothing,
    }
}

/// What a device knew of the server's log at one moment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// The newest epochs that it was told.
    pub epochs: Option<&'a Epochs>,
    /// The newest checkpoint that it saw.
    pub checkpoint: Option<&'a Checkpoint>,
}

/// Whether the checkpoint that was heard follows the one that is kept; `shown` is what was known when the call
/// began, and the proof is from that. A checkpoint of the log that the newest epoch announced follows any
/// of a log before it.
pub fn judge_checkpoint(now: Known<'_>, shown: Known<'_>, heard: &Checkpoint, proof: &[Hash]) -> Sight {
    let epoch = |known: Known<'_>| known.epochs.map_or(1, |epochs| epochs.epoch);
    if now.epochs.is_some_and(|epochs| epochs.origin != heard.origin) {
        // Asked before this device heard of the new log, and so perhaps answered.
        let late = epoch(shown) < epoch(now);
        return if late { Sight::Nothing } else { Sight::Alarm(Alarm::Unannounced) };
    }
    let Some(kept) = now.checkpoint else { return Sight::Follows };
    if kept.origin != heard.origin {
        return if now.epochs.is_some() { Sight::Follows } else { Sight::Alarm(Alarm::Unannounced) };
    }
    match (heard.head.size.cmp(&kept.head.size), shown.checkpoint == Some(kept)) {
        (Ordering::Equal, _) if heard == kept => Sight::Nothing,
        (Ordering::Equal, _) => Sight::Alarm(Alarm::OtherRoot),
        (Ordering::Less | Ordering::Greater, false) => overtaken(shown.checkpoint, heard, proof),
        (Ordering::Less, true) => Sight::Alarm(Alarm::Shorter),
        // Without a proof nothing is shown, one way or the other: what is kept stays until there is one.
        (Ordering::Greater, true) if proof.is_empty() => Sight::Nothing,
        (Ordering::Greater, true) if is_consistent(&kept.head, &heard.head, proof) => Sight::Follows,
        (Ordering::Greater, true) => Sight::Alarm(Alarm::Rewritten),
    }
}

/// An answer that was overtaken is not kept; but it must follow what was known when it was asked for.
fn overtaken(shown: Option<&Checkpoint>, heard: &Checkpoint, proof: &[Hash]) -> Sight {
    let Some(shown) = shown.filter(|shown| shown.origin == heard.origin && !proof.is_empty()) else {
        return Sight::Nothing;
    };
    match is_consistent(&shown.head, &heard.head, proof) {
        true => Sight::Nothing,
        false => Sight::Alarm(Alarm::Rewritten),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::wire::Kept;
    use crate::seal::tree::{self, Frontier, Node};
    use chrono::DateTime;
    use proptest::prelude::*;

    /// A log whose leaves from `fork` on are others.
    struct Log {
        leaves: Vec<Hash>,
    }

    impl Log {
        fn new(size: u64, fork: u64) -> Self {
            let leaf = |n: u64| tree::leaf_hash(&[&n.to_be_bytes()[..], if n >= fork { b"x" } else { b"" }].concat());
            Self { leaves: (0..size).map(leaf).collect() }
        }

        fn at(&self, origin: &str, size: u64) -> Checkpoint {
            let mut frontier = Frontier::default();
            self.leaves.iter().take(usize::try_from(size).unwrap()).for_each(|leaf| frontier.push(*leaf, |_, _| ()));
            Checkpoint { origin: origin.to_owned(), head: frontier.head() }
        }

        fn proof(&self, old: u64, new: u64) -> Vec<Hash> {
            let mut read = |node: Node| -> Result<Hash, ()> {
                let mut frontier = Frontier::default();
                let from = node.index << node.level;
                let leaves = from..from + (1 << node.level);
                leaves.for_each(|n| frontier.push(self.leaves[usize::try_from(n).unwrap()], |_, _| ()));
                Ok(frontier.head().root)
            };
            tree::consistency(old, new, &mut read).unwrap()
        }
    }

    fn seen(checkpoint: &Checkpoint) -> Known<'_> {
        Known { epochs: None, checkpoint: Some(checkpoint) }
    }

    proptest! {
        #[test]
        fn a_log_that_only_grew_follows_and_one_that_was_changed_never_does(
            old in 1_u64..60, more in 1_u64..60, fork in 0_u64..60
        ) {
            let (honest, liar) = (Log::new(old + more, u64::MAX), Log::new(old + more, fork.min(old - 1)));
            let (kept, new) = (honest.at("a", old), honest.at("a", old + more));
            let proof = honest.proof(old, old + more);
            prop_assert_eq!(judge_checkpoint(seen(&kept), seen(&kept), &new, &proof), Sight::Follows);
            let changed = liar.at("a", old + more);
            for proof in [liar.proof(old, old + more), proof] {
                let sight = judge_checkpoint(seen(&kept), seen(&kept), &changed, &proof);
                prop_assert_eq!(sight, Sight::Alarm(Alarm::Rewritten));
            }
            let other = judge_checkpoint(seen(&kept), seen(&kept), &liar.at("a", old), &[]);
            prop_assert_eq!(other, Sight::Alarm(Alarm::OtherRoot));
            let shorter = judge_checkpoint(seen(&new), seen(&new), &kept, &[]);
            prop_assert_eq!(shorter, Sight::Alarm(Alarm::Shorter));
        }
    }

    #[test]
    fn the_first_checkpoint_is_taken_and_the_same_again_is_nothing() {
        let log = Log::new(9, u64::MAX);
        let at = log.at("a", 5);
        assert_eq!(judge_checkpoint(Known::default(), Known::default(), &at, &[]), Sight::Follows);
        assert_eq!(judge_checkpoint(seen(&at), seen(&at), &at, &[]), Sight::Nothing);
        let unproven = judge_checkpoint(seen(&at), seen(&at), &log.at("a", 9), &[]);
        assert_eq!(unproven, Sight::Nothing, "kept until there is a proof");
    }

    #[test]
    fn answers_that_overtook_each_other_are_no_alarm_unless_they_contradict() {
        let (log, liar) = (Log::new(20, u64::MAX), Log::new(20, 3));
        let [five, nine, twelve] = [5, 9, 12].map(|size| log.at("a", size));
        let late = |heard: &Checkpoint, proof: &[Hash]| judge_checkpoint(seen(&twelve), seen(&five), heard, proof);
        assert_eq!(late(&nine, &log.proof(5, 9)), Sight::Nothing);
        assert_eq!(late(&log.at("a", 20), &log.proof(5, 20)), Sight::Nothing, "asked again from what is kept now");
        assert_eq!(late(&liar.at("a", 9), &liar.proof(5, 9)), Sight::Alarm(Alarm::Rewritten));
        assert_eq!(late(&liar.at("a", 12), &liar.proof(5, 12)), Sight::Alarm(Alarm::OtherRoot));
        assert_eq!(judge_checkpoint(seen(&twelve), Known::default(), &nine, &[]), Sight::Nothing);
    }

    #[test]
    fn a_new_log_is_followed_only_when_an_epoch_announced_it() {
        let (old, new) = (Log::new(9, u64::MAX).at("a", 9), Log::new(4, 0).at("b", 4));
        let announced = epochs(2, "b", 9);
        let told = |checkpoint| Known { epochs: Some(&announced), checkpoint };
        let unannounced = Sight::Alarm(Alarm::Unannounced);
        assert_eq!(judge_checkpoint(seen(&old), seen(&old), &new, &[]), unannounced);
        assert_eq!(judge_checkpoint(told(Some(&old)), seen(&old), &new, &[]), Sight::Follows);
        assert_eq!(judge_checkpoint(told(None), Known::default(), &new, &[]), Sight::Follows);
        // The old log's answer comes after the news of the new one.
        assert_eq!(judge_checkpoint(told(Some(&old)), seen(&old), &old, &[]), Sight::Nothing);
        assert_eq!(judge_checkpoint(told(Some(&new)), told(Some(&new)), &old, &[]), unannounced);
    }

    fn epochs(epoch: u64, origin: &str, seen: u64) -> Epochs {
        let kept = vec![Kept { epoch: 1, size: 3, seen }];
        Epochs { epoch, origin: origin.to_owned(), began: DateTime::UNIX_EPOCH, kept }
    }

    #[test]
    fn epochs_only_go_on_and_an_answer_that_was_overtaken_is_no_alarm() {
        let (two, three) = (epochs(2, "b", 5), epochs(3, "c", 5));
        let back = Sight::Alarm(Alarm::EpochWentBack);
        let table = [
            (None, None, &two, Sight::Follows),
            (Some(&two), Some(&two), &two, Sight::Nothing),
            (Some(&two), Some(&two), &epochs(2, "b", 9), Sight::Follows),
            (Some(&two), None, &three, Sight::Follows),
            (Some(&three), Some(&two), &two, Sight::Nothing),
            (Some(&three), None, &two, Sight::Nothing),
            (Some(&three), Some(&three), &two, back),
            (Some(&two), Some(&two), &epochs(2, "x", 5), Sight::Alarm(Alarm::EpochOfTwoLogs)),
        ];
        for (row, (kept, shown, heard, expected)) in table.into_iter().enumerate() {
            assert_eq!(judge_epochs(kept, shown, heard), expected, "row {row}");
        }
    }
}
