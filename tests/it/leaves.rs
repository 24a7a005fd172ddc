//! The end of a program while some of its threads are still in a database: it ends with its own exit code.

use crate::phone::Officer;
use crate::server::Station;
use handoff::platform::leave::leave;
use handoff::sync::{Answering, Call, Phone, Transport};
use rusqlite::Connection;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use tokio::sync::Notify;

/// The file that the process below writes.
const WRITES: &str = "HANDOFF_TEST_WRITES";

const OPENS: &str = "PRAGMA key = \"x'000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f'\";
    PRAGMA synchronous = OFF; CREATE TABLE IF NOT EXISTS a (x BLOB)";

/// In a process of its own: opens and closes an encrypted file without end on several threads, and leaves meanwhile.
fn write_and_leave(path: &Path) -> ! {
    let (begun, wait) = sync_channel(0);
    for thread in 0..4 {
        let (path, begun) = (path.with_extension(format!("{thread}")), begun.clone());
        let write = move || {
            for round in 0_u64.. {
                let conn = Connection::open(&path).unwrap();
                conn.execute_batch(OPENS).unwrap();
                conn.execute("INSERT INTO a VALUES (randomblob(50000))", []).unwrap();
                if round == 3 {
                    begun.send(()).unwrap();
                }
            }
        };
        std::thread::spawn(write);
    }
    for _ in 0..4 {
        wait.recv().unwrap();
    }
    leave(0)
}

#[test]
fn a_program_that_leaves_while_its_threads_write_ends_with_its_own_exit_code() {
    if let Some(path) = std::env::var_os(WRITES) {
        write_and_leave(Path::new(&path));
    }
    let name = "leaves::a_program_that_leaves_while_its_threads_write_ends_with_its_own_exit_code";
    let folder = tempfile::tempdir().unwrap();
    for round in 0..20 {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([name, "--exact"]).env(WRITES, folder.path().join(format!("{round}")));
        let ended = command.output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(0), "round {round}: {} {said}", ended.status);
    }
}

/// A network on which no call is ever answered.
struct Silent(Arc<Notify>);

impl Transport for Silent {
    fn call(&self, _: Call) -> Answering<'_> {
        self.0.notify_one();
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn the_last_handle_on_a_phone_waits_for_its_loop_and_not_for_a_call_on_its_way() {
    let station = Station::start().await;
    let Officer { phone, dir, clock, .. } = Officer::unlocked(&station).await;
    drop(phone);
    let called = Arc::new(Notify::new());
    let phone = Phone::open_over(dir.path(), clock, Box::new(Silent(Arc::clone(&called)))).unwrap();
    let changes = phone.changes();
    phone.start_sync();
    phone.start_sync();
    called.notified().await;
    let other = phone.clone();
    drop(phone);
    assert!(changes.has_changed().is_ok(), "a handle is left");
    drop(other);
    assert!(changes.has_changed().is_err(), "nobody could tell of a change any more: the loop has ended");
}
