//! Schema changes, on both engines: each is taken whole or not at all, and both end at the same tables.

use super::cluster::Cluster;
use super::*;
use crate::store::{Params, Session};
use std::collections::BTreeSet;

pub(super) type Steps = &'static [&'static str];

/// An engine whose list of schema changes a test may cut short or break.
pub(super) trait Changing: Engine + Clone {
    /// The list as it is.
    const STEPS: Steps;
    /// Words with which a change breaks off after some of its statements.
    const BREAKS: &'static [&'static str];

    fn with(&self, steps: Steps) -> Self;

    /// Every table, column and index, as the engine itself lists them, with their rows counted.
    fn schema(&self) -> String;
}

impl Changing for Sqlite {
    const STEPS: Steps = Self::STEPS;
    const BREAKS: &'static [&'static str] = &["SELECT no_such_function()"];

    fn with(&self, steps: Steps) -> Self {
        self.clone().with_steps(steps)
    }

    fn schema(&self) -> String {
        let mut session = self.reader().unwrap();
        let list = "SELECT name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY name, tbl_name";
        let version = texts(session.as_mut(), "SELECT 'version ' || user_version FROM pragma_user_version");
        [texts(session.as_mut(), list), version, count(session.as_mut())].concat().join("\n")
    }
}

impl Changing for Postgres {
    const STEPS: Steps = Self::STEPS;
    const BREAKS: &'static [&'static str] =
        &["SELECT no_such_function()", "SELECT pg_terminate_backend(pg_backend_pid())"];

    fn with(&self, steps: Steps) -> Self {
        self.clone().with_steps(steps)
    }

    fn schema(&self) -> String {
        let mut session = self.reader().unwrap();
        let columns = "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' '
                || coalesce(column_default, '') || ' ' || coalesce(collation_name, '')
            FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position";
        let indexes = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname";
        let version = "SELECT 'version ' || coalesce(max(step), 0) FROM handoff_schema";
        let mut lines = texts(session.as_mut(), columns);
        lines.extend(texts(session.as_mut(), indexes));
        if lines.iter().any(|line| line.starts_with("handoff_schema")) {
            lines.extend(texts(session.as_mut(), version));
        }
        lines.extend(count(session.as_mut()));
        lines.join("\n")
    }
}

pub(super) fn texts(session: &mut dyn Session, sql: &str) -> Vec<String> {
    session.rows(sql, &[]).unwrap().into_iter().map(|mut row| row.text().unwrap()).collect()
}

/// Rows of a table of the first version, if it is there.
fn count(session: &mut dyn Session) -> Vec<String> {
    session.rows("SELECT count(*) FROM devices", &[]).map_or_else(
        |_| Vec::new(),
        |rows| rows.into_iter().map(|mut row| format!("{} devices", row.int().unwrap())).collect(),
    )
}

/// The statements of a change.
fn statements(step: &str) -> Vec<&str> {
    step.split_inclusive(";\n").filter(|statement| statement.contains(';')).collect()
}

fn kept(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// Breaks every change after each of its statements, in each way, before it is taken whole.
fn broken_off<E: Changing>(engine: &E) {
    let mut tried = 0;
    let mut before = None;
    for (n, step) in E::STEPS.iter().enumerate() {
        let all = statements(step);
        for many in 0..=all.len() {
            // A lost connection takes longer to try, and undoes no less after the last statement.
            let ways = if many == all.len() { E::BREAKS } else { &E::BREAKS[..1] };
            for breaks in ways {
                let broken = kept(format!("{}\n{breaks};\n", all[..many].concat()));
                let steps: Vec<&str> = E::STEPS[..n].iter().copied().chain([broken]).collect();
                let opened = engine.with(Box::leak(steps.into_boxed_slice())).writer();
                assert!(opened.is_err(), "step {} broke off after {many} statements", n + 1);
                if let Some(before) = &before {
                    assert_eq!(&engine.schema(), before, "step {} left something behind", n + 1);
                }
                tried += 1;
            }
        }
        drop(engine.with(&E::STEPS[..=n]).writer().unwrap());
        if n == 0 {
            old_rows(engine.with(&E::STEPS[..1]).writer().unwrap().as_mut());
        }
        before = Some(engine.schema());
    }
    assert!(tried > 30, "{tried}");
    assert!(before.unwrap().contains("2 devices"), "rows of the first version are there");
}

/// What the first version wrote: a phone in use and one that was revoked, an entry, an event.
fn old_rows(session: &mut dyn Session) {
    session.begin().unwrap();
    let mut put = |sql: &str, params: Params<'_>| assert_eq!(session.run(sql, params).unwrap(), 1);
    for (n, revoked) in [(1_u8, None), (2, Some(at(9)))] {
        put(
            "INSERT INTO devices (id, token_hash, public_key, model, staff, enrolled_ms, revoked_ms)
             VALUES (:id, :token, :key, 'phone', NULL, 0, :revoked)",
            &[
                (":id", Uuid::from_u128(n.into()).into()),
                (":token", Hash([n; 32]).into()),
                (":key", vec![4; 65].into()),
                (":revoked", revoked.into()),
            ],
        );
    }
    let (id, bytes) = (Value::from(Uuid::from_u128(1)), Value::from(vec![7; 40]));
    put(
        "INSERT INTO entries (hash, device, chain, seq, prev, referral, officer, header, enc, ciphertext, received_ms)
         VALUES (:hash, :id, :id, 1, NULL, :id, :id, :bytes, :bytes, :bytes, 5)",
        &[(":hash", Hash([3; 32]).into()), (":id", id), (":bytes", bytes)],
    );
    put("INSERT INTO events (at_ms, kind, detail) VALUES (5, 'signed_in', '')", &[]);
    session.commit().unwrap();
}

#[test]
fn a_change_that_breaks_off_after_any_statement_leaves_the_version_before_it_whole() {
    let dir = tempfile::tempdir().unwrap();
    broken_off(&sqlite_engine(dir.path()));
    broken_off(&postgres_engine());
}

#[test]
fn a_database_of_the_first_version_opens_with_its_rows_and_the_tables_of_a_new_one() {
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    migrates(sqlite_engine(old.path()), &sqlite_engine(new.path()));
    migrates(postgres_engine(), &postgres_engine());
}

fn migrates<E: Changing>(old: E, new: &E) {
    old_rows(old.with(&E::STEPS[..1]).writer().unwrap().as_mut());
    drop(new.writer().unwrap());
    let store = Store::prepared(old.clone(), |db| crate::store::ledger::begin(db, at(0))).unwrap();
    let states = store.read_now(|db| db.rows("SELECT revoked_ms FROM devices ORDER BY n", &[])).unwrap();
    let states: Vec<_> = states.into_iter().map(|mut row| row.maybe_time().unwrap()).collect();
    assert_eq!(states, [None, Some(at(9))], "each in its state");
    let leaves = store.read_now(|db| crate::store::copy::count(db, "leaves")).unwrap();
    assert_eq!(leaves, 3, "the epoch, the entry and the event have their leaves");
    assert_eq!(tables(&old), tables(new));
}

/// Tables, columns and indexes alone.
pub(super) fn tables(engine: &impl Changing) -> String {
    engine.schema().lines().filter(|line| !line.ends_with(" devices")).collect::<Vec<_>>().join("\n")
}

#[test]
fn servers_that_start_together_change_the_schema_once() {
    let engine = postgres_engine();
    let opened = std::thread::scope(|scope| {
        let open = || engine.writer().map(drop);
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(open)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(opened.iter().all(Result::is_ok), "{opened:?}");
    assert!(engine.schema().contains(&format!("version {}", Postgres::STEPS.len())));
}

#[test]
fn both_engines_have_the_same_tables_columns_and_indexes() {
    assert_eq!(Sqlite::STEPS.len(), Postgres::STEPS.len());
    let dir = tempfile::tempdir().unwrap();
    let (sqlite, postgres) = (sqlite_engine(dir.path()), postgres_engine());
    drop((sqlite.writer().unwrap(), postgres.writer().unwrap()));
    let list = |engine: &dyn Engine, sql: &str| -> BTreeSet<String> {
        texts(engine.reader().unwrap().as_mut(), sql).into_iter().collect()
    };
    let embedded = list(
        &sqlite,
        "SELECT m.name || '.' || p.name || ' ' || p.type || CASE WHEN p.\"notnull\" = 1 OR p.pk > 0 THEN '!' ELSE '' END
         FROM sqlite_schema m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'
         UNION ALL SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL",
    );
    let shared = list(
        &postgres,
        "SELECT table_name || '.' || column_name || ' '
            || CASE data_type WHEN 'bigint' THEN 'INTEGER' WHEN 'bytea' THEN 'BLOB' WHEN 'text' THEN 'TEXT' END
            || CASE is_nullable WHEN 'NO' THEN '!' ELSE '' END
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'handoff_schema'
         UNION ALL SELECT indexname FROM pg_indexes WHERE schemaname = 'public'
            AND indexname NOT LIKE '%\\_pkey' AND indexname NOT LIKE '%\\_key'",
    );
    let apart: Vec<&String> = embedded.symmetric_difference(&shared).collect();
    assert!(apart.is_empty(), "on one engine alone: {apart:?}");
    assert!(embedded.len() > 100, "{}", embedded.len());
}

#[test]
fn text_compares_alike_whatever_the_locale_of_the_database() {
    let cluster = Cluster::shared();
    let url = cluster.database();
    drop(Postgres::new(DatabaseUrl::parse(&url).unwrap()).writer().unwrap());
    let dump = cluster.dump(super::cluster::name_of(&url));
    let texts: Vec<&str> = dump.lines().filter(|line| line.starts_with("    ") && line.contains(" text")).collect();
    assert!(texts.len() > 20, "{texts:?}");
    let other: Vec<_> = texts.iter().filter(|line| !line.contains("COLLATE pg_catalog.\"C\"")).collect();
    assert!(other.is_empty(), "{other:?}");
}
