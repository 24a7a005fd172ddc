//! What is written of one good entry, inside one transaction.

use super::Refused;
use super::check::Checked;
use crate::flags::Flag;
use crate::store::{self, Db, Neighbours, NewEntry, StoreError, Stored};
use handoff::domain::codes::Choice;
use handoff::domain::ids::{DeviceId, ReferralId};
use handoff::domain::wire::Refusal;
use handoff::seal::{Link, link};

/// An entry that is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Committed {
    pub(super) stored: Stored,
    /// It was not there before.
    pub(super) new: bool,
    /// The case that it opened.
    pub(super) opened: Option<(ReferralId, DeviceId)>,
}

/// Writes the entry, its columns and its case; or says that it is there, or that the chain speaks against it.
pub(super) fn commit(db: &mut dyn Db, checked: &Checked) -> Result<Result<Committed, Refused>, StoreError> {
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
    if let Some(stored) = stored {
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
