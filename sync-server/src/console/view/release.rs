//! Releases in words, for the case manager who writes them down and for whoever sees what they let out.

use super::casework::words as case_words;
use super::{Mark, Said};
use crate::console::when::clock;
use crate::release::Outside;
use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use handoff::domain::casework::IntakeClock;
use handoff::domain::ids::{ReferralId, ReleaseId, StaffId};
use handoff::domain::private::Private;
use handoff::domain::release::{
    Attendance, Audience, Ending, FULL_NOTICE, Given, Giving, GoalSummary, Item, NOTICE_SOURCE, Progress, Release,
    SHORT_NOTICE,
};
use handoff::ui::parts::{Glyph, Tone, words as shared};

/// What can be released, in words.
pub const fn item(item: Item) -> &'static str {
    match item {
        Item::Status => "That they take part, and how far it is",
        Item::Attendance => "Attendance: when they met, the intake, the last contact",
        Item::Plan => "The plan in short: steps done, and which services",
        Item::Manager => "Who the case manager is",
    }
}

/// To whom, in words.
pub const fn audience(audience: Audience) -> &'static str {
    match audience {
        Audience::Officer => "Officers and sergeants",
        Audience::Prosecutor => "The prosecutor",
        Audience::Other => "Someone else",
    }
}

/// How a release was given, in words.
pub const fn giving(giving: Giving) -> &'static str {
    match giving {
        Giving::Paper => "Signed on paper",
        Giving::Electronic => "Signed electronically",
        Giving::Spoken => "Spoken, with a witness",
    }
}

/// How a release was withdrawn, in words.
pub const fn ending(ending: Ending) -> &'static str {
    match ending {
        Ending::Spoken => "They said so",
        Ending::Written => "They wrote or signed it",
        Ending::Through => "Someone who speaks for them said so",
    }
}

/// The page of a case's releases.
#[derive(Debug, Clone, PartialEq)]
pub struct ReleasesView {
    /// Of which case.
    pub referral: ReferralId,
    /// Whose.
    pub name: String,
    /// The person's word to the officer at the scene.
    pub consent: String,
    /// Releases, the newest first.
    pub releases: Vec<ReleaseView>,
    /// Why none can be written; nothing if one can.
    pub closed: Option<&'static str>,
    /// The id of the next.
    pub id: ReleaseId,
    /// The number of the newest.
    pub follows: u64,
    /// Someone wrote another while this was typed.
    pub stale: bool,
}

/// A release on that page.
#[derive(Debug, Clone, PartialEq)]
pub struct ReleaseView {
    /// Which.
    pub id: ReleaseId,
    /// To whom.
    pub title: String,
    /// Whether it holds.
    pub state: Mark,
    /// What it says.
    pub lines: Vec<Said>,
    /// It holds, so that what it lets out can be handed on.
    pub holds: bool,
    /// It can be withdrawn.
    pub open: bool,
}

/// A release, for the case manager.
pub fn release(
    given: &Given,
    (zone, today, now): (FixedOffset, NaiveDate, DateTime<Utc>),
    name: impl Fn(StaffId) -> String,
) -> ReleaseView {
    let said = |label: &str, value: String| Said { label: label.into(), value };
    let mut lines = Vec::new();
    if let Some(release) = &given.release {
        lines.extend(scope(release));
        lines.push(said("Given", format!("{}, {}", giving(release.manner), day(release.on))));
        if let Some(witness) = &release.witness {
            lines.push(said("Witness", witness.reveal().clone()));
        }
    }
    lines.push(said("Written down", format!("{}, {}", name(given.by), clock(given.at, zone, now))));
    if let Some(ended) = given.ended {
        let when = clock(ended.at, zone, now);
        lines.push(said("Withdrawn", format!("{when}. {}. Written down by {}", ending(ended.manner), name(ended.by))));
    }
    ReleaseView {
        id: given.id,
        title: given.release.as_ref().map_or_else(|| String::from("A release that does not open"), to_whom),
        state: state(given, today),
        lines,
        holds: given.holds(today).is_some(),
        open: given.ended.is_none(),
    }
}

fn state(given: &Given, today: NaiveDate) -> Mark {
    let mark = |tone, glyph, text: String| Mark { tone, glyph, text };
    match (&given.release, given.ended, given.holds(today)) {
        (_, Some(_), _) => mark(Tone::Plain, Glyph::Stop, "Withdrawn".into()),
        (None, None, _) => mark(Tone::Bad, Glyph::Alert, "Lets nothing out".into()),
        (Some(release), None, Some(_)) => mark(Tone::Good, Glyph::Check, format!("Holds until {}", day(release.until))),
        (Some(release), None, None) if release.until < today => {
            mark(Tone::Plain, Glyph::Clock, format!("Ended {}", day(release.until)))
        }
        (Some(release), None, None) => mark(Tone::Plain, Glyph::Clock, format!("Holds from {}", day(release.on))),
    }
}

fn to_whom(release: &Release) -> String {
    match (&release.named, release.to) {
        (Some(named), Audience::Other) => named.reveal().clone(),
        (_, to) => audience(to).into(),
    }
}

/// What a release covers: this goes with whatever it lets out.
fn scope(release: &Release) -> Vec<Said> {
    let said = |label: &str, value: String| Said { label: label.into(), value };
    let items: Vec<_> = release.items.iter().map(|one| item(*one)).collect();
    vec![
        said("What", items.join("; ")),
        said("What for", release.purpose.reveal().clone()),
        said("Last day", day(release.until)),
    ]
}

fn day(on: NaiveDate) -> String {
    on.format("%-d %b %Y").to_string()
}

/// A row or a page of what may be known outside.
#[derive(Debug, Clone, PartialEq)]
pub struct OutsideView {
    /// Where its page is.
    pub href: String,
    /// Its incident, or that there is no number.
    pub title: String,
    /// Whose it is, where something was released.
    pub name: Option<Private<String>>,
    /// When it began, by which door, which officer.
    pub facts: Vec<Said>,
    /// How far it is.
    pub progress: Option<Mark>,
    /// The intake's clock, for whoever holds the charge.
    pub intake: Option<Mark>,
    /// What was released, in codes' words; empty for status only.
    pub released: Vec<Said>,
    /// What each release behind it covers.
    pub scopes: Vec<(String, Vec<Said>)>,
}

/// What someone outside sees.
pub fn outside(
    found: &Outside,
    (officer, now): (String, DateTime<Utc>),
    name: impl Fn(StaffId) -> String,
) -> OutsideView {
    let said = |label: &str, value: String| Said { label: label.into(), value };
    let (seen, zone) = (&found.seen, *found.began.offset());
    let mut facts = vec![said("Began", clock(found.began.to_utc(), zone, now))];
    facts.extend(found.door.map(|door| said("Came by", shared::door(door).into())));
    facts.push(said("Officer", officer));
    let mut released = Vec::new();
    if let Some(manager) = seen.manager {
        released.push(said("Case manager", name(manager)));
    }
    if let Some(attendance) = seen.attendance {
        released.extend(attended(attendance));
    }
    if let Some(goals) = &seen.plan {
        released.extend(planned(goals));
    }
    OutsideView {
        href: format!("/released/{}", found.referral),
        title: found
            .incident
            .as_ref()
            .map_or_else(|| "No incident number".into(), |number| format!("Incident {number}")),
        name: found.name.clone(),
        facts,
        progress: seen.progress.map(progress),
        intake: seen.intake.map(super::casework::intake_mark),
        released,
        scopes: found
            .releases
            .iter()
            .filter_map(|given| given.release.as_ref())
            .map(|r| (to_whom(r), scope(r)))
            .collect(),
    }
}

fn progress(progress: Progress) -> Mark {
    let mark = |tone, glyph, text: &str| Mark { tone, glyph, text: text.into() };
    match progress {
        Progress::Referred => mark(Tone::Info, Glyph::Clock, "Referred, nobody has it yet"),
        Progress::Accepted => mark(Tone::Info, Glyph::Person, "Accepted"),
        Progress::Met => mark(Tone::Good, Glyph::Check, "Met"),
        Progress::TakenBack => mark(Tone::Plain, Glyph::Stop, "Taken back by the officer"),
    }
}

fn attended(attendance: Attendance) -> Vec<Said> {
    let said = |label: &str, value: String| Said { label: label.into(), value };
    let on = |on: Option<NaiveDate>| on.map_or_else(|| String::from("Not yet"), day);
    let intake = match attendance.intake {
        IntakeClock::NoLimit => String::from("Not done, no limit"),
        IntakeClock::Left { until, .. } => format!("Not done, due {}", day(until)),
        IntakeClock::Lapsed { until, .. } => format!("Not done, was due {}", day(until)),
        IntakeClock::Done { day, in_time: true } => format!("Done on day {day}"),
        IntakeClock::Done { day, in_time: false } => format!("Done on day {day}, after the limit"),
    };
    vec![said("Met", on(attendance.met)), said("Intake", intake), said("Last contact", on(attendance.last_contact))]
}

fn planned(goals: &[GoalSummary]) -> Vec<Said> {
    let goal = |(goal, n): (&GoalSummary, usize)| {
        let services: Vec<_> = goal.services.iter().map(|service| case_words::service(*service)).collect();
        let steps = match goal.steps {
            0 => String::from("No steps"),
            steps => format!("{} of {steps} steps done", goal.done),
        };
        let with = if services.is_empty() { String::new() } else { format!(": {}", services.join(", ")) };
        Said { label: format!("Goal {n}"), value: format!("{steps}{with}") }
    };
    if goals.is_empty() {
        return vec![Said { label: "Plan".into(), value: "No plan yet".into() }];
    }
    goals.iter().zip(1..).map(goal).collect()
}

/// The same as a file: plain text, the notice first and last, so that no page of it goes without.
pub fn file(view: &OutsideView, made: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    if !view.released.is_empty() || !view.scopes.is_empty() {
        lines.extend([SHORT_NOTICE.into(), String::new()]);
    }
    lines.push(view.title.clone());
    lines.extend(view.name.as_ref().map(|name| format!("Name: {}", name.reveal())));
    lines.extend(view.progress.iter().map(|mark| format!("Status: {}", mark.text)));
    lines.extend(view.intake.iter().map(|mark| mark.text.clone()));
    lines.extend(view.facts.iter().chain(&view.released).map(line));
    for (to, scope) in &view.scopes {
        lines.extend([String::new(), format!("Released to: {to}")]);
        lines.extend(scope.iter().map(line));
    }
    lines.extend([String::new(), format!("Made {made}")]);
    if !view.scopes.is_empty() {
        lines.extend([String::new(), format!("Notice ({NOTICE_SOURCE})")]);
        lines.extend(FULL_NOTICE.iter().map(|text| String::from(*text)));
    }
    lines.join("\r\n") + "\r\n"
}

fn line(said: &Said) -> String {
    // One line each, whatever was typed into it.
    format!("{}: {}", said.label, said.value.split_whitespace().collect::<Vec<_>>().join(" "))
}
