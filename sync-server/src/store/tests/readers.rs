//! Those who only read: how many at once, and what they see while others write.

use super::*;
use crate::store::Db;
use crate::store::readers::MOST;
use std::sync::{Arc, Mutex, mpsc};

fn count(db: &mut dyn Db) -> Result<i64, StoreError> {
    db.rows("SELECT count(*) FROM events", &[])?.remove(0).int()
}

pub(super) async fn so_many_read_at_once_and_the_next_waits_for_a_turn(engine: impl Engine) {
    let store = Store::open(engine).unwrap();
    let (enter, entered) = mpsc::channel();
    let (leave, left) = mpsc::channel::<()>();
    let left = Arc::new(Mutex::new(left));
    let read = |_: usize| {
        let (enter, left) = (enter.clone(), Arc::clone(&left));
        let hold = move |db: &mut dyn Db| {
            let found = count(db)?;
            enter.send(()).unwrap();
            left.lock().unwrap().recv().unwrap();
            Ok(found)
        };
        let store = store.clone();
        tokio::spawn(async move { store.read(hold).await })
    };
    let held: Vec<_> = (0..MOST).map(read).collect();
    let (entered, all) = tokio::task::spawn_blocking(move || {
        let all = (0..MOST).all(|_| entered.recv().is_ok());
        (entered, all)
    })
    .await
    .unwrap();
    assert!(all, "so many read beside each other");
    let crowded = store.impatient().read(count).await;
    assert!(matches!(crowded, Err(StoreError::Crowded)), "{crowded:?}");
    assert_eq!(store.impatient().read_surely(count).await.unwrap(), 0, "in the writer's turn");
    store.write(|db| events::append(db, &note("written"), at(0))).await.unwrap();

    // Whoever waits is served when someone leaves.
    let waiting = read(MOST);
    leave.send(()).unwrap();
    let (_entered, came) = tokio::task::spawn_blocking(move || {
        let came = entered.recv().is_ok();
        (entered, came)
    })
    .await
    .unwrap();
    assert!(came);
    (0..MOST).for_each(|_| leave.send(()).unwrap());
    for reader in held {
        assert_eq!(reader.await.unwrap().unwrap(), 0);
    }
    assert_eq!(waiting.await.unwrap().unwrap(), 1);
    assert_eq!(store.impatient().read(count).await.unwrap(), 1, "and nobody waits any more");
}

pub(super) async fn what_is_read_of_one_moment_fits_together_whatever_is_written_meanwhile(engine: impl Engine) {
    let store = Store::open(engine).unwrap();
    store.write(|db| events::append(db, &note("first"), at(0))).await.unwrap();
    let writes = store.clone();
    let twice = move |db: &mut dyn Db| {
        let before = count(db)?;
        writes.submit(|db| events::append(db, &note("between"), at(0))).wait()?;
        Ok((before, count(db)?))
    };
    assert_eq!(store.read(twice.clone()).await.unwrap(), (1, 2), "each statement as of its own moment");
    assert_eq!(store.read_moment(twice.clone()).await.unwrap(), (2, 2));
    assert_eq!(store.read_moment(twice).await.unwrap(), (3, 3), "each time another moment, on the same session");
    assert_eq!(store.read(count).await.unwrap(), 4);
}

pub(super) async fn a_read_that_fails_or_panics_leaves_no_session_in_its_moment(engine: impl Engine) {
    let store = Store::open(engine).unwrap();
    let broken = |db: &mut dyn Db| {
        count(db)?;
        db.rows("SELECT nothing FROM nowhere", &[])
    };
    for _ in 0..3 {
        assert!(matches!(store.read_moment(broken).await, Err(StoreError::Engine(_))));
        assert!(matches!(store.read_moment::<()>(|_| panic!("planned")).await, Err(StoreError::Broken)));
        store.write(|db| events::append(db, &note("one"), at(0))).await.unwrap();
    }
    for _ in 0..8 {
        assert_eq!(store.read(count).await.unwrap(), 3);
        assert_eq!(store.read_moment(count).await.unwrap(), 3);
    }
}
