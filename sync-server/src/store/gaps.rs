//! Is anything of a device missing? Told from the sequences of its chains, and from how it says that it is.

use super::{Db, Row, StoreError};
use chrono::{DateTime, Utc};
use handoff::domain::ids::{ChainId, DeviceId};

/// Of one chain, so many gaps are listed.
const MOST_GAPS: u32 = 20;

/// Entries that have not come.
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
    let mut found = Vec::with_capacity(rows.len());
    for mut row in rows {
        let chain = ChainId(row.id()?);
        let (entries, sequences, head) = (row.count()?, row.count()?, row.count()?);
        let device =
            db.first("SELECT device FROM entries WHERE chain = :chain LIMIT 1", &[(":chain", chain.into())])?;
        let device = DeviceId(device.ok_or(StoreError::Shape("a chain without entries"))?.id()?);
        let gaps = if sequences < head { gaps(db, chain)? } else { Vec::new() };
        found.push(ChainState { chain, device, head, gaps, conflicts: entries.saturating_sub(sequences) });
    }
    found.sort_by_key(|state| (state.device, state.chain));
    Ok(found)
}

fn gaps(db: &mut dyn Db, chain: ChainId) -> Result<Vec<Gap>, StoreError> {
    let rows = db.rows(
        "SELECT e.seq, min(e.received_ms),
             (SELECT coalesce(max(b.seq), 0) FROM entries b WHERE b.chain = :chain AND b.seq < e.seq)
         FROM entries e
         WHERE e.chain = :chain AND e.seq > 1
             AND NOT EXISTS (SELECT 1 FROM entries p WHERE p.chain = :chain AND p.seq = e.seq - 1)
         GROUP BY e.seq ORDER BY e.seq LIMIT :most",
        &[(":chain", chain.into()), (":most", MOST_GAPS.into())],
    )?;
    let gap = |mut row: Row| {
        let (next, since, before) = (row.count()?, row.time()?, row.count()?);
        Ok(Gap { from: before + 1, to: next.saturating_sub(1), since })
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
