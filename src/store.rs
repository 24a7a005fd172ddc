//! What the phone keeps: `outbox.db` (sealed entries, always writable), one `vault-….db` for each officer
//! (SQLCipher, readable after unlock), and `shift-….db` for what is typed while locked.
//!
//! The order of a save: the vault row commits, then the outbox commits with `synchronous=FULL`, then
//! "Saved". The two commits can be torn apart by a kill, so the next unlock looks for
//! drafts whose entry was written and makes them records. The outbox never waits for a vault.
//!
//! # Decisions
//! - The device's identity, the configuration and each vault's salt are small whole files beside the
//!   databases, not rows of `outbox.db`: an unreadable outbox then costs no capture, no re-enrolment and
//!   no vault.
//! - What was chosen (offered, declined, not offered) stands in clear beside the sealed entry: a locked
//!   phone must show that an accepted offer has reached nobody yet. Of whom and where is only in the seal.

mod around;
mod file;
mod lockout;
mod log;
mod outbox;
mod pragmas;
mod proof;
mod rows;
mod secret;
#[cfg(test)]
mod tests;
mod vault;
mod vouch;

pub use file::list_unreadable;
pub use lockout::{LOCK_MS, MOST_FAILURES, locked_for_ms, tries_left};
pub use outbox::{Begin, Outbox};
pub use rows::{Appended, DecidedRow, EntryRow, Head, HoldRow, NewEntry, Settled, ShiftRow, Unsent};
pub use secret::{Lockbox, SecretError, VaultKey};
pub use vault::{DraftRow, Vault};
pub use vouch::{AlarmRow, KEPT_AFTER_BACKUP_MS, Told, Voided};

use crate::seal::SealError;
use std::path::PathBuf;

/// What keeps a store from working.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file was written by a newer version of the app, and is left as it is.
    #[error(
        "{file} was written by a newer version of Handoff (format {found}, this version knows {known}). Update the app; nothing was changed."
    )]
    Newer {
        /// The file's name.
        file: String,
        /// Its format.
        found: usize,
        /// The newest format that is known here.
        known: usize,
    },
    /// A database of another program.
    #[error("{file} is a database of another program. Move it away; nothing was changed.")]
    Foreign {
        /// The file's name.
        file: String,
    },
    /// There is no room to write.
    #[error("this phone is full; delete photographs or apps")]
    Full,
    /// The database says so.
    #[error("database: {0}")]
    Database(#[source] rusqlite::Error),
    /// A file cannot be read, written or renamed.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// A stored value is not what this program writes.
    #[error("stored {0} cannot be read")]
    Value(&'static str),
    /// The system has no randomness for a new file's id.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl StoreError {
    /// Whether there was no room to write, or perhaps none: what the system calls a fault of the disk may be a
    /// limit that was reached.
    pub fn wants_room(&self) -> bool {
        use rusqlite::ErrorCode::{CannotOpen, SystemIoFailure};
        match self {
            Self::Full => true,
            Self::Database(rusqlite::Error::SqliteFailure(failure, _)) => {
                matches!(failure.code, SystemIoFailure | CannotOpen)
            }
            Self::File { error, .. } => error.kind() == std::io::ErrorKind::StorageFull,
            Self::Database(_) | Self::Newer { .. } | Self::Foreign { .. } | Self::Value(_) | Self::Seal(_) => false,
        }
    }

    /// Whether the file under the connection can no longer be trusted to have taken what was written,
    /// or to be read: the connection is closed and opened anew before anything else is tried.
    fn breaks_connection(&self) -> bool {
        let Self::Database(rusqlite::Error::SqliteFailure(failure, _)) = self else { return false };
        matches!(
            failure.code,
            rusqlite::ErrorCode::SystemIoFailure
                | rusqlite::ErrorCode::CannotOpen
                | rusqlite::ErrorCode::DatabaseCorrupt
                | rusqlite::ErrorCode::NotADatabase
        )
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full,
            Some(_) | None => Self::Database(error),
        }
    }
}

/// A text as it is stored. A letter that a flipped bit made none is shown as such: what it is part of is then no
/// signature, no code and no JSON, each of which its reader knows how to do without.
fn text(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<String> {
    let bytes = row.get_ref(at)?.as_bytes();
    let bytes =
        bytes.map_err(|_| rusqlite::Error::InvalidColumnType(at, String::new(), rusqlite::types::Type::Text))?;
    Ok(String::from_utf8_lossy(bytes).into_owned())
}

/// A count or sequence as SQLite stores it.
fn int(value: u64) -> Result<i64, StoreError> {
    i64::try_from(value).map_err(|_| StoreError::Value("number"))
}

/// A count or sequence as it is used.
fn nat(value: i64) -> Result<u64, StoreError> {
    u64::try_from(value).map_err(|_| StoreError::Value("number"))
}
