//! Pack files: those that travel with the program, and those that must be refused.

use handoff::assets;
use handoff::domain::codes::Outcome;
use handoff::domain::pack::{Mark, Pack};
use handoff::domain::zone::Zones;
use serde_json::{Value, json};

const EVERY_RULE: &str = include_str!("fixtures/packs/every-rule.json");

#[test]
fn every_pack_that_travels_with_the_program_loads_under_its_own_name() {
    let zones = assets::zones().unwrap();
    let ids: Vec<_> = assets::packs().collect();
    assert_eq!(ids, ["atlanta-pad", "king-county-2023", "santa-fe", "seattle-pilot-2011"]);
    for id in ids {
        let pack = assets::pack(&id, &zones).unwrap().unwrap();
        assert_eq!(pack.id, id);
        // What is not in a public source says that the site must confirm it.
        assert!(pack.to_confirm().all(|rule| rule.source.contains("must confirm")), "{id}");
        assert!(pack.rules.iter().all(|rule| rule.mark == Mark::Background || !rule.source.contains("must confirm")));
        assert!(pack.rules.iter().all(|rule| matches!(rule.effect, Outcome::Bars | Outcome::NeedsSupervisor)));
    }
    assert!(assets::pack(assets::default_pack(), &zones).unwrap().is_some());
    assert!(assets::pack("nowhere", &zones).unwrap().is_none());
}

#[test]
fn a_pack_that_does_not_validate_is_refused_with_its_path_and_field() {
    let cases = [
        ("/rules/5/years", json!("ten"), "rules[5].years: \"ten\" is neither 1 to 100 years nor \"life\""),
        ("/rules/5/years", json!(0), "rules[5].years: 0 is neither 1 to 100 years nor \"life\""),
        ("/rules/5/groups", json!(["bigamy"]), "rules[5].groups: `bigamy` is not a group of this pack"),
        ("/rules/5/groups", json!([]), "rules[5].groups: is empty"),
        ("/rules/0/rule", json!("moon"), "rules[0].rule: unknown variant `moon`"),
        (
            "/rules/0",
            json!({"rule": "zone", "mark": "stated", "source": "x", "colour": 1}),
            "rules[0].colour: is not a field that belongs here",
        ),
        ("/rules/0", json!({"rule": "zone", "mark": "stated"}), "rules[0].source: is missing"),
        ("/rules/0", json!({"mark": "stated", "source": "x"}), "rules[0].rule: is missing"),
        ("/rules/0/source", json!(""), "rules[0].source: is empty"),
        ("/rules/0/effect", json!("pass"), "rules[0].effect: unknown variant `pass`"),
        ("/rules/0/mark", json!("guess"), "rules[0].mark: unknown variant `guess`"),
        ("/rules/0/doors", json!(["social_contact"]), "rules[0].doors: `social_contact` is not a door of this pack"),
        ("/rules/7/offences", json!(["theft"]), "rules[7].offences: `theft` is not an offence of this pack"),
        (
            "/rules/1",
            json!({"rule": "zone", "mark": "stated", "source": "x"}),
            "rules[1]: rule `zone` is there already",
        ),
        ("/rules/2/limits", json!({"crack": 1}), "rules[2].limits.crack: is not a drug class"),
        ("/rules/2/limits", json!({"heroin": -1}), "rules[2].limits.heroin: is negative"),
        ("/rules/2/limits", json!({"heroin": "x"}), "rules[2].limits.heroin: invalid type: string \"x\", expected f64"),
        ("/rules/2/limits", json!({}), "rules[2].limits: is empty"),
        ("/rules/3", json!({"rule": "residency", "mark": "stated", "source": "x"}), "rules[3].months: is missing"),
        ("/rules/3/months", json!(-1), "rules[3].months: invalid value: integer `-1`"),
        ("/rules/4/at_least", json!(0), "rules[4].at_least: 0 would apply to everyone"),
        ("/rules/6/hours/0/from", json!("25:00"), "rules[6].hours[0].from: `25:00` is not a time from 00:00 to 24:00"),
        ("/rules/6/hours/0/days", json!([]), "rules[6].hours[0].days: is empty"),
        ("/rules/6/hours/0/days/0", json!("friday"), "rules[6].hours[0].days[0]: unknown variant `friday`"),
        ("/rules/6/hours", json!([]), "rules[6].hours: is empty"),
        ("/rules/7/pass", json!("unknown"), "rules[7].pass: is neither `yes` nor `no`"),
        ("/rules/7/code", json!("On a train"), "rules[7].code: is not a code"),
        ("/rules/7/ask", json!(" "), "rules[7].ask: is empty"),
        ("/rules", json!([]), "rules: is empty"),
        ("/zones", json!(["square", "square"]), "zones[1]: is there already"),
        ("/zones/0", json!("circle"), "zones[0]: there is no zone `circle`"),
        ("/doors", json!([]), "doors: is empty"),
        ("/doors/0", json!("window"), "doors[0]: unknown variant `window`"),
        ("/offences", json!([]), "offences: is empty"),
        ("/offences/0/code", json!("fare_evasion"), "offences[1]: is there already"),
        ("/offences/0/label", json!(""), "offences[0].label: is empty"),
        ("/groups/0/code", json!("Gang"), "groups[0].code: is not a code"),
        ("/id", json!("Every Rule"), "id: is not a code"),
        ("/version", json!(0), "version: begins at 1"),
        ("/version", json!("1"), "version: invalid type: string \"1\", expected u32"),
        ("/effective/until", json!("2020-01-01"), "effective.until: is before `from`"),
        ("/terms/charge", json!("dropped"), "terms.charge: unknown variant `dropped`"),
        ("/terms", json!({"charge": "held"}), "terms.approval: is missing"),
        ("/terms/caseload", json!(0), "terms.caseload: 0 would leave nobody"),
        ("/terms/capacity_priority", json!(["arrest", "arrest"]), "terms.capacity_priority[1]: is there already"),
        ("/terms/ladder", json!({"repeat_min": 3, "rungs": []}), "terms.ladder.rungs: nobody would hear"),
        (
            "/terms/ladder",
            json!({"repeat_min": 3, "rungs": [{"who": "on_call", "after_min": 0}, {"who": "mayor", "after_min": 9}]}),
            "terms.ladder.rungs[1].who: unknown variant `mayor`",
        ),
    ];
    let zones = Zones::parse([("square.json", include_str!("fixtures/zones/square.json"))]).unwrap();
    Pack::load("packs/x.json", EVERY_RULE, &zones).unwrap();
    for (pointer, value, wanted) in cases {
        let mut pack: Value = serde_json::from_str(EVERY_RULE).unwrap();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = pack.pointer_mut(parent).unwrap();
        if let Some(list) = parent.as_array_mut() {
            list[name.parse::<usize>().unwrap()] = value;
        } else {
            parent[name] = value;
        }
        let refused = Pack::load("packs/x.json", &pack.to_string(), &zones).unwrap_err().to_string();
        assert!(refused.starts_with(&format!("packs/x.json: {wanted}")), "{refused}\n{wanted}");
    }
}

#[test]
fn a_pack_is_named_to_the_byte() {
    let pack = |text: &str| Pack::parse("x.json", text).unwrap().reference();
    let spaced = format!("{EVERY_RULE}\n");
    assert_eq!(pack(EVERY_RULE), pack(EVERY_RULE));
    assert_ne!(pack(EVERY_RULE).sha256, pack(&spaced).sha256);
    assert_eq!((pack(&spaced).id, pack(&spaced).version), ("every-rule".to_owned(), 3));
}
