//! What a program does to the files below one folder and what it tells others, in order, as strace sees it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// One thing that a program did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A new, empty file.
    Make(PathBuf),
    /// A new folder.
    Folder(PathBuf),
    /// Bytes into a file, from a place on.
    Write(PathBuf, usize, Vec<u8>),
    /// A file is made this long.
    Cut(PathBuf, usize),
    /// A file or a folder is flushed.
    Flush(PathBuf),
    /// A file gets another name.
    Rename(PathBuf, PathBuf),
    /// A file goes.
    Remove(PathBuf),
    /// Words for whoever waits: standard output, or a connection.
    Said(Vec<u8>),
}

/// What is traced: all that could change a file. What no drive here knows how to lose ends the test.
const CALLS: &str = "trace=openat,open,creat,write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,sync_file_range,\
    ftruncate,truncate,fallocate,rename,renameat,renameat2,unlink,unlinkat,link,linkat,symlink,symlinkat,mkdir,\
    mkdirat,rmdir,lseek,mmap,sendto,sendmsg,sendfile,copy_file_range";

/// A command that does the same under strace, which writes to `log`.
pub fn traced(command: &Command, log: &Path, how: &[&str]) -> Command {
    let mut strace = Command::new("strace");
    strace.args(how);
    strace.args(["-f", "--seccomp-bpf", "-y", "-xx", "-s", "100000000", "-e", CALLS, "-o"]).arg(log);
    like(&mut strace, command);
    strace
}

/// Puts a command, with where and in what it runs, behind another.
pub fn like(outer: &mut Command, command: &Command) {
    outer.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        value.map(|value| outer.env(name, value));
    }
    command.get_current_dir().map(|folder| outer.current_dir(folder));
}

/// Runs a command to its end under strace. Its acts below `root`, and its output.
pub fn run(command: &Command, root: &Path) -> (Vec<Act>, Output) {
    let log = tempfile::NamedTempFile::new().unwrap();
    let output = traced(command, log.path(), &[]).output().expect("strace is here: .make/setup test installs it");
    (read(log.path(), root), output)
}

/// The acts in a log of strace.
pub fn read(log: &Path, root: &Path) -> Vec<Act> {
    let text = std::fs::read_to_string(log).unwrap();
    let mut reader = Reader { root, open: HashMap::new(), begun: HashMap::new(), acts: vec![] };
    text.lines().for_each(|line| reader.line(line));
    reader.acts
}

/// One call, ended or not.
struct Call {
    name: String,
    args: Vec<String>,
    /// What it returned; nothing of a call that has only begun.
    gave: Option<i64>,
}

impl Call {
    fn of(text: &str) -> Option<Self> {
        let (name, rest) = text.split_once('(')?;
        let (args, gave) = match rest.strip_suffix(" <unfinished ...>") {
            Some(args) => (args, None),
            None => {
                let (args, gave) = rest.rsplit_once(" = ")?;
                let digits = gave.split(['<', ' ']).next()?;
                let hex = |_| i64::from_str_radix(digits.trim_start_matches("0x"), 16);
                (args.trim_end().strip_suffix(')')?, Some(digits.parse().or_else(hex).ok()?))
            }
        };
        // Every string and path is hexadecimal, so no comma is within one.
        Some(Self { name: name.to_owned(), args: args.split(", ").map(str::to_owned).collect(), gave })
    }

    /// The path behind a descriptor.
    fn path(&self, at: usize) -> PathBuf {
        self.args.get(at).and_then(|arg| arg.split_once('<')).map(|(_, path)| text(path)).unwrap_or_default()
    }

    fn descriptor(&self) -> i64 {
        self.args[0].split('<').next().unwrap().parse().unwrap_or(-1)
    }

    /// The path in a string.
    fn named(&self, at: usize) -> PathBuf {
        self.args.get(at).map(|arg| text(arg)).unwrap_or_default()
    }

    fn number(&self, at: usize) -> usize {
        self.args[at].parse().unwrap()
    }

    /// Whether somebody else reads what this writes.
    fn tells(&self) -> bool {
        let writes = matches!(self.name.as_str(), "write" | "writev" | "sendto" | "sendmsg");
        let to = self.path(0);
        writes && (self.args[0].starts_with("1<") || to.to_string_lossy().starts_with("socket:"))
    }

    /// Every string of the call but the descriptor's, one after the other.
    fn words(&self) -> Vec<u8> {
        self.args[1..].iter().flat_map(|arg| bytes(arg)).collect()
    }
}

fn text(hex: &str) -> PathBuf {
    PathBuf::from(String::from_utf8(bytes(hex)).unwrap())
}

/// The bytes written as `\x2f` anywhere in the text.
fn bytes(text: &str) -> Vec<u8> {
    text.split("\\x").skip(1).map(|hex| u8::from_str_radix(&hex[..2], 16).unwrap()).collect()
}

/// An open descriptor: where the next plain write goes, and whether that is always the end.
#[derive(Default, Clone, Copy)]
struct Position {
    at: usize,
    appends: bool,
}

struct Reader<'a> {
    root: &'a Path,
    open: HashMap<i64, Position>,
    /// The first half of calls that have not ended, by thread.
    begun: HashMap<String, String>,
    acts: Vec<Act>,
}

impl Reader<'_> {
    fn line(&mut self, line: &str) {
        let Some((thread, text)) = line.split_once(' ') else { return };
        let text = text.trim_start();
        if let Some(resumed) = text.strip_prefix("<... ") {
            let Some(first) = self.begun.remove(thread) else { return };
            let rest = resumed.split_once(" resumed>").map_or("", |(_, rest)| rest);
            let Some(call) = Call::of(&format!("{first}{rest}")) else { return };
            // What was told was told when it began.
            if !call.tells() {
                self.call(&call);
            }
            return;
        }
        let Some(call) = Call::of(text) else { return };
        if call.gave.is_none() {
            let first = text.strip_suffix(" <unfinished ...>").unwrap_or(text).to_owned();
            self.begun.insert(thread.to_owned(), first);
        }
        if call.tells() {
            self.acts.push(Act::Said(call.words()));
        } else if call.gave.is_some() {
            self.call(&call);
        }
    }

    fn call(&mut self, call: &Call) {
        let Some(gave) = call.gave.filter(|gave| *gave >= 0) else { return };
        match call.name.as_str() {
            "openat" => self.opened(call, gave),
            "lseek" => self.open.entry(call.descriptor()).or_default().at = usize::try_from(gave).unwrap(),
            "pwrite64" => self.act(&call.path(0), |path| Act::Write(path, call.number(3), call.words())),
            "write" => self.wrote(call),
            "ftruncate" => self.act(&call.path(0), |path| Act::Cut(path, call.number(1))),
            "fsync" | "fdatasync" => self.act(&call.path(0), Act::Flush),
            "rename" => self.act(&call.named(0), |from| Act::Rename(from, call.named(1))),
            "unlink" => self.act(&call.named(0), Act::Remove),
            "unlinkat" => self.act(&call.named(1), Act::Remove),
            "mkdir" => self.act(&call.named(0), Act::Folder),
            "mmap" => {
                let writes = call.args[2].contains("PROT_WRITE") && call.args[3].contains("MAP_SHARED");
                let path = call.path(4);
                assert!(!writes || !self.is_kept(&path), "{} is written through memory", path.display());
            }
            other => {
                let paths = [call.path(0), call.path(1), call.path(2), call.named(0), call.named(1), call.named(3)];
                let ours = paths.iter().any(|path| self.is_kept(path));
                assert!(!ours, "{other} on a kept file: no drive here knows what a power cut makes of it");
            }
        }
    }

    fn opened(&mut self, call: &Call, descriptor: i64) {
        let flags = &call.args[2];
        self.open.insert(descriptor, Position { at: 0, appends: flags.contains("O_APPEND") });
        let path = call.named(1);
        if flags.contains("O_CREAT") {
            self.act(&path, Act::Make);
        }
        if flags.contains("O_TRUNC") {
            self.act(&path, |path| Act::Cut(path, 0));
        }
    }

    fn wrote(&mut self, call: &Call) {
        let position = self.open.entry(call.descriptor()).or_default();
        let words = call.words();
        let at = if position.appends { usize::MAX } else { position.at };
        position.at += words.len();
        self.act(&call.path(0), |path| Act::Write(path, at, words));
    }

    /// Whether what becomes of that file matters. The index of a log is the memory of programs that run.
    fn is_kept(&self, path: &Path) -> bool {
        path.starts_with(self.root) && !path.to_string_lossy().ends_with("-shm")
    }

    fn act(&mut self, path: &Path, act: impl FnOnce(PathBuf) -> Act) {
        if self.is_kept(path) {
            self.acts.push(act(path.to_owned()));
        }
    }
}
