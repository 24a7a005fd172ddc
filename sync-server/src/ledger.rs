//! The ledger: what makes the log evident. Every entry and every event has a leaf in a tree of RFC 6962,
//! and the server signs its root after it has computed every leaf anew from its record.
//!
//! - [`record`]: what a leaf says, byte for byte.
//! - `sign`: checkpoints.
//! - [`witness`]: what devices have seen of the log, against what it is.
//! - [`proofs`]: that one leaf is in the log.
//! - [`export`] and [`verify`]: the log as a file, and what is wrong with such a file.

pub mod command;
pub mod export;
pub mod proofs;
pub mod record;
pub(crate) mod sign;
pub mod verify;
pub mod witness;

pub use sign::Fault;

use crate::app::App;
use crate::store::StoreError;
use crate::store::leaves::StoredCheckpoint;
use handoff::seal::note::Checkpoint;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Signs everything that is not signed yet. True if all of it could be.
///
/// # Errors
/// [`StoreError`].
pub async fn sign_now(app: &App) -> Result<bool, StoreError> {
    Ok(sign::Signer::default().catch_up(app).await? == sign::Step::Idle)
}

/// How the ledger stands, as this process knows.
#[derive(Debug, Default)]
pub struct Standing(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    newest: Option<StoredCheckpoint>,
    fault: Option<Fault>,
    /// Checkpoints of devices that were told of, so that each is told of once.
    told: Vec<Checkpoint>,
}

/// So many alarms are remembered; one more is told of again.
const MOST_TOLD: usize = 100;

impl Standing {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newest checkpoint.
    pub fn newest(&self) -> Option<StoredCheckpoint> {
        self.lock().newest.clone()
    }

    /// The leaf over which nothing is signed, if there is one.
    pub fn fault(&self) -> Option<Fault> {
        self.lock().fault
    }

    /// Everything up to here is signed.
    pub(crate) fn signed(&self, newest: Option<StoredCheckpoint>) {
        let mut known = self.lock();
        known.fault = None;
        if newest.is_some() {
            known.newest = newest;
        }
    }

    /// Nothing can be signed because of this leaf. False if that was known.
    pub(crate) fn faulty(&self, fault: Fault) -> bool {
        self.lock().fault.replace(fault) != Some(fault)
    }

    /// A device carries this checkpoint, which the log here does not hold. False if that was known.
    pub(crate) fn contradicted(&self, seen: &Checkpoint) -> bool {
        let told = &mut self.lock().told;
        if told.contains(seen) {
            return false;
        }
        told.truncate(MOST_TOLD.saturating_sub(1));
        told.insert(0, seen.clone());
        true
    }
}
