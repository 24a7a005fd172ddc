//! A list from a file: paste it or choose it, see what is wrong or what would change, and take it.

use crate::console::files::files;
use crate::console::import::Report;
use crate::console::shell::{Crumb, Frame, Live, PageHead, Shell};
use crate::console::view::Viewer;
use crate::import::reader::Faults;
use crate::import::{Kind, MOST_LISTED, Plan};
use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use handoff::ui::parts::{Glyph, Notice, Tone};

const fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Rota => "Load a rota from a file",
        Kind::People => "Load people from a file",
        Kind::Services => "Load services from a file",
    }
}

const fn means(kind: Kind) -> &'static str {
    match kind {
        Kind::Rota => {
            "The file is the rota from its first turn to its last: what begins in between and is not in it is taken out. Times are the site's own, such as 2026-11-27 08:00."
        }
        Kind::People => {
            "Whoever is not in the file stays as they are. Write no under active for those who leave. Roles here are officer and case_manager; sergeants and prosecutors are listed at the command line."
        }
        Kind::Services => {
            "A kind and a name together name one service. One that is not in the file stays as it is. Write no under active for one that is not to be used. Hours are written like Mo-Fr 09:00-17:00; Sa 10:00-14:00, or 24/7."
        }
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
                Kind::Services => rsx! { Crumb { href: "/services", label: "Services" } },
                Kind::Rota | Kind::People => rsx! { Crumb { href: "/rota", label: "Rota" } },
            }
            PageHead { title: title(kind) }
            div { class: "rota import",
                Told { report }
                section { class: "card", "aria-labelledby": "file",
                    h2 { id: "file", "The file" }
                    p { {means(kind)} }
                    p { class: "small",
                        "Its first line names the columns: {kind.columns()}. Between them stand commas, semicolons or tabs."
                    }
                    pre { class: "small sample", tabindex: "0", {sample(kind)} }
                    form { id: "import-form", method: "post", action: "/import/{kind.code()}",
                        div { class: "field import-file", hidden: true,
                            label { r#for: "choose", "Choose a file" }
                            input { id: "choose", r#type: "file", accept: ".csv,.tsv,.txt,text/csv" }
                            p { class: "form-state", role: "status" }
                        }
                        div { class: "field",
                            label { r#for: "text", "Or paste it here" }
                            textarea {
                                id: "text", name: "text", rows: "10", dir: "auto", spellcheck: "false", autocomplete: "off",
                                initial_value: text,
                            }
                        }
                        input { r#type: "hidden", name: "shown", value: shown.clone().unwrap_or_default() }
                        if shown.is_some() {
                            button { class: "button", "data-kind": "primary", r#type: "submit", name: "do", value: "take",
                                span { "Take it as shown" }
                            }
                        }
                        button {
                            class: "button",
                            "data-kind": if shown.is_some() { "plain" } else { "primary" },
                            r#type: "submit", name: "do", value: "look",
                            span { "Look at it first, change nothing" }
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
            Notice { tone: Tone::Good, title: "Taken",
                p { {counts(&plan)} }
            }
        },
        Report::Moved(plan) => rsx! {
            Notice { tone: Tone::Warn, title: "Something changed since you looked. Nothing was done.",
                p { "Look again at what the file would change now." }
            }
            Would { plan }
        },
        Report::Good(plan) => rsx! { Would { plan } },
    }
}

fn counts(plan: &Plan) -> String {
    let counts = plan.counts;
    let lines = |n: usize| if n == 1 { String::from("1 line") } else { format!("{n} lines") };
    format!(
        "{}: {} new, {} changed, {} taken out, {} as before.",
        lines(plan.lines),
        counts.added,
        counts.changed,
        counts.removed,
        plan.unchanged
    )
}

#[component]
fn Would(plan: Plan) -> Element {
    let more = plan.counts.all().saturating_sub(MOST_LISTED);
    rsx! {
        section { class: "card", "aria-labelledby": "would",
            h2 { id: "would", "What it would change" }
            p { {counts(&plan)} }
            ul { class: "import-lines", tabindex: "0",
                for change in plan.changes {
                    li { key: "{change}", dir: "auto", {change} }
                }
            }
            if more > 0 {
                p { class: "quiet", "And {more} more." }
            }
        }
    }
}

#[component]
fn Wrong(faults: Faults) -> Element {
    let more = faults.more;
    rsx! {
        Notice { tone: Tone::Bad, glyph: Glyph::Stop, title: "This file cannot be taken. Nothing was changed.",
            ul { class: "import-lines", tabindex: "0",
                for (i, fault) in faults.named.into_iter().enumerate() {
                    li { key: "{i}", "{fault}" }
                }
            }
            if more > 0 {
                p { "And {more} more." }
            }
        }
    }
}
