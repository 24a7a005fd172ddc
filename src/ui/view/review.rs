//! Everything at a glance before it is saved.

use super::{Guide, Sheet};
use crate::ui::flow::Step;
use crate::ui::form::{Entered, Form};
use crate::ui::parts::words as codes;
use crate::ui::view::PlaceView;
use crate::ui::words;

/// One line, and the card that changes it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewRow {
    /// The card.
    pub step: Step,
    /// What it is about.
    pub label: String,
    /// What is said now.
    pub value: String,
    /// What was recorded, where a correction says something else.
    pub was: Option<String>,
    /// What is missing or wrong, if anything.
    pub fault: Option<String>,
}

/// The lines of the review, in the order of the cards; a card without an entry of its own has no line.
pub fn review(form: &Form, guide: &Guide, sheet: &Sheet) -> Vec<ReviewRow> {
    let gaps = sheet.gaps(form);
    let path = sheet.flow(form).path();
    path.into_iter()
        .filter_map(|step| {
            let gap = gaps.iter().find(|gap| gap.step == step);
            let (label, value) = line(form, guide, sheet, &step)?;
            let fault = gap.map(|gap| words::gap(gap.field, gap.why));
            Some(ReviewRow { step, label, value, was: None, fault })
        })
        .collect()
}

pub(super) fn line(form: &Form, guide: &Guide, sheet: &Sheet, step: &Step) -> Option<(String, String)> {
    let person = &form.person;
    let (label, value) = match step {
        Step::Door => ("Met by", form.door.map(codes::door).unwrap_or_default().to_owned()),
        Step::Offences => {
            let place = PlaceView::of(guide, form.place.fix.as_ref()).headline;
            let offences = form.offences.iter().map(|code| guide.offence(code)).collect::<Vec<_>>().join(", ");
            ("Offence", if guide.pack.zones.is_empty() { offences } else { format!("{offences}. {place}") })
        }
        Step::Drug => ("Drug", drug(form)),
        Step::Place => ("Cross street or address", street(form)),
        Step::Prior => ("Earlier contact", form.prior.known.map(words::known).unwrap_or_default().to_owned()),
        Step::Verdict => ("Verdict and decision", decision(form, sheet)),
        Step::Reason => ("Reason", form.reason.map(words::reason).unwrap_or_default().to_owned()),
        Step::Divergence => ("Supervisor", form.divergence.supervisor.clone()),
        Step::Outcome => ("Next", form.outcome.map(codes::scene_outcome).unwrap_or_default().to_owned()),
        Step::Consent => ("Consent", consent(form)),
        Step::Person => ("Person", person.name.reveal().clone()),
        Step::Reach => ("How to find them", person.reach.reveal().clone()),
        Step::Needs => ("Needs and hazards", needs(form)),
        Step::Demographics => ("Race, sex, age", demographics(form)),
        Step::Question(_) | Step::History | Step::Age | Step::Residency | Step::PriorDiversions | Step::Review => {
            return None;
        }
    };
    Some((label.to_owned(), value))
}

fn street(form: &Form) -> String {
    let street = form.place.street.trim();
    if street.is_empty() { words::NOT_KNOWN.to_owned() } else { street.to_owned() }
}

fn drug(form: &Form) -> String {
    let class = form.drug.class.map(codes::drug_class).unwrap_or("Not known");
    match &form.drug.grams {
        Entered::Text(grams) => {
            format!("{class}, {grams} g {}", if form.drug.measured { "weighed" } else { "estimated" })
        }
        Entered::NotKnown | Entered::Open => format!("{class}, grams not known"),
    }
}

fn decision(form: &Form, sheet: &Sheet) -> String {
    let choice = form.choice.map(codes::choice).unwrap_or("no decision yet");
    match sheet.found() {
        Some(found) => format!("{}. {choice}", codes::verdict(found.verdict)),
        None => choice.to_owned(),
    }
}

fn consent(form: &Form) -> String {
    match form.consent.map(|consent| consent.yes) {
        None => String::new(),
        Some(None) => String::from("No"),
        Some(Some(manner)) => codes::consent_manner(manner).to_owned(),
    }
}

fn needs(form: &Form) -> String {
    let mut all: Vec<&str> = form.person.needs.iter().map(|need| codes::need(*need)).collect();
    let hazards = form.person.hazards.reveal().trim();
    if !hazards.is_empty() {
        all.push(hazards);
    }
    if all.is_empty() { String::from("None noted") } else { all.join(", ") }
}

fn demographics(form: &Form) -> String {
    let all = [
        form.demographics.race.map(codes::race),
        form.demographics.sex.map(codes::sex),
        form.age_band().map(codes::age_band),
    ];
    all.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
