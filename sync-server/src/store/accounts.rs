//! People, their sessions and one-time codes. Secrets are stored as hashes.

use super::{Db, StoreError};
use crate::words::Language;
use chrono::{DateTime, TimeDelta, Utc};
use handoff::domain::ids::{Hash, StaffId};
use handoff::domain::private::Private;
use handoff::domain::wire::{Role, StaffCard};

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
    /// A case manager who leads the others.
    pub lead: bool,
    /// The squad of an officer or a sergeant; empty for none.
    pub squad: String,
    /// Where mail goes that tells them; empty for none.
    pub mail: Private<String>,
    /// The address of a program that tells them; empty for none. It may hold that program's own secret.
    pub webhook: Private<String>,
    /// The language that they chose; nothing: as their browser asks.
    pub language: Option<Language>,
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

const STAFF: &str = "SELECT id, login, role, name, serial, phone, active, lead, squad, mail, webhook, language
    FROM staff";

fn staff(row: &mut super::Row) -> Result<Staff, StoreError> {
    Ok(Staff {
        id: StaffId(row.id()?),
        login: row.text()?,
        role: row.code(Role::from_code)?,
        name: row.text()?,
        serial: row.text()?,
        phone: Private::new(row.text()?),
        active: row.truth()?,
        lead: row.truth()?,
        squad: row.text()?,
        mail: Private::new(row.text()?),
        webhook: Private::new(row.text()?),
        // A language of a later version is none that is known here.
        language: row.maybe_text()?.and_then(|code| Language::from_code(&code)),
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

/// Someone chose a language.
///
/// # Errors
/// [`StoreError`].
pub fn set_language(db: &mut dyn Db, who: StaffId, language: Language) -> Result<(), StoreError> {
    let params = [(":language", language.code().into()), (":id", who.into())];
    db.run("UPDATE staff SET language = :language WHERE id = :id", &params)?;
    Ok(())
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
