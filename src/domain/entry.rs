//! The entry: one act of an officer, signed, chained and sealed; append-only.
//!
//! The header travels in clear and names no participant. The body is JSON that only the agency's
//! server can open. What is signed: [`signed_message`]. What is hashed and chained: [`entry_hash`].

use super::assess::PackRef;
use super::codes::codes;
use super::encounter::Decision;
use super::ids::{ChainId, DeviceId, Hash, ReferralId, StaffId};
use super::time::Bounds;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// The format of header and body that this build writes.
pub const FORMAT: u8 = 1;

codes! {
    /// What an entry records.
    EntryKind {
        /// An officer's decision at the scene.
        Decision = "decision",
    }
}

/// The clear part of an entry. Its canonical bytes are [`Header::to_bytes`]; a receiver keeps and
/// hashes the bytes that came, and never writes them again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`FORMAT`].
    pub format: u8,
    /// The device that signed it.
    pub device: DeviceId,
    /// The outbox file it was written to.
    pub chain: ChainId,
    /// 1, 2, 3 … within the chain.
    pub seq: u64,
    /// Hash of the entry before it in the chain; nothing for the first.
    pub prev: Option<Hash>,
    /// The encounter and referral it belongs to.
    pub referral: ReferralId,
    /// The officer who acted.
    pub officer: StaffId,
    /// What it records.
    pub kind: EntryKind,
    /// The pack that was applied.
    pub pack: PackRef,
    /// The agency key it is sealed to.
    pub sealing_key: String,
    /// Between which moments it was written.
    pub bounds: Bounds,
}

impl Header {
    /// The canonical bytes: compact JSON, fields in the order of the struct.
    ///
    /// # Errors
    /// None in practice: every field has a JSON form. The type of `serde_json` is kept.
    pub fn to_bytes(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(self)
    }

    /// Reads the bytes of a header.
    ///
    /// # Errors
    /// Anything that is not the JSON of a header, or a format that this build does not know.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, HeaderError> {
        let header: Self = serde_json::from_slice(bytes)?;
        match header.format {
            FORMAT => Ok(header),
            other => Err(HeaderError::Format(other)),
        }
    }
}

/// Why bytes are no header.
#[derive(Debug, thiserror::Error)]
pub enum HeaderError {
    /// Not the JSON of a header.
    #[error("header: {0}")]
    Json(#[from] serde_json::Error),
    /// Written by another version.
    #[error("header: format {0} is not known here")]
    Format(u8),
}

/// The body of an entry, one form for each kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    /// An officer's decision.
    Decision(Box<Decision>),
}

impl Body {
    /// Reads the bytes of a body. Every phone writes the kind first, and then the rest is read straight into
    /// the form of that kind; in any other order serde first keeps all of it aside, which takes twice as long.
    ///
    /// # Errors
    /// Anything that is not the JSON of a body.
    pub fn from_bytes(bytes: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(bytes).map(|KindFirst(body)| body).or_else(|_| serde_json::from_slice(bytes))
    }

    /// The kind that the header must name.
    pub const fn kind(&self) -> EntryKind {
        match self {
            Self::Decision(_) => EntryKind::Decision,
        }
    }
}

/// A body of which the kind is the first field.
struct KindFirst(Body);

impl<'de> Deserialize<'de> for KindFirst {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_map(ReadKindFirst)
    }
}

struct ReadKindFirst;

impl<'de> Visitor<'de> for ReadKindFirst {
    type Value = KindFirst;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a body with its kind first")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<KindFirst, A::Error> {
        let Some(("kind", kind)) = map.next_entry()? else { return Err(A::Error::missing_field("kind")) };
        let rest = MapAccessDeserializer::new(map);
        Ok(KindFirst(match kind {
            EntryKind::Decision => Body::Decision(Deserialize::deserialize(rest)?),
        }))
    }
}

/// What the device signs: `handoff/entry/1` ‖ header ‖ SHA-256(body).
pub fn signed_message(header: &[u8], body: &[u8]) -> Vec<u8> {
    let digest = Hash::of(&[body]);
    [b"handoff/entry/1".as_slice(), header, &digest.0].concat()
}

/// The hash that the next entry chains to and that a receipt names: SHA-256(header ‖ enc ‖ ciphertext).
pub fn entry_hash(header: &[u8], enc: &[u8], ciphertext: &[u8]) -> Hash {
    Hash::of(&[header, enc, ciphertext])
}
