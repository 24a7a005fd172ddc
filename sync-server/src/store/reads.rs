//! Reads of a person's data, each an event.
//!
//! # Decisions
//! A page that stays open renews itself whenever anything changes. That is one reading, not hundreds: whoever reads of
//! a person on a page is in the events once in a sitting of an hour, for each page and person, and again when another
//! sitting begins. What a page shows is part of its name where that varies, so more of a person is another read. A
//! clock that went back begins a sitting anew.

use super::events::{self, Event, Kind};
use super::{Db, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use handoff::domain::ids::{ReferralId, StaffId};

/// How long a sitting is.
pub const SITTING: TimeDelta = TimeDelta::hours(1);

/// Writes down that someone reads of these persons on a page, where this sitting does not know it yet.
///
/// # Errors
/// [`StoreError`]: then nothing may be shown.
pub(crate) fn note(
    db: &mut dyn Db,
    (reader, page): (StaffId, &str),
    referrals: &[ReferralId],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for referral in referrals {
        let begins = db.run(
            "INSERT INTO sittings (reader, referral, page, since_ms) VALUES (:reader, :referral, :page, :now)
             ON CONFLICT (reader, referral, page) DO UPDATE SET since_ms = :now
             WHERE sittings.since_ms <= :before OR sittings.since_ms > :now",
            &[
                (":reader", reader.into()),
                (":referral", (*referral).into()),
                (":page", page.into()),
                (":now", now.into()),
                (":before", (now - SITTING).into()),
            ],
        )?;
        if begins > 0 {
            let event = Event::new(Kind::PersonRead).by(reader).on(referral.0).detail(page);
            events::append(db, &event, now)?;
        }
    }
    Ok(())
}
