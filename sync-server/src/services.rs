//! The directory of services: where a person may get a meal, a bed, papers, work, and how many places are free.
//!
//! # Decisions
//! - Leads keep the directory; every case manager says how many places are free, since it is they who call.
//! - An act names the service as its page showed it. If it is not so any more nothing is done, and both are shown.
//! - It holds nothing about a participant, so it stands in clear, and looking at it is no event.

pub mod hours;

use crate::app::{App, Change};
use crate::site::person::fault_of;
use crate::store::events::{self, Event, Kind};
use crate::store::services::{self as rows, Free, Listed, Said};
use crate::store::{Db, StoreError};
use crate::words::t;
use handoff::domain::ids::{Hash, StaffId};
use handoff::seal::random;
use uuid::Uuid;

/// A service has at most so many places.
pub const MOST_PLACES: u32 = 100_000;
/// A program lists at most so many services.
pub const MOST_SERVICES: usize = 5_000;

/// What became of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// It is done, to this service.
    Done(Uuid),
    /// The service is not as it was seen; nothing was done. How it is now, if it is there at all.
    Stale(Option<Box<Listed>>),
    /// Another service of that kind has that name.
    Taken,
    /// There are as many as there may be.
    Full,
}

/// What is wrong with a service: the first field, and why.
pub fn fault(said: &Said) -> Option<(&'static str, String)> {
    if said.name.trim().is_empty() {
        return Some(("name", String::from(t!("listed-empty"))));
    }
    if said.capacity.is_some_and(|places| places > MOST_PLACES) {
        return Some(("capacity", t!("listed-more-than", n = MOST_PLACES)));
    }
    let texts = [
        ("name", &said.name, 200),
        ("phone", &said.phone, 64),
        ("place", &said.place, 300),
        ("hours", &said.hours, hours::MOST_HOURS),
        ("note", &said.note, 1000),
    ];
    let text = texts.into_iter().find_map(|(field, text, most)| Some((field, fault_of(text, most)?)));
    text.or_else(|| (!hours::is_readable(&said.hours)).then(|| ("hours", t!("listed-hours").to_owned()))).or_else(
        || {
            let dials = said.phone.is_empty() || said.phone.contains(|c: char| c.is_ascii_digit());
            (!dials).then(|| ("phone", String::from(t!("listed-no-digit"))))
        },
    )
}

/// The mark of a service as a page shows it: another state has another one.
pub fn mark(listed: &Listed) -> Hash {
    let Said { kind, name, phone, place, hours, capacity, note, active } = &listed.said;
    let numbers = format!("{capacity:?} {active} {:?}", listed.free);
    let parts = [kind.code(), name, phone, place, hours, note, &numbers];
    let sized: Vec<u8> = parts
        .into_iter()
        .flat_map(|part| {
            let length = u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes();
            length.into_iter().chain(part.bytes())
        })
        .collect();
    Hash::of(&[b"handoff/service/1", listed.id.as_bytes(), &sized])
}

/// Adds a service.
///
/// # Errors
/// [`StoreError`]: then nothing was done.
pub async fn add(app: &App, by: StaffId, said: Said) -> Result<Done, StoreError> {
    let now = app.now();
    let id = random::uuid_v7(now).map_err(|_| StoreError::Random)?;
    let write = move |db: &mut dyn Db| {
        if rows::named(db, said.kind, &said.name)?.is_some() {
            return Ok(Done::Taken);
        }
        if rows::list(db)?.len() >= MOST_SERVICES {
            return Ok(Done::Full);
        }
        rows::save(db, (id, &said), now)?;
        events::append(db, &Event::new(Kind::ServiceSaved).by(by).on(id), now)?;
        Ok(Done::Done(id))
    };
    told(app, app.store().write(write).await?)
}

/// Changes what is known of a service, as it was seen.
///
/// # Errors
/// [`StoreError`]: then nothing was done.
pub async fn change(app: &App, by: StaffId, (id, seen): (Uuid, Hash), said: Said) -> Result<Done, StoreError> {
    let now = app.now();
    let write = move |db: &mut dyn Db| {
        let stands = match as_seen(db, id, seen)? {
            Ok(stands) => stands,
            Err(stale) => return Ok(stale),
        };
        if rows::named(db, said.kind, &said.name)?.is_some_and(|other| other.id != id) {
            return Ok(Done::Taken);
        }
        if stands.said != said {
            rows::save(db, (id, &said), now)?;
            events::append(db, &Event::new(Kind::ServiceSaved).by(by).on(id), now)?;
        }
        Ok(Done::Done(id))
    };
    told(app, app.store().write(write).await?)
}

/// Says how many places are free, of a service as it was seen.
///
/// # Errors
/// [`StoreError`]: then nothing was done.
pub async fn say_free(app: &App, by: StaffId, (id, seen): (Uuid, Hash), places: u32) -> Result<Done, StoreError> {
    let at = app.now();
    let write = move |db: &mut dyn Db| {
        if let Err(stale) = as_seen(db, id, seen)? {
            return Ok(stale);
        }
        rows::say_free(db, id, Free { places, at, by })?;
        events::append(db, &Event::new(Kind::PlacesSaid).by(by).on(id).detail(places.to_string()), at)?;
        Ok(Done::Done(id))
    };
    told(app, app.store().write(write).await?)
}

fn as_seen(db: &mut dyn Db, id: Uuid, seen: Hash) -> Result<Result<Listed, Done>, StoreError> {
    Ok(match rows::one(db, id)? {
        Some(stands) if mark(&stands) == seen => Ok(stands),
        other => Err(Done::Stale(other.map(Box::new))),
    })
}

fn told(app: &App, done: Done) -> Result<Done, StoreError> {
    if matches!(done, Done::Done(_)) {
        app.tell(Change::Services);
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use handoff::domain::casework::Service;

    fn shelter() -> Said {
        Said {
            kind: Service::Shelter,
            name: "Night door".into(),
            phone: "+1 206 555 0199".into(),
            place: "3rd and Bell".into(),
            hours: "Mo-Su 20:00-07:00".into(),
            capacity: Some(12),
            note: String::new(),
            active: true,
        }
    }

    #[test]
    fn what_is_wrong_with_a_service_is_named_by_its_field() {
        assert_eq!(fault(&shelter()), None);
        for (bad, field) in [
            (Said { name: " ".into(), ..shelter() }, "name"),
            (Said { name: "x".repeat(201), ..shelter() }, "name"),
            (Said { phone: "ask inside".into(), ..shelter() }, "phone"),
            (Said { place: "a\u{7}".into(), ..shelter() }, "place"),
            (Said { hours: "nine to five".into(), ..shelter() }, "hours"),
            (Said { capacity: Some(MOST_PLACES + 1), ..shelter() }, "capacity"),
            (Said { note: "x".repeat(1001), ..shelter() }, "note"),
        ] {
            assert_eq!(fault(&bad).map(|(field, _)| field), Some(field), "{bad:?}");
        }
        assert_eq!(fault(&Said { name: "باب الليل 🌙".into(), hours: String::new(), ..shelter() }), None);
    }

    #[test]
    fn a_mark_is_another_one_as_soon_as_anything_differs() {
        let at = chrono::DateTime::from_timestamp(5, 0).unwrap();
        let listed = |said| Listed { id: Uuid::from_u128(1), said, free: None, changed: at };
        let seen = mark(&listed(shelter()));
        assert_eq!(mark(&Listed { changed: at + chrono::TimeDelta::hours(1), ..listed(shelter()) }), seen);
        let free = Some(Free { places: 3, at, by: StaffId(Uuid::from_u128(2)) });
        let others = [
            Listed { free, ..listed(shelter()) },
            Listed { id: Uuid::from_u128(9), ..listed(shelter()) },
            listed(Said { name: "Night doo".into(), phone: "r+1 206 555 0199".into(), ..shelter() }),
            listed(Said { capacity: None, ..shelter() }),
            listed(Said { active: false, ..shelter() }),
        ];
        assert!(others.iter().all(|other| mark(other) != seen));
    }
}
