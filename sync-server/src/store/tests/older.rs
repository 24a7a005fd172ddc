//! Databases of every older schema, as files: each opens with all that it holds, and is then as a new one.
//!
//! A change of the schema needs the database before it as a file of each engine, of statements, with rows in every
//! state. That of PostgreSQL (`server_NNN.pg`) is made of that of SQLite (`server_NNN.db`), by the schema changes up to
//! there and `pg_dump`: set `HANDOFF_WRITE_FIXTURES=1`, run the test of PostgreSQL, look at what it wrote, and keep it.
//! A file that is there is never written again: it is what a program of that time left.

use super::cluster::{Cluster, name_of};
use super::migrations::{Changing, tables, texts};
use super::*;
use crate::store::{Session, copy};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Statements that ask for every row of every table, as text.
const ASK_SQLITE: &str =
    "SELECT 'SELECT ''' || t.name || ' '' || ' || group_concat('quote(' || c.name || ')', ' || '','' || ')
        || ' FROM ' || t.name
    FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' GROUP BY t.name";
const ASK_POSTGRES: &str = "SELECT format('SELECT %L || ', table_name || ' ')
        || string_agg(format('quote_nullable(%I::text)', column_name), ' || '','' || ' ORDER BY ordinal_position)
        || format(' FROM %I', table_name)
    FROM information_schema.columns WHERE table_schema = 'public' GROUP BY table_name";

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/it/fixtures/formats").join(name)
}

fn sqlite_file(version: usize) -> PathBuf {
    file(&format!("server_{version:03}.db"))
}

fn postgres_file(version: usize) -> PathBuf {
    file(&format!("server_{version:03}.pg"))
}

fn script(path: &Path) -> String {
    let name = path.display();
    std::fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("{name}: {error}: every older schema needs a file, see the words above"))
}

/// Every row of every table, by questions that serve a later schema too.
fn rows_of(session: &mut dyn Session, questions: &[String]) -> BTreeSet<String> {
    questions.iter().flat_map(|sql| texts(session, sql)).collect()
}

/// Brings an older database up to date, and compares it with what it held and with a new one.
fn opens<E: Changing>(old: &E, fresh: &E, (ask, version): (&str, usize)) {
    let mut session = old.reader().unwrap();
    let questions = texts(session.as_mut(), ask);
    assert!(questions.len() > 10, "{questions:?}");
    for table in &questions {
        assert!(!texts(session.as_mut(), table).is_empty(), "schema {version} has no row for {table}");
    }
    let before = rows_of(session.as_mut(), &questions);
    drop(session);
    drop(old.writer().unwrap());
    let after = rows_of(old.reader().unwrap().as_mut(), &questions);
    let lost: Vec<_> = before.difference(&after).collect();
    assert!(lost.is_empty(), "schema {version}: lost or changed: {lost:?}");
    assert_eq!(tables(old), tables(fresh), "schema {version}");
}

#[test]
fn a_database_of_every_older_schema_opens_with_all_it_holds_and_is_then_as_a_new_one() {
    let new = tempfile::tempdir().unwrap();
    let fresh = sqlite_engine(new.path());
    drop(fresh.writer().unwrap());
    for version in 1..Sqlite::STEPS.len() {
        let dir = tempfile::tempdir().unwrap();
        let old = sqlite_engine(dir.path()).filled(&script(&sqlite_file(version)));
        opens(&old, &fresh, (ASK_SQLITE, version));
    }
}

#[test]
fn a_postgresql_of_every_older_schema_opens_with_all_it_holds_and_is_then_as_a_new_one() {
    let cluster = Cluster::shared();
    let fresh = postgres_engine();
    drop(fresh.writer().unwrap());
    for version in 1..Postgres::STEPS.len() {
        if std::env::var_os("HANDOFF_WRITE_FIXTURES").is_some() && !postgres_file(version).exists() {
            write(cluster, version);
        }
        let url = cluster.database();
        cluster.script(name_of(&url), &script(&postgres_file(version)));
        let old = Postgres::new(DatabaseUrl::parse(&url).unwrap());
        opens(&old, &fresh, (ASK_POSTGRES, version));
    }
}

/// Writes the file of PostgreSQL: the rows of the other engine's, in the tables of that time.
fn write(cluster: &Cluster, version: usize) {
    let dir = tempfile::tempdir().unwrap();
    let sqlite = sqlite_engine(dir.path()).filled(&script(&sqlite_file(version)));
    let (mut from, all) = sqlite.with_steps(&Sqlite::STEPS[..version]).whole().unwrap();
    let url = cluster.database();
    let postgres = Postgres::new(DatabaseUrl::parse(&url).unwrap()).with_steps(&Postgres::STEPS[..version]);
    copy::all(from.db(), postgres.writer().unwrap().as_mut(), &all).unwrap();
    std::fs::write(postgres_file(version), plain(version, &cluster.dump(name_of(&url)))).unwrap();
}

/// A dump without what its session sets and what is for its reader's program alone.
fn plain(version: usize, dump: &str) -> String {
    let own = |line: &&str| {
        let says = line.trim_end();
        !(says.is_empty() || ["--", "\\", "SET ", "SELECT pg_catalog.set_config"].iter().any(|w| says.starts_with(w)))
    };
    let lines: Vec<&str> = dump.lines().filter(own).collect();
    let says = "-- A server's PostgreSQL of schema";
    format!("{says} {version}, with rows in every state. Ids, keys and hashes are made up.\n{}\n", lines.join("\n"))
}
