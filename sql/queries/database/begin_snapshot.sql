-- The transaction of a backup: it stays idle for as long as pg_dump and the proof take.
--   no parameters
begin isolation level repeatable read read only;
set local idle_in_transaction_session_timeout = 0;
set local statement_timeout = 0;
