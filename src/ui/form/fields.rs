//! The parts of the form, each as far as it was entered.

use super::Why;
use crate::domain::codes::{AgeBand, ConsentManner, DrugClass, Need, Race, Sex};
use crate::domain::facts::{Basis, FixFact, FixSource};
use crate::domain::private::Private;
use crate::ui::flow::Step;
use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A number that may be known, typed, or expressly not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entered {
    /// Nothing was entered yet.
    #[default]
    Open,
    /// The officer said that it is not known.
    NotKnown,
    /// Text as typed; it may not be a number yet.
    Text(String),
}

impl Entered {
    /// The typed text; empty when there is none.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Open | Self::NotKnown => "",
        }
    }

    /// What typing `text` leaves: an emptied field is open again.
    pub fn typed(text: &str) -> Self {
        if text.trim().is_empty() { Self::Open } else { Self::Text(text.to_owned()) }
    }
}

/// Where the encounter is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PlaceForm {
    /// The position held, its age counted from the encounter's beginning.
    #[serde(default)]
    pub fix: Option<FixFact>,
    /// The cross street or address that the officer confirmed.
    #[serde(default)]
    pub street: String,
    /// The officer said that no street is known.
    #[serde(default)]
    pub street_unknown: bool,
}

impl PlaceForm {
    /// Whether a person said where it is, or that they cannot: a pin, a street, or "not known".
    pub fn is_said(&self) -> bool {
        let pinned = self.fix.is_some_and(|fix| fix.source == FixSource::Pin);
        pinned || self.street_unknown || !self.street.trim().is_empty()
    }
}

/// The drugs found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrugForm {
    /// Which kind.
    #[serde(default)]
    pub class: Option<DrugClass>,
    /// Grams, as typed or tapped.
    #[serde(default)]
    pub grams: Entered,
    /// Weighed, not estimated.
    #[serde(default)]
    pub measured: bool,
}

/// What the officer says of the records check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Checked {
    /// Checked, nothing that the pack looks back for.
    Clear,
    /// Checked, convictions found.
    Found,
    /// Could not be checked here.
    NotChecked,
}

/// Criminal history.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryForm {
    /// How the check went.
    #[serde(default)]
    pub checked: Option<Checked>,
    /// Convictions, when some were found.
    #[serde(default)]
    pub rows: Vec<ConvictionRow>,
}

/// One conviction as it is being entered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConvictionRow {
    /// History group of the pack; empty until one is tapped.
    #[serde(default)]
    pub group: String,
    /// Its date, as typed.
    #[serde(default)]
    pub on: String,
}

/// What the officer knows of earlier involvement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// There was some, known on this basis.
    By(Basis),
    /// None is known.
    No,
}

/// Earlier involvement with police inside the area.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PriorForm {
    /// Whether there was any, and how the officer knows.
    #[serde(default)]
    pub known: Option<Known>,
    /// Its date, as typed.
    #[serde(default)]
    pub on: String,
    /// Where. A draft that says nothing of it is asked again: a place is never assumed.
    #[serde(default)]
    pub place: Option<PriorPlace>,
}

/// Where the earlier involvement was.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriorPlace {
    /// Where the officer is now.
    Here,
    /// Somewhere else: on the map, or nowhere known while there is no pin.
    Elsewhere(Option<Pin>),
}

/// A point set by hand.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pin {
    /// Latitude in degrees, WGS 84.
    pub lat_deg: f64,
    /// Longitude in degrees, WGS 84.
    pub lon_deg: f64,
}

/// A supervisor's word.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DivergenceForm {
    /// The supervisor's name.
    #[serde(default)]
    pub supervisor: String,
    /// The reason given.
    #[serde(default)]
    pub reason: String,
}

/// Race or ethnicity, sex and age band.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemographicsForm {
    /// Race or ethnicity.
    #[serde(default)]
    pub race: Option<Race>,
    /// Sex.
    #[serde(default)]
    pub sex: Option<Sex>,
    /// Age band, when the age in years is not known.
    #[serde(default)]
    pub age: Option<AgeBand>,
}

/// The person's answer to sharing their details.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentForm {
    /// When they were asked.
    pub at: DateTime<FixedOffset>,
    /// How they said yes; nothing if they said no.
    pub yes: Option<ConsentManner>,
}

/// The person who accepted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonForm {
    /// Name or alias.
    #[serde(default)]
    pub name: Private<String>,
    /// Date of birth, as typed.
    #[serde(default)]
    pub born: Private<String>,
    /// How and where to find them.
    #[serde(default)]
    pub reach: Private<String>,
    /// The language they speak best.
    #[serde(default)]
    pub language: String,
    /// What they need tonight.
    #[serde(default)]
    pub needs: BTreeSet<Need>,
    /// What the case manager must know before walking up.
    #[serde(default)]
    pub hazards: Private<String>,
}

/// A field that keeps the form from becoming a record, and the card that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The card.
    pub step: Step,
    /// The field on it.
    pub field: Field,
    /// What is wrong.
    pub why: Why,
}

/// A field of the form that can be at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// How the person comes to the program.
    Door,
    /// The offences.
    Offences,
    /// Grams.
    Grams,
    /// The group of the conviction with this index.
    Group(usize),
    /// The date of the conviction with this index.
    ConvictedOn(usize),
    /// Age in years.
    Age,
    /// The date of the earlier involvement.
    PriorOn,
    /// Where the earlier involvement was.
    PriorPlace,
    /// Months in the area.
    Residency,
    /// Earlier diversions.
    PriorDiversions,
    /// The decision.
    Choice,
    /// Why not.
    Reason,
    /// What became of the person.
    Outcome,
    /// The supervisor's name.
    Supervisor,
    /// The supervisor's reason.
    WhyDiverge,
    /// Race or ethnicity.
    Race,
    /// Sex.
    Sex,
    /// Age band.
    AgeBand,
    /// The answer to sharing details.
    Consent,
    /// Name or alias.
    Name,
    /// Date of birth.
    Born,
    /// How to find the person.
    Reach,
    /// Language.
    Language,
    /// Hazards.
    Hazards,
    /// How to call the officer back.
    CallBack,
    /// The cross street.
    Street,
    /// The incident number.
    Incident,
}
