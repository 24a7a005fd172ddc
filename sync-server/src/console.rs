//! The console: what case managers and sergeants see, rendered here from the same parts as the phone.
//!
//! Plain links and forms that work with scripts switched off. `assets/scripts/console.js` makes them
//! live: on a server-sent event it fetches the page again and swaps the fragments marked `data-live`.
//!
//! # Decisions
//! An event carries no content, only "something changed": what a person may see is decided once, where
//! the page is rendered, and a stream that was cut misses nothing.

pub mod ask;
pub mod asset;
pub mod casework;
pub mod devices;
pub mod files;
pub mod form;
pub mod import;
mod initial;
pub mod ladder;
pub mod live;
pub mod log;
pub mod me;
pub mod pages;
pub mod referrals;
pub mod released;
pub mod releases;
pub mod rota;
pub mod services;
pub mod shell;
pub mod today;
pub mod view;
pub mod when;

use crate::app::App;
use crate::auth;
use crate::cases;
use crate::store::{Staff, StoreError};
use axum::http::Uri;
use handoff::domain::ids::ReferralId;
use view::Viewer;

/// Whoever is signed in, as a page shows them.
pub fn viewer(staff: &Staff) -> Viewer {
    Viewer { id: staff.id, name: staff.name.clone(), role: staff.role }
}

/// Somebody looks at these. A page that looks again by itself is nobody's sight.
async fn saw(
    app: &App,
    staff: &Staff,
    (uri, referrals): (&Uri, impl Iterator<Item = ReferralId>),
) -> Result<(), StoreError> {
    if auth::by_itself(uri) { Ok(()) } else { cases::saw(app, staff.id, referrals.collect()).await }
}

#[cfg(test)]
mod tests;
