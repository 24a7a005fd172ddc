//! `GET /v1/feed`: what happened to a device's referrals since, and the configuration if it changed.

use super::Refused;
use super::entries::log_news;
use crate::app::{App, Change};
use crate::auth::Calling;
use crate::device::KnownDevice;
use crate::ledger::witness;
use crate::participant;
use crate::store::{self, ledger};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use handoff::domain::ids::{DeviceId, Hash};
use handoff::domain::wire::{FeedReply, HEALTH_HEADER, Health};
use serde::Deserialize;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

/// The longest that an answer is held back.
const MOST_WAIT_S: u64 = 25;

/// What a phone asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedQuery {
    /// The cursor it has; 0 for everything.
    #[serde(default)]
    after: u64,
    /// SHA-256 of the configuration that it has.
    #[serde(default)]
    config: Option<Hash>,
    /// Seconds to wait for news, at most 25; 0 answers at once.
    #[serde(default)]
    wait: u64,
}

/// Answers at once if there is news, else when there is, or when the wait is over.
///
/// # Errors
/// 422 for a query that cannot be read.
pub async fn feed(
    State(app): State<App>,
    Calling(device): Calling,
    headers: HeaderMap,
    query: Result<Query<FeedQuery>, QueryRejection>,
) -> Result<Json<FeedReply>, Refused> {
    let Query(query) = query
        .map_err(|_| Refused::field("query", "Give after as a number, config as 64 hex digits, wait in seconds."))?;
    let health = health(&headers)?;
    if let Some(health) = &health {
        keep(&app, &device, health);
        witness::look(&app, health.checkpoint.as_deref()).await?;
    }
    let until = Instant::now() + Duration::from_secs(query.wait.min(MOST_WAIT_S));
    let (mut changes, mut stopping) = (app.changes(), app.stopping());
    loop {
        let mut reply = read(&app, device.id, &query).await?;
        let news = !reply.statuses.is_empty() || reply.config.is_some();
        if news || Instant::now() >= until || *stopping.borrow_and_update() {
            let carried = health.as_ref().and_then(|health| health.checkpoint.as_deref());
            reply.ledger = log_news(witness::news(&app, carried).await);
            return Ok(Json(reply));
        }
        let wake = async {
            tokio::select! {
                () = for_device(&mut changes, device.id) => {}
                _ = stopping.changed() => {}
            }
        };
        // Woken or out of time, what there is is read once more.
        let _ = timeout_at(until, wake).await;
    }
}

/// How the device is, if the call says so.
fn health(headers: &HeaderMap) -> Result<Option<Health>, Refused> {
    let Some(header) = headers.get(HEALTH_HEADER) else { return Ok(None) };
    let health = serde_json::from_slice(header.as_bytes());
    health.map(Some).map_err(|_| Refused::field(HEALTH_HEADER, "This is not the health of a device as JSON."))
}

/// Keeps how the device is; nobody waits for it.
fn keep(app: &App, device: &KnownDevice, health: &Health) {
    let (now, id, health) = (app.now(), device.id, health.clone());
    if device.worth_writing(&health, now) {
        drop(app.store().submit(move |db| store::save_health(db, id, &health, now)));
    }
}

async fn read(app: &App, device: DeviceId, query: &FeedQuery) -> Result<FeedReply, Refused> {
    let site = app.fresh_site().await?;
    let (log, now) = (app.fresh_log_state().await?, app.store().read(|db| ledger::epoch_now(db)).await?);
    let epoch = now.map_or(1, |now| now.epoch);
    let after = heard(query.after, epoch);
    let (cursor, statuses) = app.store().read(move |db| store::statuses_after(db, device, after)).await?;
    let statuses = participant::told(app, device, statuses).await?;
    // While it waited, the device may have been revoked, or the database found to be an older copy.
    if let Some(refused) = app.refusal(device, app.device_standing(device).await?) {
        return Err(refused);
    }
    let config = (query.config != Some(site.config_hash)).then(|| site.config.clone());
    Ok(FeedReply {
        cursor: told(cursor, epoch),
        epoch,
        server_time: app.now(),
        statuses,
        config,
        ledger: None,
        epochs: log.epochs_signed.clone(),
        watermark: log.watermark_signed.clone(),
    })
}

/// A cursor on the wire has the number of its epoch in its upper bits: statuses of an epoch that was lost had
/// the same numbers as those that followed.
const EPOCH_BITS: u32 = 40;

const fn told(cursor: u64, epoch: u64) -> u64 {
    (epoch.saturating_sub(1) << EPOCH_BITS) | cursor
}

/// The cursor that a device asks after; one of another epoch begins anew, since a status that it heard may be
/// undone. To hear one again does no harm.
const fn heard(after: u64, epoch: u64) -> u64 {
    if after >> EPOCH_BITS == epoch.saturating_sub(1) { after & ((1 << EPOCH_BITS) - 1) } else { 0 }
}

/// Returns when something happened that this device may want to know.
async fn for_device(changes: &mut Receiver<Change>, device: DeviceId) {
    loop {
        match changes.recv().await {
            Ok(Change::Referral { device: of, .. }) if of == device => return,
            Ok(Change::Site) | Err(RecvError::Lagged(_) | RecvError::Closed) => return,
            Ok(
                Change::Referral { .. }
                | Change::Log { .. }
                | Change::Ladder
                | Change::Case
                | Change::Services
                | Change::SignedOut,
            ) => {}
        }
    }
}
