//! When the disk is full: a reserve is given up, so that recording goes on while somebody makes room.

use super::phone::{Inner, Phone};
use super::{PhoneError, RecordError};
use crate::platform::disk::Room;
use crate::store::StoreError;

/// An error that more room on the disk may cure.
pub trait WantsRoom: std::fmt::Display {
    /// Whether it may.
    fn wants_room(&self) -> bool;
}

impl WantsRoom for StoreError {
    fn wants_room(&self) -> bool {
        Self::wants_room(self)
    }
}

impl WantsRoom for PhoneError {
    fn wants_room(&self) -> bool {
        matches!(self, Self::Store(error) if error.wants_room())
    }
}

impl WantsRoom for RecordError {
    fn wants_room(&self) -> bool {
        matches!(self, Self::Store(error) if error.wants_room())
    }
}

impl Inner {
    /// Does some work that writes. When there is no room for it the reserve is given up, and it is done once
    /// more; each try is whole or leaves nothing.
    pub fn with_room<T, E: WantsRoom>(&self, mut work: impl FnMut() -> Result<T, E>) -> Result<T, E> {
        match work() {
            Err(error) if error.wants_room() && self.reserve.give_up() => {
                tracing::warn!(%error, "the disk is full: recording goes on with the reserve");
                self.changed();
                work()
            }
            other => other,
        }
    }

    /// Makes the reserve anew once there is room again.
    pub fn keep_reserve(&self) {
        if let Err(error) = self.reserve.keep() {
            tracing::warn!(%error, "there is no reserve for a full disk");
        }
    }
}

impl Phone {
    /// How much room is left to record.
    pub fn room(&self) -> Room {
        self.inner.reserve.room()
    }

    /// Makes sure that there is a reserve for a full disk, if there is room for one. The loop does it too.
    pub fn keep_reserve(&self) {
        self.inner.keep_reserve();
    }
}
