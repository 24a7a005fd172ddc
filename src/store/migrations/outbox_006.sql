-- What comes after a decision has a code too: the step of a hand-off, the cause of an amendment, the reason of
-- a withdrawal. So the column has the name of what it holds.
ALTER TABLE entries RENAME COLUMN choice TO code;
-- What the device's other clock read at the save, and in which boot: beside the wall clock of the entry
-- before, it tells whether somebody moved that. Nothing for entries of older formats.
ALTER TABLE entries ADD COLUMN boot INTEGER;
ALTER TABLE entries ADD COLUMN boot_ms INTEGER;
-- A referral is taken back once, however often it is tapped.
CREATE UNIQUE INDEX one_withdrawal ON entries (referral) WHERE kind = 'withdrawal';
