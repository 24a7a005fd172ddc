//! What the person needs, area by area.

use super::{MOST_WORDS, NoteFault, Words, Wrong, text};
use crate::domain::casework::codes::{Area, Level};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the person needs. An area that was not asked about is not in it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedsAssessment {
    /// Each area that was asked about.
    pub areas: BTreeMap<Area, Assessed>,
}

/// One area of a needs assessment.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessed {
    /// How much help it needs.
    pub level: Level,
    /// In whose words whatever fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Words,
}

impl NeedsAssessment {
    /// Checks what the types cannot say.
    pub(super) fn check(&self) -> Result<(), NoteFault> {
        if self.areas.is_empty() {
            let first = Area::ALL.first().map_or("", |area| area.code());
            return Err(NoteFault::new(first, Wrong::NoArea));
        }
        let words = |(area, found): (&Area, &Assessed)| {
            text(&format!("{}_words", area.code()), found.words.as_ref(), MOST_WORDS)
        };
        self.areas.iter().try_for_each(words)
    }
}
