//! The commands of the phone, through the real program and against a real server.

use crate::server::Station;
use chrono::Utc;
use handoff_server::log::{self, LogQuery};
use handoff_server::{Config, Server, cases};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A device's folder, and the program that works in it.
pub struct Device {
    dir: tempfile::TempDir,
}

impl Device {
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub async fn enrolled(station: &Station) -> Self {
        let device = Self::new();
        let code = station.server.app().enrolment_code(Some("reyes")).await.unwrap();
        let words = device.done(&["enrol", &station.url(""), &code]);
        assert!(words.starts_with("Enrolled with Seattle LEAD (demo) as device "), "{words}");
        device
    }

    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_handoff"));
        command.args(args).env("HANDOFF_DATA", self.data()).current_dir(env!("CARGO_MANIFEST_DIR"));
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// What a command that must succeed prints.
    pub fn done(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a command says that must fail, and its exit code.
    fn fails(&self, args: &[&str]) -> (i32, String) {
        let output = self.run(args);
        assert!(output.stdout.is_empty(), "nothing is printed for programs");
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    /// A file beside the data folder.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn status(&self) -> Value {
        serde_json::from_str(&self.done(&["status", "--json"])).unwrap()
    }
}

/// The first encounter of the demo's shift, now: eligible, offered, accepted.
pub fn accepted_offer() -> Value {
    let text = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/shift.json")).unwrap();
    let script: Value = serde_json::from_slice(&text).unwrap();
    let now = Utc::now().to_rfc3339();
    let mut record = script["encounters"][0]["record"].clone();
    record["facts"]["at"] = json!(now);
    record["person"]["consent"]["at"] = json!(now);
    record
}

/// Puts a name in place of everything that differs from run to run.
fn plain(status: &mut Value) {
    for name in ["device", "server"] {
        status[name] = json!(format!("[{name}]"));
    }
    status["health"]["wall"] = json!("[time]");
    let health = status["health"].as_object_mut().unwrap();
    health.remove("clock_offset_ms");
    // The newest that the phone has seen, if the log was signed before it asked.
    let checkpoint = health.remove("checkpoint");
    assert!(checkpoint.is_none_or(|note| note.as_str().is_some_and(|note| note.starts_with("handoff/log/"))));
    if status["health"]["oldest_unsent_s"].is_u64() {
        status["health"]["oldest_unsent_s"] = json!("[seconds]");
    }
    for record in status["records"].as_array_mut().unwrap() {
        record["referral"] = json!("[referral]");
        record["saved_at"] = json!("[time]");
        assert!(record["age_s"].is_u64());
        record["age_s"] = json!("[seconds]");
        for name in ["at", "why_since"] {
            if record[name].is_string() {
                record[name] = json!("[time]");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_recorded_offline_is_listed_until_a_sync_makes_it_safe() {
    let station = Station::start().await;
    let device = Device::enrolled(&station).await;
    let Station { server, dir, .. } = station;
    let addr = server.addr;
    server.stop().await;

    let file = device.file("offer.json", &accepted_offer().to_string());
    let hash = device.done(&["record", &file]);
    assert!(hash.trim_end().len() == 64 && hash.trim_end().bytes().all(|c| c.is_ascii_hexdigit()), "{hash}");
    let mut status = device.status();
    let referral = status["records"][0]["referral"].as_str().unwrap().to_owned();
    let id = status["device"].as_str().unwrap().to_owned();
    let words = device.done(&["status"]).replace(&referral, "[referral]").replace(&id, "[device]");
    let (before, after) = words.split_once(" s old").unwrap();
    let words = format!("{} [age] old{after}", before.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end());
    insta::assert_snapshot!("status_words_waiting", words);
    plain(&mut status);
    insta::assert_json_snapshot!("status_waiting", status);

    let (code, said) = {
        let output = device.run(&["sync"]);
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "0 received, 0 refused, 1 waiting\n");
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!((code, said.as_str()), (1, "handoff: No connection. It is sent by itself when there is one.\n"));
    // Another program than the one that tried says why.
    let (words, mut status) = (device.done(&["status"]), device.status());
    assert!(words.contains("No connection. It is sent by itself when there is one. It has been so for "), "{words}");
    plain(&mut status);
    insta::assert_json_snapshot!("status_held", status);

    let server = Server::start(Config { listen: addr, ..Config::local(dir.path()) }).await.unwrap();
    assert_eq!(device.done(&["sync"]), "1 received, 0 refused, 0 waiting\n");
    let words = device.done(&["status"]);
    assert!(words.ends_with("\nEverything recorded here has reached the agency.\n"), "{words}");
    let mut status = device.status();
    plain(&mut status);
    insta::assert_json_snapshot!("status_received", status);
    assert_eq!(cases::waiting(server.app()).await.unwrap(), 1);
}

/// The form with one value put in, by JSON pointer.
fn with(pointer: &str, value: Value) -> String {
    let mut form = accepted_offer();
    *form.pointer_mut(pointer).unwrap() = value;
    form.to_string()
}

fn without(parent: &str, name: &str) -> String {
    let mut form = accepted_offer();
    form.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
    form.to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_cannot_be_taken_names_file_and_field_and_leaves_nothing() {
    let station = Station::start().await;
    let device = Device::enrolled(&station).await;
    let bad = [
        (without("", "choice"), "choice: is missing"),
        (without("/facts", "door"), "facts.door: is missing"),
        (without("", "person"), "person: an accepted offer needs the person"),
        (with("/facts/drug/grams", json!(7)).replace(":7", ":NaN"), "facts.drug.grams: is not JSON"),
        (with("/facts/fix/lat_deg", json!(91)), "facts.fix.lat_deg: "),
        (with("/facts/offences/0", json!("bigamy")), "facts.offences[0]: "),
        (with("/facts/offences", json!([])), "facts.offences: "),
        (with("/officer", json!("0000")), "officer: no officer has the serial number `0000`"),
        (with("/unit", json!(" ")), "unit: give the unit"),
        (with("/outcome", json!("teleported")), "outcome: unknown variant `teleported`"),
        (accepted_offer().to_string().replacen('{', "{\"colour\":1,", 1), "colour: is not a field that belongs here"),
        (String::from("{"), "is not JSON"),
        (String::new(), "is not JSON"),
    ];
    for (text, words) in bad {
        let file = device.file("bad.json", &text);
        let (code, said) = device.fails(&["record", &file]);
        assert_eq!(code, 2, "{words}: {said}");
        assert!(said.starts_with(&format!("handoff: {file}: {words}")), "{words}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    let (code, said) = device.fails(&["record", "/no/such/file.json"]);
    assert_eq!(code, 2);
    assert!(said.starts_with("handoff: /no/such/file.json: "), "{said}");
    assert_eq!(device.status()["records"], json!([]));
    assert_eq!(device.done(&["sync"]), "0 received, 0 refused, 0 waiting\n");
    assert!(decisions(&station).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_is_not_enrolled_says_so_and_a_wrong_code_changes_nothing() {
    let station = Station::start().await;
    let device = Device::new();
    let file = device.file("offer.json", &accepted_offer().to_string());
    let every: [&[&str]; 5] =
        [&["record", &file], &["sync"], &["status"], &["status", "--json"], &["shift", "assets/demo/shift.json"]];
    let not_enrolled = (2, String::from("handoff: this device is not enrolled; run `handoff enrol`\n"));
    for args in every {
        assert_eq!(device.fails(args), not_enrolled, "{args:?}");
    }
    let (code, said) = device.fails(&["enrol", &station.url(""), "NO-SUCH-CODE"]);
    assert_eq!(code, 2, "{said}");
    let (code, said) = device.fails(&["enrol", "http://handoff.example.org", "X"]);
    assert_eq!((code, said.as_str()), (2, "handoff: server: the address must begin with https://\n"));
    assert_eq!(device.fails(&["status"]), not_enrolled);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shift_plays_every_kind_of_encounter_until_the_agency_has_it() {
    let station = Station::start().await;
    let device = Device::enrolled(&station).await;
    let said = device.done(&["shift", "assets/demo/shift.json"]);
    let kinds = [
        ("1/6", "Possession, on 1st Ave in Belltown", "eligible", "accepted", "a case"),
        ("2/6", "Possession, at the Skyway bowling alley", "eligible", "accepted", "a case"),
        ("3/6", "Five grams", "barred", "not offered", "for the log"),
        ("4/6", "Outside both zones", "barred", "not offered", "for the log"),
        ("5/6", "On 3rd Ave, too near the line to tell", "needs_supervisor", "accepted", "a case"),
        ("6/6", "The person says no", "eligible", "declined", "for the log"),
    ];
    for (number, title, verdict, choice, becomes) in kinds {
        let of = |state: &str| {
            let line = said.lines().find(|line| {
                let rest = line.get(10..).unwrap_or_default();
                rest.starts_with(number) && rest.contains(title) && rest.contains(&format!("  {state}"))
            });
            line.unwrap_or_else(|| panic!("{number} {state}: {said}")).to_owned()
        };
        let saved = of("saved");
        assert!(saved.contains(&format!("  {verdict} ")) && saved.contains(&format!("  {choice} ")), "{saved}");
        assert!(of("received").ends_with(&format!("; {becomes}")), "{said}");
    }
    assert!(said.contains("No signal: the radio is off.\n"), "{said}");
    assert!(said.contains("Signal is back; 3 records wait on this device.\n"), "{said}");
    assert!(said.ends_with("All records have reached the agency.\n"), "{said}");
    assert_eq!(decisions(&station).await.len(), 6);
    assert_eq!(cases::waiting(station.server.app()).await.unwrap(), 3);
    assert!(device.done(&["status"]).contains("Everything recorded here has reached the agency."));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shift_with_one_bad_encounter_records_none() {
    let station = Station::start().await;
    let device = Device::enrolled(&station).await;
    let mut bad = accepted_offer();
    bad.as_object_mut().unwrap().remove("outcome");
    let scenes = [accepted_offer(), bad].map(|record| json!({"title": "One", "record": record}));
    let script = json!({"about": "A test", "utc_offset": "-07:00", "encounters": scenes});
    let file = device.file("shift.json", &script.to_string());
    assert_eq!(device.fails(&["shift", &file]), (2, String::from("handoff: encounter 2/2: outcome: is missing\n")));
    let file = device.file("shift.json", &script.to_string().replace("-07:00", "noon"));
    let (code, said) = device.fails(&["shift", &file]);
    assert_eq!(code, 2);
    assert!(said.starts_with(&format!("handoff: {file}: utc_offset: an offset is written like -07:00")), "{said}");
    assert_eq!(device.status()["records"], json!([]));
}

/// The positions and entries of the decisions that the server has.
pub async fn decisions(station: &Station) -> Vec<u64> {
    let app = station.server.app();
    let sergeant = app.site().staff[&station.staff("hughes")].clone();
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let page = log::page(app, &sergeant, LogQuery { before, most: 100, ..LogQuery::default() }).await.unwrap();
        found.extend(page.rows.iter().map(|found| found.row.position));
        before = page.next;
        if before.is_none() {
            return found;
        }
    }
}
