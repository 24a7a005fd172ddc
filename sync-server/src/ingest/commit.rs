//! What is written of one good entry, inside one transaction.

use super::Refused;
use super::check::Checked;
use crate::epochs::LogState;
use crate::flags::Flag;
use crate::ledger::record::Place;
use crate::store::{self, Db, Neighbours, NewEntry, StoreError, Stored, epochs};
use chrono::{DateTime, Utc};
use handoff::domain::codes::Choice;
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
    /// The case that it opened.
    pub(super) opened: Option<(ReferralId, DeviceId)>,
}

/// How an entry is offered.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    pub(super) hash: Hash,
    /// Where it stood by a receipt that became void.
    pub(super) was: Option<Place>,
    pub(super) log: Arc<LogState>,
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
    let Neighbours { known, stored, followed } = store::neighbours(db, header.chain, header.seq, checked.hash)?;
    let link = link(header.seq, header.prev, checked.hash, &known);
    let flags = match link {
        Link::First | Link::Follows | Link::Repeat => checked.flags,
        Link::Gap { .. } => checked.flags.with_if(Flag::ChainGap, true),
        Link::Conflict => checked.flags.with_if(Flag::ChainConflict, true),
        Link::Contradicts => {
            let why = "header.prev: is not the entry that came before it in this chain";
            return Ok(Err(Refused::new(Refusal::ContradictedChain, why)));
        }
    };
    if let Some(was) = offer.was.filter(|was| !offer.log.holds(*was)) {
        note_return(db, was, offer)?;
    }
    if let Some(mut stored) = stored {
        if !offer.log.holds(stored.place) {
            // Stored before anyone noticed that the database was an older copy: its receipt became void.
            stored.place = store::place_anew(db, &stored, checked.hash)?;
        }
        return Ok(Ok(Committed { stored, new: false, opened: None }));
    }
    let entry = NewEntry { hash: checked.hash, header, wire: &checked.wire, received: checked.received };
    let stored = store::add_entry(db, &entry)?;
    store::add_decision(db, stored.row, &entry, (&checked.decision, flags))?;
    if followed {
        store::close_gap(db, header, checked.hash)?;
    }
    let makes_a_case = checked.decision.choice == Choice::OfferedAccepted;
    let opened = makes_a_case && store::open_case(db, stored.row, &entry)?;
    Ok(Ok(Committed { stored, new: true, opened: opened.then_some((header.referral, header.device)) }))
}
