//! The one store. Only the modules below it write SQL.
//!
//! One set of SQL serves every engine: parameters are named (`:referral`), types are the four of
//! [`Value`], `RETURNING` and `ON CONFLICT DO NOTHING` are what both SQLite and PostgreSQL know. What an
//! engine does in its own way (opening, pragmas, DDL, starting a transaction) is behind [`Engine`] and
//! [`Session`].
//!
//! # Decisions
//! What an officer wrote is not copied into columns: it stays in the sealed entry and is opened at each
//! read (about 50 µs). So no column holds a participant's name, a read is one place to audit, and erasing
//! one entry erases the person.

mod accounts;
pub mod addresses;
pub mod afterwards;
pub mod cases;
pub mod casework;
pub(crate) mod copy;
pub mod deliveries;
mod devices;
mod entries;
pub mod epochs;
mod erase;
pub mod events;
mod files;
pub mod gaps;
pub(crate) mod ladder;
pub mod leaves;
pub mod ledger;
pub mod log;
mod news;
mod postgres;
mod readers;
pub(crate) mod reads;
pub mod releases;
pub mod rota;
pub mod same_person;
pub mod services;
mod sqlite;
pub mod tree;
mod value;
mod writer;

pub use accounts::{
    Code, Purpose, Staff, end_session, end_sessions_of_inactive, new_code, new_session, session_staff, set_language,
    spend_code, staff_by_login, staff_list,
};
pub(crate) use accounts::{SESSION_IDLE, touch_session};
pub(crate) use afterwards::{add_afterwards, afterwards, case_device, close_withdrawn, join_earlier};
pub use devices::{Device, Enrolled, ListedDevice, NewDevice, devices, enrol, revoke};
pub(crate) use devices::{
    Standing, confirm_device, device_by_token, doubt_everyone, readmit, save_health, standing, unconfirmed,
};
pub(crate) use entries::{
    Neighbours, NewEntry, Stored, add_decision, add_entry, close_gap, neighbours, open_case, place_anew,
    statuses_after, tell_status_again,
};
pub(crate) use erase::{entries_of, erase, is_erased};
pub(crate) use files::{
    FileKind, StoredFile, belong_to, files, keep_setting, opens_what_was_sealed, retire_all, save_file, save_staff,
    set_setting, setting,
};
pub(crate) use news::{Ends, ends, moved};
pub use postgres::{BadUrl, DatabaseUrl, Postgres};
pub use sqlite::Sqlite;
pub use value::{Params, Row, Value};
pub use writer::{Intent, Pending, Store};

use std::time::Duration;

/// What the store can fail with.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The file is no database, is damaged, or opens with another key. It is kept as it is.
    #[error(
        "{path} cannot be read as a database with this key ({why}); it is kept as it is. It is damaged, or keys/database.key is not its key"
    )]
    Unreadable {
        /// Which file.
        path: String,
        /// What the engine said.
        why: String,
    },
    /// The log beside the file is damaged: what was committed behind the damage would not be read, and nobody told.
    #[error(
        "{path} is damaged, and what was committed behind the damage would be lost; it is kept as it is. Restore the newest backup: phones offer again what it lacks"
    )]
    Log {
        /// Which file.
        path: String,
    },
    /// There is no database, or an empty one, where one was in use.
    #[error(
        "{path} is empty or gone, and {beside} says that it was in use. Restore a backup; to begin anew, move the whole folder away"
    )]
    Emptied {
        /// Which file.
        path: String,
        /// What says so.
        beside: String,
    },
    /// A key to which phones sealed is not among the keys.
    #[error(
        "keys/sealing.key, or an older one, is damaged or gone: none of them is the key {0}, to which phones have sealed. Put it back from where it is kept"
    )]
    SealingKey(String),
    /// Written by a newer version.
    #[error("{path} has schema {found}, this program knows up to {known}: use the newer program")]
    Newer {
        /// Which file.
        path: String,
        /// Its schema.
        found: usize,
        /// The newest schema known here.
        known: usize,
    },
    /// A page of the open file cannot be read.
    #[error(
        "server.db is damaged: a page of it cannot be read ({0}). Restore the newest backup: phones offer again what it lacks"
    )]
    Damaged(String),
    /// The engine failed.
    #[error("database: {0}")]
    Engine(String),
    /// The transaction was not committed; nothing of it is stored.
    #[error("not committed: {0}")]
    NotCommitted(String),
    /// The connection to the database was lost, or could not be made. Nothing of the transaction is stored.
    #[error("the database is out of reach: {0}")]
    Lost(String),
    /// The database's server is not shown to be the one that is meant, so nothing was said to it.
    #[error("the database's server is not trusted: {0}")]
    Untrusted(&'static str),
    /// Another transaction stood in the way. Nothing of this one is stored.
    #[error("another transaction stood in the way: {0}")]
    Crossed(String),
    /// The connection was lost in the commit: it is stored whole or not at all, and nobody here knows which.
    #[error("nobody knows whether it was committed: {0}")]
    InDoubt(String),
    /// Too many calls want to read, and this one's turn did not come.
    #[error("too many calls want to read")]
    Crowded,
    /// The disk of the database is full. Nothing of the transaction is stored.
    #[error("the disk of the database is full: {0}")]
    Full(String),
    /// A server runs on the database that is to be replaced.
    #[error("the database is in use by another handoff-server: stop every one first")]
    InUse,
    /// The database was begun by a server with another key.
    #[error("this database belongs to a server with other keys: copy the keys folder of that server to this one")]
    OtherKeys,
    /// A row does not have the shape that the query promised.
    #[error("a row of the database is not readable: {0}")]
    Shape(&'static str),
    /// The system gave no random bytes for a salt.
    #[error("the system gave no random bytes")]
    Random,
    /// The store is closed.
    #[error("the store is closed")]
    Closed,
    /// A job of the store broke down; its own work was undone, others were not touched.
    #[error("a job of the store broke down")]
    Broken,
}

impl StoreError {
    /// The whole transaction was undone, and not by what its jobs did: they may be run again.
    pub(crate) const fn undid_all(&self) -> bool {
        matches!(self, Self::Lost(_) | Self::Crossed(_) | Self::Full(_))
    }
}

/// Reads and writes inside one transaction, or reads alone.
pub trait Db {
    /// Runs one statement and says how many rows it changed.
    ///
    /// # Errors
    /// [`StoreError::Engine`], a broken constraint included; [`StoreError::Lost`] and [`StoreError::Crossed`]
    /// where the whole transaction is undone.
    fn run(&mut self, sql: &str, params: Params<'_>) -> Result<u64, StoreError>;

    /// Runs one `INSERT` of one row and says the number it got, in this column. Where the engine knows it anyway, that
    /// costs nothing: to return a row, SQLite builds a table of its own for it.
    ///
    /// # Errors
    /// As [`Db::run`].
    fn insert(&mut self, sql: &str, column: &'static str, params: Params<'_>) -> Result<u64, StoreError>;

    /// Runs one statement and returns its rows.
    ///
    /// # Errors
    /// As [`Db::run`].
    fn rows(&mut self, sql: &str, params: Params<'_>) -> Result<Vec<Row>, StoreError>;

    /// What a claim adds to its query, so that it passes over rows that another claim holds at this moment.
    /// Nothing on an engine that lets one transaction write at a time: there the statement alone compares and sets.
    fn passing_over(&self) -> &'static str {
        ""
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// As [`Db::run`].
    fn first(&mut self, sql: &str, params: Params<'_>) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, params)?.into_iter().next())
    }
}

/// One connection to the engine.
pub trait Session: Db + Send {
    /// Starts a transaction that will write.
    ///
    /// # Errors
    /// [`StoreError::Engine`] or [`StoreError::Lost`].
    fn begin(&mut self) -> Result<(), StoreError>;

    /// Commits: when this returns, the transaction is on the disk.
    ///
    /// # Errors
    /// [`StoreError::NotCommitted`], [`StoreError::Lost`] or [`StoreError::Crossed`]: nothing is stored;
    /// [`StoreError::InDoubt`]: nobody knows. The session must be thrown away.
    fn commit(&mut self) -> Result<(), StoreError>;

    /// Whether jobs may share its transaction as it stands without a savepoint each: it is open, and a statement that
    /// fails undoes itself alone.
    fn is_shared(&self) -> bool {
        false
    }

    /// From here on, and until [`Session::end`], every read sees the same moment, whatever others write: that of the
    /// first read.
    ///
    /// # Errors
    /// [`StoreError::Engine`] or [`StoreError::Lost`].
    fn moment(&mut self) -> Result<(), StoreError>;

    /// Ends what [`Session::moment`] began, or undoes what [`Session::begin`] did.
    ///
    /// # Errors
    /// [`StoreError::Engine`] or [`StoreError::Lost`].
    fn end(&mut self) -> Result<(), StoreError>;

    /// The same for a copy of everything, which takes its time: until the session is dropped.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    fn snapshot(&mut self) -> Result<(), StoreError>;

    /// The same session as a plain reader and writer.
    fn db(&mut self) -> &mut dyn Db;
}

/// A database engine.
pub trait Engine: Send + Sync + 'static {
    /// Opens a session that writes, and brings the schema up to date.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`], [`StoreError::Newer`] or [`StoreError::Engine`].
    fn writer(&self) -> Result<Box<dyn Session>, StoreError>;

    /// Opens a session that only reads.
    ///
    /// # Errors
    /// As [`Engine::writer`].
    fn reader(&self) -> Result<Box<dyn Session>, StoreError>;

    /// Hears when another process has written, where the engine can tell.
    ///
    /// # Errors
    /// As [`Engine::writer`].
    fn listener(&self) -> Result<Option<Box<dyn Listener>>, StoreError> {
        Ok(None)
    }
}

/// Hears when something was written. Only a hint: it may be late, come for nothing, or not come at all.
pub trait Listener: Send {
    /// Returns when something was written, or after this long.
    ///
    /// # Errors
    /// [`StoreError::Lost`]: a new one must be opened.
    fn wait(&mut self, most: Duration) -> Result<(), StoreError>;
}

#[cfg(test)]
mod tests;
