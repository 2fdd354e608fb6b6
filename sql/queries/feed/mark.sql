-- The transaction before which every writer may have seen the bell unarmed.
select pg_current_xact_id()::text as mark
