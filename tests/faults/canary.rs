//! The search for the marker that every name carries: in files, and in every line that is logged.

use crate::files::all_files;
use crate::officer::CANARY;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use std::io::Write;
use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The marker as it may be written: plain, hex, UTF-16, and base64 at each of its three places.
static WRITTEN: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let plain = CANARY.as_bytes();
    let hex: String = plain.iter().map(|byte| format!("{byte:02x}")).collect();
    let wide = |bytes: fn(u16) -> [u8; 2]| CANARY.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    // What stands before it shifts it by up to two bytes; the letters at the ends depend on its neighbours.
    let base64 = (0..3_usize).map(|before| {
        let text = STANDARD_NO_PAD.encode([&vec![0; before], plain].concat());
        text.as_bytes()[(before * 8).div_ceil(6)..(before + plain.len()) * 8 / 6].to_vec()
    });
    [plain.to_vec(), hex.to_uppercase().into_bytes(), hex.into_bytes(), wide(u16::to_le_bytes), wide(u16::to_be_bytes)]
        .into_iter()
        .chain(base64)
        .collect()
});

/// Whether the marker stands in these bytes.
pub fn stands_in(bytes: &[u8]) -> bool {
    WRITTEN.iter().any(|written| memchr::memmem::find(bytes, written).is_some())
}

/// Names of the files below a folder in which it stands.
pub fn files_with(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    all_files(folder, &mut files);
    let leaks = |path: &std::path::PathBuf| std::fs::read(path).is_ok_and(|bytes| stands_in(&bytes));
    files.into_iter().filter(leaks).map(|path| path.display().to_string()).collect()
}

static LOGGED: AtomicU64 = AtomicU64::new(0);

/// In how many logged lines it stood so far, in any world.
pub fn logged() -> u64 {
    LOGGED.load(Ordering::SeqCst)
}

/// Where all that is logged goes: read, and thrown away.
pub struct Log;

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        if stands_in(line) {
            LOGGED.fetch_add(1, Ordering::SeqCst);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
