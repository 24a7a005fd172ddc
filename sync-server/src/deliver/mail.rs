//! Mail: handed in at the agency's own relay (SMTP, RFC 5321).
//!
//! # Decisions
//! - TLS unless it is said otherwise, and otherwise only to this machine: a relay that offers none gets neither the
//!   password nor the mail. Certificates are verified by the system's list.
//! - A mail says that a referral waits, and where to look. No name, no id.
//! - What the relay says besides its code is not logged: it repeats the address.

use super::channel::{About, Alert, Channel, Medium, Outcome, Sending};
use super::receiver::{is_this_machine, pause};
use super::webhook::id;
use crate::app::{App, WeakApp};
use crate::words::t;
use clap::ValueEnum;
use handoff::domain::ids::StaffId;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use zeroize::Zeroizing;

/// How the connection to the relay is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Security {
    /// It begins in clear and must turn to TLS before anything is said (port 587).
    #[default]
    Starttls,
    /// TLS from the first byte (port 465).
    Tls,
    /// In clear, to this machine alone (port 25).
    None,
}

/// Where mail is handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    /// Its host.
    pub host: String,
    /// Its port, if not the usual one of its security.
    pub port: Option<u16>,
    /// How the connection is kept from others.
    pub security: Security,
    /// Whose mail it is.
    pub from: String,
    /// A file of two lines, user and password, which only its owner may read.
    pub credentials: Option<PathBuf>,
}

/// Why mail cannot be handed in as it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum BadRelay {
    /// Not an address.
    #[error("--mail-from {0}: is no mail address")]
    From(String),
    /// In clear to another machine.
    #[error("--mail-security none: {0} is not this machine, and mail to another goes by TLS")]
    Clear(String),
    /// The credentials cannot be used.
    #[error("--mail-credentials {0}: {1}")]
    Credentials(String, String),
    /// The host is no name, or the system has no certificates.
    #[error("--mail-relay {0}: {1}")]
    Host(String, String),
}

/// The channel.
pub(super) struct Mail {
    app: WeakApp,
    from: Address,
    patience: Duration,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl Mail {
    pub(super) fn new(app: &App, relay: &Relay, patience: Duration) -> Result<Self, BadRelay> {
        let from: Address = relay.from.parse().map_err(|_| BadRelay::From(relay.from.clone()))?;
        let host = |error: lettre::transport::smtp::Error| BadRelay::Host(relay.host.clone(), error.to_string());
        let tls = || TlsParameters::new_rustls(relay.host.clone()).map_err(host);
        let (tls, port) = match relay.security {
            Security::Starttls => (Tls::Required(tls()?), 587),
            Security::Tls => (Tls::Wrapper(tls()?), 465),
            Security::None if is_this_machine(&relay.host) => (Tls::None, 25),
            Security::None => return Err(BadRelay::Clear(relay.host.clone())),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&relay.host)
            .tls(tls)
            .port(relay.port.unwrap_or(port))
            .timeout(Some(patience))
            .hello_name(ClientId::Domain(from.domain().to_owned()));
        if let Some(file) = &relay.credentials {
            builder = builder.credentials(credentials(file)?);
        }
        Ok(Self { app: app.weak(), from, patience, transport: builder.build() })
    }

    fn letter(&self, app: &App, to: &str, alert: &Alert) -> Option<Message> {
        let (what, page) = match alert.about {
            About::Referral(_) => (t!("told-mail-referral"), "/"),
            About::Gap(_) => (t!("told-mail-gap"), "/rota"),
            About::Swap(_) => (t!("told-mail-swap"), "/rota"),
        };
        let look = t!("told-mail-look", address = format!("{}{page}", app.url()));
        let text = format!("{what}\n\n{look}\n\n{}\n", t!("told-mail-nothing"));
        Message::builder()
            .from(Mailbox::new(Some("Handoff".to_owned()), self.from.clone()))
            .to(Mailbox::new(None, to.parse().ok()?))
            .subject(alert.about.words())
            .date(SystemTime::from(app.now()))
            // The same at every try: a relay that has it already may leave the second one out.
            .message_id(Some(format!("<{}@{}>", id(alert), self.from.domain())))
            .header(ContentType::TEXT_PLAIN)
            .body(text)
            .ok()
    }

    async fn tell(&self, alert: &Alert) -> Outcome {
        let again = Outcome::Retry(pause(alert.claim.tries));
        let Some(app) = self.app.get() else { return again };
        let site = app.site();
        // The programme changed meanwhile: there is no address any more.
        let Some(person) = site.person(alert.staff).filter(|person| !person.mail.reveal().is_empty()) else {
            return Outcome::Gone;
        };
        let language = person.language.unwrap_or_default();
        let Some(letter) = language.within(|| self.letter(&app, person.mail.reveal(), alert)) else {
            return Outcome::Failed("bad_address");
        };
        // A relay that says each word just in time ends within the lease too.
        match tokio::time::timeout(self.patience * 2, self.transport.send(letter)).await {
            Ok(Ok(_)) => Outcome::Delivered,
            Ok(Err(error)) => {
                let code = error.status().map_or_else(|| "none".to_owned(), |code| code.to_string());
                tracing::warn!(code, "the relay did not take a mail");
                if error.is_permanent() { Outcome::Failed("mail_refused") } else { again }
            }
            Err(_) => again,
        }
    }
}

/// Two lines, of a file that nobody else may read.
fn credentials(path: &Path) -> Result<Credentials, BadRelay> {
    let bad = |why: String| BadRelay::Credentials(path.display().to_string(), why);
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|error| bad(error.to_string()))?);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path).map_err(|error| bad(error.to_string()))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(bad("others may read it: chmod 600".to_owned()));
        }
    }
    let mut lines = text.lines();
    match (lines.next(), lines.next()) {
        (Some(user), Some(password)) if !user.is_empty() && !password.is_empty() => {
            Ok(Credentials::new(user.to_owned(), password.to_owned()))
        }
        (_, _) => Err(bad("holds no two lines, user and password".to_owned())),
    }
}

impl Channel for Mail {
    fn medium(&self) -> Medium {
        Medium::Mail
    }

    fn reaches(&self, _: StaffId) -> bool {
        true
    }

    fn send<'a>(&'a self, alert: &'a Alert) -> Sending<'a> {
        Box::pin(self.tell(alert))
    }
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mail")
    }
}
