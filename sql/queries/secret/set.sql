-- Keeps a secret in place of the one of this name, unless the application has too many.
--   $1 application   $2 name   $3 ciphertext   $4 nonce   $5 key id   $6 who   $7 how many at most
insert into torque.secrets as s (application_id, name, ciphertext, nonce, key_id, updated_by)
select $1, $2, $3, $4, $5, $6
where (select count(*) from torque.secrets o where o.application_id = $1 and o.name <> $2) < $7
on conflict (application_id, name) do update
set ciphertext = excluded.ciphertext, nonce = excluded.nonce, key_id = excluded.key_id, updated_at = now(),
  updated_by = excluded.updated_by
returning torque.datetime_text(s.updated_at) as updated_at
