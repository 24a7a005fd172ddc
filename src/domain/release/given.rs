//! What a release says, and what was done to it.

use crate::domain::casework::{NoteFault, Wrong};
use crate::domain::codes::codes;
use crate::domain::ids::{ReleaseId, StaffId};
use crate::domain::private::Private;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// A name of someone who is told, or of a witness, holds at most this many letters.
pub const MOST_NAMED: usize = 200;
/// What a release is for holds at most this many letters.
pub const MOST_PURPOSE: usize = 300;

codes! {
    /// What can be released.
    Item {
        /// That the person takes part, and how far it is. Officers and prosecutors see this without a release.
        Status = "status",
        /// When they met, the intake, and when they last spoke: days, no words.
        Attendance = "attendance",
        /// The plan in codes: how many steps are done, and which services.
        Plan = "plan",
        /// Who the case manager is.
        Manager = "manager",
    }
}
codes! {
    /// To whom something is released.
    Audience {
        /// Officers of the agency and their sergeants.
        Officer = "officer",
        /// The prosecutor who holds the charge.
        Prosecutor = "prosecutor",
        /// Someone else, by name.
        Other = "other",
    }
}
codes! {
    /// How a release was given.
    Giving {
        /// Signed on paper, which the program keeps.
        Paper = "paper",
        /// Signed electronically.
        Electronic = "electronic",
        /// Spoken, and a witness heard it.
        Spoken = "spoken",
    }
}
codes! {
    /// How a release was withdrawn. Any way will do.
    Ending {
        /// They said so.
        Spoken = "spoken",
        /// They wrote or signed it.
        Written = "written",
        /// Someone who may speak for them said so.
        Through = "through",
    }
}

impl Giving {
    /// Whether it lets out what tells of care.
    pub const fn is_signed(self) -> bool {
        match self {
            Self::Paper | Self::Electronic => true,
            Self::Spoken => false,
        }
    }
}

impl Item {
    /// Whether it tells of care, so that a spoken word is not enough.
    pub const fn tells_of_care(self) -> bool {
        match self {
            Self::Attendance | Self::Plan => true,
            Self::Status | Self::Manager => false,
        }
    }
}

/// A release of information, as the person gave it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// What is released.
    pub items: BTreeSet<Item>,
    /// To whom.
    pub to: Audience,
    /// Who that is, where it is someone else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<Private<String>>,
    /// What for.
    pub purpose: Private<String>,
    /// How it was given.
    pub manner: Giving,
    /// Who heard it, where it was spoken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<Private<String>>,
    /// The day on which it was given.
    pub on: NaiveDate,
    /// The last day on which it holds.
    pub until: NaiveDate,
}

impl fmt::Debug for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[private]")
    }
}

impl Release {
    /// Checks what the types cannot say, on this day.
    ///
    /// # Errors
    /// The first field that is empty where it must not be, too long, on a day that cannot be, or asks for what a
    /// spoken word does not let out.
    pub fn check(&self, today: NaiveDate) -> Result<(), NoteFault> {
        let fault = |field: &str, why| Err(NoteFault::new(field, why));
        if self.items.is_empty() {
            return fault("items", Wrong::NoItem);
        }
        if !self.manner.is_signed() && self.items.iter().any(|item| item.tells_of_care()) {
            return fault("items", Wrong::Unsigned);
        }
        let beside_status = self.items.iter().any(|item| *item != Item::Status);
        if self.to != Audience::Other && !beside_status {
            return fault("items", Wrong::StatusAlone);
        }
        let named = (self.to == Audience::Other, self.named.as_ref());
        text(named, ("named", Wrong::NobodyNamed, Wrong::NamedInVain), MOST_NAMED)?;
        text((true, Some(&self.purpose)), ("purpose", Wrong::NoPurpose, Wrong::NoPurpose), MOST_PURPOSE)?;
        let witness = (self.manner == Giving::Spoken, self.witness.as_ref());
        text(witness, ("witness", Wrong::NoWitness, Wrong::WitnessInVain), MOST_NAMED)?;
        match (self.on, self.until) {
            (on, _) if on > today => fault("on", Wrong::ToCome),
            (on, until) if until < on => fault("until", Wrong::BeforeGiven),
            (_, until) if until < today => fault("until", Wrong::Passed),
            _ => Ok(()),
        }
    }
}

/// A text that must be there or must not, and has an end.
fn text(
    (wanted, value): (bool, Option<&Private<String>>),
    (field, missing, strange): (&str, Wrong, Wrong),
    most: usize,
) -> Result<(), NoteFault> {
    let typed = value.map(Private::reveal).map_or("", |text| text.trim());
    match (wanted, typed.chars().count()) {
        (true, 0) => Err(NoteFault::new(field, missing)),
        (false, 1..) => Err(NoteFault::new(field, strange)),
        (true, letters) if letters > most => Err(NoteFault::new(field, Wrong::Long)),
        (true | false, _) => Ok(()),
    }
}

/// A withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Who wrote it down.
    pub by: StaffId,
    /// When.
    pub at: DateTime<Utc>,
    /// How the person said it.
    pub manner: Ending,
}

/// A release as it is filed, with its withdrawal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Which.
    pub id: ReleaseId,
    /// Its number among the releases of this case, from 1.
    pub number: u64,
    /// Who wrote it down.
    pub by: StaffId,
    /// When.
    pub at: DateTime<Utc>,
    /// What it says; nothing if it does not open, and then it lets nothing out.
    pub release: Option<Release>,
    /// Its withdrawal.
    pub ended: Option<Ended>,
}

impl Given {
    /// What it says, if it holds on this day.
    pub fn holds(&self, today: NaiveDate) -> Option<&Release> {
        let release = self.release.as_ref().filter(|_| self.ended.is_none())?;
        (release.on..=release.until).contains(&today).then_some(release)
    }
}
