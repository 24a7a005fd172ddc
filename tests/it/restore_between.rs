//! Backups of one engine restored into the other, into the same, and back again, with real phones.

use crate::cluster::{Cluster, name_of};
use crate::phone::Officer;
use crate::server::Station;
use handoff::domain::ids::ReferralId;
use handoff::domain::wire::ReceiptBody;
use handoff_server::restore::{Aside, Restored, restore};
use handoff_server::store::{DatabaseUrl, epochs};
use handoff_server::{AppError, Config};
use std::path::{Path, PathBuf};

/// Where a server keeps its database.
#[derive(Clone, Copy)]
enum On<'a> {
    File,
    Postgres(&'a str),
}

impl On<'_> {
    fn config(self, config: Config) -> Config {
        let database_url = match self {
            Self::File => None,
            Self::Postgres(url) => Some(DatabaseUrl::parse(url).unwrap()),
        };
        Config { database_url, ..config }
    }
}

/// Stops the server, puts the backup in place on that engine, and starts it there at the same address.
async fn restored(station: Station, on: On<'_>, file: &Path) -> (Station, Restored) {
    let mut done = None;
    let station =
        station.restarted_with(|config| on.config(config), |config| done = Some(restore(config, file).unwrap())).await;
    (station, done.unwrap())
}

async fn counts(station: &Station) -> [u64; 2] {
    let read = |db: &mut dyn handoff_server::store::Db| {
        let mut count = |sql| db.first(sql, &[])?.unwrap().count();
        Ok([count("SELECT count(*) FROM cases")?, count("SELECT count(*) FROM entries")?])
    };
    station.server.app().store().read(read).await.unwrap()
}

async fn lost(station: &Station) -> Vec<epochs::Lost> {
    station.server.app().store().read(epochs::lost).await.unwrap()
}

async fn confirm(station: &Station) {
    let app = station.server.app();
    let devices = app.devices().await.unwrap().into_iter().map(|device| device.id).collect();
    app.confirm_revocations(devices).await.unwrap();
}

/// An officer records and sends.
async fn deliver(officer: &Officer) -> ReferralId {
    let referral = officer.accept();
    officer.phone.sync_once().await.unwrap();
    referral
}

/// Backs up, lets officers record more, restores on that engine, and sees that phones bring everything back.
async fn back_and_forth(
    station: Station,
    (officers, file): (&[Officer], PathBuf),
    on: On<'_>,
    epoch: u64,
) -> (Station, Restored) {
    let backup = station.server.app().backup(file.clone()).await.unwrap();
    assert!(backup.rows > 0);
    for officer in officers {
        deliver(officer).await;
    }
    let before = counts(&station).await;
    let (station, done) = restored(station, on, &file).await;
    let held = before[0] - officers.len() as u64;
    assert_eq!(counts(&station).await, [held, held], "it is the older copy");
    for officer in officers.iter().cycle().take(officers.len() * 3) {
        officer.phone.sync_once().await.unwrap();
    }
    assert_eq!(counts(&station).await, before, "nothing lost, nothing doubled");
    for officer in officers {
        assert_eq!(officer.phone.health().unwrap().unsent, 0);
        assert!(officer.phone.alarms().unwrap().is_empty(), "an epoch that was announced is no fork");
    }
    let lost = *lost(&station).await.last().unwrap();
    assert_eq!((lost.epoch, lost.returned), (epoch, officers.len() as u64));
    confirm(&station).await;
    for officer in officers {
        officer.phone.sync_once().await.unwrap();
    }
    assert!(handoff_server::ledger::sign_now(station.server.app()).await.unwrap(), "every leaf is that of its record");
    (station, done)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_either_engine_is_restored_into_either_and_phones_bring_back_what_was_lost() {
    let cluster = Cluster::shared();
    let (one, dir) = (cluster.database(), tempfile::tempdir().unwrap());
    let station = Station::start().await;
    let officers = [Officer::unlocked(&station).await, Officer::unlocked(&station).await];
    for officer in &officers {
        deliver(officer).await;
    }
    let file = |name: &str| dir.path().join(name);

    // The file's backup into an empty PostgreSQL database: nothing to set aside.
    let with = (officers.as_slice(), file("first"));
    let (station, done) = back_and_forth(station, with, On::Postgres(&one), 1).await;
    assert_eq!((done.set_aside, done.kept.0), (None, 1));

    // That of PostgreSQL into the same one: its schema of before is kept whole.
    let with = (officers.as_slice(), file("second"));
    let (station, done) = back_and_forth(station, with, On::Postgres(&one), 2).await;
    let Some(Aside::Schema(kept)) = done.set_aside else { panic!("{:?}", done.set_aside) };
    let rows = |table: &str| cluster.sql(name_of(&one), &format!("SELECT count(*) FROM {table}")).trim().to_owned();
    assert_eq!((rows(&format!("{kept}.entries")), rows("public.entries")), ("6".into(), "6".into()));
    assert_eq!(rows("pg_namespace WHERE nspname = 'handoff_restoring'"), "0");

    // And back into the file.
    let with = (officers.as_slice(), file("third"));
    let (station, done) = back_and_forth(station, with, On::File, 3).await;
    assert!(matches!(done.set_aside, Some(Aside::File(_))), "the file of the beginning");
    assert_eq!(counts(&station).await, [8, 8]);
    let export = dir.path().join("export");
    let mut bytes = Vec::new();
    let app = station.server.app().clone();
    handoff_server::ledger::export::write(&app, &mut |more| {
        bytes.extend(more);
        true
    })
    .unwrap();
    std::fs::write(&export, &bytes).unwrap();
    let key = app.keys().server.public().unwrap();
    let report = handoff_server::ledger::verify::verify(bytes.as_slice(), &key, None).unwrap();
    assert!(report.is_good(), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_into_postgresql_that_breaks_off_leaves_everything_as_it_was() {
    let cluster = Cluster::start();
    let url = cluster.database();
    let name = name_of(&url).to_owned();
    let station = Station::sharing(&url, None).await;
    let mut phone = station.phone().await;
    let (_, entry) = phone.record(&phone.accepted_offer());
    let receipt = phone.deliver(&entry).await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("handoff.backup");
    station.server.app().backup(file.clone()).await.unwrap();
    let mut torn = std::fs::read(&file).unwrap();
    let middle = torn.len() / 2;
    torn[middle] ^= 1;
    let damaged = dir.path().join("damaged");
    std::fs::write(&damaged, &torn).unwrap();

    // Another folder with the same keys: the lock of the folder does not tell it that a server runs.
    let elsewhere = tempfile::tempdir().unwrap();
    crate::server::copy_keys(station.dir.path(), elsewhere.path());
    let beside = On::Postgres(&url).config(Config::local(elsewhere.path()));
    let refused = restore(&beside, &file).unwrap_err();
    assert!(refused.to_string().contains("stop every one first"), "{refused}");

    let schemas =
        || cluster.sql(&name, "SELECT string_agg(nspname, ' ') FROM pg_namespace WHERE nspname LIKE 'handoff%'");
    let station = station
        .restarted_with(
            |config| On::Postgres(&url).config(config),
            |config| {
                for bad in [&damaged, &dir.path().join("none")] {
                    let error = restore(config, bad).unwrap_err();
                    assert!(matches!(error, AppError::Store(_) | AppError::Io(..)), "{error}");
                }
                assert_eq!(schemas().trim(), "");
                cut_off_in_the_swap(&cluster, &name, || restore(config, &file));
                assert!(schemas().trim().is_empty(), "{}", schemas());
                let left: Vec<_> = std::fs::read_dir(&config.data).unwrap().map(|f| f.unwrap().file_name()).collect();
                assert!(left.iter().all(|name| !name.to_string_lossy().contains("new")), "{left:?}");
            },
        )
        .await;
    let again = phone.deliver(&entry).await;
    assert_eq!(again, ReceiptBody { backed_up: again.backed_up, ..receipt }, "its place is what it was");
    assert!(lost(&station).await.is_empty(), "and no epoch was opened");
}

/// Lets a restore come to its last step, in which it waits for a reader, and ends its connection there.
fn cut_off_in_the_swap(cluster: &Cluster, name: &str, restore: impl FnOnce() -> Result<Restored, AppError> + Send) {
    let ask = |sql: &str| cluster.sql(name, sql).trim().to_owned();
    let waits =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'handoff-restore' AND wait_event = 'relation'";
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let read = "BEGIN; LOCK TABLE public.entries IN ACCESS SHARE MODE; SELECT 1 FROM pg_sleep(600)";
            cluster.try_sql(name, read)
        });
        while ask("SELECT count(*) FROM pg_locks WHERE relation = 'public.entries'::regclass AND granted") == "0" {
            std::thread::yield_now();
        }
        let restoring = scope.spawn(restore);
        while ask(waits) == "0" {
            assert!(!restoring.is_finished(), "it did not wait");
        }
        ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'handoff-restore'");
        let error = restoring.join().unwrap().unwrap_err();
        assert!(matches!(error, AppError::Store(_)), "{error}");
        ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()",
        );
        assert!(!reader.join().unwrap(), "the reader was ended");
    });
}
