//! Zones against references that share no code with them, and zone files that must be refused.

use geo::{Contains, Distance, Euclidean};
use handoff::assets;
use handoff::domain::codes::Containment;
use handoff::domain::place::{LatLng, Metres};
use handoff::domain::zone::{Doubt, Fix, Zone, Zones};
use proptest::prelude::*;
use serde_json::{Value, json};

const SQUARE: &str = include_str!("fixtures/zones/square.json");

fn place(lat: f64, lon: f64) -> LatLng {
    LatLng::new(lat, lon).unwrap()
}

fn gps(lat: f64, lon: f64, accuracy_m: f64) -> Fix {
    Fix { place: place(lat, lon), accuracy: Metres(accuracy_m), age_s: 0.0, mock: false }
}

/// A zone's file around these rings of longitude and latitude.
fn file(rings: &[Vec<(f64, f64)>]) -> String {
    let mut zone: Value = serde_json::from_str(SQUARE).unwrap();
    zone["geometry"]["coordinates"] = json!(rings);
    let names: Vec<Value> = rings.iter().map(|ring| json!([{"name": "Edge", "count": ring.len() - 1}])).collect();
    zone["properties"]["edges"] = json!(names);
    zone.to_string()
}

/// Metres on WGS 84 around `centre`, by the radii of curvature at half way: another road to the same figure.
fn around(centre: LatLng, lon: f64, lat: f64) -> geo::Coord {
    const A: f64 = 6_378_137.0;
    const E2: f64 = 0.006_694_379_990_141_316;
    let middle = f64::midpoint(lat, centre.lat_deg()).to_radians();
    let w = 1.0 - E2 * middle.sin().powi(2);
    geo::Coord {
        x: (lon - centre.lon_deg()).to_radians() * A / w.sqrt() * middle.cos(),
        y: (lat - centre.lat_deg()).to_radians() * A * (1.0 - E2) / w.powf(1.5),
    }
}

/// Every edge, in pieces of a twentieth: no tree, no early end.
fn brute_distance(rings: &[Vec<(f64, f64)>], from: LatLng) -> f64 {
    let origin = geo::Point::new(0.0, 0.0);
    let mut best = f64::INFINITY;
    for ring in rings {
        for pair in ring.windows(2) {
            let ((ax, ay), (bx, by)) = (pair[0], pair[1]);
            let cut = |i: u32| around(from, ax + (bx - ax) * f64::from(i) / 20.0, ay + (by - ay) * f64::from(i) / 20.0);
            for i in 0..20 {
                best = best.min(Euclidean.distance(&origin, &geo::Line::new(cut(i), cut(i + 1))));
            }
        }
    }
    best
}

/// The longitude and latitude so many metres from a centre, near enough to draw shapes.
fn offset(lat: f64, lon: f64, metres: f64, angle: f64) -> (f64, f64) {
    let degrees = metres / 111_200.0;
    (lon + degrees / lat.to_radians().cos() * angle.cos(), lat + degrees * angle.sin())
}

/// A ring around a centre: corners at even angles and the given distances, in metres.
fn star(lat: f64, lon: f64, radii: &[f64]) -> Vec<(f64, f64)> {
    let turn = |i: usize| std::f64::consts::TAU * i as f64 / radii.len() as f64;
    let mut ring: Vec<_> = radii.iter().enumerate().map(|(i, radius)| offset(lat, lon, *radius, turn(i))).collect();
    ring.push(ring[0]);
    ring
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn containment_and_distance_agree_with_brute_force(
        lat in -70.0..70.0f64, lon in -179.0..179.0f64,
        outer in proptest::collection::vec(0.4..1.0f64, 4..90),
        inner in proptest::collection::vec(0.05..0.25f64, 3..20),
        size_m in prop_oneof![Just(200.0), Just(2_000.0), Just(9_000.0)],
        holes in 0..2u8,
        (away, angle) in (0.0..1.6f64, 0.0..std::f64::consts::TAU),
    ) {
        let scaled = |radii: &[f64]| radii.iter().map(|r| r * size_m).collect::<Vec<_>>();
        let mut rings = vec![star(lat, lon, &scaled(&outer))];
        if holes == 1 {
            rings.push(star(lat, lon, &scaled(&inner)));
        }
        let zone = Zone::parse("random.json", &file(&rings)).unwrap();
        let (x, y) = offset(lat, lon, away * size_m, angle);
        let from = place(y, x);

        let measure = zone.measure(from);
        let truth = brute_distance(&rings, from);
        let allowed = if truth <= 100.0 { 0.1 } else { truth * 0.001 };
        prop_assert!((measure.margin.0 - truth).abs() <= allowed, "{} {truth}", measure.margin.0);

        let line = |ring: &Vec<(f64, f64)>| geo::LineString::from(ring.clone());
        let polygon = geo::Polygon::new(line(&rings[0]), rings[1..].iter().map(line).collect());
        if truth > 0.05 {
            prop_assert_eq!(measure.inside, polygon.contains(&geo::Point::new(x, y)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_ring_makes_the_reader_stop(
        rings in proptest::collection::vec(proptest::collection::vec((0..6i8, 0..6i8), 1..9), 1..4),
    ) {
        let close = |ring: Vec<(i8, i8)>| {
            let mut ring: Vec<_> = ring.iter().map(|(x, y)| (f64::from(*x) / 100.0, f64::from(*y) / 100.0)).collect();
            ring.push(ring[0]);
            ring
        };
        let rings: Vec<_> = rings.into_iter().map(close).collect();
        // On a lattice rings touch, cross and repeat themselves in every way; what is taken can be asked.
        if let Ok(zone) = Zone::parse("random.json", &file(&rings)) {
            prop_assert!(zone.measure(place(0.025, 0.025)).margin.0.is_finite());
        }
    }
}

#[test]
fn every_test_point_has_its_label_and_its_distance() {
    let data: Value = serde_json::from_str(include_str!("fixtures/testpoints.json")).unwrap();
    let zones = assets::zones().unwrap();
    let ids = ["belltown".to_owned(), "skyway".to_owned()];
    let points = data["points"].as_array().unwrap();
    assert_eq!(points.len(), 29);
    for point in points {
        let number = |field: &str| point[field].as_f64().unwrap();
        let found = zones.locate(&ids, &gps(number("lat"), number("lon"), 5.0)).unwrap();
        let label = if found.measure.inside { found.zone.id.as_str() } else { "outside" };
        assert_eq!(label, point["label"], "{point}");
        assert_eq!(found.zone.id, point["nearest_zone"].as_str().unwrap(), "{point}");
        // The figures are simplified: no boundary moved by more than 5.08 m.
        assert!((found.measure.margin.0 - number("boundary_m")).abs() <= 5.1, "{point}");
        assert_ne!(found.containment(), Containment::Unsure, "{point}");
    }
    for tie in data["boundary_ties"].as_array().unwrap() {
        let fix = gps(tie["lat"].as_f64().unwrap(), tie["lon"].as_f64().unwrap(), 0.0);
        let fix = Fix { accuracy: Fix::FLOOR, ..fix };
        assert_eq!(zones.locate(&ids, &fix).unwrap().containment(), Containment::Unsure, "{tie}");
    }
}

#[test]
fn the_hole_is_outside_and_its_edges_have_the_name_of_its_city() {
    let zones = assets::zones().unwrap();
    let found = zones.locate(&["skyway".into()], &gps(47.48987, -122.23084, 8.0)).unwrap();
    assert_eq!(found.containment(), Containment::Outside);
    assert_eq!(found.measure.edge.name, "City of Renton (exclave)");
    assert!((found.measure.margin.0 - 39.6).abs() < 1.0);
}

#[test]
fn the_same_place_gives_the_same_bits() {
    let zones = assets::zones().unwrap();
    let bits =
        |id: &str, lat, lon| format!("{:016x}", zones.get(id).unwrap().measure(place(lat, lon)).margin.0.to_bits());
    insta::assert_debug_snapshot!([
        bits("belltown", 47.611724, -122.341115),
        bits("belltown", 47.618383, -122.355687),
        bits("skyway", 47.49017, -122.218345),
        bits("skyway", 0.0, 0.0),
    ]);
}

#[test]
fn a_circle_that_touches_a_boundary_is_unsure_and_one_that_does_not_is_sure() {
    let zones = Zones::parse([("square.json", SQUARE)]).unwrap();
    let ids = ["square".to_owned()];
    let margin = zones.get("square").unwrap().measure(place(50.0003, 10.005)).margin.0;
    assert!((margin - 33.4).abs() < 0.1, "{margin}");
    let at = |accuracy_m| zones.locate(&ids, &gps(50.0003, 10.005, accuracy_m)).unwrap();
    assert_eq!(at(margin - 0.001).containment(), Containment::Inside);
    assert_eq!(at(margin).doubt, Some(Doubt::Near(Metres(margin))));
    assert_eq!(at(margin).containment(), Containment::Unsure);
    let fix = gps(50.0003, 10.005, 5.0);
    let doubt = |fix: Fix| zones.locate(&ids, &fix).unwrap().doubt;
    assert_eq!(doubt(Fix { age_s: 60.0, ..fix }), None);
    assert_eq!(doubt(Fix { age_s: 60.5, ..fix }), Some(Doubt::Old(60.5)));
    assert_eq!(doubt(Fix { mock: true, ..fix }), Some(Doubt::Mock));
}

#[test]
fn a_tie_goes_to_the_lowest_edge() {
    let zone = Zone::parse("square.json", SQUARE).unwrap();
    // On a corner, and outside two others.
    assert_eq!(zone.measure(place(50.0, 10.0)).edge.name, "South St");
    assert_eq!(zone.measure(place(49.999, 10.011)).edge.name, "South St");
    assert_eq!(zone.measure(place(50.011, 10.011)).edge.name, "East St");
}

#[test]
fn where_zones_overlap_the_one_with_the_farther_boundary_decides() {
    let mut other: Value = serde_json::from_str(SQUARE).unwrap();
    other["id"] = json!("shifted");
    other["geometry"]["coordinates"] =
        json!([[[10.0, 50.002], [10.01, 50.002], [10.01, 50.012], [10.0, 50.012], [10.0, 50.002]]]);
    other["properties"]["edges"] = json!([[{"name": "Other", "count": 4}]]);
    let zones = Zones::parse([("square.json", SQUARE), ("shifted.json", &other.to_string())]).unwrap();
    let ids = ["square".to_owned(), "shifted".to_owned()];
    let decides = |lat| zones.locate(&ids, &gps(lat, 10.003, 5.0)).unwrap().zone.id.clone();
    assert_eq!(decides(50.0025), "square");
    assert_eq!(decides(50.0095), "shifted");
    assert_eq!(decides(50.020), "shifted");
    assert!(zones.locate(&["elsewhere".into()], &gps(50.0, 10.0, 5.0)).is_none());
}

#[test]
fn a_fix_on_the_other_side_of_the_earth_is_far_outside() {
    let zone = Zone::parse("square.json", SQUARE).unwrap();
    let far = zone.measure(place(0.0, 0.0));
    assert!(!far.inside);
    assert!((far.margin.0 / 5_621_000.0 - 1.0).abs() < 0.01, "{}", far.margin.0);
    assert!(zone.measure(place(-50.005, -169.995)).margin.0.is_finite());
}

#[test]
fn a_place_set_by_hand_is_good_to_ten_metres_whatever_is_reported_with_it() {
    let fact = |source: &str| {
        let json = json!({"lat_deg": 50.0, "lon_deg": 10.0, "accuracy_m": 1.0, "age_s": 900.0, "source": source});
        Fix::of(&serde_json::from_value(json).unwrap()).unwrap()
    };
    assert_eq!(fact("pin"), Fix::by_hand(place(50.0, 10.0)));
    assert_eq!((fact("gps").accuracy, fact("gps").age_s), (Fix::FLOOR, 900.0));
    assert_eq!(fact("track").accuracy, Fix::FLOOR);
}

#[test]
fn a_zone_file_that_does_not_validate_is_refused_with_its_path() {
    let shell = json!([[10.0, 50.0], [10.01, 50.0], [10.01, 50.01], [10.0, 50.01], [10.0, 50.0]]);
    let rings = "/geometry/coordinates";
    let cases: Vec<(&str, Value, &str)> = vec![
        (
            rings,
            json!([[[10.0, 50.0], [10.01, 50.0], [10.01, 50.01], [10.0, 50.01]]]),
            "geometry.coordinates[0]: the ring is open: its last point is not its first",
        ),
        (
            rings,
            json!([[[10.0, 50.0], [10.01, 50.0], [10.0, 50.0]]]),
            "geometry.coordinates[0]: a ring needs 4 points, the last like the first; it has 3",
        ),
        (
            rings,
            json!([[[10.0, 50.0], [10.01, 50.01], [10.01, 50.0], [10.0, 50.01], [10.0, 50.0]]]),
            "geometry.coordinates[0]: the ring crosses or touches itself",
        ),
        (
            rings,
            json!([shell, [[11.0, 50.0], [11.01, 50.0], [11.0, 50.01], [11.0, 50.0]]]),
            "geometry.coordinates[1]: the hole is not within its shell",
        ),
        (
            rings,
            json!([[[10.0, 50.0], [190.0, 50.0], [10.0, 50.01], [10.0, 50.0]]]),
            "geometry.coordinates[0][1]: longitude 190 is not between -180 and 180",
        ),
        (
            rings,
            json!([[[10.0, 50.0], [10.0, 95.0], [10.0, 50.01], [10.0, 50.0]]]),
            "geometry.coordinates[0][1]: latitude 95 is not between -90 and 90",
        ),
        (
            rings,
            json!([[[10.0, 50.0], [10.0], [10.0, 50.01], [10.0, 50.0]]]),
            "geometry.coordinates[0][1]: is not a pair of longitude and latitude",
        ),
        (
            rings,
            json!([[[10.0, 50.0], [10.0, 50.0], [10.0, 50.01], [10.0, 50.0]]]),
            "geometry.coordinates[0][1]: is the same corner as the one before",
        ),
        (
            rings,
            json!([[[10.0, 50.0], ["x", 50.0], [10.0, 50.01], [10.0, 50.0]]]),
            "geometry.coordinates[0][1][0]: invalid type: string \"x\", expected f64",
        ),
        (
            rings,
            json!([[[10.0, 50.0], [13.0, 50.0], [13.0, 51.0], [10.0, 51.0], [10.0, 50.0]]]),
            "geometry.coordinates: reaches farther than 100 km from its middle",
        ),
        (
            rings,
            json!([[[-179.9, 50.0], [179.9, 50.0], [179.9, 50.1], [-179.9, 50.0]]]),
            "geometry.coordinates[0][1]: the edge to it crosses the 180th meridian",
        ),
        (rings, json!([]), "geometry.coordinates: has no ring"),
        (rings, json!([shell]), "properties.edges: names 2 rings, there are 1"),
        (
            "/geometry/type",
            json!("Point"),
            "geometry.type: unknown variant `Point`, expected `Polygon` or `MultiPolygon`",
        ),
        ("/properties/edges/0", json!([{"name": "South St"}]), "properties.edges[0]: names 1 edges, the ring has 4"),
        ("/properties/edges/0/2/name", json!(" "), "properties.edges[0][2].name: is empty"),
        ("/properties/edges/1/0/count", json!(5), "properties.edges[1][0].count: is not from 1 to 4"),
        ("/properties/licence", json!(""), "properties.licence: is empty"),
        (
            "/properties/effective",
            json!({"from": "2020-01-01", "until": "2019-01-01"}),
            "properties.effective.until: is before `from`",
        ),
        ("/properties/effective/from", json!("soon"), "properties.effective.from: input contains invalid characters"),
        ("/properties", json!({"name": "x"}), "properties.version: is missing"),
        ("", json!({"type": "Feature", "id": "x", "colour": "red"}), "colour: is not a field that belongs here"),
    ];
    for (pointer, value, wanted) in cases {
        let mut zone: Value = serde_json::from_str(SQUARE).unwrap();
        *zone.pointer_mut(pointer).unwrap() = value;
        let refused = Zone::parse("zones/x.json", &zone.to_string()).err().map(|e| e.to_string());
        assert_eq!(refused.as_deref(), Some(format!("zones/x.json: {wanted}").as_str()), "{pointer}");
    }
    let twice = Zones::parse([("a.json", SQUARE), ("b.json", SQUARE)]).unwrap_err();
    assert_eq!(twice.to_string(), "b.json: id: zone `square` is there already");
    assert!(Zone::parse("x.json", "{").unwrap_err().to_string().contains("is not JSON"));
}

#[test]
fn a_zone_may_have_several_pieces() {
    let mut zone: Value = serde_json::from_str(SQUARE).unwrap();
    let piece = |lon: f64| json!([[[lon, 50.0], [lon + 0.01, 50.0], [lon + 0.01, 50.01], [lon, 50.0]]]);
    zone["geometry"] = json!({"type": "MultiPolygon", "coordinates": [piece(10.0), piece(10.02)]});
    zone["properties"]["edges"] = json!([[{"name": "One", "count": 3}], [{"name": "Two", "count": 3}]]);
    let parsed = Zone::parse("x.json", &zone.to_string()).unwrap();
    assert!(parsed.measure(place(50.001, 10.009)).inside && parsed.measure(place(50.001, 10.029)).inside);
    assert!(!parsed.measure(place(50.001, 10.015)).inside);
    zone["geometry"]["coordinates"] = json!([piece(10.0), piece(10.005)]);
    let refused = Zone::parse("x.json", &zone.to_string()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "x.json: geometry.coordinates[1][0]: the piece overlaps geometry.coordinates[0][0]"
    );
}

#[test]
fn every_zone_that_travels_with_the_program_loads_and_says_where_it_is_from() {
    let zones = assets::zones().unwrap();
    let seen: Vec<_> =
        zones.iter().map(|z| (z.id.as_str(), z.version.as_str(), z.rings().len(), z.edges().len())).collect();
    insta::assert_debug_snapshot!(seen);
    assert!(zones.iter().all(|zone| assets::text(&format!("zones/{}.json", zone.id)).is_some()));
}
