-- The services of a program: where a person may get a meal, a bed, papers, work.

CREATE TABLE services (
    id         BLOB NOT NULL PRIMARY KEY,
    kind       TEXT NOT NULL,     -- meals | shelter | housing | …, as a step of a plan names it
    name       TEXT NOT NULL,
    phone      TEXT NOT NULL,     -- empty: none is known
    place      TEXT NOT NULL,     -- where to go
    hours      TEXT NOT NULL,     -- as OpenStreetMap writes them; empty: not known
    capacity   INTEGER,           -- places in all; nothing: not counted in places
    note       TEXT NOT NULL,     -- what to bring, whom to ask for
    active     INTEGER NOT NULL,  -- 0: not to be used now
    changed_ms INTEGER NOT NULL,
    free       INTEGER,           -- places free when somebody last asked
    free_ms    INTEGER,
    free_by    BLOB
) STRICT;
CREATE UNIQUE INDEX services_name ON services (kind, name);
