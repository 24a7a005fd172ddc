use super::*;
use crate::domain::assess::{Assessment, Finding};
use crate::domain::codes::{AgeBand, ConsentManner, DrugClass, Outcome, Race, Sex, Verdict};
use crate::domain::facts::{Facts, FixSource, History};
use crate::domain::ids::Hash;
use crate::ui::flow::{Asks, Flow};
use chrono::NaiveDate;

fn pack() -> PackRef {
    PackRef { id: String::from("test"), version: 1, sha256: Hash::of(&[b"pack"]) }
}

fn form() -> Form {
    Form::new(pack(), DateTime::parse_from_rfc3339("2026-06-01T22:15:00-07:00").unwrap())
}

fn said(verdict: Verdict) -> Assessment {
    let finding = Finding { rule: String::from("age"), outcome: Outcome::Pass, because: String::from("34") };
    Assessment { verdict, zone: None, findings: vec![finding], pack: pack() }
}

fn everything() -> Asks {
    Asks {
        place: true,
        drug: true,
        questions: vec![String::from("amenable")],
        history: true,
        age: true,
        residency: true,
        prior_diversions: true,
        prior_involvement: true,
    }
}

/// A form with every field filled.
fn full() -> Form {
    let mut form = form();
    let text = |text: &str| Private::new(text.to_owned());
    let edits = [
        Edit::Door(Door::SocialContact),
        Edit::Offence(String::from("drug_possession")),
        Edit::Drug(DrugClass::Heroin),
        Edit::Type(Field::Grams, text("1,2")),
        Edit::Measured,
        Edit::Pin(Pin { lat_deg: 47.61, lon_deg: -122.34 }),
        Edit::Type(Field::Street, text("3rd and Bell")),
        Edit::Prior(Known::By(crate::domain::facts::Basis::Records)),
        Edit::Type(Field::PriorOn, text("03012026")),
        Edit::PriorPlace(PriorPlace::Here),
        Edit::Answer(String::from("amenable"), YesNo::Yes),
        Edit::Checked(Checked::Found),
        Edit::AddConviction(String::from("burglary")),
        Edit::Type(Field::ConvictedOn(0), text("3/1/2009")),
        Edit::Type(Field::Age, text("34")),
        Edit::Type(Field::Residency, text("30")),
        Edit::NotKnown(Field::PriorDiversions),
        Edit::Choice(Choice::OfferedAccepted),
        Edit::Type(Field::Supervisor, text("Sgt Okafor")),
        Edit::Type(Field::WhyDiverge, text("Knows the person")),
        Edit::Consent(ConsentForm { at: form.at, yes: Some(ConsentManner::Spoken) }),
        Edit::Type(Field::Name, text("Jo Sample")),
        Edit::Type(Field::Born, text("05171991")),
        Edit::Type(Field::Reach, text("Corner of 3rd and Bell")),
        Edit::Type(Field::CallBack, text("206 555 0142")),
        Edit::Need(Need::Food),
        Edit::Type(Field::Hazards, text("A dog")),
        Edit::Race(Race::White),
        Edit::Sex(Sex::Female),
    ];
    edits.into_iter().for_each(|edit| form.apply(edit));
    form
}

#[test]
fn a_full_form_becomes_facts_and_a_record_that_passes_its_check() {
    let form = full();
    let facts = form.facts(&everything()).unwrap();
    assert_eq!(facts.drug.unwrap().grams, Some(1.2));
    assert_eq!((facts.age_years, facts.residency_months, facts.prior_diversions), (Some(34), Some(30), None));
    assert_eq!(facts.history.as_ref().unwrap().convictions[0].on, NaiveDate::from_ymd_opt(2009, 3, 1).unwrap());
    assert_eq!(facts.prior_involvement.as_ref().unwrap().fix, form.place.fix);
    for verdict in Verdict::ALL {
        let decision = form.decision("3-M-21", facts.clone(), said(*verdict)).unwrap();
        assert_eq!(decision.check(), Ok(()), "{verdict:?}");
        assert_eq!(decision.demographics.age, AgeBand::From25);
    }
}

#[test]
fn a_stored_form_comes_back_whole() {
    let form = full();
    assert_eq!(Form::parse(&form.to_json().unwrap()).unwrap(), form);
}

#[test]
fn a_draft_of_another_format_is_told_and_not_guessed() {
    let newer = full().to_json().unwrap().replacen("\"format\":1", "\"format\":9", 1);
    assert!(matches!(Form::parse(&newer), Err(DraftError::Format(9))));
    assert!(matches!(Form::parse("{}"), Err(DraftError::Json(_))));
}

#[test]
fn a_draft_written_before_a_field_existed_still_opens() {
    let at = "2026-06-01T22:15:00-07:00";
    let bare = format!(
        r#"{{"format":1,"pack":{{"id":"p","version":1,"sha256":"{}"}},"at":"{at}","step":"door"}}"#,
        Hash::of(&[b""])
    );
    let form = Form::parse(&bare).unwrap();
    assert_eq!((form.step, form.door), (Step::Door, None));
}

#[test]
fn the_stored_form_of_a_draft_is_pinned() {
    let stored: serde_json::Value = serde_json::from_str(&full().to_json().unwrap()).unwrap();
    insta::assert_json_snapshot!(stored);
}

#[test]
fn a_whole_draft_of_an_older_app_opens_as_it_was_typed_and_asks_what_it_did_not_say() {
    let form = Form::parse(include_str!("../../../tests/it/fixtures/stored/draft_1.json")).unwrap();
    assert_eq!((form.person.name.reveal().as_str(), form.age.text()), ("Jo Sample", "34"));
    assert_eq!((form.step.clone(), form.back_to.clone()), (Step::Question(String::from("amenable")), None));
    assert_eq!(form.prior.place, None, "a place is never assumed");
    let asked = form.facts(&everything()).unwrap_err();
    assert_eq!(asked, [Gap { step: Step::Prior, field: Field::PriorPlace, why: Why::Missing }]);
}

#[test]
fn the_form_of_what_was_recorded_gives_the_same_facts_again() {
    let facts = full().facts(&everything()).unwrap();
    let street = Some(String::from("3rd and Bell"));
    let again = Form::of(&facts, pack(), street.as_ref());
    assert_eq!(again.facts(&everything()).unwrap(), facts);
    assert_eq!((again.place.street.as_str(), again.prior.place), ("3rd and Bell", Some(PriorPlace::Here)));
    let bare = Facts {
        fix: None,
        drug: None,
        age_years: None,
        answers: BTreeMap::new(),
        history: None,
        prior_involvement: None,
        residency_months: None,
        prior_diversions: None,
        ..facts
    };
    let again = Form::of(&bare, pack(), None);
    let unknown = History { checked: false, convictions: Vec::new() };
    assert_eq!(again.facts(&everything()).unwrap(), Facts { history: Some(unknown), ..bare });
    let flow = Flow { form: &again, asks: &everything(), assessment: None };
    assert!(flow.is_answered(&Step::Age) && !flow.is_answered(&Step::Question(String::from("amenable"))));
}

#[test]
fn printing_a_form_shows_no_name() {
    let printed = format!("{:?}", full());
    for secret in ["Jo Sample", "Corner of 3rd", "A dog", "206 555", "0517"] {
        assert!(!printed.contains(secret), "{secret}");
    }
}

#[test]
fn what_was_entered_for_an_offence_that_is_gone_stays_out_of_the_facts() {
    let facts = full().facts(&Asks::default()).unwrap();
    assert!(facts.drug.is_none() && facts.history.is_none() && facts.prior_involvement.is_none());
    assert!(facts.answers.is_empty() && facts.age_years.is_none());
}

#[test]
fn each_wrong_text_names_its_card_and_field() {
    for (field, text, step, why) in [
        (Field::Grams, "two", Step::Drug, Why::NotANumber),
        (Field::Age, "300", Step::Age, Why::NotANumber),
        (Field::ConvictedOn(0), "soon", Step::History, Why::NotADate),
        (Field::ConvictedOn(0), "06022026", Step::History, Why::InFuture),
        (Field::PriorOn, "", Step::Prior, Why::Missing),
    ] {
        let mut form = full();
        form.apply(Edit::Type(field, Private::new(text.to_owned())));
        assert_eq!(form.facts(&everything()), Err(vec![Gap { step, field, why }]), "{text}");
    }
}

#[test]
fn each_missing_answer_keeps_the_record_from_being_made() {
    type Clear = fn(&mut Form);
    let cases: [(Clear, Field, Why); 8] = [
        (|form| form.choice = None, Field::Choice, Why::Missing),
        (|form| form.consent = None, Field::Consent, Why::Missing),
        (|form| form.consent = form.consent.map(|c| ConsentForm { yes: None, ..c }), Field::Consent, Why::Refused),
        (|form| form.person.name = Private::default(), Field::Name, Why::Missing),
        (|form| form.person.reach = Private::new(String::from("  ")), Field::Reach, Why::Missing),
        (|form| form.demographics.race = None, Field::Race, Why::Missing),
        (|form| form.divergence.supervisor.clear(), Field::Supervisor, Why::Missing),
        (|form| form.person.hazards = Private::new("x".repeat(1001)), Field::Hazards, Why::TooLong),
    ];
    for (clear, field, why) in cases {
        let mut form = full();
        clear(&mut form);
        let facts = form.facts(&everything()).unwrap();
        let gaps = form.decision("3-M-21", facts, said(Verdict::Barred)).unwrap_err();
        assert_eq!(gaps.iter().map(|gap| (gap.field, gap.why)).collect::<Vec<_>>(), [(field, why)]);
    }
}

#[test]
fn a_record_without_an_accepted_offer_carries_nothing_about_the_person() {
    let mut form = full();
    form.apply(Edit::Choice(Choice::OfferedDeclined));
    form.apply(Edit::Reason(Reason::NotInterested));
    form.apply(Edit::Outcome(SceneOutcome::Released));
    let facts = form.facts(&everything()).unwrap();
    let decision = form.decision("3-M-21", facts, said(Verdict::Eligible)).unwrap();
    assert_eq!(decision.check(), Ok(()));
    assert!(decision.person.is_none() && decision.call_back.is_none());
    assert!(!serde_json::to_string(&decision).unwrap().contains("Jo Sample"));
}

#[test]
fn a_better_fix_replaces_the_one_held_while_the_officer_is_at_the_scene() {
    let fix = |accuracy_m, age_s| FixFact {
        lat_deg: 47.6,
        lon_deg: -122.3,
        accuracy_m,
        age_s,
        mock: false,
        source: FixSource::Gps,
    };
    let mut form = form();
    form.offer_fix(fix(30.0, 12.0), 2.0);
    assert_eq!(form.place.fix, Some(fix(30.0, 10.0)), "its age counts from the beginning");
    form.offer_fix(fix(50.0, 0.0), 20.0);
    assert_eq!(form.place.fix.unwrap().accuracy_m, 50.0, "one taken after the beginning is younger");
    form.offer_fix(fix(8.0, 0.0), 60.0);
    form.offer_fix(fix(3.0, 0.0), STAYS_S + 1.0);
    assert_eq!(form.place.fix, Some(fix(8.0, 0.0)), "too late: the officer may be elsewhere");
    form.pin(Pin { lat_deg: 47.5, lon_deg: -122.2 });
    form.offer_fix(fix(3.0, 0.0), 70.0);
    assert_eq!(form.place.fix.unwrap().source, FixSource::Pin, "a pin stays");
}

#[test]
fn the_cards_are_those_that_the_form_needs() {
    let mut form = form();
    let asks = Asks { questions: vec![String::from("amenable")], ..Asks::default() };
    let path = |form: &Form, found: Option<&Assessment>| Flow { form, asks: &asks, assessment: found }.path();
    let question = Step::Question(String::from("amenable"));
    let shortest = [Step::Door, Step::Offences, question, Step::Verdict, Step::Demographics, Step::Review];
    assert_eq!(path(&form, None), shortest);
    form.choice = Some(Choice::NotOffered);
    let refused = path(&form, Some(&said(Verdict::Eligible)));
    assert!([Step::Reason, Step::Divergence, Step::Outcome].iter().all(|step| refused.contains(step)));
    form.choice = Some(Choice::OfferedAccepted);
    let accepted = path(&form, Some(&said(Verdict::Eligible)));
    assert!([Step::Consent, Step::Person, Step::Reach, Step::Needs].iter().all(|step| accepted.contains(step)));
    assert!(!accepted.contains(&Step::Divergence));
}

#[test]
fn a_card_opened_from_the_review_leads_back_there_or_to_what_it_left_open() {
    let mut form = full();
    let (asks, found) = (everything(), said(Verdict::Eligible));
    (form.step, form.back_to) = (Step::Age, Some(Step::Review));
    assert_eq!(Flow { form: &form, asks: &asks, assessment: Some(&found) }.next(), Step::Review);
    form.apply(Edit::Choice(Choice::OfferedDeclined));
    assert_eq!(Flow { form: &form, asks: &asks, assessment: Some(&found) }.next(), Step::Reason);
}

#[test]
fn somewhere_else_is_never_taken_for_the_place_of_now() {
    let mut form = full();
    form.prior.place = None;
    let missing = Gap { step: Step::Prior, field: Field::PriorPlace, why: Why::Missing };
    assert_eq!(form.facts(&everything()), Err(vec![missing]), "nothing is chosen beforehand");
    let prior = |form: &Form| form.facts(&everything()).unwrap().prior_involvement.unwrap();
    form.apply(Edit::PriorPlace(PriorPlace::Elsewhere(None)));
    let form = Form::parse(&form.to_json().unwrap()).unwrap();
    assert_eq!((prior(&form).fix, prior(&form).lat_deg), (None, None), "without a pin nobody knows the place");
    let mut form = form;
    form.apply(Edit::PriorPlace(PriorPlace::Elsewhere(Some(Pin { lat_deg: 47.7, lon_deg: -122.3 }))));
    assert_eq!((prior(&form).fix, prior(&form).lat_deg), (None, Some(47.7)));
}

#[test]
fn an_unsure_place_asks_for_a_street_a_pin_or_an_express_not_known() {
    let mut form = full();
    form.place = PlaceForm::default();
    let missing = Gap { step: Step::Place, field: Field::Street, why: Why::Missing };
    assert_eq!(form.facts(&everything()), Err(vec![missing]));
    let said = [
        Edit::Pin(Pin { lat_deg: 47.61, lon_deg: -122.34 }),
        Edit::Type(Field::Street, Private::new(String::from("3rd and Bell"))),
        Edit::NotKnown(Field::Street),
    ];
    for edit in said {
        let mut form = form.clone();
        form.apply(edit);
        assert!(form.facts(&everything()).is_ok());
    }
}

#[test]
fn after_the_rules_changed_only_what_they_leave_open_is_asked_again() {
    let mut form = full();
    form.divergence = DivergenceForm::default();
    form.reconsider();
    let asks = everything();
    let next = |verdict| Flow { form: &form, asks: &asks, assessment: Some(&said(verdict)) }.next();
    assert_eq!(form.step, Step::Verdict);
    assert_eq!((next(Verdict::Eligible), next(Verdict::Barred)), (Step::Review, Step::Divergence));
}

#[test]
fn a_question_that_the_pack_no_longer_asks_does_not_trap_anyone() {
    let mut form = full();
    form.step = Step::Question(String::from("gone"));
    let asks = everything();
    let flow = Flow { form: &form, asks: &asks, assessment: None };
    assert_eq!(flow.next(), Step::Door);
    assert_eq!(flow.back(), None);
}
