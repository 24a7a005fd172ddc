//! What every handler shares: the store, the keys, the site, and the news of changes.

mod error;

pub use error::AppError;

use crate::apart::{Apart, ApartError};
use crate::config::Config;
use crate::deliver::Dispatch;
use crate::device::KnownDevice;
use crate::devices::REVOKED;
use crate::epochs::{self, LogState, Remembered};
use crate::erase::ERASED;
use crate::in_use::InUse;
use crate::keys::{Keys, secret_hash};
use crate::ledger;
use crate::same_person::Memory;
use crate::site::Site;
use crate::store::events::{self, Event, Kind};
use crate::store::{self, Code, Engine, Postgres, Purpose, Sqlite, Store, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use handoff::domain::entry::Body;
use handoff::domain::ids::{DeviceId, Hash, ReferralId, StaffId};
use handoff::domain::wire::{Revocation, WireEntry};
use handoff::seal::{self, SealError, random};
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Instant;
use tokio::sync::{broadcast, watch};

/// A sign-in link and an enrolment code are good for this long.
const CODE_LIFE: TimeDelta = TimeDelta::hours(24);
/// A listener that is further behind than this reads everything anew.
const CHANGES_KEPT: usize = 1024;
/// Letters of a code for a phone: none that is taken for another when read aloud or typed.
const CODE_LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Something that a listener may want to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A case was opened or taken.
    Referral {
        /// Which.
        referral: ReferralId,
        /// Whose feed hears of it.
        device: DeviceId,
    },
    /// A decision came, or a sergeant confirmed one.
    Log {
        /// Its position.
        position: u64,
    },
    /// A referral that waits moved on its ladder, or somebody looked at it.
    Ladder,
    /// A note of a case was written.
    Case,
    /// The directory of services changed.
    Services,
    /// People, rota, packs or zones changed.
    Site,
    /// Someone signed out: whatever other page of theirs is open must not stay.
    SignedOut,
}

/// The shared state; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    config: Config,
    url: String,
    store: Store,
    keys: Keys,
    site: RwLock<Arc<Site>>,
    devices: RwLock<HashMap<Hash, Arc<KnownDevice>>>,
    /// What the file of revocations says.
    revoked: RwLock<BTreeMap<DeviceId, DateTime<Utc>>>,
    log: RwLock<Remembered>,
    started: DateTime<Utc>,
    /// Held for as long as the folder is in use: nothing is restored under a running program.
    _in_use: InUse,
    changes: broadcast::Sender<Change>,
    stopping: watch::Sender<bool>,
    ledger: ledger::Standing,
    deliver: Dispatch,
    people: Memory,
}

impl App {
    /// Opens the data folder. Reads and writes may begin; nobody is served yet.
    ///
    /// # Errors
    /// [`AppError`]: what cannot be used is named and left as it is.
    pub fn open(config: Config) -> Result<Self, AppError> {
        Self::open_on(config, |sqlite| sqlite)
    }

    /// As [`App::open`], on an engine that the caller makes of the embedded one: a test's disk that fails.
    ///
    /// # Errors
    /// As [`App::open`].
    pub fn open_on<E: Engine>(config: Config, engine: impl FnOnce(Sqlite) -> E) -> Result<Self, AppError> {
        let in_use = InUse::shared(&config.data)?;
        let now = config.clock.now();
        let (keys, store) = open_database(&config, now, engine)?;
        let log = store.read_now(LogState::read)?.signed(&keys);
        let site = store.read_now(|db| Site::load(db, &keys, config.clock.now()))?;
        let mut revoked = BTreeMap::new();
        for Revocation { device, at } in Apart::new(&config.data, REVOKED).read()? {
            revoked.entry(device).or_insert(at);
        }
        let url = config.url.clone().unwrap_or_else(|| format!("http://{}", config.listen));
        Ok(Self(Arc::new(Inner {
            url: url.trim_end_matches('/').to_owned(),
            config,
            store,
            keys,
            site: RwLock::new(Arc::new(site)),
            devices: RwLock::default(),
            revoked: RwLock::new(revoked),
            log: RwLock::new(Remembered { state: Arc::new(log), read: Instant::now() }),
            started: now,
            _in_use: in_use,
            changes: broadcast::channel(CHANGES_KEPT).0,
            stopping: watch::channel(false).0,
            ledger: ledger::Standing::default(),
            deliver: Dispatch::default(),
            people: Memory::default(),
        })))
    }

    /// The address that people and phones use.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// For those who must not keep it alive.
    pub(crate) fn weak(&self) -> WeakApp {
        WeakApp(Arc::downgrade(&self.0))
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The keys.
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// People as they were opened to be compared.
    pub(crate) fn people(&self) -> &Memory {
        &self.0.people
    }

    /// How the server was started.
    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    /// When this program opened the data folder.
    pub(crate) fn started(&self) -> DateTime<Utc> {
        self.0.started
    }

    /// What phones hear of the log, as it was last read.
    pub(crate) fn remembered(&self) -> Remembered {
        self.0.log.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn remember(&self, log: Remembered) {
        *self.0.log.write().unwrap_or_else(PoisonError::into_inner) = log;
    }

    /// How the ledger stands.
    pub fn ledger(&self) -> &ledger::Standing {
        &self.0.ledger
    }

    /// The channels to people, and whose pages are open here.
    pub fn deliver(&self) -> &Dispatch {
        &self.0.deliver
    }

    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.config.clock.now()
    }

    /// People, rota, packs and zones as they were last loaded.
    pub fn site(&self) -> Arc<Site> {
        Arc::clone(&self.0.site.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The site, loaded anew if somebody changed it meanwhile, and once a day.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn fresh_site(&self) -> Result<Arc<Site>, StoreError> {
        let (app, have) = (self.clone(), self.site());
        let fresh = have.is_of_today(self.now());
        let read = move |db: &mut dyn store::Db| match fresh && Site::revision(db)? == have.revision {
            true => Ok(None),
            false => Site::load(db, app.keys(), app.now()).map(Some),
        };
        if let Some(new) = self.store().read(read).await? {
            *self.0.site.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
            self.tell(Change::Site);
        }
        Ok(self.site())
    }

    /// News of changes from now on.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.0.changes.subscribe()
    }

    /// Tells everyone who listens.
    pub fn tell(&self, change: Change) {
        // Nobody listening is no fault.
        drop(self.0.changes.send(change));
    }

    /// Becomes true when the server stops: long answers end then.
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.0.stopping.subscribe()
    }

    pub(crate) fn stop(&self) {
        self.0.stopping.send_replace(true);
    }

    /// The device with this token. Its key never changes, so it is remembered; whether it is revoked is not.
    pub(crate) async fn device(&self, token: &[u8]) -> Result<Option<Arc<KnownDevice>>, StoreError> {
        let hash = secret_hash(token);
        if let Some(device) = self.0.devices.read().unwrap_or_else(PoisonError::into_inner).get(&hash) {
            return Ok(Some(Arc::clone(device)));
        }
        let Some(device) = self.store().read_surely(move |db| store::device_by_token(db, hash)).await? else {
            return Ok(None);
        };
        let device = Arc::new(KnownDevice::new(&device)?);
        self.0.devices.write().unwrap_or_else(PoisonError::into_inner).insert(hash, Arc::clone(&device));
        Ok(Some(device))
    }

    /// What an officer wrote: opens a stored entry. Nothing if it does not open, which a stored entry does.
    pub(crate) fn opened(&self, wire: &WireEntry) -> Option<Body> {
        let header = handoff::domain::entry::Header::from_bytes(&wire.header.0).ok()?;
        let opened = seal::unseal(self.keys().sealing(&header.sealing_key)?, wire).ok()?;
        Body::from_bytes(&opened.body).ok()
    }

    /// Writes an event of its own.
    pub(crate) async fn note(&self, event: Event) -> Result<(), StoreError> {
        let now = self.now();
        self.store().write(move |db| events::append(db, &event, now)).await
    }

    /// A one-time link with which a person of the console signs in.
    ///
    /// # Errors
    /// [`AppError::NoSuchPerson`], [`AppError::NoConsole`], or the store.
    pub async fn invite(&self, who: &str) -> Result<String, AppError> {
        let person = self.person(who).await?;
        if person.role == handoff::domain::wire::Role::Officer {
            return Err(AppError::NoConsole(person.name));
        }
        let token = crate::auth::text_of(&random::bytes::<32>()?);
        self.save_code(Purpose::SignIn, Some(person.id), token.as_bytes()).await?;
        Ok(format!("{}/in/{token}", self.url()))
    }

    /// A one-time code with which a phone is enrolled, for one officer or for anyone.
    ///
    /// # Errors
    /// [`AppError::NoSuchPerson`] or the store.
    pub async fn enrolment_code(&self, officer: Option<&str>) -> Result<String, AppError> {
        let staff = match officer {
            Some(who) => Some(self.person(who).await?.id),
            None => None,
        };
        let letters: Vec<char> = random::bytes::<12>()?
            .iter()
            .filter_map(|byte| CODE_LETTERS.get(usize::from(byte % 32)).map(|letter| char::from(*letter)))
            .collect();
        let code = letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-");
        self.save_code(Purpose::Enrol, staff, crate::auth::plain_code(&code).as_bytes()).await?;
        Ok(code)
    }

    /// When a device was revoked, by the file beside the database.
    pub(crate) fn revoked_at(&self, device: DeviceId) -> Option<DateTime<Utc>> {
        self.0.revoked.read().unwrap_or_else(PoisonError::into_inner).get(&device).copied()
    }

    /// Keeps a revocation beside the database.
    pub(crate) fn remember_revoked(&self, revocation: Revocation) -> Result<(), ApartError> {
        Apart::new(&self.0.config.data, REVOKED).append(&revocation)?;
        let mut revoked = self.0.revoked.write().unwrap_or_else(PoisonError::into_inner);
        revoked.entry(revocation.device).or_insert(revocation.at);
        Ok(())
    }

    async fn person(&self, who: &str) -> Result<store::Staff, AppError> {
        let login = who.to_owned();
        let found =
            self.store().read(move |db| Ok((store::staff_by_login(db, &login)?, store::staff_list(db)?))).await?;
        match found {
            (Some(person), _) if person.active => Ok(person),
            (_, all) => {
                let names: Vec<_> = all.into_iter().filter(|person| person.active).map(|person| person.login).collect();
                Err(AppError::NoSuchPerson(who.to_owned(), names.join(", ")))
            }
        }
    }

    async fn save_code(&self, purpose: Purpose, staff: Option<StaffId>, secret: &[u8]) -> Result<(), StoreError> {
        let now = self.now();
        let code = Code { hash: secret_hash(secret), purpose, staff, expires: now + CODE_LIFE };
        let mut event = Event::new(Kind::CodeMade);
        event.subject = staff.map(|staff| staff.0);
        self.store()
            .write(move |db| {
                store::new_code(db, &code, now)?;
                events::append(db, &event, now)
            })
            .await
    }
}

/// The app, for those who must not keep it alive.
pub(crate) struct WeakApp(Weak<Inner>);

impl WeakApp {
    /// The app, if it still is.
    pub(crate) fn get(&self) -> Option<App> {
        self.0.upgrade().map(App)
    }
}

/// Whether there is no database file yet. One that is empty or gone is new only as long as nothing beside it says
/// that it was in use.
fn is_new(config: &Config) -> Result<bool, StoreError> {
    let database = config.database();
    if fs::metadata(&database).is_ok_and(|file| file.len() > 0) {
        return Ok(false);
    }
    let used = [epochs::OWN, REVOKED, ERASED].map(|name| config.data.join(name));
    match used.into_iter().find(|path| path.exists()) {
        Some(beside) => {
            Err(StoreError::Emptied { path: database.display().to_string(), beside: beside.display().to_string() })
        }
        None => Ok(!database.exists()),
    }
}

/// Opens the database with the keys that belong to it; keys are made only for a new one.
fn open_database<E: Engine>(
    config: &Config,
    now: DateTime<Utc>,
    embedded: impl FnOnce(Sqlite) -> E,
) -> Result<(Keys, Store), AppError> {
    let begin = |keys: &Keys| {
        let server = keys.server.public().map(|key| Hash::of(&[b"handoff/server/1", key.as_bytes()]))?;
        let (own, sealing) = (epochs::own(&config.data, keys), keys.sealing_ids());
        Ok::<_, SealError>(move |db: &mut dyn store::Db| {
            store::belong_to(db, server)?;
            store::opens_what_was_sealed(db, &sealing)?;
            store::ledger::begin(db, now)?;
            epochs::compare_with_own(db, own.as_ref(), now)
        })
    };
    let Some(url) = &config.database_url else {
        let keys = Keys::open(&config.keys(), is_new(config)?.then_some(config.sealing_curve))?;
        let engine = embedded(Sqlite::new(&config.database(), *keys.database));
        let store = Store::prepared(engine, begin(&keys)?)?;
        return Ok((keys, store));
    };
    let engine = Postgres::new(url.clone());
    let keys = Keys::open(&config.keys(), engine.is_fresh()?.then_some(config.sealing_curve))?;
    let store = Store::prepared(engine, begin(&keys)?)?;
    Ok((keys, store))
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("App")
    }
}
