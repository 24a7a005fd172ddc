//! Verifies an export of a million entries of the size of a real one. Target: ≤ 10 s, on two cores.
//!
//! `HANDOFF_BENCH_LEAVES` sets another number. The file is as a server writes it, but its entries are random
//! bytes: to seal a million records would take a minute and would change nothing for whoever verifies them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a benchmark may stop")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use handoff::domain::entry::entry_hash;
use handoff::seal::note::{self, Checkpoint};
use handoff::seal::tree::Frontier;
use handoff::seal::{ServerKey, Tag};
use handoff_server::ledger::export::{FORMAT, LeafLine, Line, RecordLine, Span, Start, lines};
use handoff_server::ledger::record::{Beginning, Place, Record};
use handoff_server::ledger::verify;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::time::Instant;

const LEAVES: u64 = 1_000_000;
/// As a server signs under load: a few times a second.
const CHECKPOINT_EVERY: u64 = 200;
/// Bytes of a header and of a sealed decision with a person, as the tests' phones make them.
const HEADER: usize = 560;
const CIPHERTEXT: usize = 1_300;
const ORIGIN: &str = "handoff/log/00bench/1";

fn main() {
    let leaves = std::env::var("HANDOFF_BENCH_LEAVES").ok().and_then(|n| n.parse().ok()).unwrap_or(LEAVES);
    let dir = tempfile::tempdir().unwrap();
    let (path, key) = (dir.path().join("export.jsonl"), ServerKey::generate().unwrap());
    let since = Instant::now();
    write(&path, &key, leaves);
    let bytes = std::fs::metadata(&path).unwrap().len();
    println!("wrote {leaves} leaves, {} MB, in {:.1} s", bytes >> 20, since.elapsed().as_secs_f64());
    for _ in 0..2 {
        let file = BufReader::with_capacity(1 << 18, File::open(&path).unwrap());
        let since = Instant::now();
        let report = verify::verify(file, &key.public().unwrap(), None).unwrap();
        let took = since.elapsed().as_secs_f64();
        assert!(report.is_good() && report.leaves.iter().sum::<u64>() == leaves, "{report}");
        let per_s = bytes as f64 / took / 1e6;
        println!("verified in {took:.2} s ({per_s:.0} MB/s), {} checkpoints; target 10 s", report.checkpoints);
    }
}

/// Bytes that differ from leaf to leaf.
fn noise(n: u64, length: usize) -> Vec<u8> {
    let mut state = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// Twice over the leaves: the first line names the root.
fn write(path: &std::path::Path, key: &ServerKey, leaves: u64) {
    let mut frontier = Frontier::default();
    for position in 1..=leaves {
        frontier.push(leaf(position, |_| {}), |_, _| {});
    }
    let head = frontier.head();
    let span = Span { epoch: 1, origin: ORIGIN.into(), size: head.size, root: head.root };
    let start = Start { format: FORMAT.into(), at: chrono::DateTime::UNIX_EPOCH, epochs: vec![span] };
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path).unwrap());
    file.write_all(&lines([&Line::Export(key.sign(Tag::Export, &start).unwrap())]).unwrap()).unwrap();
    let mut frontier = Frontier::default();
    for position in 1..=leaves {
        frontier.push(leaf(position, |line| file.write_all(&lines([line]).unwrap()).unwrap()), |_, _| {});
        if position % CHECKPOINT_EVERY == 0 || position == leaves {
            let checkpoint = Checkpoint { origin: ORIGIN.into(), head: frontier.head() };
            let line = Line::Checkpoint(note::sign(key, &checkpoint).unwrap().into());
            file.write_all(&lines([&line]).unwrap()).unwrap();
        }
    }
    file.flush().unwrap();
}

fn leaf(position: u64, write: impl FnOnce(&Line<'_>)) -> handoff::domain::ids::Hash {
    let salt: [u8; 32] = noise(position, 32).try_into().unwrap();
    let beginning = Beginning { epoch: 1, origin: ORIGIN.into(), began_ms: 0, before: vec![] };
    let json = serde_json::to_string(&beginning).unwrap();
    let [header, enc, ciphertext] =
        [(1, HEADER), (2, 65), (3, CIPHERTEXT)].map(|(part, length)| noise(position * 4 + part, length));
    let received_ms = i64::try_from(position).unwrap();
    let record = match position {
        1 => Record::Epoch(&json),
        _ => Record::Entry { hash: entry_hash(&header, &enc, &ciphertext), received_ms },
    };
    let commitment = record.commitment(&salt);
    let hash = Place { epoch: 1, position }.leaf(commitment);
    let text = |bytes: &[u8]| B64.encode(bytes);
    let record = match position {
        1 => RecordLine::Epoch(json.as_str().into()),
        _ => RecordLine::Entry {
            received_ms,
            header: text(&header).into(),
            enc: text(&enc).into(),
            ciphertext: text(&ciphertext).into(),
        },
    };
    let (commitment, shown) = (text(&commitment.0), text(&hash.0));
    let salt = Some(text(&salt).into());
    write(&Line::Leaf(LeafLine {
        epoch: 1,
        position,
        salt,
        commitment: commitment.into(),
        hash: shown.into(),
        record,
    }));
    hash
}
