//! Another database in the place of the present one: filled in a schema of its own, then put there whole.
//!
//! # Decisions
//! Nothing of the present database is dropped. Its tables move to a schema that is named for the moment, those of the
//! new one move to where they stood, and both happen in one transaction: whatever breaks off leaves the
//! present database as it was. What a broken attempt left in [`BESIDE`] holds nothing that the backup does not,
//! and the next attempt begins anew.

use super::fault::{commit_fault, fault};
use super::{Postgres, PostgresSession, WRITERS, durable, schema};
use crate::store::ledger::{self, Epoch};
use crate::store::{Session, StoreError};
use postgres::Client;
use std::time::Duration;

/// The schema in which a database is filled.
const BESIDE: &str = "handoff_restoring";
/// How these connections call themselves: not as a server's do.
const NAME: &str = "handoff-restore";
/// A server that was just stopped may still be saying goodbye: so often, and so long, it is looked for again.
const LOOKS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(100);

/// A database beside the present one, until it takes its place. All of it blocks: not for an async thread.
#[derive(Debug)]
pub(crate) struct Replacement<'a>(&'a Postgres);

impl Postgres {
    /// Begins a replacement.
    ///
    /// # Errors
    /// [`StoreError::InUse`] while a server runs on this database, [`StoreError::Newer`], or what connecting says.
    pub(crate) fn replacement(&self) -> Result<Replacement<'_>, StoreError> {
        let mut client = self.client()?;
        let mut looks = 1;
        while others(&mut client)? > 0 {
            if looks == LOOKS {
                return Err(StoreError::InUse);
            }
            looks += 1;
            std::thread::sleep(PAUSE);
        }
        let found = schema::version(&mut client)?;
        if found > self.steps.len() {
            let path = format!("the database {}", self.url.database());
            return Err(StoreError::Newer { path, found, known: self.steps.len() });
        }
        let begin = format!("DROP SCHEMA IF EXISTS {BESIDE} CASCADE; CREATE SCHEMA {BESIDE}");
        client.batch_execute(&begin).map_err(|error| fault(&error))?;
        Ok(Replacement(self))
    }

    fn client(&self) -> Result<Client, StoreError> {
        let mut client = self.url.connect()?;
        let settings = format!("SET application_name = '{NAME}'; SET client_min_messages = 'warning'");
        client.batch_execute(&settings).map_err(|error| fault(&error))?;
        durable(&mut client)?;
        Ok(client)
    }
}

impl Replacement<'_> {
    /// A session that sees the new database alone, with the newest schema and no rows of ours.
    pub(crate) fn fill(&self) -> Result<Box<dyn Session>, StoreError> {
        let mut client = self.0.client()?;
        client.batch_execute(&format!("SET search_path = {BESIDE}")).map_err(|error| fault(&error))?;
        schema::migrate(&mut client, (self.0.url.database(), self.0.steps))?;
        Ok(Box::new(PostgresSession::new(client)))
    }

    /// The epoch of the present database; nothing if no server has used it, or none that knew of epochs.
    pub(crate) fn present(&self) -> Result<Option<Epoch>, StoreError> {
        let mut client = self.0.client()?;
        // The ledger came with the second change.
        if schema::version(&mut client)? < 2 {
            return Ok(None);
        }
        ledger::epoch_now(&mut PostgresSession::new(client))
    }

    /// Puts the new database in the present one's place, and gives that the schema `aside`, if there is one: true.
    ///
    /// # Errors
    /// [`StoreError`]: then the present database is as it was; after [`StoreError::InDoubt`] it is that or the new one.
    pub(crate) fn put_in_place(&self, aside: &str) -> Result<bool, StoreError> {
        let mut client = self.0.client()?;
        let begin = format!("BEGIN; SET LOCAL lock_timeout = '60s'; SELECT pg_advisory_xact_lock({WRITERS})");
        client.batch_execute(&begin).map_err(|error| fault(&error))?;
        if others(&mut client)? > 0 {
            return Err(StoreError::InUse);
        }
        let home = one(&mut client, "SELECT quote_ident(current_schema())")?;
        let there = schema::version(&mut client)? > 0;
        let new = things(&mut client, BESIDE)?;
        if there {
            let present = things(&mut client, &home)?;
            client.batch_execute(&format!("CREATE SCHEMA {aside}")).map_err(|error| fault(&error))?;
            // What else stands in that schema is not ours.
            moved(&mut client, present.iter().filter(|thing| new.contains(thing)), (&home, aside))?;
        }
        moved(&mut client, new.iter(), (BESIDE, &home))?;
        client.batch_execute(&format!("DROP SCHEMA {BESIDE}")).map_err(|error| fault(&error))?;
        client.batch_execute("COMMIT").map_err(|error| commit_fault(&error))?;
        Ok(there)
    }
}

impl Drop for Replacement<'_> {
    /// Once it is in place there is nothing there.
    fn drop(&mut self) {
        if let Ok(mut client) = self.0.client() {
            drop(client.batch_execute(&format!("DROP SCHEMA IF EXISTS {BESIDE} CASCADE")));
        }
    }
}

/// How many sessions servers have on this database.
fn others(client: &mut Client) -> Result<i64, StoreError> {
    let sql = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'handoff-server' AND pid <> pg_backend_pid()";
    client.query_one(sql, &[]).and_then(|row| row.try_get(0)).map_err(|error| fault(&error))
}

fn one(client: &mut Client, sql: &str) -> Result<String, StoreError> {
    let row = client.query_one(sql, &[]).map_err(|error| fault(&error))?;
    row.try_get::<_, Option<String>>(0).map_err(|error| fault(&error))?.ok_or_else(|| {
        StoreError::Engine(String::from("the database has no schema in which this user's tables would stand"))
    })
}

/// The tables and functions of a schema, as a statement names them: `TABLE entries`, `FUNCTION next_entries()`.
fn things(client: &mut Client, schema: &str) -> Result<Vec<(String, String)>, StoreError> {
    let sql = "SELECT 'TABLE', quote_ident(relname) FROM pg_class
            WHERE relkind = 'r' AND relnamespace::regnamespace::text = $1
        UNION ALL SELECT 'FUNCTION', quote_ident(proname) || '()' FROM pg_proc
            WHERE pronargs = 0 AND pronamespace::regnamespace::text = $1";
    let rows = client.query(sql, &[&schema]).map_err(|error| fault(&error))?;
    let thing = |row: postgres::Row| Ok((row.try_get(0)?, row.try_get(1)?));
    rows.into_iter().map(thing).collect::<Result<_, _>>().map_err(|error: postgres::Error| fault(&error))
}

fn moved<'a>(
    client: &mut Client,
    things: impl Iterator<Item = &'a (String, String)>,
    (from, to): (&str, &str),
) -> Result<(), StoreError> {
    for (kind, name) in things {
        client.batch_execute(&format!("ALTER {kind} {from}.{name} SET SCHEMA {to}")).map_err(|error| fault(&error))?;
    }
    Ok(())
}
