//! How long something has waited.

use super::spoken::spoken;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use dioxus::prelude::*;

/// An age in words: `under 1 min`, `12 min`, `1 h 05 min`, `3 days`. An age below zero, from a clock
/// that was set back, is `under 1 min`.
pub fn age_words(age: TimeDelta) -> String {
    let minutes = age.num_minutes();
    match minutes {
        ..1 => String::from("under 1 min"),
        1..60 => format!("{minutes} min"),
        60..1440 => format!("{} h {:02} min", minutes / 60, minutes % 60),
        1440..2880 => String::from("1 day"),
        _ => format!("{} days", minutes / 1440),
    }
}

/// The age of something, as a `time` element that a script may keep running.
#[component]
pub fn Age(
    /// Since when.
    since: DateTime<Utc>,
    /// The moment of showing.
    now: DateTime<Utc>,
    /// From this age on it is late, in minutes.
    late_after_min: Option<i64>,
) -> Element {
    let age = now - since;
    let late = late_after_min.is_some_and(|limit| age.num_minutes() >= limit);
    let limit = late_after_min.map(|limit| limit.to_string());
    rsx! {
        time {
            class: "age",
            datetime: since.to_rfc3339_opts(SecondsFormat::Secs, true),
            "data-age": "true",
            "data-late-after": limit,
            "data-late": if late { "true" },
            {(spoken().age)(age)}
        }
    }
}
