//! Where a site's clocks are, by a name that people know or by a rule.

use handoff::domain::local::Zone;
use std::path::Path;

/// Where a system keeps its time zones, as RFC 9636 describes the files.
const FOLDERS: [&str; 3] = ["/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/etc/zoneinfo"];

/// No zone of that name or rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no time zone of this machine, such as America/Los_Angeles, and no rule, such as PST8PDT,M3.2.0,M11.1.0")]
pub(crate) struct NoZone;

/// The zone of a rule, or of a name that this machine knows.
pub(crate) fn find(name: &str) -> Result<Zone, NoZone> {
    Zone::parse(name).ok().or_else(|| FOLDERS.iter().find_map(|folder| named(Path::new(folder), name))).ok_or(NoZone)
}

/// The last line of the zone's file is its rule from now on.
fn named(folder: &Path, name: &str) -> Option<Zone> {
    let is_name = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+'))
    };
    if !name.split('/').all(is_name) {
        return None;
    }
    let file = std::fs::read(folder.join(name)).ok().filter(|file| file.starts_with(b"TZif"))?;
    let text = file.strip_suffix(b"\n")?;
    let rule = text.rsplit(|byte| *byte == b'\n').next()?;
    Zone::parse(std::str::from_utf8(rule).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_to_the_rule_in_its_file_and_nowhere_else() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("America")).unwrap();
        let write = |name: &str, bytes: &[u8]| std::fs::write(dir.path().join(name), bytes).unwrap();
        write("America/Somewhere", b"TZif2\0\0data\n\nPST8PDT,M3.2.0,M11.1.0\n");
        write("Broken", b"TZif2\0\0data");
        write("Text", b"PST8PDT,M3.2.0,M11.1.0\n");
        assert_eq!(named(dir.path(), "America/Somewhere").unwrap().rule(), "PST8PDT,M3.2.0,M11.1.0");
        for name in ["Broken", "Text", "Nowhere", "", "/", "America/", "../Text", "America/../America/Somewhere"] {
            assert_eq!(named(dir.path(), name), None, "{name}");
        }
        assert_eq!(find("UTC0").unwrap(), Zone::utc());
        assert_eq!(find("Mars/Olympus"), Err(NoZone));
    }
}
