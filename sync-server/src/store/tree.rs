//! The tree of an epoch's log as it is stored: commitments of leaves, and roots of larger subtrees.

use super::ledger::{Epoch, commitments};
use super::{Db, StoreError};
use crate::ledger::record::Place;
use handoff::domain::ids::Hash;
use handoff::seal::tree::{self, Frontier, Node, node_hash};

/// Roots of subtrees are stored at each of these many levels.
pub(super) const TILE_LEVELS: u32 = 8;

/// The root over the first `size` leaves of an epoch.
///
/// # Errors
/// [`StoreError`].
pub fn root(db: &mut dyn Db, epoch: &Epoch, size: u64) -> Result<Hash, StoreError> {
    tree::root(0, size, &mut |node| subtree(db, epoch, node))
}

/// What is needed to append to the first `size` leaves of an epoch.
pub(crate) fn frontier(db: &mut dyn Db, epoch: &Epoch, size: u64) -> Result<Frontier, StoreError> {
    Frontier::load(size, &mut |node| subtree(db, epoch, node))
}

/// The proof that a leaf, by its position from 1, is in the log of this size.
///
/// # Errors
/// [`StoreError`].
pub fn inclusion(db: &mut dyn Db, epoch: &Epoch, position: u64, size: u64) -> Result<Vec<Hash>, StoreError> {
    tree::inclusion(position.saturating_sub(1), size, &mut |node| subtree(db, epoch, node))
}

/// The hash of a leaf, by its position from 1.
///
/// # Errors
/// [`StoreError`].
pub fn leaf(db: &mut dyn Db, epoch: &Epoch, position: u64) -> Result<Hash, StoreError> {
    subtree(db, epoch, Node { level: 0, index: position.saturating_sub(1) })
}

/// The proof that the log of one size is the beginning of the other.
///
/// # Errors
/// [`StoreError`].
pub fn consistency(db: &mut dyn Db, epoch: &Epoch, old: u64, new: u64) -> Result<Vec<Hash>, StoreError> {
    tree::consistency(old, new, &mut |node| subtree(db, epoch, node))
}

/// The hash of a complete subtree, from the stored hashes nearest below it.
fn subtree(db: &mut dyn Db, epoch: &Epoch, node: Node) -> Result<Hash, StoreError> {
    let up = node.level % TILE_LEVELS;
    let (level, count) = (node.level - up, 1_u64 << up);
    let from = node.index << up;
    let mut hashes = stored(db, epoch, level, (from, from + count - 1))?;
    if hashes.len() != usize::try_from(count).unwrap_or(usize::MAX) {
        // Written with the checkpoint that covers it: a leaf or a larger subtree is built from below.
        hashes = match level {
            0 => return Err(StoreError::Shape("the ledger lacks a leaf")),
            _ => (from..from + count)
                .map(|index| subtree_below(db, epoch, Node { level, index }))
                .collect::<Result<_, _>>()?,
        };
    }
    while hashes.len() > 1 {
        hashes = hashes
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => node_hash(*left, *right),
                _ => tree::empty_root(),
            })
            .collect();
    }
    hashes.first().copied().ok_or(StoreError::Shape("a subtree without leaves"))
}

fn subtree_below(db: &mut dyn Db, epoch: &Epoch, node: Node) -> Result<Hash, StoreError> {
    let (left, right) = (node.index << 1, (node.index << 1) + 1);
    let level = node.level.saturating_sub(1);
    Ok(node_hash(subtree(db, epoch, Node { level, index: left })?, subtree(db, epoch, Node { level, index: right })?))
}

/// Hashes that are stored: of leaves, or of subtrees at a level of tiles.
fn stored(db: &mut dyn Db, epoch: &Epoch, level: u32, (from, to): (u64, u64)) -> Result<Vec<Hash>, StoreError> {
    if level == 0 {
        let found = commitments(db, epoch.first, (from + 1, to + 1))?;
        let place = |position| Place { epoch: epoch.epoch, position };
        return Ok((from + 1..).zip(found).map(|(position, commitment)| place(position).leaf(commitment)).collect());
    }
    let rows = db.rows(
        "SELECT hash FROM tiles WHERE epoch = :epoch AND level = :level AND place BETWEEN :from AND :to ORDER BY place",
        &[(":epoch", epoch.epoch.into()), (":level", level.into()), (":from", from.into()), (":to", to.into())],
    )?;
    rows.into_iter().map(|mut row| row.hash()).collect()
}

/// Stores the root of a complete subtree, if it is of a level of tiles.
pub(crate) fn save_tile(db: &mut dyn Db, epoch: u64, node: Node, hash: Hash) -> Result<(), StoreError> {
    db.run(
        "INSERT INTO tiles (epoch, level, place, hash) VALUES (:epoch, :level, :place, :hash)
         ON CONFLICT (epoch, level, place) DO NOTHING",
        &[
            (":epoch", epoch.into()),
            (":level", node.level.into()),
            (":place", node.index.into()),
            (":hash", hash.into()),
        ],
    )?;
    Ok(())
}

/// Whether the root of this subtree is stored.
pub(crate) const fn is_tile(node: Node) -> bool {
    node.level > 0 && node.level.is_multiple_of(TILE_LEVELS)
}
