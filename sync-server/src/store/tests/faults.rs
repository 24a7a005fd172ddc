//! What only a database beside the server can do: go away, come back, end a session, hold a lock.

use super::cluster::{Cluster, name_of};
use super::*;
use crate::store::Db;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

pub(super) fn open(url: &str) -> Store {
    Store::open(Postgres::new(DatabaseUrl::parse(url).unwrap())).unwrap()
}

/// Ends the session that runs this, as an administrator would.
fn end_session(db: &mut dyn Db) -> Result<Vec<super::super::Row>, StoreError> {
    db.rows("SELECT pg_terminate_backend(pg_backend_pid())", &[])
}

#[tokio::test]
async fn a_database_that_comes_back_is_found_by_the_next_write_and_read() {
    let cluster = Cluster::start();
    let store = open(&cluster.database());
    store.write(|db| events::append(db, &note("before"), at(0))).await.unwrap();
    assert_eq!(details(&store).await, ["before"]);
    cluster.restart("immediate");
    assert_eq!(details(&store).await, ["before"], "a reader's connection was kept, and lost");
    store.write(|db| events::append(db, &note("after"), at(0))).await.unwrap();
    assert_eq!(details(&store).await, ["before", "after"]);
}

#[tokio::test]
async fn a_session_that_ends_in_a_job_costs_nobody_anything() {
    let store = open(&Cluster::shared().database());
    let tries = Arc::new(AtomicUsize::new(0));
    let intent = store.intend();
    let first = store.submit(|db| events::append(db, &note("first"), at(0)));
    let counted = Arc::clone(&tries);
    let ends = store.submit(move |db| {
        events::append(db, &note("ends"), at(0))?;
        if counted.fetch_add(1, Ordering::SeqCst) == 0 {
            end_session(db)?;
        }
        Ok(())
    });
    drop(intent);
    first.done().await.unwrap();
    ends.done().await.unwrap();
    assert_eq!(tries.load(Ordering::SeqCst), 2, "the whole group was run again");
    assert_eq!(details(&store).await, ["first", "ends"], "and is stored once");
}

#[tokio::test]
async fn a_job_that_ends_every_session_is_told_so_and_the_next_is_served() {
    let store = open(&Cluster::shared().database());
    let ended = store.write(|db| end_session(db).map(drop)).await;
    assert!(matches!(ended, Err(StoreError::Lost(_))), "{ended:?}");
    store.write(|db| events::append(db, &note("next"), at(0))).await.unwrap();
    assert_eq!(details(&store).await, ["next"]);
}

#[tokio::test]
async fn of_two_servers_one_writes_at_a_time_and_positions_rise_by_one() {
    let url = Cluster::shared().database();
    let stores = [open(&url), open(&url)];
    let mut writes = Vec::new();
    for n in 0..200 {
        let job = move |db: &mut dyn Db| {
            // What is read stays so until the commit: two that read the same would write the same.
            let have = db.first("SELECT count(*) FROM events", &[])?.unwrap().int()?;
            events::append(db, &note(&have.to_string()), at(0))
        };
        writes.push(stores[n % 2].submit(job));
    }
    for write in writes {
        write.done().await.unwrap();
    }
    let numbers: Vec<String> = (0..200).map(|n| n.to_string()).collect();
    assert_eq!(details(&stores[0]).await, numbers);
    let rows = stores[1].read(|db| db.rows("SELECT n FROM events ORDER BY n", &[])).await.unwrap();
    assert!(rows.into_iter().map(|mut row| row.int().unwrap()).eq(1..=200));
}

#[tokio::test]
async fn a_server_that_stands_still_in_a_transaction_loses_the_lock_and_nothing_else() {
    let url = Cluster::shared().database();
    let (still, other) = (open(&url), open(&url));
    let (enter, entered) = mpsc::channel();
    let (leave, left) = mpsc::channel::<()>();
    let held = still.submit(move |db| {
        events::append(db, &note("still"), at(0))?;
        enter.send(()).unwrap();
        // The second time nobody holds it back: the sender is gone.
        let _ = left.recv();
        Ok(())
    });
    entered.recv().unwrap();
    // Waits for the lock until the database ends the session that holds it.
    other.write(|db| events::append(db, &note("other"), at(0))).await.unwrap();
    drop(leave);
    held.done().await.unwrap();
    assert_eq!(details(&other).await, ["other", "still"]);
}

#[tokio::test]
async fn a_constraint_that_a_job_breaks_is_its_own_fault_and_tells_no_value() {
    let store = open(&Cluster::shared().database());
    let intent = store.intend();
    let good = store.submit(|db| events::append(db, &note("good"), at(0)));
    let twice = store.submit(|db| {
        for _ in 0..2 {
            super::super::new_code(db, &Code { hash: Hash([0x5a; 32]), ..code(Purpose::Enrol) }, at(0))?;
        }
        Ok(())
    });
    let overlooked = store.submit(|db| {
        drop(db.run(
            "INSERT INTO settings (name, value) VALUES (:name, :value)",
            &[(":name", "x".into()), (":value", Value::Null)],
        ));
        events::append(db, &note("overlooked"), at(0))
    });
    drop(intent);
    good.done().await.unwrap();
    let error = twice.done().await.unwrap_err().to_string();
    assert!(error.contains("23505") && !error.contains("5a5a"), "{error}");
    assert!(matches!(overlooked.done().await, Err(StoreError::Engine(_))), "it passed over a failed statement");
    assert_eq!(details(&store).await, ["good"]);
}

#[test]
fn a_database_that_does_not_flush_or_is_not_there_is_refused_in_a_sentence() {
    let cluster = Cluster::shared();
    let url = cluster.database();
    let gone = Store::open(Postgres::new(DatabaseUrl::parse(&format!("{url}_none")).unwrap())).err().unwrap();
    assert!(matches!(&gone, StoreError::Engine(why) if why.contains("does not exist")), "{gone:?}");
    drop(open(&url));
    cluster.sql(name_of(&url), "INSERT INTO handoff_schema (step) SELECT 100 + n FROM generate_series(1, 7) n");
    let newer = Store::open(Postgres::new(DatabaseUrl::parse(&url).unwrap())).err().unwrap();
    assert!(matches!(&newer, StoreError::Newer { found: 8.., .. }), "{newer:?}");
    assert!(newer.to_string().contains("use the newer program"), "{newer}");
}
