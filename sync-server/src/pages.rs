//! Pages that a browser gets when it cannot get what it asked for, and the one behind a sign-in link.

use crate::console::pages::{Action, MessagePage, MessagePageProps, SignInPage, SignInPageProps};
use crate::console::shell::render;
use crate::console::viewer;
use crate::store::{Staff, StoreError};
use crate::words::t;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use handoff::domain::wire::Role;

/// Where someone of this role begins.
pub const fn home(role: Role) -> &'static str {
    match role {
        Role::CaseManager => "/today",
        Role::Sergeant => "/log",
        Role::Prosecutor => "/released",
        Role::Officer => "/",
    }
}

/// Nobody is signed in here.
pub fn signed_out() -> Response {
    say(StatusCode::UNAUTHORIZED, t!("shell-you-are-signed-out"), t!("shell-ask-your-program-for-a"))
}

/// Signed in, with a role that may not have this.
pub fn forbidden(staff: &Staff) -> Response {
    let back = Action { label: String::from(t!("shell-go-to-your-own-page")), href: String::from(home(staff.role)) };
    let (title, text) = (t!("shell-not-for-your-role"), t!("shell-this-page-belongs-to-other"));
    let props = MessagePageProps {
        viewer: Some(viewer(staff)),
        title: String::from(title),
        text: String::from(text),
        action: Some(back),
    };
    (StatusCode::FORBIDDEN, Html(render(MessagePage, props))).into_response()
}

/// A form that was not sent from one of our pages.
pub fn foreign_form() -> Response {
    say(StatusCode::FORBIDDEN, t!("shell-not-sent-from-here"), t!("shell-open-the-page-again-and"))
}

/// Whether an address is for programs, which are answered in JSON, or for people.
pub(crate) fn is_of_programs(path: &str) -> bool {
    path.starts_with("/v1/")
}

/// A form that does not read: its fields are not its own, it is none, or it has no end.
pub fn bad_form(why: &FormRejection) -> Response {
    if why.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    strange_form()
}

/// A form with fields that are not its own, or without one that it was given.
pub fn strange_form() -> Response {
    say(
        StatusCode::UNPROCESSABLE_ENTITY,
        t!("shell-this-form-cannot-be-read"),
        t!("shell-nothing-was-changed-open-the"),
    )
}

/// More than anyone writes.
pub fn too_large() -> Response {
    say(StatusCode::PAYLOAD_TOO_LARGE, t!("shell-this-is-too-long"), t!("shell-nothing-was-changed-write-less"))
}

/// A page asked for in a way that it is not for.
pub fn wrong_method() -> Response {
    say(StatusCode::METHOD_NOT_ALLOWED, t!("shell-this-page-works-in-another"), t!("shell-open-it-from-a-page"))
}

/// A release that lets nothing out any more.
pub fn release_over() -> Response {
    say(StatusCode::GONE, t!("release-this-release-has-ended"), t!("release-its-last-day-is-past"))
}

/// There is no such page.
pub fn not_found() -> Response {
    say(StatusCode::NOT_FOUND, t!("shell-no-such-page"), t!("shell-the-address-is-not-one"))
}

/// A stored record does not open.
pub fn unreadable() -> Response {
    let text = t!("shell-the-record-is-kept-as");
    say(StatusCode::INTERNAL_SERVER_ERROR, t!("shell-this-record-does-not-open"), text)
}

/// A passing fault here.
pub fn broken(error: &StoreError) -> Response {
    tracing::error!(%error, "the store failed");
    say(StatusCode::SERVICE_UNAVAILABLE, t!("shell-not-now"), t!("shell-the-server-cannot-answer-now"))
}

/// The button that uses a sign-in link up. A preview of the link only reads this page.
pub fn sign_in(token: &str) -> Response {
    let props = SignInPageProps { action: format!("/in/{token}") };
    Html(render(SignInPage, props)).into_response()
}

/// The sign-in link is not good.
pub fn bad_link() -> Response {
    say(StatusCode::FORBIDDEN, t!("shell-this-link-does-not-work"), t!("shell-it-was-used-already-or"))
}

fn say(status: StatusCode, title: &str, text: &str) -> Response {
    let props = MessagePageProps { viewer: None, title: String::from(title), text: String::from(text), action: None };
    (status, Html(render(MessagePage, props))).into_response()
}
