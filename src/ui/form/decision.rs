//! The form's record: facts, what the rules said of them, and what the officer did.

use super::facts::Gaps;
use super::{ConsentForm, Entered, Field, Form, Gap, Why, read_age};
use crate::domain::assess::Assessment;
use crate::domain::codes::{AgeBand, Choice, SceneOutcome};
use crate::domain::encounter::{Consent, Decision, Demographics, Divergence, Person};
use crate::domain::facts::Facts;
use crate::domain::private::Private;
use crate::ui::flow::Step;

impl Form {
    /// The record of the decision. A person, typed or not, is in it only when the offer was accepted.
    ///
    /// # Errors
    /// Every field that is missing, too long, or cannot be read.
    pub fn decision(&self, unit: &str, facts: Facts, assessment: Assessment) -> Result<Decision, Vec<Gap>> {
        let mut gaps = Gaps::default();
        let Some(choice) = self.choice else {
            return Err(vec![Gap { step: Step::Verdict, field: Field::Choice, why: Why::Missing }]);
        };
        let accepted = choice == Choice::OfferedAccepted;
        if !accepted && self.reason.is_none() {
            gaps.add(Step::Reason, Field::Reason, Why::Missing);
        }
        let outcome = if accepted { Some(SceneOutcome::Diverted) } else { self.outcome };
        if outcome.is_none() {
            gaps.add(Step::Outcome, Field::Outcome, Why::Missing);
        }
        let diverges = Decision::diverges(assessment.verdict, choice);
        let divergence = diverges.then(|| self.supervisor(&mut gaps));
        let demographics = self.demographics(&mut gaps);
        let person = if accepted { self.person(&mut gaps) } else { None };
        let cross_street = gaps.optional((Step::Place, Field::Street), &self.place.street, 200);
        let incident = gaps.optional((Step::Offences, Field::Incident), &self.incident, 40);
        let call_back = accepted
            .then(|| gaps.optional((Step::Reach, Field::CallBack), self.call_back.reveal(), 200).map(Private::new))
            .flatten();
        let (Some(outcome), Some(demographics), []) = (outcome, demographics, gaps.0.as_slice()) else {
            return Err(gaps.0);
        };
        Ok(Decision {
            unit: unit.to_owned(),
            incident,
            facts,
            cross_street,
            assessment,
            choice,
            reason: if accepted { None } else { self.reason },
            outcome,
            divergence,
            demographics,
            call_back,
            person,
            while_locked: false,
        })
    }

    /// The age band, from the age in years where that is known.
    pub fn age_band(&self) -> Option<AgeBand> {
        let Entered::Text(text) = &self.age else { return self.demographics.age };
        match read_age(text).ok() {
            None => self.demographics.age,
            Some(0..=17) => Some(AgeBand::Under18),
            Some(18..=24) => Some(AgeBand::From18),
            Some(25..=34) => Some(AgeBand::From25),
            Some(35..=44) => Some(AgeBand::From35),
            Some(45..=54) => Some(AgeBand::From45),
            Some(55..) => Some(AgeBand::From55),
        }
    }

    fn supervisor(&self, gaps: &mut Gaps) -> Divergence {
        Divergence {
            supervisor: gaps.required((Step::Divergence, Field::Supervisor), &self.divergence.supervisor, 120),
            reason: gaps.required((Step::Divergence, Field::WhyDiverge), &self.divergence.reason, 1000),
        }
    }

    fn demographics(&self, gaps: &mut Gaps) -> Option<Demographics> {
        let (race, sex, age) = (self.demographics.race, self.demographics.sex, self.age_band());
        for (missing, field) in
            [(race.is_none(), Field::Race), (sex.is_none(), Field::Sex), (age.is_none(), Field::AgeBand)]
        {
            if missing {
                gaps.add(Step::Demographics, field, Why::Missing);
            }
        }
        Some(Demographics { race: race?, sex: sex?, age: age? })
    }

    fn person(&self, gaps: &mut Gaps) -> Option<Person> {
        let consent = self.given(gaps);
        let typed = &self.person;
        let name = gaps.required((Step::Person, Field::Name), typed.name.reveal(), 200);
        let latest = self.consent.map_or(self.at, |consent| consent.at).date_naive();
        let born = match typed.born.reveal().trim() {
            "" => None,
            text => gaps.date((Step::Person, Field::Born), text, latest),
        };
        let language = gaps.optional((Step::Person, Field::Language), &typed.language, 60);
        let reach = gaps.required((Step::Reach, Field::Reach), typed.reach.reveal(), 1000);
        let hazards = gaps.optional((Step::Needs, Field::Hazards), typed.hazards.reveal(), 1000);
        Some(Person {
            name: Private::new(name),
            born,
            reach: Private::new(reach),
            language: language.unwrap_or_default(),
            needs: typed.needs.clone(),
            hazards: hazards.map(Private::new),
            consent: consent?,
        })
    }

    fn given(&self, gaps: &mut Gaps) -> Option<Consent> {
        match self.consent {
            Some(ConsentForm { at, yes: Some(manner) }) => return Some(Consent { at, given: true, manner }),
            Some(ConsentForm { yes: None, .. }) => gaps.add(Step::Consent, Field::Consent, Why::Refused),
            None => gaps.add(Step::Consent, Field::Consent, Why::Missing),
        }
        None
    }
}

impl Gaps {
    fn required(&mut self, (step, field): (Step, Field), text: &str, most: usize) -> String {
        let found = self.optional((step.clone(), field), text, most);
        if text.trim().is_empty() {
            self.add(step, field, Why::Missing);
        }
        found.unwrap_or_default()
    }

    fn optional(&mut self, (step, field): (Step, Field), text: &str, most: usize) -> Option<String> {
        let text = text.trim();
        if text.chars().count() > most {
            self.add(step, field, Why::TooLong);
        }
        (!text.is_empty()).then(|| text.to_owned())
    }
}
