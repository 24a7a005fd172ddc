//! Everything that is parsed from outside, as functions over bytes: for the fuzzer, and for the replay of its
//! corpus in the tests. Each ends with a value or an error, never otherwise, and a value that was read is the
//! same when it is written and read again.

use handoff::domain::entry::{Body, Header};
use handoff::domain::facts::Facts;
use handoff::domain::pack::Pack;
use handoff::domain::wire::{Config, EntriesRequest, FeedReply};
use handoff::domain::zone::Zones;
use handoff::seal::note;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// One target: its name, which is its corpus's folder, and what it does. True if the bytes were taken.
pub type Target = (&'static str, fn(&[u8]) -> bool);

/// Every target.
pub const ALL: [Target; 9] = [
    ("batch", same::<EntriesRequest>),
    ("checkpoint", checkpoint),
    ("config", same::<Config>),
    ("entry", entry),
    ("facts", facts),
    ("feed", same::<FeedReply>),
    ("header", header),
    ("pack", pack),
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
