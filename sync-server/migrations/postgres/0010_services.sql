-- The services of a program: where a person may get a meal, a bed, papers, work.

CREATE TABLE services (
    id         BYTEA NOT NULL PRIMARY KEY,
    kind       TEXT COLLATE "C" NOT NULL,     -- meals | shelter | housing | …, as a step of a plan names it
    name       TEXT COLLATE "C" NOT NULL,
    phone      TEXT COLLATE "C" NOT NULL,     -- empty: none is known
    place      TEXT COLLATE "C" NOT NULL,     -- where to go
    hours      TEXT COLLATE "C" NOT NULL,     -- as OpenStreetMap writes them; empty: not known
    capacity   BIGINT,           -- places in all; nothing: not counted in places
    note       TEXT COLLATE "C" NOT NULL,     -- what to bring, whom to ask for
    active     BIGINT NOT NULL,  -- 0: not to be used now
    changed_ms BIGINT NOT NULL,
    free       BIGINT,           -- places free when somebody last asked
    free_ms    BIGINT,
    free_by    BYTEA
);
CREATE UNIQUE INDEX services_name ON services (kind, name);
