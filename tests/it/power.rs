//! Power cuts. The real programs run under strace; the files are rebuilt as the drive may hold them at any
//! moment, and opened again. What was acknowledged by then must be there, and nothing may be half there.
//!
//! A kill cannot show a missing flush, since the system keeps what a dead program wrote. Here the drive
//! forgets, and the last test shows that it does: without the flush of each commit, records are lost.

mod drive;
pub mod strace;
mod updates;

use crate::cli::{Device, accepted_offer};
use crate::server::Station;
use chrono::Utc;
use drive::{Dice, Drive, Survivors};
use handoff::domain::entry::{Header, entry_hash};
use handoff::domain::ids::ChainId;
use handoff::platform::clock::SystemClock;
use handoff::store::Outbox;
use handoff::sync::Phone;
use handoff_server::{Config, Server};
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use strace::Act;

/// What was acknowledged up to a moment.
#[derive(Debug, Clone, Default)]
pub struct Told {
    pub enrolled: bool,
    pub entries: BTreeSet<String>,
}

/// A folder of scratch files, in memory where there is such a place: a flush costs nothing there.
pub fn scratch() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// Every moment at which something could be lost, with each of the survivors; equal images are looked at
/// once. `look` gets the folder as it is after the cut, and what had been told by then.
struct Cuts<'a> {
    /// The folder that was recorded, and everything in it before the recording.
    root: &'a Path,
    drive: Drive,
    acts: &'a [Act],
}

/// How many power cuts there were, and what they lost.
#[derive(Debug, Default)]
struct Outcome {
    cuts: usize,
    lost: Vec<String>,
}

impl Cuts<'_> {
    fn all(self, hear: impl FnMut(&[u8], &mut Told), look: impl FnMut(&Path, &Told) -> Result<(), String>) -> Outcome {
        self.until(hear, look, |_| false)
    }

    /// The same, until something that was lost is what a test waits for.
    fn until(
        mut self,
        mut hear: impl FnMut(&[u8], &mut Told),
        mut look: impl FnMut(&Path, &Told) -> Result<(), String>,
        seen_enough: impl Fn(&str) -> bool,
    ) -> Outcome {
        let (mut told, mut dice, mut seen) = (Told::default(), Dice(crate::round::seed()), BTreeSet::new());
        let mut outcome = Outcome::default();
        for (at, act) in self.acts.iter().enumerate() {
            if let Act::Said(words) = act {
                hear(words, &mut told);
            }
            self.drive.act(act);
            for survivors in Survivors::ALL {
                let image = self.drive.cut(survivors, &mut dice);
                let mut hasher = DefaultHasher::new();
                (&image, told.enrolled, told.entries.len()).hash(&mut hasher);
                if !seen.insert(hasher.finish()) {
                    continue;
                }
                let folder = scratch();
                drive::write(&image, self.root, folder.path());
                outcome.cuts += 1;
                if let Err(why) = look(folder.path(), &told) {
                    let enough = seen_enough(&why);
                    outcome.lost.push(format!("after act {at} ({}), {survivors:?}: {why}", brief(act)));
                    if enough {
                        return outcome;
                    }
                }
            }
        }
        outcome
    }
}

fn brief(act: &Act) -> String {
    match act {
        Act::Write(path, at, bytes) => format!("write {} bytes at {at} of {}", bytes.len(), path.display()),
        Act::Said(words) => format!("said {:?}", String::from_utf8_lossy(&words[..words.len().min(60)])),
        Act::Make(_) | Act::Folder(_) | Act::Cut(..) | Act::Flush(_) | Act::Rename(..) | Act::Remove(_) => {
            format!("{act:?}")
        }
    }
}

/// Runs commands of the phone under strace, one after the other.
struct Recorded<'a> {
    device: &'a Device,
    planted: Option<&'static str>,
    acts: Vec<Act>,
}

impl Recorded<'_> {
    fn run(&mut self, args: &[&str]) -> String {
        let mut command = self.device.command(args);
        self.planted.map(|bug| command.env("HANDOFF_PLANTED", bug));
        let (acts, output) = strace::run(&command, self.device.data().parent().unwrap());
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        self.acts.extend(acts);
        String::from_utf8(output.stdout).unwrap()
    }
}

/// What the phone's programs say.
pub fn hear(words: &[u8], told: &mut Told) {
    let words = String::from_utf8_lossy(words);
    told.enrolled |= words.starts_with("Enrolled with ");
    let hash = words.trim_end();
    if hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        told.entries.insert(hash.to_owned());
    }
}

/// Opens a phone's folder as its programs do, and proves what it holds.
pub fn look_at_phone(folder: &Path, told: &Told) -> Result<(), String> {
    let phone = Phone::open(folder, Arc::new(SystemClock)).map_err(|error| format!("does not open: {error}"))?;
    let aside = phone.unreadable_files();
    if !aside.is_empty() {
        return Err(format!("unreadable: {aside:?}"));
    }
    if told.enrolled && phone.enrolment().is_none() {
        return Err("the enrolment is lost".into());
    }
    phone.all_records().map_err(|error| format!("records: {error}"))?;
    drop(phone);
    let held = chain(folder)?;
    match told.entries.iter().find(|hash| !held.contains(*hash)) {
        Some(lost) => Err(format!("{lost} was acknowledged and is lost")),
        None => Ok(()),
    }
}

/// The hashes of every entry, after the proof that they are one chain and each is whole.
pub fn chain(folder: &Path) -> Result<BTreeSet<String>, String> {
    let begin = Box::new(|| Ok((ChainId(uuid::Uuid::nil()), Utc::now())));
    let (mut outbox, _) = Outbox::open(folder, begin).map_err(|error| error.to_string())?;
    let mut entries = outbox.entries().map_err(|error| error.to_string())?;
    entries.reverse();
    let seqs: Vec<u64> = entries.iter().map(|entry| entry.seq).collect();
    let sealed = outbox.sealed(&seqs).map_err(|error| error.to_string())?;
    let mut before = None;
    for (n, (entry, sealed)) in (1..).zip(entries.iter().zip(sealed)) {
        let header: Header = serde_json::from_slice(&sealed.header.0).map_err(|error| error.to_string())?;
        let hash = entry_hash(&sealed.header.0, &sealed.enc.0, &sealed.ciphertext.0);
        if (header.seq, header.prev, entry.seq, entry.hash) != (n, before, n, hash) {
            return Err(format!("entry {n} is not whole, or not tied to the one before"));
        }
        before = Some(hash);
    }
    Ok(entries.iter().map(|entry| entry.hash.to_string()).collect())
}

/// A phone's life, recorded: enrolled, records without and with a connection.
async fn life(station: &Station, planted: Option<&'static str>) -> (Device, Vec<Act>) {
    let device = Device::new();
    let code = station.server.app().enrolment_code(Some("reyes")).await.unwrap();
    let file = device.file("offer.json", &accepted_offer().to_string());
    let mut recorded = Recorded { device: &device, planted, acts: Vec::new() };
    recorded.run(&["enrol", &station.url(""), &code]);
    for _ in 0..2 {
        (0..3).for_each(|_| drop(recorded.run(&["record", &file])));
        assert_eq!(recorded.run(&["sync"]), "3 received, 0 refused, 0 waiting\n");
    }
    recorded.run(&["record", &file]);
    let acts = recorded.acts;
    (device, acts)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_that_loses_power_at_any_moment_keeps_what_it_said_is_saved() {
    let station = Station::start().await;
    let (device, acts) = life(&station, None).await;
    let data = device.data();
    let root = data.parent().unwrap();
    let mut nth = 0;
    let outcome = Cuts { root, drive: Drive::default(), acts: &acts }.all(hear, |folder, told| {
        let folder = folder.join("data");
        look_at_phone(&folder, told)?;
        nth += 1;
        // The real program goes on where a drive stopped, now and then: its start costs more than the rest.
        if nth % 60 == 0 && told.enrolled { go_on(&device, &folder) } else { Ok(()) }
    });
    println!("power cuts of the phone: {}, losses: {}", outcome.cuts, outcome.lost.len());
    assert!(outcome.lost.is_empty(), "{:#?}", outcome.lost);
    assert!(outcome.cuts >= 300, "only {} power cuts", outcome.cuts);
}

/// The real program, on what a power cut left: it says what it holds, and records one more.
fn go_on(device: &Device, folder: &Path) -> Result<(), String> {
    let file = device.file("next.json", &accepted_offer().to_string());
    let run = |args: &[&str]| {
        let output = device.command(args).env("HANDOFF_DATA", folder).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(output.stdout) } else { Err(format!("{args:?}: {said}")) }
    };
    run(&["status"])?;
    let mut told = Told::default();
    // Without the rules, which come by themselves with the next connection, it cannot record yet, and says so.
    match run(&["record", &file]) {
        Ok(words) => hear(&words, &mut told),
        Err(said) if said.contains("this device has no rules yet") => {}
        Err(said) => return Err(said),
    }
    look_at_phone(folder, &told)
}

/// Without a flush at each commit a kill loses nothing, and a power cut does: what is planted here must be seen.
#[cfg(feature = "lab")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_that_does_not_flush_its_commits_is_caught() {
    let station = Station::start().await;
    let (device, acts) = life(&station, Some("synchronous_normal")).await;
    let data = device.data();
    let cuts = Cuts { root: data.parent().unwrap(), drive: Drive::default(), acts: &acts };
    let look = |folder: &Path, told: &Told| look_at_phone(&folder.join("data"), told);
    let outcome = cuts.until(hear, look, |why| why.contains("was acknowledged and is lost"));
    println!("power cuts of a phone that does not flush, until a record is lost: {}", outcome.cuts);
    assert!(outcome.lost.iter().any(|lost| lost.contains("was acknowledged and is lost")));
}

/// The server's program, which cargo builds beside the phone's.
pub fn server_program() -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_handoff")).with_file_name("handoff-server");
    assert!(program.exists(), "cargo build --workspace makes {}", program.display());
    Command::new(program)
}

/// Starts a demo server with its data in that folder, and enrols a phone once it serves.
pub fn serving(command: &mut Command, data: &Path) -> (Child, Device) {
    let mut server = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut said = std::io::BufReader::new(server.stdout.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("Serving at ") {
        line.clear();
        assert!(std::io::BufRead::read_line(&mut said, &mut line).unwrap() > 0, "the server ended");
    }
    let demo: serde_json::Value = serde_json::from_slice(&std::fs::read(data.join("demo.json")).unwrap()).unwrap();
    let device = Device::new();
    device.done(&["enrol", demo["server"].as_str().unwrap(), demo["phone_code"].as_str().unwrap()]);
    (server, device)
}

/// A server's first hours, recorded: it starts on nothing, enrols a phone, and takes what the phone sends.
/// It ends with a signal that it cannot catch.
fn service(folder: &Path, planted: Option<&'static str>) -> Vec<Act> {
    let log = tempfile::NamedTempFile::new().unwrap();
    let data = folder.join("server");
    let mut command = server_program();
    command.args(["--listen", "127.0.0.1:0", "--data"]).arg(&data).arg("demo").env("HANDOFF_LOG", "off");
    planted.map(|bug| command.env("HANDOFF_PLANTED", bug));
    // With `-D` the child is the server and strace looks on, so the signal reaches the server.
    let mut traced = strace::traced(&command, log.path(), &["-D"]);
    let (mut server, device) = serving(&mut traced, &data);
    let file = device.file("offer.json", &accepted_offer().to_string());
    for batch in [1, 2, 3, 1, 4] {
        (0..batch).for_each(|_| drop(device.done(&["record", &file])));
        assert_eq!(device.done(&["sync"]), format!("{batch} received, 0 refused, 0 waiting\n"));
    }
    server.kill().unwrap();
    server.wait().unwrap();
    // The log is whole once it says how the server ended.
    while !std::fs::read(log.path()).unwrap().ends_with(b"+++ killed by SIGKILL +++\n") {
        std::thread::yield_now();
    }
    strace::read(log.path(), folder)
}

/// What the server says: receipts, each with the hash of its entry.
fn hear_receipts(words: &[u8], told: &mut Told) {
    let words = String::from_utf8_lossy(words);
    for receipt in words.split("\"entry\":\"").skip(1) {
        told.entries.insert(receipt[..64].to_owned());
    }
}

/// Starts a server on the folder, and proves what it holds.
pub async fn look_at_server(folder: &Path, told: &Told) -> Result<(), String> {
    let config = Config::local(folder.join("server")).on_free_port();
    let server = Server::start(config).await.map_err(|error| format!("does not start: {error}"))?;
    let held = server.app().store().read(|db| {
        let one = |db: &mut dyn handoff_server::store::Db, sql| db.rows(sql, &[])?.remove(0).count();
        let mut hashes = Vec::new();
        for mut row in db.rows("SELECT lower(hex(hash)) FROM entries ORDER BY position", &[])? {
            hashes.push(row.text()?);
        }
        let counts = [
            "SELECT coalesce(max(position), 0) FROM entries",
            "SELECT count(*) FROM cases",
            "SELECT count(*) FROM decisions",
            "SELECT count(*) FROM leaves WHERE kind = 'entry'",
        ];
        let counts = counts.into_iter().map(|sql| one(db, sql)).collect::<Result<Vec<_>, _>>()?;
        let leaves = one(db, "SELECT count(*) FROM leaves")?;
        Ok((hashes, counts, leaves == one(db, "SELECT size FROM ledger")?))
    });
    let held = held.await.map_err(|error| format!("does not read: {error}"));
    server.stop().await;
    let (hashes, counts, counted) = held?;
    if counts.iter().any(|count| usize::try_from(*count).ok() != Some(hashes.len())) || !counted {
        return Err(format!("half there: {} entries, {counts:?} positions, cases, decisions, leaves", hashes.len()));
    }
    match told.entries.iter().find(|hash| !hashes.contains(hash)) {
        Some(lost) => Err(format!("{lost} was receipted and is lost")),
        None => Ok(()),
    }
}

/// The real program reads and checks every page of what a power cut left.
fn back_up(folder: &Path) -> Result<(), String> {
    let mut command = server_program();
    let output = command.arg("--data").arg(folder.join("server")).arg("backup").arg(folder.join("copy")).output();
    let output = output.unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

fn cut_the_server(planted: Option<&'static str>, seen_enough: impl Fn(&str) -> bool) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let acts = service(folder.path(), planted);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut nth = 0;
    let cuts = Cuts { root: folder.path(), drive: Drive::default(), acts: &acts };
    let look = |folder: &Path, told: &Told| {
        runtime.block_on(look_at_server(folder, told))?;
        nth += 1;
        if nth % 50 == 0 { back_up(folder) } else { Ok(()) }
    };
    cuts.until(hear_receipts, look, seen_enough)
}

#[test]
fn a_server_that_loses_power_at_any_moment_keeps_what_it_gave_receipts_for() {
    let outcome = cut_the_server(None, |_| false);
    println!("power cuts of the server: {}, losses: {}", outcome.cuts, outcome.lost.len());
    assert!(outcome.lost.is_empty(), "{:#?}", outcome.lost);
    assert!(outcome.cuts >= 200, "only {} power cuts", outcome.cuts);
}

/// As of the phone: the gate sees a server whose commits are not flushed.
#[cfg(feature = "lab")]
#[test]
fn a_server_that_does_not_flush_its_commits_is_caught() {
    let outcome = cut_the_server(Some("synchronous_normal"), |why| why.contains("was receipted and is lost"));
    println!("power cuts of a server that does not flush, until a record is lost: {}", outcome.cuts);
    assert!(outcome.lost.iter().any(|lost| lost.contains("was receipted and is lost")));
}
