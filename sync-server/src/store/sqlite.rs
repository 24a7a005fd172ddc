//! SQLite, encrypted with SQLCipher: the engine that needs nothing beside it.

mod log;

use super::copy::Table;
use super::{Db, Engine, Params, Row, Session, StoreError, Value};
use handoff::lab::{Bug, planted, simulated};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Schema changes in order: the number of a migration is its place here, from 1.
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/sqlite/0001_start.sql"),
    include_str!("../../migrations/sqlite/0002_ledger.sql"),
    include_str!("../../migrations/sqlite/0003_epochs.sql"),
    include_str!("../../migrations/sqlite/0004_afterwards.sql"),
    include_str!("../../migrations/sqlite/0005_ladder.sql"),
    include_str!("../../migrations/sqlite/0006_casework.sql"),
    include_str!("../../migrations/sqlite/0007_channels.sql"),
    include_str!("../../migrations/sqlite/0008_rota.sql"),
    include_str!("../../migrations/sqlite/0009_release.sql"),
    include_str!("../../migrations/sqlite/0010_services.sql"),
    include_str!("../../migrations/sqlite/0011_language.sql"),
];

/// "HoSv": tells this file from any other SQLite database.
const APPLICATION_ID: i64 = 0x486f_5376;

/// Each setting with its reason. The first two must come before anything reads the file.
const PRAGMAS: &[(&str, &str)] = &[
    ("cipher_page_size", "8192"),  // 2 KB records pack with less waste than in pages of 4 KB
    ("busy_timeout", "5000"),      // the command line may write beside a running server
    ("journal_mode", "WAL"),       // readers do not stop the writer
    ("synchronous", "FULL"),       // a receipt is given only for what survives a power cut
    ("fullfsync", "1"),            // on Apple systems fsync alone does not reach the medium
    ("checkpoint_fullfsync", "1"), // the same for a checkpoint
    ("temp_store", "MEMORY"),      // nothing in clear in temporary files
    ("secure_delete", "1"),        // what is erased is overwritten, not only unlinked
    ("foreign_keys", "0"),         // entries may come before what they refer to
    ("trusted_schema", "0"),       // no functions run from a schema that someone changed
    ("cache_size", "-8192"),       // 8 MB for each connection: the server stays under 60 MB
];

/// What differs for a file that is filled in one go. Whoever fills it flushes and checks it before it counts,
/// and throws it away if anything failed; so it needs no journal, and is one file.
const IN_ONE_GO: &[(&str, &str)] = &[("journal_mode", "OFF"), ("synchronous", "OFF")];

fn in_one_go() -> Vec<(&'static str, &'static str)> {
    let stays = |(name, _): &&(&str, &str)| IN_ONE_GO.iter().all(|(other, _)| other != name);
    PRAGMAS.iter().filter(stays).chain(IN_ONE_GO).copied().collect()
}

/// The same with less to encrypt and to copy, where nothing of that is looked at.
fn quick(pragmas: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    const PAGES: [(&str, &str); 2] = [("cipher_page_size", "4096"), ("cipher_use_hmac", "OFF")];
    const LOG: (&str, &str) = ("wal_autocheckpoint", "200");
    let others = pragmas.iter().copied().filter(|(name, _)| *name != "cipher_page_size");
    PAGES.into_iter().chain(others).chain([LOG]).collect()
}

/// An encrypted database file.
#[derive(Debug, Clone)]
pub struct Sqlite {
    path: PathBuf,
    key: Zeroizing<[u8; 32]>,
    steps: &'static [&'static str],
}

impl Sqlite {
    /// The database at `path`, opened with `key`.
    pub fn new(path: &Path, key: [u8; 32]) -> Self {
        Self { path: path.to_owned(), key: Zeroizing::new(key), steps: MIGRATIONS }
    }

    /// A session that fills a new file in one go, with the newest schema. See [`Sqlite::check`].
    pub(crate) fn fill(&self) -> Result<(Box<dyn Session>, Vec<Table>), StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let mut session = self.connect(flags, &in_one_go())?;
        self.migrate(&mut session)?;
        let tables = session.tables()?;
        Ok((Box::new(session), tables))
    }

    /// A session on all of a file, brought to the newest schema, with its tables.
    pub(crate) fn whole(&self) -> Result<(Box<dyn Session>, Vec<Table>), StoreError> {
        let mut session = self.open(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        self.migrate(&mut session)?;
        let tables = session.tables()?;
        Ok((Box::new(session), tables))
    }

    /// A session that only reads a file that nobody writes, and changes nothing of it.
    pub(crate) fn look(&self) -> Result<Box<dyn Session>, StoreError> {
        Ok(Box::new(self.connect(OpenFlags::SQLITE_OPEN_READ_ONLY, &in_one_go())?))
    }

    /// Reads every page of a file that nobody writes, and checks it: seals of pages, tables and indexes.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        let session = self.connect(OpenFlags::SQLITE_OPEN_READ_ONLY, &in_one_go())?;
        // Pages of a simulated world have no seals.
        let seals = (!simulated()).then_some("PRAGMA cipher_integrity_check");
        for look in seals.into_iter().chain(["PRAGMA integrity_check"]) {
            let mut statement = session.connection.prepare(look)?;
            let said = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
            if let Some(why) = said.into_iter().find(|said| said != "ok") {
                return Err(StoreError::Unreadable { path: self.path.display().to_string(), why });
            }
        }
        Ok(())
    }

    fn open(&self, flags: OpenFlags) -> Result<SqliteSession, StoreError> {
        self.connect(flags, PRAGMAS)
    }

    fn connect(&self, flags: OpenFlags, pragmas: &[(&'static str, &'static str)]) -> Result<SqliteSession, StoreError> {
        let unreadable =
            |e: rusqlite::Error| StoreError::Unreadable { path: self.path.display().to_string(), why: e.to_string() };
        let connection =
            Connection::open_with_flags(&self.path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(unreadable)?;
        // Until it is known to be readable its log stays apart from it.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(unreadable)?;
        let hex: Zeroizing<String> = Zeroizing::new(self.key.iter().map(|byte| format!("{byte:02x}")).collect());
        connection.pragma_update(None, "key", format!("x'{}'", *hex)).map_err(unreadable)?;
        let session = SqliteSession { connection };
        let pragmas = if simulated() { quick(pragmas) } else { pragmas.to_vec() };
        session.set(&pragmas).map_err(unreadable)?;
        if planted(Bug::SynchronousNormal) {
            session.set(&[("synchronous", "NORMAL")]).map_err(unreadable)?;
        }
        session.connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).map_err(unreadable)?;
        session.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map_err(unreadable)?;
        session.connection.set_prepared_statement_cache_capacity(128);
        Ok(session)
    }

    /// Takes each missing step in a transaction with its number: a program that is stopped in the middle
    /// leaves the schema before the step or after it, never between.
    fn migrate(&self, session: &mut SqliteSession) -> Result<(), StoreError> {
        let steps = self.steps;
        loop {
            session.begin()?;
            let version: i64 = session.connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
            let found = usize::try_from(version).unwrap_or(usize::MAX);
            if found > steps.len() {
                return Err(StoreError::Newer { path: self.path.display().to_string(), found, known: steps.len() });
            }
            let Some(step) = steps.get(found) else { return session.commit() };
            session.connection.execute_batch(step)?;
            session.connection.pragma_update(None, "application_id", APPLICATION_ID)?;
            session.connection.pragma_update(None, "user_version", version + 1)?;
            session.commit()?;
        }
    }
}

impl Engine for Sqlite {
    fn writer(&self) -> Result<Box<dyn Session>, StoreError> {
        log::mend(&self.path)?;
        let mut session = self.open(OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        self.migrate(&mut session)?;
        Ok(Box::new(session))
    }

    fn reader(&self) -> Result<Box<dyn Session>, StoreError> {
        let session = self.open(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        session.connection.pragma_update(None, "query_only", "1")?;
        Ok(Box::new(session))
    }
}

/// One connection.
struct SqliteSession {
    connection: Connection,
}

impl SqliteSession {
    fn set(&self, pragmas: &[(&str, &str)]) -> rusqlite::Result<()> {
        pragmas.iter().try_for_each(|(name, value)| self.connection.pragma_update(None, name, value))
    }

    /// Our own tables, in order of their names.
    fn tables(&self) -> Result<Vec<Table>, StoreError> {
        let mut statement = self.connection.prepare(
            "SELECT t.name, c.name, c.pk FROM sqlite_schema t, pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' ORDER BY t.name, c.cid",
        )?;
        let mut rows = statement.query([])?;
        let mut found: Vec<(Table, Vec<(i64, String)>)> = Vec::new();
        while let Some(row) = rows.next()? {
            let (name, column, part): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            if found.last().is_none_or(|(table, _)| table.name != name) {
                found.push((Table { name, columns: Vec::new(), key: Vec::new() }, Vec::new()));
            }
            let Some((table, key)) = found.last_mut() else { continue };
            table.columns.push(column.clone());
            if part > 0 {
                key.push((part, column));
            }
        }
        let in_order = |(mut table, mut key): (Table, Vec<(i64, String)>)| {
            key.sort();
            table.key = key.into_iter().map(|(_, column)| column).collect();
            table
        };
        Ok(found.into_iter().map(in_order).collect())
    }
}

impl Db for SqliteSession {
    fn run(&mut self, sql: &str, params: Params<'_>) -> Result<u64, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        bind(&mut statement, params)?;
        Ok(statement.raw_execute().map(|n| u64::try_from(n).unwrap_or(u64::MAX))?)
    }

    fn insert(&mut self, sql: &str, _: &'static str, params: Params<'_>) -> Result<u64, StoreError> {
        self.run(sql, params)?;
        u64::try_from(self.connection.last_insert_rowid()).map_err(|_| StoreError::Shape("a row without a number"))
    }

    fn rows(&mut self, sql: &str, params: Params<'_>) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        bind(&mut statement, params)?;
        let width = statement.column_count();
        let mut found = Vec::new();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            let values = (0..width).map(|i| Ok(value(row.get_ref(i)?))).collect::<Result<Vec<_>, rusqlite::Error>>()?;
            found.push(Row::new(values));
        }
        Ok(found)
    }
}

impl Session for SqliteSession {
    fn begin(&mut self) -> Result<(), StoreError> {
        // IMMEDIATE: a transaction that reads first would lose the lock to another process and fail.
        self.run("BEGIN IMMEDIATE", &[]).map(drop)
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.run("COMMIT", &[]).map(drop).map_err(|error| {
            if matches!(error, StoreError::Full(_)) { error } else { StoreError::NotCommitted(error.to_string()) }
        })
    }

    fn is_shared(&self) -> bool {
        !self.connection.is_autocommit()
    }

    fn moment(&mut self) -> Result<(), StoreError> {
        self.run("BEGIN DEFERRED", &[]).map(drop)
    }

    fn end(&mut self) -> Result<(), StoreError> {
        self.run("ROLLBACK", &[]).map(drop)
    }

    fn snapshot(&mut self) -> Result<(), StoreError> {
        self.moment()?;
        self.rows("SELECT count(*) FROM sqlite_schema", &[]).map(drop)
    }

    fn db(&mut self) -> &mut dyn Db {
        self
    }
}

fn bind(statement: &mut rusqlite::Statement<'_>, params: Params<'_>) -> Result<(), StoreError> {
    for ((name, value), place) in params.iter().zip(1..) {
        // Nearly always they are given in their order in the statement.
        let index = match statement.parameter_name(place) {
            Some(here) if here == *name => place,
            Some(_) | None => {
                statement.parameter_index(name)?.ok_or_else(|| StoreError::Engine(format!("no parameter {name}")))?
            }
        };
        statement.raw_bind_parameter(index, value)?;
    }
    Ok(())
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(n) => ValueRef::Integer(*n),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(n) => Value::Int(n),
        // STRICT tables hold no floats but where a column says so, and none does.
        ValueRef::Real(n) => Value::Text(n.to_string()),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full(error.to_string()),
            Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase) => {
                Self::Damaged(error.to_string())
            }
            _ => Self::Engine(error.to_string()),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop")]
impl Sqlite {
    /// Every schema change.
    pub(super) const STEPS: &'static [&'static str] = MIGRATIONS;

    /// The same file, filled by these statements.
    pub(super) fn filled(self, script: &str) -> Self {
        let session = self.open(OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE).unwrap();
        session.connection.execute_batch(script).unwrap();
        self
    }

    /// The same file, opened by a program that knows these changes.
    pub(super) fn with_steps(self, steps: &'static [&'static str]) -> Self {
        Self { steps, ..self }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]
    use super::*;

    #[test]
    fn a_file_that_is_no_database_is_named_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("server.db");
        std::fs::write(&path, [7u8; 20_000]).unwrap();
        let error = Sqlite::new(&path, [1; 32]).writer().err().unwrap();
        assert!(matches!(&error, StoreError::Unreadable { .. }), "{error}");
        assert!(error.to_string().contains("server.db"));
        assert_eq!(std::fs::read(&path).unwrap(), [7u8; 20_000]);
    }

    #[test]
    fn another_key_does_not_open_it_and_a_newer_schema_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("server.db");
        let engine = Sqlite::new(&path, [1; 32]);
        drop(engine.writer().unwrap());
        assert!(matches!(Sqlite::new(&path, [2; 32]).writer().err().unwrap(), StoreError::Unreadable { .. }));
        let session = engine.open(OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
        session.connection.pragma_update(None, "user_version", 99).unwrap();
        drop(session);
        assert!(matches!(engine.writer().err().unwrap(), StoreError::Newer { found: 99, .. }));
    }

    #[test]
    fn settings_that_keep_a_commit_through_a_power_cut_are_in_force() {
        let dir = tempfile::tempdir().unwrap();
        let engine = Sqlite::new(&dir.path().join("server.db"), [1; 32]);
        drop(engine.writer().unwrap());
        let session = engine.open(OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
        let read = |name: &str| {
            session.connection.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0)).unwrap()
        };
        assert_eq!(read("synchronous"), 2.into());
        assert_eq!(read("journal_mode"), String::from("wal").into());
        assert_eq!(read("page_size"), String::from("8192").into());
    }

    /// A disk with no room beyond what the file has.
    struct Small(Sqlite);

    impl Engine for Small {
        fn writer(&self) -> Result<Box<dyn Session>, StoreError> {
            let mut session = self.0.writer()?;
            session.rows("PRAGMA max_page_count = 1", &[])?;
            Ok(session)
        }

        fn reader(&self) -> Result<Box<dyn Session>, StoreError> {
            self.0.reader()
        }
    }

    #[tokio::test]
    async fn a_full_disk_is_named_nothing_is_half_done_and_room_ends_it() {
        let dir = tempfile::tempdir().unwrap();
        let engine = Sqlite::new(&dir.path().join("server.db"), [1; 32]);
        drop(engine.writer().unwrap());
        let put = |name: &'static str, bytes: usize| {
            move |db: &mut dyn Db| {
                crate::store::set_setting(db, name, "begun")?;
                crate::store::set_setting(db, name, &"x".repeat(bytes))
            }
        };
        let store = crate::store::Store::open(Small(engine.clone())).unwrap();
        let intent = store.intend();
        let (small, large) = (store.submit(put("small", 1)), store.submit(put("large", 500_000)));
        drop(intent);
        assert!(matches!(large.done().await, Err(StoreError::Full(_))));
        // Who shared the flush hears the same, and neither is there by half.
        let small = small.done().await;
        let found = |name: &'static str| move |db: &mut dyn Db| crate::store::setting(db, name);
        assert_eq!(store.read(found("large")).await.unwrap(), None);
        assert_eq!(store.read(found("small")).await.unwrap().is_some(), small.is_ok());
        drop(store);
        let store = crate::store::Store::open(engine).unwrap();
        store.write(put("large", 500_000)).await.unwrap();
    }

    #[test]
    fn every_migration_file_is_listed() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), MIGRATIONS.len());
    }
}
