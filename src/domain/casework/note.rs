//! What a case manager writes: one shape for each kind of note, and what each may say. Needs and plan, which have
//! parts of their own, have rooms of their own.

mod needs;
mod plan;

pub use needs::{Assessed, NeedsAssessment};
pub use plan::{Goal, MOST_GOAL, MOST_GOALS, MOST_STEP, MOST_STEPS, Plan, PlanStep};

use super::codes::{
    ArrivalResult, AwayReason, BackReason, Health, Housing, Income, IntakeResult, Manner, NoteKind, Reached, Work,
};
use crate::domain::codes::Need;
use crate::domain::private::Private;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// A text of a note holds at most this many letters.
pub const MOST_WORDS: usize = 4000;
/// Words about a person.
type Words = Option<Private<String>>;

/// Someone went to meet the person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrival {
    /// The day.
    pub on: NaiveDate,
    /// What came of it.
    pub result: ArrivalResult,
    /// What was tried, where, whom one asked. Needed when the person was not found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Words,
}

/// What cannot wait.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Urgent {
    /// What is needed now; empty says that nothing is.
    pub needs: BTreeSet<Need>,
    /// What was done about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Words,
}

/// The intake.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intake {
    /// The day on which it was done, or for which it was set.
    pub on: NaiveDate,
    /// Done or missed.
    pub result: IntakeResult,
    /// What to keep of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Words,
}

/// A contact, or a try at one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// The day.
    pub on: NaiveDate,
    /// How.
    pub manner: Manner,
    /// Whether they spoke.
    pub reached: Reached,
    /// A return to use came up. It moves nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub relapse: bool,
    /// The day by which the person was promised to hear again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<NaiveDate>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Words,
}

/// How the person is doing, as they or others report it. What was not asked is not there.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeNote {
    /// The day for which it holds.
    pub on: NaiveDate,
    /// Where they live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub housing: Option<Housing>,
    /// Whether they work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<Work>,
    /// What they live on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub income: Option<Income>,
    /// How their health is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// Arrests and charges since the last such note.
    #[serde(default, skip_serializing_if = "Charges::is_empty")]
    pub charges: Charges,
    /// A return to use came up. It moves nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub relapse: bool,
    /// Anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Words,
}

/// Arrests and charges as they were reported; nothing where nobody asked, and 0 where there were none.
#[derive(Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Charges {
    /// Arrests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrests: Option<u16>,
    /// Felony charges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub felonies: Option<u16>,
    /// Misdemeanour charges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub misdemeanours: Option<u16>,
}

impl Charges {
    const fn is_empty(&self) -> bool {
        self.arrests.is_none() && self.felonies.is_none() && self.misdemeanours.is_none()
    }
}

/// The case goes inactive, or comes back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spell {
    /// The day.
    pub on: NaiveDate,
    /// Which way, and why.
    pub turn: Turn,
    /// More of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Words,
}

/// Which way a case turns, and why.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// It goes inactive.
    Away(AwayReason),
    /// It comes back.
    Back(BackReason),
}

/// A note, one form for each kind.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Note {
    /// Someone went to meet the person.
    Arrival(Arrival),
    /// What cannot wait.
    Urgent(Urgent),
    /// The intake.
    Intake(Intake),
    /// What the person needs.
    Needs(NeedsAssessment),
    /// What the person wants.
    Plan(Plan),
    /// A contact.
    Contact(Contact),
    /// How the person is doing.
    Outcome(OutcomeNote),
    /// Inactive, or back.
    Spell(Spell),
}

/// What a note says is not for a log, codes included.
macro_rules! unprinted {
    ($($shape:ident),+ $(,)?) => {
        $(impl fmt::Debug for $shape {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[private]")
            }
        })+
    };
}

unprinted!(Arrival, Urgent, Intake, NeedsAssessment, Assessed, Plan, Goal, PlanStep);
unprinted!(Contact, OutcomeNote, Charges, Spell, Turn);

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Note({})", self.kind().code())
    }
}

/// What keeps a note from being taken, with its field as the form names it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why:?}")]
pub struct NoteFault {
    /// The field: `on`, `words`, an area's code, or `g2s1` for the first step of the second goal.
    pub field: String,
    /// What is wrong with it.
    pub why: Wrong,
}

/// What is wrong with a field of a note or a release. Its words are the console's, in the language of whoever writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// Longer than so many letters.
    TooLong(usize),
    /// A day that is still to come.
    ToCome,
    /// A day before the referral.
    BeforeReferral,
    /// A promise for a day before the contact.
    BeforeContact,
    /// Nobody was found, and it does not say what was tried.
    TriedMissing,
    /// No area is answered.
    NoArea,
    /// No question is answered.
    NoAnswer,
    /// A plan without a goal.
    NoGoal,
    /// More than [`super::MOST_GOALS`] goals.
    ManyGoals,
    /// More than [`super::MOST_STEPS`] steps of a goal.
    ManySteps,
    /// A text of spaces.
    Blank,
    /// A release of nothing.
    NoItem,
    /// What tells of care is released by a spoken word.
    Unsigned,
    /// What is seen without a release is released alone.
    StatusAlone,
    /// Someone else, who is not named.
    NobodyNamed,
    /// Someone is named where it is nobody else.
    NamedInVain,
    /// A release for nothing.
    NoPurpose,
    /// A spoken word without a witness.
    NoWitness,
    /// A signature with one.
    WitnessInVain,
    /// It ends before it was given.
    BeforeGiven,
    /// A last day that has passed.
    Passed,
    /// Longer than a line may be.
    Long,
    /// Nothing is chosen that can be.
    NotChosen,
    /// It says neither what is urgent nor that nothing is.
    NothingUrgent,
    /// It says both.
    UrgentOrNot,
    /// Words on an area without how much help.
    NoLevel,
    /// Steps without the goal to which they lead.
    StepsWithoutGoal,
    /// No day.
    NoDay,
    /// No last day.
    NoLastDay,
    /// No whole number.
    NoCount,
}

impl NoteFault {
    /// A fault of a field.
    pub fn new(field: impl Into<String>, why: Wrong) -> Self {
        Self { field: field.into(), why }
    }
}

/// The days between which what is written can have happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The day on which the case began.
    pub began: NaiveDate,
    /// Today.
    pub today: NaiveDate,
}

impl Days {
    fn hold(self, on: NaiveDate) -> Result<(), NoteFault> {
        match on {
            on if on > self.today => Err(NoteFault::new("on", Wrong::ToCome)),
            on if on < self.began => Err(NoteFault::new("on", Wrong::BeforeReferral)),
            _ => Ok(()),
        }
    }
}

impl Note {
    /// What it is about.
    pub const fn kind(&self) -> NoteKind {
        match self {
            Self::Arrival(_) => NoteKind::Arrival,
            Self::Urgent(_) => NoteKind::Urgent,
            Self::Intake(_) => NoteKind::Intake,
            Self::Needs(_) => NoteKind::Needs,
            Self::Plan(_) => NoteKind::Plan,
            Self::Contact(_) => NoteKind::Contact,
            Self::Outcome(_) => NoteKind::Outcome,
            Self::Spell(_) => NoteKind::Spell,
        }
    }

    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// The first field that is empty where it must not be, too long, or on a day when it cannot have been.
    pub fn check(&self, days: Days) -> Result<(), NoteFault> {
        match self {
            Self::Arrival(arrival) => {
                days.hold(arrival.on)?;
                match (arrival.result, &arrival.words) {
                    (ArrivalResult::NotFound, None) => Err(NoteFault::new("words", Wrong::TriedMissing)),
                    (ArrivalResult::NotFound | ArrivalResult::Met, words) => text("words", words.as_ref(), MOST_WORDS),
                }
            }
            Self::Urgent(urgent) => text("words", urgent.words.as_ref(), MOST_WORDS),
            Self::Intake(intake) => {
                days.hold(intake.on)?;
                text("words", intake.words.as_ref(), MOST_WORDS)
            }
            Self::Needs(needs) => needs.check(),
            Self::Plan(plan) => plan.check(days),
            Self::Contact(contact) => {
                days.hold(contact.on)?;
                if contact.promised.is_some_and(|promised| promised < contact.on) {
                    return Err(NoteFault::new("promised", Wrong::BeforeContact));
                }
                text("words", contact.words.as_ref(), MOST_WORDS)
            }
            Self::Outcome(outcome) => outcome.check(days),
            Self::Spell(spell) => {
                days.hold(spell.on)?;
                text("words", spell.words.as_ref(), MOST_WORDS)
            }
        }
    }
}

impl OutcomeNote {
    fn check(&self, days: Days) -> Result<(), NoteFault> {
        days.hold(self.on)?;
        let asked = self.housing.is_some() || self.work.is_some() || self.income.is_some() || self.health.is_some();
        if !asked && self.charges.is_empty() && !self.relapse && self.words.is_none() {
            return Err(NoteFault::new("housing", Wrong::NoAnswer));
        }
        text("words", self.words.as_ref(), MOST_WORDS)
    }
}

/// A text that is there must say something and have an end.
fn text(field: &str, value: Option<&Private<String>>, most: usize) -> Result<(), NoteFault> {
    let Some(value) = value.map(Private::reveal) else { return Ok(()) };
    match value.chars().count() {
        _ if value.trim().is_empty() => Err(NoteFault::new(field, Wrong::Blank)),
        letters if letters > most => Err(NoteFault::new(field, Wrong::TooLong(most))),
        _ => Ok(()),
    }
}
