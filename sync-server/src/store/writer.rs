//! One writer thread with group commit, and a few readers.
//!
//! Jobs come through a channel. The writer opens a transaction for the first, adds what else is there,
//! each job in a savepoint of its own so that a bad one undoes only itself, commits once, and only then
//! lets anyone hear of success.

use super::{Db, Engine, Session, StoreError};
use handoff::lab::{Bug, planted};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// At most this many jobs share a commit: bounds how long the first of them waits.
const MOST_JOBS: usize = 256;
/// With more jobs announced, the writer waits until this many share the flush …
const GATHER_JOBS: usize = 16;
/// … or this long has passed since the first of them; on a slow disk, half of what the last flush took:
/// whoever misses this flush waits for a whole one.
const GATHER_FOR: Duration = Duration::from_millis(3);
/// No disk is waited for longer than this.
const GATHER_MOST: Duration = Duration::from_millis(20);
/// Read connections kept open.
const READERS: usize = 3;

type Outcome = Result<(), StoreError>;
type Finish = Box<dyn FnOnce(Outcome) + Send>;
type Job = Box<dyn FnOnce(Result<&mut dyn Session, StoreError>) -> Finish + Send>;

/// The store: cheap to clone, safe to share. It closes when the last clone is gone.
#[derive(Clone)]
pub struct Store {
    jobs: mpsc::Sender<Job>,
    intents: Arc<AtomicUsize>,
    commits: Arc<AtomicUsize>,
    readers: Arc<Mutex<Vec<Box<dyn Session>>>>,
    engine: Arc<dyn Engine>,
}

/// A promise that a write comes soon, so that the writer lets it share the flush. Dropping it ends the promise.
#[derive(Debug)]
pub struct Intent(Arc<AtomicUsize>);

impl Drop for Intent {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Store {
    /// Opens the database, brings its schema up to date and starts the writer.
    ///
    /// # Errors
    /// What the engine says of a file that it cannot use; the file is left as it is.
    pub fn open(engine: impl Engine) -> Result<Self, StoreError> {
        Self::prepared(engine, |_| Ok(()))
    }

    /// As [`Store::open`], and does `first` in a transaction before anything else.
    ///
    /// # Errors
    /// As [`Store::open`], or what `first` says.
    pub fn prepared(
        engine: impl Engine,
        first: impl FnOnce(&mut dyn Db) -> Result<(), StoreError>,
    ) -> Result<Self, StoreError> {
        let engine: Arc<dyn Engine> = Arc::new(engine);
        let mut session = engine.writer()?;
        session.begin()?;
        first(session.db())?;
        session.commit()?;
        let (jobs, queue) = mpsc::channel();
        let store = Self {
            jobs,
            intents: Arc::default(),
            commits: Arc::default(),
            readers: Arc::new(Mutex::new(Vec::new())),
            engine: Arc::clone(&engine),
        };
        let writer = Writer {
            engine,
            session: Some(session),
            queue,
            intents: Arc::clone(&store.intents),
            commits: Arc::clone(&store.commits),
            flush: Duration::ZERO,
        };
        std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || writer.run())
            .map_err(|e| StoreError::Engine(e.to_string()))?;
        Ok(store)
    }

    /// Announces a write that is being prepared.
    pub fn intend(&self) -> Intent {
        self.intents.fetch_add(1, Ordering::Relaxed);
        Intent(Arc::clone(&self.intents))
    }

    /// How many transactions were committed: each is one flush.
    pub fn commits(&self) -> usize {
        self.commits.load(Ordering::Relaxed)
    }

    /// Queues `work` and returns where its result will be told, once it is on the disk. It is done even
    /// if nobody waits for the result.
    pub fn submit<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Db) -> Result<T, StoreError> + Send + 'static,
    ) -> Pending<T> {
        let (tell, heard) = oneshot::channel();
        let job: Job = Box::new(move |session| {
            let result = session.and_then(|session| in_savepoint(session, work));
            Box::new(move |committed: Outcome| {
                // Nobody waits any more: the work itself is done.
                drop(tell.send(committed.and(result)));
            })
        });
        drop(self.jobs.send(job));
        Pending(heard)
    }

    /// Runs `work` in a transaction and returns when it is on the disk.
    ///
    /// # Errors
    /// What `work` says, or that the commit failed; then nothing of it is stored.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Db) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.submit(work).done().await
    }

    /// Runs `work` on a connection that only reads, off the async threads.
    ///
    /// # Errors
    /// What `work` says, or what opening a connection says.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Db) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = self.clone();
        tokio::task::spawn_blocking(move || store.read_now(work)).await.map_err(|_| StoreError::Broken)?
    }

    /// Runs `work` on one moment of the whole database, for as long as it takes and without holding up writers;
    /// on this thread.
    ///
    /// # Errors
    /// What `work` says, or what opening a connection says.
    pub fn read_whole<T>(&self, work: impl FnOnce(&mut dyn Db) -> Result<T, StoreError>) -> Result<T, StoreError> {
        // A session of its own: it ends with the moment that it shows.
        let mut session = self.engine.reader()?;
        session.snapshot()?;
        work(session.db())
    }

    /// As [`Store::read`], on this thread.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn read_now<T>(&self, work: impl FnOnce(&mut dyn Db) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let kept = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut session = match kept {
            Some(session) => session,
            None => self.engine.reader()?,
        };
        let result = work(session.db());
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < READERS {
            readers.push(session);
        }
        result
    }
}

/// A result that is told after the commit.
#[derive(Debug)]
pub struct Pending<T>(oneshot::Receiver<Result<T, StoreError>>);

impl<T> Pending<T> {
    /// Waits for it.
    ///
    /// # Errors
    /// What the work said, or that the commit failed.
    pub async fn done(self) -> Result<T, StoreError> {
        self.0.await.map_err(|_| StoreError::Closed)?
    }

    /// Waits for it on a thread that may block.
    ///
    /// # Errors
    /// As [`Pending::done`].
    pub fn wait(self) -> Result<T, StoreError> {
        self.0.blocking_recv().map_err(|_| StoreError::Closed)?
    }
}

struct Writer {
    engine: Arc<dyn Engine>,
    session: Option<Box<dyn Session>>,
    queue: mpsc::Receiver<Job>,
    intents: Arc<AtomicUsize>,
    commits: Arc<AtomicUsize>,
    /// How long the last commit took.
    flush: Duration,
}

impl Writer {
    fn run(mut self) {
        while let Ok(first) = self.queue.recv() {
            // A fault of the disk may have left the session in doubt: a new one is opened from the file.
            let session = match self.session.take() {
                Some(session) => Ok(session),
                None => self.engine.writer(),
            };
            match session {
                Ok(session) => self.session = self.group(session, first),
                Err(error) => first(Err(error))(Ok(())),
            }
        }
    }

    /// One transaction for `first` and what follows it. Returns the session if it can be used again.
    fn group(&mut self, mut session: Box<dyn Session>, first: Job) -> Option<Box<dyn Session>> {
        if let Err(error) = session.begin() {
            first(Err(error))(Ok(()));
            return None;
        }
        let since = Instant::now();
        let mut told = vec![first(Ok(session.as_mut()))];
        while let Some(job) = self.next(told.len(), since) {
            told.push(job(Ok(session.as_mut())));
        }
        if planted(Bug::AckBeforeCommit) {
            told.drain(..).for_each(|tell| tell(Ok(())));
        }
        let committing = Instant::now();
        let outcome = session.commit().map_err(|error| StoreError::NotCommitted(error.to_string()));
        self.flush = committing.elapsed();
        self.commits.fetch_add(1, Ordering::Relaxed);
        let session = outcome.is_ok().then_some(session);
        for tell in told {
            tell(outcome.clone());
        }
        session
    }

    fn next(&self, have: usize, since: Instant) -> Option<Job> {
        if have >= MOST_JOBS {
            return None;
        }
        if let Ok(job) = self.queue.try_recv() {
            return Some(job);
        }
        let few = if have < GATHER_JOBS { GATHER_FOR } else { Duration::ZERO };
        let patience = few.max(self.flush.min(GATHER_MOST) / 2);
        while self.intents.load(Ordering::Relaxed) > 0 {
            let left = patience.checked_sub(since.elapsed())?;
            if let Ok(job) = self.queue.recv_timeout(left.min(Duration::from_micros(200))) {
                return Some(job);
            }
        }
        None
    }
}

/// Runs one job so that its failure, a panic included, undoes only its own work.
fn in_savepoint<T>(
    session: &mut dyn Session,
    work: impl FnOnce(&mut dyn Db) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    session.run("SAVEPOINT job", &[])?;
    let result = catch_unwind(AssertUnwindSafe(|| work(session.db()))).unwrap_or(Err(StoreError::Broken));
    if result.is_err() {
        session.run("ROLLBACK TO SAVEPOINT job", &[])?;
    }
    session.run("RELEASE SAVEPOINT job", &[])?;
    result
}
