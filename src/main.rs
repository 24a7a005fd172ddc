//! The program of phone and laptop: commands for scripts, and the officer's app.

use std::process::ExitCode;

fn main() -> ExitCode {
    run()
}

#[cfg(feature = "cli")]
fn run() -> ExitCode {
    handoff::cli::run()
}

#[cfg(not(feature = "cli"))]
fn run() -> ExitCode {
    ExitCode::SUCCESS
}
