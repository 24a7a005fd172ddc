//! What an officer records in a test: the worlds of the fault lab have the same encounter.

use chrono::{DateTime, FixedOffset, Utc};
use handoff::domain::assess::assess;
use handoff::domain::codes::{AgeBand, Choice, ConsentManner, Need, Race, Reason, SceneOutcome, Sex};
use handoff::domain::encounter::{Consent, Decision, Demographics, Divergence, Person};
use handoff::domain::facts::{Facts, FixFact};
use handoff::domain::pack::Pack;
use handoff::domain::private::Private;
use handoff::domain::zone::Zones;

/// In every name and free text, and never anywhere that is not sealed.
pub const CANARY: &str = "Zanzibarry";

/// A decision with what these rules say of these facts, as the app would make it.
pub fn decide(rules: (&Pack, &Zones), facts: Facts, choice: Choice) -> Decision {
    let assessment = assess(rules.0, rules.1, &facts).expect("an assessment");
    let accepted = choice == Choice::OfferedAccepted;
    let diverges = Decision::diverges(assessment.verdict, choice);
    Decision {
        unit: "3-M-21".into(),
        incident: None,
        cross_street: None,
        assessment,
        choice,
        reason: (!accepted).then_some(Reason::NotInterested),
        outcome: if accepted { SceneOutcome::Diverted } else { SceneOutcome::Released },
        divergence: diverges
            .then(|| Divergence { supervisor: format!("{CANARY} Sgt"), reason: format!("{CANARY} knows them") }),
        demographics: Demographics { race: Race::Unknown, sex: Sex::Unknown, age: AgeBand::From25 },
        call_back: Some(Private::new(format!("{CANARY} 555"))),
        person: accepted.then(|| person(facts.at)),
        while_locked: false,
        facts,
    }
}

fn person(at: DateTime<FixedOffset>) -> Person {
    Person {
        name: Private::new(format!("{CANARY} Doe")),
        born: None,
        reach: Private::new(format!("by the {CANARY} fountain")),
        language: "Spanish".into(),
        needs: [Need::Shelter, Need::Food].into(),
        hazards: Some(Private::new(format!("{CANARY}'s dog"))),
        consent: Consent { at, given: true, manner: ConsentManner::Spoken },
    }
}

/// Facts of now of which every rule of the pilot's pack says pass.
pub fn facts() -> Facts {
    facts_at(Utc::now(), Some(fix(47.6145, -122.3465)))
}

/// The same at another time, and of another place.
pub fn facts_at(at: DateTime<Utc>, fix: Option<FixFact>) -> Facts {
    let facts = Facts::parse(
        serde_json::json!({
            "door": "arrest", "at": at.fixed_offset(),
            "offences": ["drug_possession"],
            "drug": {"class": "heroin", "grams": 1.2, "measured": false}, "age_years": 34,
            "answers": {"amenable": "yes", "dealing_above_subsistence": "no", "exploits_minors": "no",
                "promoting_prostitution": "no", "specialty_court_pending": "no"},
            "history": {"checked": true, "convictions": []},
        })
        .to_string()
        .as_bytes(),
    )
    .expect("facts");
    Facts { fix, ..facts }
}

/// A good fix somewhere.
pub fn fix(lat_deg: f64, lon_deg: f64) -> FixFact {
    FixFact { lat_deg, lon_deg, accuracy_m: 8.0, age_s: 2.0, mock: false, source: Default::default() }
}
