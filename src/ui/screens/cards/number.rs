//! One number, or "not known".

use crate::domain::private::Private;
use crate::ui::flow::Step;
use crate::ui::form::{Edit, Entered, Field as At};
use crate::ui::parts::{Field, FieldKind};
use crate::ui::screens::card::Card;
use crate::ui::screens::frame::{Answer, Heading};
use crate::ui::words;
use dioxus::prelude::*;

/// Age, months of residence, or earlier diversions.
#[component]
pub fn Number(props: Card) -> Element {
    let onedit = props.onedit;
    let (at, title, hint, held) = if props.form.step == Step::Residency {
        (At::Residency, "How long have they lived here?", "In whole months", &props.form.residency)
    } else if props.form.step == Step::PriorDiversions {
        (At::PriorDiversions, "How many earlier diversions?", "As records show", &props.form.prior_diversions)
    } else {
        (At::Age, "How old are they?", "As they say, or as you judge", &props.form.age)
    };
    rsx! {
        div { class: "ask",
            Heading { text: title }
            p { class: "quiet", {hint} }
        }
        div { class: "fields at-thumb",
            Field {
                name: "number",
                label: words::field(at),
                kind: FieldKind::Number,
                most: 4,
                initial: held.text().to_owned(),
                error: props.fault(at),
                oninput: move |text| onedit.call(Edit::Type(at, Private::new(text))),
            }
            Answer {
                label: words::NOT_KNOWN,
                chosen: *held == Entered::NotKnown,
                onclick: move |()| onedit.call(Edit::NotKnown(at)),
            }
        }
    }
}
