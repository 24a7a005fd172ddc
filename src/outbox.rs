//! The outbox's policy: what to send next, what a reply means, how long to wait. No I/O, no clock, no
//! randomness: the loop that has those asks here, and does what it is told.
//!
//! Lanes: strict order within one referral, independence between referrals. An entry that the server
//! will not take is *wedged*, with a reason and an action, and holds only its own referral. What is in
//! flight is known in memory alone, so a killed program simply sends again; the server gives the same
//! receipt.
//!
//! # Decisions
//! At most one entry of a referral is in a batch: were two sent together and the first refused, the
//! second would be stored before it.

mod pace;
mod reply;
mod step;
mod wedge;

pub use pace::{CAP_MS, Pace, backoff_ms};
pub use reply::{Action, Doubt, HttpReply, Outcome, Rejection, classify};
pub use step::{Item, Link, State, Step, View, next_step};
pub use wedge::{Hold, Wedge};
