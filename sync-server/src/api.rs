//! The calls of phones: JSON under `/v1`.

pub mod enrol;
pub mod entries;
pub mod feed;

use crate::serve::TooSlow;
use crate::store::{self, StoreError};
use axum::Json;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use handoff::domain::wire::{MOST_BODY_BYTES, Problem, Signed};
use serde::de::DeserializeOwned;

/// An admin needs longer than this, and a phone may ask this often.
const CONFIRMED_AFTER_S: u32 = 60;

/// Someone must make room first.
const ROOM_AFTER_S: u32 = 60;

/// A whole call refused.
#[derive(Debug)]
pub struct Refused {
    status: StatusCode,
    // On the heap: it may hold signed documents, and most answers are none of these.
    problem: Box<Problem>,
    /// Seconds after which to ask again.
    after_s: Option<u32>,
}

impl Refused {
    fn new(status: StatusCode, error: &str, message: &str) -> Self {
        let (error, message) = (error.to_owned(), message.to_owned());
        let problem = Problem { error, field: None, message, revocation: None, epochs: None };
        Self { status, problem: Box::new(problem), after_s: None }
    }

    /// 422: a field is wrong.
    pub fn field(field: impl Into<String>, message: &str) -> Self {
        let mut refused = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_field", message);
        refused.problem.field = Some(field.into());
        refused
    }

    /// 401: no device has this token.
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "No device has this token. Enrol the phone again.")
    }

    /// 403: the device was revoked, with the proof of it. It hears of the log's epochs all the same: what a
    /// restored server lost is on no other device.
    pub fn revoked(revocation: Option<Signed>, epochs: Option<Signed>) -> Self {
        let message = "This phone was revoked. What it has saved is still taken.";
        let mut refused = Self::new(StatusCode::FORBIDDEN, "revoked", message);
        (refused.problem.revocation, refused.problem.epochs) = (revocation, epochs);
        refused
    }

    /// 503: the server was restored, and an admin has yet to look at the devices.
    pub fn awaiting_confirmation(epochs: Option<Signed>) -> Self {
        let message = "The server was restored from a copy. Status comes again when an administrator has looked at the \
                       phones. What this phone saves is still taken.";
        let mut refused = Self::new(StatusCode::SERVICE_UNAVAILABLE, "awaiting_confirmation", message);
        (refused.problem.epochs, refused.after_s) = (epochs, Some(CONFIRMED_AFTER_S));
        refused
    }

    /// 403: the code is not good.
    pub fn bad_code() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "bad_code",
            "This code is not known, was used, or is too old. Ask for a new one.",
        )
    }

    /// 408: the body did not come in time.
    pub fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "The body did not come in time. Try again.")
    }

    /// 413: the body is over the limit.
    pub fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            &format!("A request has at most {MOST_BODY_BYTES} bytes."),
        )
    }

    /// 507: the disk is full; 503: another passing fault here.
    pub fn busy(error: &StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        if let StoreError::Full(_) = error {
            let message = "The server has no room left. Nothing of this call was stored. Try again.";
            let mut full = Self::new(StatusCode::INSUFFICIENT_STORAGE, "full", message);
            full.after_s = Some(ROOM_AFTER_S);
            return full;
        }
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "The server cannot answer now. Try again.")
    }

    /// 500: a fault of this program.
    pub fn broken() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "broken", "The server failed. Try again.")
    }

    /// 405: a call by another method than its own.
    pub fn wrong_method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", "This call is made by another method.")
    }

    /// 415: the body says that it is something else.
    pub fn wrong_type() -> Self {
        let message = "The body must be JSON, and say so: application/json.";
        let mut refused = Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "wrong_type", message);
        refused.problem.field = Some(String::from("content-type"));
        refused
    }

    /// 404: no such call.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is no such call.")
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.problem)).into_response();
        if let Some(seconds) = self.after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::busy(&error)
    }
}

/// A JSON body within the limit; what is wrong with it is told by field.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Body<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refused> {
        if !may_be_json(request.headers()) {
            return Err(Refused::wrong_type());
        }
        let bytes = axum::body::to_bytes(request.into_body(), MOST_BODY_BYTES).await.map_err(|e| cut_off(&e))?;
        // The fast reader first; where it fails, the slow one finds the field.
        if let Ok(value) = serde_json::from_slice(&bytes) {
            return Ok(Self(value));
        }
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        match serde_path_to_error::deserialize(&mut json) {
            Ok(value) => {
                json.end().map(|()| Self(value)).map_err(|_| Refused::field(".", "There is something after the JSON."))
            }
            Err(error) => Err(at_fault(&error)),
        }
    }
}

/// A body that says nothing of itself is read all the same.
fn may_be_json(headers: &HeaderMap) -> bool {
    let Some(said) = headers.get(header::CONTENT_TYPE) else { return true };
    let kind = said.to_str().ok().and_then(|said| said.split(';').next()).unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

/// Over the limit, or too slow, or the connection broke in the middle; a caller who is gone reads no answer.
fn cut_off(error: &axum::Error) -> Refused {
    let mut causes = std::iter::successors(std::error::Error::source(error), |error| error.source());
    causes
        .find_map(|cause| match cause {
            _ if cause.is::<http_body_util::LengthLimitError>() => Some(Refused::too_large()),
            _ if cause.is::<TooSlow>() => Some(Refused::too_slow()),
            _ => None,
        })
        .unwrap_or_else(|| Refused::field(".", "The body was cut off."))
}

/// What is wrong, and where, without any of the values that came.
fn at_fault(error: &serde_path_to_error::Error<serde_json::Error>) -> Refused {
    let (path, inner) = (error.path().to_string(), error.inner().to_string());
    // A missing field is told by its parent's path; its name is in the reader's words, and is ours.
    let missing = inner.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    match (missing, path.as_str()) {
        (Some(name), ".") => Refused::field(name, "This is missing."),
        (Some(name), parent) => Refused::field(format!("{parent}.{name}"), "This is missing."),
        // A name that is none of ours may be anything: the object that holds it is told.
        (None, within) if inner.starts_with("unknown field") => Refused::field(holder(within), UNKNOWN),
        // Text that is no JSON has no place yet.
        (None, "?") => Refused::field(".", kind_of(error.inner())),
        (None, _) => Refused::field(path, kind_of(error.inner())),
    }
}

const UNKNOWN: &str = "There is a field in it that is not known here.";

/// The path of what holds a field: `.` for the whole.
fn holder(path: &str) -> &str {
    path.rsplit_once('.').map_or(".", |(holder, _)| holder)
}

fn kind_of(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Syntax => "This is not JSON.",
        serde_json::error::Category::Eof => "The JSON ends too early.",
        serde_json::error::Category::Data => "This is unknown, or not of the right form.",
        serde_json::error::Category::Io => "The body could not be read.",
    }
}

/// `GET /healthz`: the server answers and its store reads.
///
/// # Errors
/// 503 when the store does not read.
pub async fn healthz(
    axum::extract::State(app): axum::extract::State<crate::app::App>,
) -> Result<&'static str, Refused> {
    app.store().read(|db| store::setting(db, "revision")).await?;
    Ok("ok\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_other_passing_faults_and_both_may_be_tried_again() {
        let told = |error| Refused::from(error).into_response();
        let full = told(StoreError::Full("13".into()));
        assert_eq!((full.status().as_u16(), full.headers()["retry-after"].as_bytes()), (507, b"60".as_slice()));
        for error in [StoreError::Lost("gone".into()), StoreError::Crossed("40001".into()), StoreError::Closed] {
            assert_eq!(told(error).status(), 503);
        }
    }
}
