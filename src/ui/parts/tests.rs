#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::domain::codes::{Outcome, Verdict};
use chrono::{DateTime, TimeDelta};
use dioxus::prelude::*;
use std::collections::BTreeMap;

fn tokens(css: &str) -> BTreeMap<String, [f64; 3]> {
    let colour = |line: &str| -> Option<(String, [f64; 3])> {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(": #")?;
        let value = u32::from_str_radix(value.strip_suffix(';')?, 16).ok()?;
        let part = |shift: u32| f64::from((value >> shift) & 0xff) / 255.0;
        Some((name.to_owned(), [part(16), part(8), part(0)]))
    };
    css.lines().filter_map(colour).collect()
}

/// Relative luminance and contrast as WCAG 2.2 defines them.
fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let linear = |c: f64| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
    let luminance = |[r, g, b]: [f64; 3]| 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn every_text_is_readable_on_its_ground_by_day_and_by_night() {
    let (day, night) = BASE_CSS.split_once("prefers-color-scheme: dark").unwrap();
    let night = night.split_once("\n}\n").unwrap().0;
    let mut low = Vec::new();
    for (scheme, tokens) in [("day", tokens(day)), ("night", tokens(night))] {
        assert!(tokens.len() >= 21, "{scheme}: {} colours", tokens.len());
        let mut ask = |fore: &str, ground: &str, least: f64| {
            let ratio = contrast(tokens[fore], tokens[ground]);
            if ratio < least {
                low.push(format!("{scheme}: {fore} on {ground} is {ratio:.2}, less than {least}"));
            }
        };
        for ground in ["bg", "surface", "sunk"] {
            ask("ink", ground, 12.0);
            ask("ink-2", ground, 7.0);
            ask("accent", ground, 7.0);
            ask("line", ground, 3.0);
            ask("focus", ground, 3.0);
            ask("bad", ground, 7.0);
        }
        ask("on-accent", "accent", 7.0);
        for tone in ["good", "bad", "warn", "info", "plain"] {
            let wash = format!("{tone}-wash");
            ask(tone, &wash, 7.0);
            ask("ink", &wash, 10.0);
            ask("ink-2", &wash, 4.5);
        }
    }
    assert!(low.is_empty(), "{low:#?}");
}

#[test]
fn no_part_fetches_anything_from_outside() {
    for word in ["url(", "@import", "http", "@font-face"] {
        assert!(!BASE_CSS.contains(word), "base.css holds {word}");
    }
}

#[test]
fn an_age_is_said_as_a_person_would() {
    let words = |seconds| age_words(TimeDelta::seconds(seconds));
    assert_eq!(words(-30), "under 1 min");
    assert_eq!(words(59), "under 1 min");
    assert_eq!(words(60), "1 min");
    assert_eq!(words(3_599), "59 min");
    assert_eq!(words(3_900), "1 h 05 min");
    assert_eq!(words(86_400), "1 day");
    assert_eq!(words(200_000), "2 days");
}

fn render(page: fn() -> Element) -> String {
    let mut dom = VirtualDom::new(page);
    dom.rebuild_in_place();
    dioxus_ssr::render(&dom)
}

#[test]
fn every_verdict_says_itself_in_a_word_beside_its_drawing() {
    let html = render(|| {
        rsx! {
            for verdict in Verdict::ALL {
                VerdictBadge { verdict: *verdict }
            }
        }
    });
    for word in ["Eligible", "Barred", "Needs a supervisor"] {
        assert!(html.contains(word), "{html}");
    }
    assert_eq!(html.matches("<svg").count(), 3);
}

#[test]
fn a_field_ties_its_hint_and_error_to_the_input_and_keeps_its_text() {
    let html = render(|| {
        rsx! {
            Field { name: "place", label: "Place", initial: "3rd & <Bell>", hint: "A corner", error: "Say where" }
            Field { name: "note", label: "Note", kind: FieldKind::Long, initial: "by the door", optional: true }
        }
    });
    assert!(html.contains(r#"aria-describedby="place-error place-hint""#), "{html}");
    assert!(html.contains("3rd &#38; &#60;Bell&#62;"), "{html}");
    assert!(html.contains("by the door"), "{html}");
    assert!(html.contains("(optional)"), "{html}");
}

#[test]
fn a_chosen_tile_is_a_checked_native_input() {
    let html = render(|| {
        let tiles = vec![Tile::new("10", "In 10 min"), Tile::new("20", "In 20 min").with_hint("by car")];
        rsx! {
            Tiles { legend: "When", name: "when", tiles, chosen: vec![String::from("20")] }
        }
    });
    assert_eq!(html.matches(r#"type="radio""#).count(), 2);
    assert_eq!(html.matches("checked").count(), 1, "{html}");
}

#[test]
fn what_bars_is_listed_first_and_the_order_of_the_pack_is_kept() {
    let finding = |rule: &str, outcome| crate::domain::assess::Finding {
        rule: rule.into(),
        outcome,
        because: String::from("because"),
    };
    let findings = [
        finding("zone", Outcome::Pass),
        finding("grams", Outcome::Bars),
        finding("history_10y", Outcome::Unknown),
        finding("age", Outcome::Bars),
    ];
    let lines = FindingLine::sorted(&findings, Labels::default());
    let rules: Vec<_> = lines.iter().map(|line| line.rule.as_str()).collect();
    assert_eq!(rules, ["Amount of drugs", "Age", "Convictions within 10 years", "Program area"]);
}

#[test]
fn an_age_past_its_limit_is_marked_late() {
    fn page(minutes: i64) -> String {
        let since = DateTime::from_timestamp(1_338_614_100, 0).unwrap();
        let now = since + TimeDelta::minutes(minutes);
        dioxus_ssr::render_element(rsx! {
            Age { since, now, late_after_min: 30 }
        })
    }
    assert!(!page(29).contains(r#"data-late="true""#));
    assert!(page(30).contains(r#"data-late="true""#));
}
