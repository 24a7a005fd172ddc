//! The fields of each kind of note.

use crate::console::casework::{NOTHING, Typed};
use crate::console::view::casework::words;
use crate::console::view::codes as shared;
use crate::words::t;
use dioxus::prelude::*;
use handoff::domain::casework::{
    Area, ArrivalResult, AwayReason, BackReason, Health, Housing, Income, IntakeResult, Level, MOST_GOAL, MOST_GOALS,
    MOST_STEP, MOST_STEPS, MOST_WORDS, Manner, NoteFault, NoteKind, Reached, Service, StepState, Work, Wrong,
};
use handoff::domain::codes::Need;
use handoff::ui::parts::{Field, FieldKind, Glyph, Icon, Pick, Tile, Tiles};

/// What is wrong with a form, if anything is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errors(pub Option<NoteFault>);

impl Errors {
    /// Whether anything is wrong.
    pub const fn any(&self) -> bool {
        self.0.is_some()
    }

    /// What is wrong with a field.
    pub fn of(&self, field: &str) -> Option<String> {
        self.0.as_ref().filter(|fault| fault.field == field).map(|fault| wrong(&fault.why))
    }
}

/// A number as both languages write it: `4,000`.
fn grouped(n: usize) -> String {
    if n < 1000 { n.to_string() } else { format!("{},{:03}", n / 1000, n % 1000) }
}

/// What is wrong with a field, in words.
fn wrong(why: &Wrong) -> String {
    let plain = match why {
        Wrong::TooLong(most) => return t!("fault-too-long", n = grouped(*most)),
        Wrong::ToCome => t!("fault-to-come"),
        Wrong::BeforeReferral => t!("fault-before-referral"),
        Wrong::BeforeContact => t!("fault-before-contact"),
        Wrong::TriedMissing => t!("fault-tried-missing"),
        Wrong::NoArea => t!("fault-no-area"),
        Wrong::NoAnswer => t!("fault-no-answer"),
        Wrong::NoGoal => t!("fault-no-goal"),
        Wrong::ManyGoals => t!("fault-many-goals"),
        Wrong::ManySteps => t!("fault-many-steps"),
        Wrong::Blank => t!("fault-blank"),
        Wrong::NoItem => t!("fault-no-item"),
        Wrong::Unsigned => t!("fault-unsigned"),
        Wrong::StatusAlone => t!("fault-status-alone"),
        Wrong::NobodyNamed => t!("fault-nobody-named"),
        Wrong::NamedInVain => t!("fault-named-in-vain"),
        Wrong::NoPurpose => t!("fault-no-purpose"),
        Wrong::NoWitness => t!("fault-no-witness"),
        Wrong::WitnessInVain => t!("fault-witness-in-vain"),
        Wrong::BeforeGiven => t!("fault-before-given"),
        Wrong::Passed => t!("fault-passed"),
        Wrong::Long => t!("fault-long"),
        Wrong::NotChosen => t!("fault-not-chosen"),
        Wrong::NothingUrgent => t!("fault-nothing-urgent"),
        Wrong::UrgentOrNot => t!("fault-urgent-or-not"),
        Wrong::NoLevel => t!("fault-no-level"),
        Wrong::StepsWithoutGoal => t!("fault-steps-without-goal"),
        Wrong::NoDay => t!("fault-no-day"),
        Wrong::NoLastDay => t!("fault-no-last-day"),
        Wrong::NoCount => t!("fault-no-count"),
    };
    String::from(plain)
}

/// The fields of a note.
#[component]
pub fn Fields(kind: NoteKind, away: bool, typed: Typed, errors: Errors) -> Element {
    match kind {
        NoteKind::Arrival => rsx! { Arrival { typed, errors } },
        NoteKind::Urgent => rsx! { Urgent { typed, errors } },
        NoteKind::Intake => rsx! { Intake { typed, errors } },
        NoteKind::Needs => rsx! { Needs { typed, errors } },
        NoteKind::Plan => rsx! { Plan { typed, errors } },
        NoteKind::Contact => rsx! { Contact { typed, errors } },
        NoteKind::Outcome => rsx! { Outcome { typed, errors } },
        NoteKind::Spell => rsx! { Spell { away, typed, errors } },
    }
}

#[component]
fn Arrival(typed: Typed, errors: Errors) -> Element {
    let tiles = tiles(ArrivalResult::ALL, |result| (result.code(), words::arrival(result)));
    rsx! {
        One { field: "result", legend: t!("field-did-you-meet"), tiles, typed: typed.clone(), errors: errors.clone() }
        Day { label: t!("line-day"), typed: typed.clone(), errors: errors.clone() }
        Words {
            label: t!("field-what-you-agreed-or-what"),
            hint: t!("field-if-not-found-where-you"),
            typed,
            errors,
        }
    }
}

#[component]
fn Urgent(typed: Typed, errors: Errors) -> Element {
    let mut tiles = tiles(Need::ALL, |need| (need.code(), shared::need(need)));
    tiles.push(Tile::new(NOTHING, t!("field-nothing-is-urgent")));
    rsx! {
        Tiles {
            legend: t!("field-what-cannot-wait"),
            name: "needs",
            tiles,
            chosen: typed.all("needs"),
            pick: Pick::Many,
            error: errors.of("needs"),
        }
        Words { label: t!("field-what-was-done-about-it"), typed, errors }
    }
}

#[component]
fn Intake(typed: Typed, errors: Errors) -> Element {
    let tiles = tiles(IntakeResult::ALL, |result| (result.code(), words::intake(result)));
    rsx! {
        One { field: "result", legend: t!("field-the-intake-was"), tiles, typed: typed.clone(), errors: errors.clone() }
        Day { label: t!("line-day"), typed: typed.clone(), errors: errors.clone() }
        Words { label: t!("line-notes"), hint: t!("field-if-missed-another-day-is"), typed, errors }
    }
}

#[component]
fn Needs(typed: Typed, errors: Errors) -> Element {
    rsx! {
        p { class: "quiet", {t!("field-ask-what-fits-today-what")} }
        for area in Area::ALL.iter().copied() {
            div { key: "{area.code()}", class: "part",
                Maybe {
                    field: area.code(),
                    legend: words::area(area),
                    tiles: tiles(Level::ALL, |level| (level.code(), words::level(level))),
                    typed: typed.clone(),
                    errors: errors.clone(),
                }
                Field {
                    name: "{area.code()}_words",
                    label: t!("field-in-words"),
                    kind: FieldKind::Long,
                    initial: typed.one(&format!("{}_words", area.code())),
                    error: errors.of(&format!("{}_words", area.code())),
                    optional: true,
                    most: MOST_WORDS as u32,
                }
            }
        }
    }
}

#[component]
fn Plan(typed: Typed, errors: Errors) -> Element {
    let goals = (typed.goals() + 1).min(MOST_GOALS);
    rsx! {
        p { class: "quiet", {t!("field-what-they-want-as-they")} }
        for g in 1..=goals {
            div { key: "{g}", class: "part",
                Field {
                    name: "g{g}",
                    label: t!("field-goal", n = g),
                    kind: FieldKind::Long,
                    initial: typed.one(&format!("g{g}")),
                    error: errors.of(&format!("g{g}")),
                    optional: g > 1,
                    most: MOST_GOAL as u32,
                }
                for s in 1..=(typed.steps(g) + 2).min(MOST_STEPS) {
                    Step { key: "{s}", field: "g{g}s{s}", label: t!("field-step", n = s), typed: typed.clone(), errors: errors.clone() }
                }
            }
        }
    }
}

#[component]
fn Step(field: String, label: String, typed: Typed, errors: Errors) -> Element {
    let (state, service, due) = (format!("{field}_state"), format!("{field}_service"), format!("{field}_due"));
    let states = choices(StepState::ALL, |state| (state.code(), words::state(state)));
    let services = choices(Service::ALL, |service| (service.code(), words::service(service)));
    let services = [(String::new(), String::from(t!("field-none")))].into_iter().chain(services).collect::<Vec<_>>();
    rsx! {
        div { class: "step-row",
            Field {
                name: field.clone(),
                label: label.clone(),
                initial: typed.one(&field),
                error: errors.of(&field),
                optional: true,
                most: MOST_STEP as u32,
            }
            Choose { name: state.clone(), label: t!("field-step-state", step = &label), choices: states, chosen: typed.one(&state), error: errors.of(&state) }
            Choose { name: service.clone(), label: t!("field-step-service", step = &label), choices: services, chosen: typed.one(&service), error: errors.of(&service) }
            Field {
                name: due.clone(),
                label: t!("field-step-due", step = &label),
                kind: FieldKind::Date,
                initial: typed.one(&due),
                error: errors.of(&due),
                optional: true,
            }
        }
    }
}

#[component]
fn Contact(typed: Typed, errors: Errors) -> Element {
    let manner = tiles(Manner::ALL, |manner| (manner.code(), words::manner(manner)));
    let reached = tiles(Reached::ALL, |reached| (reached.code(), words::reached(reached)));
    rsx! {
        One { field: "manner", legend: t!("line-how"), tiles: manner, typed: typed.clone(), errors: errors.clone() }
        One { field: "reached", legend: t!("line-what-came-of-it"), tiles: reached, typed: typed.clone(), errors: errors.clone() }
        Day { label: t!("line-day"), typed: typed.clone(), errors: errors.clone() }
        Field {
            name: "promised",
            label: t!("field-you-promised-to-be-in"),
            kind: FieldKind::Date,
            initial: typed.one("promised"),
            error: errors.of("promised"),
            optional: true,
        }
        Relapse { typed: typed.clone() }
        Words { label: t!("field-what-was-said-or-agreed"), typed, errors }
    }
}

#[component]
fn Outcome(typed: Typed, errors: Errors) -> Element {
    let housing = tiles(Housing::ALL, |housing| (housing.code(), words::housing(housing)));
    let work = tiles(Work::ALL, |work| (work.code(), words::work(work)));
    let income = tiles(Income::ALL, |income| (income.code(), words::income(income)));
    let health = tiles(Health::ALL, |health| (health.code(), words::health(health)));
    let count = |field: &'static str| (field, String::from(typed.one(field)), errors.of(field));
    let counts = [
        (t!("field-arrests-since-last-time"), count("arrests")),
        (t!("field-felony-charges-since-last-time"), count("felonies")),
        (t!("field-misdemeanour-charges-since-last-time"), count("misdemeanours")),
    ];
    rsx! {
        p { class: "quiet", {t!("field-as-they-or-others-report")} }
        Maybe { field: "housing", legend: t!("field-where-they-live"), tiles: housing, typed: typed.clone(), errors: errors.clone() }
        Maybe { field: "work", legend: t!("note-work"), tiles: work, typed: typed.clone(), errors: errors.clone() }
        Maybe { field: "income", legend: t!("field-income-and-benefits"), tiles: income, typed: typed.clone(), errors: errors.clone() }
        Maybe { field: "health", legend: t!("field-health-against-the-time-before"), tiles: health, typed: typed.clone(), errors: errors.clone() }
        for (label, (name, initial, error)) in counts {
            Field { key: "{name}", name, label, kind: FieldKind::Number, initial, error, optional: true }
        }
        Day { label: t!("line-as-of"), typed: typed.clone(), errors: errors.clone() }
        Relapse { typed: typed.clone() }
        Words { label: t!("line-notes"), typed, errors }
    }
}

#[component]
fn Spell(away: bool, typed: Typed, errors: Errors) -> Element {
    let (turn, legend, reasons) = match away {
        true => ("back", t!("field-how-they-came-back"), tiles(BackReason::ALL, |why| (why.code(), words::back(why)))),
        false => ("away", t!("ladder-why"), tiles(AwayReason::ALL, |why| (why.code(), words::away(why)))),
    };
    rsx! {
        if !away {
            p { class: "quiet", {t!("field-nothing-ends-by-this-the")} }
        }
        input { r#type: "hidden", name: "turn", value: turn }
        One { field: "reason", legend, tiles: reasons, typed: typed.clone(), errors: errors.clone() }
        Day { label: t!("line-day"), typed: typed.clone(), errors: errors.clone() }
        Words { label: t!("line-notes"), typed, errors }
    }
}

/// A choice of one.
#[component]
pub fn One(field: String, legend: String, tiles: Vec<Tile>, typed: Typed, errors: Errors) -> Element {
    let (chosen, error) = (typed.all(&field), errors.of(&field));
    rsx! {
        Tiles { legend, name: field, tiles, chosen, error }
    }
}

/// As [`One`], of a question that may stay open: a choice can be taken back.
#[component]
fn Maybe(field: String, legend: String, tiles: Vec<Tile>, typed: Typed, errors: Errors) -> Element {
    let (chosen, error) = (vec![String::from(typed.one(&field))], errors.of(&field));
    let tiles: Vec<_> = tiles.into_iter().chain([Tile::new("", t!("field-not-asked"))]).collect();
    rsx! {
        Tiles { legend, name: field, tiles, chosen, error }
    }
}

#[component]
fn Day(label: String, typed: Typed, errors: Errors) -> Element {
    rsx! {
        Field { name: "on", label, kind: FieldKind::Date, initial: typed.one("on"), error: errors.of("on") }
    }
}

#[component]
fn Words(label: String, hint: Option<String>, typed: Typed, errors: Errors) -> Element {
    rsx! {
        Field {
            name: "words",
            label,
            kind: FieldKind::Long,
            initial: typed.one("words"),
            hint,
            error: errors.of("words"),
            optional: true,
            most: MOST_WORDS as u32,
        }
    }
}

#[component]
fn Relapse(typed: Typed) -> Element {
    rsx! {
        Tiles {
            legend: t!("field-to-be-remembered"),
            name: "relapse",
            tiles: vec![Tile::new("yes", words::relapse()).with_hint(t!("field-it-changes-nothing-about-the"))],
            chosen: typed.all("relapse"),
            pick: Pick::Many,
        }
    }
}

/// A choice of one in a closed list, where there is no room for tiles.
#[component]
fn Choose(
    name: String,
    label: String,
    choices: Vec<(String, String)>,
    chosen: String,
    error: Option<String>,
) -> Element {
    let invalid = error.is_some().then_some("true");
    rsx! {
        div { class: "field",
            label { r#for: name.clone(), {label} }
            select { id: name.clone(), name, "aria-invalid": invalid,
                for (code, word) in choices {
                    option { key: "{code}", value: code.clone(), selected: code == chosen, {word} }
                }
            }
            if let Some(error) = error {
                p { class: "field-error", role: "alert",
                    Icon { glyph: Glyph::Alert }
                    span { {error} }
                }
            }
        }
    }
}

fn choices<T: Copy>(all: &[T], told: impl Fn(T) -> (&'static str, &'static str)) -> Vec<(String, String)> {
    let told = |one: &T| told(*one);
    all.iter().map(told).map(|(code, word)| (String::from(code), String::from(word))).collect()
}

/// A tile for each code.
pub fn tiles<T: Copy>(all: &[T], told: impl Fn(T) -> (&'static str, &'static str)) -> Vec<Tile> {
    let told = |one: &T| told(*one);
    all.iter().map(told).map(|(code, word)| Tile::new(code, word)).collect()
}
