//! `handoff enrol SERVER CODE`.

use super::Failure;
use super::open::{Data, block_on, enrol_failure, print};

/// Arguments of `handoff enrol`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The server's address, such as `https://handoff.example.org`.
    server: String,
    /// The one-time code.
    code: String,
    /// What kind of device this is, for the administrator's list.
    #[arg(long, default_value = "laptop")]
    model: String,
    #[command(flatten)]
    data: Data,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let phone = args.data.open()?;
    block_on(phone.enrol(&args.server, &args.code, &args.model))?.map_err(enrol_failure)?;
    let enrolment = phone.enrolment().ok_or_else(|| Failure::Machine("the enrolment was not kept".into()))?;
    print(&format!("Enrolled with {} as device {}.", enrolment.agency, enrolment.device))?;
    if phone.config().is_none() {
        eprintln!("handoff: the program's rules have not come yet; run `handoff sync`.");
    }
    Ok(())
}
