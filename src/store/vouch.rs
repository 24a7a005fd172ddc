//! What `outbox.db` keeps of the server's own standing: the epochs of its log, how far its backups reach, the
//! newest checkpoint that this device saw, and what contradicted it.
//!
//! # Decisions
//! - Sealed bytes stay for [`KEPT_AFTER_BACKUP_MS`] after a backup was first heard to hold them, since a server
//!   may have to be restored from a copy older than its newest backup: 30 days is how long agencies are used
//!   to keep backups, and at 30 records of 2 KB a day costs two megabytes.
//! - Those days are counted on the server's signed times alone: a phone whose clock is set forward lets
//!   nothing go early.
//! - A receipt that became void is kept beside the entry, which waits again from then on. Nobody has to act.

use super::outbox::Outbox;
use super::{StoreError, int, nat, text};
use crate::domain::wire::{Epochs, ReceiptBody, Signed, Watermark};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, named_params};

/// So long are sealed bytes kept after the server had them in a backup: 30 days, in milliseconds.
pub const KEPT_AFTER_BACKUP_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// What became of the epochs that a server told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// They are kept.
    Kept {
        /// Entries that wait again, since their receipts became void.
        again: usize,
        /// Entries whose receipts became void after their bytes had gone.
        gone: usize,
    },
    /// Newer ones are known.
    Older,
}

/// What contradicts what this device saw before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmRow {
    /// Which contradiction, as a code.
    pub kind: String,
    /// What was seen before, as it was signed.
    pub kept: String,
    /// What the server said then, as it was signed.
    pub heard: String,
    /// When, by the wall clock.
    pub at: DateTime<Utc>,
}

/// What a restored server cost, in entries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Voided {
    /// Entries with a receipt that became void.
    pub receipts: u64,
    /// Those of them that wait to be taken again.
    pub waiting: u64,
    /// Those of them whose sealed bytes had gone before.
    pub gone: u64,
}

impl Outbox {
    /// The newest epochs that the server told, as they were signed.
    ///
    /// # Errors
    /// The database. One that cannot be read counts as none: the server tells them again.
    pub fn epochs(&mut self) -> Result<Option<Signed>, StoreError> {
        self.run(|conn| {
            let read = |row: &Row<'_>| text(row, 0);
            let json = conn.prepare_cached("SELECT signed FROM epochs")?.query_row([], read).optional()?;
            Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
        })
    }

    /// Keeps the epochs that the server told; each entry whose receipt they make void waits again. All of it,
    /// or nothing. The feed is read again from its beginning: what it said of a lost range no longer holds.
    ///
    /// # Errors
    /// The database; the server tells them again.
    pub fn take_epochs(&mut self, signed: &Signed, epochs: &Epochs) -> Result<Told, StoreError> {
        self.run(|conn| {
            let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let known = tx.query_row("SELECT epoch FROM epochs", [], |row| row.get::<_, i64>(0)).optional()?;
            let epoch = int(epochs.epoch)?;
            if known.is_some_and(|known| known > epoch) {
                return Ok(Told::Older);
            }
            let (mut again, mut gone) = (0, 0);
            for void in void_entries(&tx, epochs)? {
                match make_void(&tx, &void)? {
                    true => again += 1,
                    false => gone += 1,
                }
            }
            let json = serde_json::to_string(signed).map_err(|_| StoreError::Value("epochs"))?;
            tx.execute(
                "INSERT INTO epochs (id, epoch, signed) VALUES (1, :epoch, :signed)
                 ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, signed = excluded.signed",
                named_params! { ":epoch": epoch, ":signed": json },
            )?;
            if known.unwrap_or(1) < epoch {
                tx.execute("UPDATE feed SET cursor = 0, epoch = :epoch", [epoch])?;
            }
            tx.commit()?;
            Ok(Told::Kept { again, gone })
        })
    }

    /// The server's backup reaches so far. Sealed bytes that it has held for long go. Returns whether the
    /// word was of use: one of an epoch that this device was not told of yet is none.
    ///
    /// # Errors
    /// The database.
    pub fn take_watermark(&mut self, mark: &Watermark) -> Result<bool, StoreError> {
        self.run(|conn| {
            let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let known = tx.query_row("SELECT epoch FROM epochs", [], |row| row.get::<_, i64>(0)).optional()?;
            // Before this device knows what a newer epoch made void, its backups say nothing of older receipts.
            if known.unwrap_or(1) != int(mark.epoch)? {
                return Ok(false);
            }
            mark_backed_up(&tx, (mark.epoch, mark.backed_up), mark.at)?;
            tx.prepare_cached(
                "UPDATE entries SET header = NULL, enc = NULL, ciphertext = NULL
                 WHERE backed_up_at IS NOT NULL AND ciphertext IS NOT NULL AND receipt IS NOT NULL
                   AND backed_up_at <= :before",
            )?
            .execute([mark.at.timestamp_millis().saturating_sub(KEPT_AFTER_BACKUP_MS)])?;
            tx.commit()?;
            Ok(true)
        })
    }

    /// The receipts of these entries that became void, as they were signed.
    ///
    /// # Errors
    /// The database.
    pub fn void_receipts(&mut self, seqs: &[u64]) -> Result<Vec<Signed>, StoreError> {
        self.run(|conn| {
            let mut query = conn.prepare_cached("SELECT receipt FROM void_receipts WHERE seq = :seq ORDER BY epoch")?;
            let mut receipts = Vec::new();
            for seq in seqs {
                let rows = query.query_map([int(*seq)?], |row| text(row, 0))?;
                // One that cannot be read is only one that the server cannot count.
                receipts
                    .extend(rows.collect::<Result<Vec<_>, _>>()?.iter().filter_map(|j| serde_json::from_str(j).ok()));
            }
            Ok(receipts)
        })
    }

    /// What a restored server cost so far.
    ///
    /// # Errors
    /// The database.
    pub fn voided(&mut self) -> Result<Voided, StoreError> {
        self.run(|conn| {
            let sql = "SELECT count(*), coalesce(sum(receipt IS NULL), 0), coalesce(sum(gone), 0) FROM entries
                       WHERE seq IN (SELECT seq FROM void_receipts)";
            let read = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?));
            let (receipts, waiting, gone) = conn.query_row(sql, [], read)?;
            Ok(Voided { receipts: nat(receipts)?, waiting: nat(waiting)?, gone: nat(gone)? })
        })
    }

    /// The newest checkpoint of the server's log that this device has seen, as a signed note.
    ///
    /// # Errors
    /// The database.
    pub fn checkpoint(&mut self) -> Result<Option<String>, StoreError> {
        let sql = "SELECT note FROM checkpoint";
        self.run(|conn| Ok(conn.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?))
    }

    /// Keeps a checkpoint in place of the one that it was checked against. Returns whether that was still the
    /// one that is kept: another process may have been faster.
    ///
    /// # Errors
    /// The database.
    pub fn keep_checkpoint(&mut self, seen: Option<&str>, note: &str) -> Result<bool, StoreError> {
        self.run(|conn| {
            let changed = match seen {
                None => conn.execute(
                    "INSERT INTO checkpoint (id, note) VALUES (1, :note) ON CONFLICT (id) DO NOTHING",
                    [note],
                )?,
                Some(seen) => conn.execute(
                    "UPDATE checkpoint SET note = :note WHERE note = :seen",
                    named_params! { ":note": note, ":seen": seen },
                )?,
            };
            Ok(changed > 0)
        })
    }

    /// Keeps what contradicts what was seen before. Only the first contradiction of a kind is kept.
    ///
    /// # Errors
    /// The database.
    pub fn keep_alarm(&mut self, alarm: &AlarmRow) -> Result<bool, StoreError> {
        self.run(|conn| {
            let sql = "INSERT INTO alarms (kind, kept, heard, at) VALUES (:kind, :kept, :heard, :at)
                       ON CONFLICT (kind, kept) DO NOTHING";
            let at = alarm.at.timestamp_millis();
            let row = named_params! { ":kind": alarm.kind, ":kept": alarm.kept, ":heard": alarm.heard, ":at": at };
            Ok(conn.execute(sql, row)? > 0)
        })
    }

    /// Every contradiction, oldest first.
    ///
    /// # Errors
    /// The database.
    pub fn alarms(&mut self) -> Result<Vec<AlarmRow>, StoreError> {
        self.run(|conn| {
            let mut query = conn.prepare_cached("SELECT kind, kept, heard, at FROM alarms ORDER BY rowid")?;
            let read = |row: &Row<'_>| {
                let at = super::outbox::time(row.get(3)?);
                Ok(AlarmRow { kind: row.get(0)?, kept: row.get(1)?, heard: row.get(2)?, at })
            };
            Ok(query.query_map([], read)?.collect::<Result<_, _>>()?)
        })
    }
}

/// Whether the server still holds what this receipt names, as far as this device was told. A receipt of an
/// epoch that it was not told of yet is good: whoever gave it knows more.
pub(super) fn holds(conn: &Connection, receipt: &ReceiptBody) -> Result<bool, StoreError> {
    let json = conn.prepare_cached("SELECT signed FROM epochs")?.query_row([], |row| text(row, 0)).optional()?;
    let told = json.and_then(|json| serde_json::from_str::<Signed>(&json).ok());
    let epochs = told.and_then(|signed| serde_json::from_slice::<Epochs>(&signed.body.0).ok());
    Ok(epochs.is_none_or(|epochs| is_honoured(&epochs, receipt.epoch, receipt.position)))
}

/// Whether a receipt stands after these epochs were told.
fn is_honoured(epochs: &Epochs, epoch: u64, position: u64) -> bool {
    epoch >= epochs.epoch || epochs.holds(epoch, position)
}

/// From now on these positions are in a backup. Those of earlier epochs that the server still holds are in
/// every backup of a later one.
pub(super) fn mark_backed_up(
    conn: &Connection,
    (epoch, backed_up): (u64, u64),
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    if backed_up == 0 {
        return Ok(());
    }
    conn.prepare_cached(
        "UPDATE entries SET backed_up_at = :at
         WHERE receipt IS NOT NULL AND backed_up_at IS NULL
           AND (epoch < :epoch OR (epoch = :epoch AND position <= :backed_up))",
    )?
    .execute(named_params! { ":at": at.timestamp_millis(), ":epoch": int(epoch)?, ":backed_up": int(backed_up)? })?;
    Ok(())
}

/// An entry whose receipt is void.
struct Void {
    seq: i64,
    epoch: i64,
    receipt: String,
    has_bytes: bool,
}

fn void_entries(conn: &Connection, epochs: &Epochs) -> Result<Vec<Void>, StoreError> {
    let mut query = conn.prepare_cached(
        "SELECT seq, epoch, position, receipt, ciphertext IS NOT NULL FROM entries
         WHERE receipt IS NOT NULL AND epoch < :epoch AND erased = 0 AND gone = 0",
    )?;
    let mut rows = query.query([int(epochs.epoch)?])?;
    let mut void = Vec::new();
    while let Some(row) = rows.next()? {
        let epoch = row.get(1)?;
        if !is_honoured(epochs, nat(epoch)?, nat(row.get(2)?)?) {
            void.push(Void { seq: row.get(0)?, epoch, receipt: row.get(3)?, has_bytes: row.get(4)? });
        }
    }
    Ok(void)
}

/// Keeps the void receipt beside its entry. Returns whether the entry can be offered again.
fn make_void(conn: &Connection, void: &Void) -> Result<bool, StoreError> {
    conn.prepare_cached(
        "INSERT INTO void_receipts (seq, receipt, epoch) VALUES (:seq, :receipt, :epoch)
         ON CONFLICT (seq, epoch) DO NOTHING",
    )?
    .execute(named_params! { ":seq": void.seq, ":receipt": void.receipt, ":epoch": void.epoch })?;
    let sql = match void.has_bytes {
        true => {
            "UPDATE entries SET receipt = NULL, epoch = NULL, position = NULL, received_at = NULL, backed_up_at = NULL
             WHERE seq = :seq"
        }
        false => "UPDATE entries SET gone = 1 WHERE seq = :seq",
    };
    conn.prepare_cached(sql)?.execute([void.seq])?;
    conn.prepare_cached("DELETE FROM statuses WHERE referral = (SELECT referral FROM entries WHERE seq = :seq)")?
        .execute([void.seq])?;
    Ok(void.has_bytes)
}
