//! A zone's file: a GeoJSON feature, checked field by field.

use super::index::{Segment, Tree};
use super::{Edge, Effective, Zone, place_of};
use crate::domain::fault::{Fault, from_value, read};
use crate::domain::place::{Frame, LatLng, Metres, Point, arc};
use geo::algorithm::validation::{InvalidMultiPolygon, InvalidPolygon, RingRole};
use geo::{Coord, LineString, MultiPolygon, Polygon, Validation};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "type")]
    kind: FeatureTag,
    id: String,
    properties: Properties,
    geometry: Geometry,
}

#[derive(Deserialize)]
enum FeatureTag {
    Feature,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Properties {
    name: String,
    version: String,
    effective: Effective,
    definition: String,
    source: String,
    licence: String,
    accuracy: String,
    edge_names_basis: String,
    edges: Vec<Vec<EdgeRun>>,
}

/// A name for `count` edges in a row.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EdgeRun {
    name: String,
    #[serde(default)]
    note: String,
    #[serde(default = "one")]
    count: usize,
}

const fn one() -> usize {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Geometry {
    #[serde(rename = "type")]
    kind: Shape,
    coordinates: Value,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
enum Shape {
    Polygon,
    MultiPolygon,
}

type RawRing = Vec<Vec<f64>>;

/// A ring, and where it stands in the file.
struct Ring {
    path: String,
    polygon: usize,
    points: Vec<LatLng>,
}

/// Edges are cut into pieces no longer than this: a line that is straight in degrees, as the file means
/// it, bends on the plane, by 5 mm in 500 m at the latitude of the northern states.
const PIECE_M: f64 = 500.0;
/// A zone may not reach farther than this from its middle, half of what its plane carries.
const WIDEST: Metres = Metres(Frame::REACH.0 / 2.0);
/// More corners than any city's boundary has.
const MOST_CORNERS: usize = 100_000;

pub(super) fn zone(text: &str) -> Result<Zone, Fault> {
    let File { kind: FeatureTag::Feature, id, properties, geometry } = read(text.as_bytes())?;
    let said = [
        ("id", &id),
        ("properties.name", &properties.name),
        ("properties.version", &properties.version),
        ("properties.definition", &properties.definition),
        ("properties.source", &properties.source),
        ("properties.licence", &properties.licence),
        ("properties.accuracy", &properties.accuracy),
        ("properties.edge_names_basis", &properties.edge_names_basis),
    ];
    if let Some((field, _)) = said.iter().find(|(_, text)| text.trim().is_empty()) {
        return Err(Fault::new(*field, "is empty"));
    }
    if properties.effective.until.is_some_and(|until| until < properties.effective.from) {
        return Err(Fault::new("properties.effective.until", "is before `from`"));
    }
    let rings = rings(geometry)?;
    whole(&rings)?;
    let frame = Frame::at(middle(&rings)?);
    let edges = edges(properties.edges, &rings)?;
    let tree = Tree::over(segments(&rings, &frame)?);
    Ok(Zone {
        id,
        name: properties.name,
        version: properties.version,
        effective: properties.effective,
        definition: properties.definition,
        source: properties.source,
        licence: properties.licence,
        edges,
        rings: rings.into_iter().map(|ring| ring.points).collect(),
        frame,
        tree,
    })
}

/// The rings, each closed, long enough, within range, and without two equal corners in a row.
fn rings(geometry: Geometry) -> Result<Vec<Ring>, Fault> {
    let root = "geometry.coordinates";
    let polygons: Vec<Vec<RawRing>> = match geometry.kind {
        Shape::Polygon => vec![from_value(geometry.coordinates).map_err(|fault| fault.within(root))?],
        Shape::MultiPolygon => from_value(geometry.coordinates).map_err(|fault| fault.within(root))?,
    };
    let mut rings = Vec::new();
    for (polygon, raw) in polygons.into_iter().enumerate() {
        let path = if geometry.kind == Shape::Polygon { root.into() } else { format!("{root}[{polygon}]") };
        if raw.is_empty() {
            return Err(Fault::new(path, "has no ring"));
        }
        for (i, raw) in raw.iter().enumerate() {
            let path = format!("{path}[{i}]");
            rings.push(Ring { points: corners(&path, raw)?, path, polygon });
        }
    }
    match rings.iter().map(|ring| ring.points.len()).sum::<usize>() {
        0 => Err(Fault::new(root, "has no polygon")),
        count if count > MOST_CORNERS => Err(Fault::new(root, format!("has more than {MOST_CORNERS} corners"))),
        _ => Ok(rings),
    }
}

fn corners(path: &str, raw: &RawRing) -> Result<Vec<LatLng>, Fault> {
    let mut points: Vec<LatLng> = Vec::with_capacity(raw.len());
    for (i, pair) in raw.iter().enumerate() {
        let at = format!("{path}[{i}]");
        let [lon_deg, lat_deg] = pair.as_slice() else {
            return Err(Fault::new(at, "is not a pair of longitude and latitude"));
        };
        let place = place_of(*lat_deg, *lon_deg).map_err(|fault| {
            let what = if fault.field == "lat_deg" { "latitude" } else { "longitude" };
            Fault::new(&at, format!("{what} {}", fault.why))
        })?;
        match points.last() {
            Some(last) if *last == place => return Err(Fault::new(at, "is the same corner as the one before")),
            Some(last) if (last.lon_deg() - place.lon_deg()).abs() > 180.0 => {
                return Err(Fault::new(at, "the edge to it crosses the 180th meridian"));
            }
            _ => points.push(place),
        }
    }
    if points.len() < 4 {
        return Err(Fault::new(
            path,
            format!("a ring needs 4 points, the last like the first; it has {}", points.len()),
        ));
    }
    if points.first() != points.last() {
        return Err(Fault::new(path, "the ring is open: its last point is not its first"));
    }
    Ok(points)
}

/// What only the whole shape shows: rings that cross, holes outside their shell, pieces that overlap.
fn whole(rings: &[Ring]) -> Result<(), Fault> {
    let line =
        |ring: &Ring| LineString::new(ring.points.iter().map(|p| Coord { x: p.lon_deg(), y: p.lat_deg() }).collect());
    let count = rings.last().map_or(0, |ring| ring.polygon + 1);
    let polygon = |n: usize| {
        let mut lines = rings.iter().filter(|ring| ring.polygon == n).map(line);
        Polygon::new(lines.next().unwrap_or_else(LineString::empty), lines.collect())
    };
    let shape = MultiPolygon::new((0..count).map(polygon).collect());
    let path = |polygon: usize, role: RingRole| {
        let at = match role {
            RingRole::Exterior => 0,
            RingRole::Interior(i) => i + 1,
        };
        rings.iter().filter(|ring| ring.polygon == polygon).nth(at).map_or("geometry", |ring| ring.path.as_str())
    };
    shape.check_validation().map_err(|e| match e {
        InvalidMultiPolygon::InvalidPolygon(n, e) => match e {
            InvalidPolygon::TooFewPointsInRing(role) => {
                Fault::new(path(n.0, role), "the ring needs three corners that differ")
            }
            InvalidPolygon::SelfIntersection(role) => Fault::new(path(n.0, role), "the ring crosses or touches itself"),
            InvalidPolygon::NonFiniteCoord(role, _) => Fault::new(path(n.0, role), "a coordinate is not a number"),
            InvalidPolygon::InteriorRingNotContainedInExteriorRing(role) => {
                Fault::new(path(n.0, role), "the hole is not within its shell")
            }
            InvalidPolygon::IntersectingRingsOnALine(one, other)
            | InvalidPolygon::IntersectingRingsOnAnArea(one, other) => {
                Fault::new(path(n.0, other), format!("the ring overlaps {}", path(n.0, one)))
            }
        },
        InvalidMultiPolygon::ElementsOverlaps(one, other) | InvalidMultiPolygon::ElementsTouchOnALine(one, other) => {
            let (one, other) = (path(one.0, RingRole::Exterior), path(other.0, RingRole::Exterior));
            Fault::new(other, format!("the piece overlaps {one}"))
        }
    })
}

/// One name per edge, ring by ring.
fn edges(runs: Vec<Vec<EdgeRun>>, rings: &[Ring]) -> Result<Vec<Edge>, Fault> {
    let root = "properties.edges";
    if runs.len() != rings.len() {
        return Err(Fault::new(root, format!("names {} rings, there are {}", runs.len(), rings.len())));
    }
    let mut edges = Vec::new();
    for (i, (runs, ring)) in runs.into_iter().zip(rings).enumerate() {
        let (before, wanted) = (edges.len(), ring.points.len() - 1);
        for (j, run) in runs.into_iter().enumerate() {
            if run.name.trim().is_empty() {
                return Err(Fault::new(format!("{root}[{i}][{j}].name"), "is empty"));
            }
            if run.count == 0 || run.count > wanted {
                return Err(Fault::new(format!("{root}[{i}][{j}].count"), format!("is not from 1 to {wanted}")));
            }
            edges.extend(std::iter::repeat_n(Edge { name: run.name, note: run.note }, run.count));
        }
        let named = edges.len() - before;
        if named != wanted {
            return Err(Fault::new(format!("{root}[{i}]"), format!("names {named} edges, the ring has {wanted}")));
        }
    }
    Ok(edges)
}

/// The middle of the box around the zone.
fn middle(rings: &[Ring]) -> Result<LatLng, Fault> {
    let points = || rings.iter().flat_map(|ring| &ring.points);
    let least = |of: fn(LatLng) -> f64| points().map(|p| of(*p)).fold(f64::INFINITY, f64::min);
    let most = |of: fn(LatLng) -> f64| points().map(|p| of(*p)).fold(f64::NEG_INFINITY, f64::max);
    let lat_deg = f64::midpoint(least(LatLng::lat_deg), most(LatLng::lat_deg));
    let lon_deg = f64::midpoint(least(LatLng::lon_deg), most(LatLng::lon_deg));
    let middle = place_of(lat_deg, lon_deg).map_err(|fault| fault.within("geometry"))?;
    if points().any(|p| arc(*p, middle) > WIDEST) {
        let why = format!("reaches farther than {} km from its middle", WIDEST.0 / 1000.0);
        return Err(Fault::new("geometry.coordinates", why));
    }
    Ok(middle)
}

fn segments(rings: &[Ring], frame: &Frame) -> Result<Vec<Segment>, Fault> {
    let mut segments = Vec::new();
    let mut edge = 0;
    for ring in rings {
        for (from, to) in ring.points.iter().zip(ring.points.iter().skip(1)) {
            let pieces = (arc(*from, *to).0 / PIECE_M).ceil().max(1.0);
            let mut a = project(*from, frame)?;
            let mut done = 0.0;
            while done < pieces {
                done += 1.0;
                let end = if done < pieces { from.towards(*to, done / pieces) } else { *to };
                let b = project(end, frame)?;
                segments.push(Segment { a, b, edge });
                a = b;
            }
            edge += 1;
        }
    }
    Ok(segments)
}

fn project(place: LatLng, frame: &Frame) -> Result<Point, Fault> {
    frame.project(place.ecef()).ok_or_else(|| Fault::new("geometry.coordinates", "reaches too far"))
}
