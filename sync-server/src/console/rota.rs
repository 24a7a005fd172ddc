//! The rota at the console: seen by everyone of it, kept by the leads, and offered and taken by case managers.

use super::ask::Number;
use super::pages::{RotaPage, RotaPageProps, TurnPage, TurnPageProps};
use super::shell::render;
use super::view::{self, TurnTyped};
use super::viewer;
use crate::app::App;
use crate::auth::Signed;
use crate::import::rota::moment;
use crate::pages;
use crate::rota::{self, Act, Done, may_be_on_call};
use crate::site::Site;
use crate::store::events::{Event, Kind};
use crate::store::rota::{self as rows, ListedTurn};
use crate::store::{Staff, StoreError};
use crate::words::t;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use chrono::{DateTime, Utc};
use handoff::domain::ids::StaffId;
use handoff::domain::wire::OnCall;
use serde::Deserialize;

const ROTA: &str = "/rota";

/// `GET /rota`.
pub async fn rota(State(app): State<App>, Signed(staff): Signed) -> Response {
    match app.fresh_site().await {
        Ok(site) => page(&site, &staff, TurnTyped::default(), app.now()),
        Err(error) => pages::broken(&error),
    }
}

fn page(site: &Site, staff: &Staff, typed: TurnTyped, now: DateTime<Utc>) -> Response {
    let view = view::rota(site, staff, now);
    let status = if typed.fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let props = RotaPageProps { viewer: viewer(staff), view, typed, now };
    (status, Html(render(RotaPage, props))).into_response()
}

/// A new turn, as it was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddForm {
    #[serde(default)]
    staff: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    order: String,
}

impl AddForm {
    fn read(&self, site: &Site, now: DateTime<Utc>) -> Result<OnCall, (&'static str, &'static str)> {
        let staff = holder(site, &self.staff).ok_or(("staff", t!("rota-choose-who-is-on-call")))?;
        let time = |field, text: &str| moment(text, &site.zone).map_err(|why| (field, why));
        let order = self.order.parse().map_err(|_| ("order", t!("rota-choose-a-place-in-the")))?;
        let turn = OnCall { staff, from: time("from", &self.from)?, until: time("until", &self.until)?, order };
        match rota::fault(&turn) {
            Some(fault) => Err(fault),
            None if turn.until <= now => Err(("until", t!("rota-this-turn-is-over-already"))),
            None => Ok(turn),
        }
    }
}

fn holder(site: &Site, id: &str) -> Option<StaffId> {
    let id = StaffId(id.parse().ok()?);
    site.person(id).filter(|person| may_be_on_call(person)).map(|person| person.id)
}

/// `POST /rota/turns`: puts a turn into the rota.
pub async fn add(
    State(app): State<App>,
    Signed(staff): Signed,
    form: Result<Form<AddForm>, FormRejection>,
) -> Response {
    if !rota::keeps(&staff) {
        return not_theirs(&app, &staff, "/rota/turns").await;
    }
    let form = match form {
        Ok(Form(form)) => form,
        Err(why) => return pages::bad_form(&why),
    };
    let (site, now) = (app.site(), app.now());
    let turn = match form.read(&site, now) {
        Ok(turn) => turn,
        Err(fault) => {
            let AddForm { staff: who, from, until, order } = form;
            return page(&site, &staff, TurnTyped { staff: who, from, until, order, fault: Some(fault) }, now);
        }
    };
    match rota::add(&app, staff.id, turn).await {
        Ok(()) => Redirect::to(ROTA).into_response(),
        Err(error) => pages::broken(&error),
    }
}

/// `GET /rota/turns/{n}`.
pub async fn turn(State(app): State<App>, Signed(staff): Signed, Number(n): Number) -> Response {
    match found(&app, n).await {
        Ok(Some(listed)) => turn_page(&app, &staff, (n, Some(&listed), None), (StatusCode::OK, Chosen::default())),
        Ok(None) => pages::not_found(),
        Err(error) => pages::broken(&error),
    }
}

/// Whom someone had chosen, and what is wrong with it.
#[derive(Debug, Default)]
struct Chosen {
    to: String,
    fault: Option<String>,
}

async fn found(app: &App, n: u64) -> Result<Option<ListedTurn>, StoreError> {
    app.fresh_site().await?;
    app.store().read(move |db| rows::turn(db, n)).await
}

fn turn_page(
    app: &App,
    staff: &Staff,
    (n, stands, seen): (u64, Option<&ListedTurn>, Option<&ListedTurn>),
    (status, chosen): (StatusCode, Chosen),
) -> Response {
    let mark = stands.map(mark).unwrap_or_default();
    let view = view::turn(&app.site(), staff, (n, stands, seen), (mark, chosen.to));
    let props = TurnPageProps { viewer: viewer(staff), view, fault: chosen.fault, now: app.now() };
    (status, Html(render(TurnPage, props))).into_response()
}

/// A turn as a form carries it.
fn mark(listed: &ListedTurn) -> String {
    let OnCall { staff, from, until, order } = &listed.turn;
    let offered = listed.offered.map_or_else(|| String::from("-"), |at| at.timestamp_millis().to_string());
    format!("{staff} {} {} {order} {offered}", from.timestamp_millis(), until.timestamp_millis())
}

/// The turn that a form carried.
fn of_mark(n: u64, text: &str) -> Option<ListedTurn> {
    let parts: Vec<&str> = text.split(' ').collect();
    let &[staff, from, until, order, offered] = parts.as_slice() else { return None };
    let time = |text: &str| DateTime::from_timestamp_millis(text.parse().ok()?);
    let offered = if offered == "-" { None } else { Some(time(offered)?) };
    let turn = OnCall {
        staff: StaffId(staff.parse().ok()?),
        from: time(from)?,
        until: time(until)?,
        order: order.parse().ok()?,
    };
    Some(ListedTurn { n, turn, offered })
}

/// What is to be done with a turn.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActForm {
    #[serde(default)]
    act: String,
    #[serde(default)]
    seen: String,
    #[serde(default)]
    to: String,
}

/// `POST /rota/turns/{n}`: does something to a turn, if it is as it was seen.
pub async fn act(
    State(app): State<App>,
    Signed(staff): Signed,
    Number(n): Number,
    form: Result<Form<ActForm>, FormRejection>,
) -> Response {
    let stands = match found(&app, n).await {
        Ok(stands) => stands,
        Err(error) => return pages::broken(&error),
    };
    let form = match form {
        Ok(Form(form)) => form,
        Err(_) if stands.is_none() => return pages::not_found(),
        Err(why) => return pages::bad_form(&why),
    };
    let Some(seen) = of_mark(n, &form.seen) else {
        return if stands.is_some() { pages::strange_form() } else { pages::not_found() };
    };
    let to = holder(&app.site(), &form.to);
    let act = match (form.act.as_str(), to) {
        ("remove", _) if form.to.is_empty() => Act::Remove,
        ("offer", _) if form.to.is_empty() => Act::Offer,
        ("keep", _) if form.to.is_empty() => Act::Keep,
        ("take", _) if form.to.is_empty() => Act::Take,
        ("give", Some(to)) => Act::Give(to),
        ("give", None) => {
            let chosen = Chosen { to: form.to, fault: Some(String::from(t!("rota-choose-who-takes-it"))) };
            return turn_page(&app, &staff, (n, stands.as_ref(), None), (StatusCode::UNPROCESSABLE_ENTITY, chosen));
        }
        (_, _) => return pages::strange_form(),
    };
    match rota::act(&app, &staff, seen.clone(), act).await {
        Ok(Done::Done) => Redirect::to(ROTA).into_response(),
        Ok(Done::NotTheirs) => not_theirs(&app, &staff, "/rota/turns/{n}").await,
        Ok(Done::Stale) => match found(&app, n).await {
            Ok(stands) => {
                let chosen = Chosen { to: form.to, fault: None };
                turn_page(&app, &staff, (n, stands.as_ref(), Some(&seen)), (StatusCode::CONFLICT, chosen))
            }
            Err(error) => pages::broken(&error),
        },
        Err(error) => pages::broken(&error),
    }
}

/// Somebody asked for what only others may do: it is in the events.
pub(super) async fn not_theirs(app: &App, staff: &Staff, path: &str) -> Response {
    match app.note(Event::new(Kind::Forbidden).by(staff.id).detail(path)).await {
        Ok(()) => pages::forbidden(staff),
        Err(error) => pages::broken(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_that_a_form_carries_is_the_same_when_it_comes_back() {
        let at = |s| DateTime::from_timestamp(s, 0).unwrap();
        let turn = OnCall { staff: StaffId(uuid::Uuid::from_u128(7)), from: at(60), until: at(120), order: 2 };
        for offered in [None, Some(at(5))] {
            let listed = ListedTurn { n: 3, turn: turn.clone(), offered };
            assert_eq!(of_mark(3, &mark(&listed)), Some(listed));
        }
        for bad in ["", "a b c d e", "- - - - -", "1 2 3"] {
            assert_eq!(of_mark(3, bad), None, "{bad}");
        }
    }
}
