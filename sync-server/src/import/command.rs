//! `handoff-server import`: a list from a file, at the command line.

use super::reader::Faults;
use super::{Kind, Looked, MOST_BYTES, MOST_LISTED, Plan, Taken, look, take};
use crate::app::{App, AppError};
use std::io::Read as _;
use std::path::Path;

/// Why a list is not taken. Nothing of it is.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// What is wrong with it, a line each.
    #[error("{0}")]
    Faults(String),
}

/// Takes a file, or with `dry_run` only looks at it: what there is to say of it, line by line.
///
/// # Errors
/// [`ImportError`] with each fault, or the store.
pub async fn run(app: &App, kind: Kind, (path, dry_run): (&Path, bool)) -> Result<Vec<String>, AppError> {
    let bytes = read(path).map_err(|error| ImportError::File(path.display().to_string(), error))?;
    let faults = |faults: Faults| AppError::from(ImportError::Faults(said(path, &faults)));
    let plan = match look(app, kind, bytes.clone(), None).await? {
        Looked::Good(plan) => plan,
        Looked::Bad(found) => return Err(faults(found)),
    };
    if dry_run {
        return Ok(lines(&plan, "Nothing was changed. It would change:"));
    }
    // What another does in between makes a new plan; the file is what was asked for, so it is taken as it then is.
    let mut shown = plan.mark;
    loop {
        match take(app, (kind, bytes.clone()), None, shown).await? {
            Taken::Taken(plan) => return Ok(lines(&plan, "Taken:")),
            Taken::Moved(plan) => shown = plan.mark,
            Taken::Bad(found) => return Err(faults(found)),
        }
    }
}

/// The file, and no more of it than shows that it is too long.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn said(path: &Path, faults: &Faults) -> String {
    let mut lines = vec![format!("{}: nothing was changed", path.display())];
    lines.extend(faults.named.iter().map(ToString::to_string));
    if faults.more > 0 {
        lines.push(format!("and {} more", faults.more));
    }
    lines.join("\n")
}

fn lines(plan: &Plan, head: &str) -> Vec<String> {
    let counts = plan.counts;
    let mut lines = vec![String::from(head)];
    lines.extend(plan.changes.iter().cloned());
    if counts.all() > MOST_LISTED {
        lines.push(format!("and {} more", counts.all() - MOST_LISTED));
    }
    lines.push(format!(
        "{} lines: {} new, {} changed, {} taken out, {} as before",
        plan.lines, counts.added, counts.changed, counts.removed, plan.unchanged
    ));
    lines
}
