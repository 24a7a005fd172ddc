//! The proof that one leaf is in the log, as a file that anyone can check: a checkpoint, and at most some
//! thirty hashes.

use super::record::Place;
use crate::app::App;
use crate::store::leaves::{self, StoredCheckpoint};
use crate::store::{Db, StoreError, ledger, tree};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use handoff::domain::ids::Hash;
use std::fmt;

/// That a leaf is in the log of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Where it stands.
    pub place: Place,
    /// Its hash.
    pub leaf: Hash,
    /// The checkpoint.
    pub checkpoint: StoredCheckpoint,
    /// The hashes beside its way to the root, the nearest first.
    pub inclusion: Vec<Hash>,
}

/// As `c2sp.org/tlog-proof` writes it; the index is counted from 0.
impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "c2sp.org/tlog-proof@v1\nindex {}", self.place.position.saturating_sub(1))?;
        self.inclusion.iter().try_for_each(|hash| writeln!(f, "{}", B64.encode(hash.0)))?;
        write!(f, "\n{}", self.checkpoint.note)
    }
}

/// The proof for a place in the ledger. Nothing if there is no such leaf, or no checkpoint covers it yet.
///
/// # Errors
/// [`StoreError`].
pub async fn of(app: &App, epoch: u64, position: u64) -> Result<Option<Proof>, StoreError> {
    app.store().read(move |db| find(db, Place { epoch, position })).await
}

/// The proof for an entry, by the number of its decision in the log.
///
/// # Errors
/// [`StoreError`].
pub async fn of_decision(app: &App, row: u64) -> Result<Option<Proof>, StoreError> {
    let read = move |db: &mut dyn Db| leaves::place_of_entry(db, row)?.map_or(Ok(None), |place| find(db, place));
    app.store().read(read).await
}

fn find(db: &mut dyn Db, place: Place) -> Result<Option<Proof>, StoreError> {
    let Some(epoch) = ledger::epochs(db)?.into_iter().find(|epoch| epoch.epoch == place.epoch) else {
        return Ok(None);
    };
    let newest = leaves::checkpoint(db, epoch.epoch, None)?;
    let covers = |checkpoint: &StoredCheckpoint| place.position > 0 && place.position <= checkpoint.head.size;
    let Some(checkpoint) = newest.filter(covers) else { return Ok(None) };
    let inclusion = tree::inclusion(db, &epoch, place.position, checkpoint.head.size)?;
    let leaf = tree::leaf(db, &epoch, place.position)?;
    Ok(Some(Proof { place, leaf, checkpoint, inclusion }))
}
