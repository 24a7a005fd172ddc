//! The site: settings, people and the files of packs and zones.

use super::{Db, Staff, StoreError};
use chrono::{DateTime, Utc};
use handoff::domain::ids::{Hash, StaffId};
use std::collections::BTreeSet;

/// What a stored file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// A policy pack.
    Pack,
    /// A zone.
    Zone,
}

impl FileKind {
    const fn code(self) -> &'static str {
        match self {
            Self::Pack => "pack",
            Self::Zone => "zone",
        }
    }
}

/// A pack or zone file, to the byte.
#[derive(Debug, Clone)]
pub(crate) struct StoredFile {
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) active: bool,
}

/// A setting's value.
pub(crate) fn setting(db: &mut dyn Db, name: &str) -> Result<Option<String>, StoreError> {
    let row = db.first("SELECT value FROM settings WHERE name = :name", &[(":name", name.into())])?;
    row.map(|mut row| row.text()).transpose()
}

/// Sets a setting.
pub(crate) fn set_setting(db: &mut dyn Db, name: &str, value: &str) -> Result<(), StoreError> {
    db.run(
        "INSERT INTO settings (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        &[(":name", name.into()), (":value", value.into())],
    )?;
    Ok(())
}

/// Keeps a setting if there is none of that name; the one that stands now.
pub(crate) fn keep_setting(db: &mut dyn Db, name: &str, value: &str) -> Result<String, StoreError> {
    if let Some(known) = setting(db, name)? {
        return Ok(known);
    }
    set_setting(db, name, value)?;
    Ok(value.to_owned())
}

/// The database belongs to the server with this key, from the first start on.
pub(crate) fn belong_to(db: &mut dyn Db, server: Hash) -> Result<(), StoreError> {
    const SERVER: &str = "server";
    match setting(db, SERVER)? {
        None => set_setting(db, SERVER, &server.to_string()),
        Some(known) if known == server.to_string() => Ok(()),
        Some(_) => Err(StoreError::OtherKeys),
    }
}

/// Every key to which phones ever sealed is among these, by their ids. New ones are noted.
pub(crate) fn opens_what_was_sealed(db: &mut dyn Db, keys: &[String]) -> Result<(), StoreError> {
    const SEALING: &str = "sealing_keys";
    let known = setting(db, SEALING)?.unwrap_or_default();
    let known: BTreeSet<&str> = known.split_whitespace().collect();
    if let Some(missing) = known.iter().find(|id| !keys.iter().any(|key| key == *id)) {
        return Err(StoreError::SealingKey((*missing).to_owned()));
    }
    let all: BTreeSet<&str> = keys.iter().map(String::as_str).collect();
    if all == known {
        return Ok(());
    }
    set_setting(db, SEALING, &all.into_iter().collect::<Vec<_>>().join(" "))
}

/// Every file of a kind, in order of entry, those that are not in force any more included.
pub(crate) fn files(db: &mut dyn Db, kind: FileKind) -> Result<Vec<StoredFile>, StoreError> {
    let sql = "SELECT path, text, active FROM files WHERE kind = :kind ORDER BY n";
    let rows = db.rows(sql, &[(":kind", kind.code().into())])?;
    rows.into_iter()
        .map(|mut row| Ok(StoredFile { path: row.text()?, text: row.text()?, active: row.truth()? }))
        .collect()
}

/// Puts a file in force, and takes others with the same path out of force. Old versions stay.
pub(crate) fn save_file(
    db: &mut dyn Db,
    kind: FileKind,
    file: &StoredFile,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let hash = Hash::of(&[file.text.as_bytes()]);
    db.run(
        "UPDATE files SET active = 0 WHERE kind = :kind AND path = :path",
        &[(":kind", kind.code().into()), (":path", (&file.path).into())],
    )?;
    db.run(
        "INSERT INTO files (kind, path, sha256, text, active, added_ms) VALUES (:kind, :path, :sha, :text, 1, :now)
         ON CONFLICT (kind, sha256) DO UPDATE SET active = 1, path = excluded.path",
        &[
            (":kind", kind.code().into()),
            (":path", (&file.path).into()),
            (":sha", hash.into()),
            (":text", (&file.text).into()),
            (":now", now.into()),
        ],
    )?;
    Ok(())
}

/// Adds a person, or brings what is known of them up to date; their id stays.
pub(crate) fn save_staff(db: &mut dyn Db, person: &Staff, now: DateTime<Utc>) -> Result<StaffId, StoreError> {
    let row = db.first(
        "INSERT INTO staff (id, login, role, name, serial, phone, active, lead, squad, mail, webhook, added_ms)
         VALUES (:id, :login, :role, :name, :serial, :phone, :active, :lead, :squad, :mail, :webhook, :now)
         ON CONFLICT (login) DO UPDATE SET role = excluded.role, name = excluded.name, serial = excluded.serial,
             phone = excluded.phone, active = excluded.active, lead = excluded.lead, squad = excluded.squad,
             mail = excluded.mail, webhook = excluded.webhook
         RETURNING id",
        &[
            (":id", person.id.into()),
            (":login", (&person.login).into()),
            (":role", person.role.code().into()),
            (":name", (&person.name).into()),
            (":serial", (&person.serial).into()),
            (":phone", person.phone.reveal().into()),
            (":active", person.active.into()),
            (":lead", person.lead.into()),
            (":squad", (&person.squad).into()),
            (":mail", person.mail.reveal().into()),
            (":webhook", person.webhook.reveal().into()),
            (":now", now.into()),
        ],
    )?;
    row.ok_or(StoreError::Shape("no row of the person just stored"))?.id().map(StaffId)
}

/// Takes everyone and every file out of force: what a programme lists is put back in the same transaction.
pub(crate) fn retire_all(db: &mut dyn Db) -> Result<(), StoreError> {
    db.run("UPDATE staff SET active = 0 WHERE active = 1", &[])?;
    db.run("UPDATE files SET active = 0 WHERE active = 1", &[])?;
    Ok(())
}
