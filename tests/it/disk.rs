//! A full disk under the phone, and one under the server: a small file system of its own, in a process that may
//! mount one.

use crate::phone::Officer;
use crate::server::{Station, facts, problem};
use handoff::domain::codes::Choice;
use handoff::domain::ids::ReferralId;
use handoff::outbox::Hold;
use handoff::platform::disk::{RESERVE_BYTES, Room};
use handoff::store::list_unreadable;
use handoff::sync::RecordState;
use handoff_server::cases;
use std::path::Path;
use std::process::Command;

/// Where the test finds its small disk.
const DISK: &str = "HANDOFF_TEST_DISK";
/// Its size: the reserve thrice over, and a little.
const MIB: u64 = 44;

/// Runs the named test again in a process with a small disk of its own: as root in a mount namespace, as anyone
/// else in a user namespace too. Returns whether this is already that process.
fn on_a_small_disk(test: &str) -> bool {
    if std::env::var_os(DISK).is_some() {
        return true;
    }
    let dir = tempfile::tempdir().unwrap();
    let script = format!("mount -t tmpfs -o size={MIB}m none \"${DISK}\" && exec \"$0\" --exact {test} --nocapture");
    let program = std::env::current_exe().unwrap();
    let run = |flags: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(flags).args(["sh", "-c", &script]).arg(&program).env(DISK, dir.path());
        command.output().expect("unshare, of util-linux, is needed for a small disk")
    };
    let mut output = run(&["--mount"]);
    if !output.status.success() && !String::from_utf8_lossy(&output.stdout).contains("running 1 test") {
        output = run(&["--mount", "--user", "--map-root-user"]);
    }
    let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
    false
}

/// Takes all the room that is left.
fn fill(disk: &Path) {
    use std::io::Write as _;
    let mut file = std::fs::File::create(disk.join("photographs")).unwrap();
    for size in [1 << 20, 4096, 1] {
        while file.write_all(&vec![1; size]).is_ok() {}
    }
}

/// A folder on the small disk.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in(std::env::var_os(DISK).unwrap()).unwrap()
}

fn save(officer: &Officer) -> Result<ReferralId, String> {
    let id = officer.phone.new_referral().unwrap();
    officer.phone.save_draft(id, r#"{"half":"typed"}"#).map_err(|error| format!("draft: {error}"))?;
    let decision = officer.decide(facts(), Choice::OfferedAccepted);
    officer.phone.record(id, decision).map_err(|error| format!("save: {error}"))?;
    Ok(id)
}

#[tokio::test]
async fn a_full_disk_stops_recording_only_when_the_reserve_is_gone_and_leaves_nothing_half_written() {
    if !on_a_small_disk(
        "disk::a_full_disk_stops_recording_only_when_the_reserve_is_gone_and_leaves_nothing_half_written",
    ) {
        return;
    }
    let station = Station::start().await;
    let officer = Officer::enrolled_in(&station, folder()).await;
    officer.phone.create_vault(officer.secret).unwrap();
    officer.phone.keep_reserve();
    assert!(matches!(officer.phone.room(), Room::Little(_)), "an early warning: {:?}", officer.phone.room());
    let disk = officer.dir.path().parent().unwrap().to_owned();
    fill(&disk);

    let mut saved = Vec::new();
    let refused = loop {
        match save(&officer) {
            Ok(id) => saved.push(id),
            Err(error) => break error,
        }
        assert!(saved.len() < 5000, "the disk is not full");
    };
    let free = MIB * 1024 * 1024 - RESERVE_BYTES;
    assert!(std::fs::metadata(disk.join("photographs")).unwrap().len() < free);
    assert!(saved.len() > 20, "{} records on the reserve", saved.len());
    assert_eq!(officer.phone.room(), Room::OnReserve);
    assert!(refused.contains("this phone is full; delete photographs or apps"), "{refused}");

    let officer = officer.restart();
    assert!(list_unreadable(officer.dir.path()).is_empty());
    let records = officer.phone.all_records().unwrap();
    assert!(saved.iter().all(|id| records.iter().any(|row| row.referral == *id)));
    assert_eq!(records.len(), saved.len(), "and none that was refused");

    // Somebody cleared the phone: everything goes on, the reserve too.
    std::fs::remove_file(disk.join("photographs")).unwrap();
    officer.phone.unlock(officer.secret).unwrap();
    save(&officer).unwrap();
    officer.phone.keep_reserve();
    assert!(officer.dir.path().join("reserve").exists());
    assert_eq!(officer.phone.sync_once().await.unwrap().receipted, saved.len() + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_disk_is_full_says_507_and_takes_what_waits_as_soon_as_there_is_room() {
    if !on_a_small_disk("disk::a_server_whose_disk_is_full_says_507_and_takes_what_waits_as_soon_as_there_is_room") {
        return;
    }
    let station = Station::start_in(folder()).await;
    let (mut other, officer) = (station.phone().await, Officer::unlocked(&station).await);
    let disk = station.dir.path().parent().unwrap().to_owned();
    fill(&disk);
    let mut taken = Vec::new();
    let refused = loop {
        let (_, entry) = other.record(&other.accepted_offer());
        let reply = other.post(vec![entry.wire.clone()]).await;
        if reply.status() != 200 {
            assert_eq!(reply.headers()["retry-after"], "60");
            break (problem(reply).await, entry);
        }
        taken.push(entry);
        assert!(taken.len() < 5000, "the disk is not full");
    };
    let ((status, words), entry) = refused;
    assert_eq!((status, words.error.as_str()), (507, "full"));
    assert!(words.message.contains("no room") && words.message.contains("Try again"), "{}", words.message);
    assert_eq!(cases::waiting(station.server.app()).await.unwrap(), taken.len(), "nothing of it is half there");

    let id = officer.accept();
    let next = officer.phone.turn().await.unwrap().expect("it tries again by itself");
    let RecordState::Waiting { why: Hold::ServerBusy, attempts: 1, .. } = officer.state(id) else {
        panic!("{:?}", officer.state(id))
    };
    let officer = officer.restart();
    assert!(matches!(officer.state(id), RecordState::Waiting { why: Hold::ServerBusy, .. }), "and still says why");
    std::fs::remove_file(disk.join("photographs")).unwrap();
    officer.clock.pass_ms(next.saturating_sub(officer.phone.now().boot_ms));
    officer.phone.turn().await.unwrap();
    assert!(matches!(officer.state(id), RecordState::Received { .. }), "{:?}", officer.state(id));
    other.deliver(&entry).await;
    for entry in &taken {
        other.deliver(entry).await;
    }
    assert_eq!(cases::waiting(station.server.app()).await.unwrap(), taken.len() + 2);
}
