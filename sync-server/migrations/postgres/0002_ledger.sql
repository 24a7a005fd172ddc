-- The ledger: a leaf for each entry and each event, in the order of their commits, in a tree whose roots
-- the server signs. A leaf is a salted commitment: without its salt it tells nothing of its record.

-- Where the next leaf goes. One row, changed by every transaction that appends: so leaves have no holes on
-- any engine, and what a reader sees is always a beginning of the log.
CREATE TABLE ledger (
    one   BIGINT NOT NULL PRIMARY KEY,
    epoch BIGINT NOT NULL,          -- the epoch now
    first BIGINT NOT NULL,          -- leaves of the epochs before it
    size  BIGINT NOT NULL           -- leaves in all
);
INSERT INTO ledger (one, epoch, first, size) VALUES (1, 1, 0, 0);

CREATE TABLE epochs (
    epoch        BIGINT NOT NULL PRIMARY KEY,
    origin       TEXT COLLATE "C" NOT NULL,      -- the first line of its checkpoints
    began_ms     BIGINT NOT NULL,
    first        BIGINT NOT NULL,   -- leaves of the epochs before it: position = n - first
    record       TEXT COLLATE "C" NOT NULL,      -- what its first leaf says; empty for an epoch known only from devices
    signed       BIGINT NOT NULL,   -- its newest checkpoint is of this size; compared and set, so one signs
    size         BIGINT,            -- leaves kept of it, once another follows
    seen         BIGINT,            -- devices have seen it with at least so many
    confirmed_ms BIGINT             -- an administrator has confirmed the revocations
);

CREATE TABLE leaves (
    n          BIGINT NOT NULL PRIMARY KEY,  -- over all epochs, from 1, without holes
    kind       TEXT COLLATE "C" NOT NULL,        -- entry | event | epoch
    record     BIGINT NOT NULL,     -- entries.position, events.n, epochs.epoch
    salt       BYTEA,                 -- nothing once the record is erased
    commitment BYTEA NOT NULL         -- SHA-256(salt, record)
);

-- Roots of complete subtrees of 256, 65,536 … leaves, so that a proof reads some hundred rows.
CREATE TABLE tiles (
    epoch BIGINT NOT NULL,
    level BIGINT NOT NULL,          -- 8, 16, 24 …
    place BIGINT NOT NULL,
    hash  BYTEA NOT NULL,
    PRIMARY KEY (epoch, level, place)
);

CREATE TABLE checkpoints (
    epoch BIGINT NOT NULL,
    size  BIGINT NOT NULL,
    root  BYTEA NOT NULL,
    note  TEXT COLLATE "C" NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (epoch, size)
);

-- Referrals whose records were erased: what comes of them later is not kept.
CREATE TABLE erased (
    referral BYTEA NOT NULL PRIMARY KEY,
    at_ms    BIGINT NOT NULL
);

-- Where an entry stands in the ledger, as its receipt says. `position` stays the row's own number.
ALTER TABLE entries ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;
ALTER TABLE entries ADD COLUMN leaf BIGINT NOT NULL DEFAULT 0;

-- Outbox files that the device set aside, and its clock against ours as it sees it itself.
ALTER TABLE device_health ADD COLUMN set_aside BIGINT NOT NULL DEFAULT 0;
ALTER TABLE device_health ADD COLUMN told_offset_ms BIGINT;
