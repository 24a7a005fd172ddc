//! What is known of the link and of what is on its way. In memory, but for the reason why nothing goes
//! out, which is kept for whoever opens the outbox next.

use crate::domain::ids::{Hash, ReferralId};
use crate::domain::time::{Anchor, Reading};
use crate::domain::wire::Signed;
use crate::outbox::{Hold, Item, Link, Pace};
use crate::store::HoldRow;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// The traffic between this device and its server.
#[derive(Debug)]
pub struct Traffic {
    /// How fast to send.
    pub pace: Pace,
    /// Whether the server answers.
    pub link: Link,
    /// Why the link does not serve, when it does not, and since when.
    pub hold: Option<HoldRow>,
    /// Referrals whose entries are on their way.
    pub sending: BTreeSet<ReferralId>,
    /// The server's time as it was last heard.
    pub anchor: Option<Anchor>,
    /// The latest time that a server said to this device, in any boot.
    pub floor: Option<DateTime<Utc>>,
    /// When the server last said that the rota which this device has is the newest.
    pub rota_heard: Option<DateTime<Utc>>,
    /// A configuration that this version could not take: not asked for again.
    pub refused_config: Option<Hash>,
    /// The server last said that this device is revoked.
    pub revoked: bool,
    /// Entries wait again since the server was restored: to be sent in this very round.
    pub again: bool,
    /// The last word of the server's backups that was kept: the same one is not written again.
    pub watermark: Option<Signed>,
}

impl Traffic {
    /// At the start: of the link no more is known than why it last did not serve.
    pub fn new(enrolled: bool, hold: Option<HoldRow>, anchor: Option<Anchor>, revoked: bool) -> Self {
        let link = if enrolled { Link::Unproven } else { Link::None };
        let (pace, sending) = (Pace::default(), BTreeSet::new());
        let (refused_config, floor, rota_heard, watermark) = (None, None, None, None);
        Self { pace, link, hold, sending, anchor, floor, rota_heard, refused_config, revoked, again: false, watermark }
    }

    /// The server answered.
    pub fn up(&mut self) {
        self.pace.link_up();
        self.link = Link::Up;
        self.hold = None;
    }

    /// It did not, or asked to wait.
    pub fn down(&mut self, why: Hold, now: Reading, after_s: Option<u64>, jitter_permille: u16) {
        self.pace.link_failed(now.boot_ms, after_s, jitter_permille);
        self.link = Link::Unproven;
        self.held(why, now.wall);
    }

    /// The server is there, and does not let this device read. It may still deliver, at the pace that
    /// deliveries have.
    pub fn may_only_deliver(&mut self, why: Hold, now: Reading) {
        self.link = Link::Up;
        self.held(why, now.wall);
    }

    /// The same reason again is as old as when it came.
    fn held(&mut self, why: Hold, now: DateTime<Utc>) {
        if self.hold.is_none_or(|hold| hold.why != why) {
            self.hold = Some(HoldRow { why, since: now });
        }
    }

    /// Why an entry of the queue has not arrived, and since when where that is known.
    pub fn why(&self, item: &Item, is_first_of_lane: bool, now_ms: u64) -> (Hold, Option<DateTime<Utc>>) {
        if !is_first_of_lane {
            return (Hold::BehindEarlier, None);
        }
        match self.hold {
            Some(hold) => (hold.why, Some(hold.since)),
            None if self.pace.lane_due_ms(item.referral) > now_ms => (Hold::NotSettled, None),
            None => (Hold::Next, None),
        }
    }
}
