//! The sergeant's log: every decision, newest first.

use super::entries::wire;
use super::{Db, Row, StoreError};
use crate::flags::{Flag, Flags};
use chrono::{DateTime, Utc};
use handoff::domain::codes::{Choice, Containment, Door, Reason, SceneOutcome, Verdict};
use handoff::domain::ids::{DeviceId, ReferralId, StaffId};
use handoff::domain::stage::Stage;
use handoff::domain::wire::WireEntry;

/// One decision in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// Its position in the log: its name in a link.
    pub position: u64,
    /// The encounter.
    pub referral: ReferralId,
    /// Who decided.
    pub officer: StaffId,
    /// On which device.
    pub device: DeviceId,
    /// When, by the scene's own clock.
    pub at: DateTime<Utc>,
    /// When it came here.
    pub received: DateTime<Utc>,
    /// The door.
    pub door: Door,
    /// What the rules said.
    pub verdict: Verdict,
    /// What the officer decided.
    pub choice: Choice,
    /// Why no offer was made or taken.
    pub reason: Option<Reason>,
    /// What became of the person at the scene.
    pub outcome: SceneOutcome,
    /// The pack's id.
    pub pack: String,
    /// The pack's version.
    pub pack_version: i64,
    /// The nearest zone's id.
    pub zone: Option<String>,
    /// Where the fix lies against it.
    pub containment: Option<Containment>,
    /// What to look at twice.
    pub flags: Flags,
    /// The sergeant's word on an override, if it was given.
    pub confirmed: Option<Confirmation>,
    /// Where the case stands, if there is one.
    pub stage: Option<Stage>,
}

impl LogRow {
    /// An override that no sergeant has confirmed yet.
    pub const fn needs_review(&self) -> bool {
        self.flags.has(Flag::Override) && self.confirmed.is_none()
    }
}

/// A sergeant's word on an override.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// Who.
    pub by: StaffId,
    /// When.
    pub at: DateTime<Utc>,
    /// What they noted.
    pub note: String,
}

/// Which decisions to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFilter {
    /// All.
    #[default]
    All,
    /// Overrides that wait for a sergeant.
    NeedsReview,
    /// Those with this flag.
    Flagged(Flag),
}

/// One page of the log: `before` is the position after which to go on, nothing for the newest.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogQuery {
    /// Only decisions at a lower position.
    pub before: Option<u64>,
    /// Which.
    pub filter: LogFilter,
    /// How many.
    pub most: u32,
}

/// What came of confirming an override.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirming {
    /// It is confirmed now.
    Confirmed,
    /// It was confirmed before; the first word stands.
    AlreadyConfirmed,
    /// There is no such decision, or it is no override.
    NothingToConfirm,
}

const ROW: &str =
    "SELECT d.position, d.referral, d.officer, d.device, d.at_ms, d.received_ms, d.door, d.verdict, d.choice,
    d.reason, d.outcome, d.pack, d.pack_version, d.zone, d.containment, d.flags, f.staff, f.at_ms, f.note, c.stage,
    e.header, e.enc, e.ciphertext
    FROM decisions d JOIN entries e ON e.position = d.position
    LEFT JOIN confirmations f ON f.position = d.position LEFT JOIN cases c ON c.position = d.position";

fn log_row(mut row: Row) -> Result<(LogRow, WireEntry), StoreError> {
    let listed = LogRow {
        position: row.count()?,
        referral: ReferralId(row.id()?),
        officer: StaffId(row.id()?),
        device: DeviceId(row.id()?),
        at: row.time()?,
        received: row.time()?,
        door: row.code(Door::from_code)?,
        verdict: row.code(Verdict::from_code)?,
        choice: row.code(Choice::from_code)?,
        reason: row.maybe_code(Reason::from_code)?,
        outcome: row.code(SceneOutcome::from_code)?,
        pack: row.text()?,
        pack_version: row.int()?,
        zone: row.maybe_text()?,
        containment: row.maybe_code(Containment::from_code)?,
        flags: Flags::from_bits(row.int()?),
        confirmed: confirmation(&mut row)?,
        stage: row.maybe_code(Stage::from_code)?,
    };
    Ok((listed, wire(&mut row)?))
}

fn confirmation(row: &mut Row) -> Result<Option<Confirmation>, StoreError> {
    let (by, at, note) = (row.maybe_id()?, row.maybe_time()?, row.maybe_text()?);
    Ok(by.zip(at).zip(note).map(|((by, at), note)| Confirmation { by: StaffId(by), at, note }))
}

/// A page of decisions, newest first, each with its sealed entry.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn page(db: &mut dyn Db, query: LogQuery) -> Result<Vec<(LogRow, WireEntry)>, StoreError> {
    let (mask, unconfirmed) = match query.filter {
        LogFilter::All => (0, false),
        LogFilter::NeedsReview => (Flags::default().with_if(Flag::Override, true).bits(), true),
        LogFilter::Flagged(flag) => (Flags::default().with_if(flag, true).bits(), false),
    };
    let sql = format!(
        "{ROW} WHERE d.position < :before AND (:mask = 0 OR (d.flags & :mask) <> 0) AND (:unconfirmed = 0 OR f.n IS NULL)
         ORDER BY d.position DESC LIMIT :most"
    );
    let rows = db.rows(
        &sql,
        &[
            (":before", query.before.map_or(i64::MAX, |before| i64::try_from(before).unwrap_or(i64::MAX)).into()),
            (":mask", mask.into()),
            (":unconfirmed", unconfirmed.into()),
            (":most", query.most.into()),
        ],
    )?;
    rows.into_iter().map(log_row).collect()
}

/// One decision with its sealed entry.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn one(db: &mut dyn Db, position: u64) -> Result<Option<(LogRow, WireEntry)>, StoreError> {
    db.first(&format!("{ROW} WHERE d.position = :position"), &[(":position", position.into())])?
        .map(log_row)
        .transpose()
}

/// How many overrides wait for a sergeant.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn count_to_review(db: &mut dyn Db) -> Result<u64, StoreError> {
    let row = db.first(
        "SELECT count(*) FROM decisions d LEFT JOIN confirmations f ON f.position = d.position
         WHERE d.flags <> 0 AND (d.flags & :mask) <> 0 AND f.n IS NULL",
        &[(":mask", Flags::default().with_if(Flag::Override, true).bits().into())],
    )?;
    row.map_or(Ok(0), |mut row| row.count())
}

/// Gives a sergeant's word on an override, once.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn confirm(db: &mut dyn Db, position: u64, word: &Confirmation) -> Result<Confirming, StoreError> {
    let Some((row, _)) = one(db, position)?.filter(|(row, _)| row.flags.has(Flag::Override)) else {
        return Ok(Confirming::NothingToConfirm);
    };
    let done = db.run(
        "INSERT INTO confirmations (position, staff, at_ms, note) VALUES (:position, :staff, :at, :note)
         ON CONFLICT (position) DO NOTHING",
        &[
            (":position", row.position.into()),
            (":staff", word.by.into()),
            (":at", word.at.into()),
            (":note", (&word.note).into()),
        ],
    )?;
    Ok(if done == 1 { Confirming::Confirmed } else { Confirming::AlreadyConfirmed })
}
