//! The cards of the encounter, one question each.

mod choice;
mod demographics;
mod divergence;
mod drug;
mod history;
mod number;
mod offences;
mod person;
mod place;
mod prior;
mod review;
mod verdict;

pub use review::ReviewLine;

use super::card::Card;
use crate::ui::flow::Step;
use crate::ui::form::Checked;
use dioxus::prelude::*;

/// The open card.
#[component]
pub fn CardBody(props: Card) -> Element {
    let card = props;
    match &card.form.step {
        Step::Door | Step::Question(_) | Step::Reason | Step::Outcome | Step::Consent => {
            rsx! { choice::ChoiceCard { ..card } }
        }
        Step::History if card.form.history.checked == Some(Checked::Found) => rsx! { history::Convictions { ..card } },
        Step::History => rsx! { choice::ChoiceCard { ..card } },
        Step::Offences => rsx! { offences::Offences { ..card } },
        Step::Drug => rsx! { drug::Drug { ..card } },
        Step::Place => rsx! { place::Place { ..card } },
        Step::Prior => rsx! { prior::Prior { ..card } },
        Step::Age | Step::Residency | Step::PriorDiversions => rsx! { number::Number { ..card } },
        Step::Verdict => rsx! { verdict::VerdictCard { ..card } },
        Step::Divergence => rsx! { divergence::DivergenceCard { ..card } },
        Step::Person => rsx! { person::PersonCard { ..card } },
        Step::Reach => rsx! { person::ReachCard { ..card } },
        Step::Needs => rsx! { person::NeedsCard { ..card } },
        Step::Demographics => rsx! { demographics::DemographicsCard { ..card } },
        Step::Review => rsx! { review::ReviewCard { ..card } },
    }
}
