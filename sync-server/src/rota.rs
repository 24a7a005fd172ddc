//! What people do to the rota: each act in one transaction with its event and the next revision, which has phones,
//! pages and ladders look anew, at every server.
//!
//! # Decisions
//! - An act names the turn as its page showed it. If it is not so any more nothing is done, and both are shown.
//! - Leads keep the rota. A case manager offers their own turn, and another takes it: then nobody else need agree. Each
//!   who may take it is told once, by their channels, and nothing of which turn it is leaves the house.

use crate::app::{App, Change};
use crate::deliver::Policy;
use crate::deliver::rota::tell_offer;
use crate::site::Site;
use crate::store::events::{self, Event, Kind};
use crate::store::rota::{self as rows, ListedTurn};
use crate::store::{Db, Staff, StoreError, ladder};
use crate::words::t;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use handoff::domain::ids::{Hash, StaffId};
use handoff::domain::wire::{OnCall, Role};
use uuid::Uuid;

/// No turn is longer.
pub const LONGEST: TimeDelta = TimeDelta::days(366);
/// The lowest place in the order of call.
pub const LAST_ORDER: u32 = 9;

/// So long an offer stands on every open page of those who may take it.
const NEW_OFFER: TimeDelta = TimeDelta::hours(24);

/// What someone does to a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Takes it out.
    Remove,
    /// Puts someone in the place of whoever holds it.
    Give(StaffId),
    /// Offers their own to the others.
    Offer,
    /// Takes that offer back.
    Keep,
    /// Takes what another offers.
    Take,
}

/// What became of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// It is done.
    Done,
    /// The turn is not as it was seen; nothing was done.
    Stale,
    /// Not theirs to do; nothing was done.
    NotTheirs,
}

/// Whether somebody keeps the rota.
pub const fn keeps(staff: &Staff) -> bool {
    staff.lead
}

/// Whether somebody may be put on call.
pub fn may_be_on_call(person: &Staff) -> bool {
    person.active && person.role == Role::CaseManager
}

/// Whether this act on this turn is theirs to do.
pub fn may(staff: &Staff, act: Act, turn: &ListedTurn) -> bool {
    let own = turn.turn.staff == staff.id;
    match act {
        Act::Remove | Act::Give(_) => keeps(staff),
        Act::Offer => own && turn.offered.is_none(),
        Act::Keep => own && turn.offered.is_some(),
        Act::Take => !own && turn.offered.is_some() && may_be_on_call(staff),
    }
}

/// What is wrong with a turn, as a field and a sentence.
pub fn fault(turn: &OnCall) -> Option<(&'static str, &'static str)> {
    if turn.until <= turn.from {
        return Some(("until", t!("rota-the-turn-must-end-after")));
    }
    if turn.until - turn.from > LONGEST {
        return Some(("until", t!("rota-a-turn-lasts-a-year")));
    }
    let known = (1..=LAST_ORDER).contains(&turn.order);
    (!known).then_some(("order", t!("rota-the-order-of-call-is")))
}

/// Puts a turn into the rota; one that is there already is left as it is.
///
/// # Errors
/// [`StoreError`]: then nothing was done.
pub async fn add(app: &App, by: StaffId, turn: OnCall) -> Result<(), StoreError> {
    let now = app.now();
    let add = move |db: &mut dyn Db| {
        if rows::has(db, &turn)? {
            return Ok(());
        }
        rows::add(db, std::slice::from_ref(&turn))?;
        note(db, Event::new(Kind::TurnAdded).by(by).on(turn.staff.0).detail(words(&turn)), now)
    };
    app.store().write(add).await?;
    tell(app).await;
    Ok(())
}

/// Does something to a turn as it was seen.
///
/// # Errors
/// [`StoreError`]: then nothing was done.
pub async fn act(app: &App, by: &Staff, seen: ListedTurn, act: Act) -> Result<Done, StoreError> {
    if !may(by, act, &seen) {
        return Ok(Done::NotTheirs);
    }
    let (by, now, policy) = (by.id, app.now(), Policy::of(app));
    let write = move |db: &mut dyn Db| {
        let (stands, kind) = match act {
            Act::Remove => (rows::remove(db, &seen)?, Kind::TurnRemoved),
            Act::Give(to) => (rows::give(db, &seen, to)?, Kind::TurnGiven),
            Act::Take => (rows::give(db, &seen, by)?, Kind::TurnGiven),
            Act::Offer => (rows::offer(db, &seen, Some(now))?, Kind::TurnOffered),
            Act::Keep => (rows::offer(db, &seen, None)?, Kind::TurnKept),
        };
        if !stands {
            return Ok(Done::Stale);
        }
        if let Some(at) = seen.offered {
            rows::end_offer(db, offer_id(&seen, at), now)?;
        }
        if act == Act::Offer {
            tell_offer(db, &policy, (offer_id(&seen, now), by), now)?;
        }
        let (holder, was) = match act {
            Act::Give(to) => (to, format!(" {}", seen.turn.staff)),
            Act::Take => (by, format!(" {}", seen.turn.staff)),
            Act::Remove | Act::Offer | Act::Keep => (seen.turn.staff, String::new()),
        };
        let event = Event::new(kind).by(by).on(holder.0).detail(format!("{}{was}", words(&seen.turn)));
        note(db, event, now)?;
        Ok(Done::Done)
    };
    let done = app.store().write(write).await?;
    tell(app).await;
    if act == Act::Offer {
        app.deliver().wake();
    }
    Ok(done)
}

/// The id under which the others are told of an offer: of this turn, as it was offered at this moment.
fn offer_id(listed: &ListedTurn, at: DateTime<Utc>) -> Uuid {
    let OnCall { staff, from, until, order } = &listed.turn;
    let times = [*from, *until, at].map(|at| at.timestamp_millis().to_be_bytes()).concat();
    let parts: [&[u8]; 5] =
        [b"handoff/offer/1", &listed.n.to_be_bytes(), staff.0.as_bytes(), &times, &order.to_be_bytes()];
    Uuid::from_u128(Hash::of(&parts).0.iter().take(16).fold(0, |id, byte| id << 8 | u128::from(*byte)))
}

/// Turns that others offered within a day, and that someone may take: their open pages say so. After that the rota does.
///
/// # Errors
/// [`StoreError`].
pub async fn offered_to(app: &App, staff: &Staff) -> Result<usize, StoreError> {
    let now = app.now();
    let turns = app.store().read(move |db| rows::turns(db, now)).await?;
    let new = |listed: &&ListedTurn| listed.offered.is_some_and(|at| now < at + NEW_OFFER);
    Ok(turns.iter().filter(new).filter(|listed| may(staff, Act::Take, listed)).count())
}

fn note(db: &mut dyn Db, event: Event, now: DateTime<Utc>) -> Result<(), StoreError> {
    changed(db, now)?;
    events::append(db, &event, now)
}

/// The rota changed: phones are to hear of it, and every ladder is to be looked at.
pub(crate) fn changed(db: &mut dyn Db, now: DateTime<Utc>) -> Result<(), StoreError> {
    Site::changed(db)?;
    ladder::look_at_all(db, now)
}

/// Has this server take it up; the others hear of the revision. The act itself is done: where this server cannot read
/// it now, it does at its next look.
pub(crate) async fn tell(app: &App) {
    if let Err(error) = app.fresh_site().await {
        tracing::warn!(%error, "what was changed could not be read again yet");
    }
    app.tell(Change::Ladder);
}

fn words(turn: &OnCall) -> String {
    let text = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    format!("{} {} {}", text(turn.from), text(turn.until), turn.order)
}
