//! `handoff-server`: serve, try the demo, let people and phones in.
#![forbid(unsafe_code)]

use clap::{Parser, Subcommand};
use handoff::seal::Curve;
use handoff_server::deliver::mail::{Relay, Security};
use handoff_server::deliver::outside::{Outside, channel_key};
use handoff_server::keys::ChannelKey;
use handoff_server::ledger::{self, command};
use handoff_server::site::NewSite;
use handoff_server::store::{DatabaseUrl, StoreError, events};
use handoff_server::{App, AppError, Config, Server, demo, import, restore};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// The sync server and console of Handoff.
#[derive(Debug, Parser)]
#[command(name = "handoff-server", version, about)]
struct Args {
    /// The folder of database and keys.
    #[arg(long, global = true, env = "HANDOFF_SERVER_DATA", default_value = "handoff-server-data")]
    data: PathBuf,
    /// Where to listen: only this machine unless you say otherwise.
    #[arg(long, global = true, default_value = "127.0.0.1:7080")]
    listen: SocketAddr,
    /// The address that people and phones use, when a proxy with TLS stands in front.
    #[arg(long, global = true)]
    url: Option<String>,
    /// A PostgreSQL database in place of the file in the data folder: postgres://USER:PASSWORD@HOST/DATABASE.
    /// Set the variable where others may list this machine's programs.
    #[arg(long, global = true, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// Of which curve the key to which phones seal is, where it is made, with a new database: x25519 or p256. Only
    /// the second is approved by FIPS 140.
    #[arg(long, global = true, env = "HANDOFF_SEALING_CURVE", default_value = "x25519")]
    sealing_curve: Curve,
    #[command(flatten)]
    bounds: Bounds,
    #[command(flatten)]
    told: Told,
    #[command(subcommand)]
    command: Command,
}

/// What callers may take.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What callers may take")]
struct Bounds {
    /// Seconds within which the head of a request must be here, and its body again.
    #[arg(long, global = true, default_value_t = Config::REQUEST_WITHIN.as_secs(), value_parser = clap::value_parser!(u64).range(1..))]
    request_within: u64,
    /// Connections at once; who comes then waits. As many as the system allows files, less 124 for all else, unless
    /// you say otherwise.
    #[arg(long, global = true, value_parser = clap::value_parser!(u16).range(1..))]
    connections: Option<u16>,
}

/// How people are told outside the console.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "How people are told")]
struct Told {
    /// Push services and webhooks may have private addresses, and plain http on this machine. Without it only
    /// public addresses are called, by https.
    #[arg(long, global = true)]
    private_receivers: bool,
    /// The host at which mail is handed in. No mail without it.
    #[arg(long, global = true, requires = "mail_from")]
    mail_relay: Option<String>,
    /// Its port: 587, 465 with tls, 25 with none, unless you say otherwise.
    #[arg(long, global = true)]
    mail_port: Option<u16>,
    /// How the connection to it is kept from others.
    #[arg(long, global = true, value_enum, default_value_t = Security::default())]
    mail_security: Security,
    /// Whose mail it is: an address such as handoff@agency.example.
    #[arg(long, global = true)]
    mail_from: Option<String>,
    /// A file of two lines, user and password, which only its owner may read.
    #[arg(long, global = true)]
    mail_credentials: Option<PathBuf>,
}

impl Told {
    fn outside(self) -> Outside {
        let relay = |(host, from)| Relay {
            host,
            port: self.mail_port,
            security: self.mail_security,
            from,
            credentials: self.mail_credentials,
        };
        let relay = self.mail_relay.zip(self.mail_from).map(relay);
        Outside { private_receivers: self.private_receivers, relay, ..Outside::default() }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until stopped.
    Serve,
    /// Load the demo programme, print sign-in links and a phone code, and serve.
    Demo,
    /// Load a programme file: people, rota, packs, zones.
    Site {
        /// The file.
        file: PathBuf,
    },
    /// Load the rota, people or services from a file of comma-separated values, all of it or nothing. Each line that cannot be
    /// taken is named.
    Import {
        /// What the file lists.
        #[arg(value_enum)]
        what: import::Kind,
        /// The file. Its first line names the columns.
        file: PathBuf,
        /// Only say what it would change.
        #[arg(long)]
        dry_run: bool,
    },
    /// Print a one-time sign-in link for someone of the console.
    Invite {
        /// Their login, serial number or name.
        staff: String,
    },
    /// Print a one-time code with which a phone is enrolled.
    Enrol {
        /// The officer's login, serial number or name. Records that another officer signs on that phone are taken,
        /// and flagged in the log. Without it the phone is one of a crew, and nothing is flagged.
        officer: Option<String>,
    },
    /// Revoke a device: it reads nothing more; what it has saved is still taken.
    Revoke {
        /// The device's id.
        device: handoff::domain::ids::DeviceId,
    },
    /// Write everything to one encrypted file, while a server goes on serving.
    Backup {
        /// The file. One that stands there is replaced when the new one is whole.
        file: PathBuf,
    },
    /// Put a backup in the database's place. No server may run; the present database is set aside, never deleted.
    Restore {
        /// The file.
        file: PathBuf,
    },
    /// After a restore: list the devices, and with `--yes` let those read that are not revoked.
    ConfirmRevocations {
        /// The list was looked at, and is right.
        #[arg(long)]
        yes: bool,
    },
    /// Print what others must know of a channel's key: the public key of web push, or the secret that a webhook's
    /// receiver is given.
    ChannelKey {
        /// Whose.
        #[arg(value_enum)]
        which: ChannelKey,
        /// Make it anew first, with no server running: every browser must then be added again, or every receiver be
        /// given the new secret.
        #[arg(long)]
        new: bool,
    },
    #[command(flatten)]
    Ledger(LedgerCommand),
    /// Print what happened besides records: sign-ins, reads of people's data, refusals. Ids and codes only.
    Events {
        /// How many, counted from the newest.
        #[arg(long, default_value_t = 50)]
        last: u32,
    },
}

/// What is done with the ledger.
#[derive(Debug, Subcommand)]
enum LedgerCommand {
    /// Print the server's public key, with which an export is verified.
    Key,
    /// Print the newest signed checkpoint of the log. Kept elsewhere, it shows later whether the log was rewritten.
    Checkpoint,
    /// Write the whole log to a file that proves itself. It holds no name in clear.
    Export {
        /// The file.
        file: PathBuf,
    },
    /// Verify an export. Needs the file and the key, and nothing else. Exit 1 says that something is wrong with it.
    Verify {
        /// The export.
        export: PathBuf,
        /// The server's public key: a file, or the base64 that `key` prints.
        #[arg(long)]
        key: String,
        /// A checkpoint of the log that was kept elsewhere: a file.
        #[arg(long)]
        known: Option<PathBuf>,
    },
    /// Erase what was recorded of one referral, for ever. Proofs of the log stay valid.
    Erase {
        /// The referral's id.
        referral: handoff::domain::ids::ReferralId,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("HANDOFF_LOG").unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run(Args::parse()).await {
        Ok(code) => code,
        Err(error) => {
            tell(&format!("handoff-server: {error}"), &mut std::io::stderr());
            if error.is_of_the_machine() { ExitCode::FAILURE } else { ExitCode::from(2) }
        }
    }
}

async fn run(args: Args) -> Result<ExitCode, AppError> {
    // Who verifies an export has no database.
    let alone = matches!(args.command, Command::Ledger(LedgerCommand::Verify { .. }));
    let database_url = args.database_url.filter(|url| !url.is_empty() && !alone);
    let config = Config {
        listen: args.listen,
        url: args.url,
        database_url: database_url.map(|url| DatabaseUrl::parse(&url)).transpose()?,
        request_within: Duration::from_secs(args.bounds.request_within),
        connections: args.bounds.connections,
        sealing_curve: args.sealing_curve,
        outside: args.told.outside(),
        ..Config::local(args.data)
    };
    let out = &mut std::io::stdout();
    match args.command {
        Command::Serve => serve(config, false).await?,
        Command::Demo => serve(config, true).await?,
        Command::Site { file } => {
            let app = App::open(config)?;
            let now = app.now();
            let site = NewSite::read(&file, now)?;
            app.store().write(move |db| site.save(db, now)).await?;
            tell("The site is loaded. A running server takes it up at once.", out);
        }
        Command::Import { what, file, dry_run } => {
            for line in import::command::run(&App::open(config)?, what, (&file, dry_run)).await? {
                tell(&line, out);
            }
        }
        Command::Invite { staff } => tell(&App::open(config)?.invite(&staff).await?, out),
        Command::Enrol { officer } => tell(&App::open(config)?.enrolment_code(officer.as_deref()).await?, out),
        Command::Revoke { device } => match App::open(config)?.revoke(device).await? {
            true => tell("Revoked. What the device has saved is still taken.", out),
            false => tell("It was revoked before.", out),
        },
        Command::ChannelKey { which, new } => tell(&channel_key(&App::open(config)?, which, new).await?, out),
        Command::Backup { file } => {
            let backup = App::open(config)?.backup(file.clone()).await?;
            let mark = backup.watermark;
            tell(&format!("Backed up: epoch {}, log entries 1–{}.", mark.epoch, mark.backed_up), out);
            tell(&format!("{} rows in {}, checked. It holds no key.", backup.rows, file.display()), out);
        }
        Command::Restore { file } => {
            let restored = tokio::task::spawn_blocking(move || restore::restore(&config, &file)).await;
            let restored = restored.map_err(|_| StoreError::Broken)??;
            restored.lines().iter().for_each(|line| tell(line, out));
        }
        Command::ConfirmRevocations { yes } => confirm_revocations(&App::open(config)?, yes, out).await?,
        Command::Ledger(command) => return of_the_ledger(config, command, out).await,
        Command::Events { last } => {
            let lines = App::open(config)?.store().read(move |db| events::last(db, last)).await?;
            lines.iter().for_each(|line| tell(line, out));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn of_the_ledger(
    config: Config,
    command: LedgerCommand,
    out: &mut impl std::io::Write,
) -> Result<ExitCode, AppError> {
    match command {
        LedgerCommand::Key => tell(&command::key_text(&App::open(config)?)?, out),
        LedgerCommand::Checkpoint => match newest(&App::open(config)?).await? {
            Some(note) => tell(note.trim_end(), out),
            None => {
                tell("There is no checkpoint: the log was tampered with.", &mut std::io::stderr());
                return Ok(ExitCode::FAILURE);
            }
        },
        LedgerCommand::Export { file } => {
            let leaves = command::export_to(&App::open(config)?, &file).await?;
            tell(&format!("{leaves} leaves in {}.", file.display()), out);
        }
        LedgerCommand::Verify { export, key, known } => {
            let report = command::verify_export(&export, &key, known.as_deref())?;
            tell(report.to_string().trim_end(), out);
            return Ok(if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        LedgerCommand::Erase { referral } => {
            let erased = App::open(config)?.erase(referral).await?;
            tell(&format!("Erased: {erased} entries. Their leaves stay, and nobody can open them."), out);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The newest checkpoint, over all that there is.
async fn newest(app: &App) -> Result<Option<String>, AppError> {
    ledger::sign_now(app).await?;
    Ok(app.ledger().newest().map(|newest| newest.note))
}

/// Lists the devices, and lets them read if that was said.
async fn confirm_revocations(app: &App, yes: bool, out: &mut impl std::io::Write) -> Result<(), AppError> {
    let (devices, site) = (app.devices().await?, app.site());
    for device in &devices {
        let whose = device.officer.map_or("a crew", |officer| site.name(officer));
        let how = match (device.revoked, device.confirmed) {
            (Some(at), _) => format!("revoked {}", at.format("%Y-%m-%d %H:%M")),
            (None, true) => String::from("reads"),
            (None, false) => String::from("waits for you"),
        };
        let enrolled = device.enrolled.format("%Y-%m-%d %H:%M");
        tell(&format!("{}  {how}  enrolled {enrolled}  {}  {whose}", device.id, device.model), out);
    }
    let waiting = devices.iter().filter(|device| device.revoked.is_none() && !device.confirmed).count();
    match (waiting, yes) {
        (0, _) => tell("No device waits.", out),
        (_, true) => {
            app.confirm_revocations(devices.iter().map(|device| device.id).collect()).await?;
            tell(&format!("{waiting} devices may read again."), out);
        }
        (_, false) => {
            tell(
                &format!("{waiting} devices wait. Revoke those that must not read (handoff-server revoke DEVICE),"),
                out,
            );
            tell("then run this again with --yes.", out);
        }
    }
    Ok(())
}

async fn serve(config: Config, with_demo: bool) -> Result<(), AppError> {
    let data = config.data.clone();
    let server = Server::start(config).await?;
    let out = &mut std::io::stdout();
    if with_demo {
        let demo = demo::prepare(server.app()).await?;
        demo::write(&demo, &data)?;
        for link in &demo.links {
            tell(&format!("{:<12}  {:<16}  {}", link.role.code(), link.name, link.url), out);
        }
        tell(&format!("{:<12}  {:<16}  {}", "phone", "one-time code", demo.phone_code), out);
    }
    let stop = stop_signal();
    tell(&format!("Serving at {}. Ctrl-C stops it.", server.url()), out);
    stop.await;
    server.stop().await;
    Ok(())
}

/// Ends at Ctrl-C, or at a polite request to end, whichever comes after this call: nobody who reads that the server
/// serves ends it in another way.
#[cfg(unix)]
fn stop_signal() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async {
        let (Ok(mut interrupt), Ok(mut terminate)) = signals else {
            return drop(tokio::signal::ctrl_c().await);
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}

/// Ends at Ctrl-C.
#[cfg(not(unix))]
async fn stop_signal() {
    drop(tokio::signal::ctrl_c().await);
}

/// Prints a line; a reader that went away is no reason to stop.
fn tell(line: &str, out: &mut impl std::io::Write) {
    drop(writeln!(out, "{line}").and_then(|()| out.flush()));
}
