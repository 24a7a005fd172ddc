//! The tree over the server's log, as RFC 6962 draws it: SHA-256, a leaf under 0x00, a node under 0x01.
//!
//! Pure. Whoever makes a proof is asked for the hashes of complete subtrees ([`Node`]) and for nothing
//! else, so that a log of any length is proved with what a few reads give.

use crate::domain::ids::Hash;

/// A complete subtree: leaves from `index · 2^level`, `2^level` of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// 0 for a leaf.
    pub level: u32,
    /// Its place among those of its level, from 0.
    pub index: u64,
}

/// A log at one size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How many leaves.
    pub size: u64,
    /// The hash over all of them.
    pub root: Hash,
}

/// The hash of a leaf's bytes.
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Hash::of(&[&[0], leaf])
}

/// The hash over two subtrees.
pub fn node_hash(left: Hash, right: Hash) -> Hash {
    Hash::of(&[&[1], &left.0, &right.0])
}

/// The root of a log without leaves.
pub fn empty_root() -> Hash {
    Hash::of(&[])
}

/// The largest power of two below `n`, for `n` of at least 2.
const fn split(n: u64) -> u64 {
    1 << (63 - n.saturating_sub(1).leading_zeros())
}

/// What is needed to append: the complete subtrees of which a log of this size is made, largest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The frontier of the first `size` leaves.
    ///
    /// # Errors
    /// What `read` says.
    pub fn load<E>(size: u64, read: &mut impl FnMut(Node) -> Result<Hash, E>) -> Result<Self, E> {
        let levels = (0..u64::BITS).rev().filter(|level| size >> level & 1 == 1);
        let peaks = levels.map(|level| read(Node { level, index: (size >> level) - 1 })).collect::<Result<_, E>>()?;
        Ok(Self { size, peaks })
    }

    /// How many leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf's hash, and tells each subtree that is complete with it, the leaf first.
    pub fn push(&mut self, leaf: Hash, mut complete: impl FnMut(Node, Hash)) {
        let mut node = Node { level: 0, index: self.size };
        let mut hash = leaf;
        complete(node, hash);
        while node.index & 1 == 1
            && let Some(left) = self.peaks.pop()
        {
            hash = node_hash(left, hash);
            node = Node { level: node.level + 1, index: node.index >> 1 };
            complete(node, hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The log at this size.
    pub fn head(&self) -> Head {
        let root = self.peaks.iter().rev().copied().reduce(|right, left| node_hash(left, right));
        Head { size: self.size, root: root.unwrap_or_else(empty_root) }
    }
}

/// The root over the leaves `from..to`.
///
/// # Errors
/// What `read` says.
pub fn root<E>(from: u64, to: u64, read: &mut impl FnMut(Node) -> Result<Hash, E>) -> Result<Hash, E> {
    let n = to.saturating_sub(from);
    if n == 0 {
        return Ok(empty_root());
    }
    if n.is_power_of_two() && from.is_multiple_of(n) {
        return read(Node { level: n.trailing_zeros(), index: from / n });
    }
    let middle = from + split(n);
    Ok(node_hash(root(from, middle, read)?, root(middle, to, read)?))
}

/// The proof that the leaf at `index`, from 0, is in the log of this size: nearest sibling first.
///
/// # Errors
/// What `read` says.
pub fn inclusion<E>(index: u64, size: u64, read: &mut impl FnMut(Node) -> Result<Hash, E>) -> Result<Vec<Hash>, E> {
    let (mut from, mut to) = (0, size);
    let mut proof = Vec::new();
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            proof.push(root(middle, to, read)?);
            to = middle;
        } else {
            proof.push(root(from, middle, read)?);
            from = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// Whether the proof shows that the leaf is at `index`, from 0, of this log.
pub fn is_included(head: &Head, index: u64, leaf: Hash, proof: &[Hash]) -> bool {
    if index >= head.size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, head.size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(*sibling, hash);
            // A node without a right sibling stands for itself on the levels above.
            let up = if at & 1 == 0 { at.trailing_zeros().min(63) } else { 0 };
            (at, last) = (at >> up, last >> up);
        } else {
            hash = node_hash(hash, *sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && hash == head.root
}

/// The proof that the log of `old` leaves is the beginning of the one of `new`. Empty if `old` is 0 or `new`.
///
/// # Errors
/// What `read` says.
pub fn consistency<E>(old: u64, new: u64, read: &mut impl FnMut(Node) -> Result<Hash, E>) -> Result<Vec<Hash>, E> {
    if old == 0 || old >= new {
        return Ok(Vec::new());
    }
    let (mut from, mut to, mut whole) = (0, new, true);
    let mut proof = Vec::new();
    while old != to {
        let middle = from + split(to - from);
        if old <= middle {
            proof.push(root(middle, to, read)?);
            to = middle;
        } else {
            proof.push(root(from, middle, read)?);
            (from, whole) = (middle, false);
        }
    }
    if !whole {
        proof.push(root(from, to, read)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Whether the proof shows that `old` is the beginning of `new`. The same size needs the same root and no
/// proof; a log without leaves is the beginning of any.
pub fn is_consistent(old: &Head, new: &Head, proof: &[Hash]) -> bool {
    if old.size >= new.size {
        return old == new && proof.is_empty();
    }
    if old.size == 0 {
        return old.root == empty_root() && proof.is_empty();
    }
    let mut proof = proof.iter().copied();
    // An old log that is one complete subtree is itself the first hash of the proof.
    let first = if old.size.is_power_of_two() { Some(old.root) } else { proof.next() };
    let Some(first) = first else { return false };
    let up = (old.size - 1).trailing_ones();
    let (mut at, mut last) = ((old.size - 1) >> up, (new.size - 1) >> up);
    let (mut was, mut is) = (first, first);
    for hash in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            (was, is) = (node_hash(hash, was), node_hash(hash, is));
            let up = if at & 1 == 0 { at.trailing_zeros().min(63) } else { 0 };
            (at, last) = (at >> up, last >> up);
        } else {
            is = node_hash(is, hash);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && was == old.root && is == new.root
}

#[cfg(test)]
mod tests;
