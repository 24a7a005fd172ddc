//! Web Push (RFC 8030): a browser is told through its own push service, open or not.
//!
//! # Decisions
//! - The message says "New referral", "Nobody is on call" or "A turn is offered" and nothing else, and is only a hint to
//!   look: what waits is asked for by the page that a person opens, as whoever is signed in there.
//! - A message that cannot be handed over for half an hour is worth nothing more; by then the ladder has told others.
//!   A newer one takes the place of one that still waits at the push service.
//! - A person is told as soon as one of their browsers has it. A browser that is gone is forgotten at once.

pub mod message;

use super::channel::{About, Alert, Channel, Medium, Outcome, Sending};
use super::receiver::{self, Answer, Caller, Letter, pause};
use crate::app::{App, WeakApp};
use crate::store::addresses::{self, Subscription};
use crate::store::events::{self, Event, Kind};
use crate::store::{Db, StoreError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use chrono::{DateTime, Utc};
use handoff::domain::ids::StaffId;
use handoff::seal::{DeviceKey, SealError};
use message::To;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use std::sync::Arc;
use tokio::task::JoinSet;
use uuid::Uuid;

/// Seconds that a push service keeps a message for a browser that is off.
const TTL: &str = "1800";

/// The channel.
pub(super) struct WebPush {
    app: WeakApp,
    caller: Arc<Caller>,
    key: DeviceKey,
    public: String,
}

impl WebPush {
    pub(super) fn new(app: &App, caller: Arc<Caller>, key: DeviceKey) -> Result<Self, SealError> {
        let public = B64.encode(key.public()?.as_bytes());
        Ok(Self { app: app.weak(), caller, key, public })
    }

    /// The public key with which a browser asks, as base64url.
    pub(super) fn public(&self) -> &str {
        &self.public
    }

    fn letter(
        &self,
        browser: &Subscription,
        (about, contact): (About, Option<&str>),
        now: DateTime<Utc>,
    ) -> Option<Letter> {
        let to = receiver::address(browser.endpoint.reveal()).ok()?;
        let keys = To { p256dh: browser.p256dh.reveal(), auth: browser.auth.reveal() };
        let body = message::encrypt(keys, about.words().as_bytes()).ok()?;
        let origin = to.origin().ascii_serialization();
        let word = message::authorization(&self.key, &origin, contact, now).ok()?;
        let mut word = HeaderValue::try_from(word).ok()?;
        word.set_sensitive(true);
        let headers = HeaderMap::from_iter([
            (AUTHORIZATION, word),
            (CONTENT_ENCODING, HeaderValue::from_static("aes128gcm")),
            (CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
            ("ttl".parse().ok()?, HeaderValue::from_static(TTL)),
            ("urgency".parse().ok()?, HeaderValue::from_static("high")),
            ("topic".parse().ok()?, HeaderValue::from_static(about.code())),
        ]);
        Some(Letter { to, headers, body })
    }

    async fn tell(&self, alert: &Alert) -> Result<Outcome, StoreError> {
        let Some(app) = self.app.get() else { return Ok(Outcome::Retry(pause(alert.claim.tries))) };
        let (staff, now) = (alert.staff, app.now());
        let browsers = app.store().read(move |db| addresses::subscriptions(db, staff)).await?;
        let contact = app.url().starts_with("https://").then(|| app.url());
        let language = app.site().person(staff).and_then(|person| person.language).unwrap_or_default();
        let mut calls = JoinSet::new();
        for browser in browsers {
            // One whose keys are none could never be told.
            let Some(letter) = language.within(|| self.letter(&browser, (alert.about, contact), now)) else {
                forget(&app, (staff, browser.id), now).await?;
                continue;
            };
            let caller = Arc::clone(&self.caller);
            calls.spawn(async move { (browser.id, caller.post(letter, now).await) });
        }
        let mut outcome = Outcome::Gone;
        while let Some(call) = calls.join_next().await {
            let (id, answer) = call.map_err(|_| StoreError::Broken)?;
            if answer == Answer::Gone {
                forget(&app, (staff, id), now).await?;
            }
            outcome = better(outcome, of(answer, alert.claim.tries));
        }
        Ok(outcome)
    }
}

fn of(answer: Answer, tries: u32) -> Outcome {
    match answer {
        Answer::Taken => Outcome::Delivered,
        Answer::Gone => Outcome::Gone,
        Answer::Later(wait) => Outcome::Retry(wait),
        Answer::NotNow => Outcome::Retry(pause(tries)),
        Answer::Forbidden => Outcome::Failed("private_address"),
    }
}

/// Of two browsers of one person, what comes of telling that person.
fn better(one: Outcome, other: Outcome) -> Outcome {
    match (one, other) {
        (Outcome::Delivered, _) | (_, Outcome::Delivered) => Outcome::Delivered,
        (Outcome::Retry(one), Outcome::Retry(other)) => Outcome::Retry(one.min(other)),
        (Outcome::Retry(wait), _) | (_, Outcome::Retry(wait)) => Outcome::Retry(wait),
        (Outcome::Failed(why), _) | (_, Outcome::Failed(why)) => Outcome::Failed(why),
        (Outcome::Gone, Outcome::Gone) => Outcome::Gone,
    }
}

async fn forget(app: &App, (staff, id): (StaffId, Uuid), now: DateTime<Utc>) -> Result<(), StoreError> {
    let gone = move |db: &mut dyn Db| {
        if addresses::unsubscribe(db, staff, id)? {
            events::append(db, &Event::new(Kind::BrowserRemoved).on(staff.0).detail("gone"), now)?;
        }
        Ok(())
    };
    app.store().write(gone).await
}

impl Channel for WebPush {
    fn medium(&self) -> Medium {
        Medium::WebPush
    }

    fn reaches(&self, _: StaffId) -> bool {
        true
    }

    fn send<'a>(&'a self, alert: &'a Alert) -> Sending<'a> {
        Box::pin(async move {
            self.tell(alert).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "a browser could not be told; it is tried again");
                Outcome::Retry(pause(alert.claim.tries))
            })
        })
    }
}

impl std::fmt::Debug for WebPush {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebPush")
    }
}
