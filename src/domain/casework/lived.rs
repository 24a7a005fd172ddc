//! Where a case stands, worked out from its notes; and which note may come next.

use super::codes::{ArrivalResult, IntakeResult, NoteKind, Reached};
use super::note::{Intake, NeedsAssessment, Note, OutcomeNote, Plan, Spell, Turn, Urgent};
use crate::domain::codes::codes;
use crate::domain::ids::{NoteId, StaffId};
use crate::domain::stage::Stage;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

codes! {
    /// What a note does to the case. It tells nothing of what the note says, so it may stand beside the seal.
    Move {
        /// They met.
        Met = "met",
        /// Someone went and did not find the person.
        Tried = "tried",
        /// Work that needs the person: urgent needs, intake, assessment, plan.
        Work = "work",
        /// Word of the person: a contact, an outcome. A relapse among them is a word like any other.
        Word = "word",
        /// The case goes inactive.
        Away = "away",
        /// The case comes back.
        Back = "back",
    }
}

impl Move {
    /// What this note does.
    pub const fn of(note: &Note) -> Self {
        match note {
            Note::Arrival(arrival) => match arrival.result {
                ArrivalResult::Met => Self::Met,
                ArrivalResult::NotFound => Self::Tried,
            },
            Note::Urgent(_) | Note::Intake(_) | Note::Needs(_) | Note::Plan(_) => Self::Work,
            Note::Contact(_) | Note::Outcome(_) => Self::Word,
            Note::Spell(spell) => match spell.turn {
                Turn::Away(_) => Self::Away,
                Turn::Back(_) => Self::Back,
            },
        }
    }
}

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has it: nothing is written before someone accepts.
    Untaken,
    /// Someone has it and has not met the person yet.
    Accepted,
    /// They met.
    Met,
    /// Inactive; whether they had met.
    Away {
        /// They had.
        met: bool,
    },
    /// The officer took it back: it can be read, and nothing more is written.
    Withdrawn,
}

impl Standing {
    /// Where a case at this stage stands after these moves, the oldest first. A move that is not legal changes
    /// nothing: it was not taken.
    pub fn of(stage: Stage, moves: impl IntoIterator<Item = Move>) -> Self {
        let start = match stage {
            Stage::Received => Self::Untaken,
            Stage::Accepted => Self::Accepted,
            Stage::Withdrawn => Self::Withdrawn,
        };
        moves.into_iter().fold(start, |standing, with| next_standing(standing, with).unwrap_or(standing))
    }

    /// Whether a note of this kind can be written now, whichever way it turns out.
    pub fn takes(self, kind: NoteKind) -> bool {
        let moves: &[Move] = match kind {
            NoteKind::Arrival => &[Move::Met, Move::Tried],
            NoteKind::Urgent | NoteKind::Intake | NoteKind::Needs | NoteKind::Plan => &[Move::Work],
            NoteKind::Contact | NoteKind::Outcome => &[Move::Word],
            NoteKind::Spell => &[Move::Away, Move::Back],
        };
        moves.iter().any(|with| next_standing(self, *with).is_some())
    }
}

/// Where a case stands after a move, or nothing if it is not legal from here. Nothing ends a case but the
/// officer's withdrawal.
pub const fn next_standing(from: Standing, with: Move) -> Option<Standing> {
    match (from, with) {
        (Standing::Accepted, Move::Met) => Some(Standing::Met),
        (Standing::Accepted, Move::Tried | Move::Word) => Some(Standing::Accepted),
        (Standing::Met, Move::Work | Move::Word) => Some(Standing::Met),
        (Standing::Accepted, Move::Away) => Some(Standing::Away { met: false }),
        (Standing::Met, Move::Away) => Some(Standing::Away { met: true }),
        (Standing::Away { met }, Move::Word) => Some(Standing::Away { met }),
        (Standing::Away { met: false }, Move::Back) => Some(Standing::Accepted),
        (Standing::Away { met: true }, Move::Back) => Some(Standing::Met),
        (Standing::Accepted, Move::Work | Move::Back)
        | (Standing::Met, Move::Met | Move::Tried | Move::Back)
        | (Standing::Away { .. }, Move::Met | Move::Tried | Move::Work | Move::Away)
        | (Standing::Untaken | Standing::Withdrawn, _) => None,
    }
}

/// A note as it is filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// Which.
    pub id: NoteId,
    /// What it is about.
    pub kind: NoteKind,
    /// Its number among the notes of its kind in this case, from 1.
    pub number: u64,
    /// What it does to the case.
    pub does: Move,
    /// Who wrote it.
    pub author: StaffId,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// What it says; nothing if it does not open.
    pub note: Option<Note>,
}

/// What the notes say now: of each kind that replaces itself the newest, of the others their sum.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lived<'a> {
    /// The day on which they met.
    pub met: Option<NaiveDate>,
    /// How often someone went and did not find the person.
    pub tried: usize,
    /// What cannot wait.
    pub urgent: Option<&'a Urgent>,
    /// The intake, done or missed.
    pub intake: Option<&'a Intake>,
    /// What the person needs.
    pub needs: Option<&'a NeedsAssessment>,
    /// What the person wants.
    pub plan: Option<&'a Plan>,
    /// How the person is doing.
    pub outcome: Option<&'a OutcomeNote>,
    /// The last turn to inactive or back.
    pub spell: Option<&'a Spell>,
    /// The last day on which somebody spoke with the person.
    pub last_contact: Option<NaiveDate>,
    /// The day by which the person was promised to hear again. A try that did not reach them keeps no promise.
    pub promised: Option<NaiveDate>,
}

impl<'a> Lived<'a> {
    /// Of these notes, the oldest first.
    pub fn of(notes: &'a [Filed]) -> Self {
        notes.iter().filter_map(|filed| filed.note.as_ref()).fold(Self::default(), Self::with)
    }

    fn with(self, note: &'a Note) -> Self {
        match note {
            Note::Arrival(arrival) if arrival.result == ArrivalResult::Met => {
                Self { met: Some(arrival.on), ..self }.spoke(arrival.on)
            }
            Note::Arrival(_) => Self { tried: self.tried + 1, ..self },
            Note::Urgent(urgent) => Self { urgent: Some(urgent), ..self },
            Note::Intake(intake) if intake.result == IntakeResult::Done => {
                Self { intake: Some(intake), ..self }.spoke(intake.on)
            }
            Note::Intake(intake) => Self { intake: Some(intake), ..self },
            Note::Needs(needs) => Self { needs: Some(needs), ..self },
            Note::Plan(plan) => Self { plan: Some(plan), ..self },
            Note::Contact(contact) if contact.reached == Reached::Yes => {
                Self { promised: contact.promised, ..self }.spoke(contact.on)
            }
            Note::Contact(contact) => Self { promised: contact.promised.or(self.promised), ..self },
            Note::Outcome(outcome) => Self { outcome: Some(outcome), ..self },
            Note::Spell(spell) => Self { spell: Some(spell), ..self },
        }
    }

    fn spoke(self, on: NaiveDate) -> Self {
        Self { last_contact: self.last_contact.max(Some(on)), ..self }
    }

    /// Whether the intake is done.
    pub fn intake_done(&self) -> bool {
        self.intake.is_some_and(|intake| intake.result == IntakeResult::Done)
    }

    /// What is to be done next, for a case that stands so. A suggestion: whatever is legal may come first.
    pub fn next(&self, standing: Standing) -> Option<NoteKind> {
        match standing {
            Standing::Untaken | Standing::Withdrawn => None,
            Standing::Accepted => Some(NoteKind::Arrival),
            Standing::Away { .. } => Some(NoteKind::Spell),
            Standing::Met if self.urgent.is_none() => Some(NoteKind::Urgent),
            Standing::Met if !self.intake_done() => Some(NoteKind::Intake),
            Standing::Met if self.needs.is_none() => Some(NoteKind::Needs),
            Standing::Met if self.plan.is_none() => Some(NoteKind::Plan),
            Standing::Met => Some(NoteKind::Contact),
        }
    }
}
