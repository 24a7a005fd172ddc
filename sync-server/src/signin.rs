//! Signing in to the console by a one-time link, and out again.
//!
//! # Decisions
//! The link itself only shows a button: mail programs and chats fetch links to preview them, and a link
//! that signs in when fetched would be used up before its owner touches it.

use crate::api::Refused;
use crate::app::{App, Change};
use crate::auth::{self, text_of};
use crate::console::ask::Part;
use crate::keys::secret_hash;
use crate::pages;
use crate::store::events::{self, Event, Kind};
use crate::store::{self, Db, Purpose, Staff, StoreError};
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::{DateTime, Utc};
use handoff::domain::ids::Hash;
use handoff::seal::random;

/// Length of a link's token: 32 bytes as base64url.
const TOKEN: usize = 43;

/// `GET /in/{token}`: the button.
pub async fn ask(Part(token): Part) -> Response {
    // Whether the link is good is told only to who presses the button; here it only must not be markup.
    match well_formed(&token) {
        true => pages::sign_in(&token),
        false => pages::bad_link(),
    }
}

/// `POST /in/{token}`: uses the link up and opens a session.
pub async fn enter(State(app): State<App>, Part(token): Part) -> Response {
    let Ok(session) = random::bytes::<32>().map(|bytes| text_of(&bytes)) else {
        return pages::broken(&StoreError::Broken);
    };
    let (code, hash, now) = (secret_hash(token.as_bytes()), secret_hash(session.as_bytes()), app.now());
    match app.store().write(move |db| open_session(db, (code, hash), now)).await {
        Ok(Some(staff)) => {
            ([(header::SET_COOKIE, auth::cookie(&session))], Redirect::to(pages::home(staff.role))).into_response()
        }
        Ok(None) => pages::bad_link(),
        Err(error) => pages::broken(&error),
    }
}

/// `POST /out`: ends the session, if there is one.
pub async fn leave(State(app): State<App>, headers: HeaderMap) -> Response {
    if let Some(token) = auth::session_token(&headers) {
        let (hash, now) = (secret_hash(token.as_bytes()), app.now());
        let end = move |db: &mut dyn Db| {
            if let Some((staff, _)) = store::session_staff(db, hash, now)? {
                events::append(db, &Event::new(Kind::SignedOut).by(staff.id), now)?;
            }
            store::end_session(db, hash, now)
        };
        if let Err(error) = app.store().write(end).await {
            return pages::broken(&error);
        }
        app.tell(Change::SignedOut);
    }
    ([(header::SET_COOKIE, auth::no_cookie())], pages::signed_out()).into_response()
}

/// Anything that is not in the table: JSON for programs, a page for browsers.
pub async fn not_found(uri: Uri) -> Response {
    if pages::is_of_programs(uri.path()) { Refused::not_found().into_response() } else { pages::not_found() }
}

/// A route of the table, by another method than its own.
pub async fn wrong_method(uri: Uri) -> Response {
    if pages::is_of_programs(uri.path()) { Refused::wrong_method().into_response() } else { pages::wrong_method() }
}

fn open_session(
    db: &mut dyn Db,
    (code, session): (Hash, Hash),
    now: DateTime<Utc>,
) -> Result<Option<Staff>, StoreError> {
    let who = store::spend_code(db, code, Purpose::SignIn, now)?.flatten();
    let staff = match who {
        Some(who) => store::new_session(db, session, who, now)?,
        None => None,
    };
    let event = match &staff {
        Some(staff) => Event::new(Kind::SignedIn).by(staff.id),
        None => Event::new(Kind::SignInFailed),
    };
    events::append(db, &event, now)?;
    Ok(staff)
}

fn well_formed(token: &str) -> bool {
    token.len() == TOKEN && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
