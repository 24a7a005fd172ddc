//! Bad disks. The real programs work while strace lets the n-th write or flush fail, for n = 1, 2, 3 … until
//! the work gets through untouched: once, and from then on for ever.
//!
//! After each: what was acknowledged is there, nothing is half there, the words are a sentence, and the next
//! run works.

use crate::cli::{Device, accepted_offer};
use crate::power::{self, Told, chain, hear, look_at_phone, look_at_server, scratch, server_program, strace};
use crate::server::Station;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The calls with which both stores write. Neither writes otherwise to what must last.
const CALLS: &str = "pwrite64,fsync,fdatasync,ftruncate";
const ERRORS: [&str; 2] = ["ENOSPC", "EIO"];
/// No work here makes so many writes; a count beyond it is a fault of the lab.
const MOST: u32 = 200;

/// A disk that fails at the n-th call, and if `stays` at all after it.
#[derive(Debug, Clone, Copy)]
struct Fault {
    error: &'static str,
    nth: u32,
    stays: bool,
}

impl Fault {
    fn args(self) -> [String; 4] {
        let Self { error, nth, stays } = self;
        let on = if stays { "+" } else { "" };
        let inject = format!("inject={CALLS}:error={error}:when={nth}{on}");
        ["-e".into(), format!("trace={CALLS}"), "-e".into(), inject]
    }

    /// Tries each n until the work was not touched. Returns how many faults were made.
    fn each(stays: bool, error: &'static str, mut work: impl FnMut(Self) -> bool) -> u32 {
        let untouched = (1..MOST).find(|nth| !work(Self { error, nth: *nth, stays }));
        untouched.expect("the work ends at some time") - 1
    }
}

/// Runs a command on a disk with that fault. The second value says whether it was met.
fn on_bad_disk(command: &Command, fault: Fault) -> (Output, bool) {
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut strace = Command::new("strace");
    strace.args(["-f", "--seccomp-bpf", "-qq", "-s", "0"]).args(fault.args()).arg("-o").arg(log.path());
    strace::like(&mut strace, command);
    let output = strace.output().unwrap();
    (output, std::fs::read_to_string(log.path()).unwrap().contains("(INJECTED)"))
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &to) } else { assert!(std::fs::copy(&path, to).is_ok()) }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_on_a_failing_disk_is_saved_whole_or_not_at_all() {
    let station = Station::start().await;
    let device = Device::enrolled(&station).await;
    let file = device.file("offer.json", &accepted_offer().to_string());
    let mut told = Told { enrolled: true, ..Told::default() };
    hear(device.done(&["record", &file]).as_bytes(), &mut told);
    let (mut faults, mut refused) = (0, 0);
    for (error, stays) in ERRORS.into_iter().flat_map(|error| [(error, false), (error, true)]) {
        faults += Fault::each(stays, error, |fault| {
            let folder = scratch();
            copy(&device.data(), folder.path());
            let record = |folder: &Path| {
                let mut command = device.command(&["record", &file]);
                command.env("HANDOFF_DATA", folder);
                command
            };
            let mut told = told.clone();
            let (output, met) = on_bad_disk(&record(folder.path()), fault);
            let words = String::from_utf8(output.stderr).unwrap();
            match output.status.code() {
                Some(0) => hear(&output.stdout, &mut told),
                code => {
                    refused += 1;
                    assert_eq!((code, &output.stdout[..]), (Some(1), &b""[..]), "{fault:?}: {words}");
                    let last = words.lines().last().unwrap_or_default();
                    assert!(last.starts_with("handoff: ") && last.len() > 20, "{fault:?}: {words}");
                }
            }
            let proven = look_at_phone(folder.path(), &told);
            proven.unwrap_or_else(|why| panic!("{fault:?}: {why}: {words}"));
            let held = chain(folder.path()).unwrap().len();
            assert!((1..=2).contains(&held), "{fault:?}: {held} entries");
            // The disk is well again: the next run works, and nothing is lost by it.
            let next = record(folder.path()).output().unwrap();
            assert!(next.status.success(), "{fault:?}: {}", String::from_utf8_lossy(&next.stderr));
            hear(&next.stdout, &mut told);
            look_at_phone(folder.path(), &told).unwrap_or_else(|why| panic!("after {fault:?}: {why}"));
            met
        });
    }
    println!("failing disks under a record: {faults}, refused in words: {refused}, violations: 0");
    assert!(faults >= 20 && refused > 0, "{faults} faults, {refused} refused");
}

/// A running server whose disk has that fault, for as long as this value lives.
struct Attached {
    strace: std::process::Child,
    log: tempfile::NamedTempFile,
}

impl Attached {
    fn to(server: u32, fault: Fault) -> Self {
        let log = tempfile::NamedTempFile::new().unwrap();
        let mut strace = Command::new("strace");
        strace.args(["-f", "-s", "0", "-p", &server.to_string()]).args(fault.args()).arg("-o").arg(log.path());
        let mut strace = strace.stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(strace.stderr.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("attached"), "{line}");
        Self { strace, log }
    }

    /// Takes the fault away. Whether it was met.
    fn end(mut self) -> bool {
        // Asked to end, it lets the server go on; killed, it would leave it stopped.
        let ask = format!("kill -INT {}", self.strace.id());
        assert!(Command::new("sh").args(["-c", &ask]).status().unwrap().success());
        self.strace.wait().unwrap();
        std::fs::read_to_string(self.log.path()).unwrap().contains("(INJECTED)")
    }
}

#[test]
fn a_server_on_a_failing_disk_gives_no_receipt_for_what_it_has_not() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("server");
    let mut command = server_program();
    command.args(["--listen", "127.0.0.1:0", "--data"]).arg(&data).arg("demo").env("HANDOFF_LOG", "off");
    let (mut server, device) = power::serving(&mut command, &data);
    let file = device.file("offer.json", &accepted_offer().to_string());
    let (mut told, mut faults, mut waited) = (Told::default(), 0, 0);
    for (error, stays) in [("ENOSPC", true), ("EIO", false)] {
        faults += Fault::each(stays, error, |fault| {
            hear(device.done(&["record", &file]).as_bytes(), &mut told);
            let attached = Attached::to(server.id(), fault);
            let said = device.run(&["sync"]).stdout;
            let met = attached.end();
            let words = String::from_utf8(said).unwrap();
            let waits = words == "0 received, 0 refused, 1 waiting\n";
            waited += usize::from(waits);
            assert!(waits || words == "1 received, 0 refused, 0 waiting\n", "{fault:?}: {words}");
            // The disk is well again, and the same server takes it.
            let again = String::from_utf8(device.run(&["sync"]).stdout).unwrap();
            let due = usize::from(waits);
            assert_eq!(again, format!("{due} received, 0 refused, 0 waiting\n"), "after {fault:?}");
            met
        });
    }
    server.kill().unwrap();
    server.wait().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(look_at_server(folder.path(), &told)).unwrap();
    println!("failing disks under a server: {faults}, left to wait: {waited}, violations: 0");
    assert!(faults >= 4 && waited > 0, "{faults} faults, {waited} waited");
}

/// The gate sees a server that tells of success before the commit.
#[cfg(feature = "lab")]
#[test]
fn a_server_that_gives_receipts_before_it_has_committed_is_caught() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("server");
    let mut command = server_program();
    command.args(["--listen", "127.0.0.1:0", "--data"]).arg(&data).arg("demo").env("HANDOFF_LOG", "off");
    let (mut server, device) = power::serving(command.env("HANDOFF_PLANTED", "ack_before_commit"), &data);
    let mut told = Told::default();
    let file = device.file("offer.json", &accepted_offer().to_string());
    hear(device.done(&["record", &file]).as_bytes(), &mut told);
    let attached = Attached::to(server.id(), Fault { error: "EIO", nth: 1, stays: true });
    let said = String::from_utf8(device.run(&["sync"]).stdout).unwrap();
    assert!(attached.end());
    assert_eq!(said, "1 received, 0 refused, 0 waiting\n");
    server.kill().unwrap();
    server.wait().unwrap();
    let proven = tokio::runtime::Runtime::new().unwrap().block_on(look_at_server(folder.path(), &told));
    assert!(proven.is_err_and(|why| why.contains("was receipted and is lost")));
}
