//! What a case manager asks for: the inbox, a referral, to accept it.

use super::ask::Part;
use super::form::{Accept, AcceptForm, FormError};
use super::ladder::ladder_views;
use super::pages::{InboxPage, InboxPageProps, ReferralPage, ReferralPageProps};
use super::shell::render;
use super::view::{self, Closed, Found, Happened, InboxView, Opened, ReferralView, StageView, Taken, Telling};
use super::{saw, viewer};
use crate::app::App;
use crate::auth::Signed;
use crate::cases::{self, Acceptance, CaseAct, NewAcceptance, OnLadder, OpenCase};
use crate::pages;
use crate::site::Site;
use crate::store::{Staff, StoreError};
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use handoff::domain::entry::{Body, Header};
use handoff::domain::ids::{ReferralId, StaffId};
use handoff::domain::wire::{Meet, StaffCard};

/// `GET /`: the page where someone of this role begins.
pub async fn home(Signed(staff): Signed) -> Redirect {
    Redirect::to(pages::home(staff.role))
}

/// `GET /inbox`.
pub async fn inbox(State(app): State<App>, Signed(staff): Signed, uri: Uri) -> Response {
    let (inbox, ladders) = match look(&app, &staff, &uri).await {
        Ok(found) => found,
        Err(error) => return pages::broken(&error),
    };
    let (site, now) = (app.site(), app.now());
    let all: Vec<_> = inbox.waiting.iter().chain(&inbox.taken).map(|case| (case, officer(&site, case))).collect();
    let list: Vec<_> =
        all.iter().map(|(case, officer)| (found(&site, case, officer), taken(&site, case, &[]))).collect();
    let viewer = viewer(&staff);
    let back: Vec<_> = inbox.withdrawn.iter().map(|case| (case, officer(&site, case))).collect();
    let back: Vec<_> =
        back.iter().filter_map(|(case, officer)| Some((found(&site, case, officer), case.case.withdrawn?))).collect();
    let view = view::inbox(&viewer, &list, now).restored(app.restored_at());
    let view = view.on_ladders(&mut ladder_views(&site, &ladders, now));
    let nobody_on_call = site.nobody_on_call(now);
    let alarm = view::alarm_of(&site, staff.id, now).filter(|_| !nobody_on_call);
    let view = InboxView { withdrawn: view::withdrawn(&back, now), nobody_on_call, alarm, ..view };
    Html(render(InboxPage, InboxPageProps { viewer, view, now })).into_response()
}

/// The inbox, and where each that waits stands. Whoever opens it has seen what waits.
async fn look(app: &App, staff: &Staff, uri: &Uri) -> Result<(cases::Inbox, Vec<OnLadder>), StoreError> {
    let inbox = cases::inbox(app, staff).await?;
    saw(app, staff, (uri, inbox.waiting.iter().map(|case| case.case.referral))).await?;
    Ok((inbox, cases::on_ladders(app).await?))
}

/// `GET /referrals/{id}`.
pub async fn referral(State(app): State<App>, Signed(staff): Signed, Part(id): Part, uri: Uri) -> Response {
    let view = match load(&app, &staff, &id).await {
        Ok(view) => view,
        Err(response) => return *response,
    };
    let waits = (view.stage == StageView::Waiting).then_some(view.referral);
    if let Err(error) = saw(&app, &staff, (&uri, waits.into_iter())).await {
        return pages::broken(&error);
    }
    page(&app, &staff, Shown { view, form: AcceptForm::default(), error: None })
}

/// `POST /referrals/{id}/accept`.
pub async fn accept(
    State(app): State<App>,
    Signed(staff): Signed,
    Part(id): Part,
    form: Result<Form<AcceptForm>, FormRejection>,
) -> Response {
    let view = match load(&app, &staff, &id).await {
        Ok(view) => view,
        Err(response) => return *response,
    };
    let form = match form {
        Ok(Form(form)) => form,
        Err(why) => return pages::bad_form(&why),
    };
    let zone = view.zone;
    let Accept { at, place, note } = match form.read(app.now(), zone) {
        Ok(accept) => accept,
        Err(error) => {
            let shown = page(&app, &staff, Shown { view, form, error: Some(error) });
            return (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response();
        }
    };
    let new = NewAcceptance { referral: view.referral, staff: staff.id, meet: Meet { at, place }, note };
    settle(&app, &staff, view, new).await
}

/// Takes the referral, or tells the one who was slower who has it.
async fn settle(app: &App, staff: &Staff, view: ReferralView, new: NewAcceptance) -> Response {
    let back = format!("/referrals/{}", view.referral);
    match cases::accept(app, new).await {
        Ok(Acceptance::Accepted) => Redirect::to(&back).into_response(),
        Ok(Acceptance::AlreadyTaken(taken)) if taken.by == staff.id => Redirect::to(&back).into_response(),
        Ok(Acceptance::AlreadyTaken(_)) => lost(app, staff, &view.referral.to_string()).await,
        Ok(Acceptance::Withdrawn) => lost(app, staff, &view.referral.to_string()).await,
        Ok(Acceptance::NoSuchCase) => pages::not_found(),
        Err(error) => pages::broken(&error),
    }
}

async fn lost(app: &App, staff: &Staff, id: &str) -> Response {
    let view = match load(app, staff, id).await {
        Ok(view) => view,
        Err(response) => return *response,
    };
    let stage = match view.stage {
        StageView::Theirs(who) => StageView::Lost(who),
        kept @ (StageView::Waiting | StageView::Mine(_) | StageView::Withdrawn(_) | StageView::Lost(_)) => kept,
    };
    let shown = Shown { view: ReferralView { stage, ..view }, form: AcceptForm::default(), error: None };
    (StatusCode::CONFLICT, page(app, staff, shown)).into_response()
}

struct Shown {
    view: ReferralView,
    form: AcceptForm,
    error: Option<FormError>,
}

fn page(app: &App, staff: &Staff, Shown { view, form, error }: Shown) -> Response {
    let props = ReferralPageProps { viewer: viewer(staff), view, form, error, now: app.now() };
    Html(render(ReferralPage, props)).into_response()
}

/// The page with what is wrong in one of its forms.
pub(super) fn page_with(app: &App, staff: &Staff, view: ReferralView, error: FormError) -> Response {
    page(app, staff, Shown { view, form: AcceptForm::default(), error: Some(error) })
}

/// The view of a referral, or the page that says why there is none.
pub(super) async fn load(app: &App, staff: &Staff, id: &str) -> Result<ReferralView, Box<Response>> {
    let Ok(id) = id.parse::<ReferralId>() else { return Err(Box::new(pages::not_found())) };
    let loaded = cases::referral(app, staff, id).await.map_err(|error| Box::new(pages::broken(&error)))?;
    let Some(referral) = loaded else { return Err(Box::new(pages::not_found())) };
    let (site, case) = (app.site(), &referral.case);
    let officer = officer(&site, case);
    let taken = taken(&site, case, &referral.acts);
    let told = view::referral(&viewer(staff), &found(&site, case, &officer), taken.as_ref(), app.now());
    let names = names(&site, &referral.afterwards);
    let came = came(&referral.afterwards, &names);
    let decision = case.decision.as_deref();
    let labels = decision.map(|decision| site.labels(decision)).unwrap_or_default();
    let telling = Telling { decision, labels, now: app.now() };
    let view = told.with(&came, case.case.withdrawn, telling);
    let happened = Happened { deliveries: &referral.deliveries, sights: &referral.sights, acts: &referral.acts };
    let name = |staff| String::from(site.name(staff));
    let view = view.on_ladder((&viewer(staff), happened), name, telling);
    let ladder = referral.on_ladder().map(|on| view::ladder(&on, name, app.now()));
    Ok(ReferralView { ladder, ..view })
}

/// A case with what can be read of it. None is left out: someone waits.
pub(super) fn found<'a>(site: &'a Site, case: &'a OpenCase, officer: &'a StaffCard) -> Found<'a> {
    let (header, received) = (case.header.as_ref(), case.case.opened);
    match (header, case.decision.as_deref()) {
        (Some(header), Some(decision)) => {
            let labels = site.labels(decision);
            Found::Opened(Opened { header, decision, officer, received, labels })
        }
        (Some(_) | None, _) => {
            let since = header.map_or(received, Header::written);
            Found::Closed(Closed { referral: case.case.referral, officer, since, received })
        }
    }
}

/// The names of those whom each entry names; empty where it names nobody.
pub(super) fn names(site: &Site, afterwards: &[cases::Came]) -> Vec<String> {
    let to = |came: &cases::Came| match &came.body {
        Some(Body::HandOff(hand_off)) => hand_off.to,
        Some(Body::Decision(_) | Body::Amendment(_) | Body::Withdrawal(_)) | None => None,
    };
    afterwards.iter().map(|came| to(came).map_or_else(String::new, |id| String::from(site.name(id)))).collect()
}

/// What came after a decision, for a page.
pub(super) fn came<'a>(afterwards: &'a [cases::Came], names: &'a [String]) -> Vec<view::Came<'a>> {
    let pairs = afterwards.iter().zip(names);
    pairs.map(|(came, to)| view::Came { row: &came.row, body: came.body.as_ref(), to }).collect()
}

/// The officer of a case.
pub(super) fn officer(site: &Site, case: &OpenCase) -> StaffCard {
    card(site, case.case.officer)
}

/// Someone's card; of someone who is no longer known, what can be said.
pub(super) fn card(site: &Site, id: StaffId) -> StaffCard {
    let unknown = || StaffCard {
        id,
        role: handoff::domain::wire::Role::Officer,
        name: String::from("Someone unknown"),
        serial: String::new(),
        phone: handoff::domain::private::Private::default(),
    };
    site.person(id).map_or_else(unknown, Staff::card)
}

fn taken(site: &Site, case: &OpenCase, acts: &[CaseAct]) -> Option<Taken> {
    let taken = case.case.taken?;
    let note = acts.iter().rev().find(|act| act.staff == taken.by).map(|act| act.note.clone()).unwrap_or_default();
    let name = String::from(site.name(taken.by));
    Some(Taken { by: taken.by, name, at: taken.at, meet: case.case.meet, note })
}
