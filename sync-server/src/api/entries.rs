//! `POST /v1/entries`: a batch of sealed entries, one answer for each.

use super::{Body, Refused};
use crate::app::App;
use crate::auth::Calling;
use crate::ingest;
use crate::ledger::witness;
use crate::store::StoreError;
use axum::Json;
use axum::extract::State;
use handoff::domain::wire::{EntriesReply, EntriesRequest, LedgerNews, MOST_ENTRIES};

/// Takes a batch.
///
/// # Errors
/// 422 for more entries than a batch may hold; every entry's own fault is in its answer.
pub async fn entries(
    State(app): State<App>,
    Calling(device): Calling,
    Body(request): Body<EntriesRequest>,
) -> Result<Json<EntriesReply>, Refused> {
    if request.entries.len() > MOST_ENTRIES {
        return Err(Refused::field("entries", "A batch holds at most 100 entries."));
    }
    let carried = request.health.checkpoint.clone();
    witness::look(&app, carried.as_deref()).await?;
    let log = app.log_state().await?;
    let answers = ingest::take(&app, (&device, &log), request).await?;
    let ledger = log_news(witness::news(&app, carried.as_deref()).await);
    Ok(Json(EntriesReply { server_time: app.now(), answers, ledger, epochs: log.epochs_signed.clone() }))
}

/// What a device is told of the log. Without it a call is good all the same.
pub(super) fn log_news(news: Result<Option<LedgerNews>, StoreError>) -> Option<LedgerNews> {
    news.unwrap_or_else(|error| {
        tracing::error!(%error, "a device is told nothing of the log");
        None
    })
}
