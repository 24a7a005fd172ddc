//! Positions from a recorded track, for demonstrations, training and tests: a JSON list of fixes, each
//! with the second since the start at which it was heard.
//!
//! ```json
//! [{"at_s": 0, "lat_deg": 47.6117, "lon_deg": -122.3411, "accuracy_m": 8},
//!  {"at_s": 5, "lat_deg": 47.6119, "lon_deg": -122.3413, "accuracy_m": 6}]
//! ```

use super::webview::plausible;
use super::{LocationSource, seconds};
use crate::domain::facts::{FixFact, FixSource};
use crate::domain::time::Reading;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// A recorded track, played from the moment it was loaded. After its last point the device stands still:
/// that point stays, and stays fresh.
#[derive(Debug)]
pub struct Track {
    points: Vec<Point>,
    started: Reading,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Point {
    at_s: f64,
    lat_deg: f64,
    lon_deg: f64,
    accuracy_m: f64,
}

/// Why a file is no track.
#[derive(Debug, thiserror::Error)]
pub enum TrackError {
    /// The file cannot be read.
    #[error("{}: {why}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        why: std::io::Error,
    },
    /// Not a JSON list of points.
    #[error("{}: {why}", path.display())]
    NotJson {
        /// Which file.
        path: PathBuf,
        /// Where and what.
        why: serde_json::Error,
    },
    /// A point is off the globe, has an impossible accuracy, or comes before the one above it.
    #[error("{}: [{index}].{field} is not possible", path.display())]
    Impossible {
        /// Which file.
        path: PathBuf,
        /// Which point, from 0.
        index: usize,
        /// Which of its fields.
        field: &'static str,
    },
}

impl Track {
    /// Reads the track at `path` and starts it at `now`.
    ///
    /// # Errors
    /// The file cannot be read or is no track.
    pub fn load(path: &Path, now: Reading) -> Result<Self, TrackError> {
        let text = std::fs::read_to_string(path).map_err(|why| TrackError::Unreadable { path: path.into(), why })?;
        Ok(Self { points: parse(path, &text)?, started: now })
    }
}

impl LocationSource for Track {
    fn poll(&mut self, now: Reading) -> Option<FixFact> {
        let elapsed_s = seconds(now.boot_ms.saturating_sub(self.started.boot_ms));
        let next = self.points.partition_point(|point| point.at_s <= elapsed_s);
        let point = self.points.get(next.checked_sub(1)?)?;
        let moving = next < self.points.len();
        Some(FixFact { age_s: if moving { elapsed_s - point.at_s } else { 0.0 }, ..point.fix() })
    }
}

impl Point {
    const fn fix(&self) -> FixFact {
        FixFact {
            lat_deg: self.lat_deg,
            lon_deg: self.lon_deg,
            accuracy_m: self.accuracy_m,
            age_s: 0.0,
            mock: false,
            source: FixSource::Track,
        }
    }

    /// The field that cannot be, if one is so.
    fn fault(&self, earliest_s: f64) -> Option<&'static str> {
        if !self.at_s.is_finite() || self.at_s < earliest_s {
            return Some("at_s");
        }
        let on_globe = |fix: FixFact| plausible(&fix);
        if !on_globe(FixFact { lon_deg: 0.0, accuracy_m: 0.0, ..self.fix() }) {
            return Some("lat_deg");
        }
        if !on_globe(FixFact { accuracy_m: 0.0, ..self.fix() }) {
            return Some("lon_deg");
        }
        (!on_globe(self.fix())).then_some("accuracy_m")
    }
}

fn parse(path: &Path, text: &str) -> Result<Vec<Point>, TrackError> {
    let points: Vec<Point> =
        serde_json::from_str(text).map_err(|why| TrackError::NotJson { path: path.into(), why })?;
    let mut earliest_s = 0.0;
    for (index, point) in points.iter().enumerate() {
        if let Some(field) = point.fault(earliest_s) {
            return Err(TrackError::Impossible { path: path.into(), index, field });
        }
        earliest_s = point.at_s;
    }
    Ok(points)
}

#[cfg(test)]
mod tests {
    use super::super::tests::at_ms;
    use super::*;

    const WALK: &str = r#"[{"at_s":2,"lat_deg":47.61,"lon_deg":-122.34,"accuracy_m":8},
                           {"at_s":5,"lat_deg":47.62,"lon_deg":-122.34,"accuracy_m":6}]"#;

    fn walk() -> Track {
        Track { points: parse(Path::new("walk.json"), WALK).unwrap(), started: at_ms(10_000) }
    }

    #[test]
    fn a_track_is_played_in_its_own_time_and_stands_still_at_its_end() {
        let mut track = walk();
        let mut seen = |ms| track.poll(at_ms(ms)).map(|fix| (fix.lat_deg, fix.age_s));
        assert_eq!(seen(11_999), None);
        assert_eq!(seen(12_000), Some((47.61, 0.0)));
        assert_eq!(seen(14_500), Some((47.61, 2.5)));
        assert_eq!(seen(15_000), Some((47.62, 0.0)));
        assert_eq!(seen(900_000), Some((47.62, 0.0)));
    }

    #[test]
    fn a_track_that_cannot_be_is_refused_by_file_point_and_field() {
        let refused = |text: &str| parse(Path::new("t.json"), text).unwrap_err().to_string();
        let point = |at_s: f64, lat: f64, lon: f64, m: f64| {
            format!(
                r#"[{{"at_s":1,"lat_deg":1,"lon_deg":1,"accuracy_m":1}},{{"at_s":{at_s},"lat_deg":{lat},"lon_deg":{lon},"accuracy_m":{m}}}]"#
            )
        };
        assert_eq!(refused(&point(0.5, 1.0, 1.0, 1.0)), "t.json: [1].at_s is not possible");
        assert_eq!(refused(&point(2.0, 91.0, 1.0, 1.0)), "t.json: [1].lat_deg is not possible");
        assert_eq!(refused(&point(2.0, 1.0, 200.0, 1.0)), "t.json: [1].lon_deg is not possible");
        assert_eq!(refused(&point(2.0, 1.0, 1.0, -1.0)), "t.json: [1].accuracy_m is not possible");
        assert!(refused("{}").starts_with("t.json: invalid type"));
    }

    #[test]
    fn a_missing_track_is_named() {
        let missing = Track::load(Path::new("nowhere/track.json"), at_ms(0)).unwrap_err();
        assert!(missing.to_string().starts_with("nowhere/track.json: "));
    }
}
