-- A row while the server says that this device is revoked: shown also without a connection.
CREATE TABLE revoked (
    id INTEGER PRIMARY KEY CHECK (id = 1)
) STRICT;
