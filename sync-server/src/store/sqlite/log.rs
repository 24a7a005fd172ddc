//! The write-ahead log beside the file, before SQLite sees it: it would pass over every commit behind a flipped bit.

use crate::store::StoreError;
use handoff::seal::wal::{Flaw, flaw};
use std::fs::{self, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// Turns a flipped bit back.
///
/// # Errors
/// [`StoreError::Log`]: the log is broken, and nothing is changed.
pub(super) fn mend(database: &Path) -> Result<(), StoreError> {
    let mut log = database.as_os_str().to_owned();
    log.push("-wal");
    let log = PathBuf::from(log);
    let failed = |error: io::Error| StoreError::Engine(format!("{}: {error}", log.display()));
    let bytes = match fs::read(&log) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(failed)?,
    };
    match flaw(&bytes) {
        None => Ok(()),
        Some(Flaw::Bit { at, mask }) => {
            tracing::error!(log = %log.display(), at, "a bit of this log had flipped; it is turned back");
            put(&log, at, bytes.get(at).copied().unwrap_or_default() ^ mask).map_err(failed)
        }
        Some(Flaw::Broken) => Err(StoreError::Log { path: log.display().to_string() }),
    }
}

fn put(log: &Path, at: usize, byte: u8) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(log)?;
    file.seek(SeekFrom::Start(u64::try_from(at).map_err(io::Error::other)?))?;
    file.write_all(&[byte])?;
    file.sync_all()
}
