//! The calls of the wire: which address, which headers, no policy.

use super::enrolment::Identity;
use super::transport::{Call, NoReply, Reply, Transport};
use crate::domain::ids::Hash;
use crate::domain::wire::{CERTIFICATE_HEADER, HEALTH_HEADER};
use crate::outbox::{Rejection, rejection};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Url;
use serde::Serialize;

/// `POST` without a token, to enrol.
pub async fn enrol(transport: &dyn Transport, server: &Url, body: Vec<u8>) -> Result<Reply, NoReply> {
    let url = server.join("v1/enrol").map_err(|_| NoReply::NotConnected)?;
    transport.call(Call { url, headers: Vec::new(), body: Some(body) }).await
}

/// What the feed is asked.
pub struct FeedAsk {
    /// What is new after this.
    pub after: u64,
    /// The configuration, unless it is this one.
    pub config: Option<Hash>,
    /// How many seconds to wait for news.
    pub wait_s: u64,
    /// How the device is, as JSON of ASCII alone.
    pub health: String,
}

/// `POST` of a batch.
pub async fn entries(transport: &dyn Transport, identity: &Identity, body: Vec<u8>) -> Result<Reply, NoReply> {
    let url = identity.server.join("v1/entries").map_err(|_| NoReply::NotConnected)?;
    known(transport, identity, Call { url, headers: vec![token(identity)], body: Some(body) }).await
}

/// `GET` of the feed.
pub async fn feed(transport: &dyn Transport, identity: &Identity, ask: FeedAsk) -> Result<Reply, NoReply> {
    let mut url = identity.server.join("v1/feed").map_err(|_| NoReply::NotConnected)?;
    let FeedAsk { after, config, wait_s, health } = ask;
    url.query_pairs_mut().append_pair("after", &after.to_string()).append_pair("wait", &wait_s.to_string());
    if let Some(config) = config {
        url.query_pairs_mut().append_pair("config", &config.to_string());
    }
    let headers = vec![token(identity), (HEALTH_HEADER, health)];
    known(transport, identity, Call { url, headers, body: None }).await
}

fn token(identity: &Identity) -> (&'static str, String) {
    ("authorization", format!("Bearer {}", URL_SAFE_NO_PAD.encode(&identity.token.0)))
}

/// Calls. To a server that does not know the device its certificate is shown, once.
async fn known(transport: &dyn Transport, identity: &Identity, call: Call) -> Result<Reply, NoReply> {
    let certificate = identity.certificate.as_ref().and_then(|signed| serde_json::to_vec(signed).ok());
    let Some(certificate) = certificate else { return transport.call(call).await };
    let mut again = Call { url: call.url.clone(), headers: call.headers.clone(), body: call.body.clone() };
    let reply = transport.call(call).await?;
    if rejection(&reply.view()) != Some(Rejection::SignedOut) {
        return Ok(reply);
    }
    again.headers.push((CERTIFICATE_HEADER, URL_SAFE_NO_PAD.encode(certificate)));
    transport.call(again).await
}

/// JSON for a header, which carries ASCII alone.
pub fn ascii_json(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut ascii = String::new();
    for c in serde_json::to_string(value)?.chars() {
        match c.is_ascii() {
            true => ascii.push(c),
            false => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| ascii.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    Ok(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_for_a_header_is_ascii_and_says_the_same() {
        let text = "line\n\u{2014} log \u{1f327}";
        let json = ascii_json(&text).unwrap();
        assert_eq!(json, r#""line\n\u2014 log \ud83c\udf27""#);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
