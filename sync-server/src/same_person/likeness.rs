//! How like two people are, as they were recorded: points, and the reasons in words.
//!
//! Pure, the same from either side, and no decision: whatever comes of it is an offer.
//!
//! # Decisions
//! - A name counts most, a birth date or a telephone number confirms. A birth date alone is no likeness: in a city, many
//!   share one. A telephone alone is: shared phones are common too, and the case manager knows.
//! - People give an alias, half a name, another birth date; officers write what they hear. So each is compared as it
//!   sounds (Double Metaphone, for Latin letters), as it is spelled (Jaro-Winkler, any script), in either order and by
//!   initials; and a birth date that differs by one digit, by two that changed places, or by day and month is near.

use super::traits::Traits;
use chrono::{Datelike as _, NaiveDate};
use handoff::domain::private::Private;
use rphonetic::DoubleMetaphone;

/// Points from which two are offered.
const ENOUGH: i32 = 5;
/// As Jaro-Winkler measures, 1 being the same.
const NEAR: f64 = 0.9;
/// Shorter parts are near too many others.
const SHORT: usize = 4;

/// Why two may be one person; or what speaks against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The same name.
    SameName,
    /// Every part of the shorter name is in the longer.
    PartOfName,
    /// It sounds alike.
    SoundsAlike,
    /// It is spelled almost alike.
    SpelledAlike,
    /// Initials fit.
    Initials,
    /// One of them has one name only, and the other has it too.
    OneName,
    /// The parts stand in another order.
    OtherOrder,
    /// The same birth date.
    SameBirthDate,
    /// Day and month of the birth date are swapped.
    DayAndMonth,
    /// One digit of the birth date differs, or two changed places.
    OneDigit,
    /// Another birth date.
    OtherBirthDate,
    /// The same telephone number.
    SamePhone,
}

/// How like two are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    /// Points: more is liker.
    pub score: i32,
    /// Why, the name first.
    pub reasons: Vec<Reason>,
}

/// How like two are, if it is enough to offer.
pub fn likeness(one: &Traits, other: &Traits) -> Option<Likeness> {
    let pairs = one.names.iter().flat_map(|a| other.names.iter().map(move |b| (a.as_slice(), b.as_slice())));
    let name = pairs.filter_map(|(a, b)| names(a, b)).max_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(&a.1)));
    let phone = one.phones.iter().any(|a| other.phones.iter().any(|b| same_phone(a.reveal(), b.reveal())));
    if name.is_none() && !phone {
        return None;
    }
    let (mut score, mut reasons) = name.unwrap_or_default();
    if let Some((points, reason)) = births(one.born, other.born) {
        score += points;
        reasons.push(reason);
    }
    if phone {
        score += 5;
        reasons.push(Reason::SamePhone);
    }
    (score >= ENOUGH).then_some(Likeness { score, reasons })
}

/// How two parts of a name fit, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Initial,
    Spelled,
    Sounds,
    Same,
}

/// Points and reasons of two names.
fn names(one: &[Private<String>], other: &[Private<String>]) -> Option<(i32, Vec<Reason>)> {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if short.is_empty() {
        return None;
    }
    let fits: Vec<Vec<Option<Fit>>> =
        short.iter().map(|a| long.iter().map(|b| fit(a.reveal(), b.reveal())).collect()).collect();
    let Placed { worst, in_order, .. } = place(&fits, (0, 0), &mut Vec::new())?;
    let alone = short.len() == 1 && long.len() > 1;
    let (points, reason) = match (worst, alone, short.len() == long.len()) {
        // An initial alone fits every tenth person.
        (Fit::Initial, true, _) => return None,
        (Fit::Initial, false, _) if short.len() == 1 => return None,
        (Fit::Same | Fit::Sounds, true, _) => (2, Reason::OneName),
        (Fit::Spelled, true, _) => (1, Reason::OneName),
        (Fit::Same, false, true) if short.len() == 1 => (5, Reason::SameName),
        (Fit::Same, false, true) => (6, Reason::SameName),
        (Fit::Same, false, false) => (5, Reason::PartOfName),
        (Fit::Sounds, false, _) => (4, Reason::SoundsAlike),
        (Fit::Spelled, false, _) => (4, Reason::SpelledAlike),
        (Fit::Initial, false, _) => (2, Reason::Initials),
    };
    Some((points, if in_order { vec![reason] } else { vec![reason, Reason::OtherOrder] }))
}

/// A way to put each part of the shorter name to one of the longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Placed {
    worst: Fit,
    sum: u32,
    in_order: bool,
}

/// The best way, if there is one: whose worst fit is best, then whose fits are, then in order.
fn place(fits: &[Vec<Option<Fit>>], (row, sum): (usize, u32), taken: &mut Vec<usize>) -> Option<Placed> {
    let Some(choices) = fits.get(row) else {
        return Some(Placed { worst: Fit::Same, sum, in_order: taken.is_sorted() });
    };
    let mut best: Option<Placed> = None;
    for (at, fit) in choices.iter().enumerate() {
        let Some(fit) = fit.filter(|_| !taken.contains(&at)) else { continue };
        taken.push(at);
        let rest = place(fits, (row + 1, sum + fit as u32), taken);
        taken.pop();
        best = best.max(rest.map(|rest| Placed { worst: rest.worst.min(fit), ..rest }));
    }
    best
}

fn fit(one: &str, other: &str) -> Option<Fit> {
    if one == other {
        return Some(Fit::Same);
    }
    let (a, b) = (one.chars().count(), other.chars().count());
    if a == 1 || b == 1 {
        return (one.chars().next() == other.chars().next() && a != b).then_some(Fit::Initial);
    }
    if sounds_alike(one, other) {
        return Some(Fit::Sounds);
    }
    // It need not be the same from both sides to the last bit.
    let near = strsim::jaro_winkler(one, other).max(strsim::jaro_winkler(other, one));
    (a.min(b) >= SHORT && near >= NEAR).then_some(Fit::Spelled)
}

fn sounds_alike(one: &str, other: &str) -> bool {
    let is_latin = |text: &str| text.chars().all(|c| c.is_ascii_lowercase());
    if !is_latin(one) || !is_latin(other) || one.len().min(other.len()) < 3 {
        return false;
    }
    let encoder = DoubleMetaphone::default();
    let codes = |text: &str| {
        let code = encoder.double_metaphone(text);
        [code.primary(), code.alternate()]
    };
    let (one, other) = (codes(one), codes(other));
    one.iter().any(|code| code.len() > 1 && other.contains(code))
}

fn births(one: Option<NaiveDate>, other: Option<NaiveDate>) -> Option<(i32, Reason)> {
    let (one, other) = (one?, other?);
    let swapped = (one.year(), one.month(), one.day()) == (other.year(), other.day(), other.month());
    Some(match (one == other, swapped) {
        (true, _) => (5, Reason::SameBirthDate),
        (false, true) => (4, Reason::DayAndMonth),
        (false, false) if one_slip(one, other) => (3, Reason::OneDigit),
        (false, false) => (-1, Reason::OtherBirthDate),
    })
}

/// Whether one digit differs, or two neighbours changed places.
fn one_slip(one: NaiveDate, other: NaiveDate) -> bool {
    let digits = |day: NaiveDate| day.format("%Y%m%d").to_string().into_bytes();
    let (one, other) = (digits(one), digits(other));
    let differ: Vec<usize> =
        one.iter().zip(&other).enumerate().filter(|(_, (a, b))| a != b).map(|(at, _)| at).collect();
    match differ.as_slice() {
        [_] => one.len() == other.len(),
        [a, b] => b - a == 1 && one.get(*a) == other.get(*b) && one.get(*b) == other.get(*a),
        _ => false,
    }
}

/// Whether the shorter ends the longer: one of them may lack the country or the area.
fn same_phone(one: &str, other: &str) -> bool {
    one.ends_with(other) || other.ends_with(one)
}

#[cfg(test)]
mod tests;
