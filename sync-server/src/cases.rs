//! What case managers see and do.

use crate::app::{App, Change};
use crate::store::events::{self, Event, Kind};
use crate::store::{Db, Staff, StoreError, afterwards, cases};
use handoff::domain::encounter::Decision;
use handoff::domain::entry::{Body, Header};
use handoff::domain::ids::{ReferralId, StaffId};
use handoff::domain::wire::{Meet, WireEntry};

pub use crate::store::afterwards::Afterwards;
pub use crate::store::cases::{Acceptance, Case, CaseAct, NewAcceptance, Taken, Withdrawn};

/// A case with what the officer wrote. Nothing if the stored entry does not open: the case is shown all the same.
#[derive(Debug, Clone)]
pub struct OpenCase {
    /// The case.
    pub case: Case,
    /// The clear part of the entry.
    pub header: Option<Header>,
    /// What the officer wrote.
    pub decision: Option<Box<Decision>>,
}

/// The inbox.
#[derive(Debug, Clone)]
pub struct Inbox {
    /// Nobody has them yet; newest first.
    pub waiting: Vec<OpenCase>,
    /// Somebody has them; newest acceptance first.
    pub taken: Vec<OpenCase>,
    /// Their officer took them back; the newest first.
    pub withdrawn: Vec<OpenCase>,
}

/// A referral's page.
#[derive(Debug, Clone)]
pub struct Referral {
    /// The case with what the officer wrote.
    pub case: OpenCase,
    /// What people did to it, oldest first.
    pub acts: Vec<CaseAct>,
    /// What the officer recorded beside the decision, in the order in which it came.
    pub afterwards: Vec<Came>,
}

/// An entry that came to a referral beside its decision.
#[derive(Debug, Clone)]
pub struct Came {
    /// Its row.
    pub row: Afterwards,
    /// What the officer wrote. Nothing if the stored entry does not open.
    pub body: Option<Body>,
}

impl Came {
    /// Opens what was found. An entry that does not open is shown by its columns.
    pub(crate) fn open(app: &App, (row, wire): (Afterwards, WireEntry)) -> Self {
        let body = app.opened(&wire);
        if body.is_none() {
            tracing::error!(position = row.position, "a stored entry does not open");
        }
        Self { row, body }
    }
}

/// The inbox, for this case manager. The read is in the events.
///
/// # Errors
/// [`StoreError`].
pub async fn inbox(app: &App, reader: &Staff) -> Result<Inbox, StoreError> {
    let found = |db: &mut dyn Db| Ok((cases::waiting(db)?, cases::taken(db)?, cases::withdrawn_cases(db)?));
    let (waiting, taken, withdrawn) = app.store().read(found).await?;
    // Of a referral that someone has, the list tells nothing about the person.
    let shown: Vec<_> = waiting.iter().map(|(case, _)| case.referral).collect();
    note_reads(app, reader.id, shown).await?;
    let open = |list: Vec<_>| list.into_iter().map(|found| open(app, found)).collect();
    Ok(Inbox { waiting: open(waiting), taken: open(taken), withdrawn: open(withdrawn) })
}

/// One referral with everything that a case manager may see. The read is in the events before it is shown.
///
/// # Errors
/// [`StoreError`].
pub async fn referral(app: &App, reader: &Staff, id: ReferralId) -> Result<Option<Referral>, StoreError> {
    let found = app
        .store()
        .read(move |db| {
            let Some(case) = cases::one(db, id)? else { return Ok(None) };
            Ok(Some((case, cases::acts(db, id)?, afterwards(db, id)?)))
        })
        .await?;
    let Some((case, acts, came)) = found else { return Ok(None) };
    note_reads(app, reader.id, vec![id]).await?;
    let afterwards = came.into_iter().map(|found| Came::open(app, found)).collect();
    Ok(Some(Referral { case: open(app, case), acts, afterwards }))
}

/// Who took a referral, if anyone has: status only, so it is not in the events.
///
/// # Errors
/// [`StoreError`].
pub async fn status(app: &App, id: ReferralId) -> Result<Option<Taken>, StoreError> {
    app.store().read(move |db| Ok(cases::one(db, id)?.and_then(|(case, _)| case.taken))).await
}

/// How many referrals wait for someone. Names nobody, so it is not in the events.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting(app: &App) -> Result<usize, StoreError> {
    app.store().read(|db| Ok(cases::waiting(db)?.len())).await
}

/// Takes a referral if nobody has it; the officer's phone hears of it.
///
/// # Errors
/// [`StoreError`]: then nothing was done.
pub async fn accept(app: &App, new: NewAcceptance) -> Result<Acceptance, StoreError> {
    let (now, referral) = (app.now(), new.referral);
    let done = app
        .store()
        .write(move |db| {
            let done = cases::accept(db, &new, now)?;
            if done == Acceptance::Accepted {
                events::append(db, &Event::new(Kind::Accepted).by(new.staff).on(referral.0), now)?;
            }
            let device = cases::one(db, referral)?.map(|(case, _)| case.device);
            Ok((done, device))
        })
        .await?;
    if let (Acceptance::Accepted, Some(device)) = done {
        app.tell(Change::Referral { referral, device });
    }
    Ok(done.0)
}

/// A meeting that a case manager may promise: from now on, within a day.
pub fn meet_is_sensible(app: &App, meet: &Meet) -> bool {
    let now = app.now();
    meet.at > now - chrono::TimeDelta::minutes(5) && meet.at < now + chrono::TimeDelta::hours(24)
}

fn open(app: &App, (case, wire): (Case, WireEntry)) -> OpenCase {
    let decision = app.opened(&wire).and_then(Body::decision);
    if decision.is_none() {
        tracing::error!(position = case.position, "a stored entry does not open");
    }
    OpenCase { case, header: Header::from_bytes(&wire.header.0).ok(), decision }
}

async fn note_reads(app: &App, reader: StaffId, referrals: Vec<ReferralId>) -> Result<(), StoreError> {
    let now = app.now();
    app.store()
        .write(move |db| {
            let note = |referral: ReferralId| Event::new(Kind::PersonRead).by(reader).on(referral.0);
            referrals.iter().try_for_each(|referral| events::append(db, &note(*referral), now))
        })
        .await
}
