//! The pack and the zones that one encounter goes by.

use crate::domain::codes::{Containment, Door};
use crate::domain::facts::{FixFact, GROUPS, OFFENCES};
use crate::domain::pack::{Needs, Pack};
use crate::domain::zone::{Fix, Located, Zones};
use crate::ui::flow::Asks;
use crate::ui::form::Form;
use crate::ui::parts::{Labels, words};
use std::collections::BTreeMap;

/// A code, and what it says.
pub type CodeAndWords = (String, String);

/// The pack that the draft began with, and the zones it names.
#[derive(Debug, Clone)]
pub struct Guide {
    /// The rules.
    pub pack: Pack,
    /// Where they hold.
    pub zones: Zones,
}

impl Guide {
    /// What must be asked for the form as it stands. Nothing until a door and an offence are known.
    pub fn asks(&self, form: &Form) -> Asks {
        let Some(door) = form.door.filter(|_| !form.offences.is_empty()) else { return Asks::default() };
        let Needs { fix, drug, age, history, prior_involvement, prior_place, residency, prior_diversions, questions } =
            self.pack.needs(door, &form.offences);
        let sure = self.locate(form.place.fix.as_ref()).is_some_and(|at| at.containment() != Containment::Unsure);
        Asks {
            place: fix && !sure,
            drug,
            questions: questions.iter().map(|question| question.code.clone()).collect(),
            history,
            age,
            residency,
            prior_diversions,
            prior_involvement: prior_involvement || prior_place,
        }
    }

    /// Where a fix lies against the pack's zones; nothing without a fix, zones, or a place on earth.
    pub fn locate(&self, fix: Option<&FixFact>) -> Option<Located<'_>> {
        self.zones.locate(&self.pack.zones, &Fix::of(fix?).ok()?)
    }

    /// Offences as code and words: those that the pack diverts, and then those that it does not.
    pub fn offences(&self) -> (Vec<CodeAndWords>, Vec<CodeAndWords>) {
        let own = self.pack.offences.iter().map(|offence| (offence.code.clone(), offence.label.clone())).collect();
        let others = OFFENCES
            .iter()
            .filter(|code| self.pack.offence(code).is_none())
            .map(|code| ((*code).to_owned(), words::offence(code)))
            .collect();
        (own, others)
    }

    /// The words of the pack.
    pub const fn labels(&self) -> Labels<'_> {
        Labels(Some(&self.pack))
    }

    /// An offence in words.
    pub fn offence(&self, code: &str) -> String {
        self.labels().offence(code)
    }

    /// Groups of convictions that the pack looks back for, as code and words.
    pub fn groups(&self) -> Vec<(String, String)> {
        use crate::domain::pack::Test;
        let looked_for: BTreeMap<&str, ()> = self
            .pack
            .rules
            .iter()
            .filter_map(|rule| if let Test::History { groups, .. } = &rule.test { Some(groups) } else { None })
            .flatten()
            .map(|group| (group.as_str(), ()))
            .collect();
        let own = self.pack.groups.iter().map(|group| group.code.as_str());
        let fixed = GROUPS.iter().copied().filter(|code| !self.pack.groups.iter().any(|group| group.code == *code));
        own.chain(fixed)
            .filter(|code| looked_for.contains_key(code))
            .map(|code| (code.to_owned(), capital(self.pack.group_label(code))))
            .collect()
    }

    /// The doors that are open, in the pack's order.
    pub fn doors(&self) -> &[Door] {
        &self.pack.doors
    }
}

/// A label for the middle of a sentence, at the start of one.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
