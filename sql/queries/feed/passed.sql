-- Whether every transaction up to the mark has ended, and how far the outbox's ids have come.
--   $1 the mark   $2 the qualified name of the outbox's id sequence
select pg_snapshot_xmin(pg_current_snapshot()) > $1::text::xid8 as passed,
       pg_sequence_last_value(to_regclass($2)) as outbox
