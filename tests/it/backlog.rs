//! After a day without the server: everyone's backlog comes at once.

use crate::server::{Station, TestPhone};
use handoff::domain::ids::Hash;
use handoff::domain::wire::ReceiptBody;
use handoff::seal::SealedEntry;
use std::collections::{BTreeMap, BTreeSet};
use tokio::task::JoinSet;

const PHONES: usize = 1_000;
const EACH: usize = 10;
/// So many phones find the server in the same moment.
const AT_ONCE: usize = 64;

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_entries_of_a_thousand_phones_are_receipted_with_nothing_left_over() {
    let station = Station::start().await;
    let decision = station.phone().await.accepted_offer();
    let mut waiting = Vec::new();
    for _ in 0..PHONES {
        let mut phone = station.bare_phone(None).await;
        let backlog: Vec<SealedEntry> = (0..EACH).map(|_| phone.record(&decision).1).collect();
        waiting.push((phone, backlog));
    }
    let recorded: BTreeSet<Hash> = waiting.iter().flat_map(|(_, backlog)| backlog).map(|entry| entry.hash).collect();
    assert_eq!(recorded.len(), PHONES * EACH);

    let mut receipts: BTreeMap<Hash, ReceiptBody> = BTreeMap::new();
    let mut calls = JoinSet::new();
    let mut waiting = waiting.into_iter();
    loop {
        while calls.len() < AT_ONCE
            && let Some((phone, backlog)) = waiting.next()
        {
            calls.spawn(deliver(phone, backlog));
        }
        let Some(done) = calls.join_next().await else { break };
        receipts.extend(done.unwrap().into_iter().map(|receipt| (receipt.entry, receipt)));
    }
    assert_eq!(receipts.keys().copied().collect::<BTreeSet<_>>(), recorded, "each entry has its receipt");
    let positions: BTreeSet<_> = receipts.values().map(|receipt| (receipt.epoch, receipt.position)).collect();
    assert_eq!(positions.len(), recorded.len(), "no two entries stand at one place");
    let cases = handoff_server::cases::waiting(station.server.app()).await.unwrap();
    assert_eq!(cases, PHONES * EACH, "each accepted offer is one case");
}

/// One batch, sent twice, as after a lost answer.
async fn deliver(phone: TestPhone, backlog: Vec<SealedEntry>) -> Vec<ReceiptBody> {
    let batch: Vec<&SealedEntry> = backlog.iter().collect();
    let first: Vec<_> = phone.send(&batch).await.iter().map(|answer| phone.receipt(answer)).collect();
    let again: Vec<_> = phone.send(&batch).await.iter().map(|answer| phone.receipt(answer)).collect();
    let place = |receipt: &ReceiptBody| (receipt.entry, receipt.epoch, receipt.position);
    assert!(first.iter().map(place).eq(again.iter().map(place)), "a repeat stands where it stood");
    first
}
