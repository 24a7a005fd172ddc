//! Every sentence of the officer's app, in one place. Words of the fixed codes are shared with the
//! console: [`parts::words`](super::parts::words).

use super::form::{Checked, Field, Known, Why};
use super::parts::words as codes;
use crate::domain::afterwards::HandOffStep;
use crate::domain::codes::{Door, Reason};
use crate::domain::facts::Basis;

/// The app's name.
pub const APP: &str = "Handoff";
/// Goes on to the next card.
pub const CONTINUE: &str = "Continue";
/// Goes back one card.
pub const BACK: &str = "Back";
/// Leaves the encounter; the draft stays.
pub const CLOSE: &str = "Close, keep draft";
/// Commits the record.
pub const SAVE: &str = "Save";
/// A number that nobody can give.
pub const NOT_KNOWN: &str = "Not known";
/// Opens the telephone.
pub const CALL: &str = "Call";
/// Puts the number on the clipboard.
pub const COPY: &str = "Copy number";
/// Opens the list of who is on call.
pub const ON_CALL: &str = "On call, next 72 hours";
/// The rota has a gap now.
pub const NOBODY_ON_CALL: &str = "Nobody is on call now";
/// Opens a new encounter.
pub const NEW_ENCOUNTER: &str = "New encounter";
/// To the list.
pub const TO_LIST: &str = "Done";
/// After a refused consent.
pub const RECORD_DECLINED: &str = "Record as declined";

/// The line under a door.
pub const fn door_hint(door: Door) -> &'static str {
    match door {
        Door::Arrest => "You have probable cause and could book",
        Door::SocialContact => "No arrest; high risk of one",
    }
}

/// What the records check gave.
pub const fn checked(checked: Checked) -> (&'static str, &'static str) {
    match checked {
        Checked::Clear => ("Checked, nothing found", "No conviction that counts here"),
        Checked::Found => ("Checked, convictions found", "Add each one with its date"),
        Checked::NotChecked => ("Could not check", "A supervisor decides"),
    }
}

/// Earlier involvement.
pub const fn known(known: Known) -> &'static str {
    match known {
        Known::By(Basis::Records) => "Yes, in records",
        Known::By(Basis::Observed) => "Yes, I saw it myself",
        Known::By(Basis::ReliableInformation) => "Yes, from a reliable source",
        Known::No => "None known",
    }
}

/// A reason in the first line of a tile; rules come first when they bar.
pub const fn reason(reason: Reason) -> &'static str {
    codes::reason(reason)
}

/// A step of the hand-off, and whom it was with, if that is known.
pub fn hand_off_step(step: HandOffStep, who: Option<&str>) -> String {
    match (step, who) {
        (HandOffStep::Called, Some(who)) => format!("Called {who}"),
        (HandOffStep::Answered, Some(who)) => format!("{who} answered"),
        (HandOffStep::NoAnswer, Some(who)) => format!("{who} did not answer"),
        (HandOffStep::Arrived, Some(who)) => format!("{who} is here"),
        (HandOffStep::Outcome, Some(_)) | (_, None) => codes::hand_off_step(step).to_owned(),
    }
}

/// A field's name, as its label says it.
pub fn field(field: Field) -> &'static str {
    match field {
        Field::Door => "How you met",
        Field::Offences => "Offence",
        Field::Grams => "Grams",
        Field::Group(_) => "Conviction",
        Field::ConvictedOn(_) => "Date of conviction",
        Field::Age => "Age in years",
        Field::PriorOn => "Date of the involvement",
        Field::PriorPlace => "Place of the involvement",
        Field::Residency => "Months living here",
        Field::PriorDiversions => "Earlier diversions",
        Field::Choice => "Your decision",
        Field::Reason => "Reason",
        Field::Outcome => "What happened next",
        Field::Supervisor => "Supervisor's name",
        Field::WhyDiverge => "Reason for departing from the rules",
        Field::Race => "Race or ethnicity",
        Field::Sex => "Sex",
        Field::AgeBand => "Age",
        Field::Consent => "Consent",
        Field::Name => "Name or alias",
        Field::Born => "Date of birth",
        Field::Reach => "How to find them",
        Field::Language => "Language",
        Field::Hazards => "Hazards",
        Field::CallBack => "Your call-back number",
        Field::Street => "Cross street or address",
        Field::Incident => "Incident number",
    }
}

/// What is wrong with a field, and what to do.
pub fn gap(at: Field, why: Why) -> String {
    let name = field(at);
    match (at, why) {
        (Field::Grams | Field::Age | Field::Residency | Field::PriorDiversions, Why::Missing) => {
            format!("{name}: type a number, or tap Not known.")
        }
        (Field::Street, Why::Missing) => format!("{name}: type it, pin the place, or tap Not known."),
        (Field::Offences, Why::Missing) => String::from("Tap at least one offence."),
        (Field::Group(_), Why::Missing) => String::from("Tap the conviction that was found."),
        (Field::Consent, Why::Refused) => {
            String::from("Without consent the offer is not accepted. Record it as declined.")
        }
        (Field::Name | Field::Reach | Field::Supervisor | Field::WhyDiverge, Why::Missing) => {
            format!("{name}: type it here.")
        }
        (Field::PriorOn | Field::ConvictedOn(_), Why::Missing) => format!("{name}: type it, such as 03/01/2009."),
        (_, Why::Missing) => format!("{name}: tap an answer."),
        (_, Why::NotANumber) => format!("{name}: that is not a number that fits."),
        (_, Why::NotADate) => format!("{name}: type it as month, day, year, such as 03/01/2009."),
        (_, Why::InFuture) => format!("{name}: that day is still to come."),
        (_, Why::TooLong) => format!("{name}: too long, shorten it."),
        (_, Why::Refused) => format!("{name}: it was refused."),
    }
}
