//! A case after acceptance, over real HTTP: what is filed, what is refused and why, what is kept and erased.

use crate::afterwards::{append, withdrawal};
use crate::ingest::staff;
use crate::ledger::{exported, signed, verified};
use crate::server::{CANARY, Station, TestPhone};
use chrono::TimeDelta;
use handoff::domain::afterwards::WithdrawalReason;
use handoff::domain::casework::{Note, Standing};
use handoff::domain::ids::{NoteId, ReferralId};
use handoff::domain::stage::{MeetPlace, Stage};
use handoff::domain::wire::{FeedReply, Meet};
use handoff::seal::random;
use handoff_server::cases::{self, Acceptance, NewAcceptance};
use handoff_server::casework::{self, NewNote, Written};
use serde_json::json;

/// A referral that someone has.
pub async fn accepted(station: &Station, phone: &mut TestPhone, login: &str) -> ReferralId {
    let (referral, entry) = phone.record(&phone.accepted_offer());
    phone.deliver(&entry).await;
    let (app, staff) = (station.server.app(), staff(station, login).await);
    let meet = Meet { at: app.now(), place: MeetPlace::Scene };
    let new = NewAcceptance { referral, staff: staff.id, meet, note: String::new() };
    assert_eq!(cases::accept(app, new).await.unwrap(), Acceptance::Accepted);
    referral
}

fn today(station: &Station) -> String {
    station.server.app().now().date_naive().to_string()
}

pub fn note(json: serde_json::Value) -> Note {
    serde_json::from_value(json).unwrap()
}

pub fn met(station: &Station) -> Note {
    note(json!({"kind": "arrival", "on": today(station), "result": "met", "words": format!("{CANARY} was there")}))
}

/// Files a note as someone who saw so many of its kind.
pub async fn file(station: &Station, referral: ReferralId, (login, follows): (&str, u64), note: Note) -> Written {
    let (app, author) = (station.server.app(), staff(station, login).await.id);
    let id = NoteId(random::uuid_v7(app.now()).unwrap());
    casework::write(app, NewNote { id, referral, author, follows, note }).await.unwrap()
}

async fn standing(station: &Station, referral: ReferralId) -> Standing {
    let okafor = staff(station, "okafor").await;
    casework::case(station.server.app(), &okafor, (referral, None)).await.unwrap().unwrap().standing()
}

async fn get(station: &Station, cookie: &str, path: &str) -> (u16, String) {
    let reply = station.http.get(station.url(path)).header("cookie", cookie).send().await.unwrap();
    (reply.status().as_u16(), reply.text().await.unwrap())
}

async fn post(station: &Station, cookie: &str, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
    let post = station.http.post(station.url(path)).header("cookie", cookie).header("sec-fetch-site", "same-origin");
    let body = fields.iter().map(|(field, text)| format!("{field}={}", encoded(text))).collect::<Vec<_>>().join("&");
    let post = post.header("content-type", "application/x-www-form-urlencoded").body(body);
    let reply = post.send().await.unwrap();
    (reply.status().as_u16(), reply.text().await.unwrap())
}

/// As a browser writes a field of a form.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn fresh_id() -> String {
    random::uuid_v7(chrono::Utc::now()).unwrap().to_string()
}

#[tokio::test]
async fn a_note_is_filed_once_behind_the_one_that_its_writer_saw() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let referral = accepted(&station, &mut phone, "okafor").await;
    let app = station.server.app();
    let author = staff(&station, "okafor").await.id;
    let new =
        NewNote { id: NoteId(random::uuid_v7(app.now()).unwrap()), referral, author, follows: 0, note: met(&station) };
    assert_eq!(casework::write(app, new.clone()).await.unwrap(), Written::Filed);
    assert_eq!(casework::write(app, new.clone()).await.unwrap(), Written::Again, "its answer was lost");
    let tran = staff(&station, "tran").await.id;
    let stolen = NewNote { author: tran, follows: 1, ..new };
    assert_eq!(casework::write(app, stolen).await.unwrap(), Written::Stale, "an id is for one writer");

    let plan = |words: &str| note(json!({"kind": "plan", "goals": [{"words": words, "steps": []}]}));
    assert_eq!(file(&station, referral, ("tran", 0), plan("a room")).await, Written::Filed);
    assert_eq!(file(&station, referral, ("okafor", 0), plan("a house")).await, Written::Stale);
    assert_eq!(file(&station, referral, ("okafor", 7), plan("a house")).await, Written::Stale, "of the future");
    assert_eq!(file(&station, referral, ("okafor", 1), plan("a house")).await, Written::Filed);
    let nowhere = ReferralId(random::uuid_v7(app.now()).unwrap());
    assert_eq!(file(&station, nowhere, ("okafor", 0), plan("a house")).await, Written::NoSuchCase);

    let okafor = staff(&station, "okafor").await;
    let work = casework::case(app, &okafor, (referral, None)).await.unwrap().unwrap();
    let filed: Vec<_> = work.notes.iter().map(|note| (note.kind.code(), note.number)).collect();
    assert_eq!(filed, [("arrival", 1), ("plan", 1), ("plan", 2)], "and both plans are kept");
    assert!(work.notes.iter().all(|note| note.note.is_some()), "each opens");
    let written = station.events().await.iter().filter(|line| line.contains(" case_note ")).count();
    assert_eq!(written, 3, "each is an event");
}

#[tokio::test]
async fn of_two_who_write_the_same_kind_at_once_one_is_filed_and_the_other_told() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let referral = accepted(&station, &mut phone, "okafor").await;
    let both = tokio::join!(
        file(&station, referral, ("okafor", 0), met(&station)),
        file(&station, referral, ("tran", 0), met(&station)),
    );
    assert!(matches!(both, (Written::Filed, Written::Stale) | (Written::Stale, Written::Filed)), "{both:?}");
}

#[tokio::test]
async fn a_case_takes_what_is_legal_and_is_read_after_its_withdrawal() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let referral = accepted(&station, &mut phone, "okafor").await;
    let on = today(&station);
    let work = || note(json!({"kind": "urgent", "needs": ["food"], "words": format!("{CANARY} ate")}));
    let early = file(&station, referral, ("okafor", 0), work()).await;
    assert_eq!(early, Written::NotNow(Standing::Accepted));
    assert_eq!(file(&station, referral, ("okafor", 0), met(&station)).await, Written::Filed);
    assert_eq!(file(&station, referral, ("okafor", 0), work()).await, Written::Filed);
    let away = note(json!({"kind": "spell", "on": on, "turn": {"away": "lost_touch"}}));
    assert_eq!(file(&station, referral, ("okafor", 0), away).await, Written::Filed);
    assert_eq!(standing(&station, referral).await, Standing::Away { met: true });
    let relapse = note(json!({"kind": "contact", "on": on, "manner": "phone", "reached": "yes", "relapse": true}));
    assert_eq!(file(&station, referral, ("okafor", 0), relapse).await, Written::Filed);
    let back = note(json!({"kind": "spell", "on": on, "turn": {"back": "came_by"}}));
    assert_eq!(file(&station, referral, ("okafor", 1), back).await, Written::Filed);
    assert_eq!(standing(&station, referral).await, Standing::Met);

    let gone = append(&mut phone, referral, &withdrawal(WithdrawalReason::ChangedMind));
    phone.deliver(&gone).await;
    assert_eq!(file(&station, referral, ("okafor", 1), work()).await, Written::NotNow(Standing::Withdrawn));
    let cookie = station.sign_in("okafor").await;
    let path = format!("/cases/{referral}");
    let (status, page) = get(&station, &cookie, &path).await;
    assert!(
        status == 200 && page.contains(&format!("{CANARY} ate")) && page.contains("took this referral back"),
        "{page}"
    );
    let typed =
        [("id", fresh_id()), ("follows", "1".into()), ("needs", "food".into()), ("words", format!("{CANARY} again"))];
    let typed: Vec<_> = typed.iter().map(|(field, text)| (*field, text.as_str())).collect();
    let (status, page) = post(&station, &cookie, &format!("{path}/urgent"), &typed).await;
    assert!(status == 409 && page.contains(&format!("{CANARY} again")), "what was typed is shown: {page}");
}

#[tokio::test]
async fn what_cannot_be_is_refused_at_its_field_with_all_that_was_typed() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let referral = accepted(&station, &mut phone, "okafor").await;
    let cookie = station.sign_in("okafor").await;
    let path = format!("/cases/{referral}/contact");
    let (id, day) = (fresh_id(), today(&station));
    let tomorrow = (station.server.app().now() + TimeDelta::days(1)).date_naive().to_string();
    let words = format!("قابلته عند الباب 👩🏽‍🦽 {CANARY}\r\n<b>\"&amp;");
    let kept = "قابلته عند الباب 👩🏽‍🦽 ";
    let long = "ش".repeat(4001);
    let send = async |on: &str, words: &str, reached: &str| {
        let fields = [
            ("id", id.as_str()),
            ("follows", "0"),
            ("on", on),
            ("manner", "phone"),
            ("reached", reached),
            ("words", words),
        ];
        post(&station, &cookie, &path, &fields).await
    };
    let (status, page) = send(&tomorrow, &words, "yes").await;
    assert!(status == 422 && page.contains("This day is still to come."), "{status} {page}");
    assert!(page.contains(kept) && page.contains(&format!("value=\"{tomorrow}\"")) && page.contains(&id), "{page}");
    assert!(!page.contains("<b>"), "and nothing of it is taken for markup");
    let (status, page) = send(&day, &words, "").await;
    assert!(status == 422 && page.contains("Choose one.") && page.contains(kept), "{page}");
    let (status, page) = send(&day, &long, "yes").await;
    assert!(
        status == 422
            && page.contains("Shorten this to 4,000 letters.")
            && page.contains(&format!(">\n{long}</textarea>"))
    );
    let (status, _) = send("", &words, "yes").await;
    assert_eq!(status, 422);
    let (status, page) = send(&day, &words, "yes").await;
    assert_eq!(status, 303, "{page}");
    assert_eq!(send(&day, &words, "yes").await.0, 303, "sent twice, it is filed once");

    let (_, page) = get(&station, &cookie, &format!("/cases/{referral}")).await;
    assert_eq!(page.matches(kept).count(), 1, "{page}");
    assert!(page.contains("dir=\"auto\"") && page.contains("&#60;b&#62;"), "{page}");
    assert_eq!(post(&station, &cookie, &path, &[("on", &day)]).await.0, 422, "a form that is none of ours");
    assert_eq!(get(&station, &cookie, &format!("/cases/{referral}/gossip")).await.0, 404);
}

#[tokio::test]
async fn a_stale_form_shows_both_versions_and_the_writer_decides() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let referral = accepted(&station, &mut phone, "okafor").await;
    file(&station, referral, ("okafor", 0), met(&station)).await;
    let theirs = note(json!({"kind": "plan", "goals": [{"words": format!("{CANARY} theirs"), "steps": []}]}));
    let cookie = station.sign_in("okafor").await;
    let path = format!("/cases/{referral}/plan");
    assert_eq!(file(&station, referral, ("tran", 0), theirs).await, Written::Filed);
    let mine = format!("{CANARY} mine");
    let send = async |follows: &str| {
        post(&station, &cookie, &path, &[("id", &fresh_id()), ("follows", follows), ("g1", &mine)]).await
    };
    let (status, page) = send("0").await;
    assert_eq!(status, 409);
    for text in
        ["Someone wrote a newer one", &format!("{CANARY} theirs"), &mine, "Daniel Tran", "Save mine as the newest"]
    {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(page.contains("name=\"follows\" value=\"1\""), "{page}");
    assert_eq!(send("1").await.0, 303);
    let (_, page) = get(&station, &cookie, &format!("/cases/{referral}")).await;
    assert!(page.contains(&mine) && page.contains(&format!("{CANARY} theirs")), "both are kept");
}

#[tokio::test]
async fn no_word_of_a_note_stands_in_clear_and_police_hear_nothing_of_it() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let referral = accepted(&station, &mut phone, "okafor").await;
    file(&station, referral, ("okafor", 0), met(&station)).await;
    let secret = "Methadone";
    let needs = note(
        json!({"kind": "needs", "areas": {"substance_use": {"level": "high", "words": format!("{CANARY} {secret}")}}}),
    );
    assert_eq!(file(&station, referral, ("okafor", 0), needs).await, Written::Filed);
    let (app, cookie) = (station.server.app(), station.sign_in("okafor").await);
    let (_, page) = get(&station, &cookie, &format!("/cases/{referral}")).await;
    assert!(page.contains(secret), "a case manager reads it");

    let columns = "SELECT kind, does, sealing_key, enc, ciphertext FROM case_notes";
    let rows = app.store().read(move |db| db.rows(columns, &[])).await.unwrap();
    assert_eq!(rows.len(), 2);
    for mut row in rows {
        let texts = [row.text().unwrap(), row.text().unwrap(), row.text().unwrap()].concat().into_bytes();
        for bytes in [texts, row.blob().unwrap(), row.blob().unwrap()] {
            let has = |word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
            assert!(!has(CANARY) && !has(secret) && !has("substance_use") && !has("high"));
        }
    }
    let events = station.events().await;
    assert!(
        events.iter().all(|line| !line.contains(CANARY) && !line.contains("substance") && !line.contains("arrival"))
    );
    let export = String::from_utf8(exported(app).await).unwrap();
    assert!(!export.contains(secret) && !export.contains("substance_use"));

    let feed: FeedReply = phone.feed("after=0").await.json().await.unwrap();
    let stages: Vec<_> = feed.statuses.iter().map(|status| status.stage).collect();
    assert_eq!(stages, [Stage::Received, Stage::Accepted], "status only");
    let hughes = station.sign_in("hughes").await;
    for path in ["/log", "/log/1", "/devices"] {
        let (status, page) = get(&station, &hughes, path).await;
        assert!(status == 200 && !page.contains(secret) && !page.contains("Needs assessment"), "{path}");
    }
    let reads = |events: &[String]| {
        let read = format!(" person_read {} {referral} ", station.staff("okafor"));
        events.iter().filter(|line| line.contains(&read)).count()
    };
    let before = reads(&station.events().await);
    for path in [format!("/cases/{referral}"), "/cases".into(), format!("/cases/{referral}/needs")] {
        assert_eq!(get(&station, &cookie, &path).await.0, 200);
    }
    assert_eq!(
        reads(&station.events().await),
        before + 2,
        "each read is an event, and the case's page was read before"
    );
}

#[tokio::test]
async fn an_erased_person_leaves_no_note_and_every_proof_is_still_valid() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let (gone, stays) =
        (accepted(&station, &mut phone, "okafor").await, accepted(&station, &mut phone, "okafor").await);
    for referral in [gone, stays] {
        assert_eq!(file(&station, referral, ("okafor", 0), met(&station)).await, Written::Filed);
    }
    let (app, okafor) = (station.server.app(), staff(&station, "okafor").await);
    let known = signed(&station).await;
    app.erase(gone).await.unwrap();
    signed(&station).await;
    let report = verified(app, &exported(app).await, Some(known));
    assert!(report.is_good(), "{report}");
    assert!(casework::case(app, &okafor, (gone, None)).await.unwrap().is_none());
    let left = app.store().read(|db| db.rows("SELECT referral FROM case_notes", &[])).await.unwrap();
    let left: Vec<_> = left.into_iter().map(|mut row| ReferralId(row.id().unwrap())).collect();
    assert_eq!(left, [stays]);
    assert_eq!(file(&station, gone, ("okafor", 1), met(&station)).await, Written::NoSuchCase);
    assert_eq!(casework::caseload(app, &okafor).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_note_that_was_moved_or_altered_in_the_database_does_not_open_and_is_shown_as_that() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let referral = accepted(&station, &mut phone, "okafor").await;
    file(&station, referral, ("okafor", 0), met(&station)).await;
    let (app, okafor) = (station.server.app(), staff(&station, "okafor").await);
    let tran = station.staff("tran");
    let forge = "UPDATE case_notes SET author = :tran";
    app.store().write(move |db| db.run(forge, &[(":tran", tran.into())])).await.unwrap();
    let work = casework::case(app, &okafor, (referral, None)).await.unwrap().unwrap();
    assert!(work.notes[0].note.is_none());
    let cookie = station.sign_in("okafor").await;
    let (status, page) = get(&station, &cookie, &format!("/cases/{referral}")).await;
    assert!(status == 200 && page.contains("does not open with the keys"), "{page}");
}
