//! How someone is told, in words.

use crate::console::when;
use crate::deliver::channel::Medium;
use crate::store::Staff;
use crate::store::addresses::Subscription;
use crate::words::{Language, t};
use handoff::domain::ids::Hash;
use uuid::Uuid;

/// A channel as its row shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelView {
    /// Its code: the field's name.
    pub code: &'static str,
    /// What it is.
    pub label: &'static str,
    /// Where it reaches them, or what is missing.
    pub hint: String,
    /// Whether it is switched on.
    pub on: bool,
}

/// A browser that is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserView {
    /// Which.
    pub id: Uuid,
    /// By which a script finds out that it is the one that shows the page: a hash of its address.
    pub mark: String,
    /// Its push service.
    pub service: String,
    /// Since when.
    pub since: String,
}

/// The page's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeView {
    /// The channels of this server.
    pub channels: Vec<ChannelView>,
    /// Their browsers.
    pub browsers: Vec<BrowserView>,
    /// The key under which a browser asks; nothing where there is no web push.
    pub key: Option<String>,
    /// The language of the page.
    pub language: Language,
}

/// How someone is told: by the channels that a server has, those that they switched off, and their browsers.
pub fn me(
    person: &Staff,
    (media, off): (&[Medium], &[Medium]),
    browsers: &[Subscription],
    key: Option<&str>,
) -> MeView {
    let channel = |medium: &Medium| ChannelView {
        code: medium.code(),
        label: label(*medium),
        hint: hint(*medium, person, browsers.len()),
        on: !off.contains(medium),
    };
    let known = Medium::ALL.iter().filter(|medium| media.contains(medium));
    MeView {
        channels: known.map(channel).collect(),
        browsers: browsers.iter().map(browser).collect(),
        key: key.map(str::to_owned),
        language: Language::now(),
    }
}

fn label(medium: Medium) -> &'static str {
    match medium {
        Medium::InPage => t!("me-open-pages"),
        Medium::WebPush => t!("me-browsers-also-when-closed"),
        Medium::Webhook => t!("me-a-program-of-the-agency"),
        Medium::Mail => t!("me-mail"),
    }
}

fn hint(medium: Medium, person: &Staff, browsers: usize) -> String {
    let at = |address: &str| match address.is_empty() {
        true => String::from(t!("me-no-address-yet-whoever-runs")),
        false => t!("me-at", address = address),
    };
    match medium {
        Medium::InPage => String::from(t!("me-an-alert-on-every-page")),
        Medium::WebPush => t!("me-browsers", n = browsers),
        // The rest of the address may be that program's secret.
        Medium::Webhook => at(&host(person.webhook.reveal())),
        Medium::Mail => at(person.mail.reveal()),
    }
}

fn browser(browser: &Subscription) -> BrowserView {
    let endpoint = browser.endpoint.reveal();
    BrowserView {
        id: browser.id,
        mark: Hash::of(&[endpoint.as_bytes()]).to_string(),
        service: service(&host(endpoint)),
        since: when::day(browser.made.date_naive()),
    }
}

fn host(address: &str) -> String {
    let host = address.split_once("://").map_or("", |(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or_default());
    host.to_owned()
}

/// Whose browser uses this push service, as far as that is known.
fn service(host: &str) -> String {
    let known = [
        ("googleapis.com", t!("me-chrome")),
        ("mozilla.com", "Firefox"),
        ("apple.com", "Safari"),
        ("windows.com", "Edge"),
    ];
    let of = |(end, _): &&(&str, &str)| host == *end || host.strip_suffix(end).is_some_and(|rest| rest.ends_with('.'));
    known.iter().find(of).map_or_else(|| host.to_owned(), |(_, name)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_named_by_its_push_service_and_a_program_by_its_host_alone() {
        for (address, name) in [
            ("https://fcm.googleapis.com/fcm/send/abc", "Chrome or a relative of it"),
            ("https://updates.push.services.mozilla.com/wpush/v2/abc", "Firefox"),
            ("https://web.push.apple.com/abc", "Safari"),
            ("https://wns2-by3p.notify.windows.com/w/?token=abc", "Edge"),
            ("https://notgoogleapis.com/x", "notgoogleapis.com"),
            ("https://push.example:8443?secret", "push.example:8443"),
        ] {
            assert_eq!(service(&host(address)), name);
        }
    }
}
