//! How fast to send: backoff of the link and of each referral, and the size of a batch.

use crate::domain::ids::ReferralId;
use crate::domain::wire::MOST_ENTRIES;
use crate::lab::{Bug, planted};
use std::collections::{BTreeMap, BTreeSet};

/// The longest pause, in milliseconds. A case manager should be there within 30 minutes, so no pause
/// may cost more than one of them, whatever a server asks for.
pub const CAP_MS: u64 = 60_000;

/// The first pause, in milliseconds.
const FIRST_MS: u64 = 1_000;

/// The pause after so many failures in a row, in milliseconds: doubling from one second, never above
/// [`CAP_MS`]. `jitter_permille`
/// in 0..=1000 takes up to half of it off, so that phones which lost the same cell do
/// not come back together. No failure, no pause.
pub fn backoff_ms(failures: u32, jitter_permille: u16) -> u64 {
    let Some(doublings) = failures.checked_sub(1) else { return 0 };
    let full = FIRST_MS.saturating_mul(1 << doublings.min(16)).min(CAP_MS);
    full - full / 2 * u64::from(jitter_permille.min(1000)) / 1000
}

/// A row of failures and when the next try is due, in milliseconds of the clock that cannot be set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Pause {
    failures: u32,
    until_ms: u64,
}

/// The pace, in memory only: a restart begins at once and afresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    link: Pause,
    lanes: BTreeMap<ReferralId, Pause>,
    most: usize,
    in_flight: BTreeSet<ReferralId>,
}

impl Default for Pace {
    fn default() -> Self {
        Self { link: Pause::default(), lanes: BTreeMap::new(), most: MOST_ENTRIES, in_flight: BTreeSet::new() }
    }
}

impl Pace {
    /// When the link may be tried, in milliseconds.
    pub const fn link_due_ms(&self) -> u64 {
        self.link.until_ms
    }

    /// When the next entry of the referral may be sent, in milliseconds.
    pub fn lane_due_ms(&self, lane: ReferralId) -> u64 {
        self.lanes.get(&lane).map_or(0, |pause| pause.until_ms)
    }

    /// How many entries go into the next batch at most.
    pub const fn most(&self) -> usize {
        self.most
    }

    /// Whether an entry of the referral is on its way.
    pub fn is_in_flight(&self, lane: ReferralId) -> bool {
        self.in_flight.contains(&lane)
    }

    /// Whether any entry is on its way.
    pub fn busy(&self) -> bool {
        !self.in_flight.is_empty()
    }

    /// These referrals' entries are now on their way.
    pub fn sent(&mut self, lanes: impl IntoIterator<Item = ReferralId>) {
        self.in_flight.extend(lanes);
    }

    /// Whatever was on its way has come back, or never will.
    pub fn landed(&mut self) {
        self.in_flight.clear();
    }

    /// The server answered.
    pub fn link_up(&mut self) {
        self.link = Pause::default();
    }

    /// The server could not be reached, or asked to be left alone for `after_s` seconds.
    pub fn link_failed(&mut self, now_ms: u64, after_s: Option<u64>, jitter_permille: u16) {
        self.link = later(self.link, now_ms, after_s, jitter_permille);
    }

    /// An entry of the referral was not settled.
    pub fn lane_failed(&mut self, lane: ReferralId, now_ms: u64, jitter_permille: u16) {
        let pause = self.lanes.entry(lane).or_default();
        *pause = later(*pause, now_ms, None, jitter_permille);
    }

    /// An entry of the referral was settled, one way or the other.
    pub fn lane_settled(&mut self, lane: ReferralId) {
        self.lanes.remove(&lane);
    }

    /// The batch was too large, or something in it spoils it: half as many next time. `false` when it
    /// held one entry already.
    pub fn shrink(&mut self, sent: usize) -> bool {
        self.most = (sent / 2).max(1);
        sent > 1
    }

    /// A batch went through: twice as many next time.
    pub fn grow(&mut self) {
        self.most = self.most.saturating_mul(2).min(MOST_ENTRIES);
    }

    /// Someone is waiting, or the phone woke up: every pause is over.
    pub fn hurry(&mut self) {
        self.link.until_ms = 0;
        self.lanes.values_mut().for_each(|pause| pause.until_ms = 0);
    }
}

fn later(pause: Pause, now_ms: u64, after_s: Option<u64>, jitter_permille: u16) -> Pause {
    let failures = pause.failures.saturating_add(1);
    if planted(Bug::NeverWakes) && failures > 3 {
        return Pause { failures, until_ms: u64::MAX };
    }
    let asked = after_s.unwrap_or(0).saturating_mul(1000).min(CAP_MS);
    Pause { failures, until_ms: now_ms.saturating_add(backoff_ms(failures, jitter_permille).max(asked)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn pauses_double_to_a_minute_and_jitter_takes_up_to_half() {
        let full: Vec<u64> = (0..9).map(|n| backoff_ms(n, 0)).collect();
        assert_eq!(full, [0, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000]);
        assert_eq!(backoff_ms(3, 1000), 2000);
        assert_eq!(backoff_ms(3, 500), 3000);
        assert_eq!(backoff_ms(u32::MAX, 0), CAP_MS);
    }

    #[test]
    fn a_server_may_ask_for_a_pause_but_not_for_more_than_the_cap() {
        let mut pace = Pace::default();
        pace.link_failed(1000, Some(20), 0);
        assert_eq!(pace.link_due_ms(), 21_000);
        pace.link_failed(1000, Some(86_400), 0);
        assert_eq!(pace.link_due_ms(), 61_000);
        pace.hurry();
        assert_eq!(pace.link_due_ms(), 0);
    }

    #[test]
    fn a_batch_halves_to_one_and_grows_back() {
        let mut pace = Pace::default();
        assert!(pace.shrink(100));
        assert_eq!(pace.most(), 50);
        assert!(pace.shrink(3));
        assert_eq!(pace.most(), 1);
        assert!(!pace.shrink(1));
        (0..20).for_each(|_| pace.grow());
        assert_eq!(pace.most(), MOST_ENTRIES);
    }

    #[test]
    fn one_lane_waits_alone() {
        let (slow, other) = (ReferralId(Uuid::from_u128(1)), ReferralId(Uuid::from_u128(2)));
        let mut pace = Pace::default();
        pace.lane_failed(slow, 0, 0);
        assert_eq!((pace.lane_due_ms(slow), pace.lane_due_ms(other)), (1000, 0));
        pace.lane_settled(slow);
        assert_eq!(pace.lane_due_ms(slow), 0);
    }
}
