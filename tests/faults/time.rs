//! Time that passes when the simulation says so.

use chrono::{DateTime, TimeDelta, Utc};
use handoff::domain::time::Reading;
use handoff::platform::clock::Clock;
use std::panic::panic_any;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

pub const SECOND: u64 = 1000;
pub const MINUTE: u64 = 60 * SECOND;
pub const HOUR: u64 = 60 * MINUTE;
pub const DAY: u64 = 24 * HOUR;

/// Milliseconds since the world began.
#[derive(Default)]
pub struct Time(AtomicU64);

impl Time {
    pub fn now(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub fn set(&self, now: u64) {
        self.0.store(now, Ordering::Relaxed);
    }

    /// What a right clock shows.
    pub fn wall(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(1_750_000_000, 0).unwrap() + millis(self.now().try_into().unwrap())
    }
}

pub fn millis(ms: i64) -> TimeDelta {
    TimeDelta::milliseconds(ms)
}

/// What a program's panic carries when it was killed.
pub struct Killed;

/// A device's clocks: they may be wrong, and the program may be killed between two looks at them.
pub struct DeviceClock {
    time: Arc<Time>,
    ahead_ms: AtomicI64,
    booted_at: AtomicU64,
    boot: AtomicU64,
    fuse: AtomicU64,
}

impl DeviceClock {
    pub fn new(time: Arc<Time>, boot: u64) -> Arc<Self> {
        let booted_at = AtomicU64::new(time.now());
        let (ahead_ms, boot) = (AtomicI64::new(0), AtomicU64::new(boot));
        Arc::new(Self { time, ahead_ms, booted_at, boot, fuse: AtomicU64::new(0) })
    }

    /// Someone sets the wall clock so far ahead of the right time.
    pub fn set_ahead(&self, ms: i64) {
        self.ahead_ms.store(ms, Ordering::Relaxed);
    }

    pub fn ahead(&self) -> i64 {
        self.ahead_ms.load(Ordering::Relaxed)
    }

    pub fn reboot(&self) {
        self.booted_at.store(self.time.now(), Ordering::Relaxed);
        self.boot.fetch_add(1, Ordering::Relaxed);
    }

    /// The program is killed when it looks at the clock for the n-th time from now; 0: it is not.
    pub fn kill_at_look(&self, n: u64) {
        self.fuse.store(n, Ordering::Relaxed);
    }

    /// The moment of a reading of the clock that nobody can set.
    pub fn at_boot_ms(&self, boot_ms: u64) -> u64 {
        self.booted_at.load(Ordering::Relaxed).saturating_add(boot_ms.saturating_sub(BOOT_TOOK))
    }
}

/// How long the device had been up when the first program ran.
const BOOT_TOOK: u64 = 20_000;

impl Clock for DeviceClock {
    fn read(&self) -> Reading {
        match self.fuse.load(Ordering::Relaxed) {
            0 => {}
            1 => {
                self.fuse.store(0, Ordering::Relaxed);
                panic_any(Killed);
            }
            n => self.fuse.store(n - 1, Ordering::Relaxed),
        }
        Reading {
            wall: self.time.wall() + millis(self.ahead()),
            boot_ms: self.time.now() - self.booted_at.load(Ordering::Relaxed) + BOOT_TOOK,
            boot: self.boot.load(Ordering::Relaxed),
        }
    }
}
