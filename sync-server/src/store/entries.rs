//! Entries as they came, the columns of decisions, and the feed.

use super::events::take_at;
use super::ledger::{newest, put, take};
use super::{Db, Row, StoreError};
use crate::flags::{Flag, Flags};
use crate::ledger::record::{LeafKind, Place, Record};
use chrono::{DateTime, Utc};
use handoff::domain::encounter::Decision;
use handoff::domain::entry::{EntryKind, Header};
use handoff::domain::ids::{Bytes, DeviceId, Hash, ReferralId, StaffId};
use handoff::domain::stage::{MeetPlace, Stage};
use handoff::domain::wire::{Meet, Status, WireEntry};
use handoff::lab::{Bug, planted};
use handoff::seal::Known;

/// The feed gives at most this many statuses at once.
const MOST_STATUSES: u32 = 500;

/// An entry to be stored.
#[derive(Debug)]
pub(crate) struct NewEntry<'a> {
    pub(crate) hash: Hash,
    pub(crate) header: &'a Header,
    pub(crate) wire: &'a WireEntry,
    pub(crate) received: DateTime<Utc>,
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stored {
    /// The row's number, under which its decision is listed.
    pub(crate) row: u64,
    /// Its place in the ledger, as its receipt says.
    pub(crate) place: Place,
    pub(crate) at: DateTime<Utc>,
}

/// What is stored of a chain around one sequence.
#[derive(Debug, Default)]
pub(crate) struct Neighbours {
    /// What stands before it and at its place.
    pub(crate) known: Known,
    /// The entry itself, if it is there already.
    pub(crate) stored: Option<Stored>,
    /// Something that comes after it is there already: it fills a gap.
    pub(crate) followed: bool,
}

/// Looks around an entry's place in its chain.
pub(crate) fn neighbours(db: &mut dyn Db, header: &Header, hash: Hash) -> Result<Neighbours, StoreError> {
    let (chain, seq) = (header.chain, header.seq);
    let Neighbours { mut known, mut stored, mut followed } = Neighbours::default();
    let rows = db.rows(
        "SELECT seq, hash, position, epoch, leaf, received_ms FROM entries WHERE chain = :chain AND seq BETWEEN :before AND :after",
        &[
            (":chain", chain.into()),
            (":before", seq.saturating_sub(1).into()),
            (":after", seq.saturating_add(1).into()),
        ],
    )?;
    for mut row in rows {
        let (at, found) = (row.count()?, row.hash()?);
        if at < seq {
            known.before.push(found);
            continue;
        }
        if at > seq {
            followed = true;
            continue;
        }
        known.at.push(found);
        if found == hash {
            let (number, place) = (row.count()?, Place { epoch: row.count()?, position: row.count()? });
            stored = Some(Stored { row: number, place, at: row.time()? });
        }
    }
    if known.before.is_empty() {
        let head = db.first("SELECT max(seq) FROM entries WHERE chain = :chain", &[(":chain", chain.into())])?;
        let head = head.map(|mut row| row.maybe_int()).transpose()?.flatten();
        known.head = head.and_then(|head| u64::try_from(head).ok()).unwrap_or(0);
    }
    if let Some(prev) = header.prev.filter(|prev| !known.before.contains(prev)) {
        let sql = "SELECT seq FROM entries WHERE chain = :chain AND hash = :prev LIMIT 1";
        known.elsewhere = db.first(sql, &[(":chain", chain.into()), (":prev", prev.into())])?.is_some();
    }
    Ok(Neighbours { known, stored, followed })
}

/// Appends an entry to the log, and its leaf to the ledger, and says where it stands.
pub(crate) fn add_entry(db: &mut dyn Db, entry: &NewEntry<'_>) -> Result<Stored, StoreError> {
    let header = entry.header;
    let skipped = planted(Bug::LeafSkipped) && header.kind != EntryKind::Decision;
    let taken = if skipped { newest(db)? } else { take_at(db, entry.received)? };
    let row = db.insert(
        "INSERT INTO entries (hash, device, chain, seq, prev, referral, officer, header, enc, ciphertext, received_ms,
             epoch, leaf)
         VALUES (:hash, :device, :chain, :seq, :prev, :referral, :officer, :header, :enc, :ciphertext, :received,
             :epoch, :leaf)",
        "position",
        &[
            (":hash", entry.hash.into()),
            (":device", header.device.into()),
            (":chain", header.chain.into()),
            (":seq", header.seq.into()),
            (":prev", header.prev.into()),
            (":referral", header.referral.into()),
            (":officer", header.officer.into()),
            (":header", entry.wire.header.0.as_slice().into()),
            (":enc", entry.wire.enc.0.as_slice().into()),
            (":ciphertext", entry.wire.ciphertext.0.as_slice().into()),
            (":received", entry.received.into()),
            (":epoch", taken.place.epoch.into()),
            (":leaf", taken.place.position.into()),
        ],
    )?;
    let record = Record::Entry { hash: entry.hash, received_ms: entry.received.timestamp_millis() };
    if !skipped {
        put(db, taken, (LeafKind::Entry, row), &record)?;
    }
    Ok(Stored { row, place: taken.place, at: entry.received })
}

/// Gives an entry that is there a new leaf, since the receipt for its old one became void.
pub(crate) fn place_anew(db: &mut dyn Db, stored: &Stored, hash: Hash) -> Result<Place, StoreError> {
    let taken = take(db)?;
    let place = taken.place;
    db.run(
        "UPDATE entries SET epoch = :epoch, leaf = :leaf WHERE position = :row",
        &[(":epoch", place.epoch.into()), (":leaf", place.position.into()), (":row", stored.row.into())],
    )?;
    let record = Record::Entry { hash, received_ms: stored.at.timestamp_millis() };
    put(db, taken, (LeafKind::Entry, stored.row), &record)?;
    Ok(place)
}

/// Adds the columns by which a decision is listed.
pub(crate) fn add_decision(
    db: &mut dyn Db,
    position: u64,
    entry: &NewEntry<'_>,
    (decision, flags): (&Decision, Flags),
) -> Result<(), StoreError> {
    let zone = decision.assessment.zone.as_ref();
    db.run(
        "INSERT INTO decisions (position, referral, officer, device, at_ms, received_ms, door, verdict, choice, reason,
             outcome, pack, pack_version, zone, zone_version, containment, race, sex, age, flags)
         VALUES (:position, :referral, :officer, :device, :at, :received, :door, :verdict, :choice, :reason,
             :outcome, :pack, :pack_version, :zone, :zone_version, :containment, :race, :sex, :age, :flags)",
        &[
            (":position", position.into()),
            (":referral", entry.header.referral.into()),
            (":officer", entry.header.officer.into()),
            (":device", entry.header.device.into()),
            (":at", decision.facts.at.to_utc().into()),
            (":received", entry.received.into()),
            (":door", decision.facts.door.code().into()),
            (":verdict", decision.assessment.verdict.code().into()),
            (":choice", decision.choice.code().into()),
            (":reason", decision.reason.map(|reason| reason.code()).into()),
            (":outcome", decision.outcome.code().into()),
            (":pack", (&decision.assessment.pack.id).into()),
            (":pack_version", decision.assessment.pack.version.into()),
            (":zone", zone.map(|zone| &zone.id).into()),
            (":zone_version", zone.map(|zone| &zone.version).into()),
            (":containment", zone.map(|zone| zone.containment.code()).into()),
            (":race", decision.demographics.race.code().into()),
            (":sex", decision.demographics.sex.code().into()),
            (":age", decision.demographics.age.code().into()),
            (":flags", flags.bits().into()),
        ],
    )?;
    Ok(())
}

/// The entry that was missing before others has come: they are no longer flagged for it.
pub(crate) fn close_gap(db: &mut dyn Db, header: &Header, hash: Hash) -> Result<(), StoreError> {
    let gap = Flags::default().with_if(Flag::ChainGap, true).bits();
    for table in ["decisions", "afterwards"] {
        db.run(
            &format!(
                "UPDATE {table} SET flags = flags - :gap WHERE (flags & :gap) <> 0 AND position IN
                 (SELECT position FROM entries WHERE chain = :chain AND seq = :next AND prev = :hash)"
            ),
            &[
                (":gap", gap.into()),
                (":chain", header.chain.into()),
                (":next", header.seq.saturating_add(1).into()),
                (":hash", hash.into()),
            ],
        )?;
    }
    Ok(())
}

/// Opens the case of an accepted offer, whose ladder is to be looked at again at a time; false if the referral has
/// one already.
pub(crate) fn open_case(
    db: &mut dyn Db,
    position: u64,
    entry: &NewEntry<'_>,
    look: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let (referral, device) = (entry.header.referral, entry.header.device);
    let opened = db.run(
        "INSERT INTO cases (referral, position, device, stage, opened_ms, look_ms)
         VALUES (:referral, :position, :device, :stage, :now, :look) ON CONFLICT (referral) DO NOTHING",
        &[
            (":referral", referral.into()),
            (":position", position.into()),
            (":device", device.into()),
            (":stage", Stage::Received.code().into()),
            (":now", entry.received.into()),
            (":look", look.into()),
        ],
    )?;
    if opened == 1 {
        let status =
            Status { referral, stage: Stage::Received, at: entry.received, by: None, meet: None, participant: None };
        add_status(db, device, &status)?;
    }
    Ok(opened == 1)
}

/// Tells a device where its referral stands.
pub(super) fn add_status(db: &mut dyn Db, device: DeviceId, status: &Status) -> Result<(), StoreError> {
    db.run(
        "INSERT INTO statuses (device, referral, stage, at_ms, staff, meet_ms, meet_place)
         VALUES (:device, :referral, :stage, :at, :staff, :meet, :place)",
        &[
            (":device", device.into()),
            (":referral", status.referral.into()),
            (":stage", status.stage.code().into()),
            (":at", status.at.into()),
            (":staff", status.by.into()),
            (":meet", status.meet.map(|meet| meet.at).into()),
            (":place", status.meet.map(|meet| meet.place.code()).into()),
        ],
    )?;
    Ok(())
}

/// Tells once more how a referral stands: what else is told of it has changed. Whose feed hears it; nobody's if
/// nothing was told of it.
pub(crate) fn tell_status_again(db: &mut dyn Db, referral: ReferralId) -> Result<Option<DeviceId>, StoreError> {
    let row = db.first(
        "INSERT INTO statuses (device, referral, stage, at_ms, staff, meet_ms, meet_place)
         SELECT device, referral, stage, at_ms, staff, meet_ms, meet_place FROM statuses
         WHERE referral = :referral ORDER BY cursor DESC LIMIT 1 RETURNING device",
        &[(":referral", referral.into())],
    )?;
    row.map(|mut row| row.id().map(DeviceId)).transpose()
}

/// What a device has not heard yet, oldest first, with the cursor after it. The cursor passes what is not
/// the device's own; the end is read first, so that it never passes a status that comes meanwhile.
pub(crate) fn statuses_after(db: &mut dyn Db, device: DeviceId, after: u64) -> Result<(u64, Vec<Status>), StoreError> {
    let end = db.first("SELECT coalesce(max(cursor), 0) FROM statuses", &[])?.map_or(Ok(0), |mut row| row.count())?;
    let rows = db.rows(
        "SELECT cursor, referral, stage, at_ms, staff, meet_ms, meet_place FROM statuses
         WHERE device = :device AND cursor > :after AND cursor <= :end ORDER BY cursor LIMIT :most",
        &[(":device", device.into()), (":after", after.into()), (":end", end.into()), (":most", MOST_STATUSES.into())],
    )?;
    let full = rows.len() >= usize::try_from(MOST_STATUSES).unwrap_or(usize::MAX);
    let mut cursor = after;
    let mut statuses = Vec::with_capacity(rows.len());
    for mut row in rows {
        cursor = row.count()?;
        statuses.push(status(&mut row)?);
    }
    // A full page ends at its last row; the rest comes with the next call.
    Ok((if full { cursor } else { end.max(after) }, statuses))
}

fn status(row: &mut Row) -> Result<Status, StoreError> {
    Ok(Status {
        referral: ReferralId(row.id()?),
        stage: row.code(Stage::from_code)?,
        at: row.time()?,
        by: row.maybe_id()?.map(StaffId),
        meet: meet(row)?,
        participant: None,
    })
}

/// Reads `meet_ms, meet_place`.
pub(super) fn meet(row: &mut Row) -> Result<Option<Meet>, StoreError> {
    let (at, place) = (row.maybe_time()?, row.maybe_code(MeetPlace::from_code)?);
    Ok(at.zip(place).map(|(at, place)| Meet { at, place }))
}

/// Reads `header, enc, ciphertext`.
pub(super) fn wire(row: &mut Row) -> Result<WireEntry, StoreError> {
    Ok(WireEntry { header: Bytes(row.blob()?), enc: Bytes(row.blob()?), ciphertext: Bytes(row.blob()?) })
}
