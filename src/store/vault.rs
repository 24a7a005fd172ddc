//! A vault: one officer's drafts and records, encrypted (SQLCipher). The same kind of file, under a key
//! that the device keeps, holds what is typed while locked.

use super::StoreError;
use super::file::{self, Kind, Open};
use crate::domain::ids::ReferralId;
use crate::domain::private::Private;
use crate::lab::{Bug, planted};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};
use std::path::{Path, PathBuf};
use uuid::Uuid;

pub(super) const KIND: Kind = Kind { application_id: 0x4841_4f56, migrations: MIGRATIONS, writes: SAVE_DRAFT };

const SAVE_DRAFT: &str = concat!(
    "INSERT INTO encounters (referral, state, draft, updated) VALUES (:id, 'draft', :json, :now) ",
    "ON CONFLICT (referral) DO UPDATE SET draft = excluded.draft, updated = excluded.updated WHERE state = 'draft'",
);

const MIGRATIONS: &[&str] = &[
    include_str!("migrations/vault_001.sql"),
    include_str!("migrations/vault_002.sql"),
    include_str!("migrations/vault_003.sql"),
];

/// A draft, as the form wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRow {
    /// The encounter.
    pub id: ReferralId,
    /// The form's JSON.
    pub json: Private<String>,
    /// When it was last written.
    pub updated: DateTime<Utc>,
}

/// An open vault.
pub struct Vault {
    conn: Connection,
}

impl Vault {
    /// Opens the file with its key, or makes it. The second value names the file that was set aside
    /// because it could not be read.
    ///
    /// # Errors
    /// A newer format, a file of another program, or the system.
    pub fn open(path: &Path, key: &[u8; 32], now: DateTime<Utc>) -> Result<(Self, Option<String>), StoreError> {
        // The file with the salt is kept before the vault is made, and outlives it.
        let emptied = match path.with_extension("lock").exists() {
            true => file::keep_emptied(path, now)?,
            false => None,
        };
        let key = Some(key).filter(|_| !planted(Bug::VaultInClear));
        let Open { conn, set_aside } = file::open(path, &KIND, key, now)?;
        Ok((Self { conn }, set_aside.or(emptied)))
    }

    /// Sets a vault aside, since the key that opens it is gone. Returns the name under which it is kept; there may
    /// be none of it but the file of its salt, which belongs beside it as [`Vault::salt_beside`] says.
    ///
    /// # Errors
    /// The system.
    pub fn set_aside(path: &Path, now: DateTime<Utc>) -> Result<String, StoreError> {
        file::set_aside(path, now)
    }

    /// Where the file of its salt is kept of a vault that was set aside.
    pub fn salt_beside(kept: &Path) -> PathBuf {
        file::with_suffix(kept, file::SALT)
    }

    /// Writes a draft; a record is never overwritten by one.
    ///
    /// # Errors
    /// The database.
    pub fn save_draft(&mut self, id: ReferralId, json: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let params = named_params! { ":id": id.0, ":json": json, ":now": now.timestamp_millis() };
        self.conn.prepare_cached(SAVE_DRAFT)?.execute(params)?;
        Ok(())
    }

    /// Drafts, newest first.
    ///
    /// # Errors
    /// The database.
    pub fn drafts(&self) -> Result<Vec<DraftRow>, StoreError> {
        let sql = "SELECT referral, draft, updated FROM encounters WHERE state = 'draft' ORDER BY updated DESC";
        let mut query = self.conn.prepare_cached(sql)?;
        let mut rows = query.query([])?;
        let mut drafts = Vec::new();
        while let Some(row) = rows.next()? {
            match draft(row) {
                Ok(draft) => drafts.push(draft),
                Err(error) => tracing::error!(%error, "a draft cannot be read; it is kept"),
            }
        }
        Ok(drafts)
    }

    /// Throws a draft away, at the officer's word. A record stays. Returns whether there was one.
    ///
    /// # Errors
    /// The database.
    pub fn discard_draft(&mut self, id: ReferralId) -> Result<bool, StoreError> {
        Ok(self.conn.execute("DELETE FROM encounters WHERE referral = :id AND state = 'draft'", [id.0])? > 0)
    }

    /// Writes the decision into the encounter's row, which stays a draft until the outbox has it.
    ///
    /// # Errors
    /// The database.
    pub fn save_decision(&mut self, id: ReferralId, json: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let sql = "INSERT INTO encounters (referral, state, draft, decision, updated)
                   VALUES (:id, 'draft', '{}', :json, :now)
                   ON CONFLICT (referral) DO UPDATE SET decision = excluded.decision, updated = excluded.updated
                   WHERE state = 'draft'";
        let params = named_params! { ":id": id.0, ":json": json, ":now": now.timestamp_millis() };
        self.conn.prepare_cached(sql)?.execute(params)?;
        Ok(())
    }

    /// A draft whose entry is in the outbox becomes a record, and what was typed on the way to it goes: a
    /// name that was typed before the person said no is nobody's to keep. Returns whether it was a draft.
    ///
    /// # Errors
    /// The database.
    pub fn make_record(&mut self, id: ReferralId) -> Result<bool, StoreError> {
        let sql = "UPDATE encounters SET state = 'record', draft = '{}' WHERE referral = :id AND state = 'draft'";
        Ok(self.conn.prepare_cached(sql)?.execute([id.0])? > 0)
    }

    /// Deletes all that is readable of an encounter, which the agency erased. Returns whether there was any.
    ///
    /// # Errors
    /// The database.
    pub fn forget(&mut self, id: ReferralId) -> Result<bool, StoreError> {
        Ok(self.conn.prepare_cached("DELETE FROM encounters WHERE referral = :id")?.execute([id.0])? > 0)
    }

    /// The decision of an encounter, as JSON.
    ///
    /// # Errors
    /// The database.
    pub fn decision(&self, id: ReferralId) -> Result<Option<Private<String>>, StoreError> {
        let sql = "SELECT decision FROM encounters WHERE referral = :id AND decision IS NOT NULL";
        let read = |row: &Row<'_>| row.get(0).map(Private::new);
        Ok(self.conn.prepare_cached(sql)?.query_row([id.0], read).optional()?)
    }

    /// Keeps the newest amendment of a record, as JSON.
    ///
    /// # Errors
    /// The database.
    pub fn save_amended(&mut self, id: ReferralId, json: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let sql = "INSERT INTO encounters (referral, state, draft, amended, updated)
                   VALUES (:id, 'record', '{}', :json, :now)
                   ON CONFLICT (referral) DO UPDATE SET amended = excluded.amended, updated = excluded.updated";
        let params = named_params! { ":id": id.0, ":json": json, ":now": now.timestamp_millis() };
        self.conn.prepare_cached(sql)?.execute(params)?;
        Ok(())
    }

    /// The newest amendment of a record, as JSON.
    ///
    /// # Errors
    /// The database.
    pub fn amended(&self, id: ReferralId) -> Result<Option<Private<String>>, StoreError> {
        let sql = "SELECT amended FROM encounters WHERE referral = :id AND amended IS NOT NULL";
        let read = |row: &Row<'_>| row.get(0).map(Private::new);
        Ok(self.conn.prepare_cached(sql)?.query_row([id.0], read).optional()?)
    }

    /// Moves every encounter of `other` in here: committed here first, then removed there, so that a
    /// kill between the two leaves it in both, and the next unlock finishes.
    ///
    /// A draft of `other` was typed after the one here, whatever the clock said then: it takes its place.
    /// A record stays as it is; only its readable copy is taken if there is none.
    ///
    /// # Errors
    /// Either database; nothing is then lost from `other`.
    pub fn take_all(&mut self, other: &mut Self) -> Result<usize, StoreError> {
        let moved = other.all()?;
        if planted(Bug::NotesDropped) {
            return Ok(other.conn.execute("DELETE FROM encounters", [])?);
        }
        let tx = self.conn.transaction()?;
        for row in &moved {
            tx.execute(
                "INSERT INTO encounters (referral, state, draft, decision, amended, updated)
                 VALUES (:id, :state, :draft, :decision, :amended, :updated)
                 ON CONFLICT (referral) DO UPDATE SET
                    amended = coalesce(excluded.amended, amended),
                    draft = CASE WHEN state = 'record' OR (excluded.state = 'draft' AND excluded.draft = '{}')
                                 THEN draft ELSE excluded.draft END,
                    decision = CASE state WHEN 'record' THEN coalesce(decision, excluded.decision)
                                          ELSE coalesce(excluded.decision, decision) END,
                    updated = CASE state WHEN 'record' THEN updated ELSE excluded.updated END,
                    state = CASE state WHEN 'record' THEN state ELSE excluded.state END",
                named_params! {
                    ":id": row.id, ":state": row.state, ":draft": row.draft, ":decision": row.decision,
                    ":amended": row.amended, ":updated": row.updated,
                },
            )?;
        }
        tx.commit()?;
        for row in &moved {
            let sql = "DELETE FROM encounters WHERE referral = :id AND updated = :updated";
            other.conn.execute(sql, named_params! { ":id": row.id, ":updated": row.updated })?;
        }
        Ok(moved.len())
    }

    fn all(&self) -> Result<Vec<RawRow>, StoreError> {
        let mut query =
            self.conn.prepare("SELECT referral, state, draft, decision, amended, updated FROM encounters")?;
        let read = |row: &Row<'_>| {
            Ok(RawRow {
                id: row.get(0)?,
                state: row.get(1)?,
                draft: row.get(2)?,
                decision: row.get(3)?,
                amended: row.get(4)?,
                updated: row.get(5)?,
            })
        };
        Ok(query.query_map([], read)?.collect::<Result<_, _>>()?)
    }
}

/// A row on its way from one file to another; never printed.
struct RawRow {
    id: Uuid,
    state: String,
    draft: String,
    decision: Option<String>,
    amended: Option<String>,
    updated: i64,
}

fn draft(row: &Row<'_>) -> Result<DraftRow, StoreError> {
    let updated = DateTime::from_timestamp_millis(row.get("updated")?).unwrap_or(DateTime::UNIX_EPOCH);
    Ok(DraftRow { id: ReferralId(row.get("referral")?), json: Private::new(row.get("draft")?), updated })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(s, 0).unwrap()
    }

    fn id(n: u128) -> ReferralId {
        ReferralId(Uuid::from_u128(n))
    }

    #[test]
    fn a_draft_survives_and_a_record_is_never_overwritten_or_discarded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault.db");
        let (mut vault, _) = Vault::open(&path, &[1; 32], at(0)).unwrap();
        vault.save_draft(id(1), r#"{"a":1}"#, at(1)).unwrap();
        vault.save_draft(id(1), r#"{"a":2}"#, at(2)).unwrap();
        drop(vault);
        let (mut vault, set_aside) = Vault::open(&path, &[1; 32], at(0)).unwrap();
        assert_eq!(set_aside, None);
        assert_eq!(vault.drafts().unwrap()[0].json.reveal(), r#"{"a":2}"#);
        vault.save_decision(id(1), "{}", at(3)).unwrap();
        assert_eq!(vault.drafts().unwrap().len(), 1);
        assert!(vault.make_record(id(1)).unwrap());
        vault.save_draft(id(1), "late", at(4)).unwrap();
        assert!(!vault.discard_draft(id(1)).unwrap());
        assert!(vault.drafts().unwrap().is_empty());
        assert!(vault.decision(id(1)).unwrap().is_some());
    }

    #[test]
    fn what_was_typed_while_locked_moves_over_and_the_newer_text_wins() {
        let folder = tempfile::tempdir().unwrap();
        let (mut vault, _) = Vault::open(&folder.path().join("vault.db"), &[1; 32], at(0)).unwrap();
        let (mut shift, _) = Vault::open(&folder.path().join("shift.db"), &[2; 32], at(0)).unwrap();
        vault.save_draft(id(1), "old", at(1)).unwrap();
        shift.save_draft(id(1), "new", at(2)).unwrap();
        shift.save_draft(id(2), "other", at(3)).unwrap();
        assert_eq!(vault.take_all(&mut shift).unwrap(), 2);
        assert!(shift.drafts().unwrap().is_empty());
        let texts: Vec<String> = vault.drafts().unwrap().iter().map(|d| d.json.reveal().clone()).collect();
        assert_eq!(texts, ["other", "new"]);
    }

    #[test]
    fn a_clock_that_was_set_back_loses_nothing_of_what_was_typed_while_locked() {
        let folder = tempfile::tempdir().unwrap();
        let (mut vault, _) = Vault::open(&folder.path().join("vault.db"), &[1; 32], at(0)).unwrap();
        let (mut shift, _) = Vault::open(&folder.path().join("shift.db"), &[2; 32], at(0)).unwrap();
        vault.save_draft(id(1), "old", at(500)).unwrap();
        shift.save_draft(id(1), "new", at(2)).unwrap();
        // A decision whose save failed brings no form of its own: the one that is here stays.
        vault.save_draft(id(2), "form", at(500)).unwrap();
        shift.save_decision(id(2), r#"{"a":1}"#, at(3)).unwrap();
        // A record here whose readable copy had to be written there.
        vault.save_draft(id(3), "form", at(500)).unwrap();
        vault.make_record(id(3)).unwrap();
        shift.save_decision(id(3), r#"{"a":2}"#, at(3)).unwrap();
        vault.take_all(&mut shift).unwrap();
        let mut texts: Vec<String> = vault.drafts().unwrap().iter().map(|d| d.json.reveal().clone()).collect();
        texts.sort_unstable();
        assert_eq!(texts, ["form", "new"]);
        assert_eq!(vault.decision(id(3)).unwrap().unwrap().reveal(), r#"{"a":2}"#);
        assert!(shift.drafts().unwrap().is_empty());
    }

    #[test]
    fn a_record_keeps_nothing_of_what_was_typed_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let (mut vault, _) = Vault::open(&folder.path().join("vault.db"), &[1; 32], at(0)).unwrap();
        let (mut shift, _) = Vault::open(&folder.path().join("shift.db"), &[2; 32], at(0)).unwrap();
        for n in 1..=2 {
            vault.save_draft(id(n), r#"{"name":"Zanzibarry"}"#, at(1)).unwrap();
        }
        vault.make_record(id(1)).unwrap();
        shift.save_decision(id(2), "{}", at(2)).unwrap();
        shift.make_record(id(2)).unwrap();
        vault.take_all(&mut shift).unwrap();
        let kept = vault.all().unwrap();
        assert_eq!(kept.len(), 2);
        assert!(kept.iter().all(|row| row.draft == "{}" && row.state == "record"));
    }
}
