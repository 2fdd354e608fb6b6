-- Secrets of an application as they are kept.
--   $1 application   $2 names
select s.name, s.ciphertext, s.nonce, s.key_id
from torque.secrets s
where s.application_id = $1 and s.name = any ($2)
