//! What goes into `outbox.db` and what is read from it, as types; and the reads for screens and lists.

use super::outbox::{Outbox, count, time, wedge};
use super::{StoreError, nat};
use crate::domain::codes::Choice;
use crate::domain::entry::{EntryKind, Header};
use crate::domain::ids::{ChainId, Hash, ReferralId, StaffId};
use crate::domain::time::Reading;
use crate::domain::wire::{ReceiptBody, Signed, Status};
use crate::outbox::{Hold, Wedge};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension as _, Row};

/// The end of the chain, to which the next entry is tied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// This file's chain.
    pub chain: ChainId,
    /// The sequence that the next entry gets.
    pub seq: u64,
    /// Hash of the entry before it.
    pub prev: Option<Hash>,
    /// What the clocks read when that was saved; nothing for the first, and for one of an older format.
    pub saved: Option<Reading>,
}

/// What is stored beside a sealed entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewEntry {
    /// Its referral.
    pub referral: ReferralId,
    /// Who acted.
    pub officer: StaffId,
    /// What kind it is.
    pub kind: EntryKind,
    /// What was decided or done: see [`crate::domain::entry::Body::code`].
    pub code: &'static str,
    /// Whom a step of the hand-off names.
    pub whom: Option<StaffId>,
    /// What the clocks read.
    pub at: Reading,
}

/// What became of an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It is durable.
    New(Hash),
    /// This referral's decision, or its withdrawal, was saved before: that one stands.
    Already(Hash),
}

/// One entry, as far as it can be read without a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// Sequence in the chain.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
    /// Its referral.
    pub referral: ReferralId,
    /// Who acted.
    pub officer: StaffId,
    /// What kind it is.
    pub kind: EntryKind,
    /// What was decided, if it is a decision.
    pub choice: Choice,
    /// What was decided or done, as a code.
    pub code: String,
    /// Whom a step of the hand-off names.
    pub whom: Option<StaffId>,
    /// When it was saved, by the wall clock.
    pub saved_at: DateTime<Utc>,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the server will not take it.
    pub wedge: Option<Wedge>,
    /// When the server stored it, from its receipt.
    pub received_at: Option<DateTime<Utc>>,
    /// What the feed last said of its referral.
    pub status: Option<Status>,
}

/// A decision as the outbox knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecidedRow {
    /// Hash of its entry.
    pub hash: Hash,
    /// What was decided.
    pub choice: Choice,
    /// Its header, as long as the sealed bytes are here.
    pub header: Option<Header>,
}

/// What became of one entry, to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// The server has it: the receipt as it was signed, and its body.
    Cleared(Box<(Signed, ReceiptBody)>),
    /// The server will not take it.
    Wedged(Wedge),
}

/// Why nothing goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldRow {
    /// The reason.
    pub why: Hold,
    /// Since when it is that one.
    pub since: DateTime<Utc>,
}

/// The shift that is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftRow {
    /// Who.
    pub officer: StaffId,
    /// In which unit.
    pub unit: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// What has no receipt that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsent {
    /// How many entries.
    pub entries: u64,
    /// Those of them that the server would not take, or of which nothing is left to send.
    pub wedged: u64,
    /// When the oldest was saved, by the wall clock; nothing if there is none.
    pub oldest: Option<DateTime<Utc>>,
}

impl Outbox {
    /// Referrals of which the server said that it erased them.
    ///
    /// # Errors
    /// The database.
    pub fn erased(&mut self) -> Result<Vec<ReferralId>, StoreError> {
        self.run(|conn| {
            let mut query = conn.prepare_cached("SELECT DISTINCT referral FROM entries WHERE erased = 1")?;
            let rows = query.query_map([], |row| row.get(0).map(ReferralId))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// How much has no receipt that stands: told with every call, so counted where it lies.
    ///
    /// # Errors
    /// The database.
    pub fn unsent(&mut self) -> Result<Unsent, StoreError> {
        self.run(|conn| {
            // A time that is none stands as the oldest.
            let sql = "SELECT count(*), count(CASE WHEN gone OR wedge IS NOT NULL THEN 1 END),
                    min(CASE WHEN abs(saved_at / 2) > :latest / 2 THEN 0 ELSE saved_at END)
                FROM entries WHERE received_at IS NULL OR gone";
            let latest = DateTime::<Utc>::MAX_UTC.timestamp_millis();
            let read =
                |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, Option<i64>>(2)?));
            let (entries, wedged, oldest) = conn.prepare_cached(sql)?.query_row([latest], read)?;
            Ok(Unsent { entries: nat(entries)?, wedged: nat(wedged)?, oldest: oldest.map(time) })
        })
    }

    /// The decision of a referral as it was sealed: its hash, its choice, and its header while the bytes are
    /// here. Nothing if there is none.
    ///
    /// # Errors
    /// The database.
    pub fn decided(&mut self, referral: ReferralId) -> Result<Option<DecidedRow>, StoreError> {
        self.run(|conn| {
            let sql = "SELECT hash, code, header FROM entries WHERE referral = :referral AND kind = 'decision'";
            let read = |row: &Row<'_>| {
                let code: String = row.get(1)?;
                let header: Option<Vec<u8>> = row.get(2)?;
                Ok(DecidedRow {
                    hash: Hash(row.get(0)?),
                    choice: Choice::from_code(&code).unwrap_or(Choice::OfferedAccepted),
                    header: header.and_then(|bytes| Header::from_bytes(&bytes).ok()),
                })
            };
            Ok(conn.prepare_cached(sql)?.query_row([referral.0], read).optional()?)
        })
    }

    /// Every entry, newest first, with what the feed said of its referral. A value that cannot be read
    /// stands as the one that alarms more, and hides no other entry.
    ///
    /// # Errors
    /// The database.
    pub fn entries(&mut self) -> Result<Vec<EntryRow>, StoreError> {
        self.run(|conn| {
            let mut query = conn.prepare_cached(
                "SELECT e.seq, e.hash, e.referral, e.officer, e.kind, e.code, e.whom, e.saved_at, e.attempts, e.wedge,
                        e.received_at, e.gone, s.status
                 FROM entries e LEFT JOIN statuses s ON s.referral = e.referral ORDER BY e.seq DESC",
            )?;
            let mut rows = query.query([])?;
            let mut entries = Vec::new();
            while let Some(row) = rows.next()? {
                entries.push(entry_row(row)?);
            }
            Ok(entries)
        })
    }
}

fn entry_row(row: &Row<'_>) -> Result<EntryRow, StoreError> {
    // By place, not by name: every list is read so, and a name is looked for in all of them.
    let (kind, code): (String, String) = (row.get(4)?, row.get(5)?);
    let status: Option<String> = row.get(12)?;
    // Neither here nor there any more: whatever its receipt says, it is not safe.
    let gone: bool = row.get(11)?;
    Ok(EntryRow {
        seq: nat(row.get(0)?)?,
        hash: Hash(row.get(1)?),
        referral: ReferralId(row.get(2)?),
        officer: StaffId(row.get(3)?),
        // Someone may be waiting for it.
        kind: EntryKind::from_code(&kind).unwrap_or(EntryKind::Decision),
        choice: Choice::from_code(&code).unwrap_or(Choice::OfferedAccepted),
        code,
        whom: row.get::<_, Option<_>>(6).unwrap_or_default().map(StaffId),
        saved_at: time(row.get(7)?),
        attempts: count(row.get(8)?),
        wedge: if gone { Some(Wedge::Gone) } else { wedge(row.get(9)?) },
        received_at: row.get::<_, Option<i64>>(10)?.filter(|_| !gone).map(time),
        status: status.and_then(|json| serde_json::from_str(&json).ok()),
    })
}
