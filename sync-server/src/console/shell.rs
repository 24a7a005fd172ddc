//! The frame of every page: head, bar, skip link, the state of the connection, the place for news.

use super::files::files;
use super::initial;
use super::view::{Viewer, codes};
use super::when::age_words;
use crate::auth::BY_ITSELF;
use crate::store::SESSION_IDLE;
use crate::words::{Language, t};
use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use handoff::domain::wire::Role;
use handoff::ui::parts::{Button, ButtonKind, Glyph, Icon, Spoken};

/// What the frame needs to know of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// Title of the window, without the program's name.
    pub title: String,
    /// Who looks; nobody on the pages outside.
    pub viewer: Option<Viewer>,
    /// How the page keeps up.
    pub live: Live,
    /// The moment of rendering, where ages are shown.
    pub now: Option<DateTime<Utc>>,
}

/// How a page keeps up with what happens.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Live {
    /// It does not change.
    #[default]
    No,
    /// It is swapped when something changes; without script it loads itself again from here.
    List(String),
    /// It is swapped when something changes, and holds a form: without script it is never reloaded
    /// under someone's hands.
    Form,
}

/// Renders a page to the text of a document.
pub fn render<P: Clone + 'static>(page: fn(P) -> Element, props: P) -> String {
    let body = initial::as_read(&fragment(page, props));
    format!("<!doctype html><html lang=\"{}\">{body}</html>", Language::now().code())
}

/// Renders a piece that a script puts into a page.
pub fn fragment<P: Clone + 'static>(piece: fn(P) -> Element, props: P) -> String {
    let mut dom = VirtualDom::new_with_props(piece, props).with_root_context(spoken());
    dom.rebuild_in_place();
    dioxus_ssr::render(&dom)
}

/// The words of the parts in the language of the page.
fn spoken() -> Spoken {
    Spoken {
        age: age_words,
        verdict: codes::verdict,
        outcome: codes::outcome,
        optional: t!("parts-optional"),
        of_rules: not_of_this_page(),
    }
}

/// The language of fixed English text, where the page is in another one.
pub fn not_of_this_page() -> Option<&'static str> {
    (Language::now() != Language::English).then_some(Language::English.code())
}

/// The frame around a page.
#[component]
pub fn Shell(frame: Frame, children: Element) -> Element {
    let now_ms = frame.now.map(|now| now.timestamp_millis().to_string());
    let events = (frame.live != Live::No).then(|| format!("/events?{BY_ITSELF}"));
    let idle = SESSION_IDLE.num_minutes();
    rsx! {
            Head { title: frame.title.clone(), live: frame.live.clone() }
            body { "data-now": now_ms, "data-events": events, "data-idle": "{idle}",
                a { class: "skip", href: "#main", {t!("shell-skip-to-content")} }
                Bar { viewer: frame.viewer.clone() }
                if frame.live != Live::No {
                    p { id: "link", class: "link", role: "status",
                        Icon { glyph: Glyph::Clock }
                        span { class: "link-text", {t!("shell-not-live-reload-the-page")} }
                    }
                }
                if frame.live != Live::No {
                    div { id: "alert", class: "alert-place" }
                }
                main { id: "main", tabindex: "-1", {children} }
                p { id: "news", class: "visually-hidden", "aria-live": "polite" }
            }
    }
}

/// The way back to the list that a page belongs to.
#[component]
pub fn Crumb(href: &'static str, label: &'static str) -> Element {
    rsx! {
        p { class: "crumb",
            a { href,
                Icon { glyph: Glyph::Back }
                span { {label} }
            }
        }
    }
}

/// A page's title, and what stands beside it.
#[component]
pub fn PageHead(title: String, #[props(default)] children: Element) -> Element {
    rsx! {
        div { class: "page-head",
            h1 { {title} }
            {children}
        }
    }
}

/// The head of a table that is laid out as blocks where there is no room: the roles keep it a table for a
/// screen reader in both.
#[component]
pub fn Columns(caption: &'static str, names: Vec<&'static str>) -> Element {
    rsx! {
        caption { class: "visually-hidden", {caption} }
        thead { role: "rowgroup",
            tr { role: "row",
                for name in names {
                    th { key: "{name}", role: "columnheader", scope: "col", {name} }
                }
            }
        }
    }
}

#[component]
fn Head(title: String, live: Live) -> Element {
    let files = files();
    let again = match live {
        Live::List(path) => Some(by_itself(&path)),
        Live::No | Live::Form => None,
    };
    rsx! {
        head {
            meta { charset: "utf-8" }
            meta { name: "viewport", content: "width=device-width, initial-scale=1, viewport-fit=cover" }
            meta { name: "color-scheme", content: "light dark" }
            meta { name: "referrer", content: "no-referrer" }
            title { "{title} – Handoff" }
            link { rel: "stylesheet", href: files.styles.path.clone() }
            link { rel: "icon", r#type: "image/svg+xml", href: files.icon.path.clone() }
            link { rel: "manifest", href: files.manifest.path.clone() }
            script { src: files.script(Language::now()).path.clone(), defer: true }
            if let Some(again) = again {
                noscript {
                    meta { http_equiv: "refresh", content: "20; url={again}" }
                }
            }
        }
    }
}

/// The address at which a page looks again by itself.
fn by_itself(path: &str) -> String {
    let mark = if path.contains('?') { '&' } else { '?' };
    format!("{path}{mark}{BY_ITSELF}")
}

#[component]
fn Bar(viewer: Option<Viewer>) -> Element {
    rsx! {
        header { class: "bar",
            div { class: "bar-in",
                a { class: "brand", href: "/",
                    Mark {}
                    span { "Handoff" }
                }
                if let Some(viewer) = viewer {
                    nav { "aria-label": t!("shell-console"),
                        Section { role: viewer.role }
                    }
                    form { class: "who", method: "post", action: "/out",
                        if viewer.role == Role::Prosecutor {
                            // Nothing waits for them, so they are told nothing.
                            span { class: "who-name", {viewer.name} }
                        } else {
                            a { class: "who-me", href: "/me", title: t!("shell-how-you-are-told"), "data-wide": (viewer.role == Role::CaseManager).then_some("true"),
                                Icon { glyph: Glyph::Person }
                                span { class: "who-name", {viewer.name} }
                            }
                        }
                        Button { label: t!("shell-sign-out"), kind: ButtonKind::Quiet, submit: true }
                    }
                }
            }
        }
    }
}

/// A page of the console in its bar: address, name, drawing.
type Place = (&'static str, &'static str, Glyph);

/// The pages of a role: those that stand in the bar at every width, and those for which a phone has no room.
fn places(role: Role) -> (Vec<Place>, Vec<Place>) {
    match role {
        Role::CaseManager => (
            vec![
                ("/today", t!("shell-today"), Glyph::Clock),
                ("/inbox", t!("shell-inbox"), Glyph::Inbox),
                ("/cases", t!("shell-cases"), Glyph::Person),
            ],
            vec![("/rota", t!("shell-rota"), Glyph::Phone), ("/services", t!("shell-services"), Glyph::Pin)],
        ),
        Role::Sergeant => (
            vec![
                ("/log", t!("shell-log"), Glyph::List),
                ("/waiting", t!("shell-waiting"), Glyph::Clock),
                ("/rota", t!("shell-rota"), Glyph::Phone),
            ],
            Vec::new(),
        ),
        Role::Prosecutor => (vec![("/released", t!("shell-referrals"), Glyph::List)], Vec::new()),
        Role::Officer => (Vec::new(), Vec::new()),
    }
}

/// Links to pages. On a phone those for which the bar has no room stand under "More", with the page of whoever looks.
#[component]
fn Section(role: Role) -> Element {
    let (always, wide) = places(role);
    let all = always.iter().map(|place| (*place, None)).chain(wide.iter().map(|place| (*place, Some("true"))));
    rsx! {
        for ((href, label, glyph), wide) in all {
            a { key: "{href}", class: "nav-link", "data-wide": wide, href,
                Icon { glyph }
                span { {label} }
            }
        }
        if !wide.is_empty() {
            details { class: "more",
                summary { {t!("shell-more")} }
                ul {
                    for (href, label, glyph) in wide.iter().copied().chain([("/me", t!("shell-how-you-are-told"), Glyph::Person)]) {
                        li { key: "{href}",
                            a { class: "tap", href,
                                Icon { glyph }
                                span { {label} }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// One hand to another.
#[component]
fn Mark() -> Element {
    rsx! {
        svg { class: "mark", view_box: "0 0 64 64", "aria-hidden": "true",
            circle { cx: "15", cy: "42", r: "8" }
            circle { class: "mark-full", cx: "49", cy: "42", r: "8" }
            path { d: "M15 23c7-12 24-14 33-3M49 9v11H38" }
        }
    }
}
