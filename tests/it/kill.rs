//! The program, killed at any moment of a save, by a signal that it cannot catch.

use crate::cli::{Device, accepted_offer, decisions};
use crate::server::Station;
use chrono::Utc;
use handoff::domain::entry::{Header, entry_hash};
use handoff::domain::ids::{ChainId, Hash};
use handoff::store::Outbox;
use handoff_server::cases;
use std::collections::BTreeSet;
use std::io::Read as _;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant, SystemTime};

/// Each round starts this many programs on one outbox.
const AT_ONCE: usize = 3;
const ROUNDS: usize = 16;
/// Longer than a commit takes.
const COMMIT: Duration = Duration::from_millis(12);

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    /// From 0 to 999.
    fn permille(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % 1000).unwrap()
    }
}

fn start(device: &Device, file: &str) -> Child {
    device.command(&["record", file]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// The hash that the program printed, whole, before it ended.
fn printed(mut child: Child) -> Option<String> {
    child.wait().unwrap();
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    out.strip_suffix('\n').map(str::to_owned)
}

/// Length and time of the outbox's write-ahead log.
fn log_of(device: &Device) -> Option<(u64, SystemTime)> {
    let log = std::fs::metadata(device.data().join("outbox.db-wal")).ok()?;
    Some((log.len(), log.modified().ok()?))
}

/// Waits until one of them writes to the outbox, or all have ended.
fn await_write(device: &Device, before: Option<(u64, SystemTime)>, children: &mut [Child]) {
    let ended = |child: &mut Child| child.try_wait().unwrap().is_some();
    while !log_of(device).is_some_and(|log| Some(log) != before && log.0 > 0) && !children.iter_mut().all(ended) {
        std::thread::yield_now();
    }
}

/// Every entry of the outbox in order, after the proof that they are one chain: no number missing or
/// twice, each tied to the one before, each to the bytes that are kept.
fn chain(device: &Device) -> Vec<Hash> {
    let unused = ChainId(uuid::Uuid::nil());
    let (mut outbox, set_aside) = Outbox::open(&device.data(), Box::new(move || Ok((unused, Utc::now())))).unwrap();
    assert_eq!(set_aside, None, "the outbox is readable");
    let mut entries = outbox.entries().unwrap();
    entries.reverse();
    let seqs: Vec<u64> = entries.iter().map(|entry| entry.seq).collect();
    assert!(seqs.iter().copied().eq(1..=u64::try_from(seqs.len()).unwrap()), "{seqs:?}");
    let mut before = None;
    for (entry, sealed) in entries.iter().zip(outbox.sealed(&seqs).unwrap()) {
        let header: Header = serde_json::from_slice(&sealed.header.0).unwrap();
        assert_eq!((header.seq, header.prev), (entry.seq, before));
        assert_eq!(entry_hash(&sealed.header.0, &sealed.enc.0, &sealed.ciphertext.0), entry.hash);
        before = Some(entry.hash);
    }
    entries.iter().map(|entry| entry.hash).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_killed_at_any_moment_keeps_every_hash_it_printed() {
    let station = Station::start().await;
    let device = Device::enrolled(&station).await;
    let file = device.file("offer.json", &accepted_offer().to_string());
    let began = Instant::now();
    let mut promised = vec![printed(start(&device, &file)).unwrap()];
    let whole = began.elapsed();

    let mut dice = Dice(crate::round::seed());
    let (mut silent, mut kept) = (0, 1);
    for round in 0..ROUNDS {
        let before = log_of(&device);
        let mut children: Vec<Child> = (0..AT_ONCE).map(|_| start(&device, &file)).collect();
        // Anywhere from before the first line of the program to after the last one, or about a commit.
        let span = match round % 2 {
            0 => whole,
            _ => {
                await_write(&device, before, &mut children);
                COMMIT
            }
        };
        for mut child in children {
            std::thread::sleep(span * dice.permille() / 1000);
            child.kill().unwrap();
            match printed(child) {
                Some(hash) => promised.push(hash),
                None => silent += 1,
            }
        }
        let hashes: BTreeSet<String> = chain(&device).iter().map(Hash::to_string).collect();
        assert!(hashes.len() >= kept, "nothing that was there has gone");
        kept = hashes.len();
        for hash in &promised {
            assert!(hashes.contains(hash), "{hash} was printed and is not there");
        }
    }
    assert!(silent > 0, "some were killed before they could print");
    assert!(promised.len() > AT_ONCE, "some were not");
    let status: serde_json::Value = serde_json::from_str(&device.done(&["status", "--json"])).unwrap();
    assert_eq!(status["records"].as_array().unwrap().len(), kept);
    assert_eq!(status["unreadable_files"], serde_json::json!([]));

    assert_eq!(device.done(&["sync"]), format!("{kept} received, 0 refused, 0 waiting\n"));
    assert_eq!(device.done(&["sync"]), "0 received, 0 refused, 0 waiting\n");
    assert_eq!(decisions(&station).await.len(), kept);
    assert_eq!(cases::waiting(station.server.app()).await.unwrap(), kept);
    assert!(!station.events().await.iter().any(|line| line.contains(" entry_refused ")));
    assert!(device.done(&["status"]).contains("Everything recorded here has reached the agency."));
}
