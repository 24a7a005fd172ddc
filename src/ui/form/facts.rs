//! The form's facts, as the rules see them.

use super::{Checked, Entered, Field, Form, Gap, Known, PriorPlace, Why, read_age, read_date, read_grams, read_months};
use crate::domain::facts::{Conviction, DrugFact, Facts, History, PriorInvolvement};
use crate::ui::flow::{Asks, Step};
use chrono::NaiveDate;

impl Form {
    /// The facts, with only what the pack still needs for this door and these offences: what was entered
    /// for an offence that is no longer ticked stays in the form and out of the facts.
    ///
    /// # Errors
    /// Every field that is missing or cannot be read.
    pub fn facts(&self, asks: &Asks) -> Result<Facts, Vec<Gap>> {
        let mut gaps = Gaps::default();
        let (history, prior) = (self.history(asks, &mut gaps), self.prior(asks, &mut gaps));
        let drug = self.drug(asks, &mut gaps);
        let age_years = gaps.number((Step::Age, Field::Age), asks.age.then_some(&self.age), read_age);
        let residency = asks.residency.then_some(&self.residency);
        let residency_months = gaps.number((Step::Residency, Field::Residency), residency, read_months);
        let diversions = asks.prior_diversions.then_some(&self.prior_diversions);
        let prior_diversions = gaps.number((Step::PriorDiversions, Field::PriorDiversions), diversions, read_months);
        if asks.place && !self.place.is_said() {
            gaps.add(Step::Place, Field::Street, Why::Missing);
        }
        if self.door.is_none() {
            gaps.add(Step::Door, Field::Door, Why::Missing);
        }
        if self.offences.is_empty() {
            gaps.add(Step::Offences, Field::Offences, Why::Missing);
        }
        let (Some(door), []) = (self.door, gaps.0.as_slice()) else { return Err(gaps.0) };
        Ok(Facts {
            door,
            at: self.at,
            fix: self.place.fix,
            offences: self.offences.clone(),
            drug,
            age_years,
            answers: asks.questions.iter().filter_map(|code| Some((code.clone(), *self.answers.get(code)?))).collect(),
            history,
            prior_involvement: prior,
            residency_months,
            prior_diversions,
        })
    }

    fn drug(&self, asks: &Asks, gaps: &mut Gaps) -> Option<DrugFact> {
        let class = self.drug.class.filter(|_| asks.drug)?;
        let grams = gaps.number((Step::Drug, Field::Grams), Some(&self.drug.grams), read_grams);
        Some(DrugFact { class, grams, measured: self.drug.measured && grams.is_some() })
    }

    fn history(&self, asks: &Asks, gaps: &mut Gaps) -> Option<History> {
        match self.history.checked.filter(|_| asks.history)? {
            Checked::NotChecked => Some(History { checked: false, convictions: Vec::new() }),
            Checked::Clear => Some(History { checked: true, convictions: Vec::new() }),
            Checked::Found => {
                if self.history.rows.is_empty() {
                    gaps.add(Step::History, Field::Group(0), Why::Missing);
                }
                let convictions = self.history.rows.iter().enumerate().filter_map(|(index, row)| {
                    if row.group.is_empty() {
                        gaps.add(Step::History, Field::Group(index), Why::Missing);
                    }
                    let on = gaps.date((Step::History, Field::ConvictedOn(index)), &row.on, self.at.date_naive())?;
                    Some(Conviction { group: row.group.clone(), on })
                });
                Some(History { checked: true, convictions: convictions.collect() })
            }
        }
    }

    fn prior(&self, asks: &Asks, gaps: &mut Gaps) -> Option<PriorInvolvement> {
        let Known::By(basis) = self.prior.known.filter(|_| asks.prior_involvement)? else { return None };
        let on = gaps.date((Step::Prior, Field::PriorOn), &self.prior.on, self.at.date_naive());
        let (fix, pin) = match self.prior.place {
            Some(PriorPlace::Here) => (self.place.fix, None),
            Some(PriorPlace::Elsewhere(pin)) => (None, pin),
            None => {
                gaps.add(Step::Prior, Field::PriorPlace, Why::Missing);
                (None, None)
            }
        };
        let (lat_deg, lon_deg) = (pin.map(|pin| pin.lat_deg), pin.map(|pin| pin.lon_deg));
        Some(PriorInvolvement { fix, lat_deg, lon_deg, on: on?, basis })
    }
}

/// Gaps as they are found.
#[derive(Default)]
pub(super) struct Gaps(pub(super) Vec<Gap>);

impl Gaps {
    pub(super) fn add(&mut self, step: Step, field: Field, why: Why) {
        self.0.push(Gap { step, field, why });
    }

    fn number<T>(
        &mut self,
        (step, field): (Step, Field),
        entered: Option<&Entered>,
        read: fn(&str) -> Result<T, Why>,
    ) -> Option<T> {
        match entered {
            None | Some(Entered::Open | Entered::NotKnown) => None,
            Some(Entered::Text(text)) => read(text).map_err(|why| self.add(step, field, why)).ok(),
        }
    }

    pub(super) fn date(&mut self, (step, field): (Step, Field), text: &str, latest: NaiveDate) -> Option<NaiveDate> {
        let why = match read_date(text) {
            Ok(date) if date <= latest => return Some(date),
            Ok(_) => Why::InFuture,
            Err(_) if text.trim().is_empty() => Why::Missing,
            Err(why) => why,
        };
        self.add(step, field, why);
        None
    }
}
