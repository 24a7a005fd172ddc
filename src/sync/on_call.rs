//! Who is on call now and for the next 72 hours, as this device knows it without a link, and how old that is.
//!
//! # Decisions
//! The server says with every answer of the feed whether the rota that the phone has is the newest. When it last did
//! stands in a small file of its own, written once an hour at most: if that is lost, the list counts as older than it
//! is, never as younger.

use super::lock;
use super::phone::{Inner, Phone};
use super::site::Site;
use crate::domain::local::Zone;
use crate::domain::rota::{AHEAD, Span, coverage, people};
use crate::domain::wire::StaffCard;
use crate::platform::twice;
use chrono::{DateTime, TimeDelta, Utc};
use std::path::Path;

/// The file.
const HEARD: &str = "rota.heard";
/// It is written so often at most.
const KEPT_EVERY: TimeDelta = TimeDelta::hours(1);

/// The next 72 hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ahead {
    /// The moment of looking, by the best clock that the device has.
    pub now: DateTime<Utc>,
    /// From now on, in order of time and without holes: who is on call, first to be called first. Nobody is a gap.
    pub stretches: Vec<(Span, Vec<StaffCard>)>,
    /// How long ago the server last said that this is the newest rota; nothing: it never did.
    pub age: Option<TimeDelta>,
    /// Where the site's clocks are, if the server says it.
    pub zone: Option<Zone>,
}

impl Phone {
    /// The next 72 hours; nothing until the first configuration came.
    pub fn ahead(&self) -> Option<Ahead> {
        let inner = &self.inner;
        let site = inner.site()?;
        let now = inner.bounds(inner.now()).0.latest;
        let heard = {
            let traffic = lock(&inner.traffic);
            traffic.rota_heard.or(traffic.floor)
        };
        let age = heard.map(|heard| (now - heard).max(TimeDelta::zero()));
        Some(Ahead { now, stretches: site.stretches(now), age, zone: site.zone.clone() })
    }
}

impl Site {
    /// The next 72 hours from a moment on.
    fn stretches(&self, now: DateTime<Utc>) -> Vec<(Span, Vec<StaffCard>)> {
        let known: Vec<_> = self.rota.iter().filter(|turn| self.card(turn.staff).is_some()).cloned().collect();
        let mut stretches: Vec<(Span, Vec<StaffCard>)> = Vec::new();
        for stretch in coverage(&known, Span { from: now, until: now + AHEAD }) {
            let who = people(&known, &stretch.turns).into_iter().filter_map(|id| self.card(id)).cloned().collect();
            match stretches.last_mut() {
                Some((span, before)) if *before == who => span.until = stretch.span.until,
                Some(_) | None => stretches.push((stretch.span, who)),
            }
        }
        stretches
    }
}

impl Inner {
    /// The server said that the rota which this device has is the newest.
    pub(super) fn rota_is_newest(&self, at: DateTime<Utc>) {
        let before = lock(&self.traffic).rota_heard.replace(at);
        let hour = |at: DateTime<Utc>| at.timestamp().div_euclid(KEPT_EVERY.num_seconds());
        if before.is_some_and(|before| hour(before) == hour(at)) {
            return;
        }
        if let Err(error) = twice::replace(&self.folder.join(HEARD), at.to_rfc3339().as_bytes()) {
            tracing::warn!(%error, "how new the rota is could not be kept; after a restart it counts as older");
        }
    }
}

/// When the server last said so.
pub(super) fn load(folder: &Path) -> Option<DateTime<Utc>> {
    let bytes = twice::read(&folder.join(HEARD)).ok().flatten()?;
    std::str::from_utf8(&bytes).ok()?.parse().ok()
}
