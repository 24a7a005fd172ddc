//! What a save costs: sign, seal, append and flush, against a bare one-row flushed commit of the same
//! bytes, in one run. The figure that counts is the ratio; absolute times move with the machine.
//!
//! A phone makes the seal of the next save while the draft is written, so an officer waits for the first
//! figure, and the aim is held against that one. A save that finds no seal makes it in place: the second.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a benchmark may stop at a surprise")]

use chrono::{DateTime, Utc};
use handoff::domain::assess::PackRef;
use handoff::domain::codes::Choice;
use handoff::domain::entry::{EntryKind, FORMAT, Header};
use handoff::domain::ids::{ChainId, DeviceId, Hash, ReferralId, StaffId};
use handoff::domain::time::{Bounds, Reading};
use handoff::seal::{DeviceKey, ReadySeal, SealError, SealingKey, random, seal_entry, seal_entry_with};
use handoff::store::{Head, NewEntry, Outbox, StoreError};
use std::time::{Duration, Instant};

const ROUNDS: usize = 2_000;
/// A decision with a person has about 2 KB of JSON.
const BODY: &str = include_str!("../it/fixtures/decision.json");

#[derive(Debug)]
#[expect(dead_code, reason = "shown by Debug when a round fails")]
enum Failed {
    Store(StoreError),
    Seal(SealError),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
    let begin = move || Ok((ChainId(random::uuid_v7(now)?), now));
    let (mut outbox, _) = Outbox::open(folder.path(), Box::new(begin)).unwrap();
    let (device, agency) = (DeviceKey::generate().unwrap(), SealingKey::generate().unwrap());
    let bare = bare(&folder.path().join("bare.db"));
    let bytes = sealed_size(&device, &agency, now);
    let (mut ours, mut in_place, mut theirs, mut crypto) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        // In turns, so that a busy neighbour slows all.
        let ready = agency.public().ready().unwrap();
        let start = Instant::now();
        append(&mut outbox, &device, (&agency, Some(ready)), now);
        ours.push(start.elapsed());
        let start = Instant::now();
        append(&mut outbox, &device, (&agency, None), now);
        in_place.push(start.elapsed());
        let start = Instant::now();
        let id = random::uuid_v7(now).unwrap();
        bare.prepare_cached("INSERT INTO rows (id, bytes) VALUES (?1, ?2)").unwrap().execute((id, &bytes)).unwrap();
        theirs.push(start.elapsed());
        let start = Instant::now();
        seal_entry(
            &device,
            agency.public(),
            &header(&head(), ReferralId(id), agency.public().id(), now),
            BODY.as_bytes(),
        )
        .unwrap();
        crypto.push(start.elapsed());
    }
    let (ours, in_place, theirs, crypto) = (spread(ours), spread(in_place), spread(theirs), spread(crypto));
    println!("body {} bytes, sealed {} bytes, {ROUNDS} rounds", BODY.len(), bytes.len());
    println!("                                        p50          p99   to bare");
    let line = |name, times: (Duration, Duration)| {
        let ratio = times.0.as_secs_f64() / theirs.0.as_secs_f64();
        println!("{name:<34}  {:>9.1?}  {:>9.1?}   {ratio:.2}", times.0, times.1);
    };
    line("append, with the seal made before", ours);
    line("append, with the seal in place", in_place);
    line("bare one-row commit", theirs);
    line("sign and seal alone", crypto);
    let ratio = ours.0.as_secs_f64() / theirs.0.as_secs_f64();
    println!("ratio of medians, seal made before: {ratio:.2} (at most 1.5)");
}

/// One save, with the seal that was made before, or with one made in place.
fn append(
    outbox: &mut Outbox,
    device: &DeviceKey,
    (agency, ready): (&SealingKey, Option<ReadySeal>),
    now: DateTime<Utc>,
) {
    let referral = ReferralId(random::uuid_v7(now).unwrap());
    let officer = StaffId(uuid::Uuid::from_u128(4));
    let new = NewEntry {
        referral,
        officer,
        kind: EntryKind::Decision,
        code: Choice::OfferedAccepted.code(),
        whom: None,
        at: Reading { wall: now, boot_ms: 1, boot: 1 },
    };
    let make = |head: Head| {
        let header = header(&head, referral, agency.public().id(), now);
        let seal = ready.map_or_else(|| agency.public().ready(), Ok).map_err(Failed::Seal)?;
        seal_entry_with(device, seal, &header, BODY.as_bytes()).map_err(Failed::Seal)
    };
    outbox.append(&new, make).unwrap();
}

fn head() -> Head {
    Head { chain: ChainId(uuid::Uuid::from_u128(2)), seq: 2, prev: Some(Hash([1; 32])), saved: None }
}

fn header(head: &Head, referral: ReferralId, sealing_key: &str, now: DateTime<Utc>) -> Header {
    Header {
        format: FORMAT,
        device: DeviceId(uuid::Uuid::from_u128(1)),
        chain: head.chain,
        seq: head.seq,
        prev: head.prev,
        referral,
        officer: StaffId(uuid::Uuid::from_u128(4)),
        kind: EntryKind::Decision,
        pack: PackRef { id: "pilot".into(), version: 1, sha256: Hash([7; 32]) },
        sealing_key: sealing_key.to_owned(),
        bounds: Bounds { earliest: now, latest: now },
        time_unproven: false,
        clock_moved_ms: None,
    }
}

fn sealed_size(device: &DeviceKey, agency: &SealingKey, now: DateTime<Utc>) -> Vec<u8> {
    let header = header(&head(), ReferralId(uuid::Uuid::nil()), agency.public().id(), now);
    let wire = seal_entry(device, agency.public(), &header, BODY.as_bytes()).unwrap().wire;
    [wire.header.0, wire.enc.0, wire.ciphertext.0].concat()
}

/// The same settings as the outbox, one table, one id.
fn bare(path: &std::path::Path) -> rusqlite::Connection {
    let conn = rusqlite::Connection::open(path).unwrap();
    conn.execute_batch(
        "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE rows (rowid INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, bytes BLOB NOT NULL) STRICT",
    )
    .unwrap();
    conn
}

fn spread(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort_unstable();
    (times[times.len() / 2], times[times.len() * 99 / 100])
}
