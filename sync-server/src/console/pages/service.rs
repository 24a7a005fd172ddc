//! One service: what is known of it, how many places are free, and for those who keep the directory its form.

use super::services::State;
use crate::console::shell::{Crumb, Frame, Live, PageHead, Shell};
use crate::console::view::{FormView, ServiceView, Viewer, casework::words};
use crate::services::MOST_PLACES;
use crate::words::t;
use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use handoff::domain::casework::Service;
use handoff::ui::parts::{Button, ButtonKind, Field, FieldKind, Glyph, Icon, Notice, Tone};

/// The page of a service, or of a new one.
#[component]
pub fn ServicePage(
    viewer: Viewer,
    /// The service; nothing: it is a new one.
    view: Option<ServiceView>,
    /// The form of a new one.
    new: Option<FormView>,
    /// As it was seen by whoever came too late; the page shows both.
    stale: bool,
    /// What is wrong with the number of free places.
    wrong_places: Option<String>,
    now: DateTime<Utc>,
) -> Element {
    let title = view.as_ref().map_or_else(|| String::from(t!("service-a-new-service")), |view| view.row.name.clone());
    let frame = Frame { title: title.clone(), viewer: Some(viewer), live: Live::Form, now: Some(now) };
    let faulty = [&new, &view.as_ref().and_then(|view| view.form.clone())]
        .into_iter()
        .flatten()
        .any(|form| form.fault.is_some());
    rsx! {
        Shell { frame,
            Crumb { href: "/services", label: t!("shell-services") }
            PageHead { title }
            if stale {
                Notice { tone: Tone::Warn, title: t!("service-someone-changed-this-service-before"),
                    p { {t!("service-nothing-of-yours-was-saved")} }
                }
            }
            if faulty || wrong_places.is_some() {
                Notice { tone: Tone::Bad, title: t!("rota-nothing-was-changed"),
                    p { {t!("rota-look-at-what-is-marked")} }
                }
            }
            div { class: "rota",
                if let Some(view) = view {
                    Known { view: view.clone(), wrong_places, stale }
                    if let Some(form) = view.form.clone() {
                        details { class: "card rota-keep", open: stale || faulty,
                            summary { {t!("service-change-what-is-known")} }
                            Form { action: view.row.href.clone(), mark: view.mark.clone(), form }
                        }
                    }
                }
                if let Some(form) = new {
                    section { class: "card", "aria-label": t!("service-what-is-known"),
                        Form { action: "/services", mark: "", form }
                    }
                }
            }
        }
    }
}

#[component]
fn Known(view: ServiceView, wrong_places: Option<String>, stale: bool) -> Element {
    rsx! {
        section { class: "card", "aria-labelledby": "known",
            h2 { id: "known", {view.kind} }
            if !view.active {
                p { class: "hazard", {t!("service-not-to-be-used-now")} }
            }
            State { row: view.row.clone() }
            if !view.hours.is_empty() {
                p { class: "small quiet", {t!("service-hours-are", hours = &view.hours)} }
            }
            if !view.note.is_empty() {
                p { class: "pre", dir: "auto", {view.note.clone()} }
            }
        }
        // What is known now and what was written stand one below the other, with nothing between them.
        if !stale {
            section { class: "card", "aria-labelledby": "free",
                h2 { id: "free", {t!("service-places")} }
                form { method: "post", action: "{view.row.href}/free", "data-keep": "free",
                    input { r#type: "hidden", name: "seen", value: view.mark.clone() }
                    Field {
                        name: "places", label: t!("service-how-many-are-free-now"), kind: FieldKind::Number, most: 6,
                        hint: t!("service-as-they-told-you-when"),
                        error: wrong_places,
                    }
                    p { class: "form-state", role: "alert" }
                    Button { label: t!("note-save"), kind: ButtonKind::Primary, glyph: Glyph::Check, submit: true }
                }
            }
        }
    }
}

#[component]
fn Form(action: String, mark: String, form: FormView) -> Element {
    let fault = form.fault.clone();
    let wrong = move |field: &str| fault.clone().filter(|(of, _)| *of == field).map(|(_, why)| why);
    rsx! {
        form { method: "post", action, "data-keep": "service",
            if !mark.is_empty() {
                input { r#type: "hidden", name: "seen", value: mark }
            }
            div { class: "field",
                label { r#for: "kind", {t!("service-what-is-it-for")} }
                select { id: "kind", name: "kind", "aria-invalid": wrong("kind").map(|_| "true"),
                    option { value: "", {t!("rota-choose")} }
                    for kind in Service::ALL.iter().copied() {
                        option {
                            key: "{kind.code()}", value: kind.code(), selected: if kind.code() == form.kind { "true" },
                            {words::service(kind)}
                        }
                    }
                }
                if let Some(why) = wrong("kind") {
                    p { class: "field-error", role: "alert",
                        Icon { glyph: Glyph::Alert }
                        span { {why} }
                    }
                }
            }
            Field { name: "name", label: t!("release-name"), most: 200, initial: form.name, error: wrong("name") }
            Field { name: "phone", label: t!("service-telephone"), kind: FieldKind::Phone, optional: true, most: 64, initial: form.phone, error: wrong("phone") }
            Field { name: "place", label: t!("service-where-to-go"), optional: true, most: 300, initial: form.place, error: wrong("place") }
            Field {
                name: "hours", label: t!("service-hours"), optional: true, most: 200, initial: form.hours, error: wrong("hours"),
                hint: t!("service-such-as-mo-fr-09"),
            }
            Field {
                name: "capacity", label: t!("service-places-in-all"), kind: FieldKind::Number, optional: true, initial: form.capacity,
                error: wrong("capacity"), hint: t!("service-capacity-hint", n = MOST_PLACES),
            }
            Field { name: "note", label: t!("service-what-to-bring-whom-to"), kind: FieldKind::Long, optional: true, most: 1000, initial: form.note, error: wrong("note") }
            label { class: "check",
                input { r#type: "checkbox", name: "active", value: "on", checked: form.active }
                span { {t!("service-it-may-be-used-now")} }
            }
            p { class: "form-state", role: "alert" }
            Button { label: t!("note-save"), kind: ButtonKind::Primary, glyph: Glyph::Check, submit: true }
        }
    }
}
