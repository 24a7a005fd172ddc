//! Moments, days and ages in words; moments in the scene's own time zone.

use crate::words::t;
use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate, TimeDelta, Utc};

/// A moment as someone at the scene would read it off a clock: `22:15` today, `1 Jun, 22:15` on another
/// day, `1 Jun 2012, 22:15` in another year.
pub fn clock(at: DateTime<Utc>, zone: FixedOffset, now: DateTime<Utc>) -> String {
    let (at, now) = (at.with_timezone(&zone), now.with_timezone(&zone));
    let (on, time) = (at.date_naive(), at.format("%H:%M"));
    match (on == now.date_naive(), at.year() == now.year()) {
        (true, _) => time.to_string(),
        (false, true) => format!("{}, {time}", short_day(on)),
        (false, false) => format!("{}, {time}", day(on)),
    }
}

/// A moment to the second, with its day and zone, for a record: `1 Jun 2012, 22:15:00 −07:00`.
pub fn exact(at: DateTime<Utc>, zone: FixedOffset) -> String {
    let at = at.with_timezone(&zone);
    let time = at.format("%H:%M:%S %:z").to_string().replace('-', "\u{2212}");
    format!("{}, {time}", day(at.date_naive()))
}

/// A day: `1 Jun 2012`.
pub fn day(on: NaiveDate) -> String {
    t!("date-day-of-year", day = on.day(), month = month(on), year = on.year().to_string())
}

/// A day of a year that is known: `1 Jun`.
pub fn short_day(on: NaiveDate) -> String {
    t!("date-day", day = on.day(), month = month(on))
}

/// A day of the week: `Fri`.
pub fn weekday(on: NaiveDate) -> String {
    t!("date-weekday", n = on.weekday().number_from_monday())
}

/// `Fri 27 Nov`.
pub fn weekday_and_day(on: NaiveDate) -> String {
    t!("date-weekday-and-day", weekday = weekday(on), day = short_day(on))
}

/// `Fri 27 Nov 2026`.
pub fn weekday_and_full_day(on: NaiveDate) -> String {
    t!("date-weekday-and-day", weekday = weekday(on), day = day(on))
}

fn month(on: NaiveDate) -> String {
    t!("date-month", n = on.month())
}

/// How long something has waited, as [`handoff::ui::parts::age_words`] says it in English: `under 1 min`, `12 min`,
/// `1 h 05 min`, `3 days`.
pub fn age_words(age: TimeDelta) -> String {
    let minutes = age.num_minutes();
    match minutes {
        ..1 => String::from(t!("age-under-minute")),
        1..60 => t!("age-minutes", n = minutes),
        60..1440 => t!("age-hours", h = minutes / 60, min = format!("{:02}", minutes % 60)),
        1440..2880 => String::from(t!("age-day")),
        _ => t!("age-days", n = minutes / 1440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_moment_is_told_in_the_scenes_own_zone() {
        let zone = FixedOffset::west_opt(7 * 3600).unwrap();
        let now = at("2012-06-02T05:40:00Z");
        assert_eq!(clock(at("2012-06-02T05:15:00Z"), zone, now), "22:15");
        assert_eq!(clock(at("2012-06-01T05:15:00Z"), zone, now), "31 May, 22:15");
        assert_eq!(clock(at("2011-06-02T05:15:00Z"), zone, now), "1 Jun 2011, 22:15");
        assert_eq!(exact(at("2012-06-02T05:15:00Z"), zone), "1 Jun 2012, 22:15:00 \u{2212}07:00");
    }

    #[test]
    fn an_age_in_english_is_the_same_as_the_phones() {
        for minutes in [-5, 0, 1, 59, 60, 65, 1439, 1440, 2879, 2880, 14_400] {
            let age = TimeDelta::minutes(minutes);
            assert_eq!(age_words(age), handoff::ui::parts::age_words(age), "{minutes}");
        }
    }

    #[test]
    fn days_and_ages_are_told_in_spanish_too() {
        let on = NaiveDate::from_ymd_opt(2026, 1, 7).unwrap();
        Language::Spanish.within(|| {
            assert_eq!(weekday_and_full_day(on), "mié 7 ene 2026");
            assert_eq!(age_words(TimeDelta::seconds(20)), "menos de 1 min");
            assert_eq!(age_words(TimeDelta::hours(30)), "1 día");
            assert_eq!(age_words(TimeDelta::days(3)), "3 días");
        });
    }
}
