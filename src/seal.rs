//! Signing, sealing and receipts: what makes an entry the officer's own, and the agency's alone to read.
//!
//! An entry is signed by the device (ECDSA P-256, which phones' key stores can hold), compressed, and
//! sealed once to the agency's public key (HPKE, RFC 9180: DHKEM X25519, of older keys P-256, HKDF-SHA256,
//! AES-256-GCM, the header as associated data). The phone cannot reopen what it sealed. What comes back from the
//! server is signed with Ed25519 under a domain tag, by a key that the phone pinned at enrolment.
//!
//! Pure but for randomness, which lives in [`random`] and inside key generation and HPKE.
//!
//! # Decisions
//! A flaw in an entry is told from a flaw in its seal only to the agency: [`unseal`] opens first and
//! [`Opened::verify`] checks the device's signature after, since the signature is inside the seal.
//!
//! Half of what a save would wait for does not depend on what is saved: a fresh key, and its agreement with
//! the agency's. So a [`ReadySeal`] may be made before, and [`seal_entry_with`] takes it by value: no seal
//! closes twice. Until then its key is in the memory of the process that holds the record itself in clear;
//! it is in no file, and is wiped when it is used or dropped.

mod chain;
mod device;
mod document;
mod entry;
pub mod note;
pub mod random;
mod sealing;
mod signed;
pub mod tree;
pub mod wal;

pub use chain::{Known, Link, Missing, link};
pub use device::{DeviceKey, DevicePublic};
pub use document::{SealedDocument, open_document, seal_document};
pub use entry::{MOST_BODY_PLAIN, Opened, SealedEntry, UnsealError, seal_entry, seal_entry_with, unseal};
pub use sealing::{Curve, NotACurve, ReadySeal, SealingKey, SealingPublic};
pub use signed::{ServerKey, ServerPublic, SignedError, Tag};

/// Why a cryptographic step could not be done. None of these says anything about the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The system's source of randomness failed.
    #[error("the system gave no random bytes")]
    Random,
    /// A key could not be made, or its bytes are not a key.
    #[error("{0}: these bytes are not a key of the right kind")]
    Key(&'static str),
    /// Signing failed.
    #[error("signing failed")]
    Sign,
    /// Sealing failed, which with a valid key means out of memory.
    #[error("sealing failed")]
    Seal,
    /// The body is longer than a receiver would open.
    #[error("the record is longer than {MOST_BODY_PLAIN} bytes")]
    TooLong,
    /// A time before 1970 cannot be in an id.
    #[error("the clock is before 1970")]
    Clock,
}
