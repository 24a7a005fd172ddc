//! The fuzz targets over their whole corpus, and over variants of it that are the same in every run.

#[path = "../fuzz/targets.rs"]
mod targets;

use std::path::Path;

/// Variants of each file of the corpus.
const VARIANTS: usize = 1000;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most.max(1)
    }
}

/// What breaks parsers: the ends of ranges, deep nesting, other scripts, and what JSON does not know.
const SPLICES: [&str; 16] = [
    "null",
    "-1",
    "0",
    "1e999",
    "18446744073709551616",
    "-0.0",
    "\"\"",
    "[]",
    "{}",
    "[[[[[[[[[[[[",
    "\u{0}",
    "\u{202e}",
    "\\ud800",
    "NaN",
    "9999-12-31T23:59:60Z",
    "true",
];

/// A variant: some bits, cuts, repeats, splices, or a number put in another's place.
fn variant(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.below(3) {
        let at = dice.below(bytes.len());
        let end = (at + dice.below(24)).min(bytes.len());
        match dice.below(6) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << dice.below(8),
            1 => bytes.truncate(at),
            2 => drop(bytes.drain(at..end)),
            3 => drop(bytes.splice(at..at, bytes[at..end].to_vec())),
            4 => drop(bytes.splice(at..end, SPLICES[dice.below(SPLICES.len())].bytes())),
            _ => {
                let digits: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
                let Some(at) = digits.get(dice.below(digits.len())) else { continue };
                drop(bytes.splice(*at..=*at, SPLICES[dice.below(SPLICES.len())].bytes()));
            }
        }
    }
    bytes
}

#[test]
fn every_file_of_the_corpus_and_its_variants_end_with_a_value_or_an_error() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus");
    let (mut cases, mut taken) = (0, 0);
    for (name, _) in targets::ALL {
        let mut files: Vec<_> =
            std::fs::read_dir(corpus.join(name)).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        for file in files {
            let seed = std::fs::read(&file).unwrap();
            assert!(targets::run(name, &seed), "{} is good, and variants of it are worth more", file.display());
            let mut dice = Dice(crate::round::seed());
            for n in 0..VARIANTS {
                let bytes = variant(&seed, &mut dice);
                let ended = std::panic::catch_unwind(|| targets::run(name, &bytes));
                taken += usize::from(ended.unwrap_or_else(|_| panic!("{name}, variant {n} of {}", file.display())));
                cases += 1;
            }
        }
    }
    println!("variants of the corpus: {cases}, of which still taken: {taken}");
    assert!(cases >= 10_000, "only {cases} cases");
    assert!(taken > 0 && taken < cases, "{taken} of {cases} taken");
}
