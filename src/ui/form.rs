//! The draft of one encounter: everything tapped or typed so far, however incomplete.
//!
//! A form is stored on every change and opened again at the same card after a kill, so it keeps text
//! as it was typed and the pack that it began with. Turning it into [`Facts`](crate::domain::facts::Facts)
//! and a [`Decision`](crate::domain::encounter::Decision) is pure: either the whole comes out, or a
//! list of [`Gap`]s that names each card and field at fault.

mod decision;
mod edit;
mod facts;
mod fields;
mod read;
mod recorded;

pub use edit::Edit;
pub use fields::{
    Checked, ConsentForm, ConvictionRow, DemographicsForm, DivergenceForm, DrugForm, Entered, Field, Gap, HistoryForm,
    Known, PersonForm, Pin, PlaceForm, PriorForm, PriorPlace,
};
pub use read::{Why, read_age, read_date, read_grams, read_months};

use super::flow::Step;
use crate::domain::assess::PackRef;
use crate::domain::codes::{Choice, Door, Need, Reason, SceneOutcome, YesNo};
use crate::domain::facts::FixFact;
use crate::domain::private::Private;
use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The format of stored drafts that this build writes.
pub const FORMAT: u8 = 1;

/// Everything that the officer entered for one encounter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// [`FORMAT`].
    pub format: u8,
    /// The pack in force when the encounter began; it stays the draft's pack.
    pub pack: PackRef,
    /// When the encounter began, on the scene's own clock.
    pub at: DateTime<FixedOffset>,
    /// The card that is open.
    pub step: Step,
    /// The card to return to, when one was opened out of turn.
    #[serde(default)]
    pub back_to: Option<Step>,
    /// Where.
    #[serde(default)]
    pub place: PlaceForm,
    /// The agency's incident number.
    #[serde(default)]
    pub incident: String,
    /// How the person comes to the program.
    #[serde(default)]
    pub door: Option<Door>,
    /// Offence codes, in the order in which they were tapped.
    #[serde(default)]
    pub offences: Vec<String>,
    /// The drugs found.
    #[serde(default)]
    pub drug: DrugForm,
    /// Answers by question code.
    #[serde(default)]
    pub answers: BTreeMap<String, YesNo>,
    /// Criminal history.
    #[serde(default)]
    pub history: HistoryForm,
    /// Age in whole years, as typed.
    #[serde(default)]
    pub age: Entered,
    /// Earlier involvement, for the social-contact door.
    #[serde(default)]
    pub prior: PriorForm,
    /// Months in the area, as typed.
    #[serde(default)]
    pub residency: Entered,
    /// Diversions that the records show, as typed.
    #[serde(default)]
    pub prior_diversions: Entered,
    /// What the officer decided.
    #[serde(default)]
    pub choice: Option<Choice>,
    /// Why not.
    #[serde(default)]
    pub reason: Option<Reason>,
    /// What became of the person, when no offer was taken.
    #[serde(default)]
    pub outcome: Option<SceneOutcome>,
    /// The supervisor's word, when the decision departs from the verdict.
    #[serde(default)]
    pub divergence: DivergenceForm,
    /// For the report on fairness.
    #[serde(default)]
    pub demographics: DemographicsForm,
    /// The person's answer to sharing their details.
    #[serde(default)]
    pub consent: Option<ConsentForm>,
    /// The person who accepted.
    #[serde(default)]
    pub person: PersonForm,
    /// How the case manager calls the officer back.
    #[serde(default)]
    pub call_back: Private<String>,
}

/// Why a stored draft cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// Not the JSON of a draft.
    #[error("draft: {0}")]
    Json(#[from] serde_json::Error),
    /// Written by another version of the app; it is kept.
    #[error("draft: format {0} is not known here")]
    Format(u8),
}

impl Form {
    /// An empty form for an encounter that begins now.
    pub fn new(pack: PackRef, at: DateTime<FixedOffset>) -> Self {
        Self {
            format: FORMAT,
            pack,
            at,
            step: Step::Door,
            back_to: None,
            place: PlaceForm::default(),
            incident: String::new(),
            door: None,
            offences: Vec::new(),
            drug: DrugForm::default(),
            answers: BTreeMap::new(),
            history: HistoryForm::default(),
            age: Entered::Open,
            prior: PriorForm::default(),
            residency: Entered::Open,
            prior_diversions: Entered::Open,
            choice: None,
            reason: None,
            outcome: None,
            divergence: DivergenceForm::default(),
            demographics: DemographicsForm::default(),
            consent: None,
            person: PersonForm::default(),
            call_back: Private::default(),
        }
    }

    /// Opens a stored draft.
    ///
    /// # Errors
    /// Text that is no draft, or a draft of another format.
    pub fn parse(json: &str) -> Result<Self, DraftError> {
        #[derive(Deserialize)]
        struct Format {
            format: u8,
        }
        match serde_json::from_str::<Format>(json)?.format {
            FORMAT => Ok(serde_json::from_str(json)?),
            other => Err(DraftError::Format(other)),
        }
    }

    /// The draft as it is stored.
    ///
    /// # Errors
    /// None in practice: every field has a JSON form. The type of `serde_json` is kept.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    /// Adds an offence, or takes it away again.
    pub fn toggle_offence(&mut self, code: &str) {
        match self.offences.iter().position(|held| held == code) {
            Some(at) => drop(self.offences.remove(at)),
            None => self.offences.push(code.to_owned()),
        }
    }

    /// Adds a need, or takes it away again.
    pub fn toggle_need(&mut self, need: Need) {
        if !self.person.needs.remove(&need) {
            self.person.needs.insert(need);
        }
    }

    /// Takes the position that the device reports, unless the officer pinned one or a better one is held.
    /// A fix reported more than [`STAYS_S`] seconds after the beginning belongs to somewhere else.
    pub fn offer_fix(&mut self, fix: FixFact, since_began_s: f64) {
        use crate::domain::facts::FixSource;
        if since_began_s > STAYS_S {
            return;
        }
        let fix = FixFact { age_s: (fix.age_s - since_began_s).max(0.0), ..fix };
        let better = match &self.place.fix {
            None => true,
            Some(held) if held.source == FixSource::Pin => false,
            Some(held) => held.mock || held.age_s > fix.age_s || fix.accuracy_m < held.accuracy_m,
        };
        if better {
            self.place.fix = Some(fix);
        }
    }

    /// The rules or zones changed under an open encounter: back to the verdict, and from there to whatever
    /// it now leaves open, or to the review.
    pub fn reconsider(&mut self) {
        (self.step, self.back_to) = (Step::Verdict, Some(Step::Review));
    }

    /// Sets the place by hand: a pin is right to 10 metres and has no age.
    pub const fn pin(&mut self, pin: Pin) {
        use crate::domain::facts::FixSource;
        self.place.fix = Some(FixFact {
            lat_deg: pin.lat_deg,
            lon_deg: pin.lon_deg,
            accuracy_m: 10.0,
            age_s: 0.0,
            mock: false,
            source: FixSource::Pin,
        });
    }
}

/// For this many seconds after the beginning a better fix still replaces the one held: the officer is
/// at the scene that long, and a receiver between towers takes about a minute to settle.
pub const STAYS_S: f64 = 120.0;

#[cfg(test)]
mod tests;
