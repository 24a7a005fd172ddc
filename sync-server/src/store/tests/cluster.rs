//! A private PostgreSQL for tests: one for each test program, a database for each test. It is gone when the
//! program is, however that ends.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Small, and as durable as a real one.
const SETTINGS: &str = "fsync = on
synchronous_commit = on
listen_addresses = ''
shared_buffers = 16MB
max_connections = 200
max_wal_size = 64MB
log_min_messages = fatal
";

/// The usual one: most have no port, and their socket is named for it.
const PORT: u16 = 5432;

/// A running PostgreSQL with its folder, its socket and its guard.
pub struct Cluster {
    folder: PathBuf,
    port: u16,
    databases: AtomicU32,
    /// Lives until the pipe to it closes, then stops the server and removes the folder.
    guard: Child,
}

impl Cluster {
    /// The one that this program's tests share.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// One of its own, for a test that stops it.
    pub fn start() -> Self {
        Self::start_at(PORT, "", |_| ())
    }

    /// One of its own on this port, with more settings and with what a test puts into its folder of data first.
    pub fn start_at(port: u16, settings: &str, prepare: impl FnOnce(&Path)) -> Self {
        let cluster = Self::empty(port);
        let data = cluster.data();
        let make = ["-U", "handoff", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D"];
        done(program(&program_path("initdb")).args(make).arg(&data));
        cluster.set(&format!("{SETTINGS}port = {port}\n{settings}"));
        prepare(&data);
        cluster.control(&["start"]);
        cluster
    }

    /// A folder with its guard, and no data yet.
    fn empty(port: u16) -> Self {
        let folder = tempfile::Builder::new().prefix("handoff-pg-").tempdir().unwrap().keep();
        if let Some((uid, gid)) = server_user() {
            std::os::unix::fs::chown(&folder, Some(uid), Some(gid)).unwrap();
        }
        // First the guard, so that nothing is left behind whatever happens next.
        let script = "cat >/dev/null; \"$1\" -D \"$2/data\" -m immediate -s stop 2>/dev/null; rm -rf \"$2\"";
        let guard = program(Path::new("/bin/sh"))
            .args(["-c", script, "sh"])
            .args([program_path("pg_ctl"), folder.clone()])
            .stdin(Stdio::piped())
            // An interrupt from the keyboard is not for it.
            .process_group(0)
            .spawn()
            .unwrap();
        Self { folder, port, databases: AtomicU32::new(0), guard }
    }

    /// Adds settings, and where its socket is.
    fn set(&self, settings: &str) {
        let mut file = std::fs::OpenOptions::new().append(true).open(self.data().join("postgresql.conf")).unwrap();
        writeln!(file, "unix_socket_directories = '{}'\n{settings}", self.folder.display()).unwrap();
    }

    /// A standby of this one. From now on a commit is acknowledged when the standby has it too.
    #[allow(dead_code, reason = "the integration tests alone")]
    pub fn standby(&self) -> Self {
        let standby = Self::empty(self.port);
        let from = format!("host={} port={} user=handoff application_name=standby", self.folder.display(), self.port);
        let copy = ["-d", &from, "-R", "-c", "fast", "-D"];
        done(program(&program_path("pg_basebackup")).args(copy).arg(standby.data()));
        standby.set("");
        standby.control(&["start"]);
        self.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = 'standby'");
        self.sql("postgres", "SELECT pg_reload_conf()");
        let follows = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
        while self.sql("postgres", follows).trim() != "1" {
            std::thread::yield_now();
        }
        standby
    }

    /// The address of a new and empty database that is here, and at a standby when this one is gone.
    #[allow(dead_code, reason = "the integration tests alone")]
    pub fn database_with(&self, standby: &Self) -> String {
        let here = self.database();
        let there = standby.folder.display().to_string().replace('/', "%2F");
        here.replacen(&format!("/{}", name_of(&here)), &format!(",{there}/{}", name_of(&here)), 1)
    }

    /// Stops it for good, as a power cut does.
    #[allow(dead_code, reason = "the integration tests alone")]
    pub fn cut_off(&self) {
        self.control(&["-m", "immediate", "stop"]);
    }

    /// A standby takes the place of the one that it followed.
    #[allow(dead_code, reason = "the integration tests alone")]
    pub fn promote(&self) {
        self.control(&["promote"]);
    }

    /// Stops and starts it, in the given mode: `immediate` leaves the work of a power cut.
    pub fn restart(&self, mode: &str) {
        self.control(&["-m", mode, "restart"]);
    }

    /// The address of a new and empty database.
    pub fn database(&self) -> String {
        let name = format!("t{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        format!("postgres://handoff@{}/{name}", self.folder.display().to_string().replace('/', "%2F"))
    }

    /// Runs statements in a database beside all servers, and returns what they print.
    pub fn sql(&self, database: &str, sql: &str) -> String {
        String::from_utf8(done(&mut self.psql(database, sql)).stdout).unwrap()
    }

    /// The same where it may be broken off: whether it ended well.
    pub fn try_sql(&self, database: &str, sql: &str) -> bool {
        self.psql(database, sql).output().unwrap().status.success()
    }

    /// Runs a script in a database, as one that `pg_dump` wrote.
    #[allow(dead_code, reason = "the integration tests use less")]
    pub fn script(&self, database: &str, script: &str) {
        let mut psql = self.client(database).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        psql.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        let output = psql.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Takes every connection that is left, and holds them for as long as what it returns is kept.
    pub fn take_every_connection(&self, database: &str) -> Vec<Held> {
        let mut held = Vec::new();
        loop {
            let mut psql = self.client(database);
            let mut child = psql.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
            // Whoever is let in answers; whoever is not ends, and may do so before it is asked.
            drop(child.stdin.as_mut().unwrap().write_all(b"SELECT 1;\n"));
            let mut answer = String::new();
            BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut answer).unwrap();
            if answer.is_empty() {
                child.wait().unwrap();
                return held;
            }
            held.push(Held(child));
        }
    }

    fn psql(&self, database: &str, sql: &str) -> Command {
        let mut psql = self.client(database);
        psql.args(["-c", sql]);
        psql
    }

    fn client(&self, database: &str) -> Command {
        let mut psql = program(&program_path("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "handoff", "-d", database, "-h"]);
        psql.arg(&self.folder).env("PGPORT", self.port.to_string());
        psql
    }

    /// Schema and rows of a database, as statements.
    pub fn dump(&self, database: &str) -> String {
        let mut dump = program(&program_path("pg_dump"));
        dump.args(["--inserts", "--no-owner", "-U", "handoff", "-d", database, "-h"]).arg(&self.folder);
        String::from_utf8(done(&mut dump).stdout).unwrap()
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn control(&self, act: &[&str]) {
        let log = self.folder.join("log");
        // Nothing of it is read: the server keeps its parent's pipes open.
        let mut control = program(&program_path("pg_ctl"));
        control.arg("-D").arg(self.data()).arg("-l").arg(&log).args(["-w", "-s"]).args(act);
        let status = control.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        assert!(status.success(), "pg_ctl {act:?}: {}", std::fs::read_to_string(log).unwrap_or_default());
    }
}

/// A connection that somebody else has.
pub struct Held(Child);

impl Held {
    /// What a statement gives: one value.
    pub fn ask(&mut self, sql: &str) -> String {
        writeln!(self.0.stdin.as_mut().unwrap(), "{};", sql.replace('\n', " ")).unwrap();
        let mut answer = String::new();
        BufReader::new(self.0.stdout.as_mut().unwrap()).read_line(&mut answer).unwrap();
        answer.trim().to_owned()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        drop(self.0.wait());
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        drop(self.guard.wait());
    }
}

/// Gives a file to the user that runs PostgreSQL, who alone may read it.
pub fn hand_over(file: &Path) {
    std::fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    if let Some((uid, gid)) = server_user() {
        std::os::unix::fs::chown(file, Some(uid), Some(gid)).unwrap();
    }
}

/// The name of the database of an address.
pub fn name_of(url: &str) -> &str {
    url.rsplit('/').next().unwrap()
}

fn done(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// A program as the user that may run PostgreSQL.
fn program(path: &Path) -> Command {
    let mut command = Command::new(path);
    command.current_dir("/").env("LC_ALL", "C");
    if let Some((uid, gid)) = server_user() {
        command.uid(uid).gid(gid);
    }
    command
}

/// PostgreSQL refuses to run as root: another user then, the one that its package makes or nobody.
fn server_user() -> Option<(u32, u32)> {
    if std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").ok()?) != 0 {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    let find = |name: &str| {
        let mut fields = users.lines().find(|line| line.starts_with(&format!("{name}:")))?.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    Some(find("postgres").or_else(|| find("nobody")).unwrap())
}

/// A program of PostgreSQL: on the path, or where Debian puts it, the newest.
fn program_path(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut debian: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter_map(|path| Some((path.file_name()?.to_str()?.parse().ok()?, path.join("bin"))))
        .collect();
    debian.sort();
    let folders = debian.into_iter().rev().map(|(_, path)| path).chain(std::env::split_paths(&path));
    folders
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
        .unwrap_or_else(|| panic!("{name} is not here: install PostgreSQL, as `.make/setup test` does"))
}
