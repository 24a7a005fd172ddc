//! Durable ingest at 32 connections, one entry per request, against the same HTTP endpoint with a bare
//! group-commit insert and no crypto. Both in this process, in turns, on this machine's one disk: read
//! the ratio, not the figures. Target: ratio ≥ 0.5, ≤ 0.1 flush per record.
//!
//! The floor is what the machine leaves: the processor's time of the bare insert, and of opening, verifying
//! and signing, measured alone on one thread. Where the processor is what both wait for, no code around them
//! can make the ratio larger.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark may stop"
)]

#[cfg(unix)]
#[path = "../../sync-server/src/store/tests/cluster.rs"]
#[allow(dead_code, unused_imports, reason = "the tests use more of it")]
mod cluster;
#[path = "../it/server.rs"]
#[allow(dead_code, unused_imports, reason = "the tests use more of it")]
mod server;

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use chrono::Utc;
use handoff::domain::encounter::Decision;
use handoff::domain::entry::entry_hash;
use handoff::domain::ids::{Bytes, Hash};
use handoff::domain::wire::{Answer, EntriesReply, EntriesRequest, EntryResult, Health, ReceiptBody, Signed};
use handoff::seal::{Tag, unseal};
use handoff_server::api::Body;
use handoff_server::routes::framed;
use handoff_server::store::{Sqlite, Store};
use server::{Station, TestPhone};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Handle};

const CONNECTIONS: usize = 32;
const REQUESTS: usize = 100;
const ROUNDS: usize = 5;

/// Names of threads: how long each took of the processor is told apart.
const CLIENTS: &str = "clients";
const WRITER: &str = "store-writer";

fn main() {
    let servers = Builder::new_multi_thread().enable_all().build().unwrap();
    let clients = Builder::new_multi_thread().thread_name(CLIENTS).enable_all().build().unwrap();
    servers.block_on(run(clients.handle()));
}

async fn run(clients: &Handle) {
    let station = Station::start().await;
    let bare = Bare::start().await;
    let mut phones = Vec::new();
    for _ in 0..CONNECTIONS {
        phones.push(station.phone().await);
    }
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    println!("round   with verification                    bare insert                          ratio");
    for round in 0..ROUNDS {
        let load = requests(&mut phones);
        let other = measure(clients, bare.addr, (&load, &bare.store)).await;
        let own = measure(clients, station.server.addr, (&load, station.server.app().store())).await;
        println!("{round:>5}   {own}   {other}   {:.2}", own.per_s / other.per_s);
        ours.push(own);
        theirs.push(other);
    }
    let median = |mut all: Vec<f64>| {
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    let of = |rounds: &[Round], name| median(rounds.iter().map(|round| round.cpu.of(name)).collect());
    let (own, bare) = (of(&ours, None), of(&theirs, None));
    for (who, rounds) in [("with verification", &ours), ("bare insert", &theirs)] {
        let [clients, writer] = [CLIENTS, WRITER].map(|name| of(rounds, Some(name)));
        let rest = of(rounds, None) - clients - writer;
        println!("{who:<18} server {rest:.0} us + its writer {writer:.0} us + clients {clients:.0} us for each record");
    }
    let [open, verify, sign] = crypto_us(&station, &mut phones[0]);
    let floor = bare + open + verify + sign;
    println!(
        "processor per record:   {own:.0} us; the bare insert takes {bare:.0} us, which is {:.2} of it",
        bare / own
    );
    println!(
        "floor per record:       {floor:.0} us = {bare:.0} insert + {open:.0} open + {verify:.0} verify + {sign:.0} sign"
    );
    println!("ratio at the floor:     {:.2}", bare / floor);
    let ratio = median(ours.iter().zip(&theirs).map(|(own, other)| own.per_s / other.per_s).collect());
    println!("ratio to a bare insert: {ratio:.2} (target: at least 0.5)");
    println!(
        "flushes per record:     {:.3} (target: at most 0.1)",
        median(ours.iter().map(|own| own.flushes).collect())
    );
    println!("peak memory of server, bare server and clients together: {:.0} MB", peak_mb());
}

/// What one round gave.
struct Round {
    per_s: f64,
    p99: Duration,
    flushes: f64,
    /// Processor time of server and clients for each record: neighbours on the machine slow both down, and
    /// change this little.
    cpu: Cpu,
}

impl std::fmt::Display for Round {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:>6.0}/s p99 {:>5.1} ms cpu {:>3.0} us",
            self.per_s,
            self.p99.as_secs_f64() * 1000.0,
            self.cpu.of(None)
        )
    }
}

/// Every phone's requests as bytes, made before the clock starts; in turns, as phones that work at one time.
fn requests(phones: &mut [TestPhone]) -> Vec<Vec<Vec<u8>>> {
    let mut load: Vec<Vec<_>> = phones.iter().map(|_| Vec::with_capacity(REQUESTS)).collect();
    let decision = phones[0].accepted_offer();
    for _ in 0..REQUESTS {
        for (phone, requests) in phones.iter_mut().zip(&mut load) {
            requests.push(request(phone, &decision));
        }
    }
    load
}

/// What opening, verifying and signing a receipt take of the processor for one entry, in microseconds.
fn crypto_us(station: &Station, phone: &mut TestPhone) -> [f64; 3] {
    let decision = phone.accepted_offer();
    let entries: Vec<_> = (0..REQUESTS * 10).map(|_| phone.record(&decision).1).collect();
    let keys = station.server.app().keys();
    let (agency, device) = (keys.current().unwrap(), phone.key.public().unwrap());
    let start = ran_us("/proc/thread-self");
    let opened: Vec<_> = entries.iter().map(|entry| unseal(agency, &entry.wire).unwrap()).collect();
    let open = ran_us("/proc/thread-self");
    assert!(entries.iter().zip(&opened).all(|(entry, opened)| opened.verify(&entry.wire.header.0, &device)));
    let verify = ran_us("/proc/thread-self");
    for entry in &entries {
        let receipt =
            ReceiptBody { entry: entry.hash, position: 1, epoch: 1, backed_up: 0, at: Utc::now(), erased: false };
        keys.server.sign(Tag::Receipt, &receipt).unwrap();
    }
    #[allow(clippy::cast_precision_loss, reason = "some hundreds")]
    [open - start, verify - open, ran_us("/proc/thread-self") - verify].map(|us| us / entries.len() as f64)
}

fn request(phone: &mut TestPhone, decision: &Decision) -> Vec<u8> {
    let (_, entry) = phone.record(decision);
    let health = Health {
        unsent: 1,
        wedged: 0,
        oldest_unsent_s: None,
        wall: Utc::now(),
        app: "0.1.0".into(),
        set_aside: 0,
        clock_offset_ms: None,
        checkpoint: None,
    };
    let body = serde_json::to_vec(&EntriesRequest { health, entries: vec![entry.wire], again: vec![] }).unwrap();
    let head = format!(
        "POST /v1/entries HTTP/1.1\r\nhost: bench\r\nauthorization: {}\r\ncontent-length: {}\r\n\r\n",
        phone.token(),
        body.len()
    );
    [head.as_bytes(), &body].concat()
}

async fn measure(clients: &Handle, addr: std::net::SocketAddr, (load, store): (&[Vec<Vec<u8>>], &Store)) -> Round {
    let load: Vec<_> = load.to_vec();
    let (commits, cpu) = (store.commits(), Cpu::now());
    let start = Instant::now();
    let tasks: Vec<_> = load.into_iter().map(|requests| clients.spawn(connection(addr, requests))).collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.unwrap());
    }
    let (took, count) = (start.elapsed(), times.len());
    times.sort_unstable();
    #[allow(clippy::cast_precision_loss, reason = "some thousands")]
    let of = |n: usize| n as f64;
    Round {
        per_s: of(count) / took.as_secs_f64(),
        p99: times[count * 99 / 100],
        flushes: of(store.commits() - commits) / of(count),
        cpu: Cpu::now().since(&cpu, of(count)),
    }
}

/// Sends one request after the other, and checks that each was answered with a receipt.
async fn connection(addr: std::net::SocketAddr, requests: Vec<Vec<u8>>) -> Vec<Duration> {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut times, mut buffer) = (Vec::with_capacity(requests.len()), Vec::new());
    for request in requests {
        let start = Instant::now();
        stream.write_all(&request).await.unwrap();
        let body = answer(&mut stream, &mut buffer).await;
        times.push(start.elapsed());
        assert!(String::from_utf8_lossy(&body).contains("\"receipt\""), "an entry was not taken");
    }
    times
}

async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Vec<u8> {
    buffer.clear();
    loop {
        assert!(stream.read_buf(buffer).await.unwrap() > 0, "the server hung up");
        let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&buffer[..end]).to_lowercase();
        assert!(head.starts_with("http/1.1 200"), "{head}");
        let length: usize = head.split("content-length: ").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
        if buffer.len() >= end + 4 + length {
            return buffer[end + 4..].to_vec();
        }
    }
}

/// The endpoint to compare with: the same frame, JSON and store, and one insert of the same bytes.
struct Bare {
    addr: std::net::SocketAddr,
    store: Store,
    _dir: tempfile::TempDir,
}

impl Bare {
    async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(Sqlite::new(&dir.path().join("bare.db"), [1; 32])).unwrap();
        let table = "CREATE TABLE bare (n INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, bytes BLOB NOT NULL) STRICT";
        store.write(|db| db.run(table, &[])).await.unwrap();
        let router = framed(Router::new().route("/v1/entries", post(insert))).with_state(store.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { addr, store, _dir: dir }
    }
}

async fn insert(State(store): State<Store>, Body(request): Body<EntriesRequest>) -> axum::Json<EntriesReply> {
    let mut answers = Vec::new();
    for entry in request.entries {
        let hash: Hash = entry_hash(&entry.header.0, &entry.enc.0, &entry.ciphertext.0);
        let bytes = [entry.header.0, entry.enc.0, entry.ciphertext.0].concat();
        let sql = "INSERT INTO bare (hash, bytes) VALUES (:hash, :bytes)";
        store
            .write(move |db| db.run(sql, &[(":hash", hash.into()), (":bytes", bytes.as_slice().into())]))
            .await
            .unwrap();
        let unsigned = Signed { body: Bytes(hash.0.to_vec()), sig: Bytes::default() };
        answers.push(Answer { entry: hash, result: EntryResult::Receipt(unsigned) });
    }
    axum::Json(EntriesReply { server_time: Utc::now(), answers, ledger: None, epochs: None })
}

/// Processor time of this process, in microseconds: of all of it, and of its threads by their names.
struct Cpu(f64, BTreeMap<String, f64>);

impl Cpu {
    fn now() -> Self {
        let mut threads = BTreeMap::new();
        for thread in std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
            let name = std::fs::read_to_string(thread.path().join("comm")).unwrap_or_default();
            *threads.entry(name.trim().to_owned()).or_insert(0.0) += ran_us(thread.path());
        }
        let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let after_name = stat.rsplit(") ").next().unwrap_or_default();
        let ticks = after_name.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
        Self(ticks.sum::<f64>() * 10_000.0, threads)
    }

    /// Of the threads of this name, or of all.
    fn of(&self, name: Option<&str>) -> f64 {
        name.map_or(self.0, |name| self.1.get(name).copied().unwrap_or(0.0))
    }

    /// What was used since, for each of so many records.
    fn since(self, before: &Self, records: f64) -> Self {
        let threads =
            self.1.iter().map(|(name, us)| (name.clone(), (us - before.of(Some(name.as_str()))) / records)).collect();
        Self((self.0 - before.0) / records, threads)
    }
}

/// For how long a thread ran, to the nanosecond: of a whole process there are only ticks of 10 ms.
fn ran_us(thread: impl AsRef<std::path::Path>) -> f64 {
    let ran = std::fs::read_to_string(thread.as_ref().join("schedstat")).unwrap_or_default();
    ran.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1000.0
}

fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}
