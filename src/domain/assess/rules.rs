//! One function per kind of rule: the facts in, an outcome and its reason out.

use super::{Finding, words};
use crate::domain::codes::{Containment, Door, DrugClass, Outcome, YesNo};
use crate::domain::facts::{Basis, Facts, FactsError, PriorInvolvement};
use crate::domain::pack::{LookBack, Pack, Question, Rule, Test};
use crate::domain::zone::{Fix, Located, Zones};
use chrono::{Months, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// Facts under a pack, with the deciding place looked up once.
pub(super) struct Case<'a> {
    pack: &'a Pack,
    facts: &'a Facts,
    place: Option<Located<'a>>,
}

/// What a test says: it passes, applies, or cannot tell.
enum Said {
    Passes(String),
    Applies(String),
    CannotTell(String),
}
use Said::{Applies, CannotTell, Passes};

impl<'a> Case<'a> {
    pub(super) fn new(pack: &'a Pack, zones: &'a Zones, facts: &'a Facts) -> Result<Self, FactsError> {
        let fix = match facts.door {
            Door::Arrest => facts.fix.as_ref().map(Fix::of).transpose().map_err(|fault| fault.within("fix"))?,
            Door::SocialContact => {
                let place = facts.prior_involvement.as_ref().map(PriorInvolvement::place).transpose();
                place.map_err(|fault| fault.within("prior_involvement"))?.flatten()
            }
        };
        let place = fix.and_then(|fix| zones.locate(&pack.zones, &fix));
        Ok(Self { pack, facts, place })
    }

    pub(super) const fn place(&self) -> Option<&Located<'a>> {
        self.place.as_ref()
    }

    pub(super) fn finding(&self, rule: &Rule) -> Finding {
        let said = if rule.concerns(self.facts.door, &self.facts.offences) {
            self.test(&rule.test)
        } else {
            Passes(words::not_concerned(rule, self.facts.door).into())
        };
        let (outcome, because) = match said {
            Passes(because) => (Outcome::Pass, because),
            Applies(because) => (rule.effect, because),
            CannotTell(because) => (Outcome::Unknown, because),
        };
        Finding { rule: rule.id.clone(), outcome, because }
    }

    fn test(&self, test: &Test) -> Said {
        match test {
            Test::Zone => self.zone(),
            Test::Offence => self.offence(),
            Test::Grams(limits) => self.grams(limits),
            Test::Age(minimum) => self.age(*minimum),
            Test::History { reach, groups } => self.history(*reach, groups),
            Test::Question(question) => self.question(question),
            Test::PriorInvolvement { months, basis } => self.prior_involvement(*months, basis),
            Test::Window(windows) => {
                if windows.iter().any(|window| window.holds(self.facts.at)) {
                    Passes("the service works at this hour".into())
                } else {
                    Applies("the service does not work at this hour".into())
                }
            }
            Test::Residency(months) => self.residency(*months),
            Test::PriorDiversions(at_least) => self.prior_diversions(*at_least),
        }
    }

    fn zone(&self) -> Said {
        if self.pack.zones.is_empty() {
            return Passes("the program works wherever the agency works".into());
        }
        let Some(place) = &self.place else {
            return CannotTell(words::no_place(self.facts.door).into());
        };
        let because = words::place(place);
        match place.containment() {
            Containment::Inside => Passes(because),
            Containment::Outside => Applies(because),
            Containment::Unsure => CannotTell(because),
        }
    }

    fn offence(&self) -> Said {
        match self.facts.offences.iter().find(|code| self.pack.offence(code).is_none()) {
            Some(code) => Applies(format!("{} is not covered by this program", code.replace('_', " "))),
            None if self.facts.offences.len() == 1 => Passes("the offence is covered by this program".into()),
            None => Passes("the offences are covered by this program".into()),
        }
    }

    fn grams(&self, limits: &BTreeMap<DrugClass, Option<f64>>) -> Said {
        if !self.pack.about_drugs(&self.facts.offences) {
            return Passes("no drug offence".into());
        }
        let Some(drug) = self.facts.drug else {
            return CannotTell("the kind of drug and its weight are not known".into());
        };
        let name = words::drug(drug.class);
        match (limits.get(&drug.class), drug.grams) {
            (None, _) => Applies(format!("{name} is not covered by this program")),
            (Some(None), _) => Passes(format!("no limit for {name}")),
            (Some(Some(_)), None) => CannotTell(format!("the weight of the {name} is not known")),
            (Some(Some(limit)), Some(grams)) if grams > *limit => {
                Applies(format!("{grams} g of {name} is over {limit} g"))
            }
            (Some(Some(limit)), Some(grams)) => Passes(format!("{grams} g of {name} is not over {limit} g")),
        }
    }

    fn age(&self, minimum: u16) -> Said {
        match self.facts.age_years {
            None => CannotTell("age is not known".into()),
            Some(age) if age < minimum => Applies(format!("{age} years old, under {minimum}")),
            Some(age) => Passes(format!("{age} years old, {minimum} or over")),
        }
    }

    fn history(&self, reach: LookBack, groups: &BTreeSet<String>) -> Said {
        let Some(history) = &self.facts.history else {
            return CannotTell("criminal history was not checked".into());
        };
        let today = self.facts.at.date_naive();
        let counts = |on: NaiveDate| match reach {
            LookBack::Life => true,
            LookBack::Years(years) => is_younger(on, u32::from(years) * 12, today),
        };
        let found = history.convictions.iter().filter(|c| groups.contains(&c.group) && counts(c.on));
        if let Some(conviction) = found.max_by_key(|conviction| conviction.on) {
            let (label, on) = (self.pack.group_label(&conviction.group), conviction.on);
            return Applies(match reach {
                LookBack::Life => format!("{label} on {on} counts for life"),
                LookBack::Years(years) => format!("{label} on {on} is within {years} years of {today}"),
            });
        }
        if !history.checked {
            return CannotTell("criminal history could not be checked".into());
        }
        Passes(match reach {
            LookBack::Life => "no conviction that counts for life".into(),
            LookBack::Years(years) => format!("no conviction that counts within {years} years"),
        })
    }

    fn question(&self, question: &Question) -> Said {
        let because = |answer: YesNo| match answer {
            YesNo::Yes => question.yes.clone(),
            YesNo::No => question.no.clone(),
            YesNo::Unknown => format!("not known: {}", question.ask),
        };
        match self.facts.answers.get(&question.code) {
            None => CannotTell(format!("not answered: {}", question.ask)),
            Some(YesNo::Unknown) => CannotTell(because(YesNo::Unknown)),
            Some(answer) if *answer == question.pass => Passes(because(*answer)),
            Some(answer) => Applies(because(*answer)),
        }
    }

    fn prior_involvement(&self, months: u32, allowed: &[Basis]) -> Said {
        let Some(prior) = &self.facts.prior_involvement else {
            return CannotTell("earlier involvement with police here is not known".into());
        };
        let (basis, on, today) = (words::basis(prior.basis), prior.on, self.facts.at.date_naive());
        if !allowed.contains(&prior.basis) {
            return Applies(format!("earlier involvement known {basis} does not count here"));
        }
        if is_younger(on, months, today) || months_later(on, months) == Some(today) {
            return Passes(format!("earlier involvement on {on}, known {basis}"));
        }
        Applies(format!("earlier involvement on {on} is not within {months} months of {today}"))
    }

    fn residency(&self, minimum: u16) -> Said {
        match self.facts.residency_months {
            None => CannotTell("how long the person has lived here is not known".into()),
            Some(months) if months < minimum => Applies(format!("lives here for {months} months, under {minimum}")),
            Some(months) => Passes(format!("lives here for {months} months, {minimum} or over")),
        }
    }

    fn prior_diversions(&self, at_least: u16) -> Said {
        match self.facts.prior_diversions {
            None => CannotTell("the number of earlier diversions is not known".into()),
            Some(count) if count >= at_least => Applies(format!("earlier diversions: {count}, {at_least} or more")),
            Some(count) => Passes(format!("earlier diversions: {count}, fewer than {at_least}")),
        }
    }
}

/// Whether `on` is less than so many months before `today`: on the very day it no longer is.
fn is_younger(on: NaiveDate, months: u32, today: NaiveDate) -> bool {
    months_later(on, months).is_none_or(|end| end > today)
}

/// Nothing beyond the end of the calendar.
fn months_later(on: NaiveDate, months: u32) -> Option<NaiveDate> {
    on.checked_add_months(Months::new(months))
}
