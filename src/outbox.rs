//! The outbox's policy: what to send next, what a reply means, how long to wait. No I/O, no clock, no
//! randomness: the loop that has those asks here, and does what it is told.
//!
//! Every referral has a lane of its own: inside it entries go one after the other, and no lane waits for
//! another. A refused entry is *wedged*: it stays, with a reason and something to do, and stops its own
//! lane only. Nothing on disk says "on its way", so after a kill the same bytes go out again and bring
//! the same receipt.
//!
//! # Decisions
//! At most one entry of a referral is in a batch: were two sent together and the first refused, the
//! second would be stored before it.

mod pace;
mod reply;
mod step;
mod wedge;
mod witness;

pub use pace::{CAP_MS, Pace, backoff_ms};
pub use reply::{
    Action, Doubt, HttpReply, News, Outcome, Rejection, awaits_confirmation, beside_refusal, classify, rejection,
    revocation,
};
pub use step::{Item, Link, State, Step, View, next_step};
pub use wedge::{Hold, Wedge};
pub use witness::{Alarm, Known, Sight, judge_checkpoint, judge_epochs};
