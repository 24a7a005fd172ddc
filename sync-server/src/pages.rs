//! Pages that a browser gets when it cannot get what it asked for. Plain HTML, no script.

use crate::store::{Staff, StoreError};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use handoff::domain::wire::Role;

/// Where someone of this role begins.
pub const fn home(role: Role) -> &'static str {
    match role {
        Role::CaseManager => "/inbox",
        Role::Sergeant => "/log",
        Role::Officer => "/",
    }
}

/// Nobody is signed in here.
pub fn signed_out() -> Response {
    say(StatusCode::UNAUTHORIZED, "You are signed out", "Ask your program for a new sign-in link.")
}

/// Signed in, with a role that may not have this.
pub fn forbidden(staff: &Staff) -> Response {
    let back = format!("This page is not for your role. <a href=\"{}\">Go to your own page</a>", home(staff.role));
    page(StatusCode::FORBIDDEN, "Not for your role", &back)
}

/// A form that was not sent from one of our pages.
pub fn foreign_form() -> Response {
    say(StatusCode::FORBIDDEN, "Not sent from here", "Open the page again and send the form from there.")
}

/// There is no such page.
pub fn not_found() -> Response {
    say(StatusCode::NOT_FOUND, "No such page", "The address is not one of this server's.")
}

/// A passing fault here.
pub fn broken(error: &StoreError) -> Response {
    tracing::error!(%error, "the store failed");
    say(StatusCode::SERVICE_UNAVAILABLE, "Not now", "The server cannot answer now. Try again.")
}

/// The button that uses a sign-in link up. A preview of the link only reads this page.
pub fn sign_in(token: &str) -> Response {
    let form = format!(
        "<form method=\"post\" action=\"/in/{token}\"><button type=\"submit\" autofocus>Sign in</button></form>"
    );
    page(StatusCode::OK, "Sign in to Handoff", &form)
}

/// The sign-in link is not good.
pub fn bad_link() -> Response {
    say(StatusCode::FORBIDDEN, "This link does not work", "It was used already or is too old. Ask for a new one.")
}

fn say(status: StatusCode, title: &str, text: &str) -> Response {
    page(status, title, text)
}

/// `html` is our own words or made of checked parts, never what somebody typed.
fn page(status: StatusCode, title: &str, html: &str) -> Response {
    let body = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"></head>\
         <body><main><h1>{title}</h1><p>{html}</p></main></body></html>"
    );
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], Html(body)).into_response()
}
