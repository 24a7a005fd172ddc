//! What must be true, kept apart from what is tested: who was told "Saved", what the server answered for,
//! and what became of each encounter.

use crate::device::{Amended, Device, Unfinished, is_safe};
use crate::officer::{self, Deed};
use crate::station::{Case, Filed, Logged, Station};
use chrono::{DateTime, Utc};
use handoff::domain::codes::{Choice, Verdict};
use handoff::domain::entry::EntryKind;
use handoff::domain::ids::{DeviceId, Hash, ReferralId};
use handoff::sync::{RecordRow, Saved};
use handoff_server::flags::{Flag, Flags};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What was broken, in words, with the invariant's number first.
pub type Held = Result<(), String>;

/// An encounter as its officers remember it.
pub struct Promise {
    /// Its place in the story.
    pub number: usize,
    pub choice: Choice,
    /// When it was, as the phone's clock showed it.
    met: Option<DateTime<Utc>>,
    /// What the rules said of it, at each tap on Save.
    verdicts: BTreeSet<Verdict>,
    /// Entries for which an officer saw "Saved".
    saved: BTreeSet<Hash>,
    /// How often an officer tapped Save.
    begun: BTreeMap<EntryKind, usize>,
    /// What each phone saved of it, in order.
    lanes: BTreeMap<usize, Vec<Hash>>,
}

#[derive(Default)]
pub struct Model {
    pub referrals: BTreeMap<ReferralId, Promise>,
    /// What the rules say of the facts of each amendment for which an officer saw "Saved".
    amendments: BTreeMap<Hash, Verdict>,
    /// Every entry in the server's log, and those of each encounter.
    pub logged: HashMap<Hash, Logged>,
    of: BTreeMap<ReferralId, Vec<Hash>>,
    /// The highest sequence of a referral in each chain, to see that order is kept.
    order: HashMap<(Vec<u8>, ReferralId), i64>,
    /// Devices that are two phones, since one began with a backup of the other.
    doubled: BTreeSet<DeviceId>,
    /// What was ever in the log: a restored server may have it again in any order.
    ever: HashSet<Hash>,
    last: Option<(i64, (u64, u64))>,
    /// What the server had written at the last look.
    looked: Option<(u32, usize)>,
    /// Every receipt that left the server.
    receipts: HashMap<Hash, (u64, u64)>,
    pub cases: BTreeMap<ReferralId, Case>,
    /// What the server answered for since it was last restored.
    answered: BTreeSet<Hash>,
    /// It was restored, and the phones have not all heard of it.
    pub forgetful: bool,
}

impl Model {
    /// An officer taps Save.
    pub fn begins(&mut self, id: ReferralId, deed: Deed) -> usize {
        let number = self.referrals.len() + 1;
        let choice = match deed {
            Deed::Decide { choice, .. } => choice,
            _ => Choice::NotOffered,
        };
        let promise = self.referrals.entry(id).or_insert_with(|| Promise {
            number,
            choice,
            met: None,
            verdicts: BTreeSet::new(),
            saved: BTreeSet::new(),
            begun: BTreeMap::new(),
            lanes: BTreeMap::new(),
        });
        *promise.begun.entry(deed.kind()).or_default() += 1;
        promise.number
    }

    /// What the rules say of an encounter, as the officer decides on it.
    pub fn assessed(&mut self, id: ReferralId, at: DateTime<Utc>, verdict: Verdict) {
        if let Some(promise) = self.referrals.get_mut(&id) {
            promise.met = Some(at);
            promise.verdicts.insert(verdict);
        }
    }

    /// When an encounter was.
    pub fn met(&self, id: ReferralId, now: DateTime<Utc>) -> DateTime<Utc> {
        self.referrals.get(&id).and_then(|promise| promise.met).unwrap_or(now)
    }

    fn number(&self, id: ReferralId) -> usize {
        self.referrals.get(&id).map_or(0, |promise| promise.number)
    }

    /// An officer saw "Saved".
    pub fn saved(&mut self, device: usize, what: Unfinished, (saved, verdict): (&Saved, Option<Verdict>)) -> Held {
        if saved.referral != what.id {
            return Err("I2: a save that was tried again was kept under another id".into());
        }
        let promise = self.referrals.get_mut(&what.id).ok_or("a save that nobody began")?;
        promise.saved.insert(saved.entry);
        let lane = promise.lanes.entry(device).or_default();
        if !lane.contains(&saved.entry) {
            lane.push(saved.entry);
        }
        if let Some(verdict) = verdict.filter(|_| what.deed.kind() == EntryKind::Amendment) {
            self.amendments.insert(saved.entry, verdict);
        }
        Ok(())
    }

    /// Reads what the server has written since.
    pub fn look(&mut self, station: &Station) -> Held {
        if self.looked.replace(station.writes()) == Some(station.writes()) {
            return Ok(());
        }
        let new = station.entries_after(self.last.map_or(0, |(position, _)| position));
        if new.is_empty() {
            return Ok(());
        }
        let touched: BTreeSet<ReferralId> = new.iter().map(|entry| entry.referral).collect();
        for entry in new {
            self.take(entry)?;
        }
        // A case and the columns come with their entry, in one transaction.
        for (id, filed) in station.filed(touched) {
            self.judge(id, &filed).map_err(|why| format!("I2: encounter {}: {why}", self.number(id)))?;
        }
        Ok(())
    }

    /// One more entry of the log.
    fn take(&mut self, entry: Logged) -> Held {
        let position = entry.position;
        let before = self.last.replace((position, entry.place)).unwrap_or_default();
        if position != before.0 + 1 {
            return Err(format!("I5: the log jumps from {} to {position}", before.0));
        }
        if entry.place <= before.1 {
            return Err(format!("I5: position {position} has the leaf of another"));
        }
        let Some(kind) = entry.kind else { return Err(format!("I2: position {position} is filed nowhere")) };
        let kept = self.of.entry(entry.referral).or_default();
        let have = kept.iter().filter(|hash| self.logged.get(hash).is_some_and(|had| had.kind == Some(kind))).count();
        let begun = self.referrals.get(&entry.referral).and_then(|promise| promise.begun.get(&kind)).copied();
        if have >= begun.unwrap_or(0) {
            return Err(format!("I2: position {position} holds a {} that nobody recorded", kind.code()));
        }
        kept.push(entry.hash);
        self.in_order(&entry)?;
        self.ever.insert(entry.hash);
        match self.logged.insert(entry.hash, entry) {
            Some(_) => Err("I5: one entry stands twice in the log".into()),
            None => Ok(()),
        }
    }

    /// It came behind everything that its phone saved before it of the same encounter.
    fn in_order(&mut self, entry: &Logged) -> Held {
        let overtook = || Err(format!("I3: position {} came before an earlier entry of its referral", entry.position));
        if self.ever.contains(&entry.hash) {
            return Ok(());
        }
        let highest = self.order.entry((entry.chain.clone(), entry.referral)).or_insert(0);
        if entry.seq < *highest && !self.doubled.contains(&entry.device) {
            return overtook();
        }
        *highest = entry.seq.max(*highest);
        let lanes = self.referrals.get(&entry.referral).map(|promise| promise.lanes.values());
        for lane in lanes.into_iter().flatten().filter(|lane| lane.contains(&entry.hash)) {
            if lane.iter().take_while(|hash| **hash != entry.hash).any(|hash| !self.ever.contains(hash)) {
                return overtook();
            }
        }
        Ok(())
    }

    fn entries(&self, id: ReferralId) -> impl Iterator<Item = &Logged> {
        self.of.get(&id).into_iter().flatten().filter_map(|hash| self.logged.get(hash))
    }

    /// What the server made of an encounter.
    fn judge(&mut self, id: ReferralId, filed: &Filed) -> Held {
        let Some(promise) = self.referrals.get(&id) else { return Ok(()) };
        for (hash, verdict, flags) in &filed.decisions {
            if !promise.verdicts.contains(verdict) {
                return Err("its verdict is not the one on which the officer decided".into());
            }
            self.marks(id, (*hash, *verdict), *flags)?;
        }
        for entry in self.entries(id) {
            if self.amendments.get(&entry.hash).is_some_and(|promised| Some(*promised) != entry.verdict) {
                return Err("an amendment's verdict is not the one that the officer saw".into());
            }
        }
        let offered = promise.choice == Choice::OfferedAccepted && !filed.decisions.is_empty();
        match (&filed.case, offered) {
            (None, false) => Ok(()),
            (None, true) => Err("it was accepted and has no case".into()),
            (Some(_), false) => Err("a case without an accepted offer".into()),
            (Some(case), true) => self.follow(id, case.clone()),
        }
    }

    /// The marks on a decision say what came to it, and nothing else.
    fn marks(&self, id: ReferralId, (decision, verdict): (Hash, Verdict), flags: Flags) -> Held {
        let amended = |entry: &&Logged| entry.amends == Some(decision);
        let others = self.entries(id).filter(amended).any(|entry| entry.verdict != Some(verdict));
        let back = self.entries(id).any(|entry| entry.kind == Some(EntryKind::Withdrawal));
        let said = [Flag::Amended, Flag::VerdictChanged, Flag::Withdrawn].map(|flag| flags.has(flag));
        match said == [self.entries(id).any(|entry| amended(&entry)), others, back] {
            true => Ok(()),
            false => Err("the marks on its decision are not those of what came to it".into()),
        }
    }

    /// A case as it is now, after what was known of it.
    pub fn follow(&mut self, id: ReferralId, case: Case) -> Held {
        let closes = |entry: &Logged| {
            entry.kind == Some(EntryKind::Withdrawal) && (entry.device == case.device || entry.officer == case.officer)
        };
        match (self.entries(id).any(closes), case.withdrawn) {
            (true, false) => return Err("it was taken back, and its case is open".into()),
            (false, true) => return Err("its case is closed, and nobody took it back".into()),
            (true, true) | (false, false) => {}
        }
        let had = self.cases.get(&id).and_then(|had| had.by);
        if had.is_some() && had != case.by {
            return Err("whoever took it does not have it any more".into());
        }
        self.cases.insert(id, case);
        Ok(())
    }

    /// Whether anyone's withdrawal of it is in the log.
    pub fn is_taken_back(&self, id: ReferralId) -> bool {
        self.entries(id).any(|entry| entry.kind == Some(EntryKind::Withdrawal))
    }

    /// Whether the server has a decision on it.
    fn is_decided(&self, id: ReferralId) -> bool {
        self.entries(id).any(|entry| entry.kind == Some(EntryKind::Decision))
    }

    /// The server gave a receipt.
    pub fn receipted(&mut self, entry: Hash, epoch: u64, position: u64) -> Held {
        if !self.logged.contains_key(&entry) {
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
        let there = station.hashes();
        match self.answered.iter().all(|hash| there.contains(hash)) {
            true => Ok(()),
            false => Err("I1: an entry that had its receipt is gone from the server".into()),
        }
    }

    /// A phone began with a backup of another: both write to one chain.
    pub fn doubles(&mut self, device: Option<DeviceId>) {
        self.doubled.extend(device);
    }

    /// The server was restored from an older copy: what it wrote since is gone there, and must come again.
    pub fn forget(&mut self) {
        self.forgetful = true;
        self.logged.clear();
        self.of.clear();
        self.order.clear();
        self.answered.clear();
        self.cases.clear();
        self.last = None;
        self.looked = None;
    }

    /// A phone shows everything that was saved on it, and calls nothing safe that is not.
    pub fn look_at(&self, device: &Device) -> Held {
        let rows = device.phone().standings().map_err(|error| format!("I1: the records cannot be read: {error}"))?;
        let shown: BTreeMap<ReferralId, &RecordRow> = rows.iter().map(|row| (row.referral, row)).collect();
        for id in &device.kept.shows {
            let number = self.number(*id);
            let Some(row) = shown.get(id) else {
                return Err(format!("I1: encounter {number} was saved and phone {} does not have it", device.name));
            };
            if row.later.len() < device.kept.later.get(id).map_or(0, BTreeSet::len) {
                return Err(format!("I1: what came to encounter {number} is not on phone {}", device.name));
            }
            if is_safe(&row.state) && !self.forgetful && !self.is_decided(*id) {
                return Err(format!("I1: phone {} calls encounter {number} safe, the server has it not", device.name));
            }
        }
        self.hides(device)
    }

    /// A locked phone shows nothing of what was recorded, and a revoked one never again.
    fn hides(&self, device: &Device) -> Held {
        let phone = device.phone();
        if phone.is_revoked() && !phone.reads_nothing() {
            return Err(format!("I7: phone {} heard that it is revoked, and keeps the keys that read", device.name));
        }
        let locked = phone.reads_nothing() || phone.shift().is_none_or(|shift| shift.locked);
        let newest = device.kept.written.last_key_value().filter(|_| locked);
        match newest.and_then(|(id, _)| phone.readable(*id)) {
            Some(_) => Err(format!("I7: phone {} shows what is locked", device.name)),
            None => Ok(()),
        }
    }

    /// An unlocked phone shows its officer an encounter as it was recorded, and what was amended last.
    pub fn reads(&self, device: &Device, id: ReferralId) -> Held {
        let phone = device.phone();
        let officer = phone.shift().map(|shift| shift.officer.id);
        let written = device.kept.written.get(&id).filter(|written| written.officer == officer);
        let (Some(written), Some(promise)) = (written, self.referrals.get(&id)) else { return Ok(()) };
        let broken = |what: &str| Err(format!("I1: encounter {} on phone {}: {what}", promise.number, device.name));
        let Some(record) = phone.readable(id) else { return broken("its officer cannot read it any more") };
        let verdict = record.decision.assessment.verdict;
        if record.decision.choice != promise.choice || !promise.verdicts.contains(&verdict) {
            return broken("its officer reads another decision");
        }
        // A save that was cut short may have been kept: which of the two is read is not known.
        if device.kept.unfinished.iter().any(|unfinished| unfinished.id == id) {
            return Ok(());
        }
        let note = record.amended.as_ref().map(|amended| amended.note.as_ref().map(|note| note.reveal().clone()));
        let expected = match written.amended {
            Amended::Unsure => return Ok(()),
            Amended::Not => None,
            Amended::Fix => Some(None),
            Amended::Note(number) => Some(Some(officer::note(number))),
        };
        if note == expected { Ok(()) } else { broken("its officer reads another amendment than the last") }
    }

    /// At rest: every promise is kept.
    pub fn settled(&self, stranded: &BTreeSet<ReferralId>) -> Held {
        for (id, promise) in &self.referrals {
            let arrived = promise.saved.iter().all(|hash| self.logged.contains_key(hash));
            if !arrived && !stranded.contains(id) {
                return Err(format!("I1: encounter {} was saved and never arrived", promise.number));
            }
            let is_case = promise.choice == Choice::OfferedAccepted && self.is_decided(*id);
            if is_case != self.cases.contains_key(id) {
                return Err(format!("I2: encounter {} has no case of its own", promise.number));
            }
        }
        Ok(())
    }
}
