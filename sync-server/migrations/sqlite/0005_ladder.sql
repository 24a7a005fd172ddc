-- The ladder: who is told of a referral that waits, by which channel, and what came of it.

-- One row for each time that a person is to be told by a channel. Written with what makes it due, in one
-- transaction; claimed with a lease by whoever delivers it.
CREATE TABLE deliveries (
    n        INTEGER PRIMARY KEY,
    referral BLOB NOT NULL,
    staff    BLOB NOT NULL,
    channel  TEXT NOT NULL,
    rung     INTEGER NOT NULL,      -- of the ladder, from 0
    who      TEXT NOT NULL,         -- as what they are told: on_call | next_on_call | lead | sergeant
    round    INTEGER NOT NULL,      -- the how-manieth time, from 1
    state    TEXT NOT NULL,         -- queued | delivered | missed | failed | gone | settled
    at_ms    INTEGER NOT NULL,      -- when it was queued
    due_ms   INTEGER NOT NULL,      -- not before
    tries    INTEGER NOT NULL,      -- rises with each claim: an outcome counts only under its own claim's number
    lease_ms INTEGER NOT NULL,      -- claimed until then; 0: by nobody
    ended_ms INTEGER
) STRICT;
CREATE INDEX deliveries_referral ON deliveries (referral);
-- Whoever delivers asks for what is still to be done, all the time.
CREATE INDEX deliveries_queued ON deliveries (staff) WHERE state = 'queued';

-- Who has looked at a referral while it waited, when first and when last.
CREATE TABLE sights (
    referral BLOB NOT NULL,
    staff    BLOB NOT NULL,
    first_ms INTEGER NOT NULL,
    last_ms  INTEGER NOT NULL,
    PRIMARY KEY (referral, staff)
) STRICT;

-- Channels that a person has switched off.
CREATE TABLE channels_off (
    staff   BLOB NOT NULL,
    channel TEXT NOT NULL,
    PRIMARY KEY (staff, channel)
) STRICT;

-- When the ladder of a waiting referral is to be looked at next; one from before is looked at at once.
ALTER TABLE cases ADD COLUMN look_ms INTEGER NOT NULL DEFAULT 0;
CREATE INDEX cases_look ON cases (look_ms) WHERE stage = 'received';

-- Why somebody declined.
ALTER TABLE case_acts ADD COLUMN code TEXT;

ALTER TABLE staff ADD COLUMN lead INTEGER NOT NULL DEFAULT 0;  -- a case manager who leads the others
ALTER TABLE staff ADD COLUMN squad TEXT NOT NULL DEFAULT '';   -- of officers and their sergeant
