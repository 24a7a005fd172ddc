-- The ledger: a leaf for each entry and each event, in the order of their commits, in a tree whose roots
-- the server signs. A leaf is a salted commitment: without its salt it tells nothing of its record.

-- Where the next leaf goes. One row, changed by every transaction that appends: so leaves have no holes on
-- any engine, and what a reader sees is always a beginning of the log.
CREATE TABLE ledger (
    one   INTEGER NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL,          -- the epoch now
    first INTEGER NOT NULL,          -- leaves of the epochs before it
    size  INTEGER NOT NULL           -- leaves in all
) STRICT;
INSERT INTO ledger (one, epoch, first, size) VALUES (1, 1, 0, 0);

CREATE TABLE epochs (
    epoch        INTEGER PRIMARY KEY,
    origin       TEXT NOT NULL,      -- the first line of its checkpoints
    began_ms     INTEGER NOT NULL,
    first        INTEGER NOT NULL,   -- leaves of the epochs before it: position = n - first
    record       TEXT NOT NULL,      -- what its first leaf says; empty for an epoch known only from devices
    signed       INTEGER NOT NULL,   -- its newest checkpoint is of this size; compared and set, so one signs
    size         INTEGER,            -- leaves kept of it, once another follows
    seen         INTEGER,            -- devices have seen it with at least so many
    confirmed_ms INTEGER             -- an administrator has confirmed the revocations
) STRICT;

CREATE TABLE leaves (
    n          INTEGER PRIMARY KEY,  -- over all epochs, from 1, without holes
    kind       TEXT NOT NULL,        -- entry | event | epoch
    record     INTEGER NOT NULL,     -- entries.position, events.n, epochs.epoch
    salt       BLOB,                 -- nothing once the record is erased
    commitment BLOB NOT NULL         -- SHA-256(salt, record)
) STRICT;

-- Roots of complete subtrees of 256, 65,536 … leaves, so that a proof reads some hundred rows.
CREATE TABLE tiles (
    epoch INTEGER NOT NULL,
    level INTEGER NOT NULL,          -- 8, 16, 24 …
    place INTEGER NOT NULL,
    hash  BLOB NOT NULL,
    PRIMARY KEY (epoch, level, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
    epoch INTEGER NOT NULL,
    size  INTEGER NOT NULL,
    root  BLOB NOT NULL,
    note  TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (epoch, size)
) STRICT, WITHOUT ROWID;

-- Referrals whose records were erased: what comes of them later is not kept.
CREATE TABLE erased (
    referral BLOB NOT NULL PRIMARY KEY,
    at_ms    INTEGER NOT NULL
) STRICT;

-- Where an entry stands in the ledger, as its receipt says. `position` stays the row's own number.
ALTER TABLE entries ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entries ADD COLUMN leaf INTEGER NOT NULL DEFAULT 0;

-- Outbox files that the device set aside, and its clock against ours as it sees it itself.
ALTER TABLE device_health ADD COLUMN set_aside INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device_health ADD COLUMN told_offset_ms INTEGER;
