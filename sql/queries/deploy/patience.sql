-- A connection that waits for no lock for long, and for its own statements as long as they take.
select set_config('lock_timeout', '50ms', false), set_config('statement_timeout', '0', false)
