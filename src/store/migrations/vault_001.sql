-- A vault: one officer's drafts and readable records. The whole file is encrypted.

CREATE TABLE encounters (
    rowid INTEGER PRIMARY KEY,
    referral BLOB NOT NULL UNIQUE CHECK (length(referral) = 16),
    state TEXT NOT NULL CHECK (state IN ('draft', 'record')),
    draft TEXT NOT NULL, -- JSON of the form, so that a kill loses nothing
    decision TEXT, -- JSON of the decision, written just before the outbox commits
    updated INTEGER NOT NULL -- wall clock, milliseconds since 1970
) STRICT;
