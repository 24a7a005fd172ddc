//! The rota in words: by week and day, who is called first and second, and when nobody is.

use crate::console::when;
use crate::rota::{Act, keeps, may, may_be_on_call};
use crate::site::{Site, has_end};
use crate::store::Staff;
use crate::store::rota::ListedTurn;
use crate::words::t;
use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc};
use handoff::domain::ids::StaffId;
use handoff::domain::local::Zone;
use handoff::domain::rota::{Span, coverage, overlaps, span_of};
use handoff::domain::wire::OnCall;

/// The page shows this week and so many more.
const WEEKS: u64 = 7;
/// So many gaps are told in the alarm; the others are on the page.
const TOLD: usize = 3;

/// Nobody is on call, now or soon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// In one line.
    pub title: String,
    /// When, a line each.
    pub lines: Vec<String>,
}

/// The page of the rota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotaView {
    /// By which clock its times are.
    pub clock: String,
    /// Nobody is on call, now or soon; for those who keep the rota.
    pub alarm: Option<Alarm>,
    /// This week from now on, and those that follow.
    pub weeks: Vec<WeekView>,
    /// Turns that their holders offer to the others.
    pub offered: Vec<OfferView>,
    /// Turns of people who are no longer here: nobody comes.
    pub left: Vec<OfferView>,
    /// Who may be put on call, if whoever looks keeps the rota.
    pub people: Option<Vec<Holder>>,
}

/// A week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeekView {
    /// `This week`, `Week of 30 Nov`.
    pub title: String,
    /// Its days.
    pub days: Vec<DayView>,
    /// Two people at one place of the order, a sentence each.
    pub overlaps: Vec<String>,
}

/// A day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayView {
    /// `Fri 27 Nov`.
    pub title: String,
    /// It is today.
    pub today: bool,
    /// The clocks change.
    pub note: Option<&'static str>,
    /// From its beginning, or from now, to its end.
    pub parts: Vec<Part>,
}

/// A part of a day in which the same people are on call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `08:00–20:00`.
    pub time: String,
    /// Who, first to be called first; nobody is a gap.
    pub held: Vec<Held>,
}

/// Someone's place in a part of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// `1st`, `2nd`.
    pub place: String,
    /// Their name.
    pub name: String,
    /// The page of their turn.
    pub href: String,
    /// They offer it to the others.
    pub offered: bool,
}

/// A turn to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferView {
    /// The page of the turn.
    pub href: String,
    /// Who holds it.
    pub name: String,
    /// When it is.
    pub when: String,
}

/// Someone who may hold a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Who.
    pub id: StaffId,
    /// Their name.
    pub name: String,
}

/// What stands in the form for a new turn.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Typed {
    /// Who, by id.
    pub staff: String,
    /// From, as a clock of the site shows it.
    pub from: String,
    /// Until.
    pub until: String,
    /// The place in the order of call.
    pub order: String,
    /// What is wrong: the field, and what to do.
    pub fault: Option<(&'static str, &'static str)>,
}

/// A turn in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// Who holds it.
    pub name: String,
    /// When it is.
    pub when: String,
    /// `1st`.
    pub place: String,
    /// Its holder offers it to the others.
    pub offered: bool,
}

/// The page of a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnView {
    /// Its number.
    pub n: u64,
    /// As it is now; nothing: it is not there any more.
    pub now: Option<Sight>,
    /// As it was on the page from which something was to be done, when that was not done.
    pub seen: Option<Sight>,
    /// What the form says it saw.
    pub mark: String,
    /// What whoever looks may do.
    pub offers: bool,
    /// They may take the offer back.
    pub keeps: bool,
    /// They may take it.
    pub takes: bool,
    /// They keep the rota: who may be put in the holder's place.
    pub people: Option<Vec<Holder>>,
    /// Whom they had chosen.
    pub chosen: String,
}

/// The alarm to those who keep the rota; nothing when somebody is on call now and for the next 72 hours.
fn alarm(site: &Site, now: DateTime<Utc>) -> Option<Alarm> {
    let gaps = site.gaps_ahead(now);
    let first = gaps.first()?;
    let title = match first.from <= now {
        true => String::from(t!("ladder-nobody-is-on-call")),
        false => t!("rota-nobody-from", when = day_time(&site.zone, first.from)),
    };
    let mut lines: Vec<String> = gaps.iter().take(TOLD).map(|gap| gap_words(&site.zone, gap, now)).collect();
    if gaps.len() > TOLD {
        lines.push(t!("rota-and-more", n = gaps.len() - TOLD));
    }
    if first.from <= now {
        lines.push(String::from(t!("ladder-a-referral-goes-to-the")));
    }
    Some(Alarm { title, lines })
}

/// The same, for someone: nothing to those who do not keep the rota.
pub fn alarm_of(site: &Site, staff: StaffId, now: DateTime<Utc>) -> Option<Alarm> {
    site.rota_keepers().contains(&staff).then(|| alarm(site, now)).flatten()
}

pub(super) fn gap_words(zone: &Zone, gap: &Span, now: DateTime<Utc>) -> String {
    match (gap.from <= now, has_end(gap)) {
        (true, true) => t!("rota-gap-now-until", until = day_time(zone, gap.until)),
        (true, false) => String::from(t!("rota-gap-now-on")),
        (false, true) => t!("rota-gap-until", from = day_time(zone, gap.from), until = day_time(zone, gap.until)),
        (false, false) => t!("rota-gap-on", from = day_time(zone, gap.from)),
    }
}

fn day_time(zone: &Zone, at: DateTime<Utc>) -> String {
    let local = zone.local(at);
    format!("{}, {}", when::weekday_and_day(local.date_naive()), local.format("%H:%M"))
}

/// When a turn is, in words.
fn turn_time(zone: &Zone, turn: &OnCall) -> String {
    t!("rota-turn-time", from = day_time(zone, turn.from), until = day_time(zone, turn.until))
}

/// A place in the order of call, from 1.
fn ordinal(n: u32) -> String {
    t!("rota-place", n = n)
}

/// The page, as someone may see it.
pub fn rota(site: &Site, viewer: &Staff, now: DateTime<Utc>) -> RotaView {
    let is_here = |listed: &&ListedTurn| site.person(listed.turn.staff).is_some_and(|person| person.active);
    let ahead = site.turns.iter().filter(|listed| listed.turn.until > now);
    let (here, left): (Vec<_>, Vec<_>) = ahead.partition(is_here);
    let offer = |listed: &&ListedTurn| OfferView {
        href: href(listed.n),
        name: site.name(listed.turn.staff).to_owned(),
        when: turn_time(&site.zone, &listed.turn),
    };
    RotaView {
        clock: clock(&site.zone, now),
        alarm: alarm_of(site, viewer.id, now),
        weeks: weeks(site, &here, now),
        offered: here.iter().filter(|listed| listed.offered.is_some()).map(offer).collect(),
        left: left.iter().map(offer).collect(),
        people: keeps(viewer).then(|| holders(site)),
    }
}

fn clock(zone: &Zone, now: DateTime<Utc>) -> String {
    let offset = zone.local(now).format("%:z").to_string().replace('-', "\u{2212}");
    t!("rota-times", offset = offset)
}

fn href(n: u64) -> String {
    format!("/rota/turns/{n}")
}

/// Who may be put on call, by name.
fn holders(site: &Site) -> Vec<Holder> {
    let able = site.staff.values().filter(|person| may_be_on_call(person));
    let mut people: Vec<_> = able.map(|person| Holder { id: person.id, name: person.name.clone() }).collect();
    people.sort_by(|one, other| one.name.cmp(&other.name));
    people
}

fn weeks(site: &Site, listed: &[&ListedTurn], now: DateTime<Utc>) -> Vec<WeekView> {
    let today = site.zone.local(now).date_naive();
    let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
    let week = |n: u64| {
        let begins = monday + Days::new(7 * n);
        let first = begins.max(today);
        let span = Span { from: site.zone.begin(first).max(now), until: site.zone.begin(begins + Days::new(7)) };
        let within: Vec<&ListedTurn> =
            listed.iter().copied().filter(|listed| span_of(&listed.turn).meets(&span)).collect();
        let turns: Vec<OnCall> = within.iter().map(|listed| listed.turn.clone()).collect();
        let title =
            if n == 0 { String::from(t!("rota-this-week")) } else { t!("rota-week-of", day = when::day(begins)) };
        let days = first.iter_days().take_while(|day| *day < begins + Days::new(7));
        WeekView {
            title,
            days: days.map(|day| day_view(site, (&within, &turns), day, now)).collect(),
            overlaps: overlap_lines(&site.zone, &turns, span),
        }
    };
    (0..WEEKS).map(week).collect()
}

fn overlap_lines(zone: &Zone, turns: &[OnCall], span: Span) -> Vec<String> {
    let line = |overlap: handoff::domain::rota::Overlap| {
        let (from, until) = (day_time(zone, overlap.span.from), day_time(zone, overlap.span.until));
        t!("rota-overlap", from = from, until = until, place = ordinal(overlap.order))
    };
    overlaps(turns, span).into_iter().map(line).collect()
}

fn day_view(site: &Site, (listed, turns): (&[&ListedTurn], &[OnCall]), day: NaiveDate, now: DateTime<Utc>) -> DayView {
    let zone = &site.zone;
    let whole = Span { from: zone.begin(day), until: zone.begin(day + Days::new(1)) };
    let today = whole.from <= now;
    let span = Span { from: whole.from.max(now), ..whole };
    let held = |i: &usize| {
        let listed = listed.get(*i)?;
        Some(Held {
            place: ordinal(listed.turn.order),
            name: site.name(listed.turn.staff).to_owned(),
            href: href(listed.n),
            offered: listed.offered.is_some(),
        })
    };
    let part = |stretch: handoff::domain::rota::Stretch| Part {
        time: part_time(zone, (&stretch.span, &whole), now),
        held: stretch.turns.iter().filter_map(held).collect(),
    };
    let note = match (whole.until - whole.from).num_minutes() {
        1440 => None,
        ..1440 => Some(t!("rota-the-clocks-go-forward")),
        _ => Some(t!("rota-the-clocks-go-back")),
    };
    let parts = coverage(turns, span).into_iter().map(part).collect();
    DayView { title: when::weekday_and_day(day), today, note, parts }
}

fn part_time(zone: &Zone, (span, day): (&Span, &Span), now: DateTime<Utc>) -> String {
    let clock = |at: DateTime<Utc>| zone.local(at).format("%H:%M").to_string();
    let from = if span.from == now && now > day.from { String::from(t!("case-now")) } else { clock(span.from) };
    let until = if span.until == day.until { String::from("24:00") } else { clock(span.until) };
    match (span.from == day.from, span.until == day.until) {
        (true, true) => String::from(t!("rota-all-day")),
        (_, _) => format!("{from}\u{2013}{until}"),
    }
}

fn sight(site: &Site, listed: &ListedTurn) -> Sight {
    Sight {
        name: site.name(listed.turn.staff).to_owned(),
        when: turn_time(&site.zone, &listed.turn),
        place: ordinal(listed.turn.order),
        offered: listed.offered.is_some(),
    }
}

/// The page of a turn, as someone may see it; `seen` is what a form was sent for that came too late.
pub fn turn(
    site: &Site,
    viewer: &Staff,
    (n, now, seen): (u64, Option<&ListedTurn>, Option<&ListedTurn>),
    (mark, chosen): (String, String),
) -> TurnView {
    let allows = |act| now.is_some_and(|listed| may(viewer, act, listed));
    TurnView {
        n,
        now: now.map(|listed| sight(site, listed)),
        seen: seen.map(|listed| sight(site, listed)),
        mark,
        offers: allows(Act::Offer),
        keeps: allows(Act::Keep),
        takes: allows(Act::Take),
        people: (keeps(viewer) && now.is_some()).then(|| holders(site)),
        chosen,
    }
}
