-- Writes down sign-ins and refusals that a server has seen.
--   $1 applications   $2 operations   $3 callers   $4 origins   $5 outcomes   $6 details, JSON objects
insert into torque.audited_calls (application_id, operation, caller, origin, outcome, details)
select seen.application_id, seen.operation, seen.caller, seen.origin, seen.outcome, seen.details::jsonb
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
  as seen (application_id, operation, caller, origin, outcome, details)
