-- JSON of the newest amendment, written after the outbox has it: what the next correction begins with.
ALTER TABLE encounters ADD COLUMN amended TEXT;
