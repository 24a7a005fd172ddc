-- The language in which someone reads the console and is told.

ALTER TABLE staff ADD COLUMN language TEXT;  -- en | es; nothing: as their browser asks
