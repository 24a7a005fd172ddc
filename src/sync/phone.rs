//! The phone as one value: clone it, send it between threads, drop the last one to stop its loop.

use super::capture::StoredDraft;
use super::enrolment::{self, Identity};
use super::revoke;
use super::shift::Session;
use super::site::Site;
use super::traffic::Traffic;
use super::transport::{Http, Transport};
use super::{EnrolError, Enrolment, PhoneError, client, feed, lock, on_call, tick};
use crate::domain::ids::{Bytes, ChainId, ReferralId, StaffId};
use crate::domain::time::{Bounds, Proof, Reading, clock_offset_ms};
use crate::domain::wire::{EnrolReply, EnrolRequest, Health, Problem, StaffCard};
use crate::outbox::{Link, State};
use crate::platform::clock::Clock;
use crate::platform::disk::Reserve;
use crate::platform::files;
use crate::platform::keys::{FileKeys, KeyStore};
use crate::seal::{ReadySeal, SealError, SealingPublic, random};
use crate::store::{Outbox, StoreError, list_unreadable};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use tokio::sync::{Mutex as AsyncMutex, Notify, watch};

/// Version of the app, as the server sees it.
pub const APP: &str = env!("CARGO_PKG_VERSION");

/// What the parts of the core share.
pub struct Inner {
    pub folder: PathBuf,
    pub clock: Arc<dyn Clock>,
    pub keys: Box<dyn KeyStore>,
    pub outbox: Mutex<Outbox>,
    pub session: Mutex<Session>,
    pub traffic: Mutex<Traffic>,
    /// Held while a batch is on its way: two senders would send one entry twice.
    pub courier: AsyncMutex<()>,
    pub wake: Notify,
    pub stop: Notify,
    /// The server revoked this device: nothing that could be read is opened.
    pub reads_nothing: AtomicBool,
    /// What is typed on a device that reads nothing.
    pub in_hand: Mutex<BTreeMap<ReferralId, StoredDraft>>,
    pub reserve: Reserve,
    pub transport: Box<dyn Transport>,
    identity: RwLock<Option<Arc<Identity>>>,
    /// The seal of the next save, so that the save does not wait for its making.
    seal: Mutex<Option<ReadySeal>>,
    site: RwLock<Option<Arc<Site>>>,
    changes: watch::Sender<u64>,
}

impl Inner {
    /// Who this device is, once it is enrolled.
    pub fn identity(&self) -> Option<Arc<Identity>> {
        self.identity.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes the seal of the next save, unless it is there. That it cannot be made is no matter here: the
    /// save tries again, and says so.
    pub fn ready_seal(&self) {
        let Some(identity) = self.identity() else { return };
        let mut seal = lock(&self.seal);
        if !seal.as_ref().is_some_and(|seal| seal.is_to(&identity.sealing)) {
            *seal = identity.sealing.ready().ok();
        }
    }

    /// A seal to the agency: the one made before, or one made now.
    pub fn take_seal(&self, agency: &SealingPublic) -> Result<ReadySeal, SealError> {
        let ready = lock(&self.seal).take().filter(|seal| seal.is_to(agency));
        ready.map_or_else(|| agency.ready(), Ok)
    }

    /// The program's configuration, once it came.
    pub fn site(&self) -> Option<Arc<Site>> {
        self.site.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts a new configuration in force.
    pub fn put_site(&self, site: Site) {
        *self.site.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(site));
    }

    /// Tells whoever shows this phone that something changed.
    pub fn changed(&self) {
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// What the clocks read now.
    pub fn now(&self) -> Reading {
        self.clock.read()
    }

    /// Between which moments a reading was, and what that rests on.
    pub fn bounds(&self, now: Reading) -> (Bounds, Proof) {
        let traffic = lock(&self.traffic);
        Bounds::of(now, traffic.anchor.as_ref(), traffic.floor)
    }

    /// How the device is.
    pub fn health(&self) -> Result<Health, StoreError> {
        let now = self.now().wall;
        let unsent = lock(&self.outbox).unsent()?;
        let age_s = |saved: DateTime<Utc>| u64::try_from((now - saved).num_seconds()).unwrap_or(0);
        Ok(Health {
            unsent: unsent.entries,
            wedged: unsent.wedged,
            oldest_unsent_s: unsent.oldest.map(age_s),
            wall: now,
            app: APP.to_owned(),
            set_aside: u64::try_from(list_unreadable(&self.folder).len()).unwrap_or(u64::MAX),
            clock_offset_ms: lock(&self.traffic).anchor.and_then(|anchor| clock_offset_ms(self.now(), &anchor)),
            checkpoint: lock(&self.outbox).checkpoint()?,
        })
    }
}

/// What is on this device alone: everyone's, not only that of the officer on shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnlyHere {
    /// Entries without a receipt, those that the server would not take among them.
    pub unsent: usize,
    /// Outbox files that were set aside; what they hold may not have arrived.
    pub files: usize,
}

/// Ends the loop when the last [`Phone`] goes, and waits for it: a process that ends while the loop is in an
/// encrypted file ends badly, see [`crate::platform::leave`]. A call on its way is given up, as by a kill.
struct Alive {
    inner: Arc<Inner>,
    sync: Mutex<Option<JoinHandle<()>>>,
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.inner.stop.notify_one();
        let Some(sync) = lock(&self.sync).take() else { return };
        if sync.thread().id() != std::thread::current().id() && sync.join().is_err() {
            tracing::error!("the loop had stopped by a fault of the program");
        }
    }
}

/// The phone's core. Cheap to clone; safe to call from any thread, though most calls touch files.
#[derive(Clone)]
pub struct Phone {
    pub(super) inner: Arc<Inner>,
    alive: Arc<Alive>,
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Phone")
    }
}

impl Phone {
    /// Opens the phone's folder, or makes it.
    ///
    /// # Errors
    /// A folder or key that cannot be read, or a database of a newer version. An unreadable database is
    /// no error: it is set aside, see [`Phone::unreadable_files`].
    pub fn open(data_dir: &Path, clock: Arc<dyn Clock>) -> Result<Self, PhoneError> {
        Self::open_over(data_dir, clock, Box::new(Http::default()))
    }

    /// As [`Phone::open`], with calls carried by something else than HTTP.
    ///
    /// # Errors
    /// As [`Phone::open`].
    pub fn open_over(
        data_dir: &Path,
        clock: Arc<dyn Clock>,
        transport: Box<dyn Transport>,
    ) -> Result<Self, PhoneError> {
        let file = |error| PhoneError::File { path: data_dir.to_owned(), error };
        files::private_folder(data_dir).map_err(file)?;
        let keys = FileKeys::new(data_dir.join("keys"));
        let now = clock.read();
        let timer = Arc::clone(&clock);
        let begin = move || {
            let now = timer.read().wall;
            Ok((ChainId(random::uuid_v7(now)?), now))
        };
        let (mut outbox, set_aside) = Outbox::open(data_dir, Box::new(begin))?;
        if let Some(name) = set_aside {
            tracing::error!(name, "the outbox could not be read; it is kept under this name");
        }
        let identity = Identity::load(&keys)?.map(Arc::new);
        let site = identity.as_ref().and_then(|identity| Site::kept(data_dir, &identity.server_key));
        // Said of the device that this one was before its keys were lost, it is not said of this one.
        let revoked = identity.is_some() && outbox.is_revoked()?;
        let mut traffic = Traffic::new(identity.is_some(), outbox.hold()?, outbox.anchor()?, revoked);
        traffic.floor = outbox.last_heard()?;
        traffic.rota_heard = on_call::load(data_dir);
        let reads_nothing = match &identity {
            Some(identity) => revoke::is_final(&keys, identity)?,
            None => false,
        };
        let session = Session::new(outbox.shift()?, now.boot_ms);
        let inner = Arc::new(Inner {
            folder: data_dir.to_owned(),
            clock,
            keys: Box::new(keys),
            outbox: Mutex::new(outbox),
            session: Mutex::new(session),
            traffic: Mutex::new(traffic),
            courier: AsyncMutex::new(()),
            wake: Notify::new(),
            stop: Notify::new(),
            reads_nothing: AtomicBool::new(reads_nothing),
            in_hand: Mutex::default(),
            reserve: Reserve::new(data_dir),
            transport,
            identity: RwLock::new(identity),
            seal: Mutex::new(None),
            site: RwLock::new(site.map(Arc::new)),
            changes: watch::Sender::new(0),
        });
        let alive = Arc::new(Alive { inner: Arc::clone(&inner), sync: Mutex::default() });
        Ok(Self { inner, alive })
    }

    /// Who this device is enrolled with; nothing before.
    pub fn enrolment(&self) -> Option<Enrolment> {
        self.inner.identity().map(|identity| identity.public.clone())
    }

    /// Enrols the device with the one-time code that an administrator gave, and fetches the configuration.
    ///
    /// # Errors
    /// [`EnrolError`]; the device is then as it was.
    pub async fn enrol(&self, server_url: &str, code: &str, model: &str) -> Result<(), EnrolError> {
        if self.inner.identity().is_some() {
            return Err(EnrolError::Already);
        }
        let server = enrolment::address(server_url)?;
        let key = enrolment::device_key(self.inner.keys.as_ref())?.public().map_err(EnrolError::Keys)?;
        let request = EnrolRequest {
            code: code.trim().to_owned(),
            device_key: Bytes(key.as_bytes().to_vec()),
            model: model.to_owned(),
            app: APP.to_owned(),
        };
        let body = serde_json::to_vec(&request).map_err(|_| EnrolError::Unreachable)?;
        let transport = self.inner.transport.as_ref();
        let reply = client::enrol(transport, &server, body).await.map_err(|_| EnrolError::Unreachable)?;
        let view = reply.view();
        if view.status != 200 {
            let problem = serde_json::from_slice::<Problem>(view.body);
            return Err(problem.map_or(EnrolError::NotTheServer, |problem| EnrolError::Refused(problem.message)));
        }
        let reply: EnrolReply = serde_json::from_slice(view.body).map_err(|_| EnrolError::NotTheServer)?;
        self.inner.begins_anew()?;
        let identity = Identity::keep(self.inner.keys.as_ref(), server, reply)?;
        // Where this server's configuration lies here already, nobody waits for the first feed to record with it.
        if let Some(site) = Site::kept(&self.inner.folder, &identity.server_key) {
            self.inner.put_site(site);
        }
        *self.inner.identity.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(identity));
        lock(&self.inner.traffic).link = Link::Unproven;
        // Without an answer now, the loop fetches it later.
        let _ = feed::poll(&self.inner, 0).await;
        self.inner.wake.notify_one();
        self.inner.changed();
        Ok(())
    }

    /// The program's configuration: nothing until the first one came.
    pub fn config(&self) -> Option<Arc<Site>> {
        self.inner.site()
    }

    /// Officers who may start a shift, in order of name.
    pub fn officers(&self) -> Vec<StaffCard> {
        self.inner.site().map_or_else(Vec::new, |site| site.officers())
    }

    /// Who is on call at that moment, first to be called first.
    pub fn on_call(&self, now: DateTime<Utc>) -> Vec<StaffCard> {
        self.inner.site().map_or_else(Vec::new, |site| site.on_call(now))
    }

    /// The card of a member of staff.
    pub fn staff(&self, id: StaffId) -> Option<StaffCard> {
        self.inner.site()?.card(id).cloned()
    }

    /// Names of files that could not be read and were set aside. They stay until a person takes them.
    pub fn unreadable_files(&self) -> Vec<String> {
        list_unreadable(&self.inner.folder)
    }

    /// How the device is, as the server is told with each call.
    ///
    /// # Errors
    /// The outbox cannot be read.
    pub fn health(&self) -> Result<Health, PhoneError> {
        Ok(self.inner.health()?)
    }

    /// What is on this device alone, whoever recorded it.
    ///
    /// # Errors
    /// The outbox cannot be read.
    pub fn only_here(&self) -> Result<OnlyHere, PhoneError> {
        let unsent = lock(&self.inner.outbox).queue()?.len();
        let files = self.unreadable_files().iter().filter(|name| name.starts_with("outbox.db")).count();
        Ok(OnlyHere { unsent, files })
    }

    /// Whether the server last said that this device is revoked; also after a restart, until it lets the
    /// device read again.
    pub fn is_revoked(&self) -> bool {
        lock(&self.inner.traffic).revoked
    }

    /// What the device's clocks read now.
    pub fn now(&self) -> Reading {
        self.inner.now()
    }

    /// A number that rises with every change worth showing.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }

    /// Starts the loop that sends and listens, on its own thread. A second call does nothing.
    pub fn start_sync(&self) {
        let mut sync = lock(&self.alive.sync);
        if sync.is_none() {
            *sync = tick::start(Arc::clone(&self.inner));
        }
    }

    /// The phone woke up, or someone is waiting: every pause is over.
    pub fn resume(&self) {
        lock(&self.inner.traffic).pace.hurry();
        self.inner.wake.notify_one();
    }

    /// Sends and listens once, now.
    ///
    /// # Errors
    /// The stores fail. A server that is not there is no error: see the report.
    pub async fn sync_once(&self) -> Result<super::SyncReport, PhoneError> {
        tick::once(&self.inner).await
    }

    /// One turn of the loop, for a program that keeps time itself: delivers what may be delivered now, and
    /// says at which reading of the clock it wants to be asked again; nothing: when something new happens.
    ///
    /// # Errors
    /// The stores fail.
    pub async fn turn(&self) -> Result<Option<u64>, PhoneError> {
        Ok(tick::turn(&self.inner).await?.until_ms)
    }

    /// Listens once, for a program that keeps time itself: whether the feed answered, and at which reading of
    /// the clock it may be asked again.
    ///
    /// # Errors
    /// The stores fail.
    pub async fn listen(&self) -> Result<(super::FeedState, u64), PhoneError> {
        let heard = feed::poll(&self.inner, 0).await?;
        Ok((tick::state_of(heard), lock(&self.inner.traffic).pace.link_due_ms()))
    }

    /// Takes what the server would not take back into the queue: a person has acted.
    ///
    /// # Errors
    /// The outbox cannot be written.
    pub fn send_again(&self, referral: ReferralId) -> Result<(), PhoneError> {
        lock(&self.inner.outbox).unwedge(referral)?;
        self.resume();
        self.inner.changed();
        Ok(())
    }

    /// How many entries of everyone wait for a receipt, wedged ones left out.
    ///
    /// # Errors
    /// The outbox cannot be read.
    pub fn waiting(&self) -> Result<usize, PhoneError> {
        let queue = lock(&self.inner.outbox).queue()?;
        Ok(queue.iter().filter(|item| matches!(item.state, State::Waiting { .. })).count())
    }
}
