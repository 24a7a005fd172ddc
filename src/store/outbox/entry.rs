//! What is written and read of one entry's row.

use crate::domain::ids::{Hash, ReferralId};
use crate::domain::wire::{ReceiptBody, Signed};
use crate::outbox::{Item, State, Wedge};
use crate::seal::SealedEntry;
use crate::store::{NewEntry, StoreError, int, nat, vouch};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row, named_params};

/// Bytes that JSON and base64 add to an entry, beyond a third of its own.
const WIRE_OVERHEAD: u64 = 64;

/// Appends an entry.
pub const INSERT: &str = concat!(
    "INSERT INTO entries (seq, hash, referral, officer, kind, code, whom, saved_at, boot, boot_ms, header, enc, ",
    "ciphertext) VALUES (:seq, :hash, :referral, :officer, :kind, :code, :whom, :saved_at, :boot, :boot_ms, :header, ",
    ":enc, :ciphertext) ",
    "ON CONFLICT (referral) WHERE kind = 'decision' DO NOTHING ",
    "ON CONFLICT (referral) WHERE kind = 'withdrawal' DO NOTHING",
);

/// False if this referral's decision, or its withdrawal, is there already.
pub fn insert(conn: &Connection, new: &NewEntry, (seq, sealed): (u64, &SealedEntry)) -> Result<bool, StoreError> {
    let inserted = conn.prepare_cached(INSERT)?.execute(named_params! {
        ":seq": int(seq)?,
        ":hash": sealed.hash.0,
        ":referral": new.referral.0,
        ":officer": new.officer.0,
        ":kind": new.kind.code(),
        ":code": new.code,
        ":whom": new.whom.map(|whom| whom.0),
        ":saved_at": new.at.wall.timestamp_millis(),
        ":boot": new.at.boot.cast_signed(),
        ":boot_ms": int(new.at.boot_ms)?,
        ":header": sealed.wire.header.0,
        ":enc": sealed.wire.enc.0,
        ":ciphertext": sealed.wire.ciphertext.0,
    })?;
    Ok(inserted == 1)
}

/// Why the server will not take it; what has a receipt is never wedged.
pub fn make_wedged(conn: &Connection, seq: u64, wedge: &Wedge) -> Result<(), StoreError> {
    let json = serde_json::to_string(wedge).map_err(|_| StoreError::Value("wedge"))?;
    conn.prepare_cached("UPDATE entries SET wedge = :wedge WHERE seq = :seq AND receipt IS NULL")?
        .execute(named_params! { ":wedge": json, ":seq": int(seq)? })?;
    Ok(())
}

/// Puts the receipt beside its entry. The bytes stay until they have been in a backup for long, unless the
/// server erased the record.
pub fn clear(
    conn: &Connection,
    seq: u64,
    cleared: &(Signed, ReceiptBody),
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (signed, body) = cleared;
    let json = serde_json::to_string(signed).map_err(|_| StoreError::Value("receipt"))?;
    conn.prepare_cached(
        "UPDATE entries SET receipt = :receipt, epoch = :epoch, position = :position, received_at = :at,
                wedge = NULL, gone = 0, erased = :erased
         WHERE seq = :seq AND hash = :hash",
    )?
    .execute(named_params! {
        ":receipt": json, ":epoch": int(body.epoch)?, ":position": int(body.position)?,
        ":at": body.at.timestamp_millis(), ":erased": body.erased, ":seq": int(seq)?, ":hash": body.entry.0,
    })?;
    if body.erased {
        let sql = "UPDATE entries SET header = NULL, enc = NULL, ciphertext = NULL WHERE seq = :seq AND hash = :hash";
        conn.prepare_cached(sql)?.execute(named_params! { ":seq": int(seq)?, ":hash": body.entry.0 })?;
    }
    vouch::mark_backed_up(conn, (body.epoch, body.backed_up), body.at.max(at))
}

/// One entry of the queue.
pub fn item(row: &Row<'_>) -> Result<Item, StoreError> {
    let state = match wedge(row.get(4)?) {
        Some(wedge) => State::Wedged(wedge),
        None => State::Waiting { attempts: count(row.get(3)?) },
    };
    let size = nat(row.get(5)?)?;
    // Base64 takes four characters for three bytes.
    let bytes = usize::try_from(size / 3 * 4 + WIRE_OVERHEAD).unwrap_or(usize::MAX);
    let referral = ReferralId(row.get(2)?);
    Ok(Item { seq: nat(row.get(0)?)?, hash: Hash(row.get(1)?), referral, bytes, state })
}

/// What stands in the column; text that is none is a reason of its own.
pub fn wedge(json: Option<String>) -> Option<Wedge> {
    json.map(|json| serde_json::from_str(&json).unwrap_or(Wedge::Unreadable))
}

/// A count; one that is none stands as the most.
pub fn count(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// A time that is none stands as the oldest: an age that nobody overlooks.
pub fn time(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::UNIX_EPOCH)
}
