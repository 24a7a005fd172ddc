//! What a note says, line by line.

use super::super::place::in_a_row;
use super::{Said, words};
use crate::console::view::codes as shared;
use crate::console::when;
use crate::words::t;
use handoff::domain::casework::{
    Assessed, Contact, Filed, Goal, Level, Lived, Move, NeedsAssessment, Note, OutcomeNote, Plan, PlanStep, StepState,
    Turn, Urgent,
};
use handoff::domain::ids::NoteId;
use handoff::domain::private::Private;
use handoff::ui::parts::Tone;

/// A note as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct NoteView {
    /// Which.
    pub id: NoteId,
    /// What it is about, with what came of it.
    pub title: String,
    /// Who wrote it, when.
    pub by: String,
    /// What it says.
    pub lines: Vec<Said>,
    /// Its goals, of a plan.
    pub goals: Vec<GoalView>,
    /// It does not open.
    pub sealed: bool,
}

/// A goal as it is shown.
#[derive(Clone, PartialEq, Eq)]
pub struct GoalView {
    /// In the person's words.
    pub words: String,
    /// Its steps.
    pub steps: Vec<StepView>,
}

impl std::fmt::Debug for GoalView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[private]")
    }
}

/// A step as it is shown.
#[derive(Clone, PartialEq, Eq)]
pub struct StepView {
    /// What is to be done.
    pub words: String,
    /// How far it is.
    pub state: &'static str,
    /// How that weighs.
    pub tone: Tone,
    /// The service that it needs.
    pub service: Option<&'static str>,
    /// By when it is to be done; nothing of a step that waits for nothing more.
    pub due: Option<String>,
}

impl std::fmt::Debug for StepView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[private]")
    }
}

/// A note as it is shown, by whom and when in words.
pub fn note_view(filed: &Filed, author: String, at: String) -> NoteView {
    let goals = match &filed.note {
        Some(Note::Plan(plan)) => goals(plan),
        _ => Vec::new(),
    };
    NoteView {
        id: filed.id,
        title: title(filed),
        by: format!("{author}, {at}"),
        lines: filed.note.as_ref().map(lines).unwrap_or_default(),
        goals,
        sealed: filed.note.is_none(),
    }
}

/// Of a note that does not open, what its columns tell.
fn title(filed: &Filed) -> String {
    let kind = words::kind(filed.kind);
    match &filed.note {
        Some(Note::Arrival(arrival)) => String::from(words::arrival(arrival.result)),
        Some(Note::Intake(intake)) => format!("{kind}: {}", words::intake(intake.result).to_lowercase()),
        Some(Note::Contact(contact)) => format!("{kind}: {}", words::reached(contact.reached).to_lowercase()),
        Some(Note::Spell(_)) | None if filed.does == Move::Back => String::from(t!("line-back")),
        Some(Note::Spell(_)) | None if filed.does == Move::Away => String::from(t!("cases-inactive")),
        _ => String::from(kind),
    }
}

fn lines(note: &Note) -> Vec<Said> {
    match note {
        Note::Arrival(arrival) => on(arrival.on)
            .into_iter()
            .chain(told(t!("line-what-was-tried-or-agreed"), arrival.words.as_ref()))
            .collect(),
        Note::Urgent(found) => urgent(found),
        Note::Intake(intake) => {
            on(intake.on).into_iter().chain(told(t!("line-notes"), intake.words.as_ref())).collect()
        }
        Note::Needs(found) => needs(found),
        Note::Plan(_) => Vec::new(),
        Note::Contact(found) => contact(found),
        Note::Outcome(found) => outcome(found),
        Note::Spell(spell) => {
            let why = match spell.turn {
                Turn::Away(reason) => words::away(reason),
                Turn::Back(reason) => words::back(reason),
            };
            on(spell.on)
                .into_iter()
                .chain([said(t!("ladder-why"), why)])
                .chain(told(t!("line-notes"), spell.words.as_ref()))
                .collect()
        }
    }
}

/// What holds now: what is urgent, how the person is doing.
pub(super) fn now(lived: &Lived<'_>) -> Vec<Said> {
    let urgent = lived.urgent.filter(|urgent| !urgent.needs.is_empty()).map(urgent).unwrap_or_default();
    urgent.into_iter().chain(lived.outcome.map(outcome).unwrap_or_default()).collect()
}

/// The areas, those that need a lot first.
pub(super) fn needs(found: &NeedsAssessment) -> Vec<Said> {
    let mut areas: Vec<_> = found.areas.iter().collect();
    areas.sort_by_key(|(_, Assessed { level, .. })| match level {
        Level::High => 0,
        Level::Some => 1,
        Level::None => 2,
    });
    let line = |(area, Assessed { level, words: own }): (&_, &Assessed)| {
        let own = own.as_ref().map_or_else(String::new, |own| format!("\n{}", own.reveal()));
        said(words::area(*area), format!("{}{own}", words::level(*level)))
    };
    areas.into_iter().map(line).collect()
}

/// The goals of a plan.
pub fn goals(plan: &Plan) -> Vec<GoalView> {
    let step = |step: &PlanStep| StepView {
        words: step.words.reveal().clone(),
        state: words::state(step.state),
        tone: step_tone(step),
        service: step.service.map(words::service),
        due: step.waits_until().map(|day| t!("line-step-by", day = when::day(day))),
    };
    let goal =
        |goal: &Goal| GoalView { words: goal.words.reveal().clone(), steps: goal.steps.iter().map(step).collect() };
    plan.goals.iter().map(goal).collect()
}

const fn step_tone(step: &PlanStep) -> Tone {
    match step.state {
        StepState::Done => Tone::Good,
        StepState::Doing => Tone::Info,
        StepState::Open | StepState::SetAside => Tone::Plain,
    }
}

fn urgent(found: &Urgent) -> Vec<Said> {
    let needs: Vec<_> = found.needs.iter().map(|need| shared::need(*need)).collect();
    let needs = if needs.is_empty() { String::from(t!("line-nothing")) } else { in_a_row(&needs) };
    [said(t!("line-urgent"), needs)].into_iter().chain(told(t!("line-what-was-done"), found.words.as_ref())).collect()
}

fn contact(found: &Contact) -> Vec<Said> {
    let mut lines: Vec<_> =
        on(found.on).into_iter().chain([said(t!("line-how"), words::manner(found.manner))]).collect();
    lines.extend(relapse(found.relapse));
    lines.extend(found.promised.map(|day| said(t!("line-promised-to-be-in-touch"), when::day(day))));
    lines.extend(told(t!("line-what-came-of-it"), found.words.as_ref()));
    lines
}

fn outcome(found: &OutcomeNote) -> Vec<Said> {
    let code = |label: &str, word: Option<&'static str>| word.map(|word| said(label, word));
    let count = |label: &str, n: Option<u16>| n.map(|n| said(label, n.to_string()));
    let parts = [
        code(t!("note-housing"), found.housing.map(words::housing)),
        code(t!("note-work"), found.work.map(words::work)),
        code(t!("line-income"), found.income.map(words::income)),
        code(t!("line-health"), found.health.map(words::health)),
        count(t!("line-arrests-since"), found.charges.arrests),
        count(t!("line-felony-charges-since"), found.charges.felonies),
        count(t!("line-misdemeanour-charges-since"), found.charges.misdemeanours),
        relapse(found.relapse),
    ];
    let as_of = said(t!("line-as-of"), when::day(found.on));
    [as_of].into_iter().chain(parts.into_iter().flatten()).chain(told(t!("line-notes"), found.words.as_ref())).collect()
}

fn relapse(noted: bool) -> Option<Said> {
    noted.then(|| said(t!("line-noted"), t!("line-relapse-noted", what = words::relapse())))
}

fn on(day: chrono::NaiveDate) -> Option<Said> {
    Some(said(t!("line-day"), when::day(day)))
}

fn told(label: &str, words: Option<&Private<String>>) -> Option<Said> {
    words.map(|words| said(label, words.reveal().clone()))
}

fn said(label: &str, value: impl Into<String>) -> Said {
    Said { label: String::from(label), value: value.into() }
}
