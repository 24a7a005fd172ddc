//! Webhooks: a program of the agency is told, in a way that it can check.
//!
//! # The format
//! `POST` of JSON with the headers of the Standard Webhooks specification (1.0), which many languages have a library
//! for:
//!
//! ```text
//! webhook-id: 5d0c…                 one for each delivery, the same at every try
//! webhook-timestamp: 1767225600     of this try, in seconds since 1970
//! webhook-signature: v1,BASE64      HMAC-SHA-256 over "ID.TIMESTAMP.BODY" by the secret
//!
//! {"type":"referral.waiting","timestamp":"2026-01-01T00:00:00Z","data":{"staff":"UUID","as":"on_call","round":1}}
//! ```
//!
//! `type` is `rota.gap` where nobody is on call, now or within 72 hours, and `as` then is `lead`.
//!
//! A receiver works the signature out over the body as it came, compares in constant time, refuses a timestamp more
//! than five minutes from its own clock, and remembers the ids of the last ten minutes: one that it knows was told
//! before, and is answered with 200 and otherwise left alone. So what is recorded and sent again does nothing. It
//! answers with any 2xx within ten seconds.
//!
//! # Decisions
//! The referral's own id stays here, as with every channel that leaves this house: staff ids and codes are all that
//! goes out. The delivery's id is a hash in which the referral's takes part, so that it is the same at every try, also
//! by another process, and says nothing.

use super::channel::{About, Alert, Channel, Medium, Outcome, Sending};
use super::receiver::{self, Answer, Caller, Letter, pause};
use crate::app::WeakApp;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use chrono::{DateTime, SecondsFormat, Utc};
use handoff::domain::ids::{Hash, StaffId};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Serialize;
use std::sync::Arc;

/// Length of the secret.
pub const SECRET: usize = 32;

/// The channel.
pub(super) struct Webhook {
    app: WeakApp,
    caller: Arc<Caller>,
    key: hmac::Key,
}

#[derive(Serialize)]
struct Body {
    r#type: &'static str,
    timestamp: String,
    data: Data,
}

#[derive(Serialize)]
struct Data {
    staff: StaffId,
    r#as: &'static str,
    round: u32,
}

/// The secret as a receiver is given it.
pub fn secret_text(secret: &[u8]) -> String {
    format!("whsec_{}", B64.encode(secret))
}

impl Webhook {
    pub(super) fn new(app: WeakApp, caller: Arc<Caller>, secret: &[u8]) -> Self {
        Self { app, caller, key: hmac::Key::new(hmac::HMAC_SHA256, secret) }
    }

    fn letter(&self, to: &str, alert: &Alert, now: DateTime<Utc>) -> Option<Letter> {
        let (id, at) = (id(alert), now.timestamp());
        let data = Data { staff: alert.staff, r#as: alert.who.code(), round: alert.round };
        let timestamp = now.to_rfc3339_opts(SecondsFormat::Secs, true);
        let body = serde_json::to_vec(&Body { r#type: kind(alert.about), timestamp, data }).ok()?;
        let signed = hmac::sign(&self.key, &[format!("{id}.{at}.").as_bytes(), &body].concat());
        let headers = HeaderMap::from_iter([
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            ("webhook-id".parse().ok()?, HeaderValue::try_from(id).ok()?),
            ("webhook-timestamp".parse().ok()?, HeaderValue::from(at)),
            ("webhook-signature".parse().ok()?, HeaderValue::try_from(format!("v1,{}", B64.encode(signed))).ok()?),
        ]);
        Some(Letter { to: receiver::address(to).ok()?, headers, body })
    }

    async fn tell(&self, alert: &Alert) -> Outcome {
        let again = Outcome::Retry(pause(alert.claim.tries));
        let Some(app) = self.app.get() else { return again };
        let (site, now) = (app.site(), app.now());
        // The programme changed meanwhile: there is no address any more.
        let Some(person) = site.person(alert.staff).filter(|person| !person.webhook.reveal().is_empty()) else {
            return Outcome::Gone;
        };
        let Some(letter) = self.letter(person.webhook.reveal(), alert, now) else {
            return Outcome::Failed("bad_address");
        };
        match self.caller.post(letter, now).await {
            Answer::Taken => Outcome::Delivered,
            Answer::Later(wait) => Outcome::Retry(wait),
            // The address stands in the programme file: a program that is not there now may be on its way back.
            Answer::Gone | Answer::NotNow => again,
            Answer::Forbidden => Outcome::Failed("private_address"),
        }
    }
}

/// What a program is told.
const fn kind(about: About) -> &'static str {
    match about {
        About::Referral(_) => "referral.waiting",
        About::Gap(_) => "rota.gap",
        About::Swap(_) => "rota.offer",
    }
}

/// The id of a delivery: the same at every try.
pub(super) fn id(alert: &Alert) -> String {
    let of = alert.about.id();
    let parts: [&[u8]; 4] =
        [b"handoff/delivery/1", of.as_bytes(), alert.staff.0.as_bytes(), &alert.claim.n.to_be_bytes()];
    Hash::of(&parts).to_string().chars().take(32).collect()
}

impl Channel for Webhook {
    fn medium(&self) -> Medium {
        Medium::Webhook
    }

    fn reaches(&self, _: StaffId) -> bool {
        true
    }

    fn send<'a>(&'a self, alert: &'a Alert) -> Sending<'a> {
        Box::pin(self.tell(alert))
    }
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Webhook")
    }
}
