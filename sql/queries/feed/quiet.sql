-- Which of the quiet applications have new rows in their outboxes: one statement for all of them.
--   $1 applications   $2 the qualified names of their outboxes' id sequences   $3 how far those were
-- The sequence moves with the insert, not with its commit; that is early enough, and costs no plan
-- a table.
select quiet.application_id
from unnest($1::uuid[], $2::text[], $3::bigint[]) as quiet (application_id, sequence, known)
where pg_sequence_last_value(to_regclass(quiet.sequence)) is distinct from quiet.known
