//! Small whole files: read at once, replaced in one step, for nobody else's eyes.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

/// The content, or nothing if there is no such file.
///
/// # Errors
/// The system cannot read it.
pub fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a file so that after a power cut either the old or the new content is there, whole, and
/// nobody else can read it.
///
/// # Errors
/// Whatever the file system says; the old content is then still there.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let fresh = path.with_added_extension("fresh");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&fresh, path)?;
    flush_folder(path)
}

/// Removes a file so that it stays removed after a power cut. One that is not there is no error.
///
/// # Errors
/// Whatever the file system says.
pub fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Ok(()) => flush_folder(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Gives a file another name in its folder, so that it still has it after a power cut. One that is not there is no
/// error.
///
/// # Errors
/// Whatever the file system says.
pub fn rename(path: &Path, to: &Path) -> io::Result<()> {
    match std::fs::rename(path, to) {
        Ok(()) => flush_folder(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Flushes the folder in which this stands: until then a power cut may take a change of its name back.
fn flush_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        // Windows cannot open a folder as a file; there a change of names is journalled by the file system.
        Some(folder) if cfg!(unix) => {
            File::open(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })?.sync_all()
        }
        Some(_) | None => Ok(()),
    }
}

/// Makes a folder that is still there after a power cut, and keeps it from other users of the machine.
///
/// # Errors
/// The system refuses.
pub fn private_folder(path: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = path.ancestors().take_while(|folder| !folder.exists()).collect();
    std::fs::create_dir_all(path)?;
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    missing.into_iter().try_for_each(flush_folder)
}
