//! A list from a file: paste it or choose it, see what is wrong or what would change, and take it.

use crate::console::files::files;
use crate::console::import::Report;
use crate::console::shell::{Crumb, Frame, Live, PageHead, Shell};
use crate::console::view::Viewer;
use crate::import::reader::Faults;
use crate::import::{Kind, MOST_LISTED, Plan};
use crate::words::t;
use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use handoff::ui::parts::{Glyph, Notice, Tone};

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Rota => t!("rota-load-a-rota-from-a"),
        Kind::People => t!("rota-load-people-from-a-file"),
        Kind::Services => t!("services-load-services-from-a-file"),
    }
}

fn means(kind: Kind) -> &'static str {
    match kind {
        Kind::Rota => t!("import-the-file-is-the-rota"),
        Kind::People => t!("import-whoever-is-not-in-the"),
        Kind::Services => t!("import-a-kind-and-a-name"),
    }
}

const fn sample(kind: Kind) -> &'static str {
    match kind {
        Kind::Rota => "login,from,until,order\nokafor,2026-11-27 08:00,2026-11-27 20:00,1",
        Kind::Services => {
            "kind,name,phone,place,hours,capacity\nshelter,Night door,+1 206 555 0199,3rd and Bell,Mo-Su 20:00-07:00,12"
        }
        Kind::People => "login,role,name,phone\nokafor,case_manager,Grace Okafor,+1 206 555 0151",
    }
}

/// The page.
#[component]
pub fn ImportPage(viewer: Viewer, kind: Kind, text: String, report: Report, now: DateTime<Utc>) -> Element {
    let frame = Frame { title: String::from(title(kind)), viewer: Some(viewer), live: Live::Form, now: Some(now) };
    let shown = match &report {
        Report::Good(plan) | Report::Moved(plan) => Some(plan.mark.to_string()),
        Report::None | Report::Bad(_) | Report::Taken(_) => None,
    };
    let text = if matches!(report, Report::Taken(_)) { String::new() } else { text };
    rsx! {
        Shell { frame,
            match kind {
                Kind::Services => rsx! { Crumb { href: "/services", label: t!("shell-services") } },
                Kind::Rota | Kind::People => rsx! { Crumb { href: "/rota", label: t!("shell-rota") } },
            }
            PageHead { title: title(kind) }
            div { class: "rota import",
                Told { report }
                section { class: "card", "aria-labelledby": "file",
                    h2 { id: "file", {t!("import-the-file")} }
                    p { {means(kind)} }
                    p { class: "small",
                        {t!("import-columns", columns = kind.columns())}
                    }
                    pre { class: "small sample", tabindex: "0", {sample(kind)} }
                    form { id: "import-form", method: "post", action: "/import/{kind.code()}",
                        div { class: "field import-file", hidden: true,
                            label { r#for: "choose", {t!("import-choose-a-file")} }
                            input { id: "choose", r#type: "file", accept: ".csv,.tsv,.txt,text/csv" }
                            p { class: "form-state", role: "status" }
                        }
                        div { class: "field",
                            label { r#for: "text", {t!("import-or-paste-it-here")} }
                            textarea {
                                id: "text", name: "text", rows: "10", dir: "auto", spellcheck: "false", autocomplete: "off",
                                initial_value: text,
                            }
                        }
                        input { r#type: "hidden", name: "shown", value: shown.clone().unwrap_or_default() }
                        if shown.is_some() {
                            button { class: "button", "data-kind": "primary", r#type: "submit", name: "do", value: "take",
                                span { {t!("import-take-it-as-shown")} }
                            }
                        }
                        button {
                            class: "button",
                            "data-kind": if shown.is_some() { "plain" } else { "primary" },
                            r#type: "submit", name: "do", value: "look",
                            span { {t!("import-look-at-it-first-change")} }
                        }
                    }
                }
            }
            script { src: files().import.path.clone(), defer: true }
        }
    }
}

#[component]
fn Told(report: Report) -> Element {
    match report {
        Report::None => rsx! {},
        Report::Bad(faults) => rsx! { Wrong { faults } },
        Report::Taken(plan) => rsx! {
            Notice { tone: Tone::Good, title: t!("import-taken"),
                p { {counts(&plan)} }
            }
        },
        Report::Moved(plan) => rsx! {
            Notice { tone: Tone::Warn, title: t!("import-something-changed-since-you-looked"),
                p { {t!("import-look-again-at-what-the")} }
            }
            Would { plan }
        },
        Report::Good(plan) => rsx! { Would { plan } },
    }
}

fn counts(plan: &Plan) -> String {
    let counts = plan.counts;
    t!(
        "import-counts",
        n = plan.lines,
        added = counts.added,
        changed = counts.changed,
        removed = counts.removed,
        unchanged = plan.unchanged,
    )
}

#[component]
fn Would(plan: Plan) -> Element {
    let more = plan.counts.all().saturating_sub(MOST_LISTED);
    rsx! {
        section { class: "card", "aria-labelledby": "would",
            h2 { id: "would", {t!("import-what-it-would-change")} }
            p { {counts(&plan)} }
            ul { class: "import-lines", tabindex: "0",
                for change in plan.changes {
                    li { key: "{change}", dir: "auto", {change} }
                }
            }
            if more > 0 {
                p { class: "quiet", {t!("import-and-more", n = more)} }
            }
        }
    }
}

#[component]
fn Wrong(faults: Faults) -> Element {
    let more = faults.more;
    rsx! {
        Notice { tone: Tone::Bad, glyph: Glyph::Stop, title: t!("import-this-file-cannot-be-taken"),
            ul { class: "import-lines", tabindex: "0",
                for (i, fault) in faults.named.into_iter().enumerate() {
                    li { key: "{i}", "{fault}" }
                }
            }
            if more > 0 {
                p { {t!("import-and-more", n = more)} }
            }
        }
    }
}
