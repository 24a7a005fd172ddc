//! Files that travel inside the program: packs, zones, styles. A new site is a new file here or, on an
//! agency's own server, a file beside it; never a line of code.

use crate::domain::fault::FileFault;
use crate::domain::pack::Pack;
use crate::domain::zone::Zones;
use include_dir::{Dir, include_dir};

/// The folders that travel. The README's pictures and the build files of phones stay behind.
static FOLDERS: [(&str, Dir<'static>); 6] = [
    ("demo", include_dir!("$CARGO_MANIFEST_DIR/assets/demo")),
    ("icons", include_dir!("$CARGO_MANIFEST_DIR/assets/icons")),
    ("packs", include_dir!("$CARGO_MANIFEST_DIR/assets/packs")),
    ("scripts", include_dir!("$CARGO_MANIFEST_DIR/assets/scripts")),
    ("styles", include_dir!("$CARGO_MANIFEST_DIR/assets/styles")),
    ("zones", include_dir!("$CARGO_MANIFEST_DIR/assets/zones")),
];

fn folder(name: &str) -> Option<&'static Dir<'static>> {
    FOLDERS.iter().find(|(known, _)| *known == name).map(|(_, dir)| dir)
}

/// The text of an asset, by its path under `assets/`.
pub fn text(path: &str) -> Option<&'static str> {
    let (name, file) = path.split_once('/')?;
    folder(name)?.get_file(file)?.contents_utf8()
}

/// Paths under `assets/` of the files in one of its folders, in order of name.
pub fn list(name: &str) -> Vec<String> {
    let files = folder(name).into_iter().flat_map(Dir::files);
    let mut paths: Vec<_> = files.filter_map(|file| Some(format!("{name}/{}", file.path().to_str()?))).collect();
    paths.sort_unstable();
    paths
}

/// The zones that travel inside the program.
///
/// # Errors
/// The first file that does not validate; a test holds that none is such.
pub fn zones() -> Result<Zones, FileFault> {
    let paths = list("zones");
    Zones::parse(paths.iter().filter_map(|path| Some((path.as_str(), text(path)?))))
}

/// The id of the pack that is used when nobody names one.
pub fn default_pack() -> &'static str {
    text("packs/default.txt").unwrap_or_default().trim()
}

/// Ids of the packs that travel inside the program.
pub fn packs() -> impl Iterator<Item = String> {
    list("packs").into_iter().filter_map(|path| Some(path.strip_prefix("packs/")?.strip_suffix(".json")?.to_owned()))
}

/// The pack of this id; nothing if there is none.
///
/// # Errors
/// A file that does not validate, or names a zone that is not in `zones`.
pub fn pack(id: &str, zones: &Zones) -> Result<Option<Pack>, FileFault> {
    let path = format!("packs/{id}.json");
    text(&path).map(|text| Pack::load(&path, text, zones)).transpose()
}
