//! Reasons as an officer reads them: one clause, small first letter, metres and names.

use crate::domain::codes::{Door, DrugClass};
use crate::domain::facts::Basis;
use crate::domain::pack::Rule;
use crate::domain::place::Metres;
use crate::domain::zone::{Doubt, Located};

/// Where the deciding place is, or why that is unsure.
pub(super) fn place(located: &Located<'_>) -> String {
    let (margin, edge, zone) = (metres(located.measure.margin), &located.measure.edge.name, &located.zone.name);
    let side = if located.measure.inside { "inside" } else { "outside" };
    match located.doubt {
        None => format!("{margin} {side} {zone}, nearest edge {edge}"),
        Some(Doubt::Near(accuracy)) => {
            format!("{margin} from {edge}, the edge of {zone}, and the position is good to {}", metres(accuracy))
        }
        Some(Doubt::Old(age_s)) => format!("the position is {age_s:.0} s old ({margin} {side} {zone} then)"),
        Some(Doubt::Mock) => "the device says that the position is simulated".into(),
    }
}

pub(super) const fn no_place(door: Door) -> &'static str {
    match door {
        Door::Arrest => "the place is not known",
        Door::SocialContact => "the place of the earlier involvement is not known",
    }
}

/// Why a rule of the pack does not matter here.
pub(super) fn not_concerned(rule: &Rule, door: Door) -> &'static str {
    if !rule.doors.is_empty() && !rule.doors.contains(&door) {
        return match door {
            Door::Arrest => "does not matter at an arrest",
            Door::SocialContact => "does not matter at a social contact",
        };
    }
    "does not matter for these offences"
}

pub(super) const fn drug(class: DrugClass) -> &'static str {
    match class {
        DrugClass::Heroin => "heroin",
        DrugClass::Fentanyl => "fentanyl",
        DrugClass::Cocaine => "cocaine",
        DrugClass::Methamphetamine => "methamphetamine",
        DrugClass::PrescriptionOpiate => "prescription opiate",
        DrugClass::Cannabis => "cannabis",
        DrugClass::Other => "other drug",
    }
}

pub(super) const fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Records => "from records",
        Basis::Observed => "from the officer's own observation",
        Basis::ReliableInformation => "from reliable information",
    }
}

/// With a tenth as far as an officer can see the difference, whole kilometres from 10 km on.
fn metres(distance: Metres) -> String {
    match distance.0 {
        near if near < 1_000.0 => format!("{} m", distance.to_tenth()),
        far if far < 10_000.0 => format!("{far:.0} m"),
        farther => format!("{:.0} km", farther / 1_000.0),
    }
}
