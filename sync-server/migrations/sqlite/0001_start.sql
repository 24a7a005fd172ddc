-- Ids are 16-byte UUIDv7, times are milliseconds since 1970 in UTC, tables append in order of rowid.
-- Nothing in clear names a participant: what an officer wrote stays sealed in `entries.ciphertext`.

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE staff (
    n        INTEGER PRIMARY KEY,
    id       BLOB NOT NULL UNIQUE,
    login    TEXT NOT NULL UNIQUE,   -- short name for the command line and the programme file
    role     TEXT NOT NULL,
    name     TEXT NOT NULL,
    serial   TEXT NOT NULL,          -- an officer's serial number; empty for others
    phone    TEXT NOT NULL,
    active   INTEGER NOT NULL,       -- 0: no sign-in and no shift; their sealed entries are still taken
    added_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE rota (
    n        INTEGER PRIMARY KEY,
    staff    BLOB NOT NULL,
    from_ms  INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    turn     INTEGER NOT NULL        -- 1 is called first
) STRICT;

-- Packs and zones, to the byte. Old versions stay: a draft keeps the pack it began with.
CREATE TABLE files (
    n        INTEGER PRIMARY KEY,
    kind     TEXT NOT NULL,          -- pack | zone
    path     TEXT NOT NULL,
    sha256   BLOB NOT NULL,
    text     TEXT NOT NULL,
    active   INTEGER NOT NULL,
    added_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX files_once ON files (kind, sha256);

-- One-time codes, kept as hashes: a copy of this file lets nobody in.
CREATE TABLE codes (
    n          INTEGER PRIMARY KEY,
    hash       BLOB NOT NULL UNIQUE,
    purpose    TEXT NOT NULL,        -- enrol | sign_in
    staff      BLOB,
    made_ms    INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    used_ms    INTEGER
) STRICT;

CREATE TABLE sessions (
    n          INTEGER PRIMARY KEY,
    hash       BLOB NOT NULL UNIQUE,
    staff      BLOB NOT NULL,
    made_ms    INTEGER NOT NULL,
    seen_ms    INTEGER NOT NULL,
    ended_ms   INTEGER
) STRICT;

CREATE TABLE devices (
    n           INTEGER PRIMARY KEY,
    id          BLOB NOT NULL UNIQUE,
    token_hash  BLOB NOT NULL UNIQUE,
    public_key  BLOB NOT NULL,       -- P-256, 65 bytes
    model       TEXT NOT NULL,
    staff       BLOB,                -- the officer for whom the code was made, if any
    enrolled_ms INTEGER NOT NULL,
    revoked_ms  INTEGER
) STRICT;

CREATE TABLE device_health (
    device          BLOB NOT NULL PRIMARY KEY,
    unsent          INTEGER NOT NULL,
    wedged          INTEGER NOT NULL,
    oldest_unsent_s INTEGER,
    offset_ms       INTEGER NOT NULL, -- device's wall clock minus ours
    app             TEXT NOT NULL,
    seen_ms         INTEGER NOT NULL
) STRICT;

-- The log: what devices sent, as it came. The rowid is the position, from 1, without holes.
CREATE TABLE entries (
    position    INTEGER PRIMARY KEY,
    hash        BLOB NOT NULL,
    device      BLOB NOT NULL,
    chain       BLOB NOT NULL,
    seq         INTEGER NOT NULL,
    prev        BLOB,
    referral    BLOB NOT NULL,
    officer     BLOB NOT NULL,
    header      BLOB NOT NULL,
    enc         BLOB NOT NULL,
    ciphertext  BLOB NOT NULL,
    received_ms INTEGER NOT NULL
) STRICT;
-- An entry is stored once, yet two may stand at one sequence: a phone restored from a backup writes a
-- second. A unique index over the hash alone would touch a random page for each entry.
CREATE UNIQUE INDEX entries_once ON entries (chain, seq, hash);

-- The sergeant's list. Columns to list, filter and count by; words stay in the sealed entry.
CREATE TABLE decisions (
    position      INTEGER PRIMARY KEY,
    referral      BLOB NOT NULL,
    officer       BLOB NOT NULL,
    device        BLOB NOT NULL,
    at_ms         INTEGER NOT NULL,   -- the scene's own clock
    received_ms   INTEGER NOT NULL,
    door          TEXT NOT NULL,
    verdict       TEXT NOT NULL,
    choice        TEXT NOT NULL,
    reason        TEXT,
    outcome       TEXT NOT NULL,
    pack          TEXT NOT NULL,
    pack_version  INTEGER NOT NULL,
    zone          TEXT,
    zone_version  TEXT,
    containment   TEXT,
    race          TEXT NOT NULL,
    sex           TEXT NOT NULL,
    age           TEXT NOT NULL,
    flags         INTEGER NOT NULL    -- bits of `Flag`
) STRICT;
CREATE INDEX decisions_flagged ON decisions (position) WHERE flags <> 0;

-- A sergeant's word on an override, once.
CREATE TABLE confirmations (
    n        INTEGER PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE,
    staff    BLOB NOT NULL,
    at_ms    INTEGER NOT NULL,
    note     TEXT NOT NULL
) STRICT;

CREATE TABLE cases (
    n           INTEGER PRIMARY KEY,
    referral    BLOB NOT NULL UNIQUE, -- exactly one case, whatever is repeated or restored
    position    INTEGER NOT NULL,     -- the accepted offer that opened it
    device      BLOB NOT NULL,        -- whose feed hears of it
    stage       TEXT NOT NULL,
    opened_ms   INTEGER NOT NULL,
    accepted_by BLOB,
    accepted_ms INTEGER,
    meet_ms     INTEGER,
    meet_place  TEXT
) STRICT;
-- The inbox asks for what nobody has yet, all the time.
CREATE INDEX cases_open ON cases (opened_ms) WHERE stage = 'received';

-- What people did to a case, in order.
CREATE TABLE case_acts (
    n          INTEGER PRIMARY KEY,
    referral   BLOB NOT NULL,
    act        TEXT NOT NULL,
    staff      BLOB NOT NULL,
    at_ms      INTEGER NOT NULL,
    meet_ms    INTEGER,
    meet_place TEXT,
    note       TEXT NOT NULL
) STRICT;
CREATE INDEX case_acts_referral ON case_acts (referral);

-- The feed: status only, never a name. No index by device: a phone's cursor passes what is not its own,
-- so each call reads only what is new, and a status costs no page of an index that is spread by device.
CREATE TABLE statuses (
    cursor     INTEGER PRIMARY KEY,
    device     BLOB NOT NULL,
    referral   BLOB NOT NULL,
    stage      TEXT NOT NULL,
    at_ms      INTEGER NOT NULL,
    staff      BLOB,
    meet_ms    INTEGER,
    meet_place TEXT
) STRICT;

-- Everything that happened besides entries: sign-ins, reads of people's data, refusals. Ids and codes only.
CREATE TABLE events (
    n       INTEGER PRIMARY KEY,
    at_ms   INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    actor   BLOB,
    subject BLOB,
    detail  TEXT NOT NULL
) STRICT;
CREATE INDEX events_kind ON events (kind, n);
