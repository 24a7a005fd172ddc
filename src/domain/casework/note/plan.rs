//! What the person wants: goals in their own words, and the steps that lead there.

use super::{Days, NoteFault, Wrong, text};
use crate::domain::casework::codes::{Service, StepState};
use crate::domain::private::Private;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A goal, in the person's words, holds at most this many letters.
pub const MOST_GOAL: usize = 500;
/// A step of a plan holds at most this many letters.
pub const MOST_STEP: usize = 300;
/// A plan has at most this many goals.
pub const MOST_GOALS: usize = 6;
/// A goal has at most this many steps.
pub const MOST_STEPS: usize = 8;

/// What the person wants, and how to get there.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Goals, the first the one that matters most to the person.
    pub goals: Vec<Goal>,
}

/// A goal of a plan.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// In the person's own words.
    pub words: Private<String>,
    /// What leads there.
    pub steps: Vec<PlanStep>,
}

/// A step towards a goal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanStep {
    /// What is to be done.
    pub words: Private<String>,
    /// How far it is.
    pub state: StepState,
    /// The service that it needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Service>,
    /// The day by which it is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<NaiveDate>,
}

impl PlanStep {
    /// The day by which it is still to be done; nothing when it is done, set aside, or has none.
    pub const fn waits_until(&self) -> Option<NaiveDate> {
        match self.state {
            StepState::Open | StepState::Doing => self.due,
            StepState::Done | StepState::SetAside => None,
        }
    }
}

impl Plan {
    /// Checks what the types cannot say.
    pub(super) fn check(&self, days: Days) -> Result<(), NoteFault> {
        if self.goals.is_empty() {
            return Err(NoteFault::new("g1", Wrong::NoGoal));
        }
        if self.goals.len() > MOST_GOALS {
            return Err(NoteFault::new(format!("g{}", MOST_GOALS + 1), Wrong::ManyGoals));
        }
        self.goals.iter().zip(1..).try_for_each(|(goal, n)| goal.check(n, days))
    }
}

impl Goal {
    fn check(&self, n: usize, days: Days) -> Result<(), NoteFault> {
        text(&format!("g{n}"), Some(&self.words), MOST_GOAL)?;
        if self.steps.len() > MOST_STEPS {
            return Err(NoteFault::new(format!("g{n}s{}", MOST_STEPS + 1), Wrong::ManySteps));
        }
        let step = |(step, s): (&PlanStep, usize)| {
            text(&format!("g{n}s{s}"), Some(&step.words), MOST_STEP)?;
            match step.due {
                Some(due) if due < days.began => Err(NoteFault::new(format!("g{n}s{s}_due"), Wrong::BeforeReferral)),
                Some(_) | None => Ok(()),
            }
        };
        self.steps.iter().zip(1..).try_for_each(step)
    }
}
