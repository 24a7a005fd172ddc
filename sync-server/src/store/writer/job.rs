//! What the writer runs and answers, and how it undoes one of them.

use crate::store::{Db, Session, StoreError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::oneshot;

pub(super) type Outcome = Result<(), StoreError>;

/// How jobs share a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Share {
    /// As it is: one bad job undoes all.
    Plainly,
    /// Each in a savepoint of its own.
    BySavepoints,
}

/// Why a transaction was not committed.
pub(super) enum Undone {
    /// A job was bad, and there was no savepoint to go back to: run them again by savepoints.
    ByAJob,
    /// By the database.
    By(StoreError),
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self::By(error)
    }
}

/// What the writer runs and answers.
pub(super) trait Job: Send {
    /// Runs it and keeps its result.
    ///
    /// # Errors
    /// Only what undoes the whole transaction; what befell this job alone is its result.
    fn run(&mut self, session: &mut dyn Session, share: Share) -> Result<(), Undone>;

    /// Tells the result of the last run, or why there is none.
    fn tell(self: Box<Self>, outcome: Outcome);
}

pub(super) struct Work<T, W> {
    work: W,
    result: Result<T, StoreError>,
    tell: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, W> Work<T, W> {
    pub(super) const fn new(work: W, tell: oneshot::Sender<Result<T, StoreError>>) -> Self {
        Self { work, result: Err(StoreError::Closed), tell }
    }
}

impl<T: Send, W: FnMut(&mut dyn Db) -> Result<T, StoreError> + Send> Job for Work<T, W> {
    fn run(&mut self, session: &mut dyn Session, share: Share) -> Result<(), Undone> {
        self.result = match share {
            Share::Plainly => guarded(session, &mut self.work),
            Share::BySavepoints => in_savepoint(session, &mut self.work),
        };
        match &self.result {
            Err(error) if error.undid_all() => Err(Undone::By(error.clone())),
            // Some faults end the transaction, and the job may have passed over it.
            done if share == Share::Plainly && (done.is_err() || !session.is_shared()) => Err(Undone::ByAJob),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    fn tell(self: Box<Self>, outcome: Outcome) {
        // Nobody waits any more: the work itself is done.
        drop(self.tell.send(outcome.and(self.result)));
    }
}

/// Runs one job so that its failure, a panic included, undoes only its own work.
fn in_savepoint<T>(
    session: &mut dyn Session,
    work: &mut impl FnMut(&mut dyn Db) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    session.run("SAVEPOINT job", &[])?;
    let result = guarded(session, work);
    // A job may have passed over a failed statement, after which some engines take nothing more.
    let result = result.and_then(|done| session.run("RELEASE SAVEPOINT job", &[]).map(|_| done));
    if result.as_ref().is_err_and(|error| !error.undid_all()) {
        session.run("ROLLBACK TO SAVEPOINT job", &[])?;
        session.run("RELEASE SAVEPOINT job", &[])?;
    }
    result
}

/// Runs one job; a panic is its fault, and nobody else's.
fn guarded<T>(
    session: &mut dyn Session,
    work: &mut impl FnMut(&mut dyn Db) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(|| work(session.db()))).unwrap_or(Err(StoreError::Broken))
}
