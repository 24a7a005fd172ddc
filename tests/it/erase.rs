//! What an erased record leaves behind: its number, and nothing else; and what those see who read meanwhile.

use crate::afterwards::{append, hand_off};
use crate::ingest::staff;
use crate::ledger::{exported, signed, verified};
use crate::server::{Station, TestPhone};
use handoff::domain::afterwards::HandOffStep;
use handoff::domain::ids::ReferralId;
use handoff::domain::wire::{FeedReply, Role};
use handoff::seal::tree::is_included;
use handoff_server::ledger::command::{export_to, key_text, verify_export};
use handoff_server::ledger::export::{self, ExportError};
use handoff_server::ledger::{proofs, sign_now};
use handoff_server::store::{Db, Staff, staff_list};
use handoff_server::{App, Config, cases, log};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::runtime::Handle;
use tokio::sync::watch;

/// The highest number of a table.
async fn highest(station: &Station, sql: &'static str) -> u64 {
    station.server.app().store().read(move |db: &mut dyn Db| db.first(sql, &[])?.unwrap().count()).await.unwrap()
}

#[tokio::test]
async fn the_number_of_an_erased_record_is_given_to_no_other_and_no_status_is_missed_for_it() {
    let station = Station::start().await;
    let app = station.server.app();
    let (mut phone, mut other) = (station.phone().await, station.phone().await);
    let (_, first) = phone.record(&phone.accepted_offer());
    phone.deliver(&first).await;
    let (gone, newest) = other.record(&other.accepted_offer());
    let receipt = other.deliver(&newest).await;
    let heard: FeedReply = phone.feed("after=0").await.json().await.unwrap();
    assert_eq!(heard.statuses.len(), 1);
    let position = "SELECT max(position) FROM entries";
    let before = highest(&station, position).await;

    assert_eq!(app.erase(gone).await.unwrap(), 1);
    let trace = gone.0.as_bytes().to_vec();
    let kept = move |db: &mut dyn Db| {
        db.first("SELECT count(*) FROM statuses WHERE referral = :gone", &[(":gone", trace.clone().into())])?
            .unwrap()
            .count()
    };
    assert_eq!(app.store().read(kept).await.unwrap(), 0, "a status says nothing of it any more");
    assert_eq!(highest(&station, position).await, before, "its number stands");

    let (_, next) = phone.record(&phone.accepted_offer());
    let after = phone.deliver(&next).await;
    assert!(after.position > receipt.position);
    assert_eq!(highest(&station, position).await, before + 1);
    let sergeant = app.store().read(staff_list).await.unwrap().into_iter().find(|one| one.role == Role::Sergeant);
    let decision = handoff_server::log::decision(app, &sergeant.unwrap(), before).await.unwrap();
    assert!(decision.is_none(), "the address of the erased decision leads to no other");

    // The phone had heard up to the status that is erased: the next one is news to it all the same.
    let news: FeedReply = phone.feed(&format!("after={}", heard.cursor)).await.json().await.unwrap();
    assert_eq!(news.statuses.len(), 1, "a cursor is never given twice");
    assert!(news.cursor > heard.cursor);
    assert!(handoff_server::ledger::sign_now(app).await.unwrap(), "every leaf is that of its record");
}

/// A decision with two steps of its hand-off; where its entry stands.
async fn full(phone: &mut TestPhone) -> (ReferralId, u64) {
    let (referral, entry) = phone.record(&phone.accepted_offer());
    let place = phone.deliver(&entry).await.position;
    for step in [HandOffStep::Called, HandOffStep::NoAnswer] {
        let entry = append(phone, referral, &hand_off(step, None));
        phone.deliver(&entry).await;
    }
    (referral, place)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_in_whose_middle_a_record_is_erased_shows_it_as_it_was_and_the_next_says_that_it_was_erased() {
    let station = Station::start().await;
    let app = station.server.app().clone();
    let mut phone = station.phone().await;
    let (gone, _) = full(&mut phone).await;
    full(&mut phone).await;
    let known = signed(&station).await;
    let (erases, here) = (app.clone(), Handle::current());
    let during = tokio::task::spawn_blocking(move || {
        let (mut all, mut erased) = (Vec::new(), 0);
        export::write(&erases, &mut |bytes| {
            // The first line is out, and nothing of the leaves was written yet.
            if all.is_empty() {
                erased = here.block_on(erases.erase(gone)).unwrap();
            }
            all.extend(bytes);
            true
        })
        .unwrap();
        (all, erased)
    });
    let (export, erased) = during.await.unwrap();
    assert_eq!(erased, 3);
    let report = verified(&app, &export, Some(known.clone()));
    assert!(report.is_good(), "{report}");
    assert_eq!((report.leaves[0], report.erased), (6, 0), "as it was");
    signed(&station).await;
    let report = verified(&app, &exported(&app).await, Some(known));
    assert!(report.is_good(), "{report}");
    assert_eq!((report.leaves[0], report.erased), (3, 3), "as it is");
}

#[tokio::test]
async fn nothing_is_exported_while_an_erasure_is_not_signed_and_the_command_signs_first() {
    let station = Station::start_in(tempfile::tempdir().unwrap()).await;
    let mut phone = station.phone().await;
    let (gone, _) = full(&mut phone).await;
    // By a program that does not sign by itself, when nothing runs any more of the one that did.
    let Station { server, dir, .. } = station;
    let mut stopping = server.app().stopping();
    server.stop().await;
    while stopping.changed().await.is_ok() {}
    let app = App::open(Config::local(dir.path())).unwrap();
    assert!(sign_now(&app).await.unwrap());
    assert_eq!(app.erase(gone).await.unwrap(), 3);
    let mut written = 0;
    let refused = export::write(&app, &mut |bytes| {
        written += bytes.len();
        true
    });
    assert!(matches!(refused, Err(ExportError::Erasing)), "{refused:?}");
    assert_eq!(written, 0);
    let file = dir.path().join("export");
    export_to(&app, &file).await.unwrap();
    let report = verify_export(&file, &key_text(&app).unwrap(), None).unwrap();
    assert!(report.is_good() && report.erased == 3, "{report}");
}

/// Reads as everyone may, until it is asked to stop: what is there is whole, or gone. Returns how often it was gone.
async fn look(
    app: App,
    (sergeant, manager): (Staff, Staff),
    all: Vec<(ReferralId, u64)>,
    stop: Arc<AtomicBool>,
) -> usize {
    let mut gone = 0;
    while !stop.load(Ordering::SeqCst) {
        for (row, (referral, place)) in all.iter().enumerate() {
            let number = u64::try_from(row).unwrap() * 3 + 1;
            match log::decision(&app, &sergeant, number).await.unwrap() {
                Some(found) => {
                    assert!(found.decision.is_some(), "a decision opens");
                    assert_eq!(found.afterwards.len(), 2, "with all that came after it");
                }
                None => gone += 1,
            }
            if let Some(found) = cases::referral(&app, &manager, *referral).await.unwrap() {
                assert!(found.case.decision.is_some(), "a referral opens");
                assert_eq!(found.afterwards.len(), 2, "with all that came after it");
            }
            let proof = proofs::of(&app, 1, *place).await.unwrap().unwrap();
            assert!(is_included(&proof.checkpoint.head, place - 1, proof.leaf, &proof.inclusion));
        }
    }
    gone
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reads_while_records_are_erased_sees_each_before_or_after_and_every_proof_holds() {
    const REFERRALS: usize = 12;
    let station = Station::start().await;
    let app = station.server.app().clone();
    let mut phone = station.phone().await;
    let mut all = Vec::new();
    for _ in 0..REFERRALS {
        all.push(full(&mut phone).await);
    }
    let known = signed(&station).await;
    let (stop, people) =
        (Arc::new(AtomicBool::new(false)), (staff(&station, "hughes").await, staff(&station, "okafor").await));
    let looks = tokio::spawn(look(app.clone(), people, all.clone(), Arc::clone(&stop)));
    let (exports, ended, (audited, mut done)) = (app.clone(), Arc::clone(&stop), watch::channel(0));
    let audits = tokio::spawn(async move {
        let folder = tempfile::tempdir().unwrap();
        let (file, key) = (folder.path().join("export"), key_text(&exports).unwrap());
        while !ended.load(Ordering::SeqCst) {
            export_to(&exports, &file).await.unwrap();
            let report = verify_export(&file, &key, None).unwrap();
            assert!(report.is_good(), "{report}");
            assert_eq!(report.leaves[0] + report.erased, 36, "each is there, or was erased");
            assert_eq!(report.erased % 3, 0, "a referral is erased whole");
            audited.send_modify(|audits| *audits += 1);
        }
    });
    for (n, (referral, _)) in all.iter().enumerate() {
        // Somewhere in the audit that follows the last one.
        done.wait_for(|audits| *audits >= n).await.expect("the audits go on");
        assert_eq!(app.erase(*referral).await.unwrap(), 3);
    }
    stop.store(true, Ordering::SeqCst);
    audits.await.unwrap();
    println!("{} audits, {} reads of what was gone", *done.borrow(), looks.await.unwrap());
    assert!(sign_now(&app).await.unwrap());
    let report = verified(&app, &exported(&app).await, Some(known));
    assert!(report.is_good() && report.erased == 36, "{report}");
}
