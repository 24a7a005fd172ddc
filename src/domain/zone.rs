//! Zones: where a program works. A zone is a file, and its boundary has names that an officer knows.
//!
//! An answer has three values. When the circle of the fix's accuracy touches a boundary, when the
//! position is simulated, or when it is old, the place is *unsure*, and no rounding makes it sure.
//!
//! # Decisions
//! - Where zones overlap, the one whose boundary is farthest away decides: that is the zone in which the
//!   place lies most surely. Of two at the same distance, the first that the pack names.
//! - Unsure about the deciding zone is unsure about all of them, also on the line between two zones of
//!   one program: the line is mostly one between two agencies, and it matters which one is right.
//! - A fix so far away that the plane of a zone does not reach it is outside; its distance is that to the
//!   nearest corner, over the ground.

mod index;
mod parse;

pub use super::fault::FileFault as ZoneError;

use super::assess::ZoneFinding;
use super::codes::Containment;
use super::facts::{FixFact, FixSource};
use super::fault::Fault;
use super::place::{Frame, LatLng, Metres, arc};
use chrono::{DateTime, FixedOffset, NaiveDate};
use index::Tree;
use serde::{Deserialize, Serialize};

/// The days on which a pack or a zone holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effective {
    /// The first day.
    pub from: NaiveDate,
    /// The last day; nothing while no end is known.
    pub until: Option<NaiveDate>,
}

impl Effective {
    /// What an officer must know when `at` is not among the days: a sentence, or nothing.
    pub fn banner(&self, what: &str, at: DateTime<FixedOffset>) -> Option<String> {
        let day = at.date_naive();
        if day < self.from {
            return Some(format!("{what} hold from {} on. They are used all the same.", self.from));
        }
        let until = self.until.filter(|until| day > *until)?;
        Some(format!("{what} ended on {until}. They are used until new ones arrive."))
    }
}

/// A stretch of boundary between two corners.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The name that an officer knows: a street, a neighbouring city.
    pub name: String,
    /// More about it; may be empty.
    pub note: String,
}

/// One zone, ready to be asked.
#[derive(Debug, Clone)]
pub struct Zone {
    /// Its id, as packs name it.
    pub id: String,
    /// Its name, as shown.
    pub name: String,
    /// Version of the figures.
    pub version: String,
    /// When these figures hold.
    pub effective: Effective,
    /// What it is and what it leaves out.
    pub definition: String,
    /// Where the figures come from.
    pub source: String,
    /// Under which licence.
    pub licence: String,
    edges: Vec<Edge>,
    rings: Vec<Vec<LatLng>>,
    frame: Frame,
    tree: Tree,
}

/// Where a place lies against one zone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measure<'a> {
    /// Within the boundary, holes left out.
    pub inside: bool,
    /// To the nearest boundary; never negative.
    pub margin: Metres,
    /// The nearest edge, the lowest of several.
    pub edge: &'a Edge,
}

impl Zone {
    /// Reads a zone file: a GeoJSON feature with the properties that `assets/zones` shows.
    ///
    /// # Errors
    /// Names the file and the field: not JSON, a field missing, unknown or empty, a coordinate out of
    /// range, a ring that is open, too short, crosses itself or leaves its shell, an edge without a name.
    pub fn parse(path: &str, text: &str) -> Result<Self, ZoneError> {
        parse::zone(text).map_err(|fault| ZoneError::new(path, fault))
    }

    /// Where `place` lies.
    pub fn measure(&self, place: LatLng) -> Measure<'_> {
        let near = self.frame.project(place.ecef()).and_then(|p| Some((self.tree.contains(p), self.tree.nearest(p)?)));
        let (inside, margin, edge) = match near {
            Some((inside, nearest)) => (inside, Metres(nearest.distance_m), nearest.edge),
            None => self.far(place),
        };
        let edge = usize::try_from(edge).ok().and_then(|i| self.edges.get(i)).unwrap_or(&NO_EDGE);
        Measure { inside, margin, edge }
    }

    /// The rings for drawing: shells and holes, each closed.
    pub fn rings(&self) -> &[Vec<LatLng>] {
        &self.rings
    }

    /// The edges, ring by ring.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    fn far(&self, place: LatLng) -> (bool, Metres, u32) {
        let corners = self.rings.iter().flat_map(|ring| ring.iter().skip(1));
        let nearest = (0u32..).zip(corners).map(|(edge, corner)| (arc(place, *corner), edge));
        let (margin, edge) = nearest.min_by(|a, b| a.0.0.total_cmp(&b.0.0)).unwrap_or((Metres(f64::INFINITY), 0));
        (false, margin, edge)
    }
}

/// Stands in for an edge that cannot be missing, since reading a zone names every one.
static NO_EDGE: Edge = Edge { name: String::new(), note: String::new() };

/// A position that can be asked about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fix {
    /// Where.
    pub place: LatLng,
    /// 68 % radius, the floor of [`Fix::FLOOR`] applied.
    pub accuracy: Metres,
    /// How old, in seconds.
    pub age_s: f64,
    /// The system says that it is simulated.
    pub mock: bool,
}

impl Fix {
    /// No receiver is trusted to be better than this.
    pub const FLOOR: Metres = Metres(5.0);
    /// A place set by hand is taken to be this good.
    pub const BY_HAND: Metres = Metres(10.0);
    /// A fix older than this says where the officer was, not where they are.
    pub const OLDEST_S: f64 = 60.0;

    /// A place set by hand.
    pub const fn by_hand(place: LatLng) -> Self {
        Self { place, accuracy: Self::BY_HAND, age_s: 0.0, mock: false }
    }

    /// A position as it was reported.
    ///
    /// # Errors
    /// Names the field that is out of range: latitude, longitude, accuracy or age.
    pub fn of(fact: &FixFact) -> Result<Self, Fault> {
        let place = place_of(fact.lat_deg, fact.lon_deg)?;
        not_negative("accuracy_m", fact.accuracy_m)?;
        not_negative("age_s", fact.age_s)?;
        Ok(match fact.source {
            FixSource::Pin => Self { mock: fact.mock, ..Self::by_hand(place) },
            FixSource::Gps | FixSource::Track => {
                Self { place, accuracy: Metres(fact.accuracy_m.max(Self::FLOOR.0)), age_s: fact.age_s, mock: fact.mock }
            }
        })
    }
}

/// A place, with the fields' own names in the fault.
pub(crate) fn place_of(lat_deg: f64, lon_deg: f64) -> Result<LatLng, Fault> {
    use super::place::NotAPlace;
    LatLng::new(lat_deg, lon_deg).map_err(|e| match e {
        NotAPlace::Latitude(_) => Fault::new("lat_deg", e.to_string()),
        NotAPlace::Longitude(_) => Fault::new("lon_deg", e.to_string()),
    })
}

/// A measure that is a number and not below 0.
pub(crate) fn not_negative(field: &str, value: f64) -> Result<(), Fault> {
    if value.is_nan() || value.is_infinite() {
        return Err(Fault::new(field, format!("{value} is not a number that can be measured")));
    }
    if value < 0.0 {
        return Err(Fault::new(field, format!("{value} is negative")));
    }
    Ok(())
}

/// Why a place is unsure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Doubt {
    /// The circle of this radius touches a boundary.
    Near(Metres),
    /// The fix is this many seconds old.
    Old(f64),
    /// The position is simulated.
    Mock,
}

/// Where a fix lies against the zones of a pack.
#[derive(Debug, Clone, PartialEq)]
pub struct Located<'a> {
    /// The deciding zone.
    pub zone: &'a Zone,
    /// Where the fix lies against it.
    pub measure: Measure<'a>,
    /// Why that is unsure, if it is.
    pub doubt: Option<Doubt>,
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        (&self.id, &self.version) == (&other.id, &other.version) && self.rings == other.rings
    }
}

impl Located<'_> {
    /// Inside, outside or unsure.
    pub const fn containment(&self) -> Containment {
        match (self.doubt, self.measure.inside) {
            (Some(_), _) => Containment::Unsure,
            (None, true) => Containment::Inside,
            (None, false) => Containment::Outside,
        }
    }

    /// As it is stored and shown.
    pub fn finding(&self) -> ZoneFinding {
        ZoneFinding {
            id: self.zone.id.clone(),
            version: self.zone.version.clone(),
            containment: self.containment(),
            margin_m: self.measure.margin.to_tenth(),
            nearest_edge: self.measure.edge.name.clone(),
        }
    }
}

/// The zones that are loaded.
#[derive(Debug, Clone, Default)]
pub struct Zones(Vec<Zone>);

impl Zones {
    /// Reads zone files, given as path and text.
    ///
    /// # Errors
    /// The first file that does not validate, or the second one with the same id.
    pub fn parse<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, ZoneError> {
        let mut zones: Vec<Zone> = Vec::new();
        for (path, text) in files {
            let zone = Zone::parse(path, text)?;
            if zones.iter().any(|other| other.id == zone.id) {
                return Err(ZoneError::new(path, Fault::new("id", format!("zone `{}` is there already", zone.id))));
            }
            zones.push(zone);
        }
        Ok(Self(zones))
    }

    /// The zone of this id.
    pub fn get(&self, id: &str) -> Option<&Zone> {
        self.0.iter().find(|zone| zone.id == id)
    }

    /// All of them, in the order in which they were read.
    pub fn iter(&self) -> impl Iterator<Item = &Zone> {
        self.0.iter()
    }

    /// These, and those of `others` whose id is not among these.
    #[must_use]
    pub fn or(mut self, others: Self) -> Self {
        for zone in others.0 {
            if self.get(&zone.id).is_none() {
                self.0.push(zone);
            }
        }
        self
    }

    /// Where `fix` lies against the zones with these ids; nothing if none of them is loaded.
    pub fn locate<'a>(&'a self, ids: &[String], fix: &Fix) -> Option<Located<'a>> {
        let mut deciding: Option<(&Zone, Measure<'_>)> = None;
        for zone in ids.iter().filter_map(|id| self.get(id)) {
            let measure = zone.measure(fix.place);
            if deciding.is_none_or(|(_, best)| decides_over(measure, best)) {
                deciding = Some((zone, measure));
            }
        }
        let (zone, measure) = deciding?;
        Some(Located { zone, measure, doubt: doubt(fix, measure.margin) })
    }
}

/// Inside before outside; farther from the boundary inside, nearer to it outside.
fn decides_over(one: Measure<'_>, best: Measure<'_>) -> bool {
    match (one.inside, best.inside) {
        (true, true) => one.margin > best.margin,
        (false, false) => one.margin < best.margin,
        (inside, _) => inside,
    }
}

fn doubt(fix: &Fix, margin: Metres) -> Option<Doubt> {
    if fix.mock {
        Some(Doubt::Mock)
    } else if fix.age_s > Fix::OLDEST_S {
        Some(Doubt::Old(fix.age_s))
    } else if margin <= fix.accuracy {
        Some(Doubt::Near(fix.accuracy))
    } else {
        None
    }
}
