//! The gate in front of every handler: it works from the route's row.

use super::Who;
use crate::api::Refused;
use crate::app::App;
use crate::auth::{self, Calling, Signed};
use crate::device::KnownDevice;
use crate::keys::secret_hash;
use crate::pages;
use crate::store::events::{Event, Kind};
use crate::store::{self, Standing, StoreError};
use crate::words::Language;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use handoff::domain::wire::Role;
use handoff::lab::{Bug, planted};
use std::sync::Arc;

/// What the gate needs to know of its route.
#[derive(Clone)]
pub(super) struct Gate {
    pub(super) app: App,
    pub(super) who: Who,
    pub(super) path: &'static str,
}

/// Lets the request pass to its handler, or answers it.
pub(super) async fn pass(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let let_in = match gate.who {
        Who::Anyone => Ok(()),
        Who::Visitor => own_form(&request),
        Who::Device | Who::DeviceEvenRevoked => gate.device(&mut request).await,
        Who::Staff(roles) => match own_form(&request) {
            Ok(()) => gate.staff(&mut request, roles).await,
            Err(response) => Err(response),
        },
    };
    match let_in {
        Ok(()) => match request.extensions().get::<Signed>().and_then(|Signed(staff)| staff.language) {
            Some(own) => own.during(next.run(request)).await,
            None => next.run(request).await,
        },
        Err(response) => *response,
    }
}

type LetIn = Result<(), Box<Response>>;

impl Gate {
    async fn device(&self, request: &mut Request) -> LetIn {
        let device = self.who_calls(request.headers()).await?;
        if self.who == Who::Device {
            let id = device.id;
            let standing = self.app.device_standing(id).await.map_err(busy_device)?;
            if let Some(refused) = self.app.refusal(id, standing) {
                if let Standing::Revoked(_) = standing {
                    self.forbidden(Event::new(Kind::Forbidden).by_device(id)).await;
                }
                return Err(Box::new(refused.into_response()));
            }
        }
        request.extensions_mut().insert(Calling(device));
        Ok(())
    }

    /// The device whose token this is: known, or taken in again by its certificate.
    async fn who_calls(&self, headers: &HeaderMap) -> Result<Arc<KnownDevice>, Box<Response>> {
        let token = auth::bearer(headers).unwrap_or_default();
        let mut found = self.app.device(&token).await.map_err(busy_device)?;
        if found.is_none()
            && let Some(certificate) = auth::certificate(headers)
            && self.app.readmit(&token, &certificate).await.map_err(busy_device)?
        {
            found = self.app.device(&token).await.map_err(busy_device)?;
        }
        found.ok_or_else(|| Box::new(Refused::unauthorized().into_response()))
    }

    async fn staff(&self, request: &mut Request, roles: &[Role]) -> LetIn {
        let Some(token) = auth::session_token(request.headers()) else { return Err(Box::new(pages::signed_out())) };
        let (hash, now) = (secret_hash(token.as_bytes()), self.app.now());
        let found = self.app.store().read(move |db| store::session_staff(db, hash, now)).await.map_err(busy_page)?;
        let Some((staff, touch)) = found else { return Err(Box::new(pages::signed_out())) };
        if touch && !auth::by_itself(request.uri()) {
            // Nobody waits for it: a lost touch only ends an idle session earlier.
            drop(self.app.store().submit(move |db| store::touch_session(db, hash, now)));
        }
        if !roles.contains(&staff.role) && !planted(Bug::RoleCheckSkipped) {
            self.forbidden(Event::new(Kind::Forbidden).by(staff.id)).await;
            let language = staff.language.unwrap_or_else(Language::now);
            return Err(Box::new(language.within(|| pages::forbidden(&staff))));
        }
        request.extensions_mut().insert(Signed(Arc::new(staff)));
        Ok(())
    }

    async fn forbidden(&self, event: Event) {
        if let Err(error) = self.app.note(event.detail(self.path)).await {
            tracing::error!(%error, path = self.path, "a refusal could not be written to the events");
        }
    }
}

fn own_form(request: &Request) -> LetIn {
    let reads = [Method::GET, Method::HEAD].contains(request.method());
    if reads || auth::from_own_page(request.headers()) { Ok(()) } else { Err(Box::new(pages::foreign_form())) }
}

fn busy_device(error: StoreError) -> Box<Response> {
    Box::new(Refused::busy(&error).into_response())
}

fn busy_page(error: StoreError) -> Box<Response> {
    Box::new(pages::broken(&error))
}
