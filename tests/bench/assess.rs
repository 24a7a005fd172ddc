//! A whole assessment of the default pack with all its zones: facts to findings. Target: 50 µs.
//!
//! `cargo bench --bench assess`
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a benchmark ends by panicking")]

use divan::Bencher;
use handoff::assets;
use handoff::domain::assess::assess;
use handoff::domain::facts::Facts;

fn main() {
    divan::main();
}

const FACTS: &str = r#"{"door":"arrest","at":"2012-06-01T22:15:00-07:00",
 "fix":{"lat_deg":47.611724,"lon_deg":-122.341115,"accuracy_m":8.0,"age_s":2.0,"mock":false},
 "offences":["drug_possession"],"drug":{"class":"heroin","grams":1.2,"measured":false},"age_years":34,
 "answers":{"amenable":"yes","dealing_above_subsistence":"no","exploits_minors":"no","promoting_prostitution":"no","specialty_court_pending":"no"},
 "history":{"checked":true,"convictions":[{"group":"burglary","on":"2009-03-01"}]}}"#;

#[divan::bench]
fn facts_to_findings(bencher: Bencher<'_, '_>) {
    let zones = assets::zones().expect("valid zones");
    let pack = assets::pack(assets::default_pack(), &zones).expect("a valid pack").expect("a default pack");
    let facts = Facts::parse(FACTS.as_bytes()).expect("possible facts");
    bencher.bench_local(|| assess(&pack, &zones, divan::black_box(&facts)));
}

#[divan::bench]
fn json_to_json(bencher: Bencher<'_, '_>) {
    let zones = assets::zones().expect("valid zones");
    let pack = assets::pack(assets::default_pack(), &zones).expect("a valid pack").expect("a default pack");
    bencher.bench_local(|| {
        let facts = Facts::parse(divan::black_box(FACTS.as_bytes())).expect("possible facts");
        serde_json::to_vec(&assess(&pack, &zones, &facts).expect("an assessment"))
    });
}
