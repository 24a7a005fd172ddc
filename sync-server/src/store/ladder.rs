//! Referrals that wait: when each is to be looked at, whom it was put to, and whether places are short.

use super::deliveries::Waiting;
use super::{Db, Row, StoreError};
use crate::deliver::channel::Medium;
use chrono::{DateTime, Utc};
use handoff::domain::codes::Door;
use handoff::domain::ids::{ReferralId, StaffId};

/// Referrals whose ladder is to be looked at by now, the longest due first.
pub(crate) fn due(db: &mut dyn Db, now: DateTime<Utc>, most: u32) -> Result<Vec<ReferralId>, StoreError> {
    let rows = db.rows(
        "SELECT referral FROM cases WHERE stage = 'received' AND look_ms <= :now ORDER BY look_ms LIMIT :most",
        &[(":now", now.into()), (":most", most.into())],
    )?;
    rows.into_iter().map(|mut row| row.id().map(ReferralId)).collect()
}

/// The ladder of a referral is to be looked at again then.
pub(crate) fn look_at(db: &mut dyn Db, referral: ReferralId, next: DateTime<Utc>) -> Result<(), StoreError> {
    db.run(
        "UPDATE cases SET look_ms = :next WHERE referral = :referral",
        &[(":next", next.into()), (":referral", referral.into())],
    )?;
    Ok(())
}

/// Who is on call changed: the ladder of every referral that waits is to be looked at now.
pub(crate) fn look_at_all(db: &mut dyn Db, now: DateTime<Utc>) -> Result<(), StoreError> {
    db.run("UPDATE cases SET look_ms = :now WHERE stage = 'received' AND look_ms > :now", &[(":now", now.into())])?;
    Ok(())
}

const WAITING: &str = "SELECT c.referral, c.position, e.officer, d.door, d.at_ms, c.opened_ms FROM cases c
    JOIN entries e ON e.position = c.position JOIN decisions d ON d.position = c.position WHERE c.stage = 'received'";

fn waits(mut row: Row) -> Result<Waiting, StoreError> {
    Ok(Waiting {
        referral: ReferralId(row.id()?),
        position: row.count()?,
        officer: StaffId(row.id()?),
        door: row.code(Door::from_code)?,
        scene: row.time()?,
        received: row.time()?,
    })
}

/// A referral, if it waits.
pub(crate) fn waiting(db: &mut dyn Db, referral: ReferralId) -> Result<Option<Waiting>, StoreError> {
    let sql = format!("{WAITING} AND c.referral = :referral");
    db.first(&sql, &[(":referral", referral.into())])?.map(waits).transpose()
}

/// Every referral that waits, the longest first.
pub(crate) fn all_waiting(db: &mut dyn Db) -> Result<Vec<Waiting>, StoreError> {
    db.rows(&format!("{WAITING} ORDER BY c.opened_ms, c.n"), &[])?.into_iter().map(waits).collect()
}

/// Waiting referrals that were put to someone who has not looked since and has not declined, the longest first.
pub(crate) fn put_to(db: &mut dyn Db, staff: StaffId) -> Result<Vec<(ReferralId, DateTime<Utc>)>, StoreError> {
    let rows = db.rows(
        "SELECT c.referral, c.opened_ms FROM cases c JOIN deliveries d ON d.referral = c.referral
         LEFT JOIN sights s ON s.referral = c.referral AND s.staff = d.staff
         WHERE c.stage = 'received' AND d.staff = :staff AND NOT EXISTS (SELECT a.n FROM case_acts a
             WHERE a.referral = c.referral AND a.staff = d.staff AND a.act = 'decline')
         GROUP BY c.referral, c.opened_ms, s.last_ms HAVING s.last_ms IS NULL OR s.last_ms < max(d.at_ms)
         ORDER BY c.opened_ms",
        &[(":staff", staff.into())],
    )?;
    rows.into_iter().map(|mut row| Ok((ReferralId(row.id()?), row.time()?))).collect()
}

/// Whether every case manager has so many referrals, so that nobody is free for one more.
pub(crate) fn places_short(db: &mut dyn Db, caseload: u32) -> Result<bool, StoreError> {
    let free = db.first(
        "SELECT count(*) FROM staff s WHERE s.active = 1 AND s.role = 'case_manager'
         AND (SELECT count(*) FROM cases c WHERE c.stage = 'accepted' AND c.accepted_by = s.id) < :caseload",
        &[(":caseload", caseload.into())],
    )?;
    Ok(free.map_or(Ok(0), |mut row| row.count())? == 0)
}

/// Whether a referral by this door waits.
pub(crate) fn waits_by(db: &mut dyn Db, door: Door) -> Result<bool, StoreError> {
    let sql = format!("{WAITING} AND d.door = :door LIMIT 1");
    Ok(db.first(&sql, &[(":door", door.code().into())])?.is_some())
}

/// Channels that someone has switched off.
pub(crate) fn off(db: &mut dyn Db, staff: StaffId) -> Result<Vec<Medium>, StoreError> {
    let rows = db.rows("SELECT channel FROM channels_off WHERE staff = :staff", &[(":staff", staff.into())])?;
    let codes = rows.into_iter().map(|mut row| row.text()).collect::<Result<Vec<_>, _>>()?;
    Ok(codes.iter().filter_map(|code| Medium::from_code(code)).collect())
}
