//! Where the officer is, as far as anything knows. Nothing here waits: a caller polls, and the newest
//! position that was heard so far comes back, or none. A receiver costs battery, so it runs only while
//! somebody polls: [`Locator::rest`] ends that until the next poll.
//!
//! Four sources stand behind one trait: the webview's own geolocation (phones), a `gpsd` daemon (the
//! patrol car's laptop), a recorded track (`HANDOFF_TRACK`), and a pin set by hand, which always wins:
//! a person who sets a pin knows better than the receiver.
//!
//! # Decisions
//! This layer does not know the screens' toolkit. [`WEBVIEW_SCRIPT`] is run by the screens in their page;
//! each text that it sends goes to [`Webview::heard`] as it came, so parsing and trust stay here. The
//! script is theirs to end, too: any message to it does.

mod gpsd;
mod track;
mod webview;

pub use gpsd::Gpsd;
pub use track::{Track, TrackError};
pub use webview::{WEBVIEW_SCRIPT, Webview};

use crate::domain::facts::{FixFact, FixSource};
use crate::domain::time::Reading;

/// 68 % radius of a pin set by hand, in metres.
pub const PIN_ACCURACY_M: f64 = 10.0;
/// A fix older than this many seconds is not preferred over a younger one, however exact it was.
const FRESH_S: f64 = 15.0;

/// Something that may know the position.
pub trait LocationSource: Send {
    /// The newest position heard so far, with its age at `now`. Never waits.
    fn poll(&mut self, now: Reading) -> Option<FixFact>;

    /// Nobody needs a position for now: what costs power ends, and what was heard is forgotten, since the
    /// next scene is another place. The next poll begins anew.
    fn rest(&mut self) {}

    /// Why there is no position, if the source knows.
    fn trouble(&self) -> Option<Trouble> {
        None
    }
}

/// Why a source has no position. The pin on the map always works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// The person or the system does not let the app see the position.
    Denied,
    /// The device has no position now: no sky, no receiver.
    Unavailable,
}

/// All sources of this device, and the pin.
pub struct Locator {
    pin: Option<FixFact>,
    sources: Vec<Box<dyn LocationSource>>,
    webview: Webview,
}

impl Locator {
    /// The sources of this device: a recorded track alone if `track` names one (the variable
    /// `HANDOFF_TRACK`), else the webview and, on a laptop, `gpsd`.
    ///
    /// # Errors
    /// The track cannot be read, or is no track; the error names the file and the field.
    pub fn start(track: Option<&std::path::Path>, now: Reading) -> Result<Self, TrackError> {
        let webview = Webview::default();
        let sources: Vec<Box<dyn LocationSource>> = match track {
            Some(path) => vec![Box::new(Track::load(path, now)?)],
            None if cfg!(any(target_os = "android", target_os = "ios")) => vec![Box::new(webview.clone())],
            None => vec![Box::new(webview.clone()), Box::new(Gpsd::new(now))],
        };
        Ok(Self { pin: None, sources, webview })
    }

    /// A locator over the given sources, without any of this device's own.
    pub fn with(sources: Vec<Box<dyn LocationSource>>) -> Self {
        Self { pin: None, sources, webview: Webview::default() }
    }

    /// The handle into which the screens feed what the page says. Cheap to clone.
    pub fn webview(&self) -> Webview {
        self.webview.clone()
    }

    /// Sets or clears the pin, in degrees on WGS 84. A set pin wins over every source.
    pub fn pin(&mut self, at: Option<(f64, f64)>) {
        self.pin = at.map(|(lat_deg, lon_deg)| FixFact {
            lat_deg,
            lon_deg,
            accuracy_m: PIN_ACCURACY_M,
            age_s: 0.0,
            mock: false,
            source: FixSource::Pin,
        });
    }

    /// The best position at `now`: the pin, else a fresh fix over a stale one, else the more exact.
    pub fn poll(&mut self, now: Reading) -> Option<FixFact> {
        let heard: Vec<FixFact> = self.sources.iter_mut().filter_map(|source| source.poll(now)).collect();
        self.pin.or_else(|| heard.into_iter().min_by(|a, b| preference(a).total_cmp(&preference(b))))
    }

    /// Nobody needs a position until the next poll: every receiver may sleep. The pin goes too.
    pub fn rest(&mut self) {
        self.pin = None;
        self.sources.iter_mut().for_each(|source| source.rest());
    }

    /// Why nothing is known: the worst that any source reports. Nothing while a source is still searching.
    pub fn trouble(&self) -> Option<Trouble> {
        self.sources.iter().filter_map(|source| source.trouble()).min()
    }
}

/// Smaller is better: metres for fresh fixes, and seconds on top of any accuracy for stale ones.
fn preference(fix: &FixFact) -> f64 {
    if fix.age_s <= FRESH_S { fix.accuracy_m } else { 1e9 + fix.age_s }
}

/// A position and when the device heard it, so that its age grows by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Heard {
    fix: FixFact,
    heard: Reading,
}

impl Heard {
    /// The fix with its age at `now`. After a reboot the age cannot be known, so there is no fix.
    fn at(&self, now: Reading) -> Option<FixFact> {
        let waited_ms = (self.heard.boot == now.boot).then(|| now.boot_ms.saturating_sub(self.heard.boot_ms))?;
        Some(FixFact { age_s: self.fix.age_s + seconds(waited_ms), ..self.fix })
    }
}

/// Milliseconds as seconds.
fn seconds(ms: u64) -> f64 {
    std::time::Duration::from_millis(ms).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    pub(super) fn at_ms(boot_ms: u64) -> Reading {
        Reading { wall: DateTime::UNIX_EPOCH, boot_ms, boot: 1 }
    }

    pub(super) fn fix(accuracy_m: f64, age_s: f64) -> FixFact {
        FixFact { lat_deg: 47.6, lon_deg: -122.3, accuracy_m, age_s, mock: false, source: FixSource::Gps }
    }

    struct Fixed(Option<FixFact>, Option<Trouble>);

    impl LocationSource for Fixed {
        fn poll(&mut self, _: Reading) -> Option<FixFact> {
            self.0
        }
        fn trouble(&self) -> Option<Trouble> {
            self.1
        }
    }

    fn locator(fixes: &[(f64, f64)]) -> Locator {
        Locator::with(
            fixes.iter().map(|(m, s)| Box::new(Fixed(Some(fix(*m, *s)), None)) as Box<dyn LocationSource>).collect(),
        )
    }

    #[test]
    fn the_more_exact_of_two_fresh_fixes_is_taken() {
        assert_eq!(locator(&[(20.0, 1.0), (5.0, 9.0)]).poll(at_ms(0)), Some(fix(5.0, 9.0)));
    }

    #[test]
    fn a_fresh_fix_is_taken_over_a_more_exact_stale_one() {
        assert_eq!(locator(&[(3.0, 40.0), (30.0, 2.0)]).poll(at_ms(0)), Some(fix(30.0, 2.0)));
        assert_eq!(locator(&[(3.0, 90.0), (30.0, 50.0)]).poll(at_ms(0)), Some(fix(30.0, 50.0)));
    }

    #[test]
    fn a_pin_wins_until_it_is_taken_away() {
        let mut locator = locator(&[(3.0, 0.0)]);
        locator.pin(Some((47.5, -122.2)));
        let pinned = locator.poll(at_ms(0)).unwrap();
        assert_eq!((pinned.lat_deg, pinned.accuracy_m, pinned.source), (47.5, PIN_ACCURACY_M, FixSource::Pin));
        locator.pin(None);
        assert_eq!(locator.poll(at_ms(0)), Some(fix(3.0, 0.0)));
    }

    /// Counts how often it was sent to rest.
    struct Sleeper(std::sync::Arc<std::sync::atomic::AtomicU32>);

    impl LocationSource for Sleeper {
        fn poll(&mut self, _: Reading) -> Option<FixFact> {
            None
        }
        fn rest(&mut self) {
            self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        }
    }

    #[test]
    fn at_rest_every_source_sleeps_and_nothing_of_the_last_scene_is_known() {
        let rests = std::sync::Arc::default();
        let webview = Webview::default();
        let sleeper = || Box::new(Sleeper(std::sync::Arc::clone(&rests)));
        let mut locator = Locator::with(vec![sleeper(), Box::new(webview.clone()), sleeper()]);
        webview.heard(r#"{"lat_deg":47.6,"lon_deg":-122.3,"accuracy_m":8,"age_s":0}"#, at_ms(0));
        assert_eq!(locator.poll(at_ms(0)), Some(fix(8.0, 0.0)));
        locator.pin(Some((47.5, -122.2)));
        locator.rest();
        assert_eq!(rests.load(std::sync::atomic::Ordering::SeqCst), 2);
        assert_eq!(locator.poll(at_ms(1_000)), None);
    }

    #[test]
    fn without_any_source_there_is_no_fix_and_no_wait() {
        assert_eq!(Locator::with(Vec::new()).poll(at_ms(0)), None);
    }

    #[test]
    fn a_denial_is_told_before_a_missing_sky() {
        let sources: Vec<Box<dyn LocationSource>> =
            vec![Box::new(Fixed(None, Some(Trouble::Unavailable))), Box::new(Fixed(None, Some(Trouble::Denied)))];
        assert_eq!(Locator::with(sources).trouble(), Some(Trouble::Denied));
    }

    #[test]
    fn a_heard_fix_ages_and_does_not_outlive_a_reboot() {
        let heard = Heard { fix: fix(5.0, 1.5), heard: at_ms(1_000) };
        assert_eq!(heard.at(at_ms(3_500)), Some(fix(5.0, 4.0)));
        assert_eq!(heard.at(Reading { boot: 2, ..at_ms(3_500) }), None);
    }
}
