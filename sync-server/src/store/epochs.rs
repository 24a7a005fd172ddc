//! What a restore needs to know of the log: backups, what of an earlier epoch stands, what came back.

use super::{Db, Row, StoreError, ledger};
use crate::ledger::record::{LeafKind, Record, Salt};
use chrono::{DateTime, TimeDelta, Utc};
use handoff::domain::ids::Hash;
use handoff::domain::wire::{Epochs, Kept, Watermark};

/// Phones keep sealed bytes for so long after a backup has them. See [`last_certain`].
pub(crate) const KEPT_BY_PHONES: TimeDelta = TimeDelta::days(30);

/// Notes a finished backup.
pub(crate) fn add_backup(db: &mut dyn Db, mark: &Watermark) -> Result<(), StoreError> {
    db.run(
        "INSERT INTO backups (epoch, size, at_ms) VALUES (:epoch, :size, :at)",
        &[(":epoch", mark.epoch.into()), (":size", mark.backed_up.into()), (":at", mark.at.into())],
    )?;
    Ok(())
}

/// How far the log is in a backup; nothing while there is none.
pub(crate) fn watermark(db: &mut dyn Db) -> Result<Option<Watermark>, StoreError> {
    let newest = "SELECT epoch, size, at_ms FROM backups ORDER BY epoch DESC, size DESC LIMIT 1";
    let mark = |mut row: Row| Ok(Watermark { epoch: row.count()?, backed_up: row.count()?, at: row.time()? });
    db.first(newest, &[])?.map(mark).transpose()
}

/// The epochs, as devices hear of them. Nothing while the first lasts.
pub(crate) fn told(db: &mut dyn Db) -> Result<Option<Epochs>, StoreError> {
    let mut all = ledger::epochs(db)?;
    let Some(now) = all.pop().filter(|_| !all.is_empty()) else { return Ok(None) };
    let mut kept = Vec::with_capacity(all.len());
    for epoch in all {
        kept.push(Kept { epoch: epoch.epoch, size: certain(db, &epoch)?, seen: epoch.seen });
    }
    Ok(Some(Epochs { epoch: now.epoch, origin: now.origin, began: now.began, kept }))
}

/// How many leaves of an epoch that is over are vouched for.
pub(crate) fn certain(db: &mut dyn Db, epoch: &ledger::Epoch) -> Result<u64, StoreError> {
    let vouched = vouched(db)?.into_iter().find(|(of, _)| *of == epoch.epoch);
    Ok(vouched.map_or(epoch.size, |(_, size)| size.min(epoch.size)))
}

fn vouched(db: &mut dyn Db) -> Result<Vec<(u64, u64)>, StoreError> {
    let rows = db.rows("SELECT epoch, vouched FROM epochs WHERE vouched IS NOT NULL", &[])?;
    rows.into_iter().map(|mut row| Ok((row.count()?, row.count()?))).collect()
}

/// Of an epoch that is over, only the first so many leaves are certain to be those that devices have receipts for.
pub(crate) fn vouch(db: &mut dyn Db, epoch: u64, size: u64) -> Result<(), StoreError> {
    db.run(
        "UPDATE epochs SET vouched = :size WHERE epoch = :epoch",
        &[(":size", size.into()), (":epoch", epoch.into())],
    )?;
    Ok(())
}

/// An older copy was put in place and served before anyone noticed. Up to which leaf is the log of this epoch
/// certainly the one that was there before?
///
/// The copy came into use with a start of the server, so up to the first start that may have been that one.
/// Which it was is not known. Phones keep what they sealed for 30 days after it was in a backup, so of a start
/// longer ago nothing could be offered again anyway.
pub(crate) fn last_certain(db: &mut dyn Db, epoch: &ledger::Epoch, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let row = db.first(
        "SELECT min(l.n) FROM leaves l JOIN events e ON e.n = l.record
         WHERE l.kind = 'event' AND l.n > :first AND e.kind = 'started' AND e.at_ms > :since",
        &[(":first", epoch.first.into()), (":since", (now - KEPT_BY_PHONES).into())],
    )?;
    let start = row.map(|mut row| row.maybe_int()).transpose()?.flatten().and_then(|n| u64::try_from(n).ok());
    Ok(start.map_or(epoch.size, |n| n.saturating_sub(epoch.first + 1)))
}

/// Devices have seen an epoch with so many leaves; true if that is more than was known.
pub(crate) fn seen(db: &mut dyn Db, epoch: u64, size: u64) -> Result<bool, StoreError> {
    let more = db.run(
        "UPDATE epochs SET seen = :size WHERE epoch = :epoch AND size IS NOT NULL AND size < :size
         AND coalesce(seen, 0) < :size",
        &[(":size", size.into()), (":epoch", epoch.into())],
    )?;
    Ok(more == 1)
}

/// An entry that stood in a lost range has come again; false if that was known.
pub(crate) fn add_returned(
    db: &mut dyn Db,
    (epoch, position): (u64, u64),
    entry: Hash,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let added = db.run(
        "INSERT INTO returned (epoch, position, entry, at_ms) VALUES (:epoch, :position, :entry, :now)
         ON CONFLICT (epoch, position) DO NOTHING",
        &[(":epoch", epoch.into()), (":position", position.into()), (":entry", entry.into()), (":now", now.into())],
    )?;
    Ok(added == 1)
}

/// What an epoch lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lost {
    /// Which epoch.
    pub epoch: u64,
    /// The first place that is lost.
    pub from: u64,
    /// The last place that is known to be lost.
    pub to: u64,
    /// So many of them were entries of phones that came again.
    pub returned: u64,
}

/// What earlier epochs lost, oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn lost(db: &mut dyn Db) -> Result<Vec<Lost>, StoreError> {
    let Some(epochs) = told(db)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for Kept { epoch, size, seen } in epochs.kept.into_iter().filter(|kept| kept.size < kept.seen) {
        let row = db.first(
            "SELECT count(*) FROM returned WHERE epoch = :epoch AND position > :size",
            &[(":epoch", epoch.into()), (":size", size.into())],
        )?;
        let returned = row.map_or(Ok(0), |mut row| row.count())?;
        found.push(Lost { epoch, from: size + 1, to: seen, returned });
    }
    Ok(found)
}

/// Works the commitment of the newest leaf out again from its record.
pub(crate) fn check_newest_leaf(db: &mut dyn Db) -> Result<(), StoreError> {
    let row = db.first("SELECT kind, record, salt, commitment FROM leaves ORDER BY n DESC LIMIT 1", &[])?;
    let Some(mut row) = row else { return Ok(()) };
    let (kind, record, salt) = (row.code(LeafKind::from_code)?, row.count()?, row.maybe_hash()?);
    // An erased record leaves only its commitment.
    let Some(salt) = salt else { return Ok(()) };
    let found = commitment(db, kind, record, &salt.0)?;
    if found == Some(row.hash()?) {
        Ok(())
    } else {
        Err(StoreError::Shape("the newest leaf is not that of its record"))
    }
}

fn commitment(db: &mut dyn Db, kind: LeafKind, n: u64, salt: &Salt) -> Result<Option<Hash>, StoreError> {
    let sql = match kind {
        LeafKind::Entry => "SELECT hash, received_ms FROM entries WHERE position = :n",
        LeafKind::Event => "SELECT at_ms, kind, actor, subject, detail FROM events WHERE n = :n",
        LeafKind::Epoch => "SELECT record FROM epochs WHERE epoch = :n",
    };
    let Some(mut row) = db.first(sql, &[(":n", n.into())])? else { return Ok(None) };
    let found = match kind {
        LeafKind::Entry => Record::Entry { hash: row.hash()?, received_ms: row.int()? }.commitment(salt),
        LeafKind::Event => {
            let (at_ms, kind) = (row.int()?, row.text()?);
            let (actor, subject, detail) = (row.maybe_id()?, row.maybe_id()?, row.text()?);
            Record::Event { at_ms, kind: &kind, actor, subject, detail: &detail }.commitment(salt)
        }
        LeafKind::Epoch => Record::Epoch(&row.text()?).commitment(salt),
    };
    Ok(Some(found))
}
