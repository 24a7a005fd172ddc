//! The program of phone and laptop: commands for scripts, and the officer's app. Started without a word,
//! as from an icon, it opens the app.

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(any(feature = "desktop", feature = "mobile"))]
    if cfg!(feature = "mobile") || std::env::args_os().len() <= 1 {
        handoff::ui::launch::launch(None)
    }
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
