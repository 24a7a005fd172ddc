//! What is known of the link and of what is on its way. In memory only.

use crate::domain::ids::{Hash, ReferralId};
use crate::domain::time::Anchor;
use crate::outbox::{Hold, Item, Link, Pace};
use std::collections::BTreeSet;

/// The traffic between this device and its server.
#[derive(Debug)]
pub struct Traffic {
    /// How fast to send.
    pub pace: Pace,
    /// Whether the server answers.
    pub link: Link,
    /// Why the link does not serve, when it does not.
    pub hold: Option<Hold>,
    /// Referrals whose entries are on their way.
    pub sending: BTreeSet<ReferralId>,
    /// The server's time as it was last heard.
    pub anchor: Option<Anchor>,
    /// A configuration that this version could not take: not asked for again.
    pub refused_config: Option<Hash>,
    /// The server last said that this device is revoked.
    pub revoked: bool,
}

impl Traffic {
    /// At the start: nothing is known of the link.
    pub fn new(enrolled: bool, anchor: Option<Anchor>, revoked: bool) -> Self {
        let link = if enrolled { Link::Unproven } else { Link::None };
        let (pace, sending) = (Pace::default(), BTreeSet::new());
        Self { pace, link, hold: None, sending, anchor, refused_config: None, revoked }
    }

    /// The server answered.
    pub fn up(&mut self) {
        self.pace.link_up();
        self.link = Link::Up;
        self.hold = None;
    }

    /// It did not, or asked to wait.
    pub fn down(&mut self, hold: Hold, now_ms: u64, after_s: Option<u64>, jitter_permille: u16) {
        self.pace.link_failed(now_ms, after_s, jitter_permille);
        self.link = Link::Unproven;
        self.hold = Some(hold);
    }

    /// The server is there, and does not let this device read. A revoked one may still deliver, at the
    /// pace that deliveries have.
    pub const fn may_only_deliver(&mut self) {
        self.link = Link::Up;
        self.hold = Some(Hold::Revoked);
    }

    /// Why an entry of the queue has not arrived.
    pub fn why(&self, item: &Item, is_first_of_lane: bool, now_ms: u64) -> Hold {
        if !is_first_of_lane {
            return Hold::BehindEarlier;
        }
        match self.hold {
            Some(hold) => hold,
            None if self.pace.lane_due_ms(item.referral) > now_ms => Hold::NotSettled,
            None => Hold::Next,
        }
    }
}
