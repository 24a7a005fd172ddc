//! What an officer records after the decision: the hand-off's steps, an amendment, a withdrawal.
//!
//! Each is an entry of its own on the same referral. None changes what was recorded before: the decision
//! stands as it was made, and both verdicts can be read.
//!
//! # Decisions
//! - An amendment carries the whole facts and the whole assessment anew, not what differs: it is replayed like
//!   a decision, and can be read without it.
//! - An amendment does not change what was chosen. An offer that was taken after all is a new encounter; one
//!   that came to nothing is withdrawn.
//! - A note may name the person, so it is for case managers alone; a reason is one tap and names nobody.

use super::assess::Assessment;
use super::codes::codes;
use super::encounter::{DecisionError, text};
use super::facts::{Facts, FixFact, FixSource};
use super::ids::{Hash, StaffId};
use super::private::Private;
use super::zone::Fix;
use chrono::{DateTime, FixedOffset, Utc};
use serde::{Deserialize, Serialize};

codes! {
    /// A step of the warm hand-off, in its order.
    HandOffStep {
        /// The officer called a case manager.
        Called = "called",
        /// They answered.
        Answered = "answered",
        /// Nobody answered.
        NoAnswer = "no_answer",
        /// The case manager is on scene.
        Arrived = "arrived",
        /// How the hand-off ended.
        Outcome = "outcome",
    }
}

codes! {
    /// How a hand-off ended.
    HandOffOutcome {
        /// The case manager and the person met.
        Met = "met",
        /// They did not meet.
        NotMet = "not_met",
        /// The person left before anyone came.
        Left = "left",
        /// The person was booked after all.
        BookedAfterAll = "booked_after_all",
    }
}

codes! {
    /// Why an officer amends what was recorded.
    AmendmentCause {
        /// The position came after the decision was saved.
        LateFix = "late_fix",
        /// Something was recorded wrongly.
        Correction = "correction",
    }
}

codes! {
    /// Why a referral is taken back: one tap, no free text, so that no name slips in.
    WithdrawalReason {
        /// It should not have been recorded.
        RecordedInError = "recorded_in_error",
        /// The person changed their mind.
        ChangedMind = "changed_mind",
        /// The person was booked after all.
        BookedAfterAll = "booked_after_all",
        /// The person no longer agrees to sharing their details.
        ConsentWithdrawn = "consent_withdrawn",
        /// None of these.
        Other = "other",
    }
}

/// The body of a hand-off entry: one step, when it happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOff {
    /// When, by the scene's own clock.
    pub at: DateTime<FixedOffset>,
    /// Which step.
    pub step: HandOffStep,
    /// Who was called, answered or came, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<StaffId>,
    /// How it ended; with the step `outcome` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<HandOffOutcome>,
    /// Recorded while the phone was locked.
    #[serde(default)]
    pub while_locked: bool,
}

/// The body of an amendment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amendment {
    /// Hash of the decision's entry.
    pub amends: Hash,
    /// Why.
    pub cause: AmendmentCause,
    /// The whole facts, as they are known now. `facts.at` stays that of the encounter.
    pub facts: Facts,
    /// The cross street or address, as it is known now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cross_street: Option<String>,
    /// What the rules say of these facts. The server works it out again and compares.
    pub assessment: Assessment,
    /// What the case manager should know of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Private<String>>,
    /// Recorded while the phone was locked.
    #[serde(default)]
    pub while_locked: bool,
}

/// The body of a withdrawal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// When, by the scene's own clock.
    pub at: DateTime<FixedOffset>,
    /// Why.
    pub reason: WithdrawalReason,
    /// What the case manager should know of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Private<String>>,
    /// Recorded while the phone was locked.
    #[serde(default)]
    pub while_locked: bool,
}

/// For so many seconds after the save a position still is that of the encounter; a figure of our own.
pub const LATE_FIX_S: i64 = 120;

/// Whether the place of an encounter is missing or unsure.
pub fn lacks_place(facts: &Facts, said: &Assessment) -> bool {
    facts.fix.is_none() || said.zone.as_ref().is_some_and(|zone| !zone.is_sure())
}

/// The facts with a position that came late, if it is worth an amendment: the one before is missing or
/// unsure, and this one is of the device itself, fresh and no simulation.
pub fn late_fix(facts: &Facts, said: &Assessment, fix: FixFact) -> Option<Facts> {
    let good = fix.source == FixSource::Gps && !fix.mock && fix.age_s <= Fix::OLDEST_S;
    (lacks_place(facts, said) && good).then(|| Facts { fix: Some(fix), ..facts.clone() })
}

/// The clock of a hand-off: it runs from the scene, however late the record came, until the case manager is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandOffClock {
    /// The encounter.
    pub scene: DateTime<Utc>,
    /// When the record was durably received.
    pub received: DateTime<Utc>,
    /// The last step that the officer recorded, and when.
    pub last: Option<(HandOffStep, DateTime<Utc>)>,
    /// When the case manager came, or the hand-off ended, whichever was first.
    pub stopped: Option<DateTime<Utc>>,
    /// How it ended.
    pub outcome: Option<HandOffOutcome>,
}

impl HandOffClock {
    /// Within so many minutes of the encounter the case manager means to be there.
    pub const TARGET_MIN: i64 = 30;
    /// Under so many minutes a record is not late: phones send within seconds where there is a signal.
    const LATE_MIN: i64 = 2;

    /// A clock that runs.
    pub const fn new(scene: DateTime<Utc>, received: DateTime<Utc>) -> Self {
        Self { scene, received, last: None, stopped: None, outcome: None }
    }

    /// With one more step. Steps may come in any order.
    #[must_use]
    pub fn with(mut self, step: HandOffStep, outcome: Option<HandOffOutcome>, at: DateTime<Utc>) -> Self {
        if self.last.is_none_or(|(_, last)| last <= at) {
            self.last = Some((step, at));
        }
        if matches!(step, HandOffStep::Arrived | HandOffStep::Outcome) {
            self.stopped = Some(self.stopped.map_or(at, |stopped| stopped.min(at)));
        }
        self.outcome = outcome.or(self.outcome);
        self
    }

    /// How many minutes after the encounter the record came; nothing if it came as soon as it could.
    pub fn came_late_min(&self) -> Option<i64> {
        Some((self.received - self.scene).num_minutes()).filter(|late| *late >= Self::LATE_MIN)
    }

    /// How many minutes it took until the case manager was there, or it ended; nothing while it runs.
    pub fn took_min(&self) -> Option<i64> {
        self.stopped.map(|stopped| (stopped - self.scene).num_minutes().max(0))
    }
}

impl HandOff {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// An outcome without the step `outcome`, or that step without one.
    pub const fn check(&self) -> Result<(), DecisionError> {
        match (self.step, self.outcome) {
            (HandOffStep::Outcome, None) => Err(DecisionError { field: "outcome", why: "say how the hand-off ended" }),
            (HandOffStep::Outcome, Some(_))
            | (HandOffStep::Called | HandOffStep::Answered | HandOffStep::NoAnswer | HandOffStep::Arrived, None) => {
                Ok(())
            }
            (_, Some(_)) => Err(DecisionError { field: "outcome", why: "belongs to the step `outcome` alone" }),
        }
    }
}

impl Amendment {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// An empty or too long text; a late fix without a fix.
    pub fn check(&self) -> Result<(), DecisionError> {
        text("cross_street", self.cross_street.as_ref(), 200)?;
        text("note", self.note.as_ref().map(Private::reveal), 1000)?;
        match (self.cause, &self.facts.fix) {
            (AmendmentCause::LateFix, None) => {
                Err(DecisionError { field: "facts.fix", why: "a late fix needs the fix" })
            }
            (AmendmentCause::LateFix, Some(_)) | (AmendmentCause::Correction, _) => Ok(()),
        }
    }
}

impl Withdrawal {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// An empty or too long note.
    pub fn check(&self) -> Result<(), DecisionError> {
        text("note", self.note.as_ref().map(Private::reveal), 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn at() -> Value {
        json!("2012-06-01T22:25:00-07:00")
    }

    fn hand_off(step: &str, outcome: Option<&str>) -> Result<(), &'static str> {
        let json = json!({"at": at(), "step": step, "outcome": outcome});
        serde_json::from_value::<HandOff>(json).unwrap().check().map_err(|fault| fault.field)
    }

    #[test]
    fn a_hand_off_ends_with_an_outcome_and_no_other_step_has_one() {
        for step in ["called", "answered", "no_answer", "arrived"] {
            assert_eq!(hand_off(step, None), Ok(()));
            assert_eq!(hand_off(step, Some("met")), Err("outcome"));
        }
        assert_eq!(hand_off("outcome", Some("left")), Ok(()));
        assert_eq!(hand_off("outcome", None), Err("outcome"));
    }

    #[test]
    fn the_clock_of_a_hand_off_runs_from_the_scene_until_the_first_who_comes() {
        let at = |minute: i64| DateTime::from_timestamp(1_800_000_000 + 60 * minute, 0).unwrap();
        let clock = HandOffClock::new(at(0), at(14));
        assert_eq!((clock.came_late_min(), clock.took_min()), (Some(14), None));
        assert_eq!(HandOffClock::new(at(0), at(1)).came_late_min(), None);
        let met = Some(HandOffOutcome::Met);
        let ended = clock.with(HandOffStep::Outcome, met, at(31)).with(HandOffStep::Arrived, None, at(24));
        assert_eq!((ended.took_min(), ended.outcome), (Some(24), met), "in whichever order they come");
        assert_eq!(ended.last, Some((HandOffStep::Outcome, at(31))));
        let called = clock.with(HandOffStep::Called, None, at(2)).with(HandOffStep::Answered, None, at(3));
        assert_eq!((called.took_min(), called.last), (None, Some((HandOffStep::Answered, at(3)))));
    }

    fn amendment(change: &Value) -> Result<(), &'static str> {
        let mut json = json!({
            "amends": "ab".repeat(32), "cause": "late_fix",
            "facts": {"door": "arrest", "at": "2012-06-01T22:15:00-07:00", "offences": ["drug_possession"],
                "fix": {"lat_deg": 47.6, "lon_deg": -122.3, "accuracy_m": 8.0, "age_s": 2.0, "mock": false}},
            "assessment": {"verdict": "eligible", "zone": null, "findings": [],
                "pack": {"id": "p", "version": 1, "sha256": "00".repeat(32)}},
        });
        for (pointer, value) in change.as_object().unwrap() {
            let (parent, field) = pointer.rsplit_once('/').unwrap();
            json.pointer_mut(parent).unwrap()[field] = value.clone();
        }
        serde_json::from_value::<Amendment>(json).unwrap().check().map_err(|fault| fault.field)
    }

    #[test]
    fn a_late_fix_has_a_fix_and_each_text_an_end() {
        assert_eq!(amendment(&json!({})), Ok(()));
        assert_eq!(amendment(&json!({"/facts/fix": null})), Err("facts.fix"));
        assert_eq!(amendment(&json!({"/facts/fix": null, "/cause": "correction"})), Ok(()));
        assert_eq!(amendment(&json!({"/note": " "})), Err("note"));
        assert_eq!(amendment(&json!({"/cross_street": "x".repeat(201)})), Err("cross_street"));
    }

    #[test]
    fn a_note_has_an_end_and_debug_does_not_show_it() {
        let withdrawal = |note: &str| {
            serde_json::from_value::<Withdrawal>(json!({"at": at(), "reason": "changed_mind", "note": note})).unwrap()
        };
        assert_eq!(withdrawal(&"x".repeat(1001)).check().map_err(|fault| fault.field), Err("note"));
        assert_eq!(withdrawal("CANARY went home").check(), Ok(()));
        assert!(!format!("{:?}", withdrawal("CANARY went home")).contains("CANARY"));
    }
}
