//! The shift and the officer's vault: who is on, and whether what they recorded can be read.
//!
//! # Decisions
//! A vault whose platform-kept key is gone, as after a reset of the system's key store, is opened by no PIN. It is
//! set aside whole at the officer's next word, under a name that is shown and counted, and a new one is made:
//! whoever has a copy of the keys can still read it. A key that only cannot be read now is not gone, and nothing is
//! moved for it. What was sealed lies in the outbox and needs no key of the vault to be sent.

use super::phone::{Inner, Phone};
use super::{PhoneError, UnlockError, lock};
use crate::domain::ids::{ReferralId, StaffId};
use crate::domain::wire::{Role, StaffCard};
use crate::platform::twice;
use crate::seal::random;
use crate::store::{Lockbox, ShiftRow, StoreError, Vault, locked_for_ms, tries_left};
use chrono::{DateTime, Utc};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// A vault that nobody uses for so long is locked: 30 minutes, in milliseconds.
const IDLE_MS: u64 = 30 * 60 * 1000;
/// The platform-kept part of the key of every vault.
const VAULT_KEY: &str = "vault-key";
/// A secret of the officer's own has at least so many characters.
const OWN_SECRET: usize = 8;
const MINUTE_MS: u64 = 60_000;

/// The shift that is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// Who.
    pub officer: StaffCard,
    /// In which unit.
    pub unit: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Whether records can be read. Recording works either way.
    pub locked: bool,
}

/// What is open now. In memory, but for the shift itself.
pub struct Session {
    /// The shift, as it is kept.
    pub shift: Option<ShiftRow>,
    /// The officer's vault, while it is unlocked.
    pub vault: Option<Vault>,
    /// What is typed while locked, once something was.
    pub locked_notes: Option<Vault>,
    /// A program without a screen acts: there is nothing that an officer would unlock.
    pub headless: bool,
    issued_pin: Option<Zeroizing<String>>,
    used_ms: u64,
}

impl Session {
    /// A session after a start: the shift goes on, locked.
    pub const fn new(shift: Option<ShiftRow>, now_ms: u64) -> Self {
        Self { shift, vault: None, locked_notes: None, headless: false, issued_pin: None, used_ms: now_ms }
    }

    /// The officer did something.
    pub const fn touch(&mut self, now_ms: u64) {
        self.used_ms = now_ms;
    }

    /// Closes what can be read.
    pub fn lock(&mut self) {
        self.vault = None;
        self.locked_notes = None;
        self.issued_pin = None;
    }
}

impl Inner {
    /// Locks a vault that nobody has used for long. The clock runs through sleep and cannot be set.
    pub fn lock_if_idle(&self) {
        let now = self.now().boot_ms;
        let mut session = lock(&self.session);
        if session.vault.is_some() && now.saturating_sub(session.used_ms) >= IDLE_MS {
            session.lock();
            drop(session);
            self.changed();
        }
    }

    /// The file for what is typed while locked, under a key that the device keeps.
    pub fn open_locked_notes(&self, officer: StaffId) -> Result<Vault, PhoneError> {
        let key = self.key("shift-key")?;
        let (vault, set_aside) = Vault::open(&self.file(&format!("shift-{officer}.db")), &key, self.now().wall)?;
        report(set_aside);
        Ok(vault)
    }

    fn open_vault(&self, officer: StaffId, key: &[u8; 32]) -> Result<Vault, StoreError> {
        let (vault, set_aside) = Vault::open(&self.file(&format!("vault-{officer}.db")), key, self.now().wall)?;
        report(set_aside);
        Ok(vault)
    }

    /// The key that opens what can be read: none on a device that may read nothing.
    fn key(&self, name: &str) -> Result<Zeroizing<[u8; 32]>, PhoneError> {
        if self.reads_nothing() {
            return Err(PhoneError::OutOfService);
        }
        let file = |error| PhoneError::File { path: PathBuf::from("keys").join(name), error };
        self.keys.random_key(name).map_err(file)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn lock_file(&self, officer: StaffId) -> PathBuf {
        self.file(&format!("vault-{officer}.lock"))
    }

    fn keep_lockbox(&self, officer: StaffId, lockbox: &Lockbox) -> Result<(), UnlockError> {
        let path = self.lock_file(officer);
        Ok(twice::replace(&path, &lockbox.to_bytes()?).map_err(|error| PhoneError::File { path, error })?)
    }

    /// The platform-kept key with which this vault was made; nothing if it is gone.
    fn key_of(&self, lockbox: &Lockbox) -> Result<Option<Zeroizing<[u8; 32]>>, PhoneError> {
        let file = |error| PhoneError::File { path: PathBuf::from("keys").join(VAULT_KEY), error };
        Ok(self.keys.key(VAULT_KEY).map_err(file)?.filter(|key| !lockbox.is_of_another(key)))
    }

    /// Sets the vault of an officer aside, with the file of its salt, since no secret opens it any more.
    fn set_vault_aside(&self, officer: StaffId) -> Result<(), PhoneError> {
        let name = Vault::set_aside(&self.file(&format!("vault-{officer}.db")), self.now().wall)?;
        let (path, kept) = (self.lock_file(officer), self.file(&name));
        twice::put_away(&path, &Vault::salt_beside(&kept)).map_err(|error| PhoneError::File { path, error })?;
        tracing::error!(name, "the key of a vault is gone; it is kept under this name");
        Ok(())
    }

    fn lockbox(&self, officer: StaffId) -> Result<Option<Lockbox>, UnlockError> {
        let path = self.lock_file(officer);
        match twice::read(&path) {
            Ok(None) => Ok(None),
            Ok(Some(bytes)) => Ok(Some(Lockbox::from_bytes(&bytes)?)),
            Err(error) => Err(PhoneError::File { path, error }.into()),
        }
    }

    /// What can be read now of referrals that the agency erased goes. What cannot be read now goes at the next unlock.
    pub fn forget_erased(&self) -> Result<(), PhoneError> {
        let mut session = lock(&self.session);
        let Session { vault, locked_notes, .. } = &mut *session;
        let erased = lock(&self.outbox).erased()?;
        Ok(forget_erased(&erased, [vault.as_mut(), locked_notes.as_mut()])?)
    }

    /// Takes an unlocked vault into the session: what was typed while locked moves in, and drafts whose
    /// entries the outbox has become records. What the agency erased goes.
    fn settle_in(&self, officer: StaffId, mut vault: Vault) -> Result<(), UnlockError> {
        let mut session = lock(&self.session);
        match session.locked_notes.take().map_or_else(|| self.open_locked_notes(officer), Ok) {
            Ok(mut notes) => {
                if let Err(error) = vault.take_all(&mut notes) {
                    tracing::error!(%error, "what was typed while locked stays where it is until the next unlock");
                    session.locked_notes = Some(notes);
                }
            }
            Err(error) => tracing::error!(%error, "what was typed while locked cannot be opened"),
        }
        for draft in vault.drafts()? {
            if lock(&self.outbox).decision(draft.id)?.is_some() {
                vault.make_record(draft.id)?;
            }
        }
        forget_erased(&lock(&self.outbox).erased()?, [Some(&mut vault), session.locked_notes.as_mut()])?;
        // Revoked while it was opened: it stays closed.
        if self.reads_nothing() {
            return Err(PhoneError::OutOfService.into());
        }
        session.vault = Some(vault);
        session.issued_pin = None;
        session.touch(self.now().boot_ms);
        drop(session);
        self.changed();
        Ok(())
    }
}

fn forget_erased(erased: &[ReferralId], open: [Option<&mut Vault>; 2]) -> Result<(), StoreError> {
    for vault in open.into_iter().flatten() {
        for referral in erased {
            if vault.forget(*referral)? {
                tracing::info!(%referral, "the agency erased this record: its readable copy is deleted");
            }
        }
    }
    Ok(())
}

fn report(set_aside: Option<String>) {
    if let Some(name) = set_aside {
        tracing::error!(name, "a file could not be read; it is kept under this name");
    }
}

impl Phone {
    /// Starts a shift, locked. One that is on ends.
    ///
    /// # Errors
    /// Someone who is no officer of the program, or no unit; the stores.
    pub fn start_shift(&self, officer: StaffId, unit: &str) -> Result<(), PhoneError> {
        let row = self.new_shift(officer, unit)?;
        lock(&self.inner.outbox).keep_shift(Some(&row))?;
        self.begin(row, false);
        Ok(())
    }

    /// Acts for an officer in this program alone, without a screen: the shift that the app shows stays as
    /// it is, and what is recorded does not count as recorded while locked.
    ///
    /// # Errors
    /// As [`Phone::start_shift`].
    pub fn act_as(&self, officer: StaffId, unit: &str) -> Result<(), PhoneError> {
        self.begin(self.new_shift(officer, unit)?, true);
        Ok(())
    }

    fn begin(&self, row: ShiftRow, headless: bool) {
        let session = Session::new(Some(row), self.inner.now().boot_ms);
        *lock(&self.inner.session) = Session { headless, ..session };
        self.inner.changed();
    }

    fn new_shift(&self, officer: StaffId, unit: &str) -> Result<ShiftRow, PhoneError> {
        let unit = unit.trim();
        if unit.is_empty() || unit.chars().count() > 40 {
            return Err(PhoneError::Unit);
        }
        if self.staff(officer).is_none_or(|card| card.role != Role::Officer) {
            return Err(PhoneError::NotAnOfficer);
        }
        Ok(ShiftRow { officer, unit: unit.to_owned(), since: self.inner.now().wall })
    }

    /// The shift that is on.
    pub fn shift(&self) -> Option<Shift> {
        let session = lock(&self.inner.session);
        let row = session.shift.as_ref()?;
        let officer = self.staff(row.officer)?;
        Some(Shift { officer, unit: row.unit.clone(), since: row.since, locked: session.vault.is_none() })
    }

    /// Ends the shift. Nothing recorded goes; it is sent all the same.
    ///
    /// # Errors
    /// The outbox cannot be written.
    pub fn end_shift(&self) -> Result<(), PhoneError> {
        lock(&self.inner.outbox).keep_shift(None)?;
        *lock(&self.inner.session) = Session::new(None, self.inner.now().boot_ms);
        self.inner.changed();
        Ok(())
    }

    /// Whether this officer has a vault on this device that could be opened.
    pub fn has_vault(&self, officer: StaffId) -> bool {
        !self.reads_nothing() && twice::exists(&self.inner.lock_file(officer)) && !self.vault_key_is_gone(officer)
    }

    /// Whether this officer has a vault here that no secret opens any more, since the device's own key to it is gone:
    /// the next [`Phone::create_vault`] sets it aside.
    pub fn vault_key_is_gone(&self, officer: StaffId) -> bool {
        let key = match self.inner.lockbox(officer) {
            Ok(Some(lockbox)) => self.inner.key_of(&lockbox),
            // Of one that cannot be read now nobody knows.
            Ok(None) | Err(_) => return false,
        };
        !self.reads_nothing() && matches!(key, Ok(None))
    }

    /// Six random digits, to be shown once. Good for the next [`Phone::create_vault`].
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn new_pin(&self) -> Result<String, PhoneError> {
        let pin = random::pin()?;
        lock(&self.inner.session).issued_pin = Some(Zeroizing::new(pin.clone()));
        Ok(pin)
    }

    /// Makes the vault of the officer on shift, and unlocks it. The secret is the PIN that the app
    /// issued, or at least 8 characters of the officer's own. One of which the key is gone is set aside first.
    ///
    /// # Errors
    /// [`UnlockError`]; no vault is then made.
    pub fn create_vault(&self, secret: &str) -> Result<(), UnlockError> {
        let (officer, issued) = {
            let session = lock(&self.inner.session);
            let issued = session.issued_pin.as_ref().is_some_and(|pin| pin.as_str() == secret);
            (session.shift.as_ref().ok_or(UnlockError::NoShift)?.officer, issued)
        };
        if !issued && secret.chars().count() < OWN_SECRET {
            return Err(UnlockError::TooShort);
        }
        if self.has_vault(officer) {
            return Err(UnlockError::Exists);
        }
        if self.vault_key_is_gone(officer) {
            self.inner.set_vault_aside(officer)?;
        }
        let (lockbox, key) = Lockbox::create(secret, &*self.inner.key(VAULT_KEY)?)?;
        self.inner.keep_lockbox(officer, &lockbox)?;
        // Wrong tries were tries at another secret.
        lock(&self.inner.outbox).forget_failures(officer)?;
        self.inner.settle_in(officer, self.inner.open_vault(officer, &key)?)
    }

    /// Unlocks the vault of the officer on shift. The try counts as wrong until it proves right, so that
    /// killing the program does not give another one.
    ///
    /// # Errors
    /// [`UnlockError`].
    pub fn unlock(&self, secret: &str) -> Result<(), UnlockError> {
        if self.reads_nothing() {
            return Err(PhoneError::OutOfService.into());
        }
        let officer = lock(&self.inner.session).shift.as_ref().ok_or(UnlockError::NoShift)?.officer;
        let lockbox = self.inner.lockbox(officer)?.ok_or(UnlockError::NoVault)?;
        let platform = self.inner.key_of(&lockbox)?.ok_or(UnlockError::KeyGone)?;
        let now = self.inner.now();
        let tried = {
            let mut outbox = lock(&self.inner.outbox);
            let failures = outbox.failures(officer)?;
            if let Some(left) = locked_for_ms(&failures, now) {
                return Err(UnlockError::Locked { minutes: left.div_ceil(MINUTE_MS) });
            }
            outbox.count_failure(officer, now)?;
            outbox.failures(officer)?
        };
        let key = match lockbox.open(secret, &platform) {
            Ok(key) => key,
            Err(crate::store::SecretError::Wrong) => return Err(wrong(&tried, now)),
            Err(error) => return Err(error.into()),
        };
        lock(&self.inner.outbox).forget_failures(officer)?;
        if let Some(marked) = lockbox.marked(&platform)
            && let Err(error) = self.inner.keep_lockbox(officer, &marked)
        {
            tracing::warn!(%error, "this vault does not say yet which key opens it");
        }
        self.inner.settle_in(officer, self.inner.open_vault(officer, &key)?)
    }

    /// Locks the vault: what is recorded is hidden, recording goes on.
    pub fn lock(&self) {
        lock(&self.inner.session).lock();
        self.inner.changed();
    }

    /// Locks a vault that nobody has used for 30 minutes. The loop asks too; ask at every resume.
    pub fn lock_if_idle(&self) {
        self.inner.lock_if_idle();
    }
}

fn wrong(failures: &[crate::domain::time::Reading], now: crate::domain::time::Reading) -> UnlockError {
    match locked_for_ms(failures, now) {
        Some(left) => UnlockError::Locked { minutes: left.div_ceil(MINUTE_MS) },
        None => UnlockError::Wrong { left: tries_left(failures, now) },
    }
}
