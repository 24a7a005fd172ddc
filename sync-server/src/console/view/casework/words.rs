//! The codes of a case in the words of the console.

use chrono::NaiveDate;
use handoff::domain::casework::{
    Area, ArrivalResult, AwayReason, BackReason, Health, Housing, Income, IntakeResult, Level, Manner, NoteKind,
    Reached, Service, StepState, Work,
};

/// A kind of note, as its page and its row are headed.
pub const fn kind(kind: NoteKind) -> &'static str {
    match kind {
        NoteKind::Arrival => "Met or not found",
        NoteKind::Urgent => "Urgent needs",
        NoteKind::Intake => "Intake",
        NoteKind::Needs => "Needs assessment",
        NoteKind::Plan => "Plan",
        NoteKind::Contact => "Contact",
        NoteKind::Outcome => "How they are doing",
        NoteKind::Spell => "Inactive or back",
    }
}

/// What came of going to meet the person.
pub const fn arrival(result: ArrivalResult) -> &'static str {
    match result {
        ArrivalResult::Met => "Met",
        ArrivalResult::NotFound => "Not found",
    }
}

/// What came of an intake.
pub const fn intake(result: IntakeResult) -> &'static str {
    match result {
        IntakeResult::Done => "Done",
        IntakeResult::Missed => "Missed",
    }
}

/// An area of a life.
pub const fn area(area: Area) -> &'static str {
    match area {
        Area::Income => "Money to live on",
        Area::Housing => "Housing",
        Area::Medical => "Medical",
        Area::SubstanceUse => "Substance use",
        Area::MentalHealth => "Mental health",
        Area::Legal => "Legal",
        Area::Identity => "Identity papers",
        Area::Education => "Education",
        Area::Work => "Work",
        Area::Safety => "Safety",
    }
}

/// How much help an area needs.
pub const fn level(level: Level) -> &'static str {
    match level {
        Level::None => "No help now",
        Level::Some => "Some help",
        Level::High => "A lot of help",
    }
}

/// How far a step is.
pub const fn state(state: StepState) -> &'static str {
    match state {
        StepState::Open => "To do",
        StepState::Doing => "Under way",
        StepState::Done => "Done",
        StepState::SetAside => "Set aside",
    }
}

/// A service.
pub const fn service(service: Service) -> &'static str {
    match service {
        Service::Meals => "Meals",
        Service::Shelter => "Shelter",
        Service::Housing => "Housing",
        Service::Medical => "Medical care",
        Service::Treatment => "Treatment",
        Service::MentalHealth => "Mental-health care",
        Service::Income => "Benefits, legal income",
        Service::Documents => "Identity papers",
        Service::Court => "Court",
        Service::Education => "Education",
        Service::Training => "Job training",
        Service::Jobs => "Job placement",
        Service::MicroLoan => "Micro-loan",
        Service::Other => "Another",
    }
}

/// How a contact was made.
pub const fn manner(manner: Manner) -> &'static str {
    match manner {
        Manner::InPerson => "In person",
        Manner::Phone => "By phone",
        Manner::Message => "By message",
        Manner::ThroughSomeone => "Through someone",
    }
}

/// Whether a contact came about.
pub const fn reached(reached: Reached) -> &'static str {
    match reached {
        Reached::Yes => "Spoke with them",
        Reached::No => "Did not reach them",
    }
}

/// Where someone lives.
pub const fn housing(housing: Housing) -> &'static str {
    match housing {
        Housing::Outside => "Outside or in a vehicle",
        Housing::Shelter => "In a shelter",
        Housing::WithSomeone => "With friends or family",
        Housing::ForNow => "A place for now",
        Housing::Own => "A home of their own",
    }
}

/// Whether someone works.
pub const fn work(work: Work) -> &'static str {
    match work {
        Work::None => "Not now",
        Work::Looking => "Looking",
        Work::Training => "School or training",
        Work::Sometimes => "Now and then",
        Work::Regular => "Regularly",
    }
}

/// What someone lives on.
pub const fn income(income: Income) -> &'static str {
    match income {
        Income::None => "Nothing legal",
        Income::Benefits => "Benefits",
        Income::Wages => "Wages",
        Income::Both => "Benefits and wages",
    }
}

/// How someone's health is.
pub const fn health(health: Health) -> &'static str {
    match health {
        Health::Worse => "Worse",
        Health::Same => "The same",
        Health::Better => "Better",
    }
}

/// Why a case goes inactive.
pub const fn away(reason: AwayReason) -> &'static str {
    match reason {
        AwayReason::LostTouch => "Lost touch",
        AwayReason::OwnWish => "Their own wish",
        AwayReason::InCustody => "In custody",
        AwayReason::InCare => "In hospital or care",
        AwayReason::MovedAway => "Moved away",
        AwayReason::Died => "Died",
        AwayReason::Other => "Another reason",
    }
}

/// How a case came back.
pub const fn back(reason: BackReason) -> &'static str {
    match reason {
        BackReason::CameBy => "They came by or called",
        BackReason::Found => "We found them",
        BackReason::Released => "Released from custody or care",
        BackReason::Other => "Another way",
    }
}

/// A day: `1 Jun 2012`.
pub fn day(day: NaiveDate) -> String {
    day.format("%-d %b %Y").to_string()
}

/// That a return to use came up.
pub const RELAPSE: &str = "A return to use came up";
