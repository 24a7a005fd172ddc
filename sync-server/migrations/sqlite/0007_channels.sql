-- The channels that leave this house: where each person can be told.

-- Browsers that asked to be told also when they are closed. Endpoint and keys are the browser's, not a person's data,
-- and still a secret: whoever knows them can wake that browser.
CREATE TABLE push_subscriptions (
    id       BLOB NOT NULL PRIMARY KEY,
    staff    BLOB NOT NULL,
    endpoint TEXT NOT NULL,         -- at the browser's push service
    p256dh   BLOB NOT NULL,         -- the browser's public key: a point on P-256, 65 bytes
    auth     BLOB NOT NULL,         -- its secret, 16 bytes
    made_ms  INTEGER NOT NULL
) STRICT;
-- A browser tells one person: whoever asked last.
CREATE UNIQUE INDEX push_subscriptions_endpoint ON push_subscriptions (endpoint);
CREATE INDEX push_subscriptions_staff ON push_subscriptions (staff);

ALTER TABLE staff ADD COLUMN mail TEXT NOT NULL DEFAULT '';     -- where mail goes; empty for none
ALTER TABLE staff ADD COLUMN webhook TEXT NOT NULL DEFAULT '';  -- the address of a program that tells them; empty for none
