//! One person, several referrals: likenesses are offered, people say what is so, and everything can be undone.

use crate::ingest::staff;
use crate::server::{CANARY, Station, TestPhone};
use chrono::{Days, NaiveDate, TimeDelta};
use handoff::domain::casework::Note;
use handoff::domain::ids::{NoteId, ReferralId, ReleaseId, StaffId};
use handoff::domain::private::Private;
use handoff::domain::release::{Audience, Ending, Giving, Item, Release};
use handoff::domain::same_person::{Pair, Word};
use handoff::domain::stage::MeetPlace;
use handoff::domain::wire::{FeedReply, Meet};
use handoff::seal::random;
use handoff_server::cases::{self, Acceptance, NewAcceptance};
use handoff_server::casework::{self, Casework, NewNote, Written};
use handoff_server::release::{self, Filing, NewRelease};
use handoff_server::same_person::{self, Alike, Saying, Traits, likeness};
use proptest::prelude::*;
use serde_json::json;

/// A referral of someone of this name, which a case manager has.
async fn named(station: &Station, phone: &mut TestPhone, (name, born, login): (&str, &str, &str)) -> ReferralId {
    let mut decision = phone.accepted_offer();
    let person = decision.person.as_mut().unwrap();
    (person.name, person.born) = (Private::new(name.into()), born.parse().ok());
    person.reach = Private::new("by the mission".into());
    let (referral, entry) = phone.record(&decision);
    phone.deliver(&entry).await;
    let app = station.server.app();
    let meet = Meet { at: app.now(), place: MeetPlace::Scene };
    let new = NewAcceptance { referral, staff: station.staff(login), meet, note: String::new() };
    assert_eq!(cases::accept(app, new).await.unwrap(), Acceptance::Accepted);
    referral
}

async fn meet(station: &Station, referral: ReferralId, words: &str) {
    let (app, author) = (station.server.app(), station.staff("okafor"));
    let on = app.now().date_naive().to_string();
    let note: Note =
        serde_json::from_value(json!({"kind": "arrival", "on": on, "result": "met", "words": words})).unwrap();
    let id = NoteId(random::uuid_v7(app.now()).unwrap());
    let new = NewNote { id, referral, author, follows: 0, note };
    assert_eq!(casework::write(app, new).await.unwrap(), Written::Filed);
}

async fn work(station: &Station, referral: ReferralId) -> Casework {
    let okafor = staff(station, "okafor").await;
    casework::case(station.server.app(), &okafor, (referral, None)).await.unwrap().unwrap()
}

async fn alike(station: &Station, referral: ReferralId) -> Alike {
    let (okafor, work) = (staff(station, "okafor").await, work(station, referral).await);
    same_person::alike(station.server.app(), &okafor, &work).await.unwrap()
}

/// The page of a case without what differs from look to look.
async fn page(station: &Station, cookie: &str, path: &str) -> String {
    let reply = station.http.get(station.url(path)).header("cookie", cookie).send().await.unwrap();
    assert_eq!(reply.status(), 200, "{path}");
    let page = reply.text().await.unwrap();
    let (before, after) = page.split_once("data-now=\"").unwrap();
    format!("{before}{}", after.split_once('"').unwrap().1)
}

async fn say(station: &Station, (one, other): (ReferralId, ReferralId), word: &str) -> u16 {
    let cookie = station.sign_in("okafor").await;
    let fields = [("other", other.to_string()), ("word", word.to_owned())];
    let fields: Vec<_> = fields.iter().map(|(field, text)| (*field, text.as_str())).collect();
    station.form(&cookie, &format!("/cases/{one}/person"), &fields).await.status().as_u16()
}

async fn words(station: &Station) -> usize {
    station.server.app().store().read(|db| db.rows("SELECT n FROM person_words", &[])).await.unwrap().len()
}

#[tokio::test]
async fn who_may_be_one_person_is_offered_with_the_reason_and_never_put_together_by_itself() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let one = named(&station, &mut phone, ("Catherine Smith", "1984-03-09", "okafor")).await;
    let other = named(&station, &mut phone, ("Kathryn Smyth", "1984-03-09", "tran")).await;
    let nobody = named(&station, &mut phone, ("Mary Major", "1984-03-09", "tran")).await;
    let cookie = station.sign_in("okafor").await;
    for (of, name) in [(one, "Kathryn Smyth"), (other, "Catherine Smith")] {
        let shown = page(&station, &cookie, &format!("/cases/{of}")).await;
        for text in ["Sounds alike, same birth date", name, "The same person", "Not the same"] {
            assert!(shown.contains(text), "{text}: {shown}");
        }
        assert!(!shown.contains("Mary Major"));
    }
    let shown = page(&station, &cookie, &format!("/cases/{nobody}")).await;
    assert!(!shown.contains("One person?"), "{shown}");
    assert_eq!(words(&station).await, 0, "nothing is said by looking");
    assert_eq!(work(&station, one).await.also.len(), 0);
    let read = format!(" person_read {} {other} alike", station.staff("okafor"));
    assert!(station.events().await.iter().any(|line| line.contains(&read)), "to be offered is to be read");
}

#[tokio::test]
async fn the_same_person_is_one_view_and_to_undo_it_restores_both_exactly() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let one = named(&station, &mut phone, ("Jane Doe", "1984-03-09", "okafor")).await;
    let other = named(&station, &mut phone, ("J. Doe", "1984-03-09", "okafor")).await;
    meet(&station, one, "by the church").await;
    meet(&station, other, "by the river").await;
    let cookie = station.sign_in("okafor").await;
    let paths = [format!("/cases/{one}"), format!("/cases/{other}"), "/cases".to_owned()];
    let look = async || {
        let mut pages = Vec::new();
        for path in &paths {
            pages.push(page(&station, &cookie, path).await);
        }
        pages
    };
    let before = look().await;
    assert!(before[0].contains("by the church") && !before[0].contains("by the river"));

    assert_eq!(say(&station, (one, other), "same").await, 303);
    let merged = look().await;
    for page in &merged[..2] {
        assert!(page.contains("by the church") && page.contains("by the river"), "one view: {page}");
        assert!(page.contains("under another referral") && page.contains("Undo"), "{page}");
    }
    assert!(merged[2].contains("2 referrals, one person") && merged[2].contains("1 person"), "{}", merged[2]);
    let both = work(&station, one).await;
    assert_eq!(
        (both.notes.len(), both.all.len(), both.newest(handoff::domain::casework::NoteKind::Arrival)),
        (1, 2, 1)
    );

    assert_eq!(say(&station, (other, one), "taken_back").await, 303, "from whichever side");
    assert_eq!(look().await, before, "both are as they were, to the letter");
    assert_eq!(words(&station).await, 2, "and both words are kept");
    assert_eq!(say(&station, (one, other), "taken_back").await, 303, "there is nothing more to undo");
    assert_eq!(words(&station).await, 2);
    let events = station.events().await;
    assert_eq!(events.iter().filter(|line| line.contains(" person_word ")).count(), 2);
    assert!(events.iter().all(|line| !line.contains("Doe")));
}

#[tokio::test]
async fn not_the_same_is_not_offered_again_until_that_is_taken_back() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let one = named(&station, &mut phone, ("أحمد علي", "", "okafor")).await;
    let other = named(&station, &mut phone, ("احمد عَلي", "", "tran")).await;
    assert_eq!(alike(&station, one).await.offered.len(), 1);
    assert_eq!(say(&station, (one, other), "not_same").await, 303);
    for of in [one, other] {
        let alike = alike(&station, of).await;
        assert_eq!((alike.offered.len(), alike.not_same.len(), alike.same.len()), (0, 1, 0));
    }
    assert_eq!(say(&station, (other, one), "taken_back").await, 303);
    assert_eq!(alike(&station, one).await.offered.len(), 1);
}

#[tokio::test]
async fn of_two_who_say_the_same_at_once_one_word_is_kept() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let one = named(&station, &mut phone, ("Rico", "", "okafor")).await;
    let other = named(&station, &mut phone, ("Rico", "", "tran")).await;
    let (app, pair) = (station.server.app(), Pair::of(one, other).unwrap());
    let (okafor, tran) = (staff(&station, "okafor").await, staff(&station, "tran").await);
    let said = tokio::join!(
        same_person::say(app, &okafor, (pair, Word::Same)),
        same_person::say(app, &tran, (pair, Word::Same))
    );
    let said = [said.0.unwrap(), said.1.unwrap()];
    assert!(said.contains(&Saying::Said) && said.contains(&Saying::StoodBefore), "{said:?}");
    assert_eq!(words(&station).await, 1);
    let nobody = Pair::of(one, ReferralId(random::uuid_v7(app.now()).unwrap())).unwrap();
    assert_eq!(same_person::say(app, &okafor, (nobody, Word::Same)).await.unwrap(), Saying::NoSuchCase);
    assert_eq!(say(&station, (one, one), "same").await, 422, "one alone is no two");
    assert_eq!(say(&station, (one, other), "perhaps").await, 422);
}

#[tokio::test]
async fn nothing_by_which_people_are_matched_is_kept_and_an_erased_person_is_matched_no_more() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let name = format!("{CANARY} Fairweather");
    let one = named(&station, &mut phone, (&name, "1984-03-09", "okafor")).await;
    let other = named(&station, &mut phone, (&name, "1984-03-09", "tran")).await;
    assert_eq!(alike(&station, one).await.offered.len(), 1);
    assert_eq!(say(&station, (one, other), "same").await, 303);
    let app = station.server.app();
    let rows = app.store().read(|db| db.rows("SELECT word FROM person_words", &[])).await.unwrap();
    let words: Vec<_> = rows.into_iter().map(|mut row| row.text().unwrap()).collect();
    assert_eq!(words, ["same"], "ids and a code");
    let pages = app.store().read(|db| db.rows("SELECT page FROM sittings", &[])).await.unwrap();
    for mut row in pages {
        let page = row.text().unwrap().to_lowercase();
        assert!(!page.contains("fair") && !page.contains("frt"), "{page}");
    }
    app.erase(other).await.unwrap();
    let alike = alike(&station, one).await;
    assert!(alike.offered.is_empty() && alike.same.is_empty());
    let left = app.store().read(|db| db.rows("SELECT n FROM person_words", &[])).await.unwrap();
    assert!(left.is_empty());
}

/// Whom the phone heard as the case manager of someone who takes part already, in its newest word on a referral.
async fn heard(phone: &TestPhone, referral: ReferralId) -> Option<StaffId> {
    let feed: FeedReply = phone.feed("after=0").await.json().await.unwrap();
    let newest = feed.statuses.into_iter().rfind(|status| status.referral == referral).unwrap();
    newest.participant.map(|participant| participant.by)
}

#[tokio::test]
async fn an_officer_hears_who_the_case_manager_is_only_while_a_release_allows_it() {
    let station = Station::start().await;
    let (mut before, mut phone) = (station.phone().await, station.phone().await);
    let one = named(&station, &mut before, ("Jane Doe", "1984-03-09", "tran")).await;
    let other = named(&station, &mut phone, ("Jane Doe", "1984-03-09", "okafor")).await;
    let (app, okafor) = (station.server.app(), staff(&station, "okafor").await);
    let give = async |to: Audience, items: &[Item], follows: u64| {
        let on = app.now().date_naive();
        let release = Release {
            items: items.iter().copied().collect(),
            to,
            named: None,
            purpose: Private::new("So that they call me".into()),
            manner: Giving::Spoken,
            witness: Some(Private::new("D. Tran".into())),
            on,
            until: on.checked_add_days(Days::new(2)).unwrap(),
        };
        let id = ReleaseId(random::uuid_v7(app.now()).unwrap());
        let new = NewRelease { id, referral: one, author: okafor.id, follows, release };
        assert_eq!(release::give(app, new).await.unwrap(), Filing::Filed);
        id
    };
    assert_eq!(say(&station, (one, other), "same").await, 303);
    assert_eq!(heard(&phone, other).await, None, "nobody released it");
    give(Audience::Prosecutor, &[Item::Manager], 0).await;
    assert_eq!(heard(&phone, other).await, None, "that was for another");
    let cursor = phone.feed("after=0").await.json::<FeedReply>().await.unwrap().cursor;
    let id = give(Audience::Officer, &[Item::Manager], 1).await;
    let news: FeedReply = phone.feed(&format!("after={cursor}")).await.json().await.unwrap();
    assert_eq!(news.statuses.len(), 1, "a phone that heard of the referral hears of it again");
    let told = news.statuses[0].participant.unwrap();
    assert_eq!(told.by, station.staff("tran"));
    assert!(told.until > app.now() + TimeDelta::days(2) && told.until <= app.now() + TimeDelta::days(4));
    assert_eq!(heard(&before, one).await, None, "nothing was released under the later referral");
    let read = format!(" person_read {} {one} participant", phone.enrolled.device);
    assert!(station.events().await.iter().any(|line| line.ends_with(&read)));

    assert_eq!(say(&station, (one, other), "taken_back").await, 303);
    assert_eq!(heard(&phone, other).await, None, "an undo takes it");
    assert_eq!(say(&station, (one, other), "same").await, 303);
    assert!(heard(&phone, other).await.is_some());
    release::withdraw(app, &okafor, (one, id), Ending::Spoken).await.unwrap();
    assert_eq!(heard(&phone, other).await, None, "a withdrawal takes it at once");
    give(Audience::Officer, &[Item::Manager], 2).await;
    assert!(heard(&phone, other).await.is_some());
    station.pass(TimeDelta::days(4));
    assert_eq!(heard(&phone, other).await, None, "and so does its last day");
}

fn born(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(700_000 + days)
}

proptest! {
    #[test]
    fn a_likeness_is_the_same_from_both_sides_whatever_was_written(
        a in ".{0,40}", b in ".{0,40}", reach in "[0-9 +()a-z-]{0,30}", near in "[a-z]{2,9} [a-z]{2,9}",
        days in (0_i32..40_000, 0_i32..40_000),
    ) {
        let swapped: String = near.split(' ').rev().collect::<Vec<_>>().join(" ");
        for (one, other) in [(&a, &b), (&near, &swapped), (&near, &a), (&a, &a)] {
            let (one, other) = (Traits::new(one, born(days.0), &reach), Traits::new(other, born(days.1), &b));
            prop_assert_eq!(likeness(&one, &other), likeness(&other, &one));
        }
    }

    #[test]
    fn whoever_has_two_names_is_like_themselves_and_nobody_is_like_nothing(
        first in "[a-z]{2,12}", last in "[a-z]{2,12}",
    ) {
        prop_assume!(first != "or" && last != "or");
        let one = Traits::new(&format!("{first} {last}"), born(10), "");
        prop_assert_eq!(likeness(&one, &one).unwrap().score, 11);
        prop_assert!(likeness(&one, &Traits::new("", born(10), "")).is_none());
    }
}
