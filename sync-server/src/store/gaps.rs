//! Is anything of a device missing? Told from the hash by which each entry of a chain names the one before it, and
//! from how the device says that it is.
//!
//! # Decisions
//! To follow every hash is to read every entry, so only those chains are followed in which something may be missing:
//! where a sequence lacks, and where an entry bears the mark of a gap. A record that was erased bears none any more;
//! of what came before it the sequences alone tell.

use super::{Db, Row, StoreError};
use crate::flags::{Flag, Flags};
use chrono::{DateTime, Utc};
use handoff::domain::ids::{ChainId, DeviceId};
use std::collections::BTreeSet;

/// Of one chain, so many gaps are listed.
const MOST_GAPS: u32 = 20;

/// Entries that have not come. Others may stand at their sequences, where a phone was restored from a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The first that is missing.
    pub from: u64,
    /// The last that is missing.
    pub to: u64,
    /// When the one after it came.
    pub since: DateTime<Utc>,
}

/// One chain: what came from one outbox file of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainState {
    /// Which.
    pub chain: ChainId,
    /// Of which device.
    pub device: DeviceId,
    /// The highest sequence that came.
    pub head: u64,
    /// What is missing below it, lowest first.
    pub gaps: Vec<Gap>,
    /// Entries that stand at a sequence at which another stands too.
    pub conflicts: u64,
}

/// How a device said that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceWord {
    /// Which.
    pub device: DeviceId,
    /// Entries without a receipt.
    pub unsent: u64,
    /// Entries that are not taken.
    pub wedged: u64,
    /// Age of the oldest without a receipt, in seconds, at that time.
    pub oldest_unsent_s: Option<u64>,
    /// Outbox files that it set aside.
    pub set_aside: u64,
    /// Its wall clock less ours, in milliseconds.
    pub offset_ms: i64,
    /// Version of its app.
    pub app: String,
    /// When.
    pub seen: DateTime<Utc>,
}

/// Every chain, in order of its device and its own id.
///
/// # Errors
/// [`StoreError`].
pub fn chains(db: &mut dyn Db) -> Result<Vec<ChainState>, StoreError> {
    let rows = db.rows(
        "SELECT chain, count(*), count(DISTINCT seq), max(seq) FROM entries GROUP BY chain ORDER BY chain",
        &[],
    )?;
    let suspects = suspects(db)?;
    let mut found = Vec::with_capacity(rows.len());
    for mut row in rows {
        let chain = ChainId(row.id()?);
        let (entries, sequences, head) = (row.count()?, row.count()?, row.count()?);
        let device =
            db.first("SELECT device FROM entries WHERE chain = :chain LIMIT 1", &[(":chain", chain.into())])?;
        let device = DeviceId(device.ok_or(StoreError::Shape("a chain without entries"))?.id()?);
        let gaps = if sequences < head || suspects.contains(&chain) { gaps(db, chain)? } else { Vec::new() };
        found.push(ChainState { chain, device, head, gaps, conflicts: entries.saturating_sub(sequences) });
    }
    found.sort_by_key(|state| (state.device, state.chain));
    Ok(found)
}

/// Chains in which a predecessor may be missing though every sequence is there.
fn suspects(db: &mut dyn Db) -> Result<BTreeSet<ChainId>, StoreError> {
    let gap = Flags::default().with_if(Flag::ChainGap, true).bits();
    let mut found = BTreeSet::new();
    for table in ["decisions", "afterwards"] {
        let sql = format!(
            "SELECT DISTINCT e.chain FROM {table} t JOIN entries e ON e.position = t.position WHERE (t.flags & :gap) <> 0"
        );
        for mut row in db.rows(&sql, &[(":gap", gap.into())])? {
            found.insert(ChainId(row.id()?));
        }
    }
    Ok(found)
}

fn gaps(db: &mut dyn Db, chain: ChainId) -> Result<Vec<Gap>, StoreError> {
    let rows = db.rows(
        "SELECT e.seq, min(e.received_ms),
             (SELECT coalesce(max(b.seq), 0) FROM entries b WHERE b.chain = :chain AND b.seq < e.seq)
         FROM entries e
         WHERE e.chain = :chain AND e.seq > 1
             AND NOT EXISTS (SELECT 1 FROM entries p WHERE p.chain = :chain AND p.seq = e.seq - 1 AND p.hash = e.prev)
         GROUP BY e.seq ORDER BY e.seq LIMIT :most",
        &[(":chain", chain.into()), (":most", MOST_GAPS.into())],
    )?;
    let gap = |mut row: Row| {
        let (next, since, before) = (row.count()?, row.time()?, row.count()?);
        let to = next.saturating_sub(1);
        Ok(Gap { from: to.min(before.saturating_add(1)), to, since })
    };
    rows.into_iter().map(gap).collect()
}

/// The newest word of every device.
///
/// # Errors
/// [`StoreError`].
pub fn words(db: &mut dyn Db) -> Result<Vec<DeviceWord>, StoreError> {
    let rows = db.rows(
        "SELECT device, unsent, wedged, oldest_unsent_s, set_aside, offset_ms, app, seen_ms FROM device_health",
        &[],
    )?;
    let word = |mut row: Row| {
        Ok(DeviceWord {
            device: DeviceId(row.id()?),
            unsent: row.count()?,
            wedged: row.count()?,
            oldest_unsent_s: row.maybe_int()?.and_then(|s| u64::try_from(s).ok()),
            set_aside: row.count()?,
            offset_ms: row.int()?,
            app: row.text()?,
            seen: row.time()?,
        })
    };
    rows.into_iter().map(word).collect()
}
