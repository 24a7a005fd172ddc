//! A backup: everything of the database at one moment, in one encrypted file, while the server goes on.
//!
//! # Decisions
//! The file has a key of its own, which lives with the others: a backup is carried about, and must open
//! nothing else. It holds no key and no file of the keys' folder; those are kept elsewhere, by hand.
//!
//! It counts only when it was flushed, read anew and found whole. Only then may phones forget sealed bytes.

use crate::app::{App, AppError};
use crate::keys::{self, Keys};
use crate::store::copy::{self, Copied};
use crate::store::events::{self, Event, Kind};
use crate::store::{self, Db, Sqlite, StoreError, epochs, ledger};
use chrono::{DateTime, Utc};
use handoff::domain::ids::Hash;
use handoff::domain::wire::Watermark;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Where the database remembers the key of its backups, by a hash.
const KEY: &str = "backup_key";

fn name_of(key: &[u8; 32]) -> String {
    Hash::of(&[b"handoff/backup-key/1", key]).to_string()
}

/// A finished backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backup {
    /// How much of the log is in it.
    pub watermark: Watermark,
    /// How many rows of all tables.
    pub rows: u64,
}

impl App {
    /// Writes a backup to `file`; what stood there before stays until the new one is whole.
    ///
    /// # Errors
    /// [`AppError`]: then there is no new backup, and `file` is as it was.
    pub async fn backup(&self, file: PathBuf) -> Result<Backup, AppError> {
        let (app, now) = (self.clone(), self.now());
        let write = move || write(&app, &file, now);
        let backup = tokio::task::spawn_blocking(write).await.map_err(|_| StoreError::Broken)??;
        let Watermark { epoch, backed_up, at } = backup.watermark;
        let key = name_of(&*Keys::backup(&self.config().keys(), false)?);
        let note = move |db: &mut dyn Db| {
            store::set_setting(db, KEY, &key)?;
            epochs::add_backup(db, &backup.watermark)?;
            events::append(db, &Event::new(Kind::BackedUp).detail(format!("epoch {epoch} position {backed_up}")), at)
        };
        self.store().write(note).await?;
        // Receipts say so from now on.
        self.fresh_log_state().await?;
        Ok(backup)
    }
}

fn write(app: &App, file: &Path, now: DateTime<Utc>) -> Result<Backup, AppError> {
    let (folder, known) = (app.config().keys(), app.store().read_now(|db| store::setting(db, KEY))?);
    let there = Keys::has_backup(&folder);
    let key = Keys::backup(&folder, true)?;
    // A damaged key would write backups that no kept copy of it opens. Servers of one PostgreSQL have one each.
    if there && app.config().database_url.is_none() && known.is_some_and(|known| known != name_of(&key)) {
        return Err(Keys::changed_backup(&folder).into());
    }
    let beside = beside(file);
    let done = fill(app, &Sqlite::new(&beside, *key), &beside, now);
    let named = done.and_then(|backup| {
        put_in_place(&beside, file).map_err(|e| AppError::Io(file.display().to_string(), e))?;
        Ok(backup)
    });
    if named.is_err() {
        // What is left of it is worth nothing, and may fill the disk.
        drop(fs::remove_file(&beside));
    }
    named
}

fn fill(app: &App, engine: &Sqlite, beside: &Path, now: DateTime<Utc>) -> Result<Backup, AppError> {
    let io = |e| AppError::Io(beside.display().to_string(), e);
    private(beside).map_err(io)?;
    let (copied, head) = app.store().read_whole(|db| {
        let head = ledger::epoch_now(db)?.ok_or(StoreError::Shape("the ledger has not begun"))?;
        let (mut to, tables) = engine.fill()?;
        Ok((copy::all(db, to.as_mut(), &tables)?, head))
    })?;
    File::open(beside).and_then(|file| file.sync_all()).map_err(io)?;
    verify(engine, &copied)?;
    let watermark = Watermark { epoch: head.epoch, backed_up: head.size, at: now };
    Ok(Backup { watermark, rows: copied.iter().map(|table| table.rows).sum() })
}

/// Reads the file anew: its pages, how many rows each table has, and the newest leaf of the ledger from its record.
fn verify(engine: &Sqlite, copied: &[Copied]) -> Result<(), StoreError> {
    engine.check()?;
    let mut session = engine.look()?;
    copy::check(session.db(), copied)?;
    epochs::check_newest_leaf(session.db())
}

/// The name under which a file is written until it is whole.
pub(crate) fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

/// An empty file for its owner alone.
pub(crate) fn private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Gives a flushed file its name, so that a power cut leaves either the old or the new one there.
pub(crate) fn put_in_place(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    to.parent().map_or(Ok(()), keys::flush_folder)
}
