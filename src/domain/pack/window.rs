//! Hours in which a service works.

use chrono::{DateTime, Datelike, FixedOffset, Timelike, Weekday};
use serde::Deserialize;

/// Hours on some days, in the local time of the encounter.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The days on which it begins.
    pub days: Vec<Day>,
    /// It begins at this minute of the day.
    pub from: Minute,
    /// It ends before this minute; when that is not after `from`, on the next day.
    pub until: Minute,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Day {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Day {
    const fn weekday(self) -> Weekday {
        match self {
            Self::Mon => Weekday::Mon,
            Self::Tue => Weekday::Tue,
            Self::Wed => Weekday::Wed,
            Self::Thu => Weekday::Thu,
            Self::Fri => Weekday::Fri,
            Self::Sat => Weekday::Sat,
            Self::Sun => Weekday::Sun,
        }
    }
}

/// A minute of the day, from `00:00` to `24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Minute(u32);

impl<'de> Deserialize<'de> for Minute {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        minute(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is not a time from 00:00 to 24:00")))
    }
}

fn minute(text: &str) -> Option<Minute> {
    let (hours, minutes) = text.split_once(':').filter(|(h, m)| h.len() == 2 && m.len() == 2)?;
    let number = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<u32>().ok())?;
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let total = hours * 60 + minutes;
    (minutes < 60 && total <= 24 * 60).then_some(Minute(total))
}

impl Window {
    /// Whether `at` is within.
    pub fn holds(&self, at: DateTime<FixedOffset>) -> bool {
        let now = Minute(at.hour() * 60 + at.minute());
        let begins = |day: Weekday| self.days.iter().any(|d| d.weekday() == day);
        let (today, yesterday) = (begins(at.weekday()), begins(at.weekday().pred()));
        if self.from < self.until {
            return today && self.from <= now && now < self.until;
        }
        (today && self.from <= now) || (yesterday && now < self.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(days: &str, from: &str, until: &str) -> Window {
        serde_json::from_str(&format!(r#"{{"days":{days},"from":"{from}","until":"{until}"}}"#)).unwrap()
    }

    fn at(text: &str) -> DateTime<FixedOffset> {
        DateTime::parse_from_rfc3339(text).unwrap()
    }

    #[test]
    fn a_window_ends_before_its_last_minute() {
        let day = window(r#"["mon"]"#, "08:00", "22:00");
        // 2024-01-01 was a Monday.
        assert!(day.holds(at("2024-01-01T08:00:00-05:00")) && day.holds(at("2024-01-01T21:59:59-05:00")));
        assert!(!day.holds(at("2024-01-01T07:59:59-05:00")) && !day.holds(at("2024-01-01T22:00:00-05:00")));
        assert!(!day.holds(at("2024-01-02T12:00:00-05:00")));
    }

    #[test]
    fn a_window_over_midnight_belongs_to_the_day_on_which_it_begins() {
        let night = window(r#"["fri"]"#, "20:00", "04:00");
        assert!(night.holds(at("2024-01-05T23:00:00Z")) && night.holds(at("2024-01-06T03:59:00Z")));
        assert!(!night.holds(at("2024-01-05T03:00:00Z")) && !night.holds(at("2024-01-06T04:00:00Z")));
        let whole = window(r#"["sat"]"#, "00:00", "24:00");
        assert!(whole.holds(at("2024-01-06T23:59:59Z")) && !whole.holds(at("2024-01-07T00:00:00Z")));
    }

    #[test]
    fn what_is_not_a_time_of_day_is_refused() {
        for text in ["24:01", "7:00", "07:60", "+7:00", "0700", "ab:cd", ""] {
            assert_eq!(minute(text), None, "{text}");
        }
    }
}
