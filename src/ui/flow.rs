//! Which card comes next: pure, from what the pack needs and what the form holds.
//!
//! A diversion for possession inside the area, with a clear record, is 23 taps and three typed fields
//! (age, name, how to find them): new encounter 1, door 1, offence 2, drug and grams 3, four questions 4,
//! records 1, age 1, verdict and decision 1, consent 1, name 1, reach 1, needs 2, race and sex 3, save 1.
//! Cards with one answer go on by themselves. The test of a full diversion counts them.

use super::form::{Checked, Entered, Form, Known};
use crate::domain::assess::Assessment;
use crate::domain::codes::Choice;
use crate::domain::encounter::Decision;
use serde::{Deserialize, Serialize};

/// One card of the encounter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// How the person comes to the program.
    Door,
    /// What they are suspected of.
    Offences,
    /// Which drug, how much.
    Drug,
    /// Where: the map, and the cross street.
    Place,
    /// Earlier involvement.
    Prior,
    /// A judgement question of the pack, by its code.
    Question(String),
    /// Records check.
    History,
    /// Age.
    Age,
    /// Months in the area.
    Residency,
    /// Diversions that the records show.
    PriorDiversions,
    /// What the rules say, and the officer's decision.
    Verdict,
    /// Why not.
    Reason,
    /// A supervisor's word for a decision against the verdict.
    Divergence,
    /// What became of the person.
    Outcome,
    /// The person's answer to sharing their details.
    Consent,
    /// Who.
    Person,
    /// How to find them, and how to call the officer back.
    Reach,
    /// Needs and hazards.
    Needs,
    /// Race, sex and age band.
    Demographics,
    /// Everything at a glance, and Save.
    Review,
}

/// What the pack needs for this door and these offences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asks {
    /// The place is missing or too near a boundary to be sure.
    pub place: bool,
    /// Drug class and grams.
    pub drug: bool,
    /// Judgement questions by code, in the pack's order.
    pub questions: Vec<String>,
    /// Records check.
    pub history: bool,
    /// Age in years.
    pub age: bool,
    /// Months in the area.
    pub residency: bool,
    /// Earlier diversions.
    pub prior_diversions: bool,
    /// Earlier involvement.
    pub prior_involvement: bool,
}

/// Where the officer stands in the encounter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Cards behind, the open one not counted.
    pub done: usize,
    /// Cards in all, as far as it can be told now.
    pub all: usize,
}

/// Everything that decides which cards are needed.
#[derive(Debug, Clone, Copy)]
pub struct Flow<'a> {
    /// What was entered.
    pub form: &'a Form,
    /// What the pack needs.
    pub asks: &'a Asks,
    /// What the rules say, once the facts are whole.
    pub assessment: Option<&'a Assessment>,
}

impl Flow<'_> {
    /// The cards that this encounter needs, in order.
    pub fn path(&self) -> Vec<Step> {
        self.every().into_iter().filter_map(|(step, needed)| needed.then_some(step)).collect()
    }

    /// The cards of what was found, those of the decision left out, in order. The place is one of them even
    /// where it was sure: it can have been sure and wrong.
    pub fn found(&self) -> Vec<Step> {
        let cards = self.every().into_iter().take_while(|(step, _)| *step != Step::Verdict);
        cards.filter_map(|(step, needed)| (needed || step == Step::Place).then_some(step)).collect()
    }

    /// The card after the open one. A card opened out of turn leads to the first one that now lacks an
    /// answer, or back to where it was opened from.
    pub fn next(&self) -> Step {
        let here = self.position();
        let mut after = self.needed().filter(|(at, _)| here.is_none_or(|here| *at > here));
        match &self.form.back_to {
            None => after.next().map_or(Step::Review, |(_, step)| step),
            Some(origin) => {
                let open = after.find(|(_, step)| !self.is_answered(step));
                let origin_at = self.every().iter().position(|(step, _)| step == origin);
                match open {
                    Some((at, step)) if origin_at.is_none_or(|origin_at| at < origin_at) => step,
                    Some(_) | None => origin.clone(),
                }
            }
        }
    }

    /// The card before the open one; nothing at the first.
    pub fn back(&self) -> Option<Step> {
        let here = self.position().unwrap_or(0);
        self.needed().filter(|(at, _)| *at < here).last().map(|(_, step)| step)
    }

    /// How far the encounter is.
    pub fn progress(&self) -> Progress {
        let here = self.position().unwrap_or(0);
        Progress { done: self.needed().filter(|(at, _)| *at < here).count(), all: self.needed().count() }
    }

    /// Whether a card holds an answer; a card where nothing must be said always does.
    pub fn is_answered(&self, step: &Step) -> bool {
        let form = self.form;
        let entered = |entered: &Entered| *entered != Entered::Open;
        match step {
            Step::Door => form.door.is_some(),
            Step::Offences => !form.offences.is_empty(),
            Step::Drug => form.drug.class.is_some() && entered(&form.drug.grams),
            Step::Prior => match form.prior.known {
                None => false,
                Some(Known::No) => true,
                Some(Known::By(_)) => !form.prior.on.trim().is_empty() && form.prior.place.is_some(),
            },
            Step::Question(code) => form.answers.contains_key(code),
            Step::History => match form.history.checked {
                None => false,
                Some(Checked::Clear | Checked::NotChecked) => true,
                Some(Checked::Found) => !form.history.rows.is_empty(),
            },
            Step::Age => entered(&form.age),
            Step::Residency => entered(&form.residency),
            Step::PriorDiversions => entered(&form.prior_diversions),
            Step::Verdict => form.choice.is_some(),
            Step::Reason => form.reason.is_some(),
            Step::Divergence => !form.divergence.supervisor.trim().is_empty(),
            Step::Outcome => form.outcome.is_some(),
            Step::Consent => form.consent.is_some_and(|consent| consent.yes.is_some()),
            Step::Person => !form.person.name.reveal().trim().is_empty(),
            Step::Reach => !form.person.reach.reveal().trim().is_empty(),
            Step::Demographics => {
                form.demographics.race.is_some() && form.demographics.sex.is_some() && form.age_band().is_some()
            }
            Step::Place => !self.asks.place || form.place.is_said(),
            Step::Needs | Step::Review => true,
        }
    }

    /// Every card there is, in order, and whether this encounter needs it.
    fn every(&self) -> Vec<(Step, bool)> {
        let (form, asks) = (self.form, self.asks);
        let accepted = form.choice == Some(Choice::OfferedAccepted);
        let refused = form.choice.is_some() && !accepted;
        let diverges =
            form.choice.zip(self.assessment).is_some_and(|(choice, found)| Decision::diverges(found.verdict, choice));
        let before = [
            (Step::Door, true),
            (Step::Offences, true),
            (Step::Drug, asks.drug),
            (Step::Place, asks.place),
            (Step::Prior, asks.prior_involvement),
        ];
        let questions = asks.questions.iter().map(|code| (Step::Question(code.clone()), true));
        let after = [
            (Step::History, asks.history),
            (Step::Age, asks.age),
            (Step::Residency, asks.residency),
            (Step::PriorDiversions, asks.prior_diversions),
            (Step::Verdict, true),
            (Step::Reason, refused),
            (Step::Divergence, diverges),
            (Step::Outcome, refused),
            (Step::Consent, accepted),
            (Step::Person, accepted),
            (Step::Reach, accepted),
            (Step::Needs, accepted),
            (Step::Demographics, true),
            (Step::Review, true),
        ];
        before.into_iter().chain(questions).chain(after).collect()
    }

    fn needed(&self) -> impl Iterator<Item = (usize, Step)> {
        self.every().into_iter().enumerate().filter_map(|(at, (step, needed))| needed.then_some((at, step)))
    }

    /// Where the open card stands among all; nothing if the pack no longer asks that question.
    fn position(&self) -> Option<usize> {
        self.every().iter().position(|(step, _)| *step == self.form.step)
    }
}
