//! The entry: one act of an officer, signed, chained and sealed; append-only.
//!
//! The header travels in clear and names no participant. The body is JSON that only the agency's
//! server can open. What is signed: [`signed_message`]. What is hashed and chained: [`entry_hash`].

use super::afterwards::{Amendment, HandOff, Withdrawal};
use super::assess::{Assessment, PackRef};
use super::codes::codes;
use super::encounter::{Decision, DecisionError};
use super::facts::Facts;
use super::ids::{ChainId, DeviceId, Hash, ReferralId, StaffId};
use super::time::{Bounds, Proof};
use chrono::{DateTime, Utc};
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
        /// A step of the warm hand-off: called, answered, arrived, its outcome.
        HandOff = "hand_off",
        /// A late fix or a correction of what the decision was made on.
        Amendment = "amendment",
        /// The referral is taken back.
        Withdrawal = "withdrawal",
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
    /// The latest of the bounds is the wall clock's word alone: see [`Bounds::of`].
    #[serde(default, skip_serializing_if = "is_false")]
    pub time_unproven: bool,
    /// How far the wall clock was moved since the entry before it in the chain, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_moved_ms: Option<i64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

impl Header {
    /// What the latest moment rests on.
    pub const fn proof(&self) -> Proof {
        if self.time_unproven { Proof::WallClock } else { Proof::Proven }
    }

    /// The one moment to show: the earliest where it is proven, else what the phone's own clock said.
    pub const fn written(&self) -> DateTime<Utc> {
        match self.proof() {
            Proof::Proven => self.bounds.earliest,
            Proof::WallClock => self.bounds.latest,
        }
    }

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
    /// A step of the warm hand-off.
    HandOff(HandOff),
    /// A late fix or a correction.
    Amendment(Box<Amendment>),
    /// The referral is taken back.
    Withdrawal(Withdrawal),
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
            Self::HandOff(_) => EntryKind::HandOff,
            Self::Amendment(_) => EntryKind::Amendment,
            Self::Withdrawal(_) => EntryKind::Withdrawal,
        }
    }

    /// The facts and what the rules say of them, where it holds them. The header must name the same pack.
    pub const fn assessed(&self) -> Option<(&Facts, &Assessment)> {
        match self {
            Self::Decision(decision) => Some((&decision.facts, &decision.assessment)),
            Self::Amendment(amendment) => Some((&amendment.facts, &amendment.assessment)),
            Self::HandOff(_) | Self::Withdrawal(_) => None,
        }
    }

    /// Whether it was recorded while the phone was locked.
    pub const fn while_locked(&self) -> bool {
        match self {
            Self::Decision(decision) => decision.while_locked,
            Self::HandOff(hand_off) => hand_off.while_locked,
            Self::Amendment(amendment) => amendment.while_locked,
            Self::Withdrawal(withdrawal) => withdrawal.while_locked,
        }
    }

    /// What was decided or done, as one code: the choice, the step, the cause, the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Decision(decision) => decision.choice.code(),
            Self::HandOff(hand_off) => hand_off.step.code(),
            Self::Amendment(amendment) => amendment.cause.code(),
            Self::Withdrawal(withdrawal) => withdrawal.reason.code(),
        }
    }

    /// Whom a step of the hand-off names; nobody in the other kinds.
    pub const fn whom(&self) -> Option<StaffId> {
        match self {
            Self::HandOff(hand_off) => hand_off.to,
            Self::Decision(_) | Self::Amendment(_) | Self::Withdrawal(_) => None,
        }
    }

    /// The decision, if it is one.
    pub fn decision(self) -> Option<Box<Decision>> {
        match self {
            Self::Decision(decision) => Some(decision),
            Self::HandOff(_) | Self::Amendment(_) | Self::Withdrawal(_) => None,
        }
    }

    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// The first field that is missing, empty, too long, or present where it must not be.
    pub fn check(&self) -> Result<(), DecisionError> {
        match self {
            Self::Decision(decision) => decision.check(),
            Self::HandOff(hand_off) => hand_off.check(),
            Self::Amendment(amendment) => amendment.check(),
            Self::Withdrawal(withdrawal) => withdrawal.check(),
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
            EntryKind::HandOff => Body::HandOff(Deserialize::deserialize(rest)?),
            EntryKind::Amendment => Body::Amendment(Deserialize::deserialize(rest)?),
            EntryKind::Withdrawal => Body::Withdrawal(Deserialize::deserialize(rest)?),
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
