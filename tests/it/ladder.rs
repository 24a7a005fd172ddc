//! The delivery ladder on a real server: by a clock that the test sets, across restarts, with several servers.

use crate::afterwards::{append, hand_off};
use crate::browser::wait_for;
use crate::server::{CANARY, Station, facts};
use chrono::{TimeDelta, Utc};
use handoff::domain::afterwards::{HandOff, HandOffStep};
use handoff::domain::codes::Choice;
use handoff::domain::entry::Body;
use handoff::domain::ids::{ReferralId, StaffId};
use handoff::domain::pack::RungWho;
use handoff::domain::stage::{DeclineReason, MeetPlace};
use handoff::domain::wire::Meet;
use handoff_server::cases::{self, Acceptance, Declining, Delivery, NewAcceptance, NewDecline, State};
use handoff_server::deliver::channel::{Alert, Channel, Medium, Outcome, Sending};
use handoff_server::deliver::turn;
use handoff_server::site::NewSite;
use handoff_server::store::deliveries::{self, Switch};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

pub async fn told(station: &Station, referral: ReferralId) -> Vec<Delivery> {
    station.server.app().store().read(move |db| deliveries::of(db, referral)).await.unwrap()
}

/// Who was told, as what, the first time of each.
pub async fn first_told(station: &Station, referral: ReferralId) -> Vec<(String, RungWho)> {
    let site = station.server.app().site();
    let mut first: Vec<(String, RungWho)> = Vec::new();
    for one in told(station, referral).await {
        let pair = (site.staff[&one.staff].login.clone(), one.who);
        if !first.contains(&pair) {
            first.push(pair);
        }
    }
    first
}

pub fn rungs(list: &[(&str, RungWho)]) -> Vec<(String, RungWho)> {
    list.iter().map(|(login, who)| ((*login).to_owned(), *who)).collect()
}

/// Time passes, and the server looks.
pub async fn after(station: &Station, minutes: i64) {
    station.pass(TimeDelta::minutes(minutes));
    turn(station.server.app()).await.unwrap();
}

pub async fn offered(station: &Station) -> ReferralId {
    let mut phone = station.phone().await;
    let (referral, entry) = phone.record(&phone.accepted_offer());
    phone.deliver(&entry).await;
    referral
}

pub async fn accept(station: &Station, referral: ReferralId, login: &str) -> Acceptance {
    let app = station.server.app();
    let meet = Meet { at: app.now() + TimeDelta::minutes(20), place: MeetPlace::Scene };
    let new = NewAcceptance { referral, staff: station.staff(login), meet, note: String::new() };
    cases::accept(app, new).await.unwrap()
}

pub async fn decline(station: &Station, referral: ReferralId, login: &str) -> Declining {
    let new = NewDecline { referral, staff: station.staff(login), why: DeclineReason::WithSomeone };
    cases::decline(station.server.app(), new).await.unwrap()
}

pub async fn events(station: &Station, kind: &str) -> Vec<String> {
    let mark = format!(" {kind} ");
    station.events().await.into_iter().filter(|line| line.contains(&mark)).collect()
}

pub const ON_CALL: (&str, RungWho) = ("okafor", RungWho::OnCall);
pub const NEXT: (&str, RungWho) = ("tran", RungWho::NextOnCall);
pub const LEAD: (&str, RungWho) = ("amari", RungWho::Lead);
pub const SERGEANT: (&str, RungWho) = ("hughes", RungWho::Sergeant);

#[tokio::test]
async fn a_referral_that_nobody_takes_climbs_to_the_sergeant_and_is_quiet_once_someone_has_it() {
    let station = Station::start().await;
    let referral = offered(&station).await;
    assert_eq!(first_told(&station, referral).await, rungs(&[ON_CALL]), "in the transaction that made the case");
    after(&station, 3).await;
    after(&station, 3).await;
    assert_eq!(told(&station, referral).await.len(), 3, "every three minutes until seen");
    after(&station, 4).await;
    assert_eq!(first_told(&station, referral).await, rungs(&[ON_CALL, NEXT]));
    after(&station, 10).await;
    assert_eq!(first_told(&station, referral).await, rungs(&[ON_CALL, NEXT, LEAD]));
    after(&station, 10).await;
    assert_eq!(first_told(&station, referral).await, rungs(&[ON_CALL, NEXT, LEAD, SERGEANT]));
    let escalated: Vec<_> = events(&station, "escalated").await;
    assert!(escalated[0].ends_with(" lead") && escalated[1].ends_with(" sergeant"), "{escalated:?}");
    assert_eq!(escalated.len(), 2);

    assert_eq!(accept(&station, referral, "tran").await, Acceptance::Accepted);
    let settled = told(&station, referral).await;
    assert!(settled.iter().all(|one| one.state != State::Queued), "nothing of it is to be told any more");
    after(&station, 60).await;
    assert_eq!(told(&station, referral).await.len(), settled.len());
    assert!(station.events().await.iter().all(|line| !line.contains(CANARY)));
}

#[tokio::test]
async fn a_record_that_comes_late_begins_at_the_first_rung_and_its_page_says_how_late() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let (referral, entry) = phone.record(&phone.accepted_offer());
    station.pass(TimeDelta::minutes(95));
    phone.deliver(&entry).await;
    turn(station.server.app()).await.unwrap();
    assert_eq!(first_told(&station, referral).await, rungs(&[ON_CALL]));
    let page = page(&station, "okafor", "/inbox").await;
    assert!(page.contains("Came here 95 min after the encounter"), "{page}");
}

pub async fn page(station: &Station, login: &str, path: &str) -> String {
    let cookie = station.sign_in(login).await;
    let get = station.http.get(station.url(path)).header("cookie", cookie);
    get.send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn a_decline_passes_it_on_at_once_with_its_reason_and_the_one_who_declined_is_left_alone() {
    let station = Station::start().await;
    let referral = offered(&station).await;
    assert_eq!(decline(&station, referral, "okafor").await, Declining::PassedOn);
    assert_eq!(decline(&station, referral, "okafor").await, Declining::PassedOn, "once is enough");
    assert_eq!(first_told(&station, referral).await, rungs(&[ON_CALL, NEXT]));
    let declined = events(&station, "declined").await;
    assert_eq!(declined.len(), 1);
    assert!(declined[0].ends_with(" with_someone"), "{declined:?}");
    decline(&station, referral, "tran").await;
    assert_eq!(first_told(&station, referral).await, rungs(&[ON_CALL, NEXT, LEAD]), "nobody on call is left");
    let before = told(&station, referral).await.len();
    after(&station, 3).await;
    let since: Vec<_> = told(&station, referral).await.split_off(before);
    assert_eq!(since.iter().map(|one| one.staff).collect::<Vec<_>>(), [station.staff("amari")]);
    let shown = page(&station, "tran", &format!("/referrals/{referral}")).await;
    assert!(shown.contains("Grace Okafor passed it on: with someone else now"), "{shown}");
    assert!(shown.contains("You passed it on"), "{shown}");
    assert_eq!(accept(&station, referral, "okafor").await, Acceptance::Accepted, "who declined may still go");
    assert_eq!(decline(&station, referral, "amari").await, Declining::WaitsNoMore);
}

#[tokio::test]
async fn the_form_that_passes_on_wants_a_reason() {
    let station = Station::start().await;
    let referral = offered(&station).await;
    let cookie = station.sign_in("okafor").await;
    let post = async |form: &'static str| {
        let post = station.http.post(station.url(&format!("/referrals/{referral}/decline"))).header("cookie", &cookie);
        let post = post.header("sec-fetch-site", "same-origin");
        post.header("content-type", "application/x-www-form-urlencoded").body(form).send().await.unwrap()
    };
    assert!(post("").await.text().await.unwrap().contains("Choose why."), "the field is named");
    for (form, status) in [("", 422), ("reason=bored", 422), ("reason=too_far&x=1", 422), ("reason=too_far", 303)] {
        assert_eq!(post(form).await.status(), status, "{form}");
    }
    assert_eq!(first_told(&station, referral).await, rungs(&[ON_CALL, NEXT]));
}

#[tokio::test]
async fn when_nobody_is_on_call_the_lead_hears_at_once_and_the_inbox_is_red() {
    let station = Station::start().await;
    assert!(!page(&station, "okafor", "/inbox").await.contains("Nobody is on call"));
    station.pass(TimeDelta::hours(1009));
    assert!(page(&station, "okafor", "/inbox").await.contains("Nobody is on call"), "with nobody waiting");
    assert!(page(&station, "amari", "/alert?auto=1").await.contains("Nobody is on call"), "the lead is called");
    assert_eq!(page(&station, "okafor", "/alert?auto=1").await, "");
    let referral = offered(&station).await;
    assert_eq!(first_told(&station, referral).await, rungs(&[LEAD]));
    let escalated = events(&station, "escalated").await;
    assert!(escalated.len() == 1 && escalated[0].ends_with(" lead nobody_on_call"), "{escalated:?}");
    let inbox = page(&station, "amari", "/inbox").await;
    assert!(inbox.contains("Nobody is on call") && inbox.contains("Escalated to the lead case manager"), "{inbox}");
}

#[tokio::test]
async fn a_sergeant_sees_that_a_referral_is_escalated_and_nothing_of_the_person() {
    let station = Station::start().await;
    let referral = offered(&station).await;
    assert!(page(&station, "hughes", "/waiting").await.contains("No referral was escalated"));
    after(&station, 21).await;
    let waiting = page(&station, "hughes", "/waiting").await;
    assert!(waiting.contains("Escalated to the lead case manager"), "{waiting}");
    assert!(waiting.contains("Grace Okafor, tried 2 times, has not looked"), "{waiting}");
    assert!(!waiting.contains(CANARY) && !waiting.contains(&referral.to_string()), "status only");
    let inbox = page(&station, "amari", "/inbox").await;
    assert!(inbox.contains("Escalated to the lead case manager"), "{inbox}");
}

#[tokio::test]
async fn to_look_by_hand_is_a_sight_and_a_page_that_looks_by_itself_is_none() {
    let station = Station::start().await;
    let referral = offered(&station).await;
    page(&station, "okafor", "/inbox?auto=1").await;
    assert!(events(&station, "seen").await.is_empty(), "an unattended desk has seen nothing");
    let alert = page(&station, "okafor", "/alert?auto=1").await;
    assert!(alert.contains("A referral waits for you") && !alert.contains(CANARY), "{alert}");
    assert_eq!(page(&station, "tran", "/alert?auto=1").await, "", "it was not put to him yet");
    page(&station, "okafor", "/inbox").await;
    page(&station, "okafor", &format!("/referrals/{referral}")).await;
    assert_eq!(events(&station, "seen").await.len(), 1, "the first sight is an event");
    assert_eq!(page(&station, "okafor", "/alert?auto=1").await, "");
    after(&station, 9).await;
    assert_eq!(told(&station, referral).await.len(), 1, "who has looked is not told again so soon");
    after(&station, 1).await;
    assert_eq!(first_told(&station, referral).await, rungs(&[ON_CALL, NEXT]), "but the ladder goes on");
}

#[tokio::test]
async fn steps_that_the_officer_records_are_a_sight_and_move_the_clock() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let (referral, entry) = phone.record(&phone.accepted_offer());
    phone.deliver(&entry).await;
    let Body::HandOff(answered) = hand_off(HandOffStep::Answered, None) else { panic!("no step") };
    let answered = Body::HandOff(HandOff { to: Some(station.staff("okafor")), ..answered });
    let answered = append(&mut phone, referral, &answered);
    phone.deliver(&answered).await;
    after(&station, 9).await;
    assert_eq!(told(&station, referral).await.len(), 1, "who answered the telephone knows of it");
    assert!(page(&station, "tran", "/inbox?auto=1").await.contains("They answered"));
    let Body::HandOff(arrived) = hand_off(HandOffStep::Arrived, None) else { panic!("no step") };
    let arrived = HandOff { at: (Utc::now() + TimeDelta::minutes(24)).fixed_offset(), ..arrived };
    let arrived = append(&mut phone, referral, &Body::HandOff(arrived));
    phone.deliver(&arrived).await;
    let inbox = page(&station, "tran", "/inbox?auto=1").await;
    assert!(inbox.contains("There after 24 min"), "{inbox}");
    after(&station, 1).await;
    assert_eq!(first_told(&station, referral).await, rungs(&[ON_CALL, NEXT]), "and still nobody has taken it");
}

#[tokio::test]
async fn one_who_has_switched_every_channel_off_is_told_on_their_open_page_all_the_same() {
    let station = Station::start().await;
    let okafor = station.staff("okafor");
    let switch = async |to| {
        let store = station.server.app().store();
        store.write(move |db| deliveries::switch(db, okafor, Medium::InPage, to)).await.unwrap();
    };
    switch(Switch::Off).await;
    switch(Switch::Off).await;
    let referral = offered(&station).await;
    assert_eq!(first_told(&station, referral).await, rungs(&[ON_CALL]));
    switch(Switch::On).await;
}

/// A channel of the test's own in the place of open pages.
pub struct Probe {
    outcome: Mutex<Outcome>,
    /// How often somebody was told.
    pub sent: AtomicUsize,
    /// The first send stands still until this is given.
    hold: Option<Notify>,
}

impl Probe {
    pub fn new(outcome: Outcome) -> Arc<Self> {
        Arc::new(Self { outcome: Mutex::new(outcome), sent: AtomicUsize::new(0), hold: None })
    }
}

impl Channel for Probe {
    fn medium(&self) -> Medium {
        Medium::InPage
    }

    fn reaches(&self, _: StaffId) -> bool {
        true
    }

    fn send<'a>(&'a self, _: &'a Alert) -> Sending<'a> {
        Box::pin(async move {
            let earlier = self.sent.fetch_add(1, Ordering::SeqCst);
            if let Some(hold) = self.hold.as_ref().filter(|_| earlier == 0) {
                hold.notified().await;
            }
            *self.outcome.lock().unwrap()
        })
    }
}

async fn states(station: &Station, referral: ReferralId) -> Vec<State> {
    told(station, referral).await.iter().map(|one| one.state).collect()
}

#[tokio::test]
async fn one_who_stands_still_past_the_lease_does_no_harm() {
    let station = Station::start().await;
    let app = station.server.app();
    let probe = Arc::new(Probe {
        outcome: Mutex::new(Outcome::Delivered),
        sent: AtomicUsize::new(0),
        hold: Some(Notify::new()),
    });
    app.deliver().add(Arc::clone(&probe) as Arc<dyn Channel>);
    station.hold_the_clock();
    let referral = offered(&station).await;
    wait_for("the first send", async || (probe.sent.load(Ordering::SeqCst) == 1).then_some(())).await;
    station.pass(TimeDelta::seconds(20));
    turn(app).await.unwrap();
    assert_eq!(probe.sent.load(Ordering::SeqCst), 1, "the lease holds");
    station.pass(TimeDelta::seconds(11));
    wait_for("another try", async || (states(&station, referral).await == [State::Delivered]).then_some(())).await;
    assert_eq!(probe.sent.load(Ordering::SeqCst), 2);
    probe.hold.as_ref().unwrap().notify_one();
    assert_eq!(accept(&station, referral, "okafor").await, Acceptance::Accepted);
    wait_for("both", async || (events(&station, "told").await.len() == 1).then_some(())).await;
    assert_eq!(states(&station, referral).await, [State::Delivered], "the one who came late changed nothing");
}

#[tokio::test]
async fn what_a_channel_says_of_a_send_is_kept() {
    for (outcome, state, kind) in [
        (Outcome::Delivered, State::Delivered, "told"),
        (Outcome::Gone, State::Gone, "not_told"),
        (Outcome::Failed("refused"), State::Failed, "not_told"),
    ] {
        let station = Station::start().await;
        station.server.app().deliver().add(Probe::new(outcome));
        let referral = offered(&station).await;
        wait_for("the outcome", async || (states(&station, referral).await == [state]).then_some(())).await;
        let said = events(&station, kind).await;
        assert_eq!(said.len(), 1, "{outcome:?}");
        assert!(said[0].contains(&format!("{referral} in_page on_call 1")), "{said:?}");
        after(&station, 3).await;
        assert_eq!(told(&station, referral).await.len(), 2, "whatever became of it, the next round comes");
    }
}

#[tokio::test]
async fn a_push_that_is_lost_is_tried_again_and_the_ladder_does_not_wait_for_it() {
    let station = Station::start().await;
    let probe = Probe::new(Outcome::Retry(TimeDelta::seconds(30)));
    station.server.app().deliver().add(Arc::clone(&probe) as Arc<dyn Channel>);
    let referral = offered(&station).await;
    wait_for("the first try", async || (probe.sent.load(Ordering::SeqCst) == 1).then_some(())).await;
    after(&station, 1).await;
    wait_for("the second", async || (probe.sent.load(Ordering::SeqCst) == 2).then_some(())).await;
    after(&station, 9).await;
    assert_eq!(first_told(&station, referral).await, rungs(&[ON_CALL, NEXT]));
}

#[tokio::test]
async fn a_case_manager_who_is_removed_is_passed_over() {
    let station = Station::start().await;
    let referral = offered(&station).await;
    station
        .programme(|programme| {
            programme["staff"].as_array_mut().unwrap().retain(|person| person["login"] != "okafor");
            programme["rota"].as_array_mut().unwrap().retain(|turn| turn["staff"] != "okafor");
        })
        .await;
    after(&station, 3).await;
    let last = told(&station, referral).await.pop().unwrap();
    assert_eq!((last.staff, last.who), (station.staff("tran"), RungWho::OnCall), "he is the first on call now");
}

#[tokio::test]
async fn a_programme_from_before_the_ladder_still_loads_and_escalates() {
    let station = Station::start().await;
    station
        .programme(|programme| {
            for person in programme["staff"].as_array_mut().unwrap() {
                let person = person.as_object_mut().unwrap();
                person.remove("lead");
                person.remove("squad");
            }
            programme["staff"].as_array_mut().unwrap().retain(|person| person["login"] != "amari");
        })
        .await;
    let referral = offered(&station).await;
    after(&station, 20).await;
    let told = first_told(&station, referral).await;
    assert_eq!(told, rungs(&[ON_CALL, NEXT, SERGEANT]), "without a lead the sergeant's rung comes at once");
}

#[test]
fn a_lead_is_a_case_manager_and_a_squad_is_of_police() {
    for (login, field, value, wanted) in [
        ("hughes", "lead", json!(true), "staff[5].lead: only a case manager"),
        ("okafor", "squad", json!("west"), "staff[2].squad: is for officers"),
        ("okafor", "lead", json!("yes"), "staff[2].lead: invalid type"),
    ] {
        let mut programme: Value = serde_json::from_str(handoff::assets::text("demo/programme.json").unwrap()).unwrap();
        let people = programme["staff"].as_array_mut().unwrap();
        people.iter_mut().find(|person| person["login"] == login).unwrap()[field] = value;
        let said = NewSite::parse("demo/programme.json", &programme.to_string(), Utc::now()).unwrap_err().to_string();
        assert!(said.contains(wanted), "{said}");
    }
}

/// Every case manager has as many people as they can be there for, and two more wait: one after an arrest, and one
/// after a social contact.
pub async fn full_caseloads(station: &Station) -> (ReferralId, ReferralId) {
    let dir = tempfile::tempdir().unwrap();
    let mut pack: Value =
        serde_json::from_str(handoff::assets::text("packs/seattle-pilot-2011.json").unwrap()).unwrap();
    (pack["terms"]["caseload"], pack["version"]) = (json!(1), json!(2));
    std::fs::write(dir.path().join("small.json"), pack.to_string()).unwrap();
    station
        .programme(|programme| {
            programme["packs"] = json!([dir.path().join("small.json").display().to_string()]);
        })
        .await;
    for login in ["okafor", "tran", "amari"] {
        let taken = offered(station).await;
        accept(station, taken, login).await;
    }
    let arrest = offered(station).await;
    let mut phone = station.phone().await;
    let mut known = serde_json::to_value(facts()).unwrap();
    known["door"] = json!("social_contact");
    known["answers"]["no_contact_order"] = json!("no");
    let on = (Utc::now() - TimeDelta::days(90)).date_naive();
    known["prior_involvement"] = json!({"fix": known["fix"], "on": on, "basis": "records"});
    let decision = phone.decide(serde_json::from_value(known).unwrap(), Choice::OfferedAccepted);
    let (social, entry) = phone.record(&decision);
    phone.deliver(&entry).await;
    (arrest, social)
}

#[tokio::test]
async fn when_every_caseload_is_full_social_contacts_wait_behind_arrests_and_the_lead_still_hears_in_time() {
    let station = Station::start().await;
    let (arrest, social) = full_caseloads(&station).await;
    assert_eq!(first_told(&station, arrest).await, rungs(&[ON_CALL]));
    assert_eq!(first_told(&station, social).await, [], "it waits behind the arrest");
    assert!(page(&station, "okafor", "/inbox").await.contains("Every caseload is full"));
    after(&station, 20).await;
    assert_eq!(first_told(&station, social).await, rungs(&[LEAD]), "behind others, and not unheard");
    accept(&station, arrest, "amari").await;
    after(&station, 3).await;
    let now_told = first_told(&station, social).await;
    assert!(now_told.contains(&rungs(&[ON_CALL])[0]), "no arrest waits any more: {now_told:?}");
}
