//! `GET /static/…`: styles, script, icon. Their names carry their hash, so they never grow old.

use super::ask::Part;
use super::files;
use crate::pages;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

/// One file.
pub async fn file(Part(name): Part) -> Response {
    let Some(file) = files::at(&format!("{}/{name}", files::FOLDER)) else { return pages::not_found() };
    let headers = [(header::CONTENT_TYPE, file.kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, file.text.as_str()).into_response()
}
