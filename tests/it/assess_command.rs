//! `handoff assess`, through the real program.

use serde_json::Value;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

const FACTS: &str = r#"{"door":"arrest","at":"2012-06-01T22:15:00-07:00",
 "fix":{"lat_deg":47.611724,"lon_deg":-122.341115,"accuracy_m":8.0,"age_s":2.0,"mock":false},
 "offences":["drug_possession"],"drug":{"class":"heroin","grams":1.2,"measured":false},"age_years":34,
 "answers":{"amenable":"yes","dealing_above_subsistence":"no","exploits_minors":"no","promoting_prostitution":"no","specialty_court_pending":"no"},
 "history":{"checked":true,"convictions":[{"group":"burglary","on":"2009-03-01"}]},
 "prior_involvement":null}"#;

fn run(args: &[&str], facts: &str) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_handoff"))
        .arg("assess")
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    program.stdin.take().unwrap().write_all(facts.as_bytes()).unwrap();
    program.wait_with_output().unwrap()
}

fn refused(args: &[&str], facts: &str) -> String {
    let output = run(args, facts);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty(), "no verdict beside an error");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn the_command_prints_the_assessment_that_is_stored() {
    let output = run(&[], FACTS);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 1);
    let found: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(found["verdict"], "barred");
    assert_eq!(found["zone"]["containment"], "inside");
    assert_eq!(found["zone"]["margin_m"], 67.6);
    assert_eq!(found["zone"]["nearest_edge"], "3rd Ave");
    let bars: Vec<_> = found["findings"].as_array().unwrap().iter().filter(|f| f["outcome"] == "bars").collect();
    assert_eq!(bars.len(), 1);
    assert_eq!(bars[0]["rule"], "history_10y");
    assert_eq!(bars[0]["because"], "burglary on 2009-03-01 is within 10 years of 2012-06-01");
    let pretty = run(&["--pretty", "--pack", "seattle-pilot-2011"], FACTS).stdout;
    assert_eq!(serde_json::from_slice::<Value>(&pretty).unwrap(), found);
    let by_file = run(&["--pack", "assets/packs/seattle-pilot-2011.json"], FACTS).stdout;
    assert_eq!(by_file, text.as_bytes());
}

#[test]
fn a_pack_file_finds_its_zones_beside_it() {
    let facts = r#"{"door":"arrest","at":"2024-03-04T22:00:00+01:00","offences":["fare_evasion"],
        "fix":{"lat_deg":50.002,"lon_deg":10.004,"accuracy_m":8,"age_s":0}}"#;
    let output = run(&["--pack", "tests/it/fixtures/packs/every-rule.json"], facts);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["zone"]["id"], "square");
    assert_eq!(found["pack"]["id"], "every-rule");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "handoff: These rules ended on 2023-12-31. They are used until new ones arrive.\n");
}

#[test]
fn bad_input_ends_with_two_and_names_the_field() {
    let with = |from: &str, to: &str| FACTS.replacen(from, to, 1);
    let cases = [
        (with("47.611724", "91"), "handoff: fix.lat_deg: 91 is not between -90 and 90"),
        (with("47.611724", "NaN"), "handoff: fix.lat_deg: is not JSON"),
        (with("1.2", "-1.2"), "handoff: drug.grams: -1.2 is negative"),
        (with("drug_possession", "jaywalking"), "handoff: offences[0]: `jaywalking` is not an offence"),
        (with("2009-03-01", "2012-06-02"), "handoff: history.convictions[0].on: 2012-06-02 is after the encounter"),
        (with("\"door\":\"arrest\",", ""), "handoff: door: is missing"),
        (String::new(), "handoff: is not JSON: EOF"),
        (format!("{FACTS}{FACTS}"), "handoff: something follows the end of the JSON"),
        (" ".repeat(1024 * 1024 + 1), "handoff: standard input: more than 1048576 bytes"),
    ];
    for (facts, wanted) in cases {
        let said = refused(&[], &facts);
        assert!(said.starts_with(wanted), "{said}\n{wanted}");
    }
    let said = refused(&["--pack", "nowhere"], FACTS);
    assert!(said.starts_with("handoff: --pack: `nowhere` is neither a file nor one of: atlanta-pad,"), "{said}");
}

#[test]
fn a_pack_or_zone_that_does_not_validate_is_refused_with_its_path() {
    let site = tempfile::tempdir().unwrap();
    let file = |path: &str, text: &str| {
        let path = site.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let pack = include_str!("fixtures/packs/every-rule.json");
    let path = file("packs/site.json", &pack.replace("\"years\": 3", "\"years\": \"three\""));
    let wanted = format!("handoff: {path}: rules[5].years: \"three\" is neither 1 to 100 years nor \"life\"\n");
    assert_eq!(refused(&["--pack", &path], FACTS), wanted);
    let path = file("packs/site.json", pack);
    assert_eq!(refused(&["--pack", &path], FACTS), format!("handoff: {path}: zones[0]: there is no zone `square`\n"));
    let zone = include_str!("fixtures/zones/square.json").replace("[10.0, 50.01], [10.0, 50.0]]", "[10.0, 50.01]]");
    file("zones/square.json", &zone);
    let said = refused(&["--pack", &path], FACTS);
    assert!(said.contains("square.json: geometry.coordinates[0]: the ring is open"), "{said}");
}
