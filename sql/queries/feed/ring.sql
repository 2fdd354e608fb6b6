-- Arms or disarms the bell: while armed, writers notify.
-- A sequence, so that a rollback cannot undo it.
--   $1 the bell's qualified name   $2 2 to arm, 1 to disarm
select setval($1::text::regclass, $2)
