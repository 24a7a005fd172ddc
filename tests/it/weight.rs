//! What a page weighs when it is opened for the first time: itself and everything that it names.

use crate::console::{deliver, offer};
use crate::server::Station;
use std::collections::BTreeSet;

/// Bytes of a first visit, before any compression.
const MOST: usize = 100_000;

/// The addresses of our own that a page or a style sheet names.
fn named(text: &str) -> BTreeSet<String> {
    let ends = |c: char| matches!(c, '"' | '\'' | ')' | '?' | '<' | ' ');
    text.match_indices("/static/")
        .map(|(at, _)| text[at..].split(ends).next().unwrap().to_owned())
        .filter(|address| address.len() > "/static/".len())
        .collect()
}

/// What a page weighs with everything that it names, and what that names.
async fn weight(station: &Station, login: &str, path: &str) -> (usize, BTreeSet<String>) {
    let cookie = station.sign_in(login).await;
    let get = async |path: &str| {
        let reply = station.http.get(station.url(path)).header("cookie", &cookie).send().await.unwrap();
        assert_eq!(reply.status(), 200, "{path}");
        reply.bytes().await.unwrap()
    };
    let page = get(path).await;
    let (mut weight, mut seen) = (page.len(), BTreeSet::new());
    let mut open: Vec<String> = named(&String::from_utf8_lossy(&page)).into_iter().collect();
    while let Some(address) = open.pop() {
        if seen.insert(address.clone()) {
            let file = get(&address).await;
            weight += file.len();
            open.extend(named(&String::from_utf8_lossy(&file)));
        }
    }
    (weight, seen)
}

#[tokio::test]
async fn a_first_visit_weighs_less_than_a_hundred_kilobytes() {
    let station = Station::start().await;
    let mut phone = station.phone().await;
    let mut referral = None;
    for _ in 0..20 {
        referral = Some(deliver(&mut phone, offer).await);
    }
    let referral = format!("/referrals/{}", referral.unwrap());
    for (login, path) in [
        ("okafor", "/inbox"),
        ("okafor", referral.as_str()),
        ("okafor", "/cases"),
        ("hughes", "/log"),
        ("okafor", "/me"),
    ] {
        let (weight, seen) = weight(&station, login, path).await;
        println!("{path}: {weight} bytes with {seen:?}");
        assert!(seen.iter().any(|file| file.ends_with(".css")) && seen.iter().any(|file| file.ends_with(".js")));
        assert!(weight <= MOST, "{path} weighs {weight} bytes with {seen:?}");
    }
}
