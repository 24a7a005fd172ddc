//! The sessions that only read: a few stay open, others are opened as they are needed.
//!
//! # Decisions
//! A database bears so many sessions and no more, and the servers that share it must leave each other some: so few
//! calls read at once, and others wait for their turn without holding a thread. Whoever waits too long hears a fault
//! that passes. What the program itself reads (at its start, for an export, to hear of news) is one session each,
//! and is not counted. Nor is the writer's session, which no reader can take away; on it is read, where nobody else can,
//! what must be known before a record is taken.

use super::{Engine, Session, StoreError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Sessions kept open.
const KEPT: usize = 3;
/// So many calls read at once.
pub(super) const MOST: usize = 16;
/// Nobody waits longer for a turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// A turn to read. It ends with this value.
pub(super) type Turn = OwnedSemaphorePermit;

/// The sessions that only read, and whose turn it is.
#[derive(Clone)]
pub(super) struct Readers {
    kept: Arc<Mutex<Vec<Box<dyn Session>>>>,
    turns: Arc<Semaphore>,
    pub(super) patience: Duration,
}

impl Default for Readers {
    fn default() -> Self {
        Self { kept: Arc::default(), turns: Arc::new(Semaphore::new(MOST)), patience: PATIENCE }
    }
}

impl Readers {
    fn kept(&self) -> MutexGuard<'_, Vec<Box<dyn Session>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// [`StoreError::Crowded`].
    pub(super) async fn turn(&self) -> Result<Turn, StoreError> {
        let turn = tokio::time::timeout(self.patience, Arc::clone(&self.turns).acquire_owned()).await;
        turn.map_err(|_| StoreError::Crowded)?.map_err(|_| StoreError::Closed)
    }

    /// Runs `work` on a session that was kept, or on a new one, and leaves the session for others. If the connection is
    /// lost, it is run once more on another.
    ///
    /// # Errors
    /// What `work` says, or what opening a session says.
    pub(super) fn read<T>(
        &self,
        engine: &dyn Engine,
        mut work: impl FnMut(&mut dyn Session) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let kept = self.kept().pop();
        if let Some(session) = kept {
            match self.read_with(session, &mut work) {
                Err(StoreError::Lost(_)) => self.kept().clear(),
                done => return done,
            }
        }
        self.read_with(engine.reader()?, &mut work)
    }

    fn read_with<T>(
        &self,
        mut session: Box<dyn Session>,
        work: &mut impl FnMut(&mut dyn Session) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let result = work(session.as_mut());
        if !matches!(result, Err(StoreError::Lost(_))) {
            let mut kept = self.kept();
            if kept.len() < KEPT {
                kept.push(session);
            }
        }
        result
    }
}
