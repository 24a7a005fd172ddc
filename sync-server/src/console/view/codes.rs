//! The words of the fixed codes at the console, in the language of whoever looks. A pack's own words are shown as they
//! came.

use crate::words::t;
use handoff::domain::afterwards::{AmendmentCause, HandOffOutcome, HandOffStep, WithdrawalReason};
use handoff::domain::assess::Finding;
use handoff::domain::codes::{
    AgeBand, Choice, ConsentManner, Containment, Door, DrugClass, Need, Outcome, Race, Reason, SceneOutcome, Sex,
    Verdict, YesNo,
};
use handoff::ui::parts::{FindingLine, Labels};

pub use handoff::ui::parts::words::{capital, spaced};

/// A verdict.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Eligible => t!("codes-eligible"),
        Verdict::Barred => t!("codes-barred"),
        Verdict::NeedsSupervisor => t!("codes-needs-a-supervisor"),
    }
}

/// The outcome of one rule.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => t!("codes-passes"),
        Outcome::Bars => t!("codes-bars"),
        Outcome::NeedsSupervisor => t!("codes-needs-a-supervisor"),
        Outcome::Unknown => t!("codes-unknown"),
    }
}

/// Where a fix lies.
pub fn containment(containment: Containment) -> &'static str {
    match containment {
        Containment::Inside => t!("codes-inside"),
        Containment::Outside => t!("codes-outside"),
        Containment::Unsure => t!("codes-unsure"),
    }
}

/// A door into the program.
pub fn door(door: Door) -> &'static str {
    match door {
        Door::Arrest => t!("codes-arrest"),
        Door::SocialContact => t!("codes-social-contact"),
    }
}

/// What was decided.
pub fn choice(choice: Choice) -> &'static str {
    match choice {
        Choice::OfferedAccepted => t!("codes-offered-and-accepted"),
        Choice::OfferedDeclined => t!("codes-offered-and-declined"),
        Choice::NotOffered => t!("codes-not-offered"),
    }
}

/// What became of the person at the scene.
pub fn scene_outcome(outcome: SceneOutcome) -> &'static str {
    match outcome {
        SceneOutcome::Diverted => t!("codes-diverted"),
        SceneOutcome::Booked => t!("codes-booked"),
        SceneOutcome::Released => t!("codes-released"),
    }
}

/// Why an offer was not made or not taken.
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::RulesBar => t!("codes-the-rules-bar-it"),
        Reason::NotInterested => t!("codes-not-interested-now"),
        Reason::NotAbleNow => t!("codes-too-unwell-to-be-asked"),
        Reason::NoCaseManager => t!("codes-no-case-manager-could-come"),
        Reason::SafetyConcern => t!("codes-someone-would-be-in-danger"),
        Reason::WarrantOrHold => t!("codes-warrant-or-another-hold"),
        Reason::CalledAway => t!("codes-called-away"),
        Reason::WantsLawyer => t!("codes-wants-a-lawyer-first"),
        Reason::Other => t!("codes-another-reason"),
    }
}

/// A step of the hand-off.
pub fn hand_off_step(step: HandOffStep) -> &'static str {
    match step {
        HandOffStep::Called => t!("codes-case-manager-called"),
        HandOffStep::Answered => t!("codes-they-answered"),
        HandOffStep::NoAnswer => t!("codes-no-answer"),
        HandOffStep::Arrived => t!("codes-case-manager-on-scene"),
        HandOffStep::Outcome => t!("codes-hand-off-ended"),
    }
}

/// How a hand-off ended.
pub fn hand_off_outcome(outcome: HandOffOutcome) -> &'static str {
    match outcome {
        HandOffOutcome::Met => t!("codes-they-met"),
        HandOffOutcome::NotMet => t!("codes-they-did-not-meet"),
        HandOffOutcome::Left => t!("codes-the-person-left"),
        HandOffOutcome::BookedAfterAll => t!("codes-booked-after-all"),
    }
}

/// Why a record is amended.
pub fn amendment_cause(cause: AmendmentCause) -> &'static str {
    match cause {
        AmendmentCause::LateFix => t!("codes-late-position"),
        AmendmentCause::Correction => t!("codes-correction"),
    }
}

/// Why a referral is taken back.
pub fn withdrawal_reason(reason: WithdrawalReason) -> &'static str {
    match reason {
        WithdrawalReason::RecordedInError => t!("codes-recorded-in-error"),
        WithdrawalReason::ChangedMind => t!("codes-the-person-changed-their-mind"),
        WithdrawalReason::BookedAfterAll => t!("codes-booked-after-all"),
        WithdrawalReason::ConsentWithdrawn => t!("codes-they-no-longer-agree-to"),
        WithdrawalReason::Other => t!("codes-another-reason"),
    }
}

/// Race or ethnicity.
pub fn race(race: Race) -> &'static str {
    match race {
        Race::Native => t!("codes-american-indian-or-alaska-native"),
        Race::Asian => t!("codes-asian"),
        Race::Black => t!("codes-black"),
        Race::Latino => t!("codes-hispanic-or-latino"),
        Race::MiddleEastern => t!("codes-middle-eastern-or-north-african"),
        Race::PacificIslander => t!("codes-pacific-islander"),
        Race::White => t!("codes-white"),
        Race::Several => t!("codes-more-than-one"),
        Race::Unknown => t!("codes-unknown"),
    }
}

/// Sex.
pub fn sex(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => t!("codes-female"),
        Sex::Male => t!("codes-male"),
        Sex::Other => t!("codes-another"),
        Sex::Unknown => t!("codes-unknown"),
    }
}

/// Age band.
pub fn age_band(age: AgeBand) -> &'static str {
    match age {
        AgeBand::Under18 => t!("codes-under-18"),
        AgeBand::From18 => t!("codes-18-to-24"),
        AgeBand::From25 => t!("codes-25-to-34"),
        AgeBand::From35 => t!("codes-35-to-44"),
        AgeBand::From45 => t!("codes-45-to-54"),
        AgeBand::From55 => t!("codes-55-and-over"),
        AgeBand::Unknown => t!("codes-unknown"),
    }
}

/// A need.
pub fn need(need: Need) -> &'static str {
    match need {
        Need::Food => t!("codes-food"),
        Need::Shelter => t!("codes-shelter"),
        Need::Medical => t!("codes-medical-care"),
        Need::Withdrawal => t!("codes-withdrawal"),
        Need::Safety => t!("codes-safety-from-someone"),
        Need::Clothing => t!("codes-dry-clothes"),
    }
}

/// How consent was given.
pub fn consent_manner(manner: ConsentManner) -> &'static str {
    match manner {
        ConsentManner::Spoken => t!("codes-spoken"),
        ConsentManner::Written => t!("codes-in-writing"),
        ConsentManner::Interpreter => t!("codes-through-an-interpreter"),
    }
}

/// A class of drug.
pub fn drug_class(class: DrugClass) -> &'static str {
    match class {
        DrugClass::Heroin => t!("codes-heroin"),
        DrugClass::Fentanyl => t!("codes-fentanyl"),
        DrugClass::Cocaine => t!("codes-cocaine"),
        DrugClass::Methamphetamine => t!("codes-methamphetamine"),
        DrugClass::PrescriptionOpiate => t!("codes-prescription-opiate"),
        DrugClass::Cannabis => t!("codes-cannabis"),
        DrugClass::Other => t!("codes-other-or-not-known"),
    }
}

/// An answer.
pub fn yes_no(answer: YesNo) -> &'static str {
    match answer {
        YesNo::Yes => t!("codes-yes"),
        YesNo::No => t!("codes-no"),
        YesNo::Unknown => t!("codes-unknown"),
    }
}

/// An offence, by its code. A pack's own offence shows its code with spaces.
pub fn offence(code: &str) -> String {
    let words = match code {
        "drug_possession" => t!("codes-drug-possession"),
        "drug_delivery" => t!("codes-drug-delivery-or-intent"),
        "prostitution" => t!("codes-prostitution"),
        "public_drug_use" => t!("codes-public-drug-use"),
        "theft" => t!("codes-theft"),
        "trespass" => t!("codes-trespass"),
        "transit_misconduct" => t!("codes-transit-misconduct"),
        "park_violation" => t!("codes-park-violation"),
        other => return spaced(other),
    };
    String::from(words)
}

/// A group of convictions, by its code.
pub fn history_group(code: &str) -> String {
    let words = match code {
        "robbery_1" => t!("codes-robbery-1"),
        "robbery_2" => t!("codes-robbery-2"),
        "assault_1" => t!("codes-assault-1"),
        "assault_2" => t!("codes-assault-2"),
        "assault_3" => t!("codes-assault-3"),
        "firearm_1" => t!("codes-unlawful-firearm-1"),
        "firearm_2" => t!("codes-unlawful-firearm-2"),
        "sex_offence" => t!("codes-sex-offence"),
        other => return spaced(other),
    };
    String::from(words)
}

/// A rule of a pack, by its id.
pub fn rule(id: &str) -> String {
    let words = match id {
        "zone" => t!("codes-program-area"),
        "offence" => t!("codes-offence"),
        "grams" => t!("codes-amount-of-drugs"),
        "age" => t!("codes-age"),
        "history_life" => t!("codes-convictions-at-any-time"),
        "prior_involvement" => t!("codes-earlier-involvement-here"),
        "window" => t!("codes-service-hours"),
        "residency" => t!("codes-residence"),
        "prior_diversions" => t!("codes-earlier-diversions"),
        "amenable" => t!("codes-open-to-diversion"),
        "dealing_above_subsistence" => t!("codes-dealing-above-subsistence"),
        "exploits_minors" => t!("codes-exploits-minors-or-others"),
        "promoting_prostitution" => t!("codes-promoting-prostitution"),
        "specialty_court_pending" => t!("codes-pending-drug-or-mental-health"),
        "threat_of_harm" => t!("codes-threat-of-harm-to-others"),
        "interested" => t!("codes-interested"),
        "no_contact_order" => t!("codes-no-contact-order-with-a"),
        "victim_consents" => t!("codes-victim-consents"),
        other => return rule_with_years(other),
    };
    String::from(words)
}

fn rule_with_years(id: &str) -> String {
    match id.strip_prefix("history_").and_then(|rest| rest.strip_suffix('y')) {
        Some(years) => t!("codes-convictions-within", years = years),
        None => spaced(id),
    }
}

/// An offence, as its pack calls it.
pub fn offence_of(labels: Labels<'_>, code: &str) -> String {
    labels.own_offence(code).unwrap_or_else(|| offence(code))
}

/// A group of convictions, as its pack calls it.
pub fn group_of(labels: Labels<'_>, code: &str) -> String {
    labels.own_group(code).unwrap_or_else(|| history_group(code))
}

/// A rule: a question of the pack's own is shown as it is asked.
pub fn rule_of(labels: Labels<'_>, id: &str) -> String {
    labels.own_rule(id).unwrap_or_else(|| rule(id))
}

/// The lines of an assessment, those that decide first. Their reasons are shown as they were signed.
pub fn findings(findings: &[Finding], labels: Labels<'_>) -> Vec<FindingLine> {
    FindingLine::sorted_by(findings, |id| rule_of(labels, id))
}
