//! Folders in memory where there is such a place, since a flush there costs nothing.

use std::fs::Permissions;
use std::path::{Path, PathBuf};

/// A folder for one world; gone when dropped.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Self {
        let memory = Path::new("/dev/shm");
        let base = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let folder = base.join(format!("handoff-faults-{}-{name}", std::process::id()));
        drop(std::fs::remove_dir_all(&folder));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Copies every file of a folder, as they are at this moment.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        if path.is_dir() {
            copy_folder(&path, &to.join(name));
        // The shared index of a log is the memory of processes that run: it dies with them.
        } else if !name.to_string_lossy().ends_with("-shm") {
            std::fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

/// What a folder holds, in memory.
pub struct Image(Vec<(PathBuf, Permissions, Vec<u8>)>);

impl Image {
    pub fn of(folder: &Path) -> Self {
        let mut files = Vec::new();
        all_files(folder, &mut files);
        let read = |path: PathBuf| {
            let (rights, bytes) = (std::fs::metadata(&path).unwrap().permissions(), std::fs::read(&path).unwrap());
            (path.strip_prefix(folder).unwrap().to_owned(), rights, bytes)
        };
        Self(files.into_iter().map(read).collect())
    }

    /// Makes a folder that holds the same.
    pub fn put(&self, folder: &Path) {
        for (name, rights, bytes) in &self.0 {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, bytes).unwrap();
            std::fs::set_permissions(path, rights.clone()).unwrap();
        }
    }
}

/// Every file below a folder.
pub fn all_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all_files(&path, found);
        } else {
            found.push(path);
        }
    }
}
