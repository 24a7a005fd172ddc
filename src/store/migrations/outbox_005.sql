-- What the server's backups, and its being restored from one, mean for what is kept here.

-- When the server was first heard to have it in a backup, by the server's clock, milliseconds since 1970.
ALTER TABLE entries ADD COLUMN backed_up_at INTEGER;
-- The server erased the record: its receipt is a tombstone, and the sealed bytes went at once.
ALTER TABLE entries ADD COLUMN erased INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1));
-- Its receipt is void, and the sealed bytes had gone before: nothing is left to offer again.
ALTER TABLE entries ADD COLUMN gone INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1));

-- Each news of a backup asks for these two; without them it would read every entry.
CREATE INDEX not_backed_up ON entries (epoch, position) WHERE receipt IS NOT NULL AND backed_up_at IS NULL;
CREATE INDEX bytes_kept ON entries (backed_up_at) WHERE backed_up_at IS NOT NULL AND ciphertext IS NOT NULL;

-- Receipts of a server that was restored from an older copy, for what it does not hold any more.
CREATE TABLE void_receipts (
    rowid INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL REFERENCES entries (seq),
    receipt TEXT NOT NULL, -- JSON, as it was signed
    epoch INTEGER NOT NULL, -- from the receipt
    UNIQUE (seq, epoch)
) STRICT;

CREATE TABLE epochs (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch INTEGER NOT NULL,
    signed TEXT NOT NULL -- JSON, as it was signed
) STRICT;

CREATE TABLE checkpoint (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    note TEXT NOT NULL -- the newest of the server's log that this device has seen, as it was signed
) STRICT;

-- What contradicts what was seen before. A row is never changed and never goes.
CREATE TABLE alarms (
    rowid INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    kept TEXT NOT NULL, -- what this device had seen, as it was signed
    heard TEXT NOT NULL, -- what the server said then, as it was signed
    at INTEGER NOT NULL, -- wall clock, milliseconds since 1970
    UNIQUE (kind, kept) -- the first contradiction is the evidence; a server that goes on fills no disk
) STRICT;
