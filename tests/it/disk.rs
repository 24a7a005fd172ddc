//! A full disk under the phone: a small file system of its own, in a process that may mount one.

use crate::phone::Officer;
use crate::server::{Station, facts};
use handoff::domain::codes::Choice;
use handoff::domain::ids::ReferralId;
use handoff::platform::disk::{RESERVE_BYTES, Room};
use handoff::store::list_unreadable;
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

/// An officer whose phone lies on the small disk.
async fn officer(station: &Station) -> Officer {
    let disk = std::path::PathBuf::from(std::env::var_os(DISK).unwrap());
    let dir = tempfile::tempdir_in(disk).unwrap();
    Officer::enrolled_in(station, dir).await
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
    let officer = officer(&station).await;
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
