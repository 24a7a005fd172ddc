//! The services of a program, one row each.
//!
//! # Decisions
//! A service is changed only as it was seen, whole: two people at two desks cannot undo each other's words unseen.

use super::{Db, Row, StoreError};
use chrono::{DateTime, Utc};
use handoff::domain::casework::Service;
use handoff::domain::ids::StaffId;
use uuid::Uuid;

/// What is known of a service, as a file or a form says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What it is for.
    pub kind: Service,
    /// Its name; with the kind it names one service.
    pub name: String,
    /// Whom to call; empty: nobody is known.
    pub phone: String,
    /// Where to go.
    pub place: String,
    /// When it is open, as OpenStreetMap's `opening_hours` writes it; empty: not known.
    pub hours: String,
    /// Places in all, where it is counted in places.
    pub capacity: Option<u32>,
    /// What to bring, whom to ask for.
    pub note: String,
    /// Whether it is to be used now.
    pub active: bool,
}

/// How many places were free when somebody asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Free {
    /// Places.
    pub places: u32,
    /// When.
    pub at: DateTime<Utc>,
    /// Who asked.
    pub by: StaffId,
}

/// A service in the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: Uuid,
    /// What is known of it.
    pub said: Said,
    /// Free places.
    pub free: Option<Free>,
    /// When anything of it was last changed.
    pub changed: DateTime<Utc>,
}

const SERVICE: &str = "SELECT id, kind, name, phone, place, hours, capacity, note, active, changed_ms, free, free_ms,
    free_by FROM services";

fn listed(mut row: Row) -> Result<Listed, StoreError> {
    let id = row.id()?;
    let said = Said {
        kind: row.code(Service::from_code)?,
        name: row.text()?,
        phone: row.text()?,
        place: row.text()?,
        hours: row.text()?,
        capacity: places(row.maybe_int()?)?,
        note: row.text()?,
        active: row.truth()?,
    };
    let changed = row.time()?;
    let free = match (places(row.maybe_int()?)?, row.maybe_time()?, row.maybe_id()?) {
        (Some(places), Some(at), Some(by)) => Some(Free { places, at, by: StaffId(by) }),
        (_, _, _) => None,
    };
    Ok(Listed { id, said, free, changed })
}

fn places(number: Option<i64>) -> Result<Option<u32>, StoreError> {
    number.map(|n| u32::try_from(n).map_err(|_| StoreError::Shape("places out of range"))).transpose()
}

/// Every service, in order of name.
///
/// # Errors
/// [`StoreError`].
pub fn list(db: &mut dyn Db) -> Result<Vec<Listed>, StoreError> {
    db.rows(&format!("{SERVICE} ORDER BY name, kind"), &[])?.into_iter().map(listed).collect()
}

/// One service.
///
/// # Errors
/// [`StoreError`].
pub fn one(db: &mut dyn Db, id: Uuid) -> Result<Option<Listed>, StoreError> {
    db.first(&format!("{SERVICE} WHERE id = :id"), &[(":id", id.into())])?.map(listed).transpose()
}

/// The service of that kind and name.
///
/// # Errors
/// [`StoreError`].
pub fn named(db: &mut dyn Db, kind: Service, name: &str) -> Result<Option<Listed>, StoreError> {
    let sql = format!("{SERVICE} WHERE kind = :kind AND name = :name");
    db.first(&sql, &[(":kind", kind.code().into()), (":name", name.into())])?.map(listed).transpose()
}

/// Writes what is known of a service, new or known; what was said of free places stays.
pub(crate) fn save(db: &mut dyn Db, (id, said): (Uuid, &Said), now: DateTime<Utc>) -> Result<(), StoreError> {
    let Said { kind, name, phone, place, hours, capacity, note, active } = said;
    db.run(
        "INSERT INTO services (id, kind, name, phone, place, hours, capacity, note, active, changed_ms)
         VALUES (:id, :kind, :name, :phone, :place, :hours, :capacity, :note, :active, :now)
         ON CONFLICT (id) DO UPDATE SET kind = :kind, name = :name, phone = :phone, place = :place, hours = :hours,
             capacity = :capacity, note = :note, active = :active, changed_ms = :now",
        &[
            (":id", id.into()),
            (":kind", kind.code().into()),
            (":name", name.into()),
            (":phone", phone.into()),
            (":place", place.into()),
            (":hours", hours.into()),
            (":capacity", (*capacity).into()),
            (":note", note.into()),
            (":active", (*active).into()),
            (":now", now.into()),
        ],
    )?;
    Ok(())
}

/// Writes how many places are free.
pub(crate) fn say_free(db: &mut dyn Db, id: Uuid, free: Free) -> Result<(), StoreError> {
    db.run(
        "UPDATE services SET free = :places, free_ms = :at, free_by = :by, changed_ms = :at WHERE id = :id",
        &[(":id", id.into()), (":places", free.places.into()), (":at", free.at.into()), (":by", free.by.into())],
    )?;
    Ok(())
}
