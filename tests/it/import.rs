//! Lists from files: read, looked at, and taken all or not at all.

use crate::rota::{listed, page};
use crate::server::Station;
use chrono::{DateTime, TimeDelta, Utc};
use handoff::domain::ids::Hash;
use handoff_server::import::reader::{Columns, read};
use handoff_server::import::{self, Kind, Looked, Plan, Taken, command};
use proptest::prelude::*;

async fn look(station: &Station, kind: Kind, text: &str) -> Looked {
    import::look(station.server.app(), kind, text.as_bytes().to_vec(), None).await.unwrap()
}

async fn good(station: &Station, kind: Kind, text: &str) -> Plan {
    match look(station, kind, text).await {
        Looked::Good(plan) => plan,
        Looked::Bad(faults) => panic!("{faults:?}"),
    }
}

/// What is wrong, a line each.
async fn faults(station: &Station, kind: Kind, text: &str) -> Vec<String> {
    match look(station, kind, text).await {
        Looked::Good(plan) => panic!("{plan:?}"),
        Looked::Bad(faults) => faults.named.iter().map(ToString::to_string).collect(),
    }
}

async fn take(station: &Station, kind: Kind, text: &str) -> Plan {
    let shown = good(station, kind, text).await.mark;
    match import::take(station.server.app(), (kind, text.as_bytes().to_vec()), None, shown).await.unwrap() {
        Taken::Taken(plan) => plan,
        other => panic!("{other:?}"),
    }
}

const MONTH: &str = "login,from,until,order
okafor,2030-01-07 08:00,2030-01-07 20:00,1
tran,2030-01-07 20:00,2030-01-08 08:00,1
";

#[tokio::test]
async fn a_rota_is_looked_at_and_then_taken_and_a_corrected_one_takes_out_what_it_lacks() {
    let station = Station::start().await;
    let plan = good(&station, Kind::Rota, MONTH).await;
    assert_eq!((plan.lines, plan.counts.added, plan.counts.removed, plan.unchanged), (2, 2, 0, 0));
    assert!(plan.changes[0].contains("Add okafor: Mon 7 Jan 2030, 08:00 -08:00 until "), "{:?}", plan.changes);
    assert_eq!(listed(&station).await.len(), 2, "looking changes nothing");
    take(&station, Kind::Rota, MONTH).await;
    assert_eq!(listed(&station).await.len(), 4, "what lies before stays");
    let corrected = MONTH.replace("okafor,", "amari,");
    let plan = take(&station, Kind::Rota, &corrected).await;
    assert_eq!((plan.counts.added, plan.counts.removed, plan.unchanged), (1, 1, 1));
    let again = take(&station, Kind::Rota, &corrected).await;
    assert_eq!((again.counts.all(), again.unchanged), (0, 2));
    let marked = format!("\u{feff}{}", corrected.replace(',', ";").replace('\n', "\r\n"));
    assert_eq!(take(&station, Kind::Rota, &marked).await.unchanged, 2, "another shape, the same lines");
    let imported: Vec<_> = station.events().await.into_iter().filter(|line| line.contains(" imported ")).collect();
    assert!(imported.len() == 4 && imported[1].ends_with(" - - rota 1 0 1"), "{imported:?}");
}

#[tokio::test]
async fn every_bad_line_of_a_rota_is_named_with_its_column_and_nothing_is_taken() {
    let station = Station::start().await;
    let text = "login,from,until,order
okafor,2030-01-07 08:00,2030-01-07 20:00,1
nobody,2030-01-07 08:00,2030-01-07 20:00,1
reyes,2030-01-07 08:00,2030-01-07 20:00,1
tran,2030-03-10 02:30,2030-03-10 09:00,1
tran,2030-11-03 01:30,2030-11-03 09:00,1
tran,2030-11-03T01:30:00-08:00,2030-11-03 09:00,1
tran,2030-01-07 20:00,2030-01-07 08:00,1
tran,tomorrow,2030-01-07 08:00,1
tran,2030-01-07 08:00,2030-01-07 20:00,first
okafor,2030-01-07 08:00,2030-01-07 20:00,1
tran,9999-01-01 00:00,9999-01-02 00:00,1
";
    let said = faults(&station, Kind::Rota, text).await;
    for (line, wanted) in said.iter().zip([
        "line 3, login: Nobody here has this login.",
        "line 4, login: This person is no case manager.",
        "line 5, from: The clocks go forward over this time",
        "line 6, from: The clocks go back over this time",
        "line 8, until: The turn must end after it begins.",
        "line 9, from: This is no time.",
        "line 10, order: This is no number from 1 to 9.",
        "line 11: The same turn stands in line 2.",
        "line 12, from: The year must be between 2000 and 2199.",
    ]) {
        assert!(line.starts_with(wanted), "{line}");
    }
    assert_eq!(said.len(), 9, "{said:?}");
    let bytes = text.as_bytes().to_vec();
    let taken = import::take(station.server.app(), (Kind::Rota, bytes), None, Hash::of(&[])).await.unwrap();
    assert!(matches!(taken, Taken::Bad(_)) && listed(&station).await.len() == 2);
}

#[tokio::test]
async fn a_plan_that_is_not_what_was_shown_is_shown_again_and_nothing_is_done() {
    let station = Station::start().await;
    let shown = good(&station, Kind::Rota, MONTH).await.mark;
    take(&station, Kind::Rota, &MONTH.replace("okafor,", "amari,")).await;
    let before = listed(&station).await;
    let bytes = MONTH.as_bytes().to_vec();
    let taken = import::take(station.server.app(), (Kind::Rota, bytes), None, shown).await.unwrap();
    assert!(matches!(taken, Taken::Moved(ref plan) if plan.counts.removed == 1), "{taken:?}");
    assert_eq!(listed(&station).await, before);
}

const PEOPLE: &str = "login,role,name,serial,phone,lead,squad,mail
okafor,case_manager,Grace Okafor,,+1 206 555 0199,no,,
شيرين,case_manager,شيرين العلي 🦊,,+962 7 9012 3456,no,,shirin@agency.example
nguyen,officer,\"Nguyễn, Thị Hương\",9001,,,east,
";

#[tokio::test]
async fn people_are_added_and_changed_by_login_and_keep_their_ids_and_who_is_not_listed_stays() {
    let station = Station::start().await;
    let (before, id) = (station.server.app().site(), station.staff("okafor"));
    let plan = take(&station, Kind::People, PEOPLE).await;
    assert_eq!((plan.counts.added, plan.counts.changed, plan.unchanged), (2, 1, 0));
    let sentences = plan.changes.join("|");
    assert!(sentences.contains("(okafor, case_manager): phone") && !sentences.contains("555 0199"), "{sentences}");
    let after = station.server.app().site();
    assert_eq!(after.staff.len(), before.staff.len() + 2);
    assert_eq!(after.staff[&id].phone.reveal(), "+1 206 555 0199");
    let shirin = &after.staff[&station.staff("شيرين")];
    assert_eq!((shirin.name.as_str(), shirin.phone.reveal().as_str()), ("شيرين العلي 🦊", "+962 7 9012 3456"));
    assert_eq!(good(&station, Kind::People, PEOPLE).await.unchanged, 3);
}

#[tokio::test]
async fn who_leaves_cannot_sign_in_any_more_and_is_not_on_call() {
    let station = Station::start().await;
    let okafor = station.sign_in("okafor").await;
    let text = "login,role,name,active\nokafor,case_manager,Grace Okafor,no\n";
    let plan = take(&station, Kind::People, text).await;
    assert_eq!(
        (plan.counts.removed, plan.changes[0].as_str()),
        (1, "Grace Okafor (okafor, case_manager) leaves the program")
    );
    assert!(page(&station, &okafor, "/inbox").await.contains("You are signed out"));
    let site = station.server.app().site();
    assert_eq!(site.on_call(station.server.app().now()), [station.staff("tran")]);
    assert_eq!(site.staff[&station.staff("okafor")].phone.reveal(), "+1 206 555 0151", "no such column, no change");
}

#[tokio::test]
async fn every_bad_line_of_people_is_named_with_its_column() {
    let station = Station::start().await;
    let long = "x".repeat(201);
    let text = format!(
        "login,role,name,serial,phone,lead,mail,webhook,active
a,wizard,A,,,,,,
,officer,B,1,,,,,
c,officer,,1,,,,,
d,officer,D,,,,,,
e,officer,{long},1,,,,,
f,case_manager,F,,call me,,,,
g,case_manager,G,,,maybe,,,
h,officer,H,1,,yes,,,
i,case_manager,I,,,,not mail,,
j,case_manager,J,,,,,ftp://x,
k,case_manager,\"K\u{7}\",,,,,,
l,case_manager,L,,٠٧٩٠,,,,
m,case_manager,M,,,,,,perhaps
okafor,case_manager,One,,,,,,
okafor,case_manager,Two,,,,,,
"
    );
    let said = faults(&station, Kind::People, &text).await;
    for (line, wanted) in said.iter().zip([
        "line 2, role: There is no such role. Roles are: officer, case_manager, sergeant, prosecutor.",
        "line 3, login: This is empty.",
        "line 4, name: This is empty.",
        "line 5, serial: An officer needs a serial number.",
        "line 6, name: This is longer than 200 letters.",
        "line 7, phone: This holds no digit",
        "line 8, lead: Write yes or no.",
        "line 9, lead: Only a case manager leads the others.",
        "line 10, mail: This is no mail address.",
        "line 11, webhook: ",
        "line 12, name: This holds a character that is no text.",
        "line 13, phone: This holds no digit from 0 to 9",
        "line 14, active: Write yes or no.",
        "line 16, login: This login stands in line 15 too.",
    ]) {
        assert!(line.starts_with(wanted), "{line} is not {wanted}");
    }
    assert_eq!(said.len(), 14, "{said:#?}");
}

#[tokio::test]
async fn a_hundred_thousand_turns_are_taken_in_one_go_and_as_many_people_are_refused_in_a_sentence() {
    let station = Station::start().await;
    let begin: DateTime<Utc> = "2031-01-01T00:00:00Z".parse().unwrap();
    let mut text = String::from("login,from,until,order\n");
    for n in 0..import::MOST_LINES {
        let from = begin + TimeDelta::minutes(i64::try_from(n).unwrap());
        text.push_str(&format!("okafor,{},{},1\n", from.to_rfc3339(), (from + TimeDelta::minutes(1)).to_rfc3339()));
    }
    let plan = take(&station, Kind::Rota, &text).await;
    assert_eq!((plan.counts.added, plan.changes.len()), (import::MOST_LINES, import::MOST_LISTED));
    assert_eq!(listed(&station).await.len(), import::MOST_LINES + 2);
    let people: String = (0..import::MOST_LINES).map(|n| format!("p{n},case_manager,P\n")).collect();
    let said = faults(&station, Kind::People, &format!("login,role,name\n{people}")).await;
    assert!(said[0].contains("more than 20000 people"), "{said:?}");
}

#[tokio::test]
async fn at_the_console_a_lead_looks_first_and_then_takes_what_was_shown() {
    let station = Station::start().await;
    let lead = station.sign_in("amari").await;
    let text = MONTH.replace('\n', "\r\n");
    let send = async |act: &str, shown: &str| {
        let reply = station.form(&lead, "/import/rota", &[("text", &text), ("do", act), ("shown", shown)]).await;
        (reply.status().as_u16(), reply.text().await.unwrap())
    };
    let (status, shown) = send("look", "").await;
    assert_eq!(status, 200);
    assert!(shown.contains("What it would change") && shown.contains("2 new"), "{shown}");
    let (_, mark) = shown.split_once("name=\"shown\" value=\"").unwrap();
    let mark = mark.split('"').next().unwrap();
    let (status, other) = send("take", &Hash::of(&[]).to_string()).await;
    assert!(status == 409 && other.contains("Nothing was done."), "{other}");
    assert_eq!(listed(&station).await.len(), 2);
    let (status, taken) = send("take", mark).await;
    assert!(status == 200 && taken.contains("Taken"), "{taken}");
    assert_eq!(listed(&station).await.len(), 4);
    let events = station.events().await;
    let by = format!(" imported {} - rota 2 0 0", station.staff("amari"));
    assert!(events.iter().any(|line| line.ends_with(&by)), "{events:?}");
    let bad = station.form(&lead, "/import/people", &[("text", "login,nmae\nx,y"), ("do", "look")]).await;
    assert_eq!(bad.status(), 422);
    let bad = bad.text().await.unwrap();
    assert!(bad.contains("line 1, nmae: There is no such column."), "{bad}");
    let okafor = station.sign_in("okafor").await;
    assert_eq!(station.form(&okafor, "/import/rota", &[("text", "x"), ("do", "look")]).await.status(), 403);
}

#[tokio::test]
async fn the_command_says_what_it_would_do_does_it_and_names_the_file_and_each_fault() {
    let station = Station::start().await;
    let path = station.dir.path().join("rota.csv");
    std::fs::write(&path, MONTH).unwrap();
    let app = station.server.app();
    let dry = command::run(app, Kind::Rota, (&path, true)).await.unwrap();
    assert!(dry[0].starts_with("Nothing was changed.") && dry.last().unwrap().starts_with("2 lines: 2 new"), "{dry:?}");
    assert_eq!(listed(&station).await.len(), 2);
    let done = command::run(app, Kind::Rota, (&path, false)).await.unwrap();
    assert_eq!((done[0].as_str(), listed(&station).await.len()), ("Taken:", 4));
    std::fs::write(&path, "login,from\n").unwrap();
    let said = command::run(app, Kind::Rota, (&path, false)).await.unwrap_err();
    assert!(!said.is_of_the_machine(), "the input is at fault");
    let said = said.to_string();
    assert!(said.contains("rota.csv: nothing was changed") && said.contains("line 1, until:"), "{said}");
}

const COLUMNS: Columns = Columns { must: &["login", "name"], may: &["phone"] };

fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('"', "\"\""))
}

proptest! {
    #[test]
    fn any_bytes_end_with_a_sheet_or_a_fault(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        match read(&bytes, COLUMNS) {
            Ok(sheet) => prop_assert!(sheet.lines.iter().all(|line| sheet.value(line, "login").is_some())),
            Err(faults) => prop_assert!(!faults.named.is_empty()),
        }
    }

    #[test]
    fn any_text_under_a_good_first_line_ends_with_a_sheet_or_a_fault_of_a_line(text in "[a,;\"\n\r\t é]{0,60}") {
        match read(format!("login,name\n{text}").as_bytes(), COLUMNS) {
            Ok(sheet) => prop_assert!(sheet.lines.iter().all(|line| sheet.value(line, "name").is_some())),
            Err(faults) => prop_assert!(faults.named.iter().all(|fault| fault.line > 1), "{:?}", faults),
        }
    }

    #[test]
    fn what_a_program_writes_is_read_as_it_was(
        rows in prop::collection::vec(("[a-z]{1,5}", "[^\0]{0,20}"), 0..20),
        sign in prop::sample::select(&[",", ";", "\t"][..]),
        end in prop::sample::select(&["\n", "\r\n"][..]),
        mark in any::<bool>()
    ) {
        let mut text = String::from(if mark { "\u{feff}" } else { "" });
        text.push_str(&["login", "name"].join(sign));
        text.push_str(end);
        for (login, name) in &rows {
            text.push_str(&[quoted(login), quoted(name)].join(sign));
            text.push_str(end);
        }
        let sheet = read(text.as_bytes(), COLUMNS).unwrap();
        let value = |line, column| sheet.value(line, column).unwrap().to_owned();
        let found: Vec<_> = sheet.lines.iter().map(|line| (value(line, "login"), value(line, "name"))).collect();
        let wanted: Vec<_> = rows.into_iter().map(|(login, name)| (login, name.trim().to_owned())).collect();
        prop_assert_eq!(found, wanted);
    }
}

#[tokio::test]
async fn a_lead_makes_nobody_a_sergeant_or_a_prosecutor_and_changes_none() {
    let station = Station::start().await;
    let by = Some(station.staff("amari"));
    for line in [
        "mallory,sergeant,Mallory",
        "mallory,prosecutor,Mallory",
        "hughes,sergeant,Someone Else",
        "okafor,sergeant,Okafor",
    ] {
        let text = format!("login,role,name\n{line}\n").into_bytes();
        let looked = import::look(station.server.app(), Kind::People, text.clone(), by).await.unwrap();
        let Looked::Bad(faults) = looked else { panic!("{line} may be looked at") };
        assert!(faults.named[0].to_string().contains("at the command line"), "{faults:?}");
        let Looked::Good(plan) = import::look(station.server.app(), Kind::People, text.clone(), None).await.unwrap()
        else {
            panic!("the command line may")
        };
        let taken = import::take(station.server.app(), (Kind::People, text), by, plan.mark).await.unwrap();
        assert!(matches!(taken, Taken::Bad(_)), "{line} is taken: {taken:?}");
    }
}

#[tokio::test]
async fn a_file_that_says_nothing_of_who_left_brings_nobody_back() {
    let station = Station::start().await;
    take(&station, Kind::People, "login,role,name,active\ntran,case_manager,Daniel Tran,no\n").await;
    let plan =
        take(&station, Kind::People, "login,role,name,phone\ntran,case_manager,Daniel Tran,+1 206 555 0100\n").await;
    assert_eq!(plan.changes, ["Change Daniel Tran (tran, case_manager): phone"]);
    assert!(!station.server.app().site().staff.values().any(|person| person.login == "tran" && person.active));
    let plan = take(&station, Kind::People, "login,role,name,active\ntran,case_manager,Daniel Tran,yes\n").await;
    assert_eq!(plan.changes, ["Daniel Tran (tran, case_manager) comes back"]);
}
