-- Whether a table holds anything.
-- Its name cannot be a parameter of plain SQL, hence the way through XML.
--   $1 the qualified name
select
  (xpath(
    '/row/c/text()',
    query_to_xml(format('select count(*) as c from (select from %s limit 1) as r', $1::text::regclass), false, true, '')
  ))[1]::text::int > 0
