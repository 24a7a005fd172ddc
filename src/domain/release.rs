//! Releases of information: what of a case may leave the program, to whom, and until when.
//!
//! Without one, officers and prosecutors see status only. What a release lets out is worked out in one place,
//! [`seen`]: no page, file or feed has another way to it.
//!
//! # Decisions
//! - A release is an act of the person, written down by a case manager, and never changed. Its withdrawal is another
//!   act, and both are kept. A withdrawal counts from the moment in which it is written, whatever any clock says, and
//!   there is no way back from it but a new release.
//! - Each release has one receiver. So a person takes one word back and leaves the others.
//! - What it must say is what 42 CFR 2.31(a) asks of a consent: what, to whom, what for, how it was given and on which
//!   day, and a last day. Some programs are not under that part of the rules; none is worse off with it.
//! - A release that was only spoken lets out who the case manager is, and that the person takes part. What tells of
//!   care (attendance, plan) needs a signature on paper or a screen: 42 CFR 2.31(a) asks for a written consent.
//! - A plan is released as a summary in codes. What the person or a case manager wrote in words never leaves.
//! - A case that its officer took back lets nothing out, whatever was signed.
//! - That officers hear who comes to the hand-off is no release: the officer who called waits with the person.

mod given;
mod notice;
mod seen;

pub use given::{Audience, Ended, Ending, Given, Giving, Item, MOST_NAMED, MOST_PURPOSE, Release};
pub use notice::{FULL_NOTICE, NOTICE_SOURCE, SHORT_NOTICE};
pub use seen::{Attendance, GoalSummary, Known, Onlooker, Progress, Seen, seen};

#[cfg(test)]
mod tests;
