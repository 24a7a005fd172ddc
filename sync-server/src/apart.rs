//! What is kept apart from the database, in small files beside it, so that an older copy of the database
//! forgets none of it: one JSON document a line, only ever appended, for the owner alone.
//!
//! # Decisions
//! Each line ends in a checksum. A flipped bit may leave a line that reads well and names another device: it would
//! let a revoked one read again after the next restore. Lines of before there were checksums are read as they are.

use handoff::domain::ids::Hash;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// A file of lines cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {why}")]
pub struct ApartError {
    path: PathBuf,
    why: io::Error,
}

/// A file of lines, each a `T`.
#[derive(Debug, Clone)]
pub(crate) struct Apart<T> {
    path: PathBuf,
    line: std::marker::PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> Apart<T> {
    /// The file `name` in the data folder, there or not.
    pub(crate) fn new(folder: &Path, name: &str) -> Self {
        Self { path: folder.join(name), line: std::marker::PhantomData }
    }

    /// Appends a line and returns when it is on the disk.
    ///
    /// # Errors
    /// [`ApartError`]: then the line does not count.
    pub(crate) fn append(&self, line: &T) -> Result<(), ApartError> {
        self.try_append(line).map_err(|why| self.fault(why))
    }

    fn try_append(&self, line: &T) -> io::Result<()> {
        let made = !self.path.exists();
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.path)?;
        let mut text = serde_json::to_vec(line)?;
        let sum = sum_of(&text);
        text.extend([b"\t".as_slice(), sum.as_bytes(), b"\n"].concat());
        if torn(&mut file)? {
            // A power cut left half a line: ours must not become a part of it.
            text.insert(0, b'\n');
        }
        file.write_all(&text)?;
        file.sync_all()?;
        match self.path.parent() {
            Some(folder) if made => crate::keys::flush_folder(folder),
            _ => Ok(()),
        }
    }

    /// Every line, oldest first; none if there is no file. What a power cut left of a last line does not count:
    /// whoever wrote it never heard that it was done.
    ///
    /// # Errors
    /// [`ApartError`] if the file cannot be read, or a whole line is none of ours.
    pub(crate) fn read(&self) -> Result<Vec<T>, ApartError> {
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(self.fault(e)),
        };
        let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
        let last = lines.len().saturating_sub(1);
        let whole = text.ends_with(b"\n");
        let mut read = Vec::with_capacity(lines.len());
        for (i, line) in lines.into_iter().enumerate() {
            match parse(line) {
                Ok(line) => read.push(line),
                // Half a line of a power cut: the last one, or with others after it.
                Err(Spoilt::Half) if i < last || !whole => {}
                Err(_) => {
                    return Err(
                        self.fault(io::Error::new(io::ErrorKind::InvalidData, format!("line {} is damaged", i + 1)))
                    );
                }
            }
        }
        Ok(read)
    }

    fn fault(&self, why: io::Error) -> ApartError {
        ApartError { path: self.path.clone(), why }
    }
}

/// Letters of a checksum.
const SUM: usize = 16;

fn sum_of(json: &[u8]) -> String {
    Hash::of(&[b"handoff/line/1", json]).to_string().chars().take(SUM).collect()
}

/// Why a line is none.
#[derive(Debug)]
enum Spoilt {
    /// It ends too early, as a power cut leaves it.
    Half,
    /// It was altered.
    Altered,
}

fn parse<T: DeserializeOwned>(line: &[u8]) -> Result<T, Spoilt> {
    let (json, sum) = match line.iter().rposition(|byte| *byte == b'\t') {
        Some(at) => (line.get(..at).unwrap_or_default(), line.get(at + 1..)),
        None => (line, None),
    };
    let right = sum_of(json);
    match sum {
        Some(sum) if sum == right.as_bytes() => {}
        Some(sum) if right.as_bytes().starts_with(sum) => return Err(Spoilt::Half),
        Some(_) => return Err(Spoilt::Altered),
        None => {}
    }
    serde_json::from_slice(json).map_err(|error| if error.is_eof() { Spoilt::Half } else { Spoilt::Altered })
}

/// Whether the file ends within a line.
fn torn(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]
    use super::*;

    #[test]
    fn lines_are_kept_in_order_for_the_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let file = Apart::<u32>::new(dir.path(), "numbers.jsonl");
        assert!(file.read().unwrap().is_empty());
        file.append(&7).unwrap();
        file.append(&8).unwrap();
        assert_eq!(file.read().unwrap(), [7, 8]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(dir.path().join("numbers.jsonl")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn half_a_line_of_a_power_cut_spoils_neither_the_lines_before_nor_those_after() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("words.jsonl");
        let file = Apart::<String>::new(dir.path(), "words.jsonl");
        file.append(&"one".into()).unwrap();
        fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"\"tw").unwrap();
        assert_eq!(file.read().unwrap(), ["one"]);
        file.append(&"three".into()).unwrap();
        assert_eq!(file.read().unwrap(), ["one", "three"]);
        fs::write(&path, "\"one\"\nno line of ours\n").unwrap();
        assert!(file.read().unwrap_err().to_string().contains("words.jsonl"), "what is altered is named, not skipped");
    }

    #[test]
    fn a_bit_that_flips_in_any_line_is_named_and_a_line_without_a_checksum_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ids.jsonl");
        let (file, ids) = (Apart::<uuid::Uuid>::new(dir.path(), "ids.jsonl"), [1, 2, 3].map(uuid::Uuid::from_u128));
        fs::write(&path, format!("\"{}\"\n", ids[0])).unwrap();
        ids[1..].iter().for_each(|id| file.append(id).unwrap());
        assert_eq!(file.read().unwrap(), ids);
        let good = fs::read(&path).unwrap();
        let first = good.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        for bit in first * 8..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            fs::write(&path, bad).unwrap();
            assert!(file.read().is_err(), "bit {bit}");
        }
        for end in first..good.len() {
            fs::write(&path, &good[..end]).unwrap();
            assert!(file.read().is_ok_and(|read| ids.starts_with(&read)), "cut at {end}");
        }
    }
}
