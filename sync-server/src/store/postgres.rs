//! PostgreSQL: for an agency that has outgrown one machine. Any number of identical servers share a database.
//!
//! # Decisions
//! **One writer at a time, in the whole database.** A transaction that writes takes one advisory lock first,
//! as SQLite's does with its file, so the same SQL is right on both: what a job reads before it writes is
//! still so when it writes, positions and feed cursors rise in the order of commits and have no holes, and
//! no two transactions deadlock. A counter in one row would make writers wait for each other as long;
//! `SERIALIZABLE` would have all but one of them begin again. Checks, which cost most, run beside each other,
//! and each server's group shares one flush. A server that stands still in a transaction loses its
//! session, and the lock with it, after [`STANDING`].
//!
//! **A commit is one message** that ends in `COMMIT` and begins with a statement that an undone transaction
//! refuses: alone, `COMMIT` of an undone transaction succeeds and stores nothing.
//!
//! **Two commits that break are told apart**: where the server answered with an error, nothing is stored;
//! where the connection ended, nobody knows.

mod bind;
mod fault;
mod line;
mod listen;
mod replace;
mod schema;
mod tls;
mod url;

pub use url::{BadUrl, DatabaseUrl};

use super::{Db, Engine, Listener, Params, Row, Session, StoreError, Value};
use bind::Named;
use fault::{commit_fault, fault};
use line::Line;
use postgres::types::{ToSql, Type};
use postgres::{Client, Statement};
use std::collections::HashMap;

/// Every transaction that writes holds it: "HandoffW".
const WRITERS: i64 = 0x4861_6e64_6f66_6657;
/// A session that stands still inside a transaction for longer is ended by the database.
const STANDING: &str = "3s";
/// Nobody waits longer for the lock; whoever holds it is ended long before.
const WAITING: &str = "10s";
/// Nobody reads longer.
const READING: &str = "30s";
/// On this channel, servers wake each other after a commit.
const NEWS: &str = "handoff_news";
/// Statements kept prepared in each session: more than there are.
const STATEMENTS: usize = 256;

/// A PostgreSQL database.
#[derive(Debug, Clone)]
pub struct Postgres {
    url: DatabaseUrl,
    steps: &'static [&'static str],
}

impl Postgres {
    /// The database at this address.
    pub const fn new(url: DatabaseUrl) -> Self {
        Self { url, steps: schema::MIGRATIONS }
    }

    /// Every schema change.
    #[cfg(test)]
    pub(super) const STEPS: &'static [&'static str] = schema::MIGRATIONS;

    /// The same database, opened by a program that knows these changes.
    #[cfg(test)]
    pub(super) fn with_steps(self, steps: &'static [&'static str]) -> Self {
        Self { steps, ..self }
    }

    /// Whether no server has ever used this database.
    ///
    /// # Errors
    /// [`StoreError::Lost`] or [`StoreError::Engine`].
    pub fn is_fresh(&self) -> Result<bool, StoreError> {
        // A client that blocks must not do so on an async thread.
        std::thread::scope(|scope| {
            let look = || schema::version(&mut self.url.connect()?).map(|version| version == 0);
            scope.spawn(look).join().map_err(|_| StoreError::Broken)?
        })
    }
}

impl Engine for Postgres {
    fn writer(&self) -> Result<Box<dyn Session>, StoreError> {
        let mut client = self.url.connect()?;
        let settings = format!(
            "SET idle_in_transaction_session_timeout = '{STANDING}'; SET lock_timeout = '{WAITING}';
             SET default_transaction_isolation = 'read committed'; SET client_min_messages = 'warning'"
        );
        client.batch_execute(&settings).map_err(|error| fault(&error))?;
        durable(&mut client)?;
        schema::migrate(&mut client, (self.url.database(), self.steps))?;
        Ok(Box::new(PostgresSession::new(client)))
    }

    fn reader(&self) -> Result<Box<dyn Session>, StoreError> {
        let mut client = self.url.connect()?;
        let settings = format!("SET default_transaction_read_only = on; SET statement_timeout = '{READING}'");
        client.batch_execute(&settings).map_err(|error| fault(&error))?;
        Ok(Box::new(PostgresSession::new(client)))
    }

    fn listener(&self) -> Result<Option<Box<dyn Listener>>, StoreError> {
        Ok(Some(Box::new(listen::News::open(Line::new(self.url.connect()?))?)))
    }
}

/// A receipt is given only for what survives a power cut: refuses a database that does not flush, and has
/// each commit wait for the flush where the database's own setting would not.
fn durable(client: &mut Client) -> Result<(), StoreError> {
    let row = client
        .query_one("SELECT current_setting('fsync'), current_setting('synchronous_commit')", &[])
        .map_err(|error| fault(&error))?;
    let setting = |at| row.try_get::<_, String>(at).map_err(|error| fault(&error));
    let (fsync, commit) = (setting(0)?, setting(1)?);
    if fsync != "on" {
        return Err(StoreError::Engine("its setting fsync is off, so a power cut would lose records".into()));
    }
    // `local` would not wait for the standby that takes over.
    if matches!(commit.as_str(), "off" | "local") {
        client.batch_execute("SET synchronous_commit = on").map_err(|error| fault(&error))?;
    }
    Ok(())
}

/// One connection.
struct PostgresSession {
    line: Line,
    prepared: HashMap<String, Prepared>,
}

struct Prepared {
    named: Named,
    statement: Statement,
}

impl PostgresSession {
    fn new(client: Client) -> Self {
        Self { line: Line::new(client), prepared: HashMap::new() }
    }

    /// Prepares a statement once for each session, then calls it with its parameters in their places.
    fn call<T>(
        &mut self,
        (sql, params): (&str, Params<'_>),
        call: impl FnOnce(&mut Client, &Statement, &[&(dyn ToSql + Sync)]) -> Result<T, postgres::Error>,
    ) -> Result<T, StoreError> {
        if !self.prepared.contains_key(sql) {
            let named = Named::of(sql);
            let types: Vec<Type> = named.places(params)?.into_iter().map(bind::type_of).collect();
            let statement = self.line.get()?.prepare_typed(&named.sql, &types).map_err(|error| fault(&error))?;
            if self.prepared.len() >= STATEMENTS {
                self.prepared.clear();
            }
            self.prepared.insert(sql.to_owned(), Prepared { named, statement });
        }
        let Some(Prepared { named, statement }) = self.prepared.get(sql) else { return Err(StoreError::Closed) };
        let places = named.places(params)?;
        let values: Vec<&(dyn ToSql + Sync)> = places.into_iter().map(|value: &Value| value as _).collect();
        call(self.line.get()?, statement, &values).map_err(|error| fault(&error))
    }
}

impl Db for PostgresSession {
    fn run(&mut self, sql: &str, params: Params<'_>) -> Result<u64, StoreError> {
        self.call((sql, params), |client, statement, values| client.execute(statement, values))
    }

    fn insert(&mut self, sql: &str, column: &'static str, params: Params<'_>) -> Result<u64, StoreError> {
        let row = self.first(&format!("{sql} RETURNING {column}"), params)?;
        row.ok_or(StoreError::Shape("a row without a number"))?.count()
    }

    fn rows(&mut self, sql: &str, params: Params<'_>) -> Result<Vec<Row>, StoreError> {
        let rows = self.call((sql, params), |client, statement, values| client.query(statement, values))?;
        let read = |row: &postgres::Row| {
            let values = (0..row.len()).map(|at| row.try_get::<_, Value>(at)).collect::<Result<Vec<_>, _>>();
            values.map(Row::new).map_err(|error| fault(&error))
        };
        rows.iter().map(read).collect()
    }

    fn passing_over(&self) -> &'static str {
        "FOR UPDATE SKIP LOCKED"
    }
}

impl Session for PostgresSession {
    fn begin(&mut self) -> Result<(), StoreError> {
        let sql = format!("BEGIN; SELECT pg_advisory_xact_lock({WRITERS})");
        self.line.get()?.batch_execute(&sql).map_err(|error| fault(&error))
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        let sql = format!("SELECT pg_notify('{NEWS}', ''); COMMIT");
        self.line.get()?.batch_execute(&sql).map_err(|error| commit_fault(&error))
    }

    fn moment(&mut self) -> Result<(), StoreError> {
        let sql = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
        self.line.get()?.batch_execute(sql).map_err(|error| fault(&error))
    }

    fn end(&mut self) -> Result<(), StoreError> {
        self.line.get()?.batch_execute("ROLLBACK").map_err(|error| fault(&error))
    }

    fn snapshot(&mut self) -> Result<(), StoreError> {
        let sql = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL statement_timeout = 0; SELECT 1";
        self.line.get()?.batch_execute(sql).map_err(|error| fault(&error))
    }

    fn db(&mut self) -> &mut dyn Db {
        self
    }
}
