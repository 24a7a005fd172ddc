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
    /// clock that nobody can set, and are proven. Otherwise `floor`, the last time that a server said to this
    /// device in any boot, is the earliest, and the latest is the wall clock's word alone: not proven.
    ///
    /// # Decisions
    /// No clock of a phone that was started anew without a server can say "not after": anyone may have set the
    /// wall clock back. So the latest is still the wall clock, which is right nearly always, and the entry says
    /// that it is unproven; whoever needs a proof takes the moment at which the server received it. A wall clock
    /// that stands before the floor is wrong for certain: the floor then stands in its place.
    pub fn of(now: Reading, anchor: Option<&Anchor>, floor: Option<DateTime<Utc>>) -> (Self, Proof) {
        if let Some(bounds) = anchor.and_then(|anchor| Self::by(now, anchor)) {
            return (bounds, Proof::Proven);
        }
        let earliest = floor.unwrap_or(now.wall);
        (Self { earliest, latest: now.wall.max(earliest) }, Proof::WallClock)
    }

    /// The bounds by a server's word of the same boot; nothing if it was heard in another one.
    pub fn by(now: Reading, anchor: &Anchor) -> Option<Self> {
        let elapsed = now.boot_ms.checked_sub(anchor.heard.boot_ms).filter(|_| anchor.heard.boot == now.boot)?;
        let (centre, drift) = (anchor.server + millis(elapsed), drift_ms(elapsed));
        Some(Self { earliest: centre - millis(drift), latest: centre + millis(drift + anchor.round_trip_ms) })
    }
}

/// What the latest moment of [`Bounds`] rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The server's time and the clock that nobody can set.
    Proven,
    /// The wall clock alone.
    WallClock,
}

/// How far the wall clock is from the server's, in milliseconds: positive when the device is ahead. Nothing
/// when the server was not heard since the device was started.
pub fn clock_offset_ms(now: Reading, anchor: &Anchor) -> Option<i64> {
    Some((now.wall - Bounds::by(now, anchor)?.earliest).num_milliseconds())
}

/// A wall clock that is put right in small steps moves less than this; more is a change that somebody made.
const STEADY_MS: u64 = 2_000;

/// How far the wall clock was moved between two readings, in milliseconds: negative when it was set back.
/// Nothing when it ran as the clock that nobody can set did. Between two boots only a clock that went back is
/// seen, by at least as much as it says.
pub fn clock_moved_ms(before: Reading, now: Reading) -> Option<i64> {
    let by_wall = (now.wall - before.wall).num_milliseconds();
    if before.boot != now.boot {
        return Some(by_wall).filter(|moved| *moved < 0);
    }
    let elapsed = now.boot_ms.saturating_sub(before.boot_ms);
    let moved = by_wall.saturating_sub(i64::try_from(elapsed).unwrap_or(i64::MAX));
    (moved.unsigned_abs() > STEADY_MS + drift_ms(elapsed)).then_some(moved)
}

/// How far a crystal may have drifted in so many milliseconds.
const fn drift_ms(elapsed: u64) -> u64 {
    elapsed.saturating_mul(DRIFT_PER_MILLION) / 1_000_000 + 1
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
        let (bounds, proof) = Bounds::of(now, Some(&anchor), None);
        assert_eq!(proof, Proof::Proven);
        assert_eq!(bounds.earliest, at(1070) - TimeDelta::milliseconds(7));
        assert_eq!(bounds.latest, at(1070) + TimeDelta::milliseconds(47));
    }

    fn reading(wall_s: i64, boot_ms: u64, boot: u64) -> Reading {
        Reading { wall: at(wall_s), boot_ms, boot }
    }

    #[test]
    fn after_a_reboot_the_earliest_is_what_a_server_last_said_and_the_latest_is_not_proven() {
        let anchor = Anchor { server: at(1010), heard: reading(1000, 5_000, 1), round_trip_ms: 40 };
        let of = |wall_s, floor| Bounds::of(reading(wall_s, 9_000, 2), Some(&anchor), floor);
        let bounds = |earliest, latest| (Bounds { earliest: at(earliest), latest: at(latest) }, Proof::WallClock);
        assert_eq!(of(2000, Some(at(1010))), bounds(1010, 2000));
        assert_eq!(of(500, Some(at(1010))), bounds(1010, 1010), "a clock before the floor is wrong for certain");
        assert_eq!(of(2000, None), bounds(2000, 2000), "no server was ever heard");
        assert_eq!(clock_offset_ms(reading(2000, 9_000, 2), &anchor), None);
    }

    #[test]
    fn a_wall_clock_that_was_set_is_seen_and_one_that_drifts_is_not() {
        let before = reading(1000, 5_000, 1);
        assert_eq!(clock_moved_ms(before, reading(1060, 65_000, 1)), None);
        assert_eq!(clock_moved_ms(before, reading(1062, 65_000, 1)), None, "put right in small steps");
        assert_eq!(clock_moved_ms(before, reading(4660, 65_000, 1)), Some(3_600_000));
        assert_eq!(clock_moved_ms(before, reading(0, 65_000, 1)), Some(-1_060_000));
        assert_eq!(clock_moved_ms(before, reading(1000 + 86_407, 5_000 + 86_400_000, 1)), None, "a day's drift");
    }

    #[test]
    fn over_a_reboot_only_a_clock_that_went_back_is_seen() {
        let before = reading(1000, 5_000, 1);
        assert_eq!(clock_moved_ms(before, reading(90_000, 1, 2)), None);
        assert_eq!(clock_moved_ms(before, reading(990, 1, 2)), Some(-10_000));
    }
}
