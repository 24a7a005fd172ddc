//! Web Push, the whole path: a browser asks on its page, a referral comes, and a push service of the test's own checks
//! who calls (RFC 8292), opens the message as the browser would (RFC 8291) and answers as services do (RFC 8030).

use crate::browser::wait_for;
use crate::ladder::{offered, told};
use crate::server::{CANARY, Station};
use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey as Verifier};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use chrono::{TimeDelta, Utc};
use handoff::domain::ids::ReferralId;
use handoff_server::Config;
use handoff_server::cases::State as Stands;
use handoff_server::deliver::channel::Medium;
use handoff_server::deliver::outside::Outside;
use handoff_server::deliver::turn;
use handoff_server::store::addresses;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// A browser as its push service knows it: what it asked with, and how it opens what comes.
pub struct Subscriber {
    key: PrivateKey,
    auth: [u8; 16],
}

impl Subscriber {
    fn new() -> Self {
        let key = PrivateKey::generate(&ECDH_P256).unwrap();
        Self { key, auth: handoff::seal::random::bytes().unwrap() }
    }

    fn point(&self) -> Vec<u8> {
        self.key.compute_public_key().unwrap().as_ref().to_vec()
    }

    /// RFC 8291, section 3.4, from the receiver's side; written out with HMAC alone.
    fn open(&self, body: &[u8]) -> Vec<u8> {
        let (salt, rest) = body.split_at(16);
        let (record, rest) = rest.split_at(4);
        assert!(u32::from_be_bytes(record.try_into().unwrap()) as usize >= body.len() - 86);
        let (theirs, record) = rest[1..].split_at(usize::from(rest[0]));
        let shared = agree(&self.key, UnparsedPublicKey::new(&ECDH_P256, theirs), (), |s| Ok(s.to_vec())).unwrap();
        let mac = |key: &[u8], parts: &[&[u8]]| {
            hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), &parts.concat()).as_ref().to_vec()
        };
        let first = mac(&self.auth, &[&shared]);
        let common = mac(&first, &[b"WebPush: info\0", &self.point(), theirs, &[1]]);
        let keys = mac(salt, &[&common]);
        let key = mac(&keys, &[b"Content-Encoding: aes128gcm\0", &[1]]);
        let nonce = mac(&keys, &[b"Content-Encoding: nonce\0", &[1]]);
        let opener = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key[..16]).unwrap());
        let mut record = record.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(&nonce[..12]).unwrap();
        let text = opener.open_in_place(nonce, Aad::empty(), &mut record).unwrap().to_vec();
        assert_eq!(text.last(), Some(&2), "the last record says so");
        text[..text.len() - 1].to_vec()
    }
}

/// What came, checked and opened.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Came {
    browser: usize,
    text: String,
}

#[derive(Default)]
struct Desk {
    browsers: Vec<Subscriber>,
    came: Vec<Came>,
    /// Answers in this order, then 201.
    answers: VecDeque<(u16, Option<(&'static str, String)>)>,
    origin: String,
    key: String,
}

/// A push service.
#[derive(Clone)]
pub struct PushService {
    desk: Arc<Mutex<Desk>>,
    origin: String,
}

impl PushService {
    pub async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let desk = Arc::new(Mutex::new(Desk { origin: origin.clone(), ..Desk::default() }));
        let router = Router::new().route("/push/{browser}", post(pushed)).with_state(Arc::clone(&desk));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { desk, origin }
    }

    /// A browser asks through the page, with the key that the page shows.
    async fn subscribe(&self, station: &Station, login: &str) -> usize {
        let cookie = station.sign_in(login).await;
        let page = station.http.get(station.url("/me")).header("cookie", &cookie).send().await.unwrap();
        let page = page.text().await.unwrap();
        let key = page.split_once("data-key=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
        let browser = Subscriber::new();
        let (point, auth) = (B64.encode(browser.point()), B64.encode(browser.auth));
        let n = {
            let mut desk = self.desk.lock().unwrap();
            desk.key = key;
            desk.browsers.push(browser);
            desk.browsers.len() - 1
        };
        let endpoint = format!("{}/push/{n}", self.origin);
        let fields = [("endpoint", endpoint.as_str()), ("p256dh", &point), ("auth", &auth)];
        assert_eq!(station.form(&cookie, "/me/browsers", &fields).await.status(), 303);
        n
    }

    fn answer(&self, status: u16, header: Option<(&'static str, String)>) {
        self.desk.lock().unwrap().answers.push_back((status, header));
    }

    fn came(&self) -> Vec<Came> {
        self.desk.lock().unwrap().came.clone()
    }
}

async fn pushed(
    State(desk): State<Arc<Mutex<Desk>>>,
    Path(browser): Path<usize>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, HeaderMap) {
    let mut desk = desk.lock().unwrap();
    let header = |name: &str| headers[name].to_str().unwrap();
    assert!(header("ttl").parse::<u32>().unwrap() > 0);
    assert_eq!((header("urgency"), header("content-encoding")), ("high", "aes128gcm"));
    let word = header("authorization").strip_prefix("vapid t=").unwrap();
    let (token, key) = word.split_once(", k=").unwrap();
    assert_eq!(key, desk.key, "the key with which the browser asked");
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let verifier = Verifier::new(&ECDSA_P256_SHA256_FIXED, B64.decode(key).unwrap());
    verifier.verify(signed.as_bytes(), &B64.decode(signature).unwrap()).unwrap();
    let (_, claims) = signed.split_once('.').unwrap();
    let claims: Value = serde_json::from_slice(&B64.decode(claims).unwrap()).unwrap();
    assert_eq!(claims["aud"], desk.origin, "for this service alone, its port included");
    let life = claims["exp"].as_i64().unwrap() - Utc::now().timestamp();
    assert!(life > 0 && life < 86_400, "a day at most");
    let text = String::from_utf8(desk.browsers[browser].open(&body)).unwrap();
    desk.came.push(Came { browser, text });
    let (status, header) = desk.answers.pop_front().unwrap_or((201, None));
    let header = header.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
    (StatusCode::from_u16(status).unwrap(), header.into_iter().collect())
}

async fn station() -> Station {
    let outside = Outside { private_receivers: true, ..Outside::default() };
    Station::with(|config| Config { outside, ..config }).await
}

/// How the pushes of a referral stand, once none is under way.
async fn pushes(station: &Station, referral: ReferralId) -> Vec<Stands> {
    let all = told(station, referral).await;
    all.into_iter().filter(|one| one.medium == Medium::WebPush).map(|one| one.state).collect()
}

async fn stands(station: &Station, referral: ReferralId, as_this: &[Stands]) {
    wait_for("the pushes to stand so", async || (pushes(station, referral).await == as_this).then_some(())).await;
}

async fn browsers(station: &Station, login: &str) -> usize {
    let staff = station.staff(login);
    station.server.app().store().read(move |db| addresses::subscriptions(db, staff)).await.unwrap().len()
}

/// Waits for so many calls, then lets time pass and the server look.
async fn after(station: &Station, (service, calls): (&PushService, usize), seconds: i64) {
    wait_for("a call", async || (service.came().len() >= calls).then_some(())).await;
    station.pass(TimeDelta::seconds(seconds));
    turn(station.server.app()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_service_that_verifies_takes_it_and_the_browser_reads_new_referral_and_nothing_else() {
    let (station, service) = (station().await, PushService::open().await);
    let browser = service.subscribe(&station, "okafor").await;
    let referral = offered(&station).await;
    stands(&station, referral, &[Stands::Delivered]).await;
    assert_eq!(service.came(), [Came { browser, text: "New referral".to_owned() }]);
    let events = station.events().await;
    assert!(events.iter().any(|line| line.contains(" told ") && line.ends_with(" web_push on_call 1")), "{events:?}");
    assert!(events.iter().all(|line| !line.contains(CANARY) && !line.contains("/push/")), "no address in an event");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_is_gone_is_forgotten_and_another_of_the_same_person_is_told() {
    let (station, service) = (station().await, PushService::open().await);
    for code in [404, 410] {
        service.subscribe(&station, "okafor").await;
        service.answer(code, None);
        let referral = offered(&station).await;
        stands(&station, referral, &[Stands::Gone]).await;
        assert_eq!(browsers(&station, "okafor").await, 0, "{code}");
    }
    let gone = |line: &&String| line.contains(" browser_removed ") && line.ends_with(" gone");
    assert_eq!(station.events().await.iter().filter(gone).count(), 2);

    service.subscribe(&station, "okafor").await;
    service.subscribe(&station, "okafor").await;
    service.answer(410, None);
    let referral = offered(&station).await;
    stands(&station, referral, &[Stands::Delivered]).await;
    assert_eq!(browsers(&station, "okafor").await, 1);
    // Who has no browser is not told by one, and nothing waits for ever.
    let referral = offered(&station).await;
    stands(&station, referral, &[Stands::Delivered]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_asks_for_quiet_has_it_also_from_the_next_round() {
    let (station, service) = (station().await, PushService::open().await);
    service.subscribe(&station, "okafor").await;
    let moment = (Utc::now() + TimeDelta::minutes(20)).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    service.answer(429, Some(("retry-after", "600".to_owned())));
    service.answer(503, Some(("retry-after", moment)));
    let referral = offered(&station).await;
    // A new round comes after three minutes, and is quiet.
    after(&station, (&service, 1), 200).await;
    after(&station, (&service, 1), 200).await;
    assert_eq!(service.came().len(), 1, "nothing within ten minutes");
    after(&station, (&service, 1), 240).await;
    wait_for("the second call", async || (service.came().len() == 2).then_some(())).await;
    after(&station, (&service, 2), 300).await;
    assert_eq!(service.came().len(), 2, "nothing before the moment");
    after(&station, (&service, 2), 600).await;
    wait_for("it to be delivered", async || {
        pushes(&station, referral).await.contains(&Stands::Delivered).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_answer_is_tried_again_and_no_redirect_is_followed() {
    let (station, service) = (station().await, PushService::open().await);
    service.subscribe(&station, "okafor").await;
    for (n, code) in [400, 401, 403, 413, 429, 500, 502, 503, 307].into_iter().enumerate() {
        let elsewhere = ("location", format!("{}/push/0", service.origin));
        service.answer(code, (code == 307).then_some(elsewhere));
        let referral = offered(&station).await;
        // The second call comes after the first pause.
        after(&station, (&service, 2 * n + 1), 6).await;
        stands(&station, referral, &[Stands::Delivered]).await;
        assert_eq!(service.came().len(), 2 * n + 2, "{code}");
    }
    assert_eq!(browsers(&station, "okafor").await, 1, "none of these means that the browser is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_option_nothing_private_is_called_and_the_person_is_told_on_open_pages() {
    let station = Station::with(|config| config).await;
    let service = PushService::open().await;
    service.subscribe(&station, "okafor").await;
    let referral = offered(&station).await;
    stands(&station, referral, &[Stands::Failed]).await;
    assert_eq!(service.came(), []);
    let failed = |line: &String| line.contains(" not_told ") && line.ends_with(" web_push on_call 1 private_address");
    assert!(station.events().await.iter().any(failed));
    assert!(told(&station, referral).await.iter().any(|one| one.medium == Medium::InPage));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_someone_switched_off_does_not_tell_them_and_with_everything_off_open_pages_do() {
    let (station, service) = (station().await, PushService::open().await);
    service.subscribe(&station, "okafor").await;
    let cookie = station.sign_in("okafor").await;
    let media = async |fields: &[(&str, &str)]| {
        assert_eq!(station.form(&cookie, "/me/channels", fields).await.status(), 303);
        let referral = offered(&station).await;
        told(&station, referral).await.into_iter().map(|one| one.medium).collect::<Vec<_>>()
    };
    assert_eq!(media(&[("in_page", "on")]).await, [Medium::InPage]);
    assert_eq!(media(&[("web_push", "on"), ("mail", "on")]).await, [Medium::WebPush]);
    assert_eq!(media(&[]).await, [Medium::InPage]);
    assert_eq!(media(&[("in_page", "on"), ("web_push", "on")]).await, [Medium::InPage, Medium::WebPush]);
    assert_eq!(station.form(&cookie, "/me/channels", &[("pigeon", "on")]).await.status(), 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_gives_no_usable_address_is_refused_and_one_belongs_to_whoever_asked_last() {
    let (station, service) = (station().await, PushService::open().await);
    let cookie = station.sign_in("okafor").await;
    let (point, auth) = (B64.encode(Subscriber::new().point()), B64.encode([1; 16]));
    let good = "https://push.example/x";
    for (endpoint, point, auth) in [
        ("http://push.example/x", point.as_str(), auth.as_str()),
        ("javascript:alert(1)", &point, &auth),
        ("https://a:b@push.example/", &point, &auth),
        (good, "", &auth),
        (good, &B64.encode([4; 65]), &auth),
        (good, &point, "AAAA"),
        (good, &point, "?"),
    ] {
        let fields = [("endpoint", endpoint), ("p256dh", point), ("auth", auth)];
        assert_eq!(station.form(&cookie, "/me/browsers", &fields).await.status(), 422, "{endpoint}");
    }
    assert_eq!(browsers(&station, "okafor").await, 0);

    let n = service.subscribe(&station, "okafor").await;
    let browser = Subscriber::new();
    let endpoint = format!("{}/push/{n}", service.origin);
    let (point, auth) = (B64.encode(browser.point()), B64.encode(browser.auth));
    let fields = [("endpoint", endpoint.as_str()), ("p256dh", &point), ("auth", &auth)];
    assert_eq!(station.form(&station.sign_in("tran").await, "/me/browsers", &fields).await.status(), 303);
    assert_eq!((browsers(&station, "okafor").await, browsers(&station, "tran").await), (0, 1));

    // Only one's own can be taken off the list.
    let tran = station.staff("tran");
    let id = station.server.app().store().read(move |db| addresses::subscriptions(db, tran)).await.unwrap()[0].id;
    let remove = format!("/me/browsers/{id}/remove");
    assert_eq!(station.form(&cookie, &remove, &[]).await.status(), 303);
    assert_eq!(browsers(&station, "tran").await, 1);
    assert_eq!(station.form(&station.sign_in("tran").await, &remove, &[]).await.status(), 303);
    assert_eq!(browsers(&station, "tran").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_the_program_is_forgotten_with_their_browsers() {
    let (station, service) = (station().await, PushService::open().await);
    service.subscribe(&station, "okafor").await;
    let staff = station.staff("okafor");
    station
        .programme(|programme| {
            programme["staff"].as_array_mut().unwrap().retain(|person| person["login"] != "okafor");
            programme["rota"].as_array_mut().unwrap().retain(|turn| turn["staff"] != "okafor");
        })
        .await;
    let left = station.server.app().store().read(move |db| addresses::subscriptions(db, staff)).await.unwrap();
    assert_eq!(left, []);
}
