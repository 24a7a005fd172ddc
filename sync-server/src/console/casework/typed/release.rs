//! What a person typed into the form of a release.

use super::Typed;
use chrono::{Days, NaiveDate};
use handoff::domain::casework::{NoteFault, Wrong};
use handoff::domain::ids::ReleaseId;
use handoff::domain::release::{Audience, Giving, Item, Release};
use std::collections::BTreeSet;

/// A form opens with so many days from today: a last day is asked for, and can be any.
const OPENS_WITH_DAYS: u64 = 180;

impl Typed {
    /// What the form of a release opens with.
    pub fn opening_release(today: NaiveDate) -> Self {
        let mut typed = Self::default();
        typed.put("on", today.to_string());
        let until = today.checked_add_days(Days::new(OPENS_WITH_DAYS)).unwrap_or(today);
        typed.put("until", until.to_string());
        typed
    }

    /// The id that the form was given.
    pub fn release_id(&self) -> Option<ReleaseId> {
        self.one("id").parse().ok()
    }

    /// Reads and checks a release.
    ///
    /// # Errors
    /// The first field that cannot be taken.
    pub fn release(&self, today: NaiveDate) -> Result<Release, NoteFault> {
        let items: Option<BTreeSet<_>> = self.all("items").iter().map(|code| Item::from_code(code)).collect();
        let to = self.code("to", Audience::from_code)?;
        let manner = self.code("manner", Giving::from_code)?;
        let release = Release {
            items: items.ok_or_else(|| NoteFault::new("items", Wrong::NoItem))?,
            to,
            // A field beside a choice that was not made says nothing.
            named: self.words("named").filter(|_| to == Audience::Other),
            purpose: self.words("purpose").unwrap_or_default(),
            manner,
            witness: self.words("witness").filter(|_| manner == Giving::Spoken),
            on: self.day()?,
            until: NaiveDate::parse_from_str(self.one("until").trim(), "%Y-%m-%d")
                .map_err(|_| NoteFault::new("until", Wrong::NoLastDay))?,
        };
        release.check(today)?;
        Ok(release)
    }
}
