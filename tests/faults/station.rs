//! The server, without a port: its real router over its real store, in a folder that survives kills.

use crate::disk::{Disk, OnDisk};
use crate::files::{Image, Scratch, copy_folder};
use crate::time::{Time, millis};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use chrono::TimeDelta;
use handoff::domain::codes::Verdict;
use handoff::domain::entry::EntryKind;
use handoff::domain::ids::{DeviceId, Hash, ReferralId, StaffId};
use handoff::domain::stage::Stage;
use handoff_server::flags::Flags;
use handoff_server::ledger::record::Place;
use handoff_server::restore::restore;
use handoff_server::store::{Db, Engine as _, Row, Session, StoreError, Value, ledger};
use handoff_server::{App, Clock, Config, demo, routes};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
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
    pub hash: Hash,
    pub chain: Vec<u8>,
    pub seq: i64,
    pub referral: ReferralId,
    pub device: DeviceId,
    pub officer: StaffId,
    /// Its place in the ledger: epoch and position.
    pub place: (u64, u64),
    /// As what it is filed.
    pub kind: Option<EntryKind>,
    /// The verdict that is filed with it.
    pub verdict: Option<Verdict>,
    /// The decision that it amends.
    pub amends: Option<Hash>,
}

/// A case as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub by: Option<StaffId>,
    pub withdrawn: bool,
    /// Of the offer that opened it.
    pub device: DeviceId,
    pub officer: StaffId,
}

impl Case {
    /// Whether it is this case manager's.
    pub fn is_with(&self, who: StaffId) -> bool {
        self.by == Some(who) && !self.withdrawn
    }

    /// Whether it waits for someone.
    pub const fn waits(&self) -> bool {
        self.by.is_none() && !self.withdrawn
    }
}

/// What the server made of the entries of one encounter.
#[derive(Default)]
pub struct Filed {
    /// Each decision's entry, its verdict and its marks.
    pub decisions: Vec<(Hash, Verdict, Flags)>,
    pub case: Option<Case>,
}

pub struct Station {
    runtime: tokio::runtime::Runtime,
    root: PathBuf,
    life: u32,
    starts: u32,
    running: Option<(App, Router)>,
    /// The lab's own look at the database, whatever is wrong with the disk for others.
    reader: RefCell<Option<Box<dyn Session>>>,
    time: Arc<Time>,
    ahead_ms: Arc<AtomicI64>,
    pub disk: Arc<Disk>,
    /// Why it did not start.
    pub why: String,
}

/// The folder of a server that was set up, as each world begins with it: made once, by the server itself.
static SET_UP: LazyLock<Image> = LazyLock::new(|| {
    let scratch = Scratch::new("set-up");
    let mut station = Station::empty(scratch.path(), Arc::default());
    station.start();
    station.runtime.block_on(demo::prepare(station.app())).unwrap();
    station.stop();
    Image::of(&station.folder())
});

impl Station {
    /// What every world begins with is there: before any world, since none of it comes from a seed.
    pub fn set_up() {
        LazyLock::force(&SET_UP);
    }

    pub fn new(root: &Path, time: Arc<Time>) -> Self {
        let mut station = Self::empty(root, time);
        SET_UP.put(&station.folder());
        station.start();
        station
    }

    fn empty(root: &Path, time: Arc<Time>) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (ahead_ms, disk) = (Arc::default(), Arc::default());
        let (root, reader, why) = (root.to_owned(), RefCell::default(), String::new());
        Self { runtime, root, life: 0, starts: 0, running: None, reader, time, ahead_ms, disk, why }
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
        self.disk.close();
        let disk = Arc::clone(&self.disk);
        let mut own = None;
        let opened = App::open_on(config, |sqlite| OnDisk(own.insert(sqlite).clone(), disk))
            .and_then(|app| self.runtime.block_on(app.begin_serving()).map(|()| app));
        match opened {
            Ok(app) => {
                self.starts += 1;
                self.running = Some((app.clone(), routes::router(app)));
                self.reader = RefCell::new(own.map(|own| own.reader().expect("the lab reads")));
            }
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
        self.stop();
        drop(std::fs::remove_dir_all(from));
    }

    /// The process ends as it should.
    pub fn stop(&mut self) {
        self.reader.take();
        self.running = None;
        self.disk.close();
    }

    /// An older copy is put in the place of its database while it does not run.
    pub fn restore(&mut self, file: &Path) -> bool {
        self.stop();
        let time = Arc::clone(&self.time);
        let clock = Clock::of(move || time.wall());
        restore(&Config { clock, ..Config::local(self.folder()) }, file).is_ok()
    }

    /// Its clock jumps.
    pub fn set_ahead(&self, by: TimeDelta) {
        self.ahead_ms.store(by.num_milliseconds(), Ordering::Relaxed);
    }

    /// What it has written: since which start, and how often. A commit that nobody was told of counts with the next.
    pub fn writes(&self) -> (u32, usize) {
        (self.starts, self.app().store().commits())
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

    fn read<T>(&self, read: impl FnOnce(&mut dyn Db) -> Result<T, StoreError>) -> T {
        let mut reader = self.reader.borrow_mut();
        read(reader.as_mut().expect("the server runs").db()).expect("the lab reads")
    }

    /// Entries behind a position of the log.
    pub fn entries_after(&self, position: i64) -> Vec<Logged> {
        const SQL: &str = "SELECT e.position, e.hash, e.chain, e.seq, e.referral, e.device, e.officer, e.epoch, e.leaf,
                a.kind, coalesce(d.verdict, a.verdict), a.amends, d.position
            FROM entries e LEFT JOIN decisions d ON d.position = e.position
                LEFT JOIN afterwards a ON a.position = e.position
            WHERE e.position > :after ORDER BY e.position";
        let logged = |mut row: Row| {
            let mut entry = Logged {
                position: row.int()?,
                hash: row.hash()?,
                chain: row.blob()?,
                seq: row.int()?,
                referral: ReferralId(row.id()?),
                device: DeviceId(row.id()?),
                officer: StaffId(row.id()?),
                place: (row.count()?, row.count()?),
                kind: row.maybe_code(EntryKind::from_code)?,
                verdict: row.maybe_code(Verdict::from_code)?,
                amends: row.maybe_hash()?,
            };
            if row.maybe_int()?.is_some() {
                // Filed as both, it is filed as neither.
                entry.kind = entry.kind.is_none().then_some(EntryKind::Decision);
            }
            Ok(entry)
        };
        self.read(|db| db.rows(SQL, &[(":after", Value::Int(position))])?.into_iter().map(logged).collect())
    }

    /// Every entry's hash.
    pub fn hashes(&self) -> BTreeSet<Hash> {
        self.read(|db| db.rows("SELECT hash FROM entries", &[])?.into_iter().map(|mut row| row.hash()).collect())
    }

    /// What became of these encounters.
    pub fn filed(&self, referrals: BTreeSet<ReferralId>) -> Vec<(ReferralId, Filed)> {
        self.read(|db| referrals.iter().map(|id| Ok((*id, filed(db, *id)?))).collect())
    }

    /// An encounter's case.
    pub fn case(&self, referral: ReferralId) -> Option<Case> {
        self.read(|db| case(db, referral))
    }

    /// The ledger's leaves behind one of them: its number, its log's origin, its place there, its commitment.
    pub fn leaves_after(&self, n: u64) -> Vec<(u64, String, Place, Hash)> {
        self.read(|db| {
            let epochs = ledger::epochs(db)?;
            let rows = db.rows("SELECT n, commitment FROM leaves WHERE n > :n ORDER BY n", &[(":n", n.into())])?;
            let leaf = |mut row: Row| {
                let (n, commitment) = (row.count()?, row.hash()?);
                let epoch = epochs.iter().rev().find(|epoch| epoch.first < n && epoch.size > 0);
                let epoch = epoch.ok_or(StoreError::Shape("a leaf of no epoch"))?;
                let place = Place { epoch: epoch.epoch, position: n - epoch.first };
                Ok((n, epoch.origin.clone(), place, commitment))
            };
            rows.into_iter().map(leaf).collect()
        })
    }
}

fn filed(db: &mut dyn Db, referral: ReferralId) -> Result<Filed, StoreError> {
    const SQL: &str = "SELECT e.hash, d.verdict, d.flags FROM decisions d JOIN entries e ON e.position = d.position
        WHERE d.referral = :referral";
    let read = |mut row: Row| Ok((row.hash()?, row.code(Verdict::from_code)?, Flags::from_bits(row.int()?)));
    let decisions = db.rows(SQL, &[(":referral", referral.into())])?.into_iter().map(read);
    Ok(Filed { decisions: decisions.collect::<Result<_, StoreError>>()?, case: case(db, referral)? })
}

fn case(db: &mut dyn Db, referral: ReferralId) -> Result<Option<Case>, StoreError> {
    const SQL: &str = "SELECT c.accepted_by, c.stage, c.device, e.officer FROM cases c
        JOIN entries e ON e.position = c.position WHERE c.referral = :referral";
    let read = |mut row: Row| {
        Ok(Case {
            by: row.maybe_id()?.map(StaffId),
            withdrawn: row.code(Stage::from_code)? == Stage::Withdrawn,
            device: DeviceId(row.id()?),
            officer: StaffId(row.id()?),
        })
    };
    db.first(SQL, &[(":referral", referral.into())])?.map(read).transpose()
}
