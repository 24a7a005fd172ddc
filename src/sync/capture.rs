//! Drafts and the save. The order: vault row, then the outbox with a flushed commit, then "Saved".
//!
//! # Decisions
//! The seal of a save is made while its draft is written, not at its tap, where the officer waits: an
//! encounter is typed for a minute, and a seal takes as long as half a flush. A save that finds none, as of
//! a draft from before a restart, makes its own.

use super::phone::{Inner, Phone};
use super::shift::Session;
use super::{PhoneError, RecordError, lock};
use crate::domain::assess::{PackRef, assess};
use crate::domain::encounter::Decision;
use crate::domain::entry::{Body, FORMAT, Header};
use crate::domain::ids::{Hash, ReferralId, StaffId};
use crate::domain::private::Private;
use crate::domain::time::{Proof, clock_moved_ms};
use crate::lab::{Bug, planted};
use crate::seal::{random, seal_entry_with};
use crate::store::{Appended, DraftRow, Head, NewEntry, StoreError, Vault};
use chrono::{DateTime, Utc};

/// A draft, as the form wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDraft {
    /// The encounter.
    pub id: ReferralId,
    /// The form's JSON.
    pub json: Private<String>,
    /// When it was last written.
    pub updated: DateTime<Utc>,
}

/// What is durable now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// The encounter.
    pub referral: ReferralId,
    /// Hash of its entry.
    pub entry: Hash,
}

impl Phone {
    /// An id for a new encounter.
    ///
    /// # Errors
    /// The system has no randomness, or its clock is before 1970.
    pub fn new_referral(&self) -> Result<ReferralId, PhoneError> {
        self.inner.ready_seal();
        Ok(ReferralId(random::uuid_v7(self.inner.now().wall)?))
    }

    /// Keeps what was typed so far: in the vault, or while that is locked or failing, in a file under a
    /// key that the device keeps.
    ///
    /// # Errors
    /// Nobody is on shift, or no file can be written.
    pub fn save_draft(&self, id: ReferralId, json: &str) -> Result<(), PhoneError> {
        self.inner.ready_seal();
        if self.reads_nothing() {
            let json = Private::new(json.to_owned());
            self.inner.hold_draft(StoredDraft { id, json, updated: self.inner.now().wall });
            return Ok(());
        }
        if self.inner.note(|vault, now| vault.save_draft(id, json, now))? {
            self.inner.forget_older_note(id);
        }
        Ok(())
    }

    /// Drafts that may be shown now, newest first: all of them while unlocked, those begun since the
    /// lock while locked or while the vault cannot be read.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn drafts(&self) -> Result<Vec<StoredDraft>, PhoneError> {
        if self.reads_nothing() {
            return Ok(self.inner.drafts_in_hand());
        }
        let mut session = lock(&self.inner.session);
        let Some(officer) = session.shift.as_ref().map(|shift| shift.officer) else { return Ok(Vec::new()) };
        let mut rows = match session.vault.as_ref().map(Vault::drafts) {
            Some(Ok(rows)) => beside(rows, session.locked_notes.as_ref()),
            Some(Err(error)) => {
                tracing::error!(%error, "the vault's drafts cannot be read");
                self.inner.notes(&mut session, officer)?.drafts()?
            }
            None => self.inner.notes(&mut session, officer)?.drafts()?,
        };
        rows.retain(|row| matches!(lock(&self.inner.outbox).decision(row.id), Ok(None)));
        Ok(rows.into_iter().map(|row| StoredDraft { id: row.id, json: row.json, updated: row.updated }).collect())
    }

    /// Throws a draft away, at the officer's word.
    ///
    /// # Errors
    /// It is saved already, or the file cannot be written.
    pub fn discard_draft(&self, id: ReferralId) -> Result<(), PhoneError> {
        if lock(&self.inner.outbox).decision(id)?.is_some() {
            return Err(PhoneError::Saved);
        }
        self.inner.drop_draft(id);
        if !self.reads_nothing() && self.inner.note(|vault, _| vault.discard_draft(id).map(|_| ()))? {
            self.inner.forget_older_note(id);
        }
        self.inner.changed();
        Ok(())
    }

    /// Records the decision of the officer on shift. When this returns, the signed and sealed entry is
    /// on the disk. A second call for the same encounter gives the first one's entry.
    ///
    /// # Errors
    /// [`RecordError`]; it is then not saved, and the draft is still there.
    pub fn record(&self, id: ReferralId, decision: Decision) -> Result<Saved, RecordError> {
        let (officer, locked) = self.inner.on_shift()?;
        let mut id = id;
        if let Some(entry) = lock(&self.inner.outbox).decision(id)? {
            if !planted(Bug::RetryUnderNewId) {
                return Ok(Saved { referral: id, entry });
            }
            id = self.new_referral().unwrap_or(id);
        }
        let decision = Decision { while_locked: locked, ..decision };
        self.inner.check(&decision)?;
        self.inner.keep_readable(id, &decision);
        let pack = decision.assessment.pack.clone();
        let body = Body::Decision(Box::new(decision));
        let saved = self.inner.with_room(|| self.inner.append((id, officer), &pack, &body))?;
        self.inner.make_readable_record(id);
        self.inner.wake.notify_one();
        self.inner.changed();
        Ok(saved)
    }
}

impl Inner {
    /// The officer on shift, and whether their records are locked.
    pub fn on_shift(&self) -> Result<(StaffId, bool), RecordError> {
        let session = lock(&self.session);
        let locked = session.vault.is_none() && !session.headless;
        Ok((session.shift.as_ref().ok_or(RecordError::NoShift)?.officer, locked))
    }

    /// What must hold before anything is written: the form, the facts, and that the rules still say so.
    fn check(&self, decision: &Decision) -> Result<(), RecordError> {
        decision.check()?;
        let site = self.site().ok_or(RecordError::NotEnrolled)?;
        let pack = site.pack_by_ref(&decision.assessment.pack).ok_or(RecordError::NoPack)?;
        let again = assess(pack, &site.zones, &decision.facts).map_err(RecordError::Facts)?;
        if again == decision.assessment { Ok(()) } else { Err(RecordError::Differs(Box::new(again))) }
    }

    /// The row becomes a record now, or at the next unlock.
    fn make_readable_record(&self, id: ReferralId) {
        self.drop_draft(id);
        if self.reads_nothing() {
            return;
        }
        if let Err(error) = self.note(|vault, _| vault.make_record(id).map(|_| ())) {
            tracing::warn!(%error, "the draft becomes a record at the next unlock");
        }
    }

    /// The readable copy, for the officer alone; none on a device that may read nothing. It failing stops nothing: the sealed entry is the record.
    fn keep_readable(&self, id: ReferralId, decision: &Decision) {
        if self.reads_nothing() {
            return;
        }
        let Ok(json) = serde_json::to_string(decision) else { return };
        if let Err(error) = self.note(|vault, now| vault.save_decision(id, &json, now)) {
            tracing::error!(%error, "the readable copy could not be kept; the record itself is saved");
        }
    }

    /// Signs, seals and appends, in one flushed commit.
    pub fn append(
        &self,
        (referral, officer): (ReferralId, StaffId),
        pack: &PackRef,
        body: &Body,
    ) -> Result<Saved, RecordError> {
        let identity = self.identity().ok_or(RecordError::NotEnrolled)?;
        let kind = body.kind();
        let now = self.now();
        let new = NewEntry { referral, officer, kind, code: body.code(), whom: body.whom(), at: now };
        let bytes = serde_json::to_vec(body).map_err(|_| StoreError::Value("entry"))?;
        let (bounds, proof) = self.bounds(now);
        let seal = self.take_seal(&identity.sealing)?;
        let make = |head: Head| -> Result<_, RecordError> {
            let header = Header {
                format: FORMAT,
                device: identity.public.device,
                chain: head.chain,
                seq: head.seq,
                prev: head.prev,
                referral,
                officer,
                kind,
                pack: pack.clone(),
                sealing_key: identity.sealing.id().to_owned(),
                bounds,
                time_unproven: proof == Proof::WallClock,
                clock_moved_ms: head.saved.and_then(|saved| clock_moved_ms(saved, now)),
            };
            Ok(seal_entry_with(&identity.key, seal, &header, &bytes)?)
        };
        match lock(&self.outbox).append(&new, make)? {
            Appended::New(entry) | Appended::Already(entry) => Ok(Saved { referral, entry }),
        }
    }

    /// Writes to the vault, or when that is locked or fails, to the file for locked hours. Returns whether
    /// the vault took it.
    pub fn note(
        &self,
        write: impl Fn(&mut Vault, DateTime<Utc>) -> Result<(), StoreError>,
    ) -> Result<bool, PhoneError> {
        let now = self.now();
        let mut session = lock(&self.session);
        let officer = session.shift.as_ref().ok_or(PhoneError::NoShift)?.officer;
        session.touch(now.boot_ms);
        if let Some(vault) = &mut session.vault {
            match self.with_room(|| write(vault, now.wall)) {
                Ok(()) => return Ok(true),
                Err(error) => tracing::error!(%error, "the vault fails; writing beside it"),
            }
        }
        self.with_room(|| Ok::<_, PhoneError>(write(self.notes(&mut session, officer)?, now.wall)?))?;
        Ok(false)
    }

    /// The vault took the newest text of a draft: an older one that had to be written beside it goes, so
    /// that whatever stands beside the vault is always the newer.
    fn forget_older_note(&self, id: ReferralId) {
        let mut session = lock(&self.session);
        let Session { vault: Some(_), locked_notes: Some(notes), .. } = &mut *session else { return };
        if let Err(error) = notes.discard_draft(id) {
            tracing::error!(%error, "an older text of a draft stays beside the vault");
        }
    }

    /// The file for what is typed while locked.
    pub fn notes<'a>(&self, session: &'a mut Session, officer: StaffId) -> Result<&'a mut Vault, PhoneError> {
        match &mut session.locked_notes {
            Some(notes) => Ok(notes),
            empty => Ok(empty.insert(self.open_locked_notes(officer)?)),
        }
    }
}

/// Drafts of the vault, with those that had to be written beside it in their place.
fn beside(mut rows: Vec<DraftRow>, notes: Option<&Vault>) -> Vec<DraftRow> {
    let newer = notes.and_then(|notes| notes.drafts().ok()).unwrap_or_default();
    rows.retain(|row| !newer.iter().any(|note| note.id == row.id));
    rows.extend(newer);
    rows.sort_by_key(|row| std::cmp::Reverse(row.updated));
    rows
}
