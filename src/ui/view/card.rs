//! Cards with one question and one tap.

use super::Guide;
use crate::domain::codes::{self, ConsentManner, Door, Reason, SceneOutcome, Verdict, YesNo};
use crate::ui::flow::Step;
use crate::ui::form::{Checked, ConsentForm, Edit, Form};
use crate::ui::parts::words as codes_words;
use crate::ui::words;
use chrono::{DateTime, FixedOffset};

/// One question with large answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The question.
    pub title: String,
    /// A line under it.
    pub hint: Option<String>,
    /// The answers.
    pub tiles: Vec<ChoiceTile>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq)]
pub struct ChoiceTile {
    /// What it says.
    pub label: String,
    /// A smaller line.
    pub hint: Option<String>,
    /// It is the answer now.
    pub chosen: bool,
    /// What tapping it does.
    pub edit: Edit,
}

impl ChoiceTile {
    fn new(label: impl Into<String>, chosen: bool, edit: Edit) -> Self {
        Self { label: label.into(), hint: None, chosen, edit }
    }

    fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// The question of a card that holds only one; nothing for the others.
pub fn choices(form: &Form, guide: &Guide, verdict: Option<Verdict>, now: DateTime<FixedOffset>) -> Option<Choice> {
    match &form.step {
        Step::Door => Some(door(form, guide)),
        Step::Question(code) => Some(question(form, guide, code)),
        Step::History if form.history.checked != Some(Checked::Found) => Some(history(form)),
        Step::Reason => Some(reason(form, verdict)),
        Step::Outcome => Some(outcome(form)),
        Step::Consent => Some(consent(form, now)),
        Step::History
        | Step::Offences
        | Step::Drug
        | Step::Place
        | Step::Prior
        | Step::Age
        | Step::Residency
        | Step::PriorDiversions
        | Step::Verdict
        | Step::Divergence
        | Step::Person
        | Step::Reach
        | Step::Needs
        | Step::Demographics
        | Step::Review => None,
    }
}

fn door(form: &Form, guide: &Guide) -> Choice {
    let tile = |door: &Door| {
        ChoiceTile::new(codes_words::door(*door), form.door == Some(*door), Edit::Door(*door))
            .hint(words::door_hint(*door))
    };
    Choice { title: String::from("How did you meet?"), hint: None, tiles: guide.doors().iter().map(tile).collect() }
}

fn question(form: &Form, guide: &Guide, code: &str) -> Choice {
    let asked = guide.pack.question(code);
    let given = form.answers.get(code);
    let tile = |answer: &YesNo| {
        ChoiceTile::new(codes_words::yes_no(*answer), given == Some(answer), Edit::Answer(code.to_owned(), *answer))
    };
    Choice {
        title: asked.map_or_else(|| codes_words::rule(code), |question| question.ask.clone()),
        hint: None,
        tiles: YesNo::ALL.iter().map(tile).collect(),
    }
}

fn history(form: &Form) -> Choice {
    let tile = |checked| {
        let (label, hint) = words::checked(checked);
        ChoiceTile::new(label, form.history.checked == Some(checked), Edit::Checked(checked)).hint(hint)
    };
    Choice {
        title: String::from("Criminal history"),
        hint: Some(String::from("What did the records check show?")),
        tiles: [Checked::Clear, Checked::Found, Checked::NotChecked].map(tile).to_vec(),
    }
}

fn reason(form: &Form, verdict: Option<Verdict>) -> Choice {
    let declined = form.choice == Some(codes::Choice::OfferedDeclined);
    let fits = |reason: &&Reason| match reason {
        Reason::RulesBar => !declined && verdict != Some(Verdict::Eligible),
        Reason::NotInterested | Reason::WantsLawyer => declined,
        Reason::NotAbleNow
        | Reason::NoCaseManager
        | Reason::SafetyConcern
        | Reason::WarrantOrHold
        | Reason::CalledAway
        | Reason::Other => true,
    };
    let tile =
        |reason: &Reason| ChoiceTile::new(words::reason(*reason), form.reason == Some(*reason), Edit::Reason(*reason));
    Choice {
        title: String::from(if declined { "Why was it declined?" } else { "Why was it not offered?" }),
        hint: None,
        tiles: Reason::ALL.iter().filter(fits).map(tile).collect(),
    }
}

fn outcome(form: &Form) -> Choice {
    let tile = |(outcome, hint): (SceneOutcome, &str)| {
        ChoiceTile::new(codes_words::scene_outcome(outcome), form.outcome == Some(outcome), Edit::Outcome(outcome))
            .hint(hint)
    };
    Choice {
        title: String::from("What happens next?"),
        hint: None,
        tiles: [(SceneOutcome::Booked, "To jail"), (SceneOutcome::Released, "Free to go")].map(tile).to_vec(),
    }
}

fn consent(form: &Form, now: DateTime<FixedOffset>) -> Choice {
    let held = form.consent.map(|consent| consent.yes);
    let yes = |manner: ConsentManner| {
        let label = match manner {
            ConsentManner::Spoken => "Yes, in words",
            ConsentManner::Written => "Yes, in writing",
            ConsentManner::Interpreter => "Yes, through an interpreter",
        };
        let edit = Edit::Consent(ConsentForm { at: now, yes: Some(manner) });
        ChoiceTile::new(label, held == Some(Some(manner)), edit)
    };
    let no = ChoiceTile::new("No", held == Some(None), Edit::Consent(ConsentForm { at: now, yes: None }));
    Choice {
        title: String::from("Do they agree to share their details?"),
        hint: Some(String::from("Ask: \u{201c}May I give your name and how to find you to the case manager?\u{201d}")),
        tiles: ConsentManner::ALL.iter().map(|manner| yes(*manner)).chain([no]).collect(),
    }
}
