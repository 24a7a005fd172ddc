-- Notes of cases: what is written after acceptance, appended and never changed. Who, when, about what kind of
-- thing, and what it does to the case; whatever it says is sealed to the agency.
CREATE TABLE case_notes (
    n           INTEGER PRIMARY KEY,
    id          BLOB NOT NULL UNIQUE,
    referral    BLOB NOT NULL,
    kind        TEXT NOT NULL,
    number      INTEGER NOT NULL,   -- among the notes of its kind in this case, from 1
    does        TEXT NOT NULL,      -- code of the move
    author      BLOB NOT NULL,
    at_ms       INTEGER NOT NULL,
    sealing_key TEXT NOT NULL,
    enc         BLOB NOT NULL,
    ciphertext  BLOB NOT NULL,
    UNIQUE (referral, kind, number)
) STRICT;

-- A caseload asks whose cases these are.
CREATE INDEX cases_accepted ON cases (accepted_by) WHERE stage = 'accepted';
