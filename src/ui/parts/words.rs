//! The words of the fixed codes, the same on the phone and in the console. Words of one screen live
//! with that screen.

use crate::domain::afterwards::{AmendmentCause, HandOffOutcome, HandOffStep, WithdrawalReason};
use crate::domain::codes::{
    AgeBand, Choice, ConsentManner, Containment, Door, DrugClass, Need, Outcome, Race, Reason, SceneOutcome, Sex,
    Verdict, YesNo,
};

/// A verdict.
pub const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Eligible => "Eligible",
        Verdict::Barred => "Barred",
        Verdict::NeedsSupervisor => "Needs a supervisor",
    }
}

/// The outcome of one rule.
pub const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "Passes",
        Outcome::Bars => "Bars",
        Outcome::NeedsSupervisor => "Needs a supervisor",
        Outcome::Unknown => "Unknown",
    }
}

/// Where a fix lies.
pub const fn containment(containment: Containment) -> &'static str {
    match containment {
        Containment::Inside => "Inside",
        Containment::Outside => "Outside",
        Containment::Unsure => "Unsure",
    }
}

/// A door into the program.
pub const fn door(door: Door) -> &'static str {
    match door {
        Door::Arrest => "Arrest",
        Door::SocialContact => "Social contact",
    }
}

/// What was decided.
pub const fn choice(choice: Choice) -> &'static str {
    match choice {
        Choice::OfferedAccepted => "Offered and accepted",
        Choice::OfferedDeclined => "Offered and declined",
        Choice::NotOffered => "Not offered",
    }
}

/// What became of the person at the scene.
pub const fn scene_outcome(outcome: SceneOutcome) -> &'static str {
    match outcome {
        SceneOutcome::Diverted => "Diverted",
        SceneOutcome::Booked => "Booked",
        SceneOutcome::Released => "Released",
    }
}

/// Why an offer was not made or not taken.
pub const fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::RulesBar => "The rules bar it",
        Reason::NotInterested => "Not interested now",
        Reason::NotAbleNow => "Too unwell to be asked",
        Reason::NoCaseManager => "No case manager could come",
        Reason::SafetyConcern => "Someone would be in danger",
        Reason::WarrantOrHold => "Warrant or another hold",
        Reason::CalledAway => "Called away",
        Reason::WantsLawyer => "Wants a lawyer first",
        Reason::Other => "Another reason",
    }
}

/// A step of the hand-off.
pub const fn hand_off_step(step: HandOffStep) -> &'static str {
    match step {
        HandOffStep::Called => "Case manager called",
        HandOffStep::Answered => "They answered",
        HandOffStep::NoAnswer => "No answer",
        HandOffStep::Arrived => "Case manager on scene",
        HandOffStep::Outcome => "Hand-off ended",
    }
}

/// How a hand-off ended.
pub const fn hand_off_outcome(outcome: HandOffOutcome) -> &'static str {
    match outcome {
        HandOffOutcome::Met => "They met",
        HandOffOutcome::NotMet => "They did not meet",
        HandOffOutcome::Left => "The person left",
        HandOffOutcome::BookedAfterAll => "Booked after all",
    }
}

/// Why a record is amended.
pub const fn amendment_cause(cause: AmendmentCause) -> &'static str {
    match cause {
        AmendmentCause::LateFix => "Late position",
        AmendmentCause::Correction => "Correction",
    }
}

/// Why a referral is taken back.
pub const fn withdrawal_reason(reason: WithdrawalReason) -> &'static str {
    match reason {
        WithdrawalReason::RecordedInError => "Recorded in error",
        WithdrawalReason::ChangedMind => "The person changed their mind",
        WithdrawalReason::BookedAfterAll => "Booked after all",
        WithdrawalReason::ConsentWithdrawn => "They no longer agree to sharing",
        WithdrawalReason::Other => "Another reason",
    }
}

/// Race or ethnicity.
pub const fn race(race: Race) -> &'static str {
    match race {
        Race::Native => "American Indian or Alaska Native",
        Race::Asian => "Asian",
        Race::Black => "Black",
        Race::Latino => "Hispanic or Latino",
        Race::MiddleEastern => "Middle Eastern or North African",
        Race::PacificIslander => "Pacific Islander",
        Race::White => "White",
        Race::Several => "More than one",
        Race::Unknown => "Unknown",
    }
}

/// Sex.
pub const fn sex(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "Female",
        Sex::Male => "Male",
        Sex::Other => "Another",
        Sex::Unknown => "Unknown",
    }
}

/// Age band.
pub const fn age_band(age: AgeBand) -> &'static str {
    match age {
        AgeBand::Under18 => "Under 18",
        AgeBand::From18 => "18 to 24",
        AgeBand::From25 => "25 to 34",
        AgeBand::From35 => "35 to 44",
        AgeBand::From45 => "45 to 54",
        AgeBand::From55 => "55 and over",
        AgeBand::Unknown => "Unknown",
    }
}

/// A need.
pub const fn need(need: Need) -> &'static str {
    match need {
        Need::Food => "Food",
        Need::Shelter => "Shelter",
        Need::Medical => "Medical care",
        Need::Withdrawal => "Withdrawal",
        Need::Safety => "Safety from someone",
        Need::Clothing => "Dry clothes",
    }
}

/// How consent was given.
pub const fn consent_manner(manner: ConsentManner) -> &'static str {
    match manner {
        ConsentManner::Spoken => "Spoken",
        ConsentManner::Written => "In writing",
        ConsentManner::Interpreter => "Through an interpreter",
    }
}

/// A class of drug.
pub const fn drug_class(class: DrugClass) -> &'static str {
    match class {
        DrugClass::Heroin => "Heroin",
        DrugClass::Fentanyl => "Fentanyl",
        DrugClass::Cocaine => "Cocaine",
        DrugClass::Methamphetamine => "Methamphetamine",
        DrugClass::PrescriptionOpiate => "Prescription opiate",
        DrugClass::Cannabis => "Cannabis",
        DrugClass::Other => "Other or not known",
    }
}

/// An answer.
pub const fn yes_no(answer: YesNo) -> &'static str {
    match answer {
        YesNo::Yes => "Yes",
        YesNo::No => "No",
        YesNo::Unknown => "Unknown",
    }
}

/// An offence, by its code. A pack's own offence shows its code with spaces.
pub fn offence(code: &str) -> String {
    let words = match code {
        "drug_possession" => "Drug possession",
        "drug_delivery" => "Drug delivery or intent",
        "prostitution" => "Prostitution",
        "public_drug_use" => "Public drug use",
        "theft" => "Theft",
        "trespass" => "Trespass",
        "transit_misconduct" => "Transit misconduct",
        "park_violation" => "Park violation",
        other => return spaced(other),
    };
    String::from(words)
}

/// A group of convictions, by its code.
pub fn history_group(code: &str) -> String {
    let words = match code {
        "robbery_1" => "Robbery 1",
        "robbery_2" => "Robbery 2",
        "assault_1" => "Assault 1",
        "assault_2" => "Assault 2",
        "assault_3" => "Assault 3",
        "firearm_1" => "Unlawful firearm 1",
        "firearm_2" => "Unlawful firearm 2",
        "sex_offence" => "Sex offence",
        other => return spaced(other),
    };
    String::from(words)
}

/// A rule of a pack, by its id.
pub fn rule(id: &str) -> String {
    let words = match id {
        "zone" => "Program area",
        "offence" => "Offence",
        "grams" => "Amount of drugs",
        "age" => "Age",
        "history_life" => "Convictions at any time",
        "prior_involvement" => "Earlier involvement here",
        "window" => "Service hours",
        "residency" => "Residence",
        "prior_diversions" => "Earlier diversions",
        "amenable" => "Open to diversion",
        "dealing_above_subsistence" => "Dealing above subsistence",
        "exploits_minors" => "Exploits minors or others",
        "promoting_prostitution" => "Promoting prostitution",
        "specialty_court_pending" => "Pending drug or mental health court case",
        "threat_of_harm" => "Threat of harm to others",
        "interested" => "Interested",
        "no_contact_order" => "No-contact order with a participant",
        "victim_consents" => "Victim consents",
        other => return rule_with_years(other),
    };
    String::from(words)
}

fn rule_with_years(id: &str) -> String {
    match id.strip_prefix("history_").and_then(|rest| rest.strip_suffix('y')) {
        Some(years) => format!("Convictions within {years} years"),
        None => spaced(id),
    }
}

/// A code as words: spaces for underscores and dashes, a capital first.
pub fn spaced(code: &str) -> String {
    capital(&code.replace(['_', '-'], " "))
}

/// A text with a capital first.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
