//! What an error of PostgreSQL means for the transaction. Codes decide, never words.

use super::StoreError;
use postgres::Error;
use postgres::error::{DbError, Severity, SqlState};

/// What a failed call means.
pub(super) fn fault(error: &Error) -> StoreError {
    match error.as_db_error() {
        Some(said) if *said.code() == SqlState::DISK_FULL => StoreError::Full(words(said)),
        Some(said) if ended(said) => StoreError::Lost(words(said)),
        Some(said) if crossed(said.code()) => StoreError::Crossed(words(said)),
        Some(said) => StoreError::Engine(words(said)),
        None if broke(error) => StoreError::Lost(chain(error)),
        None => StoreError::Engine(chain(error)),
    }
}

/// What a failed commit means: an answer of the database says that nothing is stored, silence says nothing.
pub(super) fn commit_fault(error: &Error) -> StoreError {
    match error.as_db_error() {
        Some(said) if *said.code() == SqlState::DISK_FULL => StoreError::Full(words(said)),
        Some(said) if ended(said) => StoreError::InDoubt(words(said)),
        Some(said) if crossed(said.code()) => StoreError::Crossed(words(said)),
        Some(said) => StoreError::NotCommitted(words(said)),
        None => StoreError::InDoubt(chain(error)),
    }
}

/// The database ended the session, or cannot serve any now: shutting down, starting up, out of
/// connections, standing still for too long.
fn ended(said: &DbError) -> bool {
    matches!(said.parsed_severity(), Some(Severity::Fatal | Severity::Panic)) && !refused_for_good(said.code())
}

/// Trying again would not help: a wrong password, no such database, a bad setting.
fn refused_for_good(code: &SqlState) -> bool {
    ["28", "3D", "42", "22"].iter().any(|class| code.code().starts_with(class))
}

/// Another transaction stood in the way, or this session came to a server that only follows another.
fn crossed(code: &SqlState) -> bool {
    *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED
}

/// The connection is gone or was never there.
fn broke(error: &Error) -> bool {
    let source = std::error::Error::source(error);
    error.is_closed() || source.is_some_and(|source| source.is::<std::io::Error>())
}

/// Code and message. Details stay behind: they may repeat a value of a row.
fn words(said: &DbError) -> String {
    format!("{} {}", said.code().code(), said.message())
}

/// An error of the client with its causes. None of them holds a value or a password.
fn chain(error: &Error) -> String {
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let more = error.to_string();
        if !words.contains(&more) {
            words.push_str(": ");
            words.push_str(&more);
        }
        cause = error.source();
    }
    words
}
