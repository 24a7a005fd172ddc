//! The zones as a drawing in metres: no tiles, no network.
//!
//! # Decisions
//! The drawing uses a plain local projection (degrees of longitude shortened by the latitude's cosine).
//! Over the few kilometres of a zone it is off by less than a pixel, and nothing is decided by it: a pin
//! goes back to degrees and the assessment measures on WGS 84.

use super::Guide;
use crate::domain::facts::FixFact;
use crate::domain::zone::Zone;
use crate::ui::form::Pin;

/// Metres in one degree of latitude, as the drawing has it.
const METRES_PER_DEGREE: f64 = 111_320.0;

/// What the map draws.
#[derive(Debug, Clone, PartialEq)]
pub struct MapView {
    /// The zones, in metres from the origin.
    pub zones: Vec<ZoneShape>,
    /// The position, if one is known: x, y and radius in metres.
    pub here: Option<(f64, f64, f64)>,
    /// Where the map opens: x, y, in metres.
    pub centre: (f64, f64),
    /// How much it shows at first, in metres across.
    pub span_m: f64,
    /// The origin: latitude and longitude in degrees.
    origin: (f64, f64),
}

/// One zone.
#[derive(Debug, Clone, PartialEq)]
pub struct ZoneShape {
    /// Its name.
    pub name: String,
    /// An SVG path of all its rings, to be filled by the even-odd rule.
    pub path: String,
    /// The middle of its box: x, y, in metres.
    pub middle: (f64, f64),
    /// The longer side of its box, in metres.
    pub size_m: f64,
    /// The names of its longer edges.
    pub edges: Vec<EdgeLabel>,
}

/// The name of an edge, at its middle.
#[derive(Debug, Clone, PartialEq)]
pub struct EdgeLabel {
    /// The name.
    pub name: String,
    /// Where: x, y, in metres.
    pub at: (f64, f64),
    /// How long the edge is, in metres.
    pub length_m: f64,
}

impl MapView {
    /// The map of the pack's zones, opened at the fix, else at the first zone. Nothing without zones or a fix.
    pub fn of(guide: &Guide, fix: Option<&FixFact>) -> Option<Self> {
        let zones: Vec<&Zone> = guide.pack.zones.iter().filter_map(|id| guide.zones.get(id)).collect();
        let first = zones.first().and_then(|zone| zone.rings().first()?.first());
        let origin = match (first, fix) {
            (Some(corner), _) => (corner.lat_deg(), corner.lon_deg()),
            (None, Some(fix)) => (fix.lat_deg, fix.lon_deg),
            (None, None) => return None,
        };
        let here = fix.map(|fix| {
            let (x, y) = plane(origin, fix.lat_deg, fix.lon_deg);
            (x, y, fix.accuracy_m.max(5.0))
        });
        let shapes: Vec<ZoneShape> = zones.into_iter().map(|zone| shape(origin, zone)).collect();
        let centre = here.map(|(x, y, _)| (x, y)).or_else(|| Some(shapes.first()?.middle)).unwrap_or((0.0, 0.0));
        let first_m = shapes.first().map_or(1_000.0, |zone| zone.size_m * 1.2);
        let span_m = if here.is_some() { 400.0 } else { first_m };
        Some(Self { zones: shapes, here, centre, span_m, origin })
    }

    /// A point of the drawing as a place.
    pub fn pin(&self, (x, y): (f64, f64)) -> Pin {
        let (lat0, lon0) = self.origin;
        Pin {
            lat_deg: round6(lat0 - y / METRES_PER_DEGREE),
            lon_deg: round6(lon0 + x / (METRES_PER_DEGREE * lat0.to_radians().cos())),
        }
    }

    /// A place as a point of the drawing.
    pub fn point(&self, pin: Pin) -> (f64, f64) {
        plane(self.origin, pin.lat_deg, pin.lon_deg)
    }
}

/// A pin is no better than a step; six digits are a tenth of a metre.
fn round6(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}

fn plane((lat0, lon0): (f64, f64), lat: f64, lon: f64) -> (f64, f64) {
    ((lon - lon0) * METRES_PER_DEGREE * lat0.to_radians().cos(), (lat0 - lat) * METRES_PER_DEGREE)
}

fn shape(origin: (f64, f64), zone: &Zone) -> ZoneShape {
    let rings: Vec<Vec<(f64, f64)>> = zone
        .rings()
        .iter()
        .map(|ring| ring.iter().map(|corner| plane(origin, corner.lat_deg(), corner.lon_deg())).collect())
        .collect();
    let path = rings.iter().map(|ring| ring_path(ring)).collect::<Vec<_>>().join(" ");
    let (middle, size_m) = bounds(rings.iter().flatten().copied());
    let sides = rings.iter().flat_map(|ring| ring.iter().zip(ring.iter().skip(1)));
    let mut edges: Vec<EdgeLabel> = Vec::new();
    for ((from, to), edge) in sides.zip(zone.edges()) {
        let label = EdgeLabel {
            name: edge.name.clone(),
            at: (f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1)),
            length_m: (to.0 - from.0).hypot(to.1 - from.1),
        };
        // One name is written once, on its longest side.
        match edges.iter_mut().find(|other| other.name == label.name) {
            Some(other) if other.length_m < label.length_m => *other = label,
            Some(_) => {}
            None => edges.push(label),
        }
    }
    ZoneShape { name: zone.name.clone(), path, middle, size_m, edges }
}

fn ring_path(ring: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (index, (x, y)) in ring.iter().enumerate() {
        path.push_str(&format!("{}{x:.1} {y:.1}", if index == 0 { 'M' } else { 'L' }));
    }
    path.push('Z');
    path
}

fn bounds(points: impl Iterator<Item = (f64, f64)>) -> ((f64, f64), f64) {
    let (mut low, mut high) = ((f64::MAX, f64::MAX), (f64::MIN, f64::MIN));
    for (x, y) in points {
        low = (low.0.min(x), low.1.min(y));
        high = (high.0.max(x), high.1.max(y));
    }
    if low.0 > high.0 {
        return ((0.0, 0.0), 0.0);
    }
    ((f64::midpoint(low.0, high.0), f64::midpoint(low.1, high.1)), (high.0 - low.0).max(high.1 - low.1))
}
