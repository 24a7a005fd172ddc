//! A pack's file, checked field by field.

use super::{Group, LookBack, Mark, Offence, Pack, Question, Rule, Terms, Test, Window, listed};
use crate::domain::codes::{Door, DrugClass, Outcome, YesNo};
use crate::domain::facts::Basis;
use crate::domain::fault::{Fault, from_value, read};
use crate::domain::ids::Hash;
use crate::domain::zone::Effective;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    version: u32,
    name: String,
    effective: Effective,
    source: String,
    zones: Vec<String>,
    doors: Vec<Door>,
    offences: Vec<Offence>,
    groups: Vec<Group>,
    rules: Vec<Map<String, Value>>,
    terms: Terms,
}

/// What every rule has besides its own fields.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Common {
    rule: RuleKind,
    #[serde(default)]
    doors: BTreeSet<Door>,
    #[serde(default)]
    offences: BTreeSet<String>,
    #[serde(default = "bars")]
    effect: Effect,
    source: String,
    mark: Mark,
}

const COMMON: [&str; 6] = ["rule", "doors", "offences", "effect", "source", "mark"];

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Effect {
    Bars,
    NeedsSupervisor,
}

const fn bars() -> Effect {
    Effect::Bars
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum RuleKind {
    Zone,
    Offence,
    Grams,
    Age,
    History,
    Question,
    PriorInvolvement,
    Window,
    Residency,
    PriorDiversions,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Grams {
    limits: BTreeMap<String, Option<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Age {
    minimum_years: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct History {
    years: Years,
    groups: BTreeSet<String>,
}

struct Years(LookBack);

impl<'de> Deserialize<'de> for Years {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(d)?;
        let years =
            value.as_u64().and_then(|years| u16::try_from(years).ok()).filter(|years| (1..=100).contains(years));
        match (years, value.as_str()) {
            (Some(years), _) => Ok(Self(LookBack::Years(years))),
            (None, Some("life")) => Ok(Self(LookBack::Life)),
            (None, _) => Err(serde::de::Error::custom(format!("{value} is neither 1 to 100 years nor \"life\""))),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawQuestion {
    code: String,
    ask: String,
    yes: String,
    no: String,
    pass: YesNo,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PriorInvolvement {
    months: u32,
    basis: Vec<Basis>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Windows {
    hours: Vec<Window>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Residency {
    months: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PriorDiversions {
    at_least: u16,
}

pub(super) fn pack(text: &str) -> Result<Pack, Fault> {
    let file: File = read(text.as_bytes())?;
    head(&file)?;
    let mut rules: Vec<Rule> = Vec::new();
    for (i, raw) in file.rules.iter().enumerate() {
        let path = format!("rules[{i}]");
        let rule = rule(raw.clone(), &file).map_err(|fault| fault.within(&path))?;
        if rules.iter().any(|other| other.id == rule.id) {
            return Err(Fault::new(path, format!("rule `{}` is there already", rule.id)));
        }
        rules.push(rule);
    }
    if rules.is_empty() {
        return Err(Fault::new("rules", "is empty"));
    }
    Ok(Pack {
        id: file.id,
        version: file.version,
        name: file.name,
        effective: file.effective,
        source: file.source,
        zones: file.zones,
        doors: file.doors,
        offences: file.offences,
        groups: file.groups,
        rules,
        terms: file.terms,
        sha256: Hash::of(&[text.as_bytes()]),
    })
}

fn head(file: &File) -> Result<(), Fault> {
    code("id", &file.id, '-')?;
    said("name", &file.name)?;
    said("source", &file.source)?;
    said("terms.source", &file.terms.source)?;
    file.terms.ladder.check().map_err(|fault| fault.within("terms.ladder"))?;
    once("terms.capacity_priority", &file.terms.capacity_priority)?;
    if file.terms.caseload == Some(0) {
        return Err(Fault::new("terms.caseload", "0 would leave nobody to take a referral"));
    }
    if file.version == 0 {
        return Err(Fault::new("version", "begins at 1"));
    }
    if file.effective.until.is_some_and(|until| until < file.effective.from) {
        return Err(Fault::new("effective.until", "is before `from`"));
    }
    for (name, empty) in [("doors", file.doors.is_empty()), ("offences", file.offences.is_empty())] {
        if empty {
            return Err(Fault::new(name, "is empty"));
        }
    }
    once("zones", &file.zones)?;
    once("doors", &file.doors)?;
    once("offences", &file.offences.iter().map(|offence| &offence.code).collect::<Vec<_>>())?;
    once("groups", &file.groups.iter().map(|group| &group.code).collect::<Vec<_>>())?;
    for (i, offence) in file.offences.iter().enumerate() {
        code(&format!("offences[{i}].code"), &offence.code, '_')?;
        said(&format!("offences[{i}].label"), &offence.label)?;
    }
    for (i, group) in file.groups.iter().enumerate() {
        code(&format!("groups[{i}].code"), &group.code, '_')?;
        said(&format!("groups[{i}].label"), &group.label)?;
    }
    Ok(())
}

fn rule(mut raw: Map<String, Value>, file: &File) -> Result<Rule, Fault> {
    let common: Map<String, Value> =
        COMMON.iter().filter_map(|name| raw.remove(*name).map(|value| ((*name).into(), value))).collect();
    let common: Common = from_value(Value::Object(common))?;
    said("source", &common.source)?;
    if let Some(door) = common.doors.iter().find(|door| !file.doors.contains(door)) {
        return Err(Fault::new("doors", format!("`{}` is not a door of this pack", door.code())));
    }
    let known = |code: &String| file.offences.iter().any(|offence| offence.code == *code);
    if let Some(code) = common.offences.iter().find(|code| !known(code)) {
        return Err(Fault::new("offences", format!("`{code}` is not an offence of this pack")));
    }
    let (id, test) = test(common.rule, Value::Object(raw), file)?;
    Ok(Rule {
        id,
        doors: common.doors,
        offences: common.offences,
        effect: match common.effect {
            Effect::Bars => Outcome::Bars,
            Effect::NeedsSupervisor => Outcome::NeedsSupervisor,
        },
        source: common.source,
        mark: common.mark,
        test,
    })
}

/// The rule's id and what it tests, from the fields that are its own.
fn test(kind: RuleKind, own: Value, file: &File) -> Result<(String, Test), Fault> {
    Ok(match kind {
        RuleKind::Zone => from_value(own).map(|Nothing {}| ("zone".into(), Test::Zone))?,
        RuleKind::Offence => from_value(own).map(|Nothing {}| ("offence".into(), Test::Offence))?,
        RuleKind::Grams => ("grams".into(), Test::Grams(limits(from_value(own)?)?)),
        RuleKind::Age => from_value(own).map(|Age { minimum_years }| ("age".into(), Test::Age(minimum_years)))?,
        RuleKind::History => history(from_value(own)?, file)?,
        RuleKind::Question => question(from_value(own)?)?,
        RuleKind::PriorInvolvement => {
            let PriorInvolvement { months, basis } = from_value(own)?;
            if basis.is_empty() {
                return Err(Fault::new("basis", "is empty"));
            }
            in_months("months", months)?;
            ("prior_involvement".into(), Test::PriorInvolvement { months, basis })
        }
        RuleKind::Window => {
            let Windows { hours } = from_value(own)?;
            if let Some(i) = hours.iter().position(|window| window.days.is_empty()) {
                return Err(Fault::new(format!("hours[{i}].days"), "is empty"));
            }
            if hours.is_empty() {
                return Err(Fault::new("hours", "is empty"));
            }
            ("window".into(), Test::Window(hours))
        }
        RuleKind::Residency => {
            from_value(own).map(|Residency { months }| ("residency".into(), Test::Residency(months)))?
        }
        RuleKind::PriorDiversions => {
            let PriorDiversions { at_least } = from_value(own)?;
            if at_least == 0 {
                return Err(Fault::new("at_least", "0 would apply to everyone"));
            }
            ("prior_diversions".into(), Test::PriorDiversions(at_least))
        }
    })
}

fn limits(raw: Grams) -> Result<BTreeMap<DrugClass, Option<f64>>, Fault> {
    let mut limits = BTreeMap::new();
    for (code, grams) in raw.limits {
        let field = format!("limits.{code}");
        let Some(class) = DrugClass::from_code(&code) else {
            let all = listed(DrugClass::ALL, DrugClass::code);
            return Err(Fault::new(field, format!("is not a drug class; these are: {all}")));
        };
        if grams.is_some_and(|grams| grams < 0.0) {
            return Err(Fault::new(field, "is negative"));
        }
        limits.insert(class, grams);
    }
    if limits.is_empty() { Err(Fault::new("limits", "is empty")) } else { Ok(limits) }
}

fn history(raw: History, file: &File) -> Result<(String, Test), Fault> {
    let known = |code: &String| file.groups.iter().any(|group| group.code == *code);
    if let Some(code) = raw.groups.iter().find(|code| !known(code)) {
        return Err(Fault::new("groups", format!("`{code}` is not a group of this pack")));
    }
    if raw.groups.is_empty() {
        return Err(Fault::new("groups", "is empty"));
    }
    let Years(reach) = raw.years;
    let id = match reach {
        LookBack::Life => "history_life".into(),
        LookBack::Years(years) => format!("history_{years}y"),
    };
    Ok((id, Test::History { reach, groups: raw.groups }))
}

fn question(raw: RawQuestion) -> Result<(String, Test), Fault> {
    code("code", &raw.code, '_')?;
    said("ask", &raw.ask)?;
    said("yes", &raw.yes)?;
    said("no", &raw.no)?;
    if raw.pass == YesNo::Unknown {
        return Err(Fault::new("pass", "is neither `yes` nor `no`"));
    }
    let RawQuestion { code, ask, yes, no, pass } = raw;
    Ok((code.clone(), Test::Question(Question { code, ask, yes, no, pass })))
}

fn in_months(field: &str, months: u32) -> Result<(), Fault> {
    if (1..=1200).contains(&months) { Ok(()) } else { Err(Fault::new(field, "is not from 1 to 1200")) }
}

fn said(field: &str, text: &str) -> Result<(), Fault> {
    if text.trim().is_empty() { Err(Fault::new(field, "is empty")) } else { Ok(()) }
}

fn code(field: &str, text: &str, joint: char) -> Result<(), Fault> {
    let fits = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == joint);
    if fits && !text.is_empty() && text.len() <= 60 {
        return Ok(());
    }
    Err(Fault::new(field, format!("is not a code of at most 60 small letters, digits and `{joint}`")))
}

fn once<T: PartialEq>(field: &str, list: &[T]) -> Result<(), Fault> {
    let repeated = list.iter().enumerate().find(|(i, value)| list.iter().take(*i).any(|earlier| earlier == *value));
    repeated.map_or(Ok(()), |(i, _)| Err(Fault::new(format!("{field}[{i}]"), "is there already")))
}
