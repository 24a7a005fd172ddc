//! What comes to a referral after its decision: hand-offs, amendments, withdrawals.
//!
//! # Decisions
//! - The wire may bring these before their decision. Their rows stand by themselves and are found by the
//!   referral, so whichever comes second joins the first.
//! - Anyone's device may be lent, but an entry closes a case only if it comes from the case's own device or
//!   officer. Any other is kept and shown, and changes nothing.

use super::entries::{NewEntry, add_status, wire};
use super::{Db, Row, StoreError};
use crate::flags::{Flag, Flags};
use chrono::{DateTime, Utc};
use handoff::domain::afterwards::{HandOffOutcome, WithdrawalReason};
use handoff::domain::codes::Verdict;
use handoff::domain::entry::{Body, EntryKind};
use handoff::domain::ids::{DeviceId, Hash, ReferralId, StaffId};
use handoff::domain::stage::{Act, Stage, next_stage};
use handoff::domain::wire::{Status, WireEntry};
use handoff::lab::{Bug, planted};

/// One entry that came to a referral.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Afterwards {
    /// Its position in the log.
    pub position: u64,
    /// What it is: never a decision.
    pub kind: EntryKind,
    /// Who recorded it.
    pub officer: StaffId,
    /// When, by the scene's own clock; of an amendment, when it was written.
    pub at: DateTime<Utc>,
    /// When it came here.
    pub received: DateTime<Utc>,
    /// The step's, the cause's or the reason's code.
    pub code: String,
    /// How a hand-off ended.
    pub outcome: Option<HandOffOutcome>,
    /// Of an amendment: the decision's entry.
    pub amends: Option<Hash>,
    /// Of an amendment: what the rules say of the amended facts.
    pub verdict: Option<Verdict>,
    /// What to look at twice.
    pub flags: Flags,
}

impl Afterwards {
    /// Whether it speaks of the decision with this hash. A hand-off and a withdrawal speak of the referral.
    pub fn is_of(&self, decision: Hash) -> bool {
        self.amends.is_none_or(|amends| amends == decision)
    }

    /// The marks that it puts on a decision with this verdict.
    fn marks(&self, verdict: Verdict) -> Flags {
        let has = |flag| self.flags.has(flag);
        Flags::default()
            .with_if(Flag::Amended, self.kind == EntryKind::Amendment)
            .with_if(Flag::VerdictChanged, self.verdict.is_some_and(|amended| amended != verdict))
            .with_if(Flag::Withdrawn, self.kind == EntryKind::Withdrawal)
            .with_if(Flag::ReplayDisagrees, has(Flag::ReplayDisagrees))
            .with_if(Flag::UnknownPack, has(Flag::UnknownPack))
            .with_if(Flag::ClockMoved, has(Flag::ClockMoved))
    }
}

/// The row of an entry; nothing if it is a decision, which has a table of its own.
pub(crate) fn row_of(position: u64, entry: &NewEntry<'_>, (body, flags): (&Body, Flags)) -> Option<Afterwards> {
    let (at, outcome, amends, verdict) = match body {
        Body::Decision(_) => return None,
        Body::HandOff(hand_off) => (hand_off.at.to_utc(), hand_off.outcome, None, None),
        Body::Amendment(amendment) => {
            (entry.header.written(), None, Some(amendment.amends), Some(amendment.assessment.verdict))
        }
        Body::Withdrawal(withdrawal) => (withdrawal.at.to_utc(), None, None, None),
    };
    Some(Afterwards {
        position,
        kind: body.kind(),
        officer: entry.header.officer,
        at,
        received: entry.received,
        code: body.code().to_owned(),
        outcome,
        amends,
        verdict,
        flags,
    })
}

/// Adds the columns of what came, and its marks to the decision if that is here.
pub(crate) fn add_afterwards(db: &mut dyn Db, entry: &NewEntry<'_>, new: &Afterwards) -> Result<(), StoreError> {
    let referral = entry.header.referral;
    db.run(
        "INSERT INTO afterwards (position, referral, kind, officer, device, at_ms, received_ms, code, outcome, amends,
             verdict, flags)
         VALUES (:position, :referral, :kind, :officer, :device, :at, :received, :code, :outcome, :amends,
             :verdict, :flags)",
        &[
            (":position", new.position.into()),
            (":referral", referral.into()),
            (":kind", new.kind.code().into()),
            (":officer", new.officer.into()),
            (":device", entry.header.device.into()),
            (":at", new.at.into()),
            (":received", new.received.into()),
            (":code", (&new.code).into()),
            (":outcome", new.outcome.map(HandOffOutcome::code).into()),
            (":amends", new.amends.into()),
            (":verdict", new.verdict.map(Verdict::code).into()),
            (":flags", new.flags.bits().into()),
        ],
    )?;
    if planted(Bug::AmendmentOverwrites)
        && let Some(verdict) = new.verdict
    {
        let sql = "UPDATE decisions SET verdict = :verdict WHERE referral = :referral";
        db.run(sql, &[(":verdict", verdict.code().into()), (":referral", referral.into())])?;
    }
    let decisions = db.rows(
        "SELECT d.position, d.verdict, e.hash FROM decisions d JOIN entries e ON e.position = d.position
         WHERE d.referral = :referral",
        &[(":referral", referral.into())],
    )?;
    for mut row in decisions {
        let (position, verdict, hash) = (row.count()?, row.code(Verdict::from_code)?, row.hash()?);
        if new.is_of(hash) {
            mark(db, position, new.marks(verdict))?;
        }
    }
    Ok(())
}

/// A decision came: whatever came before it puts its marks on it. Whether there was anything.
pub(crate) fn join_earlier(
    db: &mut dyn Db,
    (position, entry): (u64, &NewEntry<'_>),
    verdict: Verdict,
) -> Result<bool, StoreError> {
    let earlier = afterwards(db, entry.header.referral)?;
    for (found, _) in earlier.iter().filter(|(found, _)| found.is_of(entry.hash)) {
        mark(db, position, found.marks(verdict))?;
    }
    Ok(!earlier.is_empty())
}

fn mark(db: &mut dyn Db, position: u64, marks: Flags) -> Result<(), StoreError> {
    db.run(
        "UPDATE decisions SET flags = flags | :marks WHERE position = :position",
        &[(":marks", marks.bits().into()), (":position", position.into())],
    )?;
    Ok(())
}

const AFTERWARDS: &str = "SELECT a.position, a.kind, a.officer, a.at_ms, a.received_ms, a.code, a.outcome, a.amends,
    a.verdict, a.flags, e.header, e.enc, e.ciphertext FROM afterwards a JOIN entries e ON e.position = a.position";

/// What came to a referral beside its decision, in the order in which it came, each with its sealed entry.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn afterwards(db: &mut dyn Db, referral: ReferralId) -> Result<Vec<(Afterwards, WireEntry)>, StoreError> {
    let sql = format!("{AFTERWARDS} WHERE a.referral = :referral ORDER BY a.position");
    let read = |mut row: Row| {
        let found = Afterwards {
            position: row.count()?,
            kind: row.code(EntryKind::from_code)?,
            officer: StaffId(row.id()?),
            at: row.time()?,
            received: row.time()?,
            code: row.text()?,
            outcome: row.maybe_code(HandOffOutcome::from_code)?,
            amends: row.maybe_hash()?,
            verdict: row.maybe_code(Verdict::from_code)?,
            flags: Flags::from_bits(row.int()?),
        };
        Ok((found, wire(&mut row)?))
    };
    db.rows(&sql, &[(":referral", referral.into())])?.into_iter().map(read).collect()
}

/// The device whose feed hears of a referral's case; nothing if there is no case.
pub(crate) fn case_device(db: &mut dyn Db, referral: ReferralId) -> Result<Option<DeviceId>, StoreError> {
    let sql = "SELECT device FROM cases WHERE referral = :referral";
    db.first(sql, &[(":referral", referral.into())])?.map(|mut row| row.id().map(DeviceId)).transpose()
}

/// Closes the case of a referral that was withdrawn, if there is one: compare and set, and never a deletion.
/// Nothing if there is no case, it is closed already, or the withdrawal is neither of its device nor of its
/// officer.
pub(crate) fn close_withdrawn(
    db: &mut dyn Db,
    referral: ReferralId,
    now: DateTime<Utc>,
) -> Result<Option<(StaffId, WithdrawalReason)>, StoreError> {
    let found = db.first(
        "SELECT a.officer, a.code, c.stage, c.device FROM afterwards a
         JOIN cases c ON c.referral = a.referral JOIN entries e ON e.position = c.position
         WHERE a.referral = :referral AND a.kind = 'withdrawal' AND (a.device = c.device OR a.officer = e.officer)
         ORDER BY a.position LIMIT 1",
        &[(":referral", referral.into())],
    )?;
    let Some(mut row) = found.filter(|_| !planted(Bug::WithdrawalLeavesOpen)) else { return Ok(None) };
    let (officer, why) = (StaffId(row.id()?), row.code(WithdrawalReason::from_code)?);
    let (from, device) = (row.code(Stage::from_code)?, DeviceId(row.id()?));
    let Some(to) = next_stage(from, Act::Withdraw) else { return Ok(None) };
    let closed = db.run(
        "UPDATE cases SET stage = :to, withdrawn_ms = :now, withdrawn_why = :why
         WHERE referral = :referral AND stage = :from",
        &[
            (":to", to.code().into()),
            (":now", now.into()),
            (":why", why.code().into()),
            (":referral", referral.into()),
            (":from", from.code().into()),
        ],
    )?;
    if closed == 0 {
        return Ok(None);
    }
    add_status(db, device, &Status { referral, stage: to, at: now, by: None, meet: None, participant: None })?;
    Ok(Some((officer, why)))
}
