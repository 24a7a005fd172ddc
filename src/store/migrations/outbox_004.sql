-- The queue is found by reading the table: some milliseconds for all that a phone ever saved. The index for
-- it cost a page in the flush of every save, where the officer waits.
DROP INDEX unsent;
