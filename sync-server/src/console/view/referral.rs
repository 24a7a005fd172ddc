//! One referral, as a case manager may see it: everything.

use super::afterwards::AmendmentView;
use super::inbox::{does_not_open, meet_words, taken_words};
use super::ladder::LadderView;
use super::place::{against_zone, facts_of_offence, in_a_row, place};
use super::{Closed, Found, Opened, Taken, Viewer};
use crate::console::view::codes as words;
use crate::console::when;
use crate::console::when::clock;
use crate::words::t;
use chrono::{DateTime, FixedOffset, NaiveDate, Offset as _, Utc};
use handoff::domain::codes::Verdict;
use handoff::domain::encounter::{Consent, Decision, Person};
use handoff::domain::facts::FixFact;
use handoff::domain::ids::ReferralId;
use handoff::ui::parts::FindingLine;

/// A referral's page.
#[derive(Debug, Clone, PartialEq)]
pub struct ReferralView {
    /// Which.
    pub referral: ReferralId,
    /// Where, in short.
    pub place: String,
    /// Since when the person waits.
    pub since: DateTime<Utc>,
    /// The scene's zone; of a record that does not open, UTC.
    pub zone: FixedOffset,
    /// What the officer recorded; nothing if the record does not open.
    pub record: Option<RecordView>,
    /// The officer.
    pub officer: OfficerView,
    /// Where it stands.
    pub stage: StageView,
    /// What happened, in order.
    pub steps: Vec<Step>,
    /// What was amended since, each with its own verdict.
    pub amendments: Vec<AmendmentView>,
    /// Where it stands on its ladder, while it waits.
    pub ladder: Option<LadderView>,
    /// Whoever looks has passed it on.
    pub passed_on: bool,
}

/// What the officer recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordView {
    /// Where, in short.
    pub place: String,
    /// Where, exactly: the position, its radius, the zone.
    pub place_more: Vec<String>,
    /// What the encounter was about.
    pub about: String,
    /// The door.
    pub door: &'static str,
    /// The agency's incident number.
    pub incident: Option<String>,
    /// What the rules say.
    pub verdict: Verdict,
    /// Every rule, those that decide first.
    pub findings: Vec<FindingLine>,
    /// The supervisor's word, when the offer departs from the verdict.
    pub divergence: Option<String>,
    /// The person.
    pub person: PersonView,
}

/// The person, in words for a screen. Made for one page and dropped with it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct PersonView {
    /// Name or alias.
    pub name: String,
    /// Birth date and age, or the age.
    pub age: Option<String>,
    /// How and where to find them.
    pub reach: String,
    /// The language they speak best.
    pub language: Option<String>,
    /// What they need tonight.
    pub needs: String,
    /// What to know before walking up.
    pub hazards: Option<String>,
    /// Their consent.
    pub consent: String,
}

impl std::fmt::Debug for PersonView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[private]")
    }
}

/// The officer at the scene.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficerView {
    /// Name and serial.
    pub name: String,
    /// Unit of the shift, if the record tells it.
    pub unit: Option<String>,
    /// A number to call.
    pub call: Option<String>,
}

/// Where a referral stands, for whoever looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StageView {
    /// Nobody has it.
    Waiting,
    /// The one who looks has it; when and where they meet, empty if that is not set.
    Mine(String),
    /// Someone else has it.
    Theirs(String),
    /// The officer took it back: when and why.
    Withdrawn(String),
    /// Someone else had it a moment before the one who looks tried to take it.
    Lost(String),
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub moment: DateTime<Utc>,
    /// When, in the scene's zone.
    pub at: String,
    /// What.
    pub what: String,
}

impl Step {
    /// What happened at a moment, told by a clock.
    pub(super) fn new(moment: DateTime<Utc>, clock: impl Fn(DateTime<Utc>) -> String, what: impl Into<String>) -> Self {
        Self { moment, at: clock(moment), what: what.into() }
    }
}

/// The page of a referral for `viewer`.
pub fn referral(viewer: &Viewer, found: &Found<'_>, taken: Option<&Taken>, now: DateTime<Utc>) -> ReferralView {
    match found {
        Found::Opened(opened) => opened_referral(viewer, opened, taken, now),
        Found::Closed(closed) => closed_referral(viewer, closed, taken, now),
    }
}

fn opened_referral(viewer: &Viewer, opened: &Opened<'_>, taken: Option<&Taken>, now: DateTime<Utc>) -> ReferralView {
    let decision = opened.decision;
    let zone = *decision.facts.at.offset();
    let record = RecordView {
        place: place(decision),
        place_more: place_more(decision),
        about: facts_of_offence(&decision.facts, opened.labels),
        door: words::door(decision.facts.door),
        incident: decision.incident.clone(),
        verdict: decision.assessment.verdict,
        findings: words::findings(&decision.assessment.findings, opened.labels),
        divergence: decision.divergence.as_ref().map(|d| format!("{}: {}", d.supervisor, d.reason)),
        person: decision.person.as_ref().map(|p| person(p, decision, now)).unwrap_or_default(),
    };
    ReferralView {
        referral: opened.header.referral,
        place: record.place.clone(),
        since: opened.header.written(),
        zone,
        record: Some(record),
        officer: officer(opened),
        stage: stage(viewer, taken, |at| clock(at, zone, now)),
        steps: steps(opened, taken, |at| clock(at, zone, now)),
        amendments: Vec::new(),
        ladder: None,
        passed_on: false,
    }
}

/// Without the scene's zone the times are told in UTC, and say so.
fn closed_referral(viewer: &Viewer, closed: &Closed<'_>, taken: Option<&Taken>, now: DateTime<Utc>) -> ReferralView {
    let when = |at| format!("{} UTC", clock(at, Utc.fix(), now));
    let call = Some(closed.officer.phone.reveal().clone()).filter(|number| !number.is_empty());
    let received = Step::new(closed.received, when, t!("referral-received-here"));
    let accepted = taken.map(|taken| Step::new(taken.at, when, accepted_words(taken)));
    ReferralView {
        referral: closed.referral,
        place: String::from(does_not_open()),
        since: closed.since,
        zone: Utc.fix(),
        record: None,
        officer: OfficerView { name: officer_name(closed.officer), unit: None, call },
        stage: stage(viewer, taken, when),
        steps: [received].into_iter().chain(accepted).collect(),
        amendments: Vec::new(),
        ladder: None,
        passed_on: false,
    }
}

fn place_more(decision: &Decision) -> Vec<String> {
    let zone = decision.cross_street.as_ref().and(decision.assessment.zone.as_ref()).map(against_zone);
    zone.into_iter().chain(decision.facts.fix.as_ref().map(fix)).collect()
}

/// `47.61172, −122.34112, within 8 m`.
pub(super) fn fix(fix: &FixFact) -> String {
    let text = format!("{:.5}, {:.5}", fix.lat_deg, fix.lon_deg).replace('-', "\u{2212}");
    t!("referral-fix", position = text, radius = format!("{:.0}", fix.accuracy_m))
}

fn person(person: &Person, decision: &Decision, now: DateTime<Utc>) -> PersonView {
    let zone = *decision.facts.at.offset();
    PersonView {
        name: person.name.reveal().clone(),
        age: person.born.map(|born| born_words(born, now.with_timezone(&zone).date_naive())).or_else(|| {
            let age = decision.facts.age_years;
            age.map(|years| t!("referral-years", n = years))
        }),
        reach: person.reach.reveal().clone(),
        language: Some(person.language.clone()).filter(|language| !language.is_empty()),
        needs: in_a_row(&person.needs.iter().map(|need| words::need(*need)).collect::<Vec<_>>()),
        hazards: person.hazards.as_ref().map(|hazards| hazards.reveal().clone()),
        consent: consent_words(person.consent, zone, now),
    }
}

fn born_words(born: NaiveDate, today: NaiveDate) -> String {
    let date = when::day(born);
    match today.years_since(born) {
        Some(years) => t!("referral-years-born", n = years, date = date),
        None => t!("referral-born", date = date),
    }
}

fn consent_words(consent: Consent, zone: FixedOffset, now: DateTime<Utc>) -> String {
    let manner = words::consent_manner(consent.manner).to_lowercase();
    let at = clock(consent.at.to_utc(), zone, now);
    match consent.given {
        true => t!("referral-consent-given", manner = manner, at = at),
        false => t!("referral-consent-refused", manner = manner, at = at),
    }
}

fn officer(opened: &Opened<'_>) -> OfficerView {
    let card = opened.officer;
    let own = opened.decision.call_back.as_ref().map(|number| number.reveal().clone());
    let call = own.or_else(|| Some(card.phone.reveal().clone())).filter(|number| !number.is_empty());
    OfficerView { name: officer_name(card), unit: Some(opened.decision.unit.clone()), call }
}

/// `D. Ruiz, 7744`.
pub(super) fn officer_name(card: &handoff::domain::wire::StaffCard) -> String {
    match card.serial.as_str() {
        "" => card.name.clone(),
        serial => format!("{}, {serial}", card.name),
    }
}

fn stage(viewer: &Viewer, taken: Option<&Taken>, clock: impl Fn(DateTime<Utc>) -> String) -> StageView {
    match taken {
        None => StageView::Waiting,
        Some(taken) if taken.by == viewer.id => {
            let meet = taken.meet.map(|meet| meet_words(meet, clock));
            StageView::Mine(meet.unwrap_or_default())
        }
        Some(taken) => StageView::Theirs(taken_words(taken, clock)),
    }
}

/// What happened to a referral, in order of time.
pub(super) fn steps(opened: &Opened<'_>, taken: Option<&Taken>, clock: impl Fn(DateTime<Utc>) -> String) -> Vec<Step> {
    let mut steps = vec![
        Step::new(opened.decision.facts.at.to_utc(), &clock, t!("referral-encounter")),
        Step::new(opened.header.written(), &clock, t!("referral-saved-on-the-phone")),
        Step::new(opened.received, &clock, t!("referral-received-here")),
    ];
    if let Some(taken) = taken {
        steps.push(Step::new(taken.at, &clock, accepted_words(taken)));
    }
    steps
}

fn accepted_words(taken: &Taken) -> String {
    match taken.note.as_str() {
        "" => t!("referral-accepted-by", name = &taken.name),
        note => t!("referral-accepted-note", name = &taken.name, note = note),
    }
}

/// A number as a `tel:` link takes it: digits, a leading plus.
pub fn tel(number: &str) -> String {
    let plus = if number.trim_start().starts_with('+') { "+" } else { "" };
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    format!("tel:{plus}{digits}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_with_spaces_becomes_a_link_a_phone_can_dial() {
        assert_eq!(tel("+1 (206) 555-0142"), "tel:+12065550142");
        assert_eq!(tel("206 555 0142"), "tel:2065550142");
    }

    #[test]
    fn an_age_is_counted_in_whole_years_on_the_day() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(born_words(day("1978-06-02"), day("2012-06-01")), "33 years, born 2 Jun 1978");
        assert_eq!(born_words(day("1978-06-02"), day("2012-06-02")), "34 years, born 2 Jun 1978");
    }

    #[test]
    fn a_person_on_a_page_cannot_be_printed() {
        let person = PersonView { name: String::from("Jane Doe"), ..PersonView::default() };
        assert_eq!(format!("{person:?}"), "[private]");
    }
}
