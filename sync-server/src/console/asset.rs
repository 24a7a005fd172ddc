//! `GET /static/…`: styles, script, icon. Their names carry their hash, so they never grow old. And the worker, which
//! has one name for ever.

use super::ask::Part;
use super::files;
use crate::pages;
use crate::words::{for_worker, for_worker_lost};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

/// One file.
pub async fn file(Part(name): Part) -> Response {
    let Some(file) = files::at(&format!("{}/{name}", files::FOLDER)) else { return pages::not_found() };
    let headers = [(header::CONTENT_TYPE, file.kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, file.text.as_str()).into_response()
}

/// `GET /worker.js`: it stands at the root, since a browser lets a worker serve only what lies below it, and is asked
/// for anew each time, so that a browser never keeps an old one.
pub async fn worker() -> Response {
    let text = handoff::assets::text("scripts/worker.js").unwrap_or_default();
    let text = format!("const KNOWN = {};\nconst LOST = {};\n{text}", for_worker(), for_worker_lost());
    let headers = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, text).into_response()
}
