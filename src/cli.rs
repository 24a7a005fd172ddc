//! The command line. What it prints on standard output is for programs; words for people go to standard
//! error. Exit 0: done. Exit 1: the machine failed. Exit 2: the input cannot be taken, and the message
//! names the file or the field.

#[cfg(feature = "desktop")]
mod app;
mod assess;
#[cfg(feature = "sync")]
mod enrol;
#[cfg(feature = "sync")]
mod open;
#[cfg(feature = "sync")]
mod record;
#[cfg(feature = "sync")]
mod shift;
#[cfg(feature = "sync")]
mod status;
#[cfg(feature = "sync")]
mod sync;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// From the scene to a case manager, and nothing is lost on the way.
#[derive(Parser)]
#[command(name = "handoff", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Open the officer's app in a window.
    #[cfg(feature = "desktop")]
    App(app::Args),
    /// Say what the rules make of the facts on standard input.
    Assess(assess::Args),
    /// Enrol this device with the one-time code of an administrator.
    #[cfg(feature = "sync")]
    Enrol(enrol::Args),
    /// Record a decision from a file, durably, and print its entry's hash.
    #[cfg(feature = "sync")]
    Record(record::Args),
    /// Send what waits and read what is new, once.
    #[cfg(feature = "sync")]
    Sync(sync::Args),
    /// Say exactly what is not safe yet, how old it is, and why.
    #[cfg(feature = "sync")]
    Status(status::Args),
    /// Play a shift: record encounters without and with a signal, and follow each until it has arrived.
    #[cfg(feature = "sync")]
    Shift(shift::Args),
}

/// Why a command ends without having done its work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The input cannot be taken; the words name the file or the field.
    #[error("{0}")]
    Input(String),
    /// The machine failed.
    #[error("{0}")]
    Machine(String),
}

impl Failure {
    /// The process's exit code.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Input(_) => 2,
            Self::Machine(_) => 1,
        }
    }
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let result = match Cli::parse().command {
        #[cfg(feature = "desktop")]
        Command::App(args) => app::run(&args),
        Command::Assess(args) => assess::run(&args),
        #[cfg(feature = "sync")]
        Command::Enrol(args) => enrol::run(&args),
        #[cfg(feature = "sync")]
        Command::Record(args) => record::run(&args),
        #[cfg(feature = "sync")]
        Command::Sync(args) => sync::run(&args),
        #[cfg(feature = "sync")]
        Command::Status(args) => status::run(&args),
        #[cfg(feature = "sync")]
        Command::Shift(args) => shift::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("handoff: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}
