//! What waits to be sent proves itself: its hash and its header say what the row must say. SQLite has no checksum
//! for a row, so a bit that flipped on the medium is looked for here, each time the file is opened.
//!
//! # Decisions
//! The bytes are the entry, and the columns beside them are for this device alone. Where they differ the columns
//! follow the bytes: if a column was damaged, all is well again; if the bytes were, the server opens no seal,
//! refuses the entry, and the phone shows it as wedged. Either way the receipt that comes is that of the row.

use super::{StoreError, int, text};
use crate::domain::entry::{Header, entry_hash};
use crate::domain::ids::Hash;
use rusqlite::{Connection, named_params};

/// Makes the columns of each entry without a receipt follow its bytes. Returns how many did not.
pub fn correct(conn: &Connection) -> Result<u64, StoreError> {
    let wrong = wrong(conn)?;
    for Wrong { seq, hash, header } in &wrong {
        conn.execute(
            "UPDATE entries SET hash = :hash WHERE seq = :seq",
            named_params! { ":hash": hash.0, ":seq": seq },
        )?;
        // Without a header that can be read the columns are the best that is known.
        let Some(header) = header else { continue };
        let sql =
            "UPDATE OR IGNORE entries SET referral = :referral, officer = :officer, kind = :kind WHERE seq = :seq";
        let params = named_params! {
            ":referral": header.referral.0, ":officer": header.officer.0, ":kind": header.kind.code(), ":seq": seq,
        };
        conn.execute(sql, params)?;
    }
    Ok(u64::try_from(wrong.len()).unwrap_or(u64::MAX))
}

struct Wrong {
    seq: i64,
    hash: Hash,
    header: Option<Header>,
}

fn wrong(conn: &Connection) -> Result<Vec<Wrong>, StoreError> {
    let sql = "SELECT seq, hash, referral, officer, kind, header, enc, ciphertext FROM entries
               WHERE receipt IS NULL AND ciphertext IS NOT NULL";
    let mut query = conn.prepare(sql)?;
    let mut rows = query.query([])?;
    let mut wrong = Vec::new();
    while let Some(row) = rows.next()? {
        let bytes = |column: usize| row.get::<_, Option<Vec<u8>>>(column).map(Option::unwrap_or_default);
        let (seq, kept, head) = (row.get(0)?, Hash(row.get(1)?), bytes(5)?);
        let hash = entry_hash(&head, &bytes(6)?, &bytes(7)?);
        let header = Header::from_bytes(&head).ok();
        let fits = |header: &Header| -> Result<bool, StoreError> {
            let ids = (header.referral.0, header.officer.0) == (row.get(2)?, row.get(3)?);
            Ok(ids && text(row, 4)? == header.kind.code() && int(header.seq)? == seq)
        };
        let good = kept == hash && header.as_ref().map(fits).transpose()?.unwrap_or(true);
        if !good {
            wrong.push(Wrong { seq, hash, header });
        }
    }
    Ok(wrong)
}
