//! What holds for every answer: an id for the request, headers, one line in the log.

use crate::api::Refused;
use crate::pages;
use crate::words::Language;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use handoff::domain::wire::MOST_BODY_BYTES;
use handoff::seal::random;
use std::any::Any;
use std::time::Instant;

/// Styles and scripts only from our own files, no frames around us, forms only to us.
pub const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; \
    connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Each header with its value; the reason is in the name. A handler may say otherwise of caching alone.
static HEADERS: [(HeaderName, &str); 8] = [
    (header::CONTENT_SECURITY_POLICY, CSP),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
];

/// Frames one request. The log line has the route's pattern, never the path: a sign-in link is a secret.
pub(super) async fn frame(request: Request, next: Next) -> Response {
    let language = Language::asked_for(request.headers());
    language.during(framed(request, next)).await
}

async fn framed(request: Request, next: Next) -> Response {
    let since = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response =
        if announces_too_much(request.headers()) { too_large(request.uri().path()) } else { next.run(request).await };
    let id = random::bytes::<8>().map_or(0, u64::from_be_bytes);
    let headers = response.headers_mut();
    put(headers, &REQUEST_ID, HeaderValue::try_from(format!("{id:016x}")).ok());
    for (name, value) in &HEADERS {
        put(headers, name, Some(HeaderValue::from_static(value)));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    tracing::debug!(
        request = format_args!("{id:016x}"),
        %method,
        route = route.as_ref().map_or("-", MatchedPath::as_str),
        status = response.status().as_u16(),
        duration_ms = since.elapsed().as_millis(),
        "answered"
    );
    response
}

/// A body that says itself that it is over the limit is not waited for, whoever it is for. One that does not say so
/// is counted by whoever reads it.
fn announces_too_much(headers: &HeaderMap) -> bool {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    announced.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > MOST_BODY_BYTES))
}

fn too_large(path: &str) -> Response {
    if pages::is_of_programs(path) { Refused::too_large().into_response() } else { pages::too_large() }
}

fn put(headers: &mut HeaderMap, name: &HeaderName, value: Option<HeaderValue>) {
    if let Some(value) = value {
        headers.insert(name.clone(), value);
    }
}

/// A handler broke down: the panic's words may hold anything, so none of them go out or into the log.
pub(super) fn broke_down(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a handler broke down");
    Refused::broken().into_response()
}
