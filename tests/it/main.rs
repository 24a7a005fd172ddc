//! The integration tests: one binary, one module per subject.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    clippy::duplicate_mod,
    reason = "a test ends by panicking"
)]

mod afterwards;
#[cfg(all(feature = "desktop", target_os = "linux"))]
mod app;
mod assess;
mod assess_command;
mod assess_packs;
mod axe;
mod backlog;
mod browser;
mod casework;
mod casework_console;
#[cfg(unix)]
#[path = "casework.rs"]
mod casework_on_postgres;
mod cli;
mod clock;
#[cfg(unix)]
#[path = "clock.rs"]
mod clock_on_postgres;
#[cfg(unix)]
#[path = "../../sync-server/src/store/tests/cluster.rs"]
mod cluster;
mod console;
mod console_later;
mod disk;
#[cfg(target_os = "linux")]
mod disks;
#[cfg(all(feature = "desktop", target_os = "linux"))]
mod end_to_end;
mod enrol;
#[cfg(unix)]
#[path = "enrol.rs"]
mod enrol_on_postgres;
mod erase;
#[cfg(unix)]
#[path = "erase.rs"]
mod erase_on_postgres;
#[cfg(target_os = "linux")]
mod flips;
#[cfg(target_os = "linux")]
mod flips_server;
mod fuzz;
mod garbage;
#[cfg(unix)]
#[path = "garbage.rs"]
mod garbage_on_postgres;
mod geofence;
mod import;
#[cfg(unix)]
#[path = "import.rs"]
mod import_on_postgres;
mod ingest;
#[cfg(unix)]
#[path = "ingest.rs"]
mod ingest_on_postgres;
mod kill;
mod ladder;
#[cfg(unix)]
#[path = "ladder.rs"]
mod ladder_on_postgres;
mod languages;
mod later;
mod leaves;
mod ledger;
mod lost_keys;
mod mail;
mod me;
mod on_call;
mod outbox;
mod phone;
#[cfg(all(feature = "lab", unix))]
mod planted;
#[cfg(unix)]
mod postgres;
#[cfg(unix)]
mod postgres_tls;
#[cfg(target_os = "linux")]
mod power;
mod release;
mod release_console;
#[cfg(unix)]
#[path = "release.rs"]
mod release_on_postgres;
mod restore;
#[cfg(unix)]
mod restore_between;
mod revoke;
mod rota;
#[cfg(unix)]
#[path = "rota.rs"]
mod rota_on_postgres;
mod rota_pages;
mod round;
mod routes;
#[cfg(unix)]
#[path = "routes.rs"]
mod routes_on_postgres;
#[cfg(target_os = "linux")]
mod run;
mod same_person;
#[cfg(unix)]
#[path = "same_person.rs"]
mod same_person_on_postgres;
#[cfg(all(feature = "desktop", target_os = "linux"))]
mod screens;
mod server;
#[cfg(target_os = "linux")]
mod server_kills;
mod services;
#[cfg(target_os = "linux")]
mod slow;
mod standing;
mod sync_loop;
mod tidy;
mod timers;
mod today;
#[cfg(unix)]
#[path = "today.rs"]
mod today_on_postgres;
mod today_pages;
mod traps;
mod web_push;
mod webhook;
mod weight;
#[cfg(all(feature = "desktop", target_os = "linux"))]
mod window;
mod wire;
