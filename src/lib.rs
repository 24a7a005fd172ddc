//! Handoff: from the scene to a case manager, and nothing is lost on the way.
#![forbid(unsafe_code)]

pub mod assets;
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
