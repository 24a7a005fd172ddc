//! The phone's own core, behind one type: [`Phone`]. It owns the stores, the clock, the keys, and the one
//! loop that talks to the server. Screens and the command line call it and see nothing else.
//!
//! Every call that touches a file blocks for a moment: call it off the window's thread. Nothing about
//! capture waits for the network, for a position, or for an unlock.
//!
//! # Decisions
//! - The officer's shift survives a restart, locked: a killed program goes on where it was.
//! - A 403 without the server's signature does not destroy anything on the phone, since any proxy can
//!   answer 403: the phone shows it and keeps delivering. What its signature does is in `revoke`.
//! - Wrong secrets lock the vault, never the recording.

mod afterwards;
mod capture;
mod client;
mod deliver;
mod enrolment;
mod errors;
mod feed;
mod on_call;
mod phone;
mod records;
mod revoke;
mod room;
mod shift;
mod site;
mod tick;
mod traffic;
mod transport;
mod vouch;

pub use crate::outbox::{Alarm, Hold};
pub use crate::store::{AlarmRow, Voided};
pub use afterwards::{Change, Readable};
pub use capture::{Saved, StoredDraft};
pub use enrolment::Enrolment;
pub use errors::{EnrolError, PhoneError, RecordError, UnlockError};
pub use on_call::Ahead;
pub use phone::{OnlyHere, Phone};
pub use records::{LaterRow, RecordRow, RecordState, Verdicts};
pub use shift::Shift;
pub use site::{Site, SiteError};
pub use tick::{FeedState, SyncReport};
pub use transport::{Answering, Call, Http, NoReply, Reply, Transport};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, also after a panic elsewhere: every change behind these locks is one transaction or one
/// assignment, so there is no half-done state to fear.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
