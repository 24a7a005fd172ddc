//! Files that travel inside the program: packs, zones, styles. A new site is a new file here or, on an
//! agency's own server, a file beside it; never a line of code.

use crate::domain::fault::FileFault;
use crate::domain::pack::Pack;
use crate::domain::zone::Zones;
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

/// The zones that travel inside the program.
///
/// # Errors
/// The first file that does not validate; a test holds that none is such.
pub fn zones() -> Result<Zones, FileFault> {
    Zones::parse(list("zones").into_iter().filter_map(|path| Some((path, text(path)?))))
}

/// The id of the pack that is used when nobody names one.
pub fn default_pack() -> &'static str {
    text("packs/default.txt").unwrap_or_default().trim()
}

/// Ids of the packs that travel inside the program.
pub fn packs() -> impl Iterator<Item = &'static str> {
    list("packs").into_iter().filter_map(|path| path.strip_prefix("packs/")?.strip_suffix(".json"))
}

/// The pack of this id; nothing if there is none.
///
/// # Errors
/// A file that does not validate, or names a zone that is not in `zones`.
pub fn pack(id: &str, zones: &Zones) -> Result<Option<Pack>, FileFault> {
    let path = format!("packs/{id}.json");
    text(&path).map(|text| Pack::load(&path, text, zones)).transpose()
}
