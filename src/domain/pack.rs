//! A site's policy as data: what may be diverted, what bars, who approves. A new site is a new file.
//!
//! # The file
//! A JSON object with `id`, `version`, `name`, `effective` (`from`, `until` or null), `source`, `zones`,
//! `doors`, `offences` (`code`, `label`, `drug`), `groups` (`code`, `label`), `rules` and `terms`
//! (`intake_days`, `charge`, `approval`, `capacity_priority`, `source`, `mark`, and if the site has its own:
//! `caseload`, `ladder`, see [`Ladder`]). Unknown fields are refused.
//! Every rule has `rule`, `source` and `mark`, may name the `doors` and `offences` that it concerns and its
//! `effect`, and has fields of its own:
//!
//! | `rule` | its fields | its id in an assessment |
//! |---|---|---|
//! | `zone`, `offence` | none | `zone`, `offence` |
//! | `grams` | `limits`: grams or null by drug class | `grams` |
//! | `age` | `minimum_years` | `age` |
//! | `history` | `years`: a number or `"life"`; `groups` | `history_10y`, `history_life` |
//! | `question` | `code`, `ask`, `yes`, `no` (reasons), `pass`: `"yes"` or `"no"` | its code |
//! | `prior_involvement` | `months`, `basis` | `prior_involvement` |
//! | `window` | `hours`: list of `days`, `from`, `until` | `window` |
//! | `residency` | `months` | `residency` |
//! | `prior_diversions` | `at_least` | `prior_diversions` |
//!
//! # Decisions
//! - A drug class that a grams rule does not list is not covered by the program, so the rule applies its
//!   effect; a class with `null` has no limit. A site that wants a limit for all lists all.
//! - Every rule of a pack is in every assessment. One that does not concern the door or the offences at
//!   hand passes and says so, which keeps two assessments comparable line by line.
//! - A rule's `effect` says what it does when it applies, `bars` unless the pack says `needs_supervisor`.
//! - Victim consent is a question for the offences that have a victim; capacity, approval and the charge
//!   are terms of the program and bind people, so they are shown and not assessed.

mod ladder;
mod parse;
mod window;

pub use super::fault::FileFault as PackError;
pub use ladder::{Ladder, Rung, RungWho};
pub use window::Window;

use super::assess::PackRef;
use super::codes::{Door, DrugClass, Outcome, YesNo, codes};
use super::fault::Fault;
use super::ids::Hash;
use super::zone::{Effective, Zones};
use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A policy pack.
#[derive(Debug, Clone, PartialEq)]
pub struct Pack {
    /// Its id.
    pub id: String,
    /// Its version, from 1.
    pub version: u32,
    /// Its name, as shown.
    pub name: String,
    /// When it holds.
    pub effective: Effective,
    /// Where it comes from.
    pub source: String,
    /// Ids of the zones in which the program works; none: wherever the agency works.
    pub zones: Vec<String>,
    /// The doors that are open, in order.
    pub doors: Vec<Door>,
    /// The offences that may be diverted, in order.
    pub offences: Vec<Offence>,
    /// Groups of convictions, in order.
    pub groups: Vec<Group>,
    /// The rules, in order.
    pub rules: Vec<Rule>,
    /// The terms of the program.
    pub terms: Terms,
    /// SHA-256 of the file.
    pub sha256: Hash,
}

/// An offence that may be diverted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offence {
    /// Its code.
    pub code: String,
    /// Its name, as shown.
    pub label: String,
    /// Drugs are part of it, so that their kind and grams count.
    #[serde(default)]
    pub drug: bool,
}

/// A group of convictions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its code.
    pub code: String,
    /// Its name, in the middle of a sentence.
    pub label: String,
}

/// One rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its id, unique in the pack.
    pub id: String,
    /// The doors that it concerns; none named: all.
    pub doors: BTreeSet<Door>,
    /// The offences that it concerns, any of them; none named: all.
    pub offences: BTreeSet<String>,
    /// What happens when it applies: [`Outcome::Bars`] or [`Outcome::NeedsSupervisor`].
    pub effect: Outcome,
    /// Where it comes from.
    pub source: String,
    /// How well that is known.
    pub mark: Mark,
    /// What it tests.
    pub test: Test,
}

codes! {
    /// How well a rule is known.
    Mark {
        /// A public source states it.
        Stated = "stated",
        /// Background knowledge: the site must confirm it before use.
        Background = "background",
        /// Follows from the others.
        Derived = "derived",
    }
}

/// What a rule tests.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// The deciding place is within the program's zones.
    Zone,
    /// Every offence may be diverted.
    Offence,
    /// Grams are within the limit of the drug's class; `None`: no limit; not listed: not covered.
    Grams(BTreeMap<DrugClass, Option<f64>>),
    /// The person is at least this many years old.
    Age(u16),
    /// No conviction of these groups within the time.
    History {
        /// How far back.
        reach: LookBack,
        /// Codes of groups.
        groups: BTreeSet<String>,
    },
    /// A judgement of the officer.
    Question(Question),
    /// Police know the person from the program's area.
    PriorInvolvement {
        /// Within so many months.
        months: u32,
        /// In one of these ways.
        basis: Vec<super::facts::Basis>,
    },
    /// The service works now.
    Window(Vec<Window>),
    /// The person has lived here for at least so many months.
    Residency(u16),
    /// Fewer than so many earlier diversions.
    PriorDiversions(u16),
}

/// How far back a conviction counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookBack {
    /// For life.
    Life,
    /// So many years.
    Years(u16),
}

/// A judgement that the officer makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its code, which is also its rule's id.
    pub code: String,
    /// The question, as a sentence.
    pub ask: String,
    /// What "yes" means, as the reason that the officer reads.
    pub yes: String,
    /// What "no" means, as the reason that the officer reads.
    pub no: String,
    /// The answer that passes: [`YesNo::Yes`] or [`YesNo::No`].
    pub pass: YesNo,
}

codes! {
    /// Who says yes in the end.
    Approver {
        /// The officer.
        Officer = "officer",
        /// A supervising sergeant.
        Supervisor = "supervisor",
        /// The prosecutor.
        Prosecutor = "prosecutor",
        /// All partners.
        AllPartners = "all_partners",
    }
}
codes! {
    /// What becomes of the charge.
    ChargeMode {
        /// Written and held.
        Held = "held",
        /// Filed later, unless intake is completed.
        Filed = "filed",
        /// Never written.
        None = "none",
    }
}

/// The terms of the program.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Days until intake must be completed; nothing if the site has no limit or none is known.
    pub intake_days: Option<u32>,
    /// What becomes of the charge.
    pub charge: ChargeMode,
    /// Who says yes in the end.
    pub approval: Approver,
    /// Which door comes first when places are short.
    pub capacity_priority: Vec<Door>,
    /// Referrals that one case manager has at a time; when all have so many, places are short. Nothing: they never
    /// are.
    #[serde(default)]
    pub caseload: Option<u32>,
    /// Who is told of a referral that waits, and when.
    #[serde(default)]
    pub ladder: Ladder,
    /// Where these come from.
    pub source: String,
    /// How well that is known.
    pub mark: Mark,
}

/// What a pack needs to know of one encounter: the questions of the phone's screens.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one card on the phone, and any set of them can be needed")]
pub struct Needs<'a> {
    /// The place of the encounter decides.
    pub fix: bool,
    /// The kind of drug and its grams.
    pub drug: bool,
    /// Age.
    pub age: bool,
    /// Criminal history.
    pub history: bool,
    /// Earlier involvement: when, and how it is known.
    pub prior_involvement: bool,
    /// The place of that involvement decides.
    pub prior_place: bool,
    /// Months of residence.
    pub residency: bool,
    /// Number of earlier diversions.
    pub prior_diversions: bool,
    /// Judgements, in the pack's order.
    pub questions: Vec<&'a Question>,
}

impl Pack {
    /// Reads a pack file.
    ///
    /// # Errors
    /// Names the file and the field, such as `packs/x.json: rules[3].years: …`.
    pub fn parse(path: &str, text: &str) -> Result<Self, PackError> {
        parse::pack(text).map_err(|fault| PackError::new(path, fault))
    }

    /// Reads a pack file whose zones must all be among `zones`.
    ///
    /// # Errors
    /// As [`Pack::parse`], and a zone that is not there.
    pub fn load(path: &str, text: &str, zones: &Zones) -> Result<Self, PackError> {
        let pack = Self::parse(path, text)?;
        pack.check_zones(zones).map_err(|fault| PackError::new(path, fault))?;
        Ok(pack)
    }

    /// Whether every zone that it names is loaded.
    ///
    /// # Errors
    /// The first zone that is not.
    pub fn check_zones(&self, zones: &Zones) -> Result<(), Fault> {
        let missing = self.zones.iter().enumerate().find(|(_, id)| zones.get(id).is_none());
        missing.map_or(Ok(()), |(i, id)| Err(Fault::new(format!("zones[{i}]"), format!("there is no zone `{id}`"))))
    }

    /// Which pack this is, to the byte.
    pub fn reference(&self) -> PackRef {
        PackRef { id: self.id.clone(), version: self.version, sha256: self.sha256 }
    }

    /// What the officer must know when the pack is not in force: a sentence, or nothing.
    pub fn banner(&self, at: DateTime<FixedOffset>) -> Option<String> {
        self.effective.banner("These rules", at)
    }

    /// The offence of this code, if it may be diverted.
    pub fn offence(&self, code: &str) -> Option<&Offence> {
        self.offences.iter().find(|offence| offence.code == code)
    }

    /// The name of a group of convictions, in the middle of a sentence.
    pub fn group_label<'a>(&'a self, code: &'a str) -> &'a str {
        self.groups.iter().find(|group| group.code == code).map_or(code, |group| group.label.as_str())
    }

    /// The question of this code, if the pack asks it.
    pub fn question(&self, code: &str) -> Option<&Question> {
        self.questions().find(|question| question.code == code)
    }

    /// All questions of the pack, in its order.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.rules.iter().filter_map(|rule| match &rule.test {
            Test::Question(question) => Some(question),
            Test::Zone
            | Test::Offence
            | Test::Grams(_)
            | Test::Age(_)
            | Test::History { .. }
            | Test::PriorInvolvement { .. }
            | Test::Window(_)
            | Test::Residency(_)
            | Test::PriorDiversions(_) => None,
        })
    }

    /// Rules that the site must confirm before use.
    pub fn to_confirm(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(|rule| rule.mark == Mark::Background)
    }

    /// Whether one of these offences is about drugs.
    pub fn about_drugs(&self, offences: &[String]) -> bool {
        offences.iter().any(|code| self.offence(code).is_some_and(|offence| offence.drug))
    }

    /// What the pack needs to know of an encounter with this door and these offences.
    pub fn needs(&self, door: Door, offences: &[String]) -> Needs<'_> {
        let mut needs = Needs::default();
        for rule in self.rules.iter().filter(|rule| rule.concerns(door, offences)) {
            match &rule.test {
                Test::Zone if self.zones.is_empty() => {}
                Test::Zone => match door {
                    Door::Arrest => needs.fix = true,
                    Door::SocialContact => needs.prior_place = true,
                },
                Test::Offence | Test::Window(_) => {}
                Test::Grams(_) => needs.drug |= self.about_drugs(offences),
                Test::Age(_) => needs.age = true,
                Test::History { .. } => needs.history = true,
                Test::Question(question) => needs.questions.push(question),
                Test::PriorInvolvement { .. } => needs.prior_involvement = true,
                Test::Residency(_) => needs.residency = true,
                Test::PriorDiversions(_) => needs.prior_diversions = true,
            }
        }
        needs
    }
}

impl Rule {
    /// Whether it concerns this door and any of these offences.
    pub fn concerns(&self, door: Door, offences: &[String]) -> bool {
        (self.doors.is_empty() || self.doors.contains(&door))
            && (self.offences.is_empty() || offences.iter().any(|code| self.offences.contains(code)))
    }
}

/// All codes of a list, for messages.
pub(crate) fn listed<T: Copy>(all: &[T], code: impl Fn(T) -> &'static str) -> String {
    all.iter().map(|value| format!("`{}`", code(*value))).collect::<Vec<_>>().join(", ")
}
