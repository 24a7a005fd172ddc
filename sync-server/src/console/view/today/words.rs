//! Every word of the page Today.

use crate::console::view::casework::words::day;
use chrono::{NaiveDate, TimeDelta};
use handoff::ui::parts::age_words;

/// Its title.
pub const TITLE: &str = "Today";
/// The list, for a screen reader.
pub const LIST: &str = "What needs you, by the clock that runs out first";
/// The empty state.
pub const NOTHING: &str = "Nothing needs you now";
/// What stands below it.
pub const NOTHING_MORE: &str =
    "Nobody waits for you, and nothing is due. Take a breath: what comes next appears here by itself.";
/// The part of what waits for a place.
pub const HELD: &str = "Waiting for a place";
/// Why.
pub const HELD_WHY: &str =
    "Every caseload is full. These wait behind people who were arrested; whoever has a place again can take one.";
/// The link to the inbox.
pub const TO_INBOX: &str = "See the inbox";
/// The link to the caseload.
pub const TO_CASES: &str = "See all your cases";

/// What a row is about, and what is done about it.
pub type Task = (&'static str, &'static str);
/// It was put to whoever looks.
pub const OFFERED: Task = ("A referral waits for you", "Accept it, or pass it on");
/// It waits for a place.
pub const WAITS_FOR_PLACE: Task = ("A referral", "Look at it");
/// Nobody has it.
pub const UNHELD: Task = ("Nobody has this referral", "See who was asked, and act");
/// They are to meet.
pub const MEET: Task = ("Meet them", "Record whether you met");
/// They are there.
pub const MEETING: Task = ("You are there", "Record whether you met");
/// The person was not found.
pub const NOT_FOUND: Task = ("Not found: try again", "Record the next try");
/// The intake.
pub const INTAKE: Task = ("Intake", "Record the intake");
/// The intake of someone who is not met yet.
pub const INTAKE_UNMET: Task = ("Intake, not met yet", "Open the case");
/// A step of a plan.
pub const STEP: Task = ("A step of the plan", "Update the plan");
/// A contact.
pub const PROMISE: Task = ("You promised to be in touch", "Record the contact");
/// A gap of the rota.
pub const GAP: Task = ("Nobody on call", "Fill the rota");

/// What a clock counts towards.
pub const TO_HAND_OFF: &str = "30 min from the scene";
/// The agreed time.
pub const TO_MEET: &str = "the agreed time";
/// The next try.
pub const TO_TRY: &str = "the next try";
/// The gap.
pub const TO_GAP: &str = "to the gap";

/// Runs on in the page; `#` is the time.
pub const LEFT: &str = "# left";
/// As [`LEFT`], past its end.
pub const OVER: &str = "# over";

/// Time to an end, or past it.
pub fn left(left: TimeDelta) -> String {
    let (shape, time) = if left < TimeDelta::zero() { (OVER, -left) } else { (LEFT, left) };
    shape.replace('#', &age_words(time))
}

/// Days to a last day, or past it; 0 is that day.
pub fn days(left: i64) -> String {
    match left {
        0 => String::from("Today"),
        1 => String::from("1 day left"),
        -1 => String::from("1 day over"),
        ..0 => format!("{} days over", -left),
        _ => format!("{left} days left"),
    }
}

/// A last day.
pub fn by(on: NaiveDate) -> String {
    format!("by {}", day(on))
}

/// How many there are, beside the title.
pub fn count(rows: usize, over: usize) -> String {
    let rows = match rows {
        0 => return String::from("All quiet"),
        1 => String::from("1 thing"),
        n => format!("{n} things"),
    };
    match over {
        0 => rows,
        over => format!("{rows}, {over} over time"),
    }
}

/// What comes later.
pub fn later(rows: usize) -> String {
    format!("In more than a week: {rows}")
}

/// What there is no room for.
pub fn more(rows: usize) -> String {
    match rows {
        1 => String::from("1 more is due after these."),
        n => format!("{n} more are due after these."),
    }
}

/// What waits for others.
pub fn elsewhere(waiting: usize) -> String {
    match waiting {
        1 => String::from("1 referral waits that was put to others."),
        n => format!("{n} referrals wait that were put to others."),
    }
}

/// Whether whoever looks has looked before, and when last.
pub fn seen(ago: Option<TimeDelta>) -> String {
    match ago {
        None => String::from("New: you have not looked at it yet."),
        Some(ago) => format!("You looked {} ago. Nobody has accepted it.", age_words(ago)),
    }
}

/// How often someone went.
pub fn tried(times: usize, last: &str) -> String {
    match times {
        1 => format!("Tried once, {last}"),
        n => format!("Tried {n} times, last {last}"),
    }
}

/// Nobody stands on the ladder.
pub const NOBODY_TO_TELL: &str = "There is nobody on the ladder to tell.";
/// Nobody was told so far.
pub const NOBODY_TOLD: &str = "Nobody was asked yet.";
/// The officer has not recorded an arrival.
pub const NOT_THERE: &str = "No arrival recorded yet.";
