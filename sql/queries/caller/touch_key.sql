-- Notes that an API key was used; at most one write a minute and key.
--   $1 the key's id
update torque.api_keys
set last_used_at = now()
where id = $1
  and (last_used_at is null or last_used_at < now() - interval '1 minute')
