//! Leaves with what they stand for: read to be checked before a checkpoint is signed, and to be exported.

use super::entries::wire;
use super::ledger::Epoch;
use super::{Db, Row, StoreError};
use crate::ledger::record::{LeafKind, Place, Record, Salt};
use chrono::{DateTime, Utc};
use handoff::domain::entry::entry_hash;
use handoff::domain::ids::Hash;
use handoff::domain::wire::WireEntry;
use handoff::seal::tree::{Head, Node};
use uuid::Uuid;

/// A leaf as it is stored.
#[derive(Debug, Clone)]
pub struct StoredLeaf {
    /// Its number over all epochs, from 1.
    pub n: u64,
    /// What it stands for.
    pub kind: LeafKind,
    /// Nothing once its record was erased.
    pub salt: Option<Salt>,
    /// What it commits to.
    pub commitment: Hash,
    /// The record, as it now stands in its own table.
    pub record: StoredRecord,
}

/// What a leaf stands for, as it is stored.
#[derive(Debug, Clone)]
pub enum StoredRecord {
    /// A sealed entry.
    Entry {
        /// The hash that its receipt names.
        hash: Hash,
        /// When it came.
        received_ms: i64,
        /// Its bytes; empty once erased.
        wire: WireEntry,
    },
    /// An event.
    Event {
        /// When.
        at_ms: i64,
        /// Its kind's code.
        kind: String,
        /// By whom.
        actor: Option<Uuid>,
        /// To what.
        subject: Option<Uuid>,
        /// A code or route.
        detail: String,
    },
    /// The beginning of an epoch.
    Epoch(String),
    /// There is no such row.
    Missing,
}

/// What is wrong with a stored leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeafFault {
    /// The record is not what was committed to.
    Edited,
    /// The record or the leaf is not there.
    Missing,
    /// The salt is gone, and no event says that the record was erased.
    ErasedUnsaid,
    /// The leaves before are not those of the last checkpoint.
    Rewritten,
}

impl LeafFault {
    /// In a few words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Edited => "was changed",
            Self::Missing => "is missing",
            Self::ErasedUnsaid => "was erased without a word",
            Self::Rewritten => "is not what was signed",
        }
    }
}

impl StoredLeaf {
    /// Computes the commitment anew from the record.
    ///
    /// # Errors
    /// What is wrong with it. A leaf without a salt is for the caller to judge: it passes here.
    pub fn check(&self) -> Result<(), LeafFault> {
        let Some(salt) = &self.salt else { return Ok(()) };
        let record = match &self.record {
            StoredRecord::Entry { hash, received_ms, wire } => {
                if entry_hash(&wire.header.0, &wire.enc.0, &wire.ciphertext.0) != *hash {
                    return Err(LeafFault::Edited);
                }
                Record::Entry { hash: *hash, received_ms: *received_ms }
            }
            StoredRecord::Event { at_ms, kind, actor, subject, detail } => {
                Record::Event { at_ms: *at_ms, kind, actor: *actor, subject: *subject, detail }
            }
            StoredRecord::Epoch(json) => Record::Epoch(json),
            StoredRecord::Missing => return Err(LeafFault::Missing),
        };
        if record.commitment(salt) == self.commitment { Ok(()) } else { Err(LeafFault::Edited) }
    }
}

/// Leaves by their numbers, both included, with their records.
///
/// # Errors
/// [`StoreError`].
pub fn between(db: &mut dyn Db, from: u64, to: u64) -> Result<Vec<StoredLeaf>, StoreError> {
    let rows = db.rows(
        "SELECT l.n, l.kind, l.salt, l.commitment, e.hash, e.received_ms, e.header, e.enc, e.ciphertext,
             v.at_ms, v.kind, v.actor, v.subject, v.detail, p.record
         FROM leaves l
         LEFT JOIN entries e ON l.kind = 'entry' AND e.position = l.record
         LEFT JOIN events v ON l.kind = 'event' AND v.n = l.record
         LEFT JOIN epochs p ON l.kind = 'epoch' AND p.epoch = l.record
         WHERE l.n BETWEEN :from AND :to ORDER BY l.n",
        &[(":from", from.into()), (":to", to.into())],
    )?;
    rows.into_iter().map(leaf).collect()
}

/// Whether a leaf after this one is of an event that says that a record was erased.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn erases_after(db: &mut dyn Db, n: u64) -> Result<bool, StoreError> {
    let found = db.first(
        "SELECT l.n FROM leaves l JOIN events v ON v.n = l.record
         WHERE l.kind = 'event' AND l.n > :n AND v.kind = 'erased' LIMIT 1",
        &[(":n", n.into())],
    )?;
    Ok(found.is_some())
}

fn leaf(mut row: Row) -> Result<StoredLeaf, StoreError> {
    let (n, kind) = (row.count()?, row.code(LeafKind::from_code)?);
    let salt = row.maybe_blob()?.map(|salt| salt.try_into().map_err(|_| StoreError::Shape("a salt is 32 bytes")));
    let (salt, commitment) = (salt.transpose()?, row.hash()?);
    let record = match kind {
        LeafKind::Entry => entry(&mut row)?,
        LeafKind::Event => event(&mut row)?,
        LeafKind::Epoch => {
            row.skip(10)?;
            row.maybe_text()?.map_or(StoredRecord::Missing, StoredRecord::Epoch)
        }
    };
    Ok(StoredLeaf { n, kind, salt, commitment, record })
}

fn entry(row: &mut Row) -> Result<StoredRecord, StoreError> {
    let Some(hash) = row.maybe_hash()? else { return Ok(StoredRecord::Missing) };
    Ok(StoredRecord::Entry { hash, received_ms: row.int()?, wire: wire(row)? })
}

fn event(row: &mut Row) -> Result<StoredRecord, StoreError> {
    row.skip(5)?;
    let Some(at_ms) = row.maybe_int()? else { return Ok(StoredRecord::Missing) };
    let (kind, actor, subject) = (row.text()?, row.maybe_id()?, row.maybe_id()?);
    Ok(StoredRecord::Event { at_ms, kind, actor, subject, detail: row.text()? })
}

/// How an event of an erasure names a leaf.
pub fn erased_name(place: Place) -> String {
    format!("{}/{}", place.epoch, place.position)
}

/// Whether an event says that the record of this leaf was erased.
///
/// # Errors
/// [`StoreError`].
pub fn erasure_is_said(db: &mut dyn Db, place: Place) -> Result<bool, StoreError> {
    let said = "SELECT n FROM events WHERE kind = 'erased' AND detail = :name LIMIT 1";
    Ok(db.first(said, &[(":name", erased_name(place).into())])?.is_some())
}

/// Where the leaf of an entry stands, by the entry's own number.
///
/// # Errors
/// [`StoreError`].
pub fn place_of_entry(db: &mut dyn Db, row: u64) -> Result<Option<Place>, StoreError> {
    let row = db.first("SELECT epoch, leaf FROM entries WHERE position = :row", &[(":row", row.into())])?;
    row.map(|mut row| Ok(Place { epoch: row.count()?, position: row.count()? })).transpose()
}

/// A checkpoint as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// Of which epoch.
    pub epoch: u64,
    /// Size and root.
    pub head: Head,
    /// The signed note.
    pub note: String,
    /// When it was signed.
    pub at: DateTime<Utc>,
}

/// A checkpoint by its size; the newest of the epoch for no size.
///
/// # Errors
/// [`StoreError`].
pub fn checkpoint(db: &mut dyn Db, epoch: u64, size: Option<u64>) -> Result<Option<StoredCheckpoint>, StoreError> {
    let row = db.first(
        "SELECT epoch, size, root, note, at_ms FROM checkpoints
         WHERE epoch = :epoch AND (:any = 1 OR size = :size) ORDER BY size DESC LIMIT 1",
        &[(":epoch", epoch.into()), (":any", size.is_none().into()), (":size", size.unwrap_or(0).into())],
    )?;
    row.map(stored_checkpoint).transpose()
}

/// The checkpoints of an epoch by their sizes, both included.
///
/// # Errors
/// [`StoreError`].
pub fn checkpoints_between(
    db: &mut dyn Db,
    epoch: u64,
    (from, to): (u64, u64),
) -> Result<Vec<StoredCheckpoint>, StoreError> {
    let rows = db.rows(
        "SELECT epoch, size, root, note, at_ms FROM checkpoints
         WHERE epoch = :epoch AND size BETWEEN :from AND :to ORDER BY size",
        &[(":epoch", epoch.into()), (":from", from.into()), (":to", to.into())],
    )?;
    rows.into_iter().map(stored_checkpoint).collect()
}

fn stored_checkpoint(mut row: Row) -> Result<StoredCheckpoint, StoreError> {
    let (epoch, size, root) = (row.count()?, row.count()?, row.hash()?);
    Ok(StoredCheckpoint { epoch, head: Head { size, root }, note: row.text()?, at: row.time()? })
}

/// Stores a checkpoint with the subtrees that are complete with it. False, and nothing done, if another
/// process has signed meanwhile, or the epoch is over.
pub(crate) fn save_checkpoint(
    db: &mut dyn Db,
    was: &Epoch,
    new: &StoredCheckpoint,
    tiles: &[(Node, Hash)],
) -> Result<bool, StoreError> {
    let moved = db.run(
        "UPDATE epochs SET signed = :size WHERE epoch = :epoch AND signed = :was AND size IS NULL",
        &[(":size", new.head.size.into()), (":epoch", new.epoch.into()), (":was", was.signed.into())],
    )?;
    if moved != 1 {
        return Ok(false);
    }
    for (node, hash) in tiles {
        super::tree::save_tile(db, new.epoch, *node, *hash)?;
    }
    db.run(
        "INSERT INTO checkpoints (epoch, size, root, note, at_ms) VALUES (:epoch, :size, :root, :note, :at)",
        &[
            (":epoch", new.epoch.into()),
            (":size", new.head.size.into()),
            (":root", new.head.root.into()),
            (":note", (&new.note).into()),
            (":at", new.at.into()),
        ],
    )?;
    Ok(true)
}
