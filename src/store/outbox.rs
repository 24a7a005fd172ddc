//! `outbox.db`: append, queue, settle. An entry's row is never deleted; its sealed bytes go when they have
//! been in the server's backup for long.

mod entry;

pub(super) use entry::{count, time, wedge};

use super::file::{self, Kind, Open};
use super::rows::{Appended, Head, NewEntry, Settled};
use super::{StoreError, int, nat, proof, vouch};
use crate::domain::entry::EntryKind;
use crate::domain::ids::{Bytes, ChainId, Hash, ReferralId};
use crate::domain::time::Reading;
use crate::domain::wire::WireEntry;
use crate::lab::{Bug, planted};
use crate::outbox::Item;
use crate::seal::SealedEntry;
use chrono::{DateTime, Utc};
use entry::{clear, insert, item, make_wedged};
use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub(super) const KIND: Kind = Kind { application_id: 0x4841_4f42, migrations: MIGRATIONS, writes: entry::INSERT };

const MIGRATIONS: &[&str] = &[
    include_str!("migrations/outbox_001.sql"),
    include_str!("migrations/outbox_002.sql"),
    include_str!("migrations/outbox_003.sql"),
    include_str!("migrations/outbox_004.sql"),
    include_str!("migrations/outbox_005.sql"),
    include_str!("migrations/outbox_006.sql"),
    include_str!("migrations/outbox_007.sql"),
];

/// What a new file begins with: the id of its chain, and the time for the name of one that is set aside.
pub type Begin = Box<dyn Fn() -> Result<(ChainId, DateTime<Utc>), StoreError> + Send>;

/// The outbox file.
pub struct Outbox {
    conn: Connection,
    path: PathBuf,
    begin: Begin,
    broken: bool,
    end: Option<End>,
}

/// Where this connection left the chain: true as long as no other has written.
#[derive(Debug, Clone, Copy)]
struct End {
    /// SQLite's `data_version`, which changes when another connection commits.
    version: i64,
    head: Head,
}

impl Outbox {
    /// Opens `outbox.db` in the folder, or makes it. The second value names the file that was set aside
    /// because it could not be read.
    ///
    /// # Errors
    /// A newer format, a file of another program, or the system.
    pub fn open(folder: &Path, begin: Begin) -> Result<(Self, Option<String>), StoreError> {
        let path = folder.join("outbox.db");
        let Open { conn, set_aside } = open_file(&path, &begin)?;
        Ok((Self { conn, path, begin, broken: false, end: None }, set_aside))
    }

    /// Runs one piece of work. After an error of the disk the connection is opened anew first: what a
    /// failed flush left in memory is not to be trusted, and never retried.
    pub(super) fn run<T>(
        &mut self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.broken {
            // Closed first: a connection that is closed last removes the log by its name, which by then
            // would be the new file's.
            self.conn = Connection::open_in_memory()?;
            let Open { conn, set_aside } = open_file(&self.path, &self.begin)?;
            if let Some(name) = set_aside {
                tracing::error!(name, "the outbox could not be read any more; it is kept under this name");
            }
            self.conn = conn;
            self.broken = false;
        }
        let result = work(&mut self.conn);
        self.broken = result.as_ref().err().is_some_and(StoreError::breaks_connection);
        result
    }

    /// Appends one entry and returns after the commit has been flushed. `make` gets the end of the chain
    /// and signs and seals within the transaction, so that two writers cannot take one sequence.
    ///
    /// # Errors
    /// What `make` returns, or the store's own; nothing is then stored.
    pub fn append<E: From<StoreError>>(
        &mut self,
        new: &NewEntry,
        make: impl FnOnce(Head) -> Result<SealedEntry, E>,
    ) -> Result<Appended, E> {
        // Remembered again after the commit, and not before; a connection opened anew counts anew.
        let end = self.end.take().filter(|_| !self.broken);
        let mut made = None;
        let appended = self.run(|conn| {
            let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let End { version, head } = end_of(&tx, end)?;
            let sealed = match make(head) {
                Ok(sealed) => sealed,
                Err(error) => {
                    made = Some(error);
                    return Ok(None);
                }
            };
            if !insert(&tx, new, (head.seq, &sealed))? {
                let stands = entry_of(&tx, new.referral, new.kind)?.ok_or(StoreError::Value("entry"))?;
                return Ok(Some((Appended::Already(stands), None)));
            }
            tx.commit()?;
            let head = Head { seq: head.seq.saturating_add(1), prev: Some(sealed.hash), saved: Some(new.at), ..head };
            Ok(Some((Appended::New(sealed.hash), Some(End { version, head }))))
        });
        match (appended, made) {
            (Ok(Some((appended, end))), _) => {
                self.end = end;
                Ok(appended)
            }
            (Ok(None), Some(error)) => Err(error),
            (Ok(None), None) => Err(StoreError::Value("entry").into()),
            (Err(error), _) => Err(error.into()),
        }
    }

    /// The hash of this referral's decision, if it is saved.
    ///
    /// # Errors
    /// The database.
    pub fn decision(&mut self, referral: ReferralId) -> Result<Option<Hash>, StoreError> {
        self.run(|conn| entry_of(conn, referral, EntryKind::Decision))
    }

    /// Every entry without a receipt, in order. One whose reason cannot be read is wedged as that, and
    /// holds no other.
    ///
    /// # Errors
    /// The database.
    pub fn queue(&mut self) -> Result<Vec<Item>, StoreError> {
        self.run(|conn| {
            let mut query = conn.prepare_cached(
                "SELECT seq, hash, referral, attempts, wedge, length(header) + length(enc) + length(ciphertext) AS size
                 FROM entries WHERE receipt IS NULL ORDER BY seq",
            )?;
            let mut rows = query.query([])?;
            let mut items = Vec::new();
            while let Some(row) = rows.next()? {
                items.push(item(row)?);
            }
            Ok(items)
        })
    }

    /// The sealed bytes of these entries, in the given order.
    ///
    /// # Errors
    /// The database; an entry whose bytes are gone is an error too.
    pub fn sealed(&mut self, seqs: &[u64]) -> Result<Vec<WireEntry>, StoreError> {
        self.run(|conn| {
            let mut query = conn.prepare_cached("SELECT header, enc, ciphertext FROM entries WHERE seq = :seq")?;
            seqs.iter()
                .map(|seq| {
                    let read = |row: &Row<'_>| {
                        Ok(WireEntry {
                            header: Bytes(row.get(0)?),
                            enc: Bytes(row.get(1)?),
                            ciphertext: Bytes(row.get(2)?),
                        })
                    };
                    Ok(query.query_row([int(*seq)?], read)?)
                })
                .collect()
        })
    }

    /// Counts a try of these entries, before it is made.
    ///
    /// # Errors
    /// The database.
    pub fn count_attempt(&mut self, seqs: &[u64]) -> Result<(), StoreError> {
        self.run(|conn| {
            let tx = conn.transaction()?;
            if planted(Bug::DeleteBeforeReceipt) {
                tx.execute("DELETE FROM entries WHERE receipt IS NULL AND attempts > 0", [])?;
            }
            for seq in seqs {
                tx.prepare_cached("UPDATE entries SET attempts = attempts + 1 WHERE seq = :seq")?
                    .execute([int(*seq)?])?;
            }
            Ok(tx.commit()?)
        })
    }

    /// Takes a try back that was counted and then not made: nothing was reached.
    ///
    /// # Errors
    /// The database.
    pub fn uncount_attempt(&mut self, seqs: &[u64]) -> Result<(), StoreError> {
        self.run(|conn| {
            let tx = conn.transaction()?;
            for seq in seqs {
                tx.prepare_cached("UPDATE entries SET attempts = max(attempts - 1, 0) WHERE seq = :seq")?
                    .execute([int(*seq)?])?;
            }
            Ok(tx.commit()?)
        })
    }

    /// Stores what became of entries, all or none. `at` is the server's clock. Returns the entries whose
    /// receipts are void already: they wait on.
    ///
    /// # Errors
    /// The database; every entry is then as before, and is sent again.
    pub fn settle(&mut self, settled: &[(u64, Settled)], at: DateTime<Utc>) -> Result<BTreeSet<u64>, StoreError> {
        self.run(|conn| {
            let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut void = BTreeSet::new();
            for (seq, outcome) in settled {
                match outcome {
                    Settled::Wedged(wedge) => make_wedged(&tx, *seq, wedge)?,
                    Settled::Cleared(cleared) if vouch::holds(&tx, &cleared.1)? => clear(&tx, *seq, cleared, at)?,
                    Settled::Cleared(_) => drop(void.insert(*seq)),
                }
            }
            tx.commit()?;
            Ok(void)
        })
    }

    /// Takes wedged entries of the referral back into the queue: a person acted, it is worth a new try.
    ///
    /// # Errors
    /// The database.
    pub fn unwedge(&mut self, referral: ReferralId) -> Result<bool, StoreError> {
        self.run(|conn| {
            let sql =
                "UPDATE entries SET wedge = NULL WHERE referral = :referral AND wedge IS NOT NULL AND receipt IS NULL";
            Ok(conn.execute(sql, [referral.0])? > 0)
        })
    }
}

/// Opens the file and gives a new one its chain: another than that of any file before it, since its
/// sequence begins anew.
fn open_file(path: &Path, begin: &Begin) -> Result<Open, StoreError> {
    let (chain, now) = begin()?;
    // Keys are made after the first outbox: beside them an empty file is none of a new phone.
    let emptied = match path.with_file_name("keys").exists() {
        true => file::keep_emptied(path, now)?,
        false => None,
    };
    let open = file::open(path, &KIND, None, now)?;
    open.conn.execute("INSERT INTO chain (id, chain) VALUES (1, :chain) ON CONFLICT (id) DO NOTHING", [chain.0])?;
    let damaged = proof::correct(&open.conn)?;
    if damaged > 0 {
        tracing::error!(damaged, "entries are not what they were when they were saved; the server will say");
    }
    Ok(Open { set_aside: open.set_aside.or(emptied), ..open })
}

/// The one entry of that kind: of a decision and a withdrawal there is no second.
fn entry_of(conn: &Connection, referral: ReferralId, kind: EntryKind) -> Result<Option<Hash>, StoreError> {
    let sql = match kind {
        EntryKind::Decision => "SELECT hash FROM entries WHERE referral = :referral AND kind = 'decision'",
        EntryKind::Withdrawal => "SELECT hash FROM entries WHERE referral = :referral AND kind = 'withdrawal'",
        EntryKind::HandOff | EntryKind::Amendment => return Ok(None),
    };
    Ok(conn.prepare_cached(sql)?.query_row([referral.0], |row| row.get(0).map(Hash)).optional()?)
}

/// The end of the chain, in a transaction that will write: as remembered if nobody else wrote, or as it is
/// read. Should it be wrong all the same, the sequence is taken and the insert fails.
fn end_of(conn: &Connection, remembered: Option<End>) -> Result<End, StoreError> {
    let version = conn.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
    match remembered.filter(|end| end.version == version && !planted(Bug::ClockForOrder)) {
        Some(end) => Ok(end),
        None => Ok(End { version, head: head(conn)? }),
    }
}

fn head(conn: &Connection) -> Result<Head, StoreError> {
    let chain = conn.prepare_cached("SELECT chain FROM chain")?.query_row([], |row| row.get(0).map(ChainId))?;
    let read = |row: &Row<'_>| {
        let clock = row.get::<_, Option<i64>>(3)?.zip(row.get::<_, Option<i64>>(4)?);
        let saved = (clock, time(row.get(2)?));
        Ok((row.get::<_, i64>(0)?, Hash(row.get(1)?), saved))
    };
    let last = match planted(Bug::ClockForOrder) {
        false => "SELECT seq, hash, saved_at, boot, boot_ms FROM entries ORDER BY seq DESC LIMIT 1",
        true => "SELECT seq, hash, saved_at, boot, boot_ms FROM entries ORDER BY saved_at DESC LIMIT 1",
    };
    let last = conn.prepare_cached(last)?.query_row([], read);
    Ok(match last.optional()? {
        None => Head { chain, seq: 1, prev: None, saved: None },
        Some((seq, hash, (clock, wall))) => {
            let reading =
                |(boot, ms): (i64, i64)| Some(Reading { wall, boot_ms: nat(ms).ok()?, boot: boot.cast_unsigned() });
            let saved = clock.and_then(reading);
            Head { chain, seq: nat(seq)?.saturating_add(1), prev: Some(hash), saved }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::codes::Choice;
    use crate::domain::ids::StaffId;
    use crate::outbox::{State, Wedge};
    use uuid::Uuid;

    /// An outbox of which each new file has another chain; the clock stands still.
    fn outbox(folder: &Path) -> Outbox {
        let made = std::cell::Cell::new(0);
        let begin = move || {
            made.set(made.get() + 1);
            Ok((ChainId(Uuid::from_u128(made.get())), DateTime::from_timestamp(1_700_000_000, 0).unwrap()))
        };
        Outbox::open(folder, Box::new(begin)).unwrap().0
    }

    fn append(outbox: &mut Outbox, n: u128, bytes: usize) -> Result<(Appended, Head), StoreError> {
        let new = NewEntry {
            referral: ReferralId(Uuid::from_u128(n)),
            officer: StaffId(Uuid::from_u128(1)),
            kind: EntryKind::Decision,
            code: Choice::OfferedAccepted.code(),
            whom: None,
            at: Reading { wall: DateTime::UNIX_EPOCH, boot_ms: 1, boot: 1 },
        };
        let mut found = None;
        let appended = outbox.append(&new, |head| {
            found = Some(head);
            let wire = WireEntry { header: Bytes(vec![1]), enc: Bytes(vec![2]), ciphertext: Bytes(vec![3; bytes]) };
            Ok::<_, StoreError>(SealedEntry { wire, hash: Hash([u8::try_from(n).unwrap(); 32]) })
        })?;
        Ok((appended, found.unwrap()))
    }

    #[test]
    fn an_outbox_that_breaks_while_open_is_kept_each_time_and_saving_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let mut outbox = outbox(folder.path());
        let mut chains = Vec::new();
        for n in 1..=3 {
            let (_, head) = append(&mut outbox, n, 100).unwrap();
            assert_eq!((head.seq, head.prev), (1, None), "a new file begins a new chain");
            chains.push(head.chain);
            outbox.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
            std::fs::write(&outbox.path, [u8::try_from(n).unwrap(); 40_000]).unwrap();
            outbox.broken = true;
        }
        assert!(outbox.queue().unwrap().is_empty());
        let kept = file::list_unreadable(folder.path());
        assert_eq!(kept.len(), 3, "{kept:?}");
        for (name, byte) in kept.iter().zip(1..) {
            assert_eq!(std::fs::read(folder.path().join(name)).unwrap(), [byte; 40_000]);
        }
        chains.dedup();
        assert_eq!(chains.len(), 3);
    }

    #[test]
    fn why_nothing_goes_out_is_kept_and_one_that_cannot_be_read_counts_as_none() {
        use crate::outbox::Hold;
        use crate::store::HoldRow;
        let folder = tempfile::tempdir().unwrap();
        let hold = HoldRow { why: Hold::NotTheServer, since: DateTime::from_timestamp(1_700_000_000, 0).unwrap() };
        outbox(folder.path()).keep_hold(Some(hold)).unwrap();
        let mut outbox = outbox(folder.path());
        assert_eq!(outbox.hold().unwrap(), Some(hold));
        outbox.conn.execute_batch("UPDATE hold SET hold = '\"novel\"'").unwrap();
        assert_eq!(outbox.hold().unwrap(), None);
        outbox.keep_hold(None).unwrap();
        assert_eq!(outbox.hold().unwrap(), None);
    }

    #[test]
    fn two_writers_of_one_file_take_one_sequence_each_in_whatever_turns() {
        let folder = tempfile::tempdir().unwrap();
        let (mut app, mut command) = (outbox(folder.path()), outbox(folder.path()));
        let mut heads = Vec::new();
        for (n, from_app) in (1..).zip([true, true, false, false, true, false, true, true]) {
            let writer = if from_app { &mut app } else { &mut command };
            heads.push(append(writer, n, 100).unwrap().1);
        }
        let numbers: Vec<u64> = heads.iter().map(|head| head.seq).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8]);
        for (head, before) in heads.iter().skip(1).zip(1..) {
            assert_eq!(head.prev, Some(Hash([before; 32])));
            assert_eq!(head.chain, heads[0].chain);
        }
    }

    #[test]
    fn an_end_of_the_chain_that_is_remembered_wrongly_stores_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut outbox = outbox(folder.path());
        append(&mut outbox, 1, 100).unwrap();
        let old = outbox.end;
        append(&mut outbox, 2, 100).unwrap();
        outbox.end = old;
        assert!(append(&mut outbox, 3, 100).is_err(), "the sequence is taken");
        assert_eq!(outbox.queue().unwrap().len(), 2);
        let (_, head) = append(&mut outbox, 3, 100).unwrap();
        assert_eq!((head.seq, head.prev), (3, Some(Hash([2; 32]))));
    }

    #[test]
    fn a_decision_saved_twice_stands_once_and_the_chain_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let mut outbox = outbox(folder.path());
        append(&mut outbox, 1, 100).unwrap();
        assert!(matches!(append(&mut outbox, 1, 100), Ok((Appended::Already(Hash([1, ..])), _))));
        assert!(matches!(append(&mut outbox, 2, 100), Ok((Appended::New(_), Head { seq: 2, .. }))));
        assert_eq!(outbox.queue().unwrap().len(), 2);
    }

    #[test]
    fn a_full_disk_saves_nothing_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let mut outbox = outbox(folder.path());
        append(&mut outbox, 1, 100).unwrap();
        let pages: i64 = outbox.conn.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        outbox.conn.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(())).unwrap();
        assert!(append(&mut outbox, 2, 200_000).is_err());
        assert_eq!(outbox.decision(ReferralId(Uuid::from_u128(2))).unwrap(), None);
        assert_eq!(outbox.queue().unwrap().len(), 1);
        outbox.conn.query_row("PRAGMA max_page_count = 1000000", [], |_| Ok(())).unwrap();
        assert!(matches!(append(&mut outbox, 2, 200_000), Ok((Appended::New(_), Head { seq: 2, .. }))));
    }

    #[test]
    fn one_row_that_cannot_be_read_hides_and_holds_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let mut outbox = outbox(folder.path());
        for n in 1..=2 {
            append(&mut outbox, n, 100).unwrap();
        }
        let spoil = "UPDATE entries SET wedge = '{', attempts = -1, code = 'novel', saved_at = 9223372036854775807
                     WHERE seq = 1";
        outbox.conn.execute_batch(spoil).unwrap();
        let spoil = "INSERT INTO statuses (referral, status) SELECT referral, 'novel' FROM entries";
        outbox.conn.execute_batch(spoil).unwrap();
        let states: Vec<State> = outbox.queue().unwrap().into_iter().map(|item| item.state).collect();
        assert_eq!(states, [State::Wedged(Wedge::Unreadable), State::Waiting { attempts: 0 }]);
        let entries = outbox.entries().unwrap();
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[1].wedge, Some(Wedge::Unreadable));
        assert_eq!(entries[1].saved_at, DateTime::UNIX_EPOCH);
        let unsent = outbox.unsent().unwrap();
        assert_eq!((unsent.entries, unsent.wedged, unsent.oldest), (2, 1, Some(DateTime::UNIX_EPOCH)));
        assert!(outbox.unwedge(ReferralId(Uuid::from_u128(1))).unwrap());
        assert_eq!(outbox.queue().unwrap().len(), 2);
    }
}
