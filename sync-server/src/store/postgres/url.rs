//! The database's address, of which nothing is ever printed: it holds the password.

use super::StoreError;
use super::fault::fault;
use super::tls::{self, Tls};
use postgres::config::{Host, SslMode, TargetSessionAttrs};
use postgres::{Client, Config, NoTls};
use std::time::Duration;

/// Nobody waits longer for a connection to be made …
const CONNECTING: Duration = Duration::from_secs(5);
/// … or for an answer of a machine that has gone without a word.
const SILENCE: Duration = Duration::from_secs(15);
/// A connection on which nothing was said for this long is asked whether it is still there.
const QUIET: Duration = Duration::from_secs(10);

/// Why an address cannot be used. It repeats nothing of the address.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum BadUrl {
    /// It is no address of a PostgreSQL database.
    #[error(
        "the database's address does not read as postgres://USER:PASSWORD@HOST:PORT/DATABASE; \
         special characters are written as %XX"
    )]
    Form,
    /// `sslmode` is none that is known.
    #[error("sslmode in the database's address is none of disable, prefer, require, verify-ca and verify-full")]
    SslMode,
    /// The certificates to trust cannot be read.
    #[error("the certificates by which the database's server is trusted cannot be used: {0}")]
    Roots(String),
}

/// Where a PostgreSQL database is, and how to get in: `postgres://USER:PASSWORD@HOST:PORT/DATABASE`.
///
/// A connection to another machine is encrypted and the server's certificate verified, unless the address
/// says `sslmode=disable`: `prefer` and `require` do not fall back to less. `sslrootcert=FILE` names the
/// certificates to trust in place of the system's. A socket or this machine's own address goes without.
#[derive(Clone)]
pub struct DatabaseUrl {
    config: Config,
    tls: Option<Tls>,
}

impl DatabaseUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// [`BadUrl`], which repeats nothing of the address.
    pub fn parse(url: &str) -> Result<Self, BadUrl> {
        if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(BadUrl::Form);
        }
        // A question mark before the host is of a password.
        let host = url.find('@').unwrap_or(0);
        let query_at = url.char_indices().find(|(at, c)| *at > host && *c == '?').map_or(url.len(), |(at, _)| at);
        let (address, query) = url.split_at(query_at);
        let query = query.trim_start_matches('?');
        let (mut mode, mut roots, mut rest) = (None, None, Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value),
                Some(("sslrootcert", value)) => roots = Some(unescaped(value)?),
                Some(_) | None => rest.push(pair),
            }
        }
        let mut config: Config = format!("{address}?{}", rest.join("&")).parse().map_err(|_| BadUrl::Form)?;
        let near = is_near(&config);
        let encrypted = match mode {
            Some("disable") => false,
            None | Some("allow" | "prefer") => !near,
            Some("require" | "verify-ca" | "verify-full") => true,
            Some(_) => return Err(BadUrl::SslMode),
        };
        config
            .ssl_mode(if encrypted { SslMode::Require } else { SslMode::Disable })
            .application_name("handoff-server")
            // After a failover, the one that takes writes, among those that the address names.
            .target_session_attrs(TargetSessionAttrs::ReadWrite)
            .keepalives_idle(QUIET)
            .keepalives_interval(QUIET / 3)
            .keepalives_retries(3)
            .tcp_user_timeout(SILENCE);
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECTING);
        }
        let tls = if encrypted { Some(tls::trusting(roots.as_deref())?) } else { None };
        Ok(Self { config, tls })
    }

    /// The name of the database, to be shown.
    pub fn database(&self) -> &str {
        self.config.get_dbname().or(self.config.get_user()).unwrap_or("postgres")
    }

    pub(super) fn connect(&self) -> Result<Client, StoreError> {
        let connected = match &self.tls {
            Some(tls) => self.config.connect(tls.clone()),
            None => self.config.connect(NoTls),
        };
        connected.map_err(|error| tls::distrust(&error).map_or_else(|| fault(&error), StoreError::Untrusted))
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DatabaseUrl([private])")
    }
}

/// A socket of this machine, or its own address.
fn is_near(config: &Config) -> bool {
    let near = |host: &Host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    config.get_hosts().iter().all(near) && config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback)
}

/// A value of a query with its `%XX` read.
fn unescaped(value: &str) -> Result<String, BadUrl> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        let mut digit = || rest.next().and_then(|c| char::from(c).to_digit(16));
        bytes.push(match byte {
            b'%' => digit().zip(digit()).and_then(|(h, l)| u8::try_from(h * 16 + l).ok()).ok_or(BadUrl::Form)?,
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| BadUrl::Form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_is_spoken_to_in_cipher_unless_the_address_says_otherwise() {
        for (url, encrypted) in [
            ("postgres://u@localhost/db", false),
            ("postgres://u@127.0.0.1:5433/db", false),
            ("postgres://u@%2Frun%2Fpostgresql/db", false),
            ("postgres://u@[::1]/db?sslmode=prefer", false),
            ("postgresql://u@localhost,db.example.org/db", true),
            ("postgres://u@db.example.org/db", true),
            ("postgres://u@db.example.org/db?sslmode=prefer", true),
            ("postgres://u@db.example.org/db?sslmode=disable", false),
            ("postgres://u:p?sslmode=require@localhost/db", false),
            ("postgres://u@localhost/db?sslmode=require", true),
            ("postgres://u@localhost/db?connect_timeout=3&sslmode=verify-full", true),
        ] {
            assert_eq!(DatabaseUrl::parse(url).unwrap().tls.is_some(), encrypted, "{url}");
        }
    }

    #[test]
    fn an_address_that_is_none_is_refused_without_repeating_it() {
        for (url, why) in [
            ("mysql://u:s3cret@h/db", BadUrl::Form),
            ("host=h password=s3cret", BadUrl::Form),
            ("postgres://u:p?x@h/db?s3cret", BadUrl::Form),
            ("postgres://u:s3cret@h:port/db", BadUrl::Form),
            ("postgres://u:s3cret@h/db?sslmode=s3cret", BadUrl::SslMode),
            ("postgres://u:s3cret@h/db?sslrootcert=%z", BadUrl::Form),
        ] {
            let Err(error) = DatabaseUrl::parse(url) else { panic!("{url} is taken") };
            assert_eq!(error, why, "{url}");
            assert!(!error.to_string().contains("s3cret"));
        }
        let missing = DatabaseUrl::parse("postgres://u:s3cret@h/db?sslrootcert=no%2Fsuch.pem").unwrap_err();
        assert!(matches!(&missing, BadUrl::Roots(why) if why.contains("no/such.pem")), "{missing}");
        let debug = format!("{:?}", DatabaseUrl::parse("postgres://u:s3cret@localhost/db").unwrap());
        assert_eq!(debug, "DatabaseUrl([private])");
    }
}
