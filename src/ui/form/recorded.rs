//! The form of what was recorded: so that a record is corrected on the very cards on which it was made.

use super::{
    Checked, ConvictionRow, DrugForm, Entered, Form, HistoryForm, Known, Pin, PlaceForm, PriorForm, PriorPlace,
};
use crate::domain::assess::PackRef;
use crate::domain::facts::{DrugFact, Facts, History, PriorInvolvement};
use crate::ui::flow::Step;
use chrono::NaiveDate;

impl Form {
    /// The form that gives these facts, at the review. What the facts do not say counts as "not known", but
    /// for the answers to questions: those are asked for.
    pub fn of(facts: &Facts, pack: PackRef, street: Option<&String>) -> Self {
        Self {
            step: Step::Review,
            place: PlaceForm {
                fix: facts.fix,
                street: street.cloned().unwrap_or_default(),
                street_unknown: street.is_none(),
            },
            door: Some(facts.door),
            offences: facts.offences.clone(),
            drug: facts.drug.map(drug).unwrap_or_default(),
            answers: facts.answers.clone(),
            history: history(facts.history.as_ref()),
            age: number(facts.age_years),
            prior: prior(facts),
            residency: number(facts.residency_months),
            prior_diversions: number(facts.prior_diversions),
            ..Self::new(pack, facts.at)
        }
    }
}

fn number<T: ToString>(known: Option<T>) -> Entered {
    known.map_or(Entered::NotKnown, |number| Entered::Text(number.to_string()))
}

fn drug(drug: DrugFact) -> DrugForm {
    DrugForm { class: Some(drug.class), grams: number(drug.grams), measured: drug.measured }
}

/// A day as officers write it.
fn day(on: NaiveDate) -> String {
    on.format("%m/%d/%Y").to_string()
}

fn history(history: Option<&History>) -> HistoryForm {
    let Some(history) = history.filter(|history| history.checked) else {
        return HistoryForm { checked: Some(Checked::NotChecked), rows: Vec::new() };
    };
    let rows = history.convictions.iter();
    let rows: Vec<_> = rows.map(|found| ConvictionRow { group: found.group.clone(), on: day(found.on) }).collect();
    HistoryForm { checked: Some(if rows.is_empty() { Checked::Clear } else { Checked::Found }), rows }
}

fn prior(facts: &Facts) -> PriorForm {
    let Some(prior) = &facts.prior_involvement else {
        return PriorForm { known: Some(Known::No), ..PriorForm::default() };
    };
    let place = if prior.fix.is_some() && prior.fix == facts.fix {
        PriorPlace::Here
    } else {
        PriorPlace::Elsewhere(elsewhere(prior))
    };
    PriorForm { known: Some(Known::By(prior.basis)), on: day(prior.on), place: Some(place) }
}

fn elsewhere(prior: &PriorInvolvement) -> Option<Pin> {
    let fix = prior.fix.map(|fix| Pin { lat_deg: fix.lat_deg, lon_deg: fix.lon_deg });
    fix.or_else(|| Some(Pin { lat_deg: prior.lat_deg?, lon_deg: prior.lon_deg? }))
}
