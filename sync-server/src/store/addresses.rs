//! Where people can be told: their browsers, and which channels reach them.

use super::{Db, Row, StoreError};
use crate::deliver::channel::Medium;
use chrono::{DateTime, Utc};
use handoff::domain::ids::StaffId;
use handoff::domain::private::Private;
use uuid::Uuid;

/// So many browsers of one person are kept; the oldest goes.
pub const MOST_BROWSERS: u32 = 8;

/// A browser that asked to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Which.
    pub id: Uuid,
    /// Its address at its push service.
    pub endpoint: Private<String>,
    /// Its public key: an uncompressed point on P-256, 65 bytes.
    pub p256dh: Private<Vec<u8>>,
    /// Its secret, 16 bytes.
    pub auth: Private<Vec<u8>>,
    /// When it asked.
    pub made: DateTime<Utc>,
}

/// The channels by which someone can be told at all, whatever they switched off, and whether they switched off any.
/// Open pages are always one.
///
/// # Errors
/// [`StoreError`].
pub fn reach(db: &mut dyn Db, staff: StaffId) -> Result<(Vec<Medium>, bool), StoreError> {
    // Asked of each referral that comes: one question for all.
    let row = db.first(
        "SELECT mail, webhook, (SELECT count(*) FROM push_subscriptions p WHERE p.staff = s.id),
             (SELECT count(*) FROM channels_off o WHERE o.staff = s.id) FROM staff s WHERE s.id = :staff",
        &[(":staff", staff.into())],
    )?;
    let Some(mut row) = row else { return Ok((vec![Medium::InPage], false)) };
    let (mail, webhook, browsers) = (!row.text()?.is_empty(), !row.text()?.is_empty(), row.count()? > 0);
    let has = [(Medium::InPage, true), (Medium::WebPush, browsers), (Medium::Webhook, webhook), (Medium::Mail, mail)];
    Ok((has.into_iter().filter_map(|(medium, has)| has.then_some(medium)).collect(), row.count()? > 0))
}

/// A browser asks to be told. If it was another person's before, it is no longer.
///
/// # Errors
/// [`StoreError`].
pub fn subscribe(db: &mut dyn Db, staff: StaffId, browser: &Subscription) -> Result<(), StoreError> {
    db.run(
        "INSERT INTO push_subscriptions (id, staff, endpoint, p256dh, auth, made_ms)
         VALUES (:id, :staff, :endpoint, :p256dh, :auth, :made)
         ON CONFLICT (endpoint) DO UPDATE SET staff = excluded.staff, p256dh = excluded.p256dh, auth = excluded.auth,
             made_ms = excluded.made_ms",
        &[
            (":id", browser.id.into()),
            (":staff", staff.into()),
            (":endpoint", browser.endpoint.reveal().into()),
            (":p256dh", browser.p256dh.reveal().as_slice().into()),
            (":auth", browser.auth.reveal().as_slice().into()),
            (":made", browser.made.into()),
        ],
    )?;
    db.run(
        "DELETE FROM push_subscriptions WHERE staff = :staff AND id NOT IN (SELECT id FROM push_subscriptions
             WHERE staff = :staff ORDER BY made_ms DESC, id DESC LIMIT :most)",
        &[(":staff", staff.into()), (":most", MOST_BROWSERS.into())],
    )?;
    Ok(())
}

/// Someone's browsers, the newest first.
///
/// # Errors
/// [`StoreError`].
pub fn subscriptions(db: &mut dyn Db, staff: StaffId) -> Result<Vec<Subscription>, StoreError> {
    let rows = db.rows(
        "SELECT id, endpoint, p256dh, auth, made_ms FROM push_subscriptions WHERE staff = :staff
         ORDER BY made_ms DESC, id DESC",
        &[(":staff", staff.into())],
    )?;
    let browser = |mut row: Row| {
        Ok(Subscription {
            id: row.id()?,
            endpoint: Private::new(row.text()?),
            p256dh: Private::new(row.blob()?),
            auth: Private::new(row.blob()?),
            made: row.time()?,
        })
    };
    rows.into_iter().map(browser).collect()
}

/// A browser of someone is told no more; whether there was one.
///
/// # Errors
/// [`StoreError`].
pub fn unsubscribe(db: &mut dyn Db, staff: StaffId, id: Uuid) -> Result<bool, StoreError> {
    let gone = db.run(
        "DELETE FROM push_subscriptions WHERE id = :id AND staff = :staff",
        &[(":id", id.into()), (":staff", staff.into())],
    )?;
    Ok(gone > 0)
}

/// Forgets the browsers of everyone who left the program.
///
/// # Errors
/// [`StoreError`].
pub fn forget_inactive(db: &mut dyn Db) -> Result<(), StoreError> {
    db.run("DELETE FROM push_subscriptions WHERE staff IN (SELECT id FROM staff WHERE active = 0)", &[])?;
    Ok(())
}

/// Forgets every browser: all of them asked under a key that is no more. How many there were.
///
/// # Errors
/// [`StoreError`].
pub fn forget_browsers(db: &mut dyn Db) -> Result<u64, StoreError> {
    db.run("DELETE FROM push_subscriptions", &[])
}
