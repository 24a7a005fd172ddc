//! One line of an export, read and computed anew.

use super::Unusable;
use crate::ledger::export::{FORMAT, LeafLine, Line, RecordLine, Start};
use crate::ledger::record::{Beginning, CLOCK_SET_BACK, Place, Record};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use handoff::domain::entry::entry_hash;
use handoff::domain::ids::Hash;
use handoff::seal::note::{self, Checkpoint, NoteError};
use handoff::seal::{ServerPublic, Tag};

/// A line, as far as it can be judged by itself.
#[derive(Debug)]
pub(super) enum Checked {
    Leaf(Leaf),
    /// A checkpoint with its line; nothing if it is not the server's.
    Checkpoint(u64, Option<Checkpoint>),
}

/// A leaf, computed anew.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) line: u64,
    /// Where it says that it stands.
    pub(super) place: Place,
    pub(super) commitment: Hash,
    /// Its hash as the file gives it.
    pub(super) hash: Hash,
    /// The record is what was committed to.
    pub(super) fits: bool,
    pub(super) what: What,
}

/// What is asked of a record later.
#[derive(Debug)]
pub(super) enum What {
    Entry {
        received_ms: i64,
    },
    Event {
        at_ms: i64,
        /// The leaf whose record this event says was erased.
        erased: Option<Place>,
        /// It says that the server's clock went back.
        set_back: bool,
    },
    Epoch(Box<Beginning>),
    Erased,
}

/// Reads the first line.
pub(super) fn start(bytes: &[u8], server: &ServerPublic) -> Result<Start, Unusable> {
    let bad = |field: &str, why| Unusable::Line { line: 1, field: field.to_owned(), why };
    let Line::Export(signed) = parse(1, bytes)? else {
        return Err(bad("export", "an export begins with what was exported"));
    };
    let start: Start = server
        .open(Tag::Export, &signed)
        .map_err(|_| bad("export", "it is not signed by this key, or cannot be read by this version"))?;
    if start.format == FORMAT { Ok(start) } else { Err(bad("export.format", "it is of another version")) }
}

/// Reads and computes every line of a block.
pub(super) fn check_block(from: u64, block: &[u8], server: &ServerPublic) -> Result<Vec<Checked>, Unusable> {
    let mut all = Vec::new();
    for (line, bytes) in (from..).zip(block.split(|byte| *byte == b'\n')) {
        if bytes.is_empty() {
            continue;
        }
        all.push(match parse(line, bytes)? {
            Line::Leaf(leaf) => Checked::Leaf(check_leaf(line, &leaf)?),
            Line::Checkpoint(text) => match note::open(&text, server) {
                Ok(checkpoint) => Checked::Checkpoint(line, Some(checkpoint)),
                Err(NoteError::Signature) => Checked::Checkpoint(line, None),
                Err(NoteError::Shape(why)) => {
                    return Err(Unusable::Line { line, field: String::from("checkpoint"), why });
                }
            },
            Line::Export(_) => {
                let why = "an export has one first line";
                return Err(Unusable::Line { line, field: String::from("export"), why });
            }
        });
    }
    Ok(all)
}

fn parse(line: u64, bytes: &[u8]) -> Result<Line<'_>, Unusable> {
    // The fast reader first; where it fails, the slow one finds the field.
    if let Ok(parsed) = serde_json::from_slice(bytes) {
        return Ok(parsed);
    }
    let why = "it is cut off, or not of an export";
    let mut json = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize(&mut json) {
        Ok(parsed) => json.end().map(|()| parsed).map_err(|_| Unusable::Line { line, field: ".".into(), why }),
        Err(error) => Err(Unusable::Line { line, field: error.path().to_string(), why }),
    }
}

fn check_leaf(line: u64, leaf: &LeafLine<'_>) -> Result<Leaf, Unusable> {
    let bad = |field: &str, why| Unusable::Line { line, field: format!("leaf.{field}"), why };
    let read = |field, text: &str| fixed(text).ok_or_else(|| bad(field, "it is not 32 bytes of base64url"));
    let (commitment, hash) = (Hash(read("commitment", &leaf.commitment)?), Hash(read("hash", &leaf.hash)?));
    let salt = leaf.salt.as_deref().map(|salt| read("salt", salt)).transpose()?;
    let place = Place { epoch: leaf.epoch, position: leaf.position };
    let bytes = |field, text: &str| {
        B64.decode(text).map_err(|_| bad(&format!("record.entry.{field}"), "it is not base64url without padding"))
    };
    let fits = |record: Record<'_>| salt.is_some_and(|salt| record.commitment(&salt) == commitment);
    let (fits, what) = match &leaf.record {
        RecordLine::Entry { received_ms, header, enc, ciphertext } => {
            let hash = entry_hash(&bytes("header", header)?, &bytes("enc", enc)?, &bytes("ciphertext", ciphertext)?);
            (fits(Record::Entry { hash, received_ms: *received_ms }), What::Entry { received_ms: *received_ms })
        }
        RecordLine::Event { at_ms, kind, actor, subject, detail } => {
            let erased = (kind == "erased").then(|| place_of(detail)).flatten();
            let set_back = kind == CLOCK_SET_BACK;
            let record = Record::Event { at_ms: *at_ms, kind, actor: *actor, subject: *subject, detail };
            (fits(record), What::Event { at_ms: *at_ms, erased, set_back })
        }
        RecordLine::Epoch(json) => {
            let beginning = serde_json::from_str(json).map_err(|_| bad("record.epoch", "it cannot be read"))?;
            (fits(Record::Epoch(json)), What::Epoch(Box::new(beginning)))
        }
        // Whether it may be erased is for an event to say.
        RecordLine::Erased(_) => (salt.is_none(), What::Erased),
    };
    Ok(Leaf { line, place, commitment, hash, fits, what })
}

fn fixed(text: &str) -> Option<[u8; 32]> {
    let mut out = [0; 32];
    (B64.decode_slice(text, &mut out).ok()? == out.len()).then_some(out)
}

/// The place that an event of an erasure names: `1/12`.
fn place_of(detail: &str) -> Option<Place> {
    let (epoch, position) = detail.split_once('/')?;
    Some(Place { epoch: epoch.parse().ok()?, position: position.parse().ok()? })
}
