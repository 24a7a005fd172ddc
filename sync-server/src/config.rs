//! How the server is started.

use crate::clock::Clock;
use crate::deliver::outside::Outside;
use crate::store::DatabaseUrl;
use handoff::seal::Curve;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// How a server hears what the others on its database wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wake {
    /// The database says that something was written; every two seconds it is looked at all the same.
    #[default]
    ByWord,
    /// It is looked at every two seconds, as where words of the database do not come through.
    ByLook,
}

/// What a server needs to know to start.
#[derive(Debug, Clone)]
pub struct Config {
    /// The folder of database and keys; made if it is not there.
    pub data: PathBuf,
    /// Where to listen. Only this machine unless it is said otherwise; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The address that people and phones use, if it is not the one above: behind a proxy with TLS.
    pub url: Option<String>,
    /// A PostgreSQL database, which any number of servers may share, in place of the file in `data`.
    pub database_url: Option<DatabaseUrl>,
    /// How news of other servers comes, where there may be others.
    pub wake: Wake,
    /// The head of a request is here within this time, and its body within the same time again.
    pub request_within: Duration,
    /// At most so many connections at once; who comes then waits. Nothing for as many as the system allows.
    pub connections: Option<u16>,
    /// Of which curve the key to which phones seal is, where it is made: with a new database.
    pub sealing_curve: Curve,
    /// How people are reached outside the console.
    pub outside: Outside,
    /// The clock.
    pub clock: Clock,
}

impl Config {
    /// The default port.
    pub const PORT: u16 = 7080;

    /// The default of [`Config::request_within`]: a full batch over a link of 300 kbit/s.
    pub const REQUEST_WITHIN: Duration = Duration::from_secs(30);

    /// A server of this machine alone, with its data in a folder.
    pub fn local(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, Self::PORT)),
            url: None,
            database_url: None,
            wake: Wake::default(),
            request_within: Self::REQUEST_WITHIN,
            connections: None,
            sealing_curve: Curve::default(),
            outside: Outside::default(),
            clock: Clock::system(),
        }
    }

    /// The same on a free port, as for tests.
    #[must_use]
    pub const fn on_free_port(mut self) -> Self {
        self.listen.set_port(0);
        self
    }

    /// The database's file.
    pub fn database(&self) -> PathBuf {
        self.data.join("server.db")
    }

    /// The folder of the keys.
    pub fn keys(&self) -> PathBuf {
        self.data.join("keys")
    }
}
