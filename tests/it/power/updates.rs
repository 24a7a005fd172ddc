//! Power cuts while a file of an older format is brought up to date, by the real programs.

use super::strace;
use super::{Cuts, Drive, Outcome, Survivors, Told, hear, scratch, server_program};
use crate::cli::{Device, accepted_offer};
use crate::server::Station;
use chrono::Utc;
use handoff::domain::ids::ChainId;
use handoff::platform::twice;
use handoff::store::{Outbox, Vault};
use handoff_server::{App, Config};
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn formats() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/formats")
}

/// Files of older formats of that name, with their numbers.
fn olds(name: &str) -> Vec<(usize, PathBuf)> {
    let file = |n: usize| (n, formats().join(format!("{name}_{n:03}.db")));
    (1..).map(file).take_while(|(_, path)| path.exists()).collect()
}

/// The hashes of every entry of an outbox, whatever state it is in.
fn hashes(folder: &Path) -> Result<BTreeSet<String>, String> {
    let begin = Box::new(|| Ok((ChainId(uuid::Uuid::nil()), Utc::now())));
    let (mut outbox, aside) = Outbox::open(folder, begin).map_err(|error| error.to_string())?;
    let entries = outbox.entries().map_err(|error| error.to_string())?;
    let hashes = entries.iter().map(|entry| entry.hash.to_string()).collect();
    if aside.is_none() { Ok(hashes) } else { Err(String::from("set aside")) }
}

/// A database that is encrypted with this key.
fn encrypted(path: &Path, key: &[u8]) -> Connection {
    let conn = Connection::open(path).unwrap();
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    conn.execute_batch(&format!("PRAGMA key = \"x'{hex}'\"; PRAGMA cipher_page_size = 8192")).unwrap();
    conn
}

/// Texts of one column each, found by this question.
fn texts(conn: &Connection, sql: &str) -> Vec<String> {
    let mut query = conn.prepare(sql).unwrap();
    query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// A question for each table that gives its rows as texts, with the columns that it has now.
fn questions(conn: &Connection) -> Vec<String> {
    let sql = "SELECT 'SELECT ''' || t.name || ' '' || ' || group_concat('quote(' || c.name || ')', ' || '','' || ')
                   || ' FROM ' || t.name
               FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' GROUP BY t.name";
    texts(conn, sql)
}

fn rows(conn: &Connection, questions: &[String]) -> BTreeSet<String> {
    questions.iter().flat_map(|sql| texts(conn, sql)).collect()
}

/// That nothing was lost, and how often it could have been.
fn whole(outcome: &Outcome, what: &str) -> usize {
    assert!(outcome.lost.is_empty(), "{what}: {:#?}", outcome.lost);
    assert!(outcome.cuts > Survivors::ALL.len(), "{what}: only {} power cuts", outcome.cuts);
    outcome.cuts
}

#[test]
fn an_outbox_of_an_older_format_loses_no_entry_to_a_power_cut_while_it_is_brought_up_to_date() {
    let mut cuts = 0;
    for (format, old) in olds("outbox") {
        let (device, apart) = (Device::new(), scratch());
        std::fs::create_dir(device.data()).unwrap();
        std::fs::copy(&old, device.data().join("outbox.db")).unwrap();
        std::fs::copy(&old, apart.path().join("outbox.db")).unwrap();
        let held = hashes(apart.path()).unwrap();
        assert!(!held.is_empty());
        let data = device.data();
        let root = data.parent().unwrap();
        let drive = Drive::holding(root);
        // The device is not enrolled, as the command says; it has opened its files by then.
        let (acts, output) = strace::run(&device.command(&["status"]), root);
        assert_eq!(output.status.code(), Some(2));
        let outcome = Cuts { root, drive, acts: &acts }.all(hear, |folder, _| {
            let found = hashes(&folder.join("data"))?;
            if found == held { Ok(()) } else { Err(format!("{} of {} entries", found.len(), held.len())) }
        });
        cuts += whole(&outcome, &format!("outbox {format}"));
    }
    println!("power cuts while an outbox is brought up to date: {cuts}, losses: 0");
    assert!(cuts >= 40, "only {cuts} power cuts");
}

/// What is typed while locked is in a file of the same kind, which a program without a screen opens too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vault_of_an_older_format_loses_no_row_to_a_power_cut_while_it_is_brought_up_to_date() {
    const KEY: [u8; 32] = [7; 32];
    let station = Station::start().await;
    let mut cuts = 0;
    for (format, old) in olds("vault") {
        let device = Device::enrolled(&station).await;
        let file = device.file("offer.json", &accepted_offer().to_string());
        device.done(&["record", &file]);
        let data = device.data();
        let is_vault =
            |path: &PathBuf| path.extension().is_some_and(|kind| kind == "db") && !path.ends_with("outbox.db");
        let mut vaults = std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path()).filter(is_vault);
        let vault = vaults.next().unwrap();
        std::fs::copy(&old, &vault).unwrap();
        twice::replace(&data.join("keys/shift-key"), &KEY).unwrap();
        // A step takes out what was typed before a record; of everything else nothing goes.
        let sql = [String::from("SELECT hex(referral) || state || updated || coalesce(decision, '') FROM encounters")];
        let held = rows(&encrypted(&vault, &KEY), &sql);
        assert!(held.len() > 1, "{held:?}");
        let root = data.parent().unwrap();
        let drive = Drive::holding(root);
        let (acts, output) = strace::run(&device.command(&["record", &file]), root);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let outcome = Cuts { root, drive, acts: &acts }.all(hear, |folder, told: &Told| {
            let vault = folder.join(vault.strip_prefix(root).unwrap());
            let (_, aside) = Vault::open(&vault, &KEY, Utc::now()).map_err(|error| error.to_string())?;
            if aside.is_some() {
                return Err("set aside".into());
            }
            let found = rows(&encrypted(&vault, &KEY), &sql);
            super::look_at_phone(&folder.join("data"), told)?;
            if found.is_superset(&held) { Ok(()) } else { Err(format!("{} of {} rows", found.len(), held.len())) }
        });
        cuts += whole(&outcome, &format!("vault {format}"));
    }
    println!("power cuts while a vault is brought up to date: {cuts}, losses: 0");
    assert!(cuts >= 40, "only {cuts} power cuts");
}

#[test]
fn a_servers_database_of_an_older_schema_loses_no_row_to_a_power_cut_while_it_is_brought_up_to_date() {
    let mut cuts = 0;
    for (schema, old) in olds("server") {
        let folder = scratch();
        let data = folder.path().join("server");
        // The keys of a server that has just begun, with an older database.
        let config = |data: &Path| Config::local(data).on_free_port();
        drop(App::open(config(&data)).unwrap());
        let kept = |path: &Path| path.ends_with("keys");
        for path in std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path()).filter(|path| !kept(path)) {
            std::fs::remove_file(path).unwrap();
        }
        let key = std::fs::read(data.join("keys/database.key")).unwrap();
        let before = encrypted(&data.join("server.db"), &key);
        before.execute_batch(&std::fs::read_to_string(&old).unwrap()).unwrap();
        let questions = questions(&before);
        // Where the next leaf goes moves with each start, and an entry of before there were leaves gets one.
        let counted = |sql: &String| !sql.contains("FROM ledger") && !sql.contains("FROM epochs");
        let questions: Vec<String> = questions.into_iter().filter(counted).collect();
        let held = rows(&before, &questions);
        drop(before);
        let drive = Drive::holding(folder.path());
        let mut command = server_program();
        command.arg("--data").arg(&data).arg("events").env("HANDOFF_LOG", "off").env_remove("DATABASE_URL");
        let (acts, output) = strace::run(&command, folder.path());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let outcome = Cuts { root: folder.path(), drive, acts: &acts }.all(hear, |folder, _| {
            let data = folder.join("server");
            drop(App::open(config(&data)).map_err(|error| error.to_string())?);
            let found = rows(&encrypted(&data.join("server.db"), &key), &questions);
            let lost: Vec<_> = held.difference(&found).collect();
            if lost.is_empty() { Ok(()) } else { Err(format!("lost or changed: {lost:?}")) }
        });
        cuts += whole(&outcome, &format!("server {schema}"));
    }
    println!("power cuts while a server's database is brought up to date: {cuts}, losses: 0");
    assert!(cuts >= 40, "only {cuts} power cuts");
}
