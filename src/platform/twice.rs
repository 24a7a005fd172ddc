//! Small whole files that nothing can be done without, kept twice: `NAME`, and beside it `NAME.copy`, the same
//! with its hash. One of them that is damaged or gone is made anew from the other.
//!
//! # Decisions
//! A flipped bit in a key, in the enrolment or in a vault's salt is seen by nobody who only reads it: the vault
//! says "this is not the PIN", the server refuses every record. A second copy costs some hundred bytes, and an
//! officer whose phone's memory failed in one place goes on as if nothing had been.

use super::files;
use crate::domain::ids::Hash;
use std::io;
use std::path::{Path, PathBuf};

/// Length of the hash at the end of a copy, in bytes.
const HASH: usize = 32;

/// The content, or nothing if there is neither file. A damaged one is mended.
///
/// # Errors
/// The system cannot read them, or only a damaged copy is left.
pub fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let (file, copy) = (files::read(path)?, files::read(&copy_of(path))?);
    let vouched = copy.as_deref().and_then(whole);
    match (file, vouched) {
        (Some(file), Some(content)) if file == content => Ok(Some(file)),
        (_, Some(content)) => {
            mend(path, content);
            Ok(Some(content.to_vec()))
        }
        (Some(file), None) => {
            // One of before there were copies has none yet.
            if copy.is_some() {
                tracing::error!(file = %path.display(), "the copy of this file was damaged; it is made anew");
            }
            if let Err(error) = files::replace(&copy_of(path), &sealed(&file)) {
                tracing::warn!(%error, file = %path.display(), "this file has no copy");
            }
            Ok(Some(file))
        }
        (None, None) if copy.is_some() => {
            Err(io::Error::new(io::ErrorKind::InvalidData, "gone, and its copy is damaged"))
        }
        (None, None) => Ok(None),
    }
}

/// Whether there is one of the two.
pub fn exists(path: &Path) -> bool {
    path.exists() || copy_of(path).exists()
}

/// Writes both, durably. After a kill or a power cut the old or the new content is read.
///
/// # Errors
/// Whatever the file system says; the old content is then still there.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Where the two differ the copy is believed, so the old one must not outlive a new file, nor a new one an old.
    files::replace(&copy_of(path), &sealed(bytes))?;
    files::replace(path, bytes).inspect_err(|_| drop(files::remove(&copy_of(path))))
}

/// Removes both so that they stay removed. No error if there is neither.
///
/// # Errors
/// Whatever the file system says.
pub fn remove(path: &Path) -> io::Result<()> {
    files::remove(&copy_of(path))?;
    files::remove(path)
}

/// Keeps the file under another name, once, and leaves none under the old one: its copy goes first, for what is
/// moved may not come back.
///
/// # Errors
/// Whatever the file system says.
pub fn put_away(path: &Path, to: &Path) -> io::Result<()> {
    files::remove(&copy_of(path))?;
    files::rename(path, to)
}

fn mend(path: &Path, content: &[u8]) {
    tracing::error!(file = %path.display(), "this file was damaged or gone; it is mended from its copy");
    if let Err(error) = files::replace(path, content) {
        tracing::warn!(%error, file = %path.display(), "this file stays damaged; its copy is used");
    }
}

fn copy_of(path: &Path) -> PathBuf {
    path.with_added_extension("copy")
}

fn sealed(content: &[u8]) -> Vec<u8> {
    [content, &Hash::of(&[b"handoff/copy/1", content]).0].concat()
}

/// The content of a copy, if it is as it was written.
fn whole(copy: &[u8]) -> Option<&[u8]> {
    let (content, hash) = copy.split_at_checked(copy.len().checked_sub(HASH)?)?;
    (Hash::of(&[b"handoff/copy/1", content]).0 == hash).then_some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whichever_of_the_two_is_damaged_or_gone_the_content_is_read_and_both_are_whole_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("device-key");
        replace(&path, b"old").unwrap();
        replace(&path, b"secret").unwrap();
        let both = [path.clone(), copy_of(&path)];
        let kept = both.clone().map(|file| std::fs::read(file).unwrap());
        for (file, bytes) in both.iter().zip(&kept) {
            for bit in 0..bytes.len() * 8 {
                let mut flipped = bytes.clone();
                flipped[bit / 8] ^= 1 << (bit % 8);
                std::fs::write(file, flipped).unwrap();
                assert_eq!(read(&path).unwrap().unwrap(), b"secret", "bit {bit} of {}", file.display());
                assert_eq!(both.clone().map(|file| std::fs::read(file).unwrap()), kept);
            }
            std::fs::remove_file(file).unwrap();
            assert_eq!(read(&path).unwrap().unwrap(), b"secret");
            assert_eq!(both.clone().map(|file| std::fs::read(file).unwrap()), kept);
        }
        remove(&path).unwrap();
        assert!(read(&path).unwrap().is_none() && !exists(&path));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_kill_between_the_two_writes_leaves_the_old_content_or_the_new() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("enrolment");
        replace(&path, b"old").unwrap();
        std::fs::write(copy_of(&path), sealed(b"new")).unwrap();
        assert_eq!(read(&path).unwrap().unwrap(), b"new");
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn a_file_of_before_there_were_copies_gets_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault-key");
        std::fs::write(&path, b"secret").unwrap();
        assert_eq!(read(&path).unwrap().unwrap(), b"secret");
        assert!(copy_of(&path).exists());
    }
}
