//! Who may be one person, in words.

use super::CaseFacts;
use super::casework::Said as Line;
use crate::console::when;
use crate::same_person::{Alike, Other, Reason};
use crate::words::t;
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
    let mut lines = vec![line(t!("person-began"), facts.moment(other.began.to_utc()))];
    lines.extend(other.born.map(|born| line(t!("person-born"), when::day(born))));
    lines.push(line(
        t!("case-case-manager"),
        other.manager.map_or_else(|| String::from(t!("person-nobody-yet")), |id| facts.name(id)),
    ));
    lines.extend(
        other
            .said
            .map(|said| line(t!("person-said-by"), format!("{}, {}", facts.name(said.by), facts.moment(said.at)))),
    );
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

fn word(reason: Reason) -> &'static str {
    match reason {
        Reason::SameName => t!("person-same-name"),
        Reason::PartOfName => t!("person-one-name-is-part-of"),
        Reason::SoundsAlike => t!("person-sounds-alike"),
        Reason::SpelledAlike => t!("person-spelled-almost-alike"),
        Reason::Initials => t!("person-initials-fit"),
        Reason::OneName => t!("person-the-one-name-given-is"),
        Reason::OtherOrder => t!("person-names-in-another-order"),
        Reason::SameBirthDate => t!("person-same-birth-date"),
        Reason::DayAndMonth => t!("person-day-and-month-of-birth"),
        Reason::OneDigit => t!("person-birth-date-off-by-a"),
        Reason::OtherBirthDate => t!("person-but-another-birth-date"),
        Reason::SamePhone => t!("person-same-telephone-number"),
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
