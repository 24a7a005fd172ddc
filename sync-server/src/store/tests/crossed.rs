//! Transactions that PostgreSQL itself undoes because another one stood in the way: serialisation failures and
//! deadlocks, made by a hand that writes beside all servers and does not take their lock.

use super::cluster::{Cluster, name_of};
use super::faults::open;
use super::*;
use crate::store::Db;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A database with two rows of a table that is none of ours.
async fn two_rows() -> (&'static Cluster, String, Store) {
    let cluster = Cluster::shared();
    let url = cluster.database();
    let store = open(&url);
    // However long the outsider takes here, it is not for that that the session ends.
    store.write(|db| db.run("SET SESSION idle_in_transaction_session_timeout = 0", &[])).await.unwrap();
    cluster.sql(name_of(&url), "CREATE TABLE beside (id TEXT PRIMARY KEY, n BIGINT NOT NULL)");
    cluster.sql(name_of(&url), "INSERT INTO beside VALUES ('one', 0), ('other', 0)");
    (cluster, url, store)
}

fn raise(db: &mut dyn Db, id: &str) -> Result<u64, StoreError> {
    db.run("UPDATE beside SET n = n + 1 WHERE id = :id", &[(":id", id.into())])
}

fn read(db: &mut dyn Db, id: &str) -> Result<i64, StoreError> {
    db.rows("SELECT n FROM beside WHERE id = :id", &[(":id", id.into())])?.remove(0).int()
}

/// Both rows, by an outsider.
fn rows(cluster: &Cluster, url: &str) -> String {
    cluster.sql(name_of(url), "SELECT n FROM beside ORDER BY id").replace('\n', " ").trim().to_owned()
}

/// The writer's session from here on: its transactions are as strict as this.
async fn stricter(store: &Store, level: &'static str) {
    let sql = format!("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL {level}");
    store.write(move |db| db.run(&sql, &[])).await.unwrap();
}

/// A job that knows when it runs for the first time, and counts how often it does. The first time it may only be
/// crossed.
fn crossing(
    tries: &Arc<AtomicUsize>,
    mut work: impl FnMut(&mut dyn Db, bool) -> Result<(), StoreError> + Send + 'static,
) -> impl FnMut(&mut dyn Db) -> Result<(), StoreError> + Send + 'static {
    let tries = Arc::clone(tries);
    move |db| {
        let first = tries.fetch_add(1, Ordering::SeqCst) == 0;
        let done = work(db, first);
        if first && let Err(error) = &done {
            assert!(matches!(error, StoreError::Crossed(_)), "{error:?}");
        }
        done
    }
}

/// Runs it in one group behind two others, and all three must be stored once.
async fn shares_a_group(store: &Store, job: impl FnMut(&mut dyn Db) -> Result<(), StoreError> + Send + 'static) {
    let intent = store.intend();
    let others = ["one", "two"].map(|name| store.submit(move |db| events::append(db, &note(name), at(0))));
    let crossed = store.submit(job);
    drop(intent);
    for other in others {
        other.done().await.unwrap();
    }
    crossed.done().await.unwrap();
    assert_eq!(details(store).await, ["one", "two"], "each is stored once");
}

#[tokio::test]
async fn a_row_that_someone_else_changed_meanwhile_has_the_group_run_again() {
    let (cluster, url, store) = two_rows().await;
    stricter(&store, "REPEATABLE READ").await;
    let (tries, elsewhere) = (Arc::default(), url.clone());
    let job = crossing(&tries, move |db, first| {
        read(db, "one")?;
        if first {
            cluster.sql(name_of(&elsewhere), "UPDATE beside SET n = n + 10 WHERE id = 'one'");
        }
        raise(db, "one").map(drop)
    });
    shares_a_group(&store, job).await;
    assert_eq!(tries.load(Ordering::SeqCst), 2, "40001, and then it was done");
    assert_eq!(rows(cluster, &url), "11 0", "neither change is lost, neither is there twice");
}

#[tokio::test]
async fn a_commit_that_cannot_be_put_in_an_order_stores_nothing_and_is_run_again() {
    let (cluster, url, store) = two_rows().await;
    stricter(&store, "SERIALIZABLE").await;
    let (tries, elsewhere) = (Arc::default(), url.clone());
    let job = crossing(&tries, move |db, first| {
        let one = read(db, "one")?;
        db.run("UPDATE beside SET n = :n WHERE id = 'other'", &[(":n", (one + 1).into())])?;
        if first {
            // It reads what is written here, and writes what was read here: no order explains both.
            let crosses = "BEGIN ISOLATION LEVEL SERIALIZABLE;
                UPDATE beside SET n = (SELECT n + 10 FROM beside WHERE id = 'other') WHERE id = 'one'; COMMIT";
            cluster.sql(name_of(&elsewhere), crosses);
        }
        Ok(())
    });
    shares_a_group(&store, job).await;
    assert_eq!(tries.load(Ordering::SeqCst), 2, "the commit itself said 40001");
    assert_eq!(rows(cluster, &url), "10 11", "as if one had come after the other");
}

#[tokio::test]
async fn a_deadlock_is_broken_by_the_database_and_both_sides_get_their_turn() {
    let (cluster, url, store) = two_rows().await;
    let (tries, elsewhere) = (Arc::default(), url.clone());
    let outsider = Arc::new(std::sync::Mutex::new(None));
    let theirs = Arc::clone(&outsider);
    let job = crossing(&tries, move |db, first| {
        raise(db, "one")?;
        if first {
            let database = elsewhere.clone();
            // The database undoes whoever notices: we do, long before the other would.
            let other = "BEGIN; SET LOCAL deadlock_timeout = '1min';
                UPDATE beside SET n = n + 10 WHERE id = 'other'; UPDATE beside SET n = n + 10 WHERE id = 'one'; COMMIT";
            let waits = "SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%deadlock_timeout%'";
            let thread = std::thread::spawn(move || cluster.sql(name_of(&database), other));
            *theirs.lock().unwrap() = Some(thread);
            while cluster.sql(name_of(&elsewhere), waits).trim() != "1" {}
        }
        raise(db, "other").map(drop)
    });
    shares_a_group(&store, job).await;
    outsider.lock().unwrap().take().unwrap().join().unwrap();
    assert_eq!(tries.load(Ordering::SeqCst), 2, "40P01, and then it was done");
    assert_eq!(rows(cluster, &url), "11 11", "neither side is half done");
}

#[tokio::test]
async fn who_is_crossed_each_time_is_told_so_and_nothing_of_the_group_is_stored() {
    let (cluster, url, store) = two_rows().await;
    for code in ["40001", "40P01"] {
        let trigger = format!(
            "CREATE OR REPLACE FUNCTION cross_it() RETURNS TRIGGER LANGUAGE plpgsql AS
                 $$BEGIN RAISE EXCEPTION 'planned' USING ERRCODE = '{code}'; END$$;
             DROP TRIGGER IF EXISTS crosses ON beside;
             CREATE TRIGGER crosses BEFORE UPDATE ON beside EXECUTE FUNCTION cross_it()"
        );
        cluster.sql(name_of(&url), &trigger);
        let intent = store.intend();
        let beside = store.submit(|db| events::append(db, &note("beside"), at(0)));
        let crossed = store.submit(|db| raise(db, "one"));
        drop(intent);
        for outcome in [beside.done().await.map(drop), crossed.done().await.map(drop)] {
            let error = outcome.unwrap_err();
            assert!(matches!(&error, StoreError::Crossed(why) if why.starts_with(code)), "{error:?}");
        }
        assert!(details(&store).await.is_empty(), "nothing is half done");
    }
    cluster.sql(name_of(&url), "DROP TRIGGER crosses ON beside");
    store.write(|db| raise(db, "one")).await.unwrap();
    assert_eq!(rows(cluster, &url), "1 0", "and the next one is served");
}
