//! What every channel to a person is: a way to tell them that a referral waits, or that nobody is on call, and
//! nothing more.

use crate::store::deliveries::Claim;
use crate::words::t;
use chrono::TimeDelta;
use handoff::domain::ids::{ReferralId, StaffId};
use handoff::domain::pack::RungWho;
use std::future::Future;
use std::pin::Pin;
use uuid::Uuid;

/// A channel, as it is stored and switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Medium {
    /// A page of the console that they have open.
    InPage,
    /// A browser of theirs, open or not.
    WebPush,
    /// A program of their agency.
    Webhook,
    /// A mail.
    Mail,
}

impl Medium {
    /// Every one.
    pub const ALL: &'static [Self] = &[Self::InPage, Self::WebPush, Self::Webhook, Self::Mail];

    /// The code as it is stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InPage => "in_page",
            Self::WebPush => "web_push",
            Self::Webhook => "webhook",
            Self::Mail => "mail",
        }
    }

    /// The channel of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|medium| medium.code() == code)
    }
}

/// Of what a person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A referral waits.
    Referral(ReferralId),
    /// Nobody is on call, now or soon: a gap of the rota, by its id.
    Gap(Uuid),
    /// Someone offers a turn of the rota to the others: an offer, by its id.
    Swap(Uuid),
}

impl About {
    /// The code as it is stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Referral(_) => "referral",
            Self::Gap(_) => "rota",
            Self::Swap(_) => "swap",
        }
    }

    /// The id of what it is.
    pub const fn id(self) -> Uuid {
        match self {
            Self::Referral(referral) => referral.0,
            Self::Gap(id) | Self::Swap(id) => id,
        }
    }

    /// The one with this code and id.
    pub fn from_code(code: &str, id: Uuid) -> Option<Self> {
        match code {
            "referral" => Some(Self::Referral(ReferralId(id))),
            "rota" => Some(Self::Gap(id)),
            "swap" => Some(Self::Swap(id)),
            _ => None,
        }
    }

    /// All that a channel which leaves this house says of it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Referral(_) => t!("told-referral"),
            Self::Gap(_) => t!("told-gap"),
            Self::Swap(_) => t!("told-swap"),
        }
    }
}

/// What a person is told: that there is something, for whoever is signed in to look at. It names no participant,
/// and a channel that leaves this house must not carry the referral's id either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Under which claim it is delivered.
    pub claim: Claim,
    /// Of what.
    pub about: About,
    /// Whom.
    pub staff: StaffId,
    /// As what.
    pub who: RungWho,
    /// Which time it is, from 1.
    pub round: u32,
}

/// What came of telling someone once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was handed over.
    Delivered,
    /// Not now: try again after so long.
    Retry(TimeDelta),
    /// There is no such address any more; the channel has forgotten it.
    Gone,
    /// It never will be; why, as a code.
    Failed(&'static str),
}

/// The future of a send.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// A way to tell a person.
pub trait Channel: Send + Sync + 'static {
    /// Which it is.
    fn medium(&self) -> Medium;

    /// Whether this process can reach anyone at all now: else nobody asks what there is to be told.
    fn reaches_anyone(&self) -> bool {
        true
    }

    /// Whether this process can try to reach them now. What it cannot is left to another process, or for later.
    fn reaches(&self, staff: StaffId) -> bool;

    /// Tells them. Whoever takes longer than the lease is taken for dead: then another tries, and this outcome does
    /// not count.
    fn send<'a>(&'a self, alert: &'a Alert) -> Sending<'a>;
}
