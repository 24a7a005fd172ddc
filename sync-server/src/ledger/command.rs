//! What the command line does with the ledger: export it, verify an export, print a checkpoint or the key.

use super::export::{self, ExportError, TRIES};
use super::sign_now;
use super::verify::{self, Report, Unusable};
use crate::app::{App, AppError};
use crate::store::StoreError;
use crate::store::events::{Event, Kind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use handoff::seal::ServerPublic;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write as _};
use std::path::Path;

/// The largest key or checkpoint that is read.
const MOST_BYTES: u64 = 4096;

/// What a command was given cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GivenError {
    /// A file.
    #[error("{0}: {1}")]
    File(String, io::Error),
    /// No key.
    #[error("{0}: this is neither a file nor the base64 of a server's public key of 32 bytes")]
    Key(String),
    /// An export, or a known checkpoint.
    #[error("{0}: {1}")]
    Unusable(String, Unusable),
    /// The file cannot be written.
    #[error("{0}: {1}")]
    Export(String, ExportError),
}

/// Writes the log to a file, whole or not at all; returns how many leaves.
///
/// # Errors
/// [`AppError`].
pub async fn export_to(app: &App, path: &Path) -> Result<u64, AppError> {
    app.note(Event::new(Kind::Exported).detail("command line")).await?;
    for _ in 1..TRIES {
        match signed(app, path).await {
            Err(AppError::Given(GivenError::Export(_, ExportError::Erasing))) => {}
            done => return done,
        }
    }
    signed(app, path).await
}

/// Signs all that there is, and writes it.
async fn signed(app: &App, path: &Path) -> Result<u64, AppError> {
    sign_now(app).await?;
    let (app, path) = (app.clone(), path.to_owned());
    let written = tokio::task::spawn_blocking(move || write(&app, &path)).await;
    Ok(written.map_err(|_| StoreError::Broken)??)
}

fn write(app: &App, path: &Path) -> Result<u64, GivenError> {
    let name = path.display().to_string();
    let fault = |e| GivenError::File(name.clone(), e);
    let beside = path.with_extension("new");
    let mut file = BufWriter::new(File::create(&beside).map_err(fault)?);
    let mut failed = None;
    let done = export::write(app, &mut |bytes| match file.write_all(&bytes) {
        Ok(()) => true,
        Err(error) => {
            failed = Some(error);
            false
        }
    });
    if let Some(error) = failed {
        return Err(fault(error));
    }
    let leaves = done.map_err(|error| GivenError::Export(name.clone(), error))?;
    let file = file.into_inner().map_err(|e| fault(e.into_error()))?;
    file.sync_all().and_then(|()| fs::rename(&beside, path)).map_err(fault)?;
    Ok(leaves)
}

/// Verifies an export with a key, and a known checkpoint if there is one. Needs nothing else.
///
/// # Errors
/// [`GivenError`]: what was given cannot be used. What is wrong with the log is in the report.
pub fn verify_export(export: &Path, key: &str, known: Option<&Path>) -> Result<Report, GivenError> {
    let key = public_key(key)?;
    let known = match known {
        Some(path) => {
            let note = read_small(path)?;
            let unusable = |error| GivenError::Unusable(path.display().to_string(), error);
            Some(verify::known(&note, &key).map_err(unusable)?)
        }
        None => None,
    };
    let name = export.display().to_string();
    let file = File::open(export).map_err(|e| GivenError::File(name.clone(), e))?;
    let file = BufReader::with_capacity(1 << 18, file);
    verify::verify(file, &key, known).map_err(|error| GivenError::Unusable(name, error))
}

/// The server's public key as text.
///
/// # Errors
/// [`AppError::Seal`]; not for a key that was read.
pub fn key_text(app: &App) -> Result<String, AppError> {
    Ok(STANDARD.encode(app.keys().server.public()?.as_bytes()))
}

fn public_key(given: &str) -> Result<ServerPublic, GivenError> {
    let path = Path::new(given);
    let text = if path.is_file() { read_small(path)? } else { given.to_owned() };
    let text = text.trim();
    let decoded =
        [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD].into_iter().find_map(|b| b.decode(text).ok());
    let key = decoded.and_then(|bytes| ServerPublic::from_bytes(&bytes).ok());
    key.ok_or_else(|| GivenError::Key(given.to_owned()))
}

fn read_small(path: &Path) -> Result<String, GivenError> {
    let fault = |e| GivenError::File(path.display().to_string(), e);
    let mut text = String::new();
    let file = File::open(path).map_err(fault)?;
    io::Read::read_to_string(&mut io::Read::take(file, MOST_BYTES), &mut text).map_err(fault)?;
    Ok(text)
}
