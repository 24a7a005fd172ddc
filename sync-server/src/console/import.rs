//! Lists from files at the console: looked at first, and then taken as they were shown.

use super::ask::Part;
use super::pages::{ImportPage, ImportPageProps};
use super::rota::not_theirs;
use super::shell::render;
use super::viewer;
use crate::app::App;
use crate::auth::Signed;
use crate::import::reader::Faults;
use crate::import::{self, Kind, Looked, Plan, Taken};
use crate::pages;
use crate::rota::keeps;
use crate::store::Staff;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use handoff::domain::ids::Hash;
use serde::Deserialize;

const PATH: &str = "/import/{list}";

/// What the page shows of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// No file yet.
    None,
    /// What it would change.
    Good(Plan),
    /// What is wrong with it.
    Bad(Faults),
    /// Since it was shown something changed: what it would change now.
    Moved(Plan),
    /// It was taken.
    Taken(Plan),
}

/// `GET /import/{list}`.
pub async fn ask(State(app): State<App>, Signed(staff): Signed, Part(list): Part) -> Response {
    let Some(kind) = Kind::from_code(&list) else { return pages::not_found() };
    if !keeps(&staff) {
        return not_theirs(&app, &staff, PATH).await;
    }
    page(&app, &staff, kind, (String::new(), Report::None))
}

fn page(app: &App, staff: &Staff, kind: Kind, (text, report): (String, Report)) -> Response {
    let status = match &report {
        Report::None | Report::Good(_) | Report::Taken(_) => StatusCode::OK,
        Report::Bad(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Report::Moved(_) => StatusCode::CONFLICT,
    };
    let props = ImportPageProps { viewer: viewer(staff), kind, text, report, now: app.now() };
    (status, Html(render(ImportPage, props))).into_response()
}

/// What is to be done with a file.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Do {
    /// Say what it would change.
    Look,
    /// Take it.
    Take,
}

/// A file as it was sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportForm {
    text: String,
    r#do: Do,
    /// The mark of the plan that was shown; empty at first.
    #[serde(default)]
    shown: String,
}

/// `POST /import/{list}`.
pub async fn send(
    State(app): State<App>,
    Signed(staff): Signed,
    Part(list): Part,
    form: Result<Form<ImportForm>, FormRejection>,
) -> Response {
    let Some(kind) = Kind::from_code(&list) else { return pages::not_found() };
    if !keeps(&staff) {
        return not_theirs(&app, &staff, PATH).await;
    }
    let form = match form {
        Ok(Form(form)) => form,
        Err(why) => return pages::bad_form(&why),
    };
    let shown = form.shown.parse::<Hash>();
    if shown.is_err() && !form.shown.is_empty() {
        return pages::strange_form();
    }
    let bytes = form.text.clone().into_bytes();
    let report = match (form.r#do, shown) {
        (Do::Take, Ok(shown)) => match import::take(&app, (kind, bytes), Some(staff.id), shown).await {
            Ok(Taken::Taken(plan)) => Report::Taken(plan),
            Ok(Taken::Moved(plan)) => Report::Moved(plan),
            Ok(Taken::Bad(faults)) => Report::Bad(faults),
            Err(error) => return pages::broken(&error),
        },
        (Do::Look | Do::Take, _) => match import::look(&app, kind, bytes, Some(staff.id)).await {
            Ok(Looked::Good(plan)) => Report::Good(plan),
            Ok(Looked::Bad(faults)) => Report::Bad(faults),
            Err(error) => return pages::broken(&error),
        },
    };
    page(&app, &staff, kind, (form.text, report))
}
