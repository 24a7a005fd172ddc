//! `POST /v1/enrol`: a one-time code lets a phone in.

use super::{Body, Refused};
use crate::app::App;
use crate::auth::plain_code;
use crate::keys::secret_hash;
use crate::store::events::{self, Event, Kind};
use crate::store::{self, NewDevice};
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
    let now = app.now();
    let token = random::bytes::<32>().map_err(broken)?;
    let device = NewDevice {
        id: DeviceId(random::uuid_v7(now).map_err(broken)?),
        token_hash: secret_hash(&token),
        public_key: key.as_bytes().to_vec(),
        model: request.model,
    };
    let mut certificate = Certificate {
        device: device.id,
        device_key: Bytes(device.public_key.clone()),
        token: device.token_hash,
        model: device.model.clone(),
        officer: None,
        at: now,
    };
    let code = secret_hash(plain_code(&request.code).as_bytes());
    let write = move |db: &mut dyn store::Db| {
        let enrolled = store::enrol(db, code, &device, now)?;
        let done = Event::new(Kind::Enrolled).on(device.id.0);
        events::append(db, &enrolled.map_or(Event::new(Kind::EnrolFailed), |_| done), now)?;
        Ok(enrolled)
    };
    certificate.officer = app.store().write(write).await?.ok_or_else(Refused::bad_code)?;
    let site = app.fresh_site().await?;
    let sealing = app.keys().current().ok_or_else(Refused::broken)?.public();
    Ok(Json(EnrolReply {
        device: certificate.device,
        token: Bytes(token.to_vec()),
        server_key: Bytes(app.keys().server.public().map_err(broken)?.as_bytes().to_vec()),
        sealing_key_id: sealing.id().to_owned(),
        sealing_key: Bytes(sealing.as_bytes().to_vec()),
        agency: site.agency.clone(),
        server_time: now,
        certificate: Some(app.keys().server.sign(Tag::Certificate, &certificate).map_err(broken)?),
    }))
}

fn broken(error: SealError) -> Refused {
    tracing::error!(%error, "enrolment failed");
    Refused::broken()
}
