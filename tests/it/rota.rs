//! The rota as people keep it, on a real server: acts, offers, forms that come too late, and the alarm of a gap.

use crate::browser::wait_for;
use crate::ladder::{first_told, offered, rungs};
use crate::server::Station;
use chrono::{DateTime, TimeDelta, Utc};
use handoff::domain::pack::RungWho;
use handoff::domain::wire::{Config, FeedReply, OnCall};
use handoff::seal::Tag;
use handoff_server::deliver::channel::{About, Alert, Channel, Medium, Outcome, Sending};
use handoff_server::deliver::turn;
use handoff_server::store::rota::{ListedTurn, turns};
use serde_json::json;
use std::sync::{Arc, Mutex};

pub async fn listed(station: &Station) -> Vec<ListedTurn> {
    station.server.app().store().read(|db| turns(db, DateTime::UNIX_EPOCH)).await.unwrap()
}

pub async fn page(station: &Station, cookie: &str, path: &str) -> String {
    let get = station.http.get(station.url(path)).header("cookie", cookie);
    get.send().await.unwrap().text().await.unwrap()
}

/// What a form of the turn's page says that it saw.
async fn seen(station: &Station, cookie: &str, n: u64) -> String {
    let page = page(station, cookie, &format!("/rota/turns/{n}")).await;
    let (_, rest) = page.split_once("name=\"seen\" value=\"").unwrap_or_else(|| panic!("{page}"));
    rest.split('"').next().unwrap().to_owned()
}

async fn do_to(station: &Station, cookie: &str, (n, seen): (u64, &str), fields: &[(&str, &str)]) -> (u16, String) {
    let fields: Vec<_> = [("seen", seen)].into_iter().chain(fields.iter().copied()).collect();
    let reply = station.form(cookie, &format!("/rota/turns/{n}"), &fields).await;
    (reply.status().as_u16(), reply.text().await.unwrap())
}

async fn events(station: &Station, kind: &str) -> Vec<String> {
    station.events().await.into_iter().filter(|line| line.split(' ').nth(1) == Some(kind)).collect()
}

/// The rota is this, by login, hours from now and order.
pub async fn only(station: &Station, rota: &[(&str, i64, i64, u32)]) {
    let now = station.server.app().now();
    let at = |hours: i64| (now + TimeDelta::hours(hours)).to_rfc3339();
    let turns: Vec<_> = rota
        .iter()
        .map(|(login, from, until, order)| json!({"staff": login, "from": at(*from), "until": at(*until), "order": order}))
        .collect();
    station.programme(|programme| programme["rota"] = json!(turns)).await;
}

#[tokio::test]
async fn a_lead_adds_gives_and_takes_out_turns_and_each_act_is_an_event() {
    let station = Station::start().await;
    let lead = station.sign_in("amari").await;
    let (amari, tran) = (station.staff("amari"), station.staff("tran"));
    let add =
        [("staff", &*tran.to_string()), ("from", "2030-03-10T01:00"), ("until", "2030-03-10T04:00"), ("order", "3")];
    for _ in 0..2 {
        assert_eq!(station.form(&lead, "/rota/turns", &add).await.status(), 303);
    }
    let added = listed(&station).await.pop().unwrap();
    assert_eq!((added.turn.staff, added.turn.order), (tran, 3));
    assert_eq!((added.turn.until - added.turn.from).num_hours(), 2, "the clocks go forward in between");
    assert_eq!(listed(&station).await.len(), 3, "sent twice, it is there once");

    let mark = seen(&station, &lead, added.n).await;
    let give = [("act", "give"), ("to", &*amari.to_string())];
    assert_eq!(do_to(&station, &lead, (added.n, &mark), &give).await.0, 303);
    assert_eq!(listed(&station).await.pop().unwrap().turn.staff, amari);
    let mark = seen(&station, &lead, added.n).await;
    assert_eq!(do_to(&station, &lead, (added.n, &mark), &[("act", "remove")]).await.0, 303);
    assert_eq!(listed(&station).await.len(), 2);
    for (kind, of) in [("turn_added", tran), ("turn_given", amari), ("turn_removed", amari)] {
        let lines = events(&station, kind).await;
        let wanted = format!(" {kind} {amari} {of} 2030-03-10T09:00:00Z 2030-03-10T11:00:00Z 3");
        assert!(lines.len() == 1 && lines[0].contains(&wanted), "{lines:?}");
    }
}

#[tokio::test]
async fn a_case_manager_offers_their_turn_and_another_takes_it() {
    let station = Station::start().await;
    let (okafor, tran) = (station.sign_in("okafor").await, station.sign_in("tran").await);
    let n = listed(&station).await[0].n;
    let mark = seen(&station, &okafor, n).await;
    assert_eq!(do_to(&station, &okafor, (n, &mark), &[("act", "offer")]).await.0, 303);
    assert!(page(&station, &tran, "/rota").await.contains("Offered: who takes them?"));
    let offered = seen(&station, &tran, n).await;
    assert_eq!(do_to(&station, &tran, (n, &offered), &[("act", "take")]).await.0, 303);
    let taken = listed(&station).await.into_iter().find(|listed| listed.n == n).unwrap();
    assert_eq!((taken.turn.staff, taken.offered), (station.staff("tran"), None));
    // Whoever changes their mind too late sees that it was taken.
    let (status, shown) = do_to(&station, &okafor, (n, &offered), &[("act", "keep")]).await;
    assert_eq!(status, 409);
    assert!(shown.contains("As you saw it") && shown.contains("Daniel Tran"), "{shown}");
    let given = events(&station, "turn_given").await;
    let who = format!("{} {}", station.staff("tran"), station.staff("tran"));
    assert!(given[0].contains(&who) && given[0].ends_with(&station.staff("okafor").to_string()), "{given:?}");
}

#[tokio::test]
async fn a_form_that_comes_too_late_shows_both_versions_and_changes_nothing() {
    let station = Station::start().await;
    let lead = station.sign_in("amari").await;
    let n = listed(&station).await[0].n;
    let mark = seen(&station, &lead, n).await;
    let (amari, tran) = (station.staff("amari").to_string(), station.staff("tran").to_string());
    assert_eq!(do_to(&station, &lead, (n, &mark), &[("act", "give"), ("to", &tran)]).await.0, 303);
    let before = (listed(&station).await, station.events().await.len());
    for fields in [&[("act", "give"), ("to", &*amari)][..], &[("act", "remove")]] {
        let (status, shown) = do_to(&station, &lead, (n, &mark), fields).await;
        assert_eq!(status, 409);
        let (then, now) = shown.split_once("As it is now").unwrap();
        assert!(then.contains("Grace Okafor") && now.contains("Daniel Tran"), "{shown}");
    }
    assert_eq!((listed(&station).await, station.events().await.len()), before);
    // The rota is loaded anew, and the same number is another turn: nothing is done to it either.
    only(&station, &[("tran", 0, 9, 1)]).await;
    let (status, shown) = do_to(&station, &lead, (n, &mark), &[("act", "remove")]).await;
    assert_eq!((status, listed(&station).await.len()), (409, 1), "{shown}");
}

#[tokio::test]
async fn others_do_not_keep_the_rota_and_their_tries_are_in_the_events() {
    let station = Station::start().await;
    let okafor = station.sign_in("okafor").await;
    let all = listed(&station).await;
    let (own, other) = (all[0].n, all[1].n);
    assert!(!page(&station, &okafor, "/rota").await.contains("Add a turn"));
    let own_mark = seen(&station, &okafor, own).await;
    let tran = station.staff("tran").to_string();
    let foreign = all[1].clone();
    let foreign = format!(
        "{} {} {} {} -",
        foreign.turn.staff,
        foreign.turn.from.timestamp_millis(),
        foreign.turn.until.timestamp_millis(),
        foreign.turn.order
    );
    for (n, mark, fields) in [
        (own, &own_mark, &[("act", "remove")][..]),
        (own, &own_mark, &[("act", "give"), ("to", &*tran)]),
        (own, &own_mark, &[("act", "take")]),
        (other, &foreign, &[("act", "offer")]),
        (other, &foreign, &[("act", "take")]),
    ] {
        assert_eq!(do_to(&station, &okafor, (n, mark), fields).await.0, 403, "{fields:?}");
    }
    assert_eq!(listed(&station).await, all);
    assert_eq!(events(&station, "forbidden").await.len(), 5);
}

#[tokio::test]
async fn what_is_wrong_with_a_turn_is_said_at_its_field() {
    let station = Station::start().await;
    let lead = station.sign_in("amari").await;
    let tran = station.staff("tran").to_string();
    let good = [("staff", &*tran), ("from", "2030-01-01T08:00"), ("until", "2030-01-01T20:00"), ("order", "1")];
    for (field, value, wanted) in [
        ("staff", "", "Choose who is on call."),
        ("staff", &*station.staff("reyes").to_string(), "Choose who is on call."),
        ("from", "", "This is no time."),
        ("from", "2030-03-10T02:30", "there is no such time on that day"),
        ("from", "2029-11-04T01:30", "so it comes twice"),
        ("until", "2030-01-01T08:00", "must end after it begins"),
        ("until", "2032-01-01T08:00", "a year at most"),
        ("order", "0", "from 1 to 9"),
    ] {
        let fields = good.map(|(name, known)| (name, if name == field { value } else { known }));
        let reply = station.form(&lead, "/rota/turns", &fields).await;
        assert_eq!(reply.status(), 422, "{field}={value}");
        let shown = reply.text().await.unwrap();
        assert!(shown.contains(wanted), "{wanted}: {shown}");
    }
    assert_eq!(listed(&station).await.len(), 2);
}

async fn config(phone: &crate::server::TestPhone, query: &str) -> Config {
    let feed: FeedReply = phone.feed(query).await.json().await.unwrap();
    phone.server.open(Tag::Config, &feed.config.unwrap()).unwrap()
}

#[tokio::test]
async fn a_change_reaches_a_phone_that_waits_and_the_ladder_of_who_waits_at_once() {
    let station = Station::start().await;
    let phone = station.phone().await;
    let referral = offered(&station).await;
    assert_eq!(first_told(&station, referral).await, rungs(&[("okafor", RungWho::OnCall)]));
    let known = station.server.app().site().config_hash;
    let lead = station.sign_in("amari").await;
    let n = listed(&station).await[0].n;
    let mark = seen(&station, &lead, n).await;
    let waits = async { config(&phone, &format!("after=0&config={known}&wait=25")).await };
    let acts = async {
        let amari = station.staff("amari").to_string();
        do_to(&station, &lead, (n, &mark), &[("act", "give"), ("to", &amari)]).await.0
    };
    // The phone asks first, and is answered when something changes.
    let (carried, status) = tokio::join!(waits, acts);
    assert_eq!(status, 303);
    let first = |rota: &[OnCall]| rota.iter().find(|turn| turn.order == 1).map(|turn| turn.staff);
    assert_eq!(first(&carried.rota), Some(station.staff("amari")));
    assert_eq!(carried.time_zone.as_deref(), Some("PST8PDT,M3.2.0,M11.1.0"));
    turn(station.server.app()).await.unwrap();
    let told = first_told(&station, referral).await;
    assert!(told.contains(&rungs(&[("amari", RungWho::OnCall)])[0]), "no minute has passed: {told:?}");
}

#[tokio::test]
async fn phones_carry_six_weeks_of_a_long_rota_and_the_server_keeps_it_all() {
    let station = Station::start().await;
    let phone = station.phone().await;
    let long: Vec<_> = (0..100).map(|day| ("okafor", day * 24, day * 24 + 24, 1)).collect();
    only(&station, &long).await;
    let carried = config(&phone, "after=0").await.rota;
    assert!((42..=44).contains(&carried.len()), "{}", carried.len());
    assert_eq!(listed(&station).await.len(), 100);
    station.pass(TimeDelta::days(50));
    let later = config(&phone, "after=0").await.rota;
    assert!(later.iter().any(|turn| turn.until > station.server.app().now() + TimeDelta::hours(72)));
}

/// A channel in the place of open pages that keeps what it was to tell.
struct Kept(Mutex<Vec<Alert>>);

impl Channel for Kept {
    fn medium(&self) -> Medium {
        Medium::InPage
    }

    fn reaches(&self, _: handoff::domain::ids::StaffId) -> bool {
        true
    }

    fn send<'a>(&'a self, alert: &'a Alert) -> Sending<'a> {
        self.0.lock().unwrap().push(alert.clone());
        Box::pin(async { Outcome::Delivered })
    }
}

fn keeps(station: &Station) -> Arc<Kept> {
    let kept = Arc::new(Kept(Mutex::new(Vec::new())));
    station.server.app().deliver().add(Arc::clone(&kept) as Arc<dyn Channel>);
    kept
}

impl Kept {
    /// Who was told of gaps, by login.
    fn of_gaps(&self, station: &Station) -> Vec<String> {
        self.of(station, |about| matches!(about, About::Gap(_)))
    }

    fn of(&self, station: &Station, what: impl Fn(About) -> bool) -> Vec<String> {
        let site = station.server.app().site();
        let alerts = self.0.lock().unwrap();
        let some = alerts.iter().filter(|alert| what(alert.about));
        some.map(|alert| site.staff[&alert.staff].login.clone()).collect()
    }
}

async fn gaps(station: &Station, kept: &Kept, wanted: usize) {
    turn(station.server.app()).await.unwrap();
    wait_for("the alarm", async || (kept.of_gaps(station).len() == wanted).then_some(())).await;
}

#[tokio::test]
async fn a_gap_within_72_hours_is_told_once_to_the_leads_and_again_when_it_opens_anew() {
    let station = Station::start().await;
    let kept = keeps(&station);
    turn(station.server.app()).await.unwrap();
    assert!(kept.of_gaps(&station).is_empty() && events(&station, "rota_gap").await.is_empty());
    only(&station, &[("okafor", 0, 80, 1), ("okafor", 90, 900, 1)]).await;
    gaps(&station, &kept, 0).await;
    station.pass(TimeDelta::hours(10));
    gaps(&station, &kept, 1).await;
    for _ in 0..3 {
        station.pass(TimeDelta::hours(1));
        gaps(&station, &kept, 1).await;
    }
    assert_eq!(kept.of_gaps(&station), ["amari"]);
    let lines = events(&station, "rota_gap").await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    let cookie = station.sign_in("amari").await;
    let alert = page(&station, &cookie, "/alert?auto=1").await;
    assert!(alert.contains("Nobody is on call from ") && alert.contains("data-tone=\"bad\""), "{alert}");
    let okafor = station.sign_in("okafor").await;
    assert_eq!(page(&station, &okafor, "/alert?auto=1").await, "", "others are not alarmed");
    assert!(page(&station, &okafor, "/rota").await.contains("Nobody on call"), "and see it on the rota");

    only(&station, &[("okafor", 0, 900, 1)]).await;
    gaps(&station, &kept, 1).await;
    assert_eq!(events(&station, "rota_gap_ended").await.len(), 1);
    assert_eq!(page(&station, &cookie, "/alert?auto=1").await, "");
    only(&station, &[("okafor", 0, 30, 1), ("tran", 40, 900, 1)]).await;
    gaps(&station, &kept, 2).await;
    wait_for("both in the events", async || {
        let told = events(&station, "told").await;
        (told.iter().filter(|line| line.ends_with("in_page lead 1")).count() == 2).then_some(())
    })
    .await;
}

#[tokio::test]
async fn without_a_lead_the_sergeants_hear_of_a_gap() {
    let station = Station::start().await;
    let nobody = keeps(&station);
    station
        .programme(|programme| {
            let people = programme["staff"].as_array_mut().unwrap();
            people.iter_mut().for_each(|person| drop(person.as_object_mut().unwrap().remove("lead")));
            programme["rota"] = json!([{"staff": "okafor", "order": 1, "hours": 5}]);
        })
        .await;
    gaps(&station, &nobody, 1).await;
    assert_eq!(nobody.of_gaps(&station), ["hughes"]);
    let hughes = station.sign_in("hughes").await;
    assert!(page(&station, &hughes, "/alert?auto=1").await.contains("Nobody is on call from "));
}

#[tokio::test]
async fn a_programme_without_a_rota_leaves_the_one_that_people_keep_and_people_who_left_are_a_gap() {
    let station = Station::start().await;
    let before = listed(&station).await;
    station
        .programme(|programme| {
            programme.as_object_mut().unwrap().remove("rota");
            programme["staff"]
                .as_array_mut()
                .unwrap()
                .retain(|person| person["login"] != "okafor" && person["login"] != "tran");
        })
        .await;
    assert_eq!(listed(&station).await, before);
    let lead = station.sign_in("amari").await;
    let shown = page(&station, &lead, "/rota").await;
    assert!(shown.contains("Turns of people who are not here any more"), "{shown}");
    assert!(station.server.app().site().nobody_on_call(station.server.app().now()));
}

#[tokio::test]
async fn a_zone_that_nobody_knows_is_refused_by_its_field() {
    let mut programme: serde_json::Value =
        serde_json::from_str(handoff::assets::text("demo/programme.json").unwrap()).unwrap();
    programme["time_zone"] = json!("Mars/Olympus");
    let said = handoff_server::site::NewSite::parse("demo/programme.json", &programme.to_string(), Utc::now());
    assert!(said.unwrap_err().to_string().contains("time_zone: is no time zone"));
}

#[cfg(unix)]
#[tokio::test]
async fn of_two_servers_on_one_database_a_gap_is_told_once_and_a_change_at_one_is_in_force_at_the_other() {
    use handoff_server::Wake;
    let database = crate::cluster::Cluster::shared().database();
    let one = Station::sharing(&database, None).await;
    let other = Station::sharing(&database, Some((&one, Wake::ByWord))).await;
    let (first, second) = (keeps(&one), keeps(&other));
    only(&one, &[("okafor", 0, 20, 1), ("okafor", 30, 900, 1)]).await;
    for _ in 0..5 {
        let both = tokio::join!(turn(one.server.app()), turn(other.server.app()));
        assert!(both.0.is_ok() && both.1.is_ok(), "{both:?}");
    }
    let told = || first.of_gaps(&one).len() + second.of_gaps(&other).len();
    wait_for("the alarm", async || (told() == 1).then_some(())).await;
    assert_eq!(events(&one, "rota_gap").await.len(), 1);
    let lead = other.sign_in("amari").await;
    let n = listed(&other).await[0].n;
    let mark = seen(&other, &lead, n).await;
    let tran = other.staff("tran");
    assert_eq!(do_to(&other, &lead, (n, &mark), &[("act", "give"), ("to", &tran.to_string())]).await.0, 303);
    wait_for("the other server", async || {
        let now = one.server.app().now();
        (one.server.app().site().on_call(now) == [tran]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn who_may_take_an_offered_turn_is_told_once_by_their_channels_and_no_more_when_it_is_taken() {
    let station = Station::start().await;
    let kept = keeps(&station);
    let told = || {
        let mut told = kept.of(&station, |about| matches!(about, About::Swap(_)));
        told.sort();
        told
    };
    let n = listed(&station).await[0].n;
    let okafor = station.sign_in("okafor").await;
    let mark = seen(&station, &okafor, n).await;
    assert_eq!(do_to(&station, &okafor, (n, &mark), &[("act", "offer")]).await.0, 303);
    wait_for("the others to be told", async || (told().len() == 2).then_some(())).await;
    assert_eq!(told(), ["amari", "tran"], "not the one who offers it");
    assert_eq!(About::Swap(uuid::Uuid::nil()).words(), "A turn is offered", "and no more is said outside");
    for _ in 0..3 {
        station.pass(TimeDelta::minutes(20));
        turn(station.server.app()).await.unwrap();
    }
    assert_eq!(told().len(), 2, "once");
    let (okafor, tran) = (station.sign_in("okafor").await, station.sign_in("tran").await);
    assert!(page(&station, &tran, "/alert?auto=1").await.contains("A turn on call is offered"));
    assert_eq!(page(&station, &okafor, "/alert?auto=1").await, "", "it is her own");
    let mark = seen(&station, &tran, n).await;
    assert_eq!(do_to(&station, &tran, (n, &mark), &[("act", "take")]).await.0, 303);
    let amari = station.sign_in("amari").await;
    assert_eq!(page(&station, &amari, "/alert?auto=1").await, "", "it is taken");
    let queued = "SELECT count(*) FROM deliveries WHERE about = 'swap' AND state = 'queued'";
    let left =
        station.server.app().store().read(move |db| db.first(queued, &[])).await.unwrap().unwrap().int().unwrap();
    assert_eq!(left, 0, "nothing of it is to be told any more");
}
