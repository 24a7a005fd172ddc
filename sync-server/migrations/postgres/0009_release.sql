-- Releases of information, sealed like notes: who gave one to whom, and what for, is in the seal. Appended, never
-- changed; a withdrawal is a row of its own, and both stay.
CREATE TABLE releases (
    n           BIGINT NOT NULL PRIMARY KEY,
    id          BYTEA NOT NULL UNIQUE,
    referral    BYTEA NOT NULL,
    number      BIGINT NOT NULL,   -- among the releases of this case, from 1
    author      BYTEA NOT NULL,
    at_ms       BIGINT NOT NULL,
    sealing_key TEXT COLLATE "C" NOT NULL,
    enc         BYTEA NOT NULL,
    ciphertext  BYTEA NOT NULL,
    UNIQUE (referral, number)
);
CREATE TABLE release_ends (
    release  BYTEA NOT NULL PRIMARY KEY,   -- the first withdrawal stands
    referral BYTEA NOT NULL,
    author   BYTEA NOT NULL,
    at_ms    BIGINT NOT NULL,
    manner   TEXT COLLATE "C" NOT NULL
);
CREATE INDEX release_ends_referral ON release_ends (referral);

-- Since when someone has been reading of a person on a page: a page that renews itself is one read in a sitting.
CREATE TABLE sittings (
    reader   BYTEA NOT NULL,
    referral BYTEA NOT NULL,
    page     TEXT COLLATE "C" NOT NULL,
    since_ms BIGINT NOT NULL,
    PRIMARY KEY (reader, referral, page)
);

-- What people said of two referrals: ids and a code, appended and never changed.
CREATE TABLE person_words (
    n      BIGINT NOT NULL PRIMARY KEY,
    one    BYTEA NOT NULL,   -- the smaller id
    other  BYTEA NOT NULL,
    word   TEXT COLLATE "C" NOT NULL,   -- same, not_same, taken_back
    author BYTEA NOT NULL,
    at_ms  BIGINT NOT NULL
);
CREATE INDEX person_words_other ON person_words (other);
CREATE INDEX person_words_one ON person_words (one);

CREATE FUNCTION next_releases() RETURNS BIGINT LANGUAGE plpgsql AS
    'BEGIN RETURN (SELECT coalesce(max(n), 0) + 1 FROM releases); END';
ALTER TABLE releases ALTER n SET DEFAULT next_releases();

CREATE FUNCTION next_person_words() RETURNS BIGINT LANGUAGE plpgsql AS
    'BEGIN RETURN (SELECT coalesce(max(n), 0) + 1 FROM person_words); END';
ALTER TABLE person_words ALTER n SET DEFAULT next_person_words();
