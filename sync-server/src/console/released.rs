//! What someone outside the program asks for: how far referrals are, and what was released.

use super::ask::{Asked, Part};
use super::pages::{OutsidePage, OutsidePageProps, ReleasedPage, ReleasedPageProps};
use super::shell::render;
use super::view::release::{self as view, OutsideView};
use super::viewer;
use crate::app::App;
use crate::auth::Signed;
use crate::pages;
use crate::release::{self as releases, Outside};
use crate::store::Staff;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{Html, IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use handoff::domain::ids::{ReferralId, StaffId};
use serde::Deserialize;

/// What to show of the list.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Only referrals before this position of the log.
    #[serde(default)]
    before: Option<u64>,
    /// The page looks again by itself: see [`crate::auth::BY_ITSELF`].
    #[serde(default)]
    auto: Option<u8>,
}

/// `GET /released`.
pub async fn list(State(app): State<App>, Signed(staff): Signed, Asked(ask): Asked<Ask>) -> Response {
    if !matches!(ask.auto, None | Some(1)) {
        return pages::not_found();
    }
    let (found, next) = match releases::list(&app, &staff, ask.before).await {
        Ok(found) => found,
        Err(error) => return pages::broken(&error),
    };
    let now = app.now();
    let rows = found.iter().map(|one| outside_view(&app, one, now)).collect();
    let again = ask.before.map_or_else(|| String::from("/released"), |before| format!("/released?before={before}"));
    let props = ReleasedPageProps {
        viewer: viewer(&staff),
        rows,
        older: next.map(|next| format!("/released?before={next}")),
        newest: ask.before.map(|_| String::from("/released")),
        again,
        now,
    };
    Html(render(ReleasedPage, props)).into_response()
}

/// `GET /released/{id}`.
pub async fn one(State(app): State<App>, Signed(staff): Signed, Part(id): Part) -> Response {
    let found = match load(&app, &staff, &id).await {
        Ok(found) => found,
        Err(response) => return *response,
    };
    let now = app.now();
    let props = OutsidePageProps { viewer: viewer(&staff), view: outside_view(&app, &found, now), now };
    Html(render(OutsidePage, props)).into_response()
}

/// `GET /released/{id}/file`: the same, to keep.
pub async fn save(State(app): State<App>, Signed(staff): Signed, Part(id): Part) -> Response {
    let found = match load(&app, &staff, &id).await {
        Ok(found) => found,
        Err(response) => return *response,
    };
    if let Err(error) = releases::saved(&app, &staff, &found).await {
        return pages::broken(&error);
    }
    // Looked at once more: a withdrawal that came before that event lets nothing out.
    match load(&app, &staff, &id).await {
        Ok(found) => file(&app, &found),
        Err(response) => *response,
    }
}

/// What someone outside may see, as a text file with the notice in it.
pub(super) fn file(app: &App, found: &Outside) -> Response {
    let now = app.now();
    let made = super::when::exact(now, *found.began.offset());
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
        // No name of anyone stands in the name of the file.
        (CONTENT_DISPOSITION, "attachment; filename=\"released.txt\""),
    ];
    (headers, view::file(&outside_view(app, found, now), &made)).into_response()
}

fn outside_view(app: &App, found: &Outside, now: DateTime<Utc>) -> OutsideView {
    let site = app.site();
    view::outside(found, (String::from(site.name(found.officer)), now), |id: StaffId| String::from(site.name(id)))
}

async fn load(app: &App, staff: &Staff, id: &str) -> Result<Outside, Box<Response>> {
    let Ok(id) = id.parse::<ReferralId>() else { return Err(Box::new(pages::not_found())) };
    let loaded = releases::one(app, staff, id).await.map_err(|error| Box::new(pages::broken(&error)))?;
    loaded.ok_or_else(|| Box::new(pages::not_found()))
}
