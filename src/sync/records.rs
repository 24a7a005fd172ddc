//! What the officer sees of each record: exactly what is safe, what is not yet, how old, and why.

use super::afterwards::Readable;
use super::phone::{Inner, Phone};
use super::{PhoneError, lock};
use crate::domain::codes::{Choice, Verdict};
use crate::domain::encounter::Decision;
use crate::domain::entry::EntryKind;
use crate::domain::ids::{ReferralId, StaffId};
use crate::domain::private::Private;
use crate::domain::stage::Stage;
use crate::domain::wire::{Meet, Role, StaffCard, Status};
use crate::outbox::{Hold, Item, Wedge};
use crate::store::EntryRow;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRow {
    /// The encounter.
    pub referral: ReferralId,
    /// Who recorded it.
    pub officer: StaffId,
    /// When it was saved, by the wall clock.
    pub saved_at: DateTime<Utc>,
    /// Where it stands.
    pub state: RecordState,
    /// The person's name or the incident; only while unlocked.
    pub title: Option<Private<String>>,
    /// What was decided.
    pub choice: Choice,
    /// What was recorded after the decision, oldest first.
    pub later: Vec<LaterRow>,
    /// What the rules said; only while unlocked.
    pub verdicts: Option<Verdicts>,
    /// Where it was is missing or unsure, as far as the phone can tell now: also of what was recorded since
    /// the lock, of which nothing is shown.
    pub lacks_place: bool,
    /// Of a person who takes part already, as far as a release lets an officer know: who their case manager is, and
    /// until when that may be shown.
    pub participant: Option<(StaffCard, DateTime<Utc>)>,
}

/// What the rules said of a record. The second does not take the place of the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdicts {
    /// When it was decided.
    pub decided: Verdict,
    /// Of what was amended last; nothing if nothing was.
    pub amended: Option<Verdict>,
}

/// What was recorded after a decision, as far as it can be told without a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaterRow {
    /// What it is.
    pub kind: EntryKind,
    /// The step's, the cause's or the reason's code.
    pub code: String,
    /// Whom a step of the hand-off names; nobody if that person left the roster since.
    pub whom: Option<StaffCard>,
    /// When it was saved, by the wall clock.
    pub saved_at: DateTime<Utc>,
}

/// Why an entry has not arrived, and since when for that reason, where it is known.
type Why = (Hold, Option<DateTime<Utc>>);

/// Where a record stands. One with several entries is as safe as the least safe of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordState {
    /// Safe on this device alone.
    Waiting {
        /// Since when.
        since: DateTime<Utc>,
        /// Why.
        why: Hold,
        /// Since when for that reason, where it is known.
        why_since: Option<DateTime<Utc>>,
        /// How often it was tried.
        attempts: u32,
    },
    /// On its way.
    Sending,
    /// Safe at the agency; nobody has it yet.
    Received {
        /// Since when.
        at: DateTime<Utc>,
    },
    /// A case manager has it.
    Accepted {
        /// Who.
        by: StaffCard,
        /// Since when.
        at: DateTime<Utc>,
        /// When and where they will meet.
        meet: Option<Meet>,
    },
    /// The officer took it back, and the agency has that.
    Withdrawn {
        /// Since when.
        at: DateTime<Utc>,
    },
    /// The server will not take it; it is kept.
    Wedged {
        /// The reason's code.
        reason: &'static str,
        /// What happened.
        words: &'static str,
        /// What to do.
        action: &'static str,
        /// The field at fault, in the server's words.
        detail: String,
    },
    /// Safe at the agency, and by its nature nobody's case.
    NotACase {
        /// Since when.
        received_at: DateTime<Utc>,
    },
}

impl RecordState {
    /// Whether sending it again can help once a person has acted: the server would not take it, and its bytes
    /// are still here.
    pub fn may_go_again(&self) -> bool {
        matches!(self, Self::Wedged { reason, .. } if *reason != Wedge::Gone.code())
    }
}

impl RecordRow {
    /// The row with what can be read of it, and of that only what may be shown.
    fn with(self, written: Option<(Readable, bool)>) -> Self {
        let Some((record, shown)) = written else { return self };
        let lacks_place = record.lacks_place();
        let verdicts = shown.then(|| record.verdicts());
        let title = Some(record.decision).filter(|_| shown).and_then(title);
        Self { verdicts, title, lacks_place, ..self }
    }
}

impl Phone {
    /// The records of the officer on shift, newest first; without a shift, those of everyone.
    ///
    /// # Errors
    /// The outbox cannot be read.
    pub fn records(&self) -> Result<Vec<RecordRow>, PhoneError> {
        let officer = lock(&self.inner.session).shift.as_ref().map(|shift| shift.officer);
        let mut records = self.all_records()?;
        records.retain(|record| officer.is_none_or(|officer| record.officer == officer));
        Ok(records)
    }

    /// The records of everyone on this device, newest first.
    ///
    /// # Errors
    /// The outbox cannot be read.
    pub fn all_records(&self) -> Result<Vec<RecordRow>, PhoneError> {
        self.rows(|id| self.inner.at_hand(id))
    }

    /// The same without anything that an officer wrote, for whoever only asks what is safe: no file that could be
    /// locked is opened.
    ///
    /// # Errors
    /// The outbox cannot be read.
    pub fn standings(&self) -> Result<Vec<RecordRow>, PhoneError> {
        self.rows(|_| None)
    }

    fn rows(&self, read: impl Fn(ReferralId) -> Option<(Readable, bool)>) -> Result<Vec<RecordRow>, PhoneError> {
        let (entries, queue) = {
            let mut outbox = lock(&self.inner.outbox);
            (outbox.entries()?, outbox.queue()?)
        };
        let holds = self.inner.holds(&queue);
        let row = |entries: (EntryRow, Vec<EntryRow>)| {
            let written = read(entries.0.referral);
            self.inner.record(entries, &holds).with(written)
        };
        Ok(by_record(entries).into_iter().map(row).collect())
    }

    /// The decision of a record of the officer on shift; nothing while locked.
    pub fn decision(&self, referral: ReferralId) -> Option<Decision> {
        Some(self.readable(referral)?.decision)
    }
}

impl Inner {
    /// Why each entry of the queue has not arrived, by sequence; nothing of one that is on its way.
    fn holds(&self, queue: &[Item]) -> BTreeMap<u64, Option<Why>> {
        let now_ms = self.now().boot_ms;
        let traffic = lock(&self.traffic);
        let mut lanes = BTreeSet::new();
        let mut hold = |item: &Item| {
            let first = lanes.insert(item.referral);
            let on_its_way = first && traffic.sending.contains(&item.referral);
            (item.seq, (!on_its_way).then(|| traffic.why(item, first, now_ms)))
        };
        queue.iter().map(&mut hold).collect()
    }

    /// A record of its decision, and what came after it in the order of the chain.
    fn record(&self, (decided, later): (EntryRow, Vec<EntryRow>), holds: &BTreeMap<u64, Option<Why>>) -> RecordRow {
        let site = self.site();
        let card = |id| site.as_ref().and_then(|site| site.card(id).cloned());
        let told = |row: &EntryRow| LaterRow {
            kind: row.kind,
            code: row.code.clone(),
            whom: row.whom.and_then(card),
            saved_at: row.saved_at,
        };
        let participant = decided.status.as_ref().and_then(|status| status.participant);
        let participant = participant.map(|told| (card(told.by).unwrap_or_else(|| nameless(told.by)), told.until));
        RecordRow {
            participant,
            referral: decided.referral,
            officer: decided.officer,
            saved_at: decided.saved_at,
            choice: decided.choice,
            verdicts: None,
            title: None,
            lacks_place: false,
            later: later.iter().map(told).collect(),
            state: self.state(decided, &later, holds),
        }
    }

    fn state(&self, decided: EntryRow, later: &[EntryRow], holds: &BTreeMap<u64, Option<Why>>) -> RecordState {
        let all = || std::iter::once(&decided).chain(later);
        if let Some(wedge) = all().filter(|row| row.received_at.is_none()).find_map(|row| row.wedge.as_ref()) {
            return RecordState::Wedged {
                reason: wedge.code(),
                words: wedge.words(),
                action: wedge.action(),
                detail: wedge.detail(),
            };
        }
        if let Some(first) = all().find(|row| row.received_at.is_none()) {
            return waiting(first, holds);
        }
        let withdrawn = later.iter().find(|row| row.kind == EntryKind::Withdrawal);
        match (withdrawn.and_then(|row| row.received_at), decided.received_at) {
            (Some(at), _) => RecordState::Withdrawn { at },
            (None, Some(at)) if decided.choice == Choice::OfferedAccepted => self.received(at, decided.status),
            (None, Some(received_at)) => RecordState::NotACase { received_at },
            (None, None) => waiting(&decided, holds),
        }
    }

    fn received(&self, at: DateTime<Utc>, status: Option<Status>) -> RecordState {
        let Some(status) = status else { return RecordState::Received { at } };
        match (status.stage, status.by) {
            (Stage::Accepted, Some(by)) => {
                let card = self.site().and_then(|site| site.card(by).cloned());
                RecordState::Accepted { by: card.unwrap_or_else(|| nameless(by)), at: status.at, meet: status.meet }
            }
            (Stage::Withdrawn, _) => RecordState::Withdrawn { at: status.at },
            (Stage::Accepted | Stage::Received, _) => RecordState::Received { at },
        }
    }
}

fn waiting(row: &EntryRow, holds: &BTreeMap<u64, Option<Why>>) -> RecordState {
    match holds.get(&row.seq) {
        Some(None) => RecordState::Sending,
        other => {
            let (why, why_since) = other.copied().flatten().unwrap_or((Hold::Next, None));
            RecordState::Waiting { since: row.saved_at, why, why_since, attempts: row.attempts }
        }
    }
}

/// The entries, newest first, as records: each decision with what came after it. Entries whose decision is in
/// no file that can be read stand for it, so that none is hidden.
fn by_record(entries: Vec<EntryRow>) -> Vec<(EntryRow, Vec<EntryRow>)> {
    let mut later: BTreeMap<ReferralId, Vec<EntryRow>> = BTreeMap::new();
    let mut records = Vec::new();
    for entry in entries {
        match entry.kind {
            EntryKind::Decision => {
                let mut after = later.remove(&entry.referral).unwrap_or_default();
                after.reverse();
                records.push((entry, after));
            }
            EntryKind::HandOff | EntryKind::Amendment | EntryKind::Withdrawal => {
                later.entry(entry.referral).or_default().push(entry);
            }
        }
    }
    records.extend(later.into_values().filter_map(|mut after| {
        after.reverse();
        let first = (!after.is_empty()).then(|| after.remove(0))?;
        Some((first, after))
    }));
    records
}

/// Someone who left the roster since.
fn nameless(id: StaffId) -> StaffCard {
    StaffCard {
        id,
        role: Role::CaseManager,
        name: "a case manager".to_owned(),
        serial: String::new(),
        phone: Private::default(),
    }
}

fn title(decision: Decision) -> Option<Private<String>> {
    let name = decision.person.map(|person| person.name);
    name.or_else(|| decision.incident.map(Private::new))
}
