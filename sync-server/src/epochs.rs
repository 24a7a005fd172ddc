//! What becomes of the log when an older copy of the database is put in its place.
//!
//! A server that finds itself behind a checkpoint of its own opens a new epoch, by itself and in one
//! transaction: a log of another origin, whose first leaf names what is lost. It tells every phone, and
//! phones offer again what it no longer holds.
//!
//! # Decisions
//! The server is its own first witness: the newest checkpoint that it signed lies in a file beside the database,
//! and whatever opens the database compares the two before it writes anything. So a file that was copied back
//! by hand is found out before a place of its log is given twice. The file is renamed into place but not
//! flushed: a power cut makes it older, never wrong.
//!
//! The file may be from the same copy as the database. Then, until a phone with a newer checkpoint comes, a server with an old copy takes new entries at places that
//! others have receipts for. So what the epoch is still vouched for ends at the first start of the server
//! that may have been that of the copy; what was stored since is addressed anew when it is offered again.
//! Its own data stay: only receipts become void, never entries. The range that is shown as lost is then the
//! longest that it can be, and what phones offer again of it is counted as come back, here or not.
//!
//! Sessions and one-time codes from before are ended: in the time that is lost they may have been used up,
//! or ended.

use crate::apart::Apart;
use crate::app::{App, AppError};
use crate::backup::{beside, private};
use crate::devices::{self, REVOKED};
use crate::erase::{self, ERASED};
use crate::keys::Keys;
use crate::ledger::record::Place;
use crate::store::events::{self, Event, Kind};
use crate::store::{self, Db, StoreError, epochs, ledger, tree};
use chrono::{DateTime, Utc};
use handoff::domain::wire::{Epochs, Revocation, Signed, Watermark};
use handoff::seal::Tag;
use handoff::seal::note::{self, Checkpoint};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What another process wrote is known here after this long.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The newest checkpoint that was signed here, as a file beside the database.
pub(crate) const OWN: &str = "checkpoint";

/// What phones hear of the log besides its checkpoints.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct LogState {
    pub(crate) epochs: Option<Epochs>,
    pub(crate) watermark: Option<Watermark>,
    pub(crate) epochs_signed: Option<Signed>,
    pub(crate) watermark_signed: Option<Signed>,
}

impl LogState {
    pub(crate) fn read(db: &mut dyn Db) -> Result<Self, StoreError> {
        Ok(Self { epochs: epochs::told(db)?, watermark: epochs::watermark(db)?, ..Self::default() })
    }

    /// Whether a receipt for this place still stands.
    pub(crate) fn holds(&self, place: Place) -> bool {
        self.epochs.as_ref().is_none_or(|epochs| epochs.holds(place.epoch, place.position))
    }

    /// Up to which place of its epoch the log is in a backup, as a receipt says it.
    pub(crate) fn backed_up(&self, place: Place) -> u64 {
        match (self.watermark, &self.epochs) {
            (Some(mark), _) if mark.epoch == place.epoch => mark.backed_up,
            // A backup of a later epoch has all that is left of the earlier ones.
            (Some(mark), Some(epochs)) if mark.epoch > place.epoch => {
                epochs.kept.iter().find(|kept| kept.epoch == place.epoch).map_or(0, |kept| kept.size)
            }
            _ => 0,
        }
    }

    /// The same with the signatures that phones ask for.
    pub(crate) fn signed(mut self, keys: &Keys) -> Self {
        self.epochs_signed = self.epochs.as_ref().and_then(|epochs| keys.server.sign(Tag::Epochs, epochs).ok());
        self.watermark_signed = self.watermark.as_ref().and_then(|mark| keys.server.sign(Tag::Watermark, mark).ok());
        self
    }

    fn is_as(&self, other: &Self) -> bool {
        self.epochs == other.epochs && self.watermark == other.watermark
    }
}

/// The state as it was last read, and when.
#[derive(Debug, Clone)]
pub(crate) struct Remembered {
    pub(crate) state: Arc<LogState>,
    pub(crate) read: Instant,
}

impl App {
    /// What phones hear of the log, as of at most a second ago.
    pub(crate) async fn log_state(&self) -> Result<Arc<LogState>, StoreError> {
        let kept = self.remembered();
        if kept.read.elapsed() < LOOK_EVERY { Ok(kept.state) } else { self.fresh_log_state().await }
    }

    /// What phones hear of the log, as it is.
    pub(crate) async fn fresh_log_state(&self) -> Result<Arc<LogState>, StoreError> {
        let read = Instant::now();
        let new = self.store().read_surely(LogState::read).await?;
        let before = self.remembered().state;
        let state = if new.is_as(&before) { before } else { Arc::new(new.signed(self.keys())) };
        self.remember(Remembered { state: Arc::clone(&state), read });
        Ok(state)
    }

    /// When the database was last found to be an older copy; nothing if it never was.
    pub(crate) fn restored_at(&self) -> Option<DateTime<Utc>> {
        self.remembered().state.epochs.as_ref().map(|epochs| epochs.began)
    }

    /// The epochs for a device whose call is refused.
    pub(crate) fn epochs_signed(&self) -> Option<Signed> {
        self.remembered().state.epochs_signed.clone()
    }

    /// A checkpoint that this server signed and that its log does not bear out: its database is an older copy.
    /// Opens a new epoch, unless that was done meanwhile.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn seen_ahead(&self, ahead: Checkpoint) -> Result<(), StoreError> {
        let (now, since) = (self.now(), self.started());
        let opened = self.store().write(move |db| answer(db, &ahead, Certain::ToAStart, (since, now))).await?;
        if opened {
            tracing::error!("the database is an older copy: a new epoch of the log was opened");
        }
        self.fresh_log_state().await.map(drop)
    }

    /// Keeps a checkpoint that was just signed, for whoever opens the database next.
    pub(crate) fn keep_own(&self, note: &str) {
        let path = self.config().data.join(OWN);
        let new = beside(&path);
        let kept = private(&new).and_then(|()| fs::write(&new, note)).and_then(|()| fs::rename(&new, &path));
        if let Err(error) = kept {
            tracing::warn!(%error, "the newest checkpoint could not be kept beside the database");
        }
    }

    /// What must hold before anyone is served: revocations and erasures from beside the database are in force, and the
    /// start is in the log.
    ///
    /// # Errors
    /// A file beside the database cannot be read, or the store fails: then nobody may be served.
    pub async fn begin_serving(&self) -> Result<(), AppError> {
        let (now, revoked) = (self.now(), Apart::new(&self.config().data, REVOKED).read()?);
        let erased = Apart::read(&Apart::new(&self.config().data, ERASED))?;
        let begin = move |db: &mut dyn Db| {
            revoke_again(db, &revoked)?;
            erase::again(db, &erased, now)?;
            events::append(db, &Event::new(Kind::Started).detail(env!("CARGO_PKG_VERSION")), now)
        };
        self.store().write(begin).await?;
        self.fresh_log_state().await?;
        Ok(())
    }
}

/// Revokes again whoever the file beside the database names.
pub(crate) fn revoke_again(db: &mut dyn Db, revoked: &[Revocation]) -> Result<(), StoreError> {
    revoked.iter().try_for_each(|Revocation { device, at }| devices::revoke(db, *device, *at).map(drop))
}

/// The checkpoint that this server kept of its own log; nothing if there is none, or none of this server's. That
/// one is set aside: phones are witnesses too, so the server may start without it.
pub(crate) fn own(data: &Path, keys: &Keys) -> Option<Checkpoint> {
    let path = data.join(OWN);
    let bytes = fs::read(&path).ok()?;
    let note = std::str::from_utf8(&bytes).ok();
    let read = note.and_then(|note| note::open(note, &keys.server.public().ok()?).ok());
    if read.is_none() {
        let free = |n: &u32| !data.join(format!("{OWN}.unreadable-{n}")).exists();
        let aside = (1..).find(free).map(|n| data.join(format!("{OWN}.unreadable-{n}")))?;
        let kept = fs::rename(&path, &aside).is_ok();
        let (path, aside) = (path.display(), aside.display());
        tracing::error!(%path, %aside, kept, "the newest checkpoint cannot be read; it is kept under another name");
    }
    read
}

/// Compares the database, as it was found, with the checkpoint kept beside it.
pub(crate) fn compare_with_own(
    db: &mut dyn Db,
    own: Option<&Checkpoint>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Some(own) = own else { return Ok(()) };
    if answer(db, own, Certain::AsItIs, (now, now))? {
        tracing::error!("the database is older than the checkpoint beside it: a new epoch of the log was opened");
    }
    Ok(())
}

/// How much of a log that is behind a checkpoint is certainly the one that the checkpoint is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Certain {
    /// All: nothing was written since the copy was put in place.
    AsItIs,
    /// What was there before the start that may have been the copy's first.
    ToAStart,
}

impl Certain {
    fn size(self, db: &mut dyn Db, current: &ledger::Epoch, now: DateTime<Utc>) -> Result<u64, StoreError> {
        match self {
            Self::AsItIs => Ok(current.size),
            Self::ToAStart => epochs::last_certain(db, current, now),
        }
    }
}

/// What a checkpoint of our own that we cannot bear out means, and what follows. True if a new epoch was opened.
fn answer(
    db: &mut dyn Db,
    ahead: &Checkpoint,
    certain: Certain,
    times: (DateTime<Utc>, DateTime<Utc>),
) -> Result<bool, StoreError> {
    let all = ledger::epochs(db)?;
    let Some(current) = all.last() else { return Ok(false) };
    match all.iter().find(|epoch| epoch.origin == ahead.origin) {
        Some(epoch) if epoch.epoch == current.epoch && bears_out(db, current, ahead)? => Ok(false),
        Some(epoch) if epoch.epoch == current.epoch => {
            // As long as another log grew over it, nothing says up to where they are the same.
            let certain = if ahead.head.size <= current.size { Certain::ToAStart } else { certain };
            let certain = certain.size(db, current, times.1)?;
            open(db, (current, ahead), certain, times).map(|()| true)
        }
        Some(earlier) => {
            if epochs::seen(db, earlier.epoch, ahead.head.size)? {
                let detail = format!("epoch {} position {}", earlier.epoch, ahead.head.size);
                events::append(db, &Event::new(Kind::LossLearned).detail(detail), times.1)?;
            }
            Ok(false)
        }
        None => unknown(db, (&all, current, ahead), certain, times),
    }
}

fn bears_out(db: &mut dyn Db, epoch: &ledger::Epoch, ahead: &Checkpoint) -> Result<bool, StoreError> {
    Ok(ahead.head.size <= epoch.size && tree::root(db, epoch, ahead.head.size)? == ahead.head.root)
}

/// A log of ours of which this database knows nothing: it was opened after the copy was made, or on another one.
fn unknown(
    db: &mut dyn Db,
    (all, current, ahead): (&[ledger::Epoch], &ledger::Epoch, &Checkpoint),
    certain: Certain,
    times: (DateTime<Utc>, DateTime<Utc>),
) -> Result<bool, StoreError> {
    let Some(number) = ledger::epoch_of(&ahead.origin) else { return Ok(false) };
    // Two logs have this number: no receipt of it says for which.
    let shared = all.iter().find(|epoch| epoch.epoch == number);
    if number < current.epoch {
        if let Some(shared) = shared.filter(|shared| shared.size > 0) {
            epochs::vouch(db, shared.epoch, 0)?;
            epochs::seen(db, shared.epoch, ahead.head.size)?;
        }
        return Ok(false);
    }
    let certain = match shared {
        Some(_) => 0,
        None => certain.size(db, current, times.1)?,
    };
    open(db, (current, ahead), certain, times)?;
    epochs::seen(db, number, ahead.head.size)?;
    Ok(true)
}

/// Opens the next epoch. Of the one before, the first `certain` leaves are vouched for.
pub(crate) fn open(
    db: &mut dyn Db,
    (current, ahead): (&ledger::Epoch, &Checkpoint),
    certain: u64,
    (since, now): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(), StoreError> {
    let next = ledger::open_epoch(db, ahead, now)?;
    if certain < current.size {
        epochs::vouch(db, current.epoch, certain)?;
    }
    store::doubt_everyone(db, since, now)?;
    let seen = if ahead.origin == current.origin { ahead.head.size } else { current.size };
    let detail =
        format!("epoch {next}: of epoch {} {certain} of {} leaves stand", current.epoch, seen.max(current.size));
    events::append(db, &Event::new(Kind::EpochOpened).detail(detail), now)
}
