//! People, their sessions, one-time codes, and devices. Secrets are stored as hashes.

use super::{Db, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use handoff::domain::ids::{DeviceId, Hash, StaffId};
use handoff::domain::private::Private;
use handoff::domain::wire::{Health, Role, StaffCard};

/// A session ends when nobody used it for this long …
pub(crate) const SESSION_IDLE: TimeDelta = TimeDelta::minutes(30);
/// … or this long after the sign-in, used or not.
const SESSION_LONGEST: TimeDelta = TimeDelta::hours(12);
/// The last use is written at most this often.
const SESSION_TOUCH: TimeDelta = TimeDelta::seconds(60);

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// Who.
    pub id: StaffId,
    /// Short name for the command line and the programme file.
    pub login: String,
    /// What they do.
    pub role: Role,
    /// Their name.
    pub name: String,
    /// An officer's serial number; empty for others.
    pub serial: String,
    /// A number to dial; empty if there is none.
    pub phone: Private<String>,
    /// Still with the program.
    pub active: bool,
}

impl Staff {
    /// What others may see of them.
    pub fn card(&self) -> StaffCard {
        StaffCard {
            id: self.id,
            role: self.role,
            name: self.name.clone(),
            serial: self.serial.clone(),
            phone: self.phone.clone(),
        }
    }
}

/// What a one-time code is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Enrolling a phone.
    Enrol,
    /// Signing in to the console.
    SignIn,
}

impl Purpose {
    const fn code(self) -> &'static str {
        match self {
            Self::Enrol => "enrol",
            Self::SignIn => "sign_in",
        }
    }
}

/// A one-time code to be stored.
#[derive(Debug, Clone)]
pub struct Code {
    /// SHA-256 of the code.
    pub hash: Hash,
    /// What it is for.
    pub purpose: Purpose,
    /// For whom; a code to enrol a phone may be for anyone.
    pub staff: Option<StaffId>,
    /// Until when.
    pub expires: DateTime<Utc>,
}

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

const STAFF: &str = "SELECT id, login, role, name, serial, phone, active FROM staff";

fn staff(row: &mut super::Row) -> Result<Staff, StoreError> {
    Ok(Staff {
        id: StaffId(row.id()?),
        login: row.text()?,
        role: row.code(Role::from_code)?,
        name: row.text()?,
        serial: row.text()?,
        phone: Private::new(row.text()?),
        active: row.truth()?,
    })
}

/// Everyone, those who left included, in order of entry.
///
/// # Errors
/// [`StoreError`].
pub fn staff_list(db: &mut dyn Db) -> Result<Vec<Staff>, StoreError> {
    db.rows(&format!("{STAFF} ORDER BY n"), &[])?.iter_mut().map(staff).collect()
}

/// The person with this short name, or serial number, or full name.
///
/// # Errors
/// [`StoreError`].
pub fn staff_by_login(db: &mut dyn Db, login: &str) -> Result<Option<Staff>, StoreError> {
    let sql = format!(
        "{STAFF} WHERE login = :login OR (serial = :login AND serial <> '') OR name = :login ORDER BY n LIMIT 1"
    );
    db.first(&sql, &[(":login", login.into())])?.as_mut().map(staff).transpose()
}

fn staff_by_id(db: &mut dyn Db, id: StaffId) -> Result<Option<Staff>, StoreError> {
    db.first(&format!("{STAFF} WHERE id = :id"), &[(":id", id.into())])?.as_mut().map(staff).transpose()
}

/// Stores a one-time code.
///
/// # Errors
/// [`StoreError`].
pub fn new_code(db: &mut dyn Db, code: &Code, now: DateTime<Utc>) -> Result<(), StoreError> {
    db.run(
        "INSERT INTO codes (hash, purpose, staff, made_ms, expires_ms) VALUES (:hash, :purpose, :staff, :made, :expires)",
        &[
            (":hash", code.hash.into()),
            (":purpose", code.purpose.code().into()),
            (":staff", code.staff.into()),
            (":made", now.into()),
            (":expires", code.expires.into()),
        ],
    )?;
    Ok(())
}

/// Uses a code up, once: nothing if it is unknown, used, expired, or for something else. Inside, whom it is for.
///
/// # Errors
/// [`StoreError`].
pub fn spend_code(
    db: &mut dyn Db,
    hash: Hash,
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Option<Option<StaffId>>, StoreError> {
    let spent = db.first(
        "UPDATE codes SET used_ms = :now WHERE hash = :hash AND purpose = :purpose AND used_ms IS NULL AND expires_ms > :now
         RETURNING staff",
        &[(":hash", hash.into()), (":purpose", purpose.code().into()), (":now", now.into())],
    )?;
    spent.map(|mut row| Ok(row.maybe_id()?.map(StaffId))).transpose()
}

/// Opens a session for a person whose code was just spent; nothing if they left the program meanwhile.
///
/// # Errors
/// [`StoreError`].
pub fn new_session(db: &mut dyn Db, hash: Hash, who: StaffId, now: DateTime<Utc>) -> Result<Option<Staff>, StoreError> {
    let Some(person) = staff_by_id(db, who)?.filter(|person| person.active) else { return Ok(None) };
    db.run(
        "INSERT INTO sessions (hash, staff, made_ms, seen_ms) VALUES (:hash, :staff, :now, :now)",
        &[(":hash", hash.into()), (":staff", who.into()), (":now", now.into())],
    )?;
    Ok(Some(person))
}

/// Whose session this is, if it is still good, and whether its last use should be written.
///
/// # Errors
/// [`StoreError`].
pub fn session_staff(db: &mut dyn Db, hash: Hash, now: DateTime<Utc>) -> Result<Option<(Staff, bool)>, StoreError> {
    let found = db.first(
        "SELECT staff, seen_ms FROM sessions
         WHERE hash = :hash AND ended_ms IS NULL AND seen_ms > :idle AND made_ms > :longest",
        &[(":hash", hash.into()), (":idle", (now - SESSION_IDLE).into()), (":longest", (now - SESSION_LONGEST).into())],
    )?;
    let Some(mut row) = found else { return Ok(None) };
    let (who, seen) = (StaffId(row.id()?), row.time()?);
    let person = staff_by_id(db, who)?.filter(|person| person.active);
    Ok(person.map(|person| (person, now - seen > SESSION_TOUCH)))
}

/// Notes that a session was used.
pub(crate) fn touch_session(db: &mut dyn Db, hash: Hash, now: DateTime<Utc>) -> Result<(), StoreError> {
    db.run(
        "UPDATE sessions SET seen_ms = :now WHERE hash = :hash AND seen_ms < :now",
        &[(":hash", hash.into()), (":now", now.into())],
    )?;
    Ok(())
}

/// Ends a session.
///
/// # Errors
/// [`StoreError`].
pub fn end_session(db: &mut dyn Db, hash: Hash, now: DateTime<Utc>) -> Result<(), StoreError> {
    db.run(
        "UPDATE sessions SET ended_ms = :now WHERE hash = :hash AND ended_ms IS NULL",
        &[(":hash", hash.into()), (":now", now.into())],
    )?;
    Ok(())
}

/// Ends the sessions of everyone who left the program, and makes their sign-in links worthless.
///
/// # Errors
/// [`StoreError`].
pub fn end_sessions_of_inactive(db: &mut dyn Db, now: DateTime<Utc>) -> Result<(), StoreError> {
    let left = "staff IN (SELECT id FROM staff WHERE active = 0)";
    let now: super::Value = now.into();
    db.run(
        &format!("UPDATE sessions SET ended_ms = :now WHERE ended_ms IS NULL AND {left}"),
        &[(":now", now.clone())],
    )?;
    db.run(&format!("UPDATE codes SET used_ms = :now WHERE used_ms IS NULL AND {left}"), &[(":now", now)])?;
    Ok(())
}

/// Enrols a device for a code; false, and nothing done, if the code is not good.
///
/// # Errors
/// [`StoreError`].
pub fn enrol(db: &mut dyn Db, code: Hash, device: &NewDevice, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let Some(staff) = spend_code(db, code, Purpose::Enrol, now)? else { return Ok(false) };
    db.run(
        "INSERT INTO devices (id, token_hash, public_key, model, staff, enrolled_ms)
         VALUES (:id, :token, :key, :model, :staff, :now)",
        &[
            (":id", device.id.into()),
            (":token", device.token_hash.into()),
            (":key", device.public_key.as_slice().into()),
            (":model", (&device.model).into()),
            (":staff", staff.into()),
            (":now", now.into()),
        ],
    )?;
    Ok(true)
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

/// Whether a device was revoked: asked at every call that reads, never remembered.
pub(crate) fn is_revoked(db: &mut dyn Db, device: DeviceId) -> Result<bool, StoreError> {
    let row = db.first("SELECT revoked_ms FROM devices WHERE id = :id", &[(":id", device.into())])?;
    row.map_or(Ok(true), |mut row| Ok(row.maybe_int()?.is_some()))
}

/// Revokes a device: it reads nothing more, and still delivers. False if it is unknown or was revoked before.
///
/// # Errors
/// [`StoreError`].
pub fn revoke(db: &mut dyn Db, device: DeviceId, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let sql = "UPDATE devices SET revoked_ms = :now WHERE id = :id AND revoked_ms IS NULL";
    Ok(db.run(sql, &[(":id", device.into()), (":now", now.into())])? == 1)
}

/// Keeps the newest word of how a device is.
pub(crate) fn save_health(
    db: &mut dyn Db,
    device: DeviceId,
    health: &Health,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    db.run(
        "INSERT INTO device_health (device, unsent, wedged, oldest_unsent_s, offset_ms, app, seen_ms)
         VALUES (:device, :unsent, :wedged, :oldest, :offset, :app, :now)
         ON CONFLICT (device) DO UPDATE SET unsent = excluded.unsent, wedged = excluded.wedged,
             oldest_unsent_s = excluded.oldest_unsent_s, offset_ms = excluded.offset_ms, app = excluded.app,
             seen_ms = excluded.seen_ms",
        &[
            (":device", device.into()),
            (":unsent", health.unsent.into()),
            (":wedged", health.wedged.into()),
            (":oldest", health.oldest_unsent_s.into()),
            (":offset", (health.wall - now).num_milliseconds().into()),
            (":app", (&health.app).into()),
            (":now", now.into()),
        ],
    )?;
    Ok(())
}
