//! Services from a file: `kind, name` and what else is known of them.
//!
//! # Decisions
//! A kind and a name together name one service. One that is not in the file stays as it is; `active` with `no` takes
//! it out of use. A column that the file does not have leaves what is known; an empty value empties it. How many
//! places are free is said by people who called, never by a file.

use super::people::said_yes;
use super::reader::{Columns, Fault, Faults, Line, Sheet, read};
use super::{Counts, Looked, Work as AnyWork, bad, good, mark};
use crate::services::{MOST_SERVICES, fault};
use crate::site::person::sentence;
use crate::store::services::{self as rows, Listed, Said};
use crate::store::{Db, StoreError};
use crate::words::t;
use chrono::{DateTime, Utc};
use handoff::domain::casework::Service;
use handoff::seal::random;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const COLUMNS: Columns =
    Columns { must: &["kind", "name"], may: &["phone", "place", "hours", "capacity", "note", "active"] };

/// What is to be written: services that are new or changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Work(Vec<(Option<Uuid>, Said)>);

type Known = BTreeMap<(&'static str, String), Listed>;

/// What a file would change.
pub(super) fn plan(db: &mut dyn Db, bytes: &[u8]) -> Result<Looked, StoreError> {
    let sheet = match read(bytes, COLUMNS) {
        Ok(sheet) => sheet,
        Err(faults) => return Ok(Looked::Bad(faults)),
    };
    let known: Known =
        rows::list(db)?.into_iter().map(|one| ((one.said.kind.code(), one.said.name.clone()), one)).collect();
    let listed = match everyone(&sheet, &known) {
        Ok(listed) => listed,
        Err(faults) => return Ok(Looked::Bad(faults)),
    };
    let whole = |why| Ok(bad(Fault { line: 0, column: String::new(), why }));
    if listed.is_empty() {
        return whole(String::from(t!("import-the-file-lists-no-service")));
    }
    let of = |said: &Said| known.get(&(said.kind.code(), said.name.clone()));
    if known.len() + listed.iter().filter(|said| of(said).is_none()).count() > MOST_SERVICES {
        return whole(t!("import-most-services", n = MOST_SERVICES));
    }
    let (lines, mut changes, mut counts, mut work) = (listed.len(), Vec::new(), Counts::default(), Work::default());
    for said in listed {
        let before = of(&said);
        if before.is_some_and(|before| before.said == said) {
            continue;
        }
        changes.push(words(before.map(|before| &before.said), &said));
        match before {
            None => counts.added += 1,
            Some(before) if before.said.active && !said.active => counts.removed += 1,
            Some(_) => counts.changed += 1,
        }
        work.0.push((before.map(|before| before.id), said));
    }
    Ok(good(
        mark(bytes, &changes.join("\n")),
        (lines, lines - work.0.len()),
        counts,
        (changes, AnyWork::Services(work)),
    ))
}

/// Writes it.
pub(super) fn write(db: &mut dyn Db, work: &Work, now: DateTime<Utc>) -> Result<(), StoreError> {
    for (id, said) in &work.0 {
        let id = match id {
            Some(id) => *id,
            None => random::uuid_v7(now).map_err(|_| StoreError::Random)?,
        };
        rows::save(db, (id, said), now)?;
    }
    Ok(())
}

fn everyone(sheet: &Sheet, known: &Known) -> Result<Vec<Said>, Faults> {
    let (mut all, mut faults, mut seen) = (Vec::with_capacity(sheet.lines.len()), Faults::default(), BTreeMap::new());
    for line in &sheet.lines {
        let mut wrong = |column: &str, why| faults.push(Fault { line: line.number, column: column.to_owned(), why });
        match one(sheet, line, known) {
            Err((column, why)) => wrong(column, why),
            Ok(said) => match seen.insert((said.kind.code(), said.name.clone()), line.number) {
                Some(before) => wrong("name", t!("import-service-twice", line = before)),
                None => all.push(said),
            },
        }
    }
    if faults.is_empty() { Ok(all) } else { Err(faults) }
}

fn one(sheet: &Sheet, line: &Line, known: &Known) -> Result<Said, (&'static str, String)> {
    let text = |column| sheet.value(line, column).unwrap_or_default().to_owned();
    let kinds = || Service::ALL.iter().map(|kind| kind.code()).collect::<Vec<_>>().join(", ");
    let kind = Service::from_code(&text("kind").to_ascii_lowercase());
    let kind = kind.ok_or_else(|| ("kind", t!("import-no-kind", kinds = kinds())))?;
    let name = text("name");
    let before = known.get(&(kind.code(), name.clone())).map(|one| &one.said);
    let kept = |column, known: fn(&Said) -> &String| match sheet.value(line, column) {
        Some(value) => value.to_owned(),
        None => before.map(known).cloned().unwrap_or_default(),
    };
    let capacity = match sheet.value(line, "capacity") {
        None => before.and_then(|before| before.capacity),
        Some("") => None,
        Some(number) => {
            Some(number.parse().map_err(|_| ("capacity", String::from(t!("services-write-a-whole-number-or"))))?)
        }
    };
    let active = match sheet.value(line, "active") {
        None => before.is_none_or(|before| before.active),
        Some(said) => said_yes(said, "active").map_err(|why| ("active", why))?,
    };
    let said = Said {
        kind,
        name,
        phone: kept("phone", |said| &said.phone),
        place: kept("place", |said| &said.place),
        hours: kept("hours", |said| &said.hours),
        capacity,
        note: kept("note", |said| &said.note),
        active,
    };
    fault(&said).map_or(Ok(said), |(field, why)| Err((field, sentence(&why))))
}

/// What changes of a service.
fn words(before: Option<&Said>, after: &Said) -> String {
    let name = format!("{} ({})", after.name, after.kind.code());
    let Some(before) = before else { return t!("import-add", what = name) };
    match (before.active, after.active) {
        (true, false) => return t!("import-out-of-use", name = name),
        (false, true) => return t!("import-in-use", name = name),
        (_, _) => {}
    }
    let columns: BTreeSet<&str> = [
        ("phone", before.phone != after.phone),
        ("place", before.place != after.place),
        ("hours", before.hours != after.hours),
        ("capacity", before.capacity != after.capacity),
        ("note", before.note != after.note),
    ]
    .into_iter()
    .filter_map(|(column, differs)| differs.then_some(column))
    .collect();
    t!("import-change", what = name, columns = columns.into_iter().collect::<Vec<_>>().join(", "))
}
