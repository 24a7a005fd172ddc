//! The log as a file that proves itself: JSON lines, first what was exported, then each leaf with its
//! record, and each signed checkpoint behind the leaf at which it was signed. It holds no name in clear:
//! what an officer wrote stays sealed.
//!
//! # Decisions
//! An export shows one moment of the database, in which everything that was erased has a signed event that says so.
//! Read page by page, a record that is erased between two pages would look like one that was dropped; so would one
//! whose event is not signed yet, and then there is no export: sign, and ask again.

use super::record::LeafKind;
use crate::app::App;
use crate::store::leaves::{self, StoredCheckpoint, StoredLeaf, StoredRecord};
use crate::store::ledger::{self, Epoch};
use crate::store::{Db, StoreError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use chrono::{DateTime, Utc};
use handoff::domain::ids::Hash;
use handoff::domain::wire::Signed;
use handoff::seal::Tag;
use handoff::seal::tree::{Frontier, Head};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use uuid::Uuid;

/// The format that this version writes.
pub const FORMAT: &str = "handoff/export/1";

/// So many leaves are read at once.
const PAGE: u64 = 500;

/// What was exported, signed by the server under the tag `handoff/export/1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// [`FORMAT`].
    pub format: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The epochs, oldest first.
    pub epochs: Vec<Span>,
}

/// One epoch's part of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// Which epoch.
    pub epoch: u64,
    /// Origin of its log.
    pub origin: String,
    /// So many leaves of it follow, from the first.
    pub size: u64,
    /// The root over them as it was signed, or as the next epoch names it.
    pub root: Hash,
}

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Line<'a> {
    /// The first line: a [`Start`].
    Export(Signed),
    /// A leaf.
    #[serde(borrow)]
    Leaf(LeafLine<'a>),
    /// A checkpoint: a signed note.
    Checkpoint(Cow<'a, str>),
}

/// A leaf; bytes are base64url.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeafLine<'a> {
    /// Its epoch.
    pub epoch: u64,
    /// Its position in the epoch, from 1.
    pub position: u64,
    /// 32 random bytes; nothing once the record was erased.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<Cow<'a, str>>,
    /// SHA-256 of salt and record.
    #[serde(borrow)]
    pub commitment: Cow<'a, str>,
    /// The leaf's hash in the tree.
    #[serde(borrow)]
    pub hash: Cow<'a, str>,
    /// What it stands for.
    #[serde(borrow)]
    pub record: RecordLine<'a>,
}

/// What a leaf stands for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RecordLine<'a> {
    /// A device's sealed entry: its chain and sequence are in the header, which is JSON.
    Entry {
        /// When it came, in milliseconds since 1970.
        received_ms: i64,
        /// The header's bytes.
        #[serde(borrow)]
        header: Cow<'a, str>,
        /// HPKE encapsulated key.
        #[serde(borrow)]
        enc: Cow<'a, str>,
        /// HPKE ciphertext.
        #[serde(borrow)]
        ciphertext: Cow<'a, str>,
    },
    /// An event.
    Event {
        /// When, in milliseconds since 1970.
        at_ms: i64,
        /// Its kind's code.
        #[serde(borrow)]
        kind: Cow<'a, str>,
        /// Who did it.
        actor: Option<Uuid>,
        /// To what.
        subject: Option<Uuid>,
        /// A code or route.
        #[serde(borrow)]
        detail: Cow<'a, str>,
    },
    /// The beginning of an epoch, as JSON.
    #[serde(borrow)]
    Epoch(Cow<'a, str>),
    /// A record that is not kept any more.
    Erased(LeafKind),
}

/// Where the lines go. A no ends the export.
pub type Sink<'a> = &'a mut (dyn FnMut(Vec<u8>) -> bool + Send);

/// So often an export is begun anew, each time because a record was erased since the last signature.
pub const TRIES: usize = 10;

/// What was asked cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A line has no JSON form, or cannot be signed.
    #[error("a line of the export cannot be written")]
    Line,
    /// A record was erased a moment ago, and the event that says so is not signed yet. Nothing was written.
    #[error("a record was erased a moment ago: try again")]
    Erasing,
    /// Nobody takes the lines any more.
    #[error("the export was cut off")]
    CutOff,
}

/// Writes the whole log as far as it is signed, as of one moment; returns how many leaves. Takes its time: not for an
/// async thread.
///
/// # Errors
/// [`ExportError`]. After [`ExportError::Erasing`], sign and ask again, up to [`TRIES`] times.
pub fn write(app: &App, sink: Sink<'_>) -> Result<u64, ExportError> {
    // On a thread of its own: an engine's client may block, which an async thread may not.
    let write = || app.store().read_whole(|db| Ok(moment(app, db, sink)))?;
    std::thread::scope(|scope| scope.spawn(write).join().map_err(|_| ExportError::Store(StoreError::Broken))?)
}

fn moment(app: &App, db: &mut dyn Db, sink: Sink<'_>) -> Result<u64, ExportError> {
    let (epochs, spans) = spans(db)?;
    // Over a leaf that was tampered with nothing is signed any more, and that is what an export shows.
    if app.ledger().fault().is_none() && erases_unsigned(db, &epochs)? {
        return Err(ExportError::Erasing);
    }
    let total = spans.iter().map(|span| span.size).sum();
    let start = Start { format: FORMAT.to_owned(), at: app.now(), epochs: spans };
    let signed = app.keys().server.sign(Tag::Export, &start).map_err(|_| ExportError::Line)?;
    put(sink, lines([&Line::Export(signed)])?)?;
    for (epoch, span) in epochs.iter().zip(&start.epochs) {
        let mut from = 1;
        while from <= span.size {
            let to = span.size.min(from + PAGE - 1);
            let page = page(db, epoch, (from, to))?;
            put(sink, page_lines(epoch, &page)?)?;
            from = to + 1;
        }
    }
    Ok(total)
}

/// Whether an event that is not signed yet says that a record was erased.
fn erases_unsigned(db: &mut dyn Db, epochs: &[Epoch]) -> Result<bool, StoreError> {
    epochs.last().map_or(Ok(false), |now| leaves::erases_after(db, now.first + now.signed))
}

/// The epochs, and what is exported of each: of the epoch now, what is not signed yet is left for the next.
fn spans(db: &mut dyn Db) -> Result<(Vec<Epoch>, Vec<Span>), StoreError> {
    let epochs = ledger::epochs(db)?;
    let now = epochs.last().ok_or(StoreError::Shape("the ledger has not begun"))?;
    let signed = leaves::checkpoint(db, now.epoch, Some(now.signed))?.map(|signed| signed.head);
    let Head { size, root } = signed.unwrap_or_else(|| Frontier::default().head());
    let before = ledger::beginning(db, now.epoch)?.before;
    let mut spans: Vec<Span> = Vec::new();
    for (epoch, left) in epochs.iter().zip(&before) {
        spans.push(Span { epoch: epoch.epoch, origin: epoch.origin.clone(), size: left.size, root: left.root });
    }
    spans.push(Span { epoch: now.epoch, origin: now.origin.clone(), size, root });
    Ok((epochs, spans))
}

type Page = (Vec<StoredLeaf>, Vec<StoredCheckpoint>);

fn page(db: &mut dyn Db, epoch: &Epoch, (from, to): (u64, u64)) -> Result<Page, StoreError> {
    let found = leaves::between(db, epoch.first + from, epoch.first + to)?;
    Ok((found, leaves::checkpoints_between(db, epoch.epoch, (from, to))?))
}

fn page_lines(epoch: &Epoch, (leaves, checkpoints): &Page) -> Result<Vec<u8>, ExportError> {
    let mut checkpoints = checkpoints.iter().peekable();
    let mut all = Vec::with_capacity(leaves.len() + 8);
    for leaf in leaves {
        let line = leaf_line(epoch, leaf);
        let position = line.position;
        all.push(Line::Leaf(line));
        while let Some(found) = checkpoints.next_if(|found| found.head.size <= position) {
            all.push(Line::Checkpoint(found.note.as_str().into()));
        }
    }
    lines(&all)
}

fn leaf_line<'a>(epoch: &Epoch, leaf: &'a StoredLeaf) -> LeafLine<'a> {
    let position = leaf.n.saturating_sub(epoch.first);
    let place = super::record::Place { epoch: epoch.epoch, position };
    LeafLine {
        epoch: epoch.epoch,
        position,
        salt: leaf.salt.map(|salt| B64.encode(salt).into()),
        commitment: B64.encode(leaf.commitment.0).into(),
        hash: B64.encode(place.leaf(leaf.commitment).0).into(),
        record: record_line(leaf),
    }
}

fn record_line(leaf: &StoredLeaf) -> RecordLine<'_> {
    match &leaf.record {
        StoredRecord::Missing => RecordLine::Erased(leaf.kind),
        _ if leaf.salt.is_none() => RecordLine::Erased(leaf.kind),
        StoredRecord::Entry { received_ms, wire, .. } => RecordLine::Entry {
            received_ms: *received_ms,
            header: B64.encode(&wire.header.0).into(),
            enc: B64.encode(&wire.enc.0).into(),
            ciphertext: B64.encode(&wire.ciphertext.0).into(),
        },
        StoredRecord::Event { at_ms, kind, actor, subject, detail } => RecordLine::Event {
            at_ms: *at_ms,
            kind: kind.into(),
            actor: *actor,
            subject: *subject,
            detail: detail.into(),
        },
        StoredRecord::Epoch(json) => RecordLine::Epoch(json.into()),
    }
}

/// Lines of JSON.
pub fn lines<'a>(all: impl IntoIterator<Item = &'a Line<'a>>) -> Result<Vec<u8>, ExportError> {
    let mut bytes = Vec::new();
    for line in all {
        serde_json::to_writer(&mut bytes, line).map_err(|_| ExportError::Line)?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

fn put(sink: Sink<'_>, bytes: Vec<u8>) -> Result<(), ExportError> {
    if sink(bytes) { Ok(()) } else { Err(ExportError::CutOff) }
}
