-- Releases of information, sealed like notes: who gave one to whom, and what for, is in the seal. Appended, never
-- changed; a withdrawal is a row of its own, and both stay.
CREATE TABLE releases (
    n           INTEGER PRIMARY KEY,
    id          BLOB NOT NULL UNIQUE,
    referral    BLOB NOT NULL,
    number      INTEGER NOT NULL,   -- among the releases of this case, from 1
    author      BLOB NOT NULL,
    at_ms       INTEGER NOT NULL,
    sealing_key TEXT NOT NULL,
    enc         BLOB NOT NULL,
    ciphertext  BLOB NOT NULL,
    UNIQUE (referral, number)
) STRICT;
CREATE TABLE release_ends (
    release  BLOB NOT NULL PRIMARY KEY,   -- the first withdrawal stands
    referral BLOB NOT NULL,
    author   BLOB NOT NULL,
    at_ms    INTEGER NOT NULL,
    manner   TEXT NOT NULL
) STRICT;
CREATE INDEX release_ends_referral ON release_ends (referral);

-- Since when someone has been reading of a person on a page: a page that renews itself is one read in a sitting.
CREATE TABLE sittings (
    reader   BLOB NOT NULL,
    referral BLOB NOT NULL,
    page     TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    PRIMARY KEY (reader, referral, page)
) STRICT;

-- What people said of two referrals: ids and a code, appended and never changed.
CREATE TABLE person_words (
    n      INTEGER PRIMARY KEY,
    one    BLOB NOT NULL,   -- the smaller id
    other  BLOB NOT NULL,
    word   TEXT NOT NULL,   -- same, not_same, taken_back
    author BLOB NOT NULL,
    at_ms  INTEGER NOT NULL
) STRICT;
CREATE INDEX person_words_other ON person_words (other);
CREATE INDEX person_words_one ON person_words (one);
