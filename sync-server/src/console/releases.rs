//! What a case manager asks for about releases, and about who is one person.

use super::ask::Part;
use super::casework::{Typed, facts};
use super::pages::{ReleasesPage, ReleasesPageProps};
use super::released::file;
use super::shell::render;
use super::view::CaseFacts;
use super::view::release::{ReleasesView, release};
use super::viewer;
use crate::app::App;
use crate::auth::Signed;
use crate::casework::Casework;
use crate::pages;
use crate::release::{self as releases, Filing, NewRelease, Withdrawal};
use crate::same_person::{self, Saying};
use crate::store::{Staff, StoreError};
use crate::words::t;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use handoff::domain::casework::{NoteFault, Standing};
use handoff::domain::ids::{ReferralId, ReleaseId, StaffId};
use handoff::domain::release::{Ending, Given};
use handoff::domain::same_person::{Pair, Word};
use handoff::seal::random;
use serde::Deserialize;

/// `GET /cases/{id}/releases`.
pub async fn page(State(app): State<App>, Signed(staff): Signed, Part(id): Part) -> Response {
    let found = match load(&app, &staff, &id).await {
        Ok(found) => found,
        Err(response) => return *response,
    };
    let typed = Typed::opening_release(found.0.days(app.now()).today);
    let shown = Shown { typed, id: None, fault: None, stale: false };
    draw(&app, &staff, (&found, shown)).unwrap_or_else(|error| pages::broken(&error))
}

/// `POST /cases/{id}/releases`.
pub async fn give(
    State(app): State<App>,
    Signed(staff): Signed,
    Part(id): Part,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Response {
    let found = match load(&app, &staff, &id).await {
        Ok(found) => found,
        Err(response) => return *response,
    };
    let typed = match form {
        Ok(Form(pairs)) => Typed::from(pairs),
        Err(why) => return pages::bad_form(&why),
    };
    let (Some(release_id), Some(follows)) = (typed.release_id(), typed.follows()) else { return pages::strange_form() };
    let referral = found.0.case.case.referral;
    let release = match typed.release(found.0.days(app.now()).today) {
        Ok(release) => release,
        Err(fault) => {
            let shown = Shown { typed, id: Some(release_id), fault: Some(fault), stale: false };
            return said(StatusCode::UNPROCESSABLE_ENTITY, draw(&app, &staff, (&found, shown)));
        }
    };
    let new = NewRelease { id: release_id, referral, author: staff.id, follows, release };
    match releases::give(&app, new).await {
        Ok(Filing::Filed | Filing::Again) => Redirect::to(&back(referral)).into_response(),
        Ok(filing @ (Filing::Stale | Filing::NotNow)) => {
            let found = match load(&app, &staff, &id).await {
                Ok(found) => found,
                Err(response) => return *response,
            };
            let shown = Shown { typed, id: None, fault: None, stale: filing == Filing::Stale };
            said(StatusCode::CONFLICT, draw(&app, &staff, (&found, shown)))
        }
        Ok(Filing::NoSuchCase) => pages::not_found(),
        Err(error) => pages::broken(&error),
    }
}

/// How a release was withdrawn.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawForm {
    /// Code of an [`Ending`].
    #[serde(default)]
    manner: String,
}

/// `POST /cases/{id}/releases/{release}/withdraw`. The first word stands; another one changes nothing.
pub async fn withdraw(
    State(app): State<App>,
    Signed(staff): Signed,
    Part((id, release)): Part<(String, String)>,
    form: Result<Form<WithdrawForm>, FormRejection>,
) -> Response {
    let (Ok(id), Ok(release)) = (id.parse::<ReferralId>(), release.parse::<ReleaseId>()) else {
        return pages::not_found();
    };
    let form = match form {
        Ok(Form(form)) => form,
        Err(why) => return pages::bad_form(&why),
    };
    let Some(manner) = Ending::from_code(&form.manner) else { return pages::strange_form() };
    match releases::withdraw(&app, &staff, (id, release), manner).await {
        Ok(Withdrawal::Withdrawn | Withdrawal::Before) => Redirect::to(&back(id)).into_response(),
        Ok(Withdrawal::NoSuchRelease) => pages::not_found(),
        Err(error) => pages::broken(&error),
    }
}

/// `GET /cases/{id}/releases/{release}`: what it lets out, as a file to hand on.
pub async fn hand_on(
    State(app): State<App>,
    Signed(staff): Signed,
    Part((id, release)): Part<(String, String)>,
) -> Response {
    let (Ok(id), Ok(release)) = (id.parse::<ReferralId>(), release.parse::<ReleaseId>()) else {
        return pages::not_found();
    };
    match releases::handed_on(&app, &staff, (id, release)).await {
        Ok(Some(outside)) => file(&app, &outside),
        // Nothing of the person is told of one that is over, but that it was there.
        Ok(None) => match releases::was_given(&app, (id, release)).await {
            Ok(true) => pages::release_over(),
            Ok(false) => pages::not_found(),
            Err(error) => pages::broken(&error),
        },
        Err(error) => pages::broken(&error),
    }
}

/// A word on two referrals.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonForm {
    /// The other referral.
    #[serde(default)]
    other: String,
    /// Code of a [`Word`].
    #[serde(default)]
    word: String,
}

/// `POST /cases/{id}/person`: whether another referral is of the same person.
pub async fn person(
    State(app): State<App>,
    Signed(staff): Signed,
    Part(id): Part,
    form: Result<Form<PersonForm>, FormRejection>,
) -> Response {
    let Ok(id) = id.parse::<ReferralId>() else { return pages::not_found() };
    let form = match form {
        Ok(Form(form)) => form,
        Err(why) => return pages::bad_form(&why),
    };
    let pair = form.other.parse().ok().and_then(|other| Pair::of(id, other));
    let (Some(pair), Some(word)) = (pair, Word::from_code(&form.word)) else { return pages::strange_form() };
    match same_person::say(&app, &staff, (pair, word)).await {
        Ok(Saying::Said | Saying::StoodBefore) => Redirect::to(&format!("/cases/{id}#person-words")).into_response(),
        Ok(Saying::NoSuchCase) => pages::not_found(),
        Err(error) => pages::broken(&error),
    }
}

fn back(referral: ReferralId) -> String {
    format!("/cases/{referral}/releases")
}

fn said(status: StatusCode, page: Result<Response, StoreError>) -> Response {
    match page {
        Ok(page) => (status, page).into_response(),
        Err(error) => pages::broken(&error),
    }
}

/// What stands in the form.
struct Shown {
    typed: Typed,
    /// The id of the release, if the form was sent before and nothing was done.
    id: Option<ReleaseId>,
    fault: Option<NoteFault>,
    stale: bool,
}

type Found = (Casework, Vec<Given>);

fn draw(app: &App, staff: &Staff, ((work, given), shown): (&Found, Shown)) -> Result<Response, StoreError> {
    let (site, now) = (app.site(), app.now());
    let fresh = || random::uuid_v7(now).map(ReleaseId).map_err(|_| StoreError::Random);
    let names = |id: StaffId| String::from(site.name(id));
    let facts: CaseFacts<'_> = facts(work, (&site, &names), now);
    let newest = given.last().map_or(0, |given| given.number);
    let when = (work.zone(), work.days(now).today, now);
    let view = ReleasesView {
        referral: work.case.case.referral,
        name: facts.person().name.clone(),
        consent: facts.person().consent.clone(),
        releases: given.iter().rev().map(|given| release(given, when, names)).collect(),
        closed: match work.standing() {
            Standing::Untaken => Some(t!("case-nobody-has-this-referral-yet")),
            Standing::Withdrawn => Some(t!("releases-the-officer-took-this-referral")),
            Standing::Accepted | Standing::Met | Standing::Away { .. } => None,
        },
        id: shown.id.map_or_else(fresh, Ok)?,
        follows: if shown.fault.is_some() { shown.typed.follows().unwrap_or_default() } else { newest },
        stale: shown.stale,
    };
    let props = ReleasesPageProps { viewer: viewer(staff), view, typed: shown.typed, fault: shown.fault, now };
    Ok(Html(render(ReleasesPage, props)).into_response())
}

async fn load(app: &App, staff: &Staff, id: &str) -> Result<Found, Box<Response>> {
    let Ok(id) = id.parse::<ReferralId>() else { return Err(Box::new(pages::not_found())) };
    let loaded = releases::of_case(app, staff, id).await.map_err(|error| Box::new(pages::broken(&error)))?;
    loaded.ok_or_else(|| Box::new(pages::not_found()))
}
