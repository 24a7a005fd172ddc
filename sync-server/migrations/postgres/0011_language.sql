-- The language in which someone reads the console and is told.

ALTER TABLE staff ADD COLUMN language TEXT COLLATE "C";  -- en | es; nothing: as their browser asks
