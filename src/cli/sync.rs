//! `handoff sync`: one round of sending and listening.

use super::Failure;
use super::open::{Data, block_on, enrolled, phone_failure, print};
use crate::sync::FeedState;

/// Arguments of `handoff sync`.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: Data,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let phone = args.data.open()?;
    enrolled(&phone)?;
    let report = block_on(phone.sync_once())?.map_err(phone_failure)?;
    print(&format!("{} received, {} refused, {} waiting", report.receipted, report.refused, report.waiting))?;
    match report.feed {
        FeedState::Fresh => Ok(()),
        FeedState::Stale(hold) => Err(Failure::Machine(hold.words().to_owned())),
    }
}
