//! A revoked device reads nothing more. It still records, and what is recorded still arrives.
//!
//! # Decisions
//! - The server's signed word is kept first, in one step beside the keys; then open vaults close; then the keys
//!   go that open them. From the moment at which that word is there nothing is opened, whatever a kill cut
//!   off, and the next start goes on with it: a device reads what it could before, or nothing.
//! - It is final. A server that lets the device in again brings back news and rules, never what was written
//!   here: the keys exist nowhere else.
//! - What is typed from then on is kept in memory alone, until it is saved: a draft that could be opened again
//!   after a restart would be something to read. Saving needs no key that reads; the entry is sealed to the
//!   agency as ever.

use super::capture::StoredDraft;
use super::enrolment::Identity;
use super::phone::{Inner, Phone};
use super::{PhoneError, lock};
use crate::domain::ids::ReferralId;
use crate::domain::wire::{Revocation, Signed};
use crate::lab::{Bug, planted};
use crate::outbox::{HttpReply, revocation};
use crate::platform::keys::KeyStore;
use crate::seal::Tag;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

/// Name of the server's word, beside the keys.
const REVOCATION: &str = "revocation";
/// What opens vaults and what was typed while locked.
const READ_KEYS: [&str; 2] = ["vault-key", "shift-key"];

/// Whether the server's word is kept that this device is revoked. If so the keys go that a kill left.
pub fn is_final(keys: &dyn KeyStore, identity: &Identity) -> Result<bool, PhoneError> {
    let kept = keys.load(REVOCATION).map_err(|error| file(REVOCATION, error))?;
    let signed = kept.and_then(|bytes| serde_json::from_slice::<Signed>(&bytes).ok());
    let word = signed.and_then(|signed| identity.server_key.open::<Revocation>(Tag::Revocation, &signed).ok());
    if word.is_none_or(|word| word.device != identity.public.device) {
        return Ok(false);
    }
    forget_keys(keys)?;
    Ok(true)
}

fn forget_keys(keys: &dyn KeyStore) -> Result<(), PhoneError> {
    READ_KEYS.iter().try_for_each(|name| keys.forget(name).map_err(|error| file(name, error)))
}

fn file(name: &str, error: std::io::Error) -> PhoneError {
    PhoneError::File { path: PathBuf::from("keys").join(name), error }
}

impl Inner {
    /// Whether this device may open nothing that could be read.
    pub fn reads_nothing(&self) -> bool {
        self.reads_nothing.load(Ordering::Acquire)
    }

    /// What a refusal says of this device. Only the server's signature makes it act.
    pub fn heed(&self, reply: &HttpReply<'_>, identity: &Identity) {
        let Some(signed) = revocation(reply, identity.public.device, &identity.server_key) else { return };
        if self.reads_nothing() || planted(Bug::RevokedKeysStay) {
            return;
        }
        if let Err(error) = self.stop_reading(&signed) {
            tracing::error!(%error, "a key stays that should have gone; it is tried again at the next start");
        }
        self.changed();
    }

    fn stop_reading(&self, signed: &Signed) -> Result<(), PhoneError> {
        let json = serde_json::to_vec(signed).unwrap_or_default();
        // On a full disk the keys go all the same: nothing may keep them here.
        let kept = self.keys.keep(REVOCATION, &json).map_err(|error| file(REVOCATION, error));
        self.reads_nothing.store(true, Ordering::Release);
        lock(&self.session).lock();
        let gone = forget_keys(self.keys.as_ref());
        kept.and(gone)
    }

    /// Keeps what is typed on a device that reads nothing: in memory, for as long as the program runs.
    pub fn hold_draft(&self, draft: StoredDraft) {
        lock(&self.in_hand).insert(draft.id, draft);
    }

    /// What is typed and not saved yet, newest first.
    pub fn drafts_in_hand(&self) -> Vec<StoredDraft> {
        let mut drafts: Vec<_> = lock(&self.in_hand).values().cloned().collect();
        drafts.sort_by_key(|draft| std::cmp::Reverse(draft.updated));
        drafts
    }

    /// It is saved, or the officer threw it away.
    pub fn drop_draft(&self, id: ReferralId) {
        lock(&self.in_hand).remove(&id);
    }
}

impl Phone {
    /// Whether the server revoked this device by its signature: what was recorded cannot be read here any
    /// more, and new encounters are kept only until they are saved.
    pub fn reads_nothing(&self) -> bool {
        self.inner.reads_nothing()
    }
}
