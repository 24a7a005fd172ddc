//! Positions from the page's own geolocation. On Android and iOS this is the device's receiver.

use super::{Heard, LocationSource, Trouble};
use crate::domain::facts::{FixFact, FixSource};
use crate::domain::time::Reading;
use serde::Deserialize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Runs in the page and sends one text per position or error through `dioxus.send`, until it is sent
/// anything: then the receiver is let go. Hand each text to [`Webview::heard`].
pub const WEBVIEW_SCRIPT: &str = r"
let watch = null;
if (!navigator.geolocation) { dioxus.send(JSON.stringify({ error: 2 })); }
else watch = navigator.geolocation.watchPosition(
  p => dioxus.send(JSON.stringify({
    lat_deg: p.coords.latitude, lon_deg: p.coords.longitude, accuracy_m: p.coords.accuracy,
    age_s: Math.max(0, (Date.now() - p.timestamp) / 1000) })),
  e => dioxus.send(JSON.stringify({ error: e.code })),
  { enableHighAccuracy: true, maximumAge: 5000 });
await dioxus.recv();
if (watch !== null) navigator.geolocation.clearWatch(watch);
";

/// The inbox between the page and the locator. Clones share it.
#[derive(Clone, Default)]
pub struct Webview(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    newest: Option<Heard>,
    trouble: Option<Trouble>,
}

impl Webview {
    /// Takes one text of [`WEBVIEW_SCRIPT`]. What is no position is dropped: the page is no authority.
    pub fn heard(&self, text: &str, now: Reading) {
        let mut state = self.lock();
        match parse(text) {
            Some(Said::Position(fix)) => *state = State { newest: Some(Heard { fix, heard: now }), trouble: None },
            Some(Said::Trouble(trouble)) => state.trouble = Some(trouble),
            None => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LocationSource for Webview {
    fn poll(&mut self, now: Reading) -> Option<FixFact> {
        self.lock().newest?.at(now)
    }

    fn rest(&mut self) {
        *self.lock() = State::default();
    }

    fn trouble(&self) -> Option<Trouble> {
        self.lock().trouble
    }
}

#[derive(Debug, PartialEq)]
enum Said {
    Position(FixFact),
    Trouble(Trouble),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Position { lat_deg: f64, lon_deg: f64, accuracy_m: f64, age_s: f64 },
    Error { error: u8 },
}

/// The codes of `GeolocationPositionError`: 1 denied, 2 unavailable, 3 timed out.
const DENIED: u8 = 1;

fn parse(text: &str) -> Option<Said> {
    match serde_json::from_str(text).ok()? {
        Text::Error { error: DENIED } => Some(Said::Trouble(Trouble::Denied)),
        Text::Error { .. } => Some(Said::Trouble(Trouble::Unavailable)),
        Text::Position { lat_deg, lon_deg, accuracy_m, age_s } => {
            let fix = FixFact { lat_deg, lon_deg, accuracy_m, age_s, mock: false, source: FixSource::Gps };
            plausible(&fix).then_some(Said::Position(fix))
        }
    }
}

/// On the globe, with an accuracy and an age that can be.
pub(super) fn plausible(fix: &FixFact) -> bool {
    fix.lat_deg.abs() <= 90.0
        && fix.lon_deg.abs() <= 180.0
        && fix.accuracy_m >= 0.0
        && fix.accuracy_m.is_finite()
        && fix.age_s >= 0.0
        && fix.age_s.is_finite()
}

#[cfg(test)]
mod tests {
    use super::super::tests::at_ms;
    use super::*;

    #[test]
    fn a_position_from_the_page_is_heard_and_ages() {
        let mut webview = Webview::default();
        webview.clone().heard(r#"{"lat_deg":47.6,"lon_deg":-122.3,"accuracy_m":8,"age_s":0.5}"#, at_ms(1_000));
        let fix = webview.poll(at_ms(2_000)).unwrap();
        assert_eq!((fix.lat_deg, fix.lon_deg, fix.accuracy_m, fix.age_s), (47.6, -122.3, 8.0, 1.5));
    }

    #[test]
    fn a_denial_is_told_and_a_later_position_ends_it() {
        let mut webview = Webview::default();
        webview.heard(r#"{"error":1}"#, at_ms(0));
        assert_eq!((webview.poll(at_ms(0)), webview.trouble()), (None, Some(Trouble::Denied)));
        webview.heard(r#"{"lat_deg":47.6,"lon_deg":-122.3,"accuracy_m":8,"age_s":0}"#, at_ms(0));
        assert_eq!(webview.trouble(), None);
        webview.heard(r#"{"error":3}"#, at_ms(0));
        assert_eq!(webview.trouble(), Some(Trouble::Unavailable));
        assert!(webview.poll(at_ms(0)).is_some(), "the last position stays, and ages");
    }

    #[test]
    fn what_cannot_be_a_position_is_dropped() {
        for text in [
            "",
            "null",
            r#"{"lat_deg":91,"lon_deg":0,"accuracy_m":8,"age_s":0}"#,
            r#"{"lat_deg":47,"lon_deg":181,"accuracy_m":8,"age_s":0}"#,
            r#"{"lat_deg":47,"lon_deg":0,"accuracy_m":-1,"age_s":0}"#,
            r#"{"lat_deg":47,"lon_deg":0,"accuracy_m":null,"age_s":0}"#,
            r#"{"lat_deg":47,"lon_deg":0,"accuracy_m":8,"age_s":-3}"#,
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
