//! `handoff app`: the officer's app in a window.

use super::Failure;
use std::path::PathBuf;

/// Where the app keeps its files.
#[derive(clap::Args)]
pub struct Args {
    /// The folder for databases and keys; else the one of `HANDOFF_DATA`, else the user's own.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Opens the window; the process ends with it.
pub fn run(args: &Args) -> Result<(), Failure> {
    crate::ui::launch::launch(args.data.clone())
}
