//! What a case manager does after acceptance: a case is read, and a note is added to it.
//!
//! # Decisions
//! - What a note says is sealed to the agency like an entry, and bound to the codes beside it; it is opened at
//!   each read. So a case is erased by deleting its notes, and no table tells anything of a person.
//! - A note is filed only behind the one that its writer saw. Whoever comes second gets both to look at.
//! - Of a case, phones and sergeants hear nothing more than before: who has it. What is written here stays here.

use crate::app::{App, Change};
use crate::cases::{self, OpenCase};
use crate::store::casework::{self, StoredNote};
use crate::store::{Db, Staff, StoreError, cases as rows};
use chrono::{DateTime, FixedOffset, NaiveDate, Offset as _, Utc};
use handoff::domain::casework::{Days, Filed, IntakeClock, Lived, Move, Note, NoteKind, Standing, intake_clock};
use handoff::domain::ids::{NoteId, ReferralId, StaffId};
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
}

impl Casework {
    /// Where it stands.
    pub fn standing(&self) -> Standing {
        Standing::of(self.case.case.stage, self.notes.iter().map(|note| note.does))
    }

    /// What its notes say now.
    pub fn lived(&self) -> Lived<'_> {
        Lived::of(&self.notes)
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
        intake_clock(self.limit, self.lived().intake, (began, today))
    }

    /// The notes of a kind, the newest first.
    pub fn of_kind(&self, kind: NoteKind) -> impl Iterator<Item = &Filed> {
        self.notes.iter().rev().filter(move |note| note.kind == kind)
    }

    /// The number of the newest note of a kind; 0 if there is none.
    pub fn newest(&self, kind: NoteKind) -> u64 {
        self.of_kind(kind).next().map_or(0, |note| note.number)
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
            let mine = casework::cases_of(db, staff)?;
            mine.into_iter().filter_map(|id| found(db, id).transpose()).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    cases::note_reads(app, staff, found.iter().map(|(case, _)| case.0.referral).collect()).await?;
    Ok(found.into_iter().map(|found| open(app, found)).collect())
}

/// One case. The read is in the events before it is shown.
///
/// # Errors
/// [`StoreError`].
pub async fn case(app: &App, reader: &Staff, id: ReferralId) -> Result<Option<Casework>, StoreError> {
    let Some(found) = app.store().read_moment(move |db| found(db, id)).await? else { return Ok(None) };
    cases::note_reads(app, reader.id, vec![id]).await?;
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

type Found = ((rows::Case, WireEntry), Vec<StoredNote>);

fn found(db: &mut dyn Db, id: ReferralId) -> Result<Option<Found>, StoreError> {
    let Some(case) = rows::one(db, id)? else { return Ok(None) };
    Ok(Some((case, casework::notes(db, id)?)))
}

fn open(app: &App, (case, notes): Found) -> Casework {
    let case = cases::open(app, case);
    let decision = case.decision.as_ref();
    let site = app.site();
    let pack = decision.and_then(|decision| site.rules.pack(decision.assessment.pack.sha256));
    let limit = pack.and_then(|pack| pack.terms.intake_days);
    Casework { notes: notes.into_iter().map(|note| unseal(app, note)).collect(), case, limit }
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
