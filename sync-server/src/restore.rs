//! Putting a backup in the database's place, with no server running.
//!
//! # Decisions
//! Nothing is overwritten: the present database is set aside under a name with the time. Until the very
//! last step it keeps its name, so that a power cut on the way leaves it in place; the last step is one
//! rename.
//!
//! The new epoch is opened here, before anyone is served, so that no place of the old log is given twice.

use crate::apart::Apart;
use crate::app::AppError;
use crate::backup::{beside, private, put_in_place};
use crate::config::Config;
use crate::devices::REVOKED;
use crate::epochs::{self, revoke_again};
use crate::in_use::InUse;
use crate::keys::{Keys, flush_folder};
use crate::store::ledger::{self, Epoch};
use crate::store::{Db, Engine as _, Session, Sqlite, StoreError, copy};
use chrono::{DateTime, Utc};
use handoff::domain::ids::Hash;
use handoff::seal::note::Checkpoint;
use handoff::seal::tree::Head;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// What a restore did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The epoch that is over, and how much of it is here.
    pub kept: (u64, u64),
    /// So much of it there was, as far as is known now.
    pub seen: u64,
    /// Where the database of before is.
    pub set_aside: Option<PathBuf>,
}

impl Restored {
    /// The same for whoever did it, with what is to be done next.
    pub fn lines(&self) -> Vec<String> {
        let (epoch, size) = self.kept;
        let mut lines = vec![format!("Restored: epoch {epoch}, log entries 1–{size}. A new epoch is open.")];
        match self.seen > size {
            true => lines.push(format!(
                "Entries {}–{} are not here. Phones send theirs again by themselves.",
                size + 1,
                self.seen
            )),
            false => lines.push("Nothing is known to be lost. Phones say more when they come.".into()),
        }
        if let Some(path) = &self.set_aside {
            lines.push(format!("The database of before is kept as {}.", path.display()));
        }
        lines.push("Start the server: phones deliver at once, and read when you have run".into());
        lines.push("handoff-server confirm-revocations".into());
        lines
    }
}

/// Puts the backup in `file` in the database's place.
///
/// # Errors
/// [`AppError`]: then the database is as it was.
pub fn restore(config: &Config, file: &Path) -> Result<Restored, AppError> {
    if config.database_url.is_some() {
        return Err(AppError::NotEmbedded(
            "put its own backup back with its own tools; phones offer again what is missing",
        ));
    }
    if config.database_url.is_some() {
        return Err(AppError::NoFile);
    }
    let _alone = InUse::alone(&config.data)?;
    let now = config.clock.now();
    let (keys, key) = (Keys::open(&config.keys(), false)?, Keys::backup(&config.keys(), false)?);
    let (database, new) = (config.database(), beside(&config.database()));
    let engine = Sqlite::new(&new, *keys.database);
    let made = rebuild(file, &engine, (&new, &key)).and_then(|()| {
        let before = present(&Sqlite::new(&database, *keys.database), &database);
        renew(config, &engine, (before, now))
    });
    let swapped = made.and_then(|(kept, seen)| {
        let set_aside = swap(&database, &new, now).map_err(|e| AppError::Io(database.display().to_string(), e))?;
        Ok(Restored { kept, seen, set_aside })
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

/// The rows of the backup in a new file, brought to the newest schema on the way.
fn rebuild(file: &Path, engine: &Sqlite, (new, key): (&Path, &[u8; 32])) -> Result<(), AppError> {
    let named = |path: &Path| {
        let path = path.display().to_string();
        move |e| AppError::Io(path, e)
    };
    // A copy of it is brought up to date: the backup itself is only read.
    let work = new.with_extension("backup");
    private(&work).and_then(|()| fs::copy(file, &work).map(drop)).map_err(named(file))?;
    let from = Sqlite::new(&work, *key);
    let done = from.check().and_then(|()| copied(&from, engine, new));
    drop(fs::remove_file(&work));
    done?;
    File::open(new).and_then(|file| file.sync_all()).map_err(named(new))
}

fn copied(from: &Sqlite, to: &Sqlite, new: &Path) -> Result<(), StoreError> {
    private(new).map_err(|e| StoreError::Engine(e.to_string()))?;
    let mut session = from.writer()?;
    let (mut fresh, tables) = to.fill()?;
    copy::all(session.db(), fresh.as_mut(), &tables)?;
    drop(fresh);
    to.check()
}

type Kept = ((u64, u64), u64);

/// Opens the new epoch and puts in force again what is kept apart from the database.
fn renew(config: &Config, engine: &Sqlite, (before, now): (Option<Epoch>, DateTime<Utc>)) -> Result<Kept, AppError> {
    let revoked = Apart::new(&config.data, REVOKED).read()?;
    let mut session = engine.writer()?;
    let kept = in_transaction(session.as_mut(), |db| {
        ledger::begin(db, now)?;
        let current = ledger::epoch_now(db)?.ok_or(StoreError::Shape("the ledger has not begun"))?;
        let newest = before.as_ref().filter(|before| before.epoch >= current.epoch).unwrap_or(&current);
        // Only how far it was known to go matters of it.
        let head = Head { size: newest.seen.max(newest.size), root: Hash([0; 32]) };
        let ahead = Checkpoint { origin: newest.origin.clone(), head };
        // Before anything else is written: the next place of the old log is another's.
        epochs::open(db, (&current, &ahead), current.size, (now, now))?;
        revoke_again(db, &revoked)?;
        let same = newest.origin == current.origin;
        Ok(((current.epoch, current.size), if same { ahead.head.size } else { current.size }))
    })?;
    Ok(kept)
}

fn in_transaction<T>(
    session: &mut dyn Session,
    work: impl FnOnce(&mut dyn Db) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    session.begin()?;
    let done = work(session.db())?;
    session.commit()?;
    Ok(done)
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
