-- outbox.db: sealed entries and what the server said of them. Nothing here can be read as a record of a
-- person, so it is always writable, locked phone or not.

CREATE TABLE chain (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    chain BLOB NOT NULL CHECK (length(chain) = 16) -- made with this file: tells a restored copy from the original
) STRICT;

CREATE TABLE entries (
    seq INTEGER PRIMARY KEY, -- 1, 2, 3 … of this chain; the rowid, so the table appends
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    referral BLOB NOT NULL CHECK (length(referral) = 16),
    officer BLOB NOT NULL CHECK (length(officer) = 16),
    kind TEXT NOT NULL,
    choice TEXT NOT NULL, -- what was decided; of whom and where is only inside the seal
    saved_at INTEGER NOT NULL, -- wall clock, milliseconds since 1970
    attempts INTEGER NOT NULL DEFAULT 0,
    wedge TEXT, -- JSON: why the server will not take it
    receipt TEXT, -- JSON: the signed receipt; only this makes an entry safe
    epoch INTEGER, -- from the receipt
    position INTEGER, -- from the receipt
    received_at INTEGER, -- from the receipt, milliseconds since 1970
    header BLOB, -- these three go when the entry is in the server's backup, never before
    enc BLOB,
    ciphertext BLOB,
    CHECK (receipt IS NOT NULL OR ciphertext IS NOT NULL)
) STRICT;

-- One decision for each encounter, however often Save is tapped.
CREATE UNIQUE INDEX one_decision ON entries (referral) WHERE kind = 'decision';
-- The queue, without reading what has long arrived.
CREATE INDEX unsent ON entries (seq) WHERE receipt IS NULL;

CREATE TABLE statuses (
    rowid INTEGER PRIMARY KEY,
    referral BLOB NOT NULL UNIQUE CHECK (length(referral) = 16),
    status TEXT NOT NULL -- JSON, as the feed gave it; names no participant
) STRICT;

CREATE TABLE feed (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    cursor INTEGER NOT NULL, -- committed together with the statuses before it
    epoch INTEGER NOT NULL
) STRICT;

CREATE TABLE anchor (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    anchor TEXT NOT NULL -- JSON: the server's time tied to this device's clock
) STRICT;

CREATE TABLE shift (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    officer BLOB NOT NULL CHECK (length(officer) = 16),
    unit TEXT NOT NULL,
    since INTEGER NOT NULL -- milliseconds since 1970
) STRICT;

-- Wrong secrets. A row is written before the secret is tried, so that killing the program does not help.
CREATE TABLE failures (
    rowid INTEGER PRIMARY KEY,
    officer BLOB NOT NULL CHECK (length(officer) = 16),
    reading TEXT NOT NULL -- JSON: what the device's clocks read
) STRICT;
