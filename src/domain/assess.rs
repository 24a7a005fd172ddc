//! `assess(pack, zones, facts) -> Assessment`: pure, and the same bits everywhere.

use super::codes::{Containment, Outcome, Verdict};
use super::ids::Hash;
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
