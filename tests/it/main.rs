//! The integration tests: one binary, one module per subject.

mod assess;
mod assess_command;
mod assess_packs;
mod geofence;
mod ingest;
mod routes;
mod server;
mod tidy;
#[cfg(all(feature = "desktop", target_os = "linux"))]
mod window;
mod wire;
