//! Files that travel inside the program: packs, zones, styles. A new site is a new file here or, on an
//! agency's own server, a file beside it; never a line of code.

use include_dir::{Dir, include_dir};

static ASSETS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/assets");

/// The text of an asset, by its path under `assets/`.
pub fn text(path: &str) -> Option<&'static str> {
    ASSETS.get_file(path)?.contents_utf8()
}

/// Paths of the files directly in a folder of `assets/`, in order of name.
pub fn list(folder: &str) -> Vec<&'static str> {
    let Some(dir) = ASSETS.get_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = dir.files().filter_map(|file| file.path().to_str()).collect();
    paths.sort_unstable();
    paths
}
