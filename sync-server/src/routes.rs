//! Every route of the server, with who may call it.
//!
//! To add a page, add a row to a part of [`table`]: `Route::get(path, who, handler)` or `Route::post(…)`, and the row's
//! expected answers to the table of `tests/it/routes.rs`, which fails for a route without one. The gate in
//! front of each handler works from the row, so a handler cannot forget to ask who is calling:
//! - a handler for staff takes [`crate::auth::Signed`], one for devices [`crate::auth::Calling`];
//! - a form (`POST` of a [`Who::Visitor`] or [`Who::Staff`]) is taken only from our own pages;
//! - someone signed in with another role gets 403, and it is in the events.

mod frame;
mod gate;

use crate::api;
use crate::app::App;
use crate::console::{
    asset, casework, devices, import, ladder, live, log as decisions, me, referrals, released, releases, rota,
    services, today,
};
use crate::serve;
use crate::signin;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};
use handoff::domain::wire::{MOST_BODY_BYTES, Role};
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

pub use frame::CSP;

/// Longer than the longest poll of the feed.
const TIMEOUT: Duration = Duration::from_secs(35);

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// A program, known or not: no cookie is read.
    Anyone,
    /// A browser, signed in or not; its forms must come from our own pages.
    Visitor,
    /// An enrolled device that is not revoked.
    Device,
    /// An enrolled device, revoked or not: what it sealed is always taken.
    DeviceEvenRevoked,
    /// Someone signed in with one of these roles; their forms must come from our own pages.
    Staff(&'static [Role]),
}

const CONSOLE: Who = Who::Staff(&[Role::CaseManager, Role::Sergeant]);
/// Whoever may come in at all.
const EVERYONE: Who = Who::Staff(&[Role::CaseManager, Role::Sergeant, Role::Prosecutor]);
/// Police and prosecutors: they see how far a referral is, and what was released to them.
const OUTSIDE: Who = Who::Staff(&[Role::Sergeant, Role::Prosecutor]);
const CASE_MANAGERS: Who = Who::Staff(&[Role::CaseManager]);
const SERGEANTS: Who = Who::Staff(&[Role::Sergeant]);

/// One row of the table.
#[derive(Clone)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, with `{name}` for a part that varies.
    pub path: &'static str,
    /// Who may call it.
    pub who: Who,
    handler: MethodRouter<App>,
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {:?}", self.method, self.path, self.who)
    }
}

impl Route {
    /// A route that shows something.
    pub fn get<H: Handler<T, App>, T: 'static>(path: &'static str, who: Who, handler: H) -> Self {
        Self { method: Method::GET, path, who, handler: get(handler) }
    }

    /// A route that does something.
    pub fn post<H: Handler<T, App>, T: 'static>(path: &'static str, who: Who, handler: H) -> Self {
        Self { method: Method::POST, path, who, handler: post(handler) }
    }
}

/// The table.
pub fn table() -> Vec<Route> {
    let parts = [programs_and_browsers(), people(), case_managers(), outside_and_sergeants()];
    parts.into_iter().flatten().collect()
}

fn programs_and_browsers() -> Vec<Route> {
    vec![
        // Programs.
        Route::get("/healthz", Who::Anyone, api::healthz),
        Route::post("/v1/enrol", Who::Anyone, api::enrol::enrol),
        // Phones.
        Route::post("/v1/entries", Who::DeviceEvenRevoked, api::entries::entries),
        Route::get("/v1/feed", Who::Device, api::feed::feed),
        // Browsers.
        Route::get("/in/{token}", Who::Visitor, signin::ask),
        Route::post("/in/{token}", Who::Visitor, signin::enter),
        Route::post("/out", Who::Visitor, signin::leave),
        Route::get("/static/{file}", Who::Anyone, asset::file),
        Route::get("/worker.js", Who::Anyone, asset::worker),
    ]
}

fn people() -> Vec<Route> {
    vec![
        Route::get("/", EVERYONE, referrals::home),
        Route::get("/events", EVERYONE, live::events),
        Route::get("/alert", EVERYONE, ladder::alert),
        Route::get("/me", CONSOLE, me::me),
        Route::post("/me/channels", CONSOLE, me::channels),
        Route::post("/me/language", CONSOLE, me::language),
        Route::post("/me/browsers", CONSOLE, me::add_browser),
        Route::post("/me/browsers/{id}/remove", CONSOLE, me::remove_browser),
        Route::get("/rota", CONSOLE, rota::rota),
    ]
}

fn case_managers() -> Vec<Route> {
    vec![
        Route::get("/today", CASE_MANAGERS, today::today),
        Route::get("/inbox", CASE_MANAGERS, referrals::inbox),
        Route::get("/referrals/{id}", CASE_MANAGERS, referrals::referral),
        Route::post("/referrals/{id}/accept", CASE_MANAGERS, referrals::accept),
        Route::post("/referrals/{id}/decline", CASE_MANAGERS, ladder::decline),
        Route::get("/cases", CASE_MANAGERS, casework::cases),
        Route::get("/cases/{id}", CASE_MANAGERS, casework::case),
        Route::get("/cases/{id}/releases", CASE_MANAGERS, releases::page),
        Route::post("/cases/{id}/releases", CASE_MANAGERS, releases::give),
        Route::get("/cases/{id}/releases/{release}", CASE_MANAGERS, releases::hand_on),
        Route::post("/cases/{id}/releases/{release}/withdraw", CASE_MANAGERS, releases::withdraw),
        Route::post("/cases/{id}/person", CASE_MANAGERS, releases::person),
        Route::get("/cases/{id}/{kind}", CASE_MANAGERS, casework::form),
        Route::post("/cases/{id}/{kind}", CASE_MANAGERS, casework::write),
        Route::post("/rota/turns", CASE_MANAGERS, rota::add),
        Route::get("/rota/turns/{n}", CASE_MANAGERS, rota::turn),
        Route::post("/rota/turns/{n}", CASE_MANAGERS, rota::act),
        Route::get("/services", CASE_MANAGERS, services::services),
        Route::post("/services", CASE_MANAGERS, services::add),
        Route::get("/services/new", CASE_MANAGERS, services::new),
        Route::get("/services/{id}", CASE_MANAGERS, services::service),
        Route::post("/services/{id}", CASE_MANAGERS, services::change),
        Route::post("/services/{id}/free", CASE_MANAGERS, services::say_free),
        Route::get("/import/{list}", CASE_MANAGERS, import::ask),
        Route::post("/import/{list}", CASE_MANAGERS, import::send),
    ]
}

fn outside_and_sergeants() -> Vec<Route> {
    vec![
        // Police and prosecutors.
        Route::get("/released", OUTSIDE, released::list),
        Route::get("/released/{id}", OUTSIDE, released::one),
        Route::get("/released/{id}/file", OUTSIDE, released::save),
        // Sergeants.
        Route::get("/log", SERGEANTS, decisions::log),
        Route::get("/log/checkpoint", SERGEANTS, devices::checkpoint),
        Route::post("/log/export", SERGEANTS, devices::export),
        Route::get("/log/{position}", SERGEANTS, decisions::decision),
        Route::get("/log/{position}/proof", SERGEANTS, devices::proof),
        Route::post("/log/{position}/confirm", SERGEANTS, decisions::confirm),
        Route::get("/devices", SERGEANTS, devices::devices),
        Route::get("/waiting", SERGEANTS, ladder::waiting),
    ]
}

/// The table as a service, with everything that holds for every answer: limits, times, ids, headers.
pub fn router(app: App) -> Router {
    let mut router = Router::new();
    for route in table() {
        let gate = gate::Gate { app: app.clone(), who: route.who, path: route.path };
        router = router.route(route.path, route.handler.layer(from_fn_with_state(gate, gate::pass)));
    }
    let in_time = from_fn_with_state(app.config().request_within, serve::in_time);
    let router = router.fallback(signin::not_found).method_not_allowed_fallback(signin::wrong_method);
    framed(router.layer(in_time)).with_state(app)
}

/// Puts any router into the same frame: for the comparison of `make bench`, which wants the same endpoint.
pub fn framed<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router
        .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
        .layer(CatchPanicLayer::custom(frame::broke_down))
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::SERVICE_UNAVAILABLE, TIMEOUT))
        .layer(from_fn(frame::frame))
}
