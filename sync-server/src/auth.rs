//! Who is calling: tokens, sessions, one-time codes, and where a form came from.

use crate::device::KnownDevice;
use crate::store::Staff;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use handoff::domain::wire::CERTIFICATE_HEADER;
use std::sync::Arc;

/// The session's cookie. `__Host-`: this host alone, whole site, only over TLS or on this machine.
pub const COOKIE: &str = "__Host-session";

/// The member of staff who is signed in. A handler that asks for it can only stand on a route for staff.
#[derive(Debug, Clone)]
pub struct Signed(pub Arc<Staff>);

/// The enrolled device that is calling.
#[derive(Debug, Clone)]
pub struct Calling(pub Arc<KnownDevice>);

macro_rules! from_gate {
    ($($type:ty),+) => {$(
        impl<S: Sync> FromRequestParts<S> for $type {
            type Rejection = StatusCode;
            /// The gate of the route table put it there; without it the route's row is wrong.
            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
                parts.extensions.get::<Self>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    )+};
}
from_gate!(Signed, Calling);

/// Bytes as they stand in a link or a header: base64url without padding.
pub fn text_of(bytes: &[u8]) -> String {
    B64.encode(bytes)
}

/// An enrolment code as it is compared: without dashes, spaces and case, with letters that look like
/// figures taken as figures.
pub fn plain_code(code: &str) -> String {
    let figure = |letter: char| match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    code.chars().filter(char::is_ascii_alphanumeric).map(figure).collect()
}

/// The token of `Authorization: Bearer`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<Vec<u8>> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    B64.decode(value.strip_prefix("Bearer ")?).ok()
}

/// The certificate that a device shows to a server that may not know it.
pub(crate) fn certificate(headers: &HeaderMap) -> Option<handoff::domain::wire::Signed> {
    serde_json::from_slice(&B64.decode(headers.get(CERTIFICATE_HEADER)?).ok()?).ok()
}

/// The session's token in the cookies.
pub(crate) fn session_token(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// The cookie that carries a session.
pub(crate) fn cookie(token: &str) -> String {
    format!("{COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Strict")
}

/// The cookie that takes it away.
pub(crate) fn no_cookie() -> String {
    format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")
}

/// What a page adds to an address when it looks again by itself, without anyone's hand.
pub const BY_ITSELF: &str = "auto=1";

/// Whether a page asks by itself: that keeps no idle session alive. To claim it falsely gains nothing.
pub(crate) fn by_itself(uri: &Uri) -> bool {
    uri.query().is_some_and(|query| query.split('&').any(|pair| pair == BY_ITSELF))
}

/// Whether a form was sent from one of our own pages. A browser says so by `Sec-Fetch-Site`, an old one
/// by `Origin`; a request with neither is not a form of ours.
pub(crate) fn from_own_page(headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match headers.get("sec-fetch-site").map(|value| value.as_bytes()) {
        Some(site) => site == b"same-origin",
        None => match (text(header::ORIGIN), text(header::HOST)) {
            (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, from)| from == host),
            _ => false,
        },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]
    use super::*;
    use axum::http::HeaderName;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::try_from(*name).unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_form_counts_only_from_our_own_pages() {
        for (pairs, own) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "cross-site"), ("origin", "http://h:1"), ("host", "h:1")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("origin", "http://h:1"), ("host", "h:1")], true),
            (&[("origin", "http://evil"), ("host", "h:1")], false),
            (&[("origin", "null"), ("host", "h:1")], false),
            (&[], false),
        ] {
            assert_eq!(from_own_page(&headers(pairs)), own, "{pairs:?}");
        }
    }

    #[test]
    fn the_session_is_found_among_other_cookies() {
        assert_eq!(session_token(&headers(&[("cookie", "a=b; __Host-session=xyz; c=d")])), Some("xyz"));
        assert_eq!(session_token(&headers(&[("cookie", "x__Host-session=xyz")])), None);
    }

    #[test]
    fn a_code_may_be_typed_as_it_is_heard() {
        assert_eq!(plain_code("ab1o-LK 9z"), plain_code("AB10-1K9Z"));
    }
}
