//! What `outbox.db` keeps around the entries: the feed, the server's time, the shift, wrong secrets, and
//! why nothing goes out.

use super::outbox::{Outbox, time};
use super::{HoldRow, ShiftRow, StoreError, int, nat, text};
use crate::domain::ids::StaffId;
use crate::domain::time::{Anchor, Reading};
use crate::domain::wire::Status;
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension as _, Row, named_params};
use uuid::Uuid;

impl Outbox {
    /// The feed's cursor and the server's epoch; zeros at first.
    ///
    /// # Errors
    /// The database.
    pub fn cursor(&mut self) -> Result<(u64, u64), StoreError> {
        self.run(|conn| {
            let read = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?));
            let found = conn.prepare_cached("SELECT cursor, epoch FROM feed")?.query_row([], read).optional()?;
            // A cursor that is none is asked from the start: reading the feed twice does no harm.
            let read = found.and_then(|(cursor, epoch)| Some((nat(cursor).ok()?, nat(epoch).ok()?)));
            Ok(read.unwrap_or_default())
        })
    }

    /// Stores what the feed said, with the cursor after it, in one commit.
    ///
    /// # Errors
    /// The database; the cursor has then not moved.
    pub fn apply_feed(&mut self, cursor: u64, epoch: u64, statuses: &[Status]) -> Result<(), StoreError> {
        self.run(|conn| {
            let tx = conn.transaction()?;
            for status in statuses {
                let json = serde_json::to_string(status).map_err(|_| StoreError::Value("status"))?;
                tx.prepare_cached(
                    "INSERT INTO statuses (referral, status) VALUES (:referral, :status)
                     ON CONFLICT (referral) DO UPDATE SET status = excluded.status",
                )?
                .execute(named_params! { ":referral": status.referral.0, ":status": json })?;
            }
            tx.execute(
                "INSERT INTO feed (id, cursor, epoch) VALUES (1, :cursor, :epoch)
                 ON CONFLICT (id) DO UPDATE SET cursor = excluded.cursor, epoch = excluded.epoch",
                named_params! { ":cursor": int(cursor)?, ":epoch": int(epoch)? },
            )?;
            Ok(tx.commit()?)
        })
    }

    /// The server's time as it was last heard.
    ///
    /// # Errors
    /// The database. An anchor that cannot be read counts as none.
    pub fn anchor(&mut self) -> Result<Option<Anchor>, StoreError> {
        self.run(|conn| {
            let json = conn.query_row("SELECT anchor FROM anchor", [], |row| text(row, 0)).optional()?;
            Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
        })
    }

    /// The latest time that a server said to this device, in any boot: with the anchor, or on a receipt.
    ///
    /// # Errors
    /// The database.
    pub fn last_heard(&mut self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let anchor = self.anchor()?.map(|anchor| anchor.server);
        let sql = "SELECT max(received_at) FROM entries WHERE receipt IS NOT NULL";
        let receipt = self.run(|conn| Ok(conn.query_row(sql, [], |row| row.get::<_, Option<i64>>(0))?))?;
        Ok(anchor.max(receipt.map(time)))
    }

    /// Keeps the server's time.
    ///
    /// # Errors
    /// The database.
    pub fn keep_anchor(&mut self, anchor: &Anchor) -> Result<(), StoreError> {
        let json = serde_json::to_string(anchor).map_err(|_| StoreError::Value("anchor"))?;
        self.run(|conn| {
            let sql = "INSERT INTO anchor (id, anchor) VALUES (1, :anchor)
                       ON CONFLICT (id) DO UPDATE SET anchor = excluded.anchor";
            conn.execute(sql, [json])?;
            Ok(())
        })
    }

    /// The shift that is on, also after a restart.
    ///
    /// # Errors
    /// The database.
    pub fn shift(&mut self) -> Result<Option<ShiftRow>, StoreError> {
        self.run(|conn| {
            let read = |row: &Row<'_>| Ok((row.get::<_, Uuid>(0)?, text(row, 1)?, row.get::<_, i64>(2)?));
            let found = conn.query_row("SELECT officer, unit, since FROM shift", [], read).optional()?;
            Ok(found.map(|(officer, unit, since)| ShiftRow { officer: StaffId(officer), unit, since: time(since) }))
        })
    }

    /// Begins a shift, or ends the one that is on.
    ///
    /// # Errors
    /// The database.
    pub fn keep_shift(&mut self, shift: Option<&ShiftRow>) -> Result<(), StoreError> {
        self.run(|conn| {
            let tx = conn.transaction()?;
            tx.execute("DELETE FROM shift", [])?;
            if let Some(shift) = shift {
                tx.execute(
                    "INSERT INTO shift (id, officer, unit, since) VALUES (1, :officer, :unit, :since)",
                    named_params! {
                        ":officer": shift.officer.0, ":unit": shift.unit, ":since": shift.since.timestamp_millis()
                    },
                )?;
            }
            Ok(tx.commit()?)
        })
    }

    /// When wrong secrets were tried for this officer's vault.
    ///
    /// # Errors
    /// The database.
    pub fn failures(&mut self, officer: StaffId) -> Result<Vec<Reading>, StoreError> {
        self.run(|conn| {
            let mut query = conn.prepare("SELECT reading FROM failures WHERE officer = :officer ORDER BY rowid")?;
            let rows = query.query_map([officer.0], |row| text(row, 0))?;
            let json = rows.collect::<Result<Vec<String>, _>>()?;
            // One that cannot be read must not shut the vault for good.
            Ok(json.iter().filter_map(|json| serde_json::from_str(json).ok()).collect())
        })
    }

    /// Whether the server last said that this device is revoked.
    ///
    /// # Errors
    /// The database.
    pub fn is_revoked(&mut self) -> Result<bool, StoreError> {
        self.run(|conn| Ok(conn.query_row("SELECT count(*) > 0 FROM revoked", [], |row| row.get(0))?))
    }

    /// Keeps what the server said of this device.
    ///
    /// # Errors
    /// The database.
    pub fn keep_revoked(&mut self, revoked: bool) -> Result<(), StoreError> {
        let sql = match revoked {
            true => "INSERT INTO revoked (id) VALUES (1) ON CONFLICT (id) DO NOTHING",
            false => "DELETE FROM revoked",
        };
        self.run(|conn| conn.execute(sql, []).map(|_| ()).map_err(StoreError::from))
    }

    /// Why nothing goes out, as it was last learned; nothing while it does.
    ///
    /// # Errors
    /// The database. A reason that cannot be read counts as none: the next try gives a new one.
    pub fn hold(&mut self) -> Result<Option<HoldRow>, StoreError> {
        self.run(|conn| {
            let read = |row: &Row<'_>| Ok((text(row, 0)?, row.get::<_, i64>(1)?));
            let found = conn.query_row("SELECT hold, since FROM hold", [], read).optional()?;
            Ok(found
                .and_then(|(json, since)| Some(HoldRow { why: serde_json::from_str(&json).ok()?, since: time(since) })))
        })
    }

    /// Keeps why nothing goes out, or that it does again.
    ///
    /// # Errors
    /// The database.
    pub fn keep_hold(&mut self, hold: Option<HoldRow>) -> Result<(), StoreError> {
        let Some(HoldRow { why, since }) = hold else {
            return self.run(|conn| conn.execute("DELETE FROM hold", []).map(|_| ()).map_err(StoreError::from));
        };
        let json = serde_json::to_string(&why).map_err(|_| StoreError::Value("hold"))?;
        self.run(|conn| {
            let sql = "INSERT INTO hold (id, hold, since) VALUES (1, :hold, :since)
                       ON CONFLICT (id) DO UPDATE SET hold = excluded.hold, since = excluded.since";
            conn.execute(sql, named_params! { ":hold": json, ":since": since.timestamp_millis() })?;
            Ok(())
        })
    }

    /// Counts a try as wrong, before it is made.
    ///
    /// # Errors
    /// The database; the try must then not be made.
    pub fn count_failure(&mut self, officer: StaffId, now: Reading) -> Result<(), StoreError> {
        let json = serde_json::to_string(&now).map_err(|_| StoreError::Value("failure"))?;
        self.run(|conn| {
            let sql = "INSERT INTO failures (officer, reading) VALUES (:officer, :reading)";
            conn.execute(sql, named_params! { ":officer": officer.0, ":reading": json })?;
            Ok(())
        })
    }

    /// The right secret was given: earlier failures no longer count.
    ///
    /// # Errors
    /// The database.
    pub fn forget_failures(&mut self, officer: StaffId) -> Result<(), StoreError> {
        self.run(|conn| {
            conn.execute("DELETE FROM failures WHERE officer = :officer", [officer.0])?;
            Ok(())
        })
    }
}
