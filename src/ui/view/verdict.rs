//! The verdict card: one word, then why.

use super::Guide;
use crate::domain::assess::Assessment;
use crate::domain::codes::{Choice, Outcome, Verdict};
use crate::domain::encounter::Decision;
use crate::ui::form::Form;
use crate::ui::parts::{FindingLine, words};

/// What the rules say, and what the officer may do about it.
#[derive(Debug, Clone, PartialEq)]
pub struct VerdictView {
    /// The verdict.
    pub verdict: Verdict,
    /// Its word.
    pub headline: String,
    /// What it means for the officer, in one sentence.
    pub meaning: String,
    /// Rules that bar, need a supervisor or cannot tell.
    pub attention: Vec<FindingLine>,
    /// Rules that pass.
    pub passed: Vec<FindingLine>,
    /// The pack's name and version.
    pub pack: String,
    /// The pack is not in force.
    pub banner: Option<String>,
    /// The decisions, each with whether it departs from the verdict.
    pub choices: Vec<(Choice, bool)>,
    /// The decision made, if the officer came back.
    pub chosen: Option<Choice>,
}

impl VerdictView {
    /// The card for an assessment.
    pub fn of(form: &Form, guide: &Guide, found: &Assessment) -> Self {
        let (passed, attention): (Vec<_>, Vec<_>) = FindingLine::sorted(&found.findings, guide.labels())
            .into_iter()
            .partition(|line| line.outcome == Outcome::Pass);
        Self {
            verdict: found.verdict,
            headline: words::verdict(found.verdict).to_owned(),
            meaning: meaning(found.verdict, attention.len()),
            attention,
            passed,
            pack: format!("{}, version {}", guide.pack.name, guide.pack.version),
            banner: guide.pack.banner(form.at),
            choices: Choice::ALL.iter().map(|choice| (*choice, Decision::diverges(found.verdict, *choice))).collect(),
            chosen: form.choice,
        }
    }
}

fn meaning(verdict: Verdict, rules: usize) -> String {
    let rules = if rules == 1 { String::from("1 rule") } else { format!("{rules} rules") };
    match verdict {
        Verdict::Eligible => String::from("Every rule passes. Whether to offer is your decision."),
        Verdict::Barred => format!("{rules} to look at. An offer all the same needs a supervisor's name and reason."),
        Verdict::NeedsSupervisor => format!("{rules} cannot be settled here. Ask your supervisor before you offer."),
    }
}
