//! The words of the page Today.

use crate::console::when::{age_words, day};
use crate::words::t;
use chrono::{NaiveDate, TimeDelta};

/// Its title.
pub fn title() -> &'static str {
    t!("shell-today")
}

/// The title of the window, with how many things there are.
pub fn title_of(rows: usize) -> String {
    match rows {
        0 => String::from(title()),
        n => t!("today-title-count", n = n),
    }
}

/// The list, for a screen reader.
pub fn list() -> &'static str {
    t!("today-what-needs-you-by-the")
}

/// The empty state.
pub fn nothing() -> &'static str {
    t!("today-nothing-needs-you-now")
}

/// What stands below it.
pub fn nothing_more() -> &'static str {
    t!("today-nobody-waits-for-you-and")
}

/// The part of what waits for a place.
pub fn held() -> &'static str {
    t!("today-waiting-for-a-place")
}

/// Why.
pub fn held_why() -> &'static str {
    t!("today-every-caseload-is-full-these")
}

/// The link to the inbox.
pub fn to_inbox() -> &'static str {
    t!("today-see-the-inbox")
}

/// The link to the caseload.
pub fn to_cases() -> &'static str {
    t!("today-see-all-your-cases")
}

/// What a row is about, and what is done about it.
pub type Task = (&'static str, &'static str);

/// It was put to whoever looks.
pub fn offered() -> Task {
    (t!("today-a-referral-waits-for-you"), t!("today-accept-it-or-pass-it"))
}

/// It waits for a place.
pub fn waits_for_place() -> Task {
    (t!("today-a-referral"), t!("today-look-at-it"))
}

/// Nobody has it.
pub fn unheld() -> Task {
    (t!("today-nobody-has-this-referral"), t!("today-see-who-was-asked-and"))
}

/// They are to meet.
pub fn meet() -> Task {
    (t!("today-meet-them"), t!("today-record-whether-you-met"))
}

/// They are there.
pub fn meeting() -> Task {
    (t!("today-you-are-there"), t!("today-record-whether-you-met"))
}

/// The person was not found.
pub fn not_found() -> Task {
    (t!("today-not-found-try-again"), t!("today-record-the-next-try"))
}

/// The intake.
pub fn intake() -> Task {
    (t!("today-intake"), t!("today-record-the-intake"))
}

/// The intake of someone who is not met yet.
pub fn intake_unmet() -> Task {
    (t!("today-intake-not-met-yet"), t!("today-open-the-case"))
}

/// A step of a plan.
pub fn step() -> Task {
    (t!("today-a-step-of-the-plan"), t!("today-update-the-plan"))
}

/// A contact.
pub fn promise() -> Task {
    (t!("today-you-promised-to-be-in"), t!("today-record-the-contact"))
}

/// A gap of the rota.
pub fn gap() -> Task {
    (t!("rota-nobody-on-call"), t!("today-fill-the-rota"))
}

/// What a clock counts towards.
pub fn to_hand_off() -> &'static str {
    t!("today-30-min-from-the-scene")
}

/// The agreed time.
pub fn to_meet() -> &'static str {
    t!("today-the-agreed-time")
}

/// The next try.
pub fn to_try() -> &'static str {
    t!("today-the-next-try")
}

/// The gap.
pub fn to_gap() -> &'static str {
    t!("today-to-the-gap")
}

/// Runs on in the page; `#` is the time.
pub fn runs_on() -> String {
    t!("today-left", time = "#")
}

/// As [`runs_on`], past its end.
pub fn runs_over() -> String {
    t!("today-over", time = "#")
}

/// Time to an end, or past it.
pub fn left(left: TimeDelta) -> String {
    if left < TimeDelta::zero() {
        t!("today-over", time = age_words(-left))
    } else {
        t!("today-left", time = age_words(left))
    }
}

/// Days to a last day, or past it; 0 is that day.
pub fn days(left: i64) -> String {
    match left {
        0 => String::from(title()),
        ..0 => t!("today-days-over", n = -left),
        _ => t!("today-days-left", n = left),
    }
}

/// A last day.
pub fn by(on: NaiveDate) -> String {
    t!("today-by", day = day(on))
}

/// How many there are, beside the title.
pub fn count(rows: usize, over: usize) -> String {
    match (rows, over) {
        (0, _) => String::from(t!("today-all-quiet")),
        (n, 0) => t!("today-things", n = n),
        (n, over) => t!("today-things-over", n = n, over = over),
    }
}

/// What comes later.
pub fn later(rows: usize) -> String {
    t!("today-in-more-than-a-week", n = rows)
}

/// What there is no room for.
pub fn more(rows: usize) -> String {
    t!("today-more-are-due", n = rows)
}

/// What waits for others.
pub fn elsewhere(waiting: usize) -> String {
    t!("today-referrals-wait-elsewhere", n = waiting)
}

/// Whether whoever looks has looked before, and when last.
pub fn seen(ago: Option<TimeDelta>) -> String {
    match ago {
        None => String::from(t!("today-new-you-have-not-looked")),
        Some(ago) => t!("today-you-looked", time = age_words(ago)),
    }
}

/// How often someone went.
pub fn tried(times: usize, last: &str) -> String {
    t!("today-tried", n = times, last = last)
}

/// Nobody stands on the ladder.
pub fn nobody_to_tell() -> &'static str {
    t!("ladder-there-is-nobody-on-the")
}

/// Nobody was told so far.
pub fn nobody_told() -> &'static str {
    t!("today-nobody-was-asked-yet")
}

/// The officer has not recorded an arrival.
pub fn not_there() -> &'static str {
    t!("today-no-arrival-recorded-yet")
}
