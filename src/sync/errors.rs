//! What can go wrong, in the words that the officer reads.

use crate::domain::assess::Assessment;
use crate::domain::encounter::DecisionError;
use crate::domain::facts::FactsError;
use crate::seal::SealError;
use crate::store::{SecretError, StoreError};
use std::path::PathBuf;

/// What keeps the phone from doing what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    /// Nobody is on shift.
    #[error("start a shift first")]
    NoShift,
    /// That person is no officer of this program.
    #[error("officer: is not on this program's roster")]
    NotAnOfficer,
    /// The unit is empty or too long.
    #[error("unit: give the unit, in at most 40 characters")]
    Unit,
    /// The server revoked this device: it opens nothing that could be read.
    #[error("this phone was taken out of service; what you record is still delivered")]
    OutOfService,
    /// The encounter is saved already, and is no draft any more.
    #[error("this encounter is saved already")]
    Saved,
    /// The stores.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Keys and randomness.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A file beside the databases.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
}

/// Why the device is not enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// Enrolled before; its records are sealed for that agency.
    #[error("this device is enrolled already")]
    Already,
    /// Not an address.
    #[error("server: give an address such as https://handoff.example.org")]
    Address,
    /// Without TLS only this machine itself may be the server.
    #[error("server: the address must begin with https://")]
    NotSecure,
    /// Nothing answered.
    #[error("the server cannot be reached; check the address and the connection")]
    Unreachable,
    /// Something answered that is not the server.
    #[error("something else answered than the server; does this network ask for a sign-in?")]
    NotTheServer,
    /// The server said no, in its own words.
    #[error("{0}")]
    Refused(String),
    /// Keys that are none.
    #[error("the server's answer cannot be used: {0}")]
    Keys(SealError),
    /// The phone itself.
    #[error(transparent)]
    Phone(#[from] PhoneError),
}

/// Why a vault does not open, or is not made.
#[derive(Debug, thiserror::Error)]
pub enum UnlockError {
    /// Nobody is on shift.
    #[error("start a shift first")]
    NoShift,
    /// This officer has no vault on this device yet.
    #[error("set a PIN first")]
    NoVault,
    /// The device's own key is gone without which no PIN opens it: it can only be made anew.
    #[error("this phone's key to your records is gone, so no PIN opens them; set a new PIN")]
    KeyGone,
    /// This officer has one already.
    #[error("there is a PIN already")]
    Exists,
    /// Neither the PIN that the app issued nor long enough.
    #[error("use the six digits shown, or at least 8 characters of your own")]
    TooShort,
    /// Wrong, with so many tries left.
    #[error("wrong PIN; {left} more tries")]
    Wrong {
        /// Tries before the vault stays shut for a while.
        left: usize,
    },
    /// Too many wrong tries.
    #[error("locked for {minutes} more minutes after wrong PINs; recording still works")]
    Locked {
        /// Minutes, rounded up.
        minutes: u64,
    },
    /// The key could not be worked out.
    #[error(transparent)]
    Secret(SecretError),
    /// The phone itself.
    #[error(transparent)]
    Phone(#[from] PhoneError),
}

/// Why a decision is not recorded. Nothing of it is then in the outbox.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// No agency to seal for.
    #[error("enrol this device first")]
    NotEnrolled,
    /// Nobody is on shift.
    #[error("start a shift first")]
    NoShift,
    /// Nothing is recorded under this id on this device.
    #[error("referral: nothing is recorded under this id on this device")]
    NoRecord,
    /// The record cannot be read while locked, and what is said anew of it builds on what was said.
    #[error("unlock your records first: what was recorded before the lock cannot be read now")]
    Hidden,
    /// The pack that the assessment names is not on this device.
    #[error("assessment.pack: this pack is not on this device")]
    NoPack,
    /// A field of the decision.
    #[error(transparent)]
    Decision(#[from] DecisionError),
    /// A field of the facts.
    #[error("facts.{0}")]
    Facts(FactsError),
    /// The rules say something else of these facts now: show the new result and ask again.
    #[error("assessment: the rules say something else of these facts")]
    Differs(Box<Assessment>),
    /// The record is longer than the server would open.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// It could not be written: it is not saved.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<StoreError> for UnlockError {
    fn from(error: StoreError) -> Self {
        Self::Phone(error.into())
    }
}

impl From<SecretError> for UnlockError {
    fn from(error: SecretError) -> Self {
        Self::Secret(error)
    }
}
