//! Where the tables that people look at end: what lies beyond an earlier end is news.

use super::{Db, StoreError};
use crate::store::events::Kind;
use handoff::domain::ids::{DeviceId, ReferralId};

/// Ends of tables, as of one look.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Ends {
    /// Cursor of the newest status.
    pub(crate) statuses: u64,
    /// Number of the newest entry.
    pub(crate) entries: u64,
    /// How many sergeants' words there are.
    pub(crate) confirmations: u64,
    /// The event of the newest sign-out.
    pub(crate) signed_out: u64,
    /// Number of the newest delivery.
    pub(crate) deliveries: u64,
    /// How many acts of cases there are: notes, releases, withdrawals of these, words on who is one person.
    pub(crate) notes: u64,
    /// When a service was last changed, in milliseconds.
    pub(crate) services: u64,
    /// Revision of people, rota, packs and zones.
    pub(crate) site: String,
}

/// Looks where they end now.
pub(crate) fn ends(db: &mut dyn Db) -> Result<Ends, StoreError> {
    let row = db.first(
        "SELECT (SELECT coalesce(max(cursor), 0) FROM statuses), (SELECT coalesce(max(position), 0) FROM entries),
         (SELECT coalesce(max(n), 0) FROM confirmations), (SELECT coalesce(max(n), 0) FROM events WHERE kind = :out),
         (SELECT coalesce(max(n), 0) FROM deliveries), (SELECT coalesce(max(n), 0) FROM case_notes)
            + (SELECT coalesce(max(n), 0) FROM releases) + (SELECT count(*) FROM release_ends)
            + (SELECT coalesce(max(n), 0) FROM person_words),
         (SELECT coalesce(max(changed_ms), 0) FROM services),
         (SELECT value FROM settings WHERE name = 'revision')",
        &[(":out", Kind::SignedOut.code().into())],
    )?;
    let mut row = row.ok_or(StoreError::Shape("no row of a query that has one"))?;
    Ok(Ends {
        statuses: row.count()?,
        entries: row.count()?,
        confirmations: row.count()?,
        signed_out: row.count()?,
        deliveries: row.count()?,
        notes: row.count()?,
        services: row.count()?,
        site: row.maybe_text()?.unwrap_or_default(),
    })
}

/// Whose statuses came after a cursor, each referral once; the newest first, and no more than `most`.
pub(crate) fn moved(db: &mut dyn Db, after: u64, most: u32) -> Result<Vec<(ReferralId, DeviceId)>, StoreError> {
    let rows = db.rows(
        "SELECT referral, device FROM statuses WHERE cursor > :after
         GROUP BY referral, device ORDER BY max(cursor) DESC LIMIT :most",
        &[(":after", after.into()), (":most", most.into())],
    )?;
    rows.into_iter().map(|mut row| Ok((ReferralId(row.id()?), DeviceId(row.id()?)))).collect()
}
