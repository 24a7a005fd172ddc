//! Putting a backup in the database's place, with no server running.
//!
//! # Decisions
//! Nothing is overwritten: the present database is set aside under a name with the time, a file beside the file or a
//! schema beside the schema. Until the very last step it keeps its place, so that whatever breaks off on the way
//! leaves it there; the last step is one rename, or one transaction.
//!
//! The new epoch is opened here, before anyone is served, so that no place of the old log is given twice.

mod file;

use crate::apart::Apart;
use crate::app::AppError;
use crate::backup::{beside, private};
use crate::config::Config;
use crate::devices::REVOKED;
use crate::epochs::{self, revoke_again};
use crate::in_use::InUse;
use crate::keys::Keys;
use crate::store::epochs::check_newest_leaf;
use crate::store::ledger::{self, Epoch};
use crate::store::{Db, Postgres, Session, Sqlite, StoreError, copy};
use chrono::{DateTime, Utc};
use handoff::domain::ids::Hash;
use handoff::seal::note::Checkpoint;
use handoff::seal::tree::Head;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What a restore did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The epoch that is over, and how much of it is here.
    pub kept: (u64, u64),
    /// So much of it there was, as far as is known now.
    pub seen: u64,
    /// Where the database of before is.
    pub set_aside: Option<Aside>,
}

/// Where the database of before is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aside {
    /// In this file.
    File(PathBuf),
    /// In this schema of the same PostgreSQL database.
    Schema(String),
}

impl fmt::Display for Aside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Schema(name) => write!(f, "the schema {name} of this database"),
        }
    }
}

impl Restored {
    fn of((kept, seen): Kept, set_aside: Option<Aside>) -> Self {
        Self { kept, seen, set_aside }
    }

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
        if let Some(aside) = &self.set_aside {
            lines.push(format!("The database of before is kept as {aside}."));
        }
        lines.push("Start the server: phones deliver at once, and read when you have run".into());
        lines.push("handoff-server confirm-revocations".into());
        lines
    }
}

/// Puts the backup in `file` in the database's place: that of the file, or of PostgreSQL if the server uses it.
///
/// # Errors
/// [`AppError`]: then the database is as it was.
pub fn restore(config: &Config, file: &Path) -> Result<Restored, AppError> {
    let _alone = InUse::alone(&config.data)?;
    let backup = Backup {
        file,
        work: beside(&config.database()).with_extension("backup"),
        key: Keys::backup(&config.keys(), false)?,
    };
    let (keys, now) = (Keys::open(&config.keys(), None)?, config.clock.now());
    let Some(url) = &config.database_url else { return file::restore(config, &keys, (&backup, now)) };
    let engine = Postgres::new(url.clone());
    // Its client blocks, which an async thread may not.
    std::thread::scope(|scope| {
        let work = || into_postgres(config, &engine, (&backup, now));
        scope.spawn(work).join().map_err(|_| StoreError::Broken)?
    })
}

/// A backup, and where the copy of it lies that is read: the backup itself is never changed.
struct Backup<'a> {
    file: &'a Path,
    work: PathBuf,
    key: Zeroizing<[u8; 32]>,
}

impl Backup<'_> {
    /// Checks it, brings it to the newest schema, and hands it over.
    fn read<T>(&self, read: impl FnOnce(&Sqlite) -> Result<T, AppError>) -> Result<T, AppError> {
        let named = |e| AppError::Io(self.file.display().to_string(), e);
        private(&self.work).and_then(|()| fs::copy(self.file, &self.work).map(drop)).map_err(named)?;
        let from = Sqlite::new(&self.work, *self.key);
        let done = from.check().map_err(AppError::from).and_then(|()| read(&from));
        for part in ["", "-wal", "-shm"] {
            let mut name = self.work.clone().into_os_string();
            name.push(part);
            drop(fs::remove_file(name));
        }
        // Nobody but this function knows of the copy.
        if let Err(AppError::Store(StoreError::Unreadable { why, .. })) = done {
            return Err(StoreError::Unreadable { path: self.file.display().to_string(), why }.into());
        }
        done
    }
}

fn into_postgres(
    config: &Config,
    engine: &Postgres,
    (backup, now): (&Backup<'_>, DateTime<Utc>),
) -> Result<Restored, AppError> {
    let new = engine.replacement()?;
    let before = new.present()?;
    let mut session = new.fill()?;
    backup.read(|from| {
        let (mut from, tables) = from.whole()?;
        let copied = copy::all(from.db(), session.as_mut(), &tables)?;
        copy::check(session.db(), &copied)?;
        Ok(check_newest_leaf(session.db())?)
    })?;
    let kept = renew(config, session.as_mut(), (before, now))?;
    drop(session);
    let aside = now.format("handoff_before_%Y_%m_%d_%H_%M_%S_%3f").to_string();
    let set_aside = new.put_in_place(&aside)?.then_some(Aside::Schema(aside));
    Ok(Restored::of(kept, set_aside))
}

type Kept = ((u64, u64), u64);

/// Opens the new epoch and puts in force again what is kept apart from the database.
fn renew(
    config: &Config,
    session: &mut dyn Session,
    (before, now): (Option<Epoch>, DateTime<Utc>),
) -> Result<Kept, AppError> {
    let revoked = Apart::new(&config.data, REVOKED).read()?;
    let kept = in_transaction(session, |db| {
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
