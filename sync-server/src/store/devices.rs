//! Devices: let in by a code, taken in again by a certificate, revoked; and how they are.

use super::{Db, Purpose, StoreError, spend_code};
use chrono::{DateTime, TimeDelta, Utc};
use handoff::domain::ids::{DeviceId, Hash, StaffId};
use handoff::domain::wire::{Certificate, Health};

/// An enrolled device, as a call is checked against it. Nothing of it ever changes but whether it is revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Which.
    pub id: DeviceId,
    /// Its P-256 key, 65 bytes.
    pub public_key: Vec<u8>,
    /// The officer for whom it was enrolled; nothing for a device of a crew.
    pub officer: Option<StaffId>,
}

/// A device to be enrolled.
#[derive(Debug, Clone)]
pub struct NewDevice {
    /// Its new id.
    pub id: DeviceId,
    /// SHA-256 of its token.
    pub token_hash: Hash,
    /// Its P-256 key, 65 bytes.
    pub public_key: Vec<u8>,
    /// What kind of device.
    pub model: String,
}

/// A reply that was lost is given again for so long.
const ASK_AGAIN: TimeDelta = TimeDelta::hours(1);

/// A device that was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// Which.
    pub id: DeviceId,
    /// What kind of device, as it said when it was let in.
    pub model: String,
    /// The officer for whom the code was made; nothing for a device of a crew.
    pub officer: Option<StaffId>,
    /// When.
    pub at: DateTime<Utc>,
    /// It was let in before, and asks again: its reply was lost.
    pub again: bool,
}

/// Enrols a device for a code; nothing, and nothing done, if the code is not good.
///
/// The device that used the code up gets the same again, for an hour and as long as it was not heard: see
/// [`crate::api::enrol`].
///
/// # Errors
/// [`StoreError`].
pub fn enrol(
    db: &mut dyn Db,
    code: Hash,
    device: &NewDevice,
    now: DateTime<Utc>,
) -> Result<Option<Enrolled>, StoreError> {
    let Some(officer) = spend_code(db, code, Purpose::Enrol, now)? else { return let_in_before(db, code, device, now) };
    db.run(
        "INSERT INTO devices (id, token_hash, public_key, model, staff, enrolled_ms)
         VALUES (:id, :token, :key, :model, :staff, :now)",
        &[
            (":id", device.id.into()),
            (":token", device.token_hash.into()),
            (":key", device.public_key.as_slice().into()),
            (":model", (&device.model).into()),
            (":staff", officer.into()),
            (":now", now.into()),
        ],
    )?;
    Ok(Some(Enrolled { id: device.id, model: device.model.clone(), officer, at: now, again: false }))
}

/// The device that this code let in, if this is it: its token is made of the code and of its own key.
fn let_in_before(
    db: &mut dyn Db,
    code: Hash,
    device: &NewDevice,
    now: DateTime<Utc>,
) -> Result<Option<Enrolled>, StoreError> {
    let row = db.first(
        "SELECT d.id, d.model, d.staff, d.enrolled_ms FROM devices d
         WHERE d.token_hash = :token AND d.public_key = :key AND d.revoked_ms IS NULL
         AND d.enrolled_ms > :since AND d.enrolled_ms <= :now
         AND EXISTS (SELECT 1 FROM codes c WHERE c.hash = :code AND c.used_ms IS NOT NULL)
         AND NOT EXISTS (SELECT 1 FROM device_health h WHERE h.device = d.id)",
        &[
            (":token", device.token_hash.into()),
            (":key", device.public_key.as_slice().into()),
            (":since", (now - ASK_AGAIN).into()),
            (":now", now.into()),
            (":code", code.into()),
        ],
    )?;
    let enrolled = |mut row: super::Row| {
        let (id, model) = (DeviceId(row.id()?), row.text()?);
        Ok(Enrolled { id, model, officer: row.maybe_id()?.map(StaffId), at: row.time()?, again: true })
    };
    row.map(enrolled).transpose()
}

/// The device with this token.
pub(crate) fn device_by_token(db: &mut dyn Db, token: Hash) -> Result<Option<Device>, StoreError> {
    let row =
        db.first("SELECT id, public_key, staff FROM devices WHERE token_hash = :token", &[(":token", token.into())])?;
    let device = |mut row: super::Row| {
        Ok(Device { id: DeviceId(row.id()?), public_key: row.blob()?, officer: row.maybe_id()?.map(StaffId) })
    };
    row.map(device).transpose()
}

/// Whether a device may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It may.
    Reads,
    /// It was revoked then.
    Revoked(DateTime<Utc>),
    /// Whether it was revoked is not known since the database was restored: an admin has to look.
    Unconfirmed,
}

/// How a device stands: asked at every call that reads, never remembered.
pub(crate) fn standing(db: &mut dyn Db, device: DeviceId) -> Result<Standing, StoreError> {
    let row = db.first("SELECT revoked_ms, confirmed FROM devices WHERE id = :id", &[(":id", device.into())])?;
    // A device that is remembered, and gone from a database that was swapped beneath us.
    let Some(mut row) = row else { return Ok(Standing::Unconfirmed) };
    Ok(match (row.maybe_time()?, row.truth()?) {
        (Some(at), _) => Standing::Revoked(at),
        (None, true) => Standing::Reads,
        (None, false) => Standing::Unconfirmed,
    })
}

/// A device in the list that an admin looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedDevice {
    /// Which.
    pub id: DeviceId,
    /// What kind of device.
    pub model: String,
    /// The officer for whom it was enrolled; nothing for a device of a crew.
    pub officer: Option<StaffId>,
    /// When it was enrolled.
    pub enrolled: DateTime<Utc>,
    /// When it was revoked.
    pub revoked: Option<DateTime<Utc>>,
    /// It may read, unless it was revoked.
    pub confirmed: bool,
}

/// Every device, in order of entry.
///
/// # Errors
/// [`StoreError`].
pub fn devices(db: &mut dyn Db) -> Result<Vec<ListedDevice>, StoreError> {
    let sql = "SELECT id, model, staff, enrolled_ms, revoked_ms, confirmed FROM devices ORDER BY n";
    let device = |mut row: super::Row| {
        Ok(ListedDevice {
            id: DeviceId(row.id()?),
            model: row.text()?,
            officer: row.maybe_id()?.map(StaffId),
            enrolled: row.time()?,
            revoked: row.maybe_time()?,
            confirmed: row.truth()?,
        })
    };
    db.rows(sql, &[])?.into_iter().map(device).collect()
}

/// How many devices wait for an admin's look.
pub(crate) fn unconfirmed(db: &mut dyn Db) -> Result<u64, StoreError> {
    let row = db.first("SELECT count(*) FROM devices WHERE confirmed = 0 AND revoked_ms IS NULL", &[])?;
    row.map_or(Ok(0), |mut row| row.count())
}

/// An admin has looked at this device: it may read, unless it was revoked.
pub(crate) fn confirm_device(db: &mut dyn Db, device: DeviceId) -> Result<(), StoreError> {
    db.run("UPDATE devices SET confirmed = 1 WHERE id = :id AND confirmed = 0", &[(":id", device.into())]).map(drop)
}

/// No device reads until an admin has looked at it; what lets people in from before a moment is worthless: it may
/// have been used, or ended, in the time that is lost.
pub(crate) fn doubt_everyone(db: &mut dyn Db, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), StoreError> {
    db.run("UPDATE devices SET confirmed = 0 WHERE confirmed = 1", &[])?;
    let times = [(":now", now.into()), (":before", before.into())];
    db.run("UPDATE sessions SET ended_ms = :now WHERE ended_ms IS NULL AND made_ms < :before", &times)?;
    db.run("UPDATE codes SET used_ms = :now WHERE used_ms IS NULL AND made_ms < :before", &times)?;
    Ok(())
}

/// Takes a device in again by its certificate, not confirmed; false if its id or token is known already.
pub(crate) fn readmit(db: &mut dyn Db, certificate: &Certificate) -> Result<bool, StoreError> {
    let added = db.run(
        "INSERT INTO devices (id, token_hash, public_key, model, staff, enrolled_ms, confirmed)
         VALUES (:id, :token, :key, :model, :staff, :at, 0) ON CONFLICT DO NOTHING",
        &[
            (":id", certificate.device.into()),
            (":token", certificate.token.into()),
            (":key", certificate.device_key.0.as_slice().into()),
            (":model", (&certificate.model).into()),
            (":staff", certificate.officer.into()),
            (":at", certificate.at.into()),
        ],
    )?;
    Ok(added == 1)
}

/// Revokes a device: it reads nothing more, and still delivers. False if it is unknown or was revoked before.
///
/// # Errors
/// [`StoreError`].
pub fn revoke(db: &mut dyn Db, device: DeviceId, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let sql = "UPDATE devices SET revoked_ms = :now WHERE id = :id AND revoked_ms IS NULL";
    Ok(db.run(sql, &[(":id", device.into()), (":now", now.into())])? == 1)
}

/// Longest version of an app that is kept.
const MOST_APP: usize = 40;
/// No entry waits longer than this, in seconds: a hundred years.
const MOST_AGE_S: u64 = 100 * 366 * 86_400;

/// Keeps the newest word of how a device is. What it says beyond all measure is kept as far as it can be shown: it
/// stops nothing of what the device delivers.
pub(crate) fn save_health(
    db: &mut dyn Db,
    device: DeviceId,
    health: &Health,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let app: String = health.app.chars().filter(|c| !c.is_control()).take(MOST_APP).collect();
    db.run(
        "INSERT INTO device_health (device, unsent, wedged, oldest_unsent_s, offset_ms, app, seen_ms, set_aside,
             told_offset_ms)
         VALUES (:device, :unsent, :wedged, :oldest, :offset, :app, :now, :aside, :told)
         ON CONFLICT (device) DO UPDATE SET unsent = excluded.unsent, wedged = excluded.wedged,
             oldest_unsent_s = excluded.oldest_unsent_s, offset_ms = excluded.offset_ms, app = excluded.app,
             seen_ms = excluded.seen_ms, set_aside = excluded.set_aside, told_offset_ms = excluded.told_offset_ms",
        &[
            (":device", device.into()),
            (":unsent", health.unsent.into()),
            (":wedged", health.wedged.into()),
            (":oldest", health.oldest_unsent_s.map(|age| age.min(MOST_AGE_S)).into()),
            (":offset", (health.wall - now).num_milliseconds().into()),
            (":app", app.into()),
            (":now", now.into()),
            (":aside", health.set_aside.into()),
            (":told", health.clock_offset_ms.into()),
        ],
    )?;
    Ok(())
}
