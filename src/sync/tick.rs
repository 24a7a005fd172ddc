//! The one loop: deliver, listen, wait; on a thread of its own, so that no screen ever waits for it.

use super::deliver::{self, Delivered};
use super::feed::{self, Heard};
use super::phone::Inner;
use super::{PhoneError, lock};
use crate::outbox::{CAP_MS, Hold};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// Seconds for which the server is asked to hold a poll without news.
const POLL_S: u64 = 25;

/// What one round of sending and listening did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncReport {
    /// Entries that got their receipt.
    pub receipted: usize,
    /// Entries that the server would not take.
    pub refused: usize,
    /// Entries that still wait.
    pub waiting: usize,
    /// What the feed gave.
    pub feed: FeedState,
}

/// What the feed gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedState {
    /// It is read up to now.
    Fresh,
    /// Not read, and why.
    Stale(Hold),
}

/// One round, now: every pause is over.
pub async fn once(inner: &Inner) -> Result<SyncReport, PhoneError> {
    lock(&inner.traffic).pace.hurry();
    let mut delivered = deliver::run(inner).await?;
    let feed = state_of(feed::poll(inner, 0).await?);
    if std::mem::take(&mut lock(&inner.traffic).again) {
        let again = deliver::run(inner).await?;
        delivered.receipted += again.receipted;
        delivered.refused += again.refused;
    }
    let queue = lock(&inner.outbox).queue()?;
    let waiting = queue.iter().filter(|item| matches!(item.state, crate::outbox::State::Waiting { .. })).count();
    Ok(SyncReport { receipted: delivered.receipted, refused: delivered.refused, waiting, feed })
}

/// What one poll says of the feed.
pub const fn state_of(heard: Heard) -> FeedState {
    match heard {
        Heard::Feed => FeedState::Fresh,
        Heard::Rejected(rejection) => FeedState::Stale(rejection.hold()),
        Heard::Closed => FeedState::Stale(Hold::AwaitingConfirmation),
        Heard::Nothing(hold) => FeedState::Stale(hold),
    }
}

/// One turn of the loop: whatever may be done now.
pub async fn turn(inner: &Inner) -> Result<Delivered, PhoneError> {
    inner.lock_if_idle();
    deliver::run(inner).await
}

/// Starts the loop's thread. It ends with the last handle on the phone. Nothing if it could not start.
pub fn start(inner: Arc<Inner>) -> Option<JoinHandle<()>> {
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        match runtime {
            Ok(runtime) => {
                runtime.block_on(until_stopped(&inner));
                // A name that is still being looked up is nobody's any more.
                runtime.shutdown_background();
            }
            Err(error) => tracing::error!(%error, "the loop could not start"),
        }
    };
    let started = std::thread::Builder::new().name("sync".to_owned()).spawn(run);
    started.inspect_err(|error| tracing::error!(%error, "the loop could not start")).ok()
}

/// Whatever waits for an answer then is dropped, which each call bears.
async fn until_stopped(inner: &Inner) {
    tokio::select! {
        () = inner.stop.notified() => {}
        () = run(inner) => {}
    }
}

async fn run(inner: &Inner) {
    loop {
        inner.keep_reserve();
        let pause = match turn(inner).await {
            Ok(delivered) => pause(inner, delivered),
            Err(error) => {
                tracing::error!(%error, "delivery stopped; it is tried again");
                Duration::from_millis(CAP_MS)
            }
        };
        tokio::select! {
            () = inner.wake.notified() => {}
            () = tokio::time::sleep(pause) => {}
            () = listen(inner) => {}
        }
    }
}

/// Listens to the feed for as long as the link may be tried; returns when something came.
async fn listen(inner: &Inner) {
    if inner.identity().is_none() {
        return std::future::pending().await;
    }
    let due = lock(&inner.traffic).pace.link_due_ms();
    tokio::time::sleep(Duration::from_millis(due.saturating_sub(inner.now().boot_ms))).await;
    match feed::poll(inner, POLL_S).await {
        Ok(Heard::Feed | Heard::Nothing(_)) => {}
        // The server is there but says no: asking at once again would be a storm.
        Ok(Heard::Rejected(_) | Heard::Closed) => tokio::time::sleep(Duration::from_millis(CAP_MS)).await,
        Err(error) => {
            tracing::error!(%error, "the feed could not be stored; it is asked again");
            tokio::time::sleep(Duration::from_millis(CAP_MS)).await;
        }
    }
}

/// Until the policy wants to be asked again, or for a look at the idle lock.
fn pause(inner: &Inner, delivered: Delivered) -> Duration {
    let now_ms = inner.now().boot_ms;
    let until_ms = delivered.until_ms.unwrap_or(u64::MAX).saturating_sub(now_ms);
    Duration::from_millis(until_ms.clamp(50, CAP_MS))
}
