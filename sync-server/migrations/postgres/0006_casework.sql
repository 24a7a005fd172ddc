-- Notes of cases: what is written after acceptance, appended and never changed. Who, when, about what kind of
-- thing, and what it does to the case; whatever it says is sealed to the agency.
CREATE TABLE case_notes (
    n           BIGINT NOT NULL PRIMARY KEY,
    id          BYTEA NOT NULL UNIQUE,
    referral    BYTEA NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    number      BIGINT NOT NULL,   -- among the notes of its kind in this case, from 1
    does        TEXT COLLATE "C" NOT NULL,      -- code of the move
    author      BYTEA NOT NULL,
    at_ms       BIGINT NOT NULL,
    sealing_key TEXT COLLATE "C" NOT NULL,
    enc         BYTEA NOT NULL,
    ciphertext  BYTEA NOT NULL,
    UNIQUE (referral, kind, number)
);

-- A caseload asks whose cases these are.
CREATE INDEX cases_accepted ON cases (accepted_by) WHERE stage = 'accepted';

CREATE FUNCTION next_case_notes() RETURNS BIGINT LANGUAGE plpgsql AS
    'BEGIN RETURN (SELECT coalesce(max(n), 0) + 1 FROM case_notes); END';
ALTER TABLE case_notes ALTER n SET DEFAULT next_case_notes();
