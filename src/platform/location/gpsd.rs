//! Positions from `gpsd`, the daemon that a patrol car's laptop uses for its receiver. Its protocol is
//! lines of JSON over TCP on this machine; without the daemon nothing happens and nothing is logged.

use super::webview::plausible;
use super::{Heard, LocationSource, seconds};
use crate::domain::facts::{FixFact, FixSource};
use crate::domain::time::Reading;
use serde::Deserialize;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

/// Where the daemon listens, by its own convention.
const ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 2947);
/// Asks for reports as JSON.
const WATCH: &[u8] = b"?WATCH={\"enable\":true,\"json\":true};\n";
/// How long to leave an absent daemon alone.
const PAUSE: Duration = Duration::from_secs(15);
/// The daemon reports each second; silence for longer than this means that the link is dead.
const SILENCE: Duration = Duration::from_secs(20);

/// The status of a simulated fix, by the daemon's own list.
const SIMULATED: u8 = 8;

/// Between the thread and the source.
#[derive(Default)]
struct Slot {
    newest: Mutex<Option<FixFact>>,
    /// The open link, so that it can be ended from outside.
    link: Mutex<Option<TcpStream>>,
}

/// A link to `gpsd` on this machine, on a thread of its own that ends with it. The daemon lets the
/// receiver sleep when its last client leaves.
pub struct Gpsd {
    address: SocketAddr,
    listening: Option<Listening>,
    newest: Option<Heard>,
    polled: Reading,
}

impl Gpsd {
    /// Listens from the first poll on. Needs no daemon: it is looked for again every 15 seconds.
    pub fn new(now: Reading) -> Self {
        Self::at(ADDRESS, now)
    }

    const fn at(address: SocketAddr, now: Reading) -> Self {
        Self { address, listening: None, newest: None, polled: now }
    }
}

/// A thread that follows the daemon, and where it puts what it hears. It ends with this value.
struct Listening {
    slot: Arc<Slot>,
}

impl Listening {
    fn start(address: SocketAddr) -> Self {
        let slot = Arc::new(Slot::default());
        let theirs = Arc::downgrade(&slot);
        // Without a thread there is no fix from this source; the others and the pin go on.
        let _ = std::thread::Builder::new().name("gpsd".into()).spawn(move || run(address, &theirs));
        Self { slot }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if let Some(link) = self.slot.link.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // Already gone is as good.
            drop(link.shutdown(Shutdown::Both));
        }
    }
}

impl LocationSource for Gpsd {
    /// The thread knows no clock that runs through sleep, so a report counts as old as the time since the
    /// poll before this one: never younger than it is.
    fn poll(&mut self, now: Reading) -> Option<FixFact> {
        let listening = self.listening.get_or_insert_with(|| Listening::start(self.address));
        let came = listening.slot.newest.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(fix) = came {
            let age_s = seconds(now.boot_ms.saturating_sub(self.polled.boot_ms));
            self.newest = Some(Heard { fix: FixFact { age_s, ..fix }, heard: now });
        }
        self.polled = now;
        self.newest?.at(now)
    }

    fn rest(&mut self) {
        (self.listening, self.newest) = (None, None);
    }
}

fn run(address: SocketAddr, slot: &Weak<Slot>) {
    while slot.strong_count() > 0 {
        let _absent_or_gone = follow(address, slot);
        std::thread::sleep(PAUSE);
    }
}

/// Reads reports until the link breaks or nobody listens.
fn follow(address: SocketAddr, slot: &Weak<Slot>) -> io::Result<()> {
    let mut link = TcpStream::connect_timeout(&address, SILENCE)?;
    link.set_read_timeout(Some(SILENCE))?;
    let Some(kept) = slot.upgrade() else { return Ok(()) };
    *kept.link.lock().unwrap_or_else(PoisonError::into_inner) = Some(link.try_clone()?);
    drop(kept);
    link.write_all(WATCH)?;
    for line in BufReader::new(link).lines() {
        let line = line?;
        let Some(slot) = slot.upgrade() else { return Ok(()) };
        if let Some(fix) = parse(&line) {
            *slot.newest.lock().unwrap_or_else(PoisonError::into_inner) = Some(fix);
        }
    }
    Ok(())
}

/// The fields of a time-position-velocity report that matter here.
#[derive(Deserialize)]
struct Report {
    class: String,
    /// 2 and 3 are fixes.
    #[serde(default)]
    mode: u8,
    lat: Option<f64>,
    lon: Option<f64>,
    /// Horizontal error in metres.
    eph: Option<f64>,
    /// Error along each axis in metres, for receivers that report no `eph`.
    epx: Option<f64>,
    epy: Option<f64>,
    /// [`SIMULATED`], or how the receiver came to its fix.
    #[serde(default)]
    status: u8,
}

/// A fix, if the line is a report of one with its error: a position without its error is of no use here.
fn parse(line: &str) -> Option<FixFact> {
    let report: Report = serde_json::from_str(line).ok()?;
    if report.class != "TPV" || report.mode < 2 {
        return None;
    }
    let axes = || Some(libm::hypot(report.epx?, report.epy?));
    let fix = FixFact {
        lat_deg: report.lat?,
        lon_deg: report.lon?,
        accuracy_m: report.eph.or_else(axes)?,
        age_s: 0.0,
        mock: report.status == SIMULATED,
        source: FixSource::Gps,
    };
    plausible(&fix).then_some(fix)
}

#[cfg(test)]
mod tests {
    use super::super::tests::at_ms;
    use super::*;
    use std::io::Read as _;
    use std::net::TcpListener;

    const TPV: &str = r#"{"class":"TPV","device":"/dev/ttyUSB0","mode":3,"time":"2026-01-01T00:00:00.000Z","lat":47.61,"lon":-122.34,"alt":40.1,"eph":7.5,"speed":0.1}"#;

    #[test]
    fn a_report_with_its_error_is_a_fix() {
        let fix = parse(TPV).unwrap();
        assert_eq!((fix.lat_deg, fix.lon_deg, fix.accuracy_m, fix.mock), (47.61, -122.34, 7.5, false));
        let axes = parse(r#"{"class":"TPV","mode":2,"lat":1.0,"lon":2.0,"epx":3.0,"epy":4.0}"#).unwrap();
        assert_eq!(axes.accuracy_m, 5.0);
    }

    #[test]
    fn a_simulated_report_says_so() {
        let fix = parse(r#"{"class":"TPV","mode":2,"status":8,"lat":1.0,"lon":2.0,"eph":3.0}"#).unwrap();
        assert!(fix.mock);
    }

    #[test]
    fn other_lines_and_reports_without_fix_or_error_are_passed_over() {
        for line in [
            "",
            "not json",
            r#"{"class":"VERSION","release":"3.22"}"#,
            r#"{"class":"TPV","mode":1}"#,
            r#"{"class":"TPV","mode":3,"lat":47.6,"lon":-122.3}"#,
            r#"{"class":"TPV","mode":3,"lat":97.6,"lon":-122.3,"eph":4}"#,
        ] {
            assert_eq!(parse(line), None, "{line}");
        }
    }

    /// The link of a client that asked for reports.
    fn asked(daemon: &TcpListener) -> TcpStream {
        let (link, _) = daemon.accept().unwrap();
        let mut asked = String::new();
        BufReader::new(link.try_clone().unwrap()).read_line(&mut asked).unwrap();
        assert_eq!(asked.as_bytes(), WATCH);
        link
    }

    #[test]
    fn at_rest_the_daemon_has_no_client_and_nothing_is_known_until_the_next_poll() {
        let daemon = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut gpsd = Gpsd::at(daemon.local_addr().unwrap(), at_ms(0));
        daemon.set_nonblocking(true).unwrap();
        assert!(daemon.accept().is_err(), "nobody has polled yet");
        daemon.set_nonblocking(false).unwrap();
        for scene in 0..2 {
            gpsd.poll(at_ms(scene));
            let mut link = asked(&daemon);
            writeln!(link, "{TPV}").unwrap();
            while gpsd.poll(at_ms(scene)).is_none() {
                std::thread::yield_now();
            }
            gpsd.rest();
            assert!(gpsd.listening.is_none() && gpsd.newest.is_none());
            assert_eq!(link.read(&mut [0]).unwrap(), 0, "the link is closed at once, without another report");
        }
    }

    #[test]
    fn a_daemon_is_asked_to_report_and_its_newest_fix_is_polled() {
        let daemon = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut gpsd = Gpsd::at(daemon.local_addr().unwrap(), at_ms(0));
        assert_eq!(gpsd.poll(at_ms(0)), None);
        let mut link = asked(&daemon);
        writeln!(link, "{{\"class\":\"VERSION\"}}\n{TPV}").unwrap();
        let fix = std::iter::repeat_with(|| gpsd.poll(at_ms(1_000))).inspect(|_| std::thread::yield_now()).flatten();
        assert_eq!(fix.map(|fix| fix.accuracy_m).next(), Some(7.5));
        assert_eq!(gpsd.poll(at_ms(4_000)).map(|fix| fix.age_s >= 3.0), Some(true), "without news it ages");
    }
}
