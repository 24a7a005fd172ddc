//! What people said of two referrals.

use super::events::{self, Event, Kind};
use super::{Db, Row, StoreError};
use handoff::domain::ids::{ReferralId, StaffId};
use handoff::domain::same_person::{Pair, Said, Word, standing};

/// What came of saying something of two referrals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saying {
    /// It stands.
    Said,
    /// It stood already, or there was nothing to take back.
    StoodBefore,
    /// One of them is no case.
    NoSuchCase,
}

/// Keeps a word, with its event.
///
/// # Errors
/// [`StoreError`]: then nothing was done.
pub(crate) fn say(db: &mut dyn Db, said: &Said) -> Result<Saying, StoreError> {
    let (one, other) = said.pair.both();
    for referral in [one, other] {
        let known = "SELECT n FROM cases WHERE referral = :referral";
        if db.first(known, &[(":referral", referral.into())])?.is_none() {
            return Ok(Saying::NoSuchCase);
        }
    }
    let before = standing(&all(db)?).get(&said.pair).map(|before| before.word);
    let stands = if said.word == Word::TakenBack { before.is_none() } else { before == Some(said.word) };
    if stands {
        return Ok(Saying::StoodBefore);
    }
    db.run(
        "INSERT INTO person_words (one, other, word, author, at_ms) VALUES (:one, :other, :word, :by, :at)",
        &[
            (":one", one.into()),
            (":other", other.into()),
            (":word", said.word.code().into()),
            (":by", said.by.into()),
            (":at", said.at.into()),
        ],
    )?;
    let event = Event::new(Kind::PersonWord).by(said.by).on(one.0).detail(format!("{} {other}", said.word.code()));
    events::append(db, &event, said.at)?;
    Ok(Saying::Said)
}

/// Every word, the oldest first.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn all(db: &mut dyn Db) -> Result<Vec<Said>, StoreError> {
    let said = |mut row: Row| {
        let pair = Pair::of(ReferralId(row.id()?), ReferralId(row.id()?));
        Ok(Said {
            pair: pair.ok_or(StoreError::Shape("a word on one referral alone"))?,
            word: row.code(Word::from_code)?,
            by: StaffId(row.id()?),
            at: row.time()?,
        })
    };
    let rows = db.rows("SELECT one, other, word, author, at_ms FROM person_words ORDER BY n", &[])?;
    rows.into_iter().map(said).collect()
}
