//! The form worked out: what is asked, what the facts are, what the rules say.

use super::Guide;
use crate::domain::assess::{Assessment, assess};
use crate::domain::facts::Facts;
use crate::ui::flow::{Asks, Flow, Step};
use crate::ui::form::{Field, Form, Gap, Why};

/// What follows from a form and its guide. Worked out anew on every change: it costs microseconds.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// What the pack needs.
    pub asks: Asks,
    /// The facts, or what is missing.
    pub facts: Result<Facts, Vec<Gap>>,
    /// What the rules say, once there are facts; a fault that the form did not see, in words.
    pub assessment: Option<Result<Assessment, String>>,
}

impl Sheet {
    /// Works a form out.
    pub fn of(form: &Form, guide: &Guide) -> Self {
        let asks = guide.asks(form);
        let facts = form.facts(&asks);
        let assessment = facts
            .as_ref()
            .ok()
            .map(|facts| assess(&guide.pack, &guide.zones, facts).map_err(|fault| fault.to_string()));
        Self { asks, facts, assessment }
    }

    /// The assessment, if there is one.
    pub fn found(&self) -> Option<&Assessment> {
        self.assessment.as_ref()?.as_ref().ok()
    }

    /// The flow of cards.
    pub fn flow<'a>(&'a self, form: &'a Form) -> Flow<'a> {
        Flow { form, asks: &self.asks, assessment: self.found() }
    }

    /// Every field that keeps the form from being saved, in the order of the cards.
    pub fn gaps(&self, form: &Form) -> Vec<Gap> {
        let mut gaps = self.facts.as_ref().err().cloned().unwrap_or_default();
        if let (Ok(facts), Some(found)) = (&self.facts, self.found()) {
            gaps.extend(form.decision("-", facts.clone(), found.clone()).err().unwrap_or_default());
        }
        let path = self.flow(form).path();
        gaps.sort_by_key(|gap| path.iter().position(|step| *step == gap.step));
        gaps
    }

    /// What keeps the open card from being left: its gaps, and an answer that is still owed. "Unknown" and
    /// "not known" are answers.
    pub fn gaps_here(&self, form: &Form) -> Vec<Gap> {
        let here = &form.step;
        let mut gaps = self.gaps(form);
        gaps.retain(|gap| gap.step == *here);
        if let (true, false, Some(field)) = (gaps.is_empty(), self.flow(form).is_answered(here), owed(here)) {
            gaps.push(Gap { step: here.clone(), field, why: Why::Missing });
        }
        gaps
    }
}

/// Cards that tiles alone do not complete, and the field that each owes until it is answered.
static OWED: [(Step, Field); 8] = [
    (Step::Drug, Field::Grams),
    (Step::Age, Field::Age),
    (Step::Residency, Field::Residency),
    (Step::PriorDiversions, Field::PriorDiversions),
    (Step::History, Field::Group(0)),
    (Step::Place, Field::Street),
    (Step::Prior, Field::PriorOn),
    (Step::Divergence, Field::Supervisor),
];

fn owed(card: &Step) -> Option<Field> {
    OWED.iter().find(|(step, _)| step == card).map(|(_, field)| *field)
}
