//! Receipts that became void, of entries that are offered again: where these stood in the log that is lost.

use crate::app::App;
use crate::ledger::record::Place;
use handoff::domain::ids::Hash;
use handoff::domain::wire::{MOST_ENTRIES, ReceiptBody, Signed};
use handoff::seal::Tag;
use std::collections::BTreeMap;

/// The places that our own receipts name. What is not ours says nothing, and spoils nothing.
pub(super) fn places(app: &App, again: &[Signed]) -> BTreeMap<Hash, Place> {
    if again.is_empty() {
        return BTreeMap::new();
    }
    let Ok(public) = app.keys().server.public() else { return BTreeMap::new() };
    let ours = |signed: &Signed| public.open::<ReceiptBody>(Tag::Receipt, signed).ok();
    let place = |receipt: ReceiptBody| (receipt.entry, Place { epoch: receipt.epoch, position: receipt.position });
    again.iter().take(MOST_ENTRIES).filter_map(ours).map(place).collect()
}
