//! What the commands of the phone share: its folder, its core, a runtime, and words for times.

use super::Failure;
use crate::platform::clock::SystemClock;
use crate::platform::paths;
use crate::sync::{EnrolError, Enrolment, Phone, PhoneError, RecordError};
use chrono::{DateTime, FixedOffset, Utc};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the phone's files are.
#[derive(clap::Args)]
pub(super) struct Data {
    /// The folder of databases and keys; without it, the user's own.
    #[arg(long, value_name = "DIR", env = "HANDOFF_DATA")]
    data: Option<PathBuf>,
}

impl Data {
    /// Opens the phone.
    pub(super) fn open(&self) -> Result<Phone, Failure> {
        let folder = self.data.clone().or_else(paths::data_dir);
        let folder = folder.ok_or_else(|| Failure::Input("--data: this system names no folder; give one".into()))?;
        let phone = Phone::open(&folder, Arc::new(SystemClock)).map_err(phone_failure)?;
        for name in phone.unreadable_files() {
            eprintln!(
                "handoff: {name} could not be read when it was opened, and is kept. Show it to your administrator."
            );
        }
        Ok(phone)
    }
}

/// Who the device is; a device that is not enrolled cannot do what was asked.
pub(super) fn enrolled(phone: &Phone) -> Result<Enrolment, Failure> {
    phone.enrolment().ok_or_else(|| Failure::Input("this device is not enrolled; run `handoff enrol`".into()))
}

/// Runs async work to its end, on this thread.
pub(super) fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.map_err(|e| Failure::Machine(e.to_string()))?.block_on(work))
}

/// Reads a file, `-` for standard input.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |e| Failure::Input(format!("{}: {e}", path.display()));
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes).map_err(failed)?;
        return Ok(bytes);
    }
    std::fs::read(path).map_err(failed)
}

/// Prints a line for programs and people; a reader that went away ends the command.
pub(super) fn print(line: &str) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{line}").map_err(|e| Failure::Machine(format!("standard output: {e}")))
}

/// A time of day, as the wall shows it in that offset.
pub(super) fn clock(at: DateTime<Utc>, offset: FixedOffset) -> String {
    at.with_timezone(&offset).format("%H:%M:%S").to_string()
}

pub(super) fn phone_failure(error: PhoneError) -> Failure {
    match error {
        PhoneError::NotAnOfficer | PhoneError::Unit => Failure::Input(error.to_string()),
        PhoneError::NoShift
        | PhoneError::Saved
        | PhoneError::OutOfService
        | PhoneError::Store(_)
        | PhoneError::Seal(_)
        | PhoneError::File { .. } => Failure::Machine(error.to_string()),
    }
}

pub(super) fn enrol_failure(error: EnrolError) -> Failure {
    match error {
        EnrolError::Address | EnrolError::NotSecure | EnrolError::Already | EnrolError::Refused(_) => {
            Failure::Input(error.to_string())
        }
        EnrolError::Phone(error) => phone_failure(error),
        EnrolError::Unreachable | EnrolError::NotTheServer | EnrolError::Keys(_) => Failure::Machine(error.to_string()),
    }
}

pub(super) fn record_failure(error: RecordError) -> Failure {
    match error {
        RecordError::Decision(_)
        | RecordError::Facts(_)
        | RecordError::NoPack
        | RecordError::NoRecord
        | RecordError::Hidden
        | RecordError::Differs(_) => Failure::Input(error.to_string()),
        RecordError::NotEnrolled | RecordError::NoShift | RecordError::Seal(_) | RecordError::Store(_) => {
            Failure::Machine(error.to_string())
        }
    }
}
