//! What needs whoever looks, by the clock.

use super::casework::facts;
use super::ladder::ladder_views;
use super::pages::{TodayPage, TodayPageProps};
use super::shell::render;
use super::view::{self, TodayView};
use super::{saw, viewer};
use crate::app::App;
use crate::auth::{self, Signed};
use crate::cases;
use crate::pages;
use crate::store::{Staff, StoreError};
use crate::today::{self, Looker, concern};
use axum::extract::State;
use axum::http::Uri;
use axum::response::{Html, IntoResponse as _, Response};
use handoff::domain::ids::StaffId;

/// `GET /today`.
pub async fn today(State(app): State<App>, Signed(staff): Signed, uri: Uri) -> Response {
    match look(&app, &staff, &uri).await {
        Ok(view) => {
            Html(render(TodayPage, TodayPageProps { viewer: viewer(&staff), view, now: app.now() })).into_response()
        }
        Err(error) => pages::broken(&error),
    }
}

/// Whoever opens it has seen what waits for them: that is written first, so that it says so.
async fn look(app: &App, staff: &Staff, uri: &Uri) -> Result<TodayView, StoreError> {
    if !auth::by_itself(uri) {
        let (looker, now) = (Looker::of(staff), app.now());
        let waiting = cases::on_ladders(app).await?;
        let shown = waiting.iter().filter(|on| concern(on, looker, now).is_some());
        saw(app, staff, (uri, shown.map(|on| on.place.waiting.referral))).await?;
    }
    let found = today::look(app, staff).await?;
    let (site, now) = (app.site(), app.now());
    let names = |id: StaffId| String::from(site.name(id));
    let ladders: Vec<_> = found.waits.iter().map(|waits| waits.on.clone()).collect();
    let mut ladders = ladder_views(&site, &ladders, now);
    let mine: Vec<_> = found.mine.iter().map(|mine| (mine, facts(&mine.work, (&site, &names), now))).collect();
    Ok(view::today(&site, Looker::of(staff), (&found, &mine, &mut ladders), now))
}
