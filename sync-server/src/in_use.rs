//! Who uses the data folder: many programs beside each other, or one that puts another database in place.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The lock's file in the data folder. It is empty, and stays.
const LOCK: &str = "lock";

/// The data folder cannot be used now.
#[derive(Debug, thiserror::Error)]
pub enum InUseError {
    /// Another program has it.
    #[error("{0} is in use by another handoff-server: stop it first")]
    Taken(PathBuf),
    /// The lock's file cannot be opened.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
}

/// A data folder that is in use. It ends with this value, and with the program however that ends.
#[derive(Debug)]
pub struct InUse(File);

/// Not by closing the file alone: a program that this one is just starting has it open too, until it runs.
impl Drop for InUse {
    fn drop(&mut self) {
        if let Err(error) = self.0.unlock() {
            tracing::warn!(%error, "the data folder could not be let go of; it ends with the program");
        }
    }
}

impl InUse {
    /// Beside others.
    ///
    /// # Errors
    /// [`InUseError`]: someone has it alone.
    pub fn shared(data: &Path) -> Result<Self, InUseError> {
        Self::take(data, File::try_lock_shared)
    }

    /// Alone.
    ///
    /// # Errors
    /// [`InUseError`]: someone else has it.
    pub fn alone(data: &Path) -> Result<Self, InUseError> {
        Self::take(data, File::try_lock)
    }

    fn take(data: &Path, lock: fn(&File) -> Result<(), TryLockError>) -> Result<Self, InUseError> {
        let path = data.join(LOCK);
        let io = |e| InUseError::File(path.clone(), e);
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(data).map_err(io)?;
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path).map_err(io)?;
        match lock(&file) {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(InUseError::Taken(data.to_owned())),
            Err(TryLockError::Error(e)) => Err(io(e)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]
    use super::*;

    #[test]
    fn many_use_the_folder_or_one_alone() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two) = (InUse::shared(dir.path()).unwrap(), InUse::shared(dir.path()).unwrap());
        assert!(matches!(InUse::alone(dir.path()), Err(InUseError::Taken(_))));
        drop((one, two));
        let alone = InUse::alone(dir.path()).unwrap();
        assert!(InUse::shared(dir.path()).unwrap_err().to_string().contains("stop it first"));
        drop(alone);
    }

    #[test]
    fn a_folder_that_was_let_go_of_is_free_whoever_still_has_the_file_open() {
        let dir = tempfile::tempdir().unwrap();
        let alone = InUse::alone(dir.path()).unwrap();
        // As in a program that was forked meanwhile.
        let inherited = alone.0.try_clone().unwrap();
        drop(alone);
        drop(InUse::alone(dir.path()).unwrap());
        drop(inherited);
    }
}
