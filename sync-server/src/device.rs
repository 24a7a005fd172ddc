//! An enrolled device as the running server remembers it.

use crate::store::{Device, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use handoff::domain::ids::{DeviceId, StaffId};
use handoff::domain::wire::Health;
use handoff::seal::DevicePublic;
use std::sync::{Mutex, PoisonError};

/// How a device is, is written at most this often, unless it has something new to worry about.
const WRITE_HEALTH: TimeDelta = TimeDelta::seconds(30);

/// A device with its key ready for use. Neither ever changes; whether it is revoked is not remembered.
#[derive(Debug)]
pub struct KnownDevice {
    /// Which.
    pub id: DeviceId,
    /// Its key.
    pub key: DevicePublic,
    /// The officer for whom it was enrolled; nothing for a device of a crew.
    pub officer: Option<StaffId>,
    /// When its health was last written, and how many entries were wedged then.
    written: Mutex<Option<(DateTime<Utc>, u64)>>,
}

impl KnownDevice {
    pub(crate) fn new(device: &Device) -> Result<Self, StoreError> {
        let key =
            DevicePublic::from_bytes(&device.public_key).map_err(|_| StoreError::Shape("a device's key is no key"))?;
        Ok(Self { id: device.id, key, officer: device.officer, written: Mutex::default() })
    }

    /// Whether this word of its health should be written. A yes is taken as done.
    pub(crate) fn worth_writing(&self, health: &Health, now: DateTime<Utc>) -> bool {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = written.is_some_and(|(at, wedged)| now - at < WRITE_HEALTH && wedged == health.wedged);
        if !fresh {
            *written = Some((now, health.wedged));
        }
        !fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use handoff::seal::DeviceKey;

    #[test]
    fn health_is_written_when_old_or_when_something_wedges() {
        let public_key = DeviceKey::generate().unwrap().public().unwrap().as_bytes().to_vec();
        let device = KnownDevice::new(&Device { id: DeviceId(uuid::Uuid::nil()), public_key, officer: None }).unwrap();
        let at = |s| DateTime::from_timestamp(1_800_000_000 + s, 0).unwrap();
        let health = |wedged| Health {
            unsent: 9,
            wedged,
            oldest_unsent_s: None,
            wall: at(0),
            app: "1".into(),
            set_aside: 0,
            clock_offset_ms: None,
            checkpoint: None,
        };
        let asked = [(0_i64, 0), (29, 0), (29, 1), (30, 1), (59, 1)];
        let answers = asked.map(|(s, wedged)| device.worth_writing(&health(wedged), at(s)));
        assert_eq!(answers, [true, false, true, false, true]);
    }
}
