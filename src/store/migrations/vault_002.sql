-- A record keeps no draft: a name typed before the person said no must not stay.
UPDATE encounters SET draft = '{}' WHERE state = 'record';
