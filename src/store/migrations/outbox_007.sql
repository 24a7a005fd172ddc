-- Whom a step of the hand-off names, someone of the roster: the phone cannot reopen what it sealed, and says
-- who was called. Nothing for other entries, and for those of older formats.
ALTER TABLE entries ADD COLUMN whom BLOB;
