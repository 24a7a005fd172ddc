//! What a page weighs when it is opened for the first time: itself and everything that it names.

use crate::axe::with_examples;
use crate::console::{deliver, offer};
use crate::server::Station;
use std::collections::{BTreeMap, BTreeSet};

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
async fn weight(station: &Station, (cookie, language): (&str, &str), path: &str) -> (usize, BTreeSet<String>) {
    let get = async |path: &str| {
        let reply = station
            .http
            .get(station.url(path))
            .header("cookie", cookie)
            .header("accept-language", language)
            .send()
            .await
            .unwrap();
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
async fn a_first_visit_to_any_page_weighs_less_than_a_hundred_kilobytes() {
    let (station, mut phone, examples) = with_examples().await;
    for _ in 0..18 {
        deliver(&mut phone, offer).await;
    }
    let mut cookies = BTreeMap::new();
    let mut heaviest = (0, String::new());
    for (login, path) in examples {
        if !cookies.contains_key(login) {
            cookies.insert(login, station.sign_in(login).await);
        }
        for language in ["en", "es"] {
            let (weight, seen) = weight(&station, (&cookies[login], language), &path).await;
            assert!(seen.iter().any(|file| file.ends_with(".css")) && seen.iter().any(|file| file.ends_with(".js")));
            assert!(weight <= MOST, "{path} in {language} weighs {weight} bytes with {seen:?}");
            heaviest = heaviest.max((weight, path.clone()));
        }
    }
    println!("the heaviest: {heaviest:?}");
}
