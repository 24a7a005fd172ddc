//! What a case manager asks for after acceptance: the caseload, a case, a note to write.

mod typed;

pub use typed::{NOTHING, Typed};

use super::ask::Part;
use super::pages::{CasePage, CasePageProps, CaseloadPage, CaseloadPageProps, NotePage, NotePageProps};
use super::referrals::{found, officer};
use super::shell::render;
use super::view::{self, CaseFacts, NoteFormView};
use super::viewer;
use crate::app::App;
use crate::auth::Signed;
use crate::casework::{self, Casework, NewNote, Written};
use crate::pages;
use crate::same_person;
use crate::site::Site;
use crate::store::{Staff, StoreError};
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use chrono::{DateTime, Utc};
use handoff::domain::casework::{NoteFault, NoteKind};
use handoff::domain::ids::{NoteId, ReferralId, StaffId};
use handoff::seal::random;

/// `GET /cases`.
pub async fn cases(State(app): State<App>, Signed(staff): Signed) -> Response {
    let found = match casework::caseload(&app, &staff).await {
        Ok(found) => found,
        Err(error) => return pages::broken(&error),
    };
    let (site, now) = (app.site(), app.now());
    let names = |id: StaffId| String::from(site.name(id));
    let facts: Vec<_> = found.iter().map(|work| facts(work, (&site, &names), now)).collect();
    let view = view::caseload(&facts);
    Html(render(CaseloadPage, CaseloadPageProps { viewer: viewer(&staff), view, now })).into_response()
}

/// `GET /cases/{id}`.
pub async fn case(State(app): State<App>, Signed(staff): Signed, Part(id): Part) -> Response {
    let work = match load(&app, &staff, (&id, None)).await {
        Ok(work) => work,
        Err(response) => return *response,
    };
    let alike = match same_person::alike(&app, &staff, &work).await {
        Ok(alike) => alike,
        Err(error) => return pages::broken(&error),
    };
    let (site, now) = (app.site(), app.now());
    let names = |id: StaffId| String::from(site.name(id));
    let facts = facts(&work, (&site, &names), now);
    let (view, person) = (view::case(&facts), view::one_person(&facts, &alike));
    Html(render(CasePage, CasePageProps { viewer: viewer(&staff), view, person, now })).into_response()
}

/// `GET /cases/{id}/{kind}`: the form for a note of this kind, and those written before.
pub async fn form(State(app): State<App>, Signed(staff): Signed, Part((id, kind)): Part<(String, String)>) -> Response {
    let (work, kind) = match load_kind(&app, &staff, (&id, &kind)).await {
        Ok(found) => found,
        Err(response) => return *response,
    };
    let newest = work.of_kind(kind).next().and_then(|filed| filed.note.as_ref());
    let typed = Typed::opening(kind, newest, work.days(app.now()));
    let desk = Desk { app: &app, staff: &staff, work: &work, kind };
    desk.page(Shown { typed, id: None, fault: None, stale: false }).unwrap_or_else(|error| pages::broken(&error))
}

/// `POST /cases/{id}/{kind}`.
pub async fn write(
    State(app): State<App>,
    Signed(staff): Signed,
    Part((id, kind)): Part<(String, String)>,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Response {
    let (work, kind) = match load_kind(&app, &staff, (&id, &kind)).await {
        Ok(found) => found,
        Err(response) => return *response,
    };
    let typed = match form {
        Ok(Form(pairs)) => Typed::from(pairs).squeezed(),
        Err(why) => return pages::bad_form(&why),
    };
    let (Some(id), Some(follows)) = (typed.id(), typed.follows()) else { return pages::strange_form() };
    let desk = Desk { app: &app, staff: &staff, work: &work, kind };
    let note = match typed.read(kind, work.days(app.now())) {
        Ok(note) => note,
        Err(fault) => {
            let shown = desk.page(Shown { typed, id: Some(id), fault: Some(fault), stale: false });
            return said(StatusCode::UNPROCESSABLE_ENTITY, shown);
        }
    };
    let new = NewNote { id, referral: work.case.case.referral, author: staff.id, follows, note };
    match casework::write(&app, new).await {
        Ok(Written::Filed | Written::Again) => {
            Redirect::to(&format!("/cases/{}", work.case.case.referral)).into_response()
        }
        Ok(Written::Stale) => overtaken(&app, &staff, (&work, kind), (typed, true)).await,
        Ok(Written::NotNow(_)) => overtaken(&app, &staff, (&work, kind), (typed, false)).await,
        Ok(Written::NoSuchCase) => pages::not_found(),
        Err(error) => pages::broken(&error),
    }
}

/// The case moved on while someone wrote: what it is now, and what they typed.
async fn overtaken(
    app: &App,
    staff: &Staff,
    (work, kind): (&Casework, NoteKind),
    (typed, stale): (Typed, bool),
) -> Response {
    let work = match load(app, staff, (&work.case.case.referral.to_string(), Some(kind))).await {
        Ok(work) => work,
        Err(response) => return *response,
    };
    let desk = Desk { app, staff, work: &work, kind };
    said(StatusCode::CONFLICT, desk.page(Shown { typed, id: None, fault: None, stale }))
}

fn said(status: StatusCode, page: Result<Response, StoreError>) -> Response {
    match page {
        Ok(page) => (status, page).into_response(),
        Err(error) => pages::broken(&error),
    }
}

/// Who writes what, of which case.
struct Desk<'a> {
    app: &'a App,
    staff: &'a Staff,
    work: &'a Casework,
    kind: NoteKind,
}

/// What stands in the form.
struct Shown {
    typed: Typed,
    /// The id of the note, if the form was sent before and nothing was done.
    id: Option<NoteId>,
    fault: Option<NoteFault>,
    stale: bool,
}

impl Desk<'_> {
    fn page(&self, Shown { typed, id, fault, stale }: Shown) -> Result<Response, StoreError> {
        let (site, now) = (self.app.site(), self.app.now());
        let fresh = || random::uuid_v7(now).map(NoteId).map_err(|_| StoreError::Random);
        let id = id.map_or_else(fresh, Ok)?;
        let follows = match &fault {
            // It was not looked at yet whether it is the newest.
            Some(_) => typed.follows().unwrap_or_default(),
            None => self.work.newest(self.kind),
        };
        let names = |id: StaffId| String::from(site.name(id));
        let view = view::note_form(&facts(self.work, (&site, &names), now), self.kind);
        let view = NoteFormView { id, follows, stale, ..view };
        let viewer = viewer(self.staff);
        Ok(Html(render(NotePage, NotePageProps { viewer, view, typed, fault, now })).into_response())
    }
}

pub(super) fn facts<'a>(
    work: &'a Casework,
    (site, names): (&Site, &'a dyn Fn(StaffId) -> String),
    now: DateTime<Utc>,
) -> CaseFacts<'a> {
    let officer = officer(site, &work.case);
    CaseFacts::new(work, &found(site, &work.case, &officer), (names, now))
}

async fn load_kind(app: &App, staff: &Staff, (id, kind): (&str, &str)) -> Result<(Casework, NoteKind), Box<Response>> {
    let Some(kind) = NoteKind::from_code(kind) else { return Err(Box::new(pages::not_found())) };
    Ok((load(app, staff, (id, Some(kind))).await?, kind))
}

/// The case, or the page that says why there is none.
async fn load(app: &App, staff: &Staff, (id, form): (&str, Option<NoteKind>)) -> Result<Casework, Box<Response>> {
    let Ok(id) = id.parse::<ReferralId>() else { return Err(Box::new(pages::not_found())) };
    let loaded = casework::case(app, staff, (id, form)).await.map_err(|error| Box::new(pages::broken(&error)))?;
    loaded.ok_or_else(|| Box::new(pages::not_found()))
}
