-- Ids are 16-byte UUIDv7, times are milliseconds since 1970 in UTC, tables append in order of their first column.
-- Nothing in clear names a participant: what an officer wrote stays sealed in `entries.ciphertext`.
-- Tables and columns are those of the other engine. Text compares by its bytes, as there: no index
-- depends on a locale that a new system library may sort in another way.

CREATE TABLE settings (
    name  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value TEXT COLLATE "C" NOT NULL
);

CREATE TABLE staff (
    n        BIGINT NOT NULL PRIMARY KEY,
    id       BYTEA NOT NULL UNIQUE,
    login    TEXT COLLATE "C" NOT NULL UNIQUE,   -- short name for the command line and the programme file
    role     TEXT COLLATE "C" NOT NULL,
    name     TEXT COLLATE "C" NOT NULL,
    serial   TEXT COLLATE "C" NOT NULL,          -- an officer's serial number; empty for others
    phone    TEXT COLLATE "C" NOT NULL,
    active   BIGINT NOT NULL,       -- 0: no sign-in and no shift; their sealed entries are still taken
    added_ms BIGINT NOT NULL
);

CREATE TABLE rota (
    n        BIGINT NOT NULL PRIMARY KEY,
    staff    BYTEA NOT NULL,
    from_ms  BIGINT NOT NULL,
    until_ms BIGINT NOT NULL,
    turn     BIGINT NOT NULL        -- 1 is called first
);

-- Packs and zones, to the byte. Old versions stay: a draft keeps the pack it began with.
CREATE TABLE files (
    n        BIGINT NOT NULL PRIMARY KEY,
    kind     TEXT COLLATE "C" NOT NULL,          -- pack | zone
    path     TEXT COLLATE "C" NOT NULL,
    sha256   BYTEA NOT NULL,
    text     TEXT COLLATE "C" NOT NULL,
    active   BIGINT NOT NULL,
    added_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX files_once ON files (kind, sha256);

-- One-time codes, kept as hashes: a copy of this file lets nobody in.
CREATE TABLE codes (
    n          BIGINT NOT NULL PRIMARY KEY,
    hash       BYTEA NOT NULL UNIQUE,
    purpose    TEXT COLLATE "C" NOT NULL,        -- enrol | sign_in
    staff      BYTEA,
    made_ms    BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    used_ms    BIGINT
);

CREATE TABLE sessions (
    n          BIGINT NOT NULL PRIMARY KEY,
    hash       BYTEA NOT NULL UNIQUE,
    staff      BYTEA NOT NULL,
    made_ms    BIGINT NOT NULL,
    seen_ms    BIGINT NOT NULL,
    ended_ms   BIGINT
);

CREATE TABLE devices (
    n           BIGINT NOT NULL PRIMARY KEY,
    id          BYTEA NOT NULL UNIQUE,
    token_hash  BYTEA NOT NULL UNIQUE,
    public_key  BYTEA NOT NULL,       -- P-256, 65 bytes
    model       TEXT COLLATE "C" NOT NULL,
    staff       BYTEA,                -- the officer for whom the code was made, if any
    enrolled_ms BIGINT NOT NULL,
    revoked_ms  BIGINT
);

CREATE TABLE device_health (
    device          BYTEA NOT NULL PRIMARY KEY,
    unsent          BIGINT NOT NULL,
    wedged          BIGINT NOT NULL,
    oldest_unsent_s BIGINT,
    offset_ms       BIGINT NOT NULL, -- device's wall clock minus ours
    app             TEXT COLLATE "C" NOT NULL,
    seen_ms         BIGINT NOT NULL
);

-- The log: what devices sent, as it came. The position rises from 1, without holes.
CREATE TABLE entries (
    position    BIGINT NOT NULL PRIMARY KEY,
    hash        BYTEA NOT NULL,
    device      BYTEA NOT NULL,
    chain       BYTEA NOT NULL,
    seq         BIGINT NOT NULL,
    prev        BYTEA,
    referral    BYTEA NOT NULL,
    officer     BYTEA NOT NULL,
    header      BYTEA NOT NULL,
    enc         BYTEA NOT NULL,
    ciphertext  BYTEA NOT NULL,
    received_ms BIGINT NOT NULL
);
-- An entry is stored once, yet two may stand at one sequence: a phone restored from a backup writes a
-- second. A unique index over the hash alone would touch a random page for each entry.
CREATE UNIQUE INDEX entries_once ON entries (chain, seq, hash);

-- The sergeant's list. Columns to list, filter and count by; words stay in the sealed entry.
CREATE TABLE decisions (
    position      BIGINT NOT NULL PRIMARY KEY,
    referral      BYTEA NOT NULL,
    officer       BYTEA NOT NULL,
    device        BYTEA NOT NULL,
    at_ms         BIGINT NOT NULL,   -- the scene's own clock
    received_ms   BIGINT NOT NULL,
    door          TEXT COLLATE "C" NOT NULL,
    verdict       TEXT COLLATE "C" NOT NULL,
    choice        TEXT COLLATE "C" NOT NULL,
    reason        TEXT COLLATE "C",
    outcome       TEXT COLLATE "C" NOT NULL,
    pack          TEXT COLLATE "C" NOT NULL,
    pack_version  BIGINT NOT NULL,
    zone          TEXT COLLATE "C",
    zone_version  TEXT COLLATE "C",
    containment   TEXT COLLATE "C",
    race          TEXT COLLATE "C" NOT NULL,
    sex           TEXT COLLATE "C" NOT NULL,
    age           TEXT COLLATE "C" NOT NULL,
    flags         BIGINT NOT NULL    -- bits of `Flag`
);
CREATE INDEX decisions_flagged ON decisions (position) WHERE flags <> 0;

-- A sergeant's word on an override, once.
CREATE TABLE confirmations (
    n        BIGINT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL UNIQUE,
    staff    BYTEA NOT NULL,
    at_ms    BIGINT NOT NULL,
    note     TEXT COLLATE "C" NOT NULL
);

CREATE TABLE cases (
    n           BIGINT NOT NULL PRIMARY KEY,
    referral    BYTEA NOT NULL UNIQUE, -- exactly one case, whatever is repeated or restored
    position    BIGINT NOT NULL,     -- the accepted offer that opened it
    device      BYTEA NOT NULL,        -- whose feed hears of it
    stage       TEXT COLLATE "C" NOT NULL,
    opened_ms   BIGINT NOT NULL,
    accepted_by BYTEA,
    accepted_ms BIGINT,
    meet_ms     BIGINT,
    meet_place  TEXT COLLATE "C"
);
-- The inbox asks for what nobody has yet, all the time.
CREATE INDEX cases_open ON cases (opened_ms) WHERE stage = 'received';

-- What people did to a case, in order.
CREATE TABLE case_acts (
    n          BIGINT NOT NULL PRIMARY KEY,
    referral   BYTEA NOT NULL,
    act        TEXT COLLATE "C" NOT NULL,
    staff      BYTEA NOT NULL,
    at_ms      BIGINT NOT NULL,
    meet_ms    BIGINT,
    meet_place TEXT COLLATE "C",
    note       TEXT COLLATE "C" NOT NULL
);
CREATE INDEX case_acts_referral ON case_acts (referral);

-- The feed: status only, never a name. No index by device: a phone's cursor passes what is not its own,
-- so each call reads only what is new, and a status costs no page of an index that is spread by device.
CREATE TABLE statuses (
    cursor     BIGINT NOT NULL PRIMARY KEY,
    device     BYTEA NOT NULL,
    referral   BYTEA NOT NULL,
    stage      TEXT COLLATE "C" NOT NULL,
    at_ms      BIGINT NOT NULL,
    staff      BYTEA,
    meet_ms    BIGINT,
    meet_place TEXT COLLATE "C"
);

-- Everything that happened besides entries: sign-ins, reads of people's data, refusals. Ids and codes only.
CREATE TABLE events (
    n       BIGINT NOT NULL PRIMARY KEY,
    at_ms   BIGINT NOT NULL,
    kind    TEXT COLLATE "C" NOT NULL,
    actor   BYTEA,
    subject BYTEA,
    detail  TEXT COLLATE "C" NOT NULL
);
CREATE INDEX events_kind ON events (kind, n);

-- Each row takes the number after the last, as on the other engine. The lock that every writer holds makes
-- that safe, the primary key makes a writer without it fail, and no sequence leaves a hole behind a
-- transaction that was undone.
CREATE FUNCTION next_staff() RETURNS BIGINT LANGUAGE plpgsql AS
    'BEGIN RETURN (SELECT coalesce(max(n), 0) + 1 FROM staff); END';
ALTER TABLE staff ALTER n SET DEFAULT next_staff();
CREATE FUNCTION next_rota() RETURNS BIGINT LANGUAGE plpgsql AS
    'BEGIN RETURN (SELECT coalesce(max(n), 0) + 1 FROM rota); END';
ALTER TABLE rota ALTER n SET DEFAULT next_rota();
CREATE FUNCTION next_files() RETURNS BIGINT LANGUAGE plpgsql AS
    'BEGIN RETURN (SELECT coalesce(max(n), 0) + 1 FROM files); END';
ALTER TABLE files ALTER n SET DEFAULT next_files();
CREATE FUNCTION next_codes() RETURNS BIGINT LANGUAGE plpgsql AS
    'BEGIN RETURN (SELECT coalesce(max(n), 0) + 1 FROM codes); END';
ALTER TABLE codes ALTER n SET DEFAULT next_codes();
CREATE FUNCTION next_sessions() RETURNS BIGINT LANGUAGE plpgsql AS
    'BEGIN RETURN (SELECT coalesce(max(n), 0) + 1 FROM sessions); END';
ALTER TABLE sessions ALTER n SET DEFAULT next_sessions();
CREATE FUNCTION next_devices() RETURNS BIGINT LANGUAGE plpgsql AS
    'BEGIN RETURN (SELECT coalesce(max(n), 0) + 1 FROM devices); END';
ALTER TABLE devices ALTER n SET DEFAULT next_devices();
CREATE FUNCTION next_entries() RETURNS BIGINT LANGUAGE plpgsql AS
    'BEGIN RETURN (SELECT coalesce(max(position), 0) + 1 FROM entries); END';
ALTER TABLE entries ALTER position SET DEFAULT next_entries();
CREATE FUNCTION next_decisions() RETURNS BIGINT LANGUAGE plpgsql AS
    'BEGIN RETURN (SELECT coalesce(max(position), 0) + 1 FROM decisions); END';
ALTER TABLE decisions ALTER position SET DEFAULT next_decisions();
CREATE FUNCTION next_confirmations() RETURNS BIGINT LANGUAGE plpgsql AS
    'BEGIN RETURN (SELECT coalesce(max(n), 0) + 1 FROM confirmations); END';
ALTER TABLE confirmations ALTER n SET DEFAULT next_confirmations();
CREATE FUNCTION next_cases() RETURNS BIGINT LANGUAGE plpgsql AS
    'BEGIN RETURN (SELECT coalesce(max(n), 0) + 1 FROM cases); END';
ALTER TABLE cases ALTER n SET DEFAULT next_cases();
CREATE FUNCTION next_case_acts() RETURNS BIGINT LANGUAGE plpgsql AS
    'BEGIN RETURN (SELECT coalesce(max(n), 0) + 1 FROM case_acts); END';
ALTER TABLE case_acts ALTER n SET DEFAULT next_case_acts();
CREATE FUNCTION next_statuses() RETURNS BIGINT LANGUAGE plpgsql AS
    'BEGIN RETURN (SELECT coalesce(max(cursor), 0) + 1 FROM statuses); END';
ALTER TABLE statuses ALTER cursor SET DEFAULT next_statuses();
CREATE FUNCTION next_events() RETURNS BIGINT LANGUAGE plpgsql AS
    'BEGIN RETURN (SELECT coalesce(max(n), 0) + 1 FROM events); END';
ALTER TABLE events ALTER n SET DEFAULT next_events();
