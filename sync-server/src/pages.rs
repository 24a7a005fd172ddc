//! Pages that a browser gets when it cannot get what it asked for, and the one behind a sign-in link.

use crate::console::pages::{Action, MessagePage, MessagePageProps, SignInPage, SignInPageProps};
use crate::console::shell::render;
use crate::console::viewer;
use crate::store::{Staff, StoreError};
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
    say(StatusCode::UNAUTHORIZED, "You are signed out", "Ask your program for a new sign-in link.")
}

/// Signed in, with a role that may not have this.
pub fn forbidden(staff: &Staff) -> Response {
    let back = Action { label: String::from("Go to your own page"), href: String::from(home(staff.role)) };
    let (title, text) = ("Not for your role", "This page belongs to other people of the program.");
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
    say(StatusCode::FORBIDDEN, "Not sent from here", "Open the page again and send the form from there.")
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
    say(StatusCode::UNPROCESSABLE_ENTITY, "This form cannot be read", "Nothing was changed. Open the page again.")
}

/// More than anyone writes.
pub fn too_large() -> Response {
    say(StatusCode::PAYLOAD_TOO_LARGE, "This is too long", "Nothing was changed. Write less, and send it again.")
}

/// A page asked for in a way that it is not for.
pub fn wrong_method() -> Response {
    say(StatusCode::METHOD_NOT_ALLOWED, "This page works in another way", "Open it from a page of this server.")
}

/// A release that lets nothing out any more.
pub fn release_over() -> Response {
    let text = "Its last day is past, or it was withdrawn. It lets nothing out any more, and no file is made of it.";
    say(StatusCode::GONE, "This release has ended", text)
}

/// There is no such page.
pub fn not_found() -> Response {
    say(StatusCode::NOT_FOUND, "No such page", "The address is not one of this server's.")
}

/// A stored record does not open.
pub fn unreadable() -> Response {
    let text =
        "The record is kept as it came, but it does not open with the keys of this server. Tell whoever runs it.";
    say(StatusCode::INTERNAL_SERVER_ERROR, "This record does not open", text)
}

/// A passing fault here.
pub fn broken(error: &StoreError) -> Response {
    tracing::error!(%error, "the store failed");
    say(StatusCode::SERVICE_UNAVAILABLE, "Not now", "The server cannot answer now. Try again.")
}

/// The button that uses a sign-in link up. A preview of the link only reads this page.
pub fn sign_in(token: &str) -> Response {
    let props = SignInPageProps { action: format!("/in/{token}") };
    Html(render(SignInPage, props)).into_response()
}

/// The sign-in link is not good.
pub fn bad_link() -> Response {
    say(StatusCode::FORBIDDEN, "This link does not work", "It was used already or is too old. Ask for a new one.")
}

fn say(status: StatusCode, title: &str, text: &str) -> Response {
    let props = MessagePageProps { viewer: None, title: String::from(title), text: String::from(text), action: None };
    (status, Html(render(MessagePage, props))).into_response()
}
