//! The console in another language: every word of every page is a message, each page says its language, and a person
//! who chose one sees it everywhere.
//!
//! That nothing was left in English is looked at in a language of builds for tests: there each message stands between
//! ⟦ ⟧ and each of its variables between ‹ ›. What stands outside of the first, or directly inside of the second, was
//! never a message: it is data, named here, or it is a fault.

use crate::axe::with_examples;
use crate::browser::Kind as Look;
use crate::casework::accepted;
use crate::console::{CORNER, deliver, offer, signed_in};
use crate::server::{CANARY, Station};
use handoff::domain::casework::Service;
use handoff::domain::wire::Role;
use handoff_server::import::Kind;
use handoff_server::store;
use handoff_server::words::Language;
use std::collections::{BTreeMap, BTreeSet};

/// Text that is the same in every language: units, zones, formats, and names of this program.
const OF_EVERY_LANGUAGE: &[&str] =
    &["s", "h", "min", "m", "g", "UTC", "Handoff", "English", "Español", "CFR", "42 CFR 2.32"];

/// A piece of a page's text, and whether it stands in an element of another language or of data.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    text: String,
    apart: bool,
}

const EMPTY: [&str; 9] = ["meta", "link", "input", "br", "path", "circle", "rect", "use", "line"];
/// Attributes that people read or hear.
const READ: [&str; 5] = ["aria-label", "title", "placeholder", "alt", "data-say"];

/// What people read of a page.
fn pieces(html: &str) -> Vec<Piece> {
    let (mut all, mut open, mut rest) = (Vec::new(), Vec::<(String, bool)>::new(), html);
    let apart = |open: &[(String, bool)]| open.iter().any(|(_, apart)| *apart);
    while let Some((text, tagged)) = rest.split_once('<') {
        let code = open.last().is_some_and(|(name, _)| name == "script" || name == "style");
        if !code && !text.trim().is_empty() {
            all.push(Piece { text: plain(text), apart: apart(&open) });
        }
        let (tag, after) = tagged.split_once('>').unwrap_or((tagged, ""));
        rest = after;
        if tag.starts_with(['!', '/']) {
            if tag.starts_with('/') {
                open.pop();
            }
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap().to_owned();
        let attributes = attributes(tag);
        for (attribute, text) in &attributes {
            if READ.contains(&attribute.as_str()) {
                all.push(Piece { text: plain(text), apart: apart(&open) });
            }
        }
        if !EMPTY.contains(&name.as_str()) && !tag.ends_with('/') {
            let data = |(attribute, value): &(String, String)| {
                attribute == "lang" && name != "html" || (attribute == "class" && value.contains("sample"))
            };
            let set_apart = attributes.iter().any(data) || name == "textarea";
            open.push((name, set_apart));
        }
    }
    all
}

fn attributes(tag: &str) -> Vec<(String, String)> {
    let (mut all, mut rest) = (Vec::new(), tag);
    while let Some((before, after)) = rest.split_once("=\"") {
        let name = before.rsplit(' ').next().unwrap().to_owned();
        let (value, next) = after.split_once('"').unwrap_or((after, ""));
        all.push((name, value.to_owned()));
        rest = next;
    }
    all
}

fn plain(text: &str) -> String {
    let text = text.replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"").replace("&#39;", "'");
    text.replace("&quot;", "\"").replace("&#x27;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&#38;", "&")
}

/// What of a text is no message: outside of every mark, or a variable.
fn bare(text: &str) -> Vec<String> {
    let (mut marks, mut part, mut parts) = (Vec::new(), String::new(), Vec::new());
    for c in text.chars() {
        match c {
            '⟦' | '‹' => {
                parts.push((marks.last() != Some(&'⟦'), std::mem::take(&mut part)));
                marks.push(c);
            }
            '⟧' | '›' => {
                parts.push((marks.last() != Some(&'⟦'), std::mem::take(&mut part)));
                marks.pop();
            }
            c => part.push(c),
        }
    }
    parts.push((true, part));
    let says =
        |(bare, part): (bool, String)| (bare && part.chars().any(char::is_alphabetic)).then(|| part.trim().to_owned());
    parts.into_iter().filter_map(says).collect()
}

/// What people of the demo and of the tests are called and wrote, and what packs and zones call their things.
fn data(station: &Station) -> Vec<String> {
    let site = station.server.app().site();
    let mut data: Vec<String> = OF_EVERY_LANGUAGE.iter().map(|word| String::from(*word)).collect();
    for person in site.staff.values() {
        data.extend([person.name.clone(), person.login.clone(), person.serial.clone(), person.phone.reveal().clone()]);
        data.extend([person.mail.reveal().clone(), person.squad.clone()]);
    }
    data.extend([CORNER, CANARY].map(String::from));
    data.extend(DATA.iter().map(|text| String::from(*text)));
    data.retain(|text| !text.is_empty());
    data.sort_by_key(|text| std::cmp::Reverse(text.len()));
    data
}

/// What the tests' phones and files hold, and what the packs and zones of the demo call their own.
const DATA: &[&str] = &[
    "Zanzibarry Doe",
    "Zanzibarry's dog",
    "by the Zanzibarry fountain",
    "Spanish",
    "test phone",
    "3-M-21",
    "The charge is held",
    "seattle-pilot-2011",
    "2016-01-28/mcpp",
    "Drug possession",
    "Belltown",
    "belltown",
    "3rd Ave",
    "3rd and Bell",
    "Bell St, the red door",
    "Night door",
    "Papers desk",
    "باب المطبخ 🍲",
    "Bring nothing",
    "Mo-Su 20:00-07:00",
    "Soup (meals)",
];

/// Codes of the files that are loaded, and a paragraph of the law: whole, never as a part of a text.
fn codes() -> Vec<String> {
    let columns = [Kind::Rota, Kind::People, Kind::Services].map(|kind| kind.columns().to_owned());
    let services = Service::ALL.iter().map(|kind| kind.code()).collect::<Vec<_>>().join(", ");
    let roles = Role::ALL.iter().map(|role| role.code()).collect::<Vec<_>>().join(", ");
    let plain = columns.each_ref().map(|columns| columns.replace([' ', '[', ']'], "").replace(',', ", "));
    let more = ["login", "name", "role", "serial", "hours", "kind", "colour", "42 CFR 2.32(a)"].map(String::from);
    [services, roles].into_iter().chain(columns).chain(plain).chain(more).collect()
}

/// What of a page is neither message nor data.
fn left_in_english(html: &str, data: &[String]) -> BTreeSet<String> {
    let is_id = |word: &str| word.len() >= 8 && word.chars().all(|c| c.is_ascii_hexdigit() || c == '-' || c == '…');
    let (mut left, codes) = (BTreeSet::new(), codes());
    for piece in pieces(html).into_iter().filter(|piece| !piece.apart) {
        for text in bare(&piece.text).into_iter().filter(|text| !codes.contains(text)) {
            let mut rest = text.clone();
            for known in data.iter().filter(|known| known.len() > 3) {
                rest = rest.replace(known.as_str(), " ");
            }
            let letters = |word: &&str| word.chars().any(char::is_alphabetic);
            let words = rest.split([' ', ',', '.', ':', ';', '·', '(', ')', '/', '\n']).filter(letters);
            let strange: Vec<_> =
                words.filter(|word| !is_id(word) && !data.iter().any(|known| known == word)).collect();
            if !strange.is_empty() {
                left.insert(text);
            }
        }
    }
    left
}

#[test]
fn a_word_that_is_no_message_is_found_wherever_a_page_holds_it() {
    let none = Vec::new();
    let left = |html: &str| left_in_english(html, &none).into_iter().collect::<Vec<_>>();
    assert_eq!(left("<p>⟦Waiting⟧ 12 min</p>"), ["12 min"]);
    assert_eq!(left("<p class=\"a\">Waiting</p><b>⟦x⟧</b>"), ["Waiting"]);
    assert_eq!(left("<a aria-label=\"Back\" href=\"/x\">⟦x⟧</a>"), ["Back"]);
    assert_eq!(left("<p>⟦Met ‹at the scene›⟧</p>"), ["at the scene"]);
    assert_eq!(left("<p>⟦Met ‹⟦at the scene⟧›, 22:15⟧</p><p lang=\"en\">law</p><script>let x;</script>"), [""; 0]);
}

type Refused = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Forms that are refused: who sends what where.
const REFUSED: &[Refused] = &[
    ("okafor", "/referrals/{referral}/accept", &[("when", "time"), ("time", "soon"), ("place", "scene")]),
    ("okafor", "/referrals/{referral}/accept", &[("when", "20"), ("place", "elsewhere")]),
    ("okafor", "/referrals/{referral}/decline", &[]),
    ("okafor", "/cases/{case}/arrival", &[("id", ID), ("follows", "0"), ("on", "x")]),
    ("okafor", "/cases/{case}/plan", &[("id", ID), ("follows", "0")]),
    ("okafor", "/cases/{case}/urgent", &[("id", ID), ("follows", "0")]),
    ("okafor", "/cases/{case}/outcome", &[("id", ID), ("follows", "0"), ("on", "2012-06-01"), ("arrests", "x")]),
    ("okafor", "/cases/{case}/releases", &[("id", ID), ("follows", "0"), ("to", "other"), ("manner", "paper")]),
    ("okafor", "/cases/{case}/releases", &[("id", ID)]),
    ("okafor", "/rota/turns", &[]),
    ("amari", "/rota/turns", &[("from", "x")]),
    ("amari", "/services", &[("kind", "meals"), ("active", "on")]),
    ("amari", "/services", &[("kind", "meals"), ("name", "x"), ("phone", "none"), ("active", "on")]),
    ("amari", "/services/{service}", &[("seen", MARK), ("kind", "meals"), ("name", "x"), ("hours", "soon")]),
    ("amari", "/services/{service}/free", &[("seen", MARK), ("places", "some")]),
    ("amari", "/import/people", &[("text", "login,colour\nokafor"), ("do", "look"), ("shown", "")]),
    (
        "amari",
        "/import/people",
        &[("text", "login,role,name,phone\nokafor,king,,x\nokafor,officer,x,1"), ("do", "look"), ("shown", "")],
    ),
    (
        "amari",
        "/import/people",
        &[
            ("text", "login,role,name,lead\nokafor,case_manager,New,yes\nnew,officer,N,no"),
            ("do", "look"),
            ("shown", ""),
        ],
    ),
    ("amari", "/import/rota", &[("text", "login,from,until,order\nx,y,z,0"), ("do", "look"), ("shown", "")]),
    (
        "amari",
        "/import/rota",
        &[
            ("text", "login,from,until,order\nokafor,2031-01-01 08:00,2031-01-01 20:00,1"),
            ("do", "look"),
            ("shown", ""),
        ],
    ),
    (
        "amari",
        "/import/services",
        &[("text", "kind,name,hours\nmeals,Soup,never\nzoo,Z,"), ("do", "look"), ("shown", "")],
    ),
    ("amari", "/import/services", &[("text", "kind,name\nmeals,Soup"), ("do", "look"), ("shown", "")]),
    ("amari", "/me/browsers", &[("endpoint", "x"), ("p256dh", "x"), ("auth", "x")]),
    ("hughes", "/log/2/confirm", &[("note", "\u{fffd}")]),
    ("hughes", "/inbox", &[]),
];
const ID: &str = "01900000-0000-7000-8000-0000000000f1";
const MARK: &str = "0000000000000000000000000000000000000000000000000000000000000000";

#[tokio::test]
async fn every_word_of_every_page_is_a_message_or_is_data() {
    let (station, mut phone, examples) = with_examples().await;
    deliver(&mut phone, |phone| phone.accepted_offer()).await;
    let data = data(&station);
    let mut cookies = BTreeMap::new();
    for login in ["okafor", "amari", "hughes", "bell"] {
        cookies.insert(login, station.sign_in(login).await);
    }
    let named = |part: &str| {
        let path = examples.iter().map(|(_, path)| path.as_str()).find(|path| path.starts_with(part)).unwrap();
        path.split('/').nth(2).unwrap().to_owned()
    };
    let (referral, case) = (named("/referrals/"), named("/cases/"));
    let service = examples.iter().rfind(|(_, path)| path.starts_with("/services/")).unwrap().1.clone();
    let whole = |path: &str| {
        let path = path.replace("{referral}", &referral).replace("{case}", &case);
        path.replace("/services/{service}", &service)
    };
    let mut left = BTreeMap::new();
    let mut look = |what: String, html: &str| {
        assert!(html.contains("<html lang=\"en-XA\">") || what == "/alert", "{what}: {html}");
        assert!(html.matches('⟦').count() > 2 || what == "/alert", "{what} holds messages: {html}");
        let found = left_in_english(html, &data);
        if !found.is_empty() {
            left.insert(what, found);
        }
    };
    for (login, path) in examples.iter().chain([&("okafor", String::from("/alert"))]) {
        let ask =
            station.http.get(station.url(path)).header("cookie", &cookies[login]).header("accept-language", "en-XA");
        look(path.clone(), &ask.send().await.unwrap().text().await.unwrap());
    }
    for (login, path, fields) in REFUSED {
        let mut address = reqwest::Url::parse("http://form/").unwrap();
        address.query_pairs_mut().extend_pairs(*fields);
        let ask = station.http.post(station.url(&whole(path))).header("cookie", &cookies[login]);
        let ask = ask.header("sec-fetch-site", "same-origin").header("accept-language", "en-XA");
        let ask = ask.header("content-type", "application/x-www-form-urlencoded");
        let reply = ask.body(address.query().unwrap_or_default().to_owned()).send().await.unwrap();
        look(format!("POST {path} {fields:?}"), &reply.text().await.unwrap());
    }
    let said: Vec<_> = left.iter().map(|(page, found)| format!("{page}: {found:#?}")).collect();
    assert!(said.is_empty(), "never translated:\n{}", said.join("\n"));
}

async fn speaks(station: &Station, login: &str, language: Language) {
    let who = station.staff(login);
    station.server.app().store().write(move |db| store::set_language(db, who, language)).await.unwrap();
}

/// Everyone of the examples reads Spanish from now on.
pub async fn all_speak(station: &Station, language: Language) {
    for login in ["okafor", "amari", "hughes", "bell"] {
        speaks(station, login, language).await;
    }
}

#[tokio::test]
async fn a_page_is_in_the_language_that_someone_chose_and_else_in_that_of_their_browser() {
    let (station, _, examples) = with_examples().await;
    let get = async |login: &str, path: &str, asked: &str| {
        let cookie = station.sign_in(login).await;
        let ask = station.http.get(station.url(path)).header("cookie", cookie).header("accept-language", asked);
        ask.send().await.unwrap().text().await.unwrap()
    };
    for (login, path) in &examples {
        let html = get(login, path, "es-MX,es;q=0.9,en;q=0.5").await;
        assert!(html.contains("<html lang=\"es\">"), "{path}");
        let html = get(login, path, "fr,de").await;
        assert!(html.contains("<html lang=\"en\">"), "{path}");
    }
    all_speak(&station, Language::Spanish).await;
    for (login, path) in examples.iter().filter(|(_, path)| path != "/nowhere" && !path.starts_with("/in/")) {
        let html = get(login, path, "en").await;
        assert!(html.contains("<html lang=\"es\">"), "{path}: what they chose goes before what the browser asks");
    }
    // Nobody is known yet at the sign-in link.
    let link = station.server.app().invite("okafor").await.unwrap();
    for (asked, title) in [("es", "Entrar en Handoff"), ("en", "Sign in to Handoff")] {
        let page = station.http.get(&link).header("accept-language", asked).send().await.unwrap().text().await.unwrap();
        assert!(page.contains(title), "{page}");
    }
}

#[tokio::test]
async fn the_choice_is_kept_with_the_person_and_a_new_programme_leaves_it() {
    let station = Station::start().await;
    let cookie = station.sign_in("okafor").await;
    assert_eq!(station.form(&cookie, "/me/language", &[("language", "xx")]).await.status(), 422);
    assert_eq!(station.form(&cookie, "/me/language", &[("language", "es")]).await.status(), 303);
    let language = || station.server.app().site().person(station.staff("okafor")).unwrap().language;
    assert_eq!(language(), Some(Language::Spanish));
    station.programme(|_| {}).await;
    assert_eq!(language(), Some(Language::Spanish));
    assert!(station.events().await.iter().any(|line| line.contains("language_set")));
}

#[tokio::test]
async fn the_legal_notice_stays_in_english_and_is_explained() {
    let (station, _, examples) = with_examples().await;
    let path = &examples.iter().find(|(who, path)| *who == "bell" && path.starts_with("/released/")).unwrap().1;
    let cookie = station.sign_in("bell").await;
    for path in [path.clone(), format!("{path}/file")] {
        let ask = station.http.get(station.url(&path)).header("cookie", &cookie).header("accept-language", "es");
        let text = ask.send().await.unwrap().text().await.unwrap();
        let explained = text.find("es un texto legal fijo").unwrap_or_else(|| panic!("{text}"));
        let notice = text.find(handoff::domain::release::FULL_NOTICE[0]).unwrap_or_else(|| panic!("{text}"));
        assert!(explained < notice, "{path}: the explanation stands above");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn someone_switches_to_spanish_and_sees_inbox_referral_case_and_rota_in_it() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let case = accepted(&station, &mut phone, "okafor").await;
    let referral = deliver(&mut phone, offer).await;
    for kind in [Look::Desk, Look::Phone] {
        let browser = signed_in(&station, "okafor", kind).await;
        if kind == Look::Phone {
            browser.press("More").await;
            browser.press("How you are told").await;
        } else {
            browser.click("//a[@class='who-me']").await;
        }
        browser.see("//h1[normalize-space(.)='How you are told']").await;
        browser.press("Español").await;
        let pages = [
            ("/me", "Avísenme por"),
            ("/today", "Una derivación le espera"),
            ("/inbox", "Bandeja"),
            (&format!("/referrals/{referral}"), "Aceptar esta derivación"),
            ("/cases", "Sus casos"),
            (&format!("/cases/{case}"), "Responsable del caso"),
            (&format!("/cases/{case}/outcome"), "Dónde vive"),
            ("/rota", "Turnos de guardia"),
            ("/services", "No hay servicios en la lista"),
        ];
        for (path, words) in pages {
            browser.go(&station.url(path)).await;
            browser.text(words).await;
            assert_eq!(browser.ask::<String>("return document.documentElement.lang").await, "es");
            let wide: bool = browser.ask("return document.documentElement.scrollWidth > innerWidth").await;
            assert!(!wide, "{path}, {kind:?}: nothing stands beside the page");
            let name =
                path.replace([':', '/'], "-").replace(&referral.to_string(), "x").replace(&case.to_string(), "x");
            browser.picture(&format!("es-{kind:?}{name}").to_lowercase()).await;
        }
        browser.text("En directo").await;
        browser.go(&station.url("/me")).await;
        browser.press("English").await;
        browser.see("//h1[normalize-space(.)='How you are told']").await;
        assert_eq!(browser.errors().await, Vec::<String>::new());
        browser.close().await;
    }
}
