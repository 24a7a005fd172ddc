//! Vignettes for every rule of every pack, and everything that must be refused.

use handoff::assets;
use handoff::domain::assess::{Assessment, assess, questions_needed};
use handoff::domain::codes::{Door, Outcome, Verdict};
use handoff::domain::facts::Facts;
use handoff::domain::pack::{Pack, Test};
use handoff::domain::zone::Zones;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const EVERY_RULE: &str = include_str!("fixtures/packs/every-rule.json");
const SQUARE: &str = include_str!("fixtures/zones/square.json");
const PILOT: &str = "seattle-pilot-2011";

/// The shipped packs, and one with the rules that they lack.
fn packs() -> (BTreeMap<String, Pack>, Zones) {
    let zones = Zones::parse([("zones/square.json", SQUARE)]).unwrap().or(assets::zones().unwrap());
    let mut packs: BTreeMap<String, Pack> =
        assets::packs().map(|id| (id.clone(), assets::pack(&id, &zones).unwrap().unwrap())).collect();
    let other = Pack::load("packs/every-rule.json", EVERY_RULE, &zones).unwrap();
    packs.insert(other.id.clone(), other);
    (packs, zones)
}

/// An arrest in the middle of the pilot's zone that passes every rule.
fn arrest() -> Value {
    json!({
        "door": "arrest", "at": "2012-06-01T22:15:00-07:00",
        "fix": {"lat_deg": 47.611724, "lon_deg": -122.341115, "accuracy_m": 8.0, "age_s": 2.0, "mock": false},
        "offences": ["drug_possession"], "drug": {"class": "heroin", "grams": 1.2, "measured": false},
        "age_years": 34,
        "answers": {
            "amenable": "yes", "dealing_above_subsistence": "no", "exploits_minors": "no",
            "promoting_prostitution": "no", "specialty_court_pending": "no"
        },
        "history": {"checked": true, "convictions": []},
        "prior_involvement": null
    })
}

/// A social contact anywhere, with earlier involvement in the pilot's zone, that passes every rule.
fn social() -> Value {
    merged(
        arrest(),
        &json!({
            "door": "social_contact",
            "answers": {"no_contact_order": "no", "interested": "yes", "threat_of_harm": "no"},
            "prior_involvement": {"lat_deg": 47.611724, "lon_deg": -122.341115, "on": "2011-12-24", "basis": "records"}
        }),
    )
}

/// Facts that pass every rule of a pack at its first door.
fn good(pack: &str) -> Value {
    let patch = match pack {
        "king-county-2023" => {
            json!({"at": "2024-03-01T22:15:00-08:00", "offences": ["public_drug_use"], "answers": {"threat_of_harm": "no"}})
        }
        "santa-fe" => json!({"at": "2016-03-01T22:15:00-07:00", "fix": null}),
        "atlanta-pad" => {
            json!({"at": "2024-03-01T12:00:00-05:00", "offences": ["trespass"], "answers": {"threat_of_harm": "no", "interested": "yes"}})
        }
        "every-rule" => json!({
            "at": "2022-03-04T22:00:00+01:00", "fix": {"lat_deg": 50.002, "lon_deg": 10.004},
            "offences": ["fare_evasion", "drug_possession"], "residency_months": 24, "prior_diversions": 1,
            "answers": {"on_a_train": "yes"}
        }),
        _ => json!({}),
    };
    merged(arrest(), &patch)
}

/// JSON merge patch (RFC 7396).
fn merged(mut base: Value, patch: &Value) -> Value {
    let (Some(object), Some(changes)) = (base.as_object_mut(), patch.as_object()) else { return patch.clone() };
    for (key, change) in changes {
        if change.is_null() {
            object.insert(key.clone(), Value::Null);
        } else {
            let old = object.remove(key).unwrap_or(Value::Null);
            object.insert(key.clone(), merged(old, change));
        }
    }
    base
}

fn facts(json: &Value) -> Facts {
    Facts::parse(json.to_string().as_bytes()).unwrap()
}

fn outcome(assessment: &Assessment, rule: &str) -> (Outcome, String) {
    let found = assessment.findings.iter().find(|finding| finding.rule == rule).unwrap();
    (found.outcome, found.because.clone())
}

/// Pack, rule, facts (from the good ones, or the social contact), outcome.
fn vignettes() -> Vec<(&'static str, &'static str, Value, Outcome)> {
    use Outcome::{Bars, NeedsSupervisor, Pass, Unknown};
    let p = |id: &'static str, patch: Value| merged(good(id), &patch);
    let s = |patch: Value| merged(social(), &patch);
    let kc = |patch: Value| {
        merged(
            s(json!({"at": "2024-03-01T22:15:00-08:00", "offences": ["trespass"],
        "prior_involvement": {"on": "2023-05-01"}})),
            &patch,
        )
    };
    let convicted =
        |group: &str, on: &str| json!({"history": {"checked": true, "convictions": [{"group": group, "on": on}]}});
    let mut all = vec![
        (PILOT, "zone", p(PILOT, json!({})), Pass),
        (PILOT, "zone", p(PILOT, json!({"fix": {"lat_deg": 47.496478, "lon_deg": -122.246153}})), Pass),
        (PILOT, "zone", p(PILOT, json!({"fix": {"lat_deg": 47.619128, "lon_deg": -122.341055}})), Bars),
        (PILOT, "zone", p(PILOT, json!({"fix": {"lat_deg": 47.48987, "lon_deg": -122.23084}})), Bars),
        (PILOT, "zone", p(PILOT, json!({"fix": {"lat_deg": 47.6149826, "lon_deg": -122.345261}})), Unknown),
        (PILOT, "zone", p(PILOT, json!({"fix": {"accuracy_m": 70.0}})), Unknown),
        (PILOT, "zone", p(PILOT, json!({"fix": {"accuracy_m": 70.0, "source": "pin"}})), Pass),
        (PILOT, "zone", p(PILOT, json!({"fix": {"mock": true}})), Unknown),
        (PILOT, "zone", p(PILOT, json!({"fix": {"age_s": 61.0}})), Unknown),
        (PILOT, "zone", p(PILOT, json!({"fix": null})), Unknown),
        (PILOT, "zone", s(json!({"fix": null})), Pass),
        (PILOT, "zone", s(json!({"prior_involvement": {"lat_deg": 47.619128, "lon_deg": -122.341055}})), Bars),
        (PILOT, "zone", s(json!({"prior_involvement": null})), Unknown),
        (PILOT, "offence", p(PILOT, json!({"offences": ["prostitution"], "drug": null})), Pass),
        (PILOT, "offence", p(PILOT, json!({"offences": ["drug_possession", "theft"]})), Bars),
        (PILOT, "grams", p(PILOT, json!({"drug": {"grams": 3.0}})), Pass),
        (PILOT, "grams", p(PILOT, json!({"drug": {"grams": 3.000_001}})), Bars),
        (PILOT, "grams", p(PILOT, json!({"drug": {"grams": null}})), Unknown),
        (PILOT, "grams", p(PILOT, json!({"drug": null})), Unknown),
        (PILOT, "grams", p(PILOT, json!({"offences": ["prostitution"], "drug": {"grams": 50.0}})), Pass),
        (PILOT, "amenable", p(PILOT, json!({})), Pass),
        (PILOT, "amenable", p(PILOT, json!({"answers": {"amenable": "no"}})), Bars),
        (PILOT, "amenable", p(PILOT, json!({"answers": {"amenable": "unknown"}})), Unknown),
        (PILOT, "dealing_above_subsistence", p(PILOT, json!({"answers": {"dealing_above_subsistence": "yes"}})), Pass),
        (
            PILOT,
            "dealing_above_subsistence",
            p(PILOT, json!({"offences": ["drug_delivery"], "answers": {"dealing_above_subsistence": "yes"}})),
            Bars,
        ),
        (
            PILOT,
            "dealing_above_subsistence",
            p(PILOT, json!({"offences": ["drug_delivery"], "answers": {"dealing_above_subsistence": "unknown"}})),
            Unknown,
        ),
        (PILOT, "exploits_minors", p(PILOT, json!({})), Pass),
        (PILOT, "exploits_minors", p(PILOT, json!({"answers": {"exploits_minors": "yes"}})), Bars),
        (PILOT, "exploits_minors", p(PILOT, json!({"answers": {"exploits_minors": "unknown"}})), Unknown),
        (PILOT, "promoting_prostitution", p(PILOT, json!({})), Pass),
        (PILOT, "promoting_prostitution", p(PILOT, json!({"answers": {"promoting_prostitution": "yes"}})), Bars),
        (PILOT, "promoting_prostitution", p(PILOT, json!({"answers": {"promoting_prostitution": "unknown"}})), Unknown),
        (PILOT, "history_life", p(PILOT, json!({})), Pass),
        (PILOT, "history_life", p(PILOT, convicted("burglary", "2011-06-01")), Pass),
        (PILOT, "history_life", p(PILOT, json!({"history": null})), Unknown),
        (PILOT, "history_life", p(PILOT, json!({"history": {"checked": false}})), Unknown),
        (PILOT, "history_10y", p(PILOT, convicted("burglary", "2002-06-01")), Pass),
        (PILOT, "history_10y", p(PILOT, convicted("burglary", "2002-06-02")), Bars),
        (PILOT, "history_10y", p(PILOT, convicted("burglary", "2012-06-01")), Bars),
        (PILOT, "history_10y", p(PILOT, json!({"history": {"checked": false}})), Unknown),
        (
            PILOT,
            "history_10y",
            p(
                PILOT,
                json!({"history": {"checked": false, "convictions": [{"group": "assault_3", "on": "2011-01-01"}]}}),
            ),
            Bars,
        ),
        (PILOT, "specialty_court_pending", p(PILOT, json!({})), Pass),
        (PILOT, "specialty_court_pending", p(PILOT, json!({"answers": {"specialty_court_pending": "yes"}})), Bars),
        (
            PILOT,
            "specialty_court_pending",
            p(PILOT, json!({"answers": {"specialty_court_pending": "unknown"}})),
            Unknown,
        ),
        (PILOT, "age", p(PILOT, json!({"age_years": 18})), Pass),
        (PILOT, "age", p(PILOT, json!({"age_years": 17})), Bars),
        (PILOT, "age", p(PILOT, json!({"age_years": null})), Unknown),
        (PILOT, "prior_involvement", p(PILOT, json!({})), Pass),
        (PILOT, "prior_involvement", s(json!({})), Pass),
        (PILOT, "prior_involvement", s(json!({"prior_involvement": {"on": "2010-06-01"}})), Pass),
        (PILOT, "prior_involvement", s(json!({"prior_involvement": {"on": "2010-05-31"}})), Bars),
        (PILOT, "prior_involvement", s(json!({"prior_involvement": null})), Unknown),
        (PILOT, "no_contact_order", s(json!({})), Pass),
        (PILOT, "no_contact_order", s(json!({"answers": {"no_contact_order": "yes"}})), Bars),
        (PILOT, "no_contact_order", s(json!({"answers": {"no_contact_order": "unknown"}})), Unknown),
        ("king-county-2023", "zone", kc(json!({"prior_involvement": null})), Pass),
        ("king-county-2023", "offence", p("king-county-2023", json!({"offences": ["drug_delivery"]})), Bars),
        ("king-county-2023", "amenable", p("king-county-2023", json!({"answers": {"amenable": "no"}})), Bars),
        ("king-county-2023", "amenable", p("king-county-2023", json!({"answers": {"amenable": "unknown"}})), Unknown),
        (
            "king-county-2023",
            "threat_of_harm",
            p("king-county-2023", json!({"answers": {"threat_of_harm": "yes"}})),
            Bars,
        ),
        (
            "king-county-2023",
            "threat_of_harm",
            p("king-county-2023", json!({"answers": {"threat_of_harm": "unknown"}})),
            Unknown,
        ),
        ("king-county-2023", "interested", kc(json!({})), Pass),
        ("king-county-2023", "interested", kc(json!({"answers": {"interested": "no"}})), Bars),
        ("king-county-2023", "interested", kc(json!({"answers": {"interested": "unknown"}})), Unknown),
        ("king-county-2023", "prior_involvement", kc(json!({})), Pass),
        ("king-county-2023", "prior_involvement", kc(json!({"prior_involvement": {"on": "2012-05-01"}})), Bars),
        ("king-county-2023", "prior_involvement", kc(json!({"prior_involvement": null})), Unknown),
        ("santa-fe", "offence", p("santa-fe", json!({"offences": ["prostitution"]})), Bars),
        ("santa-fe", "grams", p("santa-fe", json!({"drug": {"grams": 6.0}})), Pass),
        ("santa-fe", "grams", p("santa-fe", json!({"drug": {"grams": 6.1}})), Bars),
        ("santa-fe", "grams", p("santa-fe", json!({"drug": {"grams": null}})), Unknown),
        ("santa-fe", "grams", p("santa-fe", json!({"drug": {"class": "cocaine", "grams": 0.1}})), Bars),
        ("santa-fe", "grams", p("santa-fe", json!({"drug": {"class": "prescription_opiate", "grams": 100.0}})), Pass),
        ("santa-fe", "grams", p("santa-fe", json!({"drug": {"class": "prescription_opiate", "grams": null}})), Pass),
        ("santa-fe", "amenable", p("santa-fe", json!({"answers": {"amenable": "no"}})), Bars),
        ("santa-fe", "amenable", p("santa-fe", json!({"answers": {"amenable": "unknown"}})), Unknown),
        ("atlanta-pad", "offence", p("atlanta-pad", json!({"offences": ["drug_delivery"]})), Bars),
        ("atlanta-pad", "window", p("atlanta-pad", json!({"at": "2024-03-01T19:00:00-05:00"})), Bars),
        ("atlanta-pad", "window", p("atlanta-pad", json!({"at": "2024-03-02T12:00:00-05:00"})), Bars),
        (
            "atlanta-pad",
            "threat_of_harm",
            p("atlanta-pad", json!({"answers": {"threat_of_harm": "yes"}})),
            NeedsSupervisor,
        ),
        ("atlanta-pad", "threat_of_harm", p("atlanta-pad", json!({"answers": {"threat_of_harm": "unknown"}})), Unknown),
        ("atlanta-pad", "interested", p("atlanta-pad", json!({"answers": {"interested": "no"}})), Bars),
        ("atlanta-pad", "interested", p("atlanta-pad", json!({"answers": {"interested": "unknown"}})), Unknown),
        (
            "every-rule",
            "zone",
            p("every-rule", json!({"fix": {"lat_deg": 50.007, "lon_deg": 10.007}})),
            NeedsSupervisor,
        ),
        ("every-rule", "zone", p("every-rule", json!({"fix": null})), Unknown),
        ("every-rule", "offence", p("every-rule", json!({"offences": ["theft"]})), Bars),
        ("every-rule", "grams", p("every-rule", json!({"drug": {"grams": 2.5}})), Bars),
        ("every-rule", "grams", p("every-rule", json!({"drug": null})), Unknown),
        ("every-rule", "residency", p("every-rule", json!({})), Pass),
        ("every-rule", "residency", p("every-rule", json!({"residency_months": 23})), Bars),
        ("every-rule", "residency", p("every-rule", json!({"residency_months": null})), Unknown),
        ("every-rule", "prior_diversions", p("every-rule", json!({})), Pass),
        ("every-rule", "prior_diversions", p("every-rule", json!({"prior_diversions": 2})), NeedsSupervisor),
        ("every-rule", "prior_diversions", p("every-rule", json!({"prior_diversions": null})), Unknown),
        ("every-rule", "history_3y", p("every-rule", convicted("gang_enhancement", "2019-03-04")), Pass),
        ("every-rule", "history_3y", p("every-rule", convicted("gang_enhancement", "2019-03-05")), Bars),
        ("every-rule", "history_3y", p("every-rule", json!({"history": null})), Unknown),
        ("every-rule", "window", p("every-rule", json!({})), Pass),
        ("every-rule", "window", p("every-rule", json!({"at": "2022-03-05T03:59:00+01:00"})), Pass),
        ("every-rule", "window", p("every-rule", json!({"at": "2022-03-05T04:00:00+01:00"})), Bars),
        ("every-rule", "on_a_train", p("every-rule", json!({"answers": {"on_a_train": "no"}})), Bars),
        ("every-rule", "on_a_train", p("every-rule", json!({"answers": {"on_a_train": "unknown"}})), Unknown),
    ];
    for group in ["murder", "arson", "robbery_1", "assault_1", "kidnapping", "firearm_1", "sex_offence"] {
        all.push((PILOT, "history_life", p(PILOT, convicted(group, "1975-01-01")), Bars));
    }
    for group in ["domestic_violence", "robbery_2", "assault_2", "assault_3", "burglary", "firearm_2"] {
        all.push((PILOT, "history_10y", p(PILOT, convicted(group, "2005-01-01")), Bars));
        all.push((PILOT, "history_10y", p(PILOT, convicted(group, "1995-01-01")), Pass));
    }
    for class in ["heroin", "fentanyl", "cocaine", "methamphetamine", "prescription_opiate", "cannabis", "other"] {
        all.push((PILOT, "grams", p(PILOT, json!({"drug": {"class": class, "grams": 3.5}})), Bars));
    }
    for basis in ["records", "observed", "reliable_information"] {
        all.push((PILOT, "prior_involvement", s(json!({"prior_involvement": {"basis": basis}})), Pass));
    }
    for pack in ["king-county-2023", "santa-fe", "atlanta-pad"] {
        all.push((pack, "age", p(pack, json!({"age_years": 17})), Bars));
        all.push((pack, "age", p(pack, json!({"age_years": null})), Unknown));
    }
    for (pack, effect) in [("king-county-2023", NeedsSupervisor), ("atlanta-pad", Bars)] {
        for (answer, wanted) in [("yes", Pass), ("no", effect), ("unknown", Unknown)] {
            let patch = json!({"offences": ["theft"], "answers": {"victim_consents": answer}});
            all.push((pack, "victim_consents", p(pack, patch), wanted));
        }
    }
    all
}

#[test]
fn each_vignette_has_its_outcome_and_the_verdict_follows_from_it() {
    let (packs, zones) = packs();
    for (pack, rule, json, wanted) in vignettes() {
        let assessment = assess(&packs[pack], &zones, &facts(&json)).unwrap();
        let (found, because) = outcome(&assessment, rule);
        assert_eq!(found, wanted, "{pack} {rule}: {because}\n{json}");
        assert!(!because.is_empty() && !because.ends_with('.'), "{because}");
        let any = |outcome| assessment.findings.iter().any(|f| f.outcome == outcome);
        let verdict = match (any(Outcome::Bars), any(Outcome::NeedsSupervisor) || any(Outcome::Unknown)) {
            (true, _) => Verdict::Barred,
            (false, true) => Verdict::NeedsSupervisor,
            (false, false) => Verdict::Eligible,
        };
        assert_eq!(assessment.verdict, verdict);
        let order: Vec<_> = assessment.findings.iter().map(|f| f.rule.as_str()).collect();
        assert_eq!(order, packs[pack].rules.iter().map(|r| r.id.as_str()).collect::<Vec<_>>());
    }
}

#[test]
fn every_rule_of_every_pack_is_seen_with_every_outcome_that_it_can_have() {
    let (packs, zones) = packs();
    let mut seen: BTreeMap<(String, String), BTreeSet<Outcome>> = BTreeMap::new();
    let mut see = |pack: &str, rule: &str, outcome| {
        seen.entry((pack.into(), rule.into())).or_default().insert(outcome);
    };
    for pack in packs.values() {
        let assessment = assess(pack, &zones, &facts(&good(&pack.id))).unwrap();
        assert_eq!(assessment.verdict, Verdict::Eligible, "{assessment:?}");
        assessment.findings.iter().for_each(|f| see(&pack.id, &f.rule, f.outcome));
    }
    vignettes().iter().for_each(|(pack, rule, _, outcome)| see(pack, rule, *outcome));
    for pack in packs.values() {
        for rule in &pack.rules {
            let mut can = BTreeSet::from([Outcome::Pass]);
            if !matches!((&rule.test, pack.zones.is_empty()), (Test::Zone, true)) {
                can.insert(rule.effect);
            }
            if !matches!((&rule.test, pack.zones.is_empty()), (Test::Zone, true) | (Test::Offence | Test::Window(_), _))
            {
                can.insert(Outcome::Unknown);
            }
            assert_eq!(seen.get(&(pack.id.clone(), rule.id.clone())), Some(&can), "{} {}", pack.id, rule.id);
        }
    }
}

#[test]
fn one_rule_that_bars_outweighs_others_that_are_unknown() {
    let (packs, zones) = packs();
    let verdict = |patch: Value| assess(&packs[PILOT], &zones, &facts(&merged(arrest(), &patch))).unwrap().verdict;
    assert_eq!(verdict(json!({})), Verdict::Eligible);
    assert_eq!(verdict(json!({"age_years": null})), Verdict::NeedsSupervisor);
    assert_eq!(verdict(json!({"age_years": null, "drug": {"grams": 4.0}})), Verdict::Barred);
}

#[test]
fn the_reasons_read_as_an_officer_would_say_them() {
    let (packs, zones) = packs();
    let because = |rule: &str, patch: Value| {
        outcome(&assess(&packs[PILOT], &zones, &facts(&merged(arrest(), &patch))).unwrap(), rule).1
    };
    let fix = |lat: f64, lon: f64| json!({"fix": {"lat_deg": lat, "lon_deg": lon}});
    insta::assert_snapshot!(
        [
            because("zone", json!({})),
            because("zone", fix(47.614179, -122.343503)),
            because("zone", fix(47.6149826, -122.345261)),
            because("zone", fix(47.515927, -122.268662)),
            because("zone", fix(48.9, -122.3)),
            because("zone", json!({"fix": {"age_s": 75.0}})),
            because("zone", json!({"fix": {"mock": true}})),
            because("grams", json!({"drug": {"grams": 4.5}})),
            because(
                "history_life",
                json!({"history": {"checked": true, "convictions": [{"group": "sex_offence", "on": "1999-02-03"}]}})
            ),
            because("offence", json!({"offences": ["public_drug_use"]})),
        ]
        .join("\n")
    );
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    let (packs, zones) = packs();
    let patch = json!({"history": {"convictions": [{"group": "burglary", "on": "2009-03-01"}]}});
    let facts = facts(&merged(arrest(), &patch));
    let assessment = assess(&packs[PILOT], &zones, &facts).unwrap();
    insta::assert_json_snapshot!(assessment);
    let text = serde_json::to_string(&assessment).unwrap();
    assert_eq!(text, serde_json::to_string(&assess(&packs[PILOT], &zones, &facts).unwrap()).unwrap());
    assert_eq!(serde_json::from_str::<Assessment>(&text).unwrap(), assessment);
    let stored = serde_json::to_string(&facts).unwrap();
    assert_eq!(Facts::parse(stored.as_bytes()).unwrap(), facts);
    insta::assert_snapshot!(stored);
}

#[test]
fn a_pack_asks_only_what_matters_at_this_door_for_these_offences() {
    let (packs, _) = packs();
    let asked = |door, offences: &[&str]| {
        let offences: Vec<String> = offences.iter().map(|code| (*code).to_owned()).collect();
        let needs = packs[PILOT].needs(door, &offences);
        let codes: Vec<_> = needs.questions.iter().map(|question| question.code.clone()).collect();
        (
            needs.drug,
            needs.fix,
            needs.prior_involvement && needs.prior_place,
            codes.contains(&"dealing_above_subsistence".into()),
            codes.contains(&"no_contact_order".into()),
            needs.age && needs.history && !needs.residency,
        )
    };
    assert_eq!(asked(Door::Arrest, &["prostitution"]), (false, true, false, false, false, true));
    assert_eq!(asked(Door::Arrest, &["prostitution", "drug_delivery"]), (true, true, false, true, false, true));
    assert_eq!(asked(Door::SocialContact, &["drug_possession"]), (true, false, true, false, true, true));
    assert_eq!(questions_needed(&packs[PILOT], &facts(&arrest())), Vec::<&_>::new());
    let left = facts(&merged(arrest(), &json!({"offences": ["drug_delivery"], "answers": {"amenable": "unknown"}})));
    assert!(questions_needed(&packs[PILOT], &left).is_empty());
    let none = Facts { answers: BTreeMap::new(), ..left };
    let codes: Vec<_> = questions_needed(&packs[PILOT], &none).iter().map(|q| q.code.as_str()).collect();
    assert_eq!(
        codes,
        [
            "amenable",
            "dealing_above_subsistence",
            "exploits_minors",
            "promoting_prostitution",
            "specialty_court_pending"
        ]
    );
    let santa_fe = packs["santa-fe"].needs(Door::Arrest, &["drug_possession".into()]);
    assert!(!santa_fe.fix && !santa_fe.history && santa_fe.drug);
}

#[test]
fn a_pack_out_of_force_says_so_and_still_works() {
    let (packs, zones) = packs();
    let at = |text: &str| chrono::DateTime::parse_from_rfc3339(text).unwrap();
    let pack = &packs["every-rule"];
    assert_eq!(pack.banner(at("2023-12-31T23:59:00+01:00")), None);
    let ended = "These rules ended on 2023-12-31. They are used until new ones arrive.";
    assert_eq!(pack.banner(at("2024-01-01T00:00:00+01:00")).as_deref(), Some(ended));
    assert!(pack.banner(at("2020-12-31T23:59:00+01:00")).unwrap().contains("from 2021-01-01 on"));
    let late = facts(&merged(good("every-rule"), &json!({"at": "2025-03-07T22:00:00+01:00"})));
    assert_eq!(assess(pack, &zones, &late).unwrap().verdict, Verdict::Eligible);
}

#[test]
fn impossible_facts_are_refused_with_the_name_of_their_field() {
    let (packs, zones) = packs();
    let cases = [
        (json!({"fix": {"lat_deg": 91}}), "fix.lat_deg: 91 is not between -90 and 90"),
        (json!({"fix": {"lon_deg": -181.5}}), "fix.lon_deg: -181.5 is not between -180 and 180"),
        (json!({"fix": {"accuracy_m": -1}}), "fix.accuracy_m: -1 is negative"),
        (json!({"fix": {"age_s": -0.5}}), "fix.age_s: -0.5 is negative"),
        (json!({"fix": {"lat_deg": null}}), "fix.lat_deg: invalid type: null, expected f64"),
        (json!({"fix": {"lat_deg": "NaN"}}), "fix.lat_deg: invalid type: string \"NaN\", expected f64"),
        (json!({"drug": {"grams": -0.1}}), "drug.grams: -0.1 is negative"),
        (json!({"drug": {"class": "crack"}}), "drug.class: unknown variant `crack`"),
        (json!({"drug": {"colour": "brown"}}), "drug.colour: is not a field that belongs here"),
        (json!({"offences": []}), "offences: is empty; at least one is needed"),
        (
            json!({"offences": ["drug_possession", "jaywalking"]}),
            "offences[1]: `jaywalking` is not an offence that is known here",
        ),
        (json!({"answers": {"tired": "yes"}}), "answers.tired: is not a question that is known here"),
        (json!({"answers": {"amenable": "maybe"}}), "answers.amenable: unknown variant `maybe`"),
        (json!({"age_years": 131}), "age_years: 131 is not between 0 and 130"),
        (json!({"age_years": -1}), "age_years: invalid value: integer `-1`"),
        (
            json!({"history": {"convictions": [{"group": "bigamy", "on": "2001-01-01"}]}}),
            "history.convictions[0].group: `bigamy` is not a group",
        ),
        (
            json!({"history": {"convictions": [{"group": "arson", "on": "2012-06-02"}]}}),
            "history.convictions[0].on: 2012-06-02 is after the encounter on 2012-06-01",
        ),
        (json!({"history": {"convictions": [{"group": "arson", "on": "2012-02-30"}]}}), "history.convictions[0].on: "),
        (json!({"history": {"convictions": [{"group": "arson"}]}}), "history.convictions[0].on: is missing"),
        (json!({"door": "window"}), "door: unknown variant `window`, expected `arrest` or `social_contact`"),
        (json!({"at": "2012-06-01"}), "at: "),
        (json!({"name": "x"}), "name: is not a field that belongs here"),
        (
            json!({"prior_involvement": {"on": "2013-01-01", "basis": "records"}}),
            "prior_involvement.on: 2013-01-01 is after the encounter",
        ),
        (
            json!({"prior_involvement": {"on": "2012-01-01", "basis": "rumour"}}),
            "prior_involvement.basis: unknown variant `rumour`",
        ),
        (
            json!({"prior_involvement": {"on": "2012-01-01", "basis": "records", "lat_deg": 1}}),
            "prior_involvement.lon_deg: is missing beside `lat_deg`",
        ),
        (
            json!({"prior_involvement": {"on": "2012-01-01", "basis": "records", "lat_deg": 91, "lon_deg": 0}}),
            "prior_involvement.lat_deg: 91 is not between",
        ),
        (
            json!({"prior_involvement": {"on": "2012-01-01", "basis": "records", "lat_deg": 1, "lon_deg": 0, "fix": arrest()["fix"]}}),
            "prior_involvement.fix: is given beside",
        ),
    ];
    for (patch, wanted) in cases {
        let text = merged(arrest(), &patch).to_string();
        let refused =
            Facts::parse(text.as_bytes()).and_then(|facts| assess(&packs[PILOT], &zones, &facts)).unwrap_err();
        assert!(refused.to_string().starts_with(wanted), "{refused}\n{wanted}");
    }
    for field in ["door", "at", "offences"] {
        let mut facts = arrest();
        facts.as_object_mut().unwrap().remove(field);
        let refused = Facts::parse(facts.to_string().as_bytes()).unwrap_err().to_string();
        assert_eq!(refused, format!("{field}: is missing"));
    }
    let refused = assess(&packs["santa-fe"], &zones, &facts(&social())).unwrap_err().to_string();
    assert_eq!(refused, "door: `social_contact` is not a door of `santa-fe`");
    let mut nan = facts(&arrest());
    nan.drug.as_mut().unwrap().grams = Some(f64::NAN);
    assert!(nan.check(&packs[PILOT]).unwrap_err().to_string().starts_with("drug.grams: NaN"));
    nan.drug = None;
    nan.fix.as_mut().unwrap().lat_deg = f64::NAN;
    assert!(nan.check(&packs[PILOT]).unwrap_err().to_string().starts_with("fix.lat_deg: NaN"));
}

#[test]
fn a_pack_whose_zones_are_not_loaded_gives_no_verdict() {
    let (packs, _) = packs();
    let refused = assess(&packs[PILOT], &Zones::default(), &facts(&arrest())).unwrap_err();
    assert_eq!(refused.to_string(), "pack.zones[0]: there is no zone `belltown`");
}
