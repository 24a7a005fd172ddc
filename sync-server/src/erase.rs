//! Erasing one person's records. The leaf of each stays, as a commitment that nobody can open any more: so
//! every proof of the log stays valid, and an event says that it was erased.
//!
//! # Decisions
//! The list of erased referrals is kept in a file beside the database too (`erased.jsonl`), and is written
//! first: an older copy of the database would bring back what was erased. What a device sends of an erased
//! referral later gets its receipt and its place in the log, and is not kept.

use crate::apart::Apart;
use crate::app::{App, AppError};
use crate::store::{self, Db, StoreError};
use chrono::{DateTime, Utc};
use handoff::domain::ids::{Hash, ReferralId};
use serde::{Deserialize, Serialize};

/// The file of erased referrals beside the database.
pub(crate) const ERASED: &str = "erased.jsonl";

/// A referral whose records were erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erasure {
    /// Which.
    pub referral: ReferralId,
    /// The hashes of its entries, as their receipts name them.
    pub entries: Vec<Hash>,
    /// When.
    pub at: DateTime<Utc>,
}

impl App {
    /// Erases what was recorded of a referral; returns how many entries. Their leaves stay.
    ///
    /// # Errors
    /// [`AppError::NoSuchReferral`], the file of erased referrals, or the store.
    pub async fn erase(&self, referral: ReferralId) -> Result<u64, AppError> {
        let now = self.now();
        let entries = self.store().read(move |db| store::entries_of(db, referral)).await?;
        if entries.is_empty() {
            return Err(AppError::NoSuchReferral(referral));
        }
        let known = Apart::<Erasure>::new(&self.config().data, ERASED);
        known.append(&Erasure { referral, entries, at: now })?;
        let erased = self.store().write(move |db| store::erase(db, referral, now)).await?;
        self.people().forget(referral);
        Ok(erased)
    }
}

/// Erases again whatever the file beside the database names: this may be an older copy.
pub(crate) fn again(db: &mut dyn Db, erased: &[Erasure], now: DateTime<Utc>) -> Result<(), StoreError> {
    for Erasure { referral, .. } in erased {
        if !store::is_erased(db, *referral)? {
            store::erase(db, *referral, now)?;
        }
    }
    Ok(())
}
