//! Mail, against a relay of the test's own that speaks SMTP (RFC 5321, with AUTH PLAIN of RFC 4954).

use crate::browser::wait_for;
use crate::ladder::{offered, told};
use crate::server::{CANARY, Station};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use chrono::TimeDelta;
use handoff::domain::ids::ReferralId;
use handoff_server::cases::State as Stands;
use handoff_server::deliver::channel::Medium;
use handoff_server::deliver::mail::{Relay, Security};
use handoff_server::deliver::outside::Outside;
use handoff_server::deliver::turn;
use handoff_server::{Config, Server};
use serde_json::json;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

const TO: &str = "on.call@agency.example";
const FROM: &str = "handoff@agency.example";
const PASSWORD: &str = "a word of two";

#[derive(Default)]
struct Desk {
    /// Everything that was said, line by line.
    said: Vec<String>,
    mails: Vec<String>,
    /// Answers to RCPT, in this order; then it is taken.
    answers: VecDeque<&'static str>,
    silent: bool,
}

/// A relay.
#[derive(Clone)]
struct Post {
    desk: Arc<Mutex<Desk>>,
    port: u16,
}

impl Post {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let post = Self { desk: Arc::default(), port };
        let desk = Arc::clone(&post.desk);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&desk)));
            }
        });
        post
    }

    fn relay(&self, security: Security, credentials: Option<PathBuf>) -> Relay {
        let (host, port) = ("127.0.0.1".to_owned(), Some(self.port));
        Relay { host, port, security, from: FROM.to_owned(), credentials }
    }

    fn said(&self) -> Vec<String> {
        self.desk.lock().unwrap().said.clone()
    }

    fn mails(&self) -> Vec<String> {
        self.desk.lock().unwrap().mails.clone()
    }

    async fn heard(&self, word: &str, times: usize) {
        wait_for(word, async || {
            let heard = self.said().iter().filter(|line| line.starts_with(word)).count();
            (heard >= times).then_some(())
        })
        .await;
    }
}

/// One connection. It ends with the first line that is not SMTP.
async fn serve(stream: TcpStream, desk: Arc<Mutex<Desk>>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    if desk.lock().unwrap().silent {
        drop(lines.next_line().await);
        return;
    }
    write.write_all(b"220 relay.test ESMTP\r\n").await.unwrap();
    let mut mail: Option<String> = None;
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(text) = &mut mail {
            if line == "." {
                desk.lock().unwrap().mails.push(mail.take().unwrap());
                write.write_all(b"250 2.0.0 taken\r\n").await.unwrap();
            } else {
                text.push_str(line.strip_prefix('.').unwrap_or(&line));
                text.push('\n');
            }
            continue;
        }
        let answer = {
            let mut desk = desk.lock().unwrap();
            desk.said.push(line.clone());
            match line.split(' ').next().unwrap() {
                "EHLO" => "250-relay.test\r\n250-8BITMIME\r\n250 AUTH PLAIN",
                "AUTH" => {
                    let token = B64.decode(line.rsplit(' ').next().unwrap()).unwrap();
                    let good = token == format!("\0user\0{PASSWORD}").as_bytes();
                    if good { "235 2.7.0 welcome" } else { "535 5.7.8 no" }
                }
                "MAIL" if line.starts_with(&format!("MAIL FROM:<{FROM}>")) => "250 2.1.0 so be it",
                "RCPT" if line.starts_with(&format!("RCPT TO:<{TO}>")) => {
                    desk.answers.pop_front().unwrap_or("250 2.1.5 known")
                }
                "DATA" => {
                    mail = Some(String::new());
                    "354 go on"
                }
                "QUIT" => "221 2.0.0 bye",
                "RSET" | "NOOP" => "250 2.0.0 well",
                _ => "500 5.5.1 what",
            }
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
        if line == "QUIT" {
            return;
        }
    }
}

async fn station(relay: Relay, patience: Duration) -> Station {
    let outside = Outside { relay: Some(relay), patience, ..Outside::default() };
    let station = Station::with(|config| Config { outside, ..config }).await;
    station
        .programme(|programme| {
            let people = programme["staff"].as_array_mut().unwrap();
            people.iter_mut().find(|person| person["login"] == "okafor").unwrap()["mail"] = json!(TO);
        })
        .await;
    station
}

const LONG: Duration = Duration::from_secs(30);

async fn stands(station: &Station, referral: ReferralId, so: Stands) {
    wait_for("the mail to stand so", async || {
        let all = told(station, referral).await;
        all.iter().any(|one| one.medium == Medium::Mail && one.state == so).then_some(())
    })
    .await;
}

/// A file of credentials that its owner alone may read.
fn credentials(dir: &tempfile::TempDir, text: &str) -> PathBuf {
    let path = dir.path().join("relay");
    std::fs::write(&path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_says_that_a_referral_waits_and_where_to_look_and_nothing_else() {
    let (post, dir) = (Post::open().await, tempfile::tempdir().unwrap());
    let file = credentials(&dir, &format!("user\n{PASSWORD}\n"));
    let station = station(post.relay(Security::None, Some(file)), LONG).await;
    let referral = offered(&station).await;
    stands(&station, referral, Stands::Delivered).await;
    let mail = post.mails().remove(0);
    for line in ["Subject: New referral", &format!("To: {TO}"), &format!("Look here: {}/", station.server.url())] {
        assert!(mail.contains(line), "{line} in {mail}");
    }
    assert!(post.said().iter().any(|line| line.starts_with("AUTH PLAIN ")));
    for secret in [CANARY, "Okafor", &referral.to_string(), &station.staff("okafor").to_string()] {
        assert!(!mail.contains(secret), "{mail}");
    }
    assert!(station.events().await.iter().all(|line| !line.contains('@')), "no address in an event");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_is_busy_is_asked_again_and_one_that_refuses_is_not() {
    let post = Post::open().await;
    let station = station(post.relay(Security::None, None), LONG).await;
    post.desk.lock().unwrap().answers.extend(["451 4.7.1 later", "250 2.1.5 known"]);
    let referral = offered(&station).await;
    post.heard("RCPT", 1).await;
    wait_for("the second try", async || {
        station.pass(TimeDelta::seconds(6));
        turn(station.server.app()).await.unwrap();
        (post.mails().len() == 1).then_some(())
    })
    .await;
    stands(&station, referral, Stands::Delivered).await;

    post.desk.lock().unwrap().answers.push_back("550 5.1.1 nobody of that name");
    let referral = offered(&station).await;
    stands(&station, referral, Stands::Failed).await;
    let failed = |line: &String| line.contains(" not_told ") && line.ends_with(" mail on_call 1 mail_refused");
    assert!(station.events().await.iter().any(failed));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_without_tls_gets_neither_the_password_nor_the_mail() {
    let (post, dir) = (Post::open().await, tempfile::tempdir().unwrap());
    let file = credentials(&dir, &format!("user\n{PASSWORD}\n"));
    let station = station(post.relay(Security::Starttls, Some(file)), LONG).await;
    let referral = offered(&station).await;
    post.heard("EHLO", 1).await;
    station.pass(TimeDelta::seconds(6));
    turn(station.server.app()).await.unwrap();
    post.heard("EHLO", 2).await;
    assert!(!told(&station, referral).await.iter().any(|one| one.state == Stands::Delivered));
    let told = ["AUTH", "MAIL", "RCPT", "DATA"];
    assert!(!post.said().iter().any(|line| told.iter().any(|word| line.starts_with(word))), "{:?}", post.said());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_says_nothing_is_left_and_asked_again() {
    let post = Post::open().await;
    post.desk.lock().unwrap().silent = true;
    let station = station(post.relay(Security::None, None), Duration::from_millis(200)).await;
    let referral = offered(&station).await;
    turn(station.server.app()).await.unwrap();
    post.desk.lock().unwrap().silent = false;
    wait_for("a mail", async || {
        station.pass(TimeDelta::seconds(6));
        turn(station.server.app()).await.unwrap();
        (!post.mails().is_empty()).then_some(())
    })
    .await;
    stands(&station, referral, Stands::Delivered).await;
}

#[tokio::test]
async fn options_that_cannot_be_used_are_named_and_the_server_does_not_start() {
    let dir = tempfile::tempdir().unwrap();
    let good = Relay {
        host: "127.0.0.1".to_owned(),
        port: None,
        security: Security::None,
        from: FROM.to_owned(),
        credentials: None,
    };
    let one_line = credentials(&dir, "user\n");
    let open = dir.path().join("open");
    std::fs::write(&open, "user\nword\n").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    for (relay, wanted) in [
        (Relay { from: "nobody".to_owned(), ..good.clone() }, "--mail-from nobody"),
        (Relay { host: "relay.example".to_owned(), ..good.clone() }, "--mail-security none: relay.example"),
        (Relay { credentials: Some(dir.path().join("none")), ..good.clone() }, "--mail-credentials"),
        (Relay { credentials: Some(one_line), ..good.clone() }, "holds no two lines"),
        (Relay { credentials: Some(open), ..good.clone() }, "others may read it: chmod 600"),
    ] {
        let outside = Outside { relay: Some(relay), ..Outside::default() };
        let data = tempfile::tempdir().unwrap();
        let said = Server::start(Config { outside, ..Config::local(data.path()).on_free_port() }).await.unwrap_err();
        assert!(said.to_string().contains(wanted), "{said}");
    }
}
