//! How every database is opened, and why.

use crate::lab::{Bug, planted, simulated};
use rusqlite::Connection;

/// One setting.
pub struct Pragma {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: &'static str,
    /// Why. For whoever reads this table, and for the test that each row has one.
    #[cfg_attr(not(test), expect(dead_code, reason = "words for people"))]
    pub why: &'static str,
}

/// The settings, in the order in which they are made.
pub const PRAGMAS: &[Pragma] = &[
    Pragma { name: "page_size", value: "8192", why: "an entry of 2 KB fits several times; fewer pages to flush" },
    Pragma { name: "journal_mode", value: "WAL", why: "a commit is one append and one flush; readers do not wait" },
    Pragma {
        name: "synchronous",
        value: "FULL",
        why: "NORMAL keeps rows through a kill but loses them to a power cut",
    },
    Pragma { name: "fullfsync", value: "1", why: "Apple's fsync does not reach the platter; no effect elsewhere" },
    Pragma { name: "checkpoint_fullfsync", value: "1", why: "the same for checkpoints" },
    Pragma { name: "temp_store", value: "MEMORY", why: "no temporary file ever holds a row" },
    Pragma { name: "busy_timeout", value: "5000", why: "app and command line may have one file open together" },
    Pragma { name: "foreign_keys", value: "1", why: "off by default for history's sake" },
    Pragma { name: "trusted_schema", value: "0", why: "a planted file must not run functions" },
    Pragma { name: "secure_delete", value: "1", why: "a discarded draft leaves no bytes in free pages" },
];

/// Makes every setting on a fresh connection.
pub fn apply(conn: &Connection) -> rusqlite::Result<()> {
    // More than any store has statements, so that none is parsed twice.
    conn.set_prepared_statement_cache_capacity(64);
    PRAGMAS.iter().try_for_each(|pragma| conn.execute_batch(&format!("PRAGMA {} = {}", pragma.name, pragma.value)))?;
    if simulated() {
        // Each kill copies the log, and each start reads it.
        conn.execute_batch("PRAGMA wal_autocheckpoint = 64")?;
    }
    if planted(Bug::SynchronousNormal) {
        conn.execute_batch("PRAGMA synchronous = NORMAL")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_holds_and_has_its_reason() {
        let folder = tempfile::tempdir().unwrap();
        let conn = Connection::open(folder.path().join("a.db")).unwrap();
        apply(&conn).unwrap();
        for pragma in PRAGMAS {
            assert!(!pragma.why.is_empty());
            let read: String = conn
                .query_row(&format!("SELECT CAST({0} AS TEXT) FROM pragma_{0}", pragma.name), [], |row| row.get(0))
                .or_else(|_| {
                    conn.query_row(&format!("PRAGMA {}", pragma.name), [], |row| row.get::<_, i64>(0))
                        .map(|n| n.to_string())
                })
                .unwrap();
            let expected = match pragma.value {
                "WAL" => "wal",
                "FULL" | "MEMORY" => "2",
                value => value,
            };
            assert_eq!(read, expected, "{}", pragma.name);
        }
    }
}
