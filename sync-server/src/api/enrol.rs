//! `POST /v1/enrol`: a one-time code lets a phone in.
//!
//! # Decisions
//! A reply may be lost after the code was used up. So a device's token is not random: it is made of the code, of
//! the device's own key and of a secret of the server. The same device with the same code is then given the
//! same reply, and no second device, though the server keeps no token; another key with that code gets
//! nothing. It ends after an hour, and with the first call that the device makes: it has its reply then.

use super::{Body, Refused};
use crate::app::App;
use crate::auth::plain_code;
use crate::keys::secret_hash;
use crate::store::events::{self, Event, Kind};
use crate::store::{self, Enrolled, NewDevice};
use axum::Json;
use axum::extract::State;
use handoff::domain::ids::{Bytes, DeviceId};
use handoff::domain::wire::{Certificate, EnrolReply, EnrolRequest};
use handoff::seal::{DevicePublic, SealError, Tag, random};

/// Longest name of a kind of device.
const MOST_MODEL: usize = 80;

/// Enrols a device.
///
/// # Errors
/// 422 for a key that is none or a model without end, 403 for a code that is not good.
pub async fn enrol(State(app): State<App>, Body(request): Body<EnrolRequest>) -> Result<Json<EnrolReply>, Refused> {
    let key = DevicePublic::from_bytes(&request.device_key.0)
        .map_err(|_| Refused::field("device_key", "This is not a P-256 public key of 65 bytes."))?;
    if request.model.chars().count() > MOST_MODEL {
        return Err(Refused::field("model", "This is longer than 80 characters."));
    }
    if request.model.contains(char::is_control) {
        return Err(Refused::field("model", "This holds what is no text."));
    }
    let now = app.now();
    let code = secret_hash(plain_code(&request.code).as_bytes());
    let token = app.keys().device_token(code, key.as_bytes()).map_err(broken)?;
    let device = NewDevice {
        id: DeviceId(random::uuid_v7(now).map_err(broken)?),
        token_hash: secret_hash(token.as_slice()),
        public_key: key.as_bytes().to_vec(),
        model: request.model,
    };
    let (token_hash, device_key) = (device.token_hash, Bytes(device.public_key.clone()));
    let write = move |db: &mut dyn store::Db| {
        let enrolled = store::enrol(db, code, &device, now)?;
        events::append(db, &enrolled.as_ref().map_or(Event::new(Kind::EnrolFailed), event), now)?;
        Ok(enrolled)
    };
    let Enrolled { id, model, officer, at, .. } = app.store().write(write).await?.ok_or_else(Refused::bad_code)?;
    if app.revoked_at(id).is_some() {
        return Err(Refused::bad_code());
    }
    let certificate = Certificate { device: id, device_key, token: token_hash, model, officer, at };
    let site = app.fresh_site().await?;
    let sealing = app.keys().current().ok_or_else(Refused::broken)?.public();
    Ok(Json(EnrolReply {
        device: id,
        token: Bytes(token.to_vec()),
        server_key: Bytes(app.keys().server.public().map_err(broken)?.as_bytes().to_vec()),
        sealing_key_id: sealing.id().to_owned(),
        sealing_key: Bytes(sealing.as_bytes().to_vec()),
        agency: site.agency.clone(),
        server_time: now,
        certificate: Some(app.keys().server.sign(Tag::Certificate, &certificate).map_err(broken)?),
    }))
}

fn event(enrolled: &Enrolled) -> Event {
    Event::new(Kind::Enrolled).on(enrolled.id.0).detail(if enrolled.again { "again" } else { "" })
}

fn broken(error: SealError) -> Refused {
    tracing::error!(%error, "enrolment failed");
    Refused::broken()
}
