//! Releases of information: a case manager writes them down and takes them back, and what they let out is read.
//!
//! # Decisions
//! - What a release says is sealed to the agency like a note. Beside it stand ids, a number and a time, so that it can
//!   be withdrawn even if it does not open; one that does not open lets nothing out.
//! - Whoever looks from outside gets an [`Outside`], and nothing else of the case leaves this module: what is in it is
//!   [`handoff::domain::release::seen`]'s word alone. A person is named there only where something was released.
//! - A release is of the referral under which it was given. What was written under another referral of the same person
//!   is not let out by it.

use crate::app::{App, Change};
use crate::cases::note_reads;
use crate::casework::{self, Casework, Found};
use crate::participant;
use crate::store::events::{self, Event, Kind};
use crate::store::releases::{self as rows, StoredRelease};
use crate::store::{Db, Staff, StoreError, cases, same_person};
use chrono::{DateTime, FixedOffset};
use handoff::domain::codes::Door;
use handoff::domain::ids::{DeviceId, ReferralId, ReleaseId, StaffId};
use handoff::domain::private::Private;
use handoff::domain::release::{Audience, Ended, Ending, Given, Item, Known, Onlooker, Release, Seen, seen};
use handoff::domain::same_person::person;
use handoff::domain::wire::Role;
use handoff::seal::{SealError, SealedDocument, open_document, seal_document};
use std::collections::BTreeSet;

pub use crate::store::releases::{Filing, Withdrawal};

/// Referrals on one page of the list.
const MOST_ROWS: u32 = 50;

/// A release to be filed.
#[derive(Debug, Clone)]
pub struct NewRelease {
    /// Which: made with the form, so that a form that is sent twice is filed once.
    pub id: ReleaseId,
    /// Of which case.
    pub referral: ReferralId,
    /// Who writes it down.
    pub author: StaffId,
    /// The number of the newest that the writer saw; 0 for none.
    pub follows: u64,
    /// What it says.
    pub release: Release,
}

/// What someone outside may know of a referral.
#[derive(Debug, Clone)]
pub struct Outside {
    /// Which.
    pub referral: ReferralId,
    /// The position in the log of its decision.
    pub position: u64,
    /// The officer who referred them.
    pub officer: StaffId,
    /// The agency's incident number.
    pub incident: Option<String>,
    /// By which door they came.
    pub door: Option<Door>,
    /// When it began, in the time of the place.
    pub began: DateTime<FixedOffset>,
    /// Whose it is, where something was released.
    pub name: Option<Private<String>>,
    /// How far it is, and what was released.
    pub seen: Seen,
    /// The releases behind it, as they were given: a receiver is told what they cover.
    pub releases: Vec<Given>,
}

impl Outside {
    /// What of the person is in it, in codes.
    pub fn items(&self) -> Vec<Item> {
        let seen = &self.seen;
        let is = |item: &Item| match item {
            Item::Status => seen.progress.is_some(),
            Item::Attendance => seen.attendance.is_some(),
            Item::Plan => seen.plan.is_some(),
            Item::Manager => seen.manager.is_some(),
        };
        Item::ALL.iter().copied().filter(is).collect()
    }

    fn page(&self) -> String {
        format!("released {}", self.items().iter().map(|item| item.code()).collect::<Vec<_>>().join(" "))
    }
}

/// Files a release that was checked; every open page hears that something changed.
///
/// # Errors
/// [`StoreError`]: then nothing was done.
pub async fn give(app: &App, new: NewRelease) -> Result<Filing, StoreError> {
    let stored = seal(app, &new)?;
    let write = move |db: &mut dyn Db| {
        let filing = rows::add(db, &stored)?;
        Ok((filing, if filing == Filing::Filed { tell_person(db, stored.referral)? } else { Vec::new() }))
    };
    let (filing, told) = app.store().write(write).await?;
    if filing == Filing::Filed {
        app.tell(Change::Case);
        participant::wake(app, told);
    }
    Ok(filing)
}

/// Withdraws a release: from the commit on it lets nothing out, and every open page hears that something changed.
///
/// # Errors
/// [`StoreError`]: then nothing was done.
pub async fn withdraw(
    app: &App,
    by: &Staff,
    (referral, release): (ReferralId, ReleaseId),
    manner: Ending,
) -> Result<Withdrawal, StoreError> {
    let ended = Ended { by: by.id, at: app.now(), manner };
    let write = move |db: &mut dyn Db| {
        let done = rows::end(db, (referral, release), ended)?;
        Ok((done, if done == Withdrawal::Withdrawn { tell_person(db, referral)? } else { Vec::new() }))
    };
    let (done, told) = app.store().write(write).await?;
    if done == Withdrawal::Withdrawn {
        app.tell(Change::Case);
        participant::wake(app, told);
    }
    Ok(done)
}

/// Phones hear again of the person's referrals.
fn tell_person(db: &mut dyn Db, referral: ReferralId) -> Result<Vec<(ReferralId, DeviceId)>, StoreError> {
    let said = same_person::all(db)?;
    participant::tell_again(db, &person(referral, &said))
}

/// A case with its releases, the oldest first, for a case manager. The read is in the events.
///
/// # Errors
/// [`StoreError`].
pub async fn of_case(app: &App, reader: &Staff, id: ReferralId) -> Result<Option<(Casework, Vec<Given>)>, StoreError> {
    let found = app.store().read_moment(move |db| look(db, id)).await?;
    let Some((case, releases)) = found else { return Ok(None) };
    note_reads(app, (reader.id, "releases".into()), vec![id]).await?;
    Ok(Some((casework::open(app, case), releases.into_iter().map(|release| unseal(app, release)).collect())))
}

/// What one release lets out, for the case manager who hands it on. The read is in the events, and what is given is of
/// a moment after them.
///
/// # Errors
/// [`StoreError`].
pub async fn handed_on(app: &App, reader: &Staff, ids: (ReferralId, ReleaseId)) -> Result<Option<Outside>, StoreError> {
    let Some(outside) = let_out(app, reader, ids).await? else { return Ok(None) };
    saved(app, reader, &outside).await?;
    let_out(app, reader, ids).await
}

/// Whether a case has such a release, whether it holds or not. It tells nothing of the person, so it is not in the
/// events.
///
/// # Errors
/// [`StoreError`].
pub async fn was_given(app: &App, (referral, release): (ReferralId, ReleaseId)) -> Result<bool, StoreError> {
    app.store().read(move |db| Ok(rows::of(db, referral)?.iter().any(|given| given.id == release))).await
}

async fn let_out(
    app: &App,
    reader: &Staff,
    (id, release): (ReferralId, ReleaseId),
) -> Result<Option<Outside>, StoreError> {
    let Some((work, releases)) = of_case(app, reader, id).await? else { return Ok(None) };
    let today = work.days(app.now()).today;
    let held = releases.iter().find(|given| given.id == release).and_then(|given| Some((given, given.holds(today)?)));
    let Some((given, says)) = held else { return Ok(None) };
    let onlooker = match says.to {
        Audience::Officer => Onlooker::Officer,
        Audience::Prosecutor => Onlooker::Prosecutor,
        Audience::Other => Onlooker::Named(given.id),
    };
    Ok(Some(strip(app, (work, vec![given.clone()]), onlooker)))
}

/// One page of what may be known outside, the newest referral first, and where the next page begins. Each read is in
/// the events before it is shown.
///
/// # Errors
/// [`StoreError`].
pub async fn list(app: &App, reader: &Staff, before: Option<u64>) -> Result<(Vec<Outside>, Option<u64>), StoreError> {
    let most = usize::try_from(MOST_ROWS).unwrap_or(usize::MAX);
    let find = move |db: &mut dyn Db| {
        let some = cases::before(db, before, MOST_ROWS + 1)?;
        some.into_iter().filter_map(|id| look(db, id).transpose()).collect()
    };
    let (found, go_on) = written_down(app, reader, (find, most)).await?;
    let next = found.last().filter(|_| go_on).map(|outside| outside.position);
    Ok((found, next))
}

/// One referral, as it may be known outside. The read is in the events before it is shown.
///
/// # Errors
/// [`StoreError`].
pub async fn one(app: &App, reader: &Staff, id: ReferralId) -> Result<Option<Outside>, StoreError> {
    let find = move |db: &mut dyn Db| Ok(look(db, id)?.into_iter().collect());
    let (found, _) = written_down(app, reader, (find, 1)).await?;
    Ok(found.into_iter().next())
}

/// The first of what a look finds, as it may be known outside, and whether there is more. What is given is of a moment after its read was written down: a
/// withdrawal that came before that event lets nothing out.
async fn written_down<F>(
    app: &App,
    reader: &Staff,
    (find, most): (F, usize),
) -> Result<(Vec<Outside>, bool), StoreError>
where
    F: Fn(&mut dyn Db) -> Result<Vec<Looked>, StoreError> + Clone + Send + 'static,
{
    let onlooker = onlooker(reader.role);
    let mut noted: BTreeSet<(ReferralId, String)> = BTreeSet::new();
    loop {
        let found = app.store().read_moment(find.clone()).await?;
        let more = found.len() > most;
        let shown: Vec<_> =
            found.into_iter().take(most).map(|found| strip(app, opened(app, found), onlooker)).collect();
        let new: Vec<_> = shown
            .iter()
            .map(|outside| (outside.referral, outside.page()))
            .filter(|read| !noted.contains(read))
            .collect();
        if new.is_empty() {
            return Ok((shown, more));
        }
        for (referral, page) in new {
            note_reads(app, (reader.id, page.clone()), vec![referral]).await?;
            noted.insert((referral, page));
        }
    }
}

/// Writes down that someone took it away as a file: each time.
///
/// # Errors
/// [`StoreError`]: then it must not be given.
pub async fn saved(app: &App, by: &Staff, outside: &Outside) -> Result<(), StoreError> {
    let event = Event::new(Kind::ReleasedSaved).by(by.id).on(outside.referral.0).detail(outside.page());
    let now = app.now();
    app.store().write(move |db| events::append(db, &event, now)).await
}

/// A prosecutor is one; whoever else may look from outside is police.
const fn onlooker(role: Role) -> Onlooker {
    match role {
        Role::Prosecutor => Onlooker::Prosecutor,
        Role::Officer | Role::Sergeant | Role::CaseManager => Onlooker::Officer,
    }
}

pub(crate) type Looked = (Found, Vec<StoredRelease>);

pub(crate) fn look(db: &mut dyn Db, id: ReferralId) -> Result<Option<Looked>, StoreError> {
    let Some(case) = casework::found(db, id)? else { return Ok(None) };
    Ok(Some((case, rows::of(db, id)?)))
}

pub(crate) fn opened(app: &App, (case, releases): Looked) -> (Casework, Vec<Given>) {
    (casework::open(app, case), releases.into_iter().map(|release| unseal(app, release)).collect())
}

/// Leaves what this onlooker may see.
fn strip(app: &App, (work, releases): (Casework, Vec<Given>), onlooker: Onlooker) -> Outside {
    let now = app.now();
    let lived = work.own();
    let (case, decision) = (&work.case.case, work.case.decision.as_deref());
    let known = Known {
        standing: work.standing(),
        lived: &lived,
        intake: work.clock(now),
        manager: case.taken.map(|taken| taken.by),
    };
    let seen = seen(onlooker, &releases, (known, work.days(now).today));
    let person = decision.and_then(|decision| decision.person.as_ref()).filter(|_| seen.is_released());
    Outside {
        referral: case.referral,
        position: case.position,
        officer: case.officer,
        incident: decision.and_then(|decision| decision.incident.clone()),
        door: decision.map(|decision| decision.facts.door),
        began: decision.map_or_else(|| case.opened.with_timezone(&work.zone()), |decision| decision.facts.at),
        name: person.map(|person| person.name.clone()),
        releases: releases.into_iter().filter(|given| seen.by.contains(&given.id)).collect(),
        seen,
    }
}

fn seal(app: &App, new: &NewRelease) -> Result<StoredRelease, StoreError> {
    let key = app.keys().current().ok_or(StoreError::Shape("there is no key to seal to"))?;
    let body = serde_json::to_vec(&new.release).map_err(|_| StoreError::Shape("a release has no JSON"))?;
    let mut stored = StoredRelease {
        id: new.id,
        referral: new.referral,
        number: new.follows.saturating_add(1),
        author: new.author,
        at: app.now(),
        sealed: SealedDocument { key: String::new(), enc: Vec::new(), ciphertext: Vec::new() },
        ended: None,
    };
    stored.sealed = seal_document(key.public(), &clear(&stored), &body).map_err(|error| match error {
        SealError::TooLong => StoreError::Shape("a release is longer than any form"),
        SealError::Random | SealError::Key(_) | SealError::Sign | SealError::Seal | SealError::Clock => {
            StoreError::Random
        }
    })?;
    Ok(stored)
}

/// Opens a release. One that does not open is shown by its columns, and lets nothing out.
fn unseal(app: &App, stored: StoredRelease) -> Given {
    let key = app.keys().sealing(&stored.sealed.key);
    let body = key.and_then(|key| open_document(key, &clear(&stored), &stored.sealed));
    let release = body.and_then(|body| serde_json::from_slice::<Release>(&body).ok());
    if release.is_none() {
        tracing::error!(release = %stored.id, "a stored release does not open");
    }
    let StoredRelease { id, number, author, at, ended, .. } = stored;
    Given { id, number, by: author, at, release, ended }
}

/// What stands beside a release in clear, as it is bound to the seal. No note's begins so.
fn clear(release: &StoredRelease) -> Vec<u8> {
    [
        b"release/".as_slice(),
        release.id.0.as_bytes(),
        release.referral.0.as_bytes(),
        release.author.0.as_bytes(),
        &release.at.timestamp_millis().to_be_bytes(),
        &release.number.to_be_bytes(),
    ]
    .concat()
}
