//! Several servers on one PostgreSQL: a database that breaks, and news that one server's people hear of what another
//! took in. Those that are killed are in [`crate::server_kills`].

mod faults;

use crate::cluster::{Cluster, name_of};
use crate::server::{CANARY, Station, TestPhone};
use handoff::domain::ids::Hash;
use handoff::domain::stage::MeetPlace;
use handoff::domain::wire::{Meet, ReceiptBody};
use handoff::seal::SealedEntry;
use handoff_server::cases::{self, NewAcceptance};
use handoff_server::log::{self, LogQuery};
use handoff_server::store::staff_list;
use handoff_server::{Change, Config, Server, Wake};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

const PHONES: usize = 8;
const EACH: usize = 30;
/// A phone waits this long before it offers again.
const PAUSE: Duration = Duration::from_millis(20);
/// Nobody waits so long for news that come; whoever does, hears none. Where a mistake is planted that keeps
/// them from coming, a shorter time is told.
fn never() -> Duration {
    let told = std::env::var("HANDOFF_TEST_PATIENCE_S").ok();
    Duration::from_secs(told.map_or(60, |seconds| seconds.parse().unwrap()))
}

fn server(data: &Path, database: &str) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_handoff")).with_file_name("handoff-server");
    assert!(program.exists(), "the server's program is not built: `make test` builds it");
    let mut command = Command::new(program);
    command.arg("--data").arg(data).env("DATABASE_URL", database).env("HANDOFF_LOG", "error");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Phones with what they have recorded, and what they were told of it.
struct Load {
    station: Station,
    calls: JoinSet<BTreeMap<Hash, ReceiptBody>>,
    /// Receipts so far, over all phones.
    receipts: Arc<watch::Sender<usize>>,
    /// Offers that had to be repeated.
    again: Arc<AtomicUsize>,
    recorded: BTreeSet<Hash>,
}

impl Load {
    /// Each phone offers its entries in order, at one server and then at the next, until it has the receipt.
    async fn start(station: Station, servers: &[String]) -> Self {
        let mut load = Self {
            station,
            calls: JoinSet::new(),
            receipts: Arc::default(),
            again: Arc::default(),
            recorded: BTreeSet::new(),
        };
        let decision = load.station.phone().await.accepted_offer();
        for n in 0..PHONES {
            let mut phone = load.station.phone().await;
            let entries: Vec<SealedEntry> = (0..EACH).map(|_| phone.record(&decision).1).collect();
            load.recorded.extend(entries.iter().map(|entry| entry.hash));
            let servers: Vec<String> = servers.iter().cycle().skip(n).take(servers.len()).cloned().collect();
            let counts = (Arc::clone(&load.receipts), Arc::clone(&load.again));
            load.calls.spawn(deliver(phone, entries, servers, counts));
        }
        load
    }

    /// Returns when so many receipts were given in all.
    async fn receipts(&self, many: usize) {
        self.receipts.subscribe().wait_for(|given| *given >= many).await.unwrap();
    }

    /// Waits for every receipt, and compares what phones were told with what is stored.
    async fn settle(mut self) -> Station {
        let mut told = BTreeMap::new();
        while let Some(done) = self.calls.join_next().await {
            told.extend(done.unwrap());
        }
        assert_eq!(told.keys().copied().collect::<BTreeSet<_>>(), self.recorded, "each entry has its receipt");
        let places: BTreeSet<_> = told.values().map(|receipt| (receipt.epoch, receipt.position)).collect();
        assert_eq!(places.len(), told.len(), "no two entries stand at one place");
        let app = self.station.server.app();
        let sergeant = app.store().read(staff_list).await.unwrap().into_iter().find(|p| p.login == "hughes").unwrap();
        let page = log::page(app, &sergeant, LogQuery { most: 10_000, ..LogQuery::default() }).await.unwrap();
        let stored: Vec<Hash> = page.rows.iter().map(|found| found.entry).collect();
        assert_eq!(stored.iter().copied().collect::<BTreeSet<_>>(), self.recorded, "0 lost");
        assert_eq!(stored.len(), self.recorded.len(), "0 doubled");
        assert!(page.rows.iter().all(|found| found.row.flags.list().is_empty()), "every chain is whole and in order");
        assert_eq!(cases::waiting(app).await.unwrap(), self.recorded.len(), "each accepted offer is one case");
        println!("{} entries, {} offered again", stored.len(), self.again.load(Ordering::SeqCst));
        self.station
    }
}

async fn deliver(
    phone: TestPhone,
    entries: Vec<SealedEntry>,
    servers: Vec<String>,
    (receipts, again): (Arc<watch::Sender<usize>>, Arc<AtomicUsize>),
) -> BTreeMap<Hash, ReceiptBody> {
    let mut told = BTreeMap::new();
    let mut at = servers.iter().cycle();
    for entry in entries {
        let receipt = loop {
            match phone.offer(at.next().unwrap(), &entry).await {
                Some(receipt) => break receipt,
                None => {
                    again.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(PAUSE).await;
                }
            }
        };
        told.insert(entry.hash, receipt);
        receipts.send_modify(|given| *given += 1);
    }
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_breaks_off_and_comes_back_under_load_keeps_what_was_acknowledged() {
    let cluster = Arc::new(Cluster::start());
    let database = cluster.database();
    let station = Station::sharing(&database, None).await;
    let servers = [station.url("")];
    let load = Load::start(station, &servers).await;
    for quarter in 1..4 {
        load.receipts(PHONES * EACH / 4 * quarter).await;
        let cluster = Arc::clone(&cluster);
        tokio::task::spawn_blocking(move || cluster.restart("immediate")).await.unwrap();
    }
    load.settle().await;
}

/// Waits until one of these changes is told.
async fn hears(changes: &mut tokio::sync::broadcast::Receiver<Change>, wanted: impl Fn(&Change) -> bool) {
    let heard = async {
        loop {
            if wanted(&changes.recv().await.unwrap()) {
                return;
            }
        }
    };
    tokio::time::timeout(never(), heard).await.expect("the other server's news did not come");
}

async fn news_reach_the_other_server(wake: Wake, lose_words: bool) {
    let cluster = Cluster::shared();
    let database = cluster.database();
    let one = Station::sharing(&database, None).await;
    let other = Station::sharing(&database, Some((&one, wake))).await;
    let mut changes = other.server.app().changes();
    if lose_words {
        let end =
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname =";
        cluster.sql("postgres", &format!("{end} '{}'", name_of(&database)));
    }
    let mut phone = one.phone().await;
    let (referral, entry) = phone.record(&phone.accepted_offer());
    let position = phone.deliver(&entry).await.position;
    let device = phone.enrolled.device;
    hears(&mut changes, |change| *change == Change::Referral { referral, device }).await;
    assert!(position > 0);
    let inbox = cases::waiting(other.server.app()).await.unwrap();
    assert_eq!(inbox, 1, "and the other server shows it");
}

#[tokio::test]
async fn news_of_one_server_reach_the_people_of_the_other() {
    news_reach_the_other_server(Wake::ByWord, false).await;
}

#[tokio::test]
async fn news_reach_the_other_server_when_no_word_comes_or_its_connection_is_lost() {
    tokio::join!(news_reach_the_other_server(Wake::ByLook, false), news_reach_the_other_server(Wake::ByWord, true));
}

#[tokio::test]
async fn a_server_with_other_keys_is_refused_in_a_sentence_and_changes_nothing() {
    let database = Cluster::shared().database();
    let station = Station::sharing(&database, None).await;
    let url = || Some(handoff_server::store::DatabaseUrl::parse(&database).unwrap());
    let start = async |dir: &Path| {
        let config = Config { database_url: url(), ..Config::local(dir).on_free_port() };
        Server::start(config).await.unwrap_err().to_string()
    };
    let (bare, strange) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let missing = start(bare.path()).await;
    assert!(missing.contains("is missing") && missing.contains("put it back"), "{missing}");
    let own = Config::local(strange.path()).on_free_port();
    Server::start(own).await.unwrap().stop().await;
    let other = start(strange.path()).await;
    assert!(other.contains("copy the keys folder"), "{other}");
    let phone = station.phone().await;
    assert_eq!(phone.feed("after=0").await.status(), 200);
}

#[test]
fn an_address_that_cannot_be_used_is_told_without_the_password() {
    let dir = tempfile::tempdir().unwrap();
    for (url, code, word) in [
        ("mysql://handoff:s3cret@127.0.0.1/db", 2, "postgres://USER"),
        ("postgres://handoff:s3cret@127.0.0.1:1/db", 1, "out of reach"),
        ("postgres://handoff:s3cret@127.0.0.1:1/db?sslmode=no", 2, "sslmode"),
    ] {
        let output = server(dir.path(), url).arg("events").output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(word) && !said.contains("s3cret"), "{said}");
    }
}

#[tokio::test]
async fn no_name_of_an_entry_stands_in_clear_in_the_shared_database() {
    let cluster = Cluster::shared();
    let database = cluster.database();
    let station = Station::sharing(&database, None).await;
    let mut phone = station.phone().await;
    let (referral, entry) = phone.record(&phone.accepted_offer());
    phone.deliver(&entry).await;
    let app = station.server.app();
    let (staff, meet) = (station.staff("okafor"), Meet { at: app.now(), place: MeetPlace::Scene });
    let new = NewAcceptance { referral, staff, meet, note: format!("tell {CANARY}") };
    cases::accept(app, new).await.unwrap();
    let dump = cluster.dump(name_of(&database));
    let hex: String = CANARY.bytes().map(|byte| format!("{byte:02x}")).collect();
    let named: Vec<&str> = dump.lines().filter(|line| line.contains(CANARY) || line.contains(&hex)).collect();
    assert_eq!(named.len(), 1, "what a case manager types is in a column of its own: {named:?}");
    assert!(named[0].starts_with("INSERT INTO public.case_acts "), "{named:?}");
}
