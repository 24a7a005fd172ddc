//! What is written of one good entry, inside one transaction.

use super::Refused;
use super::check::Checked;
use crate::deliver::{Policy, steps};
use crate::epochs::LogState;
use crate::flags::{Flag, Flags};
use crate::ledger::record::Place;
use crate::store::deliveries::{self, Waiting};
use crate::store::events::{self, Event, Kind};
use crate::store::{self, Db, Neighbours, NewEntry, StoreError, Stored, epochs};
use chrono::{DateTime, Utc};
use handoff::domain::afterwards::{HandOff, HandOffStep};
use handoff::domain::codes::Choice;
use handoff::domain::entry::{Body, EntryKind};
use handoff::domain::ids::{DeviceId, Hash, ReferralId};
use handoff::domain::wire::Refusal;
use handoff::seal::{Link, link};
use std::sync::Arc;

/// An entry that is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Committed {
    pub(super) stored: Stored,
    /// It was not there before.
    pub(super) new: bool,
    /// The referral was erased: the entry has its place, and is not kept.
    pub(super) erased: bool,
    /// The case that it opened, closed or came to.
    pub(super) case: Option<(ReferralId, DeviceId)>,
}

/// How an entry is offered.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    pub(super) hash: Hash,
    /// Where it stood by a receipt that became void.
    pub(super) was: Option<Place>,
    pub(super) log: Arc<LogState>,
    pub(super) policy: Arc<Policy>,
    pub(super) received: DateTime<Utc>,
}

/// An entry of a lost range is here: the range is known to reach so far, and lacks one less.
fn note_return(db: &mut dyn Db, was: Place, offer: &Offer) -> Result<(), StoreError> {
    epochs::seen(db, was.epoch, was.position)?;
    epochs::add_returned(db, (was.epoch, was.position), offer.hash, offer.received).map(drop)
}

/// Writes the entry, its columns and its case; or says that it is there, or that the chain speaks against it.
pub(super) fn commit(
    db: &mut dyn Db,
    checked: &Checked,
    offer: &Offer,
) -> Result<Result<Committed, Refused>, StoreError> {
    let header = &checked.header;
    let Neighbours { known, stored, followed } = store::neighbours(db, header, checked.hash)?;
    let link = link(header.seq, header.prev, checked.hash, &known);
    let flags = match link {
        Link::First | Link::Follows | Link::Repeat => checked.flags,
        Link::Gap(_) => checked.flags.with_if(Flag::ChainGap, true),
        Link::Conflict { gap } => {
            checked.flags.with_if(Flag::ChainConflict, true).with_if(Flag::ChainGap, gap.is_some())
        }
        Link::Contradicts => {
            let why = "header.prev: cannot be the entry that came before it in this chain";
            return Ok(Err(Refused::new(Refusal::ContradictedChain, why)));
        }
    };
    if let Some(was) = offer.was.filter(|was| !offer.log.holds(*was)) {
        note_return(db, was, offer)?;
    }
    let erased = store::is_erased(db, header.referral)?;
    if let Some(mut stored) = stored {
        if !offer.log.holds(stored.place) {
            // Stored before anyone noticed that the database was an older copy: its receipt became void.
            stored.place = store::place_anew(db, &stored, checked.hash)?;
        }
        return Ok(Ok(Committed { stored, new: false, erased, case: None }));
    }
    let entry = NewEntry { hash: checked.hash, header, wire: &checked.wire, received: checked.received };
    let stored = store::add_entry(db, &entry)?;
    if followed {
        store::close_gap(db, header, checked.hash)?;
    }
    if erased {
        store::erase(db, header.referral, checked.received)?;
        return Ok(Ok(Committed { stored, new: false, erased, case: None }));
    }
    let device = file(db, (stored.row, &entry), (&checked.body, flags), &offer.policy)?;
    Ok(Ok(Committed { stored, new: true, erased, case: device.map(|device| (header.referral, device)) }))
}

/// Writes the columns of an entry and does what it asks for. Returns the device whose feed hears of its case.
fn file(
    db: &mut dyn Db,
    (position, entry): (u64, &NewEntry<'_>),
    (body, flags): (&Body, Flags),
    policy: &Policy,
) -> Result<Option<DeviceId>, StoreError> {
    let referral = entry.header.referral;
    let Some(afterwards) = store::afterwards::row_of(position, entry, (body, flags)) else {
        let Body::Decision(decision) = body else { return Ok(None) };
        store::add_decision(db, position, entry, (decision, flags))?;
        let some_came_before = store::join_earlier(db, (position, entry), decision.assessment.verdict)?;
        if decision.choice != Choice::OfferedAccepted {
            return Ok(None);
        }
        let (officer, received) = (entry.header.officer, entry.received);
        let (door, scene) = (decision.facts.door, decision.facts.at.to_utc());
        let place = steps::first(db, policy, &Waiting { referral, position, officer, door, scene, received })?;
        let opened = store::open_case(db, position, entry, place.plan.next)?;
        // What closes it must have come before it.
        if opened && !(some_came_before && withdraw(db, entry)?) {
            steps::tell(db, policy, &place, received)?;
        }
        return Ok(opened.then_some(entry.header.device));
    };
    store::add_afterwards(db, entry, &afterwards)?;
    if let Body::HandOff(HandOff { step: HandOffStep::Answered | HandOffStep::Arrived, to: Some(to), .. }) = body {
        // Whoever answers the telephone, or stands there, knows of it.
        deliveries::saw(db, *to, &[referral], entry.received)?;
    }
    if afterwards.kind == EntryKind::Withdrawal {
        withdraw(db, entry)?;
    }
    store::case_device(db, referral)
}

/// Closes the case if the referral is withdrawn, and writes that down; whether it was.
fn withdraw(db: &mut dyn Db, entry: &NewEntry<'_>) -> Result<bool, StoreError> {
    let (referral, now) = (entry.header.referral, entry.received);
    let Some((officer, why)) = store::close_withdrawn(db, referral, now)? else { return Ok(false) };
    deliveries::settle(db, referral, now)?;
    events::append(db, &Event::new(Kind::Withdrawn).by(officer).on(referral.0).detail(why.code()), now)?;
    Ok(true)
}
