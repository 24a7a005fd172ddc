//! Callers who send slowly, or nothing: the server's real program puts them out, one by one and in a crowd, and
//! serves everyone else.

use crate::power::server_program;
use crate::server::Station;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Stdio};
use std::time::Duration;

/// A request must be here within so many seconds.
const WITHIN: &str = "1";
/// So many connections at once.
const CONNECTIONS: usize = 8;
/// A slow caller sends a byte so often: far less than the time that they have.
const EACH: Duration = Duration::from_millis(20);
/// Whoever is not put out by then never is.
const NEVER: Duration = Duration::from_secs(60);

/// The program, where the station was.
struct Program(Child);

impl Program {
    async fn in_the_place_of(station: Station) -> (Self, SocketAddr, tempfile::TempDir) {
        let Station { server, dir, .. } = station;
        let at = server.addr;
        server.stop().await;
        let mut command = server_program();
        command.arg("--data").arg(dir.path()).args(["--listen", &at.to_string(), "--request-within", WITHIN]);
        command.args(["--connections", &CONNECTIONS.to_string(), "serve"]).env_remove("DATABASE_URL");
        let mut child = command.env("HANDOFF_LOG", "error").stdout(Stdio::piped()).spawn().unwrap();
        let line = BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
        assert!(line.starts_with("Serving at "), "{line}");
        (Self(child), at, dir)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Sends what comes first at once, and of what comes next a byte at a time until the server ends it. Returns what it
/// said, or nothing if it says more than once that it waits.
fn until_put_out(at: SocketAddr, first: &str, slowly: &str) -> String {
    let mut stream = TcpStream::connect(at).unwrap();
    stream.write_all(first.as_bytes()).unwrap();
    let (mut bytes, mut said, mut buffer) = (slowly.bytes().cycle(), Vec::new(), [0; 1024]);
    // Where nothing is sent, nothing is waited for but the end.
    let turn = if slowly.is_empty() { NEVER } else { EACH };
    stream.set_read_timeout(Some(turn)).unwrap();
    for _ in 0..NEVER.as_millis() / EACH.as_millis() {
        match stream.read(&mut buffer) {
            Ok(0) => return String::from_utf8(said).unwrap(),
            Ok(n) => said.extend_from_slice(&buffer[..n]),
            Err(error) if [std::io::ErrorKind::WouldBlock, std::io::ErrorKind::TimedOut].contains(&error.kind()) => {
                assert!(!slowly.is_empty(), "it was never put out");
            }
            // It was put out while a byte was on its way.
            Err(_) => return String::from_utf8(said).unwrap(),
        }
        drop(bytes.next().map(|byte| stream.write_all(&[byte])));
    }
    panic!("it was never put out")
}

const BODY: &str =
    "POST /v1/enrol HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_sends_a_byte_at_a_time_or_nothing_is_put_out_in_time_and_others_are_served() {
    let station = Station::start().await;
    let phone = station.phone().await;
    let cookie = station.sign_in("okafor").await;
    let http = station.http.clone();
    let (program, at, _dir) = Program::in_the_place_of(station).await;
    let slow = [
        ("", "", ""),
        ("", "GET /healthz HTTP/1.1\r\nX: aaaa", ""),
        ("G", "", ""),
        ("PRI * HTTP/2.0\r\n\r\nSM", "", ""),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\nX: ", "aaaaaaaaa", ""),
        (BODY, "", "408"),
        (BODY, "{ ", "408"),
        ("POST /v1/enrol HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n", "408"),
    ];
    let callers: Vec<_> = slow
        .into_iter()
        .map(|(first, slowly, says)| {
            (first, slowly, says, tokio::task::spawn_blocking(move || until_put_out(at, first, slowly)))
        })
        .collect();
    // Their places are taken: who comes next waits until one of them is put out, and is served.
    let page = http.get(format!("http://{at}/inbox")).header("cookie", &cookie).send().await.unwrap();
    assert_eq!(page.status(), 200);
    for (first, slowly, says, caller) in callers {
        let said = caller.await.unwrap();
        let is_right = if says.is_empty() { !said.contains(" 200 ") } else { said.contains(says) };
        assert!(is_right, "{first:?} and then {slowly:?} is told {said:?}");
    }
    // Who waits for an answer is not slow.
    assert_eq!(phone.feed("after=999999&wait=3").await.status(), 200);
    drop(program);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_of_slow_callers_holds_up_nobody_for_long() {
    let station = Station::start().await;
    let http = station.http.clone();
    let (_program, at, _dir) = Program::in_the_place_of(station).await;
    // Three times as many as there are places, of whom none says what they want.
    let crowd: Vec<TcpStream> = (0..CONNECTIONS * 3).map(|_| TcpStream::connect(at).unwrap()).collect();
    assert_eq!(http.get(format!("http://{at}/healthz")).send().await.unwrap().status(), 200);
    for mut caller in crowd {
        caller.set_read_timeout(Some(NEVER)).unwrap();
        assert!(matches!(caller.read(&mut [0; 64]), Ok(_) | Err(_)));
        let rest = caller.read(&mut [0; 64]);
        assert!(matches!(rest, Ok(0)), "each is put out: {rest:?}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_asked_to_end_does_so_in_the_midst_of_slow_callers() {
    let station = Station::start().await;
    let (mut program, at, _dir) = Program::in_the_place_of(station).await;
    let slow: Vec<TcpStream> = (0..3)
        .map(|_| {
            let mut stream = TcpStream::connect(at).unwrap();
            stream.write_all(b"GET /healthz HTTP/1.1\r\nX").unwrap();
            stream
        })
        .collect();
    let id = program.0.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert!(program.0.wait().unwrap().success());
    drop(slow);
}

/// Asks for more than a connection holds and takes none of it; returns when the server lets it go.
fn until_let_go(at: SocketAddr, file: &str) {
    let mut stream = TcpStream::connect(at).unwrap();
    stream.set_write_timeout(Some(NEVER)).unwrap();
    let ask = format!("GET {file} HTTP/1.1\r\nHost: a\r\n\r\n").repeat(100);
    // The server takes no more questions than it has answered: it stops reading, or breaks off.
    for _ in 0..10_000 {
        match stream.write_all(ask.as_bytes()) {
            Ok(()) => {}
            Err(error) => {
                let stands = [std::io::ErrorKind::WouldBlock, std::io::ErrorKind::TimedOut].contains(&error.kind());
                assert!(!stands, "it was never let go");
                return;
            }
        }
    }
    panic!("the server took every question");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_for_much_and_takes_nothing_is_let_go() {
    let station = Station::start().await;
    let page = station.http.get(station.url("/in/x")).send().await.unwrap().text().await.unwrap();
    let at = page.find("/static/console-").unwrap();
    let file: String = page[at..].chars().take_while(|c| *c != '"').collect();
    let (_program, at, _dir) = Program::in_the_place_of(station).await;
    let threads: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let file = file.clone();
            std::thread::spawn(move || until_let_go(at, &file))
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}
