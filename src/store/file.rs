//! Opening a database file: settings, format, and what happens to one that cannot be read. It is
//! renamed, kept and named, never recreated silently over what was there.
//!
//! # Decisions
//! The tables are a second witness of the format. Where they are today's and the two marks in the header are off by
//! one bit, that bit has flipped: the marks are written anew, and all that the file holds is used. Without that a
//! flipped bit was taken for a newer version, which refuses the file, or set it aside with entries that nobody had
//! yet. Of a file that is truly newer the tables differ, or the number differs by more than one bit:
//! `no_format_is_taken_for_an_older_one_with_a_flipped_bit` holds it for every format that is added.

use super::{StoreError, log, pragmas};
use crate::lab::{hurried, simulated};
use chrono::{DateTime, Utc};
use rusqlite::config::DbConfig;
use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::{Batch, Connection, ErrorCode};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use zeroize::Zeroizing;

/// What a kind of file is.
pub struct Kind {
    /// Marks the file as ours and of this kind: SQLite's `application_id`.
    pub application_id: i32,
    /// The steps from nothing to today's format; a file's format is how many it has taken.
    pub migrations: &'static [&'static str],
    /// The statement without which nothing is recorded: where it does not compile, the file is damaged.
    pub writes: &'static str,
}

/// An open file.
pub struct Open {
    /// The connection, with every setting made.
    pub conn: Connection,
    /// The name under which an unreadable file was set aside, if one was.
    pub set_aside: Option<String>,
}

/// The word in the name of a file that was set aside.
const UNREADABLE: &str = ".unreadable-";

/// What SQLite puts beside a database.
const LOGS: [&str; 2] = ["-wal", "-shm"];

/// Under which ending the file of its salt is kept beside a vault that was set aside.
pub const SALT: &str = "-lock";

/// A format that is newer by so much is none: the number is damaged.
const NO_FORMAT: usize = 100;

/// Opens the file, makes it if there is none, brings it to today's format. An unreadable one is set
/// aside under a name with the time, and a new one begun.
pub fn open(path: &Path, kind: &Kind, key: Option<&[u8; 32]>, now: DateTime<Utc>) -> Result<Open, StoreError> {
    if size(path) == 0 && size(&with_suffix(path, "-wal")) > 0 {
        // SQLite would throw the log away.
        let set_aside = Some(set_aside(path, now)?);
        return Ok(Open { conn: try_open(path, kind, key)?, set_aside });
    }
    let broken = log::mend(path, now)?;
    match try_open(path, kind, key) {
        Err(error) if is_unreadable(&error) || says_read_only(path, &error) => {
            let set_aside = set_aside(path, now)?;
            let conn = try_open(path, kind, key)?;
            Ok(Open { conn, set_aside: Some(set_aside) })
        }
        other => Ok(Open { conn: other?, set_aside: broken }),
    }
}

/// Sets aside a file that is there and holds nothing, for a caller who knows that it once held something: to
/// SQLite an empty file is a new one. Its new name, if it was so.
pub fn keep_emptied(path: &Path, now: DateTime<Utc>) -> Result<Option<String>, StoreError> {
    if path.exists() && size(path) == 0 { set_aside(path, now).map(Some) } else { Ok(None) }
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}

fn try_open(path: &Path, kind: &Kind, key: Option<&[u8; 32]>) -> Result<Connection, StoreError> {
    let mut conn = Connection::open(path)?;
    // Until it is known to be readable its log stays apart from it: both are set aside as they were.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    if let Some(key) = key {
        // Its own words on standard error say nothing that the error which comes back does not.
        conn.execute_batch("PRAGMA cipher_log_level = NONE")?;
        let hex: Zeroizing<String> = Zeroizing::new(key.iter().map(|byte| format!("{byte:02x}")).collect());
        conn.execute_batch(&Zeroizing::new(format!("PRAGMA key = \"x'{}'\"", hex.as_str())))?;
        conn.execute_batch(match simulated() {
            false => "PRAGMA cipher_page_size = 8192",
            true => "PRAGMA cipher_page_size = 4096; PRAGMA cipher_use_hmac = OFF",
        })?;
        if !hurried() {
            conn.execute_batch("PRAGMA cipher_memory_security = ON")?;
        }
    }
    pragmas::apply(&conn)?;
    let check: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if check != "ok" {
        return Err(StoreError::Value("page"));
    }
    migrate(&mut conn, path, kind, &mut |_| ())?;
    match conn.prepare(kind.writes) {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::Unknown) => Err(StoreError::Value("table")),
        other => other.map(drop).map_err(StoreError::from),
    }?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok(conn)
}

fn is_unreadable(error: &StoreError) -> bool {
    match error {
        StoreError::Database(rusqlite::Error::SqliteFailure(failure, _)) => {
            matches!(failure.code, ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt)
        }
        // A name in the schema, or what a check says of one, is no text any more.
        StoreError::Value(_) | StoreError::Database(rusqlite::Error::Utf8Error(..)) => true,
        StoreError::Database(_)
        | StoreError::Full
        | StoreError::Newer { .. }
        | StoreError::Foreign { .. }
        | StoreError::File { .. }
        | StoreError::Seal(_) => false,
    }
}

/// Whether the file itself says that it may not be written, and the system does not: its header is damaged.
fn says_read_only(path: &Path, error: &StoreError) -> bool {
    let StoreError::Database(error) = error else { return false };
    let writable = std::fs::metadata(path).is_ok_and(|file| !file.permissions().readonly());
    error.sqlite_error_code() == Some(ErrorCode::ReadOnly) && writable
}

/// Takes the steps that the file has not taken, in one transaction: a kill or a power cut at any statement
/// leaves the old format or the new one, whole. `after` is told of each statement.
pub(super) fn migrate(
    conn: &mut Connection,
    path: &Path,
    kind: &Kind,
    after: &mut dyn FnMut(&Connection),
) -> Result<(), StoreError> {
    let file = || path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let id: i32 = tx.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let found: u32 = tx.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let empty: bool = tx.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))?;
    let found = usize::try_from(found).unwrap_or(usize::MAX);
    let known = kind.migrations.len();
    let marks = format!("PRAGMA application_id = {}; PRAGMA user_version = {known}", kind.application_id);
    if !empty {
        let strange = id ^ kind.application_id;
        if strange.count_ones() > 1 {
            return Err(StoreError::Foreign { file: file() });
        }
        let tables = columns(&tx)?;
        let flipped = strange.count_ones() + (found ^ known).count_ones() == 1;
        if flipped && tables == *columns_of(kind.migrations)? {
            tracing::error!(file = file(), found, known, "a bit of this file's format had flipped; it is mended");
            tx.execute_batch(&marks)?;
            return Ok(tx.commit()?);
        }
        if found > known && found - known < NO_FORMAT && strange == 0 {
            return Err(StoreError::Newer { file: file(), found, known });
        }
        let Some(steps) = kind.migrations.get(..found).filter(|_| strange == 0) else {
            return Err(StoreError::Value("format"));
        };
        if tables != *columns_of(steps)? {
            return Err(StoreError::Value("format"));
        }
    }
    let steps = kind.migrations.iter().skip(found).copied();
    for step in steps.chain((found < known).then_some(marks.as_str())) {
        let mut statements = Batch::new(&tx, step);
        while let Some(mut statement) = statements.next()? {
            statement.raw_execute()?;
            after(&tx);
        }
    }
    Ok(tx.commit()?)
}

/// Every table with its columns: what tells one format from another, whatever number the file names.
fn columns(conn: &Connection) -> Result<BTreeSet<String>, StoreError> {
    let sql = "SELECT t.name || '.' || c.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'";
    Ok(conn.prepare(sql)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// The same after these steps: worked out once, since a phone opens a file at each unlock.
fn columns_of(steps: &'static [&'static str]) -> Result<Arc<BTreeSet<String>>, StoreError> {
    type Known = BTreeMap<&'static [&'static str], Arc<BTreeSet<String>>>;
    static KNOWN: Mutex<Known> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(columns) = known.get(steps) {
        return Ok(Arc::clone(columns));
    }
    let fresh = Connection::open_in_memory()?;
    steps.iter().try_for_each(|step| fresh.execute_batch(step))?;
    let columns = Arc::new(columns(&fresh)?);
    known.insert(steps, Arc::clone(&columns));
    Ok(columns)
}

/// Renames the file and its log; SQLite finds the log again under the new name. The log goes first, and
/// the folder is flushed between: beside an empty new database SQLite would throw the log away.
pub fn set_aside(path: &Path, now: DateTime<Utc>) -> Result<String, StoreError> {
    let aside = free_name(path, now);
    for suffix in LOGS.into_iter().chain([""]) {
        let from = with_suffix(path, suffix);
        if from.exists() {
            let to = with_suffix(&aside, suffix);
            let renamed = std::fs::rename(&from, &to).and_then(|()| flush_folder(path));
            renamed.map_err(|error| StoreError::File { path: from, error })?;
        }
    }
    Ok(aside.file_name().unwrap_or_default().to_string_lossy().into_owned())
}

/// A name with the time, and with a number where that is taken: nothing that was kept is ever replaced.
pub(super) fn free_name(path: &Path, now: DateTime<Utc>) -> PathBuf {
    let stamp = now.format("%Y%m%dT%H%M%S%3fZ");
    let taken = |name: &PathBuf| LOGS.into_iter().chain([SALT, ""]).any(|suffix| with_suffix(name, suffix).exists());
    let mut name = with_suffix(path, &format!("{UNREADABLE}{stamp}"));
    let mut number = 1_u64;
    while taken(&name) {
        number = number.saturating_add(1);
        name = with_suffix(path, &format!("{UNREADABLE}{stamp}-{number}"));
    }
    name
}

/// Makes a rename survive a power cut. Windows cannot open a folder; there the file system keeps renames.
pub(super) fn flush_folder(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(folder) if cfg!(unix) => std::fs::File::open(folder)?.sync_all(),
        Some(_) | None => Ok(()),
    }
}

pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Names of the files in the folder that were set aside, oldest first. They stay until a person takes them.
pub fn list_unreadable(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names: BTreeSet<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.contains(UNREADABLE))
        // A log without its file counts too: the program was killed between the two renames.
        .map(|name| LOGS.iter().chain(&[SALT]).find_map(|end| name.strip_suffix(end)).unwrap_or(&name).to_owned())
        .collect();
    names.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    static KIND: Kind = Kind {
        application_id: 7,
        migrations: &["CREATE TABLE a (x INTEGER) STRICT"],
        writes: "INSERT INTO a VALUES (1)",
    };

    fn at() -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000, 0).unwrap()
    }

    #[test]
    fn a_file_that_is_no_database_is_kept_and_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outbox.db");
        std::fs::write(&path, b"rain got in here, and this is long enough to be read as a header of something")
            .unwrap();
        let open = open(&path, &KIND, None, at()).unwrap();
        let name = open.set_aside.unwrap();
        assert_eq!(name, "outbox.db.unreadable-20231114T221320000Z");
        assert!(std::fs::read(folder.path().join(&name)).unwrap().starts_with(b"rain"));
        assert_eq!(list_unreadable(folder.path()), [name]);
        assert_eq!(open.conn.query_row("SELECT count(*) FROM a", [], |r| r.get::<_, i64>(0)).unwrap(), 0);
    }

    #[test]
    fn memory_that_held_what_a_vault_holds_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        let open = open(&folder.path().join("vault.db"), &KIND, Some(&[7; 32]), at()).unwrap();
        let swept: String = open.conn.query_row("PRAGMA cipher_memory_security", [], |row| row.get(0)).unwrap();
        assert_eq!(swept, "1");
    }

    #[test]
    fn a_second_unreadable_file_never_replaces_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outbox.db");
        let spoil = |first: u8| {
            std::fs::write(&path, [first; 200]).unwrap();
            std::fs::write(with_suffix(&path, "-wal"), [first; 50]).unwrap();
        };
        spoil(1);
        let first = set_aside(&path, at()).unwrap();
        spoil(2);
        let second = set_aside(&path, at()).unwrap();
        assert_eq!(second, format!("{first}-2"));
        assert_eq!(list_unreadable(folder.path()), [first.clone(), second]);
        assert_eq!(std::fs::read(folder.path().join(&first)).unwrap(), [1; 200]);
        assert_eq!(std::fs::read(folder.path().join(format!("{first}-wal"))).unwrap(), [1; 50]);
        assert!(!with_suffix(&path, "-wal").exists());
    }

    #[test]
    fn a_log_that_was_set_aside_before_a_kill_is_listed_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outbox.db");
        let first = free_name(&path, at());
        std::fs::write(with_suffix(&first, "-wal"), b"half of it").unwrap();
        let name = first.file_name().unwrap().to_str().unwrap().to_owned();
        assert_eq!(list_unreadable(folder.path()), std::slice::from_ref(&name));
        std::fs::write(&path, [3; 200]).unwrap();
        let second = set_aside(&path, at()).unwrap();
        assert_eq!(list_unreadable(folder.path()), [name, second]);
    }

    #[test]
    fn a_newer_file_is_refused_in_a_sentence_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outbox.db");
        drop(open(&path, &KIND, None, at()).unwrap());
        Connection::open(&path)
            .unwrap()
            .execute_batch("PRAGMA user_version = 9; ALTER TABLE a ADD COLUMN y INTEGER; INSERT INTO a (x) VALUES (5)")
            .unwrap();
        let error = open(&path, &KIND, None, at()).map(|_| ()).unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 9, known: 1, .. }), "{error}");
        assert!(error.to_string().starts_with("outbox.db was written by a newer version"));
        let kept: i64 = Connection::open(&path).unwrap().query_row("SELECT x FROM a", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, 5);
        assert!(list_unreadable(folder.path()).is_empty());
    }

    #[test]
    fn a_number_of_which_one_bit_flipped_is_told_from_a_newer_format_and_mended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outbox.db");
        let conn = open(&path, &KIND, None, at()).unwrap().conn;
        conn.execute_batch("INSERT INTO a VALUES (5)").unwrap();
        drop(conn);
        let mark = |name: &str| -> i32 {
            Connection::open(&path).unwrap().query_row(&format!("PRAGMA {name}"), [], |row| row.get(0)).unwrap()
        };
        for (name, whole) in [("user_version", 1_i32), ("application_id", KIND.application_id)] {
            for bit in 0..31 {
                let flipped = whole ^ (1 << bit);
                Connection::open(&path).unwrap().execute_batch(&format!("PRAGMA {name} = {flipped}")).unwrap();
                let open = open(&path, &KIND, None, at()).unwrap();
                assert_eq!(open.set_aside, None, "bit {bit} of {name}");
                assert_eq!(open.conn.query_row("SELECT x FROM a", [], |row| row.get::<_, i64>(0)).unwrap(), 5);
                assert_eq!(mark(name), whole);
            }
        }
        // Two bits are no flip: a version that changed no table would look so.
        Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 2").unwrap();
        assert!(matches!(open(&path, &KIND, None, at()).map(drop), Err(StoreError::Newer { found: 2, .. })));
    }

    #[test]
    fn no_format_is_taken_for_an_older_one_with_a_flipped_bit() {
        for kind in [&crate::store::outbox::KIND, &crate::store::vault::KIND] {
            let tables = |format: usize| columns_of(&kind.migrations[..format]).unwrap();
            for newer in 1..=kind.migrations.len() {
                for older in (1..newer).filter(|older| (newer ^ older).count_ones() == 1) {
                    assert_ne!(tables(newer), tables(older), "formats {older} and {newer}");
                }
            }
        }
    }

    #[test]
    fn a_database_of_another_program_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outbox.db");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE birds (name TEXT)").unwrap();
        assert!(matches!(open(&path, &KIND, None, at()).map(|_| ()), Err(StoreError::Foreign { .. })));
    }

    #[test]
    fn an_encrypted_file_shows_nothing_and_opens_with_its_key_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault.db");
        let conn = open(&path, &KIND, Some(&[1; 32]), at()).unwrap().conn;
        conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        drop(conn);
        assert!(!std::fs::read(&path).unwrap().starts_with(b"SQLite format 3"));
        assert!(open(&path, &KIND, Some(&[1; 32]), at()).unwrap().set_aside.is_none());
    }
}
