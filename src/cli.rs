//! The command line. What it prints on standard output is for programs; words for people go to standard
//! error. Exit 0: done. Exit 1: the machine failed. Exit 2: the input cannot be taken, and the message
//! names the file or the field.

mod assess;

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
    /// Say what the rules make of the facts on standard input.
    Assess(assess::Args),
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
        Command::Assess(args) => assess::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("handoff: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}
