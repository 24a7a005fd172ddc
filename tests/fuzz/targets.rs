//! Everything that is parsed from outside, as functions over bytes: for the fuzzer, and for the replay of its
//! corpus in the tests. Each ends with a value or an error, never otherwise, and a value that was read is the
//! same when it is written and read again.

use handoff::domain::entry::{Body, Header};
use handoff::domain::facts::Facts;
use handoff::domain::ids::Hash;
use handoff::domain::pack::Pack;
use handoff::domain::wire::{Config, EntriesRequest, FeedReply, LedgerNews};
use handoff::domain::zone::Zones;
use handoff::outbox::{Known, Sight, judge_checkpoint};
use handoff::seal::note::{self, Checkpoint};
use handoff::seal::tree::{self, Frontier, Head};
use handoff::seal::{ServerKey, ServerPublic};
use handoff_server::deliver::receiver;
use handoff_server::ledger::verify;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// One target: its name, which is its corpus's folder, and what it does. True if the bytes were taken.
pub type Target = (&'static str, fn(&[u8]) -> bool);

/// Every target.
pub const ALL: [Target; 13] = [
    ("batch", same::<EntriesRequest>),
    ("checkpoint", checkpoint),
    ("config", same::<Config>),
    ("entry", entry),
    ("export", export),
    ("facts", facts),
    ("feed", same::<FeedReply>),
    ("header", header),
    ("inclusion", inclusion),
    ("pack", pack),
    ("proof", proof),
    ("receiver", receiver),
    ("zone", zone),
];

/// Runs the target of that name. True if the bytes were taken.
pub fn run(name: &str, bytes: &[u8]) -> bool {
    ALL.iter().find(|(known, _)| *known == name).expect("a target has this name").1(bytes)
}

fn same<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> bool {
    let Ok(value) = serde_json::from_slice::<T>(bytes) else { return false };
    let written = serde_json::to_vec(&value).expect("what was read can be written");
    let again: T = serde_json::from_slice(&written).expect("what was written can be read");
    assert_eq!(serde_json::to_vec(&again).expect("and written again"), written);
    true
}

fn entry(bytes: &[u8]) -> bool {
    let Ok(body) = Body::from_bytes(bytes) else { return false };
    let written = serde_json::to_vec(&body).expect("what was read can be written");
    assert_eq!(Body::from_bytes(&written).expect("and read again"), body);
    if let Body::Decision(decision) = &body {
        let _ = decision.check();
    }
    true
}

fn header(bytes: &[u8]) -> bool {
    Header::from_bytes(bytes).is_ok() && same::<Header>(bytes)
}

fn facts(bytes: &[u8]) -> bool {
    Facts::parse(bytes).is_ok() && same::<Facts>(bytes)
}

fn pack(bytes: &[u8]) -> bool {
    str::from_utf8(bytes).is_ok_and(|text| Pack::parse("pack", text).is_ok())
}

fn zone(bytes: &[u8]) -> bool {
    str::from_utf8(bytes).is_ok_and(|text| Zones::parse([("zone", text)]).is_ok())
}

fn checkpoint(bytes: &[u8]) -> bool {
    str::from_utf8(bytes).is_ok_and(|text| note::read(text).is_ok())
}

/// The key that signed what is in the corpus.
fn server() -> ServerPublic {
    ServerKey::from_seed(&[1; 32]).and_then(|key| key.public()).expect("a seed of 32 bytes is a key")
}

/// The log of the proofs in the corpus: leaf n holds n. It had [`SEEN`] leaves when the phone saw it, and has
/// [`NOW`].
const SEEN: u64 = 5;
const NOW: u64 = 13;

fn leaf(n: u64) -> Hash {
    tree::leaf_hash(&n.to_be_bytes())
}

fn head(size: u64) -> Head {
    let mut frontier = Frontier::default();
    (0..size).for_each(|n| frontier.push(leaf(n), |_, _| {}));
    frontier.head()
}

/// What a phone hears of the log, with a proof from what it saw: only the log itself follows.
fn proof(bytes: &[u8]) -> bool {
    if !same::<LedgerNews>(bytes) {
        return false;
    }
    let news: LedgerNews = serde_json::from_slice(bytes).expect("it was read before");
    let Ok(heard) = note::read(&news.checkpoint) else { return false };
    let kept = Checkpoint { origin: heard.origin.clone(), head: head(SEEN) };
    let known = Known { epochs: None, checkpoint: Some(&kept) };
    let follows = judge_checkpoint(known, known, &heard, &news.consistency) == Sight::Follows;
    assert!(!follows || heard.head == head(NOW), "another log follows");
    follows && note::open(&news.checkpoint, &server()).is_ok()
}

/// That a leaf is in the log: only where it stands.
fn inclusion(bytes: &[u8]) -> bool {
    let Ok((index, of, proof)) = serde_json::from_slice::<(u64, Hash, Vec<Hash>)>(bytes) else { return false };
    let included = tree::is_included(&head(NOW), index, of, &proof);
    assert!(!included || (index < NOW && of == leaf(index)), "a leaf that is not there");
    included
}

/// An export, as whoever holds it and the key verifies it: what passes as good is the whole of what was signed.
fn export(bytes: &[u8]) -> bool {
    let Ok(report) = verify::verify(bytes, &server(), None) else { return false };
    let leaves: u64 = report.leaves.iter().sum::<u64>() + report.erased;
    let signed: u64 = report.start.epochs.iter().map(|span| span.size).sum();
    assert!(!report.is_good() || leaves == signed, "{leaves} of {signed} leaves pass as good");
    drop(report.to_string());
    report.is_good()
}

/// The address that a browser gives for itself, and on the next line what its push service says of when to come back.
fn receiver(bytes: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(bytes) else { return false };
    let (address, wait) = text.split_once('\n').unwrap_or((text, ""));
    let now = chrono::DateTime::from_timestamp(1_800_000_000, 0).expect("a moment");
    let wait = receiver::retry_after(wait, now);
    if let Some(wait) = wait {
        assert!((0..=3600).contains(&wait.num_seconds()), "an hour at most");
    }
    let Ok(url) = receiver::address(address) else { return false };
    assert!(url.host_str().is_some_and(|host| !host.is_empty()) && url.username().is_empty());
    assert_eq!(receiver::address(url.as_str()), Ok(url.clone()), "read again, it is the same");
    wait.is_some()
}
