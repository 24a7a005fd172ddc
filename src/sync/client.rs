//! The calls of the wire: which address, which headers, no policy.

use super::enrolment::Identity;
use super::transport::{Call, NoReply, Reply, Transport};
use crate::domain::ids::Hash;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Url;

/// `POST` without a token, to enrol.
pub async fn enrol(transport: &dyn Transport, server: &Url, body: Vec<u8>) -> Result<Reply, NoReply> {
    let url = server.join("v1/enrol").map_err(|_| NoReply::NotConnected)?;
    transport.call(Call { url, headers: Vec::new(), body: Some(body) }).await
}

/// `POST` of a batch.
pub async fn entries(transport: &dyn Transport, identity: &Identity, body: Vec<u8>) -> Result<Reply, NoReply> {
    let url = identity.server.join("v1/entries").map_err(|_| NoReply::NotConnected)?;
    transport.call(Call { url, headers: vec![token(identity)], body: Some(body) }).await
}

/// `GET` of the feed: what is new after the cursor, and the configuration unless it is the known one.
pub async fn feed(
    transport: &dyn Transport,
    identity: &Identity,
    (after, config): (u64, Option<Hash>),
    wait_s: u64,
) -> Result<Reply, NoReply> {
    let mut url = identity.server.join("v1/feed").map_err(|_| NoReply::NotConnected)?;
    url.query_pairs_mut().append_pair("after", &after.to_string()).append_pair("wait", &wait_s.to_string());
    if let Some(config) = config {
        url.query_pairs_mut().append_pair("config", &config.to_string());
    }
    transport.call(Call { url, headers: vec![token(identity)], body: None }).await
}

fn token(identity: &Identity) -> (&'static str, String) {
    ("authorization", format!("Bearer {}", URL_SAFE_NO_PAD.encode(&identity.token.0)))
}
