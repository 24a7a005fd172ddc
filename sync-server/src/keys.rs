//! The server's keys: files of mode 0600 beside the database, never in it and never in its backup.
//!
//! A key is made only together with a new database. A database whose key file is gone is refused: a new
//! key would make it look damaged. Keys of a backup and of the channels to people are made with their first use.

use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use handoff::domain::ids::Hash;
use handoff::seal::{Curve, DeviceKey, SealError, SealingKey, ServerKey, random};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

const DATABASE: &str = "database.key";
const SERVER: &str = "server.key";
const SEALING: &str = "sealing.key";
const BACKUP: &str = "backup.key";
const PUSH: &str = "push.key";
const WEBHOOK: &str = "webhook.key";
/// Keys that phones no longer seal to, and that entries on the way may still be sealed to.
const RETIRED: &str = "sealing-";

/// Why the keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file is missing although the database is there.
    #[error("{0} is missing, and the database cannot be used without it: put it back from where it is kept")]
    Missing(PathBuf),
    /// The file cannot be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    /// The file holds another key than it did.
    #[error(
        "{0} is not the key of earlier backups: put it back from where it is kept, or move it away to begin with a new one"
    )]
    Changed(PathBuf),
    /// Another key than the database knows.
    #[error(
        "{0} is not the key that this database knows: copy the keys folder of the other server, or make a new one with channel-key --new"
    )]
    Other(PathBuf),
    /// The file holds no such key.
    #[error("{0}: {1}")]
    Bad(PathBuf, SealError),
}

/// A key of a channel that leaves this house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ChannelKey {
    /// By which push services know this server (VAPID): ECDSA on P-256.
    Push,
    /// By which a program of the agency knows a webhook's call: 32 bytes.
    Webhook,
}

impl ChannelKey {
    /// The code, as in an event.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Webhook => "webhook",
        }
    }

    /// Its file.
    pub(crate) const fn file(self) -> &'static str {
        match self {
            Self::Push => PUSH,
            Self::Webhook => WEBHOOK,
        }
    }

    /// The setting under which the database remembers which key it is.
    pub(crate) const fn setting(self) -> &'static str {
        match self {
            Self::Push => "push_key",
            Self::Webhook => "webhook_key",
        }
    }

    fn make(self) -> Result<Vec<u8>, SealError> {
        match self {
            Self::Push => Ok(DeviceKey::generate()?.to_pkcs8()?.to_vec()),
            Self::Webhook => Ok(random::bytes::<32>()?.to_vec()),
        }
    }
}

/// All keys of the server.
#[derive(Debug)]
pub struct Keys {
    /// Opens the database.
    pub database: Zeroizing<[u8; 32]>,
    /// Signs receipts and configurations.
    pub server: ServerKey,
    current: String,
    sealing: BTreeMap<String, SealingKey>,
}

impl Keys {
    /// Reads the keys in `folder`; makes them, the one to which phones seal of this curve, if there is no database yet.
    ///
    /// # Errors
    /// [`KeyError`], with the file's name.
    pub fn open(folder: &Path, make: Option<Curve>) -> Result<Self, KeyError> {
        make_folder(folder)?;
        let (fresh, curve) = (make.is_some(), make.unwrap_or_default());
        let database = read(folder, DATABASE, fresh, || Ok(random::bytes::<32>()?.to_vec()))?;
        let server = read(folder, SERVER, fresh, || Ok(ServerKey::generate()?.seed().to_vec()))?;
        let sealing = read(folder, SEALING, fresh, || Ok(SealingKey::generate_on(curve)?.to_bytes().to_vec()))?;
        let bad = |name: &str| {
            let path = folder.join(name);
            move |e: SealError| KeyError::Bad(path, e)
        };
        let current = SealingKey::from_bytes(&sealing).map_err(bad(SEALING))?;
        let keys = retired(folder)?;
        Ok(Self {
            database: Zeroizing::new(
                database.as_slice().try_into().map_err(|_| bad(DATABASE)(SealError::Key("database key")))?,
            ),
            server: ServerKey::from_seed(&server).map_err(bad(SERVER))?,
            current: current.public().id().to_owned(),
            sealing: keys.into_iter().chain([current]).map(|key| (key.public().id().to_owned(), key)).collect(),
        })
    }

    /// Whether there is a key of backups.
    pub(crate) fn has_backup(folder: &Path) -> bool {
        folder.join(BACKUP).exists()
    }

    /// The key of backups is not the one that it was.
    pub(crate) fn changed_backup(folder: &Path) -> KeyError {
        KeyError::Changed(folder.join(BACKUP))
    }

    /// The key of backups: made with the first of them.
    ///
    /// # Errors
    /// [`KeyError`]; [`KeyError::Missing`] only when it is not to be made.
    pub fn backup(folder: &Path, make: bool) -> Result<Zeroizing<[u8; 32]>, KeyError> {
        let bytes = read(folder, BACKUP, make, || Ok(random::bytes::<32>()?.to_vec()))?;
        let bad = |_| KeyError::Bad(folder.join(BACKUP), SealError::Key("backup key"));
        Ok(Zeroizing::new(bytes.as_slice().try_into().map_err(bad)?))
    }

    /// A key of a channel to people.
    ///
    /// # Errors
    /// [`KeyError`]; [`KeyError::Missing`] only when it is not to be made.
    pub fn channel(folder: &Path, which: ChannelKey, make: bool) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        read(folder, which.file(), make, || which.make())
    }

    /// Puts a new key of a channel in the place of the one that is there.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn new_channel(folder: &Path, which: ChannelKey) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let path = folder.join(which.file());
        let bytes = Zeroizing::new(which.make().map_err(|e| KeyError::Bad(path.clone(), e))?);
        write_private(&path, &bytes).map_err(|e| KeyError::File(path, e))?;
        Ok(bytes)
    }

    /// The key to which phones seal now.
    pub fn current(&self) -> Option<&SealingKey> {
        self.sealing.get(&self.current)
    }

    /// The token of the device with this key that came with the code of this hash: the same whenever it is asked for,
    /// and nobody else's to work out.
    ///
    /// # Errors
    /// [`SealError::Key`]; not for keys that were read here.
    pub fn device_token(&self, code: Hash, device_key: &[u8]) -> Result<Zeroizing<[u8; 32]>, SealError> {
        let bad = |_| SealError::Key("server key");
        let secret = Salt::new(HKDF_SHA256, b"handoff/device-token/1").extract(self.server.seed());
        let info = [code.0.as_slice(), device_key];
        let mut token = Zeroizing::new([0; 32]);
        secret.expand(&info, HKDF_SHA256).and_then(|okm| okm.fill(token.as_mut_slice())).map_err(bad)?;
        Ok(token)
    }

    /// The ids of all keys to which phones seal or sealed.
    pub(crate) fn sealing_ids(&self) -> Vec<String> {
        self.sealing.keys().cloned().collect()
    }

    /// A key by its id, the retired ones included.
    pub fn sealing(&self, id: &str) -> Option<&SealingKey> {
        self.sealing.get(id)
    }
}

/// The hash under which a secret is stored and looked up.
pub fn secret_hash(secret: &[u8]) -> Hash {
    Hash::of(&[b"handoff/secret/1", secret])
}

fn retired(folder: &Path) -> Result<Vec<SealingKey>, KeyError> {
    let mut keys = Vec::new();
    for entry in fs::read_dir(folder).map_err(|e| KeyError::File(folder.to_owned(), e))? {
        let path = entry.map_err(|e| KeyError::File(folder.to_owned(), e))?.path();
        if path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(RETIRED)) {
            let bytes = Zeroizing::new(fs::read(&path).map_err(|e| KeyError::File(path.clone(), e))?);
            keys.push(SealingKey::from_bytes(&bytes).map_err(|e| KeyError::Bad(path, e))?);
        }
    }
    Ok(keys)
}

fn read(
    folder: &Path,
    name: &str,
    fresh: bool,
    make: impl FnOnce() -> Result<Vec<u8>, SealError>,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let path = folder.join(name);
    match fs::read(&path) {
        Ok(bytes) => Ok(Zeroizing::new(bytes)),
        Err(e) if e.kind() == io::ErrorKind::NotFound && fresh => {
            let bytes = Zeroizing::new(make().map_err(|e| KeyError::Bad(path.clone(), e))?);
            write_private(&path, &bytes).map_err(|e| KeyError::File(path, e))?;
            Ok(bytes)
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => Err(KeyError::Missing(path)),
        Err(e) => Err(KeyError::File(path, e)),
    }
}

/// Writes a file for its owner alone: beside, flushed, then named, so that a power cut leaves no half of it.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    path.parent().map_or(Ok(()), flush_folder)
}

/// Puts the names in a folder on the disk: without it a power cut may take back a file that was just named.
pub(crate) fn flush_folder(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    // Elsewhere a folder cannot be opened as a file, and the system keeps names by itself.
    if cfg!(unix) { fs::File::open(folder)?.sync_all() } else { Ok(()) }
}

fn make_folder(folder: &Path) -> Result<(), KeyError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let made = !folder.exists();
    builder.create(folder).map_err(|e| KeyError::File(folder.to_owned(), e))?;
    // The data folder, and the one in which it stands, may be new too.
    let mut above = folder.ancestors().skip(1).take(if made { 2 } else { 0 });
    above.try_for_each(|above| flush_folder(above).map_err(|e| KeyError::File(above.to_owned(), e)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]
    use super::*;

    #[test]
    fn keys_are_made_once_and_read_by_their_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let first = Keys::open(dir.path(), Some(Curve::X25519)).unwrap();
        let again = Keys::open(dir.path(), None).unwrap();
        assert_eq!(first.database, again.database);
        assert_eq!(first.current, again.current);
        #[cfg(unix)]
        for name in [DATABASE, SERVER, SEALING] {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(dir.path().join(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        }
    }

    #[test]
    fn a_missing_key_beside_a_database_is_named_and_not_made_anew() {
        let dir = tempfile::tempdir().unwrap();
        drop(Keys::open(dir.path(), Some(Curve::X25519)).unwrap());
        fs::remove_file(dir.path().join(SEALING)).unwrap();
        let error = Keys::open(dir.path(), None).unwrap_err();
        assert!(matches!(&error, KeyError::Missing(path) if path.ends_with(SEALING)), "{error}");
        assert!(!dir.path().join(SEALING).exists());
    }

    #[test]
    fn a_retired_sealing_key_still_opens() {
        let dir = tempfile::tempdir().unwrap();
        let old = Keys::open(dir.path(), Some(Curve::P256)).unwrap().current;
        fs::rename(dir.path().join(SEALING), dir.path().join("sealing-2025.key")).unwrap();
        let keys = Keys::open(dir.path(), Some(Curve::X25519)).unwrap();
        assert_ne!(keys.current, old);
        assert!(keys.sealing(&old).is_some());
    }
}
