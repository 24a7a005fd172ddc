//! The server, without a port: its real router over its real store, in a folder that survives kills.

use crate::disk::{Disk, OnDisk};
use crate::files::copy_folder;
use crate::time::{Time, millis};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use chrono::TimeDelta;
use handoff::domain::ids::{ReferralId, StaffId};
use handoff_server::restore::restore;
use handoff_server::store::{Row, Value};
use handoff_server::{App, Clock, Config, demo, routes};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tower::ServiceExt as _;

/// An answer of the server, whole.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<String> {
        Some(self.headers.get(name)?.to_str().ok()?.to_owned())
    }
}

/// One entry as the log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    pub position: i64,
    pub hash: Vec<u8>,
    pub chain: Vec<u8>,
    pub seq: i64,
    pub referral: ReferralId,
}

pub struct Station {
    runtime: tokio::runtime::Runtime,
    root: PathBuf,
    life: u32,
    running: Option<(App, Router)>,
    time: Arc<Time>,
    ahead_ms: Arc<AtomicI64>,
    pub disk: Arc<Disk>,
    /// Why it did not start.
    pub why: String,
}

impl Station {
    pub fn new(root: &Path, time: Arc<Time>) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (ahead_ms, disk) = (Arc::default(), Arc::default());
        let mut station =
            Self { runtime, root: root.to_owned(), life: 0, running: None, time, ahead_ms, disk, why: String::new() };
        station.start();
        let app = station.app().clone();
        station.runtime.block_on(demo::prepare(&app)).unwrap();
        station
    }

    pub fn folder(&self) -> PathBuf {
        self.root.join(format!("server-{}", self.life))
    }

    pub fn app(&self) -> &App {
        &self.running.as_ref().expect("the server runs").0
    }

    pub fn runs(&self) -> bool {
        self.running.is_some()
    }

    /// It starts, unless its disk does not let it.
    pub fn start(&mut self) {
        let (time, ahead) = (Arc::clone(&self.time), Arc::clone(&self.ahead_ms));
        let clock = Clock::of(move || time.wall() + millis(ahead.load(Ordering::Relaxed)));
        let config = Config { clock, ..Config::local(self.folder()) };
        let disk = Arc::clone(&self.disk);
        let opened = App::open_on(config, |sqlite| OnDisk(sqlite, disk))
            .and_then(|app| self.runtime.block_on(app.begin_serving()).map(|()| app));
        match opened {
            Ok(app) => self.running = Some((app.clone(), routes::router(app))),
            Err(error) => self.why = error.to_string(),
        }
    }

    /// The process ends at once; what it had given to the system is what the next one finds.
    pub fn kill(&mut self) {
        if self.running.is_none() {
            return;
        }
        let from = self.folder();
        self.life += 1;
        copy_folder(&from, &self.folder());
        self.running = None;
        drop(std::fs::remove_dir_all(from));
    }

    /// The process ends as it should.
    pub fn stop(&mut self) {
        self.running = None;
    }

    /// An older copy is put in the place of its database while it does not run.
    pub fn restore(&mut self, file: &Path) -> bool {
        self.running = None;
        let time = Arc::clone(&self.time);
        let clock = Clock::of(move || time.wall());
        restore(&Config { clock, ..Config::local(self.folder()) }, file).is_ok()
    }

    /// Its clock jumps.
    pub fn set_ahead(&self, by: TimeDelta) {
        self.ahead_ms.store(by.num_milliseconds(), Ordering::Relaxed);
    }

    /// One request, answered.
    pub fn answer(&self, request: Request<Body>) -> Answer {
        let router = self.running.as_ref().expect("the server runs").1.clone();
        self.runtime.block_on(async move {
            let response = match router.oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            let (parts, body) = response.into_parts();
            let body = to_bytes(body, usize::MAX).await.expect("a body in memory").to_vec();
            Answer { status: parts.status.as_u16(), headers: parts.headers, body }
        })
    }

    pub fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Someone's id, by login.
    pub fn staff(&self, login: &str) -> StaffId {
        self.app().site().staff.values().find(|person| person.login == login).expect("staff of the demo").id
    }

    fn rows_after(&self, sql: &'static str, after: i64) -> Vec<Row> {
        let read = || self.app().store().read_now(|db| db.rows(sql, &[(":after", Value::Int(after))]));
        self.disk.set_readable(read).expect("the lab reads")
    }

    /// Entries behind a position of the log.
    pub fn entries_after(&self, position: i64) -> Vec<Logged> {
        const SQL: &str =
            "SELECT position, hash, chain, seq, referral FROM entries WHERE position > :after ORDER BY position";
        self.rows_after(SQL, position)
            .into_iter()
            .map(|mut row| Logged {
                position: row.int().unwrap(),
                hash: row.blob().unwrap(),
                chain: row.blob().unwrap(),
                seq: row.int().unwrap(),
                referral: ReferralId(row.id().unwrap()),
            })
            .collect()
    }

    /// Cases behind a row: the row, the referral, and who has it.
    pub fn cases_after(&self, n: i64) -> Vec<(i64, ReferralId, Option<StaffId>)> {
        const SQL: &str = "SELECT n, referral, accepted_by FROM cases WHERE n > :after ORDER BY n";
        self.rows_after(SQL, n)
            .into_iter()
            .map(|mut row| (row.int().unwrap(), ReferralId(row.id().unwrap()), row.maybe_id().unwrap().map(StaffId)))
            .collect()
    }
}
