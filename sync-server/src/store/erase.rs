//! What is deleted of an erased referral, and what stays: the entry's hash and place, and its leaf.
//!
//! # Decisions
//! Numbers are given after the highest that stands, so a row whose number was told to anyone stays, empty: the entry,
//! whose number is the address of its decision, and the status, whose number is a phone's cursor. Given
//! twice, a cursor would hide the new status from every phone that had heard the old one.

use super::events::{self, Event, Kind};
use super::leaves::erased_name;
use super::{Db, StoreError, ledger};
use crate::ledger::record::Place;
use chrono::{DateTime, Utc};
use handoff::domain::ids::{Hash, ReferralId};
use uuid::Uuid;

/// The hashes of a referral's entries, erased or not.
pub(crate) fn entries_of(db: &mut dyn Db, referral: ReferralId) -> Result<Vec<Hash>, StoreError> {
    let sql = "SELECT hash FROM entries WHERE referral = :referral ORDER BY position";
    let rows = db.rows(sql, &[(":referral", referral.into())])?;
    rows.into_iter().map(|mut row| row.hash()).collect()
}

/// Whether a referral was erased: what comes of it is not kept.
pub(crate) fn is_erased(db: &mut dyn Db, referral: ReferralId) -> Result<bool, StoreError> {
    let found = db.first("SELECT at_ms FROM erased WHERE referral = :referral", &[(":referral", referral.into())])?;
    Ok(found.is_some())
}

/// Erases a referral's records and the salts of their leaves, and says so in one event for each leaf. Returns
/// how many entries were erased now.
pub(crate) fn erase(db: &mut dyn Db, referral: ReferralId, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let of = [(":referral", referral.into())];
    let places = places(db, referral)?;
    db.run(
        "UPDATE leaves SET salt = NULL WHERE kind = 'entry' AND salt IS NOT NULL
         AND record IN (SELECT position FROM entries WHERE referral = :referral)",
        &of,
    )?;
    let erased = db.run(
        "UPDATE entries SET header = :none, enc = :none, ciphertext = :none
         WHERE referral = :referral AND length(ciphertext) > 0",
        &[(":none", Vec::<u8>::new().into()), (":referral", referral.into())],
    )?;
    db.run(
        "DELETE FROM confirmations WHERE position IN (SELECT position FROM decisions WHERE referral = :referral)",
        &of,
    )?;
    for sql in [
        "DELETE FROM decisions WHERE referral = :referral",
        "DELETE FROM afterwards WHERE referral = :referral",
        "DELETE FROM cases WHERE referral = :referral",
        "DELETE FROM case_acts WHERE referral = :referral",
        "DELETE FROM deliveries WHERE referral = :referral",
        "DELETE FROM sights WHERE referral = :referral",
        "DELETE FROM case_notes WHERE referral = :referral",
        "DELETE FROM releases WHERE referral = :referral",
        "DELETE FROM release_ends WHERE referral = :referral",
        "DELETE FROM sittings WHERE referral = :referral",
        "DELETE FROM person_words WHERE one = :referral OR other = :referral",
    ] {
        db.run(sql, &of)?;
    }
    db.run(
        "UPDATE statuses SET referral = :nobody, device = :nobody, staff = NULL, meet_ms = NULL, meet_place = NULL
         WHERE referral = :referral",
        &[(":nobody", Uuid::nil().into()), (":referral", referral.into())],
    )?;
    db.run(
        "INSERT INTO erased (referral, at_ms) VALUES (:referral, :now) ON CONFLICT (referral) DO NOTHING",
        &[(":referral", referral.into()), (":now", now.into())],
    )?;
    for place in places {
        events::append(db, &Event::new(Kind::Erased).detail(erased_name(place)), now)?;
    }
    Ok(erased)
}

/// Where the leaves stand whose salts are still there.
fn places(db: &mut dyn Db, referral: ReferralId) -> Result<Vec<Place>, StoreError> {
    let epochs = ledger::epochs(db)?;
    let rows = db.rows(
        "SELECT n FROM leaves WHERE kind = 'entry' AND salt IS NOT NULL
         AND record IN (SELECT position FROM entries WHERE referral = :referral) ORDER BY n",
        &[(":referral", referral.into())],
    )?;
    let place = |mut row: super::Row| {
        let n = row.count()?;
        let epoch = epochs.iter().rev().find(|epoch| epoch.first < n);
        let epoch = epoch.ok_or(StoreError::Shape("a leaf before the first epoch"))?;
        Ok(Place { epoch: epoch.epoch, position: n - epoch.first })
    };
    rows.into_iter().map(place).collect()
}
