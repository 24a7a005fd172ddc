//! Where a referral stands, and which moves are legal.

use super::codes::codes;
use serde::{Deserialize, Serialize};

codes! {
    /// The stage of a referral, as police may know it: status only.
    Stage {
        /// Durably received; nobody has it yet.
        Received = "received",
        /// A case manager has taken it.
        Accepted = "accepted",
        /// The officer took the referral back; nobody goes.
        Withdrawn = "withdrawn",
    }
}

/// What a person does to a referral.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// A case manager takes it.
    Accept,
    /// The officer takes it back.
    Withdraw,
}

/// The stage after `act`, or nothing if the move is not legal from here.
pub const fn next_stage(from: Stage, act: Act) -> Option<Stage> {
    match (from, act) {
        (Stage::Received, Act::Accept) => Some(Stage::Accepted),
        (Stage::Received | Stage::Accepted, Act::Withdraw) => Some(Stage::Withdrawn),
        (Stage::Accepted | Stage::Withdrawn, Act::Accept) | (Stage::Withdrawn, Act::Withdraw) => None,
    }
}

codes! {
    /// Where the case manager will meet the person. A code, not words: the feed names no place of
    /// anyone's life.
    MeetPlace {
        /// Where the officer is now.
        Scene = "scene",
        /// Somewhere else, agreed by telephone.
        Elsewhere = "elsewhere",
    }
}

codes! {
    /// Why a case manager passes a referral on: one tap, and it goes to the next at once.
    DeclineReason {
        /// Is with someone else.
        WithSomeone = "with_someone",
        /// Cannot be there in time.
        TooFar = "too_far",
        /// Is not at work.
        OffDuty = "off_duty",
        /// Has as many people as they can be there for.
        CaseloadFull = "caseload_full",
        /// Should not meet this person.
        Conflict = "conflict",
        /// None of these.
        Other = "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_referral_is_accepted_once() {
        assert_eq!(next_stage(Stage::Received, Act::Accept), Some(Stage::Accepted));
        assert_eq!(next_stage(Stage::Accepted, Act::Accept), None);
    }

    #[test]
    fn a_referral_is_withdrawn_once_and_nobody_takes_it_then() {
        assert_eq!(next_stage(Stage::Received, Act::Withdraw), Some(Stage::Withdrawn));
        assert_eq!(next_stage(Stage::Accepted, Act::Withdraw), Some(Stage::Withdrawn));
        assert_eq!(next_stage(Stage::Withdrawn, Act::Withdraw), None);
        assert_eq!(next_stage(Stage::Withdrawn, Act::Accept), None);
    }
}
