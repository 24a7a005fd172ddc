//! The directory of services at the console: seen by case managers, who say how many places are free; kept by leads.

use super::ask::{Asked, Part};
use super::pages::{ServicePage, ServicePageProps, ServicesPage, ServicesPageProps};
use super::rota::not_theirs;
use super::shell::render;
use super::view::{self, FormView, said_of};
use super::viewer;
use crate::app::App;
use crate::auth::Signed;
use crate::pages;
use crate::rota::keeps;
use crate::services::{self, Done, MOST_PLACES, MOST_SERVICES, fault};
use crate::site::person::sentence;
use crate::store::services::{self as rows, Listed, Said};
use crate::store::{Staff, StoreError};
use crate::words::t;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use handoff::domain::casework::Service;
use handoff::domain::ids::Hash;
use serde::Deserialize;
use uuid::Uuid;

/// Which kind to show.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kinds {
    kind: Option<String>,
    /// The page looks by itself.
    #[serde(rename = "auto")]
    _auto: Option<u8>,
}

/// `GET /services`.
pub async fn services(State(app): State<App>, Signed(staff): Signed, Asked(kinds): Asked<Kinds>) -> Response {
    let kind = match kinds.kind.as_deref().map(Service::from_code) {
        Some(None) => return pages::not_found(),
        Some(kind) => kind,
        None => None,
    };
    let (site, all) = match looked(&app).await {
        Ok(all) => (app.site(), all),
        Err(error) => return pages::broken(&error),
    };
    let view = view::directory(&site, &staff, (&all, kind), app.now());
    Html(render(ServicesPage, ServicesPageProps { viewer: viewer(&staff), view, now: app.now() })).into_response()
}

async fn looked(app: &App) -> Result<Vec<Listed>, StoreError> {
    app.fresh_site().await?;
    app.store().read(rows::list).await
}

async fn found(app: &App, id: &str) -> Result<Listed, Box<Response>> {
    let Some(id) = read_id(id) else { return Err(Box::new(pages::not_found())) };
    let found = app.store().read(move |db| rows::one(db, id)).await.map_err(|error| Box::new(pages::broken(&error)))?;
    found.ok_or_else(|| Box::new(pages::not_found()))
}

/// An id as a page writes it, and in no other way.
fn read_id(text: &str) -> Option<Uuid> {
    text.parse().ok().filter(|id: &Uuid| id.to_string() == text)
}

/// What is shown of one service beside it.
#[derive(Debug, Default)]
struct Shown {
    typed: Option<FormView>,
    stale: bool,
    wrong_places: Option<String>,
}

fn page(app: &App, staff: &Staff, one: Option<&Listed>, shown: Shown) -> Response {
    let Shown { typed, stale, wrong_places } = shown;
    let wrong = wrong_places.is_some() || typed.as_ref().is_some_and(|form| form.fault.is_some());
    let status = match (stale, wrong) {
        (true, _) => StatusCode::CONFLICT,
        (false, true) => StatusCode::UNPROCESSABLE_ENTITY,
        (false, false) => StatusCode::OK,
    };
    let new = if one.is_none() { typed.clone() } else { None };
    let view = one.map(|one| view::service(&app.site(), staff, (one, typed), app.now()));
    let props = ServicePageProps { viewer: viewer(staff), view, new, stale, wrong_places, now: app.now() };
    (status, Html(render(ServicePage, props))).into_response()
}

/// `GET /services/{id}`.
pub async fn service(State(app): State<App>, Signed(staff): Signed, Part(id): Part) -> Response {
    match found(&app, &id).await {
        Ok(one) => page(&app, &staff, Some(&one), Shown::default()),
        Err(response) => *response,
    }
}

/// `GET /services/new`.
pub async fn new(State(app): State<App>, Signed(staff): Signed) -> Response {
    if !keeps(&staff) {
        return not_theirs(&app, &staff, "/services/new").await;
    }
    let typed = Some(FormView { active: true, ..FormView::default() });
    page(&app, &staff, None, Shown { typed, ..Shown::default() })
}

/// What is known of a service, as it was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceForm {
    #[serde(default)]
    seen: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    hours: String,
    #[serde(default)]
    capacity: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    active: Option<On>,
}

/// A box that is ticked.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum On {
    On,
}

impl ServiceForm {
    fn view(self) -> FormView {
        let Self { seen: _, kind, name, phone, place, hours, capacity, note, active } = self;
        let active = active.is_some();
        FormView { kind, name, phone, place, hours, capacity, note, active, fault: None }
    }
}

/// What a form says of a service; or the field that is wrong, and why.
fn read(typed: &FormView) -> Result<Said, (&'static str, String)> {
    let said = said_of(typed)?;
    fault(&said).map_or(Ok(said), |(field, why)| Err((field, sentence(&why))))
}

/// `POST /services`: adds one.
pub async fn add(
    State(app): State<App>,
    Signed(staff): Signed,
    form: Result<Form<ServiceForm>, FormRejection>,
) -> Response {
    if !keeps(&staff) {
        return not_theirs(&app, &staff, "/services").await;
    }
    let form = match form {
        Ok(Form(form)) if form.seen.is_empty() => form,
        Ok(_) => return pages::strange_form(),
        Err(why) => return pages::bad_form(&why),
    };
    let typed = form.view();
    let said = match read(&typed) {
        Ok(said) => said,
        Err(fault) => {
            let typed = Some(FormView { fault: Some(fault), ..typed });
            return page(&app, &staff, None, Shown { typed, ..Shown::default() });
        }
    };
    let done = services::add(&app, staff.id, said).await;
    after(&app, &staff, (None, Some(typed)), done)
}

/// `POST /services/{id}`: changes what is known of one, if it is as it was seen.
pub async fn change(
    State(app): State<App>,
    Signed(staff): Signed,
    Part(id): Part,
    form: Result<Form<ServiceForm>, FormRejection>,
) -> Response {
    if !keeps(&staff) {
        return not_theirs(&app, &staff, "/services/{id}").await;
    }
    let one = match found(&app, &id).await {
        Ok(one) => one,
        Err(response) => return *response,
    };
    let form = match form {
        Ok(Form(form)) => form,
        Err(why) => return pages::bad_form(&why),
    };
    let Ok(seen) = form.seen.parse::<Hash>() else { return pages::strange_form() };
    let typed = form.view();
    let said = match read(&typed) {
        Ok(said) => said,
        Err(fault) => {
            let typed = Some(FormView { fault: Some(fault), ..typed });
            return page(&app, &staff, Some(&one), Shown { typed, ..Shown::default() });
        }
    };
    let done = services::change(&app, staff.id, (one.id, seen), said).await;
    after(&app, &staff, (Some(&one), Some(typed)), done)
}

/// How many places are free, as it was typed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreeForm {
    seen: String,
    #[serde(default)]
    places: String,
}

/// `POST /services/{id}/free`: says how many places are free.
pub async fn say_free(
    State(app): State<App>,
    Signed(staff): Signed,
    Part(id): Part,
    form: Result<Form<FreeForm>, FormRejection>,
) -> Response {
    let one = match found(&app, &id).await {
        Ok(one) => one,
        Err(response) => return *response,
    };
    let form = match form {
        Ok(Form(form)) => form,
        Err(why) => return pages::bad_form(&why),
    };
    let Ok(seen) = form.seen.parse::<Hash>() else { return pages::strange_form() };
    let most = one.said.capacity.unwrap_or(MOST_PLACES);
    match form.places.trim().parse().ok().filter(|places| *places <= most) {
        Some(places) => {
            let done = services::say_free(&app, staff.id, (one.id, seen), places).await;
            after(&app, &staff, (Some(&one), None), done)
        }
        None => {
            let wrong_places = Some(t!("services-whole-number", most = most));
            page(&app, &staff, Some(&one), Shown { wrong_places, ..Shown::default() })
        }
    }
}

fn after(
    app: &App,
    staff: &Staff,
    (one, typed): (Option<&Listed>, Option<FormView>),
    done: Result<Done, StoreError>,
) -> Response {
    let wrong = |field, why: &str| {
        let typed = typed.clone().map(|typed| FormView { fault: Some((field, why.to_owned())), ..typed });
        page(app, staff, one, Shown { typed, ..Shown::default() })
    };
    match done {
        Ok(Done::Done(id)) => Redirect::to(&format!("/services/{id}")).into_response(),
        Ok(Done::Stale(Some(now))) => page(app, staff, Some(&now), Shown { typed, stale: true, wrong_places: None }),
        Ok(Done::Stale(None)) => pages::not_found(),
        Ok(Done::Taken) => wrong("name", t!("services-another-service-of-this-kind")),
        Ok(Done::Full) => wrong("name", &t!("services-full", n = MOST_SERVICES)),
        Err(error) => pages::broken(&error),
    }
}
