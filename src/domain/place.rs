//! Places on the Earth, and distances between them in metres on WGS 84.
//!
//! Trigonometry comes from `libm` and everything else from operations that IEEE 754 fixes, so the same
//! place gives the same bits on a phone, a server and a laptop.
//!
//! # Decisions
//! A zone is drawn once on the plane that touches the ellipsoid at its middle (an orthographic
//! projection). A length there is short by d²/2R² at d from the middle: 1 cm in 100 m at 90 km, half of
//! 0.1 % at [`Frame::REACH`]. It needs no series and no iteration, and a place costs two sines and two
//! cosines. Beyond the reach, [`arc`] takes over.

use libm::{asin, atan, cos, sin, sqrt, tan};

/// Metres.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Metres(pub f64);

impl Metres {
    /// Rounded to a tenth of a metre, as distances are shown and stored.
    pub fn to_tenth(self) -> f64 {
        (self.0 * 10.0).round() / 10.0
    }
}

/// A place on the WGS 84 ellipsoid, always within range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LatLng {
    lat_deg: f64,
    lon_deg: f64,
}

/// A pair of numbers that is no place.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum NotAPlace {
    /// Not a latitude in degrees.
    #[error("{0} is not between -90 and 90")]
    Latitude(f64),
    /// Not a longitude in degrees.
    #[error("{0} is not between -180 and 180")]
    Longitude(f64),
}

impl LatLng {
    /// A place from degrees north and degrees east; south and west are negative.
    ///
    /// # Errors
    /// A latitude beyond ±90 or a longitude beyond ±180; NaN and infinities are such.
    pub fn new(lat_deg: f64, lon_deg: f64) -> Result<Self, NotAPlace> {
        if !(-90.0..=90.0).contains(&lat_deg) {
            return Err(NotAPlace::Latitude(lat_deg));
        }
        if !(-180.0..=180.0).contains(&lon_deg) {
            return Err(NotAPlace::Longitude(lon_deg));
        }
        Ok(Self { lat_deg, lon_deg })
    }

    /// Degrees north.
    pub const fn lat_deg(self) -> f64 {
        self.lat_deg
    }

    /// Degrees east.
    pub const fn lon_deg(self) -> f64 {
        self.lon_deg
    }

    /// The point a fraction of the way to `other`, straight in degrees, as GeoJSON draws its lines.
    pub(crate) fn towards(self, other: Self, fraction: f64) -> Self {
        Self {
            lat_deg: self.lat_deg + (other.lat_deg - self.lat_deg) * fraction,
            lon_deg: self.lon_deg + (other.lon_deg - self.lon_deg) * fraction,
        }
    }

    /// Earth-centred, Earth-fixed coordinates in metres, at height 0.
    pub(crate) fn ecef(self) -> Ecef {
        let (lat, lon) = (self.lat_deg * DEGREE, self.lon_deg * DEGREE);
        let (sin_lat, cos_lat) = (sin(lat), cos(lat));
        let normal = EQUATOR_M / sqrt(1.0 - ECCENTRICITY_2 * sin_lat * sin_lat);
        Ecef {
            x: normal * cos_lat * cos(lon),
            y: normal * cos_lat * sin(lon),
            z: normal * (1.0 - ECCENTRICITY_2) * sin_lat,
        }
    }
}

/// WGS 84: radius of the equator.
const EQUATOR_M: f64 = 6_378_137.0;
/// WGS 84: flattening.
const FLATTENING: f64 = 1.0 / 298.257_223_563;
/// WGS 84: first eccentricity squared, f (2 − f) with 1/f = 298.257223563.
const ECCENTRICITY_2: f64 = 0.006_694_379_990_141_316;
const DEGREE: f64 = std::f64::consts::PI / 180.0;

/// Earth-centred, Earth-fixed coordinates in metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ecef {
    x: f64,
    y: f64,
    z: f64,
}

impl Ecef {
    fn minus(self, other: Self) -> Self {
        Self { x: self.x - other.x, y: self.y - other.y, z: self.z - other.z }
    }

    fn dot(self, other: Self) -> f64 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }
}

/// The distance over the ground between two places, by Lambert's formula for long lines: a sphere at
/// the reduced latitudes, and one step of correction for the flattening. Tens of metres off around half
/// the Earth; next to the antipode it is not meant to be used.
pub(crate) fn arc(a: LatLng, b: LatLng) -> Metres {
    let reduced = |place: LatLng| atan((1.0 - FLATTENING) * tan(place.lat_deg * DEGREE));
    let (beta_a, beta_b) = (reduced(a), reduced(b));
    let (p, q) = (f64::midpoint(beta_a, beta_b), (beta_b - beta_a) / 2.0);
    let half_turn = sin((b.lon_deg - a.lon_deg) * DEGREE / 2.0);
    let haversine = sin(q) * sin(q) + cos(beta_a) * cos(beta_b) * half_turn * half_turn;
    if haversine == 0.0 {
        return Metres(0.0);
    }
    let haversine = haversine.min(1.0);
    let sigma = 2.0 * asin(sqrt(haversine));
    let (sin_p, cos_p, sin_q, cos_q) = (sin(p), cos(p), sin(q), cos(q));
    let x = (sigma - sin(sigma)) * sin_p * sin_p * cos_q * cos_q / (1.0 - haversine);
    let y = (sigma + sin(sigma)) * cos_p * cos_p * sin_q * sin_q / haversine;
    let bend = if x.is_finite() { FLATTENING / 2.0 * (x + y) } else { 0.0 };
    Metres(EQUATOR_M * (sigma - bend))
}

/// A point on the plane of a [`Frame`]: metres east and north of its origin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub(crate) x_m: f64,
    pub(crate) y_m: f64,
}

/// A plane that touches the Earth at its origin.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    origin: Ecef,
    east: Ecef,
    north: Ecef,
}

impl Frame {
    /// How far from the origin a plane is good to half of 0.1 %.
    pub(crate) const REACH: Metres = Metres(200_000.0);

    /// The plane at `origin`.
    pub(crate) fn at(origin: LatLng) -> Self {
        let (lat, lon) = (origin.lat_deg * DEGREE, origin.lon_deg * DEGREE);
        let (sin_lat, cos_lat, sin_lon, cos_lon) = (sin(lat), cos(lat), sin(lon), cos(lon));
        Self {
            origin: origin.ecef(),
            east: Ecef { x: -sin_lon, y: cos_lon, z: 0.0 },
            north: Ecef { x: -sin_lat * cos_lon, y: -sin_lat * sin_lon, z: cos_lat },
        }
    }

    /// Where a place lies on the plane; nothing beyond [`Frame::REACH`].
    pub(crate) fn project(&self, place: Ecef) -> Option<Point> {
        let from_origin = place.minus(self.origin);
        let within = from_origin.dot(from_origin) <= Self::REACH.0 * Self::REACH.0;
        within.then(|| Point { x_m: from_origin.dot(self.east), y_m: from_origin.dot(self.north) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Distance, Geodesic};
    use proptest::prelude::*;

    fn place(lat: f64, lon: f64) -> LatLng {
        LatLng::new(lat, lon).unwrap()
    }

    fn geodesic(a: LatLng, b: LatLng) -> f64 {
        Geodesic.distance(geo::Point::new(a.lon_deg, a.lat_deg), geo::Point::new(b.lon_deg, b.lat_deg))
    }

    #[test]
    fn what_is_not_on_the_earth_is_no_place() {
        assert_eq!(LatLng::new(91.0, 0.0).unwrap_err().to_string(), "91 is not between -90 and 90");
        assert_eq!(LatLng::new(0.0, -180.5).unwrap_err().to_string(), "-180.5 is not between -180 and 180");
        assert!(LatLng::new(f64::NAN, 0.0).is_err() && LatLng::new(0.0, f64::INFINITY).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_plane_agrees_with_the_geodesic(
            lat in -80.0..80.0, lon in -179.0..179.0, (dy, dx) in (-0.8..0.8, -0.8..0.8),
            (ey, ex) in (-0.0008..0.0008, -0.0008..0.0008),
        ) {
            let frame = Frame::at(place(lat, lon));
            let near = place(lat + dy, lon + dx);
            let nearer = place(lat + dy + ey, lon + dx + ex);
            let (p, q) = (frame.project(near.ecef()).unwrap(), frame.project(nearer.ecef()).unwrap());
            let plane = libm::hypot(p.x_m - q.x_m, p.y_m - q.y_m);
            let truth = geodesic(near, nearer);
            prop_assert!((plane - truth).abs() <= 0.001 * truth, "{plane} {truth}");
            prop_assert!(truth > 100.0 || (plane - truth).abs() <= 0.1, "{plane} {truth}");
        }

        #[test]
        fn the_arc_agrees_with_the_geodesic_except_next_to_the_antipode(
            (a_lat, a_lon) in (-90.0..90.0, -180.0..180.0), (b_lat, b_lon) in (-90.0..90.0, -180.0..180.0),
        ) {
            let (a, b) = (place(a_lat, a_lon), place(b_lat, b_lon));
            let truth = geodesic(a, b);
            prop_assume!(truth < 19_000_000.0);
            let arc = arc(a, b).0;
            prop_assert!((arc - truth).abs() <= 0.001 * truth, "{arc} {truth}");
        }
    }

    #[test]
    fn a_place_is_no_distance_from_itself() {
        let here = place(47.6, -122.3);
        assert_eq!(arc(here, here), Metres(0.0));
        assert!(arc(here, place(-47.6, 57.7)).0.is_finite());
    }
}
