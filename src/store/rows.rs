//! What is read from `outbox.db` for screens and lists.

use crate::domain::codes::Choice;
use crate::domain::ids::{Hash, ReferralId, StaffId};
use crate::domain::wire::{ReceiptBody, Signed, Status};
use crate::outbox::{Hold, Wedge};
use chrono::{DateTime, Utc};

/// One entry, as far as it can be read without a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// Sequence in the chain.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
    /// Its referral.
    pub referral: ReferralId,
    /// Who acted.
    pub officer: StaffId,
    /// What was decided.
    pub choice: Choice,
    /// When it was saved, by the wall clock.
    pub saved_at: DateTime<Utc>,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the server will not take it.
    pub wedge: Option<Wedge>,
    /// When the server stored it, from its receipt.
    pub received_at: Option<DateTime<Utc>>,
    /// What the feed last said of its referral.
    pub status: Option<Status>,
}

/// What became of one entry, to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// The server has it: the receipt as it was signed, and its body.
    Cleared(Box<(Signed, ReceiptBody)>),
    /// The server will not take it.
    Wedged(Wedge),
}

/// Why nothing goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldRow {
    /// The reason.
    pub why: Hold,
    /// Since when it is that one.
    pub since: DateTime<Utc>,
}

/// The shift that is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftRow {
    /// Who.
    pub officer: StaffId,
    /// In which unit.
    pub unit: String,
    /// Since when.
    pub since: DateTime<Utc>,
}
