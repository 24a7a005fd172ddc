//! What makes facts impossible, whatever the rules say.

use super::{Facts, FactsError, FixFact, History, PriorInvolvement};
use crate::domain::fault::{Fault, read};
use crate::domain::pack::Pack;
use crate::domain::zone::{Fix, not_negative, place_of};
use chrono::NaiveDate;

/// Offences that every site shares; a pack may add its own.
pub const OFFENCES: [&str; 8] = [
    "drug_possession",
    "drug_delivery",
    "prostitution",
    "public_drug_use",
    "theft",
    "trespass",
    "transit_misconduct",
    "park_violation",
];
/// Groups of convictions that every site shares; a pack may add its own.
pub const GROUPS: [&str; 13] = [
    "murder",
    "arson",
    "robbery_1",
    "assault_1",
    "kidnapping",
    "firearm_1",
    "sex_offence",
    "domestic_violence",
    "robbery_2",
    "assault_2",
    "assault_3",
    "burglary",
    "firearm_2",
];
/// Questions that every site shares; a pack may add its own.
pub const QUESTIONS: [&str; 9] = [
    "amenable",
    "dealing_above_subsistence",
    "exploits_minors",
    "promoting_prostitution",
    "specialty_court_pending",
    "threat_of_harm",
    "interested",
    "no_contact_order",
    "victim_consents",
];
/// No one is older.
const OLDEST_YEARS: u16 = 130;

impl Facts {
    /// Reads facts as JSON.
    ///
    /// # Errors
    /// Names the field that is missing, unknown or of another type.
    pub fn parse(json: &[u8]) -> Result<Self, FactsError> {
        read(json)
    }

    /// Whether these facts are possible, and speak of what `pack` knows.
    ///
    /// # Errors
    /// Names the first field that is out of range, an unknown code, or dated after the encounter.
    pub fn check(&self, pack: &Pack) -> Result<(), FactsError> {
        if !pack.doors.contains(&self.door) {
            return Err(Fault::new("door", format!("`{}` is not a door of `{}`", self.door.code(), pack.id)));
        }
        self.offence_codes(pack)?;
        for code in self.answers.keys() {
            if !QUESTIONS.contains(&code.as_str()) && pack.question(code).is_none() {
                return Err(Fault::new(format!("answers.{code}"), "is not a question that is known here"));
            }
        }
        if let Some(history) = &self.history {
            groups(history, pack)?;
        }
        self.check_possible()
    }

    /// Whether these facts are possible, whatever the rules: for a receiver that does not know the rules.
    ///
    /// # Errors
    /// Names the first field that is missing, out of range, or dated after the encounter.
    pub fn check_possible(&self) -> Result<(), FactsError> {
        if self.offences.is_empty() {
            return Err(Fault::new("offences", "is empty; at least one is needed"));
        }
        if let Some(fix) = &self.fix {
            fix_is_possible(fix).map_err(|fault| fault.within("fix"))?;
        }
        if let Some(grams) = self.drug.and_then(|drug| drug.grams) {
            not_negative("drug.grams", grams)?;
        }
        if let Some(age) = self.age_years.filter(|age| *age > OLDEST_YEARS) {
            return Err(Fault::new("age_years", format!("{age} is not between 0 and {OLDEST_YEARS}")));
        }
        let today = self.at.date_naive();
        if let Some(history) = &self.history {
            days(history, today)?;
        }
        self.prior_involvement
            .as_ref()
            .map_or(Ok(()), |prior| involvement(prior, today).map_err(|fault| fault.within("prior_involvement")))
    }

    fn offence_codes(&self, pack: &Pack) -> Result<(), FactsError> {
        for (i, code) in self.offences.iter().enumerate() {
            if !OFFENCES.contains(&code.as_str()) && pack.offence(code).is_none() {
                return Err(Fault::new(
                    format!("offences[{i}]"),
                    format!("`{code}` is not an offence that is known here"),
                ));
            }
        }
        Ok(())
    }
}

impl PriorInvolvement {
    /// Where it was; nothing if that is not known.
    ///
    /// # Errors
    /// Both forms of a place, half of one, or a place out of range.
    pub fn place(&self) -> Result<Option<Fix>, FactsError> {
        match (&self.fix, self.lat_deg, self.lon_deg) {
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
                Err(Fault::new("fix", "is given beside `lat_deg` and `lon_deg`; one of the two is enough"))
            }
            (Some(fix), None, None) => Fix::of(fix).map(Some).map_err(|fault| fault.within("fix")),
            (None, Some(lat), Some(lon)) => place_of(lat, lon).map(|place| Some(Fix::by_hand(place))),
            (None, Some(_), None) => Err(Fault::new("lon_deg", "is missing beside `lat_deg`")),
            (None, None, Some(_)) => Err(Fault::new("lat_deg", "is missing beside `lon_deg`")),
            (None, None, None) => Ok(None),
        }
    }
}

fn fix_is_possible(fix: &FixFact) -> Result<(), FactsError> {
    Fix::of(fix).map(|_| ())
}

fn groups(history: &History, pack: &Pack) -> Result<(), FactsError> {
    for (i, conviction) in history.convictions.iter().enumerate() {
        let group = conviction.group.as_str();
        if !GROUPS.contains(&group) && !pack.groups.iter().any(|own| own.code == group) {
            let path = format!("history.convictions[{i}].group");
            return Err(Fault::new(path, format!("`{group}` is not a group that is known here")));
        }
    }
    Ok(())
}

fn days(history: &History, today: NaiveDate) -> Result<(), FactsError> {
    let mut days = history.convictions.iter().enumerate();
    days.try_for_each(|(i, conviction)| not_after(&format!("history.convictions[{i}].on"), conviction.on, today))
}

fn involvement(prior: &PriorInvolvement, today: NaiveDate) -> Result<(), FactsError> {
    prior.place()?;
    not_after("on", prior.on, today)
}

fn not_after(field: &str, day: NaiveDate, today: NaiveDate) -> Result<(), FactsError> {
    if day > today {
        return Err(Fault::new(field, format!("{day} is after the encounter on {today}")));
    }
    Ok(())
}
