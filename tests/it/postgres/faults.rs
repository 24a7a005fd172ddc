//! What a database does to its servers while they work: it ends their sessions, undoes their transactions, has no
//! connection left, and was brought up to date by a newer program.

use super::{EACH, Load, PHONES, server};
use crate::cluster::{Cluster, name_of};
use crate::server::Station;
use handoff::seal::DeviceKey;

/// So often every session is ended.
const ENDS: usize = 20;

/// What stands of entries, cases and people to be told.
fn counts(cluster: &Cluster, database: &str) -> String {
    let sql = "SELECT (SELECT count(*) FROM entries), (SELECT count(*) FROM cases), (SELECT count(*) FROM deliveries),
        (SELECT count(*) FROM case_acts), (SELECT count(*) FROM devices),
        (SELECT count(*) FROM leaves WHERE kind = 'entry')";
    cluster.sql(name_of(database), sql)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_that_are_ended_again_and_again_under_load_take_nothing_with_them_that_was_acknowledged() {
    let cluster = Cluster::shared();
    let database = cluster.database();
    let station = Station::sharing(&database, None).await;
    let servers = [station.url("")];
    let load = Load::start(station, &servers).await;
    let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let mut ended = 0;
    for n in 1..=ENDS {
        load.receipts(PHONES * EACH * n / (ENDS + 1)).await;
        ended += cluster.sql(name_of(&database), end).trim().parse::<usize>().unwrap();
    }
    println!("{ended} sessions ended");
    assert!(ended > ENDS, "{ended}");
    load.settle().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_fails_over_to_its_standby_under_load_keeps_what_was_acknowledged() {
    let primary = Cluster::start();
    let standby = primary.standby();
    let station = Station::sharing(&primary.database_with(&standby), None).await;
    let servers = [station.url("")];
    let load = Load::start(station, &servers).await;
    load.receipts(PHONES * EACH / 3).await;
    let over = move || {
        primary.cut_off();
        standby.promote();
        (primary, standby)
    };
    let clusters = tokio::task::spawn_blocking(over).await.unwrap();
    load.settle().await;
    drop(clusters);
}

#[tokio::test]
async fn what_another_transaction_crosses_each_time_is_to_be_tried_again_and_is_not_half_done() {
    let cluster = Cluster::shared();
    let database = cluster.database();
    let station = Station::sharing(&database, None).await;
    let mut phone = station.phone().await;
    let (referral, first) = phone.record(&phone.accepted_offer());
    phone.deliver(&first).await;
    let (_, entry) = phone.record(&phone.accepted_offer());
    let cookie = station.sign_in("okafor").await;
    let code = station.server.app().enrolment_code(None).await.unwrap();
    let before = counts(cluster, &database);
    // Late in each transaction: there is something to undo.
    for (table, state) in [("deliveries", "40001"), ("case_acts", "40P01"), ("devices", "40001")] {
        let crosses = format!(
            "CREATE FUNCTION cross_{table}() RETURNS TRIGGER LANGUAGE plpgsql AS
                 $$BEGIN RAISE EXCEPTION 'planned' USING ERRCODE = '{state}'; END$$;
             CREATE TRIGGER crosses AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION cross_{table}()"
        );
        cluster.sql(name_of(&database), &crosses);
    }
    let (url, path) = (station.url(""), format!("/referrals/{referral}/accept"));
    let fields = [("when", "10"), ("time", ""), ("place", "scene"), ("note", "")];
    let key = DeviceKey::generate().unwrap();
    assert_eq!(phone.offer(&url, &entry).await, None, "the phone is to offer it again");
    assert_eq!(station.form(&cookie, &path, &fields).await.status(), 503, "the case manager is to press again");
    assert_eq!(station.enrol(&code, &key).await.status(), 503, "the code is to be given again");
    assert_eq!(counts(cluster, &database), before, "nothing is half done");

    for table in ["deliveries", "case_acts", "devices"] {
        cluster.sql(name_of(&database), &format!("DROP TRIGGER crosses ON {table}"));
    }
    assert!(phone.offer(&url, &entry).await.is_some());
    assert_eq!(station.form(&cookie, &path, &fields).await.status(), 303);
    assert_eq!(station.enrol(&code, &key).await.status(), 200, "the code was not spent");
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused_in_a_sentence_and_left_as_it_is() {
    let cluster = Cluster::shared();
    let database = cluster.database();
    let station = Station::sharing(&database, None).await;
    let mut phone = station.phone().await;
    let (_, entry) = phone.record(&phone.accepted_offer());
    phone.deliver(&entry).await;
    let Station { server: running, dir, .. } = station;
    running.stop().await;
    let newer = "INSERT INTO handoff_schema (step) SELECT max(step) + 1 FROM handoff_schema";
    cluster.sql(name_of(&database), newer);
    let before = counts(cluster, &database);
    for command in ["serve", "checkpoint", "events"] {
        let output = server(dir.path(), &database).args(["--listen", "127.0.0.1:0", command]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("this program knows up to") && said.contains("use the newer program"), "{said}");
    }
    assert_eq!(counts(cluster, &database), before);
}

/// So many connections has the database; a server takes at most 20.
const CONNECTIONS: usize = 24;

fn with_few_connections() -> Cluster {
    Cluster::start_at(5432, &format!("max_connections = {CONNECTIONS}"), |_| ())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_read_at_once_each_is_answered_within_the_connections_that_there_are() {
    let cluster = with_few_connections();
    let database = cluster.database();
    let station = Station::sharing(&database, None).await;
    let mut phone = station.phone().await;
    let cookie = station.sign_in("okafor").await;
    let decision = phone.accepted_offer();
    let mut readers = tokio::task::JoinSet::new();
    for n in 0..200 {
        let path = if n % 4 == 0 { "/inbox" } else { "/healthz" };
        let call = station.http.get(station.url(path)).header("cookie", &cookie);
        readers.spawn(async move { call.send().await.unwrap().status().as_u16() });
    }
    for _ in 0..10 {
        let (_, entry) = phone.record(&decision);
        phone.deliver(&entry).await;
    }
    let answers = readers.join_all().await;
    assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_no_connection_left_readers_are_to_try_again_and_what_is_sent_is_still_taken() {
    let cluster = with_few_connections();
    let database = cluster.database();
    let station = Station::sharing(&database, None).await;
    let mut phone = station.phone().await;
    let decision = phone.accepted_offer();
    let (_, entry) = phone.record(&decision);
    phone.deliver(&entry).await;
    let cookie = station.sign_in("okafor").await;
    // Every session of the server but the writer's and the one that hears of news.
    let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database()
        AND application_name <> 'psql' AND query NOT LIKE '%pg_notify%' AND query NOT LIKE 'LISTEN%'
        AND pid NOT IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')";
    let mut held = cluster.take_every_connection(name_of(&database));
    loop {
        let ended = held[0].ask(end);
        let more = cluster.take_every_connection(name_of(&database));
        if ended == "0" && more.is_empty() {
            break;
        }
        held.extend(more);
    }
    assert!(held.len() >= CONNECTIONS - 2, "{}", held.len());

    let ask = |path: &str| station.http.get(station.url(path)).header("cookie", &cookie).send();
    for path in ["/healthz", "/inbox"] {
        assert_eq!(ask(path).await.unwrap().status(), 503, "{path}");
    }
    assert_eq!(phone.feed("after=0").await.status(), 503);
    for _ in 0..5 {
        let (_, entry) = phone.record(&decision);
        phone.deliver(&entry).await;
    }

    drop(held);
    // The database takes the places back when it notices, which is not at once.
    while ask("/healthz").await.unwrap().status() != 200 {}
    assert_eq!(ask("/inbox").await.unwrap().status(), 200);
    assert_eq!(phone.feed("after=0").await.status(), 200);
    assert_eq!(handoff_server::cases::waiting(station.server.app()).await.unwrap(), 6);
}
