//! Who may be one person, in words.

use super::CaseFacts;
use super::casework::Said as Line;
use crate::same_person::{Alike, Other, Reason};
use handoff::domain::ids::ReferralId;
use handoff::domain::private::Private;

/// The other referrals beside a case.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OnePersonView {
    /// May be the same person.
    pub offered: Vec<OtherView>,
    /// Are the same person.
    pub same: Vec<OtherView>,
    /// Are not.
    pub not_same: Vec<OtherView>,
}

/// Another referral.
#[derive(Debug, Clone, PartialEq)]
pub struct OtherView {
    /// Which.
    pub referral: ReferralId,
    /// The name that was given.
    pub name: Private<String>,
    /// Why, in a sentence; empty where nothing speaks for it.
    pub why: String,
    /// Birth date, day, case manager, and who said so.
    pub lines: Vec<Line>,
    /// A word on these two stands, so that it can be taken back.
    pub said: bool,
}

/// The other referrals beside a case.
pub fn one_person(facts: &CaseFacts<'_>, alike: &Alike) -> OnePersonView {
    let views = |others: &[Other]| others.iter().map(|other| view(facts, other)).collect();
    OnePersonView { offered: views(&alike.offered), same: views(&alike.same), not_same: views(&alike.not_same) }
}

fn view(facts: &CaseFacts<'_>, other: &Other) -> OtherView {
    let line = |label: &str, value: String| Line { label: label.into(), value };
    let mut lines = vec![line("Began", facts.moment(other.began.to_utc()))];
    lines.extend(other.born.map(|born| line("Born", born.format("%-d %b %Y").to_string())));
    lines.push(line("Case manager", other.manager.map_or_else(|| String::from("Nobody yet"), |id| facts.name(id))));
    lines.extend(other.said.map(|said| line("Said by", format!("{}, {}", facts.name(said.by), facts.moment(said.at)))));
    let why = sentence(&other.reasons);
    OtherView { referral: other.referral, name: other.name.clone(), why, lines, said: other.said.is_some() }
}

/// Reasons in a sentence: "Sounds alike, same birth date".
pub fn sentence(reasons: &[Reason]) -> String {
    let words: Vec<_> = reasons.iter().map(|reason| word(*reason)).collect();
    let all = words.join(", ");
    let mut letters = all.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

const fn word(reason: Reason) -> &'static str {
    match reason {
        Reason::SameName => "same name",
        Reason::PartOfName => "one name is part of the other",
        Reason::SoundsAlike => "sounds alike",
        Reason::SpelledAlike => "spelled almost alike",
        Reason::Initials => "initials fit",
        Reason::OneName => "the one name given is among the other's",
        Reason::OtherOrder => "names in another order",
        Reason::SameBirthDate => "same birth date",
        Reason::DayAndMonth => "day and month of birth swapped",
        Reason::OneDigit => "birth date off by a digit",
        Reason::OtherBirthDate => "but another birth date",
        Reason::SamePhone => "same telephone number",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_read_as_a_sentence() {
        assert_eq!(sentence(&[Reason::SoundsAlike, Reason::SameBirthDate]), "Sounds alike, same birth date");
        assert_eq!(sentence(&[Reason::SameName, Reason::OtherBirthDate]), "Same name, but another birth date");
        assert_eq!(sentence(&[]), "");
    }
}
