//! The append-only log of what happened besides entries: ids and codes, never a name or a free text.

use super::ledger::{Taken, put, take};
use super::{Db, StoreError};
use crate::ledger::record::{CLOCK_SET_BACK, CLOCK_SLACK_MS, LeafKind, Record};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use handoff::domain::ids::{DeviceId, StaffId};
use uuid::Uuid;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Someone signed in to the console.
    SignedIn,
    /// A sign-in link that was not good.
    SignInFailed,
    /// Someone signed out.
    SignedOut,
    /// A device was enrolled.
    Enrolled,
    /// An enrolment code that was not good.
    EnrolFailed,
    /// A device was revoked.
    Revoked,
    /// A sign-in link or an enrolment code was made.
    CodeMade,
    /// A caller asked for what their role may not have; `detail` is the route.
    Forbidden,
    /// An entry was refused; `detail` is the reason's code.
    EntryRefused,
    /// A person's data were read; `detail` is the page.
    PersonRead,
    /// The log was read.
    LogRead,
    /// One decision was read.
    DecisionRead,
    /// A case manager took a referral.
    Accepted,
    /// A case manager declined a referral; `detail` is the reason's code.
    Declined,
    /// Someone was told of a referral; `detail` is the channel, the rung and the round.
    Told,
    /// Someone could not be told; `detail` as before, and why.
    NotTold,
    /// Someone looked at a referral that waits, for the first time.
    Seen,
    /// A referral that nobody took went beyond those on call; `detail` is the rung, and that nobody was on call.
    Escalated,
    /// A case manager wrote a note of a case; `detail` is its id and the hash of its sealed bytes.
    CaseNote,
    /// A release of information was written down; `detail` is its id and the hash of its sealed bytes.
    ReleaseGiven,
    /// A release of information was withdrawn; `detail` is its id and how.
    ReleaseWithdrawn,
    /// What a release lets out was saved as a file; `detail` is what of it.
    ReleasedSaved,
    /// Someone said whether two referrals are of one person; `detail` is what they said, and the other referral.
    PersonWord,
    /// An officer's withdrawal closed a case; `detail` is the reason's code.
    Withdrawn,
    /// A sergeant confirmed an override.
    Confirmed,
    /// People, packs, zones or the rota were loaded.
    SiteLoaded,
    /// A device that a restored database did not know was taken in again by its certificate.
    Readmitted,
    /// An admin has looked at the devices after a restore.
    RevocationsConfirmed,
    /// The server began to serve; `detail` is its version.
    Started,
    /// A backup was finished; `detail` says how far the log is in it.
    BackedUp,
    /// The database was an older copy: a new epoch of the log was opened.
    EpochOpened,
    /// A device showed that more of an earlier epoch is lost than was known.
    LossLearned,
    /// A leaf of the ledger is not what was committed to; `detail` is its epoch and position.
    LedgerFault,
    /// A device carries a checkpoint that this server signed and does not hold; `detail` is its epoch and size.
    LedgerAhead,
    /// A device carries a checkpoint of ours with another root than the log has; `detail` as before.
    LedgerForked,
    /// The record of a leaf was erased; `detail` is its epoch and position.
    Erased,
    /// The log was exported; `detail` is how many leaves.
    Exported,
    /// The list of devices was read.
    DevicesRead,
    /// The server's clock went back; `detail` is the time of the leaf before.
    ClockSetBack,
    /// Someone said how they are to be told; `detail` is the channels that they switched off.
    ChannelsSet,
    /// Someone chose the language of the console; `detail` is its code.
    LanguageSet,
    /// A browser of someone is to be told also when it is closed.
    BrowserAdded,
    /// A browser of someone is told no more; `detail` is `gone` where its push service said so.
    BrowserRemoved,
    /// The key of a channel was made anew; `detail` is which.
    ChannelKeyMade,
    /// A turn was put into the rota; `detail` is from, until, order.
    TurnAdded,
    /// A turn was taken out of the rota.
    TurnRemoved,
    /// A turn went to someone else; `detail` ends with whom it was of.
    TurnGiven,
    /// Someone offered their turn to the others.
    TurnOffered,
    /// Someone took that offer back.
    TurnKept,
    /// Nobody is on call, now or soon; `detail` is from when and until when.
    RotaGap,
    /// A gap of the rota is filled, or past.
    RotaGapEnded,
    /// A service was added to the directory, or changed.
    ServiceSaved,
    /// Someone said how many places a service has free; `detail` is how many.
    PlacesSaid,
    /// A file of people, of the rota or of services was taken; `detail` is which, and how many lines did what.
    Imported,
}

impl Kind {
    /// The code as it is stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::SignInFailed => "sign_in_failed",
            Self::SignedOut => "signed_out",
            Self::Enrolled => "enrolled",
            Self::EnrolFailed => "enrol_failed",
            Self::Revoked => "revoked",
            Self::CodeMade => "code_made",
            Self::Forbidden => "forbidden",
            Self::EntryRefused => "entry_refused",
            Self::PersonRead => "person_read",
            Self::LogRead => "log_read",
            Self::DecisionRead => "decision_read",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Told => "told",
            Self::NotTold => "not_told",
            Self::Seen => "seen",
            Self::Escalated => "escalated",
            Self::CaseNote => "case_note",
            Self::ReleaseGiven => "release_given",
            Self::ReleaseWithdrawn => "release_withdrawn",
            Self::ReleasedSaved => "released_saved",
            Self::PersonWord => "person_word",
            Self::Withdrawn => "withdrawn",
            Self::Confirmed => "confirmed",
            Self::SiteLoaded => "site_loaded",
            Self::Readmitted => "readmitted",
            Self::RevocationsConfirmed => "revocations_confirmed",
            Self::Started => "started",
            Self::BackedUp => "backed_up",
            Self::EpochOpened => "epoch_opened",
            Self::LossLearned => "loss_learned",
            Self::LedgerFault => "ledger_fault",
            Self::LedgerAhead => "ledger_ahead",
            Self::LedgerForked => "ledger_forked",
            Self::Erased => "erased",
            Self::Exported => "exported",
            Self::DevicesRead => "devices_read",
            Self::ClockSetBack => CLOCK_SET_BACK,
            Self::ChannelsSet => "channels_set",
            Self::LanguageSet => "language_set",
            Self::BrowserAdded => "browser_added",
            Self::BrowserRemoved => "browser_removed",
            Self::ChannelKeyMade => "channel_key_made",
            Self::TurnAdded => "turn_added",
            Self::TurnRemoved => "turn_removed",
            Self::TurnGiven => "turn_given",
            Self::TurnOffered => "turn_offered",
            Self::TurnKept => "turn_kept",
            Self::RotaGap => "rota_gap",
            Self::RotaGapEnded => "rota_gap_ended",
            Self::ServiceSaved => "service_saved",
            Self::PlacesSaid => "places_said",
            Self::Imported => "imported",
        }
    }
}

/// One event.
#[derive(Debug, Clone)]
pub struct Event {
    /// What.
    pub kind: Kind,
    /// Who did it: staff or device.
    pub actor: Option<Uuid>,
    /// To what: referral, device, person.
    pub subject: Option<Uuid>,
    /// A code or a route; never words of a person.
    pub detail: String,
}

impl Event {
    /// Something that happened, by nobody and to nothing known yet.
    pub const fn new(kind: Kind) -> Self {
        Self { kind, actor: None, subject: None, detail: String::new() }
    }

    /// By this member of staff.
    #[must_use]
    pub const fn by(mut self, staff: StaffId) -> Self {
        self.actor = Some(staff.0);
        self
    }

    /// By this device.
    #[must_use]
    pub const fn by_device(mut self, device: DeviceId) -> Self {
        self.actor = Some(device.0);
        self
    }

    /// To this.
    #[must_use]
    pub const fn on(mut self, subject: Uuid) -> Self {
        self.subject = Some(subject);
        self
    }

    /// With this code or route.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
}

/// Appends an event, and its leaf to the ledger.
///
/// # Errors
/// [`StoreError`].
pub fn append(db: &mut dyn Db, event: &Event, now: DateTime<Utc>) -> Result<(), StoreError> {
    let taken = take_at(db, now)?;
    write(db, taken, event, now)
}

/// Takes a place for what is stamped with this time. If the clock went back since the leaf before, that is said first.
pub(super) fn take_at(db: &mut dyn Db, now: DateTime<Utc>) -> Result<Taken, StoreError> {
    let taken = take(db)?;
    let Some(before) = taken.before.filter(|before| is_step(*before, now)) else { return Ok(taken) };
    write(db, taken, &step(before), now)?;
    take(db)
}

/// Says that the clock went back, after a leaf that had to come first.
pub(super) fn note_step(db: &mut dyn Db, taken: Taken, now: DateTime<Utc>) -> Result<(), StoreError> {
    match taken.before.filter(|before| is_step(*before, now)) {
        Some(before) => {
            let next = take(db)?;
            write(db, next, &step(before), now)
        }
        None => Ok(()),
    }
}

fn is_step(before: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now < before - TimeDelta::milliseconds(CLOCK_SLACK_MS)
}

fn step(before: DateTime<Utc>) -> Event {
    tracing::warn!("the clock went back by more than ten minutes; the log says so");
    Event::new(Kind::ClockSetBack).detail(before.to_rfc3339_opts(SecondsFormat::Millis, true))
}

fn write(db: &mut dyn Db, taken: Taken, event: &Event, now: DateTime<Utc>) -> Result<(), StoreError> {
    let n = db.insert(
        "INSERT INTO events (at_ms, kind, actor, subject, detail) VALUES (:at, :kind, :actor, :subject, :detail)",
        "n",
        &[
            (":at", now.into()),
            (":kind", event.kind.code().into()),
            (":actor", event.actor.into()),
            (":subject", event.subject.into()),
            (":detail", (&event.detail).into()),
        ],
    )?;
    let record = Record::Event {
        at_ms: now.timestamp_millis(),
        kind: event.kind.code(),
        actor: event.actor,
        subject: event.subject,
        detail: &event.detail,
    };
    put(db, taken, (LeafKind::Event, n), &record)
}

/// How many events of a kind there are.
///
/// # Errors
/// [`StoreError`].
pub fn count(db: &mut dyn Db, kind: Kind) -> Result<u64, StoreError> {
    let row = db.first("SELECT count(*) FROM events WHERE kind = :kind", &[(":kind", kind.code().into())])?;
    row.map_or(Ok(0), |mut row| row.count())
}

/// Every event as one line of text, oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn lines(db: &mut dyn Db) -> Result<Vec<String>, StoreError> {
    last(db, u32::MAX)
}

/// The last events, oldest first, one line of text each: when, what, who, to what, and a code.
///
/// # Errors
/// [`StoreError`].
pub fn last(db: &mut dyn Db, most: u32) -> Result<Vec<String>, StoreError> {
    let line = |mut row: super::Row| {
        let (at, kind) = (row.time()?, row.text()?);
        let id = |id: Option<Uuid>| id.map_or_else(|| "-".to_owned(), |id| id.to_string());
        let (actor, subject) = (id(row.maybe_id()?), id(row.maybe_id()?));
        Ok(format!("{} {kind} {actor} {subject} {}", at.to_rfc3339(), row.text()?))
    };
    let sql = "SELECT at_ms, kind, actor, subject, detail FROM events ORDER BY n DESC LIMIT :most";
    db.rows(sql, &[(":most", most.into())])?.into_iter().rev().map(line).collect()
}
