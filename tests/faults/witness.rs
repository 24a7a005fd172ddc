//! The world's own witness of the server's log: a tree that it grows by itself from the leaves as they come, and
//! every checkpoint that anyone saw, held against it.

use crate::model::{Held, Model};
use crate::station::Station;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use handoff::domain::entry::entry_hash;
use handoff::domain::ids::Hash;
use handoff::domain::wire::LedgerNews;
use handoff::seal::note::{self, Checkpoint};
use handoff::seal::tree::Frontier;
use handoff_server::ledger::export::{self, Line, RecordLine};
use handoff_server::ledger::{sign_now, verify};
use std::collections::{BTreeMap, BTreeSet};

/// One epoch's log.
#[derive(Default)]
struct Grown {
    frontier: Frontier,
    leaves: Vec<Hash>,
    /// The root at each size, from 1.
    roots: Vec<Hash>,
}

#[derive(Default)]
pub struct Witness {
    /// By origin.
    logs: BTreeMap<String, Grown>,
    /// The last leaf that was read, over all epochs.
    last: u64,
    /// The checkpoint that was seen last.
    known: Option<Checkpoint>,
    note: String,
}

impl Witness {
    /// What the server tells a phone of its log.
    pub fn hears(&mut self, station: &Station, body: &[u8]) -> Held {
        #[derive(serde::Deserialize)]
        struct Told {
            ledger: Option<LedgerNews>,
        }
        match serde_json::from_slice::<Told>(body) {
            Ok(Told { ledger: Some(news) }) => self.sees(station, &news.checkpoint),
            Ok(Told { ledger: None }) | Err(_) => Ok(()),
        }
    }

    /// A checkpoint is kept, and is of the log that the world saw grow.
    fn sees(&mut self, station: &Station, checkpoint: &str) -> Held {
        if self.note == checkpoint {
            return Ok(());
        }
        let public = station.app().keys().server.public().map_err(|error| error.to_string())?;
        let seen = note::open(checkpoint, &public).map_err(|error| format!("I5: a checkpoint of nobody: {error}"))?;
        let size = usize::try_from(seen.head.size).unwrap();
        if self.logs.get(&seen.origin).is_none_or(|log| log.leaves.len() < size) {
            self.grow(station)?;
        }
        let root = self.logs.get(&seen.origin).and_then(|log| log.roots.get(size.wrapping_sub(1)));
        if root != Some(&seen.head.root) {
            return Err(format!("I5: the checkpoint of {size} leaves is not of the log as it was"));
        }
        (self.known, self.note) = (Some(seen), checkpoint.to_owned());
        Ok(())
    }

    /// Reads the leaves that came since. Where there was one before, it is the same.
    fn grow(&mut self, station: &Station) -> Held {
        for (n, origin, place, commitment) in station.leaves_after(self.last) {
            self.last = n;
            let log = self.logs.entry(origin).or_default();
            let (leaf, at) = (place.leaf(commitment), usize::try_from(place.position).unwrap());
            match log.leaves.get(at - 1) {
                Some(was) if *was == leaf => {}
                None if at == log.leaves.len() + 1 => {
                    log.leaves.push(leaf);
                    log.frontier.push(leaf, |_, _| {});
                    log.roots.push(log.frontier.head().root);
                }
                Some(_) => return Err(format!("I5: leaf {at} of epoch {} is another than it was", place.epoch)),
                None => return Err(format!("I5: the leaf before {at} of epoch {} is not there", place.epoch)),
            }
        }
        Ok(())
    }

    /// The server was restored from an older copy: what is left of each log is read again.
    pub fn look_again(&mut self) {
        self.last = 0;
    }

    /// The server signs what it has; then its newest checkpoint follows all that were seen.
    pub fn sign(&mut self, station: &Station) -> Result<bool, String> {
        let signed = station.block_on(sign_now(station.app())).is_ok_and(|all| all);
        if let Some(newest) = station.app().ledger().newest() {
            self.sees(station, &newest.note)?;
        }
        Ok(signed)
    }

    /// At rest: an export verifies with the last checkpoint that anyone saw, and holds the model's entries, each
    /// once or more where it was offered again, and no other.
    pub fn at_rest(&mut self, station: &Station, model: &Model) -> Held {
        if !self.sign(station)? {
            return Err("I5: the log cannot be signed".into());
        }
        let mut file = Vec::new();
        let taken = export::write(station.app(), &mut |lines| {
            file.extend_from_slice(&lines);
            true
        });
        taken.map_err(|error| format!("I5: the log cannot be exported: {error}"))?;
        let public = station.app().keys().server.public().map_err(|error| error.to_string())?;
        let report = verify::verify(file.as_slice(), &public, self.known.clone())
            .map_err(|error| format!("I5: an export cannot be verified: {error}"))?;
        if let Some(found) = report.findings.first() {
            return Err(format!("I5: an export of the log is {}: {}", found.what.name(), found.words));
        }
        let exported = file.split(|byte| *byte == b'\n').filter_map(entry_of).collect::<BTreeSet<Hash>>();
        match exported == model.logged.keys().copied().collect() {
            true => Ok(()),
            false => Err("I5: the log's entries are not those that were recorded".into()),
        }
    }
}

/// The entry in a line of an export, if it holds one.
fn entry_of(line: &[u8]) -> Option<Hash> {
    let Ok(Line::Leaf(leaf)) = serde_json::from_slice(line) else { return None };
    let RecordLine::Entry { header, enc, ciphertext, .. } = leaf.record else { return None };
    let bytes = [header, enc, ciphertext].map(|text| B64.decode(text.as_bytes()).expect("base64"));
    Some(entry_hash(&bytes[0], &bytes[1], &bytes[2]))
}
