//! Claims: of many who deliver, each row is held by one, and only the holder's word counts.

use super::super::deliveries::{self, LEASE, State};
use super::super::{Db, Engine, Store, StoreError};
use super::at;
use crate::deliver::channel::{About, Alert, Medium, Outcome};
use crate::deliver::plan::Due;
use chrono::{DateTime, TimeDelta, Utc};
use handoff::domain::ids::{ReferralId, StaffId};
use handoff::domain::pack::RungWho;
use std::collections::BTreeSet;
use uuid::Uuid;

const WHO: StaffId = StaffId(Uuid::from_u128(5));

const fn referral(n: u128) -> ReferralId {
    ReferralId(Uuid::from_u128(n))
}

fn put(db: &mut dyn Db, n: u128) -> Result<(), StoreError> {
    let due = Due { staff: WHO, rung: 0, who: RungWho::OnCall, round: 1 };
    deliveries::queue(db, About::Referral(referral(n)), (&due, Medium::InPage), at(0))
}

async fn claim(store: &Store, now: DateTime<Utc>) -> Vec<Alert> {
    store.write(move |db| deliveries::claim(db, (Medium::InPage, WHO), now)).await.unwrap()
}

async fn finish(store: &Store, alert: &Alert, outcome: Outcome, now: DateTime<Utc>) -> Option<State> {
    let claim = alert.claim;
    store.write(move |db| deliveries::finish(db, claim, outcome, now)).await.unwrap()
}

pub async fn two_claimers_never_hold_one_row(engine: impl Engine + Clone) {
    const ROWS: u128 = 400;
    let one = Store::open(engine.clone()).unwrap();
    one.write(|db| (0..ROWS).try_for_each(|n| put(db, n))).await.unwrap();
    let other = Store::open(engine).unwrap();
    let all = async |store: Store| {
        let mut held = Vec::new();
        loop {
            let claimed = claim(&store, at(1)).await;
            if claimed.is_empty() {
                return held;
            }
            held.extend(claimed.into_iter().map(|alert| alert.claim.n));
        }
    };
    let (one, other) = tokio::join!(all(one), all(other));
    let distinct: BTreeSet<u64> = one.iter().chain(&other).copied().collect();
    assert_eq!((one.len() + other.len(), distinct.len()), (400, 400), "each row is held once");
}

pub async fn a_lease_that_ended_lets_another_try_and_the_first_changes_nothing_then(engine: impl Engine) {
    let store = Store::open(engine).unwrap();
    store.write(|db| put(db, 1)).await.unwrap();
    let first = claim(&store, at(0)).await.remove(0);
    let before = at(0) + LEASE - TimeDelta::seconds(1);
    assert!(claim(&store, before).await.is_empty(), "it is held");
    assert!(store.read(move |db| deliveries::pending(db, before)).await.unwrap().is_empty());
    let second = claim(&store, at(0) + LEASE).await.remove(0);
    assert_eq!((second.claim.n, second.claim.tries), (first.claim.n, 2));
    assert_eq!(finish(&store, &first, Outcome::Delivered, at(40)).await, None, "it stood still past its lease");
    assert_eq!(finish(&store, &second, Outcome::Delivered, at(41)).await, Some(State::Delivered));
    assert_eq!(finish(&store, &second, Outcome::Gone, at(42)).await, None, "what has ended stays as it ended");
}

pub async fn a_retry_waits_its_time_and_comes_to_an_end(engine: impl Engine) {
    let store = Store::open(engine).unwrap();
    store.write(|db| put(db, 1)).await.unwrap();
    let minute = TimeDelta::minutes(1);
    for tries in 1..=8_i32 {
        let now = at(0) + minute * tries;
        let alert = claim(&store, now).await.remove(0);
        let state = finish(&store, &alert, Outcome::Retry(minute), now).await;
        let wanted = if tries < 8 { State::Queued } else { State::Failed };
        assert_eq!(state, Some(wanted), "try {tries}");
        assert!(claim(&store, now + minute - TimeDelta::seconds(1)).await.is_empty(), "not before its time");
    }
    assert!(claim(&store, at(100_000)).await.is_empty(), "it has ended");
}

pub async fn what_is_settled_or_missed_is_not_claimed_and_a_late_outcome_is_dropped(engine: impl Engine) {
    let store = Store::open(engine).unwrap();
    store.write(|db| (1..=3).try_for_each(|n| put(db, n))).await.unwrap();
    store.write(|db| deliveries::settle(db, referral(1), at(1))).await.unwrap();
    store.write(|db| deliveries::miss(db, referral(2), WHO, at(1))).await.unwrap();
    let held = claim(&store, at(2)).await;
    assert_eq!(held.iter().map(|alert| alert.about).collect::<Vec<_>>(), [About::Referral(referral(3))]);
    // Under somebody's hands it is not missed: it may just be told.
    assert_eq!(store.write(|db| deliveries::miss(db, referral(3), WHO, at(3))).await.unwrap(), 0);
    store.write(|db| deliveries::settle(db, referral(3), at(4))).await.unwrap();
    assert_eq!(finish(&store, &held[0], Outcome::Delivered, at(5)).await, None, "somebody took it meanwhile");
    let states = async |n| {
        let told = store.read(move |db| deliveries::of(db, referral(n))).await.unwrap();
        told.iter().map(|one| (one.state, one.ended)).collect::<Vec<_>>()
    };
    assert_eq!(states(1).await, [(State::Settled, Some(at(1)))]);
    assert_eq!(states(2).await, [(State::Missed, Some(at(1)))]);
    assert_eq!(states(3).await, [(State::Settled, Some(at(4)))]);
}

pub async fn a_first_sight_is_told_from_a_later_one(engine: impl Engine) {
    let store = Store::open(engine).unwrap();
    let saw = async |numbers: &[u128], now| {
        let all: Vec<_> = numbers.iter().map(|n| referral(*n)).collect();
        store.write(move |db| deliveries::saw(db, WHO, &all, now)).await.unwrap()
    };
    assert_eq!(saw(&[1, 2], at(5)).await, [referral(1), referral(2)]);
    assert_eq!(saw(&[2, 3], at(6)).await, [referral(3)]);
    let sights = store.read(|db| deliveries::sights(db, referral(2))).await.unwrap();
    assert_eq!(sights.iter().map(|sight| (sight.first, sight.last)).collect::<Vec<_>>(), [(at(5), at(6))]);
}
