//! Releases of information over real HTTP: who sees what of whom, when it ends, what is written down of it.

use crate::casework::accepted;
use crate::ingest::staff;
use crate::ledger::exported;
use crate::server::{CANARY, Station};
use chrono::{Days, TimeDelta};
use handoff::domain::casework::Note;
use handoff::domain::ids::{NoteId, ReferralId, ReleaseId};
use handoff::domain::private::Private;
use handoff::domain::release::{Audience, Ending, FULL_NOTICE, Giving, Item, Release, SHORT_NOTICE};
use handoff::domain::wire::{Config, FeedReply, Role};
use handoff::seal::{Tag, random};
use handoff_server::casework::{self, NewNote, Written};
use handoff_server::release::{self, Filing, NewRelease, Withdrawal};
use handoff_server::routes::{Who, table};
use serde_json::json;

const SECRET: &str = "Methadone";

/// A referral of which something was written in words.
async fn case(station: &Station) -> ReferralId {
    let mut phone = station.phone().await;
    let referral = accepted(station, &mut phone, "okafor").await;
    let on = today(station);
    for note in [
        json!({"kind": "arrival", "on": on, "result": "met", "words": format!("{SECRET} at the door")}),
        json!({"kind": "needs", "areas": {"substance_use": {"level": "high", "words": SECRET}}}),
        json!({"kind": "plan", "goals": [{"words": format!("off {SECRET}"), "steps": [
            {"words": SECRET, "state": "done", "service": "housing"}]}]}),
    ] {
        let (app, author) = (station.server.app(), station.staff("okafor"));
        let note: Note = serde_json::from_value(note).unwrap();
        let id = NoteId(random::uuid_v7(app.now()).unwrap());
        let new = NewNote { id, referral, author, follows: 0, note };
        assert_eq!(casework::write(app, new).await.unwrap(), Written::Filed);
    }
    referral
}

fn today(station: &Station) -> String {
    station.server.app().now().date_naive().to_string()
}

fn fresh() -> ReleaseId {
    ReleaseId(random::uuid_v7(chrono::Utc::now()).unwrap())
}

async fn get(station: &Station, cookie: &str, path: &str) -> (u16, String) {
    let reply = station.http.get(station.url(path)).header("cookie", cookie).send().await.unwrap();
    (reply.status().as_u16(), reply.text().await.unwrap())
}

async fn page(station: &Station, cookie: &str, path: &str) -> String {
    let (status, page) = get(station, cookie, path).await;
    assert_eq!(status, 200, "{path}");
    page
}

/// The fields of a good release, some of them changed.
fn fields(station: &Station, follows: usize, changed: &[(&str, &str)]) -> Vec<(String, String)> {
    let until = station.server.app().now().date_naive().checked_add_days(Days::new(30)).unwrap().to_string();
    let on = today(station);
    let mut fields: Vec<(String, String)> = [
        ("id", fresh().to_string().as_str()),
        ("follows", follows.to_string().as_str()),
        ("to", "prosecutor"),
        ("items", "attendance"),
        ("items", "plan"),
        ("purpose", "The charge is held"),
        ("manner", "paper"),
        ("on", on.as_str()),
        ("until", until.as_str()),
    ]
    .map(|(field, text)| (field.to_owned(), text.to_owned()))
    .into();
    for (field, text) in changed {
        fields.retain(|(name, _)| name != field);
        fields
            .extend(text.split('|').filter(|text| !text.is_empty()).map(|text| ((*field).to_owned(), text.to_owned())));
    }
    fields
}

async fn send(station: &Station, (cookie, referral): (&str, ReferralId), fields: &[(String, String)]) -> (u16, String) {
    let fields: Vec<_> = fields.iter().map(|(field, text)| (field.as_str(), text.as_str())).collect();
    let reply = station.form(cookie, &format!("/cases/{referral}/releases"), &fields).await;
    (reply.status().as_u16(), reply.text().await.unwrap())
}

/// A release that holds today and two days more.
pub fn release_of(station: &Station, to: Audience, items: &[Item]) -> Release {
    let on = station.server.app().now().date_naive();
    Release {
        items: items.iter().copied().collect(),
        to,
        named: (to == Audience::Other).then(|| Private::new("Ruth of the mission".into())),
        purpose: Private::new("The charge is held".into()),
        manner: Giving::Paper,
        witness: None,
        on,
        until: on.checked_add_days(Days::new(2)).unwrap(),
    }
}

/// Files a release as a case manager who saw so many.
pub async fn give(station: &Station, (referral, follows): (ReferralId, u64), release: Release) -> ReleaseId {
    let new = NewRelease { id: fresh(), referral, author: station.staff("okafor"), follows, release };
    let id = new.id;
    assert_eq!(release::give(station.server.app(), new).await.unwrap(), Filing::Filed);
    id
}

#[tokio::test]
async fn without_a_release_police_and_prosecutors_see_status_only() {
    let station = Station::start().await;
    let referral = case(&station).await;
    for login in ["hughes", "bell"] {
        let cookie = station.sign_in(login).await;
        for path in ["/released".into(), format!("/released/{referral}"), format!("/released/{referral}/file")] {
            let shown = page(&station, &cookie, &path).await;
            assert!(shown.contains("Met"), "{login} {path}: {shown}");
            for word in [SECRET, CANARY, "Okafor", "Last contact", "Housing", "substance", "of 1 steps"] {
                assert!(!shown.contains(word), "{login} sees {word} at {path}");
            }
            assert_eq!(
                shown.contains("Intake"),
                login == "bell",
                "{login} {path}: who holds the charge sees its clock"
            );
            assert!(!shown.contains(SHORT_NOTICE), "nothing was released, so no notice");
        }
        assert_eq!(get(&station, &cookie, &format!("/cases/{referral}/releases")).await.0, 403);
    }
}

#[tokio::test]
async fn what_is_released_is_seen_by_its_receiver_with_the_notice_until_it_is_withdrawn() {
    let station = Station::start().await;
    let referral = case(&station).await;
    let okafor = station.sign_in("okafor").await;
    let (bell, hughes) = (station.sign_in("bell").await, station.sign_in("hughes").await);
    let sent = send(&station, (&okafor, referral), &fields(&station, 0, &[])).await;
    assert_eq!(sent.0, 303, "{}", sent.1);

    for path in [format!("/released/{referral}"), format!("/released/{referral}/file")] {
        let shown = page(&station, &bell, &path).await;
        for word in ["Last contact", "1 of 1 steps done: Housing", CANARY, "The charge is held", "Notice", SHORT_NOTICE]
        {
            assert!(shown.contains(word), "{word} at {path}: {shown}");
        }
        for text in FULL_NOTICE {
            assert!(shown.contains(text), "{text} at {path}");
        }
        for word in [SECRET, "substance", "Grace Okafor"] {
            assert!(!shown.contains(word), "{word} at {path}");
        }
        let police = page(&station, &hughes, &path).await;
        assert!(!police.contains("Last contact") && !police.contains(CANARY), "it is not released to police: {police}");
    }
    let list = page(&station, &bell, "/released").await;
    assert!(list.contains("Something was released") && list.contains(SHORT_NOTICE), "{list}");

    let (_, given) =
        release::of_case(station.server.app(), &staff(&station, "okafor").await, referral).await.unwrap().unwrap();
    let withdraw = format!("/cases/{referral}/releases/{}/withdraw", given[0].id);
    for _ in 0..2 {
        assert_eq!(
            station.form(&okafor, &withdraw, &[("manner", "spoken")]).await.status(),
            303,
            "the first word stands"
        );
    }
    for path in ["/released".into(), format!("/released/{referral}"), format!("/released/{referral}/file")] {
        let shown = page(&station, &bell, &path).await;
        assert!(!shown.contains("Last contact") && !shown.contains(CANARY) && !shown.contains("Housing"), "{path}");
    }
    let kept = page(&station, &okafor, &format!("/cases/{referral}/releases")).await;
    for word in ["Withdrawn", "They said so", "Signed on paper", "The charge is held"] {
        assert!(kept.contains(word), "both are kept: {word}: {kept}");
    }
    let hand_on = format!("/cases/{referral}/releases/{}", given[0].id);
    assert_eq!(get(&station, &okafor, &hand_on).await.0, 410, "there is nothing to hand on any more");
    let events = station.events().await;
    for kind in [" release_given ", " release_withdrawn "] {
        assert_eq!(events.iter().filter(|line| line.contains(kind)).count(), 1, "{kind}");
    }
}

#[tokio::test]
async fn a_release_holds_to_its_last_day_without_anyone_doing_anything() {
    let station = Station::start().await;
    let referral = case(&station).await;
    give(&station, (referral, 0), release_of(&station, Audience::Officer, &[Item::Manager])).await;
    let hughes = staff(&station, "hughes").await;
    let app = station.server.app();
    for (days, seen) in [(0, true), (4, false)] {
        station.pass(TimeDelta::days(days));
        let outside = release::one(app, &hughes, referral).await.unwrap().unwrap();
        assert_eq!(outside.seen.manager.is_some(), seen, "{days}");
        assert_eq!(outside.name.is_some(), seen);
    }
}

#[tokio::test]
async fn after_its_last_day_a_release_shows_nothing_more_and_says_so() {
    let station = Station::start().await;
    let referral = case(&station).await;
    let to_police = give(&station, (referral, 0), release_of(&station, Audience::Officer, &[Item::Manager])).await;
    let named = Release {
        named: Some(Private::new("Harbor clinic".into())),
        ..release_of(&station, Audience::Other, &[Item::Attendance])
    };
    let named = give(&station, (referral, 1), named).await;
    let files = [to_police, named].map(|release| format!("/cases/{referral}/releases/{release}"));
    let (okafor, hughes) = (station.sign_in("okafor").await, station.sign_in("hughes").await);
    for file in &files {
        assert!(page(&station, &okafor, file).await.contains(SHORT_NOTICE), "it holds");
    }
    assert!(page(&station, &hughes, &format!("/released/{referral}")).await.contains("Grace Okafor"));

    station.pass(TimeDelta::days(4));
    let (okafor, hughes) = (station.sign_in("okafor").await, station.sign_in("hughes").await);
    for file in &files {
        let (status, over) = get(&station, &okafor, file).await;
        assert!(status == 410 && over.contains("This release has ended"), "{status} {over}");
        assert!(!over.contains(CANARY) && !over.contains("Harbor") && !over.contains("Grace Okafor"), "{over}");
    }
    let own = page(&station, &okafor, &format!("/cases/{referral}/releases")).await;
    assert_eq!(own.matches(">Ended ").count(), 2, "{own}");
    assert!(files.iter().all(|file| !own.contains(&format!("href=\"{file}\""))), "no way to a file: {own}");
    for path in [format!("/released/{referral}"), format!("/released/{referral}/file"), String::from("/released")] {
        let seen = page(&station, &hughes, &path).await;
        assert!(!seen.contains(CANARY) && !seen.contains("Grace Okafor"), "{path}: {seen}");
    }
    assert!(page(&station, &hughes, &format!("/released/{referral}")).await.contains("Nothing was released to you"));
    let nowhere = format!("/cases/{referral}/releases/{}", fresh());
    assert_eq!(get(&station, &okafor, &nowhere).await.0, 404);
}

#[tokio::test]
async fn someone_named_gets_a_file_with_what_was_released_to_them_alone() {
    let station = Station::start().await;
    let referral = case(&station).await;
    give(&station, (referral, 0), release_of(&station, Audience::Officer, &[Item::Attendance])).await;
    let other =
        give(&station, (referral, 1), release_of(&station, Audience::Other, &[Item::Status, Item::Manager])).await;
    let okafor = station.sign_in("okafor").await;
    let path = format!("/cases/{referral}/releases/{other}");
    let reply = station.http.get(station.url(&path)).header("cookie", &okafor).send().await.unwrap();
    let disposition = reply.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(disposition.starts_with("attachment") && !disposition.contains(CANARY), "{disposition}");
    let file = reply.text().await.unwrap();
    for word in
        ["Status: Met", "Case manager: Grace Okafor", "Released to: Ruth of the mission", SHORT_NOTICE, FULL_NOTICE[0]]
    {
        assert!(file.contains(word), "{word}: {file}");
    }
    assert!(!file.contains("Last contact") && !file.contains(SECRET), "{file}");
    let saved = station.events().await.into_iter().filter(|line| line.contains(" released_saved ")).count();
    assert_eq!(saved, 1, "to take it away is an event of its own");
    let nobody = format!("/cases/{referral}/releases/{}", fresh());
    assert_eq!(get(&station, &okafor, &nobody).await.0, 404);
}

#[tokio::test]
async fn what_a_release_lacks_is_named_with_all_that_was_typed() {
    let station = Station::start().await;
    let referral = case(&station).await;
    let okafor = station.sign_in("okafor").await;
    let purpose = "لمحاميه 👩🏽‍🦽 <b>";
    let yesterday = (station.server.app().now() - TimeDelta::days(2)).date_naive().to_string();
    let tomorrow = (station.server.app().now() + TimeDelta::days(2)).date_naive().to_string();
    let long = "x".repeat(301);
    for (changed, words) in [
        (vec![("items", "")], "Choose what is released."),
        (vec![("items", "plan"), ("manner", "spoken"), ("witness", "Tran")], "need a signature"),
        (vec![("items", "status")], "without a release"),
        (vec![("items", "gossip")], "Choose what is released."),
        (vec![("to", "")], "Choose one."),
        (vec![("to", "other")], "Write who it is for."),
        (vec![("items", "manager"), ("manner", "spoken")], "Write who heard it."),
        (vec![("purpose", "")], "Write what it is for."),
        (vec![("purpose", long.as_str())], "Shorten this."),
        (vec![("on", tomorrow.as_str())], "This day is still to come."),
        (vec![("until", yesterday.as_str())], "before it was given"),
        (vec![("until", "soon")], "Write the last day"),
        (vec![("manner", "guessed")], "Choose one."),
    ] {
        let with: Vec<_> = [("purpose", purpose)].into_iter().chain(changed.clone()).collect();
        let (status, page) = send(&station, (&okafor, referral), &fields(&station, 0, &with)).await;
        assert!(status == 422 && page.contains(words), "{changed:?} {status}");
        assert!(!page.contains("<b>"), "nothing of it is taken for markup");
        if !changed.iter().any(|(field, _)| *field == "purpose") {
            assert!(page.contains("لمحاميه 👩🏽‍🦽"), "what was typed is there");
        }
    }
    assert_eq!(send(&station, (&okafor, referral), &[]).await.0, 422, "a form that is none of ours");
    let rows = station.server.app().store().read(|db| db.rows("SELECT id FROM releases", &[])).await.unwrap();
    assert!(rows.is_empty());
}

#[tokio::test]
async fn a_release_is_filed_once_behind_the_newest_and_only_of_a_case_that_someone_has() {
    let station = Station::start().await;
    let referral = case(&station).await;
    let (app, author) = (station.server.app(), station.staff("okafor"));
    let says = || release_of(&station, Audience::Officer, &[Item::Manager]);
    let new = NewRelease { id: fresh(), referral, author, follows: 0, release: says() };
    assert_eq!(release::give(app, new.clone()).await.unwrap(), Filing::Filed);
    assert_eq!(release::give(app, new.clone()).await.unwrap(), Filing::Again, "its answer was lost");
    let stolen = NewRelease { author: station.staff("tran"), ..new.clone() };
    assert_eq!(release::give(app, stolen).await.unwrap(), Filing::Stale);
    let late = || NewRelease { id: fresh(), ..new.clone() };
    let (one, other) = (NewRelease { follows: 1, ..late() }, NewRelease { follows: 1, ..late() });
    let both = tokio::join!(release::give(app, one), release::give(app, other));
    assert!(matches!(
        (both.0.unwrap(), both.1.unwrap()),
        (Filing::Filed, Filing::Stale) | (Filing::Stale, Filing::Filed)
    ));
    let nowhere = ReferralId(random::uuid_v7(app.now()).unwrap());
    assert_eq!(release::give(app, NewRelease { referral: nowhere, ..late() }).await.unwrap(), Filing::NoSuchCase);
    let mut phone = station.phone().await;
    let (waits, entry) = phone.record(&phone.accepted_offer());
    phone.deliver(&entry).await;
    assert_eq!(release::give(app, NewRelease { referral: waits, ..late() }).await.unwrap(), Filing::NotNow);
    let okafor = staff(&station, "okafor").await;
    let ended = release::withdraw(app, &okafor, (waits, new.id), Ending::Spoken).await.unwrap();
    assert_eq!(ended, Withdrawal::NoSuchRelease, "a release is of one case");
}

#[tokio::test]
async fn no_word_of_a_release_stands_in_clear_and_one_that_was_altered_lets_nothing_out() {
    let station = Station::start().await;
    let referral = case(&station).await;
    give(&station, (referral, 0), release_of(&station, Audience::Other, &[Item::Status])).await;
    give(&station, (referral, 1), release_of(&station, Audience::Officer, &[Item::Manager])).await;
    let app = station.server.app();
    let columns = "SELECT sealing_key, enc, ciphertext FROM releases";
    for mut row in app.store().read(move |db| db.rows(columns, &[])).await.unwrap() {
        let columns = [row.text().unwrap().into_bytes(), row.blob().unwrap(), row.blob().unwrap()];
        let has = |word: &str| columns.iter().any(|bytes| bytes.windows(word.len()).any(|at| at == word.as_bytes()));
        assert!(!["Ruth", "charge", "officer", "manager"].into_iter().any(has));
    }
    let export = String::from_utf8(exported(app).await).unwrap();
    assert!(!export.contains("Ruth") && !export.contains("charge is held"));
    assert!(station.events().await.iter().all(|line| !line.contains("Ruth") && !line.contains(CANARY)));

    let hughes = staff(&station, "hughes").await;
    assert!(release::one(app, &hughes, referral).await.unwrap().unwrap().seen.is_released());
    let tran = station.staff("tran");
    let forge = move |db: &mut dyn handoff_server::store::Db| {
        db.run("UPDATE releases SET author = :tran", &[(":tran", tran.into())])
    };
    app.store().write(forge).await.unwrap();
    assert!(!release::one(app, &hughes, referral).await.unwrap().unwrap().seen.is_released());
    let okafor = station.sign_in("okafor").await;
    let page = page(&station, &okafor, &format!("/cases/{referral}/releases")).await;
    assert!(page.contains("A release that does not open") && page.contains("Lets nothing out"), "{page}");
}

#[tokio::test]
async fn an_open_list_that_renews_itself_is_one_read_of_each_person_in_a_sitting() {
    let station = Station::start().await;
    let referrals = [case(&station).await, case(&station).await];
    let bell = station.sign_in("bell").await;
    let reads = async |referral: &ReferralId| {
        let read = format!(" person_read {} {referral} ", station.staff("bell"));
        station.events().await.iter().filter(|line| line.contains(&read)).count()
    };
    for path in ["/released", "/released?auto=1", "/released?auto=1", "/released"] {
        page(&station, &bell, path).await;
    }
    for referral in &referrals {
        assert_eq!(reads(referral).await, 1);
    }
    // More of one person is another read, of that person alone.
    give(&station, (referrals[0], 0), release_of(&station, Audience::Prosecutor, &[Item::Manager])).await;
    page(&station, &bell, "/released").await;
    assert_eq!((reads(&referrals[0]).await, reads(&referrals[1]).await), (2, 1));
    station.pass(TimeDelta::minutes(61));
    let bell = station.sign_in("bell").await;
    page(&station, &bell, "/released?auto=1").await;
    assert_eq!((reads(&referrals[0]).await, reads(&referrals[1]).await), (3, 2), "another sitting");
    let okafor = station.sign_in("okafor").await;
    let before = station.events().await.len();
    for _ in 0..3 {
        page(&station, &okafor, "/cases").await;
    }
    assert_eq!(station.events().await.len(), before + 2, "it is so of a caseload too");
    let told = station.events().await;
    assert!(
        told.iter().any(|line| line.contains(" person_read ") && line.ends_with("released status manager")),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_prosecutor_gets_their_own_pages_and_no_other() {
    let station = Station::start().await;
    let referral = case(&station).await;
    for route in table() {
        let Who::Staff(roles) = route.who else { continue };
        let bell = station.sign_in("bell").await;
        let path =
            route.path.replace("{id}", &referral.to_string()).replace("{kind}", "plan").replace("{position}", "1");
        let path = path.replace("{release}", &fresh().to_string());
        let request = station.http.request(route.method.clone(), station.url(&path)).header("cookie", &bell);
        let status = request.header("sec-fetch-site", "same-origin").send().await.unwrap().status().as_u16();
        let theirs =
            ["/", "/events", "/alert", "/released", "/released/{id}", "/released/{id}/file"].contains(&route.path);
        assert_eq!(roles.contains(&Role::Prosecutor), theirs, "{route:?}");
        assert_eq!(status == 403, !theirs, "{route:?} {status}");
    }
    let reply =
        station.http.get(station.url("/")).header("cookie", station.sign_in("bell").await).send().await.unwrap();
    assert_eq!(reply.headers()["location"], "/released");
}

#[tokio::test]
async fn phones_hear_neither_of_prosecutors_nor_of_releases() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let referral = accepted(&station, &mut phone, "okafor").await;
    let before: FeedReply = phone.feed("after=0").await.json().await.unwrap();
    give(&station, (referral, 0), release_of(&station, Audience::Officer, &[Item::Attendance, Item::Plan])).await;
    let feed: FeedReply = phone.feed("after=0").await.json().await.unwrap();
    assert_eq!(format!("{:?}", feed.statuses), format!("{:?}", before.statuses), "care never goes to a phone");
    let config: Config = phone.server.open(Tag::Config, &feed.config.unwrap()).unwrap();
    assert!(!config.roster.is_empty() && config.roster.iter().all(|card| card.role != Role::Prosecutor));
}

#[tokio::test]
async fn an_erased_person_leaves_no_release() {
    let station = Station::start().await;
    let referral = case(&station).await;
    let id = give(&station, (referral, 0), release_of(&station, Audience::Officer, &[Item::Manager])).await;
    let (app, okafor) = (station.server.app(), staff(&station, "okafor").await);
    release::withdraw(app, &okafor, (referral, id), Ending::Written).await.unwrap();
    release::of_case(app, &okafor, referral).await.unwrap().unwrap();
    app.erase(referral).await.unwrap();
    for table in ["releases", "release_ends", "sittings"] {
        let sql = format!("SELECT referral FROM {table}");
        assert!(app.store().read(move |db| db.rows(&sql, &[])).await.unwrap().is_empty(), "{table}");
    }
    assert!(release::of_case(app, &okafor, referral).await.unwrap().is_none());
}
