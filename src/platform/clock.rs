//! The device's clocks. The only place of the phone that asks what time it is.

use crate::domain::time::Reading;
use chrono::{DateTime, Utc};
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

/// Something that can be asked for the time.
pub trait Clock: Send + Sync {
    /// What the clocks read now.
    fn read(&self) -> Reading;
}

/// The clocks of the machine this runs on.
///
/// # Decisions
/// On Linux and Android `CLOCK_BOOTTIME` and the kernel's boot id; on Apple systems `CLOCK_MONOTONIC`,
/// which there runs through sleep. Where the kernel gives no boot id (Apple, Windows, an Android that
/// hides it), each start of the program counts as its own boot: the server's time is then asked anew
/// before bounds get narrow, which errs on the honest side.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn read(&self) -> Reading {
        Reading { wall: wall(), boot_ms: boot_ms(), boot: boot_id() }
    }
}

fn wall() -> DateTime<Utc> {
    let millis = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(0, |ms| -ms),
    };
    DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::UNIX_EPOCH)
}

#[cfg(unix)]
fn boot_ms() -> u64 {
    use rustix::time::{ClockId, clock_gettime};
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const THROUGH_SLEEP: ClockId = ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const THROUGH_SLEEP: ClockId = ClockId::Monotonic;
    let time = clock_gettime(THROUGH_SLEEP);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let nanos = u64::try_from(time.tv_nsec).unwrap_or(0);
    seconds.saturating_mul(1000).saturating_add(nanos / 1_000_000)
}

#[cfg(not(unix))]
fn boot_ms() -> u64 {
    static START: OnceLock<std::time::Instant> = OnceLock::new();
    u64::try_from(START.get_or_init(std::time::Instant::now).elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// The kernel's boot id, or a number of this run of the program.
fn boot_id() -> u64 {
    static BOOT: OnceLock<u64> = OnceLock::new();
    *BOOT.get_or_init(|| {
        let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok();
        let id = text.and_then(|t| t.trim().parse::<uuid::Uuid>().ok()).map(|id| id.as_u64_pair().0);
        // Without randomness nothing else of the program works either; 0 only means "no anchor yet".
        id.unwrap_or_else(|| crate::seal::random::bytes().map_or(0, u64::from_be_bytes))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_readings_are_of_one_boot_and_do_not_run_backwards() {
        let (first, second) = (SystemClock.read(), SystemClock.read());
        assert_eq!(first.boot, second.boot);
        assert!(first.boot_ms <= second.boot_ms);
        assert!(first.wall.timestamp() > 1_700_000_000);
    }
}
