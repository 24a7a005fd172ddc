//! What must be true, kept apart from what is tested: who was told "Saved", what the server answered for,
//! and which cases there are.

use crate::device::{Device, is_safe};
use crate::station::{Logged, Station};
use handoff::domain::codes::Choice;
use handoff::domain::ids::{Hash, ReferralId, StaffId};
use handoff::sync::RecordState;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What was broken, in words, with the invariant's number first.
pub type Held = Result<(), String>;

/// An encounter as the officer remembers it.
pub struct Promise {
    /// Its place in the story.
    pub number: usize,
    pub choice: Choice,
    /// Entries for which an officer saw "Saved".
    pub saved: BTreeSet<Hash>,
}

#[derive(Default)]
pub struct Model {
    pub referrals: BTreeMap<ReferralId, Promise>,
    /// Every entry in the server's log, by hash.
    pub logged: HashMap<Vec<u8>, Logged>,
    pub logged_referrals: BTreeSet<ReferralId>,
    /// The highest sequence of a referral in each chain, to see that order is kept.
    order: HashMap<(Vec<u8>, ReferralId), i64>,
    last_position: i64,
    /// Every receipt that left the server.
    receipts: HashMap<Hash, (u64, u64)>,
    pub cases: BTreeMap<ReferralId, Option<StaffId>>,
    last_case: i64,
    /// What the server answered for since it was last restored.
    answered: BTreeSet<Hash>,
    /// It was restored, and the phones have not all heard of it.
    pub forgetful: bool,
}

impl Model {
    /// An officer begins to save.
    pub fn begins(&mut self, id: ReferralId, choice: Choice) -> usize {
        let number = self.referrals.len() + 1;
        self.referrals.entry(id).or_insert(Promise { number, choice, saved: BTreeSet::new() }).number
    }

    /// An officer saw "Saved".
    pub fn saved(&mut self, asked: ReferralId, saved: &handoff::sync::Saved) -> Held {
        if saved.referral != asked {
            return Err("I2: a save that was tried again was kept under another id".into());
        }
        let promise = self.referrals.get_mut(&asked).ok_or("a save that nobody began")?;
        promise.saved.insert(saved.entry);
        Ok(())
    }

    /// Reads what the server has written since.
    pub fn look(&mut self, station: &Station) -> Held {
        let new = station.entries_after(self.last_position);
        // A case comes with its offer, in one transaction.
        let cases = if new.is_empty() { Vec::new() } else { station.cases_after(self.last_case) };
        for entry in new {
            if entry.position != self.last_position + 1 {
                return Err(format!("I5: the log jumps from {} to {}", self.last_position, entry.position));
            }
            self.last_position = entry.position;
            if !self.referrals.contains_key(&entry.referral) {
                return Err(format!("I2: position {} holds an encounter that nobody recorded", entry.position));
            }
            let before = self.order.entry((entry.chain.clone(), entry.referral)).or_insert(0);
            if entry.seq < *before {
                return Err(format!("I3: position {} came before an earlier entry of its referral", entry.position));
            }
            *before = entry.seq;
            self.logged_referrals.insert(entry.referral);
            if self.logged.insert(entry.hash.clone(), entry).is_some() {
                return Err("I5: one entry stands twice in the log".into());
            }
        }
        for (n, referral, by) in cases {
            self.last_case = n;
            let accepted = self.referrals.get(&referral).is_some_and(|known| known.choice == Choice::OfferedAccepted);
            if !accepted {
                return Err("I2: a case without an accepted offer".into());
            }
            if !self.logged_referrals.contains(&referral) {
                return Err("I2: a case whose offer is not in the log".into());
            }
            if self.cases.insert(referral, by).is_some() {
                return Err("I2: a second case for one accepted offer".into());
            }
        }
        Ok(())
    }

    /// The server gave a receipt.
    pub fn receipted(&mut self, entry: Hash, epoch: u64, position: u64) -> Held {
        if !self.logged.contains_key(entry.0.as_slice()) {
            return Err("I1: a receipt for what is not in the log".into());
        }
        self.answered.insert(entry);
        let first = *self.receipts.entry(entry).or_insert((epoch, position));
        if first.0 == epoch && first != (epoch, position) {
            return Err("I5: two receipts for one entry name two positions".into());
        }
        self.receipts.insert(entry, (epoch, position));
        Ok(())
    }

    /// After a server began anew from its files: whatever it answered for is there.
    pub fn look_again(&mut self, station: &Station) -> Held {
        let there: BTreeSet<Vec<u8>> = station.entries_after(0).into_iter().map(|entry| entry.hash).collect();
        match self.answered.iter().find(|hash| !there.contains(hash.0.as_slice())) {
            Some(_) => Err("I1: an entry that had its receipt is gone from the server".into()),
            None => Ok(()),
        }
    }

    /// The server was restored from an older copy: what it wrote since is gone there, and must come again.
    pub fn forget(&mut self) {
        self.forgetful = true;
        self.logged.clear();
        self.logged_referrals.clear();
        self.order.clear();
        self.answered.clear();
        self.cases.clear();
        (self.last_position, self.last_case) = (0, 0);
    }

    /// A phone shows everything that was saved on it, and calls nothing safe that is not.
    pub fn look_at(&self, device: &Device) -> Held {
        let rows = device.phone().all_records().map_err(|error| format!("I1: the records cannot be read: {error}"))?;
        let shown: BTreeMap<ReferralId, &RecordState> = rows.iter().map(|row| (row.referral, &row.state)).collect();
        for id in &device.shows {
            let number = self.referrals.get(id).map_or(0, |promise| promise.number);
            let Some(state) = shown.get(id) else {
                return Err(format!("I1: encounter {number} was saved and phone {} does not have it", device.name));
            };
            let called_safe = is_safe(state);
            if called_safe && !self.forgetful && !self.logged_referrals.contains(id) {
                return Err(format!("I1: phone {} calls encounter {number} safe, the server has it not", device.name));
            }
        }
        Ok(())
    }

    /// At rest: every promise is kept.
    pub fn settled(&self, stranded: &BTreeSet<ReferralId>) -> Held {
        for (id, promise) in &self.referrals {
            let arrived = promise.saved.iter().all(|hash| self.logged.contains_key(hash.0.as_slice()));
            if !arrived && !stranded.contains(id) {
                return Err(format!("I1: encounter {} was saved and never arrived", promise.number));
            }
            let is_case = promise.choice == Choice::OfferedAccepted && self.logged_referrals.contains(id);
            if is_case != self.cases.contains_key(id) {
                return Err(format!("I2: encounter {} has no case of its own", promise.number));
            }
        }
        Ok(())
    }
}
