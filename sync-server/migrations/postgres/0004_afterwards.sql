-- What came to a referral after its decision, or before it on the wire: hand-offs, amendments, withdrawals.
-- Codes to list by; words stay in the sealed entry.
CREATE TABLE afterwards (
    position    BIGINT NOT NULL PRIMARY KEY,
    referral    BYTEA NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    officer     BYTEA NOT NULL,
    device      BYTEA NOT NULL,
    at_ms       BIGINT NOT NULL,   -- the scene's own clock; of an amendment, when it was written
    received_ms BIGINT NOT NULL,
    code        TEXT COLLATE "C" NOT NULL,      -- the step, the cause, the reason
    outcome     TEXT COLLATE "C",               -- how a hand-off ended
    amends      BYTEA,               -- hash of the decision's entry; of an amendment alone
    verdict     TEXT COLLATE "C",               -- of an amendment alone
    flags       BIGINT NOT NULL    -- bits of `Flag`
);
CREATE INDEX afterwards_referral ON afterwards (referral);

-- What comes afterwards asks for its decision. Referral ids grow with time, so this index appends.
CREATE INDEX decisions_referral ON decisions (referral);

ALTER TABLE cases ADD COLUMN withdrawn_ms BIGINT;
ALTER TABLE cases ADD COLUMN withdrawn_why TEXT COLLATE "C";

CREATE FUNCTION next_afterwards() RETURNS BIGINT LANGUAGE plpgsql AS
    'BEGIN RETURN (SELECT coalesce(max(position), 0) + 1 FROM afterwards); END';
ALTER TABLE afterwards ALTER position SET DEFAULT next_afterwards();
