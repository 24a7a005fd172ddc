//! The words that the scripts of the console say.

use super::{Language, t};
use serde_json::json;

/// The words of the scripts in a language, as an object for them. What varies stands in braces.
pub fn for_scripts(language: Language) -> String {
    language.within(words).to_string()
}

fn words() -> serde_json::Value {
    json!({
        "underMinute": t!("age-under-minute"),
        "minutes": t!("age-minutes", n = "{n}"),
        "hours": t!("age-hours", h = "{h}", min = "{min}"),
        "day": t!("age-day"),
        "days": t!("age-days", n = "{n}"),
        "typed": t!("scripts-typed", text = "{text}"),
        "fresh": t!("scripts-fresh", list = "{list}"),
        "live": t!("scripts-live"),
        "slow": t!("scripts-slow"),
        "off": t!("scripts-off"),
        "begun": t!("scripts-begun"),
        "unsent": t!("scripts-unsent"),
        "tooLong": t!("scripts-too-long"),
        "notUtf8": t!("scripts-not-utf-8"),
        "noPush": t!("scripts-no-push"),
        "thisBrowser": t!("scripts-this-browser", name = "{name}"),
        "isTold": t!("scripts-is-told"),
        "notAllowed": t!("scripts-not-allowed"),
        "noService": t!("scripts-no-service"),
    })
}

/// What a browser's notice may be headed, in every language, with the kind of the notice and what stands below.
pub fn for_worker() -> String {
    let told = |language: &Language| {
        language.within(|| {
            [
                (t!("told-referral"), json!({ "tag": "referral", "body": t!("scripts-open-to-see") })),
                (t!("told-gap"), json!({ "tag": "rota", "body": t!("scripts-open-to-see") })),
                (t!("told-swap"), json!({ "tag": "swap", "body": t!("scripts-open-to-see") })),
            ]
        })
    };
    let all: serde_json::Map<_, _> =
        Language::ALL.iter().flat_map(told).map(|(title, rest)| (String::from(title), rest)).collect();
    serde_json::Value::Object(all).to_string()
}

/// What a browser says that no push reaches any more, by the tag of each language.
pub fn for_worker_lost() -> String {
    let lost = |language: &Language| {
        let page = || t!("shell-how-you-are-told");
        language.within(|| json!({ "title": t!("scripts-not-told"), "body": t!("scripts-add-again", page = page()) }))
    };
    let all: serde_json::Map<_, _> =
        Language::ALL.iter().map(|language| (String::from(language.code()), lost(language))).collect();
    serde_json::Value::Object(all).to_string()
}
