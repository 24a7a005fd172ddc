//! HTTP: one call, one bounded reply, no policy.

use super::enrolment::{Identity, is_loopback};
use crate::domain::ids::Hash;
use crate::outbox::HttpReply;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Url, redirect};
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;

/// The longest reply that is read: a configuration with all its packs and zones is below one megabyte.
const MOST_REPLY: usize = 8 * 1024 * 1024;
/// The server holds a poll for at most 25 seconds; a silence longer than this is a dead connection.
const SILENCE: Duration = Duration::from_secs(45);
const CONNECT: Duration = Duration::from_secs(10);

/// A reply, whole.
pub struct Reply {
    status: u16,
    content_type: Option<String>,
    retry_after_s: Option<u64>,
    body: Vec<u8>,
}

impl Reply {
    /// As the policy wants to see it.
    pub fn view(&self) -> HttpReply<'_> {
        HttpReply {
            status: self.status,
            content_type: self.content_type.as_deref(),
            retry_after_s: self.retry_after_s,
            body: &self.body,
        }
    }
}

/// Why there is no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoReply {
    /// No connection: the server has seen nothing.
    NotConnected,
    /// The connection broke or fell silent on the way: the server may have seen all of it.
    Broken,
}

/// A client with the roots that travel with the program: a phone's own list needs its virtual machine.
/// Redirects are not followed, so that a sign-in page of a public network is seen for what it is.
pub fn new(server: &Url) -> Result<Client, NoReply> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| NoReply::NotConnected)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let builder = Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT)
        .read_timeout(SILENCE)
        .user_agent(concat!("handoff/", env!("CARGO_PKG_VERSION")));
    let builder = if server.host_str().is_some_and(is_loopback) { builder.no_proxy() } else { builder };
    builder.build().map_err(|_| NoReply::NotConnected)
}

/// `POST` without a token, to enrol.
pub async fn enrol(client: &Client, server: &Url, body: &impl Serialize) -> Result<Reply, NoReply> {
    let url = server.join("v1/enrol").map_err(|_| NoReply::NotConnected)?;
    send(client.post(url).json(body)).await
}

/// `POST` of a batch.
pub async fn entries(client: &Client, identity: &Identity, body: Vec<u8>) -> Result<Reply, NoReply> {
    let url = identity.server.join("v1/entries").map_err(|_| NoReply::NotConnected)?;
    let request = client.post(url).bearer_auth(token(identity)).header(CONTENT_TYPE, "application/json");
    send(request.body(body)).await
}

/// `GET` of the feed: what is new after the cursor, and the configuration unless it is the known one.
pub async fn feed(
    client: &Client,
    identity: &Identity,
    (after, config): (u64, Option<Hash>),
    wait_s: u64,
) -> Result<Reply, NoReply> {
    let mut url = identity.server.join("v1/feed").map_err(|_| NoReply::NotConnected)?;
    url.query_pairs_mut().append_pair("after", &after.to_string()).append_pair("wait", &wait_s.to_string());
    if let Some(config) = config {
        url.query_pairs_mut().append_pair("config", &config.to_string());
    }
    send(client.get(url).bearer_auth(token(identity))).await
}

fn token(identity: &Identity) -> String {
    URL_SAFE_NO_PAD.encode(&identity.token.0)
}

async fn send(request: RequestBuilder) -> Result<Reply, NoReply> {
    let broken = |error: reqwest::Error| match error.is_connect() {
        true => NoReply::NotConnected,
        false => NoReply::Broken,
    };
    let mut response = request.send().await.map_err(broken)?;
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let mut reply = Reply {
        status: response.status().as_u16(),
        content_type: header(CONTENT_TYPE).map(str::to_owned),
        retry_after_s: header(RETRY_AFTER).and_then(|value| value.trim().parse().ok()),
        body: Vec::new(),
    };
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if reply.body.len() + chunk.len() > MOST_REPLY {
            return Err(NoReply::Broken);
        }
        reply.body.extend_from_slice(&chunk);
    }
    Ok(reply)
}
