//! One writer thread with group commit, beside those who only read.
//!
//! Jobs come through a channel. The writer opens a transaction for the first, adds what else is there,
//! commits once, and only then lets anyone hear of success. A bad job undoes only itself.
//!
//! # Decisions
//! A savepoint for each job has the engine copy every page that the job touches, and hardly any job is bad. So jobs
//! share a transaction as it is, where the engine allows it, and the first bad one has all of it undone and run again,
//! each job in a savepoint of its own.
//!
//! A job may run more than once. Where the database says that nothing of a transaction is stored (the
//! connection broke before the commit, another transaction stood in the way), the whole group is run again
//! on a new session. Where the commit itself broke, nobody knows: the callers hear a fault that passes,
//! and what comes again is found as a repeat.

mod here;
mod job;
mod pending;

pub use self::pending::Pending;

use self::here::Here;
use super::readers::Readers;
use super::{Db, Engine, Listener, Session, StoreError};
use handoff::lab::{Bug, planted, simulated};
use job::{Job, Outcome, Share, Undone, Work};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
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

/// A transaction that the database undid by no fault of its jobs is run again after each of these pauses.
const PAUSES: [Duration; 3] = [Duration::from_millis(20), Duration::from_millis(200), Duration::from_secs(1)];

/// The store: cheap to clone, safe to share. It closes when the last clone is gone.
#[derive(Clone)]
pub struct Store {
    /// First, so that the writer's session is the last to close: one that only reads cannot fold the log into the file.
    readers: Readers,
    jobs: mpsc::Sender<Box<dyn Job>>,
    intents: Arc<AtomicUsize>,
    commits: Arc<AtomicUsize>,
    engine: Arc<dyn Engine>,
    /// In a simulated world alone: the writer has no thread.
    here: Option<Arc<Here>>,
    /// Last: by then the queue of the last store is closed, and the writer ends.
    ended: Arc<Ended>,
}

/// The writer's thread. Whoever lets go of the last store waits until its database is closed: a program that ended
/// meanwhile would have the cipher's library taken down under it.
#[derive(Default)]
struct Ended(Mutex<Option<JoinHandle<()>>>);

impl Drop for Ended {
    fn drop(&mut self) {
        let thread = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        // The last store may be let go of in a job: that one cannot wait for itself.
        if let Some(thread) = thread.filter(|thread| thread.thread().id() != std::thread::current().id()) {
            drop(thread.join());
        }
    }
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
        first: impl FnOnce(&mut dyn Db) -> Result<(), StoreError> + Send,
    ) -> Result<Self, StoreError> {
        let engine: Arc<dyn Engine> = Arc::new(engine);
        let prepare = || -> Result<Box<dyn Session>, StoreError> {
            let mut session = engine.writer()?;
            session.begin()?;
            first(session.db())?;
            session.commit()?;
            Ok(session)
        };
        let session = apart(prepare)?;
        let (jobs, queue) = mpsc::channel();
        let mut store = Self {
            jobs,
            intents: Arc::default(),
            commits: Arc::default(),
            readers: Readers::default(),
            engine: Arc::clone(&engine),
            here: None,
            ended: Arc::default(),
        };
        let writer = Writer {
            engine,
            session: Some(session),
            queue,
            intents: Arc::clone(&store.intents),
            commits: Arc::clone(&store.commits),
            flush: Duration::ZERO,
        };
        if simulated() {
            store.here = Some(Arc::new(Here::new(writer)));
            return Ok(store);
        }
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || writer.run())
            .map_err(|e| StoreError::Engine(e.to_string()))?;
        *store.ended.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
        Ok(store)
    }

    /// Hears when another process has written, where the engine can tell.
    ///
    /// # Errors
    /// What opening a connection says.
    pub(crate) fn listener(&self) -> Result<Option<Box<dyn Listener>>, StoreError> {
        self.engine.listener()
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
    /// if nobody waits for the result, and may be run more than once: each time in a transaction that
    /// knows nothing of the times before.
    pub fn submit<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Db) -> Result<T, StoreError> + Send + 'static,
    ) -> Pending<T> {
        let (tell, heard) = oneshot::channel();
        drop(self.jobs.send(Box::new(Work::new(work, tell))));
        Pending::new(heard, self.here.clone())
    }

    /// Runs `work` in a transaction and returns when it is on the disk.
    ///
    /// # Errors
    /// What `work` says, or that the commit failed; then nothing of it is stored.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Db) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.submit(work).done().await
    }

    /// Runs `work` on a connection that only reads, off the async threads. If the connection is lost, it is
    /// run once more on another. Each of its statements reads what is committed by then.
    ///
    /// # Errors
    /// What `work` says, what opening a connection says, or [`StoreError::Crowded`].
    pub async fn read<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut dyn Db) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.read_in_turn(move |session| work(session.db())).await
    }

    /// As [`Store::read`], and every statement sees the same moment: for what is read in several and must fit together.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub async fn read_moment<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut dyn Db) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let moment = move |session: &mut dyn Session| {
            session.moment()?;
            let done = work(session.db());
            // A session that stays in its moment is of no use to anyone.
            session.end().map_err(|error| StoreError::Lost(error.to_string()))?;
            done
        };
        self.read_in_turn(moment).await
    }

    /// As [`Store::read`], and where nobody can read, in the writer's turn and on its session: for what must be known
    /// before a record is taken.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn read_surely<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Db) -> Result<T, StoreError> + Clone + Send + 'static,
    ) -> Result<T, StoreError> {
        match self.read(work.clone()).await {
            Err(StoreError::Lost(_) | StoreError::Crowded) => self.write(work).await,
            done => done,
        }
    }

    async fn read_in_turn<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Session) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        if simulated() {
            return self.readers.read(self.engine.as_ref(), work);
        }
        let (store, turn) = (self.clone(), self.readers.turn().await?);
        let read = move || {
            let done = store.readers.read(store.engine.as_ref(), work);
            drop(turn);
            done
        };
        tokio::task::spawn_blocking(read).await.map_err(|_| StoreError::Broken)?
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

    /// As [`Store::read`], while this thread waits, an async one too; for the program's own reads.
    ///
    /// # Errors
    /// What `work` says, or what opening a connection says.
    pub fn read_now<T: Send>(
        &self,
        mut work: impl FnMut(&mut dyn Db) -> Result<T, StoreError> + Send,
    ) -> Result<T, StoreError> {
        apart(|| self.readers.read(self.engine.as_ref(), |session| work(session.db())))
    }

    /// The same store, for a caller who waits for no turn to read.
    #[cfg(test)]
    pub(super) fn impatient(&self) -> Self {
        let mut store = self.clone();
        store.readers.patience = Duration::ZERO;
        store
    }
}

/// Runs it on a thread of its own: an engine's client may block, which an async thread may not. The engine of a
/// simulated world has no such client.
fn apart<T: Send>(work: impl FnOnce() -> Result<T, StoreError> + Send) -> Result<T, StoreError> {
    if simulated() {
        return work();
    }
    std::thread::scope(|scope| scope.spawn(work).join().map_err(|_| StoreError::Broken)?)
}

struct Writer {
    engine: Arc<dyn Engine>,
    session: Option<Box<dyn Session>>,
    queue: mpsc::Receiver<Box<dyn Job>>,
    intents: Arc<AtomicUsize>,
    commits: Arc<AtomicUsize>,
    /// How long the last commit took.
    flush: Duration,
}

impl Writer {
    fn run(mut self) {
        while let Ok(first) = self.queue.recv() {
            self.take(first);
        }
    }

    /// Does the first job and what follows it, and tells their results.
    fn take(&mut self, first: Box<dyn Job>) {
        let mut jobs = vec![first];
        let outcome = self.group(&mut jobs);
        if outcome.as_ref().is_err_and(StoreError::undid_all) {
            // The database is away: who else waits is told now, not after as many tries each.
            jobs.extend(self.queue.try_iter());
        }
        for job in jobs {
            job.tell(outcome.clone());
        }
    }

    /// One transaction for the first job and what follows it; the same jobs once more where the database
    /// says that nothing of them is stored.
    fn group(&mut self, jobs: &mut Vec<Box<dyn Job>>) -> Outcome {
        let mut share = Share::Plainly;
        let mut pauses = PAUSES.into_iter();
        loop {
            match self.transaction(jobs, share) {
                Ok(()) => return Ok(()),
                Err(Undone::ByAJob) => share = Share::BySavepoints,
                Err(Undone::By(error)) => match pauses.next().filter(|_| error.undid_all()) {
                    Some(pause) => {
                        tracing::warn!(%error, jobs = jobs.len(), "a transaction was undone and is run again");
                        std::thread::sleep(pause);
                    }
                    None => return Err(error),
                },
            }
        }
    }

    fn transaction(&mut self, jobs: &mut Vec<Box<dyn Job>>, share: Share) -> Result<(), Undone> {
        // A fault of the disk or the network may have left the session in doubt: a new one is opened.
        let mut session = match self.session.take() {
            Some(session) => session,
            None => self.engine.writer()?,
        };
        session.begin()?;
        let share = if session.is_shared() { share } else { Share::BySavepoints };
        if let Err(undone) = self.run_all(jobs, session.as_mut(), share) {
            // Undone by a job, the session is as good as before; unless the transaction ended by itself.
            if matches!(undone, Undone::ByAJob) && session.end().is_ok() {
                self.session = Some(session);
            }
            return Err(undone);
        }
        if planted(Bug::AckBeforeCommit) {
            jobs.drain(..).for_each(|job| job.tell(Ok(())));
        }
        let committing = Instant::now();
        let outcome = session.commit();
        self.flush = committing.elapsed();
        outcome?;
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.session = Some(session);
        Ok(())
    }

    /// Runs the jobs, and what else comes.
    fn run_all(&self, jobs: &mut Vec<Box<dyn Job>>, session: &mut dyn Session, share: Share) -> Result<(), Undone> {
        let since = Instant::now();
        for job in jobs.iter_mut() {
            job.run(session, share)?;
        }
        while let Some(mut job) = self.next(jobs.len(), since) {
            let ran = job.run(session, share);
            jobs.push(job);
            ran?;
        }
        Ok(())
    }

    fn next(&self, have: usize, since: Instant) -> Option<Box<dyn Job>> {
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
