//! Many seeds, on every core; what was injected, what broke.

use crate::world::World;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What many worlds came to.
#[derive(Default)]
pub struct Tally {
    pub seeds: u64,
    pub referrals: u64,
    /// How often each kind was injected, and in how many broken worlds.
    pub injected: BTreeMap<String, (u64, u64)>,
    pub broken: Vec<(u64, String)>,
}

impl Tally {
    fn add(&mut self, seed: u64, lived: Result<crate::world::Lived, crate::world::Broken>) {
        self.seeds += 1;
        let (injected, broke) = match lived {
            Ok(lived) => {
                self.referrals += lived.referrals as u64;
                (lived.injected, 0)
            }
            Err(broken) => {
                self.broken.push((seed, broken.what));
                (broken.injected, 1)
            }
        };
        for (kind, times) in injected {
            let row = self.injected.entry(kind.to_owned()).or_default();
            *row = (row.0 + times, row.1 + broke);
        }
    }

    pub fn merge(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.referrals += other.referrals;
        for (kind, (times, broke)) in other.injected {
            let row = self.injected.entry(kind).or_default();
            *row = (row.0 + times, row.1 + broke);
        }
        self.broken.extend(other.broken);
    }

    /// The table, and what it is worth.
    pub fn print(&self, what: &str) {
        println!("\n| fault | times injected | violations |\n|---|---:|---:|");
        for (kind, (times, broke)) in &self.injected {
            println!("| {kind} | {times} | {broke} |");
        }
        println!("\n{what}: {} worlds, {} encounters", self.seeds, self.referrals);
        for (seed, what) in &self.broken {
            println!("seed {seed}: {what}\n  replay: .make/faults --seed {seed} --trace");
        }
        let n = self.seeds.max(1);
        match self.broken.len() {
            0 => println!("0 failures in {n} seeds: failure rate < 3/{n} = {:.4} % at 95 %", 300.0 / n as f64),
            broken => println!("{broken} failures in {n} seeds"),
        }
    }
}

/// One world, in which a panic is a violation too.
pub fn one(seed: u64, name: &str, print: bool) -> Result<crate::world::Lived, crate::world::Broken> {
    let lived = catch_unwind(AssertUnwindSafe(|| World::live(seed, name, print)));
    lived.unwrap_or_else(|_| {
        Err(crate::world::Broken { what: "the program panicked".into(), injected: BTreeMap::new() })
    })
}

/// All of these seeds.
pub fn seeds(range: RangeInclusive<u64>) -> Tally {
    until(range, |_| false)
}

/// These seeds, up to one that breaks in a way that is enough.
pub fn until(range: RangeInclusive<u64>, enough: impl Fn(&str) -> bool + Sync) -> Tally {
    let stop = AtomicBool::new(false);
    let tally = Mutex::new(Tally::default());
    let next = AtomicU64::new(*range.start());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (tally, next, range, stop, enough) = (&tally, &next, &range, &stop, &enough);
            scope.spawn(move || {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if !range.contains(&seed) || stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let lived = one(seed, &thread.to_string(), false);
                    if lived.as_ref().is_err_and(|broken| enough(&broken.what)) {
                        stop.store(true, Ordering::Relaxed);
                    }
                    tally.lock().unwrap().add(seed, lived);
                }
            });
        }
    });
    tally.into_inner().unwrap()
}
