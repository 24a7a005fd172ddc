//! A real server on a free port with the demo programme, phones that talk to it over HTTP, and a clock
//! that the test sets. Used by the tests of ingest, routes and console.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use chrono::{DateTime, TimeDelta, Utc};
use handoff::domain::codes::{Choice, Verdict};
use handoff::domain::encounter::Decision;
use handoff::domain::entry::{Body, EntryKind, FORMAT, Header};
use handoff::domain::facts::Facts;
use handoff::domain::ids::{Bytes, ChainId, Hash, ReferralId, StaffId};
use handoff::domain::pack::Pack;
use handoff::domain::time::Bounds;
use handoff::domain::wire::{
    Answer, Config as PhoneConfig, EnrolReply, EnrolRequest, EntriesReply, EntriesRequest, EntryResult, FeedReply,
    Health, Problem, ReceiptBody, Refusal, Role, Signed, WireEntry,
};
use handoff::domain::zone::Zones;
use handoff::seal::{DeviceKey, SealedEntry, SealingPublic, ServerPublic, Tag, random, seal_entry};
use handoff_server::replay::Replay;
use handoff_server::site::NewSite;
use handoff_server::{Clock, Config, Running, Server, demo};
#[cfg(unix)]
use handoff_server::{Wake, store::DatabaseUrl};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Once, OnceLock};

#[path = "sample.rs"]
mod sample;

pub use sample::{CANARY, decide, facts, fix};

/// A server, its data folder, its clock, and a client.
pub struct Station {
    pub server: Running,
    pub dir: tempfile::TempDir,
    pub http: reqwest::Client,
    time: Time,
}

/// What a station's clock reads: the machine's time and what a test let pass, or that alone once it is held.
#[derive(Clone, Default)]
struct Time {
    ahead_ms: Arc<AtomicI64>,
    held: Arc<OnceLock<DateTime<Utc>>>,
}

impl Time {
    fn clock(&self) -> Clock {
        let Self { ahead_ms, held } = self.clone();
        Clock::of(move || {
            let base = held.get().copied().unwrap_or_else(Utc::now);
            base + TimeDelta::milliseconds(ahead_ms.load(Ordering::SeqCst))
        })
    }
}

impl Station {
    /// Starts a server with the demo programme; in modules that are named for it, on PostgreSQL.
    pub async fn start() -> Self {
        #[cfg(unix)]
        if std::thread::current().name().is_some_and(|test| test.contains("_on_postgres::")) {
            return Self::sharing(&crate::cluster::Cluster::shared().database(), None).await;
        }
        Self::start_in(tempfile::tempdir().unwrap()).await
    }

    /// Starts a server with the demo programme, with its data in that folder.
    pub async fn start_in(dir: tempfile::TempDir) -> Self {
        let station = Self::begin(dir, |config| config).await;
        demo::prepare(station.server.app()).await.unwrap();
        station
    }

    /// Starts a server with the demo programme and other options.
    pub async fn with(change: impl FnOnce(Config) -> Config) -> Self {
        let station = Self::begin(tempfile::tempdir().unwrap(), change).await;
        demo::prepare(station.server.app()).await.unwrap();
        station
    }

    /// Loads the demo programme anew, changed.
    pub async fn programme(&self, change: impl FnOnce(&mut serde_json::Value)) {
        let mut programme = serde_json::from_str(handoff::assets::text("demo/programme.json").unwrap()).unwrap();
        change(&mut programme);
        let app = self.server.app();
        let site = NewSite::parse("programme.json", &programme.to_string(), app.now()).unwrap();
        let now = app.now();
        app.store().write(move |db| site.save(db, now)).await.unwrap();
        app.fresh_site().await.unwrap();
    }

    /// A form of the console, sent as its page sends it.
    pub async fn form(&self, cookie: &str, path: &str, fields: &[(&str, &str)]) -> reqwest::Response {
        let mut address = reqwest::Url::parse("http://form/").unwrap();
        address.query_pairs_mut().extend_pairs(fields);
        let post = self.http.post(self.url(path)).header("cookie", cookie).header("sec-fetch-site", "same-origin");
        let post = post.header("content-type", "application/x-www-form-urlencoded");
        post.body(address.query().unwrap_or_default().to_owned()).send().await.unwrap()
    }

    /// Starts a server on a PostgreSQL database: the first on it, or one beside another, with its keys and its clock.
    #[cfg(unix)]
    pub async fn sharing(database: &str, other: Option<(&Self, Wake)>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let time = other.map(|(other, _)| other.time.clone()).unwrap_or_default();
        if let Some((other, _)) = other {
            copy_keys(other.dir.path(), dir.path());
        }
        let database_url = Some(DatabaseUrl::parse(database).unwrap());
        let wake = other.map(|(_, wake)| wake).unwrap_or_default();
        let station = Self::begin_at(time, dir, |config| Config { database_url, wake, ..config }).await;
        if other.is_none() {
            demo::prepare(station.server.app()).await.unwrap();
        }
        station
    }

    async fn begin(dir: tempfile::TempDir, change: impl FnOnce(Config) -> Config) -> Self {
        Self::begin_at(Time::default(), dir, change).await
    }

    async fn begin_at(time: Time, dir: tempfile::TempDir, change: impl FnOnce(Config) -> Config) -> Self {
        // The programs that other tests start are as they are shipped.
        #[cfg(feature = "lab")]
        handoff::lab::hurry();
        let config = change(Config { clock: time.clock(), ..Config::local(dir.path()).on_free_port() });
        let server = Server::start(config).await.unwrap();
        Self { server, dir, http: client(), time }
    }

    /// Stops the server, does something to its folder, and starts it again at the same address.
    pub async fn restarted(self, between: impl FnOnce(&Config)) -> Self {
        self.restarted_with(|config| config, between).await
    }

    /// The same, with another configuration: another database.
    pub async fn restarted_with(self, change: impl FnOnce(Config) -> Config, between: impl FnOnce(&Config)) -> Self {
        let Self { server, dir, http, time } = self;
        let (addr, stopping) = (server.addr, server.app().stopping());
        server.stop().await;
        // Whatever still runs of it holds this.
        let mut stopping = stopping;
        while stopping.changed().await.is_ok() {}
        let config = change(Config { clock: time.clock(), listen: addr, ..Config::local(dir.path()) });
        between(&config);
        let server = Server::start(config).await.unwrap();
        Self { server, dir, http, time }
    }

    /// Moves the server's clock on.
    pub fn pass(&self, time: TimeDelta) {
        self.time.ahead_ms.fetch_add(time.num_milliseconds(), Ordering::SeqCst);
    }

    /// From now on the clock moves by [`Station::pass`] alone: to a test that counts seconds, a machine that is slow
    /// is no passage of time.
    pub fn hold_the_clock(&self) {
        self.time.held.get_or_init(Utc::now);
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.addr)
    }

    /// Someone's id, by login.
    pub fn staff(&self, login: &str) -> StaffId {
        let site = self.server.app().site();
        site.staff.values().find(|person| person.login == login).unwrap().id
    }

    /// An officer other than this one.
    pub fn other_officer(&self, officer: StaffId) -> StaffId {
        let site = self.server.app().site();
        site.staff.values().find(|person| person.role == Role::Officer && person.id != officer).unwrap().id
    }

    /// Enrols a new phone, for anyone.
    pub async fn phone(&self) -> TestPhone {
        self.phone_of(None).await
    }

    /// Enrols a new phone for one officer, or for anyone.
    pub async fn phone_of(&self, officer: Option<&str>) -> TestPhone {
        let mut phone = self.bare_phone(officer).await;
        phone.learn_rules().await;
        phone
    }

    /// Enrols a new phone that does not ask for the rules: it records what others decided.
    pub async fn bare_phone(&self, officer: Option<&str>) -> TestPhone {
        let code = self.server.app().enrolment_code(officer).await.unwrap();
        let key = DeviceKey::generate().unwrap();
        let reply = self.enrol(&code, &key).await.json::<EnrolReply>().await.unwrap();
        TestPhone {
            url: self.url(""),
            http: self.http.clone(),
            key,
            agency: SealingPublic::from_bytes(&reply.sealing_key.0).unwrap(),
            server: ServerPublic::from_bytes(&reply.server_key.0).unwrap(),
            officer: self.staff("reyes"),
            chain: ChainId(random::uuid_v7(Utc::now()).unwrap()),
            seq: 0,
            prev: None,
            rules: None,
            enrolled: reply,
        }
    }

    pub async fn enrol(&self, code: &str, key: &DeviceKey) -> reqwest::Response {
        let request = EnrolRequest {
            code: code.to_owned(),
            device_key: Bytes(key.public().unwrap().as_bytes().to_vec()),
            model: "test phone".into(),
            app: "0.1.0".into(),
        };
        self.http.post(self.url("/v1/enrol")).json(&request).send().await.unwrap()
    }

    /// The session cookie of someone who signed in by a link.
    pub async fn sign_in(&self, login: &str) -> String {
        let link = self.server.app().invite(login).await.unwrap();
        let reply = self.http.post(link).header("sec-fetch-site", "same-origin").send().await.unwrap();
        assert_eq!(reply.status(), 303, "{login} signs in");
        let cookie = reply.headers()["set-cookie"].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// Every event as a line.
    pub async fn events(&self) -> Vec<String> {
        self.server.app().store().read(handoff_server::store::events::lines).await.unwrap()
    }
}

/// Gives a server the keys of another on the same database.
#[cfg(unix)]
pub fn copy_keys(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to.join("keys")).unwrap();
    for entry in std::fs::read_dir(from.join("keys")).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join("keys").join(entry.file_name())).unwrap();
    }
}

/// A client that follows no redirect and knows no proxy.
pub fn client() -> reqwest::Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| drop(rustls::crypto::aws_lc_rs::default_provider().install_default()));
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap()
}

/// A phone as far as the wire can tell, which can also do what no phone should.
pub struct TestPhone {
    url: String,
    http: reqwest::Client,
    pub key: DeviceKey,
    pub agency: SealingPublic,
    pub server: ServerPublic,
    pub officer: StaffId,
    pub chain: ChainId,
    pub seq: u64,
    pub prev: Option<Hash>,
    rules: Option<(Pack, Zones)>,
    pub enrolled: EnrolReply,
}

impl TestPhone {
    pub fn token(&self) -> String {
        format!("Bearer {}", B64.encode(&self.enrolled.token.0))
    }

    pub async fn feed(&self, query: &str) -> reqwest::Response {
        let request = self.http.get(format!("{}/v1/feed?{query}", self.url));
        request.header("authorization", self.token()).send().await.unwrap()
    }

    async fn learn_rules(&mut self) {
        let feed: FeedReply = self.feed("after=0").await.json().await.unwrap();
        let config: PhoneConfig = self.server.open(Tag::Config, &feed.config.unwrap()).unwrap();
        let zones = Zones::parse(config.zones.iter().map(|text| ("zone", text.as_str()))).unwrap();
        let packs = config.packs.iter().map(|text| Pack::parse("pack", text).unwrap());
        let pack = packs.into_iter().find(|pack| pack.id == config.pack).unwrap();
        self.rules = Some((pack, zones));
    }

    /// A decision with what the rules say of these facts, as the app would make it.
    pub fn decide(&self, facts: Facts, choice: Choice) -> Decision {
        let (pack, zones) = self.rules.as_ref().unwrap();
        decide((pack, zones), facts, choice)
    }

    /// An eligible person who said yes.
    pub fn accepted_offer(&self) -> Decision {
        let decision = self.decide(facts(), Choice::OfferedAccepted);
        assert_eq!(decision.assessment.verdict, Verdict::Eligible, "{:?}", decision.assessment.findings);
        decision
    }

    /// The next header of the chain.
    pub fn header(&self, decision: &Decision) -> Header {
        let now = Utc::now();
        Header {
            format: FORMAT,
            device: self.enrolled.device,
            chain: self.chain,
            seq: self.seq + 1,
            prev: self.prev,
            referral: ReferralId(random::uuid_v7(now).unwrap()),
            officer: self.officer,
            kind: EntryKind::Decision,
            pack: decision.assessment.pack.clone(),
            sealing_key: self.agency.id().to_owned(),
            bounds: Bounds { earliest: now, latest: now },
            time_unproven: false,
            clock_moved_ms: None,
        }
    }

    /// Seals a decision under a header, whatever it says.
    pub fn seal(&self, header: &Header, decision: &Decision) -> SealedEntry {
        let body = serde_json::to_vec(&Body::Decision(Box::new(decision.clone()))).unwrap();
        seal_entry(&self.key, &self.agency, header, &body).unwrap()
    }

    /// Writes a decision to the chain.
    pub fn record(&mut self, decision: &Decision) -> (ReferralId, SealedEntry) {
        let header = self.header(decision);
        let sealed = self.seal(&header, decision);
        (self.seq, self.prev) = (header.seq, Some(sealed.hash));
        (header.referral, sealed)
    }

    pub fn health(&self) -> Health {
        Health {
            unsent: 1,
            wedged: 0,
            oldest_unsent_s: Some(3),
            wall: Utc::now(),
            app: "0.1.0".into(),
            set_aside: 0,
            clock_offset_ms: None,
            checkpoint: None,
        }
    }

    pub async fn post(&self, entries: Vec<WireEntry>) -> reqwest::Response {
        self.call(&EntriesRequest { health: self.health(), entries, again: vec![] }).await
    }

    pub async fn call(&self, request: &EntriesRequest) -> reqwest::Response {
        let post = self.http.post(format!("{}/v1/entries", self.url)).header("authorization", self.token());
        post.json(request).send().await.unwrap()
    }

    /// Sends one entry that must be taken; its receipt as it is signed.
    pub async fn signed_receipt(&self, entry: &SealedEntry) -> Signed {
        let answer = self.send(&[entry]).await.remove(0);
        self.receipt(&answer);
        let EntryResult::Receipt(signed) = answer.result else { panic!("refused") };
        signed
    }

    /// Offers one entry at any server: its receipt, or nothing if it should be offered again.
    pub async fn offer(&self, server: &str, entry: &SealedEntry) -> Option<ReceiptBody> {
        let entries = vec![entry.wire.clone()];
        let request = EntriesRequest { health: self.health(), entries, again: vec![] };
        let post = self.http.post(format!("{server}/v1/entries")).header("authorization", self.token());
        let reply = post.json(&request).send().await.ok()?;
        if reply.status() == 503 {
            return None;
        }
        assert_eq!(reply.status(), 200);
        let answer = reply.json::<EntriesReply>().await.ok()?.answers.remove(0);
        match &answer.result {
            EntryResult::Refused { reason: Refusal::TryAgain, .. } => None,
            EntryResult::Receipt(_) | EntryResult::Refused { .. } => Some(self.receipt(&answer)),
        }
    }

    /// Sends entries and returns what became of each.
    pub async fn send(&self, entries: &[&SealedEntry]) -> Vec<Answer> {
        let reply = self.post(entries.iter().map(|entry| entry.wire.clone()).collect()).await;
        assert_eq!(reply.status(), 200);
        let answers = reply.json::<EntriesReply>().await.unwrap().answers;
        let hashes: Vec<_> = answers.iter().map(|answer| answer.entry).collect();
        assert_eq!(hashes, entries.iter().map(|entry| entry.hash).collect::<Vec<_>>());
        answers
    }

    /// Sends one entry that must be taken; its receipt is checked with the pinned key.
    pub async fn deliver(&self, entry: &SealedEntry) -> ReceiptBody {
        self.receipt(&self.send(&[entry]).await[0])
    }

    pub fn receipt(&self, answer: &Answer) -> ReceiptBody {
        let EntryResult::Receipt(signed) = &answer.result else { panic!("refused: {:?}", answer.result) };
        let receipt: ReceiptBody = self.server.open(Tag::Receipt, signed).unwrap();
        assert_eq!(receipt.entry, answer.entry);
        receipt
    }

    /// Sends one entry that must be refused.
    pub async fn refused(&self, entry: &SealedEntry) -> (Refusal, String) {
        match self.send(&[entry]).await.remove(0).result {
            EntryResult::Refused { reason, detail } => (reason, detail),
            EntryResult::Receipt(_) => panic!("it was taken"),
        }
    }
}

/// What a whole call was refused for.
pub async fn problem(reply: reqwest::Response) -> (u16, Problem) {
    (reply.status().as_u16(), reply.json().await.unwrap())
}

#[tokio::test]
async fn an_enrolment_code_lets_one_phone_in_once_and_not_for_ever() {
    let station = Station::start().await;
    let app = station.server.app();
    let code = app.enrolment_code(Some("7421")).await.unwrap();
    let typed = code.to_lowercase().replace('-', " ");
    let key = DeviceKey::generate().unwrap();
    assert_eq!(station.enrol(&typed, &key).await.status(), 200);
    let another = DeviceKey::generate().unwrap();
    let (status, refused) = problem(station.enrol(&code, &another).await).await;
    assert_eq!((status, refused.error.as_str()), (403, "bad_code"));

    let old = app.enrolment_code(None).await.unwrap();
    station.pass(TimeDelta::hours(25));
    assert_eq!(station.enrol(&old, &key).await.status(), 403);
    let events = station.events().await;
    assert_eq!(events.iter().filter(|line| line.contains(" enrol_failed ")).count(), 2);
    assert_eq!(events.iter().filter(|line| line.contains(" enrolled ")).count(), 1);
}

#[tokio::test]
async fn a_key_that_is_none_and_a_missing_field_are_named() {
    let station = Station::start().await;
    let body = r#"{"code":"X","device_key":"AAAA","model":"m","app":"1"}"#;
    for (body, field) in
        [(body, "device_key"), (r#"{"code":"X"}"#, "device_key"), (r#"{"code":7}"#, "code"), ("{", ".")]
    {
        let reply = station.http.post(station.url("/v1/enrol")).body(body).send().await.unwrap();
        let (status, problem) = problem(reply).await;
        assert_eq!(
            (status, problem.error.as_str(), problem.field.as_deref()),
            (422, "bad_field", Some(field)),
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_sign_in_link_survives_a_preview_works_once_and_ends() {
    let station = Station::start().await;
    let link = station.server.app().invite("okafor").await.unwrap();
    for _ in 0..2 {
        assert_eq!(station.http.get(&link).send().await.unwrap().status(), 200, "a preview only reads");
    }
    let press = |link: &str| station.http.post(link).header("sec-fetch-site", "same-origin").send();
    assert_eq!(station.http.post(&link).send().await.unwrap().status(), 403, "not from our own page");
    let reply = press(&link).await.unwrap();
    assert_eq!(reply.status(), 303);
    assert_eq!(reply.headers()["location"], "/today");
    let cookie = reply.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-session=") && cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"));
    assert_eq!(press(&link).await.unwrap().status(), 403, "used");

    let old = station.server.app().invite("okafor").await.unwrap();
    station.pass(TimeDelta::hours(25));
    assert_eq!(press(&old).await.unwrap().status(), 403, "too old");
}

#[tokio::test]
async fn officers_get_no_link_to_the_console() {
    let station = Station::start().await;
    assert!(station.server.app().invite("reyes").await.unwrap_err().to_string().contains("officers use the phone"));
}

#[tokio::test]
async fn the_feed_gives_the_configuration_once_and_wakes_for_news() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let first: FeedReply = phone.feed("after=0").await.json().await.unwrap();
    let signed = first.config.unwrap();
    let have = Hash::of(&[&signed.body.0]);
    let config: PhoneConfig = phone.server.open(Tag::Config, &signed).unwrap();
    assert_eq!(config.roster.len(), 6);
    assert_eq!(config.rota.iter().map(|turn| turn.order).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(config.roster.iter().filter(|card| card.role == Role::Officer).count(), 2);

    let (referral, entry) = phone.record(&phone.accepted_offer());
    let query = format!("after=0&config={have}&wait=25");
    let (waited, _) = tokio::join!(phone.feed(&query), phone.deliver(&entry));
    let news: FeedReply = waited.json().await.unwrap();
    assert!(news.config.is_none());
    assert_eq!(news.statuses.iter().map(|status| status.referral).collect::<Vec<_>>(), [referral]);
    let none: FeedReply = phone.feed(&format!("after={}&config={have}", news.cursor)).await.json().await.unwrap();
    assert!(none.statuses.is_empty() && none.cursor == news.cursor);
    assert_eq!(phone.feed("after=soon").await.status(), 422);
}

#[tokio::test]
async fn the_feed_of_one_phone_says_nothing_of_anothers_referrals() {
    let station = Station::start().await;
    let (mut one, other) = (station.phone().await, station.phone().await);
    let (_, entry) = one.record(&one.accepted_offer());
    one.deliver(&entry).await;
    assert_eq!(other.feed("after=0").await.json::<FeedReply>().await.unwrap().statuses, []);
    assert_eq!(one.feed("after=0").await.json::<FeedReply>().await.unwrap().statuses.len(), 1);
}

#[tokio::test]
async fn a_revoked_phone_reads_nothing_and_still_delivers() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    assert!(station.server.app().revoke(phone.enrolled.device).await.unwrap());
    let (status, refused) = problem(phone.feed("after=0").await).await;
    assert_eq!((status, refused.error.as_str()), (403, "revoked"));
    let (_, entry) = phone.record(&phone.accepted_offer());
    assert_eq!(phone.deliver(&entry).await.epoch, 1);
    assert!(station.events().await.iter().any(|line| line.ends_with("/v1/feed") && line.contains(" forbidden ")));
}

#[tokio::test]
async fn a_stopped_server_answers_the_feed_that_waits_and_starts_again_with_everything() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let (_, entry) = phone.record(&phone.accepted_offer());
    let receipt = phone.deliver(&entry).await;
    let Station { server, dir, .. } = station;
    server.stop().await;
    let again = Server::start(Config::local(dir.path()).on_free_port()).await.unwrap();
    phone.url = format!("http://{}", again.addr);
    assert_eq!(phone.deliver(&entry).await, receipt, "the same receipt");
    assert_eq!(again.app().site().agency, "Seattle LEAD (demo)");
}

/// What a page answers to a session.
async fn page(station: &Station, path: &str, cookie: &str) -> (u16, String) {
    let reply = station.http.get(station.url(path)).header("cookie", cookie).send().await.unwrap();
    (reply.status().as_u16(), reply.text().await.unwrap())
}

#[tokio::test]
async fn a_page_that_looks_again_by_itself_keeps_no_idle_session_alive() {
    let station = Station::start().await;
    let (idle, at_work) = (station.sign_in("okafor").await, station.sign_in("okafor").await);
    for _ in 0..4 {
        station.pass(TimeDelta::minutes(9));
        for path in ["/events?auto=1", "/inbox?auto=1"] {
            drop(station.http.get(station.url(path)).header("cookie", &idle).send().await.unwrap());
        }
        assert_eq!(page(&station, "/inbox", &at_work).await.0, 200);
        // The last use is written behind the answer: a write of ours comes after it.
        station.server.app().enrolment_code(None).await.unwrap();
    }
    assert_eq!(page(&station, "/inbox?auto=1", &idle).await.0, 401);
    assert_eq!(page(&station, "/inbox", &at_work).await.0, 200);
}

#[tokio::test]
async fn whoever_is_dropped_from_the_programme_is_signed_out_and_stays_out() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let (gone, stays) = (station.sign_in("okafor").await, station.sign_in("tran").await);
    let link = station.server.app().invite("okafor").await.unwrap();
    let without = |list: &mut serde_json::Value, field: &str| {
        list.as_array_mut().unwrap().retain(|item| item[field] != "okafor");
    };
    station
        .programme(|programme| {
            without(&mut programme["staff"], "login");
            without(&mut programme["rota"], "staff");
        })
        .await;
    assert_eq!(page(&station, "/inbox", &gone).await.0, 401);
    assert_eq!(page(&station, "/inbox", &stays).await.0, 200);
    let press = station.http.post(&link).header("sec-fetch-site", "same-origin").send().await.unwrap();
    assert_eq!(press.status(), 403, "a link from before");
    assert!(station.server.app().invite("okafor").await.is_err());
    phone.learn_rules().await;
    let feed: FeedReply = phone.feed("after=0").await.json().await.unwrap();
    let config: PhoneConfig = phone.server.open(Tag::Config, &feed.config.unwrap()).unwrap();
    assert!(config.roster.iter().all(|card| card.id != station.staff("okafor")));

    station.programme(|_| {}).await;
    assert_eq!(page(&station, "/inbox", &gone).await.0, 401, "who comes back signs in anew");
    assert_eq!(page(&station, "/inbox", &station.sign_in("okafor").await).await.0, 200);
}

#[tokio::test]
async fn a_dropped_pack_leaves_the_phones_and_still_replays() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let decision = phone.accepted_offer();
    let used = decision.assessment.pack.clone();
    station
        .programme(|programme| {
            programme["pack"] = "santa-fe".into();
            programme["packs"] = serde_json::json!(["packs/santa-fe.json"]);
            programme["zones"] = serde_json::json!([]);
        })
        .await;
    let site = station.server.app().site();
    let rules = &site.rules;
    assert!(rules.pack(used.sha256).is_some());
    assert_eq!(rules.replay(&decision.facts, &decision.assessment), Ok(Replay::Agrees), "by pack and zones of old");
    let feed: FeedReply = phone.feed("after=0").await.json().await.unwrap();
    let config: PhoneConfig = phone.server.open(Tag::Config, &feed.config.unwrap()).unwrap();
    assert!(config.packs.iter().all(|text| Pack::parse("pack", text).unwrap().id != used.id));
    assert!(config.zones.is_empty());
    let (_, entry) = phone.record(&decision);
    phone.deliver(&entry).await;
}

#[tokio::test]
async fn a_referral_that_does_not_open_waits_in_the_inbox_and_is_accepted() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let (referral, entry) = phone.record(&phone.accepted_offer());
    phone.deliver(&entry).await;
    let Station { server, dir, http, time } = station;
    // As of a database that never knew the key: one that knows it would be refused without.
    let forget = "DELETE FROM settings WHERE name = 'sealing_keys'";
    server.app().store().write(move |db| db.run(forget, &[])).await.unwrap();
    server.stop().await;
    let other = handoff::seal::SealingKey::generate().unwrap();
    std::fs::write(dir.path().join("keys/sealing.key"), &*other.to_bytes()).unwrap();
    let server = Server::start(Config::local(dir.path()).on_free_port()).await.unwrap();
    let station = Station { server, dir, http, time };

    let cookie = station.sign_in("okafor").await;
    let (status, inbox) = page(&station, "/inbox", &cookie).await;
    assert!(status == 200 && inbox.contains("A record that cannot be opened") && inbox.contains("1 person waits"));
    let path = format!("/referrals/{referral}");
    let (status, shown) = page(&station, &path, &cookie).await;
    assert!(status == 200 && shown.contains("Call the officer"), "{shown}");
    let post = station.http.post(station.url(&format!("{path}/accept"))).header("cookie", &cookie);
    let post = post.header("sec-fetch-site", "same-origin").header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(post.body("when=10&time=&place=scene&note=").send().await.unwrap().status(), 303);
    assert!(page(&station, &path, &cookie).await.1.contains("You have this referral"));
}
