//! What someone says of how they are told: channels on and off, browsers that ask and that are told no more.

use super::ask::Part;
use super::pages::{MePage, MePageProps};
use super::shell::render;
use super::view;
use super::viewer;
use crate::app::App;
use crate::auth::Signed;
use crate::deliver::channel::Medium;
use crate::deliver::{receiver, web_push::message};
use crate::pages;
use crate::site::Site;
use crate::store::addresses::{self, Subscription};
use crate::store::deliveries::{self, Switch};
use crate::store::events::{self, Event, Kind};
use crate::store::{self, Db, Staff, StoreError, ladder};
use crate::words::{Language, t};
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use chrono::{DateTime, Utc};
use handoff::domain::private::Private;
use handoff::seal::random;
use serde::Deserialize;
use uuid::Uuid;

const ME: &str = "/me";

/// `GET /me`.
pub async fn me(State(app): State<App>, Signed(staff): Signed) -> Response {
    page(&app, &staff, None).await
}

async fn page(app: &App, staff: &Staff, fault: Option<String>) -> Response {
    let id = staff.id;
    let read = move |db: &mut dyn Db| Ok((ladder::off(db, id)?, addresses::subscriptions(db, id)?));
    let (off, browsers) = match app.store().read(read).await {
        Ok(found) => found,
        Err(error) => return pages::broken(&error),
    };
    let view = view::me(staff, (&app.deliver().media(), &off), &browsers, app.deliver().key_for_browsers());
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let props = MePageProps { viewer: viewer(staff), view, fault, now: app.now() };
    (status, Html(render(MePage, props))).into_response()
}

/// What a browser sends of a box that is ticked.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Ticked {
    On,
}

/// The channels that are to be on.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelsForm {
    #[serde(default)]
    in_page: Option<Ticked>,
    #[serde(default)]
    web_push: Option<Ticked>,
    #[serde(default)]
    webhook: Option<Ticked>,
    #[serde(default)]
    mail: Option<Ticked>,
}

impl ChannelsForm {
    const fn is_on(&self, medium: Medium) -> bool {
        match medium {
            Medium::InPage => self.in_page.is_some(),
            Medium::WebPush => self.web_push.is_some(),
            Medium::Webhook => self.webhook.is_some(),
            Medium::Mail => self.mail.is_some(),
        }
    }
}

/// `POST /me/channels`: those that are not named are off. A channel that this server does not show stays as it was.
pub async fn channels(
    State(app): State<App>,
    Signed(staff): Signed,
    form: Result<Form<ChannelsForm>, FormRejection>,
) -> Response {
    let form = match form {
        Ok(Form(form)) => form,
        Err(why) => return pages::bad_form(&why),
    };
    let (id, shown, now) = (staff.id, app.deliver().media(), app.now());
    let set = move |db: &mut dyn Db| {
        for medium in shown.iter().copied() {
            deliveries::switch(db, id, medium, if form.is_on(medium) { Switch::On } else { Switch::Off })?;
        }
        let codes: Vec<_> = ladder::off(db, id)?.into_iter().map(Medium::code).collect();
        events::append(db, &Event::new(Kind::ChannelsSet).by(id).detail(codes.join(" ")), now)
    };
    back(app.store().write(set).await)
}

/// The language that someone chose.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LanguageForm {
    /// Code of a [`Language`].
    #[serde(default)]
    language: String,
}

/// `POST /me/language`: from now on their pages, and what tells them, are in this language.
pub async fn language(
    State(app): State<App>,
    Signed(staff): Signed,
    form: Result<Form<LanguageForm>, FormRejection>,
) -> Response {
    let form = match form {
        Ok(Form(form)) => form,
        Err(why) => return pages::bad_form(&why),
    };
    let Some(language) = Language::from_code(&form.language) else { return pages::strange_form() };
    let (id, now) = (staff.id, app.now());
    let set = move |db: &mut dyn Db| {
        store::set_language(db, id, language)?;
        // Every server tells them in it from the next time on.
        Site::changed(db)?;
        events::append(db, &Event::new(Kind::LanguageSet).by(id).detail(language.code()), now)
    };
    let written = app.store().write(set).await;
    if written.is_ok()
        && let Err(error) = app.fresh_site().await
    {
        return pages::broken(&error);
    }
    back(written)
}

/// A browser that asks to be told, as its script found it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrowserForm {
    endpoint: String,
    p256dh: String,
    auth: String,
}

impl BrowserForm {
    /// The browser, if it could be told: its address is one that may be called, its keys are keys.
    fn read(&self, id: Uuid, now: DateTime<Utc>) -> Option<Subscription> {
        let key = |text: &str| B64.decode(text.trim_end_matches('=')).ok().map(Private::new);
        receiver::address(&self.endpoint).ok()?;
        let browser = Subscription {
            id,
            endpoint: Private::new(self.endpoint.clone()),
            p256dh: key(&self.p256dh)?,
            auth: key(&self.auth).filter(|auth| auth.reveal().len() == message::SECRET)?,
            made: now,
        };
        let to = message::To { p256dh: browser.p256dh.reveal(), auth: browser.auth.reveal() };
        message::encrypt(to, b"").ok().map(|_| browser)
    }
}

/// `POST /me/browsers`.
pub async fn add_browser(
    State(app): State<App>,
    Signed(staff): Signed,
    form: Result<Form<BrowserForm>, FormRejection>,
) -> Response {
    let form = match form {
        Ok(Form(form)) => form,
        Err(why) => return pages::bad_form(&why),
    };
    let (who, now) = (staff.id, app.now());
    let Ok(id) = random::uuid_v7(now) else { return pages::broken(&StoreError::Random) };
    let Some(browser) = form.read(id, now) else {
        return page(&app, &staff, Some(String::from(t!("me-this-browser-gave-no-address")))).await;
    };
    let add = move |db: &mut dyn Db| {
        addresses::subscribe(db, who, &browser)?;
        events::append(db, &Event::new(Kind::BrowserAdded).by(who), now)
    };
    back(app.store().write(add).await)
}

/// `POST /me/browsers/{id}/remove`.
pub async fn remove_browser(State(app): State<App>, Signed(staff): Signed, Part(id): Part) -> Response {
    let Ok(id) = id.parse::<Uuid>() else { return pages::not_found() };
    let (who, now) = (staff.id, app.now());
    let remove = move |db: &mut dyn Db| {
        if addresses::unsubscribe(db, who, id)? {
            events::append(db, &Event::new(Kind::BrowserRemoved).by(who), now)?;
        }
        Ok(())
    };
    back(app.store().write(remove).await)
}

fn back(written: Result<(), StoreError>) -> Response {
    match written {
        Ok(()) => Redirect::to(ME).into_response(),
        Err(error) => pages::broken(&error),
    }
}
