//! The tree against the definition of RFC 6962, word for word, and against an independent implementation.

use super::*;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use proptest::prelude::*;
use sha2::Sha256;
use std::convert::Infallible;

fn leaves(n: u64) -> Vec<Vec<u8>> {
    (0..n).map(|i| i.to_be_bytes().to_vec()).collect()
}

/// Gives the hash of a complete subtree from the leaves themselves, by the definition.
fn reader(leaves: &[Vec<u8>]) -> impl FnMut(Node) -> Result<Hash, Infallible> + '_ {
    |node| {
        let from = usize::try_from(node.index << node.level).unwrap();
        Ok(defined(&leaves[from..from + (1 << node.level)]))
    }
}

/// MTH of RFC 6962, 2.1.
fn defined(leaves: &[Vec<u8>]) -> Hash {
    match leaves {
        [] => Hash::of(&[]),
        [leaf] => leaf_hash(leaf),
        _ => {
            let k = leaves.len().next_power_of_two() / 2;
            node_hash(defined(&leaves[..k]), defined(&leaves[k..]))
        }
    }
}

fn head(leaves: &[Vec<u8>]) -> Head {
    Head { size: leaves.len() as u64, root: defined(leaves) }
}

fn theirs(leaves: &[Vec<u8>]) -> MemoryBackedTree<Sha256, Vec<u8>> {
    let mut tree = MemoryBackedTree::new();
    leaves.iter().for_each(|leaf| tree.push(leaf.clone()));
    tree
}

fn flat(proof: &[Hash]) -> Vec<u8> {
    proof.iter().flat_map(|hash| hash.0).collect()
}

#[test]
fn the_tree_of_the_rfc_has_the_root_that_others_publish() {
    // Leaves and roots of the test vectors of Certificate Transparency.
    let hex = |text: &str| -> Vec<u8> {
        (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()).collect()
    };
    let texts = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    let leaves: Vec<Vec<u8>> = texts.map(hex).to_vec();
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut frontier = Frontier::default();
    assert_eq!(frontier.head().root, empty_root());
    for (leaf, root) in leaves.iter().zip(roots) {
        frontier.push(leaf_hash(leaf), |_, _| {});
        assert_eq!(frontier.head().root.to_string(), root);
    }
}

#[test]
fn a_proof_of_no_leaf_or_with_a_hash_too_many_or_too_few_shows_nothing() {
    let leaves = leaves(7);
    let proof = inclusion(3, 7, &mut reader(&leaves)).unwrap();
    let (head, leaf) = (head(&leaves), leaf_hash(&leaves[3]));
    assert!(is_included(&head, 3, leaf, &proof));
    assert!(!is_included(&head, 7, leaf, &proof));
    assert!(!is_included(&head, 3, leaf, &proof[1..]));
    assert!(!is_included(&head, 3, leaf, &[proof, vec![leaf]].concat()));
    assert!(!is_included(&Head { size: 0, root: empty_root() }, 0, leaf, &[]));
}

proptest! {
    #[test]
    fn roots_are_those_of_the_definition_and_of_another_implementation(n in 1_u64..300) {
        let leaves = leaves(n);
        let mut frontier = Frontier::default();
        let mut complete = std::collections::BTreeMap::new();
        leaves.iter().for_each(|leaf| frontier.push(leaf_hash(leaf), |node, hash| { complete.insert(node, hash); }));
        prop_assert_eq!(frontier.head(), head(&leaves));
        let their_root = theirs(&leaves).root();
        prop_assert_eq!(frontier.head().root.0.to_vec(), their_root.as_bytes().to_vec());
        for (node, hash) in complete {
            prop_assert_eq!(hash, reader(&leaves)(node).unwrap());
        }
        prop_assert_eq!(Frontier::load(n, &mut reader(&leaves)).unwrap(), frontier);
    }

    #[test]
    fn our_proofs_convince_another_implementation_and_its_proofs_convince_us(n in 1_u64..200, at in any::<u64>()) {
        let (leaves, index) = (leaves(n), at % n);
        let their_tree = theirs(&leaves);
        let proof = inclusion(index, n, &mut reader(&leaves)).unwrap();
        let leaf = &leaves[index as usize];
        let sent = InclusionProof::<Sha256>::try_from_bytes(flat(&proof)).unwrap();
        prop_assert!(their_tree.root().verify_inclusion(leaf, index, &sent).is_ok());
        prop_assert_eq!(their_tree.prove_inclusion(index as usize).as_bytes().to_vec(), flat(&proof));
        prop_assert!(is_included(&head(&leaves), index, leaf_hash(leaf), &proof));
        prop_assert!(proof.len() <= 8);
        prop_assert!(!is_included(&head(&leaves), (index + 1) % n, leaf_hash(leaf), &proof) || n == 1);
    }

    #[test]
    fn a_log_is_shown_to_have_grown_from_an_older_one_and_from_no_other(n in 2_u64..200, cut in any::<u64>(), other in any::<u8>()) {
        let (leaves, old) = (leaves(n), cut % n + 1);
        let was = &leaves[..old as usize];
        let proof = consistency(old, n, &mut reader(&leaves)).unwrap();
        prop_assert!(is_consistent(&head(was), &head(&leaves), &proof));
        if old < n {
            let sent = ConsistencyProof::<Sha256>::try_from_bytes(flat(&proof)).unwrap();
            let (their_old, their_new): (RootHash<Sha256>, RootHash<Sha256>) = (theirs(was).root(), theirs(&leaves).root());
            prop_assert!(their_new.verify_consistency(&their_old, &sent).is_ok());
        }
        let mut forked = was.to_vec();
        forked[usize::from(other) % was.len()].push(1);
        prop_assert!(!is_consistent(&head(&forked), &head(&leaves), &proof));
        prop_assert!(!is_consistent(&head(&leaves), &head(was), &proof) || old == n);
    }

    #[test]
    fn no_proof_breaks_the_checks(sizes in any::<(u64, u64, u64)>(), proof in prop::collection::vec(any::<[u8; 32]>(), 0..70)) {
        let proof: Vec<Hash> = proof.into_iter().map(Hash).collect();
        let (old, new) = (Head { size: sizes.0, root: Hash([1; 32]) }, Head { size: sizes.1, root: Hash([2; 32]) });
        prop_assert!(!is_consistent(&old, &new, &proof));
        prop_assert!(!is_included(&new, sizes.2, Hash([3; 32]), &proof));
    }
}
