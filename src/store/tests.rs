//! Databases that older versions of the app wrote, with rows in every state: each must open with all it
//! holds, whatever kills the program on the way. A new step needs a file of the format before it.

use super::file::{self, Kind};
use super::{outbox, vault};
use chrono::DateTime;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A kind of file, the name of its fixtures, and the key of those that have one.
struct Old {
    name: &'static str,
    kind: Kind,
    key: Option<[u8; 32]>,
}

fn olds() -> [Old; 2] {
    [
        Old { name: "outbox", kind: outbox::KIND, key: None },
        Old { name: "vault", kind: vault::KIND, key: Some([7; 32]) },
    ]
}

impl Old {
    /// The file of that format, copied to where it may be changed.
    fn copy(&self, format: usize, to: &Path) -> PathBuf {
        let fixture = format!("tests/it/fixtures/formats/{}_{format:03}.db", self.name);
        let path = to.join(format!("{}.db", self.name));
        std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join(&fixture), &path)
            .unwrap_or_else(|error| panic!("{fixture}: {error}: every older format needs a file"));
        path
    }

    /// The file as it is, without a step taken.
    fn raw(&self, path: &Path) -> Connection {
        let conn = Connection::open(path).unwrap();
        if let Some(key) = self.key {
            let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
            conn.execute_batch(&format!("PRAGMA key = \"x'{hex}'\"; PRAGMA cipher_page_size = 8192")).unwrap();
        }
        conn
    }

    fn open(&self, path: &Path) -> Connection {
        let open = file::open(path, &self.kind, self.key.as_ref(), DateTime::UNIX_EPOCH).unwrap();
        assert_eq!(open.set_aside, None, "{}", self.name);
        open.conn
    }

    fn fresh(&self) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        schema(&self.open(&folder.path().join("fresh.db")))
    }
}

fn schema(conn: &Connection) -> Vec<String> {
    // A column that was added stands elsewhere in the text than one that was always there.
    let mut query = conn
        .prepare(
            "SELECT m.type || ' ' || m.name || ' ' || coalesce(group_concat(c.line, ','), m.sql)
             FROM sqlite_schema m LEFT JOIN (
                SELECT t.name AS of, p.name || ' ' || p.type || ' ' || p.\"notnull\" || ' ' || coalesce(p.dflt_value, '')
                       || ' ' || p.pk AS line
                FROM sqlite_schema t, pragma_table_info(t.name) p WHERE t.type = 'table' ORDER BY t.name, p.name
             ) c ON c.of = m.name
             WHERE m.sql NOT NULL GROUP BY m.name ORDER BY m.name",
        )
        .unwrap();
    query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

type Rows = Vec<Vec<Value>>;

/// Every row of every table, under the names of the columns that it has.
fn contents(conn: &Connection) -> BTreeMap<String, (Vec<String>, Rows)> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let tables: Vec<String> =
        conn.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let table = |name: String| {
        let sql = "SELECT name FROM pragma_table_info(?1) ORDER BY cid";
        let columns: Vec<String> =
            conn.prepare(sql).unwrap().query_map([&name], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let rows = rows(conn, &name, &columns);
        (name, (columns, rows))
    };
    tables.into_iter().map(table).collect()
}

fn rows(conn: &Connection, table: &str, columns: &[String]) -> Rows {
    let mut query = conn.prepare(&format!("SELECT {} FROM {table} ORDER BY 1", columns.join(", "))).unwrap();
    let width = columns.len();
    let read = |row: &rusqlite::Row<'_>| (0..width).map(|n| row.get(n)).collect();
    query.query_map(params_from_iter([0; 0]), read).unwrap().map(Result::unwrap).collect()
}

/// The name that a column has in this file: one of them got another name in a later format.
fn name_now(conn: &Connection, table: &str, column: &str) -> String {
    let sql = "SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2";
    let has = |name: &str| conn.query_row(sql, [table, name], |row| row.get::<_, i64>(0)).unwrap() == 1;
    if column == "choice" && !has("choice") { String::from("code") } else { column.to_owned() }
}

/// Everything that stood in the old file stands in the new one; but for what was typed on the way to a
/// record, which a step took out.
fn holds_all(old: &BTreeMap<String, (Vec<String>, Rows)>, new: &Connection, what: &str) {
    for (table, (columns, before)) in old {
        assert!(!before.is_empty(), "{what}: the fixture has no row in {table}");
        let mut expected = before.clone();
        for row in expected.iter_mut().filter(|row| row.contains(&Value::Text("record".into()))) {
            let draft = columns.iter().position(|column| column == "draft").unwrap();
            row[draft] = Value::Text("{}".into());
        }
        let columns: Vec<String> = columns.iter().map(|column| name_now(new, table, column)).collect();
        assert_eq!(rows(new, table, &columns), expected, "{what}: {table}");
    }
}

#[test]
fn a_file_of_every_older_format_opens_with_all_it_holds_and_is_then_as_a_new_one() {
    for old in olds() {
        let fresh = old.fresh();
        for format in 1..old.kind.migrations.len() {
            let folder = tempfile::tempdir().unwrap();
            let path = old.copy(format, folder.path());
            let before = contents(&old.raw(&path));
            let conn = old.open(&path);
            let what = format!("{} {format}", old.name);
            assert_eq!(schema(&conn), fresh, "{what}");
            holds_all(&before, &conn, &what);
        }
    }
}

#[test]
fn a_kill_after_any_statement_of_a_step_leaves_the_old_file_or_the_new_one_whole() {
    let mut images = 0;
    for old in olds() {
        let known = old.kind.migrations.len();
        for format in 1..known {
            let folder = tempfile::tempdir().unwrap();
            let path = old.copy(format, folder.path());
            let before = contents(&old.raw(&path));
            let mut conn = old.raw(&path);
            super::pragmas::apply(&conn).unwrap();
            let mut taken = Vec::new();
            let mut take = || {
                let image = tempfile::tempdir().unwrap();
                for suffix in ["", "-wal"] {
                    let name = format!("{}.db{suffix}", old.name);
                    drop(std::fs::copy(folder.path().join(&name), image.path().join(&name)));
                }
                taken.push(image);
            };
            file::migrate(&mut conn, &path, &old.kind, &mut |_| take()).unwrap();
            take();
            images += taken.len();
            for (n, image) in taken.iter().enumerate() {
                let path = image.path().join(format!("{}.db", old.name));
                let what = format!("{} {format}, killed after statement {}", old.name, n + 1);
                let version: u32 = old.raw(&path).query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
                let version = usize::try_from(version).unwrap();
                assert!(version == format || version == known, "{what}: format {version}");
                let conn = old.open(&path);
                assert_eq!(schema(&conn), old.fresh(), "{what}");
                holds_all(&before, &conn, &what);
            }
        }
    }
    assert!(images > 40, "{images} images");
}

#[test]
fn a_step_that_fails_half_way_changes_nothing_and_loses_nothing() {
    for old in olds() {
        let format = old.kind.migrations.len() - 1;
        let folder = tempfile::tempdir().unwrap();
        let path = old.copy(format, folder.path());
        let before = contents(&old.raw(&path));
        let steps: Vec<&str> = old.kind.migrations.iter().copied().chain(["CREATE TABLE x (y); nonsense"]).collect();
        let broken =
            Kind { application_id: old.kind.application_id, migrations: steps.leak(), writes: old.kind.writes };
        assert!(file::open(&path, &broken, old.key.as_ref(), DateTime::UNIX_EPOCH).is_err());
        assert_eq!(contents(&old.raw(&path)), before, "{}", old.name);
        assert!(file::list_unreadable(folder.path()).is_empty());
        holds_all(&before, &old.open(&path), old.name);
    }
}

#[test]
fn a_name_in_the_schema_that_is_no_text_any_more_sets_the_file_aside_whole() {
    let folder = tempfile::tempdir().unwrap();
    let [outbox, _] = olds();
    let path = folder.path().join("outbox.db");
    drop(outbox.open(&path));
    let whole = std::fs::read(&path).unwrap();
    let names: Vec<usize> =
        whole.windows(13).enumerate().filter(|(_, w)| *w == b"CREATE TABLE ").map(|(at, _)| at + 13).collect();
    assert!(names.len() > 3, "{names:?}");
    for at in names {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x80;
        std::fs::write(&path, &bytes).unwrap();
        let opened = file::open(&path, &outbox.kind, None, DateTime::UNIX_EPOCH).unwrap();
        let aside = opened.set_aside.unwrap_or_else(|| panic!("byte {at}: it is taken as it is"));
        assert_eq!(std::fs::read(folder.path().join(aside)).unwrap(), bytes, "kept to the byte");
        drop(opened.conn);
        for rest in std::fs::read_dir(folder.path()).unwrap() {
            std::fs::remove_file(rest.unwrap().path()).unwrap();
        }
    }
}
