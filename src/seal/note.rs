//! A checkpoint of the server's log as a signed note (C2SP `signed-note` and `tlog-checkpoint`): three lines
//! of text, an empty one, and a line with an Ed25519 signature. Any tool of that family can read it.
//!
//! # Decisions
//! The name of the key is the log's origin: one key signs the logs of all epochs of a server, and a note of
//! one can never pass for a note of another.

use super::tree::Head;
use super::{ServerKey, ServerPublic};
use crate::domain::ids::Hash;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use std::fmt;

/// No note is longer: three lines and a few signatures.
const MOST_BYTES: usize = 4096;
/// How a line with a signature begins: an em dash and a space.
const SIGNATURE: &str = "\u{2014} ";
/// The kind of a key and signature: Ed25519.
const ED25519: u8 = 1;

/// A log at one size, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: another for each epoch.
    pub origin: String,
    /// Its size and root.
    pub head: Head,
}

/// The text that is signed.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.head.size, B64.encode(self.head.root.0))
    }
}

/// Why a note is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is no note of a checkpoint; inside, which part is not.
    #[error("not a checkpoint: {0}")]
    Shape(&'static str),
    /// No signature of it is the server's.
    #[error("the signature is not the server's")]
    Signature,
}

/// Signs a checkpoint.
///
/// # Errors
/// [`super::SealError::Key`]; not for a key that was made or read here.
pub fn sign(key: &ServerKey, checkpoint: &Checkpoint) -> Result<String, super::SealError> {
    let text = checkpoint.to_string();
    let mut signed = key_id(&checkpoint.origin, &key.public()?).to_vec();
    signed.extend_from_slice(&key.sign_bytes(text.as_bytes()));
    Ok(format!("{text}\n{SIGNATURE}{} {}\n", checkpoint.origin, B64.encode(signed)))
}

/// Reads a note that this server signed. Signatures of others on it are passed over.
///
/// # Errors
/// [`NoteError`].
pub fn open(note: &str, server: &ServerPublic) -> Result<Checkpoint, NoteError> {
    let checkpoint = read(note)?;
    let (text, signatures) = parts(note)?;
    let id = key_id(&checkpoint.origin, server);
    let good = |line: &str| {
        let (name, signature) = line.strip_prefix(SIGNATURE)?.split_once(' ')?;
        let signature = B64.decode(signature).ok()?;
        let (by, signature) = signature.split_first_chunk::<4>()?;
        (name == checkpoint.origin && *by == id && server.verifies(text.as_bytes(), signature)).then_some(())
    };
    signatures.lines().find_map(good).ok_or(NoteError::Signature)?;
    Ok(checkpoint)
}

/// What a note says, whoever signed it.
///
/// # Errors
/// [`NoteError::Shape`].
pub fn read(note: &str) -> Result<Checkpoint, NoteError> {
    let (text, _) = parts(note)?;
    let mut lines = text.lines();
    let origin = lines.next().filter(|origin| is_name(origin)).ok_or(NoteError::Shape("origin"))?;
    let size = lines.next().and_then(number).ok_or(NoteError::Shape("size"))?;
    let root = lines.next().and_then(|root| B64.decode(root).ok()).ok_or(NoteError::Shape("root"))?;
    let root = Hash(root.try_into().map_err(|_| NoteError::Shape("root"))?);
    Ok(Checkpoint { origin: origin.to_owned(), head: Head { size, root } })
}

/// The text with its last line end, and the lines of signatures.
fn parts(note: &str) -> Result<(&str, &str), NoteError> {
    if note.len() > MOST_BYTES || !note.ends_with('\n') {
        return Err(NoteError::Shape("length"));
    }
    let at = note.rfind("\n\n").ok_or(NoteError::Shape("signature"))?;
    let (text, signatures) = note.split_at_checked(at + 1).ok_or(NoteError::Shape("signature"))?;
    Ok((text, signatures.trim_start_matches('\n')))
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

/// A decimal number as the note writes it: no sign, no leading zero.
fn number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

fn key_id(name: &str, key: &ServerPublic) -> [u8; 4] {
    let [a, b, c, d, ..] = Hash::of(&[name.as_bytes(), b"\n", &[ED25519], key.as_bytes()]).0;
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn checkpoint() -> Checkpoint {
        Checkpoint { origin: "handoff/log/0011/1".into(), head: Head { size: 42, root: Hash([7; 32]) } }
    }

    fn note() -> (ServerPublic, String) {
        let key = ServerKey::from_seed(&[1; 32]).unwrap();
        (key.public().unwrap(), sign(&key, &checkpoint()).unwrap())
    }

    #[test]
    fn a_checkpoint_keeps_its_shape() {
        insta::assert_snapshot!(note().1, @r"
        handoff/log/0011/1
        42
        BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=

        — handoff/log/0011/1 HOIoTM9u+9Pkdu+18hxIF41RR5EWLIya4ax3yRxad9BMtVB2NEm6rvWBEtHDjkz9K3Pow54GEOa6xQFDLpj3QiKyPQo=
        ");
    }

    #[test]
    fn the_servers_own_note_is_believed_and_no_other() {
        let (server, note) = note();
        assert_eq!(open(&note, &server), Ok(checkpoint()));
        let stranger = ServerKey::generate().unwrap();
        assert_eq!(open(&note, &stranger.public().unwrap()), Err(NoteError::Signature));
        let witnessed = format!("{note}\u{2014} witness AAAA\n");
        assert_eq!(open(&witnessed, &server), Ok(checkpoint()), "a second signature does no harm");
        let renamed = note.replace("/1", "/2");
        assert_eq!(open(&renamed, &server), Err(NoteError::Signature), "another log");
    }

    #[test]
    fn what_is_no_checkpoint_is_told_by_its_part() {
        let (server, note) = note();
        let table = [
            ("", "length"),
            ("a\n1\nb\n", "signature"),
            ("\n1\nb\n\n\u{2014} a b\n", "origin"),
            ("a b\n1\nb\n\n\u{2014} a b\n", "origin"),
            ("a\n01\nb\n\n\u{2014} a b\n", "size"),
            ("a\n-1\nb\n\n\u{2014} a b\n", "size"),
            ("a\n1\nb\n\n\u{2014} a b\n", "root"),
            ("a\n1\nAAAA\n\n\u{2014} a b\n", "root"),
        ];
        for (text, part) in table {
            assert_eq!(open(text, &server), Err(NoteError::Shape(part)), "{text:?}");
        }
        assert_eq!(open(&note.repeat(40), &server), Err(NoteError::Shape("length")));
    }

    proptest! {
        #[test]
        fn any_changed_byte_is_not_believed(at in 0_usize..110, bit in 0_u8..7) {
            let (server, note) = note();
            let mut bytes = note.clone().into_bytes();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            // A change that leaves the signature's bytes as they were is none.
            if let Ok(changed) = String::from_utf8(bytes) {
                let same = open(&changed, &server).is_ok_and(|found| found == checkpoint()) && parts(&changed).unwrap().0 == parts(&note).unwrap().0;
                prop_assert!(open(&changed, &server).is_err() || same);
            }
        }

        #[test]
        fn no_text_breaks_the_reader(text in any::<String>()) {
            let (server, _) = note();
            prop_assert!(open(&text, &server).is_err());
        }
    }
}
