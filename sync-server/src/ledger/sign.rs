//! Signs checkpoints, and only over leaves that were computed anew from their records.
//!
//! # Decisions
//! Of several processes on one database only one signs a size: the newest size is compared and set in the
//! same transaction. No lease is needed for that, since all read the same beginning of the same log.

use super::record::Place;
use crate::app::App;
use crate::store::events::{self, Event, Kind};
use crate::store::leaves::{self, LeafFault, StoredCheckpoint};
use crate::store::ledger::{self, Epoch};
use crate::store::{Db, StoreError, tree};
use handoff::domain::ids::Hash;
use handoff::lab::{Bug, planted};
use handoff::seal::note::{self, Checkpoint};
use handoff::seal::tree::{Frontier, Node, leaf_hash};
use std::fmt;
use std::time::Duration;

/// A checkpoint covers at most so many new leaves: bounds what is held in memory.
const MOST_LEAVES: u64 = 2048;
/// Leaves that come together share a checkpoint.
const PAUSE: Duration = Duration::from_millis(300);
/// So often the store is asked even if this process wrote nothing: others may have.
const LOOK_EVERY: u32 = 20;

/// A leaf over which nothing is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Where it stands.
    pub place: Place,
    /// What is wrong with it.
    pub what: LeafFault,
}

/// What a sergeant is told of it.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { epoch, position } = self.place;
        write!(f, "Leaf {epoch}/{position} of the ledger {}. ", self.what.words())?;
        f.write_str("Nothing that came since is signed. Tell whoever runs the server, and keep the last export.")
    }
}

/// What one step came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Everything is signed.
    Idle,
    /// A checkpoint was signed; there may be more to sign.
    Signed,
    /// A leaf is not what it was. Nothing is signed.
    Faulty(Fault),
}

/// Signs; keeps what is needed to append to the tree.
#[derive(Debug, Default)]
pub(crate) struct Signer {
    at: Option<(Epoch, Frontier)>,
}

/// New leaves, checked.
struct Batch {
    epoch: Epoch,
    frontier: Frontier,
    tiles: Vec<(Node, Hash)>,
}

enum Read {
    /// All is signed; the newest checkpoint, if there is one.
    Idle(Option<StoredCheckpoint>),
    New(Box<Batch>),
    Faulty(Fault),
}

impl Signer {
    /// Reads what is new, checks it, signs it.
    pub(crate) async fn step(&mut self, app: &App) -> Result<Step, StoreError> {
        let mut at = self.at.take();
        let batch = match app.store().read(move |db| read(db, at.take())).await? {
            Read::New(batch) => *batch,
            Read::Idle(newest) => {
                app.ledger().signed(newest);
                return Ok(Step::Idle);
            }
            Read::Faulty(fault) => {
                report(app, fault).await?;
                return Ok(Step::Faulty(fault));
            }
        };
        let Batch { epoch, frontier, tiles } = batch;
        let mut head = frontier.head();
        if planted(Bug::OtherTreeSigned) {
            head.root = leaf_hash(b"another");
        }
        let checkpoint = Checkpoint { origin: epoch.origin.clone(), head };
        let note = note::sign(&app.keys().server, &checkpoint).map_err(|_| StoreError::Shape("the server's key"))?;
        let new = StoredCheckpoint { epoch: epoch.epoch, head, note, at: app.now() };
        let (was, saved) = (epoch.clone(), new.clone());
        if app.store().write(move |db| leaves::save_checkpoint(db, &was, &saved, &tiles)).await? {
            self.at = Some((Epoch { signed: head.size, ..epoch }, frontier));
            app.keep_own(&new.note);
            app.ledger().signed(Some(new));
        }
        Ok(Step::Signed)
    }

    /// Signs all that there is.
    pub(crate) async fn catch_up(&mut self, app: &App) -> Result<Step, StoreError> {
        loop {
            match self.step(app).await? {
                Step::Signed => {}
                done @ (Step::Idle | Step::Faulty(_)) => return Ok(done),
            }
        }
    }
}

/// What is new since the last checkpoint, computed anew.
fn read(db: &mut dyn Db, at: Option<(Epoch, Frontier)>) -> Result<Read, StoreError> {
    let Some(epoch) = ledger::epoch_now(db)? else { return Ok(Read::Idle(None)) };
    if epoch.signed >= epoch.size {
        return Ok(Read::Idle(leaves::checkpoint(db, epoch.epoch, Some(epoch.signed))?));
    }
    let mut frontier = match at {
        Some((was, frontier)) if was.origin == epoch.origin && was.signed == epoch.signed => frontier,
        _ => match signed_frontier(db, &epoch)? {
            Some(frontier) => frontier,
            None => return Ok(Read::Faulty(fault(&epoch, epoch.signed, LeafFault::Rewritten))),
        },
    };
    if epoch.signed == 0
        && let Some(fault) = faulty_end_before(db, &epoch)?
    {
        return Ok(Read::Faulty(fault));
    }
    let to = epoch.size.min(epoch.signed + MOST_LEAVES);
    let found = match checked(db, &epoch, (epoch.signed + 1, to))? {
        Ok(found) => found,
        Err(fault) => return Ok(Read::Faulty(fault)),
    };
    let mut tiles = Vec::new();
    for hash in found {
        frontier.push(hash, |node, hash| {
            if tree::is_tile(node) {
                tiles.push((node, hash));
            }
        });
    }
    Ok(Read::New(Box::new(Batch { epoch, frontier, tiles })))
}

/// Hashes of the leaves from one position to another, each computed anew from its record.
fn checked(db: &mut dyn Db, epoch: &Epoch, (from, to): (u64, u64)) -> Result<Result<Vec<Hash>, Fault>, StoreError> {
    let mut found = leaves::between(db, epoch.first + from, epoch.first + to)?.into_iter();
    let mut hashes = Vec::new();
    for position in from..=to {
        let place = Place { epoch: epoch.epoch, position };
        let leaf = found.next().filter(|leaf| leaf.n == epoch.first + position);
        let Some(leaf) = leaf else { return Ok(Err(Fault { place, what: LeafFault::Missing })) };
        let checked = match leaf.salt {
            None if !leaves::erasure_is_said(db, place)? => Err(LeafFault::ErasedUnsaid),
            _ if planted(Bug::SignWithoutRecheck) => Ok(()),
            _ => leaf.check(),
        };
        match checked {
            Ok(()) => hashes.push(place.leaf(leaf.commitment)),
            Err(what) => return Ok(Err(Fault { place, what })),
        }
    }
    Ok(Ok(hashes))
}

/// What the first leaf of an epoch vouches for of those before it: leaves that no checkpoint covered yet.
fn faulty_end_before(db: &mut dyn Db, epoch: &Epoch) -> Result<Option<Fault>, StoreError> {
    for before in ledger::epochs(db)?.iter().filter(|before| before.epoch < epoch.epoch) {
        if before.signed < before.size
            && let Err(fault) = checked(db, before, (before.signed + 1, before.size))?
        {
            return Ok(Some(fault));
        }
    }
    Ok(None)
}

/// The tree as it was last signed; nothing if what is stored does not give the root that was signed.
fn signed_frontier(db: &mut dyn Db, epoch: &Epoch) -> Result<Option<Frontier>, StoreError> {
    let frontier = tree::frontier(db, epoch, epoch.signed)?;
    let signed = leaves::checkpoint(db, epoch.epoch, Some(epoch.signed))?;
    let same = signed.map_or(epoch.signed == 0, |signed| signed.head == frontier.head());
    Ok(same.then_some(frontier))
}

const fn fault(epoch: &Epoch, position: u64, what: LeafFault) -> Fault {
    Fault { place: Place { epoch: epoch.epoch, position }, what }
}

/// Tells of a fault once: in the program's log, in the events, and to whoever shows the log.
async fn report(app: &App, fault: Fault) -> Result<(), StoreError> {
    if !app.ledger().faulty(fault) {
        return Ok(());
    }
    let Place { epoch, position } = fault.place;
    tracing::error!(epoch, position, what = fault.what.words(), "the ledger is not signed: a leaf was tampered with");
    let (event, now) = (Event::new(Kind::LedgerFault).detail(leaves::erased_name(fault.place)), app.now());
    app.store().write(move |db| events::append(db, &event, now)).await
}

/// Signs what comes, until the server stops.
pub(crate) async fn keep_signed(app: App) {
    let (mut signer, mut stopping) = (Signer::default(), app.stopping());
    let (mut seen, mut looks) = (usize::MAX, 0);
    loop {
        let commits = app.store().commits();
        if commits != seen || looks >= LOOK_EVERY {
            (seen, looks) = (commits, 0);
            if let Err(error) = signer.catch_up(&app).await {
                tracing::error!(%error, "the ledger could not be signed");
                signer = Signer::default();
            }
        }
        looks += 1;
        let stop = tokio::time::timeout(PAUSE, stopping.wait_for(|stop| *stop)).await;
        if stop.is_ok() {
            return;
        }
    }
}
