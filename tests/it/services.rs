//! The directory of services: kept by leads, seen and counted by case managers, loaded from a file.

use crate::browser::{Browser, Kind};
use crate::console::{MISFITS, signed_in};
use crate::server::Station;
use handoff::domain::casework::Service;
use handoff_server::import::{self, Kind as List, Looked, Taken};
use handoff_server::store::services::{self, Listed};

const FILE: &str = "kind,name,phone,place,hours,capacity,note
shelter,Night door,+1 206 555 0199,3rd and Bell,Mo-Su 20:00-07:00,12,Bring nothing
meals,باب المطبخ 🍲,,\"Bell St, the red door\",Mo-Fr 11:00-13:00,,
documents,Papers desk,206-555-0111,,24/7,,Ask for Ana
";

async fn load(station: &Station, text: &str) -> import::Plan {
    let (app, bytes) = (station.server.app(), text.as_bytes().to_vec());
    let Looked::Good(plan) = import::look(app, List::Services, bytes.clone(), None).await.unwrap() else {
        panic!("the file is good")
    };
    match import::take(app, (List::Services, bytes), None, plan.mark).await.unwrap() {
        Taken::Taken(plan) => plan,
        other => panic!("{other:?}"),
    }
}

async fn listed(station: &Station) -> Vec<Listed> {
    station.server.app().store().read(services::list).await.unwrap()
}

/// Services of three kinds; the id of one.
pub async fn some_service(station: &Station) -> String {
    load(station, FILE).await;
    one(station, "Night door").await.id.to_string()
}

async fn one(station: &Station, name: &str) -> Listed {
    listed(station).await.into_iter().find(|one| one.said.name == name).unwrap()
}

fn seen(one: &Listed) -> String {
    handoff_server::services::mark(one).to_string()
}

#[tokio::test]
async fn services_are_loaded_from_a_file_and_a_corrected_file_changes_only_what_it_says() {
    let station = Station::start().await;
    let plan = load(&station, FILE).await;
    assert_eq!((plan.lines, plan.counts.added, plan.unchanged), (3, 3, 0));
    let door = one(&station, "Night door").await;
    assert_eq!((door.said.kind, door.said.capacity, door.said.active), (Service::Shelter, Some(12), true));
    assert_eq!(one(&station, "باب المطبخ 🍲").await.said.place, "Bell St, the red door");
    let plan =
        load(&station, "kind;name;capacity;active\r\nshelter;Night door;20;\r\nmeals;باب المطبخ 🍲;;no\r\n").await;
    assert_eq!(
        plan.changes,
        ["Change Night door (shelter): capacity", "باب المطبخ 🍲 (meals) is not to be used any more"]
    );
    let door = one(&station, "Night door").await;
    assert_eq!((door.said.capacity, door.said.phone.as_str()), (Some(20), "+1 206 555 0199"), "the rest stays");
    assert_eq!(load(&station, "kind,name,active\nmeals,باب المطبخ 🍲,yes\n").await.counts.changed, 1);
}

#[tokio::test]
async fn each_bad_line_of_a_file_of_services_is_named_and_nothing_of_it_is_taken() {
    let station = Station::start().await;
    let text = "kind,name,phone,hours,capacity,active
shelter,Night door,,Mo-Su 20:00-07:00,12,
prayer,Chapel,,,,
meals,,,,,
meals,Kitchen,call me,,,
meals,Canteen,,nine to five,,
meals,Soup,,,some,
meals,Stew,,,,perhaps
shelter,Night door,,,,
";
    let Looked::Bad(faults) =
        import::look(station.server.app(), List::Services, text.as_bytes().to_vec(), None).await.unwrap()
    else {
        panic!("it is bad")
    };
    let said: Vec<String> = faults.named.iter().map(ToString::to_string).collect();
    for (line, wanted) in said.iter().zip([
        "line 3, kind: There is no such kind. Kinds are: meals, shelter,",
        "line 4, name: This is empty.",
        "line 5, phone: This holds no digit",
        "line 6, hours: ",
        "line 7, capacity: Write a whole number",
        "line 8, active: Write yes or no.",
        "line 9, name: This service stands in line 2 too.",
    ]) {
        assert!(line.starts_with(wanted), "{line} / {wanted}");
    }
    assert_eq!(said.len(), 7, "{said:?}");
    assert_eq!(listed(&station).await, []);
}

#[tokio::test]
async fn a_case_manager_says_what_is_free_and_only_who_keeps_the_list_changes_it() {
    let station = Station::start().await;
    load(&station, FILE).await;
    let door = one(&station, "Night door").await;
    let (path, free) = (format!("/services/{}", door.id), format!("/services/{}/free", door.id));
    let okafor = station.sign_in("okafor").await;
    let said = station.form(&okafor, &free, &[("seen", &seen(&door)), ("places", "3")]).await;
    assert_eq!(said.status(), 303);
    let page = |cookie: String, path: String| {
        let ask = station.http.get(station.url(&path)).header("cookie", cookie);
        async move { ask.send().await.unwrap().text().await.unwrap() }
    };
    assert!(page(okafor.clone(), path.clone()).await.contains("3 of 12 places free"));
    let late = station.form(&okafor, &free, &[("seen", &seen(&door)), ("places", "9")]).await;
    assert_eq!(late.status(), 409, "somebody was quicker");
    assert_eq!(one(&station, "Night door").await.free.unwrap().places, 3);
    let now = one(&station, "Night door").await;
    for many in ["13", "-1", "a few", ""] {
        let wrong = station.form(&okafor, &free, &[("seen", &seen(&now)), ("places", many)]).await;
        assert_eq!(wrong.status(), 422, "{many}");
        assert!(wrong.text().await.unwrap().contains("from 0 to 12"));
    }
    let form = [("seen", seen(&now)), ("kind", "shelter".into()), ("name", "Mine now".into())];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(station.form(&okafor, &path, &form).await.status(), 403);
    assert_eq!(station.form(&okafor, "/services", &form[1..]).await.status(), 403);
    let events = station.events().await;
    assert!(events.iter().any(|line| line.contains(" places_said ") && line.ends_with(" 3")), "{events:?}");
    assert!(events.iter().any(|line| line.contains(" forbidden ") && line.ends_with("/services/{id}")));
}

#[tokio::test]
async fn who_changes_a_service_too_late_is_shown_both_and_loses_nothing() {
    let station = Station::start().await;
    load(&station, FILE).await;
    let before = one(&station, "Papers desk").await;
    let (path, amari) = (format!("/services/{}", before.id), station.sign_in("amari").await);
    let form =
        |note| [("seen", seen(&before)), ("kind", "documents".into()), ("name", "Papers desk".into()), ("note", note)];
    let send = async |note: &str| {
        let form = form(note.to_owned());
        let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        station.form(&amari, &path, &fields).await
    };
    assert_eq!(send("Closed on Fridays").await.status(), 303);
    let late = send("Ask for Ben").await;
    assert_eq!(late.status(), 409);
    let page = late.text().await.unwrap();
    assert!(page.contains("Closed on Fridays") && page.contains("Ask for Ben"), "{page}");
    assert_eq!(one(&station, "Papers desk").await.said.note, "Closed on Fridays");
    let twice = [("kind", "shelter"), ("name", "Night door"), ("active", "on")];
    let taken = station.form(&amari, "/services", &twice).await;
    assert_eq!(taken.status(), 422);
    assert!(taken.text().await.unwrap().contains("Another service of this kind has this name."));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_directory_is_looked_at_at_every_width_by_day_and_by_night() {
    let station = Station::start().await;
    load(&station, FILE).await;
    let door = one(&station, "Night door").await;
    let browser = signed_in(&station, "amari", Kind::Desk).await;
    for (kind, name) in [
        (Kind::Desk, "console-services"),
        (Kind::NightDesk, "console-services-night"),
        (Kind::Phone, "console-services-phone"),
        (Kind::NightPhone, "console-services-phone-night"),
    ] {
        browser.stand_in_for(kind).await;
        browser.go(&station.url("/services")).await;
        browser.text("Night door").await;
        browser.picture(name).await;
        browser.press("Shelter").await;
        browser.see("//h2[.='Shelter']").await;
        assert!(!browser.says("Papers desk").await, "one kind alone");
        browser.go(&station.url(&format!("/services/{}", door.id))).await;
        browser.write("//*[@id='places']", "4").await;
        browser.click("//form[@data-keep='free']//button[@type='submit']").await;
        browser.see("//*[contains(., '4 of 12 places free')]").await;
        browser.press("Change what is known").await;
        browser.picture(&format!("{name}-one")).await;
        let wide: bool =
            browser.ask("return document.documentElement.scrollWidth > document.documentElement.clientWidth").await;
        assert!(!wide, "{name} is wider than the window");
        assert_eq!(browser.errors().await, Vec::<String>::new());
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_change_a_service_the_slower_sees_both_and_an_import_fits_every_width() {
    let station = Station::start().await;
    load(&station, FILE).await;
    let papers = one(&station, "Papers desk").await;
    let path = station.url(&format!("/services/{}", papers.id));
    for (kind, name) in [
        (Kind::Desk, "console-service-stale"),
        (Kind::NightDesk, "console-service-stale-night"),
        (Kind::Phone, "console-service-stale-phone"),
        (Kind::NightPhone, "console-service-stale-phone-night"),
    ] {
        let browser = signed_in(&station, "amari", kind).await;
        browser.go(&path).await;
        browser.press("Change what is known").await;
        let used: bool = browser.ask("return document.querySelector('[name=active]').checked").await;
        assert!(used, "a service in use stays so unless someone says otherwise");
        browser.write("//*[@id='note']", &format!(" or Ben, {name}")).await;
        let now = one(&station, "Papers desk").await;
        let lead = station.sign_in("amari").await;
        let theirs = [
            ("seen", &*seen(&now)),
            ("kind", "documents"),
            ("name", "Papers desk"),
            ("note", &*format!("Closed on Fridays, said before {name}")),
            ("active", "on"),
        ];
        assert_eq!(station.form(&lead, &format!("/services/{}", papers.id), &theirs).await.status(), 303);
        browser.click("//form[@data-keep='service']//button[@type='submit']").await;
        browser.text("Someone changed this service before you").await;
        assert!(browser.says(&format!("said before {name}")).await, "theirs");
        let mine: String = browser.ask("return document.getElementById('note').value").await;
        assert!(mine.ends_with(&format!(" or Ben, {name}")), "{mine}");
        fits(&browser, name).await;
        browser.ask::<()>("document.querySelector('[data-keep=service]').scrollIntoView()").await;
        browser.picture(&format!("{name}-form")).await;
        browser.go(&station.url("/import/services")).await;
        fits(&browser, &format!("{name}-import")).await;
        browser.write("//textarea[@name='text']", "kind;name;places\nmeals;x;1").await;
        browser.press("Look at it first, change nothing").await;
        browser.text("This file cannot be taken. Nothing was changed.").await;
        fits(&browser, &format!("{name}-import-bad")).await;
        browser.close().await;
    }
}

async fn fits(browser: &Browser, what: &str) {
    let misfits: Vec<String> = browser.ask(MISFITS).await;
    browser.picture(what).await;
    assert_eq!(misfits, Vec::<String>::new(), "{what}");
}
