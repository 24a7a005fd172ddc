-- What a restored copy must not get wrong.

-- Nobody knows which phones were revoked since the copy was made: none reads until an admin has looked.
ALTER TABLE devices ADD COLUMN confirmed BIGINT NOT NULL DEFAULT 1; -- 0: it delivers, and reads nothing yet

-- Each finished backup: how much of the log is in it. A copy never holds its own row.
CREATE TABLE backups (
    n     BIGINT NOT NULL PRIMARY KEY,
    epoch BIGINT NOT NULL,
    size  BIGINT NOT NULL,
    at_ms BIGINT NOT NULL
);
CREATE FUNCTION next_backups() RETURNS BIGINT LANGUAGE plpgsql AS
    'BEGIN RETURN (SELECT coalesce(max(n), 0) + 1 FROM backups); END';
ALTER TABLE backups ALTER n SET DEFAULT next_backups();

-- Places of a lost range of the log, known by the receipts of entries that phones offered again.
CREATE TABLE returned (
    epoch    BIGINT NOT NULL,
    position BIGINT NOT NULL,
    entry    BYTEA NOT NULL,
    at_ms    BIGINT NOT NULL,
    PRIMARY KEY (epoch, position)
);

-- Leaves of an epoch that are certainly those for which phones have receipts; nothing: all that are kept.
ALTER TABLE epochs ADD COLUMN vouched BIGINT;
