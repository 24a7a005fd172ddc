//! Notes of cases: sealed documents, with codes beside them by which a case is listed and its moves are judged.

use super::events::{self, Event, Kind};
use super::{Db, Row, StoreError};
use chrono::{DateTime, Utc};
use handoff::domain::casework::{Move, NoteKind, Standing, next_standing};
use handoff::domain::ids::{Hash, NoteId, ReferralId, StaffId};
use handoff::domain::stage::Stage;
use handoff::seal::SealedDocument;

/// A note as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredNote {
    /// Which.
    pub id: NoteId,
    /// Of which case.
    pub referral: ReferralId,
    /// What it is about.
    pub kind: NoteKind,
    /// Its number among the notes of its kind in this case, from 1.
    pub number: u64,
    /// What it does to the case.
    pub does: Move,
    /// Who wrote it.
    pub author: StaffId,
    /// When.
    pub at: DateTime<Utc>,
    /// What it says.
    pub sealed: SealedDocument,
}

/// What came of filing a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It is filed.
    Filed,
    /// It was filed before: its answer was lost.
    Again,
    /// Someone wrote a newer note of that kind meanwhile. Nothing was done.
    Stale,
    /// The case stands so, and takes no such note. Nothing was done.
    NotNow(Standing),
    /// There is no such case.
    NoSuchCase,
}

/// Files a note if it follows the newest of its kind and the case takes it, with its event: ids, and the hash of
/// the sealed bytes. The event does not tell the kind: whoever may export the log learns nothing of a person.
///
/// # Errors
/// [`StoreError`]: then nothing was done.
pub(crate) fn add_note(db: &mut dyn Db, new: &StoredNote) -> Result<Written, StoreError> {
    if let Some(same) = filed_before(db, new)? {
        return Ok(if same { Written::Again } else { Written::Stale });
    }
    let Some(stage) = stage(db, new.referral)? else { return Ok(Written::NoSuchCase) };
    if newest(db, new.referral, new.kind)? + 1 != new.number {
        return Ok(Written::Stale);
    }
    let standing = Standing::of(stage, moves(db, new.referral)?);
    if next_standing(standing, new.does).is_none() {
        return Ok(Written::NotNow(standing));
    }
    db.run(
        "INSERT INTO case_notes (id, referral, kind, number, does, author, at_ms, sealing_key, enc, ciphertext)
         VALUES (:id, :referral, :kind, :number, :does, :author, :at, :key, :enc, :ciphertext)",
        &[
            (":id", new.id.0.into()),
            (":referral", new.referral.into()),
            (":kind", new.kind.code().into()),
            (":number", new.number.into()),
            (":does", new.does.code().into()),
            (":author", new.author.into()),
            (":at", new.at.into()),
            (":key", (&new.sealed.key).into()),
            (":enc", new.sealed.enc.as_slice().into()),
            (":ciphertext", new.sealed.ciphertext.as_slice().into()),
        ],
    )?;
    let bytes = Hash::of(&[&new.sealed.enc, &new.sealed.ciphertext]);
    let event = Event::new(Kind::CaseNote).by(new.author).on(new.referral.0).detail(format!("{} {bytes}", new.id));
    events::append(db, &event, new.at)?;
    Ok(Written::Filed)
}

/// Every note of a case, oldest first.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn notes(db: &mut dyn Db, referral: ReferralId) -> Result<Vec<StoredNote>, StoreError> {
    let rows = db.rows(
        "SELECT id, kind, number, does, author, at_ms, sealing_key, enc, ciphertext FROM case_notes
         WHERE referral = :referral ORDER BY n",
        &[(":referral", referral.into())],
    )?;
    let note = |mut row: Row| {
        Ok(StoredNote {
            id: NoteId(row.id()?),
            referral,
            kind: row.code(NoteKind::from_code)?,
            number: row.count()?,
            does: row.code(Move::from_code)?,
            author: StaffId(row.id()?),
            at: row.time()?,
            sealed: SealedDocument { key: row.text()?, enc: row.blob()?, ciphertext: row.blob()? },
        })
    };
    rows.into_iter().map(note).collect()
}

/// The cases that someone has, the oldest acceptance first.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn cases_of(db: &mut dyn Db, staff: StaffId) -> Result<Vec<ReferralId>, StoreError> {
    let rows = db.rows(
        "SELECT referral FROM cases WHERE stage = 'accepted' AND accepted_by = :staff ORDER BY accepted_ms, n",
        &[(":staff", staff.into())],
    )?;
    rows.into_iter().map(|mut row| row.id().map(ReferralId)).collect()
}

/// Whether a note of this id is there, and if so, whether it is this one.
fn filed_before(db: &mut dyn Db, new: &StoredNote) -> Result<Option<bool>, StoreError> {
    let sql = "SELECT referral, author, kind FROM case_notes WHERE id = :id";
    let Some(mut row) = db.first(sql, &[(":id", new.id.0.into())])? else { return Ok(None) };
    let found = (ReferralId(row.id()?), StaffId(row.id()?), row.code(NoteKind::from_code)?);
    Ok(Some(found == (new.referral, new.author, new.kind)))
}

fn stage(db: &mut dyn Db, referral: ReferralId) -> Result<Option<Stage>, StoreError> {
    let row = db.first("SELECT stage FROM cases WHERE referral = :referral", &[(":referral", referral.into())])?;
    row.map(|mut row| row.code(Stage::from_code)).transpose()
}

fn newest(db: &mut dyn Db, referral: ReferralId, kind: NoteKind) -> Result<u64, StoreError> {
    let row = db.first(
        "SELECT coalesce(max(number), 0) FROM case_notes WHERE referral = :referral AND kind = :kind",
        &[(":referral", referral.into()), (":kind", kind.code().into())],
    )?;
    row.map_or(Ok(0), |mut row| row.count())
}

fn moves(db: &mut dyn Db, referral: ReferralId) -> Result<Vec<Move>, StoreError> {
    let sql = "SELECT does FROM case_notes WHERE referral = :referral ORDER BY n";
    let rows = db.rows(sql, &[(":referral", referral.into())])?;
    rows.into_iter().map(|mut row| row.code(Move::from_code)).collect()
}
