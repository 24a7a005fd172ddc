//! Nobody is on call, now or soon: an alarm to those who keep the rota, whether anyone waits or not.
//!
//! # Decisions
//! - A gap that begins within 72 hours is told once, by every channel of the person, and recorded. A part of a gap
//!   that was told is no new one; a gap that was filled and opens again is.
//! - Which gaps were told stands in the database: of several servers one tells, and a restart tells nobody twice.
//! - When a gap begins, open pages turn red and call for attention once more.

use super::Policy;
use super::channel::About;
use super::plan::Due;
use super::steps::media_of;
use crate::app::{App, Change};
use crate::rota::may_be_on_call;
use crate::store::events::{self, Event, Kind};
use crate::store::rota::{self, ToldGap};
use crate::store::{Db, StoreError, deliveries};
use chrono::{DateTime, SecondsFormat, Utc};
use handoff::domain::ids::StaffId;
use handoff::domain::pack::RungWho;
use handoff::domain::rota::Span;
use handoff::seal::random;
use std::sync::atomic::Ordering;
use uuid::Uuid;

/// Looks at the rota: tells of gaps that are new, and ends those that are no more.
pub(super) async fn watch(app: &App) -> Result<(), StoreError> {
    shows_now(app);
    let (now, policy) = (app.now(), Policy::of(app));
    let ahead = policy.site.gaps_ahead(now);
    let told = app.store().read(|db| rota::told_gaps(db)).await?;
    if compare(&ahead, &told) == Difference::default() {
        return Ok(());
    }
    let tell = move |db: &mut dyn Db| {
        // Another server may have come first, and have a newer rota.
        if crate::site::Site::revision(db)? != policy.site.revision {
            return Ok(false);
        }
        let Difference { new, ended } = compare(&ahead, &rota::told_gaps(db)?);
        for gap in &ended {
            rota::end_gap(db, gap.id, now)?;
            events::append(db, &Event::new(Kind::RotaGapEnded).on(gap.id).detail(words(&gap.span)), now)?;
        }
        new.iter().try_for_each(|span| tell_of(db, &policy, *span, now))?;
        Ok(!new.is_empty())
    };
    if app.store().write(tell).await? {
        tracing::warn!("nobody is on call, now or within 72 hours");
        app.deliver().wake();
    }
    app.tell(Change::Ladder);
    Ok(())
}

/// What is to be told, and what is no more.
#[derive(Debug, Default, PartialEq, Eq)]
struct Difference {
    new: Vec<Span>,
    ended: Vec<ToldGap>,
}

/// Gaps that are open now, against those that were told.
fn compare(ahead: &[Span], told: &[ToldGap]) -> Difference {
    let new = ahead.iter().filter(|gap| !told.iter().any(|known| known.span.holds(gap)));
    let ended = told.iter().filter(|known| !ahead.iter().any(|gap| known.span.meets(gap)));
    Difference { new: new.copied().collect(), ended: ended.copied().collect() }
}

fn tell_of(db: &mut dyn Db, policy: &Policy, span: Span, now: DateTime<Utc>) -> Result<(), StoreError> {
    let id = random::uuid_v7(now).map_err(|_| StoreError::Random)?;
    rota::tell_gap(db, ToldGap { id, span }, now)?;
    events::append(db, &Event::new(Kind::RotaGap).on(id).detail(words(&span)), now)?;
    for staff in policy.site.rota_keepers() {
        let due = Due { staff, rung: 0, who: RungWho::Lead, round: 1 };
        for medium in media_of(db, policy, staff)? {
            deliveries::queue(db, About::Gap(id), (&due, medium), now)?;
        }
    }
    Ok(())
}

/// Someone offers a turn: everyone who may take it is told once, by each of their channels.
pub(crate) fn tell_offer(
    db: &mut dyn Db,
    policy: &Policy,
    (id, holder): (Uuid, StaffId),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let others = policy.site.staff.values().filter(|person| may_be_on_call(person) && person.id != holder);
    for staff in others.map(|person| person.id) {
        let due = Due { staff, rung: 0, who: RungWho::NextOnCall, round: 1 };
        for medium in media_of(db, policy, staff)? {
            deliveries::queue(db, About::Swap(id), (&due, medium), now)?;
        }
    }
    Ok(())
}

fn words(span: &Span) -> String {
    let text = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let until = if crate::site::has_end(span) { text(span.until) } else { String::from("-") };
    format!("{} {until}", text(span.from))
}

/// When the rota runs out, or is filled, every open page shows it, and those of its keepers call for attention:
/// nobody has to wait for a referral to learn that nobody would come.
fn shows_now(app: &App) {
    let (site, dispatch) = (app.site(), app.deliver());
    let empty = site.nobody_on_call(app.now());
    if dispatch.nobody_on_call.swap(empty, Ordering::Relaxed) == empty {
        return;
    }
    if empty {
        tracing::warn!("nobody is on call");
    }
    for keeper in site.rota_keepers() {
        dispatch.consoles.alert(keeper);
    }
    app.tell(Change::Ladder);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: i64, until: i64) -> Span {
        let at = |minute: i64| DateTime::from_timestamp(minute * 60, 0).unwrap();
        Span { from: at(from), until: at(until) }
    }

    fn told(n: u128, from: i64, until: i64) -> ToldGap {
        ToldGap { id: Uuid::from_u128(n), span: span(from, until) }
    }

    #[test]
    fn a_gap_is_told_once_and_again_only_when_it_grows_or_was_filled_in_between() {
        let known = [told(1, 10, 20)];
        assert_eq!(compare(&[span(10, 20)], &known), Difference::default());
        assert_eq!(compare(&[span(12, 18)], &known), Difference::default(), "a part of it");
        assert_eq!(compare(&[span(10, 12), span(15, 20)], &known), Difference::default(), "two parts of it");
        assert_eq!(compare(&[span(8, 20)], &known).new, [span(8, 20)], "it grew");
        let filled = compare(&[], &known);
        assert_eq!((filled.new.len(), filled.ended.as_slice()), (0, known.as_slice()));
        assert_eq!(compare(&[span(10, 20)], &[]).new, [span(10, 20)], "it opened again");
        assert_eq!(compare(&[span(30, 40)], &known), Difference { new: vec![span(30, 40)], ended: known.to_vec() });
    }
}
