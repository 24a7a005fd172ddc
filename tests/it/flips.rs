//! Bits that flip on the medium, in every file that a phone keeps, one at a time. Whatever it is, the phone then
//! has everything that was saved, or says which file it set aside and keeps it to the byte; and it records.

use crate::phone::Officer;
use crate::power::scratch;
use crate::server::{Station, decide, facts};
use chrono::Utc;
use handoff::domain::codes::Choice;
use handoff::domain::entry::EntryKind;
use handoff::domain::ids::{Bytes, ChainId, Hash, ReferralId, StaffId};
use handoff::domain::wire::WireEntry;
use handoff::platform::keys::{FileKeys, KeyStore as _};
use handoff::seal::SealedEntry;
use handoff::store::{Lockbox, NewEntry, Outbox, StoreError, Vault};
use handoff::sync::{Phone, RecordState};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub const SEED: u64 = 20_121_231;
/// Flips of each database and its log: in its header, anywhere, and in its tail. Of other files a tenth part.
const HEADER: (usize, usize) = (100, 20);
const ANYWHERE: usize = 40;
const TAIL: (usize, usize) = (64, 8);
const SMALL: usize = 10;
/// Flips of an outbox or a vault that is opened without the rest.
const OF_A_STORE: usize = 500;

/// Numbers that look random and are the same in every run.
pub struct Dice(pub u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    /// Bits of a file of that name and length.
    pub fn bits(&mut self, file: &Path, len: usize) -> BTreeSet<usize> {
        let whole = [".db", "-wal"].iter().any(|end| file.to_string_lossy().ends_with(end));
        let part = |many: usize| if whole { many } else { many.div_ceil(SMALL) };
        let (head, tail) = (len.min(HEADER.0), len.min(TAIL.0));
        let header: Vec<usize> = (0..part(HEADER.1)).map(|_| self.below(head * 8)).collect();
        let anywhere: Vec<usize> = (0..part(ANYWHERE)).map(|_| self.below(len * 8)).collect();
        let tail: Vec<usize> = (0..part(TAIL.1)).map(|_| (len - tail) * 8 + self.below(tail * 8)).collect();
        [header, anywhere, tail].concat().into_iter().collect()
    }
}

/// The files below a folder, by their paths from there.
pub type Image = BTreeMap<PathBuf, Vec<u8>>;

pub fn image(folder: &Path) -> Image {
    let mut files = Image::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.strip_prefix(folder).unwrap().to_owned(), std::fs::read(path).unwrap());
            }
        }
    }
    // The memory of programs that run, and room that is given up when the disk is full.
    files.retain(|path, bytes| {
        !path.to_string_lossy().ends_with("-shm") && !path.ends_with("reserve") && !bytes.is_empty()
    });
    files
}

pub fn write(image: &Image, to: &Path) {
    for (path, bytes) in image {
        let path = to.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

/// One flipped bit; told if the test ends while it is looked at.
pub struct Flip<'a> {
    pub file: &'a Path,
    pub bit: usize,
}

impl Flip<'_> {
    pub fn bytes(&self, whole: &[u8]) -> Vec<u8> {
        let mut bytes = whole.to_vec();
        bytes[self.bit / 8] ^= 1 << (self.bit % 8);
        bytes
    }
}

impl Drop for Flip<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("seed {SEED}: bit {} of {}", self.bit, self.file.display());
        }
    }
}

/// What became of the flips.
#[derive(Debug, Default)]
struct Tally {
    set_aside: usize,
    wedged: usize,
    refused: usize,
}

/// What came of flipping bits in every file of some images.
pub struct Flipped {
    pub files: usize,
    pub flips: usize,
    /// What was wrong, with where.
    pub wrong: Vec<String>,
}

/// Flips one bit at a time in each file of these images, and looks at each folder that comes of it.
pub async fn each_flip(
    images: &[(&str, &Image)],
    mut look: impl AsyncFnMut(&Path, (&Flip<'_>, &Image)) -> Result<(), String>,
) -> Flipped {
    let (mut dice, mut flipped) = (Dice(SEED), Flipped { files: 0, flips: 0, wrong: Vec::new() });
    for (when, image) in images {
        for (file, bytes) in *image {
            flipped.files += 1;
            for bit in dice.bits(file, bytes.len()) {
                let (flip, folder) = (Flip { file, bit }, scratch());
                write(image, folder.path());
                std::fs::write(folder.path().join(file), flip.bytes(bytes)).unwrap();
                flipped.flips += 1;
                if let Err(why) = look(folder.path(), (&flip, image)).await {
                    flipped.wrong.push(format!("{when}: bit {bit} (byte {}) of {}: {why}", bit / 8, file.display()));
                }
            }
        }
    }
    flipped
}

/// A phone's life so far, and what must be there.
struct Life {
    officer: Officer,
    saved: BTreeSet<ReferralId>,
    typed: ReferralId,
}

const TYPED: &str = r#"{"typed":"Zanzibarry while locked"}"#;

impl Life {
    async fn of(station: &Station) -> Self {
        let officer = Officer::unlocked(station).await;
        let mut saved: BTreeSet<ReferralId> = (0..2).map(|_| officer.accept()).collect();
        assert_eq!(officer.phone.sync_once().await.unwrap().receipted, 2);
        saved.extend((0..2).map(|_| officer.accept()));
        officer.phone.lock();
        saved.insert(officer.accept());
        let typed = officer.phone.new_referral().unwrap();
        officer.phone.save_draft(typed, TYPED).unwrap();
        Self { officer, saved, typed }
    }

    /// Opens what is there, as the app does, and says what is wrong.
    async fn look(&self, folder: &Path, (flip, image): (&Flip<'_>, &Image), tally: &mut Tally) -> Result<(), String> {
        let name = flip.file.file_name().unwrap().to_string_lossy().into_owned();
        let flipped = flip.bytes(&image[flip.file]);
        let phone = match Phone::open(folder, self.officer.clock.clone()) {
            Ok(phone) => phone,
            Err(error) => {
                tally.refused += 1;
                let words = error.to_string();
                let kept = std::fs::read(folder.join(flip.file)).unwrap() == flipped;
                let named = words.contains("newer version") && words.contains(&name) && kept;
                return if named { Ok(()) } else { Err(format!("does not open: {words}")) };
            }
        };
        let aside = phone.unreadable_files();
        tally.set_aside += usize::from(!aside.is_empty());
        let whole = name.trim_end_matches("-wal");
        let suffix = &name[whole.len()..];
        for kept in &aside {
            let bytes =
                std::fs::read(folder.join(format!("{kept}{suffix}"))).map_err(|error| format!("{kept}: {error}"))?;
            if !kept.starts_with(whole) || bytes != flipped {
                return Err(format!("{kept} is not {name} as it was"));
            }
        }
        let about = |file: &str| aside.iter().any(|kept| kept.starts_with(file));
        let records = phone.all_records().map_err(|error| format!("records: {error}"))?;
        let held: BTreeSet<ReferralId> = records.iter().map(|row| row.referral).collect();
        if held != self.saved && !about("outbox.db") {
            return Err(format!("{} of {} records are shown", held.len(), self.saved.len()));
        }
        let officer = phone.officers().first().map(|card| card.id).ok_or("nobody can start a shift")?;
        if phone.shift().is_none() {
            if !about("outbox.db") {
                return Err("the shift is over".into());
            }
            phone.start_shift(officer, "3-M-21").map_err(|error| format!("shift: {error}"))?;
        }
        let drafts = phone.drafts().map_err(|error| format!("drafts: {error}"))?;
        let typed: Vec<_> = drafts.iter().map(|draft| (draft.id, draft.json.reveal().as_str())).collect();
        let aside = phone.unreadable_files();
        let about = |file: &str| aside.iter().any(|kept| kept.starts_with(file));
        if typed != [(self.typed, TYPED)] && !(about("shift-") && typed.is_empty()) {
            return Err(format!("{} drafts, or another text", typed.len()));
        }
        let id = phone.new_referral().map_err(|error| format!("new: {error}"))?;
        let site = phone.config().ok_or("no rules")?;
        let decision = decide((&site.pack, &site.zones), facts(), Choice::OfferedAccepted);
        phone.record(id, decision).map_err(|error| format!("capture: {error}"))?;
        let report = phone.sync_once().await.map_err(|error| format!("sync: {error}"))?;
        if report.waiting > 0 {
            return Err(format!("{report:?}"));
        }
        tally.wedged += usize::from(report.refused > 0);
        for row in phone.all_records().map_err(|error| format!("records: {error}"))? {
            if !matches!(row.state, RecordState::Received { .. } | RecordState::Wedged { .. }) {
                return Err(format!("{:?}", row.state));
            }
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bit_that_flips_in_any_file_of_a_phone_loses_nothing_in_silence_and_stops_no_recording() {
    let station = Station::start().await;
    let life = Life::of(&station).await;
    let running = image(life.officer.dir.path());
    let closed = tempfile::tempdir().unwrap();
    write(&running, closed.path());
    // Opened and closed again: its logs are folded into the files.
    drop(Phone::open(closed.path(), life.officer.clock.clone()).unwrap().drafts().unwrap());
    // What is flipped in a vault is looked at on its own: it takes long to open.
    let without_vaults = |folder: &Path| -> Image {
        let whole = image(folder);
        whole.into_iter().filter(|(file, _)| !file.to_string_lossy().starts_with("vault-")).collect()
    };
    let (running, closed) = (without_vaults(life.officer.dir.path()), without_vaults(closed.path()));
    let mut tally = Tally::default();
    let look = async |folder: &Path, flip: (&Flip<'_>, &Image)| life.look(folder, flip, &mut tally).await;
    let Flipped { files, flips, wrong } = each_flip(&[("running", &running), ("closed", &closed)], look).await;
    println!("{flips} bits flipped in {files} files of a phone: {tally:?}, violations: {}", wrong.len());
    assert!(wrong.is_empty(), "seed {SEED}: {:#?}", wrong);
    assert!(flips > 400 && tally.set_aside > 0, "{flips} flips: {tally:?}");
}

/// Flips bits of one database and of its log, and opens it each time. `held` gives what it holds, and what was set
/// aside, after one more thing was stored.
fn flipped(
    image: &Image,
    name: &str,
    mut held: impl FnMut(&Path) -> Result<(BTreeSet<String>, Option<String>), StoreError>,
) {
    let whole = scratch();
    write(image, whole.path());
    let (before, none) = held(whole.path()).unwrap();
    assert!(none.is_none() && before.len() > 1, "{before:?}");
    let (mut dice, mut flips, mut aside, mut wrong) = (Dice(SEED), 0, 0, Vec::new());
    for file in [PathBuf::from(name), PathBuf::from(format!("{name}-wal"))] {
        let Some(bytes) = image.get(&file) else { continue };
        for _ in 0..OF_A_STORE {
            let flip = Flip { file: &file, bit: dice.below(bytes.len() * 8) };
            let folder = scratch();
            write(
                &image
                    .iter()
                    .filter(|(path, _)| path.starts_with(name) || path.to_string_lossy().starts_with(name))
                    .map(|(path, bytes)| (path.clone(), bytes.clone()))
                    .collect(),
                folder.path(),
            );
            std::fs::write(folder.path().join(&file), flip.bytes(bytes)).unwrap();
            flips += 1;
            let why = match held(folder.path()) {
                Ok((found, None)) if found == before => continue,
                Ok((found, Some(kept))) => {
                    aside += 1;
                    let suffix = file.to_string_lossy().strip_prefix(name).unwrap().to_owned();
                    let bytes = std::fs::read(folder.path().join(format!("{kept}{suffix}"))).ok();
                    // What lost its receipt with a part of the log waits again.
                    let known = |line: &String| before.contains(line.trim_start_matches("waits "));
                    if found.iter().all(known) && bytes == Some(flip.bytes(&image[&file])) {
                        continue;
                    }
                    format!("{kept} is not as it was, or what is left is not of it")
                }
                Ok((found, None)) => format!("{} of {}, and nothing set aside", found.len(), before.len()),
                Err(StoreError::Newer { .. }) => continue,
                Err(error) => error.to_string(),
            };
            wrong.push(format!("bit {} (byte {}) of {}: {why}", flip.bit, flip.bit / 8, file.display()));
        }
    }
    println!("bits flipped in {name}: {flips}, set aside: {aside}, violations: {}", wrong.len());
    assert!(wrong.is_empty(), "seed {SEED}: {wrong:#?}");
    assert!(aside > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bit_that_flips_in_an_officers_vault_shows_no_other_text_and_stops_no_typing() {
    let station = Station::start().await;
    let life = Life::of(&station).await;
    let staff = life.officer.phone.shift().unwrap().officer.id;
    let image = image(life.officer.dir.path());
    let name = format!("vault-{staff}.db");
    let read = |name: &str| FileKeys::new(life.officer.dir.path().join("keys")).load(name).unwrap().unwrap();
    let platform: [u8; 32] = read("vault-key").as_slice().try_into().unwrap();
    let lockbox = Lockbox::from_bytes(&image[Path::new(&format!("vault-{staff}.lock"))]).unwrap();
    let key = lockbox.open(life.officer.secret, &platform).unwrap();
    flipped(&image, &name, |folder| {
        let (mut vault, aside) = Vault::open(&folder.join(&name), &key, Utc::now())?;
        let mut texts = BTreeSet::new();
        for id in &life.saved {
            texts.extend(vault.decision(*id)?.map(|text| text.reveal().clone()));
        }
        let typed = ReferralId(uuid::Uuid::from_u128(7));
        vault.save_draft(typed, "one more", Utc::now())?;
        let drafts = vault.drafts()?;
        assert!(drafts.iter().any(|draft| draft.id == typed && draft.json.reveal() == "one more"));
        Ok((texts, aside))
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bit_that_flips_in_an_outbox_hides_no_entry_and_stops_no_saving() {
    let station = Station::start().await;
    let life = Life::of(&station).await;
    let image = image(life.officer.dir.path());
    flipped(&image, "outbox.db", |folder| {
        let begin = Box::new(|| Ok((ChainId(uuid::Uuid::from_u128(9)), Utc::now())));
        let (mut outbox, aside) = Outbox::open(folder, begin)?;
        let held = outbox.entries()?.iter().map(|entry| entry.seq.to_string()).collect();
        let waits = outbox.queue()?.iter().map(|item| format!("waits {}", item.seq)).collect::<Vec<_>>();
        let new = NewEntry {
            referral: ReferralId(uuid::Uuid::from_u128(7)),
            officer: StaffId(uuid::Uuid::from_u128(8)),
            kind: EntryKind::Decision,
            code: Choice::OfferedAccepted.code(),
            whom: None,
            at: life.officer.phone.now(),
        };
        let wire = WireEntry { header: Bytes(vec![1]), enc: Bytes(vec![2]), ciphertext: Bytes(vec![3]) };
        outbox.append(&new, |_| Ok::<_, StoreError>(SealedEntry { wire, hash: Hash([7; 32]) }))?;
        let held: BTreeSet<String> = held;
        Ok((held.into_iter().chain(waits).collect(), aside))
    });
}

#[tokio::test]
async fn an_empty_outbox_or_vault_where_one_was_is_kept_named_and_counted_and_recording_goes_on() {
    let station = Station::start().await;
    let life = Life::of(&station).await;
    let staff = life.officer.phone.shift().unwrap().officer.id;
    let whole = image(life.officer.dir.path());
    let vault = format!("vault-{staff}.db");
    for name in ["outbox.db", vault.as_str()] {
        for log in [true, false] {
            let folder = scratch();
            write(&whole, folder.path());
            std::fs::write(folder.path().join(name), b"").unwrap();
            let beside = PathBuf::from(format!("{name}-wal"));
            if !log {
                drop(std::fs::remove_file(folder.path().join(&beside)));
            }
            let phone = Phone::open(folder.path(), life.officer.clock.clone()).unwrap();
            if phone.shift().is_none() {
                phone.start_shift(staff, "3-M-21").unwrap();
            }
            phone.unlock(life.officer.secret).unwrap();
            let aside = phone.unreadable_files();
            assert_eq!(aside.len(), 1, "{name}: {aside:?}");
            assert!(aside[0].starts_with(&format!("{name}.unreadable-")), "{aside:?}");
            assert_eq!(phone.health().unwrap().set_aside, 1);
            let kept = |suffix: &str| std::fs::read(folder.path().join(format!("{}{suffix}", aside[0]))).unwrap();
            assert!(kept("").is_empty());
            if let Some(bytes) = whole.get(&beside).filter(|_| log) {
                assert!(kept("-wal") == *bytes, "the log of {name} is not as it was");
            }
            let site = phone.config().unwrap();
            let decision = decide((&site.pack, &site.zones), facts(), Choice::OfferedAccepted);
            phone.record(phone.new_referral().unwrap(), decision).unwrap();
            assert!(phone.sync_once().await.unwrap().receipted > 0);
        }
    }
    // A phone that is new has kept nothing yet: what a kill left of its first file is no loss.
    let new = scratch();
    std::fs::write(new.path().join("outbox.db"), b"").unwrap();
    assert!(Phone::open(new.path(), life.officer.clock.clone()).unwrap().unreadable_files().is_empty());
}
