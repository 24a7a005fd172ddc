//! `handoff record FILE`: facts and decision in, one durable entry out.

mod later;

use super::Failure;
use super::open::{Data, enrolled, phone_failure, print, read, record_failure};
use crate::domain::assess::assess;
use crate::domain::codes::{Choice, Reason, SceneOutcome, Verdict};
use crate::domain::encounter::{Decision, Demographics, Divergence, Person};
use crate::domain::entry::EntryKind;
use crate::domain::facts::Facts;
use crate::domain::fault;
use crate::domain::private::Private;
use crate::domain::wire::StaffCard;
use crate::sync::{Phone, Saved};
use serde::Deserialize;
use std::path::PathBuf;

/// Arguments of `handoff record`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The JSON of facts and decision; `-` for standard input.
    file: PathBuf,
    #[command(flatten)]
    data: Data,
}

/// What the file holds: without a `kind` it is a decision.
enum File {
    Decision(Box<Form>),
    Later(later::Later),
}

/// The file: a decision without what the program adds itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    /// A file may say that it is one.
    #[serde(default, rename = "kind")]
    _kind: Option<EntryKind>,
    /// The officer's serial number.
    pub officer: String,
    unit: String,
    #[serde(default)]
    incident: Option<String>,
    facts: Facts,
    #[serde(default)]
    cross_street: Option<String>,
    pub choice: Choice,
    #[serde(default)]
    reason: Option<Reason>,
    outcome: SceneOutcome,
    #[serde(default)]
    divergence: Option<Divergence>,
    demographics: Demographics,
    #[serde(default)]
    call_back: Option<Private<String>>,
    #[serde(default)]
    person: Option<Person>,
}

impl Form {
    /// The unit.
    pub(super) fn unit(&self) -> &str {
        &self.unit
    }
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let named = |fault: String| Failure::Input(format!("{}: {fault}", args.file.display()));
    let text = read(&args.file)?;
    let file = match later::kind(&text).map_err(|fault| named(fault.to_string()))? {
        EntryKind::Decision => fault::read(&text).map(|form| File::Decision(Box::new(form))),
        kind @ (EntryKind::HandOff | EntryKind::Amendment | EntryKind::Withdrawal) => {
            later::read(kind, &text).map(File::Later)
        }
    };
    let file = file.map_err(|fault| named(fault.to_string()))?;
    let phone = args.data.open()?;
    enrolled(&phone)?;
    let saved = match file {
        File::Decision(form) => act(&phone, *form),
        File::Later(form) => later::act(&phone, form),
    };
    let saved = saved.map_err(|failure| match failure {
        Failure::Input(words) => named(words),
        machine @ Failure::Machine(_) => machine,
    })?;
    print(&saved.entry.to_string())
}

/// Takes the phone as the officer of the form, and records.
fn act(phone: &Phone, form: Form) -> Result<Saved, Failure> {
    let officer = officer(phone, &form.officer)?;
    phone.act_as(officer.id, &form.unit).map_err(phone_failure)?;
    save(phone, form).map(|(saved, _)| saved)
}

/// The officer with that serial number.
pub(super) fn officer(phone: &Phone, serial: &str) -> Result<StaffCard, Failure> {
    if phone.config().is_none() {
        return Err(Failure::Machine("this device has no rules yet; run `handoff sync`".into()));
    }
    let found = phone.officers().into_iter().find(|card| card.serial == serial);
    found.ok_or_else(|| Failure::Input(format!("officer: no officer has the serial number `{serial}`")))
}

/// Assesses and records for the officer who is on. Returns the verdict too: a locked phone tells it only now.
pub(super) fn save(phone: &Phone, form: Form) -> Result<(Saved, Verdict), Failure> {
    let site = phone.config().ok_or_else(|| Failure::Machine("this device has no rules yet".into()))?;
    let assessment =
        assess(&site.pack, &site.zones, &form.facts).map_err(|fault| Failure::Input(format!("facts.{fault}")))?;
    let verdict = assessment.verdict;
    let decision = Decision {
        unit: form.unit,
        incident: form.incident,
        facts: form.facts,
        cross_street: form.cross_street,
        assessment,
        choice: form.choice,
        reason: form.reason,
        outcome: form.outcome,
        divergence: form.divergence,
        demographics: form.demographics,
        call_back: form.call_back,
        person: form.person,
        while_locked: false,
    };
    let id = phone.new_referral().map_err(phone_failure)?;
    Ok((phone.record(id, decision).map_err(record_failure)?, verdict))
}
