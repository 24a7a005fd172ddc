//! The channels that leave this house: which of them a server has, by its options and its keys.
//!
//! # Decisions
//! - Web push and webhooks need nothing but an address, so every server has them; mail needs a relay.
//! - Their keys are files beside the others, made when a server first starts. The database remembers which they are:
//!   browsers and receivers know them, so servers that share a database must share them, and one that has another, or
//!   has lost it, does not start. `channel-key --new` begins anew.

use super::mail::{Mail, Relay};
use super::receiver::Caller;
use super::web_push::WebPush;
use super::webhook::{Webhook, secret_text};
use crate::app::{App, AppError};
use crate::keys::{ChannelKey, KeyError, Keys};
use crate::store::events::{self, Event, Kind};
use crate::store::{self, Db, addresses};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use handoff::domain::ids::Hash;
use handoff::seal::{DeviceKey, SealError};
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// How a server reaches people outside the console.
#[derive(Debug, Clone)]
pub struct Outside {
    /// Push services and programs may have private addresses, and plain `http` on this machine.
    pub private_receivers: bool,
    /// Where mail is handed in; no mail without.
    pub relay: Option<Relay>,
    /// How long a push service, a program or a word of the relay may take; a third of a delivery's lease.
    pub patience: Duration,
}

impl Default for Outside {
    fn default() -> Self {
        Self { private_receivers: false, relay: None, patience: Duration::from_secs(10) }
    }
}

/// Opens the channels of a server.
pub(crate) async fn open(app: &App) -> Result<(), AppError> {
    let outside = &app.config().outside;
    if let Some(relay) = &outside.relay {
        app.deliver().add(Arc::new(Mail::new(app, relay, outside.patience)?));
    }
    let caller = Arc::new(Caller::new(outside.private_receivers, outside.patience));
    let secret = key(app, ChannelKey::Webhook).await?;
    app.deliver().add(Arc::new(Webhook::new(app.weak(), Arc::clone(&caller), &secret)));
    let push = WebPush::new(app, caller, push_key(&key(app, ChannelKey::Push).await?)?)?;
    app.deliver().push_key(push.public().to_owned());
    app.deliver().add(Arc::new(push));
    Ok(())
}

fn push_key(bytes: &[u8]) -> Result<DeviceKey, SealError> {
    DeviceKey::from_pkcs8(bytes).map_err(|_| SealError::Key("push key"))
}

/// A key of a channel: the one that this database knows, or at first a new one.
async fn key(app: &App, which: ChannelKey) -> Result<Zeroizing<Vec<u8>>, AppError> {
    let folder = app.config().keys();
    let known = app.store().read(move |db| store::setting(db, which.setting())).await?;
    let key = Keys::channel(&folder, which, known.is_none())?;
    let mark = mark(&key);
    let kept = match known {
        Some(known) => known,
        None => {
            let mark = mark.clone();
            app.store().write(move |db| store::keep_setting(db, which.setting(), &mark)).await?
        }
    };
    match kept == mark {
        true => Ok(key),
        false => Err(KeyError::Other(folder.join(which.file())).into()),
    }
}

fn mark(key: &[u8]) -> String {
    Hash::of(&[b"handoff/channel-key/1", key]).to_string()
}

/// What others are to know of a channel's key: the public key of web push, or the secret that a program is given.
/// With `new`, the key is made anew first: every browser must ask again, every program be given the new secret.
///
/// # Errors
/// [`AppError`].
pub async fn channel_key(app: &App, which: ChannelKey, new: bool) -> Result<String, AppError> {
    let key = if new { new_key(app, which).await? } else { key(app, which).await? };
    match which {
        ChannelKey::Webhook => Ok(secret_text(&key)),
        ChannelKey::Push => Ok(B64.encode(push_key(&key)?.public()?.as_bytes())),
    }
}

async fn new_key(app: &App, which: ChannelKey) -> Result<Zeroizing<Vec<u8>>, AppError> {
    let key = Keys::new_channel(&app.config().keys(), which)?;
    let (mark, now) = (mark(&key), app.now());
    let anew = move |db: &mut dyn Db| {
        store::set_setting(db, which.setting(), &mark)?;
        if which == ChannelKey::Push {
            addresses::forget_browsers(db)?;
        }
        events::append(db, &Event::new(Kind::ChannelKeyMade).detail(which.code()), now)
    };
    app.store().write(anew).await?;
    Ok(key)
}
