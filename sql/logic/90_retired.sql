-- Functions and views that logic no longer makes, with the version that retired each.
--
-- `create or replace` leaves behind what is not made any more; a line here
-- takes it away.

-- 0.1.0: it knows the entity.
drop function if exists torque.refuse_values(text, jsonb);

