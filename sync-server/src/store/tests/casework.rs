//! Notes of cases, on every engine.

use super::*;
use crate::store::casework::{StoredNote, Written, add_note, cases_of, notes};
use handoff::domain::casework::{Move, NoteKind, Standing};
use handoff::domain::ids::{NoteId, ReferralId};
use handoff::seal::SealedDocument;

const CASE: ReferralId = ReferralId(Uuid::from_u128(9));
const ANA: StaffId = StaffId(Uuid::from_u128(5));

fn note(id: u128, (kind, number): (NoteKind, u64), does: Move) -> StoredNote {
    StoredNote {
        id: NoteId(Uuid::from_u128(id)),
        referral: CASE,
        kind,
        number,
        does,
        author: ANA,
        at: at(i64::try_from(id).unwrap()),
        sealed: SealedDocument { key: "0123456789abcdef".into(), enc: vec![0, 1, 255], ciphertext: vec![7; 40] },
    }
}

/// A store with one case that Ana has.
async fn store(engine: impl Engine) -> Store {
    // The epoch, so that events have their leaves.
    let store = Store::prepared(engine, |db| crate::store::ledger::begin(db, at(0))).unwrap();
    let insert = "INSERT INTO cases (referral, position, device, stage, opened_ms, accepted_by, accepted_ms)
        VALUES (:case, 1, :case, 'accepted', 0, :ana, 1)";
    store.write(move |db| db.run(insert, &[(":case", CASE.into()), (":ana", ANA.into())])).await.unwrap();
    store
}

pub async fn a_note_follows_the_newest_of_its_kind_or_is_not_filed(engine: impl Engine) {
    let store = store(engine).await;
    let file = |note: StoredNote| store.write(move |db| add_note(db, &note));
    let (met, plan) = (note(1, (NoteKind::Arrival, 1), Move::Met), |id, n| note(id, (NoteKind::Plan, n), Move::Work));
    assert_eq!(file(plan(2, 1)).await.unwrap(), Written::NotNow(Standing::Accepted));
    assert_eq!(file(met.clone()).await.unwrap(), Written::Filed);
    assert_eq!(file(met.clone()).await.unwrap(), Written::Again);
    for (note, written) in [
        (plan(2, 2), Written::Stale),
        (plan(2, 1), Written::Filed),
        (plan(3, 1), Written::Stale),
        (plan(3, 2), Written::Filed),
        (note(1, (NoteKind::Contact, 1), Move::Word), Written::Stale),
        (note(4, (NoteKind::Arrival, 1), Move::Met), Written::Stale),
        (note(4, (NoteKind::Arrival, 2), Move::Met), Written::NotNow(Standing::Met)),
        (StoredNote { referral: ReferralId(Uuid::from_u128(8)), ..plan(5, 1) }, Written::NoSuchCase),
    ] {
        assert_eq!(file(note).await.unwrap(), written);
    }
    let found = store.read(|db| notes(db, CASE)).await.unwrap();
    assert_eq!(found, [met, plan(2, 1), plan(3, 2)], "as they were written, in order");
    assert_eq!(store.read(|db| cases_of(db, ANA)).await.unwrap(), [CASE]);
    assert_eq!(store.read(|db| events::count(db, Kind::CaseNote)).await.unwrap(), 3);
}

pub async fn of_many_notes_that_follow_the_same_one_is_filed(engine: impl Engine) {
    let store = store(engine).await;
    let tries: Vec<_> = (1..=20)
        .map(|id| {
            let note = note(id, (NoteKind::Contact, 1), Move::Word);
            store.submit(move |db| add_note(db, &note))
        })
        .collect();
    let mut filed = 0;
    for tried in tries {
        filed += usize::from(tried.done().await.unwrap() == Written::Filed);
    }
    assert_eq!(filed, 1);
}
