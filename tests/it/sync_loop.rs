//! The loop that sends and listens, with the real clock: it needs no act of a person.

use crate::phone::Officer;
use crate::server::Station;
use handoff::domain::ids::ReferralId;
use handoff::outbox::Hold;
use handoff::platform::clock::SystemClock;
use handoff::sync::{Phone, RecordState};
use handoff_server::{Config, Running, Server, cases};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// A loop that never comes so far would hang the tests: only then does this matter.
const NEVER: Duration = Duration::from_secs(60);

/// Waits for changes until the record stands as asked.
async fn until(phone: &Phone, id: ReferralId, stands: impl Fn(&RecordState) -> bool) {
    let mut changes = phone.changes();
    let all = async {
        loop {
            let rows = phone.all_records().unwrap();
            if rows.iter().any(|row| row.referral == id && stands(&row.state)) {
                return;
            }
            changes.changed().await.unwrap();
        }
    };
    tokio::time::timeout(NEVER, all).await.expect("the record never came to stand as asked");
}

fn is_received(state: &RecordState) -> bool {
    matches!(state, RecordState::Received { .. })
}

async fn start_again(dir: &Path, addr: SocketAddr) -> Running {
    Server::start(Config { listen: addr, ..Config::local(dir) }).await.unwrap()
}

/// An officer on shift whose phone reads the real clock.
async fn officer(station: &Station) -> Officer {
    let officer = Officer::enrolled(station).await;
    let Officer { phone, dir, clock, secret } = officer;
    drop(phone);
    let phone = Phone::open(dir.path(), Arc::new(SystemClock)).unwrap();
    Officer { phone, dir, clock, secret }
}

#[tokio::test]
async fn what_was_recorded_while_the_server_was_down_arrives_by_itself_when_it_is_back() {
    let station = Station::start().await;
    let officer = officer(&station).await;
    officer.phone.start_sync();
    let first = officer.accept();
    until(&officer.phone, first, is_received).await;
    let Station { server, dir, .. } = station;
    let addr = server.addr;
    server.stop().await;

    let second = officer.accept();
    let no_connection = |state: &RecordState| matches!(state, RecordState::Waiting { why: Hold::NoConnection, .. });
    until(&officer.phone, second, no_connection).await;
    let server = start_again(dir.path(), addr).await;
    until(&officer.phone, second, is_received).await;
    assert_eq!(cases::waiting(server.app()).await.unwrap(), 2);
}

#[tokio::test]
async fn a_phone_that_starts_with_waiting_records_sends_them_by_itself() {
    let station = Station::start().await;
    let officer = officer(&station).await;
    let (first, second) = (officer.accept(), officer.accept());
    let Officer { phone, dir, .. } = officer;
    drop(phone);

    let phone = Phone::open(dir.path(), Arc::new(SystemClock)).unwrap();
    assert_eq!(phone.waiting().unwrap(), 2);
    phone.start_sync();
    until(&phone, first, is_received).await;
    until(&phone, second, is_received).await;
    assert_eq!(cases::waiting(station.server.app()).await.unwrap(), 2);
}
