//! What a leaf of the ledger says, byte for byte. Pure: server and verifier share it.
//!
//! `record` is the canonical form of an entry, an event or the beginning of an epoch; the commitment is
//! SHA-256(salt ‖ record); the leaf is `handoff/leaf/1` ‖ epoch ‖ position ‖ commitment.
//!
//! # Decisions
//! A leaf's time is what the server's clock said, right or wrong. Where that went back since the leaf before, the
//! server says so in an event of its own, in the same transaction and before anything is stamped with the earlier
//! time. The other way, never to stamp a leaf earlier than the one before it, would keep the times of a clock
//! that was once years ahead for those years. So an honest step is told from backdating by a leaf that is under
//! the signed roots like any other; someone who holds the server's keys can write that event, but not hide it.
//!
//! The 16 bytes that name a leaf are its epoch and its position, not an id of its own. They tell nothing of
//! a person, and a leaf that is moved or renumbered no longer fits its own hash.

use handoff::domain::ids::Hash;
use handoff::seal::tree::leaf_hash;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A leaf may be older than the one before it by so much, in milliseconds: servers of one database differ a little,
/// and what waits for its turn is stamped before it. A clock that went back by more is said in the log.
pub const CLOCK_SLACK_MS: i64 = 10 * 60 * 1000;
/// The code of the event that says so. Its own time is what the clock said then.
pub const CLOCK_SET_BACK: &str = "clock_set_back";

/// Random bytes that hide a record.
pub type Salt = [u8; 32];

/// Where a leaf stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The epoch, from 1.
    pub epoch: u64,
    /// The position in it, from 1.
    pub position: u64,
}

impl Place {
    /// The hash in the tree of the leaf that stands here.
    pub fn leaf(self, commitment: Hash) -> Hash {
        let bytes =
            [b"handoff/leaf/1".as_slice(), &self.epoch.to_be_bytes(), &self.position.to_be_bytes(), &commitment.0];
        leaf_hash(&bytes.concat())
    }
}

/// What is committed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record<'a> {
    /// A device's sealed entry.
    Entry {
        /// Its hash.
        hash: Hash,
        /// When it came, in milliseconds since 1970.
        received_ms: i64,
    },
    /// Something else that happened.
    Event {
        /// When, in milliseconds since 1970.
        at_ms: i64,
        /// Its kind's code.
        kind: &'a str,
        /// Who did it.
        actor: Option<Uuid>,
        /// To what.
        subject: Option<Uuid>,
        /// A code or a route.
        detail: &'a str,
    },
    /// The beginning of an epoch: the JSON of a [`Beginning`], as it is stored.
    Epoch(&'a str),
}

/// What kind of record a leaf stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeafKind {
    /// A device's sealed entry.
    Entry,
    /// Something else that happened.
    Event,
    /// The beginning of an epoch.
    Epoch,
}

impl LeafKind {
    /// The code as it is stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Event => "event",
            Self::Epoch => "epoch",
        }
    }

    /// The kind of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Entry, Self::Event, Self::Epoch].into_iter().find(|kind| kind.code() == code)
    }
}

impl Record<'_> {
    /// SHA-256 of the salt and the record's canonical bytes.
    pub fn commitment(&self, salt: &Salt) -> Hash {
        let none_or = |id: &Option<Uuid>| id.map_or_else(|| vec![0], |id| [&[1], id.as_bytes().as_slice()].concat());
        match self {
            Self::Entry { hash, received_ms } => {
                Hash::of(&[salt, b"handoff/record/entry/1", &received_ms.to_be_bytes(), &hash.0])
            }
            Self::Event { at_ms, kind, actor, subject, detail } => {
                let length = u64::try_from(kind.len()).unwrap_or(u64::MAX).to_be_bytes();
                Hash::of(&[
                    salt,
                    b"handoff/record/event/1",
                    &at_ms.to_be_bytes(),
                    &none_or(actor),
                    &none_or(subject),
                    &length,
                    kind.as_bytes(),
                    detail.as_bytes(),
                ])
            }
            Self::Epoch(json) => Hash::of(&[salt, b"handoff/record/epoch/1", json.as_bytes()]),
        }
    }
}

/// The first leaf of an epoch: which it is, and what was lost before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beginning {
    /// Which epoch.
    pub epoch: u64,
    /// Origin of its log.
    pub origin: String,
    /// When it began, in milliseconds since 1970.
    pub began_ms: i64,
    /// What is left of the epochs before it, oldest first.
    pub before: Vec<Left>,
}

/// What was left of an earlier epoch when the next began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Left {
    /// Which epoch.
    pub epoch: u64,
    /// Its first so many leaves are kept.
    pub size: u64,
    /// Devices had seen so many.
    pub seen: u64,
    /// The root over those kept.
    pub root: Hash,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event<'a>(kind: &'a str, detail: &'a str) -> Record<'a> {
        Record::Event { at_ms: 7, kind, actor: Some(Uuid::from_u128(1)), subject: None, detail }
    }

    #[test]
    fn what_a_leaf_says_does_not_change() {
        let entry = Record::Entry { hash: Hash([1; 32]), received_ms: 1_700_000_000_000 };
        let beginning = Beginning {
            epoch: 2,
            origin: "handoff/log/00/2".into(),
            began_ms: 5,
            before: vec![Left { epoch: 1, size: 40, seen: 52, root: Hash([3; 32]) }],
        };
        let json = serde_json::to_string(&beginning).unwrap();
        let records = [entry, event("log_read", "3 rows"), Record::Epoch(&json)];
        let place = Place { epoch: 1, position: 9 };
        let hashes: Vec<_> = records
            .iter()
            .map(|record| format!("{} {}", record.commitment(&[5; 32]), place.leaf(record.commitment(&[5; 32]))))
            .collect();
        insta::assert_snapshot!(json, @r#"{"epoch":2,"origin":"handoff/log/00/2","began_ms":5,"before":[{"epoch":1,"size":40,"seen":52,"root":"0303030303030303030303030303030303030303030303030303030303030303"}]}"#);
        insta::assert_snapshot!(hashes.join("\n"), @r"
        61712a139c662c87256e6e1d2834c19f26ef6404dac4d8565852ae349a9d5119 644a4bce133793fcebcf467d53fa76c968121eac0124df5554857fcedbb5a92a
        eb7b6f30d6e6e258496f8676a1a9ace501b3b9032ee08c37c8ab0b95a5e11221 eae8485723773cfaeca2171a3552b837267c1ed08716aa22c9f4a10bb24c858a
        17f80229f2c414318bf25724ac7712d52146433f8c19327b8283d6d5a217f6e4 cbfcc368f2f005ff45fe7a23373e2bc1d02c0d8bb58e30a1deaa781ad25a52ae
        ");
    }

    #[test]
    fn no_two_records_have_the_same_bytes_and_no_two_places_the_same_leaf() {
        let salt = [0; 32];
        assert_ne!(event("log", "_read").commitment(&salt), event("log_read", "").commitment(&salt));
        assert_ne!(event("log", "").commitment(&salt), event("log", "").commitment(&[1; 32]));
        let commitment = Hash([1; 32]);
        let leaf = |epoch, position| Place { epoch, position }.leaf(commitment);
        assert_ne!(leaf(1, 2), leaf(2, 1));
        assert_ne!(leaf(1, 1), leaf(1, 2));
    }
}
