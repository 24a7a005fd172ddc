//! What can be checked of one entry without the store: header, seal, signature, body, and the replay.

use super::Refused;
use crate::app::App;
use crate::device::KnownDevice;
use crate::flags::{Flag, Flags};
use crate::replay::Replay;
use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use handoff::domain::afterwards::{Amendment, HandOff, Withdrawal};
use handoff::domain::assess::Assessment;
use handoff::domain::codes::Containment;
use handoff::domain::encounter::Decision;
use handoff::domain::entry::{Body, EntryKind, Header, HeaderError, entry_hash};
use handoff::domain::ids::Hash;
use handoff::domain::wire::{Refusal, WireEntry};
use handoff::lab::{Bug, planted};
use handoff::seal::{self, Opened};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Later than this after it was written, an entry is flagged.
const LATE: TimeDelta = TimeDelta::minutes(15);
/// A clock that is further off than this is flagged.
const OFF: TimeDelta = TimeDelta::seconds(60);

/// Longest id or version of a pack or a zone, in letters.
const MOST_CODE: usize = 200;

/// What the entries of one call share.
#[derive(Debug, Clone)]
pub(super) struct Context {
    pub(super) app: App,
    pub(super) device: Arc<KnownDevice>,
    pub(super) received: DateTime<Utc>,
    /// The device's wall clock less ours.
    pub(super) offset: TimeDelta,
    /// The database was restored from a copy.
    pub(super) restored: bool,
}

/// An entry in which everything fits.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) hash: Hash,
    pub(super) header: Header,
    pub(super) wire: WireEntry,
    pub(super) body: Body,
    pub(super) flags: Flags,
    pub(super) received: DateTime<Utc>,
}

/// The hash by which an entry is answered, whatever is in it.
pub(super) fn hash_of(wire: &WireEntry) -> Hash {
    entry_hash(&wire.header.0, &wire.enc.0, &wire.ciphertext.0)
}

/// Checks one entry.
pub(super) fn check(context: &Context, wire: WireEntry) -> (Hash, Result<Checked, Refused>) {
    let hash = hash_of(&wire);
    let checked = read_header(context, &wire).and_then(|header| {
        let opened = open(context, &header, &wire)?;
        let body = read_body(&header, &opened.body)?;
        if planted(Bug::NameLogged)
            && let Body::Decision(decision) = &body
        {
            let name = decision.person.as_ref().map_or("nobody", |person| person.name.reveal().as_str());
            tracing::info!(name, "an entry came");
        }
        let flags = flags(context, &header, &body)?;
        Ok(Checked { hash, header, wire, body, flags, received: context.received })
    });
    (hash, checked)
}

fn read_header(context: &Context, wire: &WireEntry) -> Result<Header, Refused> {
    let header = Header::from_bytes(&wire.header.0).map_err(|error| no_header(&wire.header.0, &error))?;
    if header.device != context.device.id {
        return Err(Refused::new(Refusal::UnknownDevice, "header.device: is not the device that sends it"));
    }
    if i64::try_from(header.seq).is_err() {
        return Err(Refused::new(Refusal::Malformed, "header.seq: is beyond any chain"));
    }
    if ![header.bounds.earliest, header.bounds.latest].iter().all(is_on_a_calendar) {
        return Err(Refused::new(Refusal::Malformed, "header.bounds: are not of the years 1900 to 9999"));
    }
    // Someone who came to the program after the copy was made is not known to it: see the flag.
    if !context.restored && !context.app.site().is_officer(header.officer) {
        return Err(Refused::new(Refusal::UnknownOfficer, "header.officer: is no officer of this program"));
    }
    Ok(header)
}

/// A clock that is wrong by decades is taken; what no clock says cannot be shown in every time zone.
fn is_on_a_calendar(at: &DateTime<Utc>) -> bool {
    (1900..=9999).contains(&at.year())
}

/// A header that this version cannot read: of a newer kind, or no header at all.
fn no_header(bytes: &[u8], error: &HeaderError) -> Refused {
    let kind = serde_json::from_slice::<serde_json::Value>(bytes)
        .ok()
        .and_then(|json| json.get("kind")?.as_str().map(str::to_owned));
    match kind {
        Some(kind) if EntryKind::from_code(&kind).is_none() => {
            Refused::new(Refusal::UnknownKind, "header.kind: is newer than this server")
        }
        Some(_) | None => {
            let detail = match error {
                HeaderError::Json(_) => "header: is not the header of an entry",
                HeaderError::Format(_) => "header.format: is not known here",
            };
            Refused::new(Refusal::Malformed, detail)
        }
    }
}

fn open(context: &Context, header: &Header, wire: &WireEntry) -> Result<Opened, Refused> {
    let Some(key) = context.app.keys().sealing(&header.sealing_key) else {
        return Err(Refused::new(Refusal::UnknownSealingKey, "header.sealing_key: is none of this server's"));
    };
    let opened =
        seal::unseal(key, wire).map_err(|error| Refused::new(Refusal::Unsealable, format!("ciphertext: {error}")))?;
    if opened.verify(&wire.header.0, &context.device.key) {
        Ok(opened)
    } else {
        Err(Refused::new(Refusal::BadSignature, "signature: is not this device's over this header and body"))
    }
}

fn read_body(header: &Header, bytes: &[u8]) -> Result<Body, Refused> {
    let Ok(body) = Body::from_bytes(bytes) else {
        let field = field_at_fault(header.kind, bytes);
        return Err(bad_body(&field, "is missing, unknown, or not of the right form"));
    };
    if header.kind != body.kind() {
        return Err(bad_body("kind", "is not the kind that the header names"));
    }
    if body.assessed().is_some_and(|(_, assessment)| assessment.pack != header.pack) {
        return Err(bad_body("assessment.pack", "is not the pack that the header names"));
    }
    if let Some((facts, assessment)) = body.assessed() {
        for (field, code) in codes(assessment) {
            if code.chars().count() > MOST_CODE || code.contains(char::is_control) {
                return Err(bad_body(field, "is not a name of a rule file"));
            }
        }
        if !is_on_a_calendar(&facts.at.to_utc()) {
            return Err(bad_body("facts.at", "is not of the years 1900 to 9999"));
        }
    }
    body.check().map_err(|fault| bad_body(fault.field, fault.why))?;
    Ok(body)
}

/// What an assessment names of rules that may be unknown here, and that becomes a column as it is.
fn codes(assessment: &Assessment) -> Vec<(&'static str, &str)> {
    let mut codes = vec![("assessment.pack.id", assessment.pack.id.as_str())];
    if let Some(zone) = &assessment.zone {
        codes.extend([("assessment.zone.id", zone.id.as_str()), ("assessment.zone.version", zone.version.as_str())]);
    }
    codes
}

/// Reads once more, slowly, to find the field. Of what was written there nothing is repeated: it may be a name.
fn field_at_fault(kind: EntryKind, bytes: &[u8]) -> String {
    let Ok(mut json) = serde_json::from_slice::<serde_json::Value>(bytes) else { return "body".into() };
    if let Some(object) = json.as_object_mut() {
        object.remove("kind");
    }
    match kind {
        EntryKind::Decision => field_of::<Decision>(json),
        EntryKind::HandOff => field_of::<HandOff>(json),
        EntryKind::Amendment => field_of::<Amendment>(json),
        EntryKind::Withdrawal => field_of::<Withdrawal>(json),
    }
}

fn field_of<T: DeserializeOwned>(json: serde_json::Value) -> String {
    match serde_path_to_error::deserialize::<_, T>(json) {
        Ok(_) => "kind".into(),
        // A name that is none of ours is not repeated either: what holds it is told.
        Err(error) if error.inner().to_string().starts_with("unknown field") => {
            let path = bare(&error.path().to_string());
            path.rsplit_once('.').map_or("body", |(holder, _)| holder).into()
        }
        Err(error) => {
            let (said, path) = (error.inner().to_string(), bare(&error.path().to_string()));
            // What is missing is one of ours, and is told by its name.
            match said.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
                Some(field) if path == "." => field.to_owned(),
                Some(field) => format!("{path}.{field}"),
                None => path,
            }
        }
    }
}

/// A field's path without what a person may have typed: below `answers` the names are codes from outside.
fn bare(path: &str) -> String {
    const TYPED: &str = "answers";
    let end = path.find(TYPED).map_or(path.len(), |at| at + TYPED.len());
    path.get(..end).unwrap_or_default().to_owned()
}

fn bad_body(field: &str, why: &str) -> Refused {
    Refused::new(Refusal::BadBody, format!("{field}: {why}"))
}

/// What to look at twice, as far as this entry alone can tell.
fn flags(context: &Context, header: &Header, body: &Body) -> Result<Flags, Refused> {
    let flags = Flags::default()
        .with_if(Flag::LateSync, context.received - header.bounds.latest > LATE)
        .with_if(Flag::ClockOffset, context.offset.abs() > OFF)
        .with_if(Flag::ClockMoved, header.clock_moved_ms.is_some())
        .with_if(Flag::WhileLocked, body.while_locked())
        .with_if(Flag::UnknownOfficer, !context.app.site().is_officer(header.officer))
        .with_if(Flag::OtherOfficer, context.device.officer.is_some_and(|officer| officer != header.officer));
    let Some((facts, assessment)) = body.assessed() else { return Ok(flags) };
    let replay =
        context.app.site().rules.replay(facts, assessment).map_err(|fault| {
            bad_body(&format!("facts.{}", bare(&fault.field)), "is not what the rules can work with")
        })?;
    let unsure = assessment.zone.as_ref().is_some_and(|zone| zone.containment == Containment::Unsure);
    let divergence = match body {
        Body::Decision(decision) => decision.divergence.is_some(),
        Body::HandOff(_) | Body::Amendment(_) | Body::Withdrawal(_) => false,
    };
    Ok(flags
        .with_if(Flag::Override, divergence)
        .with_if(Flag::UnsureFix, unsure)
        .with_if(Flag::ClockOffset, facts.at.to_utc() - header.bounds.latest > OFF)
        .with_if(Flag::ReplayDisagrees, replay == Replay::Disagrees)
        .with_if(Flag::UnknownPack, replay == Replay::UnknownRules))
}
