//! The sync server of Handoff and its console.
//!
//! A phone's sealed entries come in by `/v1/entries` ([`ingest`]), are kept as they came ([`store`]), and are
//! shown to the people of the program. [`routes`] is the whole server on one page.
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "a test may stop"
    )
)]

pub mod apart;
pub mod api;
pub mod app;
pub mod auth;
pub mod backup;
pub mod cases;
pub mod casework;
pub mod clock;
pub mod config;
pub mod console;
pub mod deliver;
pub mod demo;
pub mod device;
pub mod devices;
pub mod epochs;
pub mod erase;
pub mod flags;
pub mod import;
pub mod in_use;
pub mod ingest;
pub mod keys;
pub mod ledger;
pub mod log;
mod news;
pub mod pages;
mod participant;
pub mod release;
pub mod replay;
pub mod restore;
pub mod rota;
pub mod routes;
pub mod same_person;
mod serve;
pub mod server;
pub mod services;
pub mod signin;
pub mod site;
pub mod store;
pub mod today;
pub mod words;

pub use app::{App, AppError, Change};
pub use clock::Clock;
pub use config::{Config, Wake};
pub use server::{Running, Server};
