-- Whether the database can read a pattern: it refuses one it cannot.
--   $1 pattern
select ''::text collate "C" ~ torque.pattern($1::text) as matches
