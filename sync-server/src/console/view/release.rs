//! Releases in words, for the case manager who writes them down and for whoever sees what they let out.

use super::casework::words as case_words;
use super::{Mark, Said};
use crate::console::view::codes as shared;
use crate::console::when::{clock, day};
use crate::release::Outside;
use crate::words::{Language, t};
use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use handoff::domain::casework::IntakeClock;
use handoff::domain::ids::{ReferralId, ReleaseId, StaffId};
use handoff::domain::private::Private;
use handoff::domain::release::{
    Attendance, Audience, Ending, FULL_NOTICE, Given, Giving, GoalSummary, Item, NOTICE_SOURCE, Progress, Release,
    SHORT_NOTICE,
};
use handoff::ui::parts::{Glyph, Tone};

/// What can be released, in words.
pub fn item(item: Item) -> &'static str {
    match item {
        Item::Status => t!("release-that-they-take-part-and"),
        Item::Attendance => t!("release-attendance-when-they-met-the"),
        Item::Plan => t!("release-the-plan-in-short-steps"),
        Item::Manager => t!("release-who-the-case-manager-is"),
    }
}

/// To whom, in words.
pub fn audience(audience: Audience) -> &'static str {
    match audience {
        Audience::Officer => t!("release-officers-and-sergeants"),
        Audience::Prosecutor => t!("release-the-prosecutor"),
        Audience::Other => t!("release-someone-else"),
    }
}

/// How a release was given, in words.
pub fn giving(giving: Giving) -> &'static str {
    match giving {
        Giving::Paper => t!("release-signed-on-paper"),
        Giving::Electronic => t!("release-signed-electronically"),
        Giving::Spoken => t!("release-spoken-with-a-witness"),
    }
}

/// How a release was withdrawn, in words.
pub fn ending(ending: Ending) -> &'static str {
    match ending {
        Ending::Spoken => t!("release-they-said-so"),
        Ending::Written => t!("release-they-wrote-or-signed-it"),
        Ending::Through => t!("release-someone-who-speaks-for-them"),
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
        lines.push(said(t!("release-given"), format!("{}, {}", giving(release.manner), day(release.on))));
        if let Some(witness) = &release.witness {
            lines.push(said(t!("release-witness"), witness.reveal().clone()));
        }
    }
    lines.push(said(t!("release-written-down"), format!("{}, {}", name(given.by), clock(given.at, zone, now))));
    if let Some(ended) = given.ended {
        let when = clock(ended.at, zone, now);
        lines.push(said(
            t!("release-withdrawn"),
            t!("release-withdrawn-how", when = when, how = ending(ended.manner), name = name(ended.by)),
        ));
    }
    ReleaseView {
        id: given.id,
        title: given.release.as_ref().map_or_else(|| String::from(t!("release-a-release-that-does-not")), to_whom),
        state: state(given, today),
        lines,
        holds: given.holds(today).is_some(),
        open: given.ended.is_none(),
    }
}

fn state(given: &Given, today: NaiveDate) -> Mark {
    let mark = |tone, glyph, text: String| Mark { tone, glyph, text };
    match (&given.release, given.ended, given.holds(today)) {
        (_, Some(_), _) => mark(Tone::Plain, Glyph::Stop, t!("release-withdrawn").into()),
        (None, None, _) => mark(Tone::Bad, Glyph::Alert, t!("release-lets-nothing-out").into()),
        (Some(release), None, Some(_)) => {
            mark(Tone::Good, Glyph::Check, t!("release-holds-until", day = day(release.until)))
        }
        (Some(release), None, None) if release.until < today => {
            mark(Tone::Plain, Glyph::Clock, t!("release-ended", day = day(release.until)))
        }
        (Some(release), None, None) => mark(Tone::Plain, Glyph::Clock, t!("release-holds-from", day = day(release.on))),
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
        said(t!("releases-what"), items.join("; ")),
        said(t!("releases-what-for"), release.purpose.reveal().clone()),
        said(t!("releases-last-day"), day(release.until)),
    ]
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
    let mut facts = vec![said(t!("person-began"), clock(found.began.to_utc(), zone, now))];
    facts.extend(found.door.map(|door| said(t!("release-came-by"), shared::door(door).into())));
    facts.push(said(t!("release-officer"), officer));
    let mut released = Vec::new();
    if let Some(manager) = seen.manager {
        released.push(said(t!("case-case-manager"), name(manager)));
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
            .map_or_else(|| t!("release-no-incident-number").into(), |number| t!("release-incident", number = number)),
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
        Progress::Referred => mark(Tone::Info, Glyph::Clock, t!("release-referred-nobody-has-it-yet")),
        Progress::Accepted => mark(Tone::Info, Glyph::Person, t!("release-accepted")),
        Progress::Met => mark(Tone::Good, Glyph::Check, t!("case-met")),
        Progress::TakenBack => mark(Tone::Plain, Glyph::Stop, t!("inbox-taken-back-by-the-officer")),
    }
}

fn attended(attendance: Attendance) -> Vec<Said> {
    let said = |label: &str, value: String| Said { label: label.into(), value };
    let on = |on: Option<NaiveDate>| on.map_or_else(|| String::from(t!("release-not-yet")), day);
    let intake = match attendance.intake {
        IntakeClock::NoLimit => String::from(t!("release-not-done-no-limit")),
        IntakeClock::Left { until, .. } => t!("release-intake-due", day = day(until)),
        IntakeClock::Lapsed { until, .. } => t!("release-intake-lapsed", day = day(until)),
        IntakeClock::Done { day, in_time: true } => t!("release-intake-done", n = day),
        IntakeClock::Done { day, in_time: false } => t!("release-intake-done-late", n = day),
    };
    vec![
        said(t!("case-met"), on(attendance.met)),
        said(t!("note-intake"), intake),
        said(t!("case-last-contact"), on(attendance.last_contact)),
    ]
}

fn planned(goals: &[GoalSummary]) -> Vec<Said> {
    let goal = |(goal, n): (&GoalSummary, usize)| {
        let services: Vec<_> = goal.services.iter().map(|service| case_words::service(*service)).collect();
        let steps = match goal.steps {
            0 => String::from(t!("release-no-steps")),
            steps => t!("release-steps-done", done = goal.done, n = steps),
        };
        let with = if services.is_empty() { String::new() } else { format!(": {}", services.join(", ")) };
        Said { label: t!("release-goal", n = n), value: format!("{steps}{with}") }
    };
    if goals.is_empty() {
        return vec![Said { label: t!("note-plan").into(), value: t!("release-no-plan").into() }];
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
    lines.extend(view.name.as_ref().map(|name| format!("{}: {}", t!("release-name"), name.reveal())));
    lines.extend(view.progress.iter().map(|mark| t!("release-status", what = &mark.text)));
    lines.extend(view.intake.iter().map(|mark| mark.text.clone()));
    lines.extend(view.facts.iter().chain(&view.released).map(line));
    for (to, scope) in &view.scopes {
        lines.extend([String::new(), t!("release-released-to", to = to)]);
        lines.extend(scope.iter().map(line));
    }
    lines.extend([String::new(), t!("release-made", when = made)]);
    if !view.scopes.is_empty() {
        lines.extend([String::new(), t!("release-notice", source = NOTICE_SOURCE)]);
        lines.extend(
            Some(t!("release-notice-means")).filter(|_| Language::now() != Language::English).map(String::from),
        );
        lines.extend(FULL_NOTICE.iter().map(|text| String::from(*text)));
    }
    lines.join("\r\n") + "\r\n"
}

fn line(said: &Said) -> String {
    // One line each, whatever was typed into it.
    format!("{}: {}", said.label, said.value.split_whitespace().collect::<Vec<_>>().join(" "))
}
