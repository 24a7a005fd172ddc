//! Who may be one person: likenesses are offered, and a case manager says what is so.
//!
//! # Decisions
//! - Nothing by which people could be matched is at rest: no name, no phonetic key, no hash of either. A phonetic key is
//!   the name in another spelling, and a hash of a birth date is a birth date to whoever tries all of them. So the sealed
//!   records are opened by the server, in its memory, when a case is looked at, and nothing of it is written.
//! - What was opened is kept in that memory for the next look, since an officer's record never changes: opening 10,000
//!   would take half a second of one core. It is private text, wiped when it is dropped, and the keys that open it are in
//!   the same memory anyway. What is no case any more is not kept.
//! - An offer is a read of the other person's data, and in the events like any.
//! - Both words can be said of two, and both can be taken back: "not the same" keeps an offer from coming again.

mod likeness;
mod traits;

pub use likeness::{Likeness, Reason, likeness};
pub use traits::Traits;

use crate::app::{App, Change};
use crate::cases::{self, note_reads};
use crate::casework::Casework;
use crate::participant;
use crate::store::same_person as rows;
use crate::store::{Db, Staff, StoreError, cases as case_rows};
use chrono::{DateTime, FixedOffset, NaiveDate};
use handoff::domain::ids::{ReferralId, StaffId};
use handoff::domain::private::Private;
use handoff::domain::same_person::{Pair, Said, Word, person, standing};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

pub use crate::store::same_person::Saying;

/// So many are offered at most: the likest.
const MOST_OFFERED: usize = 5;

/// What was opened of the officers' records to compare people, by referral.
#[derive(Debug, Default)]
pub struct Memory(Mutex<BTreeMap<ReferralId, Arc<Person>>>);

/// A person as an officer recorded them.
#[derive(Debug)]
pub struct Person {
    name: Private<String>,
    born: Option<NaiveDate>,
    began: DateTime<FixedOffset>,
    traits: Traits,
}

/// Another referral beside a case.
#[derive(Debug, Clone)]
pub struct Other {
    /// Which.
    pub referral: ReferralId,
    /// The name that was given.
    pub name: Private<String>,
    /// The birth date that was given.
    pub born: Option<NaiveDate>,
    /// When it began.
    pub began: DateTime<FixedOffset>,
    /// Who has it.
    pub manager: Option<StaffId>,
    /// Why it may be the same person; empty where nothing speaks for it.
    pub reasons: Vec<Reason>,
    /// What was said of the two, by whom.
    pub said: Option<Said>,
}

/// Who may be, is and is not the person of a case.
#[derive(Debug, Clone, Default)]
pub struct Alike {
    /// Offered: the likest first.
    pub offered: Vec<Other>,
    /// Somebody said that it is the same person, or it follows from what was said; the newest first.
    pub same: Vec<Other>,
    /// Somebody said that it is not.
    pub not_same: Vec<Other>,
}

/// Looks who may be the person of this case. Whoever is named is in the events before that.
///
/// # Errors
/// [`StoreError`].
pub async fn alike(app: &App, reader: &Staff, work: &Casework) -> Result<Alike, StoreError> {
    let of = work.case.case.referral;
    let read = |db: &mut dyn Db| Ok((rows::all(db)?, case_rows::open_cases(db)?));
    let (said, cases) = app.store().read(read).await?;
    // Opening many is work for a thread of its own.
    let app_there = app.clone();
    let look = tokio::task::spawn_blocking(move || look(&app_there, of, (&said, cases)));
    let alike = look.await.map_err(|_| StoreError::Broken)?;
    let named = alike.offered.iter().chain(&alike.same).chain(&alike.not_same).map(|other| other.referral);
    note_reads(app, (reader.id, "alike".into()), named.collect()).await?;
    Ok(alike)
}

/// Says something of two referrals; every open page hears that something changed.
///
/// # Errors
/// [`StoreError`]: then nothing was done.
pub async fn say(app: &App, by: &Staff, (pair, word): (Pair, Word)) -> Result<Saying, StoreError> {
    let said = Said { pair, word, by: by.id, at: app.now() };
    let write = move |db: &mut dyn Db| {
        // Whoever was, or is from now on, one person with one of the two.
        let all = |db: &mut dyn Db| {
            let (said, (one, other)) = (rows::all(db)?, pair.both());
            Ok::<_, StoreError>(person(one, &said).into_iter().chain(person(other, &said)).collect::<BTreeSet<_>>())
        };
        let before = all(db)?;
        let done = rows::say(db, &said)?;
        let both: BTreeSet<_> = all(db)?.into_iter().chain(before).collect();
        Ok((done, if done == Saying::Said { participant::tell_again(db, &both)? } else { Vec::new() }))
    };
    let (done, told) = app.store().write(write).await?;
    if done == Saying::Said {
        app.tell(Change::Case);
        participant::wake(app, told);
    }
    Ok(done)
}

type Stored = (case_rows::Case, handoff::domain::wire::WireEntry);

fn look(app: &App, of: ReferralId, (said, stored): (&[Said], Vec<Stored>)) -> Alike {
    let (words, group) = (standing(said), person(of, said));
    let known = app.people().known(app, stored);
    let Some(own) = known.iter().find(|(case, _)| case.referral == of).map(|(_, person)| Arc::clone(person)) else {
        return Alike::default();
    };
    let mut alike = Alike::default();
    let mut offered = Vec::new();
    for (case, person) in known.iter().filter(|(case, _)| case.referral != of) {
        let likeness = likeness(&own.traits, &person.traits);
        let word = Pair::of(of, case.referral).and_then(|pair| words.get(&pair)).copied();
        let other = |reasons| Other {
            referral: case.referral,
            name: person.name.clone(),
            born: person.born,
            began: person.began,
            manager: case.taken.map(|taken| taken.by),
            reasons,
            said: word,
        };
        let reasons = likeness.as_ref().map(|likeness| likeness.reasons.clone()).unwrap_or_default();
        match (word.map(|said| said.word), likeness) {
            (Some(Word::NotSame), _) => alike.not_same.push(other(reasons)),
            (Some(Word::Same | Word::TakenBack) | None, _) if group.contains(&case.referral) => {
                alike.same.push(other(reasons));
            }
            (_, Some(likeness)) => offered.push((likeness.score, other(reasons))),
            (_, None) => {}
        }
    }
    // Stable: of two that are equally like, the newer referral comes first.
    offered.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    alike.offered = offered.into_iter().map(|(_, other)| other).take(MOST_OFFERED).collect();
    alike
}

impl Memory {
    /// Someone was erased.
    pub(crate) fn forget(&self, referral: ReferralId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&referral);
    }

    /// The persons of these cases, opened where they were not before. A record that does not open is like nobody.
    fn known(&self, app: &App, stored: Vec<Stored>) -> Vec<(case_rows::Case, Arc<Person>)> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let open: BTreeSet<_> = stored.iter().map(|(case, _)| case.referral).collect();
        kept.retain(|referral, _| open.contains(referral));
        let mut known = Vec::with_capacity(stored.len());
        for (case, wire) in stored {
            let person = match kept.get(&case.referral) {
                Some(person) => Arc::clone(person),
                None => {
                    let Some(person) = opened(app, (case.clone(), wire)) else { continue };
                    let person = Arc::new(person);
                    kept.insert(case.referral, Arc::clone(&person));
                    person
                }
            };
            known.push((case, person));
        }
        known
    }
}

fn opened(app: &App, stored: Stored) -> Option<Person> {
    let decision = cases::open(app, stored).decision?;
    let person = decision.person.as_ref()?;
    let traits = Traits::new(person.name.reveal(), person.born, person.reach.reveal());
    Some(Person { name: person.name.clone(), born: person.born, began: decision.facts.at, traits })
}
