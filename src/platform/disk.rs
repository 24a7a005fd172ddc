//! Room on the disk: how much there is, and a little that is kept for when there is none.
//!
//! # Decisions
//! The reserve is [`RESERVE_BYTES`] of random bytes: a file system that compresses, or that only remembers
//! how long a file is, would give nothing back for zeros. It holds some hundred records and drafts with the
//! logs that SQLite writes beside them: a shift, and the way to somebody who can clear the phone.

use super::files;
use crate::seal::random;
use std::io;
use std::path::{Path, PathBuf};

/// How much the reserve gives back.
pub const RESERVE_BYTES: u64 = 8 * 1024 * 1024;
/// It is filled piece by piece, each of so many bytes.
const CHUNK: u64 = 64 * 1024;
/// The reserve is made while at least so much stays free beside it.
const ROOM_FOR_RESERVE: u64 = 4 * RESERVE_BYTES;
/// Below this the officer is told: a day of photographs, and months of records.
const LITTLE: u64 = 200 * 1024 * 1024;

/// How much room there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// Enough, or the system does not say.
    Ample,
    /// Little; with the megabytes that are left.
    Little(u64),
    /// None but for what the reserve gave back.
    OnReserve,
}

/// Bytes that may still be written to the disk of this folder; nothing where the system does not say.
pub fn free_bytes(folder: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let disk = rustix::fs::statvfs(folder).ok()?;
        Some(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        None
    }
}

/// A file that can be given up.
#[derive(Debug, Clone)]
pub struct Reserve {
    folder: PathBuf,
}

impl Reserve {
    /// The reserve of that folder.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    fn file(&self) -> PathBuf {
        self.folder.join("reserve")
    }

    /// Makes the reserve if there is none and there is room for it. Returns whether it is there.
    ///
    /// # Errors
    /// The file cannot be written: the disk filled meanwhile.
    pub fn keep(&self) -> io::Result<bool> {
        if self.file().exists() {
            return Ok(true);
        }
        if free_bytes(&self.folder).is_some_and(|free| free < ROOM_FOR_RESERVE) {
            return Ok(false);
        }
        let mut bytes = Vec::new();
        for _ in 0..RESERVE_BYTES / CHUNK {
            bytes.extend_from_slice(&random::bytes::<{ CHUNK as usize }>().map_err(io::Error::other)?);
        }
        files::replace(&self.file(), &bytes).inspect_err(|_| self.drop_half())?;
        Ok(true)
    }

    /// Half a reserve takes the room of which it is short.
    fn drop_half(&self) {
        drop(std::fs::remove_file(self.file().with_added_extension("fresh")));
    }

    /// Gives the reserve up. Returns whether there was one.
    pub fn give_up(&self) -> bool {
        std::fs::remove_file(self.file()).is_ok()
    }

    /// How much room there is.
    pub fn room(&self) -> Room {
        match free_bytes(&self.folder) {
            Some(free) if free < ROOM_FOR_RESERVE && !self.file().exists() => Room::OnReserve,
            Some(free) if free < LITTLE => Room::Little(free / 1024 / 1024),
            Some(_) | None => Room::Ample,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reserve_is_made_once_and_given_up_once() {
        let folder = tempfile::tempdir().unwrap();
        let reserve = Reserve::new(folder.path());
        assert!(reserve.keep().unwrap());
        let made = std::fs::read(reserve.file()).unwrap();
        assert!(reserve.keep().unwrap());
        assert_eq!(std::fs::read(reserve.file()).unwrap(), made);
        assert_eq!(u64::try_from(made.len()).unwrap(), RESERVE_BYTES);
        assert!(reserve.give_up());
        assert!(!reserve.give_up());
    }
}
