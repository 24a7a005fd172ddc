//! The server's disk, which can fill up, and whose commits can fail or leave everyone in doubt.

use handoff_server::store::{Db, Engine, Params, Row, Session, Sqlite, StoreError};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};

/// What a commit does.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Commits {
    Good = 0,
    /// Nothing is stored.
    Fail = 1,
    /// It is stored, and the program hears of a failure.
    InDoubt = 2,
}

/// The disk's state, shared with every connection.
#[derive(Default)]
pub struct Disk {
    full: AtomicBool,
    unreadable: AtomicBool,
    commits: AtomicU8,
    /// The writer's session after a commit that failed here: nothing is wrong with it, and it is given out as the
    /// new one that the server asks for then. To open one costs as much as ten entries.
    spare: Mutex<Option<Box<dyn Session>>>,
}

impl Disk {
    /// The program is gone, and what it had opened.
    pub fn close(&self) {
        self.spare.lock().unwrap().take();
    }

    pub fn fill(&self, full: bool) {
        self.full.store(full, Ordering::SeqCst);
    }

    pub fn stop_reading(&self, stop: bool) {
        self.unreadable.store(stop, Ordering::SeqCst);
    }

    pub fn commits(&self, commits: Commits) {
        self.commits.store(commits as u8, Ordering::SeqCst);
    }
}

/// SQLite on that disk.
pub struct OnDisk(pub Sqlite, pub Arc<Disk>);

impl Engine for OnDisk {
    fn writer(&self) -> Result<Box<dyn Session>, StoreError> {
        let spare = self.1.spare.lock().unwrap().take();
        let inner = spare.map_or_else(|| self.0.writer(), Ok)?;
        Ok(Box::new(Connection { inner: Some(inner), disk: Arc::clone(&self.1), writes: true, failed: false }))
    }

    fn reader(&self) -> Result<Box<dyn Session>, StoreError> {
        let inner = Some(self.0.reader()?);
        Ok(Box::new(Connection { inner, disk: Arc::clone(&self.1), writes: false, failed: false }))
    }
}

struct Connection {
    inner: Option<Box<dyn Session>>,
    disk: Arc<Disk>,
    writes: bool,
    /// Its last commit failed, by the disk's word alone.
    failed: bool,
}

impl Connection {
    fn session(&mut self) -> &mut dyn Session {
        self.inner.as_mut().expect("a session until it is dropped").as_mut()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.failed {
            *self.disk.spare.lock().unwrap() = self.inner.take();
        }
    }
}

impl Db for Connection {
    fn run(&mut self, sql: &str, params: Params<'_>) -> Result<u64, StoreError> {
        let changes = ["INSERT", "UPDATE"].iter().any(|verb| sql.trim_start().starts_with(verb));
        if changes && self.disk.full.load(Ordering::SeqCst) {
            return Err(StoreError::Engine("database or disk is full".into()));
        }
        self.session().run(sql, params)
    }

    fn insert(&mut self, sql: &str, column: &'static str, params: Params<'_>) -> Result<u64, StoreError> {
        if self.disk.full.load(Ordering::SeqCst) {
            return Err(StoreError::Engine("database or disk is full".into()));
        }
        self.session().insert(sql, column, params)
    }

    fn rows(&mut self, sql: &str, params: Params<'_>) -> Result<Vec<Row>, StoreError> {
        let changes = ["INSERT", "UPDATE"].iter().any(|verb| sql.trim_start().starts_with(verb));
        if changes && self.disk.full.load(Ordering::SeqCst) {
            return Err(StoreError::Engine("database or disk is full".into()));
        }
        if !self.writes && self.disk.unreadable.load(Ordering::SeqCst) {
            return Err(StoreError::Engine("disk I/O error".into()));
        }
        self.session().rows(sql, params)
    }
}

impl Session for Connection {
    fn begin(&mut self) -> Result<(), StoreError> {
        self.session().begin()
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        let commits = self.disk.commits.load(Ordering::SeqCst);
        if commits == Commits::Fail as u8 {
            self.session().end()?;
            self.failed = true;
            return Err(StoreError::NotCommitted("disk I/O error".into()));
        }
        self.session().commit()?;
        if commits == Commits::InDoubt as u8 {
            self.failed = true;
            return Err(StoreError::InDoubt("disk I/O error".into()));
        }
        Ok(())
    }

    fn is_shared(&self) -> bool {
        self.inner.as_ref().is_some_and(|session| session.is_shared())
    }

    fn moment(&mut self) -> Result<(), StoreError> {
        self.session().moment()
    }

    fn end(&mut self) -> Result<(), StoreError> {
        self.session().end()
    }

    fn snapshot(&mut self) -> Result<(), StoreError> {
        self.session().snapshot()
    }

    fn db(&mut self) -> &mut dyn Db {
        self
    }
}
