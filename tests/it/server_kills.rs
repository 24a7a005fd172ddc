//! The server's program killed again and again under load by a signal that it cannot catch, and started again each
//! time: alone on its own database, and two beside each other on one PostgreSQL. Phones go on as if nothing had been.

use crate::cluster::Cluster;
use crate::phone::Officer;
use crate::power::server_program;
use crate::server::{Station, TestPhone, copy_keys};
use handoff::domain::ids::{Hash, ReferralId};
use handoff::domain::wire::ReceiptBody;
use handoff::seal::SealedEntry;
use handoff::sync::RecordState;
use handoff_server::ledger::command::verify_export;
use handoff_server::store::{DatabaseUrl, Db};
use handoff_server::{Config, Server};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;

const KILLS: usize = 20;
/// Every so many kills one comes while the server is still starting.
const AT_START: usize = 5;
/// Phones as far as the wire can tell, and officers' real ones.
const PHONES: usize = 5;
const OFFICERS: usize = 3;
/// A phone waits this long before it offers again.
const PAUSE: Duration = Duration::from_millis(5);

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Where an entry stands in the log: its epoch, and its position in it.
type Place = (u64, u64);

/// The program, with its data in one folder and always at one address.
struct Program {
    data: PathBuf,
    at: SocketAddr,
    /// The PostgreSQL that it shares, where it does.
    database: Option<String>,
}

impl Program {
    fn command(&self) -> Command {
        let mut command = server_program();
        command.arg("--data").arg(&self.data).env("HANDOFF_LOG", "error").env_remove("DATABASE_URL");
        self.database.as_ref().map(|url| command.env("DATABASE_URL", url));
        command
    }

    fn start(&self) -> Child {
        let mut command = self.command();
        command.args(["--listen", &self.at.to_string(), "serve"]).stdout(Stdio::piped()).spawn().unwrap()
    }

    /// Starts it, and returns when it serves.
    fn serving(&self) -> Child {
        let mut child = self.start();
        let line = BufReader::new(child.stdout.take().unwrap()).lines().next().expect("it starts again").unwrap();
        assert!(line.starts_with("Serving at "), "{line}");
        child
    }

    /// What a command of it prints.
    fn says(&self, args: &[&str]) -> String {
        let output = self.command().args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn url(&self) -> String {
        format!("http://{}", self.at)
    }

    /// Each entry that it holds, with its place; and how many cases there are.
    async fn stored(&self) -> (Vec<(Hash, Place)>, u64) {
        let database_url = self.database.as_ref().map(|url| DatabaseUrl::parse(url).unwrap());
        let config = Config { database_url, ..Config::local(&self.data).on_free_port() };
        let server = Server::start(config).await.unwrap();
        let read = |db: &mut dyn Db| {
            let mut found = Vec::new();
            for mut row in db.rows("SELECT hash, epoch, leaf FROM entries", &[])? {
                found.push((row.hash()?, (row.count()?, row.count()?)));
            }
            Ok((found, db.rows("SELECT count(*) FROM cases", &[])?.remove(0).count()?))
        };
        let found = server.app().store().read(read).await.unwrap();
        server.stop().await;
        found
    }
}

/// Everyone who delivers, until they are asked to stop.
#[derive(Clone, Default)]
struct Load {
    stop: Arc<AtomicBool>,
    /// Receipts so far, over all phones.
    receipts: Arc<watch::Sender<usize>>,
    /// Calls that had to be made again.
    again: Arc<AtomicUsize>,
}

impl Load {
    fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::SeqCst)
    }

    /// Returns when so many more receipts were given.
    async fn receipts(&self, more: usize) {
        let wanted = *self.receipts.borrow() + more;
        self.receipts.subscribe().wait_for(|given| *given >= wanted).await.unwrap();
    }

    /// Records and delivers one after the other, at one server and then at the next. What was recorded, and the
    /// receipt that each got.
    async fn phone(self, mut phone: TestPhone, servers: Vec<String>) -> (TestPhone, Vec<(SealedEntry, ReceiptBody)>) {
        let (decision, mut done, mut at) = (phone.accepted_offer(), Vec::new(), servers.iter().cycle());
        while self.goes_on() {
            let entry = phone.record(&decision).1;
            let receipt = loop {
                match phone.offer(at.next().unwrap(), &entry).await {
                    Some(receipt) => break receipt,
                    None => drop(self.again.fetch_add(1, Ordering::SeqCst)),
                }
                tokio::time::sleep(PAUSE).await;
            };
            done.push((entry, receipt));
            self.receipts.send_modify(|given| *given += 1);
        }
        (phone, done)
    }

    /// The same with the phone's own core and files.
    async fn officer(self, officer: Officer) -> (Officer, BTreeSet<ReferralId>) {
        let mut saved = BTreeSet::new();
        while self.goes_on() {
            saved.insert(officer.accept());
            while officer.phone.waiting().unwrap() > 0 {
                let report = officer.phone.sync_once().await.unwrap();
                assert_eq!(report.refused, 0);
                self.receipts.send_modify(|given| *given += report.receipted);
                if report.waiting > 0 {
                    self.again.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        (officer, saved)
    }
}

/// Kills a program at each seeded moment, and starts it again. Returns the programs that serve in the end, and
/// the checkpoints that the dead ones had signed.
async fn storm(programs: &[Program], load: &Load) -> (Vec<Child>, BTreeSet<String>) {
    let (mut dice, mut notes, mut moments) = (Dice(crate::round::seed()), BTreeSet::new(), Vec::new());
    let began = Instant::now();
    let mut servers: Vec<Child> = programs.iter().map(Program::serving).collect();
    let start = began.elapsed() / u32::try_from(programs.len()).unwrap();
    for kill in 1..=KILLS {
        let which = usize::try_from(dice.below(programs.len().try_into().unwrap())).unwrap();
        let (program, server) = (&programs[which], &mut servers[which]);
        // What the dice say is not waited for: it is when the signal comes.
        if kill % AT_START == 0 {
            end(server);
            *server = program.start();
            let moment = start * u32::try_from(dice.below(1000)).unwrap() / 1000;
            tokio::time::sleep(moment).await;
            moments.push(format!("{which}: {:.1} ms into a start", moment.as_secs_f64() * 1e3));
        } else {
            let (receipts, moment) = (1 + dice.below(30), Duration::from_micros(dice.below(20_000)));
            load.receipts(usize::try_from(receipts).unwrap()).await;
            tokio::time::sleep(moment).await;
            moments.push(format!("{which}: {:.1} ms after {receipts} receipts", moment.as_secs_f64() * 1e3));
        }
        end(server);
        notes.extend(std::fs::read_to_string(program.data.join("checkpoint")));
        *server = program.serving();
    }
    load.receipts(10).await;
    load.stop.store(true, Ordering::SeqCst);
    println!("seed {}, kills: {}", crate::round::seed(), moments.join(", "));
    (servers, notes)
}

fn end(server: &mut Child) {
    server.kill().unwrap();
    server.wait().unwrap();
}

/// Each entry that a phone holds, with the place that its receipt names.
fn receipted(officer: &Officer) -> Vec<(Hash, Place)> {
    let outbox = rusqlite::Connection::open(officer.dir.path().join("outbox.db")).unwrap();
    let mut query = outbox.prepare("SELECT hash, epoch, position FROM entries").unwrap();
    let number = |row: &rusqlite::Row<'_>, at| Ok::<_, rusqlite::Error>(row.get::<_, i64>(at)?.cast_unsigned());
    let row = |row: &rusqlite::Row<'_>| Ok((Hash(row.get(0)?), (number(row, 1)?, number(row, 2)?)));
    query.query_map([], row).unwrap().collect::<Result<_, _>>().unwrap()
}

/// Exports the log with the program, and verifies the export against every checkpoint that was known before.
fn verified(program: &Program, notes: &BTreeSet<String>) {
    let folder = tempfile::tempdir().unwrap();
    let (export, known) = (folder.path().join("export"), folder.path().join("known"));
    program.says(&["export", export.to_str().unwrap()]);
    let key = program.says(&["key"]);
    for note in notes {
        std::fs::write(&known, note).unwrap();
        let report = verify_export(&export, key.trim(), Some(&known)).unwrap();
        assert!(report.is_good(), "{report}");
    }
    let paths = [export, known].map(|path| path.to_str().unwrap().to_owned());
    program.says(&["verify", &paths[0], "--key", key.trim(), "--known", &paths[1]]);
}

/// What every phone and every officer was told of what they recorded, by the time that nothing of it waits. Each
/// receipt still holds, at every server.
async fn told(mut phones: Phones, mut officers: Officers, servers: &[String]) -> BTreeMap<Hash, Place> {
    let mut told = BTreeMap::new();
    while let Some(done) = phones.join_next().await {
        let (phone, done) = done.unwrap();
        for ((entry, receipt), at) in done.into_iter().zip(servers.iter().cycle()) {
            let again = phone.offer(at, &entry).await.unwrap();
            assert_eq!((again.epoch, again.position), (receipt.epoch, receipt.position), "every receipt still holds");
            told.insert(entry.hash, (receipt.epoch, receipt.position));
        }
    }
    while let Some(done) = officers.join_next().await {
        let (officer, saved) = done.unwrap();
        let received = |state: &RecordState| matches!(state, RecordState::Received { .. });
        let records = officer.phone.all_records().unwrap();
        assert_eq!(records.iter().map(|row| row.referral).collect::<BTreeSet<_>>(), saved);
        assert!(records.iter().all(|row| received(&row.state)), "what was saved has arrived");
        assert_eq!(officer.phone.alarms().unwrap(), [], "and the log that it saw only grew");
        told.extend(receipted(&officer));
    }
    told
}

type Phones = JoinSet<(TestPhone, Vec<(SealedEntry, ReceiptBody)>)>;
type Officers = JoinSet<(Officer, BTreeSet<ReferralId>)>;

/// Kills the station's server again and again, or one of two that share its database, and holds what is stored
/// against what everyone was told.
async fn killed_again_and_again(station: Station, database: Option<String>) {
    let load = Load::default();
    let (mut phones, mut officers) = (Phones::new(), Officers::new());
    let (mut ready, mut on_shift) = (Vec::new(), Vec::new());
    for _ in 0..PHONES {
        ready.push(station.phone().await);
    }
    for _ in 0..OFFICERS {
        on_shift.push(Officer::enrolled(&station).await);
    }
    let beside = tempfile::tempdir().unwrap();
    copy_keys(station.dir.path(), beside.path());
    let program =
        |data: &tempfile::TempDir, at| Program { data: data.path().to_owned(), at, database: database.clone() };
    let mut programs = vec![program(&station.dir, station.server.addr)];
    if database.is_some() {
        programs.push(program(&beside, free_address()));
    }
    let Station { server, dir: _dir, .. } = station;
    server.stop().await;
    let early = programs[0].says(&["checkpoint"]);
    let urls: Vec<String> = programs.iter().map(Program::url).collect();
    for (n, phone) in ready.into_iter().enumerate() {
        let servers: Vec<String> = urls.iter().cycle().skip(n).take(urls.len()).cloned().collect();
        phones.spawn(load.clone().phone(phone, servers));
    }
    on_shift.into_iter().for_each(|officer| drop(officers.spawn(load.clone().officer(officer))));

    let (mut servers, mut notes) = storm(&programs, &load).await;
    notes.insert(early);
    let told = told(phones, officers, &urls).await;
    servers.iter_mut().for_each(end);
    let (held, cases) = programs[0].stored().await;
    assert_eq!(held.len(), told.len(), "0 lost, 0 doubled");
    assert_eq!(held.into_iter().collect::<BTreeMap<_, _>>(), told, "each at the place that its receipt names");
    assert_eq!(told.values().collect::<BTreeSet<_>>().len(), told.len(), "no two at one place");
    assert!(told.values().all(|(epoch, _)| *epoch == 1), "no epoch was opened for it");
    assert_eq!(usize::try_from(cases).unwrap(), told.len(), "each accepted offer is one case");
    verified(&programs[0], &notes);
    let again = load.again.load(Ordering::SeqCst);
    println!("kills of {} servers: {KILLS}, entries: {}, calls made again: {again}", programs.len(), told.len());
    assert!(again > 0 && notes.len() > KILLS / 2, "{again} again, {} checkpoints", notes.len());
}

/// An address that nobody has at this moment.
fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_again_and_again_under_load_keeps_every_receipt_it_gave_and_doubles_nothing() {
    killed_again_and_again(Station::start().await, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_servers_on_one_database_killed_again_and_again_nothing_is_lost_or_doubled() {
    let database = Cluster::shared().database();
    killed_again_and_again(Station::sharing(&database, None).await, Some(database)).await;
}
