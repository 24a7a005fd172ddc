//! A drive that loses power: what of the writes so far is on it for certain, and what may be.
//!
//! It promises no more than POSIX does. The bytes of a file are certain once the file was flushed, its name
//! once the folder was. Of the rest nothing may have arrived, or some sectors and not others, or all but the
//! end of the last one.

use super::strace::Act;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a drive writes in one piece.
const SECTOR: usize = 512;

/// What of the unflushed writes a power cut leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Survivors {
    /// Nothing.
    None,
    /// A random half of the sectors, and the names up to some point.
    Half,
    /// Everything, but the last write stops within a sector.
    Torn,
}

impl Survivors {
    pub const ALL: [Self; 3] = [Self::None, Self::Half, Self::Torn];
}

/// Numbers that look random and are the same in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most.max(1)
    }

    fn coin(&mut self) -> bool {
        self.below(2) == 0
    }
}

#[derive(Debug, Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Cut(usize),
}

#[derive(Debug, Clone, Default)]
struct File {
    firm: Vec<u8>,
    loose: Vec<Change>,
    len: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    File(usize),
    Folder,
}

#[derive(Debug, Clone)]
enum Naming {
    Made(PathBuf, Node),
    Renamed(PathBuf, PathBuf),
    Removed(PathBuf),
}

type Names = BTreeMap<PathBuf, Node>;

/// The files of a folder after a power cut; a folder has no bytes.
pub type Image = BTreeMap<PathBuf, Option<Vec<u8>>>;

/// The drive.
#[derive(Default)]
pub struct Drive {
    files: Vec<File>,
    names: Names,
    firm: Names,
    loose: Vec<Naming>,
}

impl Drive {
    /// A drive on which all of these files have long been.
    pub fn holding(root: &Path) -> Self {
        let mut drive = Self::default();
        drive.take(root);
        drive.firm = drive.names.clone();
        drive
    }

    fn take(&mut self, folder: &Path) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                self.names.insert(path.clone(), Node::Folder);
                self.take(&path);
            } else if !path.to_string_lossy().ends_with("-shm") {
                let firm = std::fs::read(&path).unwrap();
                self.names.insert(path, Node::File(self.files.len()));
                self.files.push(File { len: firm.len(), firm, loose: vec![] });
            }
        }
    }

    /// Does one act.
    pub fn act(&mut self, act: &Act) {
        match act {
            Act::Said(_) => {}
            Act::Make(path) if self.names.contains_key(path) => {}
            Act::Make(path) => {
                self.files.push(File::default());
                self.name(Naming::Made(path.clone(), Node::File(self.files.len() - 1)));
            }
            Act::Folder(path) => self.name(Naming::Made(path.clone(), Node::Folder)),
            Act::Rename(from, to) => self.name(Naming::Renamed(from.clone(), to.clone())),
            Act::Remove(path) => self.name(Naming::Removed(path.clone())),
            Act::Write(path, at, bytes) => {
                let Some(file) = self.file(path) else { return };
                let at = if *at == usize::MAX { file.len } else { *at };
                file.len = file.len.max(at + bytes.len());
                file.loose.push(Change::Write(at, bytes.clone()));
            }
            Act::Cut(path, len) => {
                let Some(file) = self.file(path) else { return };
                file.len = *len;
                file.loose.push(Change::Cut(*len));
            }
            Act::Flush(path) => match self.file(path) {
                Some(file) => {
                    let loose = std::mem::take(&mut file.loose);
                    loose.iter().for_each(|change| apply(&mut file.firm, change));
                }
                None => self.flush_names(path),
            },
        }
    }

    fn file(&mut self, path: &Path) -> Option<&mut File> {
        match self.names.get(path) {
            Some(Node::File(at)) => self.files.get_mut(*at),
            Some(Node::Folder) | None => None,
        }
    }

    fn name(&mut self, naming: Naming) {
        rename(&mut self.names, &naming);
        self.loose.push(naming);
    }

    fn flush_names(&mut self, folder: &Path) {
        let here = |naming: &Naming| match naming {
            Naming::Made(path, _) | Naming::Removed(path) | Naming::Renamed(_, path) => path.parent() == Some(folder),
        };
        let (firm, loose): (Vec<_>, Vec<_>) = std::mem::take(&mut self.loose).into_iter().partition(here);
        firm.iter().for_each(|naming| rename(&mut self.firm, naming));
        self.loose = loose;
    }

    /// What a power cut leaves now.
    pub fn cut(&self, survivors: Survivors, dice: &mut Dice) -> Image {
        let mut names = self.firm.clone();
        let kept = match survivors {
            Survivors::None => 0,
            Survivors::Half => dice.below(self.loose.len() + 1),
            Survivors::Torn => self.loose.len(),
        };
        self.loose.iter().take(kept).for_each(|naming| rename(&mut names, naming));
        // A file whose folder is not there cannot be found.
        let all = names.clone();
        let found = |path: &Path| {
            path.ancestors().skip(1).all(|above| !self.names.contains_key(above) || all.contains_key(above))
        };
        let node = |node: &Node, dice: &mut Dice| match node {
            Node::File(at) => Some(bytes_after(&self.files[*at], survivors, dice)),
            Node::Folder => None,
        };
        names.iter().filter(|(path, _)| found(path)).map(|(path, at)| (path.clone(), node(at, dice))).collect()
    }
}

fn rename(names: &mut Names, naming: &Naming) {
    match naming {
        Naming::Made(path, node) => drop(names.insert(path.clone(), *node)),
        Naming::Removed(path) => drop(names.remove(path)),
        Naming::Renamed(from, to) => {
            if let Some(node) = names.remove(from) {
                names.insert(to.clone(), node);
            }
        }
    }
}

fn bytes_after(file: &File, survivors: Survivors, dice: &mut Dice) -> Vec<u8> {
    let mut bytes = file.firm.clone();
    let last = file.loose.len().saturating_sub(1);
    for (n, change) in file.loose.iter().enumerate() {
        match (survivors, change) {
            (Survivors::None, _) => {}
            (Survivors::Half, Change::Cut(_)) if dice.coin() => apply(&mut bytes, change),
            (Survivors::Half, Change::Cut(_)) => {}
            (Survivors::Half, Change::Write(at, new)) => {
                sectors(*at, new).iter().filter(|_| dice.coin()).for_each(|sector| apply(&mut bytes, sector));
            }
            (Survivors::Torn, Change::Write(at, new)) if n == last => {
                let tail = new.len().min(SECTOR);
                let stop = new.len() - 1 - dice.below(tail);
                apply(&mut bytes, &Change::Write(*at, new[..stop].to_vec()));
            }
            (Survivors::Torn, change) => apply(&mut bytes, change),
        }
    }
    bytes
}

/// A write as the sectors that it touches.
fn sectors(at: usize, bytes: &[u8]) -> Vec<Change> {
    let (mut changes, mut done) = (Vec::new(), 0);
    while done < bytes.len() {
        let here = (SECTOR - (at + done) % SECTOR).min(bytes.len() - done);
        changes.push(Change::Write(at + done, bytes[done..done + here].to_vec()));
        done += here;
    }
    changes
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Cut(len) => bytes.resize(*len, 0),
        Change::Write(at, new) => {
            let end = at + new.len();
            bytes.resize(bytes.len().max(end), 0);
            bytes[*at..end].copy_from_slice(new);
        }
    }
}

/// Writes an image, made of the files below one folder, below another.
pub fn write(image: &Image, from: &Path, to: &Path) {
    for (path, bytes) in image {
        let path = to.join(path.strip_prefix(from).unwrap());
        match bytes {
            None => std::fs::create_dir_all(path).unwrap(),
            Some(bytes) => std::fs::write(path, bytes).unwrap(),
        }
    }
}
