//! From starting the real server on an empty folder to its first answer, and what memory it then holds.
//! Target: ≤ 50 ms, ≤ 60 MB. The first start makes keys, database and schema; the second finds them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark may stop")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 5;

fn main() {
    let server = server();
    println!("round   first start   second start   memory");
    for round in 0..ROUNDS {
        let dir = tempfile::tempdir().unwrap();
        let (first, _) = start(&server, dir.path());
        let (second, memory) = start(&server, dir.path());
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        println!("{round:>5}   {:>8.1} ms   {:>9.1} ms   {memory:>4.1} MB", ms(first), ms(second));
    }
    println!("target: at most 50 ms, at most 60 MB");
}

/// The server's binary, built beside this benchmark.
fn server() -> PathBuf {
    let me = std::env::current_exe().unwrap();
    let path = me.parent().and_then(Path::parent).unwrap().join("handoff-server");
    assert!(path.exists(), "{} is not built: run `cargo build --release -p handoff-server` first", path.display());
    path
}

fn start(server: &Path, data: &Path) -> (Duration, f64) {
    let addr = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let since = Instant::now();
    let mut child = Command::new(server)
        .args(["serve", "--listen", &addr.to_string(), "--data"])
        .arg(data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while !answers(addr) {
        assert!(child.try_wait().unwrap().is_none(), "the server ended");
        std::thread::sleep(Duration::from_micros(200));
    }
    let took = since.elapsed();
    let memory = memory_mb(&child);
    child.kill().unwrap();
    child.wait().unwrap();
    (took, memory)
}

fn answers(addr: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(addr) else { return false };
    let mut reply = String::new();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n").is_ok()
        && stream.read_to_string(&mut reply).is_ok()
        && reply.starts_with("HTTP/1.1 200")
}

fn memory_mb(child: &Child) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}
