//! What sergeants see and do: every decision with its reasons, and their word on an override.

use crate::app::{App, Change};
use crate::cases::Came;
use crate::store::events::{self, Event, Kind};
use crate::store::{self, Db, Staff, StoreError, afterwards, epochs, log};
use handoff::domain::encounter::Decision;
use handoff::domain::entry::{Body, Header, entry_hash};
use handoff::domain::ids::Hash;
use handoff::domain::wire::WireEntry;

pub use crate::store::epochs::Lost;
pub use crate::store::log::{Confirmation, Confirming, LogFilter, LogQuery, LogRow};

/// A decision with what the officer wrote, less the person: police hear of status only.
#[derive(Debug, Clone)]
pub struct LoggedDecision {
    /// Its row.
    pub row: LogRow,
    /// The clear part of the entry.
    pub header: Option<Header>,
    /// The entry's hash.
    pub entry: Hash,
    /// What the officer wrote, without person and call-back number. Nothing if the stored entry does not open.
    pub decision: Option<Box<Decision>>,
    /// What was recorded beside it, without notes; on the page of one decision alone.
    pub afterwards: Vec<Came>,
}

/// A page of the log.
#[derive(Debug, Clone)]
pub struct LogPage {
    /// Newest first.
    pub rows: Vec<LoggedDecision>,
    /// Go on before this position; nothing when this is the end.
    pub next: Option<u64>,
    /// How many overrides wait for a sergeant, in the whole log.
    pub to_review: u64,
    /// What is to be known since a restore.
    pub restored: Restored,
}

/// What is to be known since the database was restored from a copy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Restored {
    /// What earlier epochs of the log lost, oldest first; as long as phones may bring it back.
    pub lost: Vec<Lost>,
    /// So many devices wait for an admin's look.
    pub unconfirmed: u64,
}

/// A page of the log. The read is in the events.
///
/// # Errors
/// [`StoreError`].
pub async fn page(app: &App, reader: &Staff, query: LogQuery) -> Result<LogPage, StoreError> {
    let more = LogQuery { most: query.most.saturating_add(1), ..query };
    let recent = app.restored_at().is_some_and(|at| app.now() - at < epochs::KEPT_BY_PHONES);
    let read = move |db: &mut dyn Db| {
        let lost = if recent { epochs::lost(db)? } else { Vec::new() };
        let restored = Restored { lost, unconfirmed: store::unconfirmed(db)? };
        Ok((log::page(db, more)?, log::count_to_review(db)?, restored))
    };
    let (mut rows, to_review, restored) = app.store().read_moment(read).await?;
    let most = usize::try_from(query.most).unwrap_or(usize::MAX);
    let go_on = rows.len() > most;
    rows.truncate(most);
    app.note(Event::new(Kind::LogRead).by(reader.id).detail(format!("{} rows", rows.len()))).await?;
    let next = rows.last().filter(|_| go_on).map(|(row, _)| row.position);
    Ok(LogPage { rows: rows.into_iter().map(|found| strip(app, found)).collect(), next, to_review, restored })
}

/// One decision. The read is in the events.
///
/// # Errors
/// [`StoreError`].
pub async fn decision(app: &App, reader: &Staff, position: u64) -> Result<Option<LoggedDecision>, StoreError> {
    let found = app
        .store()
        .read_moment(move |db| {
            let Some(found) = log::one(db, position)? else { return Ok(None) };
            let came = afterwards(db, found.0.referral)?;
            Ok(Some((found, came)))
        })
        .await?;
    let Some((found, came)) = found else { return Ok(None) };
    app.note(Event::new(Kind::DecisionRead).by(reader.id).on(found.0.referral.0)).await?;
    let decision = strip(app, found);
    let of_this = came.into_iter().filter(|(row, _)| row.is_of(decision.entry));
    let afterwards = of_this.map(|found| without_note(Came::open(app, found))).collect();
    Ok(Some(LoggedDecision { afterwards, ..decision }))
}

/// Gives a sergeant's word on an override, once; the first word stands.
///
/// # Errors
/// [`StoreError`]: then nothing was done.
pub async fn confirm(app: &App, position: u64, sergeant: &Staff, note: String) -> Result<Confirming, StoreError> {
    let (now, by) = (app.now(), sergeant.id);
    let word = Confirmation { by, at: now, note };
    let done = app
        .store()
        .write(move |db| {
            let done = log::confirm(db, position, &word)?;
            if done == Confirming::Confirmed {
                events::append(db, &Event::new(Kind::Confirmed).by(by).detail(format!("position {position}")), now)?;
            }
            Ok(done)
        })
        .await?;
    if done == Confirming::Confirmed {
        app.tell(Change::Log { position });
    }
    Ok(done)
}

fn strip(app: &App, (row, wire): (LogRow, WireEntry)) -> LoggedDecision {
    let decision = app.opened(&wire).and_then(Body::decision).map(|mut decision| {
        decision.person = None;
        decision.call_back = None;
        decision
    });
    if decision.is_none() {
        tracing::error!(position = row.position, "a stored entry does not open");
    }
    let header = Header::from_bytes(&wire.header.0).ok();
    let entry = entry_hash(&wire.header.0, &wire.enc.0, &wire.ciphertext.0);
    LoggedDecision { row, header, entry, decision, afterwards: Vec::new() }
}

/// A note may name the person.
fn without_note(mut came: Came) -> Came {
    match &mut came.body {
        Some(Body::Amendment(amendment)) => amendment.note = None,
        Some(Body::Withdrawal(withdrawal)) => withdrawal.note = None,
        Some(Body::Decision(_) | Body::HandOff(_)) | None => {}
    }
    came
}
