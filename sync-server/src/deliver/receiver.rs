//! Calls to receivers outside: push services and programs of the agency.
//!
//! # Decisions
//! - An address comes from a browser or a programme file, so it must not turn this server against its own network.
//!   Only `https` is called. The name is resolved here, once for each connection, and every address that is not
//!   public is left out before anyone connects to it: a name that changes its answer between a check and a call gains
//!   nothing. Redirects are not followed and no proxy is used, since both would choose another address.
//!   `--private-receivers` lifts this for a network of one's own, and allows `http` to this machine alone.
//! - What a receiver answers is read as far as its status and `Retry-After`; its body is not.
//! - A receiver that asks for quiet has it from this process, whichever referral the next word is about. Another
//!   process on the same database hears it by its own first call.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, StatusCode, Url, redirect};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// A receiver has quiet for so long at most: by then the ladder has gone on.
const LONGEST_QUIET: TimeDelta = TimeDelta::hours(1);
/// No address is longer.
const LONGEST: usize = 2048;

/// Why an address is none that could be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// It is no address of the web, or too long for one.
    #[error("is no address such as https://HOST/PATH")]
    NotAnAddress,
    /// What is sent there could be read on the way.
    #[error("must begin with https://")]
    NotEncrypted,
    /// A user or a password stands in it, which clients and logs show.
    #[error("must hold no user and no password")]
    Credentials,
}

/// An address that may be called, if it then turns out to be public: `https`, or `http` to this machine.
///
/// # Errors
/// [`BadAddress`].
pub fn address(text: &str) -> Result<Url, BadAddress> {
    let url = Url::parse(text).map_err(|_| BadAddress::NotAnAddress)?;
    // Written out it may be longer than it was typed.
    if text.len().max(url.as_str().len()) > LONGEST {
        return Err(BadAddress::NotAnAddress);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(BadAddress::Credentials);
    }
    match (url.scheme(), url.host_str()) {
        ("https", Some(_)) => Ok(url),
        ("http", Some(host)) if is_this_machine(host) => Ok(url),
        ("http", _) => Err(BadAddress::NotEncrypted),
        (_, _) => Err(BadAddress::NotAnAddress),
    }
}

fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Whether a host is this machine, by its name alone.
pub(super) fn is_this_machine(host: &str) -> bool {
    host == "localhost" || literal(host).is_some_and(|ip| ip.is_loopback())
}

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// It was taken.
    Taken,
    /// There is nothing at that address any more.
    Gone,
    /// Not before so long.
    Later(TimeDelta),
    /// Not now, whatever the reason.
    NotNow,
    /// The address is none that this server calls.
    Forbidden,
}

/// What is sent.
#[derive(Debug, Clone)]
pub(super) struct Letter {
    pub(super) to: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// Calls receivers.
pub(super) struct Caller {
    client: OnceLock<Option<Client>>,
    private: bool,
    patience: Duration,
    quiet: Mutex<BTreeMap<String, DateTime<Utc>>>,
}

impl Caller {
    /// A caller that waits so long for the whole of a call; with `private`, also of addresses that are not public.
    pub(super) fn new(private: bool, patience: Duration) -> Self {
        Self { client: OnceLock::new(), private, patience, quiet: Mutex::default() }
    }

    /// The client, made at the first call: to read the system's certificates takes as long as the server's whole start.
    fn client(&self) -> Option<&Client> {
        let make =
            || client(self.private, self.patience).inspect_err(|why| tracing::error!(why, "no receiver is called"));
        self.client.get_or_init(|| make().ok()).as_ref()
    }

    /// Sends a letter. The receiver's address is in no log: whoever knows it can write there.
    pub(super) async fn post(&self, letter: Letter, now: DateTime<Utc>) -> Answer {
        if !self.may_call(&letter.to) {
            return Answer::Forbidden;
        }
        let to = letter.to.to_string();
        if let Some(left) = self.quiet_for(&to, now) {
            return Answer::Later(left);
        }
        let Some(client) = self.client() else { return Answer::NotNow };
        let request = client.post(letter.to).headers(letter.headers).body(letter.body);
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => {
                let why = if error.is_timeout() { "no answer in time" } else { "no connection" };
                tracing::debug!(why, "a receiver could not be reached");
                return Answer::NotNow;
            }
        };
        let answer = answer(response.status(), response.headers(), now);
        if let Answer::Later(wait) = answer {
            let mut quiet = self.quiet.lock().unwrap_or_else(PoisonError::into_inner);
            quiet.retain(|_, until| *until > now);
            quiet.insert(to, now + wait);
        }
        if !matches!(answer, Answer::Taken) {
            tracing::debug!(status = response.status().as_u16(), "a receiver did not take it");
        }
        answer
    }

    fn may_call(&self, to: &Url) -> bool {
        let host = to.host_str().unwrap_or_default();
        match literal(host) {
            _ if self.private => true,
            Some(ip) => to.scheme() == "https" && is_public(ip),
            None => to.scheme() == "https",
        }
    }

    fn quiet_for(&self, to: &str, now: DateTime<Utc>) -> Option<TimeDelta> {
        let quiet = self.quiet.lock().unwrap_or_else(PoisonError::into_inner);
        quiet.get(to).map(|until| *until - now).filter(|left| *left > TimeDelta::zero())
    }
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Caller")
    }
}

fn client(private: bool, patience: Duration) -> Result<Client, String> {
    let mut roots = rustls::RootCertStore::empty();
    // Some of a system's may be too old to parse: the rest are good.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .timeout(patience)
        .dns_resolver(Arc::new(Resolver { private }))
        .user_agent(concat!("handoff-server/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| error.to_string())
}

fn answer(status: StatusCode, headers: &HeaderMap, now: DateTime<Utc>) -> Answer {
    let wait =
        || headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(|text| retry_after(text, now));
    match status.as_u16() {
        200..=299 => Answer::Taken,
        404 | 410 => Answer::Gone,
        429 | 503 => wait().map_or(Answer::NotNow, Answer::Later),
        _ => Answer::NotNow,
    }
}

/// How long a receiver asks to be left alone: `Retry-After` in seconds, or as a moment (RFC 9110, 10.2.3); an hour
/// at most, and nothing for what is neither.
pub fn retry_after(text: &str, now: DateTime<Utc>) -> Option<TimeDelta> {
    let text = text.trim();
    let wait = match text.parse::<u32>() {
        Ok(seconds) => TimeDelta::seconds(i64::from(seconds)),
        Err(_) => DateTime::parse_from_rfc2822(text).ok()?.to_utc() - now,
    };
    Some(wait.clamp(TimeDelta::zero(), LONGEST_QUIET))
}

/// How long after the n-th try the next one comes.
pub(super) fn pause(tries: u32) -> TimeDelta {
    TimeDelta::seconds(5 * 2_i64.pow(tries.saturating_sub(1).min(4)))
}

/// Finds a host's addresses, and leaves out those that are not public.
#[derive(Debug)]
struct Resolver {
    private: bool,
}

/// A host has no address that this server calls.
#[derive(Debug, thiserror::Error)]
#[error("the host has no public address")]
struct NoPublicAddress;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let private = self.private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let good: Vec<_> = found.filter(|address| private || is_public(address.ip())).collect();
            match good.is_empty() {
                true => Err(NoPublicAddress.into()),
                false => Ok(Box::new(good.into_iter()) as Addrs),
            }
        })
    }
}

/// Whether an address belongs to the internet at large, by the registries of special-purpose addresses (RFC 6890).
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (18..20).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99);
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, y, z] = ip.segments();
    let [y0, y1] = y.to_be_bytes();
    let [z0, z1] = z.to_be_bytes();
    // Addresses that carry one of version 4 are judged by that one.
    if ip.to_ipv4_mapped().is_some() || [a, b, c, d, e, f] == [0x64, 0xff9b, 0, 0, 0, 0] {
        return is_public_v4(Ipv4Addr::new(y0, y1, z0, z1));
    }
    // Only 2000::/3 is given out; of it, tunnels, documentation and the like are nobody's.
    (a & 0xe000) == 0x2000 && a != 0x2002 && !(a == 0x2001 && (b < 0x200 || b == 0xdb8)) && !(a == 0x3fff && b < 0x1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_of_the_web_encrypted_and_without_a_password() {
        for (text, fault) in [
            ("", BadAddress::NotAnAddress),
            ("push.example", BadAddress::NotAnAddress),
            ("ftp://push.example/", BadAddress::NotAnAddress),
            ("file:///etc/passwd", BadAddress::NotAnAddress),
            ("http://push.example/", BadAddress::NotEncrypted),
            ("http://10.0.0.1/", BadAddress::NotEncrypted),
            ("http://localhost.example/", BadAddress::NotEncrypted),
            ("https://me:word@push.example/", BadAddress::Credentials),
            ("https://me@push.example/", BadAddress::Credentials),
        ] {
            assert_eq!(address(text), Err(fault), "{text}");
        }
        assert_eq!(address(&format!("https://push.example/{}", "a".repeat(LONGEST))), Err(BadAddress::NotAnAddress));
        for text in ["https://push.example/x", "https://10.1.2.3:8443/", "http://127.0.0.1:9/x", "http://[::1]/"] {
            assert!(address(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn only_addresses_of_the_internet_are_public() {
        for ip in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::",
            "100::1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in [
            "1.1.1.1",
            "100.128.0.1",
            "172.32.0.1",
            "198.20.0.1",
            "2606:4700::1111",
            "2a00:1450::1",
            "64:ff9b::101:101",
        ] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[tokio::test]
    async fn a_private_address_is_not_called_however_it_is_written() {
        let caller = Caller::new(false, Duration::from_secs(10));
        for text in [
            "https://127.0.0.1:9/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest/",
            "http://127.0.0.1/",
            "http://localhost/",
        ] {
            let letter = Letter { to: Url::parse(text).unwrap(), headers: HeaderMap::new(), body: Vec::new() };
            assert_eq!(caller.post(letter, Utc::now()).await, Answer::Forbidden, "{text}");
        }
        // A name that leads to this machine is found out where it is resolved.
        let name = || "localhost".parse::<Name>().unwrap();
        assert!(Resolver { private: false }.resolve(name()).await.is_err());
        assert!(Resolver { private: true }.resolve(name()).await.is_ok());
    }

    #[test]
    fn a_wait_is_read_in_seconds_or_as_a_moment_and_never_longer_than_an_hour() {
        let now: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().unwrap();
        for (text, seconds) in [
            ("0", Some(0)),
            (" 120 ", Some(120)),
            ("999999", Some(3600)),
            ("4294967296", None),
            ("-5", None),
            ("soon", None),
            ("", None),
            ("Sun, 01 Mar 2026 12:02:00 GMT", Some(120)),
            ("Sun, 01 Mar 2026 11:00:00 GMT", Some(0)),
            ("Fri, 01 Jan 2100 00:00:00 GMT", Some(3600)),
        ] {
            assert_eq!(retry_after(text, now).map(|wait| wait.num_seconds()), seconds, "{text}");
        }
    }

    #[test]
    fn every_status_has_its_answer() {
        let now = Utc::now();
        let mut asked = HeaderMap::new();
        asked.insert(RETRY_AFTER, "30".parse().unwrap());
        let of = |code, headers: &HeaderMap| answer(StatusCode::from_u16(code).unwrap(), headers, now);
        for code in 100..600 {
            let expected = match code {
                200..=299 => Answer::Taken,
                404 | 410 => Answer::Gone,
                _ => Answer::NotNow,
            };
            assert_eq!(of(code, &HeaderMap::new()), expected, "{code}");
        }
        for code in [429, 503] {
            assert_eq!(of(code, &asked), Answer::Later(TimeDelta::seconds(30)), "{code}");
        }
        assert_eq!(of(500, &asked), Answer::NotNow);
    }
}
