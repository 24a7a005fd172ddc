//! What the ladder shows and asks: the alert on an open page, passing a referral on, what a sergeant sees of those
//! that nobody takes.

use super::ask::Part;
use super::form::DeclineForm;
use super::pages::{AlertFragment, AlertFragmentProps, WaitingPage, WaitingPageProps};
use super::referrals::{card, load, page_with};
use super::shell::{fragment, render};
use super::view::{self, LadderView};
use super::viewer;
use crate::app::App;
use crate::auth::Signed;
use crate::cases::{self, Declining, NewDecline, OnLadder};
use crate::pages;
use crate::site::Site;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use chrono::{DateTime, Utc};
use handoff::domain::ids::ReferralId;
use handoff::domain::wire::Role;
use std::collections::BTreeMap;

/// `GET /alert`: what an open page shows when its person is to be told. Counts alone.
pub async fn alert(State(app): State<App>, Signed(staff): Signed) -> Response {
    let put = match cases::put_to(&app, staff.id).await {
        Ok(put) => put,
        Err(error) => return pages::broken(&error),
    };
    let href = match (staff.role, put.as_slice()) {
        (Role::Sergeant, _) => String::from("/waiting"),
        (_, [(referral, _)]) => format!("/referrals/{referral}"),
        (_, _) => String::from("/inbox"),
    };
    let (since, now) = (put.first().map(|(_, since)| *since), app.now());
    let site = app.site();
    let alarm = view::alarm_of(&site, staff.id, now);
    let offers = match crate::rota::offered_to(&app, &staff).await {
        Ok(offers) => offers,
        Err(error) => return pages::broken(&error),
    };
    let props = AlertFragmentProps { waiting: put.len(), since, href, alarm, offers, now };
    Html(fragment(AlertFragment, props)).into_response()
}

/// `POST /referrals/{id}/decline`: the next one hears of it at once.
pub async fn decline(
    State(app): State<App>,
    Signed(staff): Signed,
    Part(id): Part,
    form: Result<Form<DeclineForm>, FormRejection>,
) -> Response {
    let view = match load(&app, &staff, &id).await {
        Ok(view) => view,
        Err(response) => return *response,
    };
    let form = match form {
        Ok(Form(form)) => form,
        Err(why) => return pages::bad_form(&why),
    };
    let why = match form.read() {
        Ok(why) => why,
        Err(error) => {
            return (StatusCode::UNPROCESSABLE_ENTITY, page_with(&app, &staff, view, error)).into_response();
        }
    };
    let back = format!("/referrals/{}", view.referral);
    match cases::decline(&app, NewDecline { referral: view.referral, staff: staff.id, why }).await {
        // Its page says who has it now.
        Ok(Declining::PassedOn | Declining::WaitsNoMore) => Redirect::to(&back).into_response(),
        Err(error) => pages::broken(&error),
    }
}

/// `GET /waiting`: escalated referrals, status only.
pub async fn waiting(State(app): State<App>, Signed(staff): Signed, uri: axum::http::Uri) -> Response {
    let found = match cases::on_ladders(&app).await {
        Ok(found) => found,
        Err(error) => return pages::broken(&error),
    };
    let (site, now) = (app.site(), app.now());
    let escalated: Vec<_> = found.iter().filter(|on| on.is_escalated()).collect();
    if let Err(error) = super::saw(&app, &staff, (&uri, escalated.iter().map(|on| on.place.waiting.referral))).await {
        return pages::broken(&error);
    }
    let row = |on: &&OnLadder| {
        let officer = card(&site, on.place.waiting.officer);
        view::waiting_row(on, &officer, ladder_view(&site, on, now))
    };
    let rows = escalated.iter().map(row).collect();
    let nobody_on_call = site.nobody_on_call(now);
    Html(render(WaitingPage, WaitingPageProps { viewer: viewer(&staff), rows, nobody_on_call, now })).into_response()
}

/// The place of every waiting referral, in words.
pub(super) fn ladder_views(site: &Site, found: &[OnLadder], now: DateTime<Utc>) -> BTreeMap<ReferralId, LadderView> {
    found.iter().map(|on| (on.place.waiting.referral, ladder_view(site, on, now))).collect()
}

fn ladder_view(site: &Site, on: &OnLadder, now: DateTime<Utc>) -> LadderView {
    view::ladder(on, |staff| String::from(site.name(staff)), now)
}
