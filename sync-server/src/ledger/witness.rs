//! Every device carries the newest checkpoint that it saw, and is told how the log grew from there. A
//! checkpoint that we signed and do not hold shows that this server is older than it was, or forked.

use crate::app::App;
use crate::store::events::{Event, Kind};
use crate::store::leaves::{self, StoredCheckpoint};
use crate::store::ledger::{self, Epoch};
use crate::store::{Db, StoreError, epochs, tree};
use handoff::domain::wire::LedgerNews;
use handoff::seal::note::{self, Checkpoint};

/// What a device's checkpoint, which this server signed, says of the log here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// It is of this log, or of an earlier epoch as far as it was kept, or known to be lost.
    Ours,
    /// The log here is shorter, or knows nothing of that epoch: a restored copy.
    Ahead,
    /// The log here has another root at that size.
    Forked,
}

/// Judges a checkpoint with a good signature.
///
/// # Errors
/// [`StoreError`].
pub fn judge(db: &mut dyn Db, seen: &Checkpoint) -> Result<Seen, StoreError> {
    let all = ledger::epochs(db)?;
    let last = all.last().map(|epoch| epoch.epoch);
    let Some(epoch) = all.iter().find(|epoch| epoch.origin == seen.origin) else { return Ok(Seen::Ahead) };
    // Of an epoch that is over only a part is vouched for, and what devices saw beyond it was said to be lost.
    let over = Some(epoch.epoch) != last;
    let certain = if over { epochs::certain(db, epoch)? } else { epoch.size };
    if seen.head.size > certain {
        return Ok(if over && seen.head.size <= epoch.seen { Seen::Ours } else { Seen::Ahead });
    }
    Ok(if same_root(db, epoch, seen)? { Seen::Ours } else { Seen::Forked })
}

fn same_root(db: &mut dyn Db, epoch: &Epoch, seen: &Checkpoint) -> Result<bool, StoreError> {
    let stored = leaves::checkpoint(db, epoch.epoch, Some(seen.head.size))?;
    if stored.is_some_and(|stored| stored.head == seen.head) {
        return Ok(true);
    }
    Ok(tree::root(db, epoch, seen.head.size)? == seen.head.root)
}

/// Looks at what a device carries before anything of its call is done: a server that has an older copy must give
/// no place of the old log, and show nobody a status, before it knows that.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn look(app: &App, carried: Option<&str>) -> Result<(), StoreError> {
    let Some(carried) = carried else { return Ok(()) };
    // Nearly always it is of this log and not beyond what was signed: that costs nothing here.
    let known = |seen: &Checkpoint| {
        app.ledger().newest().is_some_and(|newest| {
            note::read(&newest.note).is_ok_and(|ours| ours.origin == seen.origin && seen.head.size <= ours.head.size)
        })
    };
    if note::read(carried).is_ok_and(|seen| known(&seen)) {
        return Ok(());
    }
    let public = app.keys().server.public().map_err(|_| StoreError::Shape("the server's key"))?;
    let Ok(seen) = note::open(carried, &public) else { return Ok(()) };
    let checked = seen.clone();
    match app.store().read_surely(move |db| judge(db, &checked)).await? {
        Seen::Ours => Ok(()),
        judged @ (Seen::Ahead | Seen::Forked) => contradicted(app, &seen, judged).await,
    }
}

/// What a device is told of the log, given the note that it carries. Nothing if it has the newest.
///
/// # Errors
/// [`StoreError`].
pub async fn news(app: &App, carried: Option<&str>) -> Result<Option<LedgerNews>, StoreError> {
    let Some(newest) = app.ledger().newest() else { return Ok(None) };
    let Some(carried) = carried else { return Ok(Some(plain(newest))) };
    if carried == newest.note {
        return Ok(None);
    }
    let public = app.keys().server.public().map_err(|_| StoreError::Shape("the server's key"))?;
    let seen = match note::open(carried, &public) {
        Ok(seen) => seen,
        Err(error) => {
            tracing::warn!(%error, "a device carries a checkpoint that is none of ours");
            return Ok(Some(plain(newest)));
        }
    };
    let (what, news) = app.store().read(move |db| compare(db, &seen, &newest)).await?;
    match what {
        Some((seen, judged)) => {
            contradicted(app, &seen, judged).await?;
            Ok(None)
        }
        None => Ok(news),
    }
}

/// A device carries a checkpoint that this server signed and does not hold: it was restored from a copy, or
/// forked. Told once, in the program's log and in the events; then a new epoch is opened where one is needed.
///
/// # Errors
/// [`StoreError`].
async fn contradicted(app: &App, seen: &Checkpoint, what: Seen) -> Result<(), StoreError> {
    if !app.ledger().contradicted(seen) {
        return app.seen_ahead(seen.clone()).await;
    }
    let kind = if what == Seen::Forked { Kind::LedgerForked } else { Kind::LedgerAhead };
    let epoch = ledger::epoch_of(&seen.origin).unwrap_or(0);
    tracing::error!(epoch, size = seen.head.size, ?what, "a device has seen a log that is not the one here");
    app.note(Event::new(kind).detail(format!("{epoch}/{}", seen.head.size))).await?;
    app.seen_ahead(seen.clone()).await
}

type Compared = (Option<(Checkpoint, Seen)>, Option<LedgerNews>);

fn compare(db: &mut dyn Db, seen: &Checkpoint, newest: &StoredCheckpoint) -> Result<Compared, StoreError> {
    let judged = judge(db, seen)?;
    if judged != Seen::Ours {
        return Ok((Some((seen.clone(), judged)), None));
    }
    let Some(epoch) = ledger::epoch_now(db)?.filter(|epoch| epoch.origin == seen.origin) else {
        return Ok((None, Some(plain(newest.clone()))));
    };
    // Another process may have signed since this one looked.
    if seen.head.size >= newest.head.size {
        return Ok((None, None));
    }
    let consistency = tree::consistency(db, &epoch, seen.head.size, newest.head.size)?;
    Ok((None, Some(LedgerNews { checkpoint: newest.note.clone(), consistency })))
}

fn plain(newest: StoredCheckpoint) -> LedgerNews {
    LedgerNews { checkpoint: newest.note, consistency: Vec::new() }
}
