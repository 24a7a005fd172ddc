//! What an officer knows at the scene, as it is typed, stored, sent and replayed.

mod check;

pub use super::fault::Fault as FactsError;
pub use check::{GROUPS, OFFENCES, QUESTIONS};

use super::codes::{Door, DrugClass, YesNo};
use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The facts of one encounter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// How the person comes to the program.
    pub door: Door,
    /// When, as the scene's own clock showed it.
    pub at: DateTime<FixedOffset>,
    /// Where, if it is known.
    #[serde(default)]
    pub fix: Option<FixFact>,
    /// Offence codes; at least one.
    pub offences: Vec<String>,
    /// The drugs found, if any.
    #[serde(default)]
    pub drug: Option<DrugFact>,
    /// Age in whole years.
    #[serde(default)]
    pub age_years: Option<u16>,
    /// Answers by question code.
    #[serde(default)]
    pub answers: BTreeMap<String, YesNo>,
    /// Criminal history.
    #[serde(default)]
    pub history: Option<History>,
    /// For the social-contact door: the earlier involvement.
    #[serde(default)]
    pub prior_involvement: Option<PriorInvolvement>,
    /// Whole months for which the person has lived in the site's area.
    #[serde(default)]
    pub residency_months: Option<u16>,
    /// Diversions that the records already show.
    #[serde(default)]
    pub prior_diversions: Option<u16>,
}

/// A position as it was reported.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixFact {
    /// Latitude in degrees, WGS 84.
    pub lat_deg: f64,
    /// Longitude in degrees, WGS 84.
    pub lon_deg: f64,
    /// 68 % radius in metres.
    pub accuracy_m: f64,
    /// Age of the fix at `at`, in seconds.
    pub age_s: f64,
    /// The system says that the position is simulated.
    #[serde(default)]
    pub mock: bool,
    /// Where the position came from.
    #[serde(default)]
    pub source: FixSource,
}

/// Where a position came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FixSource {
    /// The device's receiver.
    #[default]
    Gps,
    /// Set by hand on the map or from an address.
    Pin,
    /// A recorded track.
    Track,
}

/// The drugs found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrugFact {
    /// Which kind.
    pub class: DrugClass,
    /// Grams, nothing if not known.
    #[serde(default)]
    pub grams: Option<f64>,
    /// Weighed, not estimated.
    #[serde(default)]
    pub measured: bool,
}

/// What the check of criminal history gave.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    /// Records could be checked at the scene.
    pub checked: bool,
    /// Convictions found.
    #[serde(default)]
    pub convictions: Vec<Conviction>,
}

/// One conviction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conviction {
    /// History group of the pack.
    pub group: String,
    /// Date of the conviction.
    pub on: NaiveDate,
}

/// Earlier involvement with police inside the program area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriorInvolvement {
    /// Where, as a fix.
    #[serde(default)]
    pub fix: Option<FixFact>,
    /// Where, as a bare point: latitude in degrees.
    #[serde(default)]
    pub lat_deg: Option<f64>,
    /// Where, as a bare point: longitude in degrees.
    #[serde(default)]
    pub lon_deg: Option<f64>,
    /// When.
    pub on: NaiveDate,
    /// How the officer knows.
    pub basis: Basis,
}

/// How an officer knows of earlier involvement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Police records.
    Records,
    /// The officer's own observation.
    Observed,
    /// Reliable information from another professional or a credible community member.
    ReliableInformation,
}
