//! Why the server cannot start, or a command cannot be done.

use crate::apart::ApartError;
use crate::deliver::mail::BadRelay;
use crate::import::command::ImportError;
use crate::in_use::InUseError;
use crate::keys::KeyError;
use crate::ledger::command::GivenError;
use crate::site::SiteError;
use crate::store::{BadUrl, StoreError};
use handoff::domain::ids::{DeviceId, ReferralId};
use handoff::seal::SealError;

/// Why the server cannot start, or a command cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The data folder is in use, or cannot be used.
    #[error(transparent)]
    InUse(#[from] InUseError),
    /// A file beside the database.
    #[error(transparent)]
    Apart(#[from] ApartError),
    /// The site's files.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The system's randomness or a key.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The data folder, the port.
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
    /// The database's address.
    #[error(transparent)]
    Database(#[from] BadUrl),
    /// Nobody has that name.
    #[error("nobody is called {0} here; people are: {1}")]
    NoSuchPerson(String, String),
    /// No device with that id was ever enrolled.
    #[error("no device here has the id {0}; confirm-revocations lists them all")]
    NoSuchDevice(DeviceId),
    /// Nothing was recorded of it.
    #[error("no record here is of referral {0}")]
    NoSuchReferral(ReferralId),
    /// A list that cannot be taken.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// What a command was given.
    #[error(transparent)]
    Given(#[from] GivenError),
    /// Where mail is to be handed in.
    #[error(transparent)]
    Relay(#[from] BadRelay),
    /// The role does not use this.
    #[error("{0} is an officer: officers use the phone, not the console")]
    NoConsole(String),
}

impl AppError {
    /// Whether the machine failed: the disk, the port, the database. Otherwise what it was given cannot be taken.
    pub const fn is_of_the_machine(&self) -> bool {
        match self {
            Self::Store(_) | Self::Keys(_) | Self::InUse(_) | Self::Apart(_) | Self::Seal(_) | Self::Io(..) => true,
            Self::Site(_)
            | Self::Database(_)
            | Self::NoSuchPerson(..)
            | Self::NoSuchDevice(_)
            | Self::NoSuchReferral(_)
            | Self::Given(_)
            | Self::Import(_)
            | Self::Relay(_)
            | Self::NoConsole(_) => false,
        }
    }
}
