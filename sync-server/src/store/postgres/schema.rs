//! The schema and its changes.

use super::fault::{commit_fault, fault};
use super::{StoreError, WRITERS};
use postgres::Client;

/// Schema changes in order: the number of a migration is its place here, from 1.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/postgres/0001_start.sql"),
    include_str!("../../../migrations/postgres/0002_ledger.sql"),
    include_str!("../../../migrations/postgres/0003_epochs.sql"),
    include_str!("../../../migrations/postgres/0004_afterwards.sql"),
    include_str!("../../../migrations/postgres/0005_ladder.sql"),
    include_str!("../../../migrations/postgres/0006_casework.sql"),
    include_str!("../../../migrations/postgres/0007_channels.sql"),
    include_str!("../../../migrations/postgres/0008_rota.sql"),
    include_str!("../../../migrations/postgres/0009_release.sql"),
    include_str!("../../../migrations/postgres/0010_services.sql"),
    include_str!("../../../migrations/postgres/0011_language.sql"),
];

/// How many changes the database has taken; 0 if no server has ever used it.
pub(super) fn version(client: &mut Client) -> Result<usize, StoreError> {
    let known: bool = client
        .query_one("SELECT to_regclass('handoff_schema') IS NOT NULL", &[])
        .and_then(|row| row.try_get(0))
        .map_err(|error| fault(&error))?;
    if !known {
        return Ok(0);
    }
    let version: i64 = client
        .query_one("SELECT count(*) FROM handoff_schema", &[])
        .and_then(|row| row.try_get(0))
        .map_err(|error| fault(&error))?;
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

/// Takes each missing step in a transaction with its number, under the writers' lock: of servers that
/// start together one does it, and one that is stopped in the middle leaves the schema before the step or
/// after it, never between.
pub(super) fn migrate(client: &mut Client, (database, steps): (&str, &[&str])) -> Result<(), StoreError> {
    while version(client)? != steps.len() {
        let lock = format!(
            "BEGIN; SELECT pg_advisory_xact_lock({WRITERS});
             CREATE TABLE IF NOT EXISTS handoff_schema (step BIGINT NOT NULL PRIMARY KEY)"
        );
        client.batch_execute(&lock).map_err(|error| fault(&error))?;
        let found = version(client)?;
        if found > steps.len() {
            return Err(StoreError::Newer { path: format!("the database {database}"), found, known: steps.len() });
        }
        if let Some(step) = steps.get(found) {
            client.batch_execute(step).map_err(|error| fault(&error))?;
            let done = format!("INSERT INTO handoff_schema (step) VALUES ({})", found + 1);
            client.batch_execute(&done).map_err(|error| fault(&error))?;
        }
        client.batch_execute("COMMIT").map_err(|error| commit_fault(&error))?;
    }
    Ok(())
}
