//! What happened, as lines and as one hash. Nothing in it comes from randomness that cannot be seeded:
//! no ciphertext, no entry hash, no signature.

use sha2::{Digest as _, Sha256};
use std::fmt::Arguments;

pub struct Trace {
    hash: Sha256,
    print: bool,
}

impl Trace {
    pub fn new(print: bool) -> Self {
        Self { hash: Sha256::new(), print }
    }

    pub fn note(&mut self, at: u64, what: Arguments<'_>) {
        let line =
            format!("{:>4}:{:02}:{:02}.{:03} {what}", at / 3_600_000, at / 60_000 % 60, at / 1000 % 60, at % 1000);
        if self.print {
            println!("{line}");
        }
        self.hash.update(line.as_bytes());
        self.hash.update(b"\n");
    }

    pub fn hash(&self) -> String {
        self.hash.clone().finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}
