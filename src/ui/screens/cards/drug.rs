//! Which drug and how much: only when an offence is about drugs.

use crate::domain::codes::DrugClass;
use crate::domain::private::Private;
use crate::ui::form::{Edit, Entered, Field as At};
use crate::ui::parts::{Field, FieldKind, Pick, Tile, Tiles, words as codes};
use crate::ui::screens::card::Card;
use crate::ui::screens::frame::Heading;
use crate::ui::words;
use dioxus::prelude::*;

/// Amounts that one tap enters, in grams.
const TAPS: [&str; 5] = ["0.1", "0.5", "1", "2", "3"];

/// Drug class and grams.
#[component]
pub fn Drug(props: Card) -> Element {
    let onedit = props.onedit;
    let drug = props.form.drug.clone();
    // The field is not bound to its text; a tapped amount opens it anew with that text.
    let mut taps = use_signal(|| 0_u32);
    let classes = DrugClass::ALL.iter().map(|class| tile(*class)).collect::<Vec<_>>();
    rsx! {
        div { class: "ask",
            Heading { text: "Which drug, how much?" }
        }
        div { class: "fields",
            Tiles {
                legend: "Drug",
                name: "drug",
                tiles: classes,
                chosen: drug.class.map(|class| class.code().to_owned()).into_iter().collect::<Vec<_>>(),
                onpick: move |code: String| {
                    DrugClass::from_code(&code).into_iter().for_each(|class| onedit.call(Edit::Drug(class)));
                },
            }
            div { class: "quick", role: "group", "aria-label": "Common amounts",
                for grams in TAPS {
                    button {
                        class: "quick-tap",
                        r#type: "button",
                        "data-chosen": drug.grams.text() == grams,
                        onclick: move |_| {
                            onedit.call(Edit::Type(At::Grams, Private::new(grams.to_owned())));
                            taps += 1;
                        },
                        "{grams} g"
                    }
                }
                button {
                    class: "quick-tap",
                    r#type: "button",
                    "data-chosen": drug.grams == Entered::NotKnown,
                    onclick: move |_| {
                        onedit.call(Edit::NotKnown(At::Grams));
                        taps += 1;
                    },
                    {words::NOT_KNOWN}
                }
            }
            Field {
                key: "grams-{taps}",
                name: "grams",
                label: "Grams",
                kind: FieldKind::Decimal,
                most: 8,
                initial: drug.grams.text().to_owned(),
                error: props.fault(At::Grams),
                oninput: move |text| onedit.call(Edit::Type(At::Grams, Private::new(text))),
            }
            Tiles {
                legend: "How do you know?",
                name: "measured",
                pick: Pick::Many,
                tiles: vec![Tile::new("measured", "Weighed, not estimated")],
                chosen: if drug.measured { vec![String::from("measured")] } else { Vec::new() },
                onpick: move |_| onedit.call(Edit::Measured),
            }
        }
    }
}

/// The longest word does not fit beside its mark on a narrow phone; the street's own short one does.
fn tile(class: DrugClass) -> Tile {
    let word = codes::drug_class(class);
    if class == DrugClass::Methamphetamine {
        return Tile::new(class.code(), "Meth").spoken(word);
    }
    Tile::new(class.code(), word)
}
