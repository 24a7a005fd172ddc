//! People from a file: `login, role, name` and what else is known of them.
//!
//! # Decisions
//! Whoever is not in the file stays as they are; `active` with `no` has someone leave. A column that the file does not
//! have leaves what is known; an empty value empties it.

use super::reader::{Columns, Fault, Faults, Line, Sheet, read};
use super::{Counts, Looked, Work as AnyWork, bad, good, mark};
use crate::site::person::{self, Person};
use crate::store::{self, Db, Staff, StoreError, addresses, staff_list};
use crate::words::t;
use chrono::{DateTime, Utc};
use handoff::domain::private::Private;
use handoff::domain::wire::Role;
use std::collections::{BTreeMap, BTreeSet};

/// Everyone of a program, those who left included, is so many at most: each phone carries them all.
const MOST_PEOPLE: usize = 20_000;

const COLUMNS: Columns = Columns {
    must: &["login", "role", "name"],
    may: &["serial", "phone", "lead", "squad", "mail", "webhook", "active"],
};

/// What is to be written: people who are new or changed, with the role that they had.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Work(Vec<(Staff, Option<Role>)>);

/// What a file would change.
pub(super) fn plan(db: &mut dyn Db, bytes: &[u8], now: DateTime<Utc>) -> Result<Looked, StoreError> {
    let sheet = match read(bytes, COLUMNS) {
        Ok(sheet) => sheet,
        Err(faults) => return Ok(Looked::Bad(faults)),
    };
    if sheet.lines.is_empty() {
        return Ok(bad(Fault {
            line: 0,
            column: String::new(),
            why: String::from(t!("import-the-file-lists-nobody")),
        }));
    }
    let known = staff_list(db)?;
    let by_login: BTreeMap<_, _> = known.iter().map(|person| (person.login.as_str(), person)).collect();
    let listed = match everyone(&sheet, &by_login, now)? {
        Ok(listed) => listed,
        Err(faults) => return Ok(Looked::Bad(faults)),
    };
    let new = listed.iter().filter(|person| !by_login.contains_key(person.login.as_str())).count();
    if known.len() + new > MOST_PEOPLE {
        let why = t!("import-most-people", n = MOST_PEOPLE);
        return Ok(bad(Fault { line: 0, column: String::new(), why }));
    }
    let (lines, mut changes, mut counts) = (listed.len(), Vec::new(), Counts::default());
    let mut work = Work::default();
    for person in listed {
        let before = by_login.get(person.login.as_str());
        if before.is_some_and(|before| **before == person) {
            continue;
        }
        changes.push(sentence(before.copied(), &person));
        match before {
            None => counts.added += 1,
            Some(before) if before.active && !person.active => counts.removed += 1,
            Some(_) => counts.changed += 1,
        }
        work.0.push((person, before.map(|before| before.role)));
    }
    Ok(good(mark(bytes, &changes.join("\n")), (lines, lines - work.0.len()), counts, (changes, AnyWork::People(work))))
}

/// Someone whom a lead may not add or change: who sees more than a lead does is listed at the command line.
pub(super) fn beyond_a_lead(work: &Work) -> Option<Fault> {
    let leads_may = |role| matches!(role, Role::Officer | Role::CaseManager);
    let person =
        work.0.iter().find(|(person, before)| !leads_may(person.role) || before.is_some_and(|role| !leads_may(role)));
    person.map(|(person, _)| {
        let why = t!("import-beyond", login = &person.login);
        Fault { line: 0, column: String::from("role"), why }
    })
}

/// Writes it. Whoever left cannot sign in any more, and is told nothing.
pub(super) fn write(db: &mut dyn Db, work: &Work, now: DateTime<Utc>) -> Result<(), StoreError> {
    for (person, _) in &work.0 {
        store::save_staff(db, person, now)?;
    }
    store::end_sessions_of_inactive(db, now)?;
    addresses::forget_inactive(db)
}

type Known<'a> = BTreeMap<&'a str, &'a Staff>;

fn everyone(sheet: &Sheet, known: &Known<'_>, now: DateTime<Utc>) -> Result<Result<Vec<Staff>, Faults>, StoreError> {
    let (mut people, mut faults) = (Vec::with_capacity(sheet.lines.len()), Faults::default());
    let mut seen = BTreeMap::new();
    for line in &sheet.lines {
        let mut fault = |column: &str, why| faults.push(Fault { line: line.number, column: column.to_owned(), why });
        let login = sheet.value(line, "login").unwrap_or_default();
        if let Some(before) = seen.insert(login, line.number) {
            fault("login", t!("import-login-twice", line = before));
            continue;
        }
        match one(sheet, line, known.get(login).copied()) {
            Err((column, why)) => fault(column, why),
            Ok((person, active)) => {
                let staff = person.staff(now).map_err(|_| StoreError::Random)?;
                // Who is known keeps their id and their language.
                let before = known.get(login);
                let (id, language) = before.map_or((staff.id, None), |before| (before.id, before.language));
                people.push(Staff { id, active, language, ..staff });
            }
        }
    }
    Ok(if faults.is_empty() { Ok(people) } else { Err(faults) })
}

fn one(sheet: &Sheet, line: &Line, before: Option<&Staff>) -> Result<(Person, bool), (&'static str, String)> {
    let text =
        |column, known: Option<&str>| sheet.value(line, column).unwrap_or_else(|| known.unwrap_or_default()).to_owned();
    let yes = |column, known: bool| match sheet.value(line, column) {
        None => Ok(known),
        Some(said) => said_yes(said, column).map_err(|why| (column, why)),
    };
    let role = Role::from_code(&text("role", None).to_ascii_lowercase());
    let roles = || Role::ALL.iter().map(|role| role.code()).collect::<Vec<_>>().join(", ");
    let person = Person {
        login: text("login", None),
        role: role.ok_or_else(|| ("role", t!("import-no-role", roles = roles())))?,
        name: text("name", None),
        serial: text("serial", before.map(|one| one.serial.as_str())),
        phone: text("phone", before.map(|one| one.phone.reveal().as_str())),
        lead: yes("lead", before.is_some_and(|one| one.lead))?,
        squad: text("squad", before.map(|one| one.squad.as_str())),
        mail: text("mail", before.map(|one| one.mail.reveal().as_str())),
        webhook: text("webhook", before.map(|one| one.webhook.reveal().as_str())),
    };
    match person.fault() {
        Some((field, why)) => Err((field, person::sentence(&why))),
        None => Ok((person, yes("active", before.is_none_or(|one| one.active))?)),
    }
}

/// A word of agreement or its opposite; nothing at all is yes for `active`, and no for the rest.
pub(super) fn said_yes(said: &str, column: &str) -> Result<bool, String> {
    match said.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" => Ok(true),
        "no" | "false" | "0" => Ok(false),
        "" => Ok(column == "active"),
        _ => Err(String::from(t!("import-write-yes-or-no"))),
    }
}

/// What changes of someone: which columns, and no more, so that a list of changes shows no number and no address.
fn sentence(before: Option<&Staff>, after: &Staff) -> String {
    let name = format!("{} ({}, {})", after.name, after.login, after.role.code());
    let Some(before) = before else { return t!("import-add", what = with_lead(after, name)) };
    let private = |one: &Private<String>, other: &Private<String>| one.reveal() != other.reveal();
    let columns: BTreeSet<&str> = [
        ("role", before.role != after.role),
        ("name", before.name != after.name),
        ("serial", before.serial != after.serial),
        ("phone", private(&before.phone, &after.phone)),
        ("lead", before.lead != after.lead),
        ("squad", before.squad != after.squad),
        ("mail", private(&before.mail, &after.mail)),
        ("webhook", private(&before.webhook, &after.webhook)),
    ]
    .into_iter()
    .filter_map(|(column, differs)| differs.then_some(column))
    .collect();
    let columns = columns.into_iter().collect::<Vec<_>>().join(", ");
    match (before.active, after.active) {
        (true, false) => t!("import-leaves", name = name),
        (false, true) => t!("import-comes-back", name = with_lead(after, name)),
        (_, _) => t!("import-change", what = name, columns = columns),
    }
}

/// Whoever may do more than others is said to.
fn with_lead(after: &Staff, name: String) -> String {
    if after.lead { t!("import-who-leads", name = name) } else { name }
}
