//! Webhooks, against a receiver that checks each call as the module's docs say a receiver does.

use crate::browser::wait_for;
use crate::ladder::{offered, told};
use crate::server::Station;
use aws_lc_rs::hmac;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use chrono::{TimeDelta, Utc};
use handoff::domain::ids::ReferralId;
use handoff_server::Config;
use handoff_server::cases::State as Stands;
use handoff_server::deliver::channel::Medium;
use handoff_server::deliver::outside::{Outside, channel_key};
use handoff_server::deliver::turn;
use handoff_server::keys::ChannelKey;
use handoff_server::site::NewSite;
use serde_json::{Value, json};
use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A call as it came.
#[derive(Debug, Clone)]
struct Call {
    id: String,
    timestamp: String,
    signature: String,
    body: Vec<u8>,
}

/// What a receiver says of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    New,
    Known,
    Old,
    Forged,
}

/// How a receiver checks.
struct Checks {
    secret: Vec<u8>,
    known: BTreeSet<String>,
}

impl Checks {
    fn of(secret: &str) -> Self {
        let secret = B64.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        assert_eq!(secret.len(), 32);
        Self { secret, known: BTreeSet::new() }
    }

    fn check(&mut self, call: &Call, now_s: i64) -> Said {
        let signed = [call.id.as_bytes(), b".", call.timestamp.as_bytes(), b".", &call.body].concat();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.secret);
        let signature = call.signature.strip_prefix("v1,").and_then(|text| B64.decode(text).ok()).unwrap_or_default();
        if hmac::verify(&key, &signed, &signature).is_err() {
            return Said::Forged;
        }
        if (call.timestamp.parse::<i64>().unwrap() - now_s).abs() > 300 {
            return Said::Old;
        }
        if self.known.insert(call.id.clone()) { Said::New } else { Said::Known }
    }
}

#[derive(Clone, Copy)]
enum Answer {
    Status(u16),
    Wait(u32),
    Redirect,
    Never,
}

#[derive(Default)]
struct Desk {
    calls: Vec<Call>,
    answers: VecDeque<Answer>,
}

/// A program of the agency.
#[derive(Clone)]
struct Program {
    desk: Arc<Mutex<Desk>>,
    url: String,
}

impl Program {
    async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/told", listener.local_addr().unwrap());
        let desk = Arc::<Mutex<Desk>>::default();
        let router = Router::new().route("/told", post(called)).with_state(Arc::clone(&desk));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { desk, url }
    }

    fn answer(&self, answers: &[Answer]) {
        self.desk.lock().unwrap().answers.extend(answers);
    }

    fn calls(&self) -> Vec<Call> {
        self.desk.lock().unwrap().calls.clone()
    }

    async fn called(&self, times: usize) {
        wait_for("a call", async || (self.calls().len() >= times).then_some(())).await;
    }
}

async fn called(State(desk): State<Arc<Mutex<Desk>>>, headers: HeaderMap, body: Bytes) -> (StatusCode, HeaderMap) {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let answer = {
        let mut desk = desk.lock().unwrap();
        desk.calls.push(Call {
            id: header("webhook-id"),
            timestamp: header("webhook-timestamp"),
            signature: header("webhook-signature"),
            body: body.to_vec(),
        });
        desk.answers.pop_front().unwrap_or(Answer::Status(200))
    };
    let one = |name: &'static str, value: &str| HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())]);
    match answer {
        Answer::Status(code) => (StatusCode::from_u16(code).unwrap(), HeaderMap::new()),
        Answer::Wait(seconds) => (StatusCode::TOO_MANY_REQUESTS, one("retry-after", &seconds.to_string())),
        Answer::Redirect => (StatusCode::TEMPORARY_REDIRECT, one("location", "/told")),
        Answer::Never => std::future::pending().await,
    }
}

/// A server on which the one on call is told by this program.
async fn station(program: &Program, patience: Duration) -> Station {
    let outside = Outside { private_receivers: true, patience, ..Outside::default() };
    let station = Station::with(|config| Config { outside, ..config }).await;
    station.programme(|programme| person(programme, "okafor")["webhook"] = json!(program.url)).await;
    station
}

fn person<'a>(programme: &'a mut Value, login: &str) -> &'a mut Value {
    let people = programme["staff"].as_array_mut().unwrap();
    people.iter_mut().find(|person| person["login"] == login).unwrap()
}

const LONG: Duration = Duration::from_secs(30);

async fn delivered(station: &Station, referral: ReferralId) {
    wait_for("it to be delivered", async || {
        let all = told(station, referral).await;
        let mut webhooks = all.iter().filter(|one| one.medium == Medium::Webhook);
        webhooks.any(|one| one.state == Stands::Delivered).then_some(())
    })
    .await;
}

async fn after(station: &Station, seconds: i64) {
    station.pass(TimeDelta::seconds(seconds));
    turn(station.server.app()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_checks_takes_it_and_refuses_what_is_forged_old_or_sent_again() {
    let program = Program::open().await;
    let station = station(&program, LONG).await;
    let referral = offered(&station).await;
    delivered(&station, referral).await;
    let call = program.calls().remove(0);
    let secret = channel_key(station.server.app(), ChannelKey::Webhook, false).await.unwrap();
    let mut checks = Checks::of(&secret);
    let now = station.server.app().now().timestamp();
    for forged in [
        Call { id: "another".to_owned(), ..call.clone() },
        Call { timestamp: (now + 1000).to_string(), ..call.clone() },
        Call { body: [&call.body[..], b" "].concat(), ..call.clone() },
        Call { signature: format!("v1,{}", B64.encode([0; 32])), ..call.clone() },
        Call { signature: String::new(), ..call.clone() },
    ] {
        assert_eq!(checks.check(&forged, now), Said::Forged, "{forged:?}");
    }
    assert_eq!(checks.check(&call, now + 301), Said::Old);
    assert_eq!(checks.check(&call, now), Said::New);
    assert_eq!(checks.check(&call, now + 200), Said::Known, "what is recorded and sent again does nothing");

    // Ids and codes, and nothing that leads to the referral.
    let body: Value = serde_json::from_slice(&call.body).unwrap();
    assert_eq!(body["type"], "referral.waiting");
    assert_eq!(body["data"], json!({"staff": station.staff("okafor"), "as": "on_call", "round": 1}));
    assert_eq!(body.as_object().unwrap().len(), 3);
    let all = format!("{}{}", String::from_utf8(call.body).unwrap(), call.id);
    assert!(!all.contains(&referral.to_string()) && !all.contains(&referral.0.simple().to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_failed_is_told_again_under_the_same_id_and_a_new_time() {
    let program = Program::open().await;
    let station = station(&program, LONG).await;
    program.answer(&[Answer::Status(500), Answer::Redirect, Answer::Status(404)]);
    let referral = offered(&station).await;
    for (calls, pause) in [(1, 6), (2, 11), (3, 21)] {
        program.called(calls).await;
        wait_for("the answer to be written", async || {
            let all = told(&station, referral).await;
            assert!(all.iter().all(|one| one.state == Stands::Queued));
            let pending = |db: &mut dyn handoff_server::store::Db| {
                handoff_server::store::deliveries::pending(db, Utc::now() + TimeDelta::hours(1))
            };
            let pending = station.server.app().store().read(pending).await.unwrap();
            pending.iter().any(|(medium, _)| *medium == Medium::Webhook).then_some(())
        })
        .await;
        after(&station, pause).await;
    }
    delivered(&station, referral).await;
    let calls = program.calls();
    assert_eq!(calls.len(), 4, "a redirect is not followed");
    let secret = channel_key(station.server.app(), ChannelKey::Webhook, false).await.unwrap();
    let mut checks = Checks::of(&secret);
    let mut said = Vec::new();
    for call in &calls {
        said.push(checks.check(call, call.timestamp.parse().unwrap()));
    }
    assert_eq!(said, [Said::New, Said::Known, Said::Known, Said::Known], "one delivery, each call signed anew");
    let times: BTreeSet<_> = calls.iter().map(|call| &call.timestamp).collect();
    assert_eq!(times.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_asks_for_quiet_has_it_and_one_that_hangs_is_left() {
    let program = Program::open().await;
    let station = station(&program, Duration::from_millis(300)).await;
    program.answer(&[Answer::Wait(100), Answer::Never]);
    let referral = offered(&station).await;
    program.called(1).await;
    for _ in 0..3 {
        after(&station, 20).await;
        assert_eq!(program.calls().len(), 1);
    }
    after(&station, 45).await;
    program.called(2).await;
    // Nothing is heard of it, so it is asked again.
    wait_for("another call", async || {
        after(&station, 6).await;
        (program.calls().len() > 2).then_some(())
    })
    .await;
    delivered(&station, referral).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_was_made_anew_is_the_next_servers_and_one_that_was_lost_is_named() {
    let station = Station::with(|config| config).await;
    let app = station.server.app();
    let first = channel_key(app, ChannelKey::Webhook, false).await.unwrap();
    let second = channel_key(app, ChannelKey::Webhook, true).await.unwrap();
    assert_ne!(first, second);
    let events = station.events().await;
    assert!(events.iter().any(|line| line.contains(" channel_key_made ") && line.ends_with(" webhook")), "{events:?}");
    let station = station.restarted(|_| {}).await;
    assert_eq!(channel_key(station.server.app(), ChannelKey::Webhook, false).await.unwrap(), second);

    let key = station.dir.path().join("keys/webhook.key");
    std::fs::write(&key, [7; 32]).unwrap();
    let said = channel_key(station.server.app(), ChannelKey::Webhook, false).await.unwrap_err().to_string();
    assert!(said.contains("webhook.key") && said.contains("channel-key --new"), "{said}");
    std::fs::remove_file(&key).unwrap();
    let said = channel_key(station.server.app(), ChannelKey::Webhook, false).await.unwrap_err().to_string();
    assert!(said.contains("webhook.key") && said.contains("missing"), "{said}");
}

#[test]
fn an_address_in_a_programme_that_cannot_be_used_is_named_by_its_field() {
    for (login, field, value, wanted) in [
        ("okafor", "mail", "okafor", "staff[2].mail: is no mail address"),
        ("okafor", "webhook", "http://program.example/", "staff[2].webhook: must begin with https://"),
        ("okafor", "webhook", "https://a:b@program.example/", "staff[2].webhook: must hold no user"),
        ("okafor", "webhook", "program", "staff[2].webhook: is no address"),
        ("reyes", "mail", "a@b.example", "staff[0].mail: is for case managers and sergeants"),
        ("reyes", "webhook", "https://b.example/", "staff[0].webhook: is for case managers and sergeants"),
    ] {
        let mut programme: Value = serde_json::from_str(handoff::assets::text("demo/programme.json").unwrap()).unwrap();
        person(&mut programme, login)[field] = json!(value);
        let said = NewSite::parse("programme.json", &programme.to_string(), Utc::now()).unwrap_err().to_string();
        assert!(said.contains(wanted), "{said}");
    }
}
