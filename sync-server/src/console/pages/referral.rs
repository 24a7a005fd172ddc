//! A referral: who waits, where, what to know before walking up, and Accept.

use super::inbox::LATE_AFTER_MIN;
use super::ladder::{DeclineCard, OnLadder};
use crate::console::form::{AcceptForm, FormError, MINUTES, MOST_NOTE};
use crate::console::shell::{Crumb, Frame, Live, Shell};
use crate::console::view::{
    AmendmentView, OfficerView, PersonView, RecordView, ReferralView, StageView, Step, Viewer, tel,
};
use crate::words::t;
use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use handoff::domain::stage::MeetPlace;
use handoff::ui::parts::{
    Age, Button, ButtonKind, Field, FieldKind, FindingLine, FindingList, Glyph, LinkButton, Notice, Tile, TileLayout,
    Tiles, Tone, VerdictBadge,
};

/// A referral's page.
#[component]
pub fn ReferralPage(
    viewer: Viewer,
    view: ReferralView,
    form: AcceptForm,
    error: Option<FormError>,
    now: DateTime<Utc>,
) -> Element {
    let frame = Frame { title: view.place.clone(), viewer: Some(viewer), live: Live::Form, now: Some(now) };
    let waits = view.stage == StageView::Waiting;
    rsx! {
        Shell { frame,
            Crumb { href: "/inbox", label: t!("inbox-inbox") }
            div { class: "page-head", "data-live": "head",
                h1 { {view.place.clone()} }
                if waits {
                    p { class: "count", "data-waiting": true,
                        {t!("shell-waiting")}
                        " "
                        Age { since: view.since, now, late_after_min: LATE_AFTER_MIN }
                    }
                }
            }
            // Above everything else on a phone too: whoever reads on may already be walking.
            div { "data-live": "back",
                if let StageView::Withdrawn(why) = &view.stage {
                    Notice { tone: Tone::Warn, title: t!("referral-the-officer-took-this-back"),
                        p { {t!("referral-nobody-needs-to-go", why = why)} }
                    }
                }
            }
            if waits {
                Jump { label: t!("referral-accept-jump"), href: "#accept" }
            }
            div { class: "sheet",
                div { class: "sheet-main", "data-live": "record",
                    if let Some(hazards) = view.record.as_ref().and_then(|record| record.person.hazards.clone()) {
                        Notice { tone: Tone::Bad, glyph: Glyph::Alert, title: t!("referral-before-you-walk-up"),
                            p { class: "hazard", {hazards} }
                        }
                    }
                    for amendment in view.amendments.clone() {
                        Amended { key: "{amendment.when}", amendment }
                    }
                    if let Some(record) = view.record.clone() {
                        Record { record }
                    } else {
                        Closed {}
                    }
                }
                div { class: "sheet-side", "data-live": "stage",
                    Stage { view: view.clone(), form, error }
                    if let Some(ladder) = view.ladder.clone().filter(|_| waits) {
                        section { class: "card", "aria-labelledby": "ladder",
                            h2 { id: "ladder", {t!("referral-whom-it-was-put-to")} }
                            OnLadder { ladder }
                        }
                        DeclineCard {
                            action: "/referrals/{view.referral}/decline",
                            passed_on: view.passed_on,
                            error,
                        }
                    }
                    Officer { officer: view.officer.clone() }
                    Steps { steps: view.steps.clone() }
                }
            }
        }
    }
}

/// What was amended, with the verdict that the rules give now.
#[component]
pub fn Amended(amendment: AmendmentView) -> Element {
    rsx! {
        section { class: "card",
            div { class: "card-head",
                h2 { "{amendment.cause}, {amendment.when}" }
                VerdictBadge { verdict: amendment.verdict }
            }
            if let Some(note) = amendment.note {
                p { {note.reveal().clone()} }
            }
            if amendment.facts.is_empty() {
                p { class: "quiet", {t!("referral-what-was-recorded-stays-as")} }
            } else {
                dl { class: "facts",
                    for fact in amendment.facts {
                        Line { key: "{fact.label}", label: fact.label, value: fact.value }
                    }
                }
            }
            details {
                summary { {t!("referral-every-rule-with-its-reason")} }
                FindingList { findings: amendment.findings }
            }
        }
    }
}

#[component]
fn Record(record: RecordView) -> Element {
    rsx! {
        Person { person: record.person.clone() }
        Scene { record: record.clone() }
        Rules { findings: record.findings.clone(), record }
    }
}

/// Nothing of what was written can be read, and still someone waits.
#[component]
fn Closed() -> Element {
    rsx! {
        Notice { tone: Tone::Bad, glyph: Glyph::Alert, title: t!("referral-call-the-officer"),
            p { {t!("referral-someone-said-yes-and-waits")} }
            p { {t!("referral-it-is-kept-as-it")} }
        }
    }
}

#[component]
fn Person(person: PersonView) -> Element {
    rsx! {
        section { class: "card", "aria-labelledby": "person",
            h2 { id: "person", {person.name} }
            dl { class: "facts",
                Line { label: t!("referral-how-to-find-them"), value: person.reach }
                if !person.needs.is_empty() {
                    Line { label: t!("referral-needs-tonight"), value: person.needs }
                }
                if let Some(language) = person.language {
                    Line { label: t!("inbox-speaks"), value: language }
                }
                if let Some(age) = person.age {
                    Line { label: t!("codes-age"), value: age }
                }
                Line { label: t!("referral-consent-to-share-this"), value: person.consent }
            }
        }
    }
}

#[component]
fn Scene(record: RecordView) -> Element {
    rsx! {
        section { class: "card", "aria-labelledby": "scene",
            h2 { id: "scene", {t!("referral-the-encounter")} }
            dl { class: "facts",
                Line { label: t!("referral-where"), value: record.place }
                for line in record.place_more {
                    Line { key: "{line}", label: "", value: line }
                }
                Line { label: t!("referral-about"), value: record.about }
                Line { label: t!("referral-door"), value: record.door }
                if let Some(incident) = record.incident {
                    Line { label: t!("referral-incident"), value: incident }
                }
            }
        }
    }
}

#[component]
fn Rules(record: RecordView, findings: Vec<FindingLine>) -> Element {
    rsx! {
        section { class: "card", "aria-labelledby": "rules",
            div { class: "card-head",
                h2 { id: "rules", {t!("referral-what-the-rules-say")} }
                VerdictBadge { verdict: record.verdict }
            }
            if let Some(divergence) = record.divergence {
                p { class: "small",
                    strong {
                        {t!("referral-on-a-word")}
                        " "
                    }
                    {divergence}
                }
            }
            details {
                summary { {t!("referral-every-rule-with-its-reason")} }
                FindingList { findings }
            }
        }
    }
}

#[component]
fn Stage(view: ReferralView, form: AcceptForm, error: Option<FormError>) -> Element {
    match view.stage {
        StageView::Waiting => rsx! {
            AcceptCard { action: "/referrals/{view.referral}/accept", form, error }
        },
        StageView::Mine(meet) => rsx! {
            Notice { tone: Tone::Good, title: t!("referral-you-have-this-referral"),
                if meet.is_empty() {
                    p { {t!("referral-no-meeting")} }
                } else {
                    p { {t!("referral-you-are", meet = meet)} }
                }
                LinkButton { label: t!("referral-open-the-case"), href: "/cases/{view.referral}", kind: ButtonKind::Primary }
            }
        },
        StageView::Withdrawn(_) => rsx! {},
        StageView::Lost(who) => rsx! {
            Notice { tone: Tone::Warn, title: t!("referral-someone-was-faster"),
                p { {t!("referral-lost", who = who)} }
            }
        },
        StageView::Theirs(who) => rsx! {
            Notice { tone: Tone::Info, title: t!("referral-someone-else-has-this-referral"),
                p { {who} }
                LinkButton { label: t!("referral-open-the-case"), href: "/cases/{view.referral}" }
            }
        },
    }
}

#[component]
fn AcceptCard(action: String, form: AcceptForm, error: Option<FormError>) -> Element {
    let fault = |field: &str| error.filter(|error| error.field == field).map(|error| String::from(error.why));
    let minutes = MINUTES.iter().map(|(code, minutes)| Tile::new(*code, t!("age-minutes", n = *minutes)));
    let when: Vec<_> = minutes.chain([Tile::new("time", t!("referral-at-a-time"))]).collect();
    let place = vec![
        Tile::new(MeetPlace::Scene.code(), t!("referral-at-the-scene")),
        Tile::new(MeetPlace::Elsewhere.code(), t!("referral-elsewhere")),
    ];
    rsx! {
        section { class: "card accept", "aria-labelledby": "accept",
            h2 { id: "accept", tabindex: "-1", {t!("referral-accept-this-referral")} }
            form { method: "post", action, "data-keep": "accept",
                Tiles {
                    legend: t!("referral-you-will-be-there-in"),
                    name: "when",
                    tiles: when,
                    chosen: vec![form.when],
                    error: fault("when"),
                }
                div { class: "at-time",
                    Field { name: "time", label: t!("referral-time"), kind: FieldKind::Time, initial: form.time, error: fault("time") }
                }
                Tiles {
                    legend: t!("referral-you-will-meet"),
                    name: "place",
                    tiles: place,
                    chosen: vec![form.place],
                    layout: TileLayout::Row,
                    error: fault("place"),
                }
                Field {
                    name: "note",
                    label: t!("referral-where-or-a-note"),
                    kind: FieldKind::Long,
                    initial: form.note,
                    hint: t!("referral-stays-with-the-program-the"),
                    error: fault("note"),
                    optional: true,
                    most: MOST_NOTE as u32,
                }
                p { class: "form-state", role: "alert" }
                Button { label: t!("referral-accept"), kind: ButtonKind::Primary, glyph: Glyph::Check, submit: true }
            }
        }
    }
}

#[component]
fn Officer(officer: OfficerView) -> Element {
    rsx! {
        section { class: "card", "aria-labelledby": "officer",
            h2 { id: "officer", {t!("referral-the-officer")} }
            p {
                {officer.name}
                if let Some(unit) = officer.unit {
                    span { class: "quiet", {t!("referral-of-unit", unit = unit)} }
                }
            }
            if let Some(number) = officer.call {
                LinkButton { label: t!("referral-call", number = &number), href: tel(&number), glyph: Glyph::Phone }
            } else {
                p { class: "quiet", {t!("referral-no-number-to-call-was")} }
            }
        }
    }
}

#[component]
pub fn Steps(steps: Vec<Step>) -> Element {
    rsx! {
        section { class: "card", "aria-labelledby": "steps",
            h2 { id: "steps", {t!("referral-so-far")} }
            ol { class: "steps",
                for step in steps {
                    li { key: "{step.at} {step.what}",
                        span { class: "step-at tabular", {step.at} }
                        span { {step.what} }
                    }
                }
            }
        }
    }
}

/// On a phone: a button within reach of the thumb that leads to the form further down.
#[component]
pub fn Jump(label: String, href: String) -> Element {
    rsx! {
        p { class: "jump",
            LinkButton { label, href, kind: ButtonKind::Primary }
        }
    }
}

/// A label and what it says; an empty label continues the line before.
#[component]
pub fn Line(label: String, value: String) -> Element {
    rsx! {
        div { class: "fact",
            dt { {label} }
            dd { {value} }
        }
    }
}
