//! The embedded database's file replaced by another.

use super::{Aside, Backup, Restored, renew};
use crate::app::AppError;
use crate::backup::{beside, private, put_in_place};
use crate::config::Config;
use crate::keys::{Keys, flush_folder};
use crate::store::ledger::{self, Epoch};
use crate::store::{Engine as _, Sqlite, StoreError, copy};
use chrono::{DateTime, Utc};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

pub(super) fn restore(
    config: &Config,
    keys: &Keys,
    (backup, now): (&Backup<'_>, DateTime<Utc>),
) -> Result<Restored, AppError> {
    let (database, new) = (config.database(), beside(&config.database()));
    let engine = Sqlite::new(&new, *keys.database);
    let named = |path: &Path| {
        let path = path.display().to_string();
        move |e| AppError::Io(path, e)
    };
    let flush = || File::open(&new).and_then(|file| file.sync_all()).map_err(named(&new));
    let made = backup.read(|from| Ok(copied(from, &engine, &new)?)).and_then(|()| flush()).and_then(|()| {
        let before = present(&Sqlite::new(&database, *keys.database), &database);
        renew(config, engine.writer()?.as_mut(), (before, now))
    });
    let swapped = made.and_then(|kept| {
        let set_aside = swap(&database, &new, now).map_err(named(&database))?;
        Ok(Restored::of(kept, set_aside.map(Aside::File)))
    });
    if swapped.is_err() {
        // It holds nothing that the backup does not.
        drop(fs::remove_file(&new));
    }
    swapped
}

/// The epoch of the database that stands there, if it can be read. What its log has above its file is written into
/// the file, so that one file is all of it.
fn present(engine: &Sqlite, path: &Path) -> Option<Epoch> {
    if !path.exists() {
        return None;
    }
    let mut session = engine.writer().ok()?;
    ledger::epoch_now(session.db()).ok()?
}

/// The rows of the backup in a new file.
fn copied(from: &Sqlite, to: &Sqlite, new: &Path) -> Result<(), StoreError> {
    private(new).map_err(|e| StoreError::Engine(e.to_string()))?;
    let mut session = from.writer()?;
    let (mut fresh, tables) = to.fill()?;
    copy::all(session.db(), fresh.as_mut(), &tables)?;
    drop(fresh);
    to.check()
}

/// Gives the new file the database's name, and what stood there another.
fn swap(database: &Path, new: &Path, now: DateTime<Utc>) -> io::Result<Option<PathBuf>> {
    let aside = set_aside(database, now)?;
    File::open(new)?.sync_all()?;
    put_in_place(new, database)?;
    Ok(aside)
}

/// A second name for the present database; its log, if there is one, goes with it: left there, it would be taken
/// for a part of the new one.
fn set_aside(database: &Path, now: DateTime<Utc>) -> io::Result<Option<PathBuf>> {
    if !database.exists() {
        return Ok(None);
    }
    let mut name = database.as_os_str().to_owned();
    name.push(now.format(".%Y-%m-%dT%H-%M-%S%.3fZ").to_string());
    let aside = PathBuf::from(name);
    if fs::hard_link(database, &aside).is_err() {
        // A file system without second names.
        fs::rename(database, &aside)?;
    }
    for part in ["-wal", "-shm"] {
        let with = |path: &Path| {
            let mut name = path.as_os_str().to_owned();
            name.push(part);
            PathBuf::from(name)
        };
        if with(database).exists() {
            fs::rename(with(database), with(&aside))?;
        }
    }
    database.parent().map_or(Ok(()), flush_folder)?;
    Ok(Some(aside))
}
