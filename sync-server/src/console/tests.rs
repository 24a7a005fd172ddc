#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod sample;

use super::form::{AcceptForm, FormError};
use super::pages::*;
use super::shell::render;
use super::view::{self, Closed, FlagView, Found, LogChoice, LogRow, LogView, Logged, Opened, StageView};
use crate::console::view::codes as words;
use crate::flags::Flag;
use crate::words::Language;
use chrono::TimeDelta;
use handoff::domain::codes::{Verdict, YesNo};
use handoff::domain::facts::{Conviction, History};
use handoff::domain::ids::Hash;
use handoff::domain::pack::Pack;
use handoff::domain::wire::Role;
use handoff::ui::parts::Labels;
use sample::{CANARY, now, opened, taken, viewer};

fn inbox_page() -> String {
    let officer = sample::officer();
    let mut plain = sample::decision();
    plain.cross_street = None;
    let plain = plain;
    let departing = sample::departing();
    let headers: Vec<_> =
        [(1, 35), (2, 4), (3, 50), (4, 70)].map(|(n, min)| sample::header(n, now() - TimeDelta::minutes(min))).into();
    let list = [
        (Found::Opened(opened(&headers[1], &plain, &officer)), None),
        (Found::Opened(opened(&headers[0], &departing, &officer)), None),
        (Found::Opened(opened(&headers[2], &plain, &officer)), Some(taken(3, "Ana Brook"))),
        (Found::Opened(opened(&headers[3], &plain, &officer)), Some(taken(4, "Sam Kettle"))),
    ];
    let viewer = viewer(Role::CaseManager);
    let view = view::inbox(&viewer, &list, now());
    assert_eq!(view.waiting.len(), 2);
    assert!(view.waiting[0].since < view.waiting[1].since, "the longest wait stands first");
    render(InboxPage, InboxPageProps { viewer, view, now: now() })
}

fn referral_page(by: Option<u128>, form: AcceptForm, error: Option<FormError>) -> String {
    let (officer, decision) = (sample::officer(), sample::departing());
    let header = sample::header(1, now() - TimeDelta::minutes(12));
    let viewer = viewer(Role::CaseManager);
    let taken = by.map(|by| taken(by, "Sam Kettle"));
    let found = Found::Opened(opened(&header, &decision, &officer));
    let view = view::referral(&viewer, &found, taken.as_ref(), now());
    render(ReferralPage, ReferralPageProps { viewer, view, form, error, now: now() })
}

fn log_page() -> String {
    let row = |n: u32, verdict, choice, detail: &str, flags: &[Flag]| LogRow {
        href: format!("/log/{n}"),
        when: format!("22:{n}"),
        officer: String::from("D. Ruiz, 7744"),
        place: String::from("Belltown, inside"),
        verdict,
        reasons: match verdict {
            Verdict::Eligible => Vec::new(),
            Verdict::Barred => vec![String::from("4 g of heroin is over 3 g")],
            Verdict::NeedsSupervisor => vec![String::from("Criminal history could not be checked")],
        },
        choice: words::choice(choice),
        detail: String::from(detail),
        flags: flags.iter().copied().map(FlagView::of).collect(),
        review: flags.contains(&Flag::Override).then_some("Not reviewed yet"),
    };
    use handoff::domain::codes::Choice;
    let rows = vec![
        row(
            48,
            Verdict::Barred,
            Choice::OfferedAccepted,
            "Diverted",
            &[Flag::Override, Flag::LateSync, Flag::UnsureFix],
        ),
        row(31, Verdict::Eligible, Choice::OfferedAccepted, "Diverted", &[]),
        row(12, Verdict::Barred, Choice::NotOffered, "The rules bar it. Booked", &[Flag::ReplayDisagrees]),
        row(
            10,
            Verdict::NeedsSupervisor,
            Choice::OfferedDeclined,
            "Not interested now. Released",
            &[Flag::WhileLocked],
        ),
    ];
    let filter = |label: &str, href: &str, current| LogChoice { label: label.into(), href: href.into(), current };
    let choices = vec![filter("All", "/log", true), filter("To review", "/log?show=review", false)];
    let flags =
        vec![filter("Override", "/log?show=override", false), filter("Came late", "/log?show=late_sync", false)];
    let view = LogView {
        alarm: None,
        choices,
        flags,
        rows,
        older: Some(String::from("/log?before=10")),
        newest: None,
        again: String::from("/log"),
        restored: vec![(String::from("The log was restored"), String::from("9 of 12 have come again."))],
    };
    render(LogPage, LogPageProps { viewer: viewer(Role::Sergeant), view, now: now() })
}

fn decision_page(confirmed: bool) -> String {
    let (officer, decision) = (sample::officer(), sample::departing());
    let header = sample::header(1, now() - TimeDelta::minutes(12));
    let confirmed = confirmed.then(|| (String::from("Ana Brook"), now(), String::from("Spoke with him.")));
    let flags = Flag::ALL.into_iter().take(5).map(FlagView::of).collect();
    let logged = Logged {
        position: 42,
        entry: Hash([9; 32]),
        flags,
        confirmed,
        taken: Some(taken(4, "Sam Kettle")),
        case: true,
    };
    let view = view::decision(&opened(&header, &decision, &officer), logged, now());
    let note = String::new();
    render(DecisionPage, DecisionPageProps { viewer: viewer(Role::Sergeant), view, note, error: None, now: now() })
}

fn sign_in_page() -> String {
    render(SignInPage, SignInPageProps { action: String::from("/in/abc") })
}

/// Names with a hash change with every edit of a style: they are no part of a page's shape.
fn shape(html: &str) -> String {
    let files = super::files::files();
    let mut text = html.replace("><", ">\n<");
    for file in [&files.styles, files.script(Language::English), &files.icon, &files.manifest, &files.push] {
        let kind = file.path.rsplit('.').next().unwrap();
        text = text.replace(&file.path, &format!("/static/[hash].{kind}"));
    }
    text
}

#[test]
fn each_page_keeps_its_shape() {
    let pages = [
        ("inbox", inbox_page()),
        ("referral_waiting", referral_page(None, AcceptForm::default(), None)),
        ("referral_taken", referral_page(Some(4), AcceptForm::default(), None)),
        ("log", log_page()),
        ("decision", decision_page(false)),
        ("sign_in", sign_in_page()),
    ];
    for (name, html) in pages {
        insta::assert_snapshot!(name, shape(&html));
    }
}

#[test]
fn a_page_holds_no_style_and_no_script_of_its_own_and_stays_under_100_kb() {
    for html in [inbox_page(), log_page(), decision_page(true), referral_page(Some(3), AcceptForm::default(), None)] {
        for inline in [" style=", "<style", "onclick=", "oninput=", "javascript:", "<script>"] {
            assert!(!html.contains(inline), "{inline} in {html}");
        }
        assert!(html.len() < 100_000);
    }
}

#[test]
fn the_inbox_and_the_sergeants_pages_name_no_participant() {
    for html in [inbox_page(), log_page(), decision_page(false)] {
        assert!(!html.contains(CANARY), "{html}");
    }
    assert!(referral_page(None, AcceptForm::default(), None).matches(CANARY).count() >= 3);
}

#[test]
fn a_sergeant_sees_no_need_of_a_person() {
    let html = decision_page(false).to_lowercase();
    for need in handoff::domain::codes::Need::ALL {
        assert!(!html.contains(&words::need(*need).to_lowercase()), "{need:?}");
    }
    assert!(!html.contains("spanish"));
}

#[test]
fn a_referral_that_someone_took_has_no_accept_form_and_says_who() {
    let html = referral_page(Some(4), AcceptForm::default(), None);
    assert!(!html.contains("<form method=\"post\" action=\"/referrals"), "{html}");
    assert!(html.contains("Sam Kettle, meeting at 22:50 at the scene"), "{html}");
}

#[test]
fn a_slip_in_the_form_comes_back_beside_its_field_with_what_was_typed() {
    let typed =
        AcceptForm { when: "time".into(), time: "9".into(), place: "elsewhere".into(), note: "by the church".into() };
    let error = typed.read(now(), *sample::decision().facts.at.offset()).unwrap_err();
    let html = referral_page(None, typed, Some(error));
    assert!(html.contains("by the church"));
    assert!(html.contains(r#"id="time-error""#), "{html}");
}

#[test]
fn whoever_took_it_is_told_the_meeting() {
    let (officer, decision) = (sample::officer(), sample::decision());
    let header = sample::header(1, now());
    let taken = taken(3, "Ana Brook");
    let found = Found::Opened(opened(&header, &decision, &officer));
    let view = view::referral(&viewer(Role::CaseManager), &found, Some(&taken), now());
    assert_eq!(view.stage, StageView::Mine(String::from("meeting at 22:50 at the scene")));
    assert_eq!(view.officer.call.as_deref(), Some("+1 206 555 0142"));
}

#[test]
fn what_a_pack_names_itself_is_shown_in_the_words_of_the_pack() {
    let text =
        include_str!("../../../tests/it/fixtures/packs/every-rule.json").replace("Fare evasion", "Riding unpaid");
    let pack = Pack::parse("every-rule.json", &text).unwrap();
    let (officer, header) = (sample::officer(), sample::header(1, now()));
    let mut decision = sample::decision();
    decision.facts.offences = vec![String::from("fare_evasion")];
    decision.facts.drug = None;
    decision.facts.answers = [(String::from("on_a_train"), YesNo::Yes)].into();
    let on = "2011-03-01".parse().unwrap();
    let convictions = vec![Conviction { group: String::from("gang_enhancement"), on }];
    decision.facts.history = Some(History { checked: true, convictions });
    decision.assessment.findings.truncate(1);
    decision.assessment.findings[0].rule = String::from("on_a_train");
    let decision = decision;
    let shown = |labels| {
        let opened = Opened { labels, ..opened(&header, &decision, &officer) };
        let about = view::referral(&viewer(Role::CaseManager), &Found::Opened(opened), None, now());
        let about = about.record.unwrap().about;
        let logged =
            Logged { position: 1, entry: Hash([9; 32]), flags: Vec::new(), confirmed: None, taken: None, case: false };
        let view = view::decision(&opened, logged, now());
        let fact = |label: &str| view.facts.iter().find(|fact| fact.label == label).unwrap().value.clone();
        let question = view.findings[0].rule.clone();
        assert_eq!(fact(&question), "Yes");
        [about, fact("Offences"), fact("Criminal history"), question]
    };
    let own = ["Riding unpaid", "Riding unpaid", "Checked: A gang enhancement on 1 Mar 2011", "Is it on a train?"];
    assert_eq!(shown(Labels(Some(&pack))), own);
    let unknown = ["Fare evasion", "Fare evasion", "Checked: Gang enhancement on 1 Mar 2011", "On a train"];
    assert_eq!(shown(Labels::default()), unknown);
}

#[test]
fn a_referral_whose_record_does_not_open_is_shown_and_can_be_accepted() {
    let (officer, viewer) = (sample::officer(), viewer(Role::CaseManager));
    let referral = sample::header(7, now()).referral;
    let since = now() - TimeDelta::minutes(9);
    let found = Found::Closed(Closed { referral, officer: &officer, since, received: since });
    let view = view::inbox(&viewer, &[(found, None), (found, Some(taken(4, "Sam Kettle")))], now());
    assert_eq!((view.waiting.len(), view.others.len()), (1, 1));
    let html = render(InboxPage, InboxPageProps { viewer: viewer.clone(), view, now: now() });
    assert!(html.contains("A record that cannot be opened") && html.contains("D. Ruiz, 7744"), "{html}");
    let view = view::referral(&viewer, &found, None, now());
    let form = AcceptForm::default();
    let html = render(ReferralPage, ReferralPageProps { viewer, view, form, error: None, now: now() });
    assert!(html.contains("<form method=\"post\" action=\"/referrals"), "{html}");
    assert!(html.contains("Call the officer") && html.contains("tel:+12065550142"), "{html}");
}
