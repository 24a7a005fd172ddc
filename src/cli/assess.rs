//! `handoff assess`: facts in, assessment out, the same JSON that is stored and replayed.

use super::Failure;
use crate::assets;
use crate::domain::assess::assess;
use crate::domain::facts::Facts;
use crate::domain::pack::Pack;
use crate::domain::zone::Zones;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

/// More than any facts need; a mistaken pipe ends here and not in memory.
const MOST_FACTS_BYTES: u64 = 1024 * 1024;

/// Arguments of `handoff assess`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// A pack's file, or the id of one that travels with the program. The zones of a file are looked for
    /// beside it, in `../zones`, and then among those of the program.
    #[arg(long, value_name = "FILE_OR_ID")]
    pack: Option<String>,
    /// Indent the JSON.
    #[arg(long)]
    pretty: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let (pack, zones) = pack(args.pack.as_deref().unwrap_or(assets::default_pack()))?;
    let facts = Facts::parse(&facts()?).map_err(input)?;
    let assessment = assess(&pack, &zones, &facts).map_err(input)?;
    if let Some(banner) = pack.banner(facts.at) {
        eprintln!("handoff: {banner}");
    }
    let text = if args.pretty { serde_json::to_string_pretty(&assessment) } else { serde_json::to_string(&assessment) };
    let text = text.map_err(|e| Failure::Machine(e.to_string()))?;
    writeln!(io::stdout(), "{text}").map_err(|e| Failure::Machine(format!("standard output: {e}")))
}

fn facts() -> Result<Vec<u8>, Failure> {
    let mut facts = Vec::new();
    let read = io::stdin().lock().take(MOST_FACTS_BYTES + 1).read_to_end(&mut facts);
    let read = read.map_err(|e| Failure::Machine(format!("standard input: {e}")))?;
    if u64::try_from(read).is_ok_and(|read| read > MOST_FACTS_BYTES) {
        return Err(Failure::Input(format!("standard input: more than {MOST_FACTS_BYTES} bytes")));
    }
    Ok(facts)
}

fn pack(file_or_id: &str) -> Result<(Pack, Zones), Failure> {
    let zones = assets::zones().map_err(input)?;
    if let Some(pack) = assets::pack(file_or_id, &zones).map_err(input)? {
        return Ok((pack, zones));
    }
    if !Path::new(file_or_id).exists() {
        let ids = assets::packs().collect::<Vec<_>>().join(", ");
        return Err(Failure::Input(format!("--pack: `{file_or_id}` is neither a file nor one of: {ids}")));
    }
    let zones = zones_beside(Path::new(file_or_id))?.or(zones);
    let text = read(Path::new(file_or_id))?;
    Ok((Pack::load(file_or_id, &text, &zones).map_err(input)?, zones))
}

/// The zones in `../zones` of a pack's file; none if there is no such folder.
fn zones_beside(pack: &Path) -> Result<Zones, Failure> {
    let folder = pack.parent().unwrap_or(Path::new("")).join("../zones");
    let Ok(entries) = fs::read_dir(&folder) else { return Ok(Zones::default()) };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|e| Failure::Input(format!("{}: {e}", folder.display())))?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push((path.display().to_string(), read(&path)?));
        }
    }
    files.sort();
    Zones::parse(files.iter().map(|(path, text)| (path.as_str(), text.as_str()))).map_err(input)
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|e| Failure::Input(format!("{}: {e}", path.display())))
}

fn input(error: impl ToString) -> Failure {
    Failure::Input(error.to_string())
}
