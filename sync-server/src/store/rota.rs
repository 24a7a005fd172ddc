//! The rota: turns on call, and the gaps of which the leads were told.
//!
//! # Decisions
//! A turn is changed only as it was seen: number and content must both fit. A number alone would do harm, since a
//! rota that was loaded anew uses the same numbers again.

use super::{Db, Row, StoreError, Value};
use chrono::{DateTime, Utc};
use handoff::domain::ids::StaffId;
use handoff::domain::rota::Span;
use handoff::domain::wire::OnCall;
use uuid::Uuid;

/// Turns that one statement writes.
const TOGETHER: usize = 200;

/// A turn as it stands in the rota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedTurn {
    /// Its number.
    pub n: u64,
    /// Who, when, at which place of the order.
    pub turn: OnCall,
    /// When its holder offered it to the others; nothing: it is not offered.
    pub offered: Option<DateTime<Utc>>,
}

const TURN: &str = "SELECT n, staff, from_ms, until_ms, turn, offered_ms FROM rota";

fn listed(mut row: Row) -> Result<ListedTurn, StoreError> {
    Ok(ListedTurn {
        n: row.count()?,
        turn: OnCall {
            staff: StaffId(row.id()?),
            from: row.time()?,
            until: row.time()?,
            order: u32::try_from(row.int()?).map_err(|_| StoreError::Shape("a turn out of range"))?,
        },
        offered: row.maybe_time()?,
    })
}

/// Turns that end after a moment, in order of time, then of call.
///
/// # Errors
/// [`StoreError`].
pub fn turns(db: &mut dyn Db, after: DateTime<Utc>) -> Result<Vec<ListedTurn>, StoreError> {
    let sql = format!("{TURN} WHERE until_ms > :after ORDER BY from_ms, turn, n");
    db.rows(&sql, &[(":after", after.into())])?.into_iter().map(listed).collect()
}

/// Every turn that begins within a span, in order of time, then of call.
///
/// # Errors
/// [`StoreError`].
pub fn beginning_in(db: &mut dyn Db, span: Span) -> Result<Vec<ListedTurn>, StoreError> {
    let sql = format!("{TURN} WHERE from_ms >= :from AND from_ms < :until ORDER BY from_ms, turn, n");
    db.rows(&sql, &[(":from", span.from.into()), (":until", span.until.into())])?.into_iter().map(listed).collect()
}

/// One turn.
///
/// # Errors
/// [`StoreError`].
pub fn turn(db: &mut dyn Db, n: u64) -> Result<Option<ListedTurn>, StoreError> {
    db.first(&format!("{TURN} WHERE n = :n"), &[(":n", n.into())])?.map(listed).transpose()
}

/// Whether there is such a turn already.
///
/// # Errors
/// [`StoreError`].
pub fn has(db: &mut dyn Db, turn: &OnCall) -> Result<bool, StoreError> {
    let sql =
        "SELECT n FROM rota WHERE staff = :staff AND from_ms = :from AND until_ms = :until AND turn = :turn LIMIT 1";
    Ok(db.first(sql, &content(turn))?.is_some())
}

fn content(turn: &OnCall) -> [(&'static str, Value); 4] {
    [
        (":staff", turn.staff.into()),
        (":from", turn.from.into()),
        (":until", turn.until.into()),
        (":turn", turn.order.into()),
    ]
}

/// Adds turns.
pub(crate) fn add(db: &mut dyn Db, turns: &[OnCall]) -> Result<(), StoreError> {
    let last = db.first("SELECT coalesce(max(n), 0) FROM rota", &[])?.map_or(Ok(0), |mut row| row.count())?;
    let mut numbers = last + 1..;
    for some in turns.chunks(TOGETHER) {
        let (mut rows, mut names) = (Vec::with_capacity(some.len()), Vec::with_capacity(some.len() * 5));
        for (i, turn) in some.iter().enumerate() {
            rows.push(format!("(:n{i}, :staff{i}, :from{i}, :until{i}, :turn{i})"));
            names.push((format!(":n{i}"), Value::from(numbers.next().unwrap_or(u64::MAX))));
            names.extend(content(turn).map(|(name, value)| (format!("{name}{i}"), value)));
        }
        let sql = format!("INSERT INTO rota (n, staff, from_ms, until_ms, turn) VALUES {}", rows.join(", "));
        let params: Vec<_> = names.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        db.run(&sql, &params)?;
    }
    Ok(())
}

/// Replaces the whole rota.
pub(crate) fn replace(db: &mut dyn Db, turns: &[OnCall]) -> Result<(), StoreError> {
    db.run("DELETE FROM rota", &[])?;
    add(db, turns)
}

const AS_SEEN: &str = "n = :n AND staff = :staff AND from_ms = :from AND until_ms = :until AND turn = :turn
    AND coalesce(offered_ms, -1) = :offered";

fn as_seen(seen: &ListedTurn) -> Vec<(&'static str, Value)> {
    let offered = seen.offered.map_or(-1, |at| at.timestamp_millis());
    let mut params = Vec::from(content(&seen.turn));
    params.extend([(":n", Value::from(seen.n)), (":offered", offered.into())]);
    params
}

/// Takes a turn out, as it was seen; whether it still stood so.
pub(crate) fn remove(db: &mut dyn Db, seen: &ListedTurn) -> Result<bool, StoreError> {
    Ok(db.run(&format!("DELETE FROM rota WHERE {AS_SEEN}"), &as_seen(seen))? == 1)
}

/// Puts someone else in the place of whoever holds a turn, as it was seen; whether it still stood so.
pub(crate) fn give(db: &mut dyn Db, seen: &ListedTurn, to: StaffId) -> Result<bool, StoreError> {
    let mut params = as_seen(seen);
    params.push((":to", to.into()));
    Ok(db.run(&format!("UPDATE rota SET staff = :to, offered_ms = NULL WHERE {AS_SEEN}"), &params)? == 1)
}

/// Offers a turn to the others, or takes the offer back, as it was seen; whether it still stood so.
pub(crate) fn offer(db: &mut dyn Db, seen: &ListedTurn, at: Option<DateTime<Utc>>) -> Result<bool, StoreError> {
    let mut params = as_seen(seen);
    params.push((":at", at.map_or(-1, |at| at.timestamp_millis()).into()));
    Ok(db.run(&format!("UPDATE rota SET offered_ms = nullif(:at, -1) WHERE {AS_SEEN}"), &params)? == 1)
}

/// Nobody need take an offer any more: what is still to be told of it is settled.
pub(crate) fn end_offer(db: &mut dyn Db, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    db.run(
        "UPDATE deliveries SET state = 'settled', ended_ms = :now
         WHERE referral = :id AND about = 'swap' AND state = 'queued'",
        &[(":id", id.into()), (":now", now.into())],
    )?;
    Ok(())
}

/// A gap of which the leads were told, and that is still open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ToldGap {
    pub(crate) id: Uuid,
    pub(crate) span: Span,
}

/// Gaps that were told and did not end.
pub(crate) fn told_gaps(db: &mut dyn Db) -> Result<Vec<ToldGap>, StoreError> {
    let rows = db.rows("SELECT id, from_ms, until_ms FROM rota_gaps WHERE ended_ms IS NULL ORDER BY from_ms", &[])?;
    let gap = |mut row: Row| Ok(ToldGap { id: row.id()?, span: Span { from: row.time()?, until: row.time()? } });
    rows.into_iter().map(gap).collect()
}

/// Notes that a gap is told.
pub(crate) fn tell_gap(db: &mut dyn Db, gap: ToldGap, now: DateTime<Utc>) -> Result<(), StoreError> {
    db.run(
        "INSERT INTO rota_gaps (id, from_ms, until_ms, told_ms) VALUES (:id, :from, :until, :now)",
        &[
            (":id", gap.id.into()),
            (":from", gap.span.from.into()),
            (":until", gap.span.until.into()),
            (":now", now.into()),
        ],
    )?;
    Ok(())
}

/// A gap is filled, or past: what is still to be told of it is settled.
pub(crate) fn end_gap(db: &mut dyn Db, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    let params = [(":id", Value::from(id)), (":now", now.into())];
    db.run("UPDATE rota_gaps SET ended_ms = :now WHERE id = :id AND ended_ms IS NULL", &params)?;
    db.run(
        "UPDATE deliveries SET state = 'settled', ended_ms = :now
         WHERE referral = :id AND about = 'rota' AND state = 'queued'",
        &params,
    )?;
    Ok(())
}
