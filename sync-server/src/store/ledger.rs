//! Leaves of the ledger: appended in the transaction of what they stand for.
//!
//! The write path takes a place, a salt and one hash, and writes one row. The tree is built behind it.

use super::events::note_step;
use super::{Db, Row, StoreError};
use crate::ledger::record::{Beginning, LeafKind, Left, Place, Record, Salt};
use chrono::{DateTime, Utc};
use handoff::domain::ids::Hash;
use handoff::seal::note::Checkpoint;
use handoff::seal::random;

/// A place that was taken for a leaf.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    n: u64,
    pub(super) place: Place,
    /// The time of the leaf before, if there is one.
    pub(super) before: Option<DateTime<Utc>>,
}

/// Takes the next place. Until the transaction ends, no other takes one: so there are no holes.
pub(super) fn take(db: &mut dyn Db) -> Result<Taken, StoreError> {
    // Read and then written, in two statements: one transaction writes at a time, and to return a changed row SQLite
    // builds a table of its own for it.
    let row = db.first(
        "SELECT size + 1, epoch, size + 1 - first,
             (SELECT coalesce(v.at_ms, e.received_ms, p.began_ms) FROM leaves l
              LEFT JOIN events v ON l.kind = 'event' AND v.n = l.record
              LEFT JOIN entries e ON l.kind = 'entry' AND e.position = l.record
              LEFT JOIN epochs p ON l.kind = 'epoch' AND p.epoch = l.record
              WHERE l.n = ledger.size)
         FROM ledger WHERE one = 1",
        &[],
    )?;
    db.run("UPDATE ledger SET size = size + 1 WHERE one = 1", &[])?;
    taken(row)
}

/// The newest place, which is another leaf's.
pub(super) fn newest(db: &mut dyn Db) -> Result<Taken, StoreError> {
    taken(db.first("SELECT size, epoch, size - first, NULL FROM ledger WHERE one = 1", &[])?)
}

fn taken(row: Option<Row>) -> Result<Taken, StoreError> {
    let mut row = row.ok_or(StoreError::Shape("the ledger has no row"))?;
    let (n, epoch, position) = (row.count()?, row.count()?, row.count()?);
    Ok(Taken { n, place: Place { epoch, position }, before: row.maybe_time()? })
}

/// Writes the leaf of a record at the place taken for it.
pub(super) fn put(
    db: &mut dyn Db,
    taken: Taken,
    (kind, row): (LeafKind, u64),
    record: &Record<'_>,
) -> Result<(), StoreError> {
    let salt: Salt = random::bytes().map_err(|_| StoreError::Random)?;
    db.run(
        "INSERT INTO leaves (n, kind, record, salt, commitment) VALUES (:n, :kind, :record, :salt, :commitment)",
        &[
            (":n", taken.n.into()),
            (":kind", kind.code().into()),
            (":record", row.into()),
            (":salt", salt.as_slice().into()),
            (":commitment", record.commitment(&salt).into()),
        ],
    )?;
    Ok(())
}

/// An epoch as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Epoch {
    /// Which, from 1.
    pub epoch: u64,
    /// Origin of its log.
    pub origin: String,
    /// When it began.
    pub began: DateTime<Utc>,
    /// Leaves of the epochs before it.
    pub first: u64,
    /// Its newest checkpoint is of this size; 0 while there is none.
    pub signed: u64,
    /// Leaves that are kept of it: for the epoch now, all there are.
    pub size: u64,
    /// Devices have seen it with at least so many leaves; never below `size`.
    pub seen: u64,
}

const EPOCH: &str =
    "SELECT e.epoch, e.origin, e.began_ms, e.first, e.signed, coalesce(e.size, l.size - e.first), e.seen
    FROM epochs e CROSS JOIN ledger l";

fn epoch(mut row: Row) -> Result<Epoch, StoreError> {
    let (epoch, origin, began) = (row.count()?, row.text()?, row.time()?);
    let (first, signed, size) = (row.count()?, row.count()?, row.count()?);
    let seen = row.maybe_int()?.and_then(|seen| u64::try_from(seen).ok()).unwrap_or(0).max(size);
    Ok(Epoch { epoch, origin, began, first, signed, size, seen })
}

/// Every epoch, oldest first; the last is the one now.
///
/// # Errors
/// [`StoreError`].
pub fn epochs(db: &mut dyn Db) -> Result<Vec<Epoch>, StoreError> {
    db.rows(&format!("{EPOCH} ORDER BY e.epoch"), &[])?.into_iter().map(epoch).collect()
}

/// The epoch now. Nothing before [`begin`].
///
/// # Errors
/// [`StoreError`].
pub fn epoch_now(db: &mut dyn Db) -> Result<Option<Epoch>, StoreError> {
    db.first(&format!("{EPOCH} WHERE e.epoch = l.epoch"), &[])?.map(epoch).transpose()
}

/// Begins the ledger, once: the first epoch, and a leaf for whatever an older version had stored without.
///
/// # Errors
/// [`StoreError`].
pub fn begin(db: &mut dyn Db, now: DateTime<Utc>) -> Result<(), StoreError> {
    if db.first("SELECT epoch FROM epochs LIMIT 1", &[])?.is_some() {
        return Ok(());
    }
    write_epoch(db, (1, 0), Vec::new(), now)?;
    let bare = "SELECT position, hash, received_ms FROM entries WHERE leaf = 0 ORDER BY position";
    for mut row in db.rows(bare, &[])? {
        let (position, hash, received) = (row.count()?, row.hash()?, row.int()?);
        let taken = take(db)?;
        let place = taken.place;
        db.run(
            "UPDATE entries SET epoch = :epoch, leaf = :leaf WHERE position = :position",
            &[(":epoch", place.epoch.into()), (":leaf", place.position.into()), (":position", position.into())],
        )?;
        put(db, taken, (LeafKind::Entry, position), &Record::Entry { hash, received_ms: received })?;
    }
    let bare = "SELECT n, at_ms, kind, actor, subject, detail FROM events
        WHERE n NOT IN (SELECT record FROM leaves WHERE kind = 'event') ORDER BY n";
    for mut row in db.rows(bare, &[])? {
        let (n, at_ms, kind) = (row.count()?, row.int()?, row.text()?);
        let (actor, subject, detail) = (row.maybe_id()?, row.maybe_id()?, row.text()?);
        let taken = take(db)?;
        put(db, taken, (LeafKind::Event, n), &Record::Event { at_ms, kind: &kind, actor, subject, detail: &detail })?;
    }
    Ok(())
}

/// Opens the next epoch: this server was restored from a copy, as a checkpoint shows that it signed and does
/// not hold. The first leaf names what was lost. Returns the new epoch's number.
///
/// # Errors
/// [`StoreError`].
pub fn open_epoch(db: &mut dyn Db, ahead: &Checkpoint, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let current = epoch_now(db)?.ok_or(StoreError::Shape("the ledger has not begun"))?;
    let seen = if ahead.origin == current.origin { ahead.head.size } else { current.size };
    db.run(
        "UPDATE epochs SET size = :size, seen = :seen WHERE epoch = :epoch",
        &[(":size", current.size.into()), (":seen", seen.max(current.seen).into()), (":epoch", current.epoch.into())],
    )?;
    let first = current.first + current.size;
    let lost = epoch_of(&ahead.origin).filter(|epoch| *epoch > current.epoch && ahead.origin != current.origin);
    if let Some(lost) = lost {
        db.run(
            "INSERT INTO epochs (epoch, origin, began_ms, first, record, signed, size, seen)
             VALUES (:epoch, :origin, :now, :first, '', 0, 0, :seen)",
            &[
                (":epoch", lost.into()),
                (":origin", (&ahead.origin).into()),
                (":now", now.into()),
                (":first", first.into()),
                (":seen", ahead.head.size.into()),
            ],
        )?;
    }
    let mut before = Vec::new();
    for epoch in epochs(db)? {
        let root = super::tree::root(db, &epoch, epoch.size)?;
        before.push(Left { epoch: epoch.epoch, size: epoch.size, seen: epoch.seen, root });
    }
    let next = before.last().map_or(1, |left| left.epoch) + 1;
    write_epoch(db, (next, first), before, now)?;
    Ok(next)
}

/// What the first leaf of an epoch says.
///
/// # Errors
/// [`StoreError`]: there is no such epoch here, or it is not readable.
pub fn beginning(db: &mut dyn Db, epoch: u64) -> Result<Beginning, StoreError> {
    let row = db.first("SELECT record FROM epochs WHERE epoch = :epoch", &[(":epoch", epoch.into())])?;
    let record = row.ok_or(StoreError::Shape("no such epoch"))?.text()?;
    serde_json::from_str(&record).map_err(|_| StoreError::Shape("the beginning of an epoch"))
}

/// The number in an origin of ours.
pub fn epoch_of(origin: &str) -> Option<u64> {
    origin.strip_prefix(ORIGIN)?.split_once('/')?.1.parse().ok()
}

const ORIGIN: &str = "handoff/log/";

/// Writes an epoch, its leaf as the first of it.
fn write_epoch(
    db: &mut dyn Db,
    (epoch, first): (u64, u64),
    before: Vec<Left>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let name: String =
        random::bytes::<8>().map_err(|_| StoreError::Random)?.iter().map(|b| format!("{b:02x}")).collect();
    let beginning =
        Beginning { epoch, origin: format!("{ORIGIN}{name}/{epoch}"), began_ms: now.timestamp_millis(), before };
    let record = serde_json::to_string(&beginning).map_err(|_| StoreError::Shape("an epoch has no JSON"))?;
    db.run(
        "INSERT INTO epochs (epoch, origin, began_ms, first, record, signed)
         VALUES (:epoch, :origin, :now, :first, :record, 0)",
        &[
            (":epoch", epoch.into()),
            (":origin", (&beginning.origin).into()),
            (":now", now.into()),
            (":first", first.into()),
            (":record", (&record).into()),
        ],
    )?;
    db.run(
        "UPDATE ledger SET epoch = :epoch, first = :first WHERE one = 1",
        &[(":epoch", epoch.into()), (":first", first.into())],
    )?;
    // The first leaf of an epoch is its beginning, whatever the clock says.
    let taken = take(db)?;
    put(db, taken, (LeafKind::Epoch, epoch), &Record::Epoch(&record))?;
    note_step(db, taken, now)
}

/// The commitment of each leaf of an epoch, from one position to another, both included.
pub(super) fn commitments(db: &mut dyn Db, first: u64, range: (u64, u64)) -> Result<Vec<Hash>, StoreError> {
    let rows = db.rows(
        "SELECT commitment FROM leaves WHERE n BETWEEN :from AND :to ORDER BY n",
        &[(":from", (first + range.0).into()), (":to", (first + range.1).into())],
    )?;
    rows.into_iter().map(|mut row| row.hash()).collect()
}
