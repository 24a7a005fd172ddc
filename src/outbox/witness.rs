//! A witness in each pocket: whether what the server says of its log fits what this device saw before.
//!
//! # Decisions
//! Answers overtake each other, so each is judged by what the device knew when it asked: an answer that was
//! only late is passed over, and never an alarm. An alarm stands for good, also when the log agrees again
//! later: somebody has to explain it.

use crate::domain::wire::Epochs;
use serde::{Deserialize, Serialize};

/// What of the server's log contradicts what this device saw before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alarm {
    /// The server went back to an epoch before the one that it had told.
    EpochWentBack,
    /// Two logs call themselves by one epoch.
    EpochOfTwoLogs,
}

impl Alarm {
    /// A code for lists and scripts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::EpochWentBack => "epoch_went_back",
            Self::EpochOfTwoLogs => "epoch_of_two_logs",
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
        std::cmp::Ordering::Greater => Sight::Follows,
        std::cmp::Ordering::Equal if heard == kept => Sight::Nothing,
        // What is known of the lost range may grow within an epoch.
        std::cmp::Ordering::Equal if heard.origin == kept.origin => Sight::Follows,
        std::cmp::Ordering::Equal => Sight::Alarm(Alarm::EpochOfTwoLogs),
        std::cmp::Ordering::Less if was_known => Sight::Alarm(Alarm::EpochWentBack),
        std::cmp::Ordering::Less => Sight::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::wire::Kept;
    use chrono::DateTime;

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
