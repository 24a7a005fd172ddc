//! Releases of information: sealed documents, and their withdrawals beside them.

use super::events::{self, Event, Kind};
use super::{Db, Row, StoreError};
use chrono::{DateTime, Utc};
use handoff::domain::ids::{Hash, ReferralId, ReleaseId, StaffId};
use handoff::domain::release::{Ended, Ending};
use handoff::domain::stage::Stage;
use handoff::seal::SealedDocument;

/// A release as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRelease {
    /// Which.
    pub id: ReleaseId,
    /// Of which case.
    pub referral: ReferralId,
    /// Its number among the releases of this case, from 1.
    pub number: u64,
    /// Who wrote it down.
    pub author: StaffId,
    /// When.
    pub at: DateTime<Utc>,
    /// What it says.
    pub sealed: SealedDocument,
    /// Its withdrawal; nothing in one that is to be filed.
    pub ended: Option<Ended>,
}

/// What came of filing a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filing {
    /// It is filed.
    Filed,
    /// It was filed before: its answer was lost.
    Again,
    /// Someone filed another meanwhile. Nothing was done.
    Stale,
    /// Nobody has the case, or its officer took it back. Nothing was done.
    NotNow,
    /// There is no such case.
    NoSuchCase,
}

/// What came of withdrawing a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withdrawal {
    /// It lets nothing out from now on.
    Withdrawn,
    /// It was withdrawn before; the first word stands.
    Before,
    /// There is no such release of this case.
    NoSuchRelease,
}

/// Files a release behind the newest that its writer saw, with its event: ids, and the hash of the sealed bytes.
///
/// # Errors
/// [`StoreError`]: then nothing was done.
pub(crate) fn add(db: &mut dyn Db, new: &StoredRelease) -> Result<Filing, StoreError> {
    let same = "SELECT referral, author FROM releases WHERE id = :id";
    if let Some(mut row) = db.first(same, &[(":id", new.id.0.into())])? {
        let found = (ReferralId(row.id()?), StaffId(row.id()?));
        return Ok(if found == (new.referral, new.author) { Filing::Again } else { Filing::Stale });
    }
    let stage = "SELECT stage FROM cases WHERE referral = :referral";
    let Some(mut row) = db.first(stage, &[(":referral", new.referral.into())])? else { return Ok(Filing::NoSuchCase) };
    if row.code(Stage::from_code)? != Stage::Accepted {
        return Ok(Filing::NotNow);
    }
    let newest = "SELECT coalesce(max(number), 0) FROM releases WHERE referral = :referral";
    let newest = db.first(newest, &[(":referral", new.referral.into())])?.map_or(Ok(0), |mut row| row.count())?;
    if newest + 1 != new.number {
        return Ok(Filing::Stale);
    }
    db.run(
        "INSERT INTO releases (id, referral, number, author, at_ms, sealing_key, enc, ciphertext)
         VALUES (:id, :referral, :number, :author, :at, :key, :enc, :ciphertext)",
        &[
            (":id", new.id.0.into()),
            (":referral", new.referral.into()),
            (":number", new.number.into()),
            (":author", new.author.into()),
            (":at", new.at.into()),
            (":key", (&new.sealed.key).into()),
            (":enc", new.sealed.enc.as_slice().into()),
            (":ciphertext", new.sealed.ciphertext.as_slice().into()),
        ],
    )?;
    let bytes = Hash::of(&[&new.sealed.enc, &new.sealed.ciphertext]);
    let event = Event::new(Kind::ReleaseGiven).by(new.author).on(new.referral.0).detail(format!("{} {bytes}", new.id));
    events::append(db, &event, new.at)?;
    Ok(Filing::Filed)
}

/// Withdraws a release, whatever became of its case. Compare and set: the first word stands.
///
/// # Errors
/// [`StoreError`]: then nothing was done.
pub(crate) fn end(
    db: &mut dyn Db,
    (referral, release): (ReferralId, ReleaseId),
    ended: Ended,
) -> Result<Withdrawal, StoreError> {
    let known = "SELECT n FROM releases WHERE id = :release AND referral = :referral";
    if db.first(known, &[(":release", release.0.into()), (":referral", referral.into())])?.is_none() {
        return Ok(Withdrawal::NoSuchRelease);
    }
    let written = db.run(
        "INSERT INTO release_ends (release, referral, author, at_ms, manner)
         VALUES (:release, :referral, :author, :at, :manner) ON CONFLICT (release) DO NOTHING",
        &[
            (":release", release.0.into()),
            (":referral", referral.into()),
            (":author", ended.by.into()),
            (":at", ended.at.into()),
            (":manner", ended.manner.code().into()),
        ],
    )?;
    if written == 0 {
        return Ok(Withdrawal::Before);
    }
    let event = Event::new(Kind::ReleaseWithdrawn).by(ended.by).on(referral.0);
    events::append(db, &event.detail(format!("{release} {}", ended.manner.code())), ended.at)?;
    Ok(Withdrawal::Withdrawn)
}

/// Every release of a case, the oldest first.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn of(db: &mut dyn Db, referral: ReferralId) -> Result<Vec<StoredRelease>, StoreError> {
    let rows = db.rows(
        "SELECT r.id, r.number, r.author, r.at_ms, r.sealing_key, r.enc, r.ciphertext, e.author, e.at_ms, e.manner
         FROM releases r LEFT JOIN release_ends e ON e.release = r.id WHERE r.referral = :referral ORDER BY r.n",
        &[(":referral", referral.into())],
    )?;
    let release = |mut row: Row| {
        Ok(StoredRelease {
            id: ReleaseId(row.id()?),
            referral,
            number: row.count()?,
            author: StaffId(row.id()?),
            at: row.time()?,
            sealed: SealedDocument { key: row.text()?, enc: row.blob()?, ciphertext: row.blob()? },
            ended: ended(&mut row)?,
        })
    };
    rows.into_iter().map(release).collect()
}

fn ended(row: &mut Row) -> Result<Option<Ended>, StoreError> {
    let (by, at, manner) = (row.maybe_id()?, row.maybe_time()?, row.maybe_code(Ending::from_code)?);
    Ok(by.zip(at).zip(manner).map(|((by, at), manner)| Ended { by: StaffId(by), at, manner }))
}
