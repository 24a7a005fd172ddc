//! What a case manager does after acceptance: a case is read, and a note is added to it.
//!
//! # Decisions
//! - What a note says is sealed to the agency like an entry, and bound to the codes beside it; it is opened at
//!   each read. So a case is erased by deleting its notes, and no table tells anything of a person.
//! - A note is filed only behind the one that its writer saw. Whoever comes second gets both to look at.
//! - Of a case, phones and sergeants hear nothing more than before: who has it. What is written here stays here, but
//!   for what a release lets out ([`crate::release`]).
//! - Referrals that someone said are of one person are one view: the notes of all of them, in the order in which they
//!   were written. Nothing is moved: each keeps its own, and its own clock and standing, so to take the word back
//!   restores both as they were.

use crate::app::{App, Change};
use crate::cases::{self, OpenCase};
use crate::store::casework::{self, StoredNote};
use crate::store::{Db, Staff, StoreError, cases as rows, same_person};
use chrono::{DateTime, FixedOffset, NaiveDate, Offset as _, Utc};
use handoff::domain::casework::{Days, Filed, IntakeClock, Lived, Move, Note, NoteKind, Standing, intake_clock};
use handoff::domain::ids::{NoteId, ReferralId, StaffId};
use handoff::domain::same_person::person;
use handoff::domain::wire::WireEntry;
use handoff::seal::{SealError, SealedDocument, open_document, seal_document};

pub use crate::store::casework::Written;

/// A case with all that was written of it.
#[derive(Debug, Clone)]
pub struct Casework {
    /// The case with what the officer wrote.
    pub case: OpenCase,
    /// Its notes, oldest first.
    pub notes: Vec<Filed>,
    /// How many days the pack gives for the intake, if it sets a limit.
    pub limit: Option<u32>,
    /// The other referrals of the same person, the oldest first.
    pub also: Vec<OpenCase>,
    /// The notes of all of them, oldest first; those of this one alone if there is no other.
    pub all: Vec<Filed>,
}

impl Casework {
    /// Where it stands.
    pub fn standing(&self) -> Standing {
        Standing::of(self.case.case.stage, self.notes.iter().map(|note| note.does))
    }

    /// What is known of the person now, from all their referrals.
    pub fn lived(&self) -> Lived<'_> {
        Lived::of(&self.all)
    }

    /// What the notes of this referral alone say now.
    pub fn own(&self) -> Lived<'_> {
        Lived::of(&self.notes)
    }

    /// Whether a note is of another referral of the person.
    pub fn is_from_another(&self, note: NoteId) -> bool {
        self.notes.iter().all(|own| own.id != note)
    }

    /// The time zone of the place where it began; UTC if the record does not open.
    pub fn zone(&self) -> FixedOffset {
        self.case.decision.as_ref().map_or_else(|| Utc.fix(), |decision| *decision.facts.at.offset())
    }

    /// The days between which what is written can have happened.
    pub fn days(&self, now: DateTime<Utc>) -> Days {
        let day = |at: DateTime<Utc>| at.with_timezone(&self.zone()).date_naive();
        let began = self.case.decision.as_ref().map_or(self.case.case.opened, |decision| decision.facts.at.to_utc());
        Days { began: day(began), today: day(now) }
    }

    /// How long there is for the intake.
    pub fn clock(&self, now: DateTime<Utc>) -> IntakeClock {
        let Days { began, today } = self.days(now);
        intake_clock(self.limit, self.own().intake, (began, today))
    }

    /// The person's notes of a kind, the newest first.
    pub fn of_kind(&self, kind: NoteKind) -> impl Iterator<Item = &Filed> {
        self.all.iter().rev().filter(move |note| note.kind == kind)
    }

    /// The number of the newest note of a kind under this referral; 0 if there is none.
    pub fn newest(&self, kind: NoteKind) -> u64 {
        self.notes.iter().rev().find(|note| note.kind == kind).map_or(0, |note| note.number)
    }

    /// The last day on which somebody spoke with the person.
    pub fn last_contact(&self) -> Option<NaiveDate> {
        self.lived().last_contact
    }
}

/// A note to be filed.
#[derive(Debug, Clone)]
pub struct NewNote {
    /// Which: made with the form, so that a form that is sent twice is filed once.
    pub id: NoteId,
    /// Of which case.
    pub referral: ReferralId,
    /// Who writes it.
    pub author: StaffId,
    /// The number of the newest of its kind that the writer saw; 0 for none.
    pub follows: u64,
    /// What it says.
    pub note: Note,
}

/// The cases of a case manager. Each read is in the events before it is shown.
///
/// # Errors
/// [`StoreError`].
pub async fn caseload(app: &App, reader: &Staff) -> Result<Vec<Casework>, StoreError> {
    let staff = reader.id;
    let found = app
        .store()
        .read_moment(move |db| {
            let (mine, said) = (casework::cases_of(db, staff)?, same_person::all(db)?);
            // Of one person's referrals, the one that was accepted first stands for all.
            let first = |at: usize| {
                let person = mine.get(at).map(|id| person(*id, &said)).unwrap_or_default();
                !mine.iter().take(at).any(|earlier| person.contains(earlier))
            };
            let shown = mine.iter().enumerate().filter(|(at, _)| first(*at)).map(|(_, id)| *id);
            shown.filter_map(|id| found(db, id).transpose()).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    cases::note_reads(app, (staff, "cases".into()), found.iter().flat_map(Found::referrals).collect()).await?;
    Ok(found.into_iter().map(|found| open(app, found)).collect())
}

/// One case, or a form for a kind of note of it. The read is in the events before it is shown.
///
/// # Errors
/// [`StoreError`].
pub async fn case(
    app: &App,
    reader: &Staff,
    (id, form): (ReferralId, Option<NoteKind>),
) -> Result<Option<Casework>, StoreError> {
    let Some(found) = app.store().read_moment(move |db| found(db, id)).await? else { return Ok(None) };
    let page = form.map_or_else(|| String::from("case"), |kind| format!("case {}", kind.code()));
    cases::note_reads(app, (reader.id, page), found.referrals()).await?;
    Ok(Some(open(app, found)))
}

/// Files a note that was checked; every open page hears that something changed.
///
/// # Errors
/// [`StoreError`]: then nothing was done.
pub async fn write(app: &App, new: NewNote) -> Result<Written, StoreError> {
    let stored = seal(app, &new)?;
    let written = app.store().write(move |db| casework::add_note(db, &stored)).await?;
    if written == Written::Filed {
        app.tell(Change::Case);
    }
    Ok(written)
}

/// A case with its notes, as it is stored, and the other referrals of the same person.
#[derive(Debug)]
pub(crate) struct Found {
    of: (StoredCase, Vec<StoredNote>),
    also: Vec<(StoredCase, Vec<StoredNote>)>,
}

type StoredCase = (rows::Case, WireEntry);

impl Found {
    /// Every referral that is in it.
    pub(crate) fn referrals(&self) -> Vec<ReferralId> {
        std::iter::once(&self.of).chain(&self.also).map(|((case, _), _)| case.referral).collect()
    }
}

pub(crate) fn found(db: &mut dyn Db, id: ReferralId) -> Result<Option<Found>, StoreError> {
    let one = |db: &mut dyn Db, id| {
        let Some(case) = rows::one(db, id)? else { return Ok::<_, StoreError>(None) };
        Ok(Some((case, casework::notes(db, id)?)))
    };
    let Some(of) = one(db, id)? else { return Ok(None) };
    let others = person(id, &same_person::all(db)?).into_iter().filter(|other| *other != id);
    let mut also = others.filter_map(|other| one(db, other).transpose()).collect::<Result<Vec<_>, _>>()?;
    also.sort_by_key(|((case, _), _)| (case.opened, case.position));
    Ok(Some(Found { of, also }))
}

pub(crate) fn open(app: &App, Found { of: (case, notes), also }: Found) -> Casework {
    let case = cases::open(app, case);
    let decision = case.decision.as_ref();
    let site = app.site();
    let pack = decision.and_then(|decision| site.rules.pack(decision.assessment.pack.sha256));
    let limit = pack.and_then(|pack| pack.terms.intake_days);
    let opened = |notes: Vec<StoredNote>| notes.into_iter().map(|note| unseal(app, note)).collect::<Vec<_>>();
    let notes = opened(notes);
    let mut all = notes.clone();
    let also = also.into_iter().map(|(case, notes)| {
        all.extend(opened(notes));
        cases::open(app, case)
    });
    let also = also.collect();
    // Stable: notes of one moment stay in the order of their own case.
    all.sort_by_key(|note| note.at);
    Casework { case, notes, limit, also, all }
}

fn seal(app: &App, new: &NewNote) -> Result<StoredNote, StoreError> {
    let key = app.keys().current().ok_or(StoreError::Shape("there is no key to seal to"))?;
    let body = serde_json::to_vec(&new.note).map_err(|_| StoreError::Shape("a note has no JSON"))?;
    let mut stored = StoredNote {
        id: new.id,
        referral: new.referral,
        kind: new.note.kind(),
        number: new.follows.saturating_add(1),
        does: Move::of(&new.note),
        author: new.author,
        at: app.now(),
        sealed: SealedDocument { key: String::new(), enc: Vec::new(), ciphertext: Vec::new() },
    };
    stored.sealed = seal_document(key.public(), &clear(&stored), &body).map_err(|error| match error {
        SealError::TooLong => StoreError::Shape("a note is longer than any form"),
        SealError::Random | SealError::Key(_) | SealError::Sign | SealError::Seal | SealError::Clock => {
            StoreError::Random
        }
    })?;
    Ok(stored)
}

/// Opens a note. One that does not open is shown by its columns.
fn unseal(app: &App, stored: StoredNote) -> Filed {
    let key = app.keys().sealing(&stored.sealed.key);
    let body = key.and_then(|key| open_document(key, &clear(&stored), &stored.sealed));
    let note = body.and_then(|body| serde_json::from_slice::<Note>(&body).ok());
    if note.is_none() {
        tracing::error!(note = %stored.id, "a stored note does not open");
    }
    let StoredNote { id, kind, number, does, author, at, .. } = stored;
    Filed { id, kind, number, does, author, at, note }
}

/// What stands beside a note in clear, as it is bound to the seal.
fn clear(note: &StoredNote) -> Vec<u8> {
    [
        note.id.0.as_bytes().as_slice(),
        note.referral.0.as_bytes(),
        note.author.0.as_bytes(),
        &note.at.timestamp_millis().to_be_bytes(),
        &note.number.to_be_bytes(),
        note.kind.code().as_bytes(),
        b"/",
        note.does.code().as_bytes(),
    ]
    .concat()
}
