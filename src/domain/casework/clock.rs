//! How long there is for the intake.

use super::codes::IntakeResult;
use super::note::Intake;
use chrono::{Days as CivilDays, NaiveDate};

/// Where the intake stands against the pack's limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntakeClock {
    /// The pack sets no limit, or none is known.
    NoLimit,
    /// So many days are left; 0 is the last day.
    Left {
        /// Days.
        days: i64,
        /// The last day.
        until: NaiveDate,
    },
    /// The last day has passed by so many days, from 1. It can still be done.
    Lapsed {
        /// Days.
        days: i64,
        /// The last day.
        until: NaiveDate,
    },
    /// It was done so many days after the case began.
    Done {
        /// Days.
        day: i64,
        /// Within the limit, or there is none.
        in_time: bool,
    },
}

/// Works out the clock of a case that began on a day, under a limit of so many days.
pub fn intake_clock(
    limit: Option<u32>,
    intake: Option<&Intake>,
    (began, today): (NaiveDate, NaiveDate),
) -> IntakeClock {
    let until = limit.and_then(|days| began.checked_add_days(CivilDays::new(u64::from(days))));
    if let Some(intake) = intake.filter(|intake| intake.result == IntakeResult::Done) {
        let day = (intake.on - began).num_days();
        return IntakeClock::Done { day, in_time: until.is_none_or(|until| intake.on <= until) };
    }
    let Some(until) = until else { return IntakeClock::NoLimit };
    match (until - today).num_days() {
        days @ 0.. => IntakeClock::Left { days, until },
        past => IntakeClock::Lapsed { days: -past, until },
    }
}

impl IntakeClock {
    /// What is most pressing first: what lapsed, then what has the fewest days, then what has none to lose.
    pub const fn press(self) -> i64 {
        match self {
            Self::Lapsed { days, .. } => -days,
            Self::Left { days, .. } => days,
            Self::NoLimit => i64::MAX - 1,
            Self::Done { .. } => i64::MAX,
        }
    }
}
