//! What a person typed into a form of the console, checked.

use crate::words::t;
use chrono::{DateTime, FixedOffset, NaiveTime, TimeDelta, Utc};
use handoff::domain::stage::{DeclineReason, MeetPlace};
use serde::Deserialize;

/// A note holds at most this many letters.
pub const MOST_NOTE: usize = 500;

/// The Accept form as it came.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptForm {
    /// `10`, `20`, `30`, `45` minutes, or `time`.
    #[serde(default)]
    pub when: String,
    /// A time of day, with `time`.
    #[serde(default)]
    pub time: String,
    /// Code of a [`MeetPlace`].
    #[serde(default)]
    pub place: String,
    /// Where else, or anything to keep.
    #[serde(default)]
    pub note: String,
}

impl Default for AcceptForm {
    /// The common answer, so that accepting is one press.
    fn default() -> Self {
        let [when, time, note] = [String::from("20"), String::new(), String::new()];
        Self { when, time, place: String::from(MeetPlace::Scene.code()), note }
    }
}

/// When and where the case manager will meet the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accept {
    /// When.
    pub at: DateTime<Utc>,
    /// Where.
    pub place: MeetPlace,
    /// What to keep.
    pub note: String,
}

/// What is wrong with a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct FormError {
    /// The field's name.
    pub field: &'static str,
    /// What to do about it.
    pub why: &'static str,
}

/// The minutes that the form offers.
pub const MINUTES: [(&str, i64); 4] = [("10", 10), ("20", 20), ("30", 30), ("45", 45)];

impl AcceptForm {
    /// Reads the form at `now`; a time of day is meant in the scene's zone, and is tomorrow's when today's
    /// has passed.
    ///
    /// # Errors
    /// The first field that is missing or unknown; a time more than 12 hours away, which is a slip; a
    /// meeting elsewhere without saying where; a note that is too long.
    pub fn read(&self, now: DateTime<Utc>, zone: FixedOffset) -> Result<Accept, FormError> {
        let at = self.moment(now, zone)?;
        let place = MeetPlace::from_code(&self.place);
        let place = place.ok_or(FormError { field: "place", why: t!("accept-choose-where-you-will-meet") })?;
        let note = note(&self.note)?;
        if place == MeetPlace::Elsewhere && note.is_empty() {
            return Err(FormError { field: "note", why: t!("accept-write-where-you-will-meet") });
        }
        Ok(Accept { at, place, note })
    }

    fn moment(&self, now: DateTime<Utc>, zone: FixedOffset) -> Result<DateTime<Utc>, FormError> {
        if let Some((_, minutes)) = MINUTES.iter().find(|(code, _)| *code == self.when) {
            return Ok(now + TimeDelta::minutes(*minutes));
        }
        if self.when != "time" {
            return Err(FormError { field: "when", why: t!("accept-choose-when-you-will-be") });
        }
        let fault = |why| FormError { field: "time", why };
        let time = NaiveTime::parse_from_str(self.time.trim(), "%H:%M")
            .map_err(|_| fault(t!("accept-write-the-time-as-hours")))?;
        let today = now.with_timezone(&zone).date_naive().and_time(time);
        let today =
            today.and_local_timezone(zone).single().ok_or(fault(t!("accept-this-time-does-not-exist")))?.to_utc();
        let at = if today < now - TimeDelta::minutes(1) { today + TimeDelta::days(1) } else { today };
        match at - now > TimeDelta::hours(12) {
            true => Err(fault(t!("accept-this-is-more-than-12"))),
            false => Ok(at),
        }
    }
}

/// The form with which a referral is passed on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclineForm {
    /// Code of a [`DeclineReason`].
    #[serde(default)]
    pub reason: String,
}

impl DeclineForm {
    /// The reason.
    ///
    /// # Errors
    /// None was chosen, or it is not known.
    pub fn read(&self) -> Result<DeclineReason, FormError> {
        DeclineReason::from_code(&self.reason).ok_or(FormError { field: "reason", why: t!("accept-choose-why") })
    }
}

/// The Confirm form of an override.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmForm {
    /// What the sergeant found, if they say so.
    #[serde(default)]
    pub note: String,
}

impl ConfirmForm {
    /// The note, trimmed.
    ///
    /// # Errors
    /// A note that is too long, or not text.
    pub fn read(&self) -> Result<String, FormError> {
        note(&self.note)
    }
}

/// A note, trimmed. What is no text, and so in no keyboard, comes from a program: a database may not take it.
fn note(typed: &str) -> Result<String, FormError> {
    let (note, fault) = (typed.trim(), |why| Err(FormError { field: "note", why }));
    let is_no_text = |c: char| c == char::REPLACEMENT_CHARACTER || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    if note.contains(is_no_text) {
        return fault(t!("accept-take-out-what-cannot-be"));
    }
    if note.chars().count() > MOST_NOTE {
        return fault(t!("accept-shorten-this-to-500-letters"));
    }
    Ok(String::from(note))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2012-06-02T05:40:00Z".parse().unwrap()
    }

    fn zone() -> FixedOffset {
        FixedOffset::west_opt(7 * 3600).unwrap()
    }

    fn at_time(time: &str) -> Result<DateTime<Utc>, FormError> {
        let form = AcceptForm { when: String::from("time"), time: String::from(time), ..AcceptForm::default() };
        form.read(now(), zone()).map(|accept| accept.at)
    }

    #[test]
    fn the_form_as_it_opens_means_in_twenty_minutes_at_the_scene() {
        let accept = AcceptForm::default().read(now(), zone()).unwrap();
        assert_eq!((accept.at - now(), accept.place), (TimeDelta::minutes(20), MeetPlace::Scene));
    }

    #[test]
    fn a_time_of_day_is_meant_at_the_scene_and_past_midnight_it_is_tomorrow() {
        assert_eq!(at_time("23:10").unwrap(), now() + TimeDelta::minutes(30));
        assert_eq!(at_time("00:10").unwrap(), now() + TimeDelta::minutes(90));
        assert_eq!(at_time("22:40").unwrap(), now());
    }

    #[test]
    fn a_time_that_is_a_slip_names_its_field() {
        for slip in ["", "25:00", "soon", "12:00"] {
            assert_eq!(at_time(slip).unwrap_err().field, "time", "{slip}");
        }
    }

    #[test]
    fn a_missing_choice_names_its_field() {
        let form = AcceptForm::default();
        let fault = |form: AcceptForm| form.read(now(), zone()).unwrap_err().field;
        assert_eq!(fault(AcceptForm { when: String::new(), ..form.clone() }), "when");
        assert_eq!(fault(AcceptForm { place: String::from("moon"), ..form.clone() }), "place");
        assert_eq!(fault(AcceptForm { place: String::from("elsewhere"), ..form.clone() }), "note");
        assert_eq!(fault(AcceptForm { note: "x".repeat(501), ..form }), "note");
    }
}
