//! How long a vault stays shut after wrong secrets.
//!
//! # Decisions
//! The lock opens by itself after a quarter of an hour: the wire has no release by an administrator
//! yet, and a lock without one would shut an officer out of their own records for good. Recording goes
//! on meanwhile. Time is counted on the clock that nobody can set; after a reboot only the time since
//! then counts.

use crate::domain::time::Reading;

/// So many wrong secrets within [`LOCK_MS`] shut the vault.
pub const MOST_FAILURES: usize = 5;

/// The window of failures, and how long the vault then stays shut: 15 minutes, in milliseconds.
pub const LOCK_MS: u64 = 15 * 60 * 1000;

/// For how long yet no secret may be tried, in milliseconds; nothing when one may.
pub fn locked_for_ms(failures: &[Reading], now: Reading) -> Option<u64> {
    let recent: Vec<u64> = failures.iter().map(|f| elapsed_ms(*f, now)).filter(|age| *age < LOCK_MS).collect();
    let youngest = recent.iter().min()?;
    (recent.len() >= MOST_FAILURES).then(|| LOCK_MS - youngest)
}

/// How many wrong secrets more may be tried before the vault stays shut; at least one.
pub fn tries_left(failures: &[Reading], now: Reading) -> usize {
    let recent = failures.iter().filter(|failure| elapsed_ms(**failure, now) < LOCK_MS).count();
    MOST_FAILURES.saturating_sub(recent).max(1)
}

/// At least so long ago.
fn elapsed_ms(then: Reading, now: Reading) -> u64 {
    if then.boot == now.boot { now.boot_ms.saturating_sub(then.boot_ms) } else { now.boot_ms }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn at(minutes: u64, boot: u64) -> Reading {
        Reading { wall: DateTime::from_timestamp(0, 0).unwrap(), boot_ms: minutes * 60_000, boot }
    }

    #[test]
    fn five_failures_in_a_quarter_of_an_hour_lock_for_as_long() {
        let four: Vec<Reading> = (100..104).map(|m| at(m, 1)).collect();
        assert_eq!(locked_for_ms(&four, at(105, 1)), None);
        let five: Vec<Reading> = (100..105).map(|m| at(m, 1)).collect();
        assert_eq!(locked_for_ms(&five, at(105, 1)), Some(14 * 60_000));
        assert_eq!(locked_for_ms(&five, at(120, 1)), None);
        assert_eq!((tries_left(&four, at(105, 1)), tries_left(&four, at(120, 1))), (1, 5));
        let spread: Vec<Reading> = (0..5).map(|n| at(100 + n * 5, 1)).collect();
        assert_eq!(locked_for_ms(&spread, at(121, 1)), None);
    }

    #[test]
    fn a_reboot_or_a_clock_set_forward_does_not_open_it() {
        let five = [at(500, 1); 5];
        let mut now = at(2, 2);
        now.wall = DateTime::from_timestamp(4_000_000_000, 0).unwrap();
        assert_eq!(locked_for_ms(&five, now), Some(13 * 60_000));
        assert_eq!(locked_for_ms(&five, at(16, 2)), None);
    }
}
