-- Whether a table is there.
--   $1 its qualified name
select to_regclass($1::text) is not null
