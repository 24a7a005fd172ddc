//! The person who accepted: who they are, how to find them, what they need. Only after their yes.

use crate::domain::codes::Need;
use crate::domain::private::Private;
use crate::ui::form::{Edit, Field as At};
use crate::ui::parts::{Field, FieldKind, Pick, Tile, Tiles, words as codes};
use crate::ui::screens::card::Card;
use crate::ui::screens::frame::Heading;
use dioxus::prelude::*;

/// Languages that one tap enters.
const LANGUAGES: [&str; 2] = ["English", "Spanish"];

/// Name, date of birth, language.
#[component]
pub fn PersonCard(props: Card) -> Element {
    let onedit = props.onedit;
    let person = props.form.person.clone();
    let mut taps = use_signal(|| 0_u32);
    let tapped = LANGUAGES.contains(&person.language.as_str());
    rsx! {
        div { class: "ask",
            Heading { text: "Who is it?" }
        }
        div { class: "fields",
            Field {
                name: "name",
                label: "Name or alias",
                most: 200,
                initial: person.name.reveal().clone(),
                error: props.fault(At::Name),
                oninput: move |text| onedit.call(Edit::Type(At::Name, Private::new(text))),
            }
            Field {
                name: "born",
                label: "Date of birth",
                hint: "Such as 05/17/1990",
                kind: FieldKind::Number,
                optional: true,
                most: 10,
                initial: person.born.reveal().clone(),
                error: props.fault(At::Born),
                oninput: move |text| onedit.call(Edit::Type(At::Born, Private::new(text))),
            }
            Tiles {
                legend: "Language they speak best",
                name: "language",
                tiles: LANGUAGES.map(|language| Tile::new(language, language)).to_vec(),
                chosen: vec![person.language.clone()],
                onpick: move |language| {
                    onedit.call(Edit::Type(At::Language, Private::new(language)));
                    taps += 1;
                },
            }
            Field {
                key: "language-{taps}",
                name: "other-language",
                label: "Another language",
                optional: true,
                most: 60,
                initial: if tapped { String::new() } else { person.language.clone() },
                error: props.fault(At::Language),
                oninput: move |text| onedit.call(Edit::Type(At::Language, Private::new(text))),
            }
        }
    }
}

/// How to find the person, and how the case manager calls the officer back.
#[component]
pub fn ReachCard(props: Card) -> Element {
    let onedit = props.onedit;
    rsx! {
        div { class: "ask",
            Heading { text: "How do we find them?" }
        }
        div { class: "fields",
            Field {
                name: "reach",
                label: "How to find them",
                hint: "A number, a corner, a friend, a shelter",
                kind: FieldKind::Long,
                most: 1000,
                initial: props.form.person.reach.reveal().clone(),
                error: props.fault(At::Reach),
                oninput: move |text| onedit.call(Edit::Type(At::Reach, Private::new(text))),
            }
            Field {
                name: "call-back",
                label: "Your call-back number",
                hint: "For the case manager, tonight",
                kind: FieldKind::Phone,
                optional: true,
                most: 200,
                initial: props.form.call_back.reveal().clone(),
                error: props.fault(At::CallBack),
                oninput: move |text| onedit.call(Edit::Type(At::CallBack, Private::new(text))),
            }
        }
    }
}

/// Needs and hazards.
#[component]
pub fn NeedsCard(props: Card) -> Element {
    let onedit = props.onedit;
    let person = &props.form.person;
    rsx! {
        div { class: "ask",
            Heading { text: "What do they need tonight?" }
        }
        div { class: "fields",
            Tiles {
                legend: "Needs",
                name: "need",
                pick: Pick::Many,
                tiles: Need::ALL.iter().map(|need| Tile::new(need.code(), codes::need(*need))).collect::<Vec<_>>(),
                chosen: person.needs.iter().map(|need| need.code().to_owned()).collect::<Vec<_>>(),
                onpick: move |code: String| Need::from_code(&code).into_iter().for_each(|need| onedit.call(Edit::Need(need))),
            }
            Field {
                name: "hazards",
                label: "Hazards",
                hint: "What to know before walking up: a dog, a weapon seen, an illness",
                optional: true,
                most: 1000,
                initial: person.hazards.reveal().clone(),
                error: props.fault(At::Hazards),
                oninput: move |text| onedit.call(Edit::Type(At::Hazards, Private::new(text))),
            }
        }
    }
}
