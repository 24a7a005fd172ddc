//! The time of a site as its people read it off a clock, through the weeks in which clocks change.
//!
//! A site's time zone is a POSIX rule such as `PST8PDT,M3.2.0,M11.1.0` (IEEE Std 1003.1, chapter 8.3, and RFC 9636,
//! section 3.3.1): what the clocks are from now on. It needs no table of the past, and a rota has none.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, Offset as _, TimeDelta, Utc};

/// A time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    standard: FixedOffset,
    summer: Option<Summer>,
    rule: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Summer {
    offset: FixedOffset,
    begins: Change,
    ends: Change,
}

/// When clocks change in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Change {
    day: Day,
    /// Seconds after midnight, by the clock of before; negative or above a day in a few zones.
    at_s: i32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    /// A weekday (0 is Sunday) of a week (5 is the last) of a month.
    Month { month: u32, week: u32, weekday: u32 },
    /// A day of the year from 1, which never counts 29 February.
    Julian(u32),
    /// A day of the year from 0, which counts it.
    Zero(u32),
}

/// When something is that someone wrote as a clock reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Then.
    Once(DateTime<Utc>),
    /// The clocks go back over it: the earlier and the later.
    Twice(DateTime<Utc>, DateTime<Utc>),
    /// The clocks go forward over it.
    Never,
}

/// The text is no rule of a time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no rule of a time zone, such as PST8PDT,M3.2.0,M11.1.0")]
pub struct BadRule;

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self { standard: Utc.fix(), summer: None, rule: String::from("UTC0") }
    }

    /// Reads a rule.
    ///
    /// # Errors
    /// [`BadRule`].
    ///
    /// ```
    /// use handoff::domain::local::{Moment, Zone};
    /// let seattle = Zone::parse("PST8PDT,M3.2.0,M11.1.0").unwrap();
    /// let night = "2026-03-08T02:30:00".parse().unwrap();
    /// assert_eq!(seattle.moment(night), Moment::Never);
    /// ```
    pub fn parse(rule: &str) -> Result<Self, BadRule> {
        let mut text = Text(rule);
        text.name()?;
        let standard = text.offset()?;
        if text.0.is_empty() {
            return Ok(Self { standard, summer: None, rule: rule.to_owned() });
        }
        text.name()?;
        let an_hour_more = FixedOffset::east_opt(standard.local_minus_utc() + 3600).ok_or(BadRule)?;
        let offset = if text.0.starts_with(',') { an_hour_more } else { text.offset()? };
        let summer = Summer { offset, begins: text.change()?, ends: text.change()? };
        let whole = text.0.is_empty() && summer.begins.on(2026).is_some() && summer.ends.on(2026).is_some();
        whole.then(|| Self { standard, summer: Some(summer), rule: rule.to_owned() }).ok_or(BadRule)
    }

    /// The rule that was read.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// The offset from UTC at a moment.
    pub fn offset(&self, at: DateTime<Utc>) -> FixedOffset {
        let Some(summer) = &self.summer else { return self.standard };
        let year = at.with_timezone(&self.standard).year();
        let (begins, ends) = (summer.begins.at(year, self.standard), summer.ends.at(year, summer.offset));
        let (Some(begins), Some(ends)) = (begins, ends) else { return self.standard };
        // South of the equator it ends in the year after it began.
        let is_summer = if begins < ends { begins <= at && at < ends } else { at < ends || begins <= at };
        if is_summer { summer.offset } else { self.standard }
    }

    /// A moment as a clock of the site shows it.
    pub fn local(&self, at: DateTime<Utc>) -> DateTime<FixedOffset> {
        at.with_timezone(&self.offset(at))
    }

    /// When a clock of the site shows this.
    pub fn moment(&self, clock: NaiveDateTime) -> Moment {
        let summer = self.summer.map_or(self.standard, |summer| summer.offset);
        let shows = |offset: FixedOffset| {
            let at = clock.checked_sub_signed(TimeDelta::seconds(offset.local_minus_utc().into()))?.and_utc();
            (self.offset(at) == offset).then_some(at)
        };
        match (shows(self.standard), shows(summer)) {
            (Some(one), Some(other)) if one != other => Moment::Twice(one.min(other), one.max(other)),
            (Some(at), _) | (_, Some(at)) => Moment::Once(at),
            (None, None) => Moment::Never,
        }
    }

    /// When a day of the site begins: its first moment, whatever the clocks do at midnight.
    pub fn begin(&self, day: NaiveDate) -> DateTime<Utc> {
        let midnight = day.and_time(chrono::NaiveTime::MIN);
        match self.moment(midnight) {
            Moment::Once(at) | Moment::Twice(at, _) => at,
            // The clocks went forward over midnight: the day begins where the old offset has it.
            Moment::Never => {
                let before = self.offset(midnight.and_utc() - TimeDelta::days(1));
                midnight.and_utc() - TimeDelta::seconds(before.local_minus_utc().into())
            }
        }
    }
}

impl Change {
    fn at(self, year: i32, clock: FixedOffset) -> Option<DateTime<Utc>> {
        let midnight = self.on(year)?.and_hms_opt(0, 0, 0)?.and_utc();
        midnight.checked_add_signed(TimeDelta::seconds(i64::from(self.at_s) - i64::from(clock.local_minus_utc())))
    }

    fn on(self, year: i32) -> Option<NaiveDate> {
        match self.day {
            Day::Zero(n) => NaiveDate::from_yo_opt(year, n + 1),
            Day::Julian(n) => {
                let leap = NaiveDate::from_ymd_opt(year, 2, 29).is_some();
                NaiveDate::from_yo_opt(year, if leap && n >= 60 { n + 1 } else { n })
            }
            Day::Month { month, week, weekday } => {
                let first = NaiveDate::from_ymd_opt(year, month, 1)?;
                let to_weekday = (7 + weekday - first.weekday().num_days_from_sunday()) % 7;
                let day = 1 + to_weekday + 7 * (week - 1);
                first.with_day(day).or_else(|| first.with_day(day - 7))
            }
        }
    }
}

/// What is left of a rule.
struct Text<'a>(&'a str);

impl Text<'_> {
    /// A name of three letters or more, or anything in angle brackets.
    fn name(&mut self) -> Result<(), BadRule> {
        let (long, rest) = match self.0.strip_prefix('<') {
            Some(quoted) => quoted.split_once('>').ok_or(BadRule)?,
            None => self.0.split_at(self.0.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.0.len())),
        };
        self.0 = rest;
        (long.len() >= 3).then_some(()).ok_or(BadRule)
    }

    /// Hours west of Greenwich.
    fn offset(&mut self) -> Result<FixedOffset, BadRule> {
        let west_s = self.time().filter(|s| s.abs() <= 24 * 3600).ok_or(BadRule)?;
        FixedOffset::west_opt(west_s).ok_or(BadRule)
    }

    /// `,DAY` or `,DAY/TIME`; two in the night when no time is said.
    fn change(&mut self) -> Result<Change, BadRule> {
        self.sign(',').ok_or(BadRule)?;
        let day = self.day().ok_or(BadRule)?;
        let at_s = match self.sign('/') {
            Some(()) => self.time().filter(|s| s.abs() <= 167 * 3600).ok_or(BadRule)?,
            None => 2 * 3600,
        };
        Ok(Change { day, at_s })
    }

    fn day(&mut self) -> Option<Day> {
        if self.sign('M').is_some() {
            let month = self.number(1..=12)?;
            self.sign('.')?;
            let week = self.number(1..=5)?;
            self.sign('.')?;
            return Some(Day::Month { month, week, weekday: self.number(0..=6)? });
        }
        match self.sign('J') {
            Some(()) => self.number(1..=365).map(Day::Julian),
            None => self.number(0..=365).map(Day::Zero),
        }
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    fn time(&mut self) -> Option<i32> {
        let back = self.sign('-').is_some();
        if !back {
            let _ = self.sign('+');
        }
        let mut seconds = self.number(0..=167)? * 3600;
        for unit in [60, 1] {
            if self.sign(':').is_some() {
                seconds += self.number(0..=59)? * unit;
            } else {
                break;
            }
        }
        let seconds = i32::try_from(seconds).ok()?;
        Some(if back { -seconds } else { seconds })
    }

    fn sign(&mut self, sign: char) -> Option<()> {
        self.0 = self.0.strip_prefix(sign)?;
        Some(())
    }

    fn number(&mut self, within: std::ops::RangeInclusive<u32>) -> Option<u32> {
        let end = self.0.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.0.len());
        let (digits, rest) = self.0.split_at(end.min(3));
        self.0 = rest;
        digits.parse().ok().filter(|n| within.contains(n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ZONES: [&str; 9] = [
        "UTC0",
        "PST8PDT,M3.2.0,M11.1.0",
        "NZST-12NZDT,M9.5.0,M4.1.0/3",
        "IST-1GMT0,M10.5.0,M3.5.0/1",
        "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
        "<+0545>-5:45",
        "EET-2EEST,M3.5.4/50,M10.5.4/50",
        "CST6CDT,J60,J300/1:30",
        "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
    ];

    fn clock(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn in_seattle_half_past_two_is_left_out_in_march_and_half_past_one_comes_twice_in_november() {
        let zone = Zone::parse(ZONES[1]).unwrap();
        assert_eq!(zone.moment(clock("2026-03-08T02:30:00")), Moment::Never);
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let twice = Moment::Twice(at("2026-11-01T08:30:00Z"), at("2026-11-01T09:30:00Z"));
        assert_eq!(zone.moment(clock("2026-11-01T01:30:00")), twice);
        assert_eq!(zone.moment(clock("2026-11-02T01:30:00")), Moment::Once(at("2026-11-02T09:30:00Z")));
        assert_eq!(zone.local(at("2026-07-01T19:00:00Z")).to_rfc3339(), "2026-07-01T12:00:00-07:00");
        let day = |text: &str| zone.begin(text.parse().unwrap());
        assert_eq!((day("2026-03-09") - day("2026-03-08")).num_hours(), 23);
        assert_eq!((day("2026-11-02") - day("2026-11-01")).num_hours(), 25);
    }

    #[test]
    fn south_of_the_equator_new_year_is_in_summer() {
        let zone = Zone::parse(ZONES[2]).unwrap();
        let offset = |text: &str| zone.offset(text.parse().unwrap()).local_minus_utc() / 3600;
        assert_eq!([offset("2026-01-01T00:00:00Z"), offset("2026-07-01T00:00:00Z")], [13, 12]);
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for text in [
            "",
            "PST",
            "PT8",
            "PST8PDT",
            "PST8PDT,M3.2.0",
            "PST8PDT,M13.2.0,M11.1.0",
            "PST25",
            "PST8x",
            "<PST8",
            "PST8PDT,M3.2.0,M11.1.0,",
            "PST8PDT,M3.0.0,M11.1.0",
            "PST8PDT,M3.2.0/168,M11.1.0",
            "PST8:60",
            "\u{202e}8",
        ] {
            assert_eq!(Zone::parse(text), Err(BadRule), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_a_clock_shows_at_a_moment_is_that_moment_again(
            zone in prop::sample::select(&ZONES[..]), second in 1_700_000_000_i64..2_600_000_000
        ) {
            let zone = Zone::parse(zone).unwrap();
            let at = DateTime::from_timestamp(second, 0).unwrap();
            match zone.moment(zone.local(at).naive_local()) {
                Moment::Once(found) => prop_assert_eq!(found, at),
                Moment::Twice(one, other) => prop_assert!(one < other && (one == at || other == at)),
                Moment::Never => prop_assert!(false, "a clock showed it"),
            }
        }

        #[test]
        fn a_day_begins_with_its_first_moment(zone in prop::sample::select(&ZONES[..]), day in 0..4_000_i32) {
            let zone = Zone::parse(zone).unwrap();
            let day = NaiveDate::from_num_days_from_ce_opt(739_000 + day).unwrap();
            let begin = zone.begin(day);
            prop_assert_eq!(zone.local(begin).date_naive(), day);
            prop_assert!(zone.local(begin - TimeDelta::seconds(1)).date_naive() < day);
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,40}") {
            drop(Zone::parse(&text));
        }
    }
}
