//! The directory of services in words: what is open, how many places are free, and who said so when.

use super::casework::words;
use super::tel;
use crate::console::when;
use crate::rota::keeps;
use crate::services::hours::{Open, open};
use crate::services::mark;
use crate::site::Site;
use crate::store::Staff;
use crate::store::services::{Listed, Said};
use crate::words::t;
use chrono::{DateTime, NaiveDateTime, Utc};
use handoff::domain::casework::Service;
use handoff::ui::parts::Tone;

/// The page of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryView {
    /// Kinds that have a service, each with its link; the first is all of them.
    pub kinds: Vec<Choice>,
    /// What is shown, by kind.
    pub groups: Vec<Group>,
    /// Services that are not to be used now, for those who keep the directory.
    pub out_of_use: Vec<ServiceRow>,
    /// Whoever looks keeps the directory.
    pub keeps: bool,
}

/// A kind to show alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// In words.
    pub label: String,
    /// Where.
    pub href: String,
    /// It is shown now.
    pub chosen: bool,
}

/// The services of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The kind, in words.
    pub title: &'static str,
    /// Those that are open come first.
    pub rows: Vec<ServiceRow>,
}

/// A service in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceRow {
    /// Its page.
    pub href: String,
    /// Its name.
    pub name: String,
    /// Where to go.
    pub place: String,
    /// `Open, until 17:00`.
    pub open: (Tone, String),
    /// `3 of 12 places free, 14:05`; nothing: it is not counted in places.
    pub places: Option<(Tone, String)>,
    /// The number as people write it, and as a link.
    pub phone: Option<(String, String)>,
}

/// The page of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceView {
    /// As in the list.
    pub row: ServiceRow,
    /// The kind, in words.
    pub kind: &'static str,
    /// Hours as they are written.
    pub hours: String,
    /// What to bring, whom to ask for.
    pub note: String,
    /// It is to be used now.
    pub active: bool,
    /// Mark of the service as it is shown.
    pub mark: String,
    /// The form, for those who keep the directory.
    pub form: Option<FormView>,
}

/// The form of a service: as it was typed, or as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FormView {
    /// Code of a kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Whom to call.
    pub phone: String,
    /// Where to go.
    pub place: String,
    /// Hours as they are written.
    pub hours: String,
    /// Places in all.
    pub capacity: String,
    /// What to bring.
    pub note: String,
    /// It is to be used now.
    pub active: bool,
    /// What is wrong: the field, and why.
    pub fault: Option<(&'static str, String)>,
}

/// The directory, or one kind of it.
pub fn directory(
    site: &Site,
    staff: &Staff,
    (all, kind): (&[Listed], Option<Service>),
    now: DateTime<Utc>,
) -> DirectoryView {
    let used: Vec<&Listed> = all.iter().filter(|one| one.said.active).collect();
    let has = |kind: Service| used.iter().any(|one| one.said.kind == kind);
    let mut kinds = vec![Choice {
        label: String::from(t!("services-all")),
        href: String::from("/services"),
        chosen: kind.is_none(),
    }];
    kinds.extend(Service::ALL.iter().copied().filter(|each| has(*each) || Some(*each) == kind).map(|each| Choice {
        label: words::service(each).to_owned(),
        href: format!("/services?kind={}", each.code()),
        chosen: Some(each) == kind,
    }));
    let shown = |each: Service| kind.is_none_or(|kind| kind == each) && has(each);
    let groups = Service::ALL.iter().copied().filter(|each| shown(*each)).map(|each| {
        let mut rows: Vec<_> = used.iter().filter(|one| one.said.kind == each).map(|one| row(site, one, now)).collect();
        rows.sort_by_key(|row| row.open.0 != Tone::Good);
        Group { title: words::service(each), rows }
    });
    let keeps = keeps(staff);
    let out_of_use = all.iter().filter(|one| keeps && !one.said.active).map(|one| row(site, one, now)).collect();
    DirectoryView { kinds, groups: groups.collect(), out_of_use, keeps }
}

fn row(site: &Site, one: &Listed, now: DateTime<Utc>) -> ServiceRow {
    let said = &one.said;
    ServiceRow {
        href: format!("/services/{}", one.id),
        name: said.name.clone(),
        place: said.place.clone(),
        open: opened(open(&said.hours, site.zone.local(now).naive_local()), site.zone.local(now).naive_local()),
        places: places(site, one, now),
        phone: (!said.phone.is_empty()).then(|| (said.phone.clone(), tel(&said.phone))),
    }
}

fn opened(open: Open, now: NaiveDateTime) -> (Tone, String) {
    let clock = |at: NaiveDateTime| {
        let days = at.date().signed_duration_since(now.date()).num_days();
        let day = if days == 0 { String::new() } else { format!("{} ", when::weekday(at.date())) };
        format!("{day}{}", at.format("%H:%M"))
    };
    match open {
        Open::Unknown => (Tone::Plain, String::from(t!("services-hours-not-known-call-first"))),
        Open::Now(None) => (Tone::Good, String::from(t!("services-always-open"))),
        Open::Now(Some(until)) => (Tone::Good, t!("services-open-until", when = clock(until))),
        Open::Not(None) => (Tone::Plain, String::from(t!("services-closed-this-week"))),
        Open::Not(Some(from)) => (Tone::Plain, t!("services-opens", when = clock(from))),
    }
}

fn places(site: &Site, one: &Listed, now: DateTime<Utc>) -> Option<(Tone, String)> {
    if let Some(free) = one.free {
        let when = when::clock(free.at, site.zone.offset(now), now);
        let name = site.person(free.by).map_or(t!("services-somebody"), |person| person.name.as_str());
        let tone = if free.places == 0 { Tone::Warn } else { Tone::Good };
        let told = match one.said.capacity {
            Some(all) => t!("services-free-of", n = free.places, all = all, when = when, name = name),
            None => t!("services-free", n = free.places, when = when, name = name),
        };
        return Some((tone, told));
    }
    one.said.capacity.map(|all| (Tone::Plain, t!("services-never-asked", n = all)))
}

/// One service, with the form as it was typed or as the service is.
pub fn service(
    site: &Site,
    staff: &Staff,
    (one, typed): (&Listed, Option<FormView>),
    now: DateTime<Utc>,
) -> ServiceView {
    ServiceView {
        row: row(site, one, now),
        kind: words::service(one.said.kind),
        hours: one.said.hours.clone(),
        note: one.said.note.clone(),
        active: one.said.active,
        mark: mark(one).to_string(),
        form: keeps(staff).then(|| typed.unwrap_or_else(|| form_of(&one.said))),
    }
}

fn form_of(said: &Said) -> FormView {
    FormView {
        kind: said.kind.code().to_owned(),
        name: said.name.clone(),
        phone: said.phone.clone(),
        place: said.place.clone(),
        hours: said.hours.clone(),
        capacity: said.capacity.map(|places| places.to_string()).unwrap_or_default(),
        note: said.note.clone(),
        active: said.active,
        fault: None,
    }
}

/// What a form says of a service.
///
/// # Errors
/// The field that cannot be read, and why.
pub fn said_of(form: &FormView) -> Result<Said, (&'static str, String)> {
    let text = |text: &str| text.trim().replace("\r\n", "\n");
    let capacity = match form.capacity.trim() {
        "" => None,
        number => Some(number.parse().map_err(|_| ("capacity", String::from(t!("services-write-a-whole-number-or"))))?),
    };
    Ok(Said {
        kind: Service::from_code(&form.kind)
            .ok_or_else(|| ("kind", String::from(t!("services-choose-what-it-is-for"))))?,
        name: text(&form.name),
        phone: text(&form.phone),
        place: text(&form.place),
        hours: text(&form.hours),
        capacity,
        note: text(&form.note),
        active: form.active,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_door_that_opens_on_another_day_is_told_with_that_day() {
        let at = |text: &str| format!("2026-11-{text}:00").parse::<NaiveDateTime>().unwrap();
        let now = at("27T18:00");
        assert_eq!(opened(Open::Now(Some(at("27T22:00"))), now).1, "Open, until 22:00");
        assert_eq!(opened(Open::Not(Some(at("30T09:00"))), now).1, "Closed, opens Mon 09:00");
        assert_eq!(opened(Open::Now(None), now), (Tone::Good, String::from("Always open")));
    }
}
