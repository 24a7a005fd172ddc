-- Why nothing goes out, in a row while it does not: whoever opens this file next says so at once.
CREATE TABLE hold (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    hold TEXT NOT NULL, -- JSON: the reason
    since INTEGER NOT NULL -- wall clock, milliseconds since 1970; written when the reason changes, not at each try
) STRICT;
