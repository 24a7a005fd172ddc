//! What the officer sees of each record: exactly what is safe, what is not yet, how old, and why.

use super::phone::{Inner, Phone};
use super::{PhoneError, lock};
use crate::domain::codes::Choice;
use crate::domain::encounter::Decision;
use crate::domain::ids::{ReferralId, StaffId};
use crate::domain::private::Private;
use crate::domain::stage::Stage;
use crate::domain::wire::{Meet, Role, StaffCard, Status};
use crate::outbox::{Hold, Item};
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
}

/// Why an entry has not arrived, and since when for that reason, where it is known.
type Why = (Hold, Option<DateTime<Utc>>);

/// Where a record stands.
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
        let (entries, queue) = {
            let mut outbox = lock(&self.inner.outbox);
            (outbox.entries()?, outbox.queue()?)
        };
        let holds = self.inner.holds(&queue);
        Ok(entries.into_iter().map(|entry| self.inner.record(entry, &holds)).collect())
    }

    /// The decision of a record of the officer on shift; nothing while locked.
    pub fn decision(&self, referral: ReferralId) -> Option<Decision> {
        self.inner.decision(referral)
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

    fn record(&self, entry: EntryRow, holds: &BTreeMap<u64, Option<Why>>) -> RecordRow {
        let title = self.decision(entry.referral).and_then(title);
        RecordRow {
            referral: entry.referral,
            officer: entry.officer,
            saved_at: entry.saved_at,
            choice: entry.choice,
            title,
            state: self.state(entry, holds),
        }
    }

    fn state(&self, entry: EntryRow, holds: &BTreeMap<u64, Option<Why>>) -> RecordState {
        match (entry.received_at, entry.wedge) {
            (Some(at), _) if entry.choice == Choice::OfferedAccepted => self.received(at, entry.status),
            (Some(received_at), _) => RecordState::NotACase { received_at },
            (None, Some(wedge)) => RecordState::Wedged {
                reason: wedge.code(),
                words: wedge.words(),
                action: wedge.action(),
                detail: wedge.detail(),
            },
            (None, None) => match holds.get(&entry.seq) {
                Some(None) => RecordState::Sending,
                other => {
                    let (why, why_since) = other.copied().flatten().unwrap_or((Hold::Next, None));
                    RecordState::Waiting { since: entry.saved_at, why, why_since, attempts: entry.attempts }
                }
            },
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

    fn decision(&self, referral: ReferralId) -> Option<Decision> {
        let session = lock(&self.session);
        let json = session.vault.as_ref()?.decision(referral).ok()??;
        serde_json::from_str(json.reveal()).ok()
    }
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
