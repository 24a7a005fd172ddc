//! Every route with every kind of caller. A route without a row here fails.

use crate::server::{Station, TestPhone};
use handoff_server::routes::table;

/// What each caller gets: nobody, a phone, a revoked phone, a case manager, a sergeant.
/// For pages with an id the answer is for one that does not exist, so 404 means "let in".
type Row = (&'static str, &'static str, [u16; 5]);

const EXPECTED: &[Row] = &[
    ("GET", "/healthz", [200, 200, 200, 200, 200]),
    ("POST", "/v1/enrol", [422, 422, 422, 422, 422]),
    ("POST", "/v1/entries", [401, 422, 422, 401, 401]),
    ("GET", "/v1/feed", [401, 200, 403, 401, 401]),
    ("GET", "/in/{token}", [403, 403, 403, 403, 403]),
    ("POST", "/in/{token}", [403, 403, 403, 403, 403]),
    ("POST", "/out", [401, 401, 401, 401, 401]),
    ("GET", "/static/{file}", [404, 404, 404, 404, 404]),
    ("GET", "/worker.js", [200, 200, 200, 200, 200]),
    ("GET", "/me", [401, 401, 401, 200, 200]),
    ("POST", "/me/channels", [401, 401, 401, 422, 422]),
    ("POST", "/me/language", [401, 401, 401, 422, 422]),
    ("POST", "/me/browsers", [401, 401, 401, 422, 422]),
    ("POST", "/me/browsers/{id}/remove", [401, 401, 401, 404, 404]),
    ("GET", "/", [401, 401, 401, 303, 303]),
    ("GET", "/events", [401, 401, 401, 200, 200]),
    ("GET", "/alert", [401, 401, 401, 200, 200]),
    ("GET", "/today", [401, 401, 401, 200, 403]),
    ("GET", "/inbox", [401, 401, 401, 200, 403]),
    ("GET", "/referrals/{id}", [401, 401, 401, 404, 403]),
    ("POST", "/referrals/{id}/accept", [401, 401, 401, 404, 403]),
    ("POST", "/referrals/{id}/decline", [401, 401, 401, 404, 403]),
    ("GET", "/cases", [401, 401, 401, 200, 403]),
    ("GET", "/cases/{id}", [401, 401, 401, 404, 403]),
    ("GET", "/cases/{id}/{kind}", [401, 401, 401, 404, 403]),
    ("POST", "/cases/{id}/{kind}", [401, 401, 401, 404, 403]),
    ("GET", "/cases/{id}/releases", [401, 401, 401, 404, 403]),
    ("POST", "/cases/{id}/releases", [401, 401, 401, 404, 403]),
    ("GET", "/cases/{id}/releases/{release}", [401, 401, 401, 404, 403]),
    ("POST", "/cases/{id}/releases/{release}/withdraw", [401, 401, 401, 404, 403]),
    ("POST", "/cases/{id}/person", [401, 401, 401, 404, 403]),
    ("GET", "/released", [401, 401, 401, 403, 200]),
    ("GET", "/released/{id}", [401, 401, 401, 403, 404]),
    ("GET", "/released/{id}/file", [401, 401, 401, 403, 404]),
    ("GET", "/rota", [401, 401, 401, 200, 200]),
    ("POST", "/rota/turns", [401, 401, 401, 403, 403]),
    ("GET", "/rota/turns/{n}", [401, 401, 401, 404, 403]),
    ("POST", "/rota/turns/{n}", [401, 401, 401, 404, 403]),
    ("GET", "/services", [401, 401, 401, 200, 403]),
    ("POST", "/services", [401, 401, 401, 403, 403]),
    ("GET", "/services/new", [401, 401, 401, 403, 403]),
    ("GET", "/services/{id}", [401, 401, 401, 404, 403]),
    ("POST", "/services/{id}", [401, 401, 401, 403, 403]),
    ("POST", "/services/{id}/free", [401, 401, 401, 404, 403]),
    ("GET", "/import/{list}", [401, 401, 401, 404, 403]),
    ("POST", "/import/{list}", [401, 401, 401, 404, 403]),
    ("GET", "/log", [401, 401, 401, 403, 200]),
    ("GET", "/log/checkpoint", [401, 401, 401, 403, 200]),
    ("POST", "/log/export", [401, 401, 401, 403, 200]),
    ("GET", "/log/{position}", [401, 401, 401, 403, 404]),
    ("GET", "/log/{position}/proof", [401, 401, 401, 403, 404]),
    ("GET", "/devices", [401, 401, 401, 403, 200]),
    ("GET", "/waiting", [401, 401, 401, 403, 200]),
    ("POST", "/log/{position}/confirm", [401, 401, 401, 403, 404]),
];

enum Caller<'a> {
    Nobody,
    Phone(&'a TestPhone),
    Cookie(String),
}

#[tokio::test]
async fn every_route_answers_every_role_as_the_table_says() {
    let station = Station::start().await;
    let (phone, revoked) = (station.phone().await, station.phone().await);
    station.server.app().revoke(revoked.enrolled.device).await.unwrap();
    // There is a checkpoint to be read.
    assert!(handoff_server::ledger::sign_now(station.server.app()).await.unwrap());
    for route in table() {
        let row = EXPECTED.iter().find(|(method, path, _)| *method == route.method.as_str() && *path == route.path);
        let Some((method, path, expected)) = row else { panic!("{route:?} has no row in this test") };
        let callers = [
            Caller::Nobody,
            Caller::Phone(&phone),
            Caller::Phone(&revoked),
            // A session for each call: /out ends it.
            Caller::Cookie(station.sign_in("okafor").await),
            Caller::Cookie(station.sign_in("hughes").await),
        ];
        for (caller, expected) in callers.iter().zip(expected) {
            let got = call(&station, &route.method, &route.path.replace("{token}", "x"), caller).await;
            assert_eq!(got, *expected, "{method} {path}");
        }
    }
    assert_eq!(table().len(), EXPECTED.len(), "a row here is for no route");
    let events = station.events().await;
    for (login, path) in
        [("okafor", "/log"), ("hughes", "/inbox"), ("hughes", "/referrals/{id}/accept"), ("hughes", "/cases/{id}")]
    {
        let refused = format!(" forbidden {} - {path}", station.staff(login));
        assert!(events.iter().any(|line| line.ends_with(&refused)), "{login} at {path} is in the events");
    }
}

async fn call(station: &Station, method: &reqwest::Method, path: &str, caller: &Caller<'_>) -> u16 {
    let path = path.split('/').map(|part| if part.starts_with('{') { "0" } else { part }).collect::<Vec<_>>().join("/");
    let request = station.http.request(method.clone(), station.url(&path)).header("sec-fetch-site", "same-origin");
    let request = match caller {
        Caller::Nobody => request,
        Caller::Phone(phone) => request.header("authorization", phone.token()),
        Caller::Cookie(cookie) => request.header("cookie", cookie),
    };
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_a_browser_safe() {
    let station = Station::start().await;
    for path in ["/healthz", "/nowhere", "/v1/nowhere", "/v1/feed"] {
        let reply = station.http.get(station.url(path)).send().await.unwrap();
        let header = |name: &str| reply.headers()[name].to_str().unwrap().to_owned();
        assert!(!header("content-security-policy").contains("unsafe"));
        assert!(header("content-security-policy").contains("frame-ancestors 'none'"));
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("cache-control"), "no-store");
        assert!(header("strict-transport-security").starts_with("max-age="));
        assert_eq!(header("x-request-id").len(), 16);
    }
}
