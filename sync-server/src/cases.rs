//! What case managers see and do.

use crate::app::{App, Change};
use crate::deliver::{Policy, steps};
use crate::store::events::{self, Event, Kind};
use crate::store::{Db, Staff, StoreError, afterwards, cases, deliveries, ladder, reads};
use chrono::{DateTime, Utc};
use handoff::domain::afterwards::{HandOffClock, HandOffStep};
use handoff::domain::encounter::Decision;
use handoff::domain::entry::{Body, EntryKind, Header};
use handoff::domain::ids::{ReferralId, StaffId};
use handoff::domain::wire::{Meet, WireEntry};

pub use crate::deliver::steps::Place;
pub use crate::store::afterwards::Afterwards;
pub use crate::store::cases::{Acceptance, Case, CaseAct, NewAcceptance, NewDecline, Taken, Withdrawn};
pub use crate::store::deliveries::{Delivery, Sight, State};

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
    /// Every time that somebody was told of it, in order.
    pub deliveries: Vec<Delivery>,
    /// Who looked at it while it waited, the first first.
    pub sights: Vec<Sight>,
    /// Where it stands on its ladder, while it waits.
    pub place: Option<Place>,
}

impl Referral {
    /// Where it stands while it waits, with its clock.
    pub fn on_ladder(&self) -> Option<OnLadder> {
        let place = self.place.clone()?;
        let clock = HandOffClock::new(place.waiting.scene, place.waiting.received);
        Some(OnLadder { clock: stepped(clock, self.afterwards.iter().map(|came| &came.row)), place })
    }
}

/// A referral that waits: where it stands, without anything about the person.
#[derive(Debug, Clone)]
pub struct OnLadder {
    /// Its place.
    pub place: Place,
    /// The hand-off's clock.
    pub clock: HandOffClock,
}

impl OnLadder {
    /// Whether it went beyond those on call.
    pub fn is_escalated(&self) -> bool {
        let Place { ladder, plan, history, .. } = &self.place;
        let above = |rung: usize| ladder.rungs.get(rung).is_some_and(|rung| rung.who.escalates());
        above(plan.rung) || history.told.iter().any(|told| above(told.rung))
    }
}

/// What came of passing a referral on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Declining {
    /// The next one hears of it now.
    PassedOn,
    /// It does not wait any more, or there is none.
    WaitsNoMore,
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
    let (waiting, taken, withdrawn) = app.store().read_moment(found).await?;
    // Of a referral that someone has, the list tells nothing about the person.
    let shown: Vec<_> = waiting.iter().map(|(case, _)| case.referral).collect();
    note_reads(app, (reader.id, "inbox".into()), shown).await?;
    let open = |list: Vec<_>| list.into_iter().map(|found| open(app, found)).collect();
    Ok(Inbox { waiting: open(waiting), taken: open(taken), withdrawn: open(withdrawn) })
}

/// One referral with everything that a case manager may see. The read is in the events before it is shown.
///
/// # Errors
/// [`StoreError`].
pub async fn referral(app: &App, reader: &Staff, id: ReferralId) -> Result<Option<Referral>, StoreError> {
    let (policy, now) = (Policy::of(app), app.now());
    let found = app
        .store()
        .read_moment(move |db| {
            let Some(case) = cases::one(db, id)? else { return Ok(None) };
            let place = ladder::waiting(db, id)?.map(|waiting| steps::place(db, &policy, waiting, now)).transpose()?;
            let told = (deliveries::of(db, id)?, deliveries::sights(db, id)?, place);
            Ok(Some((case, cases::acts(db, id)?, afterwards(db, id)?, told)))
        })
        .await?;
    let Some((case, acts, came, (deliveries, sights, place))) = found else { return Ok(None) };
    note_reads(app, (reader.id, "referral".into()), vec![id]).await?;
    let afterwards = came.into_iter().map(|found| Came::open(app, found)).collect();
    Ok(Some(Referral { case: open(app, case), acts, afterwards, deliveries, sights, place }))
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
                deliveries::settle(db, referral, now)?;
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

/// Passes a referral on: whoever comes next on its ladder hears of it at once.
///
/// # Errors
/// [`StoreError`]: then nothing was done.
pub async fn decline(app: &App, new: NewDecline) -> Result<Declining, StoreError> {
    let (now, policy) = (app.now(), Policy::of(app));
    let done = app
        .store()
        .write(move |db| {
            if ladder::waiting(db, new.referral)?.is_none() {
                return Ok(Declining::WaitsNoMore);
            }
            if cases::decline(db, &new, now)? {
                let event = Event::new(Kind::Declined).by(new.staff).on(new.referral.0);
                events::append(db, &event.detail(new.why.code()), now)?;
                deliveries::settle_of(db, new.referral, new.staff, now)?;
                steps::step(db, &policy, new.referral, now)?;
            }
            Ok(Declining::PassedOn)
        })
        .await?;
    app.tell(Change::Ladder);
    app.deliver().wake();
    Ok(done)
}

/// Somebody looked at these, by their own hand: the first time of each is in the events.
///
/// # Errors
/// [`StoreError`].
pub async fn saw(app: &App, reader: StaffId, referrals: Vec<ReferralId>) -> Result<(), StoreError> {
    if referrals.is_empty() {
        return Ok(());
    }
    let now = app.now();
    let new = app
        .store()
        .write(move |db| {
            let new = deliveries::saw(db, reader, &referrals, now)?;
            let note = |referral: &ReferralId| Event::new(Kind::Seen).by(reader).on(referral.0);
            new.iter().try_for_each(|referral| events::append(db, &note(referral), now))?;
            Ok(!new.is_empty())
        })
        .await?;
    if new {
        app.tell(Change::Ladder);
    }
    Ok(())
}

/// Every referral that waits, the longest first, with its place and its clocks. Names nobody, so it is not in the
/// events.
///
/// # Errors
/// [`StoreError`].
pub async fn on_ladders(app: &App) -> Result<Vec<OnLadder>, StoreError> {
    let (policy, now) = (Policy::of(app), app.now());
    app.store().read(move |db| ladders(db, &policy, now)).await
}

/// The same, of the moment that is being read.
pub(crate) fn ladders(db: &mut dyn Db, policy: &Policy, now: DateTime<Utc>) -> Result<Vec<OnLadder>, StoreError> {
    let waiting = ladder::all_waiting(db)?;
    let one = |waiting| {
        let place = steps::place(db, policy, waiting, now)?;
        Ok(OnLadder { clock: clock(db, &place)?, place })
    };
    waiting.into_iter().map(one).collect()
}

/// The hand-off's clock of a waiting referral, by the columns of what came.
fn clock(db: &mut dyn Db, place: &Place) -> Result<HandOffClock, StoreError> {
    let waiting = &place.waiting;
    let clock = HandOffClock::new(waiting.scene, waiting.received);
    let came = afterwards(db, waiting.referral)?;
    Ok(stepped(clock, came.iter().map(|(row, _)| row)))
}

/// The clock with the steps that came.
pub fn stepped<'a>(clock: HandOffClock, came: impl IntoIterator<Item = &'a Afterwards>) -> HandOffClock {
    let step = |row: &Afterwards| Some((HandOffStep::from_code(&row.code)?, row.outcome, row.at));
    let steps = came.into_iter().filter(|row| row.kind == EntryKind::HandOff).filter_map(step);
    steps.fold(clock, |clock, (step, outcome, at)| clock.with(step, outcome, at))
}

/// Referrals that were put to someone who has not looked since, each with when it came, the longest first.
///
/// # Errors
/// [`StoreError`].
pub async fn put_to(app: &App, staff: StaffId) -> Result<Vec<(ReferralId, DateTime<Utc>)>, StoreError> {
    app.store().read(move |db| ladder::put_to(db, staff)).await
}

/// A meeting that a case manager may promise: from now on, within a day.
pub fn meet_is_sensible(app: &App, meet: &Meet) -> bool {
    let now = app.now();
    meet.at > now - chrono::TimeDelta::minutes(5) && meet.at < now + chrono::TimeDelta::hours(24)
}

/// Opens what was found of a case.
pub(crate) fn open(app: &App, (case, wire): (Case, WireEntry)) -> OpenCase {
    let decision = app.opened(&wire).and_then(Body::decision);
    if decision.is_none() {
        tracing::error!(position = case.position, "a stored entry does not open");
    }
    OpenCase { case, header: Header::from_bytes(&wire.header.0).ok(), decision }
}

/// Writes down that these were read on a page: see [`reads`].
pub(crate) async fn note_reads(
    app: &App,
    (reader, page): (StaffId, String),
    referrals: Vec<ReferralId>,
) -> Result<(), StoreError> {
    let now = app.now();
    app.store().write(move |db| reads::note(db, (reader, &page), &referrals, now)).await
}
