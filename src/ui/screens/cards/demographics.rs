//! Asked on every decision, so that fairness can be reported; "unknown" is an answer.

use crate::domain::codes::{AgeBand, Race, Sex};
use crate::ui::form::{Edit, Entered, Field as At};
use crate::ui::parts::{Tile, Tiles, words as codes};
use crate::ui::screens::card::Card;
use crate::ui::screens::frame::Heading;
use dioxus::prelude::*;

/// Race, sex, and the age band where the age in years is not known.
#[component]
pub fn DemographicsCard(props: Card) -> Element {
    let onedit = props.onedit;
    let held = &props.form.demographics;
    let one = |code: Option<&'static str>| code.map(str::to_owned).into_iter().collect::<Vec<_>>();
    let age_known = matches!(&props.form.age, Entered::Text(_)) && props.form.age_band().is_some();
    rsx! {
        div { class: "ask",
            Heading { text: "For the report on fairness" }
            p { class: "quiet", "Asked for every decision. As they say it, or as you see it." }
        }
        div { class: "fields compact",
            Tiles {
                legend: "Race or ethnicity",
                name: "race",
                tiles: Race::ALL.iter().map(|race| Tile::new(race.code(), codes::race(*race))).collect::<Vec<_>>(),
                chosen: one(held.race.map(Race::code)),
                error: props.fault(At::Race),
                onpick: move |code: String| Race::from_code(&code).into_iter().for_each(|race| onedit.call(Edit::Race(race))),
            }
            Tiles {
                legend: "Sex",
                name: "sex",
                tiles: Sex::ALL.iter().map(|sex| Tile::new(sex.code(), codes::sex(*sex))).collect::<Vec<_>>(),
                chosen: one(held.sex.map(Sex::code)),
                error: props.fault(At::Sex),
                onpick: move |code: String| Sex::from_code(&code).into_iter().for_each(|sex| onedit.call(Edit::Sex(sex))),
            }
            if !age_known {
                Tiles {
                    legend: "Age",
                    name: "age-band",
                    tiles: AgeBand::ALL.iter().map(|age| Tile::new(age.code(), codes::age_band(*age))).collect::<Vec<_>>(),
                    chosen: one(held.age.map(AgeBand::code)),
                    error: props.fault(At::AgeBand),
                    onpick: move |code: String| AgeBand::from_code(&code).into_iter().for_each(|age| onedit.call(Edit::AgeBand(age))),
                }
            }
        }
    }
}
