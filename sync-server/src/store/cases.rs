//! Cases: what came of accepted offers, and who took them.

use super::entries::{add_status, meet, wire};
use super::{Db, Row, StoreError};
use chrono::{DateTime, Utc};
use handoff::domain::afterwards::WithdrawalReason;
use handoff::domain::ids::{DeviceId, ReferralId, StaffId};
use handoff::domain::stage::{Act, DeclineReason, MeetPlace, Stage, next_stage};
use handoff::domain::wire::{Meet, Status, WireEntry};

/// The list of accepted cases is this long at most: older ones are found by the log.
const MOST_TAKEN: u32 = 200;
/// So many withdrawn ones are listed: whoever was on the way must see it, and no one else looks for it.
const MOST_WITHDRAWN: u32 = 20;

/// One case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Which.
    pub referral: ReferralId,
    /// The position in the log of the offer that opened it.
    pub position: u64,
    /// The device that sent it.
    pub device: DeviceId,
    /// The officer who made the offer.
    pub officer: StaffId,
    /// Where it stands.
    pub stage: Stage,
    /// When it came here.
    pub opened: DateTime<Utc>,
    /// Who took it, when.
    pub taken: Option<Taken>,
    /// When and where they will meet.
    pub meet: Option<Meet>,
    /// When and why the officer took it back.
    pub withdrawn: Option<Withdrawn>,
}

/// When and why a case was withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withdrawn {
    /// When it came here.
    pub at: DateTime<Utc>,
    /// Why.
    pub why: WithdrawalReason,
}

/// Who took a case, when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Who.
    pub by: StaffId,
    /// When.
    pub at: DateTime<Utc>,
}

/// What someone did to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseAct {
    /// The act's code.
    pub act: String,
    /// Why, of an act that has a reason.
    pub why: Option<DeclineReason>,
    /// Who.
    pub staff: StaffId,
    /// When.
    pub at: DateTime<Utc>,
    /// When and where they will meet, if the act says so.
    pub meet: Option<Meet>,
    /// What they noted.
    pub note: String,
}

/// What came of trying to take a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acceptance {
    /// It is theirs.
    Accepted,
    /// Somebody was faster, or they had it already.
    AlreadyTaken(Taken),
    /// The officer took it back: nobody goes.
    Withdrawn,
    /// There is no such case.
    NoSuchCase,
}

/// How a case manager passes a case on.
#[derive(Debug, Clone)]
pub struct NewDecline {
    /// Which.
    pub referral: ReferralId,
    /// Who.
    pub staff: StaffId,
    /// Why.
    pub why: DeclineReason,
}

/// How a case manager takes a case.
#[derive(Debug, Clone)]
pub struct NewAcceptance {
    /// Which.
    pub referral: ReferralId,
    /// Who.
    pub staff: StaffId,
    /// When and where they will meet.
    pub meet: Meet,
    /// What they note.
    pub note: String,
}

const CASE: &str =
    "SELECT c.referral, c.position, c.device, e.officer, c.stage, c.opened_ms, c.accepted_by, c.accepted_ms,
    c.meet_ms, c.meet_place, c.withdrawn_ms, c.withdrawn_why, e.header, e.enc, e.ciphertext FROM cases c JOIN entries e ON e.position = c.position";

fn case(mut row: Row) -> Result<(Case, WireEntry), StoreError> {
    let case = Case {
        referral: ReferralId(row.id()?),
        position: row.count()?,
        device: DeviceId(row.id()?),
        officer: StaffId(row.id()?),
        stage: row.code(Stage::from_code)?,
        opened: row.time()?,
        taken: row.maybe_id()?.zip(row.maybe_time()?).map(|(by, at)| Taken { by: StaffId(by), at }),
        meet: meet(&mut row)?,
        withdrawn: withdrawn(&mut row)?,
    };
    Ok((case, wire(&mut row)?))
}

fn withdrawn(row: &mut Row) -> Result<Option<Withdrawn>, StoreError> {
    let (at, why) = (row.maybe_time()?, row.maybe_code(WithdrawalReason::from_code)?);
    Ok(at.zip(why).map(|(at, why)| Withdrawn { at, why }))
}

/// Cases that nobody has yet, newest first, each with its sealed entry.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn waiting(db: &mut dyn Db) -> Result<Vec<(Case, WireEntry)>, StoreError> {
    let rows = db.rows(&format!("{CASE} WHERE c.stage = 'received' ORDER BY c.opened_ms DESC, c.n DESC"), &[])?;
    rows.into_iter().map(case).collect()
}

/// Cases that someone has, the newest acceptance first.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn taken(db: &mut dyn Db) -> Result<Vec<(Case, WireEntry)>, StoreError> {
    let sql = format!("{CASE} WHERE c.stage = 'accepted' ORDER BY c.accepted_ms DESC, c.n DESC LIMIT :most");
    db.rows(&sql, &[(":most", MOST_TAKEN.into())])?.into_iter().map(case).collect()
}

/// Cases that their officer took back, the newest first.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn withdrawn_cases(db: &mut dyn Db) -> Result<Vec<(Case, WireEntry)>, StoreError> {
    let sql = format!("{CASE} WHERE c.stage = 'withdrawn' ORDER BY c.withdrawn_ms DESC, c.n DESC LIMIT :most");
    db.rows(&sql, &[(":most", MOST_WITHDRAWN.into())])?.into_iter().map(case).collect()
}

/// Cases whose offer stands before this position, the newest first.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn before(db: &mut dyn Db, position: Option<u64>, most: u32) -> Result<Vec<ReferralId>, StoreError> {
    let end = position.and_then(|position| i64::try_from(position).ok()).unwrap_or(i64::MAX);
    let sql = "SELECT referral FROM cases WHERE position < :before ORDER BY position DESC LIMIT :most";
    let rows = db.rows(sql, &[(":before", end.into()), (":most", most.into())])?;
    rows.into_iter().map(|mut row| row.id().map(ReferralId)).collect()
}

/// Every case that nobody took back, with its sealed entry.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn open_cases(db: &mut dyn Db) -> Result<Vec<(Case, WireEntry)>, StoreError> {
    let rows = db.rows(&format!("{CASE} WHERE c.stage <> 'withdrawn' ORDER BY c.n DESC"), &[])?;
    rows.into_iter().map(case).collect()
}

/// One case with its sealed entry.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn one(db: &mut dyn Db, referral: ReferralId) -> Result<Option<(Case, WireEntry)>, StoreError> {
    db.first(&format!("{CASE} WHERE c.referral = :referral"), &[(":referral", referral.into())])?.map(case).transpose()
}

/// What people did to a case, oldest first.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn acts(db: &mut dyn Db, referral: ReferralId) -> Result<Vec<CaseAct>, StoreError> {
    let rows = db.rows(
        "SELECT act, code, staff, at_ms, meet_ms, meet_place, note FROM case_acts WHERE referral = :referral ORDER BY n",
        &[(":referral", referral.into())],
    )?;
    let act = |mut row: Row| {
        Ok(CaseAct {
            act: row.text()?,
            why: row.maybe_code(DeclineReason::from_code)?,
            staff: StaffId(row.id()?),
            at: row.time()?,
            meet: meet(&mut row)?,
            note: row.text()?,
        })
    };
    rows.into_iter().map(act).collect()
}

/// Takes a case if nobody has it: compare and set, so that of two people exactly one gets it.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn accept(db: &mut dyn Db, new: &NewAcceptance, now: DateTime<Utc>) -> Result<Acceptance, StoreError> {
    let from = Stage::Received;
    let Some(to) = next_stage(from, Act::Accept) else {
        return Err(StoreError::Shape("no way from received to accepted"));
    };
    let moved = db.first(
        "UPDATE cases SET stage = :to, accepted_by = :staff, accepted_ms = :now, meet_ms = :meet, meet_place = :place
         WHERE referral = :referral AND stage = :from RETURNING device",
        &[
            (":to", to.code().into()),
            (":staff", new.staff.into()),
            (":now", now.into()),
            (":meet", new.meet.at.into()),
            (":place", new.meet.place.code().into()),
            (":referral", new.referral.into()),
            (":from", from.code().into()),
        ],
    )?;
    let Some(mut row) = moved else {
        return Ok(match one(db, new.referral)? {
            Some((Case { withdrawn: Some(_), .. }, _)) => Acceptance::Withdrawn,
            Some((Case { taken: Some(taken), .. }, _)) => Acceptance::AlreadyTaken(taken),
            Some(_) | None => Acceptance::NoSuchCase,
        });
    };
    add_act(db, new, now)?;
    let (by, meet) = (Some(new.staff), Some(new.meet));
    let status = Status { referral: new.referral, stage: to, at: now, by, meet, participant: None };
    add_status(db, DeviceId(row.id()?), &status)?;
    Ok(Acceptance::Accepted)
}

/// Writes that somebody passes a case on, once; false if they did before.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn decline(db: &mut dyn Db, new: &NewDecline, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let written = db.run(
        "INSERT INTO case_acts (referral, act, code, staff, at_ms, note)
         SELECT :referral, 'decline', :code, :staff, :now, '' WHERE NOT EXISTS
             (SELECT n FROM case_acts WHERE referral = :referral AND staff = :staff AND act = 'decline')",
        &[
            (":referral", new.referral.into()),
            (":code", new.why.code().into()),
            (":staff", new.staff.into()),
            (":now", now.into()),
        ],
    )?;
    Ok(written == 1)
}

fn add_act(db: &mut dyn Db, new: &NewAcceptance, now: DateTime<Utc>) -> Result<(), StoreError> {
    let place: MeetPlace = new.meet.place;
    db.run(
        "INSERT INTO case_acts (referral, act, staff, at_ms, meet_ms, meet_place, note)
         VALUES (:referral, 'accept', :staff, :now, :meet, :place, :note)",
        &[
            (":referral", new.referral.into()),
            (":staff", new.staff.into()),
            (":now", now.into()),
            (":meet", new.meet.at.into()),
            (":place", place.code().into()),
            (":note", (&new.note).into()),
        ],
    )?;
    Ok(())
}
