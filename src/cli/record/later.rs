//! What comes after a decision, from a file: `{"kind": "withdrawal", "officer": …, "referral": …}`.

use super::super::Failure;
use super::super::open::{phone_failure, record_failure};
use super::officer;
use crate::domain::afterwards::{AmendmentCause, HandOff, HandOffOutcome, HandOffStep, Withdrawal, WithdrawalReason};
use crate::domain::entry::EntryKind;
use crate::domain::facts::Facts;
use crate::domain::fault::{self, Fault};
use crate::domain::ids::ReferralId;
use crate::domain::private::Private;
use crate::sync::{Change, Phone, Saved};
use chrono::{DateTime, FixedOffset};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The fields that every kind has.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct To {
    /// The officer's serial number.
    officer: String,
    unit: String,
    /// As `handoff status --json` lists it.
    referral: ReferralId,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct HandOffForm {
    at: DateTime<FixedOffset>,
    step: HandOffStep,
    /// Serial number or name is not asked: an id of the roster.
    #[serde(default)]
    to: Option<crate::domain::ids::StaffId>,
    #[serde(default)]
    outcome: Option<HandOffOutcome>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct AmendmentForm {
    cause: AmendmentCause,
    facts: Facts,
    #[serde(default)]
    cross_street: Option<String>,
    #[serde(default)]
    note: Option<Private<String>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct WithdrawalForm {
    at: DateTime<FixedOffset>,
    reason: WithdrawalReason,
    #[serde(default)]
    note: Option<Private<String>>,
}

/// A file that holds no decision.
pub(super) struct Later {
    to: To,
    what: What,
}

enum What {
    HandOff(HandOff),
    Amendment(Box<Change>),
    Withdrawal(Withdrawal),
}

/// The kind that the file names; without one it is a decision. A text that is no JSON is left to whoever
/// reads it whole, and can say where it breaks off.
pub(super) fn kind(text: &[u8]) -> Result<EntryKind, Fault> {
    #[derive(Deserialize)]
    struct Named {
        kind: String,
    }
    match serde_json::from_slice::<Named>(text) {
        Ok(Named { kind }) => EntryKind::from_code(&kind)
            .ok_or_else(|| Fault::new("kind", "is none of decision, hand_off, amendment, withdrawal")),
        Err(_) => Ok(EntryKind::Decision),
    }
}

/// Reads the fields that every kind has, and those of this one.
pub(super) fn read(kind: EntryKind, text: &[u8]) -> Result<Later, Fault> {
    let mut own: Map<String, Value> = fault::read(text)?;
    own.remove("kind");
    let shared = ["officer", "unit", "referral"];
    let to: Map<String, Value> =
        shared.iter().filter_map(|name| Some(((*name).to_owned(), own.remove(*name)?))).collect();
    let to: To = fault::from_value(Value::Object(to))?;
    let own = Value::Object(own);
    let what = match kind {
        EntryKind::HandOff => {
            let HandOffForm { at, step, to, outcome } = fault::from_value(own)?;
            What::HandOff(HandOff { at, step, to, outcome, while_locked: false })
        }
        EntryKind::Withdrawal => {
            let WithdrawalForm { at, reason, note } = fault::from_value(own)?;
            What::Withdrawal(Withdrawal { at, reason, note, while_locked: false })
        }
        EntryKind::Amendment | EntryKind::Decision => {
            let AmendmentForm { cause, facts, cross_street, note } = fault::from_value(own)?;
            What::Amendment(Box::new(Change { cause, facts, cross_street, note }))
        }
    };
    Ok(Later { to, what })
}

/// Takes the phone as the officer of the file, and records.
pub(super) fn act(phone: &Phone, Later { to, what }: Later) -> Result<Saved, Failure> {
    let officer = officer(phone, &to.officer)?;
    phone.act_as(officer.id, &to.unit).map_err(phone_failure)?;
    let saved = match what {
        What::HandOff(step) => phone.hand_off(to.referral, step),
        What::Amendment(change) => phone.amend(to.referral, *change),
        What::Withdrawal(withdrawal) => phone.withdraw(to.referral, withdrawal),
    };
    saved.map_err(record_failure)
}
