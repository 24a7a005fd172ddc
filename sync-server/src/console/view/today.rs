//! One list of what needs a case manager, by the clock that runs out first.
//!
//! # Decisions
//! - A clock of minutes ends at its minute. A clock of days ends with its last day, and one that is over asks for
//!   today: it stands with what ends today, the longest over first, behind whoever waits on a street.
//! - What ends in more than a week is folded away: a list of everything tells nobody where to begin.
//! - Someone who was not found is to be sought again within a day. That figure is our own.
//! - A step and a promise are of the person, and told once, however many of their referrals someone took; a meeting
//!   and an intake are of the referral.

pub mod words;

use super::casework::CaseFacts;
use super::inbox::{does_not_open, meet_words};
use super::ladder::{LadderView, clocks};
use super::place::place;
use super::rota::gap_words;
use crate::cases::OpenCase;
use crate::console::view::codes as shared;
use crate::site::Site;
use crate::today::{Concern, Looker, Mine, Today, Waits, hand_off_ends};
use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, TimeZone as _, Utc};
use handoff::domain::afterwards::HandOffStep;
use handoff::domain::casework::{IntakeClock, Move, NoteKind, Standing};
use handoff::domain::ids::ReferralId;
use handoff::domain::rota::Span;
use std::collections::{BTreeMap, BTreeSet};

/// What ends in more days is folded away.
const SOON_DAYS: i64 = 7;
/// Who was not found is to be sought again within so many hours.
const TRY_AGAIN: TimeDelta = TimeDelta::hours(24);
/// So many rows stand in a part of the page; the others are counted.
const MOST_ROWS: usize = 30;

/// The page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TodayView {
    /// What needs them, the clock that runs out first.
    pub rows: Vec<TodayRow>,
    /// How many clocks are over.
    pub over: usize,
    /// How many more there are.
    pub more: usize,
    /// What ends later.
    pub later: Vec<TodayRow>,
    /// What waits for a place.
    pub held: Vec<TodayRow>,
    /// How many referrals wait that were put to others.
    pub elsewhere: usize,
    /// Nobody is on call now, and it is not theirs to mend: else it is a row.
    pub nobody_on_call: bool,
}

/// One thing to do.
#[derive(Clone, PartialEq)]
pub struct TodayRow {
    /// One of its own on the page, the same each time.
    pub key: String,
    /// How long there is.
    pub clock: Clock,
    /// What it is, and what is done about it.
    pub task: words::Task,
    /// Whose it is: the name of who was accepted, the place of who waits.
    pub who: String,
    /// What else is known.
    pub lines: Vec<String>,
    /// Where it is done.
    pub href: String,
    /// Someone waits: an open page says so when it comes.
    pub waits: bool,
    order: (DateTime<Utc>, DateTime<Utc>),
}

impl std::fmt::Debug for TodayRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[private]")
    }
}

/// How long there is, and towards what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// Until when, of one that runs by the minute.
    pub until: Option<DateTime<Utc>>,
    /// In words, at the moment of showing.
    pub text: String,
    /// It is over.
    pub over: bool,
    /// Towards what.
    pub of: String,
}

/// The page, for whoever looks.
pub fn today(
    site: &Site,
    looker: Looker,
    (found, mine, ladders): (&Today, &[(&Mine, CaseFacts<'_>)], &mut BTreeMap<ReferralId, LadderView>),
    now: DateTime<Utc>,
) -> TodayView {
    let mut all = Vec::new();
    let mut held = Vec::new();
    for waits in &found.waits {
        let ladder = ladders.remove(&waits.on.place.waiting.referral).unwrap_or_default();
        let row = waiting(waits, looker, ladder, now);
        if waits.concern == Concern::Held { held.push(row) } else { all.push(row) }
    }
    let mut told = BTreeSet::new();
    for (mine, facts) in mine {
        let desk = Desk { mine, who: facts.person().name.clone(), zone: mine.work.zone(), now };
        desk.rows(&mut all, told.insert(mine.person()));
    }
    let keeps = site.rota_keepers().contains(&looker.id);
    if keeps {
        all.extend(site.gaps_ahead(now).iter().map(|gap| gap_row(site, gap, now)));
    }
    let nobody_on_call = !keeps && site.nobody_on_call(now);
    sorted(all, held, TodayView { elsewhere: found.elsewhere, nobody_on_call, ..TodayView::default() }, now)
}

fn sorted(mut all: Vec<TodayRow>, mut held: Vec<TodayRow>, view: TodayView, now: DateTime<Utc>) -> TodayView {
    for rows in [&mut all, &mut held] {
        rows.sort_by(|a, b| (a.order, &a.key).cmp(&(b.order, &b.key)));
    }
    let over = all.iter().filter(|row| row.clock.over).count();
    let (mut later, mut rows): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|row| row.order.0 > now + TimeDelta::days(SOON_DAYS + 1));
    let more = rows.len().saturating_sub(MOST_ROWS) + later.len().saturating_sub(MOST_ROWS);
    for part in [&mut rows, &mut later, &mut held] {
        part.truncate(MOST_ROWS);
    }
    TodayView { rows, over, more, later, held, ..view }
}

/// A clock that runs by the minute.
fn runs(until: DateTime<Utc>, now: DateTime<Utc>, of: &str) -> Clock {
    let left = until - now;
    Clock { until: Some(until), text: words::left(left), over: left < TimeDelta::zero(), of: String::from(of) }
}

/// The end of a day of the place.
fn end_of(day: NaiveDate, zone: FixedOffset) -> DateTime<Utc> {
    let next = day.succ_opt().unwrap_or(day).and_time(chrono::NaiveTime::MIN);
    zone.from_local_datetime(&next).single().map_or_else(|| next.and_utc(), |at| at.to_utc())
}

/// Where it is and by which door.
fn waiting(waits: &Waits, looker: Looker, ladder: LadderView, now: DateTime<Utc>) -> TodayRow {
    let Waits { concern, on, case: OpenCase { decision, .. } } = waits;
    let (at, history) = (&on.place.waiting, &on.place.history);
    let until = hand_off_ends(&on.clock);
    let seen = || words::seen(history.seen.get(&looker.id).map(|seen| now - *seen));
    let asked = || match ladder.told.is_empty() {
        true => vec![String::from(words::nobody_told())],
        false => ladder.told.clone(),
    };
    let (task, first) = match concern {
        Concern::Offered => (words::offered(), vec![seen()]),
        Concern::Unheld => (words::unheld(), asked()),
        Concern::Held => (words::waits_for_place(), Vec::new()),
    };
    let nobody = ladder.nobody.then(|| String::from(words::nobody_to_tell()));
    let rest = [ladder.escalated, nobody, ladder.next, ladder.late, ladder.hand_off, ladder.took];
    TodayRow {
        key: format!("referral-{}", at.referral),
        clock: runs(until, now, words::to_hand_off()),
        task,
        who: {
            let place = decision.as_deref().map_or_else(|| String::from(does_not_open()), place);
            format!("{place}, {}", shared::door(at.door))
        },
        lines: first.into_iter().chain(rest.into_iter().flatten()).collect(),
        href: format!("/referrals/{}", at.referral),
        waits: *concern != Concern::Held,
        order: (until, until),
    }
}

fn gap_row(site: &Site, gap: &Span, now: DateTime<Utc>) -> TodayRow {
    TodayRow {
        key: format!("gap-{}", gap.from.timestamp()),
        clock: runs(gap.from.max(now), now, words::to_gap()),
        task: words::gap(),
        who: gap_words(&site.zone, gap, now),
        lines: Vec::new(),
        href: String::from("/rota"),
        waits: false,
        order: (gap.from, gap.from),
    }
}

impl Mine {
    /// The same for every referral of a person.
    fn person(&self) -> ReferralId {
        let own = self.work.case.case.referral;
        self.work.also.iter().map(|case| case.case.referral).fold(own, ReferralId::min)
    }
}

/// One case of whoever looks.
struct Desk<'a> {
    mine: &'a Mine,
    who: String,
    zone: FixedOffset,
    now: DateTime<Utc>,
}

impl Desk<'_> {
    /// Every clock of the case; `first` says that nothing was told of this person yet.
    fn rows(&self, all: &mut Vec<TodayRow>, first: bool) {
        let work = &self.mine.work;
        let (standing, today) = (work.standing(), work.days(self.now).today);
        match standing {
            Standing::Accepted if work.own().tried > 0 => all.push(self.not_found()),
            Standing::Accepted => all.push(self.meet()),
            Standing::Met | Standing::Away { .. } | Standing::Untaken | Standing::Withdrawn => {}
        }
        let under_way = matches!(standing, Standing::Accepted | Standing::Met);
        if under_way && let IntakeClock::Left { until, .. } | IntakeClock::Lapsed { until, .. } = work.clock(self.now) {
            let (task, to) = match standing {
                Standing::Met => (words::intake(), self.form(NoteKind::Intake)),
                Standing::Untaken | Standing::Accepted | Standing::Away { .. } | Standing::Withdrawn => {
                    (words::intake_unmet(), format!("/cases/{}", self.referral()))
                }
            };
            all.push(self.by_day(("intake", until, today), task, (to, None)));
        }
        if !first {
            return;
        }
        let lived = work.lived();
        if let Some(day) = lived.promised {
            all.push(self.by_day(("promise", day, today), words::promise(), (self.form(NoteKind::Contact), None)));
        }
        if standing != Standing::Met {
            return;
        }
        let steps = lived.plan.iter().flat_map(|plan| &plan.goals).flat_map(|goal| &goal.steps);
        for (n, (step, due)) in steps.filter_map(|step| Some((step, step.waits_until()?))).enumerate() {
            let what = format!("step-{n}");
            let says = Some(step.words.reveal().clone());
            all.push(self.by_day((&what, due, today), words::step(), (self.form(NoteKind::Plan), says)));
        }
    }

    fn referral(&self) -> ReferralId {
        self.mine.work.case.case.referral
    }

    fn form(&self, kind: NoteKind) -> String {
        format!("/cases/{}/{}", self.referral(), kind.code())
    }

    fn moment(&self, at: DateTime<Utc>) -> String {
        crate::console::when::clock(at, self.zone, self.now)
    }

    fn meet(&self) -> TodayRow {
        let (case, clock) = (&self.mine.work.case.case, &self.mine.clock);
        let taken = case.taken.map_or(case.opened, |taken| taken.at);
        let until = case.meet.map_or(taken, |meet| meet.at);
        let there = clock.stopped.is_some() || matches!(clock.last, Some((HandOffStep::Arrived, _)));
        let agreed = case.meet.map(|meet| shared::capital(&meet_words(meet, |at| self.moment(at))));
        let LadderView { hand_off, took, .. } = clocks(clock);
        let not_there = (!there).then(|| String::from(words::not_there()));
        self.row(
            ("meet", (until, until)),
            if there { words::meeting() } else { words::meet() },
            (runs(until, self.now, words::to_meet()), self.form(NoteKind::Arrival)),
            [agreed, not_there, hand_off, took].into_iter().flatten().collect(),
        )
    }

    fn not_found(&self) -> TodayRow {
        let work = &self.mine.work;
        let last = work.notes.iter().rev().find(|note| note.does == Move::Tried);
        let last = last.map_or(work.case.case.opened, |note| note.at);
        let until = last + TRY_AGAIN;
        self.row(
            ("again", (until, until)),
            words::not_found(),
            (runs(until, self.now, words::to_try()), self.form(NoteKind::Arrival)),
            vec![words::tried(work.own().tried, &self.moment(last))],
        )
    }

    fn by_day(
        &self,
        (what, due, today): (&str, NaiveDate, NaiveDate),
        task: words::Task,
        (href, says): (String, Option<String>),
    ) -> TodayRow {
        let (ends, left) = (end_of(due, self.zone), (due - today).num_days());
        let clock = Clock { until: None, text: words::days(left), over: left < 0, of: words::by(due) };
        let order = (ends.max(end_of(today, self.zone)), ends);
        self.row((what, order), task, (clock, href), says.into_iter().collect())
    }

    fn row(
        &self,
        (what, order): (&str, (DateTime<Utc>, DateTime<Utc>)),
        task: words::Task,
        (clock, href): (Clock, String),
        lines: Vec<String>,
    ) -> TodayRow {
        let key = format!("{what}-{}", self.referral());
        TodayRow { key, clock, task, who: self.who.clone(), lines, href, waits: false, order }
    }
}
