//! What vouches for the server's log: checkpoints, epochs, the backup's watermark, and what a device keeps
//! of its own standing. Each but [`LedgerNews`], which is a signed note in itself, travels as a
//! [`super::Signed`] under its own tag.

use super::super::ids::{Bytes, DeviceId, Hash, StaffId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The log as it now stands, tied to what the device saw of it before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerNews {
    /// The newest checkpoint: a signed note with origin, size and root.
    pub checkpoint: String,
    /// Consistency proof (RFC 6962) from the checkpoint that the device sent. Empty if it sent none, or one
    /// of another epoch: [`Epochs`] then says what became of that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consistency: Vec<Hash>,
}

/// The epochs of a server's log. A server that was restored from a copy opens a new one: a log of its own
/// origin, of which the first leaf names what was lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Epochs {
    /// The epoch now, from 1.
    pub epoch: u64,
    /// Origin of its log, the first line of its checkpoints.
    pub origin: String,
    /// When it began.
    pub began: DateTime<Utc>,
    /// What is left of each epoch before it, oldest first.
    pub kept: Vec<Kept>,
}

/// What is left of an earlier epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Which.
    pub epoch: u64,
    /// The first so many leaves are still held.
    pub size: u64,
    /// It is known to have had at least so many: what is between is lost here, unless devices offer it again.
    pub seen: u64,
}

impl Epochs {
    /// Whether the server still holds what a receipt of this epoch and position names.
    pub fn holds(&self, epoch: u64, position: u64) -> bool {
        epoch == self.epoch || self.kept.iter().any(|kept| kept.epoch == epoch && position <= kept.size)
    }
}

/// Entries up to this position of this epoch are in a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watermark {
    /// The epoch.
    pub epoch: u64,
    /// The position.
    pub backed_up: u64,
    /// When the backup was complete.
    pub at: DateTime<Utc>,
}

/// This device may read nothing more. What it has saved is still taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// Which.
    pub device: DeviceId,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// This device was enrolled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Which.
    pub device: DeviceId,
    /// Its P-256 public key, 65 bytes.
    pub device_key: Bytes,
    /// The hash under which its token is looked up.
    pub token: Hash,
    /// What kind of device.
    pub model: String,
    /// The officer for whom it was enrolled, if for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub officer: Option<StaffId>,
    /// When.
    pub at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_of_a_lost_range_is_no_longer_held() {
        let kept = vec![Kept { epoch: 1, size: 40, seen: 52 }, Kept { epoch: 2, size: 0, seen: 3 }];
        let epochs = Epochs { epoch: 3, origin: "o".into(), began: DateTime::UNIX_EPOCH, kept };
        let asked = [(1, 40), (1, 41), (2, 1), (3, 99), (4, 1)].map(|(epoch, position)| epochs.holds(epoch, position));
        assert_eq!(asked, [true, false, false, true, false]);
    }
}
