//! Randomness: bytes, ids, and the PIN that the app issues.

use super::SealError;
use aws_lc_rs::rand;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// `N` random bytes from the system.
///
/// # Errors
/// [`SealError::Random`] when the system has none.
pub fn bytes<const N: usize>() -> Result<[u8; N], SealError> {
    let mut out = [0; N];
    #[cfg(feature = "lab")]
    if seeded::fill(&mut out) {
        return Ok(out);
    }
    rand::fill(&mut out).map_err(|_| SealError::Random)?;
    Ok(out)
}

/// A `UUIDv7` of the given moment, so that ids of one device sort by time and tables append.
///
/// # Errors
/// [`SealError::Random`], or [`SealError::Clock`] before 1970.
pub fn uuid_v7(at: DateTime<Utc>) -> Result<Uuid, SealError> {
    let millis = u64::try_from(at.timestamp_millis()).map_err(|_| SealError::Clock)?;
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &bytes()?).into_uuid())
}

/// Six random digits, every one of the million as likely as another.
///
/// # Errors
/// [`SealError::Random`].
pub fn pin() -> Result<String, SealError> {
    const PINS: u32 = 1_000_000;
    // The largest multiple of a million below 2³²: a draw above it would favour the low PINs.
    const FAIR: u32 = u32::MAX - u32::MAX % PINS;
    loop {
        let draw = u32::from_be_bytes(bytes()?);
        if draw < FAIR {
            return Ok(format!("{:06}", draw % PINS));
        }
    }
}

#[cfg(feature = "lab")]
pub use seeded::seed;

/// For the fault lab alone: numbers that look random and are the same for the same seed.
#[cfg(feature = "lab")]
mod seeded {
    use crate::domain::ids::Hash;
    use std::cell::Cell;

    thread_local! {
        static STREAM: Cell<Option<(u64, u64)>> = const { Cell::new(None) };
    }

    /// From now on this thread draws from the stream of that seed; nothing: from the system again.
    pub fn seed(seed: Option<u64>) {
        STREAM.set(seed.map(|seed| (seed, 0)));
    }

    /// Fills from this thread's stream, if it has one.
    pub fn fill(out: &mut [u8]) -> bool {
        let Some((seed, mut drawn)) = STREAM.get() else { return false };
        for block in out.chunks_mut(32) {
            drawn = drawn.wrapping_add(1);
            let bytes = Hash::of(&[b"handoff/lab/1", &seed.to_be_bytes(), &drawn.to_be_bytes()]).0;
            block.copy_from_slice(bytes.split_at(block.len()).0);
        }
        STREAM.set(Some((seed, drawn)));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_carries_its_time_and_its_version() {
        let at = DateTime::from_timestamp_millis(1_700_000_000_123).unwrap();
        let id = uuid_v7(at).unwrap();
        assert_eq!(id.get_version_num(), 7);
        let timestamp = id.get_timestamp().unwrap().to_unix();
        assert_eq!(timestamp, (1_700_000_000, 123_000_000));
        assert_ne!(id, uuid_v7(at).unwrap());
        assert_eq!(uuid_v7(DateTime::from_timestamp(-1, 0).unwrap()), Err(SealError::Clock));
    }

    #[test]
    fn a_pin_is_six_digits() {
        for _ in 0..100 {
            let pin = pin().unwrap();
            assert_eq!(pin.len(), 6);
            assert!(pin.chars().all(|c| c.is_ascii_digit()));
        }
    }
}
