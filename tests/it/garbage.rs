//! Every route with garbage of every kind, from every caller that its gate lets in. A route without a row here
//! fails. Whatever comes: a typed answer below 500 that names the field, nothing stored, and nothing of what was
//! typed in an answer or in the log.

#[path = "garbage/kinds.rs"]
mod kinds;
#[path = "garbage/raw.rs"]
mod raw;

use crate::server::{Station, TestPhone, facts};
use crate::services::some_service;
use handoff::domain::codes::Choice;
use handoff::domain::entry::Header;
use handoff::domain::ids::{ChainId, ReferralId};
use handoff::domain::time::Bounds;
use handoff::domain::wire::{EntriesReply, EntryResult, MOST_BODY_BYTES, Problem, Refusal, Role};
use handoff::seal::{random, seal_entry};
use handoff_server::routes::{Route, Who, table};
use kinds::{Garbage, Wanted};
use raw::{Answer, Call};
use std::collections::BTreeMap;
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a route reads of a call besides the part of its path.
enum Reads {
    Nothing,
    Enrolment,
    Entries,
    Feed,
    /// A query; inside, questions that it cannot answer.
    Query(&'static [&'static str]),
    /// A form; inside, a good one.
    Form(&'static [(&'static str, &'static str)]),
    /// The form of a note of a case.
    Note,
    /// The form of a release.
    Release,
}

/// A route: what it reads, what a bad part of its path is answered with, and the events that a refusal may leave.
type Row = (&'static str, &'static str, Reads, u16, &'static [&'static str]);

const ACCEPT: &[(&str, &str)] = &[("when", "20"), ("time", ""), ("place", "scene"), ("note", "by the church")];
const CHANNELS: &[(&str, &str)] = &[("in_page", "on"), ("mail", "on")];
const LANGUAGE: &[(&str, &str)] = &[("language", "xx")];
const BROWSER: &[(&str, &str)] = &[("endpoint", "https://push.example/x"), ("p256dh", "BAAA"), ("auth", "AAAA")];
const CONFIRM: &[(&str, &str)] = &[("note", "as agreed")];
const DECLINE: &[(&str, &str)] = &[("reason", "off_duty")];
const WITHDRAW: &[(&str, &str)] = &[("manner", "spoken")];
const PERSON: &[(&str, &str)] = &[("other", "01a0b1c2-0000-7000-8000-000000000001"), ("word", "same")];
const RELEASED: &[&str] = &["before=", "before=-1", "before=x", "auto=2", "MARK=1", "before=1&before=2", "auto=%ff"];
const TURN: &[(&str, &str)] =
    &[("staff", NOBODY), ("from", "2030-01-01T08:00"), ("until", "2030-01-01T20:00"), ("order", "1")];
const ACT: &[(&str, &str)] =
    &[("act", "give"), ("seen", "01900000-0000-7000-8000-000000000005 1 2 1 -"), ("to", NOBODY)];
const IMPORT: &[(&str, &str)] = &[("text", "login"), ("do", "look"), ("shown", "")];
const SERVICE: &[(&str, &str)] = &[("kind", "meals"), ("name", ""), ("capacity", "3"), ("active", "on")];
const CHANGED: &[(&str, &str)] = &[("seen", SEEN), ("kind", "meals"), ("name", ""), ("capacity", "3")];
const FREE: &[(&str, &str)] = &[("seen", SEEN), ("places", "some")];
const SEEN: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const SERVICES: &[&str] = &["kind=", "kind=MARK", "kind=meals&kind=meals", "MARK=1", "auto=MARK", "kind=%ff"];
const NOBODY: &str = "01900000-0000-7000-8000-000000000005";
const LOG: &[&str] =
    &["before=", "before=-1", "before=x", "show=MARK", "auto=2", "MARK=1", "before=1&before=2", "auto=%ff"];
const DEVICES: &[&str] = &["auto=", "auto=2", "auto=-1", "auto=MARK", "MARK=1", "auto=1&auto=1", "auto=%00"];

const EXPECTED: &[Row] = &[
    ("GET", "/healthz", Reads::Nothing, 0, &[]),
    ("POST", "/v1/enrol", Reads::Enrolment, 0, &["enrol_failed"]),
    ("POST", "/v1/entries", Reads::Entries, 0, &["entry_refused"]),
    ("GET", "/v1/feed", Reads::Feed, 0, &[]),
    ("GET", "/in/{token}", Reads::Nothing, 403, &[]),
    ("POST", "/in/{token}", Reads::Nothing, 403, &["sign_in_failed"]),
    ("POST", "/out", Reads::Nothing, 0, &[]),
    ("GET", "/static/{file}", Reads::Nothing, 404, &[]),
    ("GET", "/", Reads::Nothing, 0, &[]),
    ("GET", "/events", Reads::Nothing, 0, &[]),
    ("GET", "/alert", Reads::Nothing, 0, &[]),
    ("GET", "/worker.js", Reads::Nothing, 0, &[]),
    ("GET", "/me", Reads::Nothing, 0, &[]),
    ("POST", "/me/channels", Reads::Form(CHANNELS), 0, &[]),
    ("POST", "/me/language", Reads::Form(LANGUAGE), 0, &[]),
    ("POST", "/me/browsers", Reads::Form(BROWSER), 0, &[]),
    ("POST", "/me/browsers/{id}/remove", Reads::Nothing, 404, &[]),
    ("GET", "/today", Reads::Nothing, 0, &[]),
    ("GET", "/inbox", Reads::Nothing, 0, &[]),
    ("GET", "/referrals/{id}", Reads::Nothing, 404, &[]),
    ("POST", "/referrals/{id}/accept", Reads::Form(ACCEPT), 404, &["person_read"]),
    ("POST", "/referrals/{id}/decline", Reads::Form(DECLINE), 404, &["person_read"]),
    ("GET", "/cases", Reads::Nothing, 0, &[]),
    ("GET", "/cases/{id}", Reads::Nothing, 404, &[]),
    ("GET", "/cases/{id}/{kind}", Reads::Nothing, 404, &[]),
    ("POST", "/cases/{id}/{kind}", Reads::Note, 404, &["person_read"]),
    ("GET", "/cases/{id}/releases", Reads::Nothing, 404, &[]),
    ("POST", "/cases/{id}/releases", Reads::Release, 404, &["person_read"]),
    ("GET", "/cases/{id}/releases/{release}", Reads::Nothing, 404, &[]),
    ("POST", "/cases/{id}/releases/{release}/withdraw", Reads::Form(WITHDRAW), 404, &[]),
    ("POST", "/cases/{id}/person", Reads::Form(PERSON), 404, &[]),
    ("GET", "/released", Reads::Query(RELEASED), 0, &[]),
    ("GET", "/released/{id}", Reads::Nothing, 404, &[]),
    ("GET", "/released/{id}/file", Reads::Nothing, 404, &[]),
    ("GET", "/waiting", Reads::Nothing, 0, &[]),
    ("GET", "/rota", Reads::Nothing, 0, &[]),
    ("POST", "/rota/turns", Reads::Form(TURN), 0, &[]),
    ("GET", "/rota/turns/{n}", Reads::Nothing, 404, &[]),
    ("POST", "/rota/turns/{n}", Reads::Form(ACT), 404, &[]),
    ("GET", "/services", Reads::Query(SERVICES), 0, &[]),
    ("POST", "/services", Reads::Form(SERVICE), 0, &[]),
    ("GET", "/services/new", Reads::Nothing, 0, &[]),
    ("GET", "/services/{id}", Reads::Nothing, 404, &[]),
    ("POST", "/services/{id}", Reads::Form(CHANGED), 404, &[]),
    ("POST", "/services/{id}/free", Reads::Form(FREE), 404, &[]),
    ("GET", "/import/{list}", Reads::Nothing, 404, &[]),
    ("POST", "/import/{list}", Reads::Form(IMPORT), 404, &[]),
    ("GET", "/log", Reads::Query(LOG), 0, &[]),
    ("GET", "/log/checkpoint", Reads::Nothing, 0, &[]),
    ("POST", "/log/export", Reads::Nothing, 0, &[]),
    ("GET", "/log/{position}", Reads::Nothing, 404, &[]),
    ("GET", "/log/{position}/proof", Reads::Nothing, 404, &[]),
    ("POST", "/log/{position}/confirm", Reads::Form(CONFIRM), 404, &["decision_read"]),
    ("GET", "/devices", Reads::Query(DEVICES), 0, &[]),
];

/// A server with a referral that waits, an override to confirm, and someone of each kind to call it.
struct World {
    station: Station,
    phone: TestPhone,
    revoked: TestPhone,
    referral: ReferralId,
    service: String,
    cookies: BTreeMap<&'static str, String>,
}

impl World {
    async fn start() -> Self {
        let station = Station::start().await;
        let (mut phone, revoked) = (station.phone().await, station.phone().await);
        station.server.app().revoke(revoked.enrolled.device).await.unwrap();
        let mut facts = facts();
        facts.drug.as_mut().unwrap().grams = Some(4.0);
        let (referral, entry) = phone.record(&phone.decide(facts, Choice::OfferedAccepted));
        phone.deliver(&entry).await;
        assert!(handoff_server::ledger::sign_now(station.server.app()).await.unwrap());
        let mut cookies = BTreeMap::new();
        for role in [Role::CaseManager, Role::Sergeant, Role::Prosecutor] {
            // Of the case managers the one who leads: they may do the most.
            let site = station.server.app().site();
            let wanted =
                |one: &&handoff_server::store::Staff| one.role == role && (role != Role::CaseManager || one.lead);
            let login = site.staff.values().find(wanted).unwrap().login.clone();
            cookies.insert(role.code(), station.sign_in(&login).await);
        }
        let service = some_service(&station).await;
        Self { station, phone, revoked, referral, service, cookies }
    }

    /// The headers of everyone whom this gate lets in.
    fn callers(&self, who: Who) -> Vec<Vec<(&'static str, String)>> {
        let own_page = || ("sec-fetch-site", String::from("same-origin"));
        let device = |phone: &TestPhone| vec![("authorization", phone.token())];
        match who {
            Who::Anyone => vec![vec![]],
            Who::Visitor => vec![vec![own_page()]],
            Who::Device => vec![device(&self.phone)],
            Who::DeviceEvenRevoked => vec![device(&self.phone), device(&self.revoked)],
            Who::Staff(roles) => {
                roles.iter().map(|role| vec![own_page(), ("cookie", self.cookies[role.code()].clone())]).collect()
            }
        }
    }

    /// The path of a route with parts that are good.
    fn good_path(&self, route: &Route) -> String {
        let (n, list) = (("{n}", String::from("1")), ("{list}", String::from("rota")));
        let id = if route.path.starts_with("/services/") { self.service.clone() } else { self.referral.to_string() };
        let good = [n, list, ("{id}", id), ("{position}", "1".into()), ("{token}", "x".repeat(43))];
        good.iter().fold(path_of(route).replace("{file}", "none.css"), |path, (part, good)| path.replace(part, good))
    }

    async fn rows(&self) -> Vec<u64> {
        const TABLES: [&str; 23] = [
            "rota",
            "rota_gaps",
            "services",
            "entries",
            "decisions",
            "afterwards",
            "cases",
            "case_acts",
            "confirmations",
            "statuses",
            "devices",
            "codes",
            "sessions",
            "files",
            "staff",
            "erased",
            "epochs",
            "push_subscriptions",
            "case_notes",
            "releases",
            "release_ends",
            "person_words",
            "channels_off",
        ];
        let count = |db: &mut dyn handoff_server::store::Db| {
            let mut counts = Vec::new();
            for table in TABLES {
                counts.push(db.first(&format!("SELECT count(*) FROM {table}"), &[])?.unwrap().count()?);
            }
            Ok(counts)
        };
        self.station.server.app().store().read(count).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_of_every_kind_at_every_route_is_refused_in_words_and_leaves_nothing() {
    watch_the_log();
    let world = World::start().await;
    let mut sent = 0;
    for route in table() {
        let row = EXPECTED.iter().find(|row| row.0 == route.method.as_str() && row.1 == route.path);
        let Some(row) = row else { panic!("{route:?} has no row in this test") };
        let (rows, events) = (world.rows().await, world.station.events().await.len());
        for caller in world.callers(route.who) {
            for garbage in all_garbage(&world, (&route, row), &caller) {
                look_at(&garbage, raw::send(world.station.server.addr, &garbage.call).await);
                sent += 1;
            }
        }
        assert_eq!(world.rows().await, rows, "{route:?}: something was stored");
        for line in &world.station.events().await[events..] {
            let kind = line.split(' ').nth(1).unwrap();
            assert!(row.4.contains(&kind), "{route:?} left: {line}");
        }
    }
    assert_eq!(table().len(), EXPECTED.len(), "a row here is for no route");
    println!("{sent} calls");
    assert!(sent > 1000);
    a_device_that_says_the_impossible_is_still_shown(&world).await;
    assert_eq!(LOGGED.load(Ordering::SeqCst), 0, "what was typed is in the log");
}

fn all_garbage(world: &World, (route, row): (&Route, &Row), caller: &[(&'static str, String)]) -> Vec<Garbage> {
    let path = world.good_path(route);
    let mut base = Call::new(route.method.as_str(), &path);
    base.headers.extend(caller.iter().map(|(name, value)| ((*name).to_owned(), value.clone().into_bytes())));
    let mut all = kinds::methods(&base, &table().iter().filter(|one| one.path == route.path).collect::<Vec<_>>());
    all.push(kinds::announced(&base, MOST_BODY_BYTES));
    all.extend(kinds::strangers(&base, route.who));
    if let Some(part) = route.path.split('/').find(|part| part.starts_with('{')) {
        let good = if part == "{id}" { world.referral.to_string() } else { String::new() };
        all.extend(kinds::parts(&base, (&path_of(route), part, &good), row.3));
    }
    match row.2 {
        Reads::Nothing => {}
        Reads::Enrolment => all.extend(kinds::json(&base, &enrolment(world), &[403, 422])),
        Reads::Entries => all.extend(kinds::json(&base, &batch(world), &[200, 422])),
        Reads::Feed => all.extend(kinds::feed(&base, &serde_json::to_value(world.phone.health()).unwrap())),
        Reads::Query(bad) => all.extend(kinds::queries(&base, bad, Wanted::Page(404))),
        Reads::Form(good) => all.extend(kinds::form(&base, good)),
        Reads::Note => all.extend(kinds::note(&base)),
        Reads::Release => all.extend(kinds::release(&base)),
    }
    all
}

/// A path with its later parts good.
fn path_of(route: &Route) -> String {
    route.path.replace("{kind}", "contact").replace("{release}", "01a0b1c2-0000-7000-8000-000000000002")
}

fn enrolment(world: &World) -> serde_json::Value {
    let key = handoff::domain::ids::Bytes(world.phone.key.public().unwrap().as_bytes().to_vec());
    serde_json::json!({"code": format!("{}-0000", kinds::MARK), "device_key": key, "model": kinds::MARK, "app": "1"})
}

/// A batch with an entry that is none, so that nothing is stored whatever else is well.
fn batch(world: &World) -> serde_json::Value {
    let bytes = |text: &str| handoff::domain::ids::Bytes(text.as_bytes().to_vec());
    let entry = serde_json::json!({"header": bytes(kinds::MARK), "enc": bytes("e"), "ciphertext": bytes("c")});
    serde_json::json!({"health": world.phone.health(), "entries": [entry]})
}

fn look_at(garbage: &Garbage, answer: Answer) {
    let Answer { status, head, body } = &answer;
    let what = format!("{} {}: {}", garbage.call.method, garbage.call.shown_path(), garbage.what);
    assert!(*status < 500, "{what}: {answer:?}");
    let text = String::from_utf8_lossy(body);
    assert!(garbage.may_come_back || !kinds::repeats(&text), "{what}: repeated: {text}");
    assert!(!kinds::repeats(head), "{what}: repeated: {head}");
    match &garbage.wanted {
        Wanted::Page(wanted) => {
            assert_eq!(status, wanted, "{what}: {answer:?}");
            assert!(head.contains("text/html") && text.contains("<title>"), "{what}: no page: {answer:?}");
        }
        Wanted::Problem(wanted, field) => {
            assert!(wanted.contains(status), "{what}: {answer:?}");
            if *status == 200 {
                let reply: EntriesReply = serde_json::from_slice(body).unwrap();
                let refused = |result: &EntryResult| matches!(result, EntryResult::Refused { .. });
                assert!(reply.answers.iter().all(|answer| refused(&answer.result)), "{what}");
                return;
            }
            let problem: Problem = serde_json::from_slice(body).unwrap_or_else(|_| panic!("{what}: {answer:?}"));
            assert!(!problem.error.is_empty() && problem.message.ends_with('.'), "{what}: {answer:?}");
            if *status == 422 {
                let named = problem.field.unwrap_or_else(|| panic!("{what} names no field"));
                assert!(kinds::names(&named, field), "{what}: names {named}, not {field}");
            }
        }
    }
}

/// What a device signs and seals is judged by what it says: each value of a decision in turn.
#[tokio::test(flavor = "multi_thread")]
async fn garbage_that_a_device_signed_and_sealed_is_refused_for_good_or_shown() {
    watch_the_log();
    let world = World::start().await;
    let phone = &world.phone;
    let good = phone.accepted_offer();
    let json = serde_json::to_value(handoff::domain::entry::Body::Decision(Box::new(good.clone()))).unwrap();
    let mut entries = Vec::new();
    let mut seal = |change: &dyn Fn(&mut Header), body: &[u8]| {
        let mut header = phone.header(&good);
        header.chain = ChainId(random::uuid_v7(chrono::Utc::now()).unwrap());
        header.seq = 1;
        header.prev = None;
        change(&mut header);
        entries.push(seal_entry(&phone.key, &phone.agency, &header, body).unwrap().wire);
    };
    let whole = serde_json::to_vec(&json).unwrap();
    for at in ["-262143-01-01T00:00:00Z", "+262142-12-31T23:59:59Z", "0000-01-01T00:00:00Z"] {
        let at = at.parse().unwrap();
        seal(&|header| header.bounds = Bounds { earliest: at, latest: at }, &whole);
    }
    seal(&|header| header.seq = u64::MAX, &whole);
    seal(&|header| header.clock_moved_ms = Some(i64::MIN), &whole);
    for (_, body, _) in kinds::variants(&json) {
        seal(&|_| (), &body);
    }
    let (mut taken, mut refused) = (0, 0);
    for batch in entries.chunks(100) {
        let reply = phone.post(batch.to_vec()).await;
        assert_eq!(reply.status(), 200);
        for answer in reply.json::<EntriesReply>().await.unwrap().answers {
            let EntryResult::Refused { reason, detail } = answer.result else {
                taken += 1;
                continue;
            };
            assert_ne!(reason, Refusal::TryAgain, "{detail}");
            assert!(!kinds::repeats(&detail), "{detail}");
            refused += 1;
        }
    }
    println!("{taken} taken, {refused} refused");
    assert!(taken > 20 && refused > 500, "{taken} taken, {refused} refused");
    let mut pages = vec![(Role::CaseManager, "/inbox".to_owned()), (Role::Sergeant, "/log".to_owned())];
    pages.extend((1..=taken).map(|position| (Role::Sergeant, format!("/log/{position}"))));
    for (role, path) in pages {
        let page = world.station.http.get(world.station.url(&path)).header("cookie", &world.cookies[role.code()]);
        assert_eq!(page.send().await.unwrap().status(), 200, "{path}");
    }
    assert_eq!(LOGGED.load(Ordering::SeqCst), 0, "what was typed is in the log");
}

/// Health that reads, and that no device has.
async fn a_device_that_says_the_impossible_is_still_shown(world: &World) {
    let mut health = serde_json::to_value(world.phone.health()).unwrap();
    for (field, value) in [
        ("unsent", serde_json::json!(u64::MAX)),
        ("wedged", serde_json::json!(u64::MAX)),
        ("oldest_unsent_s", serde_json::json!(u64::MAX)),
        ("set_aside", serde_json::json!(u64::MAX)),
        ("wall", serde_json::json!("+262142-12-31T23:59:59Z")),
        ("clock_offset_ms", serde_json::json!(i64::MIN)),
        ("app", serde_json::json!("1\u{0}\u{202e}".repeat(1000))),
        ("checkpoint", serde_json::json!(kinds::MARK)),
    ] {
        health[field] = value;
        // A word of what is wedged is written at once.
        world.station.pass(chrono::TimeDelta::minutes(1));
        let call = serde_json::json!({"health": health, "entries": []});
        let post =
            world.station.http.post(world.station.url("/v1/entries")).header("authorization", world.phone.token());
        assert_eq!(post.json(&call).send().await.unwrap().status(), 200, "{field}");
        let page = world.station.http.get(world.station.url("/devices"));
        let page = page.header("cookie", &world.cookies[Role::Sergeant.code()]).send().await.unwrap();
        assert_eq!(page.status(), 200, "{field}");
    }
}

static LOGGED: AtomicU64 = AtomicU64::new(0);

/// Where all that is logged goes: read, and thrown away.
struct Log;

impl std::io::Write for Log {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        if kinds::repeats(&String::from_utf8_lossy(line)) {
            LOGGED.fetch_add(1, Ordering::SeqCst);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn watch_the_log() {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {
        let log = tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_writer(|| Log).finish();
        // The same file stands in this program twice, once for each engine: one of the two watches for both.
        drop(tracing::subscriber::set_global_default(log));
    });
}
