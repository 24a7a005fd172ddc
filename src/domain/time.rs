//! Times that an officer's phone can stand by.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// What the device's clocks read at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The wall clock, which anyone can set.
    pub wall: DateTime<Utc>,
    /// Milliseconds since boot on a clock that runs through sleep and cannot be set.
    pub boot_ms: u64,
    /// Which boot: readings of two boots cannot be compared.
    pub boot: u64,
}

/// The server's time, tied to the device's own clock when it was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// What the server said.
    pub server: DateTime<Utc>,
    /// What the device read when the answer came.
    pub heard: Reading,
    /// How long the call took, in milliseconds: the server spoke at some moment within it.
    pub round_trip_ms: u64,
}

/// Between which two moments something happened, both in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// Not before.
    pub earliest: DateTime<Utc>,
    /// Not after.
    pub latest: DateTime<Utc>,
}

/// A crystal in a phone drifts less than this: 100 parts in a million, a common data-sheet figure with room.
const DRIFT_PER_MILLION: u64 = 100;

impl Bounds {
    /// The bounds of "now". With an anchor of the same boot they come from the server's time and the
    /// clock that nobody can set; without one, both are the wall clock, which is all there is.
    pub fn of(now: Reading, anchor: Option<&Anchor>) -> Self {
        let Some(anchor) = anchor.filter(|a| a.heard.boot == now.boot && a.heard.boot_ms <= now.boot_ms) else {
            return Self { earliest: now.wall, latest: now.wall };
        };
        let elapsed = now.boot_ms - anchor.heard.boot_ms;
        let drift = elapsed.saturating_mul(DRIFT_PER_MILLION) / 1_000_000 + 1;
        let centre = anchor.server + millis(elapsed);
        Self { earliest: centre - millis(drift), latest: centre + millis(drift + anchor.round_trip_ms) }
    }
}

/// How far the wall clock is from the server's, in milliseconds: positive when the device is ahead.
pub fn clock_offset_ms(now: Reading, anchor: &Anchor) -> i64 {
    let bounds = Bounds::of(now, Some(anchor));
    (now.wall - bounds.earliest).num_milliseconds()
}

fn millis(n: u64) -> TimeDelta {
    TimeDelta::milliseconds(i64::try_from(n).unwrap_or(i64::MAX / 1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(s, 0).unwrap()
    }

    #[test]
    fn a_wall_clock_set_back_does_not_move_the_bounds_of_the_same_boot() {
        let heard = Reading { wall: at(1000), boot_ms: 5_000, boot: 1 };
        let anchor = Anchor { server: at(1010), heard, round_trip_ms: 40 };
        let now = Reading { wall: at(0), boot_ms: 65_000, boot: 1 };
        let bounds = Bounds::of(now, Some(&anchor));
        assert_eq!(bounds.earliest, at(1070) - TimeDelta::milliseconds(7));
        assert_eq!(bounds.latest, at(1070) + TimeDelta::milliseconds(47));
    }

    #[test]
    fn after_a_reboot_only_the_wall_clock_is_left() {
        let heard = Reading { wall: at(1000), boot_ms: 5_000, boot: 1 };
        let anchor = Anchor { server: at(1010), heard, round_trip_ms: 40 };
        let now = Reading { wall: at(2000), boot_ms: 9_000, boot: 2 };
        assert_eq!(Bounds::of(now, Some(&anchor)), Bounds { earliest: at(2000), latest: at(2000) });
    }
}
