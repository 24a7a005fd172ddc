//! Where the device keeps its keys: outside every database and every backup of one.
//!
//! # Decisions
//! Hardware-backed stores (Android Keystore, Apple's Secure Enclave, a laptop's TPM) are not used yet:
//! keys are files that only the user's account can read, on phones inside the app's own no-backup
//! folder. The trait is what a hardware store will implement; P-256 was chosen so that it can.

use super::{files, twice};
use crate::seal::random;
use std::io;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// A place for secrets of this device.
pub trait KeyStore: Send + Sync {
    /// The secret of that name, or nothing if it was never kept.
    ///
    /// # Errors
    /// The store cannot be read.
    fn load(&self, name: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>>;

    /// Keeps a secret durably under that name, in place of an older one.
    ///
    /// # Errors
    /// The store cannot be written; the older secret is then still there.
    fn keep(&self, name: &str, secret: &[u8]) -> io::Result<()>;

    /// Forgets the secret of that name for good; no error if there is none.
    ///
    /// # Errors
    /// The store cannot be written; the secret may then still be there.
    fn forget(&self, name: &str) -> io::Result<()>;

    /// The 32 bytes of that name, or nothing if they were never kept.
    ///
    /// # Errors
    /// The store fails, or what it holds is not 32 bytes.
    fn key(&self, name: &str) -> io::Result<Option<Zeroizing<[u8; 32]>>> {
        let Some(kept) = self.load(name)? else { return Ok(None) };
        let key = kept.as_slice().try_into().map_err(|_| io::Error::other(format!("{name}: not 32 bytes")))?;
        Ok(Some(Zeroizing::new(key)))
    }

    /// The 32 random bytes of that name, made at the first call.
    ///
    /// # Errors
    /// The store fails, or what it holds is not 32 bytes.
    fn random_key(&self, name: &str) -> io::Result<Zeroizing<[u8; 32]>> {
        if let Some(key) = self.key(name)? {
            return Ok(key);
        }
        let key = Zeroizing::new(random::bytes::<32>().map_err(io::Error::other)?);
        self.keep(name, key.as_slice())?;
        Ok(key)
    }
}

/// Keys as files with mode 0600 in a folder with mode 0700, each kept twice.
#[derive(Debug, Clone)]
pub struct FileKeys {
    folder: PathBuf,
}

impl FileKeys {
    /// Keys in that folder; it is made at the first write.
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }
}

impl KeyStore for FileKeys {
    fn load(&self, name: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        Ok(twice::read(&self.folder.join(name))?.map(Zeroizing::new))
    }

    fn keep(&self, name: &str, secret: &[u8]) -> io::Result<()> {
        files::private_folder(&self.folder)?;
        twice::replace(&self.folder.join(name), secret)
    }

    fn forget(&self, name: &str) -> io::Result<()> {
        twice::remove(&self.folder.join(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_key_is_the_same_after_a_restart_and_nobody_else_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let keys = FileKeys::new(folder.path().join("keys"));
        assert!(keys.load("vault").unwrap().is_none());
        let key = keys.random_key("vault").unwrap();
        let again = FileKeys::new(folder.path().join("keys"));
        assert_eq!(*again.random_key("vault").unwrap(), *key);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(folder.path().join("keys/vault")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        keys.keep("vault", b"short").unwrap();
        assert!(keys.random_key("vault").is_err());
    }
}
