//! Handoff: from the scene to a case manager, and nothing is lost on the way.
// Not `forbid`: two files of `platform` call the phone's own system, each with its reason.
#![deny(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::wildcard_enum_match_arm,
        reason = "a test may stop at the first surprise"
    )
)]

pub mod assets;
#[cfg(feature = "cli")]
pub mod cli;
pub mod domain;
pub mod outbox;
#[cfg(feature = "sync")]
pub mod platform;
pub mod seal;
#[cfg(feature = "store")]
pub mod store;
#[cfg(feature = "sync")]
pub mod sync;
#[cfg(feature = "parts")]
pub mod ui;
