//! The record of one decision: what was known, what the rules said, what the officer did.

use super::assess::Assessment;
use super::codes::{AgeBand, Choice, ConsentManner, Need, Race, Reason, SceneOutcome, Sex, Verdict};
use super::facts::Facts;
use super::private::Private;
use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// The body of a decision entry. Sealed on the phone, opened by the agency's server alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The officer's unit for the shift, such as `3-M-21`.
    pub unit: String,
    /// The agency's own incident number, if there is one yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    /// What the officer knew.
    pub facts: Facts,
    /// The cross street or address that the officer confirmed; asked when the fix is unsure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cross_street: Option<String>,
    /// What the rules said on the phone. The server works it out again and compares.
    pub assessment: Assessment,
    /// What the officer decided.
    pub choice: Choice,
    /// Why not, when no offer was made or none was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What became of the person at the scene.
    pub outcome: SceneOutcome,
    /// Present when the decision departs from the verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub divergence: Option<Divergence>,
    /// Asked on every decision; "unknown" is an answer.
    pub demographics: Demographics,
    /// How the case manager calls the officer back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_back: Option<Private<String>>,
    /// Only with an accepted offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
    /// Recorded while the phone was locked.
    #[serde(default)]
    pub while_locked: bool,
}

/// A supervisor's word for a decision that departs from the verdict; the sergeant confirms it later. `Debug`
/// shows none of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Divergence {
    /// The supervisor's name, as the officer knows it.
    pub supervisor: String,
    /// The reason given.
    pub reason: String,
}

impl fmt::Debug for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Divergence([private])")
    }
}

/// Race or ethnicity, sex and age band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demographics {
    /// Race or ethnicity.
    pub race: Race,
    /// Sex.
    pub sex: Sex,
    /// Age band.
    pub age: AgeBand,
}

/// The person who accepted the offer. `Debug` shows their consent alone.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Name or alias, as they gave it.
    pub name: Private<String>,
    /// Date of birth, if they gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<NaiveDate>,
    /// How and where to find them: a telephone number, a corner, a friend.
    pub reach: Private<String>,
    /// The language they speak best.
    #[serde(default)]
    pub language: String,
    /// What they need tonight.
    #[serde(default)]
    pub needs: BTreeSet<Need>,
    /// What the case manager must know before walking up: a dog, a weapon seen, an illness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hazards: Option<Private<String>>,
    /// Their answer to sharing these details.
    pub consent: Consent,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").field("consent", &self.consent).finish_non_exhaustive()
    }
}

/// The person's answer when asked to share their details with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// When they were asked.
    pub at: DateTime<FixedOffset>,
    /// What they said.
    pub given: bool,
    /// How they said it.
    pub manner: ConsentManner,
}

/// What keeps a decision, or what comes after it, from being recorded, with the field's name in the form's own JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct DecisionError {
    /// The field, such as `person.name`.
    pub field: &'static str,
    /// What is wrong with it.
    pub why: &'static str,
}

impl Decision {
    /// Whether the choice departs from what the rules said: an offer to a person whom they bar or
    /// about whom a supervisor must decide, or no offer to one who is eligible.
    pub fn diverges(verdict: Verdict, choice: Choice) -> bool {
        match (verdict, choice) {
            (Verdict::Eligible, Choice::NotOffered) => true,
            (Verdict::Eligible, Choice::OfferedAccepted | Choice::OfferedDeclined) => false,
            (Verdict::Barred | Verdict::NeedsSupervisor, Choice::NotOffered) => false,
            (Verdict::Barred | Verdict::NeedsSupervisor, Choice::OfferedAccepted | Choice::OfferedDeclined) => true,
        }
    }

    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// The first field that is missing, empty, too long, or present where it must not be: a person
    /// without an accepted offer, an accepted offer without a person or with consent refused, a
    /// divergence without a supervisor's name and reason, no offer taken without a reason.
    pub fn check(&self) -> Result<(), DecisionError> {
        let fault = |field, why| Err(DecisionError { field, why });
        text("unit", Some(&self.unit), 40)?;
        text("incident", self.incident.as_ref(), 40)?;
        text("cross_street", self.cross_street.as_ref(), 200)?;
        text("call_back", self.call_back.as_ref().map(Private::reveal), 200)?;
        match (self.choice, &self.person, self.reason) {
            (Choice::OfferedAccepted, None, _) => return fault("person", "an accepted offer needs the person"),
            (Choice::OfferedAccepted, Some(_), Some(_)) => {
                return fault("reason", "an accepted offer has no reason against it");
            }
            (Choice::OfferedAccepted, Some(person), None) => person.check()?,
            (_, Some(_), _) => return fault("person", "only an accepted offer may name a person"),
            (_, None, None) => return fault("reason", "say why no offer was made or taken"),
            (_, None, Some(_)) => {}
        }
        if (self.choice == Choice::OfferedAccepted) != (self.outcome == SceneOutcome::Diverted) {
            return fault("outcome", "a person is diverted exactly when they accept the offer");
        }
        match (&self.divergence, Self::diverges(self.assessment.verdict, self.choice)) {
            (None, true) => fault("divergence", "a decision against the verdict needs a supervisor and a reason"),
            (Some(_), false) => fault("divergence", "the decision follows the verdict"),
            (None, false) => Ok(()),
            (Some(divergence), true) => {
                text("divergence.supervisor", Some(&divergence.supervisor), 120)?;
                text("divergence.reason", Some(&divergence.reason), 1000)
            }
        }
    }
}

impl Person {
    fn check(&self) -> Result<(), DecisionError> {
        text("person.name", Some(self.name.reveal()), 200)?;
        text("person.reach", Some(self.reach.reveal()), 1000)?;
        if self.language.chars().count() > 60 {
            return Err(DecisionError { field: "person.language", why: "is longer than 60 characters" });
        }
        text("person.hazards", self.hazards.as_ref().map(Private::reveal), 1000)?;
        if self.born.is_some_and(|born| born > self.consent.at.date_naive()) {
            return Err(DecisionError { field: "person.born", why: "is in the future" });
        }
        if !self.consent.given {
            return Err(DecisionError {
                field: "person.consent.given",
                why: "without consent the offer is not accepted: record it as declined",
            });
        }
        Ok(())
    }
}

/// A text that is there must say something and have an end.
pub(super) fn text(field: &'static str, value: Option<&String>, most: usize) -> Result<(), DecisionError> {
    match value {
        Some(text) if text.trim().is_empty() => Err(DecisionError { field, why: "is empty" }),
        Some(text) if text.chars().count() > most => Err(DecisionError { field, why: "is too long" }),
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// An eligible person who says yes; each test changes one thing.
    fn record() -> Value {
        json!({
            "unit": "3-M-21",
            "facts": {"door": "arrest", "at": "2012-06-01T22:15:00-07:00", "offences": ["drug_possession"]},
            "assessment": {"verdict": "eligible", "zone": null, "findings": [],
                "pack": {"id": "p", "version": 1, "sha256": "00".repeat(32)}},
            "choice": "offered_accepted",
            "outcome": "diverted",
            "demographics": {"race": "unknown", "sex": "unknown", "age": "unknown"},
            "person": {"name": "Canary", "reach": "the corner", "consent":
                {"at": "2012-06-01T22:20:00-07:00", "given": true, "manner": "spoken"}},
        })
    }

    fn check(change: Value) -> Result<(), &'static str> {
        let mut record = record();
        for (pointer, value) in change.as_object().unwrap() {
            let (parent, field) = pointer.rsplit_once('/').unwrap();
            record.pointer_mut(parent).unwrap()[field] = value.clone();
        }
        serde_json::from_value::<Decision>(record).unwrap().check().map_err(|e| e.field)
    }

    #[test]
    fn a_whole_record_passes() {
        assert_eq!(check(json!({})), Ok(()));
    }

    #[test]
    fn only_an_accepted_offer_may_name_a_person_and_it_must() {
        assert_eq!(check(json!({"/choice": "offered_declined", "/reason": "not_interested"})), Err("person"));
        assert_eq!(check(json!({"/person": null})), Err("person"));
        let declined = json!({"/choice": "offered_declined", "/person": null, "/reason": "not_interested",
            "/outcome": "booked"});
        assert_eq!(check(declined), Ok(()));
    }

    #[test]
    fn an_offer_not_made_or_not_taken_has_a_reason_and_an_accepted_one_has_none() {
        let silent = json!({"/choice": "offered_declined", "/person": null, "/outcome": "booked"});
        assert_eq!(check(silent), Err("reason"));
        assert_eq!(check(json!({"/reason": "other"})), Err("reason"));
    }

    #[test]
    fn a_decision_against_the_verdict_needs_a_supervisor_and_a_reason() {
        assert_eq!(check(json!({"/assessment/verdict": "barred"})), Err("divergence"));
        let word = |name: &str, reason: &str| {
            check(json!({"/assessment/verdict": "barred", "/divergence": {"supervisor": name, "reason": reason}}))
        };
        assert_eq!(word("Sgt. Reyes", "ten years old, no harm since"), Ok(()));
        assert_eq!(word(" ", "x"), Err("divergence.supervisor"));
        assert_eq!(word("Sgt. Reyes", ""), Err("divergence.reason"));
        assert_eq!(check(json!({"/divergence": {"supervisor": "a", "reason": "b"}})), Err("divergence"));
    }

    #[test]
    fn an_eligible_person_to_whom_nothing_is_offered_is_a_divergence() {
        assert!(Decision::diverges(Verdict::Eligible, Choice::NotOffered));
        assert!(!Decision::diverges(Verdict::Barred, Choice::NotOffered));
        assert!(Decision::diverges(Verdict::NeedsSupervisor, Choice::OfferedDeclined));
    }

    #[test]
    fn each_text_has_a_floor_and_a_ceiling() {
        assert_eq!(check(json!({"/unit": ""})), Err("unit"));
        assert_eq!(check(json!({"/cross_street": "x".repeat(201)})), Err("cross_street"));
        assert_eq!(check(json!({"/person/name": "  "})), Err("person.name"));
        assert_eq!(check(json!({"/person/reach": "é".repeat(1001)})), Err("person.reach"));
        assert_eq!(check(json!({"/person/language": "l".repeat(61)})), Err("person.language"));
    }

    #[test]
    fn nobody_is_born_tomorrow_and_nobody_is_diverted_without_consent() {
        assert_eq!(check(json!({"/person/born": "2012-06-02"})), Err("person.born"));
        assert_eq!(check(json!({"/person/consent/given": false})), Err("person.consent.given"));
        assert_eq!(check(json!({"/outcome": "booked"})), Err("outcome"));
    }

    #[test]
    fn debug_of_a_whole_record_names_nobody() {
        let mut record = record();
        record["person"]["born"] = json!("1978-06-02");
        record["person"]["language"] = json!("Tigrinya");
        record["person"]["needs"] = json!(["withdrawal"]);
        record["divergence"] = json!({"supervisor": "Sgt. Reyes", "reason": "no harm since"});
        let record: Decision = serde_json::from_value(record).unwrap();
        let debug = format!("{record:?}");
        for value in ["Canary", "the corner", "1978", "Tigrinya", "Withdrawal", "Sgt. Reyes", "no harm"] {
            assert!(!debug.contains(value), "{value} in {debug}");
        }
    }
}
