//! The case after acceptance: what a case manager writes of it, and where that leaves it.
//!
//! A case is a row of [`Note`]s, and nothing else. No note is changed or taken back: a newer one of the same
//! kind follows it, and where the case stands now is worked out from all of them ([`Lived::of`]).
//!
//! # Decisions
//! - Harm reduction is in the shapes, not in advice: nothing here asks for abstinence, a relapse is a word in a
//!   contact or an outcome and moves nothing, there is no end, and a case that went inactive can always come back.
//! - The intake's limit is the pack's. When it has passed, the intake is late and can still be done.
//! - What a note says goes to case managers alone. A [`Move`] says only what a note does to the case, and is all
//!   that may stand outside its seal.
//! - Days, not hours: what matters months later is the day, and a form that asks for less is filled in. Days are
//!   those of the place where the case began.

mod clock;
mod codes;
mod lived;
mod note;

pub use clock::{IntakeClock, intake_clock};
pub use codes::{
    Area, ArrivalResult, AwayReason, BackReason, Health, Housing, Income, IntakeResult, Level, Manner, NoteKind,
    Reached, Service, StepState, Work,
};
pub use lived::{Filed, Lived, Move, Standing, next_standing};
pub use note::{
    Arrival, Assessed, Charges, Contact, Days, Goal, Intake, MOST_GOAL, MOST_GOALS, MOST_STEP, MOST_STEPS, MOST_WORDS,
    NeedsAssessment, Note, NoteFault, OutcomeNote, Plan, PlanStep, Spell, Turn, Urgent, Wrong,
};

#[cfg(test)]
mod tests;
