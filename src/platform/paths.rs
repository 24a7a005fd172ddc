//! Where the device keeps its files.

use std::path::PathBuf;
use std::sync::OnceLock;

static GIVEN: OnceLock<PathBuf> = OnceLock::new();

/// Names the folder once, before anything is opened: on phones the system gives it to the app.
/// A second call changes nothing.
pub fn give_data_dir(folder: PathBuf) {
    drop(GIVEN.set(folder));
}

/// The folder for databases and keys: the one that was given, or `HANDOFF_DATA`, or the user's own
/// folder for local data (on phones the app's own, in no backup), or nothing where the system has none.
pub fn data_dir() -> Option<PathBuf> {
    let named = || std::env::var_os("HANDOFF_DATA").filter(|v| !v.is_empty()).map(PathBuf::from);
    GIVEN.get().cloned().or_else(named).or_else(user_folder)
}

#[cfg(any(target_os = "linux", target_os = "macos", target_os = "windows"))]
fn user_folder() -> Option<PathBuf> {
    dirs::data_local_dir().map(|folder| folder.join("handoff"))
}

#[cfg(target_os = "android")]
fn user_folder() -> Option<PathBuf> {
    super::android::data_dir()
}

#[cfg(target_os = "ios")]
fn user_folder() -> Option<PathBuf> {
    super::ios::data_dir()
}
