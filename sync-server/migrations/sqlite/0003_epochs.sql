-- What a restored copy must not get wrong.

-- Nobody knows which phones were revoked since the copy was made: none reads until an admin has looked.
ALTER TABLE devices ADD COLUMN confirmed INTEGER NOT NULL DEFAULT 1; -- 0: it delivers, and reads nothing yet

-- Each finished backup: how much of the log is in it. A copy never holds its own row.
CREATE TABLE backups (
    n     INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL,
    size  INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;

-- Places of a lost range of the log, known by the receipts of entries that phones offered again.
CREATE TABLE returned (
    epoch    INTEGER NOT NULL,
    position INTEGER NOT NULL,
    entry    BLOB NOT NULL,
    at_ms    INTEGER NOT NULL,
    PRIMARY KEY (epoch, position)
) STRICT, WITHOUT ROWID;

-- Leaves of an epoch that are certainly those for which phones have receipts; nothing: all that are kept.
ALTER TABLE epochs ADD COLUMN vouched INTEGER;
