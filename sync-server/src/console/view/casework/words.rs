//! The codes of a case in the words of the console.

use crate::words::t;
use handoff::domain::casework::{
    Area, ArrivalResult, AwayReason, BackReason, Health, Housing, Income, IntakeResult, Level, Manner, NoteKind,
    Reached, Service, StepState, Work,
};

/// A kind of note, as its page and its row are headed.
pub fn kind(kind: NoteKind) -> &'static str {
    match kind {
        NoteKind::Arrival => t!("note-met-or-not-found"),
        NoteKind::Urgent => t!("note-urgent-needs"),
        NoteKind::Intake => t!("note-intake"),
        NoteKind::Needs => t!("note-needs-assessment"),
        NoteKind::Plan => t!("note-plan"),
        NoteKind::Contact => t!("note-contact"),
        NoteKind::Outcome => t!("note-how-they-are-doing"),
        NoteKind::Spell => t!("note-inactive-or-back"),
    }
}

/// What came of going to meet the person.
pub fn arrival(result: ArrivalResult) -> &'static str {
    match result {
        ArrivalResult::Met => t!("note-met"),
        ArrivalResult::NotFound => t!("note-not-found"),
    }
}

/// What came of an intake.
pub fn intake(result: IntakeResult) -> &'static str {
    match result {
        IntakeResult::Done => t!("note-done"),
        IntakeResult::Missed => t!("note-missed"),
    }
}

/// An area of a life.
pub fn area(area: Area) -> &'static str {
    match area {
        Area::Income => t!("note-money-to-live-on"),
        Area::Housing => t!("note-housing"),
        Area::Medical => t!("note-medical"),
        Area::SubstanceUse => t!("note-substance-use"),
        Area::MentalHealth => t!("note-mental-health"),
        Area::Legal => t!("note-legal"),
        Area::Identity => t!("note-identity-papers"),
        Area::Education => t!("note-education"),
        Area::Work => t!("note-work"),
        Area::Safety => t!("note-safety"),
    }
}

/// How much help an area needs.
pub fn level(level: Level) -> &'static str {
    match level {
        Level::None => t!("note-no-help-now"),
        Level::Some => t!("note-some-help"),
        Level::High => t!("note-a-lot-of-help"),
    }
}

/// How far a step is.
pub fn state(state: StepState) -> &'static str {
    match state {
        StepState::Open => t!("note-to-do"),
        StepState::Doing => t!("note-under-way"),
        StepState::Done => t!("note-done"),
        StepState::SetAside => t!("note-set-aside"),
    }
}

/// A service.
pub fn service(service: Service) -> &'static str {
    match service {
        Service::Meals => t!("note-meals"),
        Service::Shelter => t!("codes-shelter"),
        Service::Housing => t!("note-housing"),
        Service::Medical => t!("codes-medical-care"),
        Service::Treatment => t!("note-treatment"),
        Service::MentalHealth => t!("note-mental-health-care"),
        Service::Income => t!("note-benefits-legal-income"),
        Service::Documents => t!("note-identity-papers"),
        Service::Court => t!("note-court"),
        Service::Education => t!("note-education"),
        Service::Training => t!("note-job-training"),
        Service::Jobs => t!("note-job-placement"),
        Service::MicroLoan => t!("note-micro-loan"),
        Service::Other => t!("codes-another"),
    }
}

/// How a contact was made.
pub fn manner(manner: Manner) -> &'static str {
    match manner {
        Manner::InPerson => t!("note-in-person"),
        Manner::Phone => t!("note-by-phone"),
        Manner::Message => t!("note-by-message"),
        Manner::ThroughSomeone => t!("note-through-someone"),
    }
}

/// Whether a contact came about.
pub fn reached(reached: Reached) -> &'static str {
    match reached {
        Reached::Yes => t!("note-spoke-with-them"),
        Reached::No => t!("note-did-not-reach-them"),
    }
}

/// Where someone lives.
pub fn housing(housing: Housing) -> &'static str {
    match housing {
        Housing::Outside => t!("note-outside-or-in-a-vehicle"),
        Housing::Shelter => t!("note-in-a-shelter"),
        Housing::WithSomeone => t!("note-with-friends-or-family"),
        Housing::ForNow => t!("note-a-place-for-now"),
        Housing::Own => t!("note-a-home-of-their-own"),
    }
}

/// Whether someone works.
pub fn work(work: Work) -> &'static str {
    match work {
        Work::None => t!("note-not-now"),
        Work::Looking => t!("note-looking"),
        Work::Training => t!("note-school-or-training"),
        Work::Sometimes => t!("note-now-and-then"),
        Work::Regular => t!("note-regularly"),
    }
}

/// What someone lives on.
pub fn income(income: Income) -> &'static str {
    match income {
        Income::None => t!("note-nothing-legal"),
        Income::Benefits => t!("note-benefits"),
        Income::Wages => t!("note-wages"),
        Income::Both => t!("note-benefits-and-wages"),
    }
}

/// How someone's health is.
pub fn health(health: Health) -> &'static str {
    match health {
        Health::Worse => t!("note-worse"),
        Health::Same => t!("note-the-same"),
        Health::Better => t!("note-better"),
    }
}

/// Why a case goes inactive.
pub fn away(reason: AwayReason) -> &'static str {
    match reason {
        AwayReason::LostTouch => t!("note-lost-touch"),
        AwayReason::OwnWish => t!("note-their-own-wish"),
        AwayReason::InCustody => t!("note-in-custody"),
        AwayReason::InCare => t!("note-in-hospital-or-care"),
        AwayReason::MovedAway => t!("note-moved-away"),
        AwayReason::Died => t!("note-died"),
        AwayReason::Other => t!("codes-another-reason"),
    }
}

/// How a case came back.
pub fn back(reason: BackReason) -> &'static str {
    match reason {
        BackReason::CameBy => t!("note-they-came-by-or-called"),
        BackReason::Found => t!("note-we-found-them"),
        BackReason::Released => t!("note-released-from-custody-or-care"),
        BackReason::Other => t!("note-another-way"),
    }
}

/// That a return to use came up.
pub fn relapse() -> &'static str {
    t!("note-relapse")
}
