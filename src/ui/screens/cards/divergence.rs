//! A supervisor's word for a decision against the verdict.

use crate::domain::private::Private;
use crate::ui::form::{Edit, Field as At};
use crate::ui::parts::{Field, FieldKind};
use crate::ui::screens::card::Card;
use crate::ui::screens::frame::Heading;
use dioxus::prelude::*;

/// Who said so, and why. The sergeant confirms it later.
#[component]
pub fn DivergenceCard(props: Card) -> Element {
    let onedit = props.onedit;
    rsx! {
        div { class: "ask",
            Heading { text: "Who approved this?" }
            p { class: "quiet", "Your decision departs from the verdict. The sergeant confirms it later in the log." }
        }
        div { class: "fields",
            Field {
                name: "supervisor",
                label: "Supervisor's name",
                most: 120,
                initial: props.form.divergence.supervisor.clone(),
                error: props.fault(At::Supervisor),
                oninput: move |text| onedit.call(Edit::Type(At::Supervisor, Private::new(text))),
            }
            Field {
                name: "why-diverge",
                label: "Reason",
                hint: "Say what the rules do not see. No names.",
                kind: FieldKind::Long,
                most: 1000,
                initial: props.form.divergence.reason.clone(),
                error: props.fault(At::WhyDiverge),
                oninput: move |text| onedit.call(Edit::Type(At::WhyDiverge, Private::new(text))),
            }
        }
    }
}
