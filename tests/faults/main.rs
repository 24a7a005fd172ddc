//! The fault lab's simulation: whole worlds of phones, a network, a server and people in one process,
//! from a seed, in time of their own. The phone's core, its stores, its loop's steps and its seal are the
//! product's; so are the server's router, store and ledger. A reference model says what must be true.
//!
//! `.make/faults --seed 17 --trace` shows what happened in one of them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test ends by panicking"
)]

mod calls;
mod canary;
mod device;
mod dice;
mod disk;
mod files;
mod mischief;
mod model;
mod network;
mod officer;
mod people;
mod phones;
mod planted;
mod progress;
mod rest;
mod run;
#[path = "../it/sample.rs"]
#[allow(dead_code, reason = "the integration tests use more of it")]
mod sample;
mod scene;
mod station;
mod time;
mod trace;
mod witness;
mod world;

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Worlds of one `make test`, and of one `make faults`.
const SHORT: u64 = 800;
const LONG: u64 = 100_000;
/// Seeds that once broke something, as they were written down; and those that this machine's own runs found since.
const PAST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/past.txt");
const FOUND: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/faults.seeds");

/// SQLCipher locks each piece of memory into RAM: half a million calls of the system for each world, of
/// which nothing here is tested. In this program they cost nothing.
mod unlocked_memory {
    use std::ffi::{c_int, c_void};

    #[unsafe(no_mangle)]
    extern "C" fn mlock(_: *const c_void, _: usize) -> c_int {
        0
    }

    #[unsafe(no_mangle)]
    extern "C" fn munlock(_: *const c_void, _: usize) -> c_int {
        0
    }
}

/// SQLite asks the system for a lock at each look at a file: some ten thousand calls for each world, of one
/// process. Here it keeps them in this process, as it does for whoever opens a file with its VFS `unix-excl`.
///
/// Nor does it count here how much memory it has, which takes a lock at each piece.
fn keep_locks_here() {
    use rusqlite::ffi::{SQLITE_CONFIG_MEMSTATUS, sqlite3_config};
    use rusqlite::ffi::{sqlite3_initialize, sqlite3_vfs_find, sqlite3_vfs_register};
    // SAFETY: SQLite is told before it is initialised, and that before it is asked for anything; the setting takes one
    // `int`, the name ends with a zero, and a VFS that was found lives for ever.
    unsafe {
        assert_eq!(sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0), 0);
        assert_eq!(sqlite3_initialize(), 0);
        let vfs = sqlite3_vfs_find(c"unix-excl".as_ptr());
        assert!(!vfs.is_null() && sqlite3_vfs_register(vfs, 1) == 0, "locks of this process alone");
    }
}

/// What the arguments ask for.
#[derive(Default)]
struct Asked {
    seed: Option<u64>,
    trace: bool,
    seeds: Option<RangeInclusive<u64>>,
    resume: Option<PathBuf>,
    planted: Option<Option<String>>,
    /// Words for the harness of other tests: this program runs when they name it.
    filter: Option<String>,
    list: bool,
}

fn asked() -> Asked {
    let mut asked = Asked::default();
    let mut args = std::env::args().skip(1).peekable();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--seed" => asked.seed = args.next().and_then(|seed| seed.parse().ok()),
            "--trace" => asked.trace = true,
            "--seeds" => asked.seeds = args.next().and_then(|seeds| range(&seeds)),
            "--resume" => asked.resume = args.next().map(PathBuf::from),
            "--planted" => asked.planted = Some(args.next_if(|next| !next.starts_with('-'))),
            "--list" => asked.list = true,
            "--test-threads" | "--skip" | "--format" | "--color" => drop(args.next()),
            other if other.starts_with('-') => {}
            other => asked.filter = Some(other.to_owned()),
        }
    }
    asked
}

fn range(text: &str) -> Option<RangeInclusive<u64>> {
    let (from, to) = text.split_once("..")?;
    Some(from.parse().ok()?..=to.parse().ok()?)
}

fn main() -> ExitCode {
    let asked = asked();
    let done = std::env::var_os("HANDOFF_FAULTS_DONE").is_some();
    if done || asked.list || asked.filter.as_ref().is_some_and(|word| !"faults".contains(word.as_str())) {
        return ExitCode::SUCCESS;
    }
    quiet();
    handoff::lab::simulate();
    keep_locks_here();
    let held = match asked {
        Asked { seed: Some(seed), trace, .. } => show(seed, trace),
        Asked { planted: Some(only), .. } => planted::all(only.as_deref()).is_empty(),
        Asked { resume: Some(path), seeds, .. } => long(seeds.unwrap_or(1..=LONG), &path),
        Asked { seeds: Some(seeds), .. } => held(&run::seeds(seeds.clone()), &format!("seeds {seeds:?}")),
        _ => short(),
    };
    if held { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What is logged is searched and thrown away; a program that is killed on purpose says nothing.
fn quiet() {
    tracing_subscriber::fmt().with_ansi(false).with_max_level(tracing::Level::INFO).with_writer(|| canary::Log).init();
    std::panic::set_hook(Box::new(|info| {
        if !info.payload().is::<time::Killed>() {
            eprintln!("{info}");
        }
    }));
}

fn show(seed: u64, trace: bool) -> bool {
    match run::one(seed, "one", trace) {
        Ok(lived) => {
            println!("seed {seed}: {} encounters, nothing broken, trace {}", lived.referrals, lived.hash);
            true
        }
        Err(broken) => {
            println!("seed {seed}: {}", broken.what);
            false
        }
    }
}

/// What `make test` runs.
fn short() -> bool {
    let began = Instant::now();
    let mut all = run::seeds(1..=SHORT);
    for seed in past() {
        all.merge(run::seeds(seed..=seed));
    }
    let good = held(&all, &format!("seeds 1..{SHORT}, and {} that once broke something", past().len()));
    println!("they took {:.0} s", began.elapsed().as_secs_f64());
    let same = (1..=4).all(|seed| {
        let hash = |_| run::one(seed, "again", false).map(|lived| lived.hash).ok();
        hash(0).is_some_and(|first| Some(first) == hash(1))
    });
    println!("the same seed gives the same trace: {}", if same { "yes" } else { "NO" });
    let unseen = planted::all(None);
    if !unseen.is_empty() {
        println!("planted and not noticed: {}", unseen.join(", "));
    }
    println!("all together {:.0} s", began.elapsed().as_secs_f64());
    good && same && unseen.is_empty()
}

/// The overnight run: in pieces, each written down.
fn long(seeds: RangeInclusive<u64>, path: &Path) -> bool {
    const PIECE: u64 = 200;
    let (mut done, mut tally) = progress::load(path);
    done = done.max(seeds.start().saturating_sub(1));
    while done < *seeds.end() {
        let to = (done + PIECE).min(*seeds.end());
        tally.merge(run::seeds(done + 1..=to));
        done = to;
        progress::save(path, done, &tally);
        println!("{done} of {}: {} failures", seeds.end(), tally.broken.len());
    }
    held(&tally, &format!("seeds {seeds:?}"))
}

/// Prints, and says which seeds belong among those that are run again every time. Until someone writes them down they
/// are kept beside what was built, and run again too.
fn held(tally: &run::Tally, what: &str) -> bool {
    tally.print(what);
    let known = past();
    let new = tally.broken.iter().map(|(seed, _)| *seed).filter(|seed| !known.contains(seed));
    let new: std::collections::BTreeSet<u64> = new.collect();
    if !new.is_empty() {
        let lines: String = new.iter().map(|seed| format!("{seed}\n")).collect();
        println!("once it is mended, add to tests/faults/past.txt:\n{lines}");
        let all = std::fs::read_to_string(FOUND).unwrap_or_default() + &lines;
        if let Err(error) = std::fs::write(FOUND, all) {
            println!("{FOUND}: {error}");
        }
    }
    tally.broken.is_empty()
}

/// Seeds that once broke something, each once.
fn past() -> Vec<u64> {
    let text = [PAST, FOUND].map(|path| std::fs::read_to_string(path).unwrap_or_default()).concat();
    let seeds: std::collections::BTreeSet<u64> = text.lines().filter_map(|line| line.trim().parse().ok()).collect();
    seeds.into_iter().collect()
}
