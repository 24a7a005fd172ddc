//! What carries a call to the server and its reply back: HTTP, or a network that a test made up.

use super::enrolment::is_loopback;
use super::lock;
use crate::outbox::HttpReply;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Url, redirect};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The longest reply that is read: a configuration with all its packs and zones is below one megabyte.
const MOST_REPLY: usize = 8 * 1024 * 1024;
/// The server holds a poll for at most 25 seconds; a silence longer than this is a dead connection.
const SILENCE: Duration = Duration::from_secs(45);
const CONNECT: Duration = Duration::from_secs(10);

/// One call. `Debug` shows no token and no body.
pub struct Call {
    /// Where to.
    pub url: Url,
    /// Headers beside those that every call has, in order.
    pub headers: Vec<(&'static str, String)>,
    /// The JSON of a `POST`; a `GET` has none.
    pub body: Option<Vec<u8>>,
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Call({})", self.url.path())
    }
}

/// A reply, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Status code.
    pub status: u16,
    /// `Content-Type`, as it came.
    pub content_type: Option<String>,
    /// `Retry-After` in seconds, if it was a number.
    pub retry_after_s: Option<u64>,
    /// The body.
    pub body: Vec<u8>,
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

/// A call that is under way. Dropping it gives the call up; the server may have seen it.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Result<Reply, NoReply>> + Send + 'a>>;

/// Carries calls.
pub trait Transport: Send + Sync {
    /// Makes one call.
    fn call(&self, call: Call) -> Answering<'_>;
}

/// HTTP over TLS. The client of the runtime that asks is kept: its connections stay open between calls.
#[derive(Debug, Default)]
pub struct Http(Mutex<Option<(tokio::runtime::Id, Client)>>);

impl Transport for Http {
    fn call(&self, call: Call) -> Answering<'_> {
        Box::pin(async move { send(&self.client(&call.url)?, call).await })
    }
}

impl Http {
    fn client(&self, server: &Url) -> Result<Client, NoReply> {
        let here = tokio::runtime::Handle::current().id();
        let mut kept = lock(&self.0);
        if let Some((_, client)) = kept.as_ref().filter(|(runtime, _)| *runtime == here) {
            return Ok(client.clone());
        }
        let client = new(server)?;
        *kept = Some((here, client.clone()));
        Ok(client)
    }
}

/// A client with the roots that travel with the program: a phone's own list needs its virtual machine.
/// Redirects are not followed, so that a sign-in page of a public network is seen for what it is.
fn new(server: &Url) -> Result<Client, NoReply> {
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

async fn send(client: &Client, call: Call) -> Result<Reply, NoReply> {
    let broken = |error: reqwest::Error| match error.is_connect() {
        true => NoReply::NotConnected,
        false => NoReply::Broken,
    };
    let mut request = match call.body {
        Some(body) => client.post(call.url).header(CONTENT_TYPE, "application/json").body(body),
        None => client.get(call.url),
    };
    for (name, value) in call.headers {
        request = request.header(name, value);
    }
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
