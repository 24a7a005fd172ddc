//! People and the rota from files of comma-separated values: read whole, looked at, and taken all or not at all.
//!
//! [`reader`] reads any such file into lines and names what is wrong with it; [`people`] and [`rota`] say what their
//! lines mean. A new kind of list is a new [`Kind`] and a module beside these.
//!
//! # Decisions
//! - What a file would change is worked out against the database, and again in the transaction that takes it. If that
//!   is not what was shown, nothing is done and the new plan is shown.
//! - The plan is made in the words of whoever looks, where it is made. Another language in between may be another plan:
//!   it is shown again.
//! - A list has at most [`MOST_LINES`] lines. Of the faults [`MOST_FAULTS`] are named and the others counted: nobody
//!   reads more before they mend the file.

pub mod command;
pub mod people;
pub mod reader;
pub mod rota;
pub mod services;

use crate::app::{App, Change};
use crate::store::events::{self, Event, Kind as EventKind};
use crate::store::{Db, StoreError};
use crate::words::Language;
use chrono::{DateTime, Utc};
use handoff::domain::ids::{Hash, StaffId};
use reader::{Fault, Faults};

/// A list has at most so many lines.
pub const MOST_LINES: usize = 100_000;
/// A file has at most so many bytes.
pub const MOST_BYTES: usize = 32 * 1024 * 1024;
/// So many faults are named; the others are counted.
pub const MOST_FAULTS: usize = 100;
/// So many changes are listed; the others are counted.
pub const MOST_LISTED: usize = 200;

/// What a file lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Who is on call, when.
    Rota,
    /// People of the program.
    People,
    /// Where a person may get a meal, a bed, papers, work.
    Services,
}

impl Kind {
    /// Its code, in addresses and events.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Rota => "rota",
            Self::People => "people",
            Self::Services => "services",
        }
    }

    /// The kind of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Rota, Self::People, Self::Services].into_iter().find(|kind| kind.code() == code)
    }

    /// The columns that its file has, those that may be left out in brackets.
    pub const fn columns(self) -> &'static str {
        match self {
            Self::Rota => "login, from, until, order",
            Self::People => "login, role, name [, serial, phone, lead, squad, mail, webhook, active]",
            Self::Services => "kind, name [, phone, place, hours, capacity, note, active]",
        }
    }
}

/// What a good file would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Lines of the file, its head left out.
    pub lines: usize,
    /// Lines that say what is so already.
    pub unchanged: usize,
    /// How many are added, changed and taken out.
    pub counts: Counts,
    /// What changes, a sentence each; at most [`MOST_LISTED`].
    pub changes: Vec<String>,
    /// A mark of what changes: another plan has another one.
    pub mark: Hash,
    work: Work,
}

/// How much changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// New.
    pub added: usize,
    /// Known, and changed.
    pub changed: usize,
    /// Taken out.
    pub removed: usize,
}

impl Counts {
    /// How many in all.
    pub const fn all(&self) -> usize {
        self.added + self.changed + self.removed
    }
}

/// What is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Work {
    Rota(rota::Work),
    People(people::Work),
    Services(services::Work),
}

/// What came of looking at a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Looked {
    /// It can be taken.
    Good(Plan),
    /// It cannot.
    Bad(Faults),
}

/// What came of taking a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It was taken.
    Taken(Plan),
    /// It would change something else than what was shown: nothing was done.
    Moved(Plan),
    /// It cannot be taken: nothing was done.
    Bad(Faults),
}

/// Looks at a file for someone of the console, or for the command line: what it would change, or what is wrong with it.
/// Writes nothing.
///
/// # Errors
/// [`StoreError`].
pub async fn look(app: &App, kind: Kind, bytes: Vec<u8>, by: Option<StaffId>) -> Result<Looked, StoreError> {
    let now = app.now();
    app.fresh_site().await?;
    let language = Language::now();
    let look = move |db: &mut dyn Db| language.within(|| Ok(looked_by(by, plan(db, kind, &bytes, now)?)));
    app.store().read(look).await
}

/// At the console a lead makes nobody a sergeant or a prosecutor, who see what a lead does not; the command line, where
/// nobody is named, may.
fn looked_by(by: Option<StaffId>, looked: Looked) -> Looked {
    match (by, &looked) {
        (Some(_), Looked::Good(Plan { work: Work::People(work), .. })) => {
            people::beyond_a_lead(work).map_or(looked, |fault| Looked::Bad(Faults::one(fault)))
        }
        (_, _) => looked,
    }
}

/// Takes a file whole, if it changes what was shown; `shown` is the mark of that plan.
///
/// # Errors
/// [`StoreError`]: then nothing was done.
pub async fn take(
    app: &App,
    (kind, bytes): (Kind, Vec<u8>),
    by: Option<StaffId>,
    shown: Hash,
) -> Result<Taken, StoreError> {
    let (now, language) = (app.now(), Language::now());
    let take = move |db: &mut dyn Db| {
        let plan = match language.within(|| Ok::<_, StoreError>(looked_by(by, plan(db, kind, &bytes, now)?)))? {
            Looked::Good(plan) if plan.mark == shown => plan,
            Looked::Good(plan) => return Ok(Taken::Moved(plan)),
            Looked::Bad(faults) => return Ok(Taken::Bad(faults)),
        };
        write(db, (kind, &plan), by, now)?;
        Ok(Taken::Taken(plan))
    };
    let taken = app.store().write(take).await?;
    crate::rota::tell(app).await;
    if kind == Kind::Services {
        app.tell(Change::Services);
    }
    Ok(taken)
}

fn plan(db: &mut dyn Db, kind: Kind, bytes: &[u8], now: DateTime<Utc>) -> Result<Looked, StoreError> {
    match kind {
        Kind::Rota => rota::plan(db, bytes),
        Kind::People => people::plan(db, bytes, now),
        Kind::Services => services::plan(db, bytes),
    }
}

fn write(
    db: &mut dyn Db,
    (kind, plan): (Kind, &Plan),
    by: Option<StaffId>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    match &plan.work {
        Work::Rota(work) => rota::write(db, work)?,
        Work::People(work) => people::write(db, work, now)?,
        Work::Services(work) => services::write(db, work, now)?,
    }
    // Phones and ladders have nothing to do with services.
    if kind != Kind::Services {
        crate::rota::changed(db, now)?;
    }
    let Counts { added, changed, removed } = plan.counts;
    let mut event = Event::new(EventKind::Imported).detail(format!("{} {added} {changed} {removed}", kind.code()));
    event.actor = by.map(|by| by.0);
    events::append(db, &event, now)
}

/// The mark of a plan: what the file says, whatever its ends of line, and what it would change.
fn mark(bytes: &[u8], changes: &str) -> Hash {
    let said: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != b'\r').collect();
    let length = u64::try_from(said.len()).unwrap_or(u64::MAX).to_be_bytes();
    Hash::of(&[b"handoff/import/1", &length, &said, changes.as_bytes()])
}

/// A plan by its mark, with a sentence for each change, or for as many as are listed.
fn good(mark: Hash, (lines, unchanged): (usize, usize), counts: Counts, what: (Vec<String>, Work)) -> Looked {
    let (mut changes, work) = what;
    changes.truncate(MOST_LISTED);
    Looked::Good(Plan { lines, unchanged, counts, changes, mark, work })
}

fn bad(fault: Fault) -> Looked {
    Looked::Bad(Faults::one(fault))
}
