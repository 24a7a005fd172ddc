//! `GET /v1/feed`: what happened to a device's referrals since, and the configuration if it changed.

use super::Refused;
use crate::app::{App, Change};
use crate::auth::Calling;
use crate::store::{self, ledger};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use handoff::domain::ids::{DeviceId, Hash};
use handoff::domain::wire::FeedReply;
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
    query: Result<Query<FeedQuery>, QueryRejection>,
) -> Result<Json<FeedReply>, Refused> {
    let Query(query) = query
        .map_err(|_| Refused::field("query", "Give after as a number, config as 64 hex digits, wait in seconds."))?;
    let until = Instant::now() + Duration::from_secs(query.wait.min(MOST_WAIT_S));
    let (mut changes, mut stopping) = (app.changes(), app.stopping());
    loop {
        let reply = read(&app, device.id, &query).await?;
        let news = !reply.statuses.is_empty() || reply.config.is_some();
        if news || Instant::now() >= until || *stopping.borrow_and_update() {
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

async fn read(app: &App, device: DeviceId, query: &FeedQuery) -> Result<FeedReply, Refused> {
    let site = app.fresh_site().await?;
    let (log, now) = (app.fresh_log_state().await?, app.store().read(|db| ledger::epoch_now(db)).await?);
    let epoch = now.map_or(1, |now| now.epoch);
    let after = heard(query.after, epoch);
    let (cursor, statuses) = app.store().read(move |db| store::statuses_after(db, device, after)).await?;
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
            Ok(Change::Referral { .. } | Change::Log { .. } | Change::SignedOut) => {}
        }
    }
}
