//! What a sergeant asks for: the log, a decision, to confirm an override.

use super::ask::{Asked, Number};
use super::form::{ConfirmForm, FormError};
use super::pages::{DecisionPage, DecisionPageProps, LogPage, LogPageProps};
use super::referrals::{came, card, names};
use super::shell::render;
use super::view::{self, DecisionView, FlagView, LogChoice, LogRow, LogView, Logged, Opened, Taken, Telling};
use super::viewer;
use crate::app::App;
use crate::auth::Signed;
use crate::cases;
use crate::flags::Flag;
use crate::log::{self, Confirming, LogFilter, LogQuery, LoggedDecision};
use crate::pages;
use crate::site::Site;
use crate::store::Staff;
use crate::words::t;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// Decisions on one page of the log.
const MOST_ROWS: u32 = 50;

/// What to show of the log.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Only decisions before this position.
    #[serde(default)]
    before: Option<u64>,
    /// `review` or a flag's code.
    #[serde(default)]
    show: Option<String>,
    /// The page looks again by itself: see [`crate::auth::BY_ITSELF`].
    #[serde(default)]
    auto: Option<u8>,
}

/// `GET /log`.
pub async fn log(State(app): State<App>, Signed(staff): Signed, Asked(ask): Asked<Ask>) -> Response {
    let Some(filter) = filter(ask.show.as_deref()).filter(|_| matches!(ask.auto, None | Some(1))) else {
        return pages::not_found();
    };
    let query = LogQuery { before: ask.before, filter, most: MOST_ROWS };
    match log::page(&app, &staff, query).await {
        Ok(found) => {
            let now = app.now();
            let alarm = app.ledger().fault().map(view::tampered);
            let view = LogView { alarm, ..log_view(&app.site(), &ask, found, now) };
            Html(render(LogPage, LogPageProps { viewer: viewer(&staff), view, now })).into_response()
        }
        Err(error) => pages::broken(&error),
    }
}

/// `GET /log/{position}`.
pub async fn decision(State(app): State<App>, Signed(staff): Signed, Number(position): Number) -> Response {
    match load(&app, &staff, position).await {
        Ok(view) => page(&app, &staff, view, None),
        Err(response) => *response,
    }
}

/// `POST /log/{position}/confirm`. The first word stands: a second one changes nothing, and its sender
/// sees whose it was.
pub async fn confirm(
    State(app): State<App>,
    Signed(staff): Signed,
    Number(position): Number,
    form: Result<Form<ConfirmForm>, FormRejection>,
) -> Response {
    let view = match load(&app, &staff, position).await {
        Ok(view) => view,
        Err(response) => return *response,
    };
    let form = match form {
        Ok(Form(form)) => form,
        Err(why) => return pages::bad_form(&why),
    };
    let note = match form.read() {
        Ok(note) => note,
        Err(error) => {
            let shown = page(&app, &staff, view, Some((form.note, error)));
            return (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response();
        }
    };
    match log::confirm(&app, view.position, &staff, note).await {
        Ok(Confirming::Confirmed | Confirming::AlreadyConfirmed) => {
            Redirect::to(&format!("/log/{}", view.position)).into_response()
        }
        Ok(Confirming::NothingToConfirm) => pages::not_found(),
        Err(error) => pages::broken(&error),
    }
}

fn page(app: &App, staff: &Staff, view: DecisionView, slip: Option<(String, FormError)>) -> Response {
    let (note, error) = slip.map_or((String::new(), None), |(note, error)| (note, Some(error)));
    let props = DecisionPageProps { viewer: viewer(staff), view, note, error, now: app.now() };
    Html(render(DecisionPage, props)).into_response()
}

async fn load(app: &App, staff: &Staff, position: u64) -> Result<DecisionView, Box<Response>> {
    let broken = |error| Box::new(pages::broken(&error));
    let Some(found) = log::decision(app, staff, position).await.map_err(broken)? else {
        return Err(Box::new(pages::not_found()));
    };
    let site = app.site();
    let taken = cases::status(app, found.row.referral).await.map_err(broken)?;
    let taken = taken.map(|taken| Taken {
        by: taken.by,
        name: String::from(site.name(taken.by)),
        at: taken.at,
        meet: None,
        note: String::new(),
    });
    decision_view(&site, &found, taken, app.now()).ok_or_else(|| Box::new(pages::unreadable()))
}

fn decision_view(
    site: &Site,
    found: &LoggedDecision,
    taken: Option<Taken>,
    now: DateTime<Utc>,
) -> Option<DecisionView> {
    let row = &found.row;
    let officer = card(site, row.officer);
    let (header, decision) = (found.header.as_ref()?, found.decision.as_deref()?);
    let logged = Logged {
        position: row.position,
        entry: found.entry,
        flags: row.flags.list().into_iter().map(FlagView::of).collect(),
        confirmed: row.confirmed.as_ref().map(|word| (String::from(site.name(word.by)), word.at, word.note.clone())),
        taken,
        case: row.stage.is_some(),
    };
    let labels = site.labels(decision);
    let names = names(site, &found.afterwards);
    let came = came(&found.afterwards, &names);
    let opened = Opened { header, decision, officer: &officer, received: row.received, labels };
    let telling = Telling { decision: Some(decision), labels, now };
    Some(view::decision(&opened, logged, now).with(&came, telling))
}

fn filter(show: Option<&str>) -> Option<LogFilter> {
    match show {
        None => Some(LogFilter::All),
        Some("review") => Some(LogFilter::NeedsReview),
        Some(code) => Flag::from_code(code).map(LogFilter::Flagged),
    }
}

fn log_view(site: &Site, ask: &Ask, found: log::LogPage, now: DateTime<Utc>) -> LogView {
    let show = ask.show.as_deref();
    let link = path(show);
    let mark = if link.contains('?') { '&' } else { '?' };
    LogView {
        alarm: None,
        choices: choices(
            show,
            [(None, t!("log-all").into()), (Some("review"), t!("log-to-review", n = found.to_review))],
        ),
        flags: choices(show, Flag::ALL.map(|flag| (Some(flag.code()), FlagView::of(flag).label.into()))),
        older: found.next.map(|next| format!("{link}{mark}before={next}")),
        newest: ask.before.map(|_| link.clone()),
        again: ask.before.map_or_else(|| link.clone(), |before| format!("{link}{mark}before={before}")),
        restored: view::restored(&found.restored),
        rows: found.rows.iter().map(|found| LogRow::of(found, &card(site, found.row.officer), now)).collect(),
    }
}

fn choices<const N: usize>(show: Option<&str>, list: [(Option<&'static str>, String); N]) -> Vec<LogChoice> {
    let choice = |(code, label): (Option<&str>, String)| LogChoice { label, href: path(code), current: code == show };
    list.into_iter().map(choice).collect()
}

fn path(show: Option<&str>) -> String {
    show.map_or_else(|| String::from("/log"), |show| format!("/log?show={show}"))
}
