//! The contract of a store, held on every engine: a new engine adds one module to [`engines`].
mod addresses;
mod casework;
#[cfg(unix)]
#[allow(dead_code, reason = "the integration tests use more of it")]
pub mod cluster;
#[cfg(unix)]
mod crossed;
mod deliveries;
#[cfg(unix)]
mod faults;
#[cfg(unix)]
mod migrations;
#[cfg(unix)]
mod older;
mod readers;

use super::events::{self, Event, Kind};
use super::{Code, DatabaseUrl, Engine, NewDevice, Postgres, Purpose, Sqlite, Store, StoreError, Value};
use addresses::a_browser_tells_one_person_and_a_person_has_so_many;
use casework::{
    a_note_follows_the_newest_of_its_kind_or_is_not_filed, of_many_notes_that_follow_the_same_one_is_filed,
};
use chrono::{DateTime, TimeDelta, Utc};
use deliveries::{
    a_first_sight_is_told_from_a_later_one, a_lease_that_ended_lets_another_try_and_the_first_changes_nothing_then,
    a_retry_waits_its_time_and_comes_to_an_end, two_claimers_never_hold_one_row,
    what_is_settled_or_missed_is_not_claimed_and_a_late_outcome_is_dropped,
};
use handoff::domain::ids::{DeviceId, Hash, StaffId};
use readers::{
    a_read_that_fails_or_panics_leaves_no_session_in_its_moment, so_many_read_at_once_and_the_next_waits_for_a_turn,
    what_is_read_of_one_moment_fits_together_whatever_is_written_meanwhile,
};
use std::path::Path;
use uuid::Uuid;

macro_rules! engines {
    ($($promise:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $promise() {
                let dir = tempfile::tempdir().unwrap();
                super::$promise(super::sqlite_engine(dir.path())).await;
            })+
        }

        #[cfg(unix)]
        mod postgres {
            $(#[tokio::test]
            async fn $promise() {
                super::$promise(super::postgres_engine()).await;
            })+
        }
    };
}

engines!(
    a_write_is_read_back_as_it_was,
    a_bad_job_undoes_only_itself,
    a_job_that_panics_undoes_only_itself,
    jobs_that_come_together_share_a_flush,
    a_reader_cannot_write,
    a_code_is_spent_once_and_for_its_purpose_alone,
    of_many_who_spend_a_code_at_once_one_succeeds,
    a_session_ends_when_idle_and_after_a_day_of_work,
    a_parameter_that_the_query_lacks_is_a_fault,
    positions_have_no_holes_after_a_failed_job,
    two_claimers_never_hold_one_row,
    a_lease_that_ended_lets_another_try_and_the_first_changes_nothing_then,
    a_retry_waits_its_time_and_comes_to_an_end,
    what_is_settled_or_missed_is_not_claimed_and_a_late_outcome_is_dropped,
    a_first_sight_is_told_from_a_later_one,
    a_note_follows_the_newest_of_its_kind_or_is_not_filed,
    of_many_notes_that_follow_the_same_one_is_filed,
    a_browser_tells_one_person_and_a_person_has_so_many,
    so_many_read_at_once_and_the_next_waits_for_a_turn,
    what_is_read_of_one_moment_fits_together_whatever_is_written_meanwhile,
    a_read_that_fails_or_panics_leaves_no_session_in_its_moment,
);

fn sqlite_engine(dir: &Path) -> Sqlite {
    Sqlite::new(&dir.join("server.db"), [7; 32])
}

#[cfg(unix)]
fn postgres_engine() -> Postgres {
    Postgres::new(DatabaseUrl::parse(&cluster::Cluster::shared().database()).unwrap())
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn note(detail: &str) -> Event {
    Event::new(Kind::LogRead).detail(detail)
}

async fn details(store: &Store) -> Vec<String> {
    let lines = store.read(|db| events::lines(db)).await.unwrap();
    lines.iter().map(|line| line.rsplit(' ').next().unwrap().to_owned()).collect()
}

async fn a_write_is_read_back_as_it_was(engine: impl Engine) {
    let store = Store::open(engine).unwrap();
    let id = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
    store.write(move |db| events::append(db, &note("ünïcode").on(id), at(0))).await.unwrap();
    let lines = store.read(|db| events::lines(db)).await.unwrap();
    assert_eq!(lines, [format!("{} log_read - {id} ünïcode", at(0).to_rfc3339())]);
}

async fn a_bad_job_undoes_only_itself(engine: impl Engine) {
    let store = Store::open(engine).unwrap();
    // Announced, so that all three share one transaction.
    let intent = store.intend();
    let first = store.submit(|db| events::append(db, &note("first"), at(0)));
    let bad = store.submit(|db| {
        events::append(db, &note("bad"), at(0))?;
        Err::<(), _>(StoreError::Shape("planned"))
    });
    let last = store.submit(|db| events::append(db, &note("last"), at(0)));
    drop(intent);
    first.done().await.unwrap();
    assert!(matches!(bad.done().await, Err(StoreError::Shape("planned"))));
    last.done().await.unwrap();
    assert_eq!(details(&store).await, ["first", "last"]);
}

async fn a_job_that_panics_undoes_only_itself(engine: impl Engine) {
    let store = Store::open(engine).unwrap();
    let broken = store.write::<()>(|db| {
        events::append(db, &note("broken"), at(0))?;
        panic!("planned");
    });
    assert!(matches!(broken.await, Err(StoreError::Broken)));
    store.write(|db| events::append(db, &note("after"), at(0))).await.unwrap();
    assert_eq!(details(&store).await, ["after"]);
}

async fn jobs_that_come_together_share_a_flush(engine: impl Engine) {
    let store = Store::open(engine).unwrap();
    let (enter, entered) = std::sync::mpsc::channel();
    let (leave, left) = std::sync::mpsc::channel::<()>();
    // The writer is held inside its first job until the others stand in the queue.
    let held = store.submit(move |_| {
        enter.send(()).unwrap();
        left.recv().unwrap();
        Ok(())
    });
    entered.recv().unwrap();
    let others: Vec<_> = (0..100).map(|_| store.submit(|db| events::append(db, &note("one"), at(0)))).collect();
    leave.send(()).unwrap();
    held.done().await.unwrap();
    for other in others {
        other.done().await.unwrap();
    }
    assert_eq!(store.commits(), 1);
    assert_eq!(details(&store).await.len(), 100);
}

async fn a_reader_cannot_write(engine: impl Engine) {
    let store = Store::open(engine).unwrap();
    let tried = store.read(|db| events::append(db, &note("sneaked"), at(0))).await;
    assert!(matches!(tried, Err(StoreError::Engine(_))), "{tried:?}");
    assert!(details(&store).await.is_empty());
}

fn code(purpose: Purpose) -> Code {
    Code { hash: Hash([1; 32]), purpose, staff: None, expires: at(60) }
}

async fn a_code_is_spent_once_and_for_its_purpose_alone(engine: impl Engine) {
    let store = Store::open(engine).unwrap();
    store.write(|db| super::new_code(db, &code(Purpose::Enrol), at(0))).await.unwrap();
    let spend = |purpose, now| store.write(move |db| super::spend_code(db, Hash([1; 32]), purpose, now));
    assert_eq!(spend(Purpose::SignIn, at(1)).await.unwrap(), None, "for something else");
    assert_eq!(spend(Purpose::Enrol, at(60)).await.unwrap(), None, "too late");
    assert_eq!(spend(Purpose::Enrol, at(59)).await.unwrap(), Some(None));
    assert_eq!(spend(Purpose::Enrol, at(59)).await.unwrap(), None, "used");
}

async fn of_many_who_spend_a_code_at_once_one_succeeds(engine: impl Engine) {
    let store = Store::open(engine).unwrap();
    store.write(|db| super::new_code(db, &code(Purpose::Enrol), at(0))).await.unwrap();
    let tries: Vec<_> = (0..20u8)
        .map(|n| {
            let device = NewDevice {
                id: DeviceId(Uuid::from_u128(u128::from(n))),
                token_hash: Hash([n; 32]),
                public_key: vec![4; 65],
                model: "phone".into(),
            };
            store.submit(move |db| super::enrol(db, Hash([1; 32]), &device, at(1)))
        })
        .collect();
    let mut enrolled = 0;
    for tried in tries {
        enrolled += usize::from(tried.done().await.unwrap().is_some());
    }
    assert_eq!(enrolled, 1);
}

async fn a_session_ends_when_idle_and_after_a_day_of_work(engine: impl Engine) {
    let store = Store::open(engine).unwrap();
    let (who, hash) = (StaffId(Uuid::from_u128(5)), Hash([2; 32]));
    store
        .write(move |db| {
            let insert = "INSERT INTO staff (id, login, role, name, serial, phone, active, added_ms)
                VALUES (:id, 'g', 'case_manager', 'G', '', '', 1, 0)";
            db.run(insert, &[(":id", who.into())])?;
            super::new_session(db, hash, who, at(0))
        })
        .await
        .unwrap()
        .unwrap();
    let found = |now: DateTime<Utc>| store.read(move |db| super::session_staff(db, hash, now));
    let minutes = |n: i64| at(0) + TimeDelta::minutes(n);
    assert!(!found(at(30)).await.unwrap().unwrap().1, "just used: nothing to write");
    assert!(found(minutes(29)).await.unwrap().unwrap().1);
    assert!(found(minutes(31)).await.unwrap().is_none(), "idle");
    for half_hours in 1..=23 {
        store
            .write(move |db| super::touch_session(db, hash, at(0) + TimeDelta::minutes(30 * half_hours)))
            .await
            .unwrap();
    }
    assert!(found(minutes(23 * 30 + 29)).await.unwrap().is_some());
    assert!(found(minutes(24 * 30)).await.unwrap().is_none(), "twelve hours");
}

async fn a_parameter_that_the_query_lacks_is_a_fault(engine: impl Engine) {
    let store = Store::open(engine).unwrap();
    let tried = store.read(|db| db.rows("SELECT n FROM events WHERE n = :n", &[(":m", Value::Int(1))])).await;
    assert!(matches!(tried, Err(StoreError::Engine(_))), "{tried:?}");
}

async fn positions_have_no_holes_after_a_failed_job(engine: impl Engine) {
    let store = Store::open(engine).unwrap();
    for fails in [false, true, false] {
        let job = store.write(move |db| {
            events::append(db, &note("x"), at(0))?;
            if fails { Err(StoreError::Broken) } else { Ok(()) }
        });
        assert_eq!(job.await.is_err(), fails);
    }
    let rows = store.read(|db| db.rows("SELECT n FROM events ORDER BY n", &[])).await.unwrap();
    let positions: Vec<_> = rows.into_iter().map(|mut row| row.int().unwrap()).collect();
    assert_eq!(positions, [1, 2]);
}
