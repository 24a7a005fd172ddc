//! What came to a referral after its decision, in words: the hand-off's steps, amendments, a withdrawal.

use super::decision::{DecisionView, Fact, facts};
use super::referral::{ReferralView, StageView, Step};
use crate::cases::{Afterwards, Withdrawn};
use crate::console::view::codes as words;
use crate::console::when::clock;
use crate::words::t;
use chrono::{DateTime, FixedOffset, Utc};
use handoff::domain::afterwards::{Amendment, AmendmentCause, HandOff, HandOffStep, WithdrawalReason};
use handoff::domain::codes::Verdict;
use handoff::domain::encounter::Decision;
use handoff::domain::entry::{Body, EntryKind};
use handoff::domain::private::Private;
use handoff::ui::parts::{FindingLine, Labels};

/// One entry that came, with the names of those in it.
#[derive(Debug, Clone, Copy)]
pub struct Came<'a> {
    /// Its row.
    pub row: &'a Afterwards,
    /// What the officer wrote; nothing if it does not open.
    pub body: Option<&'a Body>,
    /// Whom a step of the hand-off names; empty if nobody.
    pub to: &'a str,
}

/// What was amended: it stands beside the decision and changes nothing of it.
#[derive(Debug, Clone, PartialEq)]
pub struct AmendmentView {
    /// When it was written.
    pub when: String,
    /// Why.
    pub cause: &'static str,
    /// What the rules say now.
    pub verdict: Verdict,
    /// What is other than in the decision.
    pub facts: Vec<Fact>,
    /// Every rule, those that decide first.
    pub findings: Vec<FindingLine>,
    /// For the case manager; it may name the person.
    pub note: Option<Private<String>>,
}

/// How a page tells its times and codes.
#[derive(Clone, Copy)]
pub struct Telling<'a> {
    /// What the officer decided, if that opens.
    pub decision: Option<&'a Decision>,
    /// The words of the pack that it was made by.
    pub labels: Labels<'a>,
    /// Now.
    pub now: DateTime<Utc>,
}

impl Telling<'_> {
    fn zone(&self) -> FixedOffset {
        self.decision
            .map_or_else(|| DateTime::UNIX_EPOCH.fixed_offset(), |decision| decision.facts.at.fixed_offset())
            .offset()
            .to_owned()
    }

    pub(super) fn clock(&self, at: DateTime<Utc>) -> String {
        let told = clock(at, self.zone(), self.now);
        if self.decision.is_some() { told } else { format!("{told} UTC") }
    }

    fn steps(&self, came: &[Came<'_>]) -> Vec<Step> {
        came.iter().map(|came| Step::new(came.row.at, |at| self.clock(at), came.what())).collect()
    }

    fn amendments(&self, came: &[Came<'_>]) -> Vec<AmendmentView> {
        let Some(decision) = self.decision else { return Vec::new() };
        let view = |came: &Came<'_>| match came.body {
            Some(Body::Amendment(amendment)) => Some(AmendmentView {
                when: self.clock(came.row.at),
                cause: words::amendment_cause(amendment.cause),
                verdict: amendment.assessment.verdict,
                facts: changed(decision, amendment, self.labels),
                findings: words::findings(&amendment.assessment.findings, self.labels),
                note: amendment.note.clone(),
            }),
            Some(Body::Decision(_) | Body::HandOff(_) | Body::Withdrawal(_)) | None => None,
        };
        came.iter().filter_map(view).collect()
    }
}

impl ReferralView {
    /// With what came after the decision.
    #[must_use]
    pub fn with(mut self, came: &[Came<'_>], withdrawn: Option<Withdrawn>, telling: Telling<'_>) -> Self {
        self.steps.extend(telling.steps(came));
        self.amendments = telling.amendments(came);
        if let Some(withdrawn) = withdrawn {
            let why = words::withdrawal_reason(withdrawn.why);
            self.stage = StageView::Withdrawn(format!("{}, {why}.", telling.clock(withdrawn.at)));
        }
        self
    }
}

impl DecisionView {
    /// With what came after it. Notes are not for police.
    #[must_use]
    pub fn with(mut self, came: &[Came<'_>], telling: Telling<'_>) -> Self {
        self.steps = telling.steps(came);
        self.amendments = telling.amendments(came);
        self.amendments.iter_mut().for_each(|amendment| amendment.note = None);
        if came.iter().any(|came| came.row.kind == EntryKind::Withdrawal) {
            self.status = Some(String::from(t!("after-the-officer-took-it-back")));
        }
        self
    }
}

impl Came<'_> {
    fn what(&self) -> String {
        match self.body {
            Some(Body::HandOff(hand_off)) => step(hand_off, self.to),
            Some(Body::Amendment(amendment)) => {
                let verdict = words::verdict(amendment.assessment.verdict);
                format!("{}: {verdict}", words::amendment_cause(amendment.cause))
            }
            Some(Body::Withdrawal(withdrawal)) => {
                let why = t!("after-taken-back-why", why = words::withdrawal_reason(withdrawal.reason));
                withdrawal.note.as_ref().map_or_else(|| why.clone(), |note| format!("{why}. {}", note.reveal()))
            }
            Some(Body::Decision(_)) | None => by_columns(self.row),
        }
    }
}

fn step(hand_off: &HandOff, to: &str) -> String {
    let what = words::hand_off_step(hand_off.step);
    match (hand_off.outcome, to) {
        (Some(outcome), _) => format!("{what}: {}", words::hand_off_outcome(outcome)),
        (None, "") => String::from(what),
        (None, to) => format!("{what}: {to}"),
    }
}

/// What its columns tell of an entry that does not open.
fn by_columns(row: &Afterwards) -> String {
    let step = HandOffStep::from_code(&row.code).map(words::hand_off_step);
    let cause = AmendmentCause::from_code(&row.code).map(words::amendment_cause);
    let reason = WithdrawalReason::from_code(&row.code).map(words::withdrawal_reason);
    String::from(match row.kind {
        EntryKind::HandOff => step.unwrap_or(t!("after-a-step-of-the-hand")),
        EntryKind::Amendment => cause.unwrap_or(t!("after-an-amendment")),
        EntryKind::Withdrawal => reason.unwrap_or(t!("after-taken-back")),
        EntryKind::Decision => t!("after-a-decision"),
    })
}

/// The facts that an amendment says otherwise than the decision.
fn changed(decision: &Decision, amendment: &Amendment, labels: Labels<'_>) -> Vec<Fact> {
    let amended = Decision {
        facts: amendment.facts.clone(),
        assessment: amendment.assessment.clone(),
        cross_street: amendment.cross_street.clone(),
        ..decision.clone()
    };
    let before = facts(decision, labels);
    let now = facts(&amended, labels);
    let gone = before.iter().filter(|fact| !now.iter().any(|other| other.label == fact.label));
    let gone: Vec<_> =
        gone.map(|fact| Fact { label: fact.label.clone(), value: String::from(t!("after-not-known")) }).collect();
    now.into_iter().filter(|fact| !before.contains(fact)).chain(gone).collect()
}
