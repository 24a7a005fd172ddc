//! Who is told of a referral that waits: rows that are queued, claimed with a lease, and ended.
//!
//! # Decisions
//! - A claim raises the row's number of tries, and an outcome is written only under the number of its own claim: one
//!   who stood still past the lease changes nothing of what the next one does.
//! - A round replaces what is still queued of the round before: that was missed.

use super::{Db, Row, StoreError};
use crate::deliver::channel::{About, Alert, Medium, Outcome};
use crate::deliver::plan::{Due, History, Told};
use chrono::{DateTime, TimeDelta, Utc};
use handoff::domain::codes::Door;
use handoff::domain::ids::{ReferralId, StaffId};
use handoff::domain::pack::RungWho;

/// Whoever delivers holds a row for so long; then another may try.
pub(crate) const LEASE: TimeDelta = TimeDelta::seconds(30);
/// One claim holds at most so many rows.
const MOST_CLAIMED: u32 = 50;
/// So often a delivery is tried; the next round begins anew.
const MOST_TRIES: u32 = 8;

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// To be done.
    Queued,
    /// It was handed over.
    Delivered,
    /// The next round came first.
    Missed,
    /// It never will be.
    Failed,
    /// The address is no more.
    Gone,
    /// Somebody took the referral, they declined it, or its officer took it back.
    Settled,
}

impl State {
    const ALL: [Self; 6] = [Self::Queued, Self::Delivered, Self::Missed, Self::Failed, Self::Gone, Self::Settled];

    /// The code as it is stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Delivered => "delivered",
            Self::Missed => "missed",
            Self::Failed => "failed",
            Self::Gone => "gone",
            Self::Settled => "settled",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// One time that a person was told by a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Who.
    pub staff: StaffId,
    /// By which channel.
    pub medium: Medium,
    /// As what.
    pub who: RungWho,
    /// Which time it is, from 1.
    pub round: u32,
    /// How it stands.
    pub state: State,
    /// When it was queued.
    pub at: DateTime<Utc>,
    /// When it ended.
    pub ended: Option<DateTime<Utc>>,
}

/// When somebody looked at a referral that waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// Who.
    pub staff: StaffId,
    /// When first.
    pub first: DateTime<Utc>,
    /// When last.
    pub last: DateTime<Utc>,
}

/// Whether a channel tells someone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// It does, as it does for everyone at first.
    On,
    /// It does not.
    Off,
}

/// A claim on one row: an outcome counts only under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The row.
    pub n: u64,
    /// Which claim on it this is, from 1.
    pub tries: u32,
}

/// A referral that waits, as far as the ladder asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Which.
    pub referral: ReferralId,
    /// The position in the log of the offer.
    pub position: u64,
    /// Who made the offer.
    pub officer: StaffId,
    /// How the person came.
    pub door: Door,
    /// The encounter, by the scene's own clock.
    pub scene: DateTime<Utc>,
    /// When it was durably received.
    pub received: DateTime<Utc>,
}

/// Queues one delivery.
///
/// # Errors
/// [`StoreError`].
pub fn queue(
    db: &mut dyn Db,
    about: About,
    (due, medium): (&Due, Medium),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    db.run(
        "INSERT INTO deliveries
             (referral, about, staff, channel, rung, who, round, state, at_ms, due_ms, tries, lease_ms)
         VALUES (:id, :about, :staff, :channel, :rung, :who, :round, 'queued', :now, :now, 0, 0)",
        &[
            (":id", about.id().into()),
            (":about", about.code().into()),
            (":staff", due.staff.into()),
            (":channel", medium.code().into()),
            (":rung", u32::try_from(due.rung).unwrap_or(u32::MAX).into()),
            (":who", due.who.code().into()),
            (":round", due.round.into()),
            (":now", now.into()),
        ],
    )?;
    Ok(())
}

/// A new round of someone begins: what is queued of the one before, and under nobody's hands, was missed.
pub(crate) fn miss(
    db: &mut dyn Db,
    referral: ReferralId,
    staff: StaffId,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    db.run(
        "UPDATE deliveries SET state = 'missed', ended_ms = :now
         WHERE referral = :referral AND staff = :staff AND state = 'queued' AND lease_ms <= :now",
        &[(":now", now.into()), (":referral", referral.into()), (":staff", staff.into())],
    )
}

/// A referral waits no more: nothing of it is to be delivered.
pub(crate) fn settle(db: &mut dyn Db, referral: ReferralId, now: DateTime<Utc>) -> Result<(), StoreError> {
    db.run(
        "UPDATE deliveries SET state = 'settled', ended_ms = :now WHERE referral = :referral AND state = 'queued'",
        &[(":now", now.into()), (":referral", referral.into())],
    )?;
    Ok(())
}

/// Somebody declined: they are left alone.
pub(crate) fn settle_of(
    db: &mut dyn Db,
    referral: ReferralId,
    staff: StaffId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    db.run(
        "UPDATE deliveries SET state = 'settled', ended_ms = :now
         WHERE referral = :referral AND staff = :staff AND state = 'queued'",
        &[(":now", now.into()), (":referral", referral.into()), (":staff", staff.into())],
    )?;
    Ok(())
}

/// Who has something to be told now, and by which channel.
///
/// # Errors
/// [`StoreError`].
pub fn pending(db: &mut dyn Db, now: DateTime<Utc>) -> Result<Vec<(Medium, StaffId)>, StoreError> {
    let rows = db.rows(
        "SELECT DISTINCT channel, staff FROM deliveries
         WHERE state = 'queued' AND due_ms <= :now AND lease_ms <= :now ORDER BY channel, staff",
        &[(":now", now.into())],
    )?;
    let mut pending = Vec::with_capacity(rows.len());
    for mut row in rows {
        let (code, staff) = (row.text()?, StaffId(row.id()?));
        // A channel of a newer program is left to that.
        pending.extend(Medium::from_code(&code).map(|medium| (medium, staff)));
    }
    Ok(pending)
}

/// Claims what is to be told to someone by a channel, for the time of [`LEASE`]: a row is held by one claim at a time.
///
/// # Errors
/// [`StoreError`].
pub fn claim(
    db: &mut dyn Db,
    (medium, staff): (Medium, StaffId),
    now: DateTime<Utc>,
) -> Result<Vec<Alert>, StoreError> {
    let sql = format!(
        "UPDATE deliveries SET tries = tries + 1, lease_ms = :until
         WHERE n IN (SELECT n FROM deliveries WHERE state = 'queued' AND staff = :staff AND channel = :channel
             AND due_ms <= :now AND lease_ms <= :now ORDER BY n LIMIT :most {})
             AND state = 'queued' AND lease_ms <= :now
         RETURNING n, tries, referral, about, who, round",
        db.passing_over()
    );
    let rows = db.rows(
        &sql,
        &[
            (":until", (now + LEASE).into()),
            (":staff", staff.into()),
            (":channel", medium.code().into()),
            (":now", now.into()),
            (":most", MOST_CLAIMED.into()),
        ],
    )?;
    let alert = |mut row: Row| {
        let claim = Claim { n: row.count()?, tries: small(&mut row)? };
        let (id, code) = (row.id()?, row.text()?);
        Ok(Alert {
            claim,
            about: About::from_code(&code, id).ok_or(StoreError::Shape("a delivery about what nobody knows"))?,
            staff,
            who: row.code(RungWho::from_code)?,
            round: small(&mut row)?,
        })
    };
    rows.into_iter().map(alert).collect()
}

/// Writes what came of a claim: what the row is now, or nothing if another holds it, or it ended meanwhile.
///
/// # Errors
/// [`StoreError`].
pub fn finish(
    db: &mut dyn Db,
    claim: Claim,
    outcome: Outcome,
    now: DateTime<Utc>,
) -> Result<Option<State>, StoreError> {
    let (state, due) = match outcome {
        Outcome::Delivered => (State::Delivered, now),
        Outcome::Retry(after) if claim.tries < MOST_TRIES => (State::Queued, now + after),
        Outcome::Retry(_) | Outcome::Failed(_) => (State::Failed, now),
        Outcome::Gone => (State::Gone, now),
    };
    let ended = (state != State::Queued).then_some(now);
    let written = db.run(
        "UPDATE deliveries SET state = :state, due_ms = :due, ended_ms = :ended, lease_ms = 0
         WHERE n = :n AND tries = :tries AND lease_ms > 0 AND state = 'queued'",
        &[
            (":state", state.code().into()),
            (":due", due.into()),
            (":ended", ended.into()),
            (":n", claim.n.into()),
            (":tries", claim.tries.into()),
        ],
    )?;
    Ok((written == 1).then_some(state))
}

/// Somebody looked at referrals that wait; returns those that they had not seen before.
pub(crate) fn saw(
    db: &mut dyn Db,
    staff: StaffId,
    referrals: &[ReferralId],
    now: DateTime<Utc>,
) -> Result<Vec<ReferralId>, StoreError> {
    let mut new = Vec::new();
    for referral in referrals {
        let first = db.first(
            "INSERT INTO sights (referral, staff, first_ms, last_ms) VALUES (:referral, :staff, :now, :now)
             ON CONFLICT (referral, staff) DO UPDATE SET last_ms = excluded.last_ms RETURNING first_ms",
            &[(":referral", (*referral).into()), (":staff", staff.into()), (":now", now.into())],
        )?;
        if first.map(|mut row| row.time()).transpose()? == Some(now) {
            new.push(*referral);
        }
    }
    Ok(new)
}

/// What happened to a referral so far, as far as the ladder asks.
///
/// # Errors
/// [`StoreError`].
pub fn history(db: &mut dyn Db, referral: ReferralId, received: DateTime<Utc>) -> Result<History, StoreError> {
    let of = [(":referral", referral.into())];
    let mut history = History::new(received);
    let told = db.rows(
        "SELECT staff, rung, min(at_ms) FROM deliveries WHERE referral = :referral
         GROUP BY staff, rung, round ORDER BY min(n)",
        &of,
    )?;
    for mut row in told {
        let (staff, rung) = (StaffId(row.id()?), small(&mut row)?);
        history.told.push(Told { staff, rung: usize::try_from(rung).unwrap_or(usize::MAX), at: row.time()? });
    }
    history.seen = sights(db, referral)?.into_iter().map(|sight| (sight.staff, sight.last)).collect();
    let declined =
        db.rows("SELECT DISTINCT staff FROM case_acts WHERE referral = :referral AND act = 'decline'", &of)?;
    history.declined = declined.into_iter().map(|mut row| row.id().map(StaffId)).collect::<Result<_, _>>()?;
    Ok(history)
}

/// Who looked at a referral, the first first.
///
/// # Errors
/// [`StoreError`].
pub fn sights(db: &mut dyn Db, referral: ReferralId) -> Result<Vec<Sight>, StoreError> {
    let rows = db.rows(
        "SELECT staff, first_ms, last_ms FROM sights WHERE referral = :referral ORDER BY first_ms, staff",
        &[(":referral", referral.into())],
    )?;
    let sight = |mut row: Row| Ok(Sight { staff: StaffId(row.id()?), first: row.time()?, last: row.time()? });
    rows.into_iter().map(sight).collect()
}

/// Every time that somebody was told of a referral, in order.
///
/// # Errors
/// [`StoreError`].
pub fn of(db: &mut dyn Db, referral: ReferralId) -> Result<Vec<Delivery>, StoreError> {
    let rows = db.rows(
        "SELECT staff, channel, who, round, state, at_ms, ended_ms FROM deliveries WHERE referral = :referral ORDER BY n",
        &[(":referral", referral.into())],
    )?;
    let delivery = |mut row: Row| {
        Ok(Delivery {
            staff: StaffId(row.id()?),
            medium: row.code(Medium::from_code)?,
            who: row.code(RungWho::from_code)?,
            round: small(&mut row)?,
            state: row.code(State::from_code)?,
            at: row.time()?,
            ended: row.maybe_time()?,
        })
    };
    rows.into_iter().map(delivery).collect()
}

/// Switches a channel off for someone, or on again.
///
/// # Errors
/// [`StoreError`].
pub fn switch(db: &mut dyn Db, staff: StaffId, medium: Medium, to: Switch) -> Result<(), StoreError> {
    let sql = match to {
        Switch::On => "DELETE FROM channels_off WHERE staff = :staff AND channel = :channel",
        Switch::Off => {
            "INSERT INTO channels_off (staff, channel) VALUES (:staff, :channel)
             ON CONFLICT (staff, channel) DO NOTHING"
        }
    };
    db.run(sql, &[(":staff", staff.into()), (":channel", medium.code().into())]).map(drop)
}

fn small(row: &mut Row) -> Result<u32, StoreError> {
    u32::try_from(row.int()?).map_err(|_| StoreError::Shape("a number out of range"))
}
