//! What an officer hears of a person who takes part already: who their case manager is, if a release allows it.
//!
//! # Decisions
//! - It is worked out each time that a phone asks, from what was said of referrals and from the releases that hold then;
//!   nothing of it is stored. So a withdrawal or an undo before the phone asked leaves nothing to be heard.
//! - What changes it tells the phone once more how its referral stands; then it hears the one or the other. The last day
//!   goes along, so that a phone without a link stops showing it by itself.
//! - It is a read of the person's data by that phone, and in the events.

use crate::app::{App, Change};
use crate::casework::{self, Casework};
use crate::release;
use crate::store::events::{self, Event, Kind};
use crate::store::{self, Db, StoreError, releases, same_person};
use chrono::{DateTime, NaiveDate, Utc};
use handoff::domain::ids::{DeviceId, ReferralId};
use handoff::domain::release::{Given, Item, Known, Onlooker, seen};
use handoff::domain::same_person::{Said, person};
use handoff::domain::wire::{Participant, Status};
use std::collections::BTreeSet;

/// These statuses of a phone, with what may be told of persons who take part already. What is told is of a moment after
/// its read was written down: a withdrawal that came before that event lets nothing out.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn told(app: &App, device: DeviceId, statuses: Vec<Status>) -> Result<Vec<Status>, StoreError> {
    if statuses.is_empty() {
        return Ok(statuses);
    }
    let mut noted = BTreeSet::new();
    loop {
        let (told, of) = looked_up(app, statuses.clone()).await?;
        let new: Vec<_> = of.into_iter().filter(|one| noted.insert(*one)).collect();
        if new.is_empty() {
            return Ok(told);
        }
        let now = app.now();
        let read =
            move |one: ReferralId| Event::new(Kind::PersonRead).by_device(device).on(one.0).detail("participant");
        app.store().write(move |db| new.iter().try_for_each(|one| events::append(db, &read(*one), now))).await?;
    }
}

/// The statuses with what may be told now, and of which referrals that is.
async fn looked_up(app: &App, statuses: Vec<Status>) -> Result<(Vec<Status>, Vec<ReferralId>), StoreError> {
    let read = move |db: &mut dyn Db| {
        let said = same_person::all(db)?;
        let mut found = Vec::with_capacity(statuses.len());
        for status in &statuses {
            let others = others(status.referral, &said).into_iter();
            let others = others.filter_map(|other| release::look(db, other).transpose());
            let others = others.collect::<Result<Vec<_>, _>>()?;
            found.push((status.clone(), others));
        }
        Ok(found)
    };
    let found = app.store().read_moment(read).await?;
    let (mut told, mut of) = (Vec::with_capacity(found.len()), Vec::new());
    for (status, others) in found {
        let others = others.into_iter().map(|other| release::opened(app, other));
        let participant =
            others.filter_map(|(work, releases)| participant(app, &work, &releases)).min_by_key(|(_, since, _)| *since);
        if let Some((referral, _, participant)) = participant {
            of.push(referral);
            told.push(Status { participant: Some(participant), ..status });
        } else {
            told.push(status);
        }
    }
    Ok((told, of))
}

/// What a phone hears of has changed: those of these referrals that a phone sent are told of once more.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn tell_again(
    db: &mut dyn Db,
    referrals: &BTreeSet<ReferralId>,
) -> Result<Vec<(ReferralId, DeviceId)>, StoreError> {
    // Where nothing was ever released, there was nothing to hear, and there is not.
    let mut any = false;
    for referral in referrals {
        any |= !releases::of(db, *referral)?.is_empty();
    }
    if !any || referrals.len() < 2 {
        return Ok(Vec::new());
    }
    let mut told = Vec::new();
    for referral in referrals {
        told.extend(store::tell_status_again(db, *referral)?.map(|device| (*referral, device)));
    }
    Ok(told)
}

/// Everyone who follows these hears it.
pub(crate) fn wake(app: &App, told: Vec<(ReferralId, DeviceId)>) {
    for (referral, device) in told {
        app.tell(Change::Referral { referral, device });
    }
}

fn others(of: ReferralId, said: &[Said]) -> BTreeSet<ReferralId> {
    let mut person = person(of, said);
    person.remove(&of);
    person
}

/// Who the case manager is, as far as an officer may know, and since when the case is.
fn participant(app: &App, work: &Casework, releases: &[Given]) -> Option<(ReferralId, DateTime<Utc>, Participant)> {
    let (now, lived) = (app.now(), work.own());
    let case = &work.case.case;
    let manager = case.taken.map(|taken| taken.by);
    let known = Known { standing: work.standing(), lived: &lived, intake: work.clock(now), manager };
    let today = work.days(now).today;
    let by = seen(Onlooker::Officer, releases, (known, today)).manager?;
    let last =
        releases.iter().filter_map(|given| given.holds(today)).filter(|release| release.items.contains(&Item::Manager));
    let last = last.map(|release| release.until).max()?;
    Some((case.referral, case.opened, Participant { by, until: end_of(last, work) }))
}

/// The end of a day, where the case began.
fn end_of(day: NaiveDate, work: &casework::Casework) -> DateTime<Utc> {
    let next = day.succ_opt().unwrap_or(day).and_time(chrono::NaiveTime::MIN);
    next.and_local_timezone(work.zone()).single().map_or_else(|| next.and_utc(), |end| end.to_utc())
}
