//! The write-ahead log beside a database, before SQLite sees it: what flipped is turned back, and a log that is
//! broken in the middle is kept, since SQLite reads on without what stands behind the break.

use super::StoreError;
use super::file::{flush_folder, free_name, with_suffix};
use crate::seal::wal::{Flaw, flaw};
use chrono::{DateTime, Utc};
use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// Mends the log of the database at `path`. Of one that is broken a copy is kept; the name under which a person
/// finds it.
///
/// A log that another program is writing ends in half a commit at worst, which is no flaw.
pub fn mend(path: &Path, now: DateTime<Utc>) -> Result<Option<String>, StoreError> {
    let log = with_suffix(path, "-wal");
    let failed = |error| StoreError::File { path: log.clone(), error };
    let bytes = match std::fs::read(&log) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(failed)?,
    };
    match flaw(&bytes) {
        None => Ok(None),
        Some(Flaw::Bit { at, mask }) => {
            tracing::error!(log = %log.display(), at, "a bit of this log had flipped; it is turned back");
            turn(&log, (at, bytes.get(at).copied().unwrap_or_default() ^ mask)).map_err(failed)?;
            Ok(None)
        }
        Some(Flaw::Broken) => keep(path, &bytes, now).map(Some).map_err(failed),
    }
}

fn turn(log: &Path, (at, byte): (usize, u8)) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(log)?;
    file.seek(SeekFrom::Start(u64::try_from(at).map_err(io::Error::other)?))?;
    file.write_all(&[byte])?;
    file.sync_all()
}

/// Keeps a copy beside the files that were set aside, once.
fn keep(path: &Path, bytes: &[u8], now: DateTime<Utc>) -> io::Result<String> {
    let name = |kept: &Path| kept.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let same = |kept: &PathBuf| std::fs::read(kept).is_ok_and(|kept| kept == bytes);
    let beside = std::fs::read_dir(path.parent().unwrap_or(path))?.flatten().map(|entry| entry.path());
    let mut logs = beside.filter(|kept| name(kept).starts_with(&name(path)) && name(kept).ends_with("-wal"));
    if let Some(kept) = logs.find(|kept| *kept != with_suffix(path, "-wal") && same(kept)) {
        return Ok(name(&kept).trim_end_matches("-wal").to_owned());
    }
    let aside = free_name(path, now);
    let mut copy = File::create_new(with_suffix(&aside, "-wal"))?;
    copy.write_all(bytes)?;
    copy.sync_all()?;
    flush_folder(&aside)?;
    Ok(name(&aside))
}
