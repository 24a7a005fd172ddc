//! A record that is being corrected: what was recorded, what is said now, and what the rules say of both.

use super::review::{ReviewRow, line as reviewed};
use super::{Guide, Sheet};
use crate::domain::assess::Assessment;
use crate::domain::codes::Verdict;
use crate::ui::flow::Step;
use crate::ui::form::{Checked, Entered, Form, read_date};
use crate::ui::parts::{FindingLine, words as codes};
use crate::ui::words;

/// The record at a glance.
#[derive(Debug, Clone, PartialEq)]
pub struct CorrectionView {
    /// The lines, in the order of the cards.
    pub rows: Vec<ReviewRow>,
    /// What the rules say of both; nothing while something is missing.
    pub verdicts: Option<BothVerdicts>,
    /// Something is other than it was recorded.
    pub changed: bool,
}

/// What the rules said of the decision, and what they say now.
#[derive(Debug, Clone, PartialEq)]
pub struct BothVerdicts {
    /// When it was decided.
    pub decided: Verdict,
    /// Now.
    pub now: Verdict,
    /// Rules that say something else than they did, those that decide first.
    pub differ: Vec<FindingLine>,
}

impl BothVerdicts {
    /// Compares an assessment with that of the decision.
    pub fn of(decided: &Assessment, now: &Assessment, guide: &Guide) -> Self {
        let same = |rule: &str| decided.findings.iter().find(|finding| finding.rule == rule);
        let other: Vec<_> = now
            .findings
            .iter()
            .filter(|finding| same(&finding.rule).is_none_or(|before| before.outcome != finding.outcome))
            .cloned()
            .collect();
        let differ = FindingLine::sorted(&other, guide.labels());
        Self { decided: decided.verdict, now: now.verdict, differ }
    }
}

impl CorrectionView {
    /// The view of a form that began as another one. `decided` is the assessment that the officer decided by.
    pub fn of(form: &Form, recorded: &Form, guide: &Guide, decided: &Assessment) -> Self {
        let (sheet, before) = (Sheet::of(form, guide), Sheet::of(recorded, guide));
        let asked = before.flow(recorded).found();
        let gaps = sheet.gaps(form);
        let row = |step: Step| {
            if step == Step::Place && guide.pack.zones.is_empty() {
                return None;
            }
            let (label, value) = line(form, guide, &sheet, &step)?;
            let was = line(recorded, guide, &before, &step).map(|(_, value)| value);
            let was = was.filter(|was| asked.contains(&step) && *was != value);
            let fault = gaps.iter().find(|gap| gap.step == step).map(|gap| words::gap(gap.field, gap.why));
            Some(ReviewRow { step, label, value, was, fault })
        };
        let rows = sheet.flow(form).found().into_iter().filter_map(row).collect();
        let verdicts = sheet.found().map(|now| BothVerdicts::of(decided, now, guide));
        Self { rows, verdicts, changed: says_other(form, recorded) }
    }
}

/// Whether two forms say something else, whichever card is open.
fn says_other(form: &Form, recorded: &Form) -> bool {
    let mut said = form.clone();
    (said.step, said.back_to) = (recorded.step.clone(), recorded.back_to.clone());
    // A street that was typed and taken out again is as unknown as before.
    said.place.street_unknown = recorded.place.street_unknown;
    said != *recorded
}

fn line(form: &Form, guide: &Guide, sheet: &Sheet, step: &Step) -> Option<(String, String)> {
    let (label, value) = match step {
        Step::Question(code) => {
            let asked = guide.labels().rule(code);
            (asked, form.answers.get(code).copied().map_or("Not asked", codes::yes_no).to_owned())
        }
        Step::Offences => {
            let offences = form.offences.iter().map(|code| guide.offence(code)).collect::<Vec<_>>().join(", ");
            (String::from("Offence"), offences)
        }
        Step::Place => {
            let place = super::PlaceView::of(guide, form.place.fix.as_ref());
            let street = form.place.street.trim();
            let at = if street.is_empty() { place.detail } else { street.to_owned() };
            (String::from("Place"), format!("{}. {at}", place.headline))
        }
        Step::History => (String::from("Criminal history"), history(form, guide)),
        Step::Age => (String::from("Age in years"), number(&form.age)),
        Step::Residency => (String::from("Months living here"), number(&form.residency)),
        Step::PriorDiversions => (String::from("Earlier diversions"), number(&form.prior_diversions)),
        Step::Door
        | Step::Drug
        | Step::Prior
        | Step::Verdict
        | Step::Reason
        | Step::Divergence
        | Step::Outcome
        | Step::Consent
        | Step::Person
        | Step::Reach
        | Step::Needs
        | Step::Demographics
        | Step::Review => return reviewed(form, guide, sheet, step),
    };
    Some((label, value))
}

fn number(entered: &Entered) -> String {
    match entered {
        Entered::Text(text) => text.clone(),
        Entered::NotKnown | Entered::Open => words::NOT_KNOWN.to_owned(),
    }
}

fn history(form: &Form, guide: &Guide) -> String {
    match form.history.checked {
        None => String::from("Not asked"),
        Some(checked @ (Checked::Clear | Checked::NotChecked)) => words::checked(checked).0.to_owned(),
        Some(Checked::Found) => {
            let labels = guide.labels();
            let day = |typed: &str| {
                read_date(typed).map_or_else(|_| typed.to_owned(), |on| on.format("%m/%d/%Y").to_string())
            };
            let found = form.history.rows.iter().map(|row| format!("{}, {}", labels.group(&row.group), day(&row.on)));
            found.collect::<Vec<_>>().join("; ")
        }
    }
}
