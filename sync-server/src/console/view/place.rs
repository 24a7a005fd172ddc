//! Where and what for, in words.

use crate::console::view::codes as words;
use crate::words::t;
use handoff::domain::assess::ZoneFinding;
use handoff::domain::codes::Containment;
use handoff::domain::encounter::Decision;
use handoff::domain::facts::{DrugFact, Facts};
use handoff::ui::parts::Labels;

/// Where a decision was made, in the shortest words that lead there: the confirmed cross street, else
/// the place against its zone, else the position.
pub fn place(decision: &Decision) -> String {
    if let Some(street) = &decision.cross_street {
        return street.clone();
    }
    match (&decision.assessment.zone, decision.facts.fix) {
        (Some(zone), _) => against_zone(zone),
        (None, Some(fix)) => format!("{:.5}, {:.5}", fix.lat_deg, fix.lon_deg),
        (None, None) => String::from(t!("place-place-not-known")),
    }
}

/// Where a place lies against its zone: `Belltown, 68 m from 3rd Ave`.
pub fn against_zone(zone: &ZoneFinding) -> String {
    let (name, edge) = (words::spaced(&zone.id), &zone.nearest_edge);
    let metres = format!("{:.0}", zone.margin_m);
    match zone.containment {
        Containment::Inside => t!("place-inside", zone = name, metres = metres, edge = edge),
        Containment::Outside => t!("place-outside", zone = name, metres = metres, edge = edge),
        Containment::Unsure => t!("place-unsure", zone = name, metres = metres, edge = edge),
    }
}

/// What the encounter was about: offences, then the drugs found.
pub fn facts_of_offence(facts: &Facts, labels: Labels<'_>) -> String {
    let mut parts: Vec<String> = facts.offences.iter().map(|code| words::offence_of(labels, code)).collect();
    parts.extend(facts.drug.as_ref().map(drug));
    in_a_row(&parts)
}

/// Several things in one line: `Food, shelter, medical care`.
pub fn in_a_row<T: AsRef<str>>(parts: &[T]) -> String {
    let lower = |text: &str| {
        let mut letters = text.chars();
        letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
    };
    let rest = parts.iter().skip(1).map(|part| lower(part.as_ref()));
    let all: Vec<String> = parts.iter().take(1).map(|part| String::from(part.as_ref())).chain(rest).collect();
    all.join(", ")
}

/// `Heroin, 1.2 g, estimated`.
pub fn drug(drug: &DrugFact) -> String {
    let class = words::drug_class(drug.class);
    match (drug.grams, drug.measured) {
        (None, _) => t!("place-drug-unweighed", class = class),
        (Some(grams), true) => t!("place-drug-weighed", class = class, grams = grams.to_string()),
        (Some(grams), false) => t!("place-drug-estimated", class = class, grams = grams.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use handoff::domain::codes::DrugClass;

    fn zone(containment: Containment) -> ZoneFinding {
        ZoneFinding {
            id: String::from("belltown"),
            version: String::from("1"),
            containment,
            margin_m: 67.6,
            nearest_edge: String::from("3rd Ave"),
        }
    }

    #[test]
    fn a_place_against_its_zone_names_the_side_the_metres_and_the_street() {
        assert_eq!(against_zone(&zone(Containment::Inside)), "Belltown, 68 m from 3rd Ave");
        assert_eq!(against_zone(&zone(Containment::Outside)), "68 m outside Belltown, past 3rd Ave");
        assert_eq!(against_zone(&zone(Containment::Unsure)), "At the edge of Belltown, 68 m from 3rd Ave");
    }

    #[test]
    fn a_weight_says_whether_a_scale_was_used() {
        let heroin = DrugFact { class: DrugClass::Heroin, grams: Some(1.2), measured: false };
        assert_eq!(drug(&heroin), "Heroin, 1.2 g, estimated");
        assert_eq!(drug(&DrugFact { measured: true, ..heroin }), "Heroin, 1.2 g, weighed");
        assert_eq!(drug(&DrugFact { grams: None, ..heroin }), "Heroin, weight not known");
    }
}
