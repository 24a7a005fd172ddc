//! The feed: status of this device's referrals, and the configuration.

use super::client::{self, FeedAsk};
use super::phone::Inner;
use super::site::Site;
use super::traffic::Traffic;
use super::{PhoneError, lock};
use crate::domain::ids::Hash;
use crate::domain::time::{Anchor, Bounds, Reading};
use crate::domain::wire::{FeedReply, Signed};
use crate::lab::{Bug, planted};
use crate::outbox::{Hold, News, Rejection, awaits_confirmation, beside_refusal, rejection};
use crate::seal::random;
use crate::store::StoreError;
use chrono::{DateTime, Utc};

/// The server's time is written to the disk again when the wall clock has drifted from it by this much,
/// or the device was started anew: not at every answer.
const ANCHOR_DRIFT_MS: i64 = 2_000;

/// What one poll gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// The server's answer.
    Feed,
    /// The server is there and does not let this device read.
    Rejected(Rejection),
    /// The server is there and lets no device read yet.
    Closed,
    /// Nothing, or nothing of the server's.
    Nothing(Hold),
}

/// Asks the feed once, and waits up to `wait_s` seconds for news.
pub async fn poll(inner: &Inner, wait_s: u64) -> Result<Heard, PhoneError> {
    let Some(identity) = inner.identity() else { return Ok(Heard::Nothing(Hold::NoConnection)) };
    let (cursor, epoch) = lock(&inner.outbox).cursor()?;
    let refused = lock(&inner.traffic).refused_config;
    let known = refused.or_else(|| inner.site().map(|site| site.hash));
    let shown = inner.shown()?;
    let health = client::ascii_json(&inner.health()?).map_err(|_| StoreError::Value("health"))?;
    let ask = FeedAsk { after: cursor, config: known, wait_s, health };
    let asked = inner.now();
    let reply = client::feed(inner.transport.as_ref(), &identity, ask).await;
    let Ok(reply) = reply else { return Ok(inner.down(Hold::NoConnection, None)) };
    let view = reply.view();
    inner.heed(&view, &identity);
    if let Some(rejection) = rejection(&view) {
        inner.vouched(&identity, &shown, &beside_refusal(&view))?;
        return Ok(inner.rejected(rejection));
    }
    if let Some(news) = awaits_confirmation(&view) {
        inner.vouched(&identity, &shown, &news)?;
        return Ok(inner.closed());
    }
    match (view.status, serde_json::from_slice::<FeedReply>(view.body)) {
        (200, Ok(feed)) => {
            apply(inner, &feed, (cursor, epoch), asked)?;
            let news = News { epochs: feed.epochs, ledger: feed.ledger, watermark: feed.watermark };
            inner.vouched(&identity, &shown, &news)?;
            Ok(Heard::Feed)
        }
        (429 | 500..=599, _) => Ok(inner.down(Hold::ServerBusy, view.retry_after_s)),
        _ => Ok(inner.down(Hold::NotTheServer, None)),
    }
}

impl Inner {
    /// A random part of a pause, in thousandths. Without randomness there is no jitter.
    pub fn jitter(&self) -> u16 {
        random::bytes::<2>().map_or(0, |bytes| u16::from_be_bytes(bytes) % 1001)
    }

    /// Changes what is known of the link. Another reason why nothing goes out is kept, so that a program
    /// that only looks can say it too.
    pub fn steer(&self, change: impl FnOnce(&mut Traffic)) {
        let (before, after) = {
            let mut traffic = lock(&self.traffic);
            let before = traffic.hold;
            change(&mut traffic);
            (before, traffic.hold)
        };
        if before == after {
            return;
        }
        if let Err(error) = lock(&self.outbox).keep_hold(after) {
            tracing::error!(%error, "why nothing goes out could not be kept; this program knows it");
        }
    }

    /// The link does not serve.
    pub fn down(&self, hold: Hold, after_s: Option<u64>) -> Heard {
        let (now, jitter) = (self.now(), self.jitter());
        self.steer(|traffic| traffic.down(hold, now, after_s, jitter));
        self.changed();
        Heard::Nothing(hold)
    }

    fn rejected(&self, rejection: Rejection) -> Heard {
        match rejection {
            Rejection::SignedOut => drop(self.down(Hold::SignedOut, None)),
            Rejection::Revoked => {
                let now = self.now();
                self.steer(|traffic| traffic.may_only_deliver(Hold::Revoked, now));
                self.keep_revoked(true);
                self.changed();
            }
        }
        Heard::Rejected(rejection)
    }

    /// The server was restored and takes records, and lets no device read yet.
    fn closed(&self) -> Heard {
        let now = self.now();
        self.steer(|traffic| traffic.may_only_deliver(Hold::AwaitingConfirmation, now));
        self.changed();
        Heard::Closed
    }

    /// This is a new device to the server: what was said of the one that it was before its keys were lost goes.
    pub fn begins_anew(&self) -> Result<(), PhoneError> {
        {
            let mut outbox = lock(&self.outbox);
            outbox.keep_revoked(false)?;
            outbox.keep_hold(None)?;
        }
        let mut traffic = lock(&self.traffic);
        (traffic.revoked, traffic.hold) = (false, None);
        Ok(())
    }

    /// Keeps what the server said of this device, so that it is shown after a restart and without a link.
    fn keep_revoked(&self, revoked: bool) {
        let before = std::mem::replace(&mut lock(&self.traffic).revoked, revoked);
        if before == revoked {
            return;
        }
        if let Err(error) = lock(&self.outbox).keep_revoked(revoked) {
            tracing::error!(%error, "whether this device is revoked could not be kept; the server says it again");
        }
    }

    /// The server told its time.
    pub fn heard_time(&self, server: DateTime<Utc>, asked: Reading) -> Result<(), PhoneError> {
        let heard = self.now();
        let round_trip_ms = heard.boot_ms.saturating_sub(asked.boot_ms);
        let anchor = Anchor { server, heard, round_trip_ms };
        // A poll is held at the server for long, and says little of when in it the answer was given.
        let width = |anchor: &Anchor| Bounds::by(heard, anchor).map(|bounds| bounds.latest - bounds.earliest);
        let before = {
            let mut traffic = lock(&self.traffic);
            traffic.floor = traffic.floor.max(Some(server));
            traffic.anchor.as_ref().and_then(width)
        };
        if before.is_some_and(|before| width(&anchor).is_some_and(|now| before <= now)) {
            return Ok(());
        }
        let kept = lock(&self.traffic).anchor.replace(anchor);
        let offset = |anchor: &Anchor| (anchor.heard.wall - anchor.server).num_milliseconds();
        let steady = kept.is_some_and(|kept| {
            kept.heard.boot == heard.boot && (offset(&kept) - offset(&anchor)).abs() < ANCHOR_DRIFT_MS
        });
        if !steady {
            lock(&self.outbox).keep_anchor(&anchor)?;
        }
        Ok(())
    }

    fn take_config(&self, signed: &Signed) {
        let Some(identity) = self.identity() else { return };
        match Site::keep(&self.folder, signed, &identity.server_key) {
            Ok(site) => {
                self.put_site(site);
                lock(&self.traffic).refused_config = None;
            }
            Err(error) => {
                tracing::error!(%error, "the new configuration is not taken; the old one stays");
                lock(&self.traffic).refused_config = Some(Hash::of(&[&signed.body.0]));
            }
        }
    }
}

/// Where to ask next. Within an epoch the cursor only rises. A new epoch is a new log, whose positions say
/// something else: what was asked from the middle of the old one is asked again from the beginning.
const fn next_cursor(known: (u64, u64), heard: (u64, u64)) -> u64 {
    match (heard.1 == known.1, known.0) {
        (true, after) if after > heard.0 => after,
        (true, _) | (false, 0) => heard.0,
        (false, _) => 0,
    }
}

fn apply(inner: &Inner, feed: &FeedReply, known: (u64, u64), asked: Reading) -> Result<(), PhoneError> {
    let news = !feed.statuses.is_empty() || feed.config.is_some();
    if let Some(signed) = &feed.config {
        inner.take_config(signed);
    }
    let cursor = next_cursor(known, (feed.cursor, feed.epoch));
    if news || (cursor, feed.epoch) != known {
        let statuses = if planted(Bug::CursorAhead) { &[][..] } else { &feed.statuses };
        lock(&inner.outbox).apply_feed(cursor, feed.epoch, statuses)?;
    }
    inner.keep_revoked(false);
    if lock(&inner.traffic).refused_config.is_none() {
        inner.rota_is_newest(feed.server_time);
    }
    inner.heard_time(feed.server_time, asked)?;
    let mut was_up = false;
    inner.steer(|traffic| {
        was_up = traffic.link == crate::outbox::Link::Up && traffic.hold.is_none();
        traffic.up();
    });
    if news || !was_up {
        inner.changed();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::next_cursor;

    #[test]
    fn the_cursor_rises_within_an_epoch_and_begins_anew_in_the_next() {
        assert_eq!(next_cursor((5, 1), (9, 1)), 9);
        assert_eq!(next_cursor((9, 1), (5, 1)), 9, "an answer that was overtaken");
        assert_eq!(next_cursor((9, 1), (5, 2)), 0, "asked from the middle of the old log");
        assert_eq!(next_cursor((0, 1), (5, 2)), 5);
    }
}
