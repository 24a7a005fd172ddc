//! Where a fix lies against a zone of 1,000 corners: containment and distance, against `geo` on the same
//! figures. Both begin with the fix in degrees. Target: ten times faster than `geo` naive.
//!
//! `cargo bench --bench geofence`
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a benchmark ends by panicking")]

use divan::Bencher;
use geo::{Contains, Distance, Euclidean};
use handoff::domain::place::LatLng;
use handoff::domain::zone::Zone;
use std::time::{Duration, Instant};

fn main() {
    divan::main();
    println!("\ngeo naive / ours: {:.1}x (one run, medians of {ROUNDS} rounds over the same fixes)", ratio());
}

const CORNERS: usize = 1_000;
const ROUNDS: usize = 101;

/// A ragged ring of a few kilometres, the same on every run.
fn ring() -> Vec<(f64, f64)> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut ring: Vec<(f64, f64)> = (0..CORNERS)
        .map(|i| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let radius = 0.02 * (0.9 + 0.1 * (state >> 40) as f64 / f64::from(1 << 24));
            let angle = std::f64::consts::TAU * i as f64 / CORNERS as f64;
            (-122.3 + 1.48 * radius * angle.cos(), 47.6 + radius * angle.sin())
        })
        .collect();
    ring.push(ring[0]);
    ring
}

fn zone() -> Zone {
    let file = serde_json::json!({
        "type": "Feature", "id": "bench",
        "properties": {
            "name": "Bench", "version": "1", "effective": {"from": "2020-01-01", "until": null}, "definition": "ragged",
            "source": "made here", "licence": "CC0 1.0", "accuracy": "exact", "edge_names_basis": "none",
            "edges": [[{"name": "Edge", "count": CORNERS}]]
        },
        "geometry": {"type": "Polygon", "coordinates": [ring()]}
    });
    Zone::parse("bench.json", &file.to_string()).expect("a valid zone")
}

fn polygon() -> geo::Polygon {
    geo::Polygon::new(geo::LineString::from(ring()), vec![])
}

/// Fixes on a lattice over the zone and around it.
fn fixes() -> Vec<(f64, f64)> {
    (0..400).map(|i| (-122.34 + 0.004 * f64::from(i % 20), 47.573 + 0.0027 * f64::from(i / 20))).collect()
}

fn ours(zone: &Zone, (lon, lat): (f64, f64)) -> (bool, f64) {
    let measure = zone.measure(LatLng::new(lat, lon).expect("a place"));
    (measure.inside, measure.margin.0)
}

/// The distance is in degrees here, which is what the plain calls give: metres would cost more still.
fn naive(polygon: &geo::Polygon, (lon, lat): (f64, f64)) -> (bool, f64) {
    let point = geo::Point::new(lon, lat);
    (polygon.contains(&point), Euclidean.distance(&point, polygon.exterior()))
}

#[divan::bench]
fn contains_and_distance_ours(bencher: Bencher<'_, '_>) {
    let (zone, fixes) = (zone(), fixes());
    let mut next = fixes.iter().cycle();
    bencher.bench_local(|| ours(&zone, *next.next().expect("endless")));
}

#[divan::bench]
fn contains_and_distance_geo_naive(bencher: Bencher<'_, '_>) {
    let (polygon, fixes) = (polygon(), fixes());
    let mut next = fixes.iter().cycle();
    bencher.bench_local(|| naive(&polygon, *next.next().expect("endless")));
}

/// Rounds of both in turn, so that a busy neighbour slows both.
fn ratio() -> f64 {
    let (zone, polygon, fixes) = (zone(), polygon(), fixes());
    let time = |run: &dyn Fn((f64, f64)) -> (bool, f64)| {
        let start = Instant::now();
        for fix in &fixes {
            divan::black_box(run(divan::black_box(*fix)));
        }
        start.elapsed()
    };
    let (mut a, mut b): (Vec<Duration>, Vec<Duration>) =
        (0..ROUNDS).map(|_| (time(&|fix| ours(&zone, fix)), time(&|fix| naive(&polygon, fix)))).unzip();
    a.sort();
    b.sort();
    b[ROUNDS / 2].as_secs_f64() / a[ROUNDS / 2].as_secs_f64()
}
