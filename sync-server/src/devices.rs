//! Which devices may read: revoked ones not, and after a restore none until an admin has looked.
//!
//! # Decisions
//! A revocation is kept in a file beside the database too (`revoked.jsonl`), and the file is asked before
//! the database: a copy from before the revocation cannot let the device read for a moment. The file may
//! itself be from a copy of the whole folder, so the admin looks in any case.
//!
//! A device that this database does not know is taken in again by its certificate: its signed entries
//! must not wait for anyone. It reads when the admin has looked.

use crate::api::Refused;
use crate::app::{App, AppError};
use crate::keys::secret_hash;
use crate::store::events::{self, Event, Kind};
use crate::store::{self, Db, ListedDevice, Standing, StoreError};
use chrono::{DateTime, Utc};
use handoff::domain::ids::DeviceId;
use handoff::domain::wire::{Certificate, Revocation, Signed};
use handoff::lab::{Bug, planted};
use handoff::seal::{DevicePublic, Tag};

/// The file of revocations beside the database.
pub(crate) const REVOKED: &str = "revoked.jsonl";

impl App {
    /// Revokes a device: it reads nothing more, and still delivers. False if it was revoked before.
    ///
    /// # Errors
    /// [`AppError::NoSuchDevice`], the store, or the file of revocations.
    pub async fn revoke(&self, device: DeviceId) -> Result<bool, AppError> {
        let now = self.now();
        let listed = self.devices().await?.into_iter().find(|listed| listed.id == device);
        if listed.ok_or(AppError::NoSuchDevice(device))?.revoked.is_some() {
            return Ok(false);
        }
        self.remember_revoked(Revocation { device, at: now })?;
        Ok(self.store().write(move |db| revoke(db, device, now)).await?)
    }

    /// How a device stands: by the file of revocations first, then by the database.
    pub(crate) async fn device_standing(&self, device: DeviceId) -> Result<Standing, StoreError> {
        match self.revoked_at(device) {
            Some(at) => Ok(Standing::Revoked(at)),
            None => self.store().read(move |db| store::standing(db, device)).await,
        }
    }

    /// What a device hears that may not read; nothing if it may. A revoked one gets the proof, which nobody else can
    /// make it believe.
    pub(crate) fn refusal(&self, device: DeviceId, standing: Standing) -> Option<Refused> {
        match standing {
            Standing::Revoked(_) if planted(Bug::RevokedReads) => None,
            Standing::Reads => None,
            Standing::Revoked(at) => {
                let proof = self.keys().server.sign(Tag::Revocation, &Revocation { device, at }).ok();
                Some(Refused::revoked(proof, self.epochs_signed()))
            }
            Standing::Unconfirmed => Some(Refused::awaiting_confirmation(self.epochs_signed())),
        }
    }

    /// Takes a device in again that shows a certificate of ours for the token with which it calls. False if the
    /// certificate is not ours, or not for this token.
    pub(crate) async fn readmit(&self, token: &[u8], certificate: &Signed) -> Result<bool, StoreError> {
        let Ok(public) = self.keys().server.public() else { return Ok(false) };
        let Ok(certificate) = public.open::<Certificate>(Tag::Certificate, certificate) else { return Ok(false) };
        if certificate.token != secret_hash(token) || DevicePublic::from_bytes(&certificate.device_key.0).is_err() {
            return Ok(false);
        }
        let (now, revoked) = (self.now(), self.revoked_at(certificate.device));
        self.store()
            .write(move |db| {
                let device = certificate.device;
                let taken = store::readmit(db, &certificate)?;
                if taken {
                    events::append(db, &Event::new(Kind::Readmitted).on(device.0), now)?;
                }
                if taken && let Some(at) = revoked {
                    revoke(db, device, at)?;
                }
                Ok(taken)
            })
            .await
    }

    /// Every device with how it stands, in order of entry.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn devices(&self) -> Result<Vec<ListedDevice>, StoreError> {
        self.store().read(store::devices).await
    }

    /// An admin has looked at these devices: those that are not revoked may read. Returns how many were waiting.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn confirm_revocations(&self, looked_at: Vec<DeviceId>) -> Result<usize, StoreError> {
        let now = self.now();
        self.store()
            .write(move |db| {
                let waiting = store::devices(db)?.into_iter().filter(|device| !device.confirmed);
                let seen: Vec<_> = waiting.map(|device| device.id).filter(|id| looked_at.contains(id)).collect();
                for device in &seen {
                    store::confirm_device(db, *device)?;
                }
                if !seen.is_empty() {
                    let event = Event::new(Kind::RevocationsConfirmed).detail(format!("{} devices", seen.len()));
                    events::append(db, &event, now)?;
                }
                Ok(seen.len())
            })
            .await
    }
}

/// Revokes in the database alone; false if the device is unknown or was revoked before.
pub(crate) fn revoke(db: &mut dyn Db, device: DeviceId, at: DateTime<Utc>) -> Result<bool, StoreError> {
    let revoked = store::revoke(db, device, at)?;
    if revoked {
        events::append(db, &Event::new(Kind::Revoked).on(device.0), at)?;
    }
    Ok(revoked)
}
