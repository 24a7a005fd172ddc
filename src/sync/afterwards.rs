//! What the officer records after a decision: steps of the hand-off, amendments, a withdrawal.
//!
//! Each is an entry like the decision: on the disk before this says so, sent in its order behind it, and
//! recorded while locked too.
//!
//! # Decisions
//! - A position that comes late amends the record by itself only within two minutes of the save, and only
//!   where it settles what was unsure: later the officer may be elsewhere, and pins the place by hand.
//! - After that a pin is the officer's own word for where it was: it is taken whatever it says, inside or out.
//! - A copy that the officer can read is written after the outbox has the amendment: a kill between the two
//!   shows too little, never something that was not recorded.

use super::phone::{Inner, Phone};
use super::{RecordError, Saved, Verdicts, lock};
use crate::domain::afterwards::{Amendment, AmendmentCause, HandOff, LATE_FIX_S, Withdrawal, lacks_place, late_fix};
use crate::domain::assess::{Assessment, PackRef, assess};
use crate::domain::codes::Choice;
use crate::domain::encounter::{Decision, DecisionError};
use crate::domain::entry::Body;
use crate::domain::facts::{Facts, FixFact};
use crate::domain::ids::{ReferralId, StaffId};
use crate::domain::private::Private;
use crate::store::{DecidedRow, StoreError, Vault};

/// What an officer changes of a record: the whole facts as they are known now.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Why.
    pub cause: AmendmentCause,
    /// The facts.
    pub facts: Facts,
    /// The cross street or address.
    pub cross_street: Option<String>,
    /// What the case manager should know of it.
    pub note: Option<Private<String>>,
}

/// A record as the officer may read it.
#[derive(Debug, Clone, PartialEq)]
pub struct Readable {
    /// The decision.
    pub decision: Decision,
    /// What was amended last.
    pub amended: Option<Amendment>,
}

impl Readable {
    /// The facts as they are known now.
    pub fn facts(&self) -> &Facts {
        self.amended.as_ref().map_or(&self.decision.facts, |amended| &amended.facts)
    }

    /// What the rules say of them.
    pub fn assessment(&self) -> &Assessment {
        self.amended.as_ref().map_or(&self.decision.assessment, |amended| &amended.assessment)
    }

    /// The cross street or address as it is known now.
    pub fn cross_street(&self) -> Option<&String> {
        self.amended.as_ref().map_or(self.decision.cross_street.as_ref(), |amended| amended.cross_street.as_ref())
    }

    /// Whether where it was is missing or unsure.
    pub fn lacks_place(&self) -> bool {
        lacks_place(self.facts(), self.assessment())
    }

    /// What the rules said of the decision, and of what was amended last.
    pub fn verdicts(&self) -> Verdicts {
        let amended = self.amended.as_ref().map(|amended| amended.assessment.verdict);
        Verdicts { decided: self.decision.assessment.verdict, amended }
    }
}

impl Phone {
    /// Records a step of the hand-off of an accepted offer.
    ///
    /// # Errors
    /// [`RecordError`]; it is then not saved.
    pub fn hand_off(&self, id: ReferralId, step: HandOff) -> Result<Saved, RecordError> {
        let (officer, while_locked, decided) = self.inner.acting_on(id)?;
        if decided.choice != Choice::OfferedAccepted {
            let why = "only an accepted offer is handed off";
            return Err(DecisionError { field: "step", why }.into());
        }
        self.inner.append_to(id, (officer, &decided), Body::HandOff(HandOff { while_locked, ..step }))
    }

    /// Takes a referral back. A second call gives the first one's entry.
    ///
    /// # Errors
    /// [`RecordError`]; it is then not saved.
    pub fn withdraw(&self, id: ReferralId, withdrawal: Withdrawal) -> Result<Saved, RecordError> {
        let (officer, while_locked, decided) = self.inner.acting_on(id)?;
        self.inner.append_to(id, (officer, &decided), Body::Withdrawal(Withdrawal { while_locked, ..withdrawal }))
    }

    /// Amends a record: the decision stands, and both verdicts are kept.
    ///
    /// # Errors
    /// [`RecordError`]; it is then not saved.
    pub fn amend(&self, id: ReferralId, change: Change) -> Result<Saved, RecordError> {
        let (officer, while_locked, decided) = self.inner.acting_on(id)?;
        let assessment = self.inner.assess_again(id, &decided, &change.facts)?;
        let Change { cause, facts, cross_street, note } = change;
        let amends = decided.hash;
        let amendment = Amendment { amends, cause, facts, cross_street, assessment, note, while_locked };
        let json = serde_json::to_string(&amendment).map_err(|_| StoreError::Value("amendment"))?;
        let saved = self.inner.append_to(id, (officer, &decided), Body::Amendment(Box::new(amendment)))?;
        if self.inner.reads_nothing() {
            return Ok(saved);
        }
        if let Err(error) = self.inner.note(|vault, now| vault.save_amended(id, &json, now)) {
            tracing::error!(%error, "the readable copy could not be kept; the amendment itself is saved");
        }
        self.inner.changed();
        Ok(saved)
    }

    /// What the rules of a record say of other facts: for the officer to see before it is amended.
    ///
    /// # Errors
    /// [`RecordError`].
    pub fn assess_again(&self, id: ReferralId, facts: &Facts) -> Result<Assessment, RecordError> {
        let (_, _, decided) = self.inner.acting_on(id)?;
        self.inner.assess_again(id, &decided, facts)
    }

    /// Whether a record was saved a moment ago without a sure place, so that a position may still settle it.
    pub fn awaits_fix(&self, id: ReferralId) -> bool {
        let Ok(Some(saved_at)) = self.inner.saved_at(id) else { return false };
        let since_s = (self.inner.now().wall - saved_at).num_seconds();
        (0..=LATE_FIX_S).contains(&since_s) && self.inner.record_at_hand(id).is_some_and(|record| record.lacks_place())
    }

    /// Sets the place of a record by hand, long after it was saved. Of a record that cannot be read now
    /// nothing can be said anew: not even where it was.
    ///
    /// # Errors
    /// [`RecordError`]; nothing is then recorded.
    pub fn set_place(
        &self,
        id: ReferralId,
        place: FixFact,
        cross_street: Option<String>,
    ) -> Result<Saved, RecordError> {
        let record = self.inner.record_at_hand(id).ok_or(RecordError::Hidden)?;
        let cross_street = cross_street.or_else(|| record.cross_street().cloned());
        let facts = Facts { fix: Some(place), ..record.facts().clone() };
        self.amend(id, Change { cause: AmendmentCause::LateFix, facts, cross_street, note: None })
    }

    /// The rules that a record was decided by.
    ///
    /// # Errors
    /// [`RecordError`].
    pub fn rules_of(&self, id: ReferralId) -> Result<PackRef, RecordError> {
        let decided = lock(&self.inner.outbox).decided(id)?.ok_or(RecordError::NoRecord)?;
        self.inner.pack_of(id, &decided)
    }

    /// A position came after the decision was saved without one, or with an unsure one. Within two minutes
    /// it amends the record by itself if it settles where the encounter was; otherwise nothing is done.
    ///
    /// # Errors
    /// [`RecordError`]; nothing is then recorded.
    pub fn late_fix(&self, id: ReferralId, fix: FixFact) -> Result<Option<Saved>, RecordError> {
        let Some(saved_at) = self.inner.saved_at(id)? else { return Ok(None) };
        let since_s = (self.inner.now().wall - saved_at).num_seconds();
        let Some(record) = self.inner.record_at_hand(id).filter(|_| (0..=LATE_FIX_S).contains(&since_s)) else {
            return Ok(None);
        };
        let Some(facts) = late_fix(record.facts(), record.assessment(), fix) else { return Ok(None) };
        let (_, _, decided) = self.inner.acting_on(id)?;
        let again = self.inner.assess_again(id, &decided, &facts)?;
        if !again.zone.as_ref().is_some_and(|zone| zone.is_sure()) {
            return Ok(None);
        }
        let cross_street = record.cross_street().cloned();
        let change = Change { cause: AmendmentCause::LateFix, facts, cross_street, note: None };
        self.amend(id, change).map(Some)
    }

    /// A record of the officer on shift with what was amended; nothing while locked.
    pub fn readable(&self, id: ReferralId) -> Option<Readable> {
        self.inner.at_hand(id).and_then(|(record, shown)| shown.then_some(record))
    }
}

impl Inner {
    /// Who acts, whether locked, and on which decision.
    fn acting_on(&self, id: ReferralId) -> Result<(StaffId, bool, DecidedRow), RecordError> {
        let (officer, locked) = self.on_shift()?;
        let decided = lock(&self.outbox).decided(id)?.ok_or(RecordError::NoRecord)?;
        Ok((officer, locked, decided))
    }

    fn append_to(
        &self,
        id: ReferralId,
        (officer, decided): (StaffId, &DecidedRow),
        body: Body,
    ) -> Result<Saved, RecordError> {
        body.check()?;
        let pack = self.pack_of(id, decided)?;
        let saved = self.with_room(|| self.append((id, officer), &pack, &body))?;
        self.wake.notify_one();
        self.changed();
        Ok(saved)
    }

    /// The pack that the decision was made by. When neither its header nor a readable copy is here any more,
    /// the one in force.
    fn pack_of(&self, id: ReferralId, decided: &DecidedRow) -> Result<PackRef, RecordError> {
        if let Some(header) = &decided.header {
            return Ok(header.pack.clone());
        }
        let read = self.record_at_hand(id).map(|record| record.decision.assessment.pack);
        read.or_else(|| Some(self.site()?.pack.reference())).ok_or(RecordError::NotEnrolled)
    }

    fn assess_again(&self, id: ReferralId, decided: &DecidedRow, facts: &Facts) -> Result<Assessment, RecordError> {
        let pack = self.pack_of(id, decided)?;
        let site = self.site().ok_or(RecordError::NotEnrolled)?;
        let pack = site.pack_by_ref(&pack).ok_or(RecordError::NoPack)?;
        assess(pack, &site.zones, facts).map_err(RecordError::Facts)
    }

    /// A record to work on, and whether it may be shown: one that was made since the lock may not.
    pub fn at_hand(&self, id: ReferralId) -> Option<(Readable, bool)> {
        let mut session = lock(&self.session);
        let officer = session.shift.as_ref().map(|shift| shift.officer);
        if let (None, Some(officer)) = (&session.vault, officer) {
            // Where they cannot be opened there is nothing at hand.
            self.notes(&mut session, officer).ok()?;
        }
        let from = |vault: &Option<Vault>| vault.as_ref().and_then(|vault| readable(vault, id));
        let shown = from(&session.vault).map(|record| (record, true));
        shown.or_else(|| Some((from(&session.locked_notes)?, false)))
    }

    fn record_at_hand(&self, id: ReferralId) -> Option<Readable> {
        self.at_hand(id).map(|(record, _)| record)
    }

    fn saved_at(&self, id: ReferralId) -> Result<Option<chrono::DateTime<chrono::Utc>>, RecordError> {
        let entries = lock(&self.outbox).entries()?;
        Ok(entries.iter().rev().find(|entry| entry.referral == id).map(|entry| entry.saved_at))
    }
}

fn readable(vault: &Vault, id: ReferralId) -> Option<Readable> {
    let decision = serde_json::from_str(vault.decision(id).ok()??.reveal()).ok()?;
    let amended = vault.amended(id).ok().flatten().and_then(|json| serde_json::from_str(json.reveal()).ok());
    Some(Readable { decision, amended })
}
