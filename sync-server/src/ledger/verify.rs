//! Is this export what the server signed? Answered with the file and the public key alone: no network, no
//! data folder, and a checkpoint from a phone or an older export if there is one.
//!
//! Lines are read in blocks, checked beside each other on every core ([`line`]), and judged in their order
//! ([`audit`]).
//!
//! # Decisions
//! What is wrong is named by where each leaf's own hash says that it stands: its epoch and position are in
//! it. Someone who also computes the hashes anew is caught by the signed roots, which do not say what was
//! done; then it is called edited.

mod audit;
mod line;
mod report;

pub use report::{Alteration, Finding, Report};

use audit::Audit;
use handoff::seal::ServerPublic;
use handoff::seal::note::{self, Checkpoint, NoteError};
use line::{Checked, check_block};
use std::collections::VecDeque;
use std::io::{self, BufRead, Read as _};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Lines are handed over in blocks of about so many bytes.
const BLOCK: usize = 1 << 20;
/// No line is longer: an entry has at most some hundred kilobytes.
const MOST_LINE: usize = 4 << 20;

/// The input cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// It cannot be read.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A line is none of an export.
    #[error("line {line}: {field}: {why}")]
    Line {
        /// Which, from 1.
        line: u64,
        /// The field at fault.
        field: String,
        /// Why.
        why: &'static str,
    },
    /// The known checkpoint is not one of this server.
    #[error("the known checkpoint: {0}")]
    Known(NoteError),
    /// There is nothing in it.
    #[error("line 1: the file is empty")]
    Empty,
}

/// Reads a known checkpoint.
///
/// # Errors
/// [`Unusable::Known`].
pub fn known(note: &str, server: &ServerPublic) -> Result<Checkpoint, Unusable> {
    note::open(note, server).map_err(Unusable::Known)
}

/// Verifies an export.
///
/// # Errors
/// [`Unusable`]: whatever is wrong with what it says is in the report.
pub fn verify(mut export: impl BufRead, server: &ServerPublic, known: Option<Checkpoint>) -> Result<Report, Unusable> {
    let mut first = Vec::new();
    read_line(&mut export, &mut first)?;
    if first.is_empty() {
        return Err(Unusable::Empty);
    }
    let mut audit = Audit::new(line::start(&first, server)?, known);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let mut lanes: Vec<Lane> = Vec::new();
        for _ in 0..workers {
            let (send, blocks) = sync_channel::<Block>(1);
            let (done, results) = sync_channel(1);
            scope.spawn(move || {
                for (from, block) in blocks {
                    if done.send(check_block(from, &block, server)).is_err() {
                        return;
                    }
                }
            });
            lanes.push((send, results));
        }
        go(&mut export, &lanes, &mut audit)
    })?;
    Ok(audit.finish())
}

/// Number of its first line, and its bytes.
type Block = (u64, Vec<u8>);
type Lane = (SyncSender<Block>, Receiver<Result<Vec<Checked>, Unusable>>);

/// Hands blocks to the lanes in turn and takes their results in the same turn.
fn go(export: &mut impl BufRead, lanes: &[Lane], audit: &mut Audit) -> Result<(), Unusable> {
    let gone = || Unusable::Io(io::Error::other("a thread broke down"));
    let mut line = 2;
    let mut under_way = VecDeque::new();
    let mut turn = lanes.iter().cycle();
    loop {
        let block = read_block(export)?;
        if block.is_empty() && under_way.is_empty() {
            return Ok(());
        }
        let more = !block.is_empty();
        if more && let Some((send, results)) = turn.next() {
            let from = line;
            line += count_lines(&block);
            send.send((from, block)).map_err(|_| gone())?;
            under_way.push_back(results);
        }
        if (!more || under_way.len() >= lanes.len() * 2)
            && let Some(results) = under_way.pop_front()
        {
            results.recv().map_err(|_| gone())??.into_iter().for_each(|checked| audit.take(checked));
        }
    }
}

fn count_lines(block: &[u8]) -> u64 {
    let ends = block.iter().filter(|byte| **byte == b'\n').count();
    u64::try_from(ends).unwrap_or(u64::MAX) + u64::from(block.last() != Some(&b'\n'))
}

/// Whole lines, until there are enough of them.
fn read_block(export: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut block = Vec::with_capacity(BLOCK + BLOCK / 4);
    while block.len() < BLOCK {
        if read_line(export, &mut block)? == 0 {
            break;
        }
    }
    Ok(block)
}

fn read_line(export: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<usize> {
    let limit = u64::try_from(MOST_LINE).unwrap_or(u64::MAX);
    export.by_ref().take(limit).read_until(b'\n', line)
}

#[cfg(test)]
mod tests;
