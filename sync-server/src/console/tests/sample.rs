//! An evening in the field, made up, for the tests of views and pages.

use crate::console::view::{Opened, Taken, Viewer};
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use handoff::domain::assess::{Assessment, Finding, PackRef, ZoneFinding};
use handoff::domain::codes::{
    AgeBand, Choice, ConsentManner, Containment, Door, DrugClass, Need, Outcome, Race, SceneOutcome, Sex, Verdict,
    YesNo,
};
use handoff::domain::encounter::{Consent, Decision, Demographics, Divergence, Person};
use handoff::domain::entry::{EntryKind, Header};
use handoff::domain::facts::{DrugFact, Facts, FixFact, FixSource, History};
use handoff::domain::ids::{ChainId, DeviceId, Hash, ReferralId, StaffId};
use handoff::domain::private::Private;
use handoff::domain::stage::MeetPlace;
use handoff::domain::time::Bounds;
use handoff::domain::wire::{Meet, Role, StaffCard};
use handoff::ui::parts::Labels;
use uuid::Uuid;

/// Marks every name and text about a person, so that a search finds where one went.
pub const CANARY: &str = "Zq7";

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn now() -> DateTime<Utc> {
    at("2012-06-02T05:40:00Z")
}

pub fn staff(n: u128) -> StaffId {
    StaffId(Uuid::from_u128(n))
}

pub fn viewer(role: Role) -> Viewer {
    Viewer { id: staff(3), name: String::from("Ana Brook"), role }
}

pub fn officer() -> StaffCard {
    StaffCard {
        id: staff(1),
        role: Role::Officer,
        name: String::from("D. Ruiz"),
        serial: String::from("7744"),
        phone: Private::new(String::from("+1 206 555 0142")),
    }
}

pub fn pack() -> PackRef {
    PackRef { id: String::from("seattle-pilot-2011"), version: 1, sha256: Hash([7; 32]) }
}

fn finding(rule: &str, outcome: Outcome, because: &str) -> Finding {
    Finding { rule: String::from(rule), outcome, because: String::from(because) }
}

pub fn person() -> Person {
    let text = |words: &str| Private::new(format!("{words} {CANARY}"));
    Person {
        name: text("Jane Doe"),
        born: Some("1978-06-02".parse().unwrap()),
        reach: text("Sleeps by the mission on 3rd, ask for Mo. 206 555 0199"),
        language: String::from("Spanish"),
        needs: [Need::Shelter, Need::Food, Need::Withdrawal].into(),
        hazards: Some(text("A dog, friendly when called. Needle in the left coat pocket.")),
        consent: Consent {
            at: "2012-06-01T22:16:00-07:00".parse().unwrap(),
            given: true,
            manner: ConsentManner::Spoken,
        },
    }
}

pub fn decision() -> Decision {
    let at: DateTime<FixedOffset> = "2012-06-01T22:15:00-07:00".parse().unwrap();
    Decision {
        unit: String::from("3-M-21"),
        incident: Some(String::from("12-173502")),
        facts: Facts {
            door: Door::Arrest,
            at,
            fix: Some(FixFact {
                lat_deg: 47.611724,
                lon_deg: -122.341115,
                accuracy_m: 8.0,
                age_s: 2.0,
                mock: false,
                source: FixSource::Gps,
            }),
            offences: vec![String::from("drug_possession")],
            drug: Some(DrugFact { class: DrugClass::Heroin, grams: Some(1.2), measured: false }),
            age_years: Some(33),
            answers: [(String::from("amenable"), YesNo::Yes), (String::from("exploits_minors"), YesNo::No)].into(),
            history: Some(History { checked: true, convictions: vec![] }),
            prior_involvement: None,
            residency_months: None,
            prior_diversions: None,
        },
        cross_street: Some(String::from("3rd Ave and Bell St")),
        assessment: Assessment {
            verdict: Verdict::Eligible,
            zone: Some(ZoneFinding {
                id: String::from("belltown"),
                version: String::from("2011-10"),
                containment: Containment::Inside,
                margin_m: 67.6,
                nearest_edge: String::from("3rd Ave"),
            }),
            findings: vec![
                finding("zone", Outcome::Pass, "Inside Belltown, 67.6 m from 3rd Ave."),
                finding("grams", Outcome::Pass, "1.2 g of heroin is not more than 3 g."),
                finding("history_10y", Outcome::Pass, "Checked, nothing found within 10 years."),
                finding("amenable", Outcome::Pass, "The person is open to it."),
            ],
            pack: pack(),
        },
        choice: Choice::OfferedAccepted,
        reason: None,
        outcome: SceneOutcome::Diverted,
        divergence: None,
        demographics: Demographics { race: Race::Latino, sex: Sex::Female, age: AgeBand::From25 },
        call_back: None,
        person: Some(person()),
        while_locked: false,
    }
}

/// The same, offered against the rules on a supervisor's word.
pub fn departing() -> Decision {
    let mut decision = decision();
    decision.assessment.verdict = Verdict::Barred;
    decision.assessment.findings.insert(1, finding("history_life", Outcome::Unknown, "Records could not be checked."));
    decision.assessment.findings[2] = finding("grams", Outcome::Bars, "4 g of heroin is more than 3 g.");
    decision.divergence = Some(Divergence {
        supervisor: String::from("Sgt. Okafor"),
        reason: String::from("Weight includes the wrapping."),
    });
    decision
}

pub fn header(n: u128, written: DateTime<Utc>) -> Header {
    Header {
        format: 1,
        device: DeviceId(Uuid::from_u128(17)),
        chain: ChainId(Uuid::from_u128(18)),
        seq: 4,
        prev: None,
        referral: ReferralId(Uuid::from_u128(n)),
        officer: staff(1),
        kind: EntryKind::Decision,
        pack: pack(),
        sealing_key: String::from("a1"),
        bounds: Bounds { earliest: written, latest: written + TimeDelta::seconds(1) },
        time_unproven: false,
        clock_moved_ms: None,
    }
}

pub fn opened<'a>(header: &'a Header, decision: &'a Decision, officer: &'a StaffCard) -> Opened<'a> {
    let received = header.bounds.earliest + TimeDelta::seconds(40);
    Opened { header, decision, officer, received, labels: Labels::default() }
}

pub fn taken(by: u128, name: &str) -> Taken {
    Taken {
        by: staff(by),
        name: String::from(name),
        at: at("2012-06-02T05:30:00Z"),
        meet: Some(Meet { at: at("2012-06-02T05:50:00Z"), place: MeetPlace::Scene }),
        note: String::new(),
    }
}
