//! Every page of the console, looked at by axe-core in a real browser: at a desk by day and on a phone by night.
//! A page of the route table that has no example here fails.
//!
//! `make test` installs axe-core under `target/axe`.

use crate::browser::{Browser, Kind};
use crate::casework::accepted;
use crate::console::{against_the_rules, deliver, offer, sign_in, signed_in};
use crate::languages::all_speak;
use crate::release::{give, release_of};
use crate::server::{Station, TestPhone};
use crate::services::some_service;
use axum::http::Method;
use handoff::domain::release::{Audience, Item};
use handoff_server::routes::{Who, table};
use handoff_server::words::Language;
use serde::Deserialize;
use serde_json::Value;

/// What a browser asks for that is no page: streams, files, parts of a page, and what only sends one on.
const NO_PAGES: [&str; 10] = [
    "/",
    "/alert",
    "/cases/{id}/releases/{release}",
    "/events",
    "/healthz",
    "/log/checkpoint",
    "/log/{position}/proof",
    "/released/{id}/file",
    "/static/{file}",
    "/worker.js",
];

/// A page, who opens it, and an address of it. `{referral}` waits, `{case}` was accepted.
type Example = (&'static str, &'static str, &'static [&'static str]);

const EXAMPLES: &[Example] = &[
    ("/in/{token}", "okafor", &["/in/used-or-too-old"]),
    ("/me", "okafor", &["/me"]),
    ("/today", "okafor", &["/today"]),
    ("/inbox", "okafor", &["/inbox", "/nowhere", "/log"]),
    ("/referrals/{id}", "okafor", &["/referrals/{referral}", "/referrals/{case}"]),
    ("/cases", "okafor", &["/cases"]),
    ("/cases/{id}", "okafor", &["/cases/{case}"]),
    (
        "/cases/{id}/{kind}",
        "okafor",
        &[
            "/cases/{case}/arrival",
            "/cases/{case}/urgent",
            "/cases/{case}/intake",
            "/cases/{case}/needs",
            "/cases/{case}/plan",
            "/cases/{case}/contact",
            "/cases/{case}/outcome",
            "/cases/{case}/spell",
        ],
    ),
    ("/cases/{id}/releases", "okafor", &["/cases/{case}/releases"]),
    ("/released", "bell", &["/released"]),
    ("/released/{id}", "bell", &["/released/{case}", "/released/{referral}"]),
    ("/services", "amari", &["/services"]),
    ("/services/new", "amari", &["/services/new"]),
    ("/services/{id}", "amari", &["/services/{service}"]),
    ("/rota", "amari", &["/rota"]),
    ("/rota/turns/{n}", "amari", &["/rota/turns/1"]),
    ("/import/{list}", "amari", &["/import/rota", "/import/people", "/import/services"]),
    ("/log", "hughes", &["/log"]),
    ("/log/{position}", "hughes", &["/log/1", "/log/2"]),
    ("/devices", "hughes", &["/devices"]),
    ("/waiting", "hughes", &["/waiting"]),
];

/// A rule that a page breaks.
#[derive(Debug, Deserialize)]
struct Violation {
    id: String,
    help: String,
    nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
struct Node {
    html: String,
    #[serde(rename = "failureSummary")]
    why: String,
}

fn axe() -> String {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("axe/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(&file)
        .unwrap_or_else(|_| panic!("{} is missing: `make test` installs it, or run .make/setup test", file.display()))
}

/// A server with something on each page, a phone of it, and every page with who opens it.
pub async fn with_examples() -> (Station, TestPhone, Vec<(&'static str, String)>) {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let case = accepted(&station, &mut phone, "okafor").await;
    let referral = deliver(&mut phone, offer).await;
    deliver(&mut phone, against_the_rules).await;
    let all = release_of(&station, Audience::Prosecutor, &[Item::Attendance, Item::Plan, Item::Manager]);
    give(&station, (case, 0), all).await;
    let service = some_service(&station).await;
    let whole = |address: &str| {
        let address = address.replace("{case}", &case.to_string()).replace("{referral}", &referral.to_string());
        address.replace("{service}", &service)
    };
    let each = EXAMPLES.iter().flat_map(|(_, who, addresses)| addresses.iter().map(|address| (*who, whole(address))));
    let all = each.collect();
    (station, phone, all)
}

/// What axe finds on the page that is open.
async fn violations(browser: &Browser, axe: &str) -> Vec<String> {
    let run = format!(
        "const done = arguments[arguments.length - 1]; {axe};
         axe.run(document, {{ resultTypes: ['violations'] }}).then(found => done(found.violations), error => done(String(error)));"
    );
    let found: Value = browser.page.execute_async(&run, Vec::new()).await.unwrap().json().clone();
    let found: Vec<Violation> = serde_json::from_value(found.clone()).unwrap_or_else(|_| panic!("axe failed: {found}"));
    let line = |violation: Violation| {
        let nodes: Vec<_> = violation.nodes.iter().map(|node| format!("{}\n      {}", node.html, node.why)).collect();
        format!("{}: {}\n    {}", violation.id, violation.help, nodes.join("\n    "))
    };
    found.into_iter().map(line).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_wrong_on_any_page_of_the_console() {
    let pages = || table().into_iter().filter(|route| route.method == Method::GET);
    for page in pages().filter(|route| matches!(route.who, Who::Staff(_) | Who::Visitor | Who::Anyone)) {
        let shown = EXAMPLES.iter().any(|(path, ..)| *path == page.path) || NO_PAGES.contains(&page.path);
        assert!(shown, "{page:?} has no example in this test");
    }
    let (station, _, examples) = with_examples().await;
    let axe = axe();
    let mut wrong = Vec::new();
    let looks =
        [(Kind::Desk, Language::English), (Kind::NightPhone, Language::English), (Kind::NightPhone, Language::Spanish)];
    let browser = Browser::open(Kind::Desk).await;
    for login in ["okafor", "amari", "hughes", "bell"] {
        all_speak(&station, Language::English).await;
        sign_in(&browser, &station, login).await;
        for (kind, language) in looks {
            all_speak(&station, language).await;
            browser.stand_in_for(kind).await;
            for (_, address) in examples.iter().filter(|(who, _)| *who == login) {
                browser.go(&station.url(address)).await;
                browser.see("//main").await;
                for violation in violations(&browser, &axe).await {
                    wrong.push(format!("{address}, {kind:?}, {language:?}: {violation}"));
                }
            }
        }
    }
    browser.close().await;
    assert!(wrong.is_empty(), "{} found:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_sees_a_field_without_a_name() {
    let station = Station::start().await;
    let browser = signed_in(&station, "okafor", Kind::Desk).await;
    browser.ask::<Value>("document.querySelector('main').append(document.createElement('input')); return null").await;
    let found = violations(&browser, &axe()).await;
    assert!(found.iter().any(|violation| violation.starts_with("label")), "{found:?}");
    browser.close().await;
}
