//! Parts of an address, as handlers of pages take them: what does not read is no page of ours.

use crate::pages;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use axum::response::Response;
use serde::de::DeserializeOwned;

/// What varies in a path, as text: one part, or a pair.
#[derive(Debug)]
pub struct Part<T = String>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Part<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(part)| Self(part)).map_err(|_| pages::not_found())
    }
}

/// The part of a path that varies, as a number from 0, written in one way only.
#[derive(Debug)]
pub struct Number(pub u64);

impl<S: Send + Sync> FromRequestParts<S> for Number {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let Part(part) = Part::<String>::from_request_parts(parts, state).await?;
        let number = part.parse().ok().filter(|number: &u64| number.to_string() == part);
        number.map(Self).ok_or_else(pages::not_found)
    }
}

/// What follows the question mark.
#[derive(Debug)]
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|Query(asked)| Self(asked)).map_err(|_| pages::not_found())
    }
}
