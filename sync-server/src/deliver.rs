//! The delivery ladder: every referral is accepted by a person, or escalated, in bounded time.
//!
//! [`plan`](mod@plan) says what is due, [`steps`] writes it into the transaction that makes it due, and the loop here,
//! one in each server process, takes what is queued and tells people by their [`channel`]s.
//!
//! # Decisions
//! - Timers are rows: when a referral is to be looked at next stands in its case, so a restart forgets none, and any
//!   number of processes look at the same ones. Whoever comes second finds the look already moved on.
//! - A row is claimed with a lease before anyone is told, and its outcome counts only under that claim. Whoever dies
//!   or stands still in between leaves a person told twice at worst, never not at all.
//! - The ladder is that of the pack in force: who is told after how many minutes is how people work now, not how an
//!   old encounter was assessed.
//! - A person who has switched every channel off is told on their open pages all the same.

pub mod channel;
pub mod in_page;
pub mod mail;
pub mod outside;
pub mod plan;
pub mod receiver;
pub(crate) mod rota;
pub(crate) mod steps;
pub mod web_push;
pub mod webhook;

use crate::app::{App, Change};
use crate::site::Site;
use crate::store::deliveries::{self, State};
use crate::store::events::{self, Event, Kind};
use crate::store::{Db, StoreError, ladder};
use channel::{Alert, Channel, Medium, Outcome};
use handoff::domain::ids::StaffId;
use in_page::{Consoles, InPage, OpenPage};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

/// The ladders are looked at this often, whatever is heard.
const LOOK: Duration = Duration::from_secs(1);
/// What is heard within this time makes one look.
const TOGETHER: Duration = Duration::from_millis(20);
/// At most so many ladders are moved in one look.
const MOST_STEPS: u32 = 200;

/// The channels of this process, and whose pages are open at it.
pub struct Dispatch {
    consoles: Arc<Consoles>,
    channels: RwLock<Vec<Arc<dyn Channel>>>,
    push_key: OnceLock<String>,
    wake: Notify,
    /// As it was at the last look.
    nobody_on_call: AtomicBool,
}

impl Default for Dispatch {
    fn default() -> Self {
        let consoles = Arc::<Consoles>::default();
        let in_page: Arc<dyn Channel> = Arc::new(InPage(Arc::clone(&consoles)));
        Self {
            consoles,
            channels: RwLock::new(vec![in_page]),
            push_key: OnceLock::new(),
            wake: Notify::new(),
            nobody_on_call: AtomicBool::new(false),
        }
    }
}

impl Dispatch {
    /// Adds a channel, in the place of the one of the same medium if there is one.
    pub fn add(&self, channel: Arc<dyn Channel>) {
        let mut channels = self.channels.write().unwrap_or_else(PoisonError::into_inner);
        channels.retain(|known| known.medium() != channel.medium());
        channels.push(channel);
    }

    /// Someone opened a page: what waits for them is told at once.
    pub fn open_page(&self, staff: StaffId) -> OpenPage {
        let page = self.consoles.open(staff);
        self.wake.notify_one();
        page
    }

    /// The channels that this process has.
    pub fn media(&self) -> Vec<Medium> {
        self.channels().iter().map(|channel| channel.medium()).collect()
    }

    /// From now on browsers ask under this public key.
    fn push_key(&self, public: String) {
        drop(self.push_key.set(public));
    }

    /// The public key under which a browser asks to be told, as base64url; nothing where there is no web push.
    pub fn key_for_browsers(&self) -> Option<&str> {
        self.push_key.get().map(String::as_str)
    }

    fn channels(&self) -> Vec<Arc<dyn Channel>> {
        self.channels.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks soon: something was queued.
    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }
}

/// By what a step is decided, besides the database.
#[derive(Debug, Clone)]
pub(crate) struct Policy {
    pub(crate) site: Arc<Site>,
    /// The channels that this server has.
    pub(crate) media: Vec<Medium>,
}

impl Policy {
    /// As it stands.
    pub(crate) fn of(app: &App) -> Self {
        Self { site: app.site(), media: app.deliver().media() }
    }
}

/// Looks at every ladder that is due, tells everyone whom this process can reach, and returns when that is done.
///
/// # Errors
/// [`StoreError`]: what was not done is done at the next look.
pub async fn turn(app: &App) -> Result<(), StoreError> {
    climb(app).await?;
    for sending in send(app).await? {
        sending.await.map_err(|_| StoreError::Broken)?;
    }
    Ok(())
}

/// Looks on until the server stops.
pub(crate) async fn run(app: App) {
    let (mut changes, mut stopping) = (app.changes(), app.stopping());
    let mut ticks = tokio::time::interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let timed = tokio::select! {
            () = async { drop(stopping.wait_for(|stop| *stop).await) } => return,
            _ = ticks.tick() => true,
            () = woken(&mut changes, &app) => false,
        };
        if let Err(error) = look(&app, timed).await {
            tracing::warn!(%error, "the ladders could not be looked at; they will be");
        }
        tokio::time::sleep(TOGETHER).await;
    }
}

async fn look(app: &App, timed: bool) -> Result<(), StoreError> {
    if timed {
        climb(app).await?;
    }
    // Sends end by themselves: a slow channel holds up no other.
    send(app).await.map(drop)
}

/// Returns when something was queued, or somebody can be reached who could not.
async fn woken(changes: &mut Receiver<Change>, app: &App) {
    loop {
        tokio::select! {
            () = app.deliver().wake.notified() => return,
            change = changes.recv() => match change {
                Ok(Change::Referral { .. }) | Err(RecvError::Lagged(_)) => return,
                Ok(Change::Log { .. } | Change::Ladder | Change::Case | Change::Services | Change::Site | Change::SignedOut) => {}
                Err(RecvError::Closed) => std::future::pending().await,
            },
        }
    }
}

/// Moves every ladder that is due, each in a job of its own: one that cannot be moved holds up no other.
async fn climb(app: &App) -> Result<(), StoreError> {
    let now = app.now();
    app.fresh_site().await?;
    rota::watch(app).await?;
    let due = app.store().read(move |db| ladder::due(db, now, MOST_STEPS)).await?;
    if due.is_empty() {
        return Ok(());
    }
    let policy = Policy::of(app);
    let intent = app.store().intend();
    let step = |referral| {
        let policy = policy.clone();
        (referral, app.store().submit(move |db| steps::step(db, &policy, referral, now)))
    };
    let steps: Vec<_> = due.into_iter().map(step).collect();
    drop(intent);
    let mut told = false;
    for (referral, step) in steps {
        match step.done().await {
            Ok(queued) => told |= queued,
            Err(error) => tracing::error!(%error, %referral, "a ladder could not be moved; it is tried again"),
        }
    }
    if told {
        app.tell(Change::Ladder);
    }
    Ok(())
}

/// Starts telling everyone who has something to be told and whom this process can reach.
async fn send(app: &App) -> Result<Vec<JoinHandle<()>>, StoreError> {
    let mut channels = app.deliver().channels();
    channels.retain(|channel| channel.reaches_anyone());
    if channels.is_empty() {
        return Ok(Vec::new());
    }
    let now = app.now();
    let pending = app.store().read(move |db| deliveries::pending(db, now)).await?;
    let mut sending = Vec::new();
    for (medium, staff) in pending {
        let channel = channels.iter().find(|channel| channel.medium() == medium && channel.reaches(staff));
        if let Some(channel) = channel {
            sending.push(tokio::spawn(tell(app.clone(), Arc::clone(channel), staff)));
        }
    }
    Ok(sending)
}

/// Claims what one person is to be told by one channel, and tells it.
async fn tell(app: App, channel: Arc<dyn Channel>, staff: StaffId) {
    let (now, medium) = (app.now(), channel.medium());
    let alerts = match app.store().write(move |db| deliveries::claim(db, (medium, staff), now)).await {
        Ok(alerts) => alerts,
        Err(error) => return tracing::warn!(%error, "nothing could be claimed; it will be"),
    };
    let mut sending = tokio::task::JoinSet::new();
    for alert in alerts {
        let (app, channel) = (app.clone(), Arc::clone(&channel));
        sending.spawn(async move {
            let outcome = channel.send(&alert).await;
            keep(&app, (alert, medium), outcome).await;
        });
    }
    while sending.join_next().await.is_some() {}
    app.tell(Change::Ladder);
}

/// Writes what came of it. If that fails, the lease ends, and it is done again.
async fn keep(app: &App, (alert, medium): (Alert, Medium), outcome: Outcome) {
    let now = app.now();
    let written = app.store().write(move |db| ended(db, (&alert, medium), outcome, now)).await;
    if let Err(error) = written {
        tracing::warn!(%error, "what came of a delivery could not be written; it is tried again");
    }
}

fn ended(
    db: &mut dyn Db,
    (alert, medium): (&Alert, Medium),
    outcome: Outcome,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), StoreError> {
    let state = deliveries::finish(db, alert.claim, outcome, now)?;
    let kind = match state {
        Some(State::Delivered) => Kind::Told,
        Some(State::Failed | State::Gone) => Kind::NotTold,
        Some(State::Queued | State::Missed | State::Settled) | None => return Ok(()),
    };
    let why = if let Outcome::Failed(why) = outcome { format!(" {why}") } else { String::new() };
    let detail = format!("{} {} {}{why}", medium.code(), alert.who.code(), alert.round);
    events::append(db, &Event::new(kind).by(alert.staff).on(alert.about.id()).detail(detail), now)
}

impl std::fmt::Debug for Dispatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dispatch")
    }
}
