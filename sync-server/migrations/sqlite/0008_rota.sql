-- The rota that people keep themselves: turns that are offered, and gaps of which the leads were told.

ALTER TABLE rota ADD COLUMN offered_ms INTEGER;  -- when its holder offered it to the others; nothing: it is not offered

-- A time in which nobody is on call, told once. It ends when somebody takes it over, or when it is past.
CREATE TABLE rota_gaps (
    id       BLOB NOT NULL PRIMARY KEY,
    from_ms  INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    told_ms  INTEGER NOT NULL,
    ended_ms INTEGER
) STRICT;
-- What is open is asked for all the time.
CREATE INDEX rota_gaps_open ON rota_gaps (from_ms) WHERE ended_ms IS NULL;

-- Of what a delivery tells: a referral, or a gap of the rota, whose id then stands in `referral`.
ALTER TABLE deliveries ADD COLUMN about TEXT NOT NULL DEFAULT 'referral';  -- referral | rota
