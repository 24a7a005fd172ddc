//! What an officer records at a scene. Every name and free text carries a marker that may stand nowhere
//! in clear.

use crate::dice::Dice;
use chrono::{DateTime, Utc};
use handoff::domain::assess::assess;
use handoff::domain::codes::{AgeBand, Choice, ConsentManner, Need, Race, Reason, SceneOutcome, Sex, Verdict};
use handoff::domain::encounter::{Consent, Decision, Demographics, Divergence, Person};
use handoff::domain::facts::Facts;
use handoff::domain::private::Private;
use handoff::sync::Site;

/// In every name and free text, and never anywhere that is not sealed.
pub const CANARY: &str = "Zanzibarry";

/// What the officer offered, and what the person said.
pub fn choose(dice: &mut Dice) -> Choice {
    dice.weighted(&[(6, Choice::OfferedAccepted), (2, Choice::OfferedDeclined), (2, Choice::NotOffered)])
}

/// Facts of which every rule of the demo's pack says pass.
fn facts(at: DateTime<Utc>) -> Facts {
    Facts::parse(
        serde_json::json!({
            "door": "arrest", "at": at.fixed_offset(),
            "fix": {"lat_deg": 47.6145, "lon_deg": -122.3465, "accuracy_m": 8.0, "age_s": 2.0, "mock": false},
            "offences": ["drug_possession"],
            "drug": {"class": "heroin", "grams": 1.2, "measured": false}, "age_years": 34,
            "answers": {"amenable": "yes", "dealing_above_subsistence": "no", "exploits_minors": "no",
                "promoting_prostitution": "no", "specialty_court_pending": "no"},
            "history": {"checked": true, "convictions": []},
        })
        .to_string()
        .as_bytes(),
    )
    .expect("facts")
}

/// A decision as the app makes it.
pub fn decide(site: &Site, at: DateTime<Utc>, choice: Choice) -> Decision {
    let facts = facts(at);
    let assessment = assess(&site.pack, &site.zones, &facts).expect("an assessment");
    assert_eq!(assessment.verdict, Verdict::Eligible);
    let accepted = choice == Choice::OfferedAccepted;
    Decision {
        unit: "3-M-21".into(),
        incident: None,
        cross_street: None,
        choice,
        reason: (!accepted).then_some(Reason::NotInterested),
        outcome: if accepted { SceneOutcome::Diverted } else { SceneOutcome::Released },
        divergence: Decision::diverges(assessment.verdict, choice)
            .then(|| Divergence { supervisor: format!("{CANARY} Sgt"), reason: format!("{CANARY} knows them") }),
        demographics: Demographics { race: Race::Unknown, sex: Sex::Unknown, age: AgeBand::From25 },
        call_back: Some(Private::new(format!("{CANARY} 555"))),
        person: accepted.then(|| person(at)),
        while_locked: false,
        assessment,
        facts,
    }
}

fn person(at: DateTime<Utc>) -> Person {
    Person {
        name: Private::new(format!("{CANARY} Doe")),
        born: None,
        reach: Private::new(format!("by the {CANARY} fountain")),
        language: "Spanish".into(),
        needs: [Need::Shelter, Need::Food].into(),
        hazards: Some(Private::new(format!("{CANARY}'s dog"))),
        consent: Consent { at: at.fixed_offset(), given: true, manner: ConsentManner::Spoken },
    }
}
