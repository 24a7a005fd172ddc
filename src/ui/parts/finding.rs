//! What each rule says.

use super::badge::outcome_look;
use super::icon::Icon;
use super::labels::Labels;
use super::spoken::spoken;
use super::words;
use crate::domain::assess::Finding;
use crate::domain::codes::Outcome;
use dioxus::prelude::*;

/// One rule's line.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingLine {
    /// The rule in words.
    pub rule: String,
    /// What it says.
    pub outcome: Outcome,
    /// Why.
    pub because: String,
}

impl FindingLine {
    /// The line of a finding.
    pub fn of(finding: &Finding, labels: Labels<'_>) -> Self {
        Self::told(finding, labels.rule(&finding.rule))
    }

    /// The lines of an assessment, those that decide first; the pack's order is kept within each kind.
    pub fn sorted(findings: &[Finding], labels: Labels<'_>) -> Vec<Self> {
        Self::sorted_by(findings, |id| labels.rule(id))
    }

    /// As [`Self::sorted`], with the words of a rule by its id.
    pub fn sorted_by(findings: &[Finding], rule: impl Fn(&str) -> String) -> Vec<Self> {
        let mut lines: Vec<_> = findings.iter().map(|finding| Self::told(finding, rule(&finding.rule))).collect();
        lines.sort_by_key(|line| match line.outcome {
            Outcome::Bars => 0,
            Outcome::NeedsSupervisor => 1,
            Outcome::Unknown => 2,
            Outcome::Pass => 3,
        });
        lines
    }

    fn told(finding: &Finding, rule: String) -> Self {
        Self { rule, outcome: finding.outcome, because: words::capital(&finding.because) }
    }
}

/// Each rule with its outcome and reason.
#[component]
pub fn FindingList(findings: Vec<FindingLine>) -> Element {
    rsx! {
        ul { class: "findings",
            for line in findings {
                FindingRow { key: "{line.rule}", line }
            }
        }
    }
}

#[component]
fn FindingRow(line: FindingLine) -> Element {
    let (tone, glyph) = outcome_look(line.outcome);
    let spoken = spoken();
    rsx! {
        li { class: "finding", "data-tone": tone.name(),
            Icon { glyph }
            div {
                p { class: "finding-head",
                    strong { {line.rule} }
                    span { class: "finding-outcome", {(spoken.outcome)(line.outcome)} }
                }
                p { class: "finding-because", lang: spoken.of_rules, {line.because} }
            }
        }
    }
}
