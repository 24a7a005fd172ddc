//! When a service is open, from hours as OpenStreetMap writes them: `Mo-Fr 09:00-17:00; Sa 10:00-14:00`, `24/7`.
//! The library of that format reads them; here is what a case manager wants to know.

use chrono::{NaiveDateTime, TimeDelta};
use opening_hours::{OpeningHours, RuleKind};

/// Longest text of hours, in letters.
pub const MOST_HOURS: usize = 200;
/// Whoever wants to go somewhere looks ahead so far.
const AHEAD: TimeDelta = TimeDelta::days(8);

/// Whether a service is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// Nobody said when.
    Unknown,
    /// Open, until then; nothing: for the days ahead.
    Now(Option<NaiveDateTime>),
    /// Closed, until then; nothing: for the days ahead.
    Not(Option<NaiveDateTime>),
}

/// Whether hours can be read. Nothing at all can: then they are not known.
pub fn is_readable(hours: &str) -> bool {
    hours.is_empty() || (hours.chars().count() <= MOST_HOURS && hours.parse::<OpeningHours>().is_ok())
}

/// Whether a service with these hours is open at a moment of its own clocks.
///
/// ```
/// use handoff_server::services::hours::{Open, open};
/// let at = |text: &str| text.parse().unwrap();
/// let hours = "Mo-Fr 09:00-17:00";
/// assert_eq!(open(hours, at("2026-11-27T10:00:00")), Open::Now(Some(at("2026-11-27T17:00:00"))));
/// assert_eq!(open(hours, at("2026-11-27T17:00:00")), Open::Not(Some(at("2026-11-30T09:00:00"))));
/// ```
pub fn open(hours: &str, now: NaiveDateTime) -> Open {
    let Ok(read) = hours.parse::<OpeningHours>() else { return Open::Unknown };
    if hours.is_empty() {
        return Open::Unknown;
    }
    let mut stretches = read.iter_range(now, now + AHEAD);
    let Some(first) = stretches.next() else { return Open::Unknown };
    let is_open = first.kind == RuleKind::Open;
    let changed = stretches.find(|next| (next.kind == RuleKind::Open) != is_open).map(|next| next.range.start);
    match first.kind {
        RuleKind::Open => Open::Now(changed),
        RuleKind::Closed => Open::Not(changed),
        RuleKind::Unknown => Open::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        format!("2026-11-{text}:00").parse().unwrap()
    }

    #[test]
    fn hours_say_whether_a_door_is_open_and_until_when() {
        // The 27th is a Friday.
        for (hours, now, wanted) in [
            ("24/7", "27T03:00", Open::Now(None)),
            ("", "27T03:00", Open::Unknown),
            ("Mo-Fr 09:00-17:00", "27T16:59", Open::Now(Some(at("27T17:00")))),
            ("Mo-Fr 09:00-17:00", "27T08:59", Open::Not(Some(at("27T09:00")))),
            ("Mo-Fr 09:00-12:00,13:00-17:00", "27T12:30", Open::Not(Some(at("27T13:00")))),
            ("Mo-Fr 09:00-17:00; Sa 10:00-14:00", "27T18:00", Open::Not(Some(at("28T10:00")))),
            ("Mo-Su 20:00-07:00", "27T23:30", Open::Now(Some(at("28T07:00")))),
            ("Mo-Su 20:00-07:00", "28T06:30", Open::Now(Some(at("28T07:00")))),
            ("off", "27T03:00", Open::Not(None)),
        ] {
            assert_eq!(open(hours, at(now)), wanted, "{hours} at {now}");
        }
    }

    #[test]
    fn hours_that_cannot_be_read_are_known_as_such_and_never_break_a_page() {
        for bad in ["nine to five", "Mo-Fr 9-25:00-", "Mo 99:00-100:00", "\u{0}", "مفتوح", &"Mo,".repeat(100)] {
            assert!(!is_readable(bad), "{bad}");
            let _ = open(bad, at("27T10:00"));
        }
        assert!(is_readable("") && is_readable("Mo-Fr 09:00-17:00") && is_readable("24/7"));
    }
}
