//! What needs one case manager: the referrals that wait for them, and every clock of the people whom they took.
//!
//! # Decisions
//! - A referral that waits concerns those to whom it was put and who have not declined. A lead it concerns also when
//!   nobody has it after the half hour of the hand-off. Every other one is counted, and stands in the inbox.
//! - What waits because places are short concerns every case manager, apart from the rest: it is nobody's turn, and
//!   whoever has a place again can take it.

use crate::app::App;
use crate::cases::{self, Afterwards, OnLadder, OpenCase};
use crate::casework::{self, Casework};
use crate::deliver::Policy;
use crate::rota::keeps;
use crate::store::{Db, Staff, StoreError, afterwards, cases as rows, casework as notes};
use chrono::{DateTime, TimeDelta, Utc};
use handoff::domain::afterwards::HandOffClock;
use handoff::domain::ids::StaffId;

/// Whoever looks: who, and whether they lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looker {
    /// Who.
    pub id: StaffId,
    /// They keep the rota, and answer for what nobody takes.
    pub leads: bool,
}

impl Looker {
    /// Of whoever is signed in.
    pub const fn of(staff: &Staff) -> Self {
        Self { id: staff.id, leads: keeps(staff) }
    }
}

/// Why a referral that waits concerns someone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concern {
    /// It was put to them.
    Offered,
    /// Nobody has it past the limit, and they lead.
    Unheld,
    /// Places are short: it waits behind those of higher priority.
    Held,
}

/// Why a referral concerns someone; nothing if it does not.
pub fn concern(on: &OnLadder, looker: Looker, now: DateTime<Utc>) -> Option<Concern> {
    let history = &on.place.history;
    let put = history.told.iter().any(|told| told.staff == looker.id) && !history.declined.contains(&looker.id);
    let past = on.is_escalated() || now >= hand_off_ends(&on.clock);
    match (history.held, looker.leads && past) {
        (true, false) => Some(Concern::Held),
        (_, _) if put => Some(Concern::Offered),
        (_, true) => Some(Concern::Unheld),
        (false, false) => None,
    }
}

/// When the hand-off's half hour is over: it counts from the encounter, however late the record came.
pub fn hand_off_ends(clock: &HandOffClock) -> DateTime<Utc> {
    clock.scene + TimeDelta::minutes(HandOffClock::TARGET_MIN)
}

/// A referral that waits.
#[derive(Debug, Clone)]
pub struct Waits {
    /// Why it concerns whoever looks.
    pub concern: Concern,
    /// Where it stands.
    pub on: OnLadder,
    /// What the officer wrote.
    pub case: OpenCase,
}

/// A referral that whoever looks has accepted.
#[derive(Debug, Clone)]
pub struct Mine {
    /// The case with its notes.
    pub work: Casework,
    /// How far the hand-off is, as the officer recorded it.
    pub clock: HandOffClock,
}

/// All of it.
#[derive(Debug, Clone)]
pub struct Today {
    /// What waits for them.
    pub waits: Vec<Waits>,
    /// How many others wait.
    pub elsewhere: usize,
    /// What they took, the oldest acceptance first.
    pub mine: Vec<Mine>,
}

type Stored = (casework::Found, Vec<Afterwards>);

/// What needs this case manager. Each read of a person is in the events before it is shown, once in a sitting.
///
/// # Errors
/// [`StoreError`].
pub async fn look(app: &App, reader: &Staff) -> Result<Today, StoreError> {
    let (policy, now, looker) = (Policy::of(app), app.now(), Looker::of(reader));
    let find = move |db: &mut dyn Db| {
        let (mut waits, mut elsewhere) = (Vec::new(), 0);
        for on in cases::ladders(db, &policy, now)? {
            match (concern(&on, looker, now), rows::one(db, on.place.waiting.referral)?) {
                (Some(concern), Some(case)) => waits.push((concern, on, case)),
                (None, _) | (_, None) => elsewhere += 1,
            }
        }
        Ok((waits, elsewhere, mine(db, looker.id)?))
    };
    let (waits, elsewhere, mine) = app.store().read_moment(find).await?;
    let waiting = waits.iter().map(|(_, on, _)| on.place.waiting.referral);
    let shown = mine.iter().flat_map(|(found, _)| found.referrals()).chain(waiting).collect();
    cases::note_reads(app, (reader.id, "today".into()), shown).await?;
    let open = |(concern, on, case)| Waits { concern, on, case: cases::open(app, case) };
    let waits = waits.into_iter().map(open).collect();
    Ok(Today { waits, elsewhere, mine: mine.into_iter().map(|stored| opened(app, stored)).collect() })
}

fn mine(db: &mut dyn Db, staff: StaffId) -> Result<Vec<Stored>, StoreError> {
    let mut mine = Vec::new();
    for id in notes::cases_of(db, staff)? {
        if let Some(found) = casework::found(db, id)? {
            let came = afterwards::afterwards(db, id)?.into_iter().map(|(row, _)| row).collect();
            mine.push((found, came));
        }
    }
    Ok(mine)
}

fn opened(app: &App, (found, came): Stored) -> Mine {
    let work = casework::open(app, found);
    let (case, decision) = (&work.case.case, work.case.decision.as_ref());
    let scene = decision.map_or(case.opened, |decision| decision.facts.at.to_utc());
    let clock = cases::stepped(HandOffClock::new(scene, case.opened), &came);
    Mine { work, clock }
}
