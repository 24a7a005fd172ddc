//! How far a long run has come, in a file, so that it can be stopped and go on.

use crate::run::Tally;
use std::path::Path;

/// What the file says, and the seed up to which it goes.
pub fn load(path: &Path) -> (u64, Tally) {
    let (mut done, mut tally) = (0, Tally::default());
    let text = std::fs::read_to_string(path).unwrap_or_default();
    for line in text.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let number = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
        match fields.first().copied() {
            Some("done") => (done, tally.seeds, tally.referrals) = (number(1), number(2), number(3)),
            Some("fault") => {
                let kind = fields.get(3).copied().unwrap_or_default().to_owned();
                tally.injected.insert(kind, (number(1), number(2)));
            }
            Some("broken") => tally.broken.push((number(1), fields.get(2).copied().unwrap_or_default().to_owned())),
            _ => {}
        }
    }
    (done, tally)
}

/// Writes it beside and renames it: a run that is stopped in the middle loses nothing.
pub fn save(path: &Path, done: u64, tally: &Tally) {
    let mut text = format!("done\t{done}\t{}\t{}\n", tally.seeds, tally.referrals);
    for (kind, (times, broke)) in &tally.injected {
        text.push_str(&format!("fault\t{times}\t{broke}\t{kind}\n"));
    }
    for (seed, what) in &tally.broken {
        text.push_str(&format!("broken\t{seed}\t{what}\n"));
    }
    let beside = path.with_extension("new");
    std::fs::write(&beside, text).unwrap();
    std::fs::rename(beside, path).unwrap();
}
