//! `assess(pack, zones, facts) -> Assessment`: pure, and the same bits everywhere.
//!
//! # Decisions
//! - The place that decides is the encounter's own at an arrest, and that of the earlier involvement at a
//!   social contact. `zone` speaks of that place; `prior_involvement` of when it was and how it is known.
//! - An unsure place is `unknown`: the facts do not tell, so a supervisor sees it.
//! - A conviction of 29 February is ten years old on 28 February.

mod rules;
mod words;

use super::codes::{Containment, Outcome, Verdict};
use super::facts::{Facts, FactsError};
use super::ids::Hash;
use super::pack::{Needs, Pack, Question};
use super::zone::Zones;
use serde::{Deserialize, Serialize};

/// What the rules say of one set of facts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// What they say together.
    pub verdict: Verdict,
    /// Where the deciding place lies; nothing if the pack declares no zones or no place is known.
    pub zone: Option<ZoneFinding>,
    /// Every rule of the pack, in its order.
    pub findings: Vec<Finding>,
    /// The pack that was applied.
    pub pack: PackRef,
}

/// Where a place lies against the nearest zone of the pack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ZoneFinding {
    /// Zone id.
    pub id: String,
    /// Version of the zone's file.
    pub version: String,
    /// Inside, outside or unsure.
    pub containment: Containment,
    /// Metres to the nearest boundary, to 0.1; never negative.
    pub margin_m: f64,
    /// The name of the nearest edge.
    pub nearest_edge: String,
}

impl ZoneFinding {
    /// Whether the place lies clearly on one side.
    pub fn is_sure(&self) -> bool {
        self.containment != Containment::Unsure
    }
}

/// What one rule says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Rule id.
    pub rule: String,
    /// What it says.
    pub outcome: Outcome,
    /// Why, in words that an officer understands.
    pub because: String,
}

/// Which pack, to the byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackRef {
    /// Pack id.
    pub id: String,
    /// Pack version.
    pub version: u32,
    /// SHA-256 of the pack's file.
    pub sha256: Hash,
}

/// What the rules of `pack` say of `facts`.
///
/// # Errors
/// Facts that are impossible or speak of what nobody knows; a zone of the pack that is not in `zones`,
/// which [`Pack::load`] has refused before.
pub fn assess(pack: &Pack, zones: &Zones, facts: &Facts) -> Result<Assessment, FactsError> {
    facts.check(pack)?;
    pack.check_zones(zones).map_err(|fault| fault.within("pack"))?;
    let case = rules::Case::new(pack, zones, facts)?;
    let findings: Vec<Finding> = pack.rules.iter().map(|rule| case.finding(rule)).collect();
    Ok(Assessment {
        verdict: verdict(&findings),
        zone: case.place().map(super::zone::Located::finding),
        findings,
        pack: pack.reference(),
    })
}

/// Barred if any rule bars; eligible if all pass; otherwise a supervisor decides.
fn verdict(findings: &[Finding]) -> Verdict {
    let any = |outcome| findings.iter().any(|finding| finding.outcome == outcome);
    if any(Outcome::Bars) {
        Verdict::Barred
    } else if any(Outcome::NeedsSupervisor) || any(Outcome::Unknown) {
        Verdict::NeedsSupervisor
    } else {
        Verdict::Eligible
    }
}

/// What the pack needs to know of these facts, known already or not.
pub fn needs<'a>(pack: &'a Pack, facts: &Facts) -> Needs<'a> {
    pack.needs(facts.door, &facts.offences)
}

/// The questions that the pack has for these facts and that nobody has answered yet, in its order.
pub fn questions_needed<'a>(pack: &'a Pack, facts: &Facts) -> Vec<&'a Question> {
    let mut questions = needs(pack, facts).questions;
    questions.retain(|question| !facts.answers.contains_key(&question.code));
    questions
}
