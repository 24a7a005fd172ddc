//! From the wire to the log: check each entry, commit what is good, and only then say so.
//!
//! Checks need no lock and run beside each other; the commit is one job per entry in the writer's group,
//! so that a bad entry undoes only itself and one flush serves many phones.

mod again;
mod check;
mod commit;

use crate::app::{App, Change};
use crate::deliver::Policy;
use crate::device::KnownDevice;
use crate::epochs::LogState;
use crate::store::events::{self, Event, Kind};
use crate::store::{self, Pending, StoreError};
use check::{Checked, Context};
use commit::{Committed, Offer};
use handoff::domain::ids::Hash;
use handoff::domain::wire::{Answer, EntriesRequest, EntryResult, ReceiptBody, Refusal, WireEntry};
use handoff::lab::simulated;
use handoff::seal::Tag;
use std::sync::Arc;

/// Up to so many entries are checked where they arrive: handing them over costs as much as checking one.
const CHECK_HERE: usize = 2;

/// An entry that is not taken: why, and which field, without any of what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) reason: Refusal,
    pub(crate) detail: String,
}

impl Refused {
    pub(crate) fn new(reason: Refusal, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}

/// Takes a batch: one answer per entry, in its order.
///
/// # Errors
/// [`StoreError::Full`] if there was no room for any of them.
pub(crate) async fn take(
    app: &App,
    (device, log): (&Arc<KnownDevice>, &Arc<LogState>),
    request: EntriesRequest,
) -> Result<Vec<Answer>, StoreError> {
    let intent = app.store().intend();
    let (received, health) = (app.now(), request.health);
    let again = again::places(app, &request.again);
    let restored = log.epochs.is_some();
    let offset = health.wall - received;
    let context = Context { app: app.clone(), device: Arc::clone(device), received, offset, restored };
    let checked = check_all(context, request.entries).await;
    let id = device.id;
    let worth_writing = device.worth_writing(&health, received);
    let saved_health =
        worth_writing.then(|| app.store().submit(move |db| store::save_health(db, id, &health, received)));
    let policy = Arc::new(Policy::of(app));
    let mut pending = Vec::with_capacity(checked.len());
    for (hash, result) in checked {
        let (was, log, policy) = (again.get(&hash).copied(), Arc::clone(log), Arc::clone(&policy));
        let offer = Offer { hash, was, log, policy, received };
        pending.push((hash, submit(app, device, (offer, result))));
    }
    drop(intent);
    if let Some(saved) = saved_health
        && let Err(error) = saved.done().await
    {
        tracing::warn!(%error, device = %id, "how the device is could not be written");
    }
    let (mut answers, mut full) = (Vec::with_capacity(pending.len()), Vec::new());
    for (entry, pending) in pending {
        let result = match pending.done().await {
            Err(error @ StoreError::Full(_)) => {
                full.push(error);
                try_again("the server has no room left")
            }
            done => answer((app, log), entry, done),
        };
        answers.push(Answer { entry, result });
    }
    // Where nothing at all had room, the call as a whole is answered so.
    match full.pop() {
        Some(error) if full.len() + 1 == answers.len() => Err(error),
        _ => Ok(answers),
    }
}

/// Checks every entry, in order; a larger batch on as many threads as there are cores.
async fn check_all(context: Context, entries: Vec<WireEntry>) -> Vec<(Hash, Result<Checked, Refused>)> {
    if entries.len() <= CHECK_HERE || simulated() {
        return entries.into_iter().map(|entry| check::check(&context, entry)).collect();
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let each = entries.len().div_ceil(threads);
    let mut entries = entries.into_iter().peekable();
    let mut tasks = Vec::with_capacity(threads);
    while entries.peek().is_some() {
        let (part, context) = (entries.by_ref().take(each).collect::<Vec<_>>(), context.clone());
        let hashes: Vec<Hash> = part.iter().map(check::hash_of).collect();
        let check = move || part.into_iter().map(|entry| check::check(&context, entry)).collect::<Vec<_>>();
        tasks.push((hashes, tokio::task::spawn_blocking(check)));
    }
    let mut all = Vec::new();
    for (hashes, task) in tasks {
        let broke = || Err(Refused::new(Refusal::TryAgain, "the check broke down"));
        all.extend(task.await.unwrap_or_else(|_| hashes.into_iter().map(|hash| (hash, broke())).collect()));
    }
    all
}

type Done = Result<Committed, Refused>;

/// Queues what is to be written of one entry: itself, or that it was refused.
fn submit(app: &App, device: &KnownDevice, (offer, result): (Offer, Result<Checked, Refused>)) -> Pending<Done> {
    let (now, device, hash) = (app.now(), device.id, offer.hash);
    let refuse = move |db: &mut dyn store::Db, refused: &Refused| {
        let event = Event::new(Kind::EntryRefused).by_device(device).detail(format!("{:?} {hash}", refused.reason));
        events::append(db, &event, now)?;
        Ok(Err(refused.clone()))
    };
    match result {
        Ok(checked) => app.store().submit(move |db| match commit::commit(db, &checked, &offer)? {
            Ok(committed) => Ok(Ok(committed)),
            Err(refused) => refuse(db, &refused),
        }),
        Err(refused) => app.store().submit(move |db| refuse(db, &refused)),
    }
}

/// The answer to one entry, once its write is on the disk; then, and not before, others hear of it.
fn answer((app, log): (&App, &LogState), entry: Hash, done: Result<Done, StoreError>) -> EntryResult {
    match done {
        Ok(Ok(committed)) => {
            announce(app, &committed);
            let at = committed.stored;
            let (position, epoch, erased) = (at.place.position, at.place.epoch, committed.erased);
            let receipt = ReceiptBody { entry, position, epoch, backed_up: log.backed_up(at.place), at: at.at, erased };
            match app.keys().server.sign(Tag::Receipt, &receipt) {
                Ok(signed) => EntryResult::Receipt(signed),
                Err(error) => try_again(&error.to_string()),
            }
        }
        Ok(Err(Refused { reason, detail })) => EntryResult::Refused { reason, detail },
        Err(error @ StoreError::Closed) => try_again(&error.to_string()),
        Err(error) => {
            tracing::error!(%error, %entry, "an entry could not be stored");
            try_again("the store failed")
        }
    }
}

fn try_again(why: &str) -> EntryResult {
    EntryResult::Refused { reason: Refusal::TryAgain, detail: why.to_owned() }
}

fn announce(app: &App, committed: &Committed) {
    if !committed.new {
        return;
    }
    app.tell(Change::Log { position: committed.stored.row });
    if let Some((referral, device)) = committed.case {
        app.tell(Change::Referral { referral, device });
    }
}
