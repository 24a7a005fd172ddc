-- What came to a referral after its decision, or before it on the wire: hand-offs, amendments, withdrawals.
-- Codes to list by; words stay in the sealed entry.
CREATE TABLE afterwards (
    position    INTEGER PRIMARY KEY,
    referral    BLOB NOT NULL,
    kind        TEXT NOT NULL,
    officer     BLOB NOT NULL,
    device      BLOB NOT NULL,
    at_ms       INTEGER NOT NULL,   -- the scene's own clock; of an amendment, when it was written
    received_ms INTEGER NOT NULL,
    code        TEXT NOT NULL,      -- the step, the cause, the reason
    outcome     TEXT,               -- how a hand-off ended
    amends      BLOB,               -- hash of the decision's entry; of an amendment alone
    verdict     TEXT,               -- of an amendment alone
    flags       INTEGER NOT NULL    -- bits of `Flag`
) STRICT;
CREATE INDEX afterwards_referral ON afterwards (referral);

-- What comes afterwards asks for its decision. Referral ids grow with time, so this index appends.
CREATE INDEX decisions_referral ON decisions (referral);

ALTER TABLE cases ADD COLUMN withdrawn_ms INTEGER;
ALTER TABLE cases ADD COLUMN withdrawn_why TEXT;
