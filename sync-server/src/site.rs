//! The site: agency, people, rota, packs and zones. Loaded from a programme file, kept in the database,
//! handed to phones as one signed document.

mod on_call;
pub(crate) mod person;
pub(crate) mod zone;

use crate::deliver::plan::People;
use crate::keys::Keys;
use crate::replay::Rules;
use crate::store::events::{self, Event, Kind};
use crate::store::rota::ListedTurn;
use crate::store::{self, Db, FileKind, Staff, StoreError, StoredFile, addresses, rota};
use chrono::{DateTime, TimeDelta, Utc};
use handoff::domain::encounter::Decision;
use handoff::domain::ids::{Hash, StaffId};
use handoff::domain::local::Zone;
use handoff::domain::pack::Terms;
use handoff::domain::wire::{Config, OnCall, Role, Signed};
use handoff::seal::{SealError, Tag};
use handoff::ui::parts::Labels;
pub(crate) use on_call::has_end;
use person::Person;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// Why a programme file is not loaded. Nothing of it is.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// The file, or one that it names, cannot be read.
    #[error("{0}: {1}")]
    File(String, String),
    /// A field is wrong.
    #[error("{path}: {field}: {why}")]
    Field {
        /// The programme file.
        path: String,
        /// The field, by its place in the file.
        field: String,
        /// What is wrong with it.
        why: String,
    },
    /// A pack or a zone does not validate.
    #[error("{0}")]
    Rules(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system's randomness.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// A programme file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Programme {
    agency: String,
    /// Id of the pack in force.
    pack: String,
    packs: Vec<String>,
    zones: Vec<String>,
    staff: Vec<Person>,
    /// Without it the rota stays as it is: people keep it at the console.
    #[serde(default)]
    rota: Option<Vec<Turn>>,
    /// Where the clocks are by which people read the rota: a name such as `America/Los_Angeles`, or a POSIX rule.
    #[serde(default)]
    time_zone: Option<String>,
}

/// A turn on call: between two moments, or for some hours from the moment of loading.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Turn {
    staff: String,
    order: u32,
    #[serde(default)]
    hours: Option<u32>,
    #[serde(default)]
    from: Option<DateTime<Utc>>,
    #[serde(default)]
    until: Option<DateTime<Utc>>,
}

impl Turn {
    fn between(&self, now: DateTime<Utc>) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        match (self.hours, self.from, self.until) {
            (Some(hours), None, None) => Some((now, now + TimeDelta::hours(i64::from(hours)))),
            (None, Some(from), Some(until)) if from < until => Some((from, until)),
            _ => None,
        }
    }
}

/// A programme that was read and checked, ready to be stored.
#[derive(Debug)]
pub struct NewSite {
    agency: String,
    pack: String,
    packs: Vec<StoredFile>,
    zones: Vec<StoredFile>,
    staff: Vec<Staff>,
    rota: Option<Vec<(String, OnCall)>>,
    zone: Option<Zone>,
}

impl NewSite {
    /// Reads a programme file and the packs and zones that it names: beside it, or built in.
    ///
    /// # Errors
    /// [`SiteError`], with the file and the field.
    pub fn read(path: &Path, now: DateTime<Utc>) -> Result<Self, SiteError> {
        let text =
            std::fs::read_to_string(path).map_err(|e| SiteError::File(path.display().to_string(), e.to_string()))?;
        Self::parse(&path.display().to_string(), &text, now)
    }

    /// As [`NewSite::read`], from a text already read.
    ///
    /// # Errors
    /// As [`NewSite::read`].
    pub fn parse(path: &str, text: &str, now: DateTime<Utc>) -> Result<Self, SiteError> {
        let fault = |field: String, why: &str| SiteError::Field { path: path.to_owned(), field, why: why.to_owned() };
        let json = &mut serde_json::Deserializer::from_str(text);
        let programme: Programme =
            serde_path_to_error::deserialize(json).map_err(|e| fault(e.path().to_string(), &e.inner().to_string()))?;
        let files = |names: &[String]| names.iter().map(|name| file(path, name)).collect::<Result<Vec<_>, _>>();
        let bad_zone = |why: &str| fault("time_zone".into(), why);
        let zone = programme.time_zone.as_deref().map(|name| zone::find(name).map_err(|e| bad_zone(&e.to_string())));
        let mut site = Self {
            packs: files(&programme.packs)?,
            zones: files(&programme.zones)?,
            agency: programme.agency,
            pack: programme.pack,
            staff: Vec::new(),
            rota: programme.rota.as_ref().map(|turns| Vec::with_capacity(turns.len())),
            zone: zone.transpose()?,
        };
        let rules = Rules::parse(&site.packs, &site.zones).map_err(|e| SiteError::Rules(e.to_string()))?;
        if !rules.has_pack(&site.pack) {
            return Err(fault("pack".into(), "no pack of that id is listed in packs"));
        }
        for (i, person) in programme.staff.into_iter().enumerate() {
            if let Some((field, why)) = person.fault() {
                return Err(fault(format!("staff[{i}].{field}"), &why));
            }
            if site.staff.iter().any(|other| other.login == person.login) {
                return Err(fault(format!("staff[{i}].login"), "is given twice"));
            }
            site.staff.push(person.staff(now)?);
        }
        for (i, turn) in programme.rota.iter().flatten().enumerate() {
            if !site.staff.iter().any(|person| person.login == turn.staff) {
                return Err(fault(format!("rota[{i}].staff"), "nobody in staff has that login"));
            }
            let Some((from, until)) = turn.between(now) else {
                return Err(fault(format!("rota[{i}]"), "give hours, or from and a later until"));
            };
            let nobody_yet = StaffId(uuid::Uuid::nil());
            let on_call = OnCall { staff: nobody_yet, from, until, order: turn.order };
            site.rota.iter_mut().for_each(|rota| rota.push((turn.staff.clone(), on_call.clone())));
        }
        Ok(site)
    }

    /// Stores it, all or nothing: people keep their ids, a rota in it replaces the other. Who and what is not listed any more
    /// is out of force: they cannot sign in and their sessions end; old packs and zones stay for replay.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn save(&self, db: &mut dyn Db, now: DateTime<Utc>) -> Result<(), StoreError> {
        store::set_setting(db, "agency", &self.agency)?;
        store::set_setting(db, "pack", &self.pack)?;
        store::retire_all(db)?;
        for pack in &self.packs {
            store::save_file(db, FileKind::Pack, pack, now)?;
        }
        for zone in &self.zones {
            store::save_file(db, FileKind::Zone, zone, now)?;
        }
        let mut ids = BTreeMap::new();
        for person in &self.staff {
            ids.insert(person.login.as_str(), store::save_staff(db, person, now)?);
        }
        store::end_sessions_of_inactive(db, now)?;
        addresses::forget_inactive(db)?;
        let turn =
            |(login, turn): &(String, OnCall)| ids.get(login.as_str()).map(|id| OnCall { staff: *id, ..turn.clone() });
        if let Some(turns) = &self.rota {
            rota::replace(db, &turns.iter().filter_map(turn).collect::<Vec<_>>())?;
        }
        if let Some(zone) = &self.zone {
            store::set_setting(db, TIME_ZONE, zone.rule())?;
        }
        let revision = Site::changed(db)?;
        events::append(db, &Event::new(Kind::SiteLoaded).detail(format!("revision {revision}")), now)
    }
}

/// A file that a programme names: beside it, or built in.
fn file(programme: &str, name: &str) -> Result<StoredFile, SiteError> {
    let beside = Path::new(programme).parent().unwrap_or(Path::new("")).join(name);
    let text = match std::fs::read_to_string(&beside) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => handoff::assets::text(name)
            .ok_or_else(|| {
                SiteError::File(name.to_owned(), "is neither beside the programme file nor built in".into())
            })?
            .to_owned(),
        Err(e) => return Err(SiteError::File(beside.display().to_string(), e.to_string())),
    };
    Ok(StoredFile { path: name.to_owned(), text, active: true })
}

/// The setting that holds the rule of the site's time zone.
const TIME_ZONE: &str = "time_zone";

/// The site as it stands in the database, with its rules parsed and its document for phones signed.
#[derive(Debug)]
pub struct Site {
    /// Rises with every change.
    pub revision: String,
    /// The agency's name.
    pub agency: String,
    /// Everyone, those who left included.
    pub staff: BTreeMap<StaffId, Staff>,
    /// Packs and zones, ready to replay an assessment.
    pub rules: Rules,
    /// Who is on call, when: turns that were not over when this was loaded, in order of time, then of call.
    pub rota: Vec<OnCall>,
    /// The same turns, as they stand in the database.
    pub turns: Vec<ListedTurn>,
    /// Where the site's clocks are; UTC unless its programme says otherwise.
    pub zone: Zone,
    /// The day of which this is: what phones carry of a long rota moves on with the days.
    pub(crate) day: i64,
    /// Id of the pack in force.
    pack: String,
    /// The document for phones.
    pub config: Signed,
    /// SHA-256 of its body: how a phone says which one it has.
    pub config_hash: Hash,
}

impl Site {
    pub(crate) fn revision(db: &mut dyn Db) -> Result<String, StoreError> {
        Ok(store::setting(db, "revision")?.unwrap_or_default())
    }

    /// Something of it changed: the next revision.
    pub(crate) fn changed(db: &mut dyn Db) -> Result<u64, StoreError> {
        let revision = Self::revision(db)?.parse::<u64>().unwrap_or(0).saturating_add(1);
        store::set_setting(db, "revision", &revision.to_string())?;
        Ok(revision)
    }

    /// Where the site's clocks are, as it stands in the database.
    pub(crate) fn zone(db: &mut dyn Db) -> Result<Zone, StoreError> {
        let rule = store::setting(db, TIME_ZONE)?;
        Ok(rule.and_then(|rule| Zone::parse(&rule).ok()).unwrap_or_else(Zone::utc))
    }

    pub(crate) fn load(db: &mut dyn Db, keys: &Keys, now: DateTime<Utc>) -> Result<Self, StoreError> {
        let (packs, zones) = (store::files(db, FileKind::Pack)?, store::files(db, FileKind::Zone)?);
        let staff = store::staff_list(db)?;
        let turns = rota::turns(db, on_call::day_begins(now))?;
        let rota: Vec<_> = turns.iter().map(|listed| listed.turn.clone()).collect();
        let zone = Self::zone(db)?;
        let texts = |files: &[StoredFile]| files.iter().filter(|f| f.active).map(|f| f.text.clone()).collect();
        let pack = store::setting(db, "pack")?.unwrap_or_default();
        let config = Config {
            pack: pack.clone(),
            packs: texts(&packs),
            zones: texts(&zones),
            // Phones call nobody at the prosecutor's; those of an older version do not know the role.
            roster: staff
                .iter()
                .filter(|person| person.active && person.role != Role::Prosecutor)
                .map(Staff::card)
                .collect(),
            rota: on_call::carried(&rota, now),
            time_zone: Some(zone.rule().to_owned()),
        };
        let signed = keys.server.sign(Tag::Config, &config).map_err(|e| StoreError::Engine(e.to_string()))?;
        Ok(Self {
            revision: Self::revision(db)?,
            agency: store::setting(db, "agency")?.unwrap_or_default(),
            staff: staff.into_iter().map(|person| (person.id, person)).collect(),
            rules: Rules::parse(&packs, &zones).map_err(|e| StoreError::Engine(e.to_string()))?,
            rota,
            turns,
            zone,
            day: on_call::day(now),
            pack,
            config_hash: Hash::of(&[&signed.body.0]),
            config: signed,
        })
    }

    /// What the pack that a decision was made by calls its things.
    pub fn labels(&self, decision: &Decision) -> Labels<'_> {
        Labels(self.rules.pack(decision.assessment.pack.sha256))
    }

    /// The terms of the pack in force.
    pub fn terms(&self) -> Option<&Terms> {
        self.rules.in_force(&self.pack).map(|pack| &pack.terms)
    }

    /// Who stands on the ladder of a referral that this officer made. Without a squad of their own, or a sergeant
    /// for it, all sergeants stand there: somebody must hear of it.
    pub fn people(&self, officer: StaffId, now: DateTime<Utc>) -> People {
        let on_call = self.on_call(now);
        let of = |wanted: &dyn Fn(&Staff) -> bool| {
            let found = self.staff.values().filter(|person| person.active && wanted(person));
            found.map(|person| person.id).collect::<Vec<_>>()
        };
        let squad = self.person(officer).map_or("", |officer| officer.squad.as_str());
        let sergeant = |person: &Staff| person.role == Role::Sergeant;
        let own = of(&|person| sergeant(person) && !squad.is_empty() && person.squad == squad);
        let sergeants = if own.is_empty() { of(&sergeant) } else { own };
        People { on_call, leads: of(&|person| person.lead), sergeants }
    }

    /// Someone by id.
    pub fn person(&self, id: StaffId) -> Option<&Staff> {
        self.staff.get(&id)
    }

    /// Their name, or what to say of someone unknown.
    pub fn name(&self, id: StaffId) -> &str {
        self.person(id).map_or("someone unknown", |person| person.name.as_str())
    }

    /// Whether this is an officer of the program, one who left included: their sealed entries are still taken.
    pub fn is_officer(&self, id: StaffId) -> bool {
        self.person(id).is_some_and(|person| person.role == Role::Officer)
    }
}
